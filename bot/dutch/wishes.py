"""When a citizen wants to come: "zo snel mogelijk", "donderdag na vier uur", "een week later", "niet op maandag".

A wish is read by rules, not guessed: what isn't recognised is asked. Pure functions: the day of today is an argument.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.dutch.ranges import Days, any_such, find_days
from bot.dutch.text import Normal
from bot.dutch.times import find_times
from bot.dutch.windows import Window, find_window

Direction = Literal["earlier", "later"]
Unit = Literal["time", "day", "week", "month"]


@dataclass(frozen=True)
class Shift:
    """Earlier or later than what was said last. `unit` None: by whatever was asked; `amount` None: any amount.

    An amount of "time" is in minutes, of "day", "week" and "month" in those.
    """

    direction: Direction
    unit: Unit | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Wish:
    """What suits. An empty wish: anything. `soonest`: the first that fits the rest; `at`: this time or near it."""

    days: Days | None = None
    window: Window | None = None
    at: time | None = None
    soonest: bool = False
    shift: Shift | None = None

    def __bool__(self) -> bool:
        return self != Wish()

    def fits_day(self, day: date) -> bool:
        days = self.days
        if days is None:
            return True
        inside = (days.first is None or day >= days.first) and (days.last is None or day <= days.last)
        return inside and (not days.only or day.weekday() in days.only) and day.weekday() not in days.never

    def fits_time(self, moment: time) -> bool:
        """Whether one can begin then. `at` is no limit: near it will do."""
        window = self.window or Window()
        return (window.start is None or moment >= window.start) and (window.end is None or moment < window.end)

    def fits(self, start: datetime) -> bool:
        """Whether this local moment suits."""
        return self.fits_day(start.date()) and self.fits_time(start.time())

    @property
    def about_times(self) -> bool:
        return self.window is not None or self.at is not None

    def after(self, earlier: "Wish") -> "Wish":
        """This wish, with what `earlier` said where this one is silent."""
        if self.soonest and self.days is None and not self.about_times:
            return replace(earlier, soonest=True, shift=None)
        times = self if self.about_times else earlier
        return Wish(self.days or earlier.days, times.window, times.at, self.soonest, self.shift)


_SOON = re.compile(
    r"\bzo (?:snel|spoedig|rap|gauw|vlug|vroeg) (?:als )?(?:mog\w*|kan|het kan|'?t kan)\b|\bz\.?s\.?m\b\.?|\basap\b"
    r"|\b(?:zo )?snel mogelijk\b|\bas soon as possible\b"
    r"|\b(?:1e|eerst\w*|vroegst\w*|snelst\w*)\s?(?:de beste|mog\w*|vrije|beschikbare|volgende)?\s?"
    r"(?:plek\w*|gaatje|moment|mogelijkheid|datum|tijdstip|gelegenheid|slot)\b"
    r"|\b(?:1e|eerste) (?:de beste|mogelijke|beschikbare|vrije)\b|\beerstmogelijke\b|\bspoedig\b"
    r"|\bwaar (?:is|kan) .{0,15}(?:eerst|snelst|1e)\w*\b"
    r"|\b(?:maakt|mkt|makt) (?:mij |me )?n?iet? ?(?:meer )?uit\b(?: wanneer)?|\bmaakt? niks uit\b|\bgeeft niet wanneer\b"
    r"|\bkan altijd\b"
)
_UNITS = r"(?P<u>uur(?:tje)?|half uur(?:tje)?|kwartier(?:tje)?|min(?:uten)?|dag(?:en|je)?|week(?:je|ske)?|weken|maand(?:en|je)?)"
_BY = re.compile(
    rf"\b(?:een\s)?(?:(?P<k>een|paar|\d{{1,2}})\s)?{_UNITS}\s(?:wat\s)?"
    r"(?:(?P<l>later|opschuiven|vooruit|erna|verder)|(?:eerder|vroeger|vervroegen|naar voren|ervoor))\b"
)
_SOONER = r"(?P<d{0}>later|eerder|vroeger)"
_ON_THE_DAY = re.compile(
    rf"\b{_SOONER.format('')}\s(?:op|in|van)\s(?:de|die|dezelfde)\s(?:dag|middag|ochtend|morgen)\b"
    rf"|\bzelfde dag,?\s(?:maar|alleen)\s(?:wat\s)?{_SOONER.format('2')}\b"
)
_RATHER = (
    r"\b(?:liever|nog|iets|graag|kan (?:het|dat)(?: ook)?|veel|toch|een beetje)\s(?:nog\s)?"
    r"(?:iets\s|wat\s|een stuk\s|ietsje\s|niet\s)?"
)
_SOMEWHAT = r"\bwat {}(?=\s*(?:$|[.,!?]|graag|aub|op|kan))"
_ONLY = r"(?: graag| aub| datum| tijd(?:stip)?| dag)?\s*[.!?]*$"
_LOOSE_LATER = re.compile(
    rf"{_RATHER}latere?\b(?! dan)|^\s*(?:nee,?\s)?latere?{_ONLY}|\blatere (?:datum|dag|tijd|tijdstip)\b"
    rf"|\buitstellen\b|\bte vroeg\b|{_SOMEWHAT.format('later')}"
    r"|\bandere (?:tijd|dag|datum),? (?:maar )?(?:wat |iets )?latere?\b"
)
_LOOSE_EARLIER = re.compile(
    rf"{_RATHER}(?:eerder|vroeger|eerdere|vroegere)\b(?! dan)|^\s*(?:nee,?\s)?(?:eerder|vroeger){_ONLY}"
    r"|\b(?:eerdere|vroegere) (?:datum|dag|tijd|tijdstip)\b|\bnaar voren\b|\bvervroegen\b|\bte laat\b"
    rf"|\beerder (?:terecht|komen|plek|een plek)\b|{_SOMEWHAT.format('(?:eerder|vroeger)')}"
    r"|\bandere (?:tijd|dag|datum),? (?:maar )?(?:wat |iets )?(?:eerder|vroeger)e?\b"
)
_NEXT_WEEK = re.compile(r"\b(?:de )?(?P<u>week|dag|maand) (?:erna|daarna|daarop)\b")


def parse_wish(text: str, today: date) -> Wish:
    """When `text` wants to come; falsy when it says nothing about that."""
    plain = Normal(any_such(text)).text
    shift = _shift(plain)
    if shift:
        without = _ON_THE_DAY.sub(" ", _BY.sub(" ", plain)) if shift.amount or shift.unit else plain
        return Wish(days=find_days(without, today), shift=shift)
    soonest = bool(_SOON.search(plain))
    rest = _SOON.sub(" ", plain)
    window, left = find_window(rest)
    times = {f.value for f in find_times(left)}
    at = times.pop() if len(times) == 1 else None
    return Wish(find_days(left, today), window, at, soonest)


_TARGET = re.compile(r"\b(?:naar|liever|liefst|maar|kan (?:het|dat|ie|hij|die)|graag|wil|in plaats daarvan|mag (?:het|dat))\b")
_STANDING = re.compile(r"\s*(?:mijn|me|mn|m'n|de|onze) afspraak (?:van|op|om)\b")


def parse_move(text: str, today: date) -> Wish:
    """The wish in a request to move an appointment: of "mijn afspraak van vrijdag naar dinsdag" only the Tuesday."""
    plain = Normal(text.lower()).text
    if shift := _shift(plain):
        return Wish(shift=shift)
    for mark in reversed(list(_TARGET.finditer(plain))):
        target = plain[mark.end() :]
        if wish := parse_wish(target, today):
            return Wish() if _STANDING.match(target) else wish
    return Wish()


def _shift(text: str) -> Shift | None:
    if match := _ON_THE_DAY.search(text):
        return Shift("later" if (match["d"] or match["d2"]) == "later" else "earlier", "time")
    if match := _BY.search(text):
        unit, amount = _amount(match["u"], match["k"])
        return Shift("later" if match["l"] else "earlier", unit, amount)
    if match := _NEXT_WEEK.search(text):
        return Shift("later", _amount(match["u"], None)[0], 1)
    if _LOOSE_LATER.search(text):
        return Shift("later")
    return Shift("earlier") if _LOOSE_EARLIER.search(text) else None


def _amount(unit: str, count: str | None) -> tuple[Unit, int]:
    number = 1 if count in (None, "een") else 2 if count == "paar" else int(str(count))
    if unit.startswith("half uur"):
        return "time", 30 * number
    if unit.startswith("kwartier"):
        return "time", 15 * number
    if unit.startswith("uur"):
        return "time", 60 * number
    if unit.startswith("min"):
        return "time", number
    return {"d": "day", "w": "week", "m": "month"}[unit[0]], number  # type: ignore[return-value]


def add(moment: date, shift: Shift) -> date:
    """The day that is `shift` away; a month is four weeks, so that the weekday stays."""
    sign = 1 if shift.direction == "later" else -1
    return moment + sign * (shift.amount or 1) * timedelta(days={"day": 1, "week": 7, "month": 28}.get(shift.unit or "day", 0))
