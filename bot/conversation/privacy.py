"""Masking at the door: a BSN never enters the log, the tracker or a log line."""

import re

from stdnum import iban
from stdnum.nl import bsn

MASK = "•••••••••"

# Eight or nine digits, with at most three signs between two of them, that are not part of a longer number.
_DIGITS = re.compile(r"(?<!\d)(?<!\d[.\-/])\d(?:[\s.,\-/]{0,3}\d){7,8}(?![.\-/]?\d)")
# The check digit refuses most random numbers but also typing errors: near these words any such number is masked.
_NEAR = re.compile(r"\bbsn(?![a-z])|\bburger\s?service\s?nummer|\bsofi\s?-?nummer", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)
_SHORTEST_IBAN = 15


def mask(text: str) -> str:
    """`text` with every BSN masked (nine digits that pass the elfproef; eight or nine near the word), and every IBAN."""
    near = bool(_NEAR.search(text))

    def hide(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group(0))
        return MASK if near or (len(digits) == 9 and bsn.is_valid(digits)) else match.group(0)

    return _DIGITS.sub(hide, _IBAN.sub(_hide_iban, text))


def _hide_iban(match: re.Match[str]) -> str:
    """The longest beginning of the match that is a valid IBAN is masked; words that follow it stay."""
    found = match.group(0)
    for end in range(len(found), _SHORTEST_IBAN - 1, -1):
        if found[end - 1] != " " and iban.is_valid(found[:end]):
            return MASK + found[end:]
    return found
