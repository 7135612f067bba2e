"""The ladder by the clock: open, closed, lunch break, nobody there, a holiday, the evening before one."""

from datetime import UTC, datetime

import pytest

from bot import gemeenten
from bot.gemeente_file import DAYS
from bot.gemeenten import AMSTERDAM, Gemeente, opening
from bot.ladder import Ladder, ladder

ALL = ("chat", "callback", "appointment")
WITHOUT_CHAT = ("callback", "appointment")
WEEKDAY = "vandaag open van 08:30 tot 17:00 uur"
THURSDAY = "vandaag open van 08:30 tot 12:30 uur en van 17:00 tot 20:00 uur"
HOURS = {
    "chat": {day: ["09:00-12:00", "13:00-17:00"] for day in ("ma", "di", "wo", "do", "vr")},
    "telefoon": {day: ["08:30-17:00"] for day in ("ma", "di", "wo", "do", "vr")},
    "balie": {"ma": ["08:30-12:30"], "do": ["08:30-12:30", "17:00-20:00"], "vr": ["08:30-12:30"]},
}


@pytest.fixture
def town() -> Gemeente:
    """A municipality with office hours, and a lunch break in the chat."""
    made = gemeenten.load(["voorbeeld"])["voorbeeld"]
    made.hours = {name: opening(hours) for name, hours in HOURS.items()}
    return made


def at(town: Gemeente, moment: str, there: bool = True) -> Ladder:
    return ladder(town, datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM), there)


def test_with_somebody_there_in_the_hours_the_chat_comes_first(town: Gemeente) -> None:
    steps = at(town, "2026-11-24T10:00")
    assert (steps.ways, steps.chat.state, steps.until) == (ALL, "open", "12:00 uur")
    assert steps.phone == "vandaag open van 08:30 tot 17:00 uur"


def test_with_nobody_there_the_ladder_starts_at_the_call_back(town: Gemeente) -> None:
    steps = at(town, "2026-11-24T10:00", there=False)
    assert (steps.ways, steps.chat.state) == (WITHOUT_CHAT, "nobody")
    assert (steps.until, steps.again) == ("12:00 uur", "")


@pytest.mark.parametrize(("moment", "again"), [
    ("2026-11-24T08:59", "vandaag vanaf 09:00 uur"),
    ("2026-11-24T12:00", "vandaag vanaf 13:00 uur"),
    ("2026-11-24T12:59", "vandaag vanaf 13:00 uur"),
    ("2026-11-24T17:00", "morgen vanaf 09:00 uur"),
    ("2026-11-27T18:00", "maandag vanaf 09:00 uur"),
    ("2026-11-28T11:00", "maandag vanaf 09:00 uur"),
])
def test_outside_the_hours_it_says_from_when(town: Gemeente, moment: str, again: str) -> None:
    for there in (True, False):  # an agent who is early changes nothing
        steps = at(town, moment, there)
        assert (steps.ways, steps.chat.state, steps.again, steps.holidays) == (WITHOUT_CHAT, "closed", again, "")


@pytest.mark.parametrize(("moment", "again", "holidays"), [
    ("2026-12-25T10:00", "maandag vanaf 09:00 uur", "Vandaag is het Eerste Kerstdag"),
    ("2026-12-24T18:00", "maandag vanaf 09:00 uur", "Morgen is het Eerste Kerstdag"),
    ("2026-04-05T12:00", "dinsdag vanaf 09:00 uur", "Morgen is het Tweede paasdag"),
    ("2026-04-27T12:00", "morgen vanaf 09:00 uur", "Vandaag is het Koningsdag"),
])
def test_a_holiday_is_named_on_its_day_and_the_evening_before(town: Gemeente, moment: str, again: str, holidays: str) -> None:
    steps = at(town, moment)
    assert (steps.ways, steps.chat.state, steps.again, steps.holidays) == (WITHOUT_CHAT, "holiday", again, holidays)


def test_several_holidays_are_named_each(town: Gemeente) -> None:
    town.hours["chat"] = opening({day: ["00:00-24:00"] for day in DAYS})
    steps = at(town, "2026-12-25T10:00")
    assert (steps.holidays, steps.again) == (
        "Vandaag is het Eerste Kerstdag en morgen Tweede Kerstdag", "zondag vanaf 00:00 uur"
    )
    assert at(town, "2026-12-24T23:30").until == ""  # it has no end


@pytest.mark.parametrize(("moment", "counter", "phone"), [
    ("2026-11-26T10:00", THURSDAY, WEEKDAY),
    ("2026-11-26T14:00", THURSDAY, WEEKDAY),
    ("2026-11-26T20:30", f"{THURSDAY}; nu dicht, morgen weer open vanaf 08:30 uur",
     f"{WEEKDAY}; nu dicht, morgen weer open vanaf 08:30 uur"),
    ("2026-11-24T10:00", "vandaag gesloten; donderdag weer open vanaf 08:30 uur", WEEKDAY),
    ("2026-12-25T10:00", "vandaag gesloten, Eerste Kerstdag; maandag weer open vanaf 08:30 uur",
     "vandaag gesloten, Eerste Kerstdag; maandag weer open vanaf 08:30 uur"),
    ("2026-12-24T20:30",
     f"{THURSDAY}; nu dicht, maandag weer open vanaf 08:30 uur (morgen is het Eerste Kerstdag)",
     f"{WEEKDAY}; nu dicht, maandag weer open vanaf 08:30 uur (morgen is het Eerste Kerstdag)"),
])
def test_counter_and_telephone_are_told_with_the_hours_of_today(town: Gemeente, moment: str, counter: str, phone: str) -> None:
    steps = at(town, moment)
    assert (steps.counter, steps.phone) == (counter, phone)


def test_an_appointment_is_offered_only_where_one_can_be_made(town: Gemeente) -> None:
    town.products = [product for product in town.products if product.id != "gesprek"]
    assert at(town, "2026-11-24T10:00").ways == ("chat", "callback")


def test_a_municipality_without_chat_never_speaks_of_it(town: Gemeente) -> None:
    town.hours["chat"] = {}
    steps = at(town, "2026-11-24T10:00")
    assert (steps.ways, steps.chat.state, steps.again, steps.until) == (WITHOUT_CHAT, "never", "", "")


def test_the_clock_of_the_server_makes_no_difference(town: Gemeente) -> None:
    local = datetime.fromisoformat("2026-11-24T10:00").replace(tzinfo=AMSTERDAM)
    assert ladder(town, local.astimezone(UTC), True) == ladder(town, local, True)
