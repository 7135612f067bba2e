"""When an agent can call a citizen back: within the hours of the telephone, on days that aren't over or a holiday.

Pure: the time is an argument. What citizens type is read by `bot.dutch.wishes`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Literal

import phonenumbers

from bot.dutch.text import MONTHS, WEEKDAYS, plain
from bot.dutch.windows import Window
from bot.dutch.wishes import Wish, parse_wish
from bot.gemeenten import AMSTERDAM, Gemeente

WHAT = "telefoon"
CUTS = (time(12), time(18))  # where morning, afternoon and evening part
LEAST = timedelta(minutes=30)  # the shortest stretch that is offered
STEP = 30  # minutes that a stretch of today begins on
SOON = "zo snel mogelijk"
_NOW = re.compile(
    r"\W*(?:(?:graag|liefst|bel|me|mij|maar|doe|dat|mag|kan|is) )*"
    r"(?:(?:nu|meteen|direct|gelijk|straks|vlug|snel)(?: (?:nu|meteen|direct|maar|al|nog))*|altijd"
    r"|(?:eender|gelijk|om het even) wanneer|om het even"
    r"|wanneer (?:dan ook|jullie willen|u wilt|het uitkomt)|geen voorkeur)(?: goed)?(?: graag| aub)?\W*"
)
_EARLY = re.compile(r"\bmorgen ?(?:vroeg|voormiddag)\b", re.IGNORECASE)  # "tomorrow morning" in Flanders and the south

# Kinds of number that cost no more than a call: no 0900, no pager, no personal number that forwards at the caller's expense.
_KIND = phonenumbers.PhoneNumberType
_PLAIN = {_KIND.FIXED_LINE, _KIND.MOBILE, _KIND.FIXED_LINE_OR_MOBILE, _KIND.VOIP, _KIND.UAN}
_NOWHERE = "001"  # "country" of satellite telephones and of networks of the whole world

No = Literal["past", "over", "holiday", "closed", "far", "outside"]


@dataclass(frozen=True, order=True)
class Moment:
    """A stretch of one day in which an agent calls, on the clock of the Netherlands. `str` and `parse` keep it in a slot."""

    day: date
    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.start:%H:%M}-{self.end:%H:%M}"

    @classmethod
    def parse(cls, kept: str) -> "Moment | None":
        """None for what isn't the `str` of a moment."""
        day, _, hours = kept.partition(" ")
        start, _, end = hours.partition("-")
        try:
            return cls(date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end))
        except ValueError:
            return None

    def over(self, now: datetime) -> bool:
        """Whether nobody can call in it any more at the aware time `now`."""
        local = now.astimezone(AMSTERDAM)
        return (self.day, self.end) <= (local.date(), local.time())

    def written(self) -> str:
        """`maandag 30 november tussen 9 en 12 uur`: true on any day."""
        return f"{self._day()} {self._hours}"

    def spoken(self, today: date) -> str:
        """`morgen tussen 9 en 12 uur`, as one says it on the day `today`."""
        return f"{self._day(today)} {self._hours}"

    def since(self, today: date | None = None) -> str:
        """Its beginning, `maandag 30 november 9 uur`; on the day `today` also `morgen 9 uur`."""
        return f"{self._day(today)} {_hour(self.start)} uur"

    def _day(self, today: date | None = None) -> str:
        ahead = (self.day - today).days if today else -1
        if 0 <= ahead < 2:
            return ("vandaag", "morgen")[ahead]
        return f"{WEEKDAYS[self.day.weekday()]} {self.day.day} {MONTHS[self.day.month - 1]}"

    @property
    def _hours(self) -> str:
        return f"tussen {_hour(self.start)} en {_hour(self.end)} uur"


@dataclass(frozen=True)
class Refused:
    """Nobody calls then. `day`: the day that was meant, when it was one."""

    why: No
    day: date | None = None


def _hour(moment: time) -> str:
    if moment == time.max:
        return "24"
    return f"{moment.hour}:{moment:%M}" if moment.minute else f"{moment.hour}"


def callable_number(number: str) -> bool:
    """Whether an agent can be asked to call this number (E.164): also one abroad, but none that costs the caller dearly."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.number_type(parsed) in _PLAIN and phonenumbers.region_code_for_number(parsed) not in {None, _NOWHERE}


def choices(gemeente: Gemeente, now: datetime, days: int, most: int) -> list[Moment]:
    """The next parts of days in which an agent can call, at most `most`, at most `days` days ahead."""
    return list(islice(_parts(gemeente, now, days), most))


def find(text: str, gemeente: Gemeente, now: datetime, days: int) -> Moment | str | Refused | None:
    """When `text` wants to be called: a moment, SOON, or why that can't be; None when it says nothing about when.

    `days`: how many days ahead a call can be promised.
    """
    today = now.astimezone(AMSTERDAM).date()
    if _NOW.fullmatch(plain(text)):
        return SOON
    wish = parse_wish(_EARLY.sub("morgenochtend", text), today)
    if not wish:
        return None
    if wish.shift:
        return None
    if wish.soonest and wish.days is None and not wish.about_times:
        return SOON
    fitting = (_in(wish, day, spans) for day, spans in _open(gemeente, now, days) if wish.fits_day(day))
    return next((moment for moment in fitting if moment), None) or _refused(wish, gemeente, now, days)


def soonest(gemeente: Gemeente, now: datetime, days: int) -> Moment | None:
    """The stretch that SOON stands for while nobody can call now; None when somebody can, or when there is no such stretch."""
    first = next(_parts(gemeente, now, days), None)
    local = now.astimezone(AMSTERDAM)
    calling = first and first.day == local.date() and gemeente.is_open(WHAT, now)
    return None if calling else first


def in_words(kept: str, today: date) -> str:
    """What a slot holds, as one says it today; the citizen's own words stay as they are."""
    moment = Moment.parse(kept)
    return moment.spoken(today) if moment else kept


def written(kept: str) -> str:
    """What a slot holds, as it is true on any day."""
    moment = Moment.parse(kept)
    return moment.written() if moment else kept


def _open(gemeente: Gemeente, now: datetime, days: int) -> Iterator[tuple[date, Sequence[tuple[time, time]]]]:
    """Days with hours, those of today from now on."""
    local = now.astimezone(AMSTERDAM)
    for ahead in range(days + 1):
        day = local.date() + timedelta(ahead)
        spans = gemeente.open_on(WHAT, day)
        yield day, spans if ahead else [(max(start, _rounded(local)), end) for start, end in spans if local.time() < end]


def _parts(gemeente: Gemeente, now: datetime, days: int) -> Iterator[Moment]:
    for day, spans in _open(gemeente, now, days):
        for start, end in spans:
            cuts = [start, *(cut for cut in CUTS if start < cut < end), end]
            found = [Moment(day, first, last) for first, last in pairwise(cuts)]
            yield from (moment for moment in found if _long(moment.start, moment.end))


def _in(wish: Wish, day: date, spans: Sequence[tuple[time, time]]) -> Moment | None:
    """The stretch of this day that suits; the whole of its hours when any time does."""
    window = Window(wish.at, _later(wish.at, 60)) if wish.at else wish.window or Window()
    found = [
        (max(start, window.start or start), min(end, window.end or end))
        for start, end in spans
        if (window.start is None or window.start < end) and (window.end is None or window.end > start)
    ]
    found = [(start, end) for start, end in found if _long(start, end) and wish.at in {None, start}]
    return Moment(day, found[0][0], found[0][1] if wish.about_times else found[-1][1]) if found else None


def _refused(wish: Wish, gemeente: Gemeente, now: datetime, days: int) -> Refused:
    local = now.astimezone(AMSTERDAM)
    today, day = local.date(), wish.days.first if wish.days else None
    if wish.days is None or day is None or not (wish.days.exact or (day - today).days > days):
        return Refused("outside")
    if day < today:
        return Refused("past", day)
    if (day - today).days > days:
        return Refused("far", day)
    if gemeente.is_holiday(day):
        return Refused("holiday", day)
    if not gemeente.open_on(WHAT, day):
        return Refused("closed", day)
    last = wish.at or (wish.window.end if wish.window else None)
    over = day == today and last is not None and last <= local.time()
    return Refused("over" if over else "outside", day)


def _rounded(local: datetime) -> time:
    """The next half hour; the end of the day when there is none."""
    minutes = -(-(local.hour * 60 + local.minute) // STEP) * STEP
    return time(minutes // 60, minutes % 60) if minutes < 24 * 60 else time.max


def _later(moment: time, minutes: int) -> time:
    total = moment.hour * 60 + moment.minute + minutes
    return time(total // 60, total % 60) if total < 24 * 60 else time.max


def _long(start: time, end: time) -> bool:
    return datetime.combine(date.min, end) - datetime.combine(date.min, start) >= LEAST
