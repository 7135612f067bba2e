"""Opening hours: the Dutch clock, closed days and holidays, whatever the host's time zone."""

from datetime import UTC, date, datetime

import pytest

from bot import gemeenten
from bot.dutch.text import WEEKDAYS

GEMEENTE = gemeenten.load(["voorbeeld"])["voorbeeld"]


@pytest.mark.parametrize(("moment", "is_open"), [
    (datetime(2026, 11, 24, 7, 29, tzinfo=UTC), False),   # tuesday 08:29 in winter
    (datetime(2026, 11, 24, 7, 30, tzinfo=UTC), True),
    (datetime(2026, 11, 24, 15, 59, tzinfo=UTC), True),
    (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), False),
    (datetime(2026, 7, 7, 6, 30, tzinfo=UTC), True),      # tuesday 08:30 in summer
    (datetime(2026, 11, 28, 10, 0, tzinfo=UTC), False),   # saturday
    (datetime(2026, 12, 25, 10, 0, tzinfo=UTC), False),   # Christmas, a friday
])
def test_the_counter_is_open_by_the_dutch_clock(moment: datetime, is_open: bool) -> None:
    assert GEMEENTE.is_open("balie", moment) is is_open


def test_a_chat_that_never_closes_is_open_in_its_last_minute() -> None:
    assert GEMEENTE.is_open("chat", datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC))


def test_hours_of_today_in_words() -> None:
    assert GEMEENTE.today("balie", date(2026, 11, 24)) == "vandaag open van 08:30 tot 17:00 uur"
    assert GEMEENTE.today("balie", date(2026, 11, 29)) == "vandaag gesloten"
    assert GEMEENTE.today("balie", date(2026, 12, 25)) == "vandaag gesloten"


def test_the_week_has_seven_days() -> None:
    rows = GEMEENTE.week_rows("balie")
    assert [day for day, _ in rows] == list(WEEKDAYS)
    assert rows[5] == ("zaterdag", "gesloten")
