"""Appointments at Qmatic over HTTP: its wire format, and what citizens are told when it is slow, failing, lying or half down."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis
import yaml
from aiohttp import web
from structlog.testing import capture_logs

from bot.appointments import (
    AppointmentNotFound,
    AppointmentsUnavailable,
    Customer,
    Item,
    OutcomeUnknown,
    SlotTaken,
)
from bot.appointments.ledgered import LedgerAppointments
from bot.appointments.qmatic import Qmatic
from bot.appointments.supplier import Refused
from bot.conversation.ledger import RedisLedger
from bot.conversation.redis import EmbeddedRedis
from bot.gemeenten import FOLDER
from bot.settings import Settings, SettingsError
from bot.wiring import build
from tests.contract.appointment_suppliers import (
    ANNA,
    BRAM,
    FOR_PASSPORT,
    FRIDAY,
    QMATIC_BRANCHES,
    TOWN_HALL,
    Clock,
    ledger_at,
    ledgered,
    local,
    qmatic_adapter,
    qmatic_world,
)
from tests.standards import STANDARDS, needs_standards
from tests.stubs import server
from tests.stubs.faults import Fault
from tests.stubs.qmatic import API_KEY, QmaticStub, Service, serving

NINE = local(FRIDAY, 9)
HASTY = 0.3  # seconds for one request, for who tests a time-out
STADHUIS = QMATIC_BRANCHES["stadhuis"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stub(clock: Clock) -> QmaticStub:
    return qmatic_world(clock)


@pytest.fixture
async def url(stub: QmaticStub) -> AsyncIterator[str]:
    async with serving(stub) as address:
        yield address


@pytest.fixture
async def counter(url: str, redis_url: str, clock: Clock) -> AsyncIterator[LedgerAppointments]:
    async with ledger_at(redis_url) as ledger:
        made = ledgered(qmatic_adapter(url, request_seconds=HASTY), ledger, clock)
        yield made
        await made.aclose()


@pytest.fixture
async def qmatic(url: str) -> AsyncIterator[Qmatic]:
    made = qmatic_adapter(url)
    yield made
    await made.aclose()


async def book(counter: LedgerAppointments, start: datetime = NINE, key: str = "turn-1", customer: Customer = ANNA) -> Any:
    return await counter.book(FOR_PASSPORT, TOWN_HALL.id, start, customer, key=key)


# The wire


async def test_products_and_people_stand_after_semicolons(stub: QmaticStub, counter: LedgerAppointments) -> None:
    items = [Item("paspoort", 3), Item("verhuizing", 1), Item("paspoort", 1)]
    await counter.days(items, TOWN_HALL.id, FRIDAY, FRIDAY)
    await counter.times(items, TOWN_HALL.id, FRIDAY)
    wanted = ";servicePublicId=Paspoort;servicePublicId=Verhuizing_doorgeven;numberOfCustomers=3"
    assert ("GET", f"/v2/branches/{STADHUIS}/dates{wanted}") in stub.requests
    assert ("GET", f"/v2/branches/{STADHUIS}/dates/2026-03-06/times{wanted}") in stub.requests


async def test_the_employee_finds_reference_name_and_what_it_is_for(stub: QmaticStub, counter: LedgerAppointments) -> None:
    items = [Item("paspoort", 2), Item("verhuizing")]
    start = (await counter.times(items, TOWN_HALL.id, FRIDAY))[0]
    booked = await counter.book(items, TOWN_HALL.id, start, ANNA, key="turn-1")
    [stored] = stub.booked.values()
    assert stored["title"] == f"{booked.reference} Paspoort aanvragen, Verhuizing doorgeven"
    assert booked.reference in stored["notes"]
    assert "Paspoort aanvragen: 2 personen; Verhuizing doorgeven: 1 persoon." in stored["notes"]
    wire = {"firstName": "Anna", "lastName": "Voorbeeld", "email": ANNA.email, "phone": ANNA.phone}
    assert stored["customers"] == [wire, wire]


async def test_a_long_name_is_cut_to_what_fits_and_the_rest_left_out(stub: QmaticStub, counter: LedgerAppointments) -> None:
    await book(counter, customer=Customer("Anna " + "x" * 300, "a" * 300 + "@example.nl", "0" * 60))
    [stored] = stub.booked.values()
    assert [len(stored["customers"][0]["lastName"]), stored["customers"][0]["email"], stored["customers"][0]["phone"]] == [
        *(200, None, None)
    ]


async def test_a_moved_appointment_keeps_who_comes(stub: QmaticStub, counter: LedgerAppointments) -> None:
    booked = await book(counter, customer=BRAM)
    await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    [stored] = stub.booked.values()
    assert (stored["customers"][0]["firstName"], stored["customers"][0]["email"]) == ("Bram", BRAM.email)


async def test_who_comes_is_forgotten_at_the_counter_then_the_old_appointment_stands(
    stub: QmaticStub, counter: LedgerAppointments
) -> None:
    booked = await book(counter)
    for stored in stub.booked.values():
        stored["customers"] = [{"firstName": None, "lastName": None}]
    with pytest.raises(AppointmentsUnavailable):
        await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    assert await counter.get(booked.reference, booked.code) == booked


async def test_products_that_do_not_go_together_have_no_location(stub: QmaticStub, counter: LedgerAppointments) -> None:
    both = [Item("paspoort"), Item("verhuizing")]
    assert len(await counter.locations(both)) == 2
    stub.services["Verhuizing_doorgeven"].group = "overig"
    assert await counter.locations(both) == []
    assert len(await counter.locations(FOR_PASSPORT)) == 2


async def test_a_location_without_the_product_is_not_offered(stub: QmaticStub, counter: LedgerAppointments) -> None:
    stub.branches[STADHUIS].services = ["Verhuizing_doorgeven"]
    assert [place.id for place in await counter.locations(FOR_PASSPORT)] == ["nachtloket"]


async def test_a_branch_elsewhere_has_its_own_clock(stub: QmaticStub, counter: LedgerAppointments) -> None:
    stub.branches[STADHUIS].time_zone = "Europe/London"
    first = (await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY))[0]
    assert first == datetime(2026, 3, 6, 9, tzinfo=ZoneInfo("Europe/London"))
    booked = await book(counter, first)
    assert booked.start.isoformat() == "2026-03-06T10:00:00+01:00"
    assert stub.requests[-1][1].endswith("/times/09:00/book")


async def test_times_that_do_not_exist_or_come_twice_are_not_offered(stub: QmaticStub, qmatic: Qmatic) -> None:
    for night in (date(2026, 3, 29), date(2026, 10, 25)):
        stub.faults[:] = [Fault("body", where="/times", target=json.dumps({"times": ["01:30", "02:30", "03:30"]}))]
        assert [f"{t:%H:%M}" for t in await qmatic.times(FOR_PASSPORT, "nachtloket", night)] == ["01:30", "03:30"]


async def test_a_refused_moment_that_is_gone_is_taken_and_one_that_is_free_is_a_failure(stub: QmaticStub, qmatic: Qmatic) -> None:
    await qmatic.create(FOR_PASSPORT, TOWN_HALL.id, NINE, ANNA, "A7K-2FQ9")
    with pytest.raises(SlotTaken):
        await qmatic.create(FOR_PASSPORT, TOWN_HALL.id, NINE, BRAM, "B7K-2FQ9")
    stub.faults.append(Fault("status", "POST", problem="refused"))
    with pytest.raises(Refused, match="error code 1234"):
        await qmatic.create(FOR_PASSPORT, TOWN_HALL.id, local(FRIDAY, 10), BRAM, "B7K-2FQ9")
    stub.faults.append(Fault("status", "GET"))  # and the free times can't be asked
    with pytest.raises(Refused):
        await qmatic.create(FOR_PASSPORT, TOWN_HALL.id, local(FRIDAY, 10), BRAM, "B7K-2FQ9")
    assert len(stub.booked) == 1


async def test_an_appointment_cancelled_at_the_counter_is_gone(stub: QmaticStub, counter: LedgerAppointments) -> None:
    booked = await book(counter)
    stub.booked.clear()
    with pytest.raises(AppointmentNotFound):
        await counter.get(booked.reference, booked.code)
    with pytest.raises(AppointmentNotFound):
        await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    await counter.cancel(booked.reference, booked.code, key="turn-3")


async def test_an_appointment_moved_by_an_employee_is_shown_at_its_new_time(
    stub: QmaticStub, counter: LedgerAppointments
) -> None:
    booked = await book(counter)
    for stored in stub.booked.values():
        stored |= {"start": "2026-03-06T13:00:00.000+0000", "end": "2026-03-06T13:10:00.000+0000"}
    assert (await counter.get(booked.reference, booked.code)).start == local(FRIDAY, 14)


# Slow, failing, lying, empty, half down


@pytest.mark.parametrize("kind", ["slow", "status", "drop"])
@pytest.mark.parametrize("where", ["/dates;", "/times;", "/branches"])
async def test_half_a_system_is_said_honestly(stub: QmaticStub, counter: LedgerAppointments, kind: str, where: str) -> None:
    stub.faults.append(Fault(kind, where=where, code=503))
    with pytest.raises(AppointmentsUnavailable):
        await counter.locations(FOR_PASSPORT)
        await counter.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY)
        await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY)


async def test_a_hiccup_while_reading_goes_unnoticed(stub: QmaticStub, counter: LedgerAppointments) -> None:
    stub.faults.append(Fault("status", "GET", code=503, times=1))
    assert await counter.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY) == [FRIDAY]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("late", "POST"), id="booked, answered too late"),
        pytest.param(Fault("dies", "POST"), id="booked, died before it answered"),
        pytest.param(Fault("slow", "POST"), id="booked long after we stopped waiting"),
        pytest.param(Fault("drop", "POST"), id="cut off"),
        pytest.param(Fault("status", "POST"), id="500 that says nothing"),
        pytest.param(Fault("status", "POST", code=504), id="gateway time-out"),
        pytest.param(Fault("body", "POST", target="<html>"), id="no JSON"),
        pytest.param(Fault("body", "POST", target="{}"), id="empty answer"),
        pytest.param(Fault("lying", "POST"), id="another's appointment in the answer"),
    ],
)
async def test_when_it_is_unknown_whether_there_is_an_appointment_it_is_said_and_not_asked_twice(
    stub: QmaticStub, counter: LedgerAppointments, fault: Fault
) -> None:
    stub.faults.append(fault)
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            await book(counter)
    stub.faults.clear()
    stub.released.set()
    with pytest.raises(OutcomeUnknown):
        await book(counter)
    assert stub.bookings == 1
    assert (await book(counter, local(FRIDAY, 11), key="turn-2")).start == local(FRIDAY, 11)


async def test_another_citizens_appointment_in_an_answer_is_never_shown(stub: QmaticStub, counter: LedgerAppointments) -> None:
    booked = await book(counter)
    stub.faults.append(Fault("lying", "/appointments/"))
    with pytest.raises(AppointmentsUnavailable):
        await counter.get(booked.reference, booked.code)
    with pytest.raises(AppointmentsUnavailable):
        await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    assert len(stub.booked) == 1


@pytest.mark.parametrize("kind", ["moved", "elsewhere"])
async def test_an_answer_about_another_time_or_place_is_no_booking(
    stub: QmaticStub, counter: LedgerAppointments, kind: str
) -> None:
    stub.faults.append(Fault(kind, "POST"))
    with pytest.raises(OutcomeUnknown):
        await book(counter)


async def test_empty_lists_mean_that_there_is_nothing_free(stub: QmaticStub, counter: LedgerAppointments) -> None:
    stub.faults.append(Fault("empty"))
    assert await counter.locations(FOR_PASSPORT) == []
    assert await counter.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY) == []
    assert await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY) == []
    with pytest.raises(SlotTaken):
        await book(counter)
    assert stub.bookings == 0


@pytest.mark.parametrize("text", ["null", "[]", '{"dates": ["tomorrow"]}', '{"dates": [7]}', "\x00"])
async def test_an_answer_of_an_unexpected_form_is_no_answer(stub: QmaticStub, counter: LedgerAppointments, text: str) -> None:
    stub.faults.append(Fault("body", target=text))
    with pytest.raises(AppointmentsUnavailable):
        await counter.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY)


async def test_a_system_that_keeps_failing_is_left_alone_and_tried_again_later(
    stub: QmaticStub, url: str, redis_url: str, clock: Clock
) -> None:
    seconds = [0.0]
    async with ledger_at(redis_url) as ledger:
        counter = ledgered(qmatic_adapter(url), ledger, clock, failures=3, open_seconds=30.0, clock=lambda: seconds[0])
        stub.faults.append(Fault("status"))
        for _ in range(5):
            with pytest.raises(AppointmentsUnavailable):
                await counter.times(FOR_PASSPORT, TOWN_HALL.id, FRIDAY)
        asked = len(stub.requests)
        stub.faults.clear()
        with pytest.raises(AppointmentsUnavailable):
            await book(counter)
        assert len(stub.requests) == asked
        seconds[0] = 31.0
        assert (await book(counter)).start == NINE
        await counter.aclose()


async def test_a_taken_time_does_not_count_as_a_failure(stub: QmaticStub, url: str, redis_url: str, clock: Clock) -> None:
    async with ledger_at(redis_url) as ledger:
        counter = ledgered(qmatic_adapter(url), ledger, clock, failures=1)
        await book(counter)
        for n in range(3):
            with pytest.raises(SlotTaken):
                await book(counter, key=f"other-{n}")
        await counter.aclose()


# What Balie remembers


async def test_a_brain_that_is_killed_while_it_books_leaves_one_appointment(
    stub: QmaticStub, url: str, redis_url: str, counter: LedgerAppointments
) -> None:
    stub.faults.append(Fault("late", "POST"))
    brain = await asyncio.create_subprocess_exec(sys.executable, "-c", BRAIN, url, redis_url)
    async with asyncio.timeout(30):
        while not stub.booked:
            await asyncio.sleep(0.02)
    brain.kill()
    await brain.wait()
    stub.faults.clear()
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await book(counter)
    assert (stub.bookings, len(stub.booked)) == (1, 1)


BRAIN = """
import asyncio, sys
from tests.contract.appointment_suppliers import *
async def main(url, redis_url):
    async with ledger_at(redis_url) as ledger:
        counter = ledgered(qmatic_adapter(url), ledger, Clock())
        await counter.book(FOR_PASSPORT, TOWN_HALL.id, local(FRIDAY, 9), ANNA, key="turn-1")
asyncio.run(main(*sys.argv[1:]))
"""


async def test_without_its_memory_nothing_is_booked(stub: QmaticStub, url: str, own_redis: EmbeddedRedis, clock: Clock) -> None:
    async with ledger_at(own_redis.url) as ledger:
        counter = ledgered(qmatic_adapter(url), ledger, clock)
        own_redis.stop()
        with pytest.raises(AppointmentsUnavailable):
            await book(counter)
        assert stub.bookings == 0
        assert any("Redis" in fault for fault in await counter.check())
        await counter.aclose()


async def test_memory_lost_while_booking_is_said_and_not_booked_again(
    stub: QmaticStub, url: str, own_redis: EmbeddedRedis, clock: Clock
) -> None:
    async with ledger_at(own_redis.url) as ledger:
        counter = ledgered(qmatic_adapter(url), ledger, clock)
        stub.faults.append(Fault("late", "POST"))
        booking = asyncio.create_task(book(counter))
        async with asyncio.timeout(10):
            while not stub.booked:
                await asyncio.sleep(0.01)
        own_redis.stop()
        stub.released.set()
        with pytest.raises(OutcomeUnknown):
            await booking
        own_redis.start()
        with pytest.raises(OutcomeUnknown):
            await book(counter)
        assert stub.bookings == 1
        await counter.aclose()


class ForgetfulLedger(RedisLedger):
    """Doesn't answer a question that comes after an appointment was written."""

    wrote = False

    async def read(self, name: str) -> str | None:
        if self.wrote:
            raise self.failure("frozen")
        return await super().read(name)

    async def write(self, texts: Mapping[str, str], ttl_seconds: int) -> None:
        await super().write(texts, ttl_seconds)
        self.wrote = True


async def test_a_move_that_is_certain_is_told_though_the_memory_fails_after_it(
    stub: QmaticStub, url: str, redis_url: str, clock: Clock, counter: LedgerAppointments
) -> None:
    booked = await book(counter)
    async with ledger_at(redis_url) as ledger:
        forgetful = ForgetfulLedger(ledger._client, ledger._limits, "voorbeeld")
        shaky = ledgered(qmatic_adapter(url), forgetful, clock)
        moved = await shaky.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
        await shaky.aclose()
    assert (moved.start, moved.leftover) == (local(FRIDAY, 10), booked.reference)
    assert (await counter.get(booked.reference, booked.code)).leftover is None
    assert len(stub.booked) == 1


async def test_redis_holds_no_names_and_forgets(counter: LedgerAppointments, redis_url: str, clock: Clock) -> None:
    booked = await book(counter)
    await counter.move(booked.reference, booked.code, local(FRIDAY, 10), key="turn-2")
    await counter.cancel(booked.reference, booked.code, key="turn-3")
    with redis.Redis.from_url(redis_url) as client:
        names = list(client.scan_iter())
        stored = b"".join(name + (client.get(name) or b"") for name in names)
        lives = [client.ttl(name) for name in names]
    assert names
    for private in ("Anna", "Voorbeeld", ANNA.email, ANNA.phone or "", booked.code, "turn-"):
        assert private.encode() not in stored
    day = timedelta(days=1).total_seconds()
    longest = (local(FRIDAY, 10) - clock.now).total_seconds() + 30 * day
    assert all(day - 60 <= life <= longest for life in lives)


async def test_nothing_private_is_logged_or_told_in_an_error(
    stub: QmaticStub, counter: LedgerAppointments, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stub.faults.append(Fault("status", "POST"))
    with capture_logs() as logs, pytest.raises(OutcomeUnknown) as caught:
        await book(counter)
    assert logs[0]["event"] == "appointment_outcome_unknown"
    told = str(logs) + caplog.text + repr(caught.value) + repr(caught.value.__cause__) + repr(ANNA)
    for private in ("Anna", ANNA.email, ANNA.phone or "", "a-key-of-the-stub"):
        assert private not in told


# Choosing Qmatic for a municipality


@pytest.fixture
def chosen(tmp_path: Path) -> Callable[..., Settings]:
    """Settings of a municipality whose appointments are at Qmatic, with these changes in gemeente.yml."""

    def choose(**changes: Any) -> Settings:
        folder = tmp_path / "gemeenten" / "voorbeeld"
        shutil.copytree(FOLDER / "voorbeeld", folder, dirs_exist_ok=True)
        file = yaml.safe_load((folder / "gemeente.yml").read_text())
        products = {"paspoort": "Paspoort", "rijbewijs": "Verhuizing_doorgeven"}
        file["suppliers"]["appointments"] = {"supplier": "qmatic", "products": products, "locations": {"stadhuis": STADHUIS}}
        file["suppliers"]["appointments"] |= changes
        (folder / "gemeente.yml").write_text(yaml.safe_dump(file, allow_unicode=True))
        own = {("qmatic_api_key", "voorbeeld"): API_KEY}
        return Settings(gemeenten="voorbeeld", gemeenten_dir=str(tmp_path / "gemeenten"), data_dir=str(tmp_path), own=own)

    return choose


async def test_a_municipality_chooses_qmatic_in_its_file(
    stub: QmaticStub, url: str, redis_url: str, clock: Clock, chosen: Callable[..., Settings]
) -> None:
    services = build(chosen(url=url), redis_url)
    services.now = clock
    counter = services.appointments("voorbeeld")
    assert [product.id for product in await counter.products()] == ["paspoort", "rijbewijs"]
    booked = await counter.book(FOR_PASSPORT, "stadhuis", NINE, ANNA, key="turn-1")
    assert booked.bring  # from gemeente.yml
    assert (await counter.get(booked.reference, booked.code)).start == NINE
    assert await counter.check() == []
    await services.aclose()


def test_a_choice_that_lacks_something_is_refused_with_every_fault(chosen: Callable[..., Settings]) -> None:
    settings = replace(chosen(products={"toverdrank": "x"}, locations={}), own={})
    with pytest.raises(SettingsError) as caught:
        build(settings, "redis://nowhere")
    text = str(caught.value)
    assert "needs BALIE_QMATIC_API_KEY" in text
    assert "needs url, locations" in text
    assert "names 'toverdrank', which is no product or location of gemeente.yml" in text


# check-connections


async def test_the_check_names_every_fault(stub: QmaticStub, url: str) -> None:
    stub.services["Dicht"] = Service("Dicht", 10, 10, active=False)
    stub.branches[STADHUIS].time_zone = "Europe/London"
    stub.branches[STADHUIS].services = []
    products = {"paspoort": "Paspoort", "rijbewijs": "Nergens", "vog": "Dicht"}
    qmatic = qmatic_adapter(url, products=products, locations={"stadhuis": STADHUIS, "noord": "onbekend"})
    assert await qmatic.check() == [
        "product 'rijbewijs': Qmatic has no service 'Nergens'",
        "product 'vog': the service 'Dicht' is not active and open to the public at Qmatic",
        f"location 'stadhuis': the branch '{STADHUIS}' has time zone Europe/London, not Europe/Amsterdam",
        "location 'noord': Qmatic has no branch 'onbekend'",
        f"location 'stadhuis': the branch '{STADHUIS}' handles none of our products",
    ]
    await qmatic.aclose()


async def test_the_check_tells_a_wrong_key_from_a_system_that_is_not_there(stub: QmaticStub, url: str) -> None:
    wrong, nowhere = qmatic_adapter(url, api_key="guessed"), qmatic_adapter("http://127.0.0.1:9/qmatic")
    assert "BALIE_QMATIC_API_KEY" in (await wrong.check())[0]
    assert "no connection" in (await nowhere.check())[0]
    stub.faults.append(Fault("body", target="<html>"))
    assert len(await qmatic_adapter(url).check()) == 1
    for adapter in (wrong, nowhere):
        await adapter.aclose()


# Against what was recorded


def recorded() -> dict[tuple[str, str], dict[str, Any]]:
    """What a Qmatic answered, by method and path; the first of equal requests."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted((Path(STANDARDS) / "appointments" / "qmatic").glob("*.yaml")):
        for exchange in yaml.load(path.read_text(), yaml.CSafeLoader)["interactions"]:
            request = exchange["request"]
            found.setdefault((request["method"], request["uri"].partition("/public/api")[2]), exchange)
    return found


@needs_standards
async def test_what_was_recorded_is_understood() -> None:
    exchanges = recorded()
    branch = "f19fa2030bd653d429c42772209ba60cdcb60c5f1fa18a95c4d72b250a1c5f58"
    sent = []

    async def replay(request: web.Request) -> web.Response:
        exchange = exchanges[request.method, request.rel_url.raw_path.partition("/public/api")[2]]
        sent.append((await request.read(), exchange["request"]["body"]))
        response = exchange["response"]
        return web.Response(status=response["status"]["code"], text=response["body"]["string"])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", replay)
    names = {"id_kaart": "Identiteitskaart", "kind": "Kind"}
    services = {"id_kaart": "Identiteitskaart", "kind": "Achternaam_kind_kiezen"}
    async with server.serving(app) as root:
        qmatic = Qmatic(f"{root}/public/api", "", services, {"kcc": branch}, names, 5.0)
        items, day = [Item("id_kaart")], date(2023, 10, 23)
        times = await qmatic.times(items, "kcc", day)
        assert (await qmatic.days([Item("kind")], "kcc", day, day))[0] == date(2023, 10, 30)
        booked = await qmatic.create(items, "kcc", times[0], ANNA, "AUTOMATED TEST")  # in the recorded notes
        await qmatic.delete(booked.id)
        await qmatic.aclose()
    assert (times[0].isoformat(), len(times)) == ("2023-10-23T08:45:00+02:00", 21)
    assert (booked.start, booked.end) == (times[0], times[0] + timedelta(minutes=10))
    assert booked.customer == Customer("TEST (automated)", "automated-test@example.com")
    asked, then = next((json.loads(ours), json.loads(theirs)) for ours, theirs in sent if ours)
    assert asked.keys() == then.keys()
    assert asked["services"] == then["services"]
    assert set(then["customers"][0]) <= set(asked["customers"][0])


@needs_standards
async def test_the_stub_answers_with_fields_that_were_recorded(stub: QmaticStub, qmatic: Qmatic) -> None:
    exchanges = recorded()
    booking = next(exchange for (method, _), exchange in exchanges.items() if method == "POST")
    real = json.loads(booking["response"]["body"]["string"])
    booked = await qmatic.create(FOR_PASSPORT, TOWN_HALL.id, NINE, ANNA, "A7K-2FQ9")
    stubbed = stub.booked[booked.id]
    assert stubbed.keys() <= real.keys()
    for name in ("customers", "services"):
        assert stubbed[name][0].keys() <= real[name][0].keys()
    assert stubbed["branch"].keys() <= real["branch"].keys()
    assert len(stubbed["start"]) == len(real["start"])
