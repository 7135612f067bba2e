"""Sentences as the rules for content see them: when two are the same, and when one is too long for level B1."""

import re
import unicodedata

from bot.dutch.text import plain

_MARK = re.compile(r"^\s*(?:[-•*]|\d{1,2}[.)])\s+")
_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(€{A-ZÀ-Ý0-9])")
_HARMFUL = {"Cc", "Cf", "Cs", "Cn"}  # control, invisible, half characters, no characters at all
_LINE_ENDS = {"Zl", "Zp"}


def reading(sentence: str) -> str:
    """The sentence without case, accents and punctuation; sentences with the same reading are the same."""
    return " ".join(re.findall(r"\w+", plain(sentence)))


def words(text: str) -> int:
    """Number of words; a mark on its own is none."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


def sentences(text: str) -> list[str]:
    """The sentences of an answer; each item of a list begins a new one."""
    return [part for line in text.splitlines() for part in _END.split(_MARK.sub("", line).strip()) if part]


def long_sentences(text: str, limit: int) -> list[str]:
    """The sentences with more than `limit` words."""
    return [sentence for sentence in sentences(text) if words(sentence) > limit]


def beginning(sentence: str, count: int = 7) -> str:
    """The first words of a sentence, enough to find it again."""
    parts = sentence.split()
    return " ".join(parts[:count]) + ("…" if len(parts) > count else "")


def some(items: list[str], shown: int = 3) -> str:
    """The first of `items` in words: "a, b, c en nog 4"."""
    more = len(items) - shown
    return ", ".join(items[:shown]) + (f" en nog {more}" if more > 0 else "")


def visible(text: str) -> str:
    """`text` without characters that cannot be seen or written down; every way to end a line becomes one."""
    ended = "".join("\n" if unicodedata.category(c) in _LINE_ENDS else c for c in re.sub(r"\r\n?|\x85", "\n", text))
    return "".join(c for c in ended if c == "\n" or unicodedata.category(c) not in _HARMFUL)
