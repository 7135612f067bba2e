"""Masking at the door: a BSN never enters the log, the tracker or a log line."""

import re

from stdnum.nl import bsn

MASK = "•••••••••"

_NINE = re.compile(r"(?<![\w])(\d(?:[ .\-]?\d){8})(?![\w])")
# The check digit refuses most random numbers but also typing errors: near these words nine digits are masked anyway.
_NEAR = re.compile(r"\b(bsn|burger\s?service\s?nummer|sofi\s?-?nummer)\b", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}\b", re.IGNORECASE)


def mask(text: str) -> str:
    """`text` with every BSN (eight or nine digits that pass the elfproef, or nine digits near the word) and IBAN masked."""
    near = bool(_NEAR.search(text))

    def hide(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group(1))
        return MASK if near or bsn.is_valid(digits) else match.group(0)

    return _IBAN.sub(MASK, _NINE.sub(hide, text))
