"""Open now, or when next, in words."""

from datetime import date, datetime, time

import pytest

from bot.opening import find, in_dutch, in_english

WEEK = {0: [(time(8, 30), time(12, 30)), (time(13, 30), time(17))], 3: [(time(0), time.max)]}  # monday and thursday
CLOSED = date(2026, 11, 30)  # a monday that is a holiday


def _hours(day: date) -> list[tuple[time, time]]:
    return [] if day == CLOSED else WEEK.get(day.weekday(), [])


@pytest.mark.parametrize(("now", "dutch", "english"), [
    ("2026-11-23T08:30", "nu open tot 12:30 uur", "open now until 12:30"),
    ("2026-11-23T12:30", "nu dicht, vandaag open vanaf 13:30 uur", "closed now, opens today at 13:30"),
    ("2026-11-23T06:00", "nu dicht, vandaag open vanaf 08:30 uur", "closed now, opens today at 08:30"),
    ("2026-11-23T17:00", "nu dicht, donderdag open vanaf 00:00 uur", "closed now, opens on Thursday at 00:00"),
    ("2026-11-22T23:59", "nu dicht, morgen open vanaf 08:30 uur", "closed now, opens tomorrow at 08:30"),
    ("2026-11-26T23:59", "nu open", "open now"),
    ("2026-11-27T00:00", "nu dicht, donderdag open vanaf 00:00 uur", "closed now, opens on Thursday at 00:00"),
])
def test_what_is_open_now_is_said_in_words(now: str, dutch: str, english: str) -> None:
    opening = find(_hours, datetime.fromisoformat(now))
    assert (in_dutch(opening), in_english(opening)) == (dutch, english)


def test_a_day_further_than_a_week_gets_its_date() -> None:
    opening = find(lambda day: WEEK[0] if day == date(2026, 12, 7) else [], datetime(2026, 11, 24, 12))
    assert in_dutch(opening) == "nu dicht, maandag 7 december open vanaf 08:30 uur"
    assert in_english(opening) == "closed now, opens on Monday 07-12 at 08:30"


def test_what_never_opens_is_closed() -> None:
    opening = find(lambda day: [], datetime(2026, 11, 24, 12))
    assert (in_dutch(opening), in_english(opening)) == ("nu dicht", "closed now")
