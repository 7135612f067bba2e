"""When a notice may come, and what it says: pure rules, without a store."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.appointments import Appointment, Line, Location, Product
from bot.gemeenten import AMSTERDAM
from bot.notices import texts
from bot.notices.quiet import after_quiet
from bot.notices.subscriptions import authorization, reachable
from bot.settings import DEMO_SECRET, SettingsError, load
from bot.zaken import Personal, ZaakStatus

TEXTS = texts.load()
TODAY = date(2026, 11, 24)


def local(year: int, month: int, day: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM, fold=fold)


@pytest.mark.parametrize(("at", "expected"), [
    (local(2026, 11, 24, 20, 59), local(2026, 11, 24, 20, 59)),
    (local(2026, 11, 24, 21), local(2026, 11, 25, 8)),
    (local(2026, 11, 24, 23, 59), local(2026, 11, 25, 8)),
    (local(2026, 11, 25, 0), local(2026, 11, 25, 8)),
    (local(2026, 11, 25, 7, 59), local(2026, 11, 25, 8)),
    (local(2026, 11, 25, 8), local(2026, 11, 25, 8)),
    (local(2026, 12, 31, 22), local(2027, 1, 1, 8)),
])
def test_nobody_is_woken_at_night(at: datetime, expected: datetime) -> None:
    assert after_quiet(at.astimezone(UTC), 21, 8) == expected


@pytest.mark.parametrize(("evening", "hours"), [
    (local(2026, 3, 28, 22), 9),  # the clock goes forward: the night is an hour shorter
    (local(2026, 10, 24, 22), 11),  # and back
    (local(2026, 11, 24, 22), 10),
])
def test_the_morning_is_eight_oclock_on_the_wall_also_when_the_clock_changes(evening: datetime, hours: int) -> None:
    begin = evening.astimezone(UTC)
    assert after_quiet(begin, 21, 8) - begin == timedelta(hours=hours)
    assert after_quiet(begin, 21, 8).astimezone(AMSTERDAM).hour == 8


def test_both_hours_between_two_and_three_are_night_when_the_clock_goes_back() -> None:
    for fold in (0, 1):
        assert after_quiet(local(2026, 10, 25, 2, 30, fold), 21, 8) == local(2026, 10, 25, 8)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = local(2026, 11, 24, 12, 30)
    assert after_quiet(noon, 12, 14) == local(2026, 11, 24, 14)
    assert after_quiet(local(2026, 11, 24, 14), 12, 14) == local(2026, 11, 24, 14)
    assert after_quiet(local(2026, 11, 24, 3), 0, 0) == local(2026, 11, 24, 3)
    assert after_quiet(local(2026, 11, 24, 3), 8, 8) == local(2026, 11, 24, 3)


@pytest.mark.parametrize("name", ["BALIE_QUIET_FROM", "BALIE_QUIET_UNTIL", "BALIE_REMINDER_HOUR"])
def test_an_hour_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be an hour"):
        load({name: "24"})


def zaak(**changes: object) -> ZaakStatus:
    fields: dict[str, object] = {
        "identificatie": "ZAAK-1", "zaaktype": "Parkeervergunning", "status": "Wij beoordelen uw aanvraag.", "step": 2,
        "steps": 4, "started": TODAY, "expected": date(2026, 12, 8), "finished": None, "ref": "https://zaken.example/1",
        "personal": Personal(result="Afgewezen", status_note="U heeft schulden"),
    }
    return ZaakStatus(**fields | changes)  # type: ignore[arg-type]


def test_news_of_a_case_says_which_where_when_and_how_to_stop() -> None:
    text = TEXTS.of_case(zaak(), TODAY)
    for part in ("ZAAK-1", "Parkeervergunning", "stap 2 van 4", "Wij beoordelen uw aanvraag.", "8 december 2026", "'afmelden'"):
        assert part in text
    assert "{" not in text


@pytest.mark.parametrize(("changes", "says"), [
    ({"expected": None}, "nog geen datum"), ({"latest": date(2026, 12, 20)}, "klaar is op dinsdag 8 december 2026."),
    ({"latest": date(2026, 12, 20)}, "uiterlijk op zondag 20 december 2026"),
    ({"expected": date(2026, 12, 20), "latest": date(2026, 12, 20)}, "Wij beoordelen uw aanvraag.\nU hoort uiterlijk"),
    ({"latest": date(2026, 11, 20), "expected": date(2026, 11, 20)}, "had uiterlijk op vrijdag 20 november 2026 bericht moeten"),
    ({"expected": date(2026, 11, 20)}, "nog geen datum"),
    ({"suspended": True, "expected": None}, "staat nu stil"),
    ({"to_pay": True}, "betaling"), ({"finished": TODAY, "expected": None}, "geen berichten meer"),
])
def test_news_of_a_case_fits_its_state(changes: dict[str, object], says: str) -> None:
    text = TEXTS.of_case(zaak(**changes), TODAY)
    assert says in text and "None" not in text and "{" not in text


def test_news_of_a_case_has_nothing_that_only_the_citizen_may_hear() -> None:
    for finished in (None, TODAY):
        text = TEXTS.of_case(zaak(finished=finished), TODAY)
        assert "Afgewezen" not in text and "schulden" not in text


def appointment(start: datetime, persons: int = 1) -> Appointment:
    passport = Product("paspoort", "Paspoort aanvragen", 20, ("uw oude paspoort", "een pasfoto"))
    id_card = Product("id", "Identiteitskaart aanvragen", 20, ("een pasfoto",))
    place = Location("stadhuis", "Stadhuis", "Stadhuisplein 1", "1234 AB", "Voorbeeld")
    lines = (Line(passport, persons), Line(id_card))
    return Appointment("ABC-1234", "SECRET99", lines, place, start, start + timedelta(minutes=40))


def test_a_reminder_says_what_when_where_and_what_to_bring() -> None:
    text = TEXTS.of_visit(appointment(local(2026, 11, 25, 9, 20), persons=2), TODAY)
    for part in ("morgen, woensdag 25 november 2026,", "09:20 uur",
                 "Paspoort aanvragen (2 personen) en Identiteitskaart aanvragen",
                 "Stadhuis, Stadhuisplein 1", "- uw oude paspoort\n- een pasfoto"):
        assert part in text
    assert text.count("een pasfoto") == 1 and "SECRET99" not in text


def test_a_reminder_on_the_day_itself_does_not_say_tomorrow() -> None:
    assert "vandaag, dinsdag 24 november 2026," in TEXTS.of_visit(appointment(local(2026, 11, 24, 16)), TODAY)


def test_a_reminder_that_could_not_be_checked_says_so() -> None:
    assert TEXTS.of_visit_unchecked(local(2026, 11, 25, 9, 20), TODAY).startswith("Volgens onze gegevens")


def test_the_header_of_the_callback_differs_per_installation_and_municipality() -> None:
    headers = {authorization(secret, key) for secret in (DEMO_SECRET, "another") for key in ("voorbeeld", "weidedorp")}
    assert len(headers) == 4 and all(header.startswith("Bearer ") and len(header) > 60 for header in headers)


@pytest.mark.parametrize(("url", "can"), [
    ("https://balie.voorbeeld.example/v1/notificaties/voorbeeld", True), ("http://balie.voorbeeld.example/v1", False),
    ("https://localhost:8080/v1", False), ("http://127.0.0.1:8080/v1", False),
])
def test_only_an_address_that_another_system_can_reach_is_subscribed(url: str, can: bool) -> None:
    assert reachable(url) is can
