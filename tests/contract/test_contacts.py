"""What every contact register must do for the counter, and below it what only the demonstration one promises.

A register joins by adding itself to REGISTERS: given a folder and a clock it returns a function that opens one more
adapter on the same contacts. Each is tried alone and behind the outbox that the counter uses.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.contacts import CallbackNotFound, CallbackRequest, Contacts, ContactsUnavailable, ReferenceTaken
from bot.contacts.demo import DemoContacts
from bot.contacts.openklant import OpenKlantContacts
from bot.contacts.openklant_team import Actor
from bot.contacts.outbox import OutboxContacts
from bot.contacts.references import mark
from bot.conversation.outbox import Outbox
from bot.conversation.redis import connect
from tests.stubs.openklant import TOKEN, OpenKlantStub

ZAAK = "https://zaken.example/zaken/api/v1/zaken/8b0f1c5e-5a0f-4c7e-9a52-3f1f0b6f7d21"
ANNA = CallbackRequest(
    "Anna Voorbeeld", "0612345678", "morgenochtend", "bijstand", "Vraag over bijstand", "c-anna", ZAAK, zaaknummer="ZAAK-2026-77"
)
BRAM = CallbackRequest("Bram Proef", "0201234567", "vandaag na 15 uur", None, "Wil een medewerker spreken", "c-bram")
SECRET = b"secret"


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


OpenAdapter = Callable[[], Contacts]


@asynccontextmanager
async def demo_register(folder: Path, clock: Clock) -> AsyncIterator[OpenAdapter]:
    yield lambda: DemoContacts(folder / "contacts.db", now=clock, busy_seconds=30.0)


@asynccontextmanager
async def openklant_register(folder: Path, clock: Clock) -> AsyncIterator[OpenAdapter]:
    opened: list[OpenKlantContacts] = []

    def one_more() -> OpenKlantContacts:
        actor, actors = Actor("Klantcontactcentrum", "KCC"), {"sociaal": Actor("Sociaal domein", "SD")}
        opened.append(
            OpenKlantContacts(stub.url, TOKEN, actor, secret=SECRET, budget_seconds=30.0, now=clock, actors=actors)
        )
        return opened[-1]

    async with OpenKlantStub(now=clock, page_size=7) as stub:
        yield one_more
        for adapter in opened:
            await adapter.aclose()


REGISTERS: dict[str, Callable[[Path, Clock], AbstractAsyncContextManager[OpenAdapter]]] = {
    "demo": demo_register, "openklant": openklant_register,
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[*REGISTERS, *(f"{name} behind its outbox" for name in REGISTERS)])
async def open_adapter(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, redis_url: str
) -> AsyncIterator[OpenAdapter]:
    name = request.param.partition(" ")[0]
    async with REGISTERS[name](tmp_path, clock) as opened:
        if name == request.param:
            yield opened
            return
        client = connect(redis_url, 5.0)
        outbox = Outbox(client, "voorbeeld", "secret", lease_seconds=30.0, memory_seconds=600, most=100)
        yield lambda: OutboxContacts(opened(), outbox, secret=SECRET, now=clock)
        await client.aclose()


@pytest.fixture
async def contacts(open_adapter: OpenAdapter) -> AsyncIterator[Contacts]:
    adapter = open_adapter()
    yield adapter
    await adapter.aclose()


async def test_an_employee_finds_the_request_with_all_that_the_citizen_said(contacts: Contacts, clock: Clock) -> None:
    registered = await contacts.register(ANNA, key="turn-1")
    (waiting,) = await contacts.open(10)
    assert (waiting.reference, waiting.request, waiting.registered) == (registered.reference, ANNA, clock.now)
    assert waiting.registered.utcoffset() is not None


async def test_who_waits_longest_comes_first(contacts: Contacts, clock: Clock) -> None:
    requests = [replace(ANNA, conversation=f"c-{n}") for n in range(4)]
    for n, request in enumerate(requests):
        await contacts.register(request, key=f"turn-{n}")
        clock.now += timedelta(hours=1)
    assert [each.request for each in await contacts.open(3)] == requests[:3]
    assert await contacts.open(0) == []


async def test_the_same_key_registers_once(contacts: Contacts, open_adapter: OpenAdapter) -> None:
    first = await contacts.register(ANNA, key="turn-1")
    assert await open_adapter().register(ANNA, key="turn-1") == first
    assert await contacts.register(BRAM, key="turn-1") == first
    assert [each.request for each in await contacts.open(10)] == [ANNA]


async def test_the_same_key_at_the_same_moment_registers_once(open_adapter: OpenAdapter) -> None:
    adapters = [open_adapter(), open_adapter()]
    results = await asyncio.gather(*(adapters[n % 2].register(ANNA, key="turn-1") for n in range(10)))
    assert results == [results[0]] * 10
    assert len(await adapters[0].open(10)) == 1


async def test_twenty_citizens_at_once_are_all_registered(open_adapter: OpenAdapter) -> None:
    adapters = [open_adapter(), open_adapter()]
    results = await asyncio.gather(*(adapters[n % 2].register(ANNA, key=f"turn-{n}") for n in range(20)))
    assert {each.reference for each in await adapters[0].open(50)} == {each.reference for each in results}
    assert len(set(results)) == 20


async def test_a_request_that_is_done_no_longer_waits(contacts: Contacts) -> None:
    hers = await contacts.register(ANNA, key="turn-1")
    his = await contacts.register(BRAM, key="turn-2")
    await contacts.done(hers.reference, "gesproken")
    assert [each.reference for each in await contacts.open(10)] == [his.reference]


async def test_done_again_is_no_error_and_a_late_repetition_revives_nothing(contacts: Contacts) -> None:
    hers = await contacts.register(ANNA, key="turn-1")
    await contacts.done(hers.reference, "gesproken")
    await contacts.done(hers.reference, "geen gehoor")
    assert await contacts.register(ANNA, key="turn-1") == hers
    assert await contacts.open(10) == []


async def test_an_unknown_reference_cannot_be_done(contacts: Contacts) -> None:
    await contacts.register(ANNA, key="turn-1")
    with pytest.raises(CallbackNotFound):
        await contacts.done("C-AAAAAA", "gesproken")
    assert len(await contacts.open(10)) == 1


async def test_nothing_is_wrong_with_a_register_that_works(contacts: Contacts) -> None:
    assert await contacts.check() == []
    assert await contacts.open(10) == []


def test_a_request_in_a_log_line_shows_no_personal_data() -> None:
    shown = repr(ANNA)
    assert not [value for value in (ANNA.name, ANNA.phone, ANNA.summary, ZAAK, ANNA.zaaknummer) if value in shown]


# The reference that a citizen has already


async def test_the_reference_that_was_told_is_the_one_in_the_register(contacts: Contacts) -> None:
    told = mark(SECRET, "turn-1").reference
    assert (await contacts.register(ANNA, key="turn-1", reference=told)).reference == told
    assert (await contacts.register(ANNA, key="turn-1", reference=told)).reference == told
    assert [each.reference for each in await contacts.open(5)] == [told]
    await contacts.done(told.lower(), "gesproken")
    assert await contacts.open(5) == []


# Teams


async def test_each_team_finds_the_requests_about_its_topics(contacts: Contacts, clock: Clock) -> None:
    hers, his = replace(ANNA, team="sociaal"), replace(BRAM, team="algemeen")
    await contacts.register(hers, key="turn-1")
    clock.now += timedelta(minutes=1)
    await contacts.register(his, key="turn-2")
    assert [each.request for each in await contacts.open(5)] == [hers, his]


# Called in vain


async def test_a_call_in_vain_is_counted_once_and_the_request_still_waits(contacts: Contacts, clock: Clock) -> None:
    hers = await contacts.register(ANNA, key="turn-1")
    assert [each.tries for each in await contacts.open(5)] == [0]
    first, second = clock.now + timedelta(hours=1), clock.now + timedelta(hours=3)
    for moment in (first, first, second, first):
        await contacts.tried(hers.reference, moment, "Voicemail")
    (waiting,) = await contacts.open(5)
    assert (waiting.request, waiting.tries) == (ANNA, 2)


async def test_what_is_done_is_not_called_again(contacts: Contacts, clock: Clock) -> None:
    hers = await contacts.register(ANNA, key="turn-1")
    await contacts.done(hers.reference, "gesproken")
    await contacts.tried(hers.reference, clock.now, "")
    assert await contacts.open(5) == []


async def test_an_unknown_reference_cannot_be_called_in_vain(contacts: Contacts, clock: Clock) -> None:
    for unknown in ("C-AAAAAA", mark(SECRET, "turn-9").reference):
        with pytest.raises(CallbackNotFound):
            await contacts.tried(unknown, clock.now)


# What only the demonstration register promises


def stored(folder: Path) -> str:
    """All bytes on the disk: what SQLite no longer shows may still be there."""
    return b"".join(file.read_bytes() for file in folder.iterdir()).decode(errors="replace")


async def test_a_reference_of_somebody_else_is_not_given_again(tmp_path: Path) -> None:
    contacts = DemoContacts(tmp_path / "contacts.db")
    hers = await contacts.register(ANNA, key="turn-1", reference="A7K-2FQ9")
    with pytest.raises(ReferenceTaken):
        await contacts.register(BRAM, key="turn-2", reference=hers.reference)
    assert [each.request for each in await contacts.open(5)] == [ANNA]


async def test_a_reference_can_be_read_aloud(tmp_path: Path) -> None:
    registered = await DemoContacts(tmp_path / "contacts.db").register(ANNA, key="turn-1")
    assert re.fullmatch("C-[A-HJKMNP-Z2-9]{6}", registered.reference)


async def test_what_is_done_is_forgotten_except_the_first_outcome(tmp_path: Path) -> None:
    contacts = DemoContacts(tmp_path / "contacts.db")
    hers = await contacts.register(ANNA, key="turn-1")
    assert ANNA.phone in stored(tmp_path)
    await contacts.done(f" {hers.reference.lower()}", "gesproken")
    await contacts.done(hers.reference, "geen gehoor")
    left = stored(tmp_path)
    personal = (ANNA.name, ANNA.phone, ANNA.when, ANNA.summary, ANNA.conversation, ZAAK, "ZAAK-2026-77")
    assert not [value for value in personal if value in left]
    assert "gesproken" in left
    assert "geen gehoor" not in left


async def test_a_file_that_cannot_be_used_is_reported_as_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ContactsUnavailable):
        await DemoContacts(tmp_path / "nowhere" / "contacts.db").open(10)
    (tmp_path / "contacts.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(ContactsUnavailable):
        await DemoContacts(tmp_path / "contacts.db").register(ANNA, key="turn-1")


async def test_a_file_that_cannot_be_used_is_told_by_the_check(tmp_path: Path) -> None:
    (fault,) = await DemoContacts(tmp_path / "nowhere" / "contacts.db").check()
    assert "can't be used" in fault


async def test_a_file_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    earlier = sqlite3.connect(tmp_path / "contacts.db")
    earlier.execute(
        "CREATE TABLE callback (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE,"
        " registered INTEGER NOT NULL, outcome TEXT, name TEXT, phone TEXT, moment TEXT, topic TEXT, summary TEXT,"
        " conversation TEXT)"
    )
    earlier.close()
    contacts = DemoContacts(tmp_path / "contacts.db")
    await contacts.register(ANNA, key="turn-1")
    assert [each.request for each in await contacts.open(10)] == [ANNA]


async def test_a_file_that_stays_locked_is_unavailable_and_the_same_key_works_later(tmp_path: Path) -> None:
    contacts = DemoContacts(tmp_path / "contacts.db", busy_seconds=0.0)
    first = await contacts.register(BRAM, key="turn-1")
    other = sqlite3.connect(tmp_path / "contacts.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ContactsUnavailable):
        await contacts.register(ANNA, key="turn-2")
    with pytest.raises(ContactsUnavailable):
        await contacts.done(first.reference, "gesproken")
    other.close()
    second = await contacts.register(ANNA, key="turn-2")
    assert [each.reference for each in await contacts.open(10)] == [first.reference, second.reference]
