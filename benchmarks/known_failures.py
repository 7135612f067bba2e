"""The list of test questions that are known not to be understood: `python -m benchmarks.known_failures [--accept]`.

Asks the trained model all questions of tests/topics and takes off the list what it understands by now. The list may only shrink:
it grows with `--accept` alone, and then somebody has to explain the difference in review. A question is on it when the right
answer neither came nor was among the choices, or when one out of scope was answered (`Answered.failed`). A test
(tests/understanding) holds the list and the model to each other.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.questions import Answered, Question, questions
from bot.settings import ROOT

PATH = ROOT / "tests" / "understanding" / "known_failures.yml"
COMMAND = "python -m benchmarks.known_failures"
HEAD = f"""\
# Questions of tests/topics, by file, that are not understood. This list may only shrink.
# `{COMMAND}` takes off what is understood by now. Add nothing by hand.
"""

Known = frozenset[tuple[str, str]]  # (file, text)


@dataclass(frozen=True)
class Difference:
    """`new`: they fail and aren't listed. `over`: listed, and understood by now. `gone`: listed, and no question any more."""

    new: list[Answered]
    over: list[Question]
    gone: list[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.new or self.over or self.gone)

    def __str__(self) -> str:
        """What to do about it."""
        lines = []
        if self.new:
            lines.append(f"{len(self.new)} questions fail that are not known failures (add sentences like them, not these):")
            lines += [f"  {r.question.source}: {r.question.text} → {_became(r)}" for r in self.new]
        if self.over or self.gone:
            counts = f"{len(self.over)} are understood by now, {len(self.gone)} no longer exist"
            lines.append(f"Take these off the list of known failures, with `{COMMAND}`: {counts}.")
            lines += [f"  {q.source}: {q.text}" for q in self.over] + [f"  {source}: {text}" for source, text in self.gone]
        return "\n".join(lines)


def read(path: Path = PATH) -> Known:
    """The list; empty when there is none."""
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    return frozenset((source, text) for source, texts in (listed or {}).items() for text in texts)


def compare(known: Known, answers: Iterable[Answered]) -> Difference:
    found = {_key(r.question): r for r in answers}
    new = [r for key, r in found.items() if r.failed and key not in known]
    over = [r.question for key, r in found.items() if not r.failed and key in known]
    return Difference(new, over, sorted(known - found.keys()))


def rewrite(answers: Iterable[Answered], accept: bool, path: Path = PATH) -> Difference:
    """Write the list without what is over and gone; what is new is added only if `accept`. Returns the difference there was."""
    difference = compare(known := read(path), answers)
    added = {_key(r.question) for r in difference.new} if accept else set()
    kept = (known - {_key(q) for q in difference.over} - set(difference.gone)) | added
    by_file: dict[str, list[str]] = {}
    for source, text in sorted(kept):
        by_file.setdefault(source, []).append(text)
    body = yaml.safe_dump(by_file, allow_unicode=True, width=10**9) if by_file else ""
    path.write_text(HEAD + body, encoding="utf-8")
    return difference


def _key(question: Question) -> tuple[str, str]:
    return question.source, question.text


def _became(r: Answered) -> str:
    return f"{r.given} ({', '.join(r.offered) or 'no choices'})" if r.asked_back else r.given


def main() -> None:
    from benchmarks import understanding
    from bot import content, settings, training

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accept", action="store_true", help="let the list grow")
    given = parser.parse_args()
    understanding.prepare()
    found = settings.load()
    if not training.model_file(found.model_path).exists():
        sys.exit("There is no model of the present content: run `balie train` first.")
    answers, _ = asyncio.run(understanding.ask_assistant(found, list(questions()), content.load()))
    difference = rewrite(answers, given.accept)
    print(difference or "The list was right.")
    print(f"{len(read())} known failures of {len(answers)} questions: {PATH}")
    if difference.new and not given.accept:
        sys.exit("What is new was not added: `--accept` lets the list grow.")


if __name__ == "__main__":
    main()
