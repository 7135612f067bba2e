"""Which kind of case is in the words: "mijn parkeervergunning" for "Parkeervergunning aanvragen"."""

import re

from bot.dutch.text import plain

_WORD = re.compile(r"[a-z]{5,}")
_ANY = {"aanvraag", "aanvragen", "aangifte", "verzoek", "melding", "melden", "indienen"}  # in the names of many kinds of cases


def names(text: str, zaaktype: str) -> bool:
    """Whether `text` has a telling word of this zaaktype's name: within a longer word, or its beginning ("mijn bijstand")."""
    said = plain(text)
    begun = tuple(word for word in _WORD.findall(said) if word not in _ANY)
    return any(word in said or any(word.startswith(beginning) for beginning in begun) for word in _telling(zaaktype))


def _telling(zaaktype: str) -> list[str]:
    return [word for word in _WORD.findall(plain(zaaktype)) if word not in _ANY]
