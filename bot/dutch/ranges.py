"""Stretches of days as Dutch citizens name them: "volgende week", "eind van de maand", "niet op maandag", "voor 20 december".

Pure functions: the day of today is an argument. A week is Monday to Sunday.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.dutch.dates import find_dates
from bot.dutch.text import MONTHS, WEEKDAYS, Normal

_MONTH = "|".join(MONTHS)
_DAY = "|".join(WEEKDAYS)
_WEEK = r"(?:we?e?k|weekje|weekske)\b"
_NEVER = r"(?:niet|nie|geen|behalve|liever niet|liefst niet|alleen niet|uitgezonderd|maar niet|buiten)"
_LIST = rf"(?:{_DAY})\w*(?:\s?(?:,|en|of|noch)\s?(?:op\s)?(?:{_DAY})\w*)*"


_BOTH = re.compile(
    r"\b(?:tussen|van)\s(?:de\s)?(?P<a>\d{1,2})e?\s(?:en|tot|t/m|tot en met)\s(?:de\s)?(?P<b>\d{1,2})e?\s"
    rf"(?P<m>{_MONTH})"
)
# "een afspraak voor dinsdag" is on that day; "nog voor dinsdag" and "voor 20 december" are before it.
_BEFORE = (
    rf"(?<=nog )voor|(?<=moet )voor|(?<!afspraak )(?<!afspraakje )(?<!iets )(?<!plek )(?<!plekje )(?<!gaatje )(?<!tijd )"
    rf"(?<!reserveren )(?<!boeken )(?<!langskomen )(?<!moment )voor(?!\s(?:{_DAY}|morgen|overmorgen|vandaag))"
)
_WRITTEN_OUT = re.compile(  # one day, with its week
    rf"\b(?:{_DAY}|vandaag|morgen)\w*\s(?:over\s(?:een|\d{{1,2}})\sweken?|(?:volgende|deze|aankomende|komende)\sweek)\b"
    rf"|\b(?:volgende|deze|aankomende)\sweek\s(?:op\s)?(?:{_DAY})\b"
)


@dataclass(frozen=True)
class Days:
    """From `first` to `last`, both included (None: open); only on `only` and never on `never` (0 is Monday).

    `exact`: one day was named, rather than a stretch in which one day is as good as another.
    """

    first: date | None = None
    last: date | None = None
    only: frozenset[int] = field(default_factory=frozenset)
    never: frozenset[int] = field(default_factory=frozenset)
    exact: bool = False


def find_days(text: str, today: date) -> Days | None:
    """The days that `text` wants; None when it names none. A time of the day may stand beside it."""
    plain = Normal(any_such(text)).text
    never, plain = _never(plain)
    if found := _limits(plain, today):
        return replace(found, never=never)
    weekdays = _weekdays(plain)
    several = len(weekdays) > 1
    if (several or not _WRITTEN_OUT.search(plain)) and (found := _stretch(plain, today)):
        return replace(found, only=weekdays, never=never)
    if not (several or _any_such(plain)) and (found := _one_day(plain, today)):
        return replace(found, never=never)
    return Days(only=weekdays, never=never) if weekdays or never else None


def _never(text: str) -> tuple[frozenset[int], str]:
    """Weekdays that don't suit, with the text without them."""
    days: set[int] = set()
    for pattern in (
        rf"\b{_NEVER}\s(?:op\s|de\s)?(?P<d>{_LIST})",
        rf"\b(?:op\s)?(?P<d>{_LIST})\s(?:kan|lukt|kom|past|werk|komt)\s(?:ik\s|het\s|mij\s|me\s)?(?:juist\s|echt\s)?"
        r"(?:niet|nie|slecht)\b",
        rf"\b(?:op\s)?(?P<d>{_LIST})\s(?:werk\sik|niet|nie)\b",
    ):
        match = re.search(pattern, text)
        if match:
            days |= _weekdays(match["d"])
            text = text[: match.start()] + " " + text[match.end() :]
    return frozenset(days), text


def _weekdays(text: str) -> frozenset[int]:
    named = {WEEKDAYS.index(match[1]) for match in re.finditer(rf"\b({_DAY})", text)}
    if re.search(r"\b(?:doordeweeks|door de week|werkdag(?:en)?)\b", text):
        named |= set(range(5))
    if re.search(r"\b(?:in het |komend |dit |'t )?weekend\b", text):
        named |= {5, 6}
    return frozenset(named)


def any_such(text: str) -> str:
    """The text in lower case with "donderdags" and "dinsdagen" as "een donderdag" and "een dinsdag"."""
    return re.sub(rf"\b({_DAY})(?:s|en)\b", r"een \1", text.lower())


def _any_such(text: str) -> bool:
    """Whether any such day will do, not only the first to come: "op een donderdag"."""
    return bool(re.search(rf"\b(?:een|altijd op|alleen op|elke|iedere)\s(?:{_DAY})", text))


def _one_day(text: str, today: date) -> Days | None:
    days = {f.value for f in find_dates(text, today)}
    if len(days) == 1:
        day = days.pop()
        return Days(day, day, exact=True)
    if days and re.search(r"\bof\b|,", text):
        return Days(min(days), max(days), frozenset(day.weekday() for day in days))
    return None


def _limits(text: str, today: date) -> Days | None:
    """ "tussen 10 en 14 december", "vanaf maandag", "voor 20 december"."""
    if both := _BOTH.search(text):
        first, last = (_date(f"{both[name]} {both['m']}", today) for name in ("a", "b"))
        return Days(min(first, last), max(first, last)) if first and last else None
    before = _date_after(rf"(?:{_BEFORE}|uiterlijk|t/m|tot en met|tot|niet later dan|niet na)", text, today)
    strict = re.search(r"\b(?:voor|tot)\s(?!en met)", text)
    after = _date_after(r"(?:vanaf|na|sinds|pas vanaf|pas na|pas op|niet voor|niet eerder dan)", text, today)
    if before and after is None:
        return Days(None, before - timedelta(days=1) if strict else before)
    if after:
        return Days(after + timedelta(days=1) if re.search(r"\b(?:na|pas na)\s", text) else after, None)
    return None


def _date_after(word: str, text: str, today: date) -> date | None:
    """The date right behind `word`."""
    for match in re.finditer(rf"\b{word}\s", text):
        rest = text[match.end() :]
        near = [f.value for f in find_dates(rest, today) if f.start <= 3]
        if near:
            return near[0]
    return None


def _date(text: str, today: date) -> date | None:
    found = find_dates(text, today)
    return found[0].value if found else None


def _week(monday: date, weeks: int = 0) -> Days:
    first = monday + timedelta(weeks=weeks)
    return Days(first, first + timedelta(days=6))


def _month(first: date, part: str) -> Days:
    """The part of the month that begins on `first`: its beginning, middle or end are about ten days each."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    spans = {"begin": (1, 10), "half": (10, 20), "midden": (10, 20), "eind": (21, last.day), "einde": (21, last.day)}
    start, end = spans.get(part, (1, last.day))
    return Days(first.replace(day=start), first.replace(day=end))


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _named_month(match: re.Match[str], today: date) -> date:
    month = MONTHS.index(match["m"]) + 1
    return date(today.year + (month < today.month), month, 1)


def _week_of_month(match: re.Match[str], today: date) -> Days:
    first = _named_month(match, today)
    last = monthrange(first.year, first.month)[1]
    start = last - 6 if match["n"] == "laatste" else 7 * (int(match["n"][0]) - 1) + 1
    return Days(first.replace(day=start), first.replace(day=start + 6))


def _ahead(match: re.Match[str], today: date) -> Days:
    count = 1 if match["k"] in ("een", "paar") else int(match["k"])
    if match["k"] == "paar":
        count = 3
    days = {"d": 1, "w": 7, "m": 30}[match["u"][0]] * count
    return Days(None, today + timedelta(days=days))


def _weeks_on(match: re.Match[str], today: date) -> Days:
    weeks = 2 if match["k"] == "paar" else 1 if match["k"] == "een" else int(match["k"])
    return _week(today - timedelta(days=today.weekday()), weeks)


_PART = r"(?P<p>begin|half|midden|einde?)"
_STRETCHES: tuple[tuple[str, Callable[[re.Match[str], date], Days]], ...] = (
    (rf"\b(?P<n>1e|2e|3e|4e|laatste)\sweek\s(?:van|in)\s(?P<m>{_MONTH})", _week_of_month),
    (rf"\b{_PART}\s(?:van\s)?(?:de\s|deze\s)?maand\b", lambda m, t: _month(t.replace(day=1), m["p"])),
    (rf"\b{_PART}\s(?:van\s)?(?:de\s)?(?:volgende|komende)\smaand\b", lambda m, t: _month(_next_month(t), m["p"])),
    (rf"\b{_PART}\s(?:van\s)?(?P<m>{_MONTH})\b", lambda m, t: _month(_named_month(m, t), m["p"])),
    (r"\b(?:volgende|de komende|komende)\smaand\b", lambda m, t: _month(_next_month(t), "")),
    (r"\bdeze\smaand\b", lambda m, t: _month(t.replace(day=1), "")),
    (rf"\b(?:in|heel|ergens in)\s(?P<m>{_MONTH})\b", lambda m, t: _month(_named_month(m, t), "")),
    (r"\b(?:de\s)?(?:week daarop|week erna|daaropvolgende week)\b", lambda m, t: _week(_monday(t), 1)),
    (rf"\b{_PART}\s(?:van\s)?(?:de\s)?volgende\s{_WEEK}", lambda m, t: _of_week(_week(_monday(t), 1), m["p"])),
    (rf"\b{_PART}\s(?:van\s)?(?:de|deze)\s{_WEEK}", lambda m, t: _of_week(_week(_monday(t)), m["p"])),
    (rf"\b(?:volgende|aankomende)\s{_WEEK}", lambda m, t: _week(_monday(t), 1)),
    (rf"\bkomende\s{_WEEK}", lambda m, t: Days(t, t + timedelta(days=7))),
    (rf"\bdeze\s{_WEEK}|\bvan de week\b", lambda m, t: _week(_monday(t))),
    (r"\bover\s(?:een\s)?(?P<k>een|paar|\d{1,2})\s(?:we?e?k(?:en)?|weekjes?)\b", _weeks_on),
    (r"\bbinnen\s(?:een\s)?(?P<k>een|paar|\d{1,2})\s(?P<u>dag|dagen|week|weken|maand|maanden)\b", _ahead),
    (r"\b(?:de\s)?(?:komende|eerstkomende)\sdagen\b", lambda m, t: Days(t, t + timedelta(days=5))),
    (r"\b(?:de\s)?(?:komende|eerstkomende)\sweken\b", lambda m, t: Days(t, t + timedelta(days=21))),
    (r"\bna\s(?:de\s)?(?:kerst|kerstdagen|feestdagen)\b", lambda m, t: Days(_after_christmas(t), None)),
    (r"\bvoor\s(?:de\s)?(?:kerst|kerstdagen|feestdagen)\b", lambda m, t: Days(None, _christmas(t) - timedelta(days=1))),
)


def _stretch(text: str, today: date) -> Days | None:
    for pattern, read in _STRETCHES:
        if match := re.search(pattern, text):
            return read(match, today)
    return None


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _of_week(week: Days, part: str) -> Days:
    first = week.first or date.min
    spans = {"begin": (0, 1), "half": (1, 3), "midden": (1, 3)}
    start, end = spans.get(part, (3, 4))
    return Days(first + timedelta(days=start), first + timedelta(days=end))


def _christmas(today: date) -> date:
    year = today.year if today < date(today.year, 12, 25) else today.year + 1
    return date(year, 12, 25)


def _after_christmas(today: date) -> date:
    return _christmas(today) + timedelta(days=2)
