"""The catalogue of topics: what the files in `data/nlu` say of each answer besides its text. Knows no Rasa."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

FOLDER = ROOT / "data" / "nlu"


@dataclass(frozen=True)
class Topic:
    """One answer: `slug` is its intent, `title` what a button says, `product` the appointment that goes with it, if any.

    `for_child`: the topic that answers the same question about a child, if it is another one. `person_first`: who asks about it
    is offered a person with the answer.
    """

    slug: str
    topic: str
    title: str
    product: str | None = None
    for_child: str | None = None
    person_first: bool = False

    @property
    def about_something(self) -> bool:
        """A subject of the municipality, which a follow-up can be about; small talk is none."""
        return self.topic == self.slug and self.slug not in {"crisis", "out_of_scope", "other_language"}


class Catalogue(Mapping[str, Topic]):
    """All topics by intent. An intent that is not in here has no answer of its own.

    `offers`: what can be offered on a button: the subjects, and the services of the counter that have a title (an appointment).
    """

    def __init__(self, topics: dict[str, Topic], services: dict[str, Topic]) -> None:
        self._topics = topics
        self.offers = {slug: topic for slug, topic in topics.items() if topic.about_something} | services

    def __getitem__(self, slug: str) -> Topic:
        return self._topics[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._topics)

    def __len__(self) -> int:
        return len(self._topics)


def files(folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """What stands in each file below `folder`: `nlu`, `responses`, `rules`."""
    for path in sorted(folder.rglob("*.yml")):
        yield yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}


def load(folder: Path = FOLDER) -> Catalogue:
    """Read the responses `utter_<intent>` of all files below `folder`."""
    return catalogue(files(folder))


def catalogue(found: Iterable[Mapping[str, Any]]) -> Catalogue:
    """The catalogue of what `files` found."""
    topics: dict[str, Topic] = {}
    services: dict[str, Topic] = {}
    for content in found:
        for item in content.get("nlu", []):
            slug = item.get("intent", "")
            variants = content.get("responses", {}).get(f"utter_{slug}")
            if variants:
                topics[slug] = _topic(slug, variants[0].get("metadata", {}))
            elif "title" in item.get("metadata", {}):
                services[slug] = _topic(slug, item["metadata"])
    return Catalogue(topics, services)


def _topic(slug: str, metadata: dict[str, Any]) -> Topic:
    title = metadata.get("title") or slug.replace("_", " ").capitalize()
    return Topic(
        slug, metadata.get("topic", slug), title, metadata.get("appointment_product"), metadata.get("for_child"),
        metadata.get("person_first") is True,
    )
