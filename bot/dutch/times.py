"""Clock times and parts of the day as Dutch citizens write them.

"Half vier" is an hour before four and a half. Without a part of the day the reading between 07:00 and 18:59 is taken,
because that is when a counter is open: "half 4" is 15:30, "kwart over 9" is 09:15. A leading zero ("03:30") is literal.
"""

import re
from datetime import time

from bot.dutch.text import MONTHS, Found, Normal, only

Dagdeel = str  # "ochtend", "middag", "avond" or "nacht"

_UNIT = (
    r"(?:uur|uren|minuten|min|dag|dagen|week|weken|maand|maanden|jaar|jarige|keer|euro|personen|mensen|kinderen|stuks|"
    rf"procent|%|kilo|meter|km|{'|'.join(MONTHS)})\b"
)
_HOUR = r"(?P<h>\d{1,2}|een)"
_CLOSED = r"(?!\d|[-/.,:]\d)"
_DURATION_BEFORE = re.compile(
    r"\b(?:over|binnen|elke|iedere|per|minimaal|maximaal|ongeveer een|duurt|duurde|al)\s$|[€$]\s?$"
)
_DURATION_AFTER = re.compile(
    r"\s(?:per|geleden|lang|later|wachten|gewacht|parkeren|gratis|betaald|werk|werken|hulp|zorg|de tijd|"
    r"in de (?:week|maand)|onderweg|rijden|reizen)\b"
)
_PATTERNS = {name: re.compile(pattern) for name, pattern in {
    "range": r"\b(?:tussen|van)\s[^a-z]{1,8}(?:uur\s)?(?:en|tot)\s\d{1,2}(?:[:.]\d{2})?(?:\s?uur)?",
    "clock": r"(?<![\d/:.,-])(?P<h>\d{1,2})\s?(?::|u|uur(?=\s?\d))\s?(?P<min>\d{2})(?!\d|:\d|[-/]\d)"
             rf"(?!\s(?!uur){_UNIT})",
    # "maandag 10.30": what can't be a day and a month is a time.
    "dotted": r"(?:\b(?:om|rond|tegen|vanaf|tussen|en)\s|^|(?<=dag\s)(?=\d+[.](?:00|1[3-9]|[2-5]\d)))"
              r"(?P<h>\d{1,2})[.](?P<min>\d{2})(?![\d.])(?!\s?euro)"
              r"|(?<![\d/:.,-])(?P<h2>\d{1,2})[.](?P<min2>\d{2})(?=\s?(?:uur|u)\b)",
    "to_past": rf"\b(?P<min>kwart|\d{{1,2}})\s(?:min(?:uten|uut)?\s)?(?P<dir>over|voor|(?<=kwart\s)na)\s"
               rf"(?P<half>half\s)?{_HOUR}\b{_CLOSED}(?!\s(?!uur){_UNIT})",
    "half": rf"\bhalf\s{_HOUR}\b{_CLOSED}(?!\s(?!uur){_UNIT})",
    "hour": r"(?<![\d/:.,-])(?P<h>\d{1,2}|(?<=om\s)een)\s?(?:uur|u|h)\b(?!\d)",
    "at": rf"\b(?:om|rond|tegen)\s(?P<h>\d{{1,2}}){_CLOSED}(?:e\b)?(?!\s?{_UNIT})",
}.items()}
_BARE = re.compile(
    r"\s*(?:om\s)?(?:(?P<h>\d{1,2})|(?P<h2>\d{2})(?P<min2>\d{2})|(?P<h3>\d{1,2})[ .,](?P<min3>\d{2}))\s*[.!?]?\s*"
)
_PARTS = re.compile(r"(?P<part>ochtend|\b'?s\s?morgens|vanmorgen|middag|avond|\b'?s\s?nachts|vannacht)")
_GREETING = re.compile(r"\b(?:goed|goede|goeie|goeden|fijne|prettige|gezellige)\s?$")


def parse_time(text: str) -> time | None:
    """The clock time that `text` names; None when there is none, an impossible one ("25:00") or several."""
    normal = Normal(text)
    if bare := _BARE.fullmatch(normal.text):
        groups = bare.groupdict()
        hour = next(groups[k] for k in ("h", "h2", "h3") if groups[k])
        return _time(hour, int(groups["min2"] or groups["min3"] or 0), None)
    return only(find_times(text))


def find_times(text: str) -> list[Found[time]]:
    """Every clock time in `text`, in order; periods ("over 2 uur", "24 uur per dag", "van 9 tot 11") are none."""
    normal = Normal(text)
    part = only(find_dagdelen(text))
    taken: list[tuple[int, int]] = []
    found: list[Found[time]] = []
    for name, pattern in _PATTERNS.items():
        for match in pattern.finditer(normal.text):
            start, end = match.span()
            if any(start < e and s < end for s, e in taken) or _is_duration(name, match):
                continue
            taken.append((start, end))
            value = _read(name, match, part)
            if value:
                found.append(normal.found(start, end, value))
    return sorted(found, key=lambda f: f.start)


def find_dagdelen(text: str) -> list[Found[Dagdeel]]:
    """The parts of the day in `text`; a greeting ("goedemiddag") is none."""
    normal = Normal(text)
    found = (m for m in _PARTS.finditer(normal.text) if not _GREETING.search(normal.text[: m.start()]))
    return [normal.found(*m.span(), _dagdeel(m["part"])) for m in found]


def _dagdeel(word: str) -> Dagdeel:
    return next((part for part in ("middag", "avond", "nacht") if part in word), "ochtend")


def _is_duration(name: str, match: re.Match[str]) -> bool:
    if name != "hour":
        return False
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(_DURATION_BEFORE.search(before) or _DURATION_AFTER.match(after))


def _read(name: str, match: re.Match[str], part: Dagdeel | None) -> time | None:
    if name == "range":
        return None
    groups = match.groupdict()
    hour = groups["h"] or groups.get("h2") or ""
    if name == "half":
        return _time(hour, -30, part)
    if name == "to_past":
        minutes = 15 if groups["min"] == "kwart" else int(groups["min"])
        offset = (-minutes if groups["dir"] == "voor" else minutes) - (30 if groups["half"] else 0)
        return _time(hour, offset, part) if 0 < minutes < 30 else None
    return _time(hour, int(groups.get("min") or groups.get("min2") or 0), part)


def _time(hour: str, minutes: int, part: Dagdeel | None) -> time | None:
    """The time `minutes` after (before, when negative) the spoken `hour`, placed in the right half of the day."""
    number = 1 if hour == "een" else int(hour)
    if number > 23 or not -60 < minutes < 60:
        return None
    total = number * 60 + minutes
    if number <= 12 and not (hour.startswith("0") and minutes >= 0):
        total = _half_of_day(total % 720, part)
    return time(total // 60 % 24, total % 60)


def _half_of_day(total: int, part: Dagdeel | None) -> int:
    """`total` minutes on a twelve-hour clock as minutes of the day."""
    if part in ("ochtend", "nacht"):
        return total
    if part in ("middag", "avond"):
        return total + 720
    return total if total >= 7 * 60 else total + 720
