"""When a citizen can be called back: offered by the hours of the telephone, and understood from what they type."""

from datetime import date, datetime, time

import pytest

from bot import callbacks, gemeenten
from bot.callbacks import SOON, Moment, Refused
from bot.gemeenten import AMSTERDAM, Gemeente, opening

DAYS = 14
TUESDAY = "2026-11-24T10:20"


@pytest.fixture
def town() -> Gemeente:
    made = gemeenten.load(["voorbeeld"])["voorbeeld"]
    week = {day: ["08:30-12:30", "13:00-17:00"] for day in ("ma", "di", "wo", "vr")}
    made.hours["telefoon"] = opening(week | {"do": ["08:30-20:00"]})
    return made


def clock(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)


def offered(town: Gemeente, moment: str, most: int = 4) -> list[str]:
    now = clock(moment)
    return [choice.spoken(now.date()) for choice in callbacks.choices(town, now, DAYS, most)]


def test_the_next_parts_of_days_are_offered(town: Gemeente) -> None:
    assert offered(town, "2026-11-26T08:00", 5) == [
        "vandaag tussen 8:30 en 12 uur", "vandaag tussen 12 en 18 uur", "vandaag tussen 18 en 20 uur",
        "morgen tussen 8:30 en 12 uur", "morgen tussen 12 en 12:30 uur",
    ]


def test_nothing_that_is_over_is_offered(town: Gemeente) -> None:
    assert offered(town, TUESDAY, 2) == ["vandaag tussen 10:30 en 12 uur", "vandaag tussen 12 en 12:30 uur"]
    assert offered(town, "2026-11-24T16:40", 1) == ["morgen tussen 8:30 en 12 uur"]  # too little of today is left
    assert offered(town, "2026-11-24T23:50", 1) == ["morgen tussen 8:30 en 12 uur"]


def test_no_holiday_and_no_weekend_is_offered(town: Gemeente) -> None:
    assert offered(town, "2026-12-24T20:30", 1) == ["maandag 28 december tussen 8:30 en 12 uur"]


def test_who_is_never_called_is_offered_nothing(town: Gemeente) -> None:
    town.hours["telefoon"] = {}
    assert offered(town, TUESDAY) == []


@pytest.mark.parametrize(("text", "spoken"), [
    ("liever na vieren", "vandaag tussen 16 en 17 uur"),
    ("donderdag", "donderdag 26 november tussen 8:30 en 20 uur"),
    ("doe maar donderdag na 4 uur", "donderdag 26 november tussen 16 en 20 uur"),
    ("morgenochtend", "morgen tussen 8:30 en 12 uur"),
    ("vanmiddag", "vandaag tussen 12 en 12:30 uur"),
    ("volgende week dinsdag tussen 2 en 4", "dinsdag 1 december tussen 14 en 16 uur"),
    ("morgen om 3 uur", "morgen tussen 15 en 16 uur"),
    ("om 9 uur", "morgen tussen 9 en 10 uur"),
    ("niet op woensdag, wel in de ochtend", "vandaag tussen 10:30 en 12 uur"),
    ("na het werk", "donderdag 26 november tussen 17 en 20 uur"),
    ("1 december", "dinsdag 1 december tussen 8:30 en 17 uur"),
])
def test_what_is_typed_becomes_a_moment_that_can_be_promised(town: Gemeente, text: str, spoken: str) -> None:
    found = callbacks.find(text, town, clock(TUESDAY), DAYS)
    assert isinstance(found, Moment) and found.spoken(date(2026, 11, 24)) == spoken


@pytest.mark.parametrize("text", ["maakt niet uit", "zo snel mogelijk", "nu", "meteen graag", "bel maar direct"])
def test_any_moment_is_as_soon_as_possible(town: Gemeente, text: str) -> None:
    assert callbacks.find(text, town, clock(TUESDAY), DAYS) == SOON


@pytest.mark.parametrize(("text", "refused"), [
    ("zaterdag", Refused("closed", date(2026, 11, 28))),
    ("gisteren", Refused("past", date(2026, 11, 23))),
    ("over een maand", Refused("far", date(2026, 12, 24))),
    ("22 december", Refused("far", date(2026, 12, 22))),
    ("morgen na 8 uur 's avonds", Refused("outside", date(2026, 11, 25))),
    ("na 21 uur", Refused("outside")),
    ("vandaag om 9 uur", Refused("over", date(2026, 11, 24))),
    ("vandaag tussen 8 en 10 uur", Refused("over", date(2026, 11, 24))),
])
def test_a_moment_when_nobody_calls_is_refused_with_the_reason(town: Gemeente, text: str, refused: Refused) -> None:
    assert callbacks.find(text, town, clock(TUESDAY), DAYS) == refused


def test_a_holiday_is_refused_as_one(town: Gemeente) -> None:
    assert callbacks.find("morgen", town, clock("2026-12-24T10:00"), DAYS) == Refused("holiday", date(2026, 12, 25))


@pytest.mark.parametrize("text", ["hallo", "ik weet het niet", "liever later", ""])
def test_what_says_nothing_about_when_is_asked_again(town: Gemeente, text: str) -> None:
    assert callbacks.find(text, town, clock(TUESDAY), DAYS) is None


def test_a_moment_survives_a_slot_and_other_words_stay_as_they_are() -> None:
    moment = Moment(date(2026, 11, 30), time(8, 30), time(12))
    assert Moment.parse(str(moment)) == moment
    assert callbacks.in_words(str(moment), date(2026, 11, 29)) == "morgen tussen 8:30 en 12 uur"
    assert callbacks.in_words(SOON, date(2026, 11, 29)) == SOON
    assert Moment.parse("morgenochtend") is None and Moment.parse("2026-11-30 99:00-12:00") is None
    assert moment.written() == "maandag 30 november tussen 8:30 en 12 uur"


@pytest.mark.parametrize("text", ["nu meteen", "eender wanneer", "Altijd.", "wanneer dan ook graag", "doe maar meteen"])
def test_who_leaves_it_to_us_is_called_as_soon_as_possible(town: Gemeente, text: str) -> None:
    assert callbacks.find(text, town, clock(TUESDAY), DAYS) == SOON


@pytest.mark.parametrize("text", ["morgenvroeg", "Morgen vroeg graag", "morgenvoormiddag"])
def test_tomorrow_morning_in_the_south(town: Gemeente, text: str) -> None:
    assert callbacks.find(text, town, clock(TUESDAY), DAYS) == Moment(date(2026, 11, 25), time(8, 30), time(12))


def test_as_soon_as_possible_says_from_when_nobody_can_call_now(town: Gemeente) -> None:
    assert callbacks.soonest(town, clock(TUESDAY), DAYS) is None
    for minutes_left_or_closed in ("2026-11-24T16:50", "2026-11-24T21:00"):
        first = callbacks.soonest(town, clock(minutes_left_or_closed), DAYS)
        assert first and first.since(date(2026, 11, 24)) == "morgen 8:30 uur" and first.since() == "woensdag 25 november 8:30 uur"
    christmas = callbacks.soonest(town, clock("2026-12-24T21:00"), DAYS)
    assert christmas and christmas.since(date(2026, 12, 24)) == "maandag 28 december 8:30 uur"


def test_a_moment_is_over_at_its_end(town: Gemeente) -> None:
    moment = Moment(date(2026, 11, 24), time(10, 30), time(12))
    assert not moment.over(clock("2026-11-24T11:59")) and not moment.over(clock("2026-11-23T23:00"))
    assert moment.over(clock("2026-11-24T12:00")) and moment.over(clock("2026-11-25T08:00"))


@pytest.mark.parametrize(("kept", "hours"), [
    ("17:00-17:30", "tussen 17 en 17:30 uur"), ("00:30-09:05", "tussen 0:30 en 9:05 uur"),
    ("22:00-23:59:59.999999", "tussen 22 en 24 uur"),
])
def test_the_agent_reads_a_moment_in_words(kept: str, hours: str) -> None:
    assert callbacks.written(f"2026-11-24 {kept}") == f"dinsdag 24 november {hours}"
    assert callbacks.written(SOON) == SOON
