"""Dutch as citizens type it: a normalised reading of a text that still knows where each character came from."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december")
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

_MONTH_FORMS = {"jan": 1, "feb": 2, "febr": 2, "mrt": 3, "maa": 3, "mar": 3, "march": 3, "apr": 4, "may": 5, "jun": 6,
                "juny": 6, "jul": 7, "july": 7, "aug": 8, "sep": 9, "sept": 9, "okt": 10, "oct": 10, "nov": 11,
                "dec": 12}
# Slips that a closest match can't mend without catching ordinary words too ("mogen" for "morgen").
_SLIPS = {
    slip: word
    for word, slips in {
        "morgen": "mrogen moregn morgn mogren morge",
        "overmorgen": "overmorge overmrogen overmoregn overmorgn",
        "vandaag": "vndaag vandag vandaga vanndaag",
        "volgende": "volgene volgnde vogende volgend",
        "kwart": "kwrt kwrat kwaart",
        "half": "hlaf hafl",
        "uur": "uru urr",
    }.items()
    for slip in slips.split()
}
# Ordinary words that look like a month or a day with a slip in it.
_ORDINARY = frozenset({"maar", "maat", "maakt", "maand", "maart", "maanden", "zonde", "donder", "juist", "mij"})

_UNITS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "dertien",
          "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien")
_TENS = {"twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50}
_DASHES = dict.fromkeys("‐‑‒–—−", "-")
_QUOTES = dict.fromkeys("‘’`´", "'")
_SPACES = dict.fromkeys("\u00a0\u2009\u202f\t\r\n", " ")
_SAME = _DASHES | _QUOTES | _SPACES
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Found(Generic[T]):
    """Something recognised in a text: `text[start:end]` means `value`."""

    start: int
    end: int
    value: T


def _number_words() -> dict[str, str]:
    numbers = {word: n for n, word in enumerate(_UNITS, 1) if word != "een"}  # "een" is also the article
    for tens, value in _TENS.items():
        numbers[tens] = value
        numbers |= {f"{unit}en{tens}": value + n for n, unit in enumerate(_UNITS[:9], 1)}
    words = {word: str(n) for word, n in numbers.items()}
    irregular = {1: "eerste", 3: "derde", 8: "achtste"}
    for word, n in ({"een": 1} | numbers).items():
        ordinal = irregular.get(n) or word + ("de" if n < 20 else "ste")
        words[ordinal] = f"{n}e"
    return words


_NUMBERS = _number_words()


def plain(text: str) -> str:
    """`text` in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def canonical(word: str) -> str:
    """The word as the grammars know it: numbers as digits, names of days and months spelled right."""
    low = plain(word)
    if word.lower() in ("één", "eén"):
        return "1"
    if low in _NUMBERS:
        return _NUMBERS[low]
    if low in _SLIPS:
        return _SLIPS[low]
    if low in _MONTH_FORMS:
        return MONTHS[_MONTH_FORMS[low] - 1]
    return _spelled(low)


def _spelled(word: str) -> str:
    """Mends a slip in the name of a day or month. The first letter is trusted: people rarely get it wrong."""
    if len(word) < 5 or word in _ORDINARY:
        return word
    names = [n for n in MONTHS + WEEKDAYS if n[0] == word[0] and abs(len(n) - len(word)) <= 2 and len(n) > 4]
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.84)
    return close[0] if close else word


class Normal:
    """The canonical reading of a text, character by character tied to the original."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self._origin: list[tuple[int, int]] = []
        for start, end, new in _pieces(text):
            pieces.append(new)
            same = len(new) == end - start
            self._origin += [(start + i, start + i + 1) if same else (start, end) for i in range(len(new))]
        self.text = "".join(pieces)

    def found(self, start: int, end: int, value: T) -> Found[T]:
        """`value` for `self.text[start:end]`, placed in the original text."""
        return Found(self._origin[start][0], self._origin[end - 1][1], value)


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    last = 0
    for match in _WORD.finditer(text):
        yield from ((i, i + 1, _SAME.get(text[i], text[i])) for i in range(last, match.start()))
        yield match.start(), match.end(), canonical(match.group())
        last = match.end()
    yield from ((i, i + 1, _SAME.get(text[i], text[i])) for i in range(last, len(text)))


def only(found: Iterable[Found[T]]) -> T | None:
    """The one value that was found; None for nothing, and for several that differ (better ask than guess)."""
    values = {f.value for f in found}
    return values.pop() if len(values) == 1 else None
