"""Appointments at JCC over HTTP: what goes over the wire, its traps and its faults."""

import asyncio
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from structlog.testing import capture_logs

from bot import settings as configuration
from bot.appointments import AppointmentNotFound, AppointmentsUnavailable, Customer, Item, OutcomeUnknown, SlotTaken
from bot.appointments.jcc_customer import as_json, asks, lacking
from bot.appointments.ledgered import LedgerAppointments
from bot.gemeenten import FOLDER
from bot.http import HttpFailure
from bot.settings import SettingsError
from bot.wiring import build
from tests.contract.appointment_suppliers import (
    ANNA,
    BRAM,
    FOR_PASSPORT,
    FRIDAY,
    JCC_ACTIVITIES,
    JCC_LOCATIONS,
    NIGHT_DESK,
    TOWN_HALL,
    closed,
    local,
)
from tests.jcc_world import ELEVEN, NINE, TEN, JccWorld, book, stub, world
from tests.stubs.faults import Fault
from tests.stubs.jcc import BOOKING, CANCELLATION, CLIENT_ID, LOOK_UP, SECRET, TOKENS_ELSEWHERE, Asked, JccStub
from tests.stubs.jcc_plan import identifier

__all__ = ["stub", "world"]  # fixtures

QUESTIONS = ["/location/forappointment", "/appointmentdaterange", "/availabletimelist", "/required"]


@pytest.fixture
def counter(world: JccWorld) -> LedgerAppointments:
    return world.counter()


async def ask(counter: LedgerAppointments) -> None:
    """All that a citizen is shown before booking."""
    await counter.locations(FOR_PASSPORT)
    await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY)


# On the wire


def names(asked: Asked) -> list[str]:
    return [name for name, _ in asked.query]


async def test_a_citizen_books_looks_up_and_cancels(stub: JccStub, counter: LedgerAppointments) -> None:
    booked = await book(counter, local(FRIDAY, 9, 20))
    assert await counter.get(booked.reference, booked.code) == booked
    (kept,) = stub.appointments
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    assert stub.appointments == {}
    [token, *read] = stub.asked[:4]
    assert (token.path, token.body) == ("connect/token", {"grant_type": "client_credentials", "scope": "warp-api"})
    assert {asked.path: names(asked) for asked in read} == {
        "activity/appointmentdaterange": ["activityId"],
        "appointment/availabletimelist": ["locationId", "fromDate", "toDate", "activityId", "amount"],
        "customer/customerfields/required": ["selectedActivityId"],
    }
    booking, look_up, cancellation = stub.asked[4:]
    assert booking.body == {
        "id": None,
        "activityList": [{"activityId": JCC_ACTIVITIES["paspoort"], "amount": 1}],
        "customerList": [{
            "gender": 0, "firstName": "Anna", "lastName": "Voorbeeld", "emailAddress": "anna@example.nl",
            "mobilePhoneNumber": "0612345678", "id": None, "isMainCustomer": True,
        }],
        "fromDateTime": "2026-03-06T09:20:00+01:00",
        "toDateTime": "2026-03-06T09:30:00+01:00",
        "locationId": JCC_LOCATIONS["stadhuis"],
        "message": f"Gemaakt in de chat. Afspraaknummer: {booked.reference}.",
        "fieldList": None,
    }
    assert (look_up.method, look_up.path, look_up.query) == ("GET", "appointment", [("id", kept)])
    assert (cancellation.method, cancellation.path, cancellation.query) == ("DELETE", "appointment", [("id", kept)])
    assert {asked.language for asked in stub.asked[1:]} == {"nl"}


async def test_a_family_comes_for_two_things_at_once(stub: JccStub, counter: LedgerAppointments) -> None:
    items = (Item("paspoort", 3), Item("verhuizing"))
    assert (await counter.times(items, TOWN_HALL.id, FRIDAY))[-1] == ELEVEN
    booked = await book(counter, items=items)
    assert (booked.items, booked.end) == (items, TEN)
    passport, moving = JCC_ACTIVITIES["paspoort"], JCC_ACTIVITIES["verhuizing"]
    wanted = [("activityId", passport), ("amount", "3"), ("activityId", moving), ("amount", "1")]
    assert all(asked.query[3:] == wanted for asked in stub.asked if asked.path == "appointment/availabletimelist")
    assert stub.wrote()[0].body["activityList"] == [
        {"activityId": passport, "amount": 3}, {"activityId": moving, "amount": 1},
    ]


async def test_two_products_of_ours_may_be_one_activity_of_jcc(world: JccWorld, stub: JccStub) -> None:
    products = dict.fromkeys(("paspoort", "verhuizing"), JCC_ACTIVITIES["verhuizing"])
    counter = world.counter(world.adapter(products=products))
    booked = await book(counter, items=(Item("paspoort"), Item("verhuizing", 2)))
    assert booked.end - booked.start == timedelta(minutes=90)
    assert stub.wrote()[0].body["activityList"] == [{"activityId": JCC_ACTIVITIES["verhuizing"], "amount": 3}]


async def test_a_citizen_hears_where_all_of_it_is_handled(stub: JccStub, counter: LedgerAppointments) -> None:
    assert await counter.locations([Item("verhuizing"), Item("paspoort")]) == [TOWN_HALL, NIGHT_DESK]
    assert stub.asked[-1].query == [("selectedActivityId", JCC_ACTIVITIES[name]) for name in ("verhuizing", "paspoort")]
    stub.plan.locations[0]["isActive"] = False
    assert await counter.locations(FOR_PASSPORT) == [NIGHT_DESK]


async def test_days_are_asked_in_periods_that_jcc_allows(stub: JccStub, counter: LedgerAppointments) -> None:
    stub.plan.horizon_days = 119
    days = await counter.days(FOR_PASSPORT, TOWN_HALL.id, date(2020, 1, 1), date(2030, 1, 1))
    assert (days[0], days[-1]) == (date(2026, 3, 2), date(2026, 6, 29))
    all_days = [date(2026, 3, 2) + timedelta(days=n) for n in range(120)]
    assert days == [day for day in all_days if day.weekday() < 5 and not closed(day)]
    periods = [dict(asked.query) for asked in stub.asked if asked.path == "appointment/availabletimelist"]
    assert [(period["fromDate"], period["toDate"]) for period in periods] == [
        ("2026-03-02", "2026-04-21"), ("2026-04-21", "2026-06-10"), ("2026-06-10", "2026-06-30"),
    ]


async def test_a_day_out_of_jccs_range_has_no_times(stub: JccStub, counter: LedgerAppointments) -> None:
    for day in (date(2026, 2, 27), date(2027, 3, 5)):
        assert await counter.times(FOR_PASSPORT, TOWN_HALL.id, day) == []
        assert await counter.days(FOR_PASSPORT, TOWN_HALL.id, day, day) == []


async def test_the_time_zone_goes_along_in_summer_and_in_winter(stub: JccStub, counter: LedgerAppointments) -> None:
    for start in (local(date(2026, 3, 27), 9), local(date(2026, 3, 30), 9)):
        assert (await book(counter, start.astimezone(ZoneInfo("Asia/Tokyo")), key=str(start))).start == start
    assert [asked.body["fromDateTime"][-6:] for asked in stub.wrote()] == ["+01:00", "+02:00"]


async def test_a_time_in_the_hour_that_comes_twice_is_not_offered(stub: JccStub, counter: LedgerAppointments) -> None:
    stub.plan.horizon_days = 365
    times = await counter.times([Item("verhuizing")], NIGHT_DESK.id, date(2026, 10, 25))
    assert [moment.strftime("%H:%M%z") for moment in times] == ["01:00+0200", "01:30+0200", "03:00+0100", "03:30+0100"]


async def test_who_books_without_looking_at_the_times_books_the_right_length(world: JccWorld, stub: JccStub) -> None:
    jcc = world.adapter()
    booked = await jcc.create([Item("verhuizing", 2)], "stadhuis", NINE, ANNA, "A7K-2FQ9")
    assert booked.end == TEN
    assert names(next(asked for asked in stub.asked if "duration" in asked.path)) == ["activityId", "amount", "dateTime"]
    await jcc.aclose()


@pytest.mark.parametrize("where", ["/calculateduration", "/required"])
async def test_what_fails_before_a_booking_is_no_failure_of_the_booking(world: JccWorld, stub: JccStub, where: str) -> None:
    jcc = world.adapter()
    stub.faults = [Fault("status", where, code=500)]
    with pytest.raises(HttpFailure) as caught:
        await jcc.create(FOR_PASSPORT, "stadhuis", NINE, ANNA, "A7K-2FQ9")
    assert not caught.value.sent
    assert stub.wrote() == []
    await jcc.aclose()


# The customer


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("Anna van Voorbeeld", {}, {"firstName": "Anna", "lastName": "van Voorbeeld"}),
        ("Anna  Voorbeeld", {"firstName": 1}, {"initials": "A.", "lastName": "Voorbeeld"}),
        ("Anna Voorbeeld", {"firstName": 1, "initials": 1}, {"lastName": "Anna Voorbeeld"}),
        ("Anna Voorbeeld", {"firstName": 2, "initials": 2}, {"firstName": "Anna", "initials": "A.", "lastName": "Voorbeeld"}),
        ("Anna Voorbeeld", {"initials": 2}, {"initials": "A.", "lastName": "Voorbeeld"}),
        ("Anna", {}, {"lastName": "Anna"}),
        ("Anna", {"firstName": 2}, {"firstName": "Anna", "lastName": "Anna"}),
        ("Anna", {"initials": 1, "areFirstNameOrInitialsRequired": True}, {"firstName": "Anna", "lastName": "Anna"}),
        (
            "Anna Proef", {"firstName": 1, "initials": 1, "areFirstNameOrInitialsRequired": True},
            {"firstName": "Anna", "lastName": "Proef"},
        ),
    ],
)
def test_a_name_goes_where_jcc_wants_it(name: str, fields: dict[str, Any], expected: dict[str, str]) -> None:
    sent = as_json(Customer(name, "anna@example.nl"), fields)
    assert {key: value for key, value in sent.items() if "ame" in key or key == "initials"} == expected


@pytest.mark.parametrize(
    ("phone", "fields", "expected"),
    [
        ("0612345678", {}, ["mobilePhoneNumber"]),
        ("0201234567", {}, ["phoneNumber"]),
        ("0612345678", {"mobilePhoneNumber": 1}, ["phoneNumber"]),
        ("0201234567", {"mobilePhoneNumber": 2}, ["mobilePhoneNumber"]),
        ("0612345678", {"mainPhoneNumber": 1, "mobilePhoneNumber": 1}, []),
        ("0612345678", {"mainPhoneNumber": 1, "mobilePhoneNumber": 1, "isAnyPhoneNumberRequired": True}, ["phoneNumber"]),
        (None, {"isAnyPhoneNumberRequired": True}, []),
    ],
)
def test_a_telephone_number_goes_where_jcc_wants_it(phone: str | None, fields: dict[str, Any], expected: list[str]) -> None:
    sent = as_json(Customer("Anna Proef", "anna@example.nl", phone), fields)
    assert [key for key in sent if "hone" in key] == expected


def test_what_nobody_asks_for_is_not_sent() -> None:
    assert "emailAddress" not in as_json(ANNA, {"emailAddress": 1})


def test_what_jcc_requires_is_compared_with_what_a_citizen_can_be_asked() -> None:
    fields = {"emailAddress": 2, "firstName": 2, "initials": 2, "gender": 2, "birthDate": 2, "city": 1, "country": 0}
    assert lacking(fields) == ["birthDate"]
    assert lacking({"mobilePhoneNumber": 2, "mainPhoneNumber": 2, "isAnyPhoneNumberRequired": True}) == []
    assert lacking({"areFirstNameOrInitialsRequired": True, "isAnyPhoneNumberRequired": False}) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, set()),
        ({"mainPhoneNumber": 0, "mobilePhoneNumber": 0, "isAnyPhoneNumberRequired": False}, set()),
        ({"mainPhoneNumber": 1, "mobilePhoneNumber": 2}, {"phone"}),
        ({"mainPhoneNumber": 2}, {"phone"}),
        ({"mainPhoneNumber": 0, "mobilePhoneNumber": 0, "isAnyPhoneNumberRequired": True}, {"phone"}),
    ],
)
def test_a_telephone_number_is_asked_for_only_where_jcc_requires_one(fields: dict[str, Any], expected: set[str]) -> None:
    assert asks(fields) == expected


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"mobilePhoneNumber": 2, "mainPhoneNumber": 1}, {"mobilePhoneNumber": "+31612345678"}),
        ({"mainPhoneNumber": 2}, {"phoneNumber": "+31612345678"}),
        ({"isAnyPhoneNumberRequired": True}, {"mobilePhoneNumber": "+31612345678"}),
    ],
)
async def test_a_product_that_requires_a_telephone_number_can_be_booked_with_one_and_others_without(
    stub: JccStub, counter: LedgerAppointments, fields: dict[str, Any], sent: dict[str, str]
) -> None:
    stub.required_for = {JCC_ACTIVITIES["verhuizing"]: fields}
    assert await counter.asks(FOR_PASSPORT) == frozenset()
    assert await counter.asks([*FOR_PASSPORT, Item("verhuizing")]) == {"phone"}
    await book(counter, customer=BRAM)
    with pytest.raises(AppointmentsUnavailable):
        await book(counter, TEN, items=[Item("verhuizing")], customer=BRAM, key="without")
    citizen = Customer("Bram Proef", "bram@example.nl", "+31612345678")
    await book(counter, TEN, items=[Item("verhuizing")], customer=citizen, key="with")
    (customer,) = stub.wrote()[-1].body["customerList"]
    assert {name: value for name, value in customer.items() if "hone" in name} == sent
    assert len(stub.appointments) == 2


async def test_who_moves_an_appointment_that_requires_a_telephone_number_need_not_give_it_again(
    stub: JccStub, counter: LedgerAppointments
) -> None:
    stub.required = {"mobilePhoneNumber": 2}
    booked = await book(counter)
    assert (await counter.move(booked.reference, booked.code, TEN, key="turn-2")).start == TEN
    assert stub.wrote("appointment")[1].body["customerList"][0]["mobilePhoneNumber"] == ANNA.phone


async def test_a_citizen_fills_in_nothing_when_jcc_requires_what_is_never_asked(
    stub: JccStub, counter: LedgerAppointments
) -> None:
    stub.required = {"birthDate": 2, "city": 2, "mobilePhoneNumber": 2}
    with capture_logs() as logs, pytest.raises(AppointmentsUnavailable, match="birthDate"):
        await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY)
    assert logs[0]["event"] == "appointments_unavailable"
    assert logs[0]["reason"] == "JCC requires what Balie doesn't ask of a citizen: birthDate, city"
    with pytest.raises(AppointmentsUnavailable):
        await counter.asks(FOR_PASSPORT)
    with pytest.raises(AppointmentsUnavailable):
        await book(counter)
    assert stub.wrote() == []
    stub.required = {"birthDate": 0, "city": 1, "mobilePhoneNumber": 2}
    assert (await book(counter)).start == NINE


@pytest.mark.parametrize("customer", [ANNA, BRAM, Customer("Bram", "bram@example.nl", "0201234567")])
async def test_who_moves_an_appointment_is_still_known_by_name(
    stub: JccStub, counter: LedgerAppointments, customer: Customer
) -> None:
    booked = await book(counter, customer=customer)
    moved = await counter.move(booked.reference, booked.code, TEN, key="turn-2")
    assert (moved.reference, moved.start, moved.leftover) == (booked.reference, TEN, None)
    first, second = (asked for asked in stub.wrote() if asked.method == "POST")
    assert first.body["customerList"] == second.body["customerList"]
    assert first.body["message"] == second.body["message"]
    assert len(stub.appointments) == 1


# The token


def tokens(stub: JccStub) -> int:
    return stub.paths.count("POST connect/token")


async def test_many_questions_at_once_need_one_token(stub: JccStub, counter: LedgerAppointments) -> None:
    await asyncio.gather(*(counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY) for _ in range(5)))
    assert tokens(stub) == 1


async def test_a_token_is_renewed_shortly_before_its_end(stub: JccStub, world: JccWorld, counter: LedgerAppointments) -> None:
    stub.expires_in = 3600
    for seconds, expected in [(0.0, 1), (3569.0, 1), (3570.0, 2), (3571.0, 2)]:
        world.seconds = 100.0 + seconds
        await counter.locations(FOR_PASSPORT)
        assert tokens(stub) == expected


async def test_a_token_that_wears_out_under_way_costs_the_citizen_nothing(stub: JccStub, counter: LedgerAppointments) -> None:
    await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY)
    stub.tokens.clear()
    assert (await asyncio.gather(*(counter.locations(FOR_PASSPORT) for _ in range(4)))) == [[TOWN_HALL, NIGHT_DESK]] * 4
    assert tokens(stub) == 2
    stub.faults = [Fault("expired", BOOKING, times=1)]
    assert (await book(counter)).start == NINE
    assert (tokens(stub), len(stub.appointments)) == (3, 1)


async def test_a_token_that_is_never_good_is_renewed_once(stub: JccStub, counter: LedgerAppointments) -> None:
    stub.faults = [Fault("expired", "/location")]
    with pytest.raises(AppointmentsUnavailable, match="401"):
        await counter.locations(FOR_PASSPORT)
    assert tokens(stub) == 2


@pytest.mark.parametrize(("kind", "body"), [("status", ""), ("drop", ""), ("body", "{}"), ("body", "[]"), ("body", "<html>")])
async def test_without_a_token_nothing_was_booked_for_certain(
    stub: JccStub, counter: LedgerAppointments, kind: str, body: str
) -> None:
    no_token = Fault(kind, "/connect/token", target=body)
    stub.faults = [no_token]
    with pytest.raises(AppointmentsUnavailable):
        await book(counter)
    stub.faults = [Fault("expired", BOOKING, times=1)]
    await ask(counter)
    stub.faults.append(no_token)
    with pytest.raises(AppointmentsUnavailable):
        await book(counter)
    stub.faults = []
    assert (await book(counter)).start == NINE


async def test_a_wrong_secret_books_nothing(world: JccWorld, stub: JccStub) -> None:
    with pytest.raises(AppointmentsUnavailable, match="no token"):
        await book(world.counter(world.adapter(secret="wrong")))
    assert stub.wrote() == []


# Faults


@pytest.mark.parametrize("where", [*QUESTIONS, "/token"])
async def test_a_slow_jcc_keeps_nobody_waiting(world: JccWorld, stub: JccStub, where: str) -> None:
    hurried = world.counter(budget_seconds=0.3)
    stub.faults = [Fault("slow", where)]  # never answers within this test
    with pytest.raises(AppointmentsUnavailable):
        await ask(hurried)
    assert stub.wrote() == []


@pytest.mark.parametrize("where", QUESTIONS)
@pytest.mark.parametrize("code", [400, 403, 404, 500, 503])
async def test_half_an_answer_is_no_answer(stub: JccStub, counter: LedgerAppointments, where: str, code: int) -> None:
    stub.faults = [Fault("status", where, code=code)]
    with pytest.raises(AppointmentsUnavailable):
        await ask(counter)
    with pytest.raises(AppointmentsUnavailable):
        await counter.locations(FOR_PASSPORT)
        await book(counter)
    assert stub.wrote() == []


async def test_a_hiccup_is_tried_once_more(stub: JccStub, counter: LedgerAppointments) -> None:
    stub.faults = [Fault("status", "/location", times=1, code=503)]
    assert await counter.locations(FOR_PASSPORT) == [TOWN_HALL, NIGHT_DESK]


async def test_empty_lists_offer_nothing(stub: JccStub, counter: LedgerAppointments) -> None:
    stub.faults = [Fault("empty", "/location"), Fault("empty", "/availabletimelist")]
    assert await counter.locations(FOR_PASSPORT) == []
    assert await counter.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY) == []
    with pytest.raises(SlotTaken):
        await book(counter)


@pytest.mark.parametrize("where", QUESTIONS)
@pytest.mark.parametrize("body", ["", "<html>", "7", "null", '[{"a": 1}]', '[{"id": 1}, 2]'])
async def test_a_malformed_answer_offers_nothing(stub: JccStub, counter: LedgerAppointments, where: str, body: str) -> None:
    stub.faults = [Fault("body", where, target=body)]
    with pytest.raises(AppointmentsUnavailable):
        await ask(counter)


@pytest.mark.parametrize("fault", ["late", "dies"])
async def test_after_a_booking_without_an_answer_it_is_said_that_nobody_knows_and_no_second_one_is_made(
    world: JccWorld, stub: JccStub, fault: str
) -> None:
    counter = world.counter(budget_seconds=1.0)
    stub.faults = [Fault(fault, BOOKING)]
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await book(counter)
    stub.faults = []
    stub.released.set()
    with pytest.raises(OutcomeUnknown):
        await book(world.counter(), TEN)
    assert (len(stub.appointments), len(stub.wrote())) == (1, 1)


@pytest.mark.parametrize(("kind", "body"), [("status", ""), ("drop", ""), ("body", "{}"), ("body", "[]"), ("body", "<html>")])
async def test_a_booking_that_fails_without_a_clear_no_is_not_tried_again(
    stub: JccStub, counter: LedgerAppointments, kind: str, body: str
) -> None:
    stub.faults = [Fault(kind, BOOKING, code=500, target=body)]
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await book(counter)
    assert len(stub.wrote()) == 1


@pytest.mark.parametrize(("kind", "told"), [("refused", "code 33333"), ("status", "status 400")])
async def test_a_refused_booking_can_be_tried_again(
    stub: JccStub, counter: LedgerAppointments, kind: str, told: str
) -> None:
    stub.faults = [Fault(kind, BOOKING, code=400)]
    with capture_logs() as logs, pytest.raises(AppointmentsUnavailable, match=told):
        await book(counter)
    assert told in str(logs) and "geweigerd" not in str(logs)
    stub.faults = []
    assert (await book(counter)).start == NINE
    assert len(stub.appointments) == 1


async def test_of_citizens_who_want_one_time_one_gets_it_and_the_others_hear_that_it_is_taken(world: JccWorld) -> None:
    counters = [world.counter(), world.counter()]
    tries = [book(counters[n % 2], key=f"turn-{n}") for n in range(6)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Appointment", *["SlotTaken"] * 5]
    assert len(world.stub.wrote()) > 1  # it was JCC that refused


@pytest.mark.parametrize("unknown", ["404", "null"])
async def test_an_appointment_that_was_cancelled_at_the_counter_is_gone(
    stub: JccStub, counter: LedgerAppointments, unknown: str
) -> None:
    booked = await book(counter)
    stub.appointments.clear()
    stub.unknown = unknown
    with pytest.raises(AppointmentNotFound):
        await counter.get(booked.reference, booked.code)
    await counter.cancel(booked.reference, booked.code, key="turn-2")


async def test_an_appointment_that_was_moved_at_the_counter_is_told_as_it_stands(
    stub: JccStub, counter: LedgerAppointments
) -> None:
    booked = await book(counter)
    (kept,) = stub.appointments.values()
    kept.update(start=ELEVEN, end=ELEVEN + timedelta(minutes=10))
    assert (await counter.get(booked.reference, booked.code)).start == ELEVEN
    kept["locationId"] = identifier("ergens anders")
    with pytest.raises(AppointmentsUnavailable):
        await counter.get(booked.reference, booked.code)


async def test_somebody_elses_appointment_is_never_told(stub: JccStub, counter: LedgerAppointments) -> None:
    hers = await book(counter)
    await book(counter, TEN, key="turn-2", customer=BRAM)
    stub.faults = [Fault("lying", LOOK_UP)]
    with pytest.raises(AppointmentsUnavailable):
        await counter.get(hers.reference, hers.code)
    with pytest.raises(AppointmentsUnavailable):
        await counter.move(hers.reference, hers.code, ELEVEN, key="turn-3")
    assert len(stub.wrote()) == 2


async def test_a_cancellation_without_an_answer_is_found_out(world: JccWorld, stub: JccStub) -> None:
    counter = world.counter()
    booked = await book(counter)
    stub.faults = [Fault("dies", CANCELLATION)]
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    assert stub.appointments == {}


async def test_a_refused_cancellation_is_not_taken_for_one(stub: JccStub, counter: LedgerAppointments) -> None:
    booked = await book(counter)
    stub.faults = [Fault("refused", CANCELLATION)]
    with pytest.raises(AppointmentsUnavailable, match="33333"):
        await counter.cancel(booked.reference, booked.code, key="turn-2")
    stub.faults = [Fault("status", CANCELLATION)]
    with pytest.raises(OutcomeUnknown):
        await counter.cancel(booked.reference, booked.code, key="turn-3")
    assert await counter.get(booked.reference, booked.code) == booked


@pytest.mark.parametrize("fault", ["late", "dies"])
async def test_a_move_without_an_answer_leaves_the_old_appointment(world: JccWorld, stub: JccStub, fault: str) -> None:
    booked = await book(world.counter())
    hurried = world.counter(budget_seconds=1.0)
    stub.faults = [Fault(fault, BOOKING)]
    with pytest.raises(OutcomeUnknown):
        await hurried.move(booked.reference, booked.code, TEN, key="turn-2")
    stub.released.set()
    assert await hurried.get(booked.reference, booked.code) == booked
    assert [asked.method for asked in stub.wrote()] == ["POST", "POST"]


async def test_logs_name_neither_citizen_nor_appointment(stub: JccStub, counter: LedgerAppointments) -> None:
    booked = await book(counter)
    with capture_logs() as logs:
        for kind in ("status", "drop", "refused"):
            stub.faults = [Fault(kind, BOOKING), Fault(kind, CANCELLATION)]
            with pytest.raises((AppointmentsUnavailable, OutcomeUnknown)):
                await book(counter, TEN, key=kind)
            with pytest.raises((AppointmentsUnavailable, OutcomeUnknown)):
                await counter.cancel(booked.reference, booked.code, key=kind)
    assert {"appointments_unavailable", "appointment_outcome_unknown"} <= {record["event"] for record in logs}
    (kept,) = stub.appointments
    assert not [word for word in ("Anna", "example.nl", booked.reference, booked.code, kept, SECRET) if word in str(logs)]


# Checking the connection


async def test_a_good_connection_has_no_faults_and_books_nothing(stub: JccStub, counter: LedgerAppointments) -> None:
    assert await counter.check() == []
    assert stub.wrote() == []


async def test_ids_that_do_not_exist_are_named(world: JccWorld, stub: JccStub) -> None:
    stub.plan.locations[1]["isActive"] = False
    products = {"paspoort": JCC_ACTIVITIES["paspoort"], "verhuizing": "niets"}
    faults = await world.adapter(products=products).check()
    assert faults == [
        "product 'verhuizing': JCC makes no appointments for an activity 'niets'",
        f"location 'nachtloket': JCC has no {JCC_LOCATIONS['nachtloket']!r} in use",
    ]
    faults = await world.adapter(products={}, locations={"stadhuis": "nergens"}).check()
    assert len(faults) == 2
    assert "names no product" in faults[0]
    assert "'nergens'" in faults[1]


async def test_a_product_that_no_citizen_can_book_is_named(world: JccWorld, stub: JccStub) -> None:
    stub.required = {"birthDate": 2, "mobilePhoneNumber": 2}
    stub.faults = [Fault("empty", "/location/forappointment")]
    faults = await world.adapter(products={"paspoort": JCC_ACTIVITIES["paspoort"]}).check()
    assert faults == [
        "product 'paspoort': JCC handles it at none of our locations",
        "product 'paspoort': JCC requires what Balie doesn't ask of a citizen: birthDate;"
        " make that optional there",
    ]


async def test_what_is_wrong_with_the_connection_is_said_in_words(world: JccWorld, stub: JccStub) -> None:
    (wrong,) = await world.counter(world.adapter(secret="wrong")).check()
    assert "BALIE_JCC_CLIENT_ID and BALIE_JCC_SECRET" in wrong
    stub.faults = [Fault("status", "/activity", code=503)]
    (down,) = await world.counter().check()
    assert stub.url in down and "503" in down
    stub.faults = [Fault("status", "/activity", code=403)]
    (refused,) = await world.counter().check()
    assert "refuses a question" in refused and "403" in refused
    (unreachable,) = await world.counter(world.adapter("http://127.0.0.1:9/warp/v1")).check()
    assert "http://127.0.0.1:9/warp/v1" in unreachable and "no connection" in unreachable
    assert SECRET not in f"{wrong}{down}{refused}{unreachable}"


# Chosen by configuration


def installation(folder: Path, **appointments: Any) -> dict[str, str]:
    """The environment of an installation for one municipality, with these terms under suppliers.appointments."""
    shutil.copytree(FOLDER / "voorbeeld", folder / "gemeenten" / "voorbeeld", dirs_exist_ok=True)
    path = folder / "gemeenten" / "voorbeeld" / "gemeente.yml"
    content = yaml.safe_load(path.read_text())
    content["suppliers"]["appointments"] = {"supplier": "jcc", **appointments}
    path.write_text(yaml.safe_dump(content))
    folders = {"BALIE_GEMEENTEN_DIR": str(folder / "gemeenten"), "BALIE_DATA_DIR": str(folder / "var")}
    return folders | {"BALIE_GEMEENTEN": "voorbeeld", "BALIE_JCC_CLIENT_ID": CLIENT_ID}


async def test_a_municipality_chooses_jcc_in_its_own_file(world: JccWorld, stub: JccStub, tmp_path: Path, redis_url: str) -> None:
    world.clock.now = datetime.now(UTC)
    ids = {"products": {"paspoort": JCC_ACTIVITIES["paspoort"]}, "locations": {"stadhuis": JCC_LOCATIONS["stadhuis"]}}
    env = installation(tmp_path, url=f"{stub.url}/", **ids)
    env |= {"BALIE_JCC_SECRET": "of-another", "BALIE_JCC_SECRET__VOORBEELD": SECRET}
    services = build(configuration.load(env), redis_url)
    counter = services.appointments("voorbeeld")
    assert await counter.check() == []
    assert [product.id for product in await counter.products()] == ["paspoort"]
    assert [place.id for place in await counter.locations(FOR_PASSPORT)] == ["stadhuis"]
    today = world.clock.now.date()
    day = (await counter.days(FOR_PASSPORT, "stadhuis", today, today + timedelta(days=30)))[0]
    start = (await counter.times(FOR_PASSPORT, "stadhuis", day))[-1]
    booked = await counter.book(FOR_PASSPORT, "stadhuis", start, ANNA, key="turn-1")
    assert await counter.get(booked.reference, booked.code) == booked
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    assert stub.appointments == {}
    await services.aclose()


async def test_tokens_may_come_from_another_address(stub: JccStub, tmp_path: Path, redis_url: str) -> None:
    ids = {"products": {"paspoort": JCC_ACTIVITIES["paspoort"]}, "locations": {"stadhuis": JCC_LOCATIONS["stadhuis"]}}
    env = installation(tmp_path, url=stub.url, token_url=f"{stub.root}{TOKENS_ELSEWHERE}", **ids)
    services = build(configuration.load(env | {"BALIE_JCC_SECRET": SECRET}), redis_url)
    assert await services.appointments("voorbeeld").check() == []
    assert stub.paths.count(f"POST {TOKENS_ELSEWHERE}") == 1
    assert tokens(stub) == 0
    await services.aclose()


def test_what_the_configuration_of_jcc_lacks_is_named(tmp_path: Path) -> None:
    env = installation(tmp_path, url="http://jcc.example/warp/v1", token_url="http://jcc.example/t", products={"toverdrank": "x"})
    production = {"BALIE_ENVIRONMENT": "production", "BALIE_SECRET": "a-secret-of-the-tests-that-is-long-enough"}
    production |= {"BALIE_PUBLIC_URL": "https://balie.example", "BALIE_REDIS_URL": "redis://127.0.0.1:9"}
    settings = configuration.load(env | production)
    with pytest.raises(SettingsError) as caught:
        build(settings)
    for fault in (
        "needs BALIE_JCC_SECRET", "needs locations", "names 'toverdrank'", ".url must be an https address",
        ".token_url must be an https address",
    ):
        assert f"suppliers.appointments{'' if fault.startswith('.') else ' '}{fault}" in str(caught.value)
    assert "BALIE_JCC_CLIENT_ID" not in str(caught.value)
