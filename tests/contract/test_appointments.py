"""What every appointment system must do for the counter, also when it fails half-way; then what only the demonstration promises.

Suppliers join in tests/contract/appointment_suppliers.py.
"""

import asyncio
import multiprocessing
import sqlite3
import time as host_time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.appointments import (
    Appointment,
    AppointmentNotFound,
    Appointments,
    AppointmentsUnavailable,
    Customer,
    Item,
    Line,
    OutcomeUnknown,
    Product,
    SlotTaken,
)
from bot.appointments.codes import Codes
from tests.contract.appointment_suppliers import (
    ANNA,
    BRAM,
    DEMANDING,
    FALLIBLE,
    FOR_MOVING,
    FOR_PASSPORT,
    FRIDAY,
    HORIZON_DAYS,
    MOVING,
    NIGHT_DESK,
    PASSPORT,
    SECRET,
    SUPPLIERS,
    TOWN_HALL,
    Clock,
    World,
    demo,
    local,
)

OpenAdapter = Callable[[], Appointments]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=SUPPLIERS)
async def world(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, redis_url: str) -> AsyncIterator[World]:
    async with SUPPLIERS[request.param](tmp_path, clock, redis_url) as made:
        yield made


@pytest.fixture
async def open_adapter(world: World) -> AsyncIterator[OpenAdapter]:
    opened = []

    def open_one() -> Appointments:
        opened.append(world.open())
        return opened[-1]

    yield open_one
    for adapter in opened:
        await adapter.aclose()


@pytest.fixture
async def counter(open_adapter: OpenAdapter) -> AsyncIterator[Appointments]:
    yield open_adapter()


@pytest.fixture(params=["America/New_York", "Asia/Tokyo", "UTC"])
def host_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same test on a host in another time zone."""
    monkeypatch.setenv("TZ", request.param)
    host_time.tzset()
    yield
    monkeypatch.undo()
    host_time.tzset()


async def book(
    counter: Appointments, start: datetime, *, key: str, customer: Customer = ANNA, items: Sequence[Item] = FOR_PASSPORT
) -> Appointment:
    return await counter.book(items, TOWN_HALL.id, start, customer, key=key)


async def is_free(counter: Appointments, start: datetime) -> bool:
    return start in await counter.times(FOR_PASSPORT, TOWN_HALL.id, start.date())


# What is on offer


async def test_a_citizen_sees_what_can_be_done_and_where(counter: Appointments) -> None:
    assert await counter.products() == [PASSPORT, MOVING]
    assert await counter.locations(FOR_PASSPORT) == [TOWN_HALL, NIGHT_DESK]


async def test_nothing_is_offered_for_a_product_or_location_that_does_not_exist(counter: Appointments) -> None:
    assert await counter.locations([Item("toverdrank")]) == []
    assert await counter.times([Item("toverdrank")], TOWN_HALL.id, FRIDAY) == []
    assert await counter.days(FOR_PASSPORT, "luchtkasteel", FRIDAY, FRIDAY) == []


async def test_days_leave_out_weekends_and_public_holidays(counter: Appointments) -> None:
    days = await counter.days(FOR_PASSPORT, TOWN_HALL.id, date(2026, 4, 2), date(2026, 4, 8))  # around Easter
    assert days == [date(2026, 4, 2), date(2026, 4, 7), date(2026, 4, 8)]
    assert await counter.times(FOR_PASSPORT, TOWN_HALL.id, date(2026, 4, 27)) == []  # King's Day, a Monday


async def test_days_run_from_today_to_the_horizon(counter: Appointments, clock: Clock) -> None:
    days = await counter.days(FOR_PASSPORT, TOWN_HALL.id, date(2020, 1, 1), date(2030, 1, 1))
    assert (days[0], days[-1]) == (date(2026, 3, 2), date(2026, 5, 1))
    clock.now = local(date(2026, 3, 2), 11, 51)  # the last start of today has passed
    assert (await counter.days(FOR_PASSPORT, TOWN_HALL.id, date(2020, 1, 1), date(2026, 3, 4)))[0] == date(2026, 3, 3)


async def test_times_follow_the_opening_hours_and_the_length_of_the_product(counter: Appointments) -> None:
    times = await counter.times(FOR_MOVING, TOWN_HALL.id, date(2026, 3, 5))  # a Thursday, with an evening
    assert [t.strftime("%H:%M") for t in times] == [
        *("09:00", "09:30", "10:00", "10:30", "11:00", "11:30"),
        *("17:00", "17:30", "18:00", "18:30"),
    ]


async def test_times_of_today_are_still_to_come(counter: Appointments, clock: Clock) -> None:
    clock.now = local(FRIDAY, 11, 40)
    assert await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY) == [local(FRIDAY, 11, 50)]


async def test_a_day_is_no_longer_offered_when_it_is_full(counter: Appointments) -> None:
    for start in await counter.times(FOR_MOVING, TOWN_HALL.id, FRIDAY):
        await book(counter, start, key=f"turn-{start}", items=FOR_MOVING)
    assert await counter.days(FOR_MOVING, TOWN_HALL.id, FRIDAY, FRIDAY) == []


# What must be known of who comes


async def test_a_name_and_an_email_address_are_enough(counter: Appointments) -> None:
    assert await counter.asks(FOR_PASSPORT) == frozenset()
    assert await counter.asks([*FOR_PASSPORT, Item("toverdrank")]) == frozenset()
    assert (await book(counter, local(FRIDAY, 9), key="turn-1", customer=BRAM)).start == local(FRIDAY, 9)


@pytest.mark.parametrize("world", DEMANDING, indirect=True)
async def test_a_telephone_number_is_asked_for_where_it_is_required(world: World, counter: Appointments) -> None:
    world.demand()
    assert await counter.asks(FOR_PASSPORT) == {"phone"}
    with pytest.raises(AppointmentsUnavailable):
        await book(counter, local(FRIDAY, 9), key="turn-1", customer=BRAM)
    assert world.standing() == 0
    booked = await book(counter, local(FRIDAY, 9), key="turn-2", customer=ANNA)
    moved = await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-3")
    assert moved.start == local(FRIDAY, 10) and world.standing() == 1


# Booking


async def test_a_citizen_books_a_time_and_can_look_it_up(counter: Appointments) -> None:
    booked = await book(counter, local(FRIDAY, 9, 20), key="turn-1")
    assert (booked.lines, booked.location) == ((Line(PASSPORT),), TOWN_HALL)
    assert (booked.start, booked.end) == (local(FRIDAY, 9, 20), local(FRIDAY, 9, 30))
    assert len(booked.code) >= 6
    assert await counter.get(booked.reference, booked.code) == booked
    assert await counter.get(f" {booked.reference.lower().replace('-', ' ')}", booked.code.lower()) == booked
    assert not await is_free(counter, booked.start)


async def test_a_family_comes_at_once_and_gets_time_enough(counter: Appointments) -> None:
    items = (Item("paspoort", 3), Item("verhuizing", 3))
    assert await counter.locations(items) == [TOWN_HALL, NIGHT_DESK]
    assert await counter.days(items, TOWN_HALL.id, FRIDAY, FRIDAY) == [FRIDAY]
    start = (await counter.times(items, TOWN_HALL.id, FRIDAY))[0]
    booked = await book(counter, start, key="turn-1", items=items)
    assert booked.items == items
    assert booked.lines == (Line(PASSPORT, 3), Line(MOVING, 3))
    assert booked.bring == PASSPORT.bring
    assert booked.end - booked.start == timedelta(minutes=120)
    assert await counter.get(booked.reference, booked.code) == booked
    assert not await is_free(counter, local(FRIDAY, 10, 50))
    assert await is_free(counter, local(FRIDAY, 11))


async def test_a_second_product_or_person_takes_more_time(counter: Appointments) -> None:
    alone = await book(counter, local(FRIDAY, 9), key="turn-1", customer=BRAM)
    items = [Item("paspoort", 2), Item("verhuizing", 1)]
    start = (await counter.times(items, TOWN_HALL.id, date(2026, 3, 9)))[0]
    both = await book(counter, start, key="turn-2", items=items)
    assert alone.end - alone.start == timedelta(minutes=10)
    assert both.end - both.start >= timedelta(minutes=50)


async def test_a_party_too_large_for_a_day_finds_no_time(counter: Appointments) -> None:
    crowd = [Item("verhuizing", 40)]
    assert await counter.times(crowd, TOWN_HALL.id, FRIDAY) == []
    assert await counter.days(crowd, TOWN_HALL.id, FRIDAY, date(2026, 3, 13)) == []
    with pytest.raises(SlotTaken):
        await book(counter, local(FRIDAY, 9), key="turn-1", items=crowd)


async def test_a_family_moves_together(counter: Appointments) -> None:
    items = (Item("paspoort", 2),)
    booked = await book(counter, local(FRIDAY, 9), key="turn-1", items=items)
    moved = await counter.move(booked.reference, booked.code, local(FRIDAY, 11), key="turn-2")
    assert (moved.items, moved.end - moved.start) == (items, timedelta(minutes=20))


async def test_an_appointment_for_nothing_is_refused(counter: Appointments) -> None:
    assert await counter.locations([]) == []
    with pytest.raises(SlotTaken):
        await book(counter, local(FRIDAY, 9), key="turn-1", items=[])


async def test_a_connection_that_works_has_no_faults(counter: Appointments) -> None:
    assert await counter.check() == []


async def test_a_time_can_be_given_in_any_time_zone(counter: Appointments) -> None:
    booked = await book(counter, local(FRIDAY, 9, 20).astimezone(ZoneInfo("Asia/Tokyo")), key="turn-1")
    assert booked.start.isoformat() == "2026-03-06T09:20:00+01:00"
    with pytest.raises(ValueError, match="aware"):
        await book(counter, datetime(2026, 3, 6, 9, 30), key="turn-2")


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(local(date(2026, 3, 2), 7, 50), id="before opening"),
        pytest.param(local(FRIDAY, 12), id="after closing"),
        pytest.param(local(FRIDAY, 9, 5), id="between two times"),
        pytest.param(local(date(2026, 2, 27), 9), id="in the past"),
        pytest.param(local(date(2026, 3, 7), 9), id="on a Saturday"),
        pytest.param(local(date(2026, 4, 6), 9), id="on Easter Monday"),
        pytest.param(local(date(2026, 5, 4), 9), id="beyond the horizon"),
    ],
)
async def test_a_time_that_is_not_on_offer_is_refused(counter: Appointments, start: datetime) -> None:
    with pytest.raises(SlotTaken):
        await book(counter, start, key="turn-1")
    standing = await book(counter, local(FRIDAY, 9), key="turn-2")
    with pytest.raises(SlotTaken):
        await counter.move(standing.reference, standing.code, start, key="turn-3")
    assert await counter.get(standing.reference, standing.code) == standing


async def test_an_unknown_product_or_location_is_refused(counter: Appointments) -> None:
    with pytest.raises(SlotTaken):
        await counter.book([Item("toverdrank")], TOWN_HALL.id, local(FRIDAY, 9), ANNA, key="turn-1")
    with pytest.raises(SlotTaken):
        await counter.book(FOR_PASSPORT, "luchtkasteel", local(FRIDAY, 9), ANNA, key="turn-1")


async def test_a_time_passes_while_the_citizen_hesitates(counter: Appointments, clock: Clock) -> None:
    clock.now = local(FRIDAY, 9, 20)
    with pytest.raises(SlotTaken):
        await book(counter, local(FRIDAY, 9, 20), key="turn-1")


async def test_the_second_citizen_is_told_that_the_time_is_taken(counter: Appointments) -> None:
    first = await book(counter, local(FRIDAY, 9), key="turn-1")
    with pytest.raises(SlotTaken):
        await book(counter, local(FRIDAY, 9), key="turn-2", customer=BRAM)
    assert await counter.get(first.reference, first.code) == first


async def test_twenty_citizens_want_one_time_and_exactly_one_gets_it(open_adapter: OpenAdapter) -> None:
    counters = [open_adapter(), open_adapter()]
    tries = [book(counters[n % 2], local(FRIDAY, 9), key=f"turn-{n}") for n in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Appointment", *["SlotTaken"] * 19]


async def test_the_same_key_books_once(counter: Appointments, open_adapter: OpenAdapter) -> None:
    first = await book(counter, local(FRIDAY, 9), key="turn-1")
    assert await book(open_adapter(), local(FRIDAY, 9), key="turn-1") == first
    assert await book(counter, local(FRIDAY, 10), key="turn-1") == first
    assert await is_free(counter, local(FRIDAY, 10))


async def test_the_same_key_at_the_same_moment_books_once(open_adapter: OpenAdapter) -> None:
    counters = [open_adapter(), open_adapter()]
    results = await asyncio.gather(*(book(counters[n % 2], local(FRIDAY, 9), key="turn-1") for n in range(10)))
    assert results == [results[0]] * 10


async def test_a_late_repetition_of_a_booking_revives_nothing(counter: Appointments) -> None:
    first = await book(counter, local(FRIDAY, 9), key="turn-1")
    await counter.move(first.reference, first.code, local(FRIDAY, 10), key="turn-2")
    assert await book(counter, local(FRIDAY, 9), key="turn-1") == first
    await counter.cancel(first.reference, first.code, key="turn-3")
    assert await book(counter, local(FRIDAY, 9), key="turn-1") == first
    assert await is_free(counter, local(FRIDAY, 9))
    assert await is_free(counter, local(FRIDAY, 10))


# Looking up, moving, cancelling


async def test_without_the_right_code_there_is_no_appointment(counter: Appointments) -> None:
    hers = await book(counter, local(FRIDAY, 9), key="turn-1")
    his = await book(counter, local(FRIDAY, 10), key="turn-2", customer=BRAM)
    assert hers.code != his.code
    for reference, code in [
        (hers.reference, his.code),
        (hers.reference, ""),
        (hers.reference, hers.code[:-1]),
        (hers.reference, "é" * 6),
        ("A7K-2FQ9", hers.code),
        ("", ""),
    ]:
        with pytest.raises(AppointmentNotFound):
            await counter.get(reference, code)
        with pytest.raises(AppointmentNotFound):
            await counter.move(reference, code, local(FRIDAY, 11), key="turn-3")
        with pytest.raises(AppointmentNotFound):
            await counter.cancel(reference, code, key="turn-3")
    assert await counter.get(hers.reference, hers.code) == hers


async def test_a_move_takes_the_new_time_and_frees_the_old(counter: Appointments) -> None:
    booked = await book(counter, local(FRIDAY, 9), key="turn-1")
    moved = await counter.move(booked.reference, booked.code, local(date(2026, 3, 9), 10), key="turn-2")
    assert (moved.start, moved.end) == (local(date(2026, 3, 9), 10), local(date(2026, 3, 9), 10, 10))
    assert (moved.lines, moved.location, moved.revision) == ((Line(PASSPORT),), TOWN_HALL, booked.revision + 1)
    assert await counter.get(moved.reference, moved.code) == moved
    assert await is_free(counter, booked.start)
    assert not await is_free(counter, moved.start)


async def test_the_same_key_moves_once(counter: Appointments) -> None:
    booked = await book(counter, local(FRIDAY, 9), key="turn-1")
    moved = await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    assert await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2") == moved
    assert await counter.move(booked.reference, booked.code, local(FRIDAY, 11), key="turn-2") == moved
    assert (await counter.get(moved.reference, moved.code)) == moved


async def test_another_citizens_key_gives_nothing_of_theirs(counter: Appointments) -> None:
    hers = await book(counter, local(FRIDAY, 9), key="turn-1")
    his = await book(counter, local(FRIDAY, 10), key="turn-2", customer=BRAM)
    await counter.move(hers.reference, hers.code, local(FRIDAY, 11), key="turn-3")
    moved = await counter.move(his.reference, his.code, local(FRIDAY, 9), key="turn-3")
    assert (moved.reference, moved.start) == (his.reference, local(FRIDAY, 9))


async def test_a_refused_move_leaves_the_appointment_as_it_was(counter: Appointments) -> None:
    hers = await book(counter, local(FRIDAY, 9), key="turn-1")
    await book(counter, local(FRIDAY, 10), key="turn-2", customer=BRAM)
    with pytest.raises(SlotTaken):
        await counter.move(hers.reference, hers.code, local(FRIDAY, 10), key="turn-3")
    assert await counter.get(hers.reference, hers.code) == hers
    assert not await is_free(counter, hers.start)


async def test_two_who_move_to_one_time_never_both_get_it_nor_lose_theirs(open_adapter: OpenAdapter) -> None:
    counters = [open_adapter(), open_adapter()]
    old = [await book(counters[0], local(FRIDAY, 9, 10 * n), key=f"turn-{n}") for n in range(6)]
    moves = (counters[n % 2].move(one.reference, one.code, local(FRIDAY, 11), key=f"move-{n}") for n, one in enumerate(old))
    results = await asyncio.gather(*moves, return_exceptions=True)
    assert sum(isinstance(result, SlotTaken) for result in results) == 5
    for before, result in zip(old, results, strict=True):
        expected = result if isinstance(result, Appointment) else before
        assert await counters[0].get(expected.reference, expected.code) == expected


async def test_a_cancelled_appointment_is_gone_and_its_time_is_free(counter: Appointments) -> None:
    booked = await book(counter, local(FRIDAY, 9), key="turn-1")
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    assert await is_free(counter, booked.start)
    with pytest.raises(AppointmentNotFound):
        await counter.get(booked.reference, booked.code)
    with pytest.raises(AppointmentNotFound):
        await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-3")


async def test_cancelling_again_harms_nobody(counter: Appointments) -> None:
    booked = await book(counter, local(FRIDAY, 9), key="turn-1")
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    next_one = await book(counter, local(FRIDAY, 9), key="turn-3", customer=BRAM)
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    await counter.cancel(booked.reference, booked.code, key="turn-4")
    assert await counter.get(next_one.reference, next_one.code) == next_one


# Time zones and summer time


@pytest.mark.usefixtures("host_in")
async def test_times_are_those_of_amsterdam_wherever_the_host_is(counter: Appointments, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)  # here it is Friday already
    days = await counter.days(FOR_PASSPORT, TOWN_HALL.id, date(2026, 3, 1), date(2026, 6, 1))
    assert (days[0], days[-1]) == (FRIDAY, FRIDAY + timedelta(days=HORIZON_DAYS))
    first = (await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY))[0]
    booked = await book(counter, first, key="turn-1")
    assert booked.start.isoformat() == "2026-03-06T09:00:00+01:00"
    assert (await counter.get(booked.reference, booked.code)).end.isoformat() == "2026-03-06T09:10:00+01:00"


async def test_the_clock_time_stays_when_summer_time_begins(counter: Appointments) -> None:
    booked = await book(counter, local(date(2026, 3, 27), 9), key="turn-1")
    moved = await counter.move(booked.reference, booked.code, local(date(2026, 3, 30), 9), key="turn-2")
    assert (booked.start.isoformat(), moved.start.isoformat()) == (
        "2026-03-27T09:00:00+01:00",
        "2026-03-30T09:00:00+02:00",
    )


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
async def test_in_the_night_the_clock_changes_what_is_offered_is_what_is_booked(
    counter: Appointments, clock: Clock, night: date
) -> None:
    clock.now = local(night - timedelta(days=10), 8)
    times = await counter.times(FOR_MOVING, NIGHT_DESK.id, night)
    assert times
    for start in times:
        booked = await counter.book(FOR_MOVING, NIGHT_DESK.id, start, ANNA, key=f"turn-{start.isoformat()}")
        assert booked.start.isoformat() == start.isoformat()
        assert booked.end.astimezone(UTC) - booked.start.astimezone(UTC) == timedelta(minutes=30)
    assert await counter.times(FOR_MOVING, NIGHT_DESK.id, night) == []


# When it fails half-way


@pytest.fixture(params=FALLIBLE)
async def fallible(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, redis_url: str) -> AsyncIterator[World]:
    async with SUPPLIERS[request.param](tmp_path, clock, redis_url) as made:
        yield made


@pytest.fixture
async def shaky(fallible: World) -> AsyncIterator[Appointments]:
    adapter = fallible.open()
    yield adapter
    await adapter.aclose()


async def outcome(work: Any) -> str:
    """What the citizen can be told."""
    try:
        await work
    except (OutcomeUnknown, AppointmentsUnavailable, SlotTaken, AppointmentNotFound) as exc:
        return type(exc).__name__
    return "done"


async def test_an_unanswered_booking_is_found_out_or_said_honestly_and_never_made_twice(
    fallible: World, shaky: Appointments
) -> None:
    fallible.fail("booking unanswered")
    told = [await outcome(book(shaky, local(FRIDAY, 9), key="turn-1"))]
    fallible.calm()
    other = fallible.open()
    told += [await outcome(book(other, local(FRIDAY, 9), key="turn-1")) for _ in range(2)]
    told.append(await outcome(book(other, local(FRIDAY, 10), key="turn-1")))
    await other.aclose()
    assert set(told) <= {"OutcomeUnknown", "done"}
    assert told == sorted(told), "what was found out stays found out"
    assert fallible.standing() == 1


async def test_a_booking_that_was_refused_can_be_tried_again(fallible: World, shaky: Appointments) -> None:
    for step in ("booking refused", "booking unreached", "down"):
        fallible.fail(step)
        assert await outcome(book(shaky, local(FRIDAY, 9), key="turn-1")) == "AppointmentsUnavailable"
        assert fallible.standing() == 0
        fallible.calm()
    assert (await book(shaky, local(FRIDAY, 9), key="turn-1")).start == local(FRIDAY, 9)
    assert fallible.standing() == 1


@pytest.mark.parametrize("step", ["booking unreached", "booking refused", "booking unanswered", "down"])
async def test_a_move_that_fails_loses_nothing_whatever_the_step(fallible: World, shaky: Appointments, step: Any) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail(step)
    told = await outcome(shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2"))
    fallible.calm()
    if told != "done":
        assert await shaky.get(booked.reference, booked.code) == booked
    again = await outcome(shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2"))
    if step == "booking unanswered":
        assert (told, again) in {("OutcomeUnknown", "OutcomeUnknown"), ("OutcomeUnknown", "done"), ("done", "done")}
        assert fallible.standing() == (1 if again == "done" else 2)  # old and new, never neither, never a third
    else:
        assert (told, again) == ("AppointmentsUnavailable", "done")
        assert fallible.standing() == 1


async def test_an_old_appointment_that_cannot_be_cancelled_is_told_and_cancelled_later(
    fallible: World, shaky: Appointments
) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail("cancelling fails")
    moved = await shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    assert (moved.start, moved.leftover) == (local(FRIDAY, 10), booked.reference)
    assert (await shaky.get(moved.reference, moved.code)).leftover == booked.reference
    with pytest.raises((AppointmentsUnavailable, OutcomeUnknown)):
        await shaky.cancel(moved.reference, moved.code, key="turn-3")
    assert fallible.standing() == 2
    fallible.calm()
    assert (await shaky.get(moved.reference, moved.code)).leftover is None
    assert fallible.standing() == 1
    assert (await shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")).leftover is None


async def test_the_same_move_again_cancels_the_old_appointment_that_was_left(fallible: World, shaky: Appointments) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail("cancelling fails")
    await shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    fallible.calm()
    moved = await shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    assert (moved.start, moved.leftover) == (local(FRIDAY, 10), None)
    assert fallible.standing() == 1


async def test_cancelling_takes_what_a_move_left_too(fallible: World, shaky: Appointments) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail("cancelling fails")
    await shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    fallible.calm()
    await shaky.cancel(booked.reference, booked.code, key="turn-3")
    assert fallible.standing() == 0


async def test_an_unanswered_cancellation_is_found_out(fallible: World, shaky: Appointments) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail("cancelling unanswered")
    await shaky.cancel(booked.reference, booked.code, key="turn-2")
    assert fallible.standing() == 0
    with pytest.raises(AppointmentNotFound):
        await shaky.get(booked.reference, booked.code)


async def test_a_cancellation_that_fails_is_never_called_done(fallible: World, shaky: Appointments) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail("cancelling fails")
    with pytest.raises((AppointmentsUnavailable, OutcomeUnknown)):
        await shaky.cancel(booked.reference, booked.code, key="turn-2")
    fallible.calm()
    assert await shaky.get(booked.reference, booked.code) == booked
    await shaky.cancel(booked.reference, booked.code, key="turn-2")
    assert fallible.standing() == 0


async def test_who_stops_waiting_loses_nothing(fallible: World, shaky: Appointments) -> None:
    waiting = asyncio.create_task(book(shaky, local(FRIDAY, 9), key="turn-1"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await book(shaky, local(FRIDAY, 9), key="turn-1")).start == local(FRIDAY, 9)
    assert fallible.standing() == 1


async def test_a_supplier_that_is_down_offers_nothing_and_says_so(fallible: World, shaky: Appointments) -> None:
    booked = await book(shaky, local(FRIDAY, 9), key="turn-1")
    fallible.fail("down")
    for work in (
        shaky.locations(FOR_PASSPORT),
        shaky.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY),
        shaky.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY),
        shaky.get(booked.reference, booked.code),
        shaky.cancel(booked.reference, booked.code, key="turn-2"),
    ):
        assert await outcome(work) in {"AppointmentsUnavailable", "OutcomeUnknown"}
    assert await shaky.check()


# What only the demonstration supplier promises


@pytest.mark.parametrize(
    ("night", "expected"),
    [
        (date(2026, 3, 29), ["01:00+0100", "01:30+0100", "03:00+0200", "03:30+0200"]),
        (
            date(2026, 10, 25),
            [
                *("01:00+0200", "01:30+0200", "02:00+0200", "02:30+0200"),
                *("02:00+0100", "02:30+0100", "03:00+0100", "03:30+0100"),
            ],
        ),
    ],
)
async def test_no_minute_is_missing_or_double_in_the_night_the_clock_changes(
    tmp_path: Path, clock: Clock, night: date, expected: list[str]
) -> None:
    counter = demo(tmp_path, clock)
    clock.now = local(night - timedelta(days=10), 8)
    times = await counter.times(FOR_MOVING, NIGHT_DESK.id, night)
    assert [t.strftime("%H:%M%z") for t in times] == expected
    for start in times:
        booked = await counter.book(FOR_MOVING, NIGHT_DESK.id, start, ANNA, key=f"turn-{start.isoformat()}")
        assert booked.start.isoformat() == start.isoformat()
        assert booked.end.astimezone(UTC) - booked.start.astimezone(UTC) == timedelta(minutes=30)
    assert await counter.times(FOR_MOVING, NIGHT_DESK.id, night) == []


def book_in_own_process(folder: Path, gate: Any, results: Any, number: int) -> None:
    adapter = demo(folder, Clock())
    gate.wait(timeout=30)
    try:
        results.put(asyncio.run(book(adapter, local(FRIDAY, 9), key=f"process-{number}")).reference)
    except SlotTaken:
        results.put(None)


def test_of_five_processes_that_open_a_new_file_exactly_one_gets_the_time(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(5), context.Queue()
    arguments = [(tmp_path, gate, results, number) for number in range(5)]
    processes = [context.Process(target=book_in_own_process, args=each) for each in arguments]
    for process in processes:
        process.start()
    references = [results.get(timeout=30) for _ in processes]
    for process in processes:
        process.join(timeout=30)
    assert sum(reference is not None for reference in references) == 1


async def test_as_many_citizens_as_desks_get_the_same_time(tmp_path: Path, clock: Clock) -> None:
    counter = demo(tmp_path, clock, desks={"stadhuis": 3})
    tries = [book(counter, local(FRIDAY, 9), key=f"turn-{n}") for n in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(r).__name__ for r in results) == [*["Appointment"] * 3, *["SlotTaken"] * 5]


async def test_appointments_of_different_lengths_never_overlap(tmp_path: Path, clock: Clock) -> None:
    counter = demo(tmp_path, clock)
    await book(counter, local(FRIDAY, 9, 40), key="turn-1")
    assert local(FRIDAY, 9, 30) not in await counter.times(FOR_MOVING, TOWN_HALL.id, FRIDAY)
    with pytest.raises(SlotTaken):
        await book(counter, local(FRIDAY, 9, 30), key="turn-2", items=FOR_MOVING)
    assert await is_free(counter, local(FRIDAY, 9, 30))
    assert await is_free(counter, local(FRIDAY, 9, 50))
    await book(counter, local(FRIDAY, 10), key="turn-3", items=FOR_MOVING)


async def test_two_rows_for_one_minute_at_one_desk_are_refused_by_the_database(tmp_path: Path, clock: Clock) -> None:
    booked = await book(demo(tmp_path, clock), local(FRIDAY, 9), key="turn-1")
    with sqlite3.connect(tmp_path / "appointments.db") as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO taken SELECT location, minute, desk, ? FROM taken LIMIT 1", [booked.reference])


def everything_stored(folder: Path) -> bytes:
    """All bytes on the disk: what SQLite no longer shows may still be there."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_the_file_holds_no_code_and_a_new_secret_ends_the_old_codes(tmp_path: Path, clock: Clock) -> None:
    booked = await book(demo(tmp_path, clock), local(FRIDAY, 9), key="turn-1")
    assert booked.reference.encode() in everything_stored(tmp_path)
    assert booked.code.encode() not in everything_stored(tmp_path)
    with pytest.raises(AppointmentNotFound):
        await demo(tmp_path, clock, secret=b"quite another secret").get(booked.reference, booked.code)


async def test_a_cancelled_appointment_leaves_no_name_behind(tmp_path: Path, clock: Clock) -> None:
    counter = demo(tmp_path, clock)
    booked = await book(counter, local(FRIDAY, 9), key="turn-1")
    assert ANNA.email.encode() in everything_stored(tmp_path)
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    stored = everything_stored(tmp_path)
    assert not [value for value in (ANNA.name, ANNA.email, ANNA.phone) if (value or "").encode() in stored]


async def test_an_old_appointment_is_erased(tmp_path: Path, clock: Clock) -> None:
    counter = demo(tmp_path, clock, keep_days=30)
    old = await book(counter, local(FRIDAY, 9), key="turn-1")
    clock.now = local(FRIDAY + timedelta(days=30), 8)
    await book(counter, local(date(2026, 4, 7), 9), key="turn-2", customer=BRAM)
    assert await counter.get(old.reference, old.code) == old
    clock.now += timedelta(hours=2)
    await book(counter, local(date(2026, 4, 7), 10), key="turn-3", customer=BRAM)
    with pytest.raises(AppointmentNotFound):
        await counter.get(old.reference, old.code)
    assert old.reference.encode() not in everything_stored(tmp_path)


async def test_a_product_that_was_withdrawn_can_still_be_cancelled(tmp_path: Path, clock: Clock) -> None:
    booked = await book(demo(tmp_path, clock), local(FRIDAY, 9), key="turn-1")
    later = demo(tmp_path, clock, products=[MOVING])
    with pytest.raises(AppointmentsUnavailable):
        await later.get(booked.reference, booked.code)
    await later.cancel(booked.reference, booked.code, key="turn-2")
    assert local(FRIDAY, 9) in await later.times(FOR_MOVING, TOWN_HALL.id, FRIDAY)


async def test_a_file_that_cannot_be_used_is_reported_as_unavailable(tmp_path: Path, clock: Clock) -> None:
    missing = demo(tmp_path / "nowhere", clock)
    with pytest.raises(AppointmentsUnavailable):
        await missing.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY)
    (tmp_path / "appointments.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(AppointmentsUnavailable):
        await book(demo(tmp_path, clock), local(FRIDAY, 9), key="turn-1")


async def test_a_file_that_stays_locked_is_unavailable_and_nothing_is_lost(tmp_path: Path, clock: Clock) -> None:
    counter = demo(tmp_path, clock, busy_seconds=0.0)
    standing = await book(counter, local(FRIDAY, 9), key="turn-1")
    other = sqlite3.connect(tmp_path / "appointments.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(AppointmentsUnavailable):
        await book(counter, local(FRIDAY, 10), key="turn-2")
    with pytest.raises(AppointmentsUnavailable):
        await counter.move(standing.reference, standing.code, local(FRIDAY, 11), key="turn-3")
    other.close()
    assert await counter.get(standing.reference, standing.code) == standing
    assert (await book(counter, local(FRIDAY, 10), key="turn-2")).start == local(FRIDAY, 10)


def test_a_configuration_that_makes_no_sense_is_refused(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(ValueError, match="secret"):
        demo(tmp_path, clock, secret=b"short")
    with pytest.raises(ValueError, match="opens"):
        demo(tmp_path, clock, opening={"stadhuis": {0: [(time(17), time(9))]}})
    with pytest.raises(ValueError, match="minute"):
        Product("niets", "Niets", 0)


async def test_a_file_of_an_earlier_version_is_taken_over(tmp_path: Path, clock: Clock) -> None:
    with sqlite3.connect(tmp_path / "appointments.db") as db:
        db.execute(
            "CREATE TABLE appointment (reference TEXT PRIMARY KEY, product TEXT NOT NULL, location TEXT NOT NULL,"
            " start INTEGER NOT NULL, seconds INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0,"
            " cancelled INTEGER NOT NULL DEFAULT 0, name TEXT, email TEXT, phone TEXT)"
        )
        start = local(FRIDAY, 9).timestamp()
        db.execute(
            "INSERT INTO appointment (reference, product, location, start, seconds) VALUES (?, ?, ?, ?, ?)",
            ["A7K-2FQ9", "paspoort", "stadhuis", start, 600],
        )
    db.close()
    counters = [demo(tmp_path, clock) for _ in range(4)]
    code = Codes(SECRET).of("A7K-2FQ9")
    found = await asyncio.gather(*(counter.get("A7K-2FQ9", code) for counter in counters))
    assert {(one.items, one.start) for one in found} == {((Item("paspoort"),), local(FRIDAY, 9))}
    moved = await counters[0].move("A7K-2FQ9", code, local(FRIDAY, 10), key="turn-1")
    assert moved.start == local(FRIDAY, 10)
