"""A citizen who was told "we call you" is called once, whatever fails between here and the contact register."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.contacts import CallbackRefused, ContactsUnavailable
from bot.contacts.outbox import OutboxContacts, missing
from bot.contacts.references import mark, number_of
from bot.conversation import keys
from bot.conversation.redis import EmbeddedRedis, StoreUnavailable
from bot.settings import ROOT, Settings, env_name
from bot.wiring import Services, build
from tests import register_fixtures
from tests.conftest import EdgeFactory
from tests.register_fixtures import ANNA, BRAM, DOWN, GEMEENTE, Clock, caught_up, numbers, town
from tests.stubs.faults import Fault
from tests.stubs.openklant import OpenKlantStub

STEPS = ("actoren", "klantcontacten", "betrokkenen", "digitaleadressen", "onderwerpobjecten", "internetaken")
ONE_OF_EACH = dict.fromkeys(STEPS, 1)
stub, clock = register_fixtures.stub, register_fixtures.clock


Opener = Callable[..., contextlib.AbstractAsyncContextManager[Services]]


@pytest.fixture
def opened(tmp_path: Path, stub: OpenKlantStub, clock: Clock, redis_url: str) -> Opener:
    """Opens the services of one more process of the same installation; keyword arguments change settings."""
    settings = Settings(**town(tmp_path, stub.url), data_dir=str(tmp_path / "var"))

    @contextlib.asynccontextmanager
    async def opener(url: str = redis_url, **changes: object) -> AsyncIterator[Services]:
        services = build(replace(settings, **changes), url)  # type: ignore[arg-type]
        services.now = clock
        try:
            yield services
        finally:
            await services.aclose()

    return opener


@pytest.fixture
async def services(opened: Opener) -> AsyncIterator[Services]:
    async with opened() as services:
        yield services


@pytest.fixture
def contacts(services: Services) -> OutboxContacts:
    return services.contacts(GEMEENTE)


# A register that is down


async def test_a_register_that_is_down_for_an_hour_loses_nothing_and_doubles_nothing(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock
) -> None:
    stub.faults = [DOWN]
    told = {}
    for minute in range(60):
        if minute % 6 == 0:
            asked = replace(ANNA, conversation=f"c_{minute}")
            told[minute] = (await contacts.register(asked, key=f"turn-{minute}")).reference
        await caught_up(contacts)
        clock.later(minutes=1)
    assert stub.count() == dict.fromkeys(STEPS, 0)
    assert [each.reference for each in missing(await contacts.unwritten(), set())] == list(told.values())
    stub.faults = []
    clock.later(minutes=15)
    await caught_up(contacts)
    assert sorted(numbers(stub)) == sorted(str(number_of(reference)) for reference in told.values())
    assert stub.count()["internetaken"] == stub.count()["klantcontacten"] == len(told) == 10
    for minute, reference in told.items():
        assert (await contacts.register(ANNA, key=f"turn-{minute}")).reference == reference
    assert stub.count()["klantcontacten"] == 10
    assert await contacts.figures() == (0, 0.0)


async def test_tries_come_ever_less_often_up_to_a_limit_and_all_at_once_when_it_answers_again(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock
) -> None:
    stub.faults = [DOWN]
    await contacts.register(ANNA, key="turn-1")
    await contacts.register(BRAM, key="turn-2")
    tried = []
    for second in range(4000):
        before = len(stub.called)
        await contacts.catch_up(1)
        if len(stub.called) > before:
            tried.append(second)
        clock.later(seconds=1)
    pauses = [b - a for a, b in zip(tried[::2], tried[2::2], strict=False)]
    assert pauses[:6] == [20, 40, 80, 160, 320, 640]
    assert set(pauses[6:]) == {900}
    await contacts.register(replace(BRAM, conversation="c_late"), key="turn-3")
    stub.faults = []
    clock.later(seconds=15)
    assert await contacts.catch_up(1)
    assert stub.count()["internetaken"] == 1  # the last one; the turn of the others would be in a quarter of an hour
    await caught_up(contacts)
    assert stub.count()["internetaken"] == 3


async def test_normally_the_request_is_in_the_register_before_the_citizen_hears_so(
    stub: OpenKlantStub, contacts: OutboxContacts, services: Services
) -> None:
    registered = await contacts.register(ANNA, key="turn-1")
    assert numbers(stub) == numbers(stub, "klantcontacten") == [str(number_of(registered.reference))]
    assert await services.redis.exists(keys.outbox(GEMEENTE), keys.outbox_since(GEMEENTE), keys.outbox_taken(GEMEENTE)) == 0


# Processes that die


@pytest.mark.parametrize(
    "step, acted",
    [("GET /klantcontacten", True), ("POST /klantcontacten", True), ("POST /betrokkenen", False), ("POST /internetaken", True)],
)
async def test_a_process_that_is_killed_half_way_is_taken_over(
    stub: OpenKlantStub, opened: Opener, redis_url: str, step: str, acted: bool
) -> None:
    async with opened(callback_lease_seconds=0.5) as services:
        changed = services.settings
        names = ("gemeenten", "gemeenten_dir", "data_dir", "klantinteracties_token", "callback_lease_seconds")
        own = {env_name(name): str(getattr(changed, name)) for name in names}
        if not acted:
            stub.faults = [Fault("drop", step, times=1)]
        process: list[subprocess.Popen[bytes]] = []
        stub.before[step] = lambda: os.kill(process[0].pid, signal.SIGKILL)
        process.append(subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "tests.faults.registering", "turn-1"], cwd=ROOT,
            env=os.environ | own | {env_name("redis_url"): redis_url}, start_new_session=True,
        ))
        assert await asyncio.to_thread(process[0].wait, 60) == -signal.SIGKILL
        assert (await services.contacts(GEMEENTE).figures())[0] == 1
        registrar = asyncio.create_task(services.registrar().run())
        async with asyncio.timeout(30):
            while (await services.contacts(GEMEENTE).figures())[0]:
                await asyncio.sleep(0.05)
        registrar.cancel()
        assert stub.count() == ONE_OF_EACH
        # And the turn itself is done again by another brain.
        again = await services.contacts(GEMEENTE).register(ANNA, key="turn-1")
        assert numbers(stub) == [str(number_of(again.reference))]
        assert stub.count() == ONE_OF_EACH


async def test_two_processes_and_a_repeated_turn_at_the_same_moment_make_one_request(
    stub: OpenKlantStub, opened: Opener, contacts: OutboxContacts, clock: Clock
) -> None:
    stub.faults = [Fault("status", "POST /klantcontacten", code=503, times=1)]
    told = await contacts.register(ANNA, key="turn-1")
    clock.later(seconds=30)
    async with opened() as other:
        results = await asyncio.gather(
            contacts.register(ANNA, key="turn-1"), other.contacts(GEMEENTE).register(ANNA, key="turn-1"),
            contacts.catch_up(4), other.contacts(GEMEENTE).catch_up(4),
        )
    assert results[:2] == [told, told]
    clock.later(hours=1)
    await caught_up(contacts)
    assert stub.count() == ONE_OF_EACH
    assert (await contacts.figures())[0] == 0


# A store that dies


async def test_what_was_promised_survives_a_restart_of_the_store(
    stub: OpenKlantStub, opened: Opener, own_redis: EmbeddedRedis, clock: Clock
) -> None:
    stub.faults = [DOWN]
    async with opened(own_redis.url) as services:
        told = await services.contacts(GEMEENTE).register(ANNA, key="turn-1")
    own_redis.stop()
    async with opened(own_redis.url, store_timeout_seconds=0.5) as services:
        with pytest.raises(StoreUnavailable):
            await services.contacts(GEMEENTE).register(BRAM, key="turn-2")
    assert stub.count()["klantcontacten"] == 0
    own_redis.start()
    stub.faults = []
    clock.later(minutes=1)
    async with opened(own_redis.url) as services:
        await caught_up(services.contacts(GEMEENTE))
    assert numbers(stub) == [str(number_of(told.reference))]


async def test_a_store_that_stops_after_the_writing_makes_no_second_request(
    stub: OpenKlantStub, opened: Opener, own_redis: EmbeddedRedis
) -> None:
    async with opened(own_redis.url, store_timeout_seconds=0.5) as services:
        await services.contacts(GEMEENTE).figures()
        stub.before["POST /internetaken"] = own_redis.stop
        told = await services.contacts(GEMEENTE).register(ANNA, key="turn-1")
    own_redis.start()
    async with opened(own_redis.url, callback_lease_seconds=0.1) as services:
        assert (await services.contacts(GEMEENTE).register(ANNA, key="turn-1")) == told
        assert (await services.contacts(GEMEENTE).figures())[0] == 0
    assert stub.count() == ONE_OF_EACH


async def test_when_too_much_waits_nothing_more_is_promised(stub: OpenKlantStub, opened: Opener) -> None:
    stub.faults = [DOWN]
    async with opened(max_callbacks_waiting=1) as services:
        contacts = services.contacts(GEMEENTE)
        await contacts.register(ANNA, key="turn-1")
        with pytest.raises(ContactsUnavailable):
            await contacts.register(BRAM, key="turn-2")
        assert (await contacts.register(ANNA, key="turn-1")).reference
        assert (await contacts.figures())[0] == 1


async def test_at_rest_nobody_can_read_who_asked(stub: OpenKlantStub, contacts: OutboxContacts, services: Services) -> None:
    stub.faults = [DOWN]
    await contacts.register(ANNA, key="a-key-of-the-turn")
    kept = ""
    async for key in services.redis.scan_iter():
        kept += f"{key} {await services.redis.dump(key)}"  # type: ignore[misc]
    personal = (ANNA.name, ANNA.phone, ANNA.summary, ANNA.conversation, ANNA.zaaknummer, "a-key-of-the-turn")
    assert not [value for value in personal if value and value in kept]
    (item,) = (await contacts.unwritten()).values()
    assert not [value for value in (ANNA.name, ANNA.phone, ANNA.summary, ANNA.zaaknummer) if value and value in repr(item)]


# Whoever looks after the installation


async def test_a_running_edge_writes_what_waits_and_tells_how_much_that_is(
    make_edge: EdgeFactory, stub: OpenKlantStub, tmp_path: Path
) -> None:
    stub.faults = [DOWN]
    edge = await make_edge(**town(tmp_path, stub.url), callback_retry_seconds=0.1, callback_poll_seconds=0.05)
    told = await edge.services.contacts(GEMEENTE).register(ANNA, key="turn-1")

    async def figure(name: str) -> float:
        lines = (await edge.call("GET", "/metrics")).text.splitlines()
        return float(next(line.split()[-1] for line in lines if line.startswith(f'{name}{{gemeente="{GEMEENTE}"}}')))

    assert await figure("balie_callbacks_unwritten") == 1
    assert await figure("balie_callback_unwritten_seconds") > 0
    stub.faults = []
    async with asyncio.timeout(20):
        while await figure("balie_callbacks_unwritten"):
            await asyncio.sleep(0.05)
    assert await figure("balie_callback_unwritten_seconds") == 0
    assert numbers(stub) == [str(number_of(told.reference))]


async def test_the_check_tells_of_call_backs_that_wait_too_long(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock
) -> None:
    stub.faults = [DOWN]
    await contacts.register(ANNA, key="turn-1")
    stub.faults = []
    assert await contacts.check() == []
    clock.later(minutes=20)
    (fault,) = await contacts.check()
    assert "1 call-back(s)" in fault
    assert "20 minutes" in fault


async def test_the_check_of_the_register_needs_no_store(stub: OpenKlantStub, opened: Opener) -> None:
    async with opened("unix:///nowhere") as services:
        assert await services.contacts(GEMEENTE).check() == []


# What the register doesn't take


async def test_a_number_that_is_refused_at_once_is_asked_for_again(stub: OpenKlantStub, contacts: OutboxContacts) -> None:
    for _ in range(2):
        with pytest.raises(CallbackRefused) as refused:
            await contacts.register(replace(ANNA, phone="0800"), key="turn-1")
        assert refused.value.field == "phone"
    assert (await contacts.figures())[0] == 0
    assert await contacts.open(5) == []
    await contacts.register(ANNA, key="turn-1")  # the same turn with a better number
    assert stub.count() == ONE_OF_EACH


async def test_a_number_that_is_refused_later_waits_for_a_person_and_is_not_tried_again(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.faults = [DOWN]
    told = await contacts.register(ANNA, key="turn-1")
    stub.faults = []
    monkeypatch.setattr("tests.stubs.openklant.PHONE", re.compile("nothing"))  # a register with stricter rules
    clock.later(minutes=1)
    await caught_up(contacts)
    (item,) = (await contacts.unwritten()).values()
    assert (item.problem, item.field, item.request and item.request.phone) == ("refused", "phone", ANNA.phone)
    called = len(stub.called)
    clock.later(days=2)
    await caught_up(contacts)
    assert len(stub.called) == called
    assert await contacts.register(ANNA, key="turn-1") == told
    assert [each.reference for each in await contacts.open(5)] == [told.reference]
    await contacts.done(told.reference, "Opgelost")
    assert await contacts.open(5) == []
    assert await contacts.register(ANNA, key="turn-1") == told  # a late repetition revives nothing
    assert await contacts.open(5) == []
    assert stub.count()["internetaken"] == 0


async def test_a_taken_number_is_another_number_before_the_citizen_hears_it(
    stub: OpenKlantStub, contacts: OutboxContacts
) -> None:
    marks = [mark(f"{Settings().secret}\n{GEMEENTE}".encode(), "turn-1", attempt) for attempt in range(2)]
    theirs = {"kanaal": "mail", "onderwerp": "x", "taal": "nld", "vertrouwelijk": False}
    stub.add("klantcontacten", referentienummer=str(marks[0].number), **theirs)
    registered = await contacts.register(ANNA, key="turn-1")
    assert registered.reference == marks[1].reference
    assert await contacts.register(ANNA, key="turn-1") == registered
    assert numbers(stub) == [str(marks[1].number)]
    assert (await contacts.figures())[0] == 0


@pytest.mark.parametrize("name", ["klantcontacten", "internetaken"])
async def test_a_number_that_somebody_else_takes_after_it_was_told_waits_for_a_person(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock, name: str
) -> None:
    stub.faults = [DOWN]
    told = await contacts.register(ANNA, key="turn-1")
    stub.faults = []
    number = str(number_of(told.reference))
    theirs = stub.add("klantcontacten", referentienummer=number if name == "klantcontacten" else None, kanaal="mail",
                      onderwerp="x", taal="nld", vertrouwelijk=False)
    if name == "internetaken":
        stub.add("internetaken", gevraagdeHandeling="x", status="te_verwerken", referentienummer=number,
                 aanleidinggevendKlantcontact={"uuid": theirs["uuid"]})
    clock.later(minutes=1)
    await caught_up(contacts)
    (item,) = (await contacts.unwritten()).values()
    assert item.problem == "taken"
    assert stub.count()["klantcontacten"] == 1  # only theirs
    await contacts.done(told.reference, "Opgelost")
    assert await contacts.open(5) == []
    assert [task["status"] for task in stub.data["internetaken"]] in ([], ["te_verwerken"])  # theirs is not done


async def test_with_another_secret_a_request_is_seen_and_stays(stub: OpenKlantStub, opened: Opener, clock: Clock) -> None:
    stub.faults = [DOWN]
    async with opened() as before:
        told = await before.contacts(GEMEENTE).register(ANNA, key="turn-1")
    stub.faults = []
    clock.later(minutes=1)
    async with opened(secret="another secret of the same installation") as services:
        await caught_up(services.contacts(GEMEENTE))
        (task,) = (await services.tasks(GEMEENTE).list()).tasks
        assert (task.callback.reference, task.unwritten and task.unwritten.problem) == (told.reference, "unreadable")
    clock.later(hours=1)
    async with opened() as again:
        await caught_up(again.contacts(GEMEENTE))
    assert stub.count() == ONE_OF_EACH


async def test_an_item_of_another_version_is_seen_and_stops_no_other(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock
) -> None:
    stub.faults = [DOWN]
    hers, his = await contacts.register(ANNA, key="turn-1"), await contacts.register(BRAM, key="turn-2")
    kept = await contacts._outbox.find(hers.reference)
    assert kept and kept.body
    assert await contacts._outbox.change(kept, kept.body | {"of_a_later_version": True}, clock.now.timestamp())
    stub.faults = []
    clock.later(minutes=1)
    await caught_up(contacts)
    assert [task["referentienummer"] for task in stub.data["internetaken"]] == [str(number_of(his.reference))]
    assert (await contacts.unwritten())[hers.reference].problem == "unreadable"
    kept = await contacts._outbox.find(hers.reference)
    assert kept and kept.body and kept.body["request"]["name"] == ANNA.name  # whoever can read it finds it as it was


# What employees did while the register was down


async def test_what_an_employee_did_reaches_the_register_when_it_answers_again(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock
) -> None:
    hers, his = await contacts.register(ANNA, key="turn-1"), await contacts.register(BRAM, key="turn-2")
    stub.faults = [DOWN]
    await contacts.tried(hers.reference, clock.now, "Voicemail")
    await contacts.done(his.reference, "Opgelost, door Sanne")
    await contacts.done(his.reference, "Iets anders, door Fatma")
    assert (await contacts.figures())[0] == 2
    stub.faults = []
    clock.later(minutes=1)
    await caught_up(contacts)
    tasks = {task["referentienummer"]: task for task in stub.data["internetaken"]}
    assert "Niet bereikt: 1 keer" in tasks[str(number_of(hers.reference))]["toelichting"]
    assert "Voicemail" in tasks[str(number_of(hers.reference))]["toelichting"]
    done = tasks[str(number_of(his.reference))]
    assert (done["status"], done["toelichting"].splitlines()[-1]) == ("verwerkt", "Afgehandeld: Opgelost, door Sanne")
    assert [each.tries for each in await contacts.open(5)] == [1]


async def test_a_citizen_who_was_called_before_the_register_knew_is_written_as_done(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock
) -> None:
    stub.faults = [DOWN]
    told = await contacts.register(ANNA, key="turn-1")
    await contacts.tried(told.reference, clock.now)
    await contacts.done(told.reference, "Opgelost, door Sanne")
    stub.faults = []
    clock.later(minutes=1)
    await caught_up(contacts)
    assert stub.count() == ONE_OF_EACH
    assert stub.data["internetaken"][0]["status"] == "verwerkt"
    assert await contacts.open(5) == []


async def test_what_an_employee_does_while_it_is_being_written_is_not_lost(
    stub: OpenKlantStub, contacts: OutboxContacts, opened: Opener, clock: Clock
) -> None:
    stub.faults = [DOWN]
    told = await contacts.register(ANNA, key="turn-1")
    clock.later(minutes=1)
    stub.faults = [Fault("slow", "POST /internetaken", times=1)]
    writing = asyncio.create_task(contacts.catch_up(1))
    async with opened() as other, asyncio.timeout(20):
        while "POST /internetaken" not in stub.called:
            await asyncio.sleep(0.01)
        await other.contacts(GEMEENTE).done(told.reference, "Opgelost, door Sanne")
        stub.released.set()
        await writing
        await caught_up(other.contacts(GEMEENTE))
    assert [task["status"] for task in stub.data["internetaken"]] == ["verwerkt"]
    assert (await contacts.figures())[0] == 0


async def test_an_item_that_fails_in_a_way_nobody_foresaw_is_tried_again_and_stops_no_other(
    stub: OpenKlantStub, contacts: OutboxContacts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.faults = [DOWN]
    await contacts.register(ANNA, key="turn-1")
    await contacts.register(BRAM, key="turn-2")
    stub.faults = []
    real = type(contacts._register).register

    async def poisoned(self: object, request: object, **how: str) -> object:
        if request == replace(ANNA, team="sociaal"):
            raise RuntimeError("a fault of ours")
        return await real(self, request, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(type(contacts._register), "register", poisoned)
    clock.later(minutes=1)
    await caught_up(contacts)
    assert stub.count()["internetaken"] == 1
    assert (await contacts.figures())[0] == 1
    monkeypatch.undo()
    clock.later(hours=1)
    await caught_up(contacts)
    assert stub.count()["internetaken"] == 2
