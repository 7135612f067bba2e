"""All that an agent can put in a message, found by words: the answers of the municipality and the canned ones."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from bot.dutch.aspects import ASPECTS, find_aspect
from bot.dutch.text import plain
from bot.gemeenten import Gemeente
from bot.knowledge import canned
from bot.knowledge.answers import Answer, Answers, General, general
from bot.knowledge.canned import Canned
from bot.knowledge.search import BODY, Index, Text

OF_TOPIC = 3  # answers to the likeliest topic that are shown, its main one among them; of the others one each
SURE = 10  # what a word counts for in a topic that is shown below a canned answer: more than said once by somebody
OF_CANNED = 2  # canned answers that are shown for words in their text, beside the answers to topics


@dataclass(frozen=True)
class Found:
    """One text for a message. `open`: names in it that the agent must fill in; `source`, `reviewed`: "" for a canned one."""

    id: str
    kind: str  # knowledge | canned
    title: str
    text: str
    source: str = ""
    reviewed: str = ""
    topic: str = ""
    open: tuple[str, ...] = ()


class Library:
    """What one municipality has. The first search takes some tenths of a second longer, unless `prepare` was called.

    `now` fills in what depends on the time ("nu open tot"), each time anew. `values` are those of the conversation: see
    `canned.OF_CONVERSATION`. Raises SettingsError for a fault in a file.
    """

    def __init__(self, gemeente: Gemeente, shared: General, own_folder: Path, now: datetime) -> None:
        self._gemeente = gemeente
        self._examples = shared.examples
        self._answers = Answers(gemeente, shared)
        self._values = gemeente.variables(now)
        self._canned = {found.id: found for found in canned.load(gemeente, self._values, own_folder)}
        self._topics: dict[str, list[Answer]] = {}
        for answer in self._answers.values():
            self._topics.setdefault(answer.topic, []).append(answer)

    def prepare(self) -> None:
        """Make the index; harmless when called twice, and in another thread."""
        _ = self._by_words, self._by_key

    @cached_property
    def _by_words(self) -> Index:
        return Index(map(self._text, self._topics))

    @cached_property
    def _by_key(self) -> Index:
        return Index(Text(c.id, c.title, " ".join(c.keys), "", c.text) for c in self._canned.values())

    def _text(self, topic: str) -> Text:
        said = [self._answers.filled(answer, self._values) for answer in self._topics[topic]]
        keys, examples = topic.replace("_", " "), self._examples.get(topic, "")
        return Text(topic, said[0].title, keys, examples, "\n".join(answer.text for answer in said))

    def find(self, query: str, now: datetime, most: int, values: Mapping[str, str]) -> list[Found]:
        """At most `most` texts, the likeliest first; canned ones with the query as a key before all others.

        Without a query: all canned ones, in the order of their file.
        """
        present = self._gemeente.variables(now) | dict(values)
        if not query.strip():
            return [_said(found, present) for found in self._canned.values()]
        keyed = self._keyed(query)
        worded = [self._canned[id] for id in self._by_key.find(query, least=BODY) if self._canned[id] not in keyed][:OF_CANNED]
        room = max(most - len(keyed) - len(worded), 0)
        answers = islice(self._ranked(query, SURE if keyed else 0), room)
        return [
            *(_said(found, present) for found in keyed), *(_told(answer, present) for answer in answers),
            *(_said(found, present) for found in worded),
        ][:most]

    def _keyed(self, query: str) -> list[Canned]:
        """The canned answers with a key that is the query, before those with one that only begins with it."""
        typed = plain(query).strip()
        found = [c for c in self._canned.values() if any(plain(key).startswith(typed) for key in c.keys)]
        return sorted(found, key=lambda c: typed not in map(plain, c.keys))

    def _ranked(self, query: str, least: float) -> Iterator[Answer]:
        aspect = find_aspect(query) or _named_aspect(query)
        for place, topic in enumerate(self._by_words.find(query, least=least)):
            yield from self._of_topic(topic, aspect, query)[: 1 if place else OF_TOPIC]

    def _of_topic(self, topic: str, aspect: str, query: str) -> list[Answer]:
        """The answers to a topic: to the aspect that was asked, the main one, and those with a word of the query in them."""
        said = {word for word in plain(query).split() if len(word) > 3}
        main, *others = self._topics[topic]
        asked = [answer for answer in others if answer.aspect == aspect]
        named = [
            answer for answer in others
            if answer.aspect != aspect and any(word in plain(answer.text) and word not in plain(main.title) for word in said)
        ]
        return [*asked, main, *named]

    def about(self, topic: str, aspect: str, now: datetime) -> Found | None:
        """What a citizen is told who asks this aspect of a topic: the answer to it, or else the main one; None for no topic."""
        answer = self._answers.get(f"utter_{topic}_{aspect}") or self._answers.get(f"utter_{topic}")
        return _told(answer, self._gemeente.variables(now)) if answer else None


def _told(answer: Answer, values: Mapping[str, str]) -> Found:
    whole = Answers.filled(answer, values)
    return Found(whole.name, "knowledge", whole.title, whole.text, whole.source, whole.reviewed, whole.topic)


def _said(found: Canned, values: Mapping[str, str]) -> Found:
    text = canned.fill(found.text, values)
    return Found(found.id, "canned", found.title, text, open=tuple(canned.left_open(text)))


def _named_aspect(query: str) -> str:
    """The aspect that an agent names without asking, as in "paspoort waar"; "" for none."""
    words = f" {' '.join(plain(query).split())} "
    return next((aspect for aspect in ASPECTS if f" {aspect.replace('_', ' ')} " in words), "")


class Libraries:
    """The libraries of all municipalities. Raises SettingsError for a fault in a file; an index is made when it is first used.

    `folder`: where the folders of the municipalities are.
    """

    def __init__(self, gemeenten: Mapping[str, Gemeente], folder: Path, now: datetime) -> None:
        self._found = {key: Library(gemeente, general(), folder / key, now) for key, gemeente in gemeenten.items()}
        self._ready: dict[str, asyncio.Task[None]] = {}

    async def of(self, gemeente: str) -> Library:
        """The library of a municipality, ready to search."""
        if gemeente not in self._ready:
            self._ready[gemeente] = asyncio.create_task(asyncio.to_thread(self._found[gemeente].prepare))
        await asyncio.shield(self._ready[gemeente])
        return self._found[gemeente]
