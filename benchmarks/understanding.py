"""How well the questions of tests/topics are understood by the trained model: `python -m benchmarks.understanding`.

Each question is parsed as the brain does it, threshold and crisis guard included, and when it isn't understood the assistant's
own action says what it offers. Nothing may be tuned on these sentences. Writes results/understanding.md and confusion.svg.
"""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import content, settings, training
from bot.brain import environment, lean
from bot.content import Catalogue
from bot.settings import ROOT
from bot.wiring import build, use

QUESTIONS = ROOT / "tests" / "topics"
RESULTS = ROOT / "results"
FALLBACK = "nlu_fallback"
ASKED_BACK = "asked back"
OUT_OF_SCOPE = "out_of_scope"
CRISIS = "crisis"


@dataclass(frozen=True)
class Question:
    """A sentence with the topic that answers it. `source`: its file; `kind`: how it was written (keywords, typos, story, …)."""

    text: str
    topic: str
    kind: str
    source: str


@dataclass(frozen=True)
class Answered:
    """What became of a question. `given`: the topic of the answer, or ASKED_BACK; `offered`: the topics of the choices then.

    `likeliest` and `confidence` are the classifier's own, whether it was sure enough or not.
    """

    question: Question
    given: str
    offered: tuple[str, ...]
    likeliest: str
    confidence: float

    @property
    def right(self) -> bool:
        return self.given == self.question.topic

    @property
    def within(self) -> bool:
        """Right, or one choice away from right."""
        return self.right or self.question.topic in self.offered

    @property
    def asked_back(self) -> bool:
        return self.given == ASKED_BACK

    @property
    def wrong(self) -> bool:
        return not self.right and not self.asked_back


def main() -> None:
    environment.prepare("WARNING")
    found = settings.load()
    if found.lean_brain:
        lean.install()
    model = training.model_file(found.model_path)
    if not model.exists():
        sys.exit("There is no model of the present content: run `balie train` first.")
    results = asyncio.run(_answer_all(model))
    from benchmarks import understanding_report as report

    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "understanding.md").write_text(report.markdown(results))
    report.picture(results, RESULTS / "confusion.svg")
    print(report.summary(results))
    print(f"Written: {RESULTS / 'understanding.md'} and confusion.svg")


def questions(folder: Path = QUESTIONS) -> Iterator[Question]:
    """All test questions; a sentence's own topic goes before that of its file."""
    for path in sorted(folder.glob("*.yml")):
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        for item in listed["sentences"]:
            yield Question(item["text"], item.get("topic", listed["topic"]), item["kind"], path.stem)


async def _answer_all(model: Path) -> list[Answered]:
    from rasa.core.agent import Agent

    use(build(settings.load(), "unix:///no-store-is-needed"))  # nothing here reads or writes a conversation
    agent = Agent.load(str(model))
    catalogue = content.load()
    return [await _answer(question, agent, catalogue) for question in questions()]


async def _answer(question: Question, agent: Any, catalogue: Catalogue) -> Answered:
    from bot.brain import parsing

    parsed = await parsing.parse({"type": "message", "text": question.text}, agent.processor)
    intent = parsed["intent"]["name"]
    likeliest = next((item for item in parsed["intent_ranking"] if item["name"] != FALLBACK), parsed["intent"])
    unsure = intent == FALLBACK
    return Answered(
        question, ASKED_BACK if unsure else topic_of(intent, catalogue), await _offered(parsed) if unsure else (),
        topic_of(likeliest["name"], catalogue), float(likeliest["confidence"]),
    )


def topic_of(intent: str, catalogue: Catalogue) -> str:
    """The topic that an intent is answered with; small talk is one topic, whatever its intent."""
    return catalogue[intent].topic if intent in catalogue else intent


async def _offered(parsed: Mapping[str, Any]) -> tuple[str, ...]:
    """The topics that the assistant's action offers for a first message that it isn't sure of."""
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from actions.gesprek import ActionNotUnderstood

    dispatcher = CollectingDispatcher()
    tracker = Tracker("evaluation", {}, dict(parsed), [], False, None, {}, "action_listen")
    await ActionNotUnderstood().run(dispatcher, tracker, {})
    buttons = [button["payload"].lstrip("/") for message in dispatcher.messages for button in message["buttons"]]
    return tuple(name for name in buttons if name != "something_else")


if __name__ == "__main__":
    main()
