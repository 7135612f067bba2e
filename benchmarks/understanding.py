"""How well the questions of tests/topics are understood, beside stock Rasa: `python -m benchmarks.understanding [--help]`.

Each question is the first message of a conversation with the assistant that the brain runs: threshold, crisis guard, choices and
all. Stock Rasa's default pipeline was trained on the same sentences and is asked the same questions. Nothing may be tuned on
them. Writes results/understanding.md, confusion.svg and calibration.svg.
"""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import asking, balie, machine, stock
from benchmarks import understanding_report as report
from benchmarks.inprocess import turn_of
from benchmarks.machine import CannotMeasure
from benchmarks.questions import Answered, Question, judge, judge_parsed, questions
from benchmarks.understanding_report import Figures
from bot import content, settings
from bot.brain import environment, lean
from bot.content import Catalogue
from bot.conversation.redis import EmbeddedRedis, StoreUnavailable
from bot.settings import ROOT, Settings
from bot.wiring import build, use

RESULTS = ROOT / "results"
EPOCHS = 5  # of stock Rasa's neural network when nothing is asked: minutes instead of hours


def main() -> None:
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    prepare()
    asked, catalogue = list(questions()), content.load()
    try:
        machine.check_machine()
        ours = _ours(asked, catalogue)
        theirs = _theirs(given.stock_epochs, asked, catalogue) if given.stock_epochs else None
    except (CannotMeasure, StoreUnavailable) as exc:
        sys.exit(f"The evaluation stopped.\n{exc}")
    from benchmarks import understanding_pictures as pictures  # matplotlib is noisy unless `prepare` came first

    RESULTS.mkdir(exist_ok=True)
    sides = [ours, *([theirs] if theirs else [])]
    (RESULTS / "understanding.md").write_text(report.markdown(sides, machine.describe()))
    pictures.confusion(ours.answers, RESULTS / "confusion.svg")
    pictures.calibration(sides, RESULTS / "calibration.svg")
    written = f"Written: {RESULTS / 'understanding.md'}, confusion.svg and calibration.svg"
    Console(highlight=False, soft_wrap=True).print("", *report.summary(sides), written, sep="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--stock-epochs", type=int, default=EPOCHS, metavar="N",
        help=f"epochs of stock Rasa's neural network ({EPOCHS}); {stock.EPOCHS} is stock and takes hours, once per content; "
        "a model that was trained for more is taken when there is one; 0 leaves stock Rasa out",
    )
    return parser.parse_args()


def prepare() -> None:
    """What must be done before the assistant is imported."""
    environment.prepare("WARNING")
    if settings.load().lean_brain:
        lean.install()


def _ours(asked: Sequence[Question], catalogue: Catalogue) -> Figures:
    trained = balie.train(lambda step: _say(f"Balie: {step}"))
    found = replace(settings.load(), model_dir=str(trained.path.parent))
    _say(f"Balie: {len(asked)} questions")
    answers, turns = asyncio.run(ask_assistant(found, asked, catalogue))
    heard = asking.ask(trained.path, [question.text for question in asked], found.lean_brain)
    return Figures("Balie", answers, trained, heard, turns)


def _theirs(epochs: int, asked: Sequence[Question], catalogue: Catalogue) -> Figures:
    trained = stock.understanding(epochs, lambda step: _say(f"stock Rasa: {step}"))
    learned: dict[int, list[Answered]] = {}
    for epochs, model in stock.understandings().items():
        _say(f"stock Rasa, trained for {epochs} epochs: {len(asked)} questions")
        heard_by_it = asking.ask(model.path, [question.text for question in asked])
        pairs = zip(asked, heard_by_it.parsed, strict=True)
        learned[epochs] = [judge_parsed(question, parsed, catalogue) for question, parsed in pairs]
        if model == trained:
            answers, heard, chosen = learned[epochs], heard_by_it, epochs
    return Figures("stock Rasa", answers, trained, heard, epochs=chosen, learned=learned)


async def ask_assistant(
    found: Settings, asked: Sequence[Question], catalogue: Catalogue
) -> tuple[list[Answered], list[float]]:
    """What the assistant does with each question, and the milliseconds of each turn.

    With a Redis and demonstration suppliers of its own: a first message may already look whether the desk is open.
    """
    from bot.brain.assistant import Assistant

    with _redis() as (folder, redis):
        services = build(replace(found, data_dir=folder), redis.url)
        use(services)
        try:
            assistant = Assistant(found.model_path, services.gemeenten, found.tracker_events, found.case_memory_seconds)
            gemeente, answers, milliseconds = next(iter(services.gemeenten)), [], []
            for question in asked:
                began = time.perf_counter()
                answers.append(await answered(question, assistant, gemeente, catalogue))
                milliseconds.append(1000 * (time.perf_counter() - began))
            return answers, milliseconds
        finally:
            await services.aclose()


@contextmanager
def _redis() -> Iterator[tuple[str, EmbeddedRedis]]:
    with tempfile.TemporaryDirectory(prefix="balie-evaluate-") as folder:
        redis = EmbeddedRedis(Path(folder) / "redis")
        redis.start()
        try:
            yield folder, redis
        finally:
            redis.stop()


async def answered(question: Question, assistant: Any, gemeente: str, catalogue: Catalogue) -> Answered:
    """What the assistant does with a question, as the first message of a conversation with `gemeente`."""
    answer = await assistant.answer(turn_of(gemeente, "c_evaluation", 1, question.text, b""))
    payloads = [payload for event in answer.events for payload in event.get("_payloads", [])]
    return judge(question, json.loads(answer.tracker), payloads, catalogue)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main()
