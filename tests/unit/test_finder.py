"""Looking for a time: no supplier is asked about a day that can't be booked."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.appointments.finder import Finder

FIRST, LAST = date(2026, 12, 1), date(2027, 1, 30)


class Asked:
    """A supplier that notes which days it is asked about."""

    def __init__(self) -> None:
        self.days: list[date] = []

    async def times(self, items: Any, location: str, day: date) -> list[datetime]:
        self.days.append(day)
        return [datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))]


@pytest.mark.parametrize("day", [date.min, date(2026, 11, 30), date(2027, 1, 31), date.max])
async def test_a_day_out_of_range_has_no_times(day: date) -> None:
    supplier: Any = Asked()
    assert await Finder(supplier, [], FIRST, LAST, 7).times("stadhuis", day) == [] and supplier.days == []


@pytest.mark.parametrize("day", [FIRST, LAST])
async def test_the_first_and_the_last_day_have(day: date) -> None:
    supplier: Any = Asked()
    assert len(await Finder(supplier, [], FIRST, LAST, 7).times("stadhuis", day)) == 1
