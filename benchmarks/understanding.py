"""How well the questions of tests/topics are understood by the trained model: `python -m benchmarks.understanding`.

Each question is the first message of a conversation with the assistant that the brain runs: threshold, crisis guard, choices and
all. Nothing may be tuned on these sentences. Writes results/understanding.md and confusion.svg.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from actions.forms import FOLLOW_UPS
from benchmarks.inprocess import turn_of
from bot import content, settings, training
from bot.brain import environment, lean
from bot.content import Catalogue
from bot.conversation.redis import EmbeddedRedis
from bot.settings import ROOT, Settings
from bot.wiring import build, use

QUESTIONS = ROOT / "tests" / "topics"
RESULTS = ROOT / "results"
FALLBACK = "nlu_fallback"
ASKED_BACK = "asked back"
OUT_OF_SCOPE = "out_of_scope"
CRISIS = "crisis"
FORMS = {form: topic for topic, form in FOLLOW_UPS.items() if form.endswith("_form")}


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
    if not training.model_file(found.model_path).exists():
        sys.exit("There is no model of the present content: run `balie train` first.")
    results = asyncio.run(_ask_all(found))
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


async def _ask_all(found: Settings) -> list[Answered]:
    """With a Redis and demonstration suppliers of its own: a first message may already look whether the desk is open."""
    from bot.brain.assistant import Assistant

    with tempfile.TemporaryDirectory(prefix="balie-evaluate-") as folder:
        redis = EmbeddedRedis(Path(folder) / "redis")
        redis.start()
        services = build(replace(found, data_dir=folder), redis.url)
        use(services)
        try:
            assistant = Assistant(found.model_path, services.gemeenten, found.tracker_events)
            first, catalogue = next(iter(services.gemeenten)), content.load()
            return [await _ask(question, assistant, first, catalogue) for question in questions()]
        finally:
            await services.aclose()
            redis.stop()


async def _ask(question: Question, assistant: Any, gemeente: str, catalogue: Catalogue) -> Answered:
    answer = await assistant.answer(turn_of(gemeente, "c_evaluation", 1, question.text, b""))
    done = json.loads(answer.tracker)
    payloads = [payload for event in answer.events for payload in event.get("_payloads", [])]
    return judge(question, done, payloads, catalogue)


def judge(question: Question, done: Iterable[Mapping[str, Any]], payloads: Iterable[str], catalogue: Catalogue) -> Answered:
    """What became of a question, from the Rasa events of its turn and the payloads of the choices in the answer.

    A message may be taken as two questions; it is right when one of them is.
    """
    done = list(done)
    heard = [event["parse_data"] for event in done if event["event"] == "user"]
    topics = [topic_of(parsed["intent"]["name"], catalogue) for parsed in heard]
    asked = topics.index(question.topic) if question.topic in topics else 0
    given, offered = topics[asked], []
    if given == FALLBACK:
        forms = [FORMS.get(event["name"]) for event in done if event["event"] == "active_loop"]
        given = next((topic for topic in forms if topic), ASKED_BACK)  # the assistant may guess, and begin a form
        offered = [topic_of(payload.lstrip("/"), catalogue) for payload in payloads if given == ASKED_BACK]
    ranking = heard[asked]["intent_ranking"] or [heard[asked]["intent"]]
    likeliest = next((item for item in ranking if item["name"] != FALLBACK), ranking[0])
    return Answered(
        question, given, tuple(offered), topic_of(likeliest["name"], catalogue), float(likeliest["confidence"])
    )


def topic_of(intent: str, catalogue: Catalogue) -> str:
    """The topic that an intent is answered with; small talk is one topic, whatever its intent."""
    return catalogue[intent].topic if intent in catalogue else intent


if __name__ == "__main__":
    main()
