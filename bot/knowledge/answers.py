"""The answers to topics as one municipality gives them: its own before the general ones, with its values in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import yaml

from bot import content
from bot.content import Catalogue
from bot.dutch.aspects import ASPECTS, find_aspect
from bot.gemeenten import Gemeente
from bot.own_answers import Responses
from bot.settings import ROOT

IN_WORDS = {
    "kosten": "kosten", "duur": "hoe lang het duurt", "meenemen": "wat u meeneemt", "waar": "waar", "online": "online",
    "iemand_anders": "voor iemand anders", "te_laat": "te laat",
}


@dataclass(frozen=True)
class Answer:
    """One answer to a topic, or to one `aspect` of it ("" for the main answer). `name` is that of its response.

    `reviewed`: the day on which somebody last checked it, yyyy-mm-dd; "" when nobody wrote that down.
    """

    name: str
    topic: str
    aspect: str
    title: str
    text: str
    source: str
    reviewed: str


@dataclass(frozen=True)
class General:
    """What all municipalities share: the topics, their answers, and sentences in which citizens ask for them, by topic."""

    catalogue: Catalogue
    responses: Responses
    examples: Mapping[str, str]


@cache
def general() -> General:
    """The content as it stands in the files; read once."""
    responses: dict[str, list[dict[str, Any]]] = dict(_yaml("domain.yml").get("responses", {}))
    examples: dict[str, str] = {}
    files = list(content.files())
    for found in files:
        responses |= found.get("responses", {})
        examples |= {item["intent"]: item.get("examples") or "" for item in found.get("nlu", []) if item.get("intent")}
    return General(content.catalogue(files), responses, examples)


class Answers(Mapping[str, Answer]):
    """By the name of the response (`utter_paspoort_aanvragen_kosten`); answers to subjects only, no small talk and no forms.

    Texts and sources have their `{names}` still in them; `filled` puts in the values of a moment.
    """

    def __init__(self, gemeente: Gemeente, shared: General) -> None:
        self._responses = gemeente.responses(shared.responses)
        topics = [topic for topic in shared.catalogue.values() if topic.about_something]
        made = [self._made(topic.slug, aspect) for topic in topics for aspect in ("", *ASPECTS)]
        self._found = {answer.name: answer for answer in made if answer}

    def __getitem__(self, name: str) -> Answer:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @staticmethod
    def filled(answer: Answer, values: Mapping[str, str]) -> Answer:
        """The answer as a citizen would get it. `values`: those of the municipality at a moment (`Gemeente.variables`)."""
        return replace(answer, text=answer.text.format_map(values).strip(), source=answer.source.format_map(values))

    def _made(self, topic: str, aspect: str) -> Answer | None:
        name = f"utter_{topic}_{aspect}" if aspect else f"utter_{topic}"
        if name not in self._responses:
            return None
        variant = self._responses[name][0]
        metadata, main = variant.get("metadata", {}), self._responses[f"utter_{topic}"][0].get("metadata", {})
        title = main.get("title") or topic.replace("_", " ").capitalize()
        return Answer(
            name, topic, aspect, f"{title}: {IN_WORDS[aspect]}" if aspect else title, variant["text"],
            str(metadata.get("source") or ""), str(metadata.get("reviewed") or ""),
        )


def particular(main: str, responses: Mapping[str, Any], said: str) -> str:
    """The name of the answer to the one thing that was asked (`utter_<topic>_kosten`), where the topic has one; else `main`."""
    name = f"{main}_{find_aspect(said)}"
    return name if name in responses else main


def _yaml(name: str) -> dict[str, Any]:
    return yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
