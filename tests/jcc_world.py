"""The world of the contract with a JCC in it, for the tests of what only JCC does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot.appointments import Appointment, Customer, Item
from bot.appointments.jcc import Jcc
from bot.appointments.ledgered import LedgerAppointments
from bot.conversation.ledger import RedisLedger
from tests.contract.appointment_suppliers import (
    ANNA,
    FOR_PASSPORT,
    FRIDAY,
    TOWN_HALL,
    Clock,
    jcc_adapter,
    jcc_world,
    ledger_at,
    ledgered,
    local,
)
from tests.stubs.jcc import JccStub

NINE, TEN, ELEVEN = (local(FRIDAY, hour) for hour in (9, 10, 11))


@dataclass
class JccWorld:
    """A JCC and counters of ours that use it. `seconds` is the monotonic clock that tokens wear out by."""

    stub: JccStub
    clock: Clock
    ledger: RedisLedger
    seconds: float = 100.0
    opened: list[LedgerAppointments] = field(default_factory=list)

    def adapter(self, url: str = "", **changes: Any) -> Jcc:
        return jcc_adapter((url or self.stub.url).rstrip("/"), clock=lambda: self.seconds, **changes)

    def counter(self, jcc: Jcc | None = None, **changes: Any) -> LedgerAppointments:
        """One more process of ours."""
        self.opened.append(ledgered(jcc or self.adapter(), self.ledger, self.clock, **changes))
        return self.opened[-1]


@asynccontextmanager
async def open_world(redis_url: str) -> AsyncIterator[JccWorld]:
    clock = Clock()
    async with jcc_world(clock) as stub, ledger_at(redis_url) as ledger:
        world = JccWorld(stub, clock, ledger)
        yield world
        stub.released.set()
        for counter in world.opened:
            await counter.aclose()


@pytest.fixture
async def world(redis_url: str) -> AsyncIterator[JccWorld]:
    async with open_world(redis_url) as world:
        yield world


@pytest.fixture
def stub(world: JccWorld) -> JccStub:
    return world.stub


async def book(
    counter: LedgerAppointments, start: datetime = NINE, *, key: str = "turn-1", customer: Customer = ANNA,
    items: Sequence[Item] = FOR_PASSPORT,
) -> Appointment:
    return await counter.book(items, TOWN_HALL.id, start, customer, key=key)
