"""Dates as Dutch citizens write them. Pure functions: the day of today is an argument."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from bot.dutch.text import MONTHS, WEEKDAYS, Found, Normal, only

Prefer = Literal["future", "past"]
OLDEST = 125  # years; nobody alive is older

_MONTH = "|".join(MONTHS)
_DAY = "|".join(WEEKDAYS)
_SHORT = "ma|di|wo|do|vr|za|zo"
_PART = "ochtend|middag|avond|nacht"
_YEAR = r"(?P<y>\d{4}|'?\d{2})"
_NEXT = r"(?:aanstaande|aankomende|komende|eerstvolgende|volgende|deze|afgelopen|vorige|verleden)"
_LAST = {"afgelopen", "vorige", "verleden"}
_WEEKS = r"we?e?k(?:en|e)?"
_UNIT = rf"(?P<u>dag(?:en)?|{_WEEKS}|maand(?:en)?|jaar)"
_AFTER = r"(?!\d|[-/]\d|\.\d)"
_BEFORE = r"(?<![\d/.-])"

# Tried in this order; a stretch of text that one pattern took is closed to the next, also when it was no real date.
_PATTERNS = {name: re.compile(pattern) for name, pattern in {
    "iso": _BEFORE + r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})" + _AFTER,
    "numeric": _BEFORE + r"(?P<d>\d{1,2})\s?(?P<s>[-/.])\s?(?P<m>\d{1,2})\s?(?P=s)\s?" + _YEAR + _AFTER,
    "spaced": _BEFORE + r"(?P<d>\d{1,2})\s(?P<m>\d{1,2})\s(?P<y>(?:19|20)\d{2})" + _AFTER,
    "written": rf"(?:\b(?P<w>{_DAY}|{_SHORT})\.?,?\s+(?:de\s+)?)?{_BEFORE}(?P<d>\d{{1,2}})\s?(?:e|de|ste)?\s?[-./]?\s?"
               rf"(?:van\s)?(?P<mn>{_MONTH})\b\.?(?:\s?[-./,]?\s?{_YEAR}(?!\d|\s?(?:uur|u\b|:|\.\d)))?",
    "week_day": rf"\b(?P<n>{_NEXT})\s+week\s+(?:op\s+)?(?P<w>{_DAY})",
    "day_week": rf"\b(?P<w>{_DAY})(?:{_PART})?\s+(?P<n>{_NEXT})\s+week\b",
    "day_over": rf"\b(?P<w>{_DAY}|vandaag|morgen)(?:{_PART})?\s+over\s+(?P<k>een|\d{{1,2}})\s+{_WEEKS}\b",
    "amount": rf"\b(?:over|in)\s+(?P<k>een|\d{{1,3}})\s+{_UNIT}\b",
    "ago": rf"\b(?P<k>een|\d{{1,3}})\s+{_UNIT}\s+geleden\b",
    "weekday": rf"\b(?:(?P<n>{_NEXT})\s+)?(?P<w>{_DAY})(?:{_PART})?\b(?:\s+(?:a\.?s\b\.?|aanstaande))?",
    "near": r"\b(?P<near>eergisteren|gisteren|vandaag|vanochtend|vanmorgen|vanmiddag|vanavond|overmorgen"
            rf"|morgen(?:{_PART})?)\b",
    "of_month": r"\b(?:op\s)?de\s(?P<d>\d{1,2})(?:e|de|ste)"
                r"(?=\svan\s(?:de|deze)\smaand|\s*[,.!?]|\s*$|\s(?:om|of|graag)\b)",
    "short": r"(?:^|(?<=\bop\s)|(?<=\bde\s)|(?<=\bvanaf\s))(?P<d>\d{1,2})\s?[-/]\s?(?P<m>\d{1,2})"
             r"(?=\s*$|\s*[,.!?]|\s[^\W\d])",
}.items()}
_NEAR = {"eergisteren": -2, "gisteren": -1, "overmorgen": 2}
_NOT_BEFORE = re.compile(r"(?:^|\s)(?:niet|elke|iedere|goede|goeie|'?s|beste|fijne|prettige)\s(?:op\s)?$")
_COMPACT = re.compile(r"(?<!\d)(?:(\d{2})(\d{2})(\d{4})|(\d{2})(\d{2})(\d{2}))(?!\d)")
_UNIT_AFTER_SHORT = re.compile(r"\s*(?:uur|min|keer|dagen|weken|jaar|kinderen|personen)")


def parse_date(text: str, today: date) -> date | None:
    """The day that `text` names, a coming one where the year or week is left out.

    None when there is no real date in it, or several different ones. A date in the past that is written in full is
    given as it is: whether that is acceptable is up to the caller.
    """
    return only(find_dates(text, today))


def parse_geboortedatum(text: str, today: date) -> date | None:
    """The date of birth that `text` names: with a year, not in the future, at most 125 years ago; else None."""
    if compact := _COMPACT.fullmatch(text.strip(" .")):
        d, m, y = (g for g in compact.groups() if g)
        dates = [Found(0, len(text), _day(int(d), int(m), _year(y, today, "past")))]
    else:
        dates = _find(text, today, "past", ("iso", "numeric", "spaced", "written"), year=True)
    born = only(dates)
    return born if born and date(today.year - OLDEST, 1, 1) <= born <= today else None


def find_dates(text: str, today: date) -> list[Found[date]]:
    """Every real date in `text`, in order of appearance."""
    return [Found(f.start, f.end, f.value) for f in _find(text, today, "future", tuple(_PATTERNS)) if f.value]


def _find(
    text: str, today: date, prefer: Prefer, names: tuple[str, ...], year: bool = False
) -> list[Found[date | None]]:
    normal = Normal(text)
    taken: list[tuple[int, int]] = []
    found: list[Found[date | None]] = []
    for name in names:
        for match in _PATTERNS[name].finditer(normal.text):
            start, end = match.span()
            if any(start < e and s < end for s, e in taken) or _no_date(name, match) or (year and not match["y"]):
                continue
            taken.append((start, end))
            found.append(normal.found(start, end, _READERS[name](match, today, prefer)))
    return sorted(found, key=lambda f: f.start)


def _no_date(name: str, match: re.Match[str]) -> bool:
    """"niet maandag", "goede morgen", "elke dinsdag", "24/7" and "9-12 uur" look like a date and are none."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if name == "short" and (match.group() == "24/7" or _UNIT_AFTER_SHORT.match(after)):
        return True
    return bool(_NOT_BEFORE.search(before))


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str, today: date, prefer: Prefer) -> int:
    """Two digits mean a year that lies at most 20 years ahead, or, for a past date, not ahead at all."""
    number = int(digits.strip("'"))
    if len(digits.strip("'")) == 4:
        return number
    century = today.year // 100 * 100
    ahead = 0 if prefer == "past" else 20
    return century + number if century + number <= today.year + ahead else century - 100 + number


def _next_yearly(day: int, month: int, today: date) -> date | None:
    """The first such day from today on; eight years, because 29 February can be that far away."""
    days = (_day(day, month, today.year + n) for n in range(9))
    return next((d for d in days if d and d >= today), None)


def _numeric(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    return _day(int(match["d"]), int(match["m"]), _year(match["y"], today, prefer))


def _written(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    day, month = int(match["d"]), MONTHS.index(match["mn"]) + 1
    value = _day(day, month, _year(match["y"], today, prefer)) if match["y"] else _next_yearly(day, month, today)
    if value and match["w"] and _weekday(match["w"]) != value.weekday():
        return None  # "maandag 3 januari" when the third isn't a Monday: one of the two is a mistake
    return value


def _short(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    return _next_yearly(int(match["d"]), int(match["m"]), today)


def _weekday(name: str) -> int:
    return next(i for i, day in enumerate(WEEKDAYS) if day.startswith(name))


def _coming(name: str, today: date) -> date:
    return today + timedelta(days=(_weekday(name) - today.weekday() - 1) % 7 + 1)


def _in_week(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    monday = today - timedelta(days=today.weekday())
    weeks = 0 if match["n"] == "deze" else -1 if match["n"] in _LAST else 1
    return monday + timedelta(days=7 * weeks + _weekday(match["w"]))


def _weekday_alone(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    # "volgende dinsdag" is the one of next week for most speakers, "komende" and a bare "dinsdag" the first to come.
    if match["n"] in _LAST:
        return _coming(match["w"], today) - timedelta(days=7 if _weekday(match["w"]) != today.weekday() else 14)
    return _in_week(match, today, prefer) if match["n"] == "volgende" else _coming(match["w"], today)


def _day_over(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    weeks = 1 if match["k"] == "een" else int(match["k"])
    word = match["w"]
    start = today + timedelta(days=int(word == "morgen")) if word in ("vandaag", "morgen") else _coming(word, today)
    return start + timedelta(weeks=weeks)


def _near(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    word = match["near"]
    return today + timedelta(days=_NEAR.get(word, 1 if word.startswith("morgen") else 0))


def _of_month(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    months = ((today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1) for n in range(12))
    days = (_day(int(match["d"]), month, year) for year, month in months)
    return next((d for d in days if d and d >= today), None)


def _amount(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    return today + _delta(match)


def _ago(match: re.Match[str], today: date, prefer: Prefer) -> date | None:
    return today - _delta(match)


def _delta(match: re.Match[str]) -> relativedelta:
    count = 1 if match["k"] == "een" else int(match["k"])
    unit = {"d": "days", "w": "weeks", "m": "months", "j": "years"}[match["u"][0]]
    return relativedelta(**{unit: count})  # type: ignore[arg-type]


_READERS: dict[str, Callable[[re.Match[str], date, Prefer], date | None]] = {
    "iso": _numeric, "numeric": _numeric, "spaced": _numeric, "written": _written, "week_day": _in_week,
    "day_week": _in_week, "day_over": _day_over, "amount": _amount, "ago": _ago, "weekday": _weekday_alone,
    "near": _near, "of_month": _of_month, "short": _short,
}
