"""Balie's pipeline beside Rasa's own on a public Dutch benchmark: the nl-NL part of MASSIVE 1.1.

`python -m benchmarks.nlu --massive DIR` runs it. DIR holds train.jsonl, dev.jsonl and test.jsonl: one object with `utt` and
`intent` a line. Choose on `dev`; report `test` once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table
from sklearn.metrics import f1_score

from benchmarks import asking, models, stock
from benchmarks.asking import FALLBACK
from benchmarks.models import Report, Trained
from bot.settings import ROOT

DECIDING = {"FallbackClassifier", "bot.nlu.crisis.CrisisGuard"}  # they overrule the classifier that is judged here
CODE = ("bot/nlu", "bot/dutch")


class Published(NamedTuple):
    """What others report of the same test set. `error`: expected calibration error, where given."""

    name: str
    accuracy: float
    f1: float
    error: float
    source: str


PUBLISHED = (
    Published(
        "RobBERTje of 46M parameters, fine-tuned", 0.856, 0.813, 0.033,
        "mean of three, by the model card of LokaalHub/nl-router-klein (huggingface.co); pretrained on Dutch text",
    ),
)


class Example(NamedTuple):
    text: str
    intent: str


@dataclass(frozen=True)
class Scores:
    """How one pipeline did. Times in ms of one message."""

    accuracy: float
    within_three: float
    f1: float
    error: float
    p50: float
    p95: float


def run(directory: Path, part: str, epochs: int, report: Report) -> None:
    """Train each pipeline on the training part, ask it `part` (dev or test), and print. `epochs`: of DIET; 0 leaves it out."""
    learn, tried = read(directory / "train.jsonl"), read(directory / f"{part}.jsonl")
    table = Table(title=f"MASSIVE nl-NL: {len(learn)} sentences to learn from, {len(tried)} of {part}", box=None)
    for head in ("", "accuracy", "in three", "macro-F1", "calibration error", "training, s", "p50, ms", "p95, ms"):
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    data = training_data(learn)
    for name, config, count in pipelines(epochs):
        code = _code() if _ours(config) else ""
        trained = models.understanding(_slug(name), config, data, partial(_tell, report, name), count, code)
        report(f"{name}: {len(tried)} messages")
        heard = asking.ask(trained.path, [example.text for example in tried], lean=_ours(config))
        table.add_row(name, *_cells(score(tried, heard.parsed, heard.milliseconds), trained))
    if part == "test":
        for item in PUBLISHED:
            table.add_row(item.name, f"{item.accuracy:.3f}", "", f"{item.f1:.3f}", f"{item.error:.3f}")
    Console(highlight=False, width=150).print(table)
    print("\n".join(f"Published: {item.name}, accuracy on test {item.accuracy}; {item.source}." for item in PUBLISHED))


def _tell(report: Report, name: str, step: str) -> None:
    report(f"{name}: {step}")


def read(path: Path) -> list[Example]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Example(row["utt"], row["intent"]) for row in rows]


def training_data(examples: Iterable[Example]) -> str:
    """In Rasa's format."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        by_intent.setdefault(intent, []).append(text)
    items = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()]
    return yaml.dump({"version": "3.1", "nlu": items}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10**9)


def pipelines(epochs: int) -> list[tuple[str, dict[str, Any], int]]:
    """(name, configuration, epochs of its neural network) of each that is compared."""
    theirs = stock.pipeline(epochs)
    features = [part for part in theirs["pipeline"] if part["name"].endswith(("Tokenizer", "Featurizer"))]
    logistic = theirs | {"pipeline": [*features, {"name": "LogisticRegressionClassifier"}]}
    own = yaml.safe_load((ROOT / "config.yml").read_text())
    balie = theirs | {"assistant_id": "massive", "pipeline": [part for part in own["pipeline"] if part["name"] not in DECIDING]}
    found = [("Balie", balie, 0), ("Rasa, LogisticRegressionClassifier", logistic, 0)]
    return [*found, (f"Rasa's default, DIET, {epochs} epochs", theirs, epochs)] if epochs else found


def score(tried: Sequence[Example], parsed: Sequence[Mapping[str, Any]], milliseconds: Sequence[float]) -> Scores:
    """The classifier's own ranking counts, whatever a fallback made of it."""
    rankings = [[item for item in found["intent_ranking"] if item["name"] != FALLBACK] for found in parsed]
    truth, guess = [example.intent for example in tried], [ranking[0]["name"] for ranking in rankings]
    right = np.array([t == g for t, g in zip(truth, guess, strict=True)])
    sure = np.array([ranking[0]["confidence"] for ranking in rankings])
    tenth = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs((sure - right)[tenth == low].sum()) for low in range(10)) / len(tried)
    high = [t in [item["name"] for item in ranking[:3]] for t, ranking in zip(truth, rankings, strict=True)]
    f1 = f1_score(truth, guess, labels=sorted(set(truth)), average="macro", zero_division=0)
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Scores(float(right.mean()), float(np.mean(high)), float(f1), float(error), float(p50), float(p95))


def _cells(found: Scores, trained: Trained) -> list[str]:
    shares = (found.accuracy, found.within_three, found.f1, found.error)
    return [*(f"{share:.3f}" for share in shares), f"{trained.seconds:.0f}", f"{found.p50:.1f}", f"{found.p95:.1f}"]


def _ours(config: Mapping[str, Any]) -> bool:
    return any(part["name"].startswith("bot.") for part in config["pipeline"])


def _slug(name: str) -> str:
    return "massive-" + "".join(c if c.isalnum() else "-" for c in name.split(",")[0].lower()).strip("-")


def _code() -> str:
    """Changes when the code of Balie's components does."""
    paths = [path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    return models.digest("", paths)
