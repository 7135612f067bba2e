"""Life events: what comes with moving, a birth, a death …, topic by topic in order (data/levensgebeurtenissen). Knows no Rasa."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta

from bot.dutch.everything import asks_everything
from bot.dutch.text import plain
from bot.settings import ROOT, SettingsError

FOLDER = ROOT / "data" / "levensgebeurtenissen"
EVENT, READ = "levensgebeurtenis", "stappen_gelezen"  # slots: the event that is gone through, the topics that were read

Words = Annotated[str, Meta(min_length=2)]
Sentence = Annotated[str, Meta(min_length=3)]

# What may stand between two things that were lost together: "mijn id, rijbewijs en ook mijn bankpas", "id weg bankpas weg".
_JOINED = (
    r"(?:\s*[,/&+]\s*(?:en\s+)?|\s+(?:en|plus|als|ook)\s+|\s+)"
    r"(?:(?:ook|mijn|mn|m'n|me|mij|een|de|het|haar|zijn|onze|nog|alle|al|weg|kwijt)\s+){0,3}"
)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do. `topic` names the topic that tells all about it; a step without one has its own `title` and source.

    `when`: for whom it is, such as "als u een hond heeft"; empty means for everybody.
    """

    text: Sentence
    topic: str = ""
    title: str = ""
    when: str = ""
    source: str = ""
    source_label: str = ""

    def __post_init__(self) -> None:
        if not self.topic and not (self.title and self.source and self.source_label):
            raise ValueError("a step without `topic` needs `title`, `source` and `source_label`")


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that ask for everything about this event, besides those that always do.

    `phrases`: each is enough. `several_of`: groups of words; two words of different groups, side by side, are enough ("id en
    bankpas"). `alone`: words that are enough in a message with none of those groups ("mijn tas is gestolen").
    """

    phrases: list[Words] = []
    several_of: list[list[Words]] = []
    alone: list[Words] = []


class Levensgebeurtenis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A life event. `title` says what it is about, `button` leads to its overview; `starts`: the topics that it begins with."""

    title: Annotated[str, Meta(min_length=3, max_length=25)]
    button: Annotated[str, Meta(min_length=3, max_length=40)]
    intro: Sentence
    closing: Sentence
    starts: Annotated[list[str], Meta(min_length=1)]
    steps: Annotated[list[Step], Meta(min_length=2)]
    source: str
    source_label: str
    reviewed: date
    asked: Asked = msgspec.field(default_factory=Asked)

    @cached_property
    def topics(self) -> list[str]:
        """The topics of the steps, in order."""
        return [step.topic for step in self.steps if step.topic]

    @property
    def twice(self) -> list[str]:
        """Topics that are more than one step."""
        return [topic for topic, count in Counter(self.topics).items() if count > 1]

    def is_asked(self, text: str) -> bool:
        """Whether a text about one of its topics asks for everything that comes with the event."""
        return asks_everything(text) or any(pattern.search(_reading(text)) for pattern in self._patterns)

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        groups = [_any(words) for words in self.asked.several_of]
        patterns = [rf"\b{_any(self.asked.phrases)}\b"] if self.asked.phrases else []
        patterns += [
            rf"\b{one}\b{_JOINED}{other}\b" for one in groups for other in groups if one is not other
        ]
        if self.asked.alone:
            patterns.append(rf"^(?!.*\b(?:{'|'.join(groups)})\b).*\b{_any(self.asked.alone)}\b" if groups
                            else rf"\b{_any(self.asked.alone)}\b")
        return [re.compile(pattern) for pattern in patterns]


def _any(words: Collection[str]) -> str:
    return f"(?:{'|'.join(re.escape(_reading(word)) for word in words)})"


def _reading(text: str) -> str:
    """`text` in lower case without accents and hyphens."""
    return re.sub(r"[\s\-]+", " ", plain(text))


class Levensgebeurtenissen(Mapping[str, Levensgebeurtenis]):
    """All life events by the name of their file."""

    def __init__(self, found: Mapping[str, Levensgebeurtenis]) -> None:
        self._found = dict(found)
        self._started = {topic: key for key, event in self._found.items() for topic in event.starts}

    def __getitem__(self, key: str) -> Levensgebeurtenis:
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def topics(self) -> frozenset[str]:
        """The topics of all steps."""
        return frozenset(topic for event in self._found.values() for topic in event.topics)

    def started_by(self, topic: str) -> str | None:
        """The event that begins with this topic."""
        return self._started.get(topic)

    def asked_for(self, topic: str, text: str) -> str | None:
        """The event that a `text` about this topic asks all of; None when it asks about the topic."""
        key = self.started_by(topic)
        return key if key and self._found[key].is_asked(text) else None


def overview_payload(key: str) -> str:
    """The payload of a button that asks for the overview of the event `key`."""
    return f'/walk_overview{{"{EVENT}": "{key}"}}'


def left(event: Levensgebeurtenis, read: Collection[str], lacks: Callable[[str], bool], after: str = "") -> list[str]:
    """The topics still to be read, beginning with those that come after the topic `after`.

    `lacks`: whether the municipality has nothing to do for a topic, which then is left out.
    """
    place = event.topics.index(after) + 1 if after in event.topics else 0
    around = event.topics[place:] + event.topics[:place]
    return [topic for topic in around if topic not in read and not lacks(topic)]


def load(folder: Path = FOLDER) -> Levensgebeurtenissen:
    """Read all files of the folder. Raises SettingsError that names file and fault."""
    found: dict[str, Levensgebeurtenis] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            found[path.stem] = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Levensgebeurtenis)
        except (msgspec.ValidationError, ValueError, yaml.YAMLError) as exc:
            raise SettingsError(f"life event {path.name}: {exc}") from exc
        if twice := found[path.stem].twice:
            raise SettingsError(f"life event {path.name}: {', '.join(twice)} is more than one step")
    for topic, count in Counter(topic for event in found.values() for topic in event.starts).items():
        if count > 1:
            raise SettingsError(f"the topic {topic} starts more than one life event")
    return Levensgebeurtenissen(found)
