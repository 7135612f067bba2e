"""Which times a counter offers, free or not: opening hours, public holidays, the past and the horizon.

Lengths are counted in UTC, so the nights on which summer time begins and ends come out right; days and opening hours
are those of Europe/Amsterdam, whatever the time zone of the host.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.appointments import TIME_ZONE

Week = Mapping[int, Sequence[tuple[time, time]]]
"""Opening hours in local time: weekday (0 is Monday) to pairs of opening and closing time. A missing day is closed."""


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    """The Dutch public holidays. A finished set, because the library's own lazy one isn't safe among threads."""
    return frozenset(holidays.country_holidays("NL", years=year))


def minutes(start: datetime, end: datetime) -> range:
    """The minutes from `start` up to `end`, numbered since 1970 in UTC."""
    return range(int(start.timestamp()) // 60, int(end.timestamp()) // 60)


class Timetable:
    """The times on offer at each location; one follows the other by the length of the visit.

    `opening` gives the week per location id. Days are bookable from today up to and including `horizon_days` later.
    """

    def __init__(self, opening: Mapping[str, Week], horizon_days: int, now: Callable[[], datetime]) -> None:
        for location_id, week in opening.items():
            for opens, closes in (hours for day in week.values() for hours in day):
                if opens >= closes:
                    raise ValueError(f"{location_id} opens at {opens} and closes at {closes}")
        self._opening = opening
        self._horizon = timedelta(days=horizon_days)
        self._now = now

    def days(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, that are neither past nor beyond the horizon."""
        today = self._now().astimezone(ZoneInfo(TIME_ZONE)).date()
        first, last = max(first, today), min(last, today + self._horizon)
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def starts(self, length: timedelta, location_id: str, day: date) -> list[datetime]:
        """The starting times on this day, for a visit of this length, that are still to come, in UTC."""
        if not self.days(day, day) or day in _holidays(day.year):
            return []
        zone, now = ZoneInfo(TIME_ZONE), self._now()
        found = []
        for opens, closes in self._opening.get(location_id, {}).get(day.weekday(), ()):
            start, end = (datetime.combine(day, moment, zone).astimezone(UTC) for moment in (opens, closes))
            while start + length <= end:
                if start > now:
                    found.append(start)
                start += length
        return found
