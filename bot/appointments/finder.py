"""Free moments that fit a wish, and the nearest ones when none does. Asks the supplier as little as it can."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.appointments import TIME_ZONE, Appointments, Item
from bot.dutch.wishes import Wish

ZONE = ZoneInfo(TIME_ZONE)


@dataclass(frozen=True)
class Moment:
    """A free time at a location, in the time of the Netherlands."""

    location_id: str
    start: datetime

    @property
    def day(self) -> date:
        return self.start.date()


@dataclass(frozen=True)
class Finder:
    """Looks for times for `items` from `today` up to and including `last`.

    `max_days`: of how many days at most the times are asked for to answer one question. Every method may raise
    AppointmentsUnavailable.
    """

    supplier: Appointments
    items: Sequence[Item]
    today: date
    last: date
    max_days: int

    async def free_days(self, location_id: str) -> list[date]:
        """All days with a free time."""
        return await self.supplier.days(self.items, location_id, self.today, self.last)

    async def times(self, location_id: str, day: date) -> list[datetime]:
        """The free times of a day, on the clock of the Netherlands; none before `today` or after `last`."""
        if not self.today <= day <= self.last:
            return []
        return [start.astimezone(ZONE) for start in await self.supplier.times(self.items, location_id, day)]

    async def days(self, location_id: str, wish: Wish, free: Sequence[date] | None = None) -> list[date]:
        """The days that fit, in order; `free` are all free days, when these are known.

        With a wish about the time of day: those of the first `max_days` that have such a time.
        """
        free = await self.free_days(location_id) if free is None else free
        fitting = [day for day in free if wish.fits_day(day)]
        if wish.window is None:
            return fitting
        return [day for day, times in await self._times_of(location_id, fitting) if any(wish.fits_time(t.time()) for t in times)]

    async def first(self, locations: Sequence[str], wish: Wish) -> list[Moment]:
        """The first time that fits, of each location that has one; the soonest first."""
        found = await asyncio.gather(*(self._first_at(location, wish) for location in locations))
        return sorted((moment for moment in found if moment), key=lambda moment: moment.start)

    async def nearest(self, location_id: str, wish: Wish, count: int) -> list[Moment]:
        """Times near a wish that nothing fits, before and after it: on the same days at another time, and on the days around
        it at the wanted time. In order, at most `count`.
        """
        free = await self.free_days(location_id)
        same_days = [day for day in free if wish.fits_day(day)]
        others = sorted((day for day in free if not wish.fits_day(day)), key=lambda day: self._days_off(day, wish))
        around = self._both_sides(others, wish)[: self.max_days]
        at_times = await self._times_of(location_id, same_days[:2])
        on_days = await self._times_of(location_id, around)
        same = [start for _, times in at_times for start in near(times, wish, 2)]
        elsewhere = [start for _, times in on_days for start in [t for t in times if wish.fits_time(t.time())][:1]]
        if not same and not elsewhere:
            elsewhere = [times[0] for _, times in on_days if times]
        chosen = [*same[: count - 2], *elsewhere] if same else elsewhere
        return [Moment(location_id, start) for start in sorted(chosen[:count])]

    async def _first_at(self, location_id: str, wish: Wish) -> Moment | None:
        days = [day for day in await self.free_days(location_id) if wish.fits_day(day)]
        at_once = self.max_days if wish.window else 1  # without a wish about the time, the first day will do
        for _, times in await self._times_of(location_id, days[:at_once]):
            fitting = [start for start in times if wish.fits_time(start.time())]
            if fitting:
                return Moment(location_id, near(fitting, wish, 1)[0] if wish.at else fitting[0])
        return None

    async def _times_of(self, location_id: str, days: Sequence[date]) -> list[tuple[date, list[datetime]]]:
        asked = list(days)[: self.max_days]
        return list(zip(asked, await asyncio.gather(*(self.times(location_id, day) for day in asked)), strict=True))

    def _days_off(self, day: date, wish: Wish) -> int:
        """How far a day is from the wanted ones."""
        wanted = wish.days
        first = (wanted and (wanted.first or wanted.last)) or self.today
        last = (wanted and (wanted.last or wanted.first)) or self.today
        return max((first - day).days, (day - last).days, 0)

    def _both_sides(self, days: Sequence[date], wish: Wish) -> list[date]:
        """The nearest days, turn by turn one after and one before what was wanted."""
        last = (wish.days and (wish.days.last or wish.days.first)) or self.today
        after, before = [day for day in days if day >= last], [day for day in days if day < last]
        paired = [day for pair in zip(after, before, strict=False) for day in pair]
        return paired + [day for day in days if day not in paired]


def near(times: Sequence[datetime], wish: Wish, count: int) -> list[datetime]:
    """The times nearest to what was wanted, in order; `count` on each side of it."""
    window = wish.window
    start = wish.at or (window and (window.start or window.end)) or time()
    end = wish.at or (window and (window.end or window.start)) or time()
    before = [t for t in times if t.time() < start][-count:]
    after = [t for t in times if t.time() >= end and t not in before][:count]
    inside = [t for t in times if start <= t.time() < end][:count]
    found = sorted({*before, *inside, *after})
    return sorted(sorted(found, key=lambda t: abs(_minutes(t.time()) - _minutes(start)))[: 2 * count if count > 1 else 1])


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
