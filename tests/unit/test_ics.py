"""The citizen's calendar gets the appointment right, and keeps it right after a move or a cancellation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.appointments import Appointment, Line, Location, Product
from bot.appointments.ics import to_ics

LOCAL = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 3, 2, 8, tzinfo=LOCAL)
PASSPORT = Product("paspoort", "Paspoort aanvragen", 10, ("uw oude paspoort; ook als het verlopen is", "een pasfoto"))
LICENCE = Product("rijbewijs", "Rijbewijs verlengen", 10, ("uw rijbewijs", "een pasfoto"))
APPOINTMENT = Appointment(
    reference="A7K-2FQ9",
    code="9XK3PT",
    lines=(Line(PASSPORT),),
    location=Location("stadhuis", "Stadhuis", "Markt 1", "1234 AB", "Voorbeeld"),
    start=datetime(2026, 3, 30, 9, 0, tzinfo=LOCAL),
    end=datetime(2026, 3, 30, 9, 10, tzinfo=LOCAL),
)


def calendar(appointment: Appointment = APPOINTMENT, **options: Any) -> Any:
    return Calendar.from_ical(to_ics(appointment, "Gemeente Voorbeeld", now=NOW, **options))


def event(appointment: Appointment = APPOINTMENT, **options: Any) -> Any:
    (found,) = calendar(appointment, **options).walk("VEVENT")
    return found


def test_the_calendar_shows_what_where_and_when() -> None:
    found = event()
    assert str(found["SUMMARY"]) == "Afspraak: Paspoort aanvragen"
    assert str(found["LOCATION"]) == "Stadhuis, Markt 1, 1234 AB Voorbeeld"
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (
        datetime(2026, 3, 30, 7, 0, tzinfo=UTC),  # summer time began the night before
        datetime(2026, 3, 30, 7, 10, tzinfo=UTC),
    )
    assert found.decoded("DTSTAMP") == NOW
    assert found["ORGANIZER"].params["CN"] == "Gemeente Voorbeeld"


def test_times_are_written_in_utc_and_lines_end_as_the_standard_says() -> None:
    lines = to_ics(APPOINTMENT, "Gemeente Voorbeeld", now=NOW).split(b"\r\n")
    assert b"DTSTART:20260330T070000Z" in lines
    assert b"DTSTAMP:20260302T070000Z" in lines
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert not [line for line in lines if b"\n" in line]


def test_the_description_says_what_to_bring_and_the_reference() -> None:
    assert str(event()["DESCRIPTION"]).split("\n") == [
        "Uw afspraak bij Gemeente Voorbeeld: Paspoort aanvragen.",
        "Neem mee:",
        "- uw oude paspoort; ook als het verlopen is",
        "- een pasfoto",
        "Uw afspraaknummer: A7K-2FQ9",
    ]
    nothing_to_bring = replace(APPOINTMENT, lines=(Line(Product("verhuizing", "Verhuizing doorgeven", 30)),))
    assert "Neem mee" not in str(event(nothing_to_bring)["DESCRIPTION"])


def test_a_family_sees_everything_it_comes_for_and_each_thing_to_bring_once() -> None:
    family = event(replace(APPOINTMENT, lines=(Line(PASSPORT, 3), Line(LICENCE))))
    assert str(family["SUMMARY"]) == "Afspraak: Paspoort aanvragen (3 personen), Rijbewijs verlengen"
    assert str(family["DESCRIPTION"]).split("\n") == [
        "Uw afspraak bij Gemeente Voorbeeld:",
        "- Paspoort aanvragen (3 personen)",
        "- Rijbewijs verlengen",
        "Neem mee:",
        "- uw oude paspoort; ook als het verlopen is",
        "- een pasfoto",
        "- uw rijbewijs",
        "Uw afspraaknummer: A7K-2FQ9",
    ]


@pytest.mark.parametrize("cancelled", [False, True])
def test_the_secret_code_is_not_in_the_calendar(cancelled: bool) -> None:
    assert APPOINTMENT.code.encode() not in to_ics(APPOINTMENT, "Gemeente Voorbeeld", cancelled=cancelled)


def test_the_calendar_reminds_a_day_before() -> None:
    assert str(calendar()["METHOD"]) == "PUBLISH"
    (alarm,) = event().walk("VALARM")
    assert str(alarm["ACTION"]) == "DISPLAY"
    assert alarm.decoded("TRIGGER") == timedelta(days=-1)
    assert str(alarm["DESCRIPTION"]) == "Morgen: Paspoort aanvragen"


def test_a_move_and_a_cancellation_each_replace_what_was_there() -> None:
    moved = replace(APPOINTMENT, start=APPOINTMENT.start + timedelta(days=1), revision=1)
    versions = [event(), event(moved), event(moved, cancelled=True)]
    assert len({str(version["UID"]) for version in versions}) == 1
    assert [int(version["SEQUENCE"]) for version in versions] == [0, 1, 2]
    assert str(event(replace(APPOINTMENT, reference="B7K-2FQ9"))["UID"]) != str(versions[0]["UID"])


def test_a_cancellation_takes_it_out_of_the_calendar_without_a_reminder() -> None:
    assert str(calendar(cancelled=True)["METHOD"]) == "CANCEL"
    cancelled = event(cancelled=True)
    assert str(cancelled["STATUS"]) == "CANCELLED"
    assert cancelled.walk("VALARM") == []


def test_a_name_cannot_smuggle_lines_into_the_calendar() -> None:
    evil = replace(APPOINTMENT, lines=(Line(Product("x", "Paspoort\r\nATTACH:https://evil.example", 10)),))
    lines = to_ics(evil, "Gemeente Voorbeeld", now=NOW).split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"ATTACH")]


def test_an_appointment_without_a_time_zone_cannot_exist() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(APPOINTMENT, start=datetime(2026, 3, 30, 9, 0))
