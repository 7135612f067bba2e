"""Dutch licence plates in free text.

The combinations of letters and digits ("sidecodes"), and which letters they leave out, are those of the RDW, which issues the
plates: https://www.rdw.nl, "Uitleg over de cijfers en letters op de kentekenplaat".
"""

import re

from bot.dutch.text import MONTHS, Found

_SIDECODES = (
    "XX-99-99", "99-99-XX", "99-XX-99", "XX-99-XX", "XX-XX-99", "99-XX-XX", "99-XXX-9", "9-XXX-99", "XX-999-X", "X-999-XX",
    "XXX-99-X", "X-99-XXX", "9-XX-999", "999-XX-9",
)
_DASHES = "-‐‑‒–—−"
_SEPARATOR = rf"(\s?[{_DASHES}]\s?|\s|[.•·])?"
_PATTERNS = [
    re.compile(
        r"(?<![\w@/.,€-])"
        + _SEPARATOR.join(f"({'[a-z]' if group[0] == 'X' else '[0-9]'}{{{len(group)}}})" for group in code.split("-"))
        + r"(?!\w|[@/€]|[-.,]\w)",
        re.IGNORECASE | re.ASCII,
    )
    for code in _SIDECODES
]
_LIKE_A_YEAR = {"XX-99-99", "99-99-XX"}  # without signs the same as "BV 2024" and as a postcode
_NOT_ISSUED = re.compile(r"[AEIOUCQ]")  # left out of the plates since the fourth combination: most words have one
_MONTHS = frozenset({month[:3].upper() for month in MONTHS} | {"MRT"})
_CALLED = re.compile(r"kenteken|nummerpla|nummerbord", re.IGNORECASE)
_JUST_CALLED = re.compile(r"(?:kenteken|nummerplaat|nummerbord)\w*\s*(?:is|=|:|met|van)?\s*$", re.IGNORECASE)


def find_kentekens(text: str) -> list[Found[str]]:
    """Licence plates as "AB-12-CD": written with dashes, in capitals without them, or anyhow where the text speaks of a plate.

    A date ("3-mei-26"), a postcode and an ordinary "12 van 34" are none.
    """
    found = [
        Found(*match.span(), "-".join(match.group(1, 3, 5)).upper())
        for code, pattern in zip(_SIDECODES, _PATTERNS, strict=True)
        for match in pattern.finditer(text)
        if _is_plate(code, match)
    ]
    return sorted(found, key=lambda f: f.start)


def _is_plate(code: str, match: re.Match[str]) -> bool:
    letters = re.sub(r"[^a-zA-Z]", "", match.group())
    if letters.upper() in _MONTHS:
        return False
    signs = [match[2] or "", match[4] or ""]
    if all(sign.strip() and sign.strip() in _DASHES for sign in signs):
        return True
    if bool(signs[0]) != bool(signs[1]):
        return False
    if code in _LIKE_A_YEAR:
        return bool(_JUST_CALLED.search(match.string[: match.start()]))
    if _CALLED.search(match.string):
        return True
    rest = match.string[: match.start()] + match.string[match.end() :]
    capitals = letters.isupper() and not (rest.isupper() and signs[0])
    alone = not signs[0] and not rest.strip(" .!?")
    return (capitals or alone) and not _NOT_ISSUED.search(letters.upper())
