"""How well and how fast the classifier alone understands: `python -m benchmarks.nlu [--massive DIR]`.

Without options: trained on the assistant's own training data, tried on tests/topics, which no training sees. With
`--massive DIR`: Balie's pipeline and Rasa's own ones on the Dutch part of MASSIVE 1.1, beside what others publish
(`benchmarks.massive`).
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from sklearn.metrics import f1_score

from benchmarks import massive
from benchmarks.machine import CannotMeasure
from benchmarks.massive import Example
from bot.nlu.features import EXTRACTORS, Sentence, sentence
from bot.nlu.language import dutch
from bot.nlu.linear import LinearModel, Options, train

ROOT = Path(__file__).resolve().parent.parent
THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


class Result(NamedTuple):
    """One tried message: the intents it could be, best first, with confidence, and the time it took in ms."""

    truth: str
    ranking: list[tuple[str, float]]
    milliseconds: float

    @property
    def right(self) -> bool:
        return self.ranking[0][0] == self.truth

    @property
    def confidence(self) -> float:
        return self.ranking[0][1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--massive", type=Path, metavar="DIR", help="directory with MASSIVE nl-NL; goes with these two only:")
    parser.add_argument("--test", action="store_true", help="ask its test part instead of dev: once, when all is chosen")
    parser.add_argument("--diet-epochs", type=int, default=0, metavar="N",
                        help="train Rasa's default pipeline, DIET, as well; its default is 100, which takes hours")
    parser.add_argument("--noisy-copies", type=int, default=0, help="made-up copies with slips per training sentence")
    parser.add_argument("--cost", type=float, default=Options().cost, help="C of the support vectors")
    parser.add_argument("--blocks", default="", help="kinds of features with weights, as in words=1,pieces=1")
    given = parser.parse_args()
    if given.massive:
        return _massive(given)
    learn, tried = _own_training(), _own_tests()
    known = {example.intent for example in learn}
    options = Options(_blocks(given.blocks), given.cost, noisy_copies=given.noisy_copies)
    _report(learn, [example for example in tried if example.intent in known], options)


def _blocks(text: str) -> tuple[tuple[str, float], ...]:
    if not text:
        return Options().blocks
    pairs = [part.split("=") for part in text.split(",")]
    if unknown := {kind for kind, _ in pairs} - EXTRACTORS.keys():
        raise SystemExit(f"unknown kinds of features: {', '.join(sorted(unknown))}; there are {', '.join(EXTRACTORS)}")
    return tuple((kind, float(weight)) for kind, weight in pairs)


def _massive(given: argparse.Namespace) -> None:
    try:
        massive.run(given.massive, "test" if given.test else "dev", given.diet_epochs, _say)
    except (CannotMeasure, OSError) as exc:
        sys.exit(str(exc))


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _own_training() -> list[Example]:
    return [example for path in sorted((ROOT / "data/nlu").rglob("*.yml")) for example in _training_file(path)]


def _training_file(path: Path) -> Iterator[Example]:
    for item in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
        for line in item["examples"].splitlines() if "intent" in item else ():
            if line.strip().startswith("- "):
                yield Example(_ANNOTATION.sub(r"\1", line.strip()[2:]), item["intent"])


def _own_tests() -> list[Example]:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests/topics").glob("*.yml"))]
    return [Example(s["text"], s.get("topic", f["topic"])) for f in files for s in f["sentences"]]


def _sentence(text: str) -> Sentence:
    return sentence((token.text, token.lemma_) for token in dutch()(text))


def _report(learn: list[Example], tried: list[Example], options: Options) -> None:
    prepared = [_sentence(example.text) for example in learn]
    began = time.perf_counter()
    model = train(prepared, [example.intent for example in learn], options)
    seconds = time.perf_counter() - began
    results = [_try(model, example) for example in tried]
    print(f"{len(learn)} sentences, {len(model.classes)} intents, {len(tried)} unseen messages; {options}")
    truth, guess = [r.truth for r in results], [r.ranking[0][0] for r in results]
    within_three = np.mean([r.truth in [name for name, _ in r.ranking[:3]] for r in results])
    f1 = f1_score(truth, guess, labels=sorted(set(truth)), average="macro")
    print(f"accuracy {np.mean([r.right for r in results]):.3f}   within three {within_three:.3f}   macro-F1 {f1:.3f}")
    p50, p95 = np.percentile([r.milliseconds for r in results], [50, 95])
    print(f"training {seconds:.1f} s   a message p50 {p50:.2f} ms, p95 {p95:.2f} ms (spaCy and classifier)")
    _print_calibration(results)
    _print_thresholds(results)


def _try(model: LinearModel, example: Example) -> Result:
    began = time.perf_counter()
    ranking = model.rank(_sentence(example.text), 10)
    return Result(example.intent, ranking, 1000 * (time.perf_counter() - began))


def _print_calibration(results: list[Result]) -> None:
    print("\nconfidence   messages  mean confidence  right")
    error = 0.0
    for low in range(10):
        bin_ = [r for r in results if low <= min(r.confidence * 10, 9.99) < low + 1]
        if bin_:
            sure = sum(r.confidence for r in bin_) / len(bin_)
            right = sum(r.right for r in bin_) / len(bin_)
            error += abs(sure - right) * len(bin_) / len(results)
            print(f"{low / 10:.1f} - {(low + 1) / 10:.1f}   {len(bin_):8}  {sure:15.2f}  {right:5.2f}")
    print(f"expected calibration error {error:.3f}")


def _print_thresholds(results: list[Result]) -> None:
    print("\nthreshold  right at once  wrong at once  asked back  of those, right within three")
    for threshold in THRESHOLDS:
        asked = [r for r in results if r.confidence < threshold]
        right = sum(r.right for r in results if r.confidence >= threshold) / len(results)
        offered = np.mean([r.truth in [name for name, _ in r.ranking[:3]] for r in asked]) if asked else 1.0
        share = len(asked) / len(results)
        print(f"{threshold:9.2f}  {right:13.3f}  {1 - share - right:13.3f}  {share:10.3f}  {offered:28.3f}")


if __name__ == "__main__":
    main()
