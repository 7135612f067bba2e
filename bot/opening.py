"""Whether a counter, telephone or chat is open now, in words that say until or from when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.dutch.text import MONTHS, WEEKDAYS

Spans = Sequence[tuple[time, time]]
AHEAD = 14  # days that are looked ahead for the next opening
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Opening:
    """The stretch of hours that is going on (`open`) or comes next, and how many days ahead it is."""

    open: bool
    days: int
    day: date
    start: time
    end: time


def find(hours_on: Callable[[date], Spans], now: datetime) -> Opening | None:
    """The opening of now, else the next one within AHEAD days; None when there is none. `now` is local time."""
    for days in range(AHEAD + 1):
        day = now.date() + timedelta(days)
        for start, end in sorted(hours_on(day)):
            if days or now.time() < end:
                return Opening(not days and start <= now.time(), days, day, start, end)
    return None


def in_dutch(opening: Opening | None) -> str:
    """Such as "nu open tot 17:00 uur" and "nu dicht, morgen open vanaf 08:30 uur"."""
    if opening is None:
        return "nu dicht"
    if opening.open:
        return "nu open" if opening.end == time.max else f"nu open tot {opening.end:%H:%M} uur"
    return f"nu dicht, {near_day(opening.day, opening.day - timedelta(opening.days))} open vanaf {opening.start:%H:%M} uur"


def near_day(day: date, today: date) -> str:
    """Such as "vandaag", "morgen", "maandag", and from a week ahead "maandag 7 december"."""
    ahead = (day - today).days
    if ahead < 2:
        return ("vandaag", "morgen")[ahead]
    return WEEKDAYS[day.weekday()] if ahead < 7 else f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def in_english(opening: Opening | None) -> str:
    """Such as "open now until 17:00" and "closed now, opens tomorrow at 08:30"."""
    if opening is None:
        return "closed now"
    if opening.open:
        return "open now" if opening.end == time.max else f"open now until {opening.end:%H:%M}"
    named = ("today", "tomorrow") if opening.days < 2 else ()
    later = f"on {_ENGLISH_DAYS[opening.day.weekday()]}" + (f" {opening.day:%d-%m}" if opening.days > 6 else "")
    return f"closed now, opens {named[opening.days] if named else later} at {opening.start:%H:%M}"
