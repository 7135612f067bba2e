"""Finding texts by words as people type them: half words, parts of compounds, slips.

A text is found by the share it has in all that is said with a word, so that a word of everybody ("een") tells nothing and one of
few ("grofvuil") nearly all. BM25, as SQLite has it, counts a word in more than half of the texts for nothing, and half of the
topics mention a "paspoort".
"""

import difflib
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from bot.dutch.text import plain

WORDS = 12  # of a query that count; a longer one says the same thing again
LEAST = 2  # shortest word of a query that may be the beginning of another
PART = 5  # shortest part of a compound that says something: "kaart" in "parkeerkaart"
SLIP = 0.8  # likeness from which two words are the same but for a slip; of words with 4 letters or more
ALIKE = 10  # words that one word with a slip, or a part of a compound, may stand for

TITLE, BODY, EXAMPLE = 30, 3, 1  # what a word counts for there: a title says more than all the sentences in which people ask
EXACT = 3  # and so many times more when it is the very word that was typed
RARE = 5  # added to all that is said with a word: one that somebody used once says little
WORTH = 0.12  # of the score of the best text: what is found far less surely is left out

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Text:
    """Something to find. `keys`: words that mean just this; `examples`: how people ask for it."""

    id: str
    title: str
    keys: str
    examples: str
    body: str


class Index:
    """Texts by their words. It does not change."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for part, weight in ((text.title, TITLE), (text.keys, TITLE), (text.body, BODY), (text.examples, EXAMPLE)):
                for word in _words(part):
                    self._counts[word][text.id] += weight
        self._known = sorted(self._counts)

    def find(self, query: str, *, least: float = 0) -> list[str]:
        """Ids, the best first. `least`: what every word of the query must count for in a text, such as BODY; 0 for any text."""
        found = [self._meant(word) for word in list(dict.fromkeys(_words(query)))[:WORDS]]
        scores: Counter[str] = Counter()
        for counts in found:
            total = sum(counts.values()) + RARE
            scores.update({id: count / total for id, count in counts.items()})
        ranked = scores.most_common()
        return [
            id for id, score in ranked
            if score >= WORTH * ranked[0][1] and all(counts.get(id, 0) >= least for counts in found)
        ]

    def _meant(self, word: str) -> Mapping[str, float]:
        """Weight by id of the words that begin with this one, else of those with it as a part, else of those like it."""
        begun = list(takewhile(lambda known: known.startswith(word), self._known[bisect_left(self._known, word) :]))
        if len(word) < LEAST:
            begun = [known for known in begun if known == word]
        counts: Counter[str] = Counter()
        for known in begun or self._parts(word) or self._slips(word):
            times = EXACT if known == word else 1
            counts.update({id: times * count for id, count in self._counts[known].items()})
        return counts

    def _parts(self, word: str) -> list[str]:
        if len(word) < PART:
            return []
        found = [known for known in self._known if word in known or (len(known) >= PART and known in word)]
        return sorted(found, key=lambda known: abs(len(known) - len(word)))[:ALIKE]

    def _slips(self, word: str) -> list[str]:
        if len(word) < 4:
            return []
        near = [known for known in self._known if abs(len(known) - len(word)) <= 2]
        return difflib.get_close_matches(word, near, n=ALIKE, cutoff=SLIP)


def _words(text: str) -> Iterator[str]:
    return (found.group() for found in _WORD.finditer(plain(text)))
