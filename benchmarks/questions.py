"""The questions of tests/topics, and what became of each: one measure for every model that is asked them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.forms import FOLLOW_UPS
from benchmarks.asking import FALLBACK
from bot.content import Catalogue
from bot.settings import ROOT

FOLDER = ROOT / "tests" / "topics"
ASKED_BACK = "asked back"
OUT_OF_SCOPE = "out_of_scope"
CRISIS = "crisis"
FORMS = {form: topic for topic, form in FOLLOW_UPS.items() if form.endswith("_form")}
WAYS_TO_A_PERSON = {"choose_chat": "contact_medewerker", "choose_callback": "contact_medewerker"}
TOP = 3  # of a ranking, what could have been offered


@dataclass(frozen=True)
class Question:
    """A sentence with the topic that answers it. `source`: its file; `kind`: how it was written (keywords, typos, story, …)."""

    text: str
    topic: str
    kind: str
    source: str


@dataclass(frozen=True)
class Answered:
    """What became of a question. `given`: the topic of the answer, or ASKED_BACK; `offered`: the topics of the choices with it.

    `ranking` and `confidence` are the classifier's own, whether it was sure enough or not: topics, likeliest first, and how
    sure it is of the first.
    """

    question: Question
    given: str
    offered: tuple[str, ...]
    ranking: tuple[str, ...]
    confidence: float

    @property
    def right(self) -> bool:
        return self.given == self.question.topic

    @property
    def within(self) -> bool:
        """Right, or one choice away from right."""
        return self.right or self.question.topic in self.offered

    @property
    def likeliest(self) -> str:
        return self.ranking[0]

    @property
    def ranked_first(self) -> bool:
        return self.likeliest == self.question.topic

    @property
    def ranked_high(self) -> bool:
        """Among the likeliest three, whatever was done with them."""
        return self.question.topic in self.ranking[:TOP]

    @property
    def asked_back(self) -> bool:
        return self.given == ASKED_BACK

    @property
    def wrong(self) -> bool:
        return not self.right and not self.asked_back

    @property
    def failed(self) -> bool:
        """Not helped. Out of scope it is enough to refuse or to ask back."""
        return self.wrong if self.question.topic == OUT_OF_SCOPE else not self.within


def questions(folder: Path = FOLDER) -> Iterator[Question]:
    """All test questions; a sentence's own topic goes before that of its file."""
    for path in sorted(folder.glob("*.yml")):
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        for item in listed["sentences"]:
            yield Question(item["text"], item.get("topic", listed["topic"]), item["kind"], path.stem)


def judge(question: Question, done: Iterable[Mapping[str, Any]], payloads: Iterable[str], catalogue: Catalogue) -> Answered:
    """What became of a question, from the Rasa events of its turn and the payloads of the choices in the answer.

    A message may be taken as two questions; it is right when one of them is.
    """
    done = list(done)
    heard = [event["parse_data"] for event in done if event["event"] == "user"]
    topics = [topic_of(parsed["intent"]["name"], catalogue) for parsed in heard]
    asked = topics.index(question.topic) if question.topic in topics else 0
    given = topics[asked]
    if given == FALLBACK:
        forms = [FORMS.get(event["name"]) for event in done if event["event"] == "active_loop"]
        given = next((topic for topic in forms if topic), ASKED_BACK)  # the assistant may guess, and begin a form
    offered = [topic_of(payload.lstrip("/"), catalogue) for payload in payloads]
    return Answered(question, given, tuple(offered), *_ranking(heard[asked], catalogue))


def judge_parsed(question: Question, parsed: Mapping[str, Any], catalogue: Catalogue) -> Answered:
    """What becomes of a question in an assistant that does as its NLU says, and asks to rephrase at its fallback: stock Rasa."""
    given = topic_of(parsed["intent"]["name"], catalogue)
    return Answered(question, ASKED_BACK if given == FALLBACK else given, (), *_ranking(parsed, catalogue))


def topic_of(intent: str, catalogue: Catalogue) -> str:
    """The topic that an intent is answered with. Small talk is one topic, and so are the ways to a person."""
    if (way := intent.partition("{")[0]) in WAYS_TO_A_PERSON:  # with the reason, on a button
        return WAYS_TO_A_PERSON[way]
    return catalogue[intent].topic if intent in catalogue else intent


def _ranking(parsed: Mapping[str, Any], catalogue: Catalogue) -> tuple[tuple[str, ...], float]:
    """Topics, likeliest first, each once, and the confidence of the first. That of the fallback says nothing."""
    listed: Sequence[Mapping[str, Any]] = parsed["intent_ranking"] or [parsed["intent"]]
    real = [item for item in listed if item["name"] != FALLBACK] or listed
    topics = dict.fromkeys(topic_of(item["name"], catalogue) for item in real)
    return tuple(topics), float(real[0]["confidence"])
