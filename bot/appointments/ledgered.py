"""The port `Appointments` on a supplier without memory of ours (`Supplier`) and a ledger that has it (`Ledger`)."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.appointments import (
    TIME_ZONE,
    Appointment,
    AppointmentNotFound,
    AppointmentsUnavailable,
    Customer,
    Detail,
    Item,
    Line,
    Location,
    OutcomeUnknown,
    Product,
    SlotTaken,
    aware,
)
from bot.appointments import ledger as names
from bot.appointments.codes import Codes, new_reference
from bot.appointments.ledger import Entry, Ledger
from bot.appointments.once import Once
from bot.appointments.supplier import Supplier
from bot.circuit import Circuit

T = TypeVar("T")


class LedgerAppointments:
    """`Appointments` for one municipality at one supplier.

    `products` and `locations` are those that the supplier is configured for, in the order to offer them. `secret` (16 bytes or
    more) makes the codes. An action ends within about `budget_seconds`; after `failures` requests in a row without a usable
    answer the supplier is left alone for `open_seconds`. The ledger forgets an appointment `keep_days` after its day. Work that
    has begun is finished even if its caller is cancelled: the same key finds the result.

    A reference stays the same when an appointment moves, so a `leftover` is the reference itself: at the supplier two
    appointments bear it until the old one is cancelled, which is tried again whenever the reference is used.
    """

    def __init__(
        self,
        supplier: Supplier,
        ledger: Ledger,
        products: Sequence[Product],
        locations: Sequence[Location],
        *,
        secret: bytes,
        budget_seconds: float,
        keep_days: int,
        failures: int,
        open_seconds: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._supplier = supplier
        self._ledger = ledger
        self._products = {product.id: product for product in products}
        self._locations = {location.id: location for location in locations}
        self._codes = Codes(secret)
        self._now = now
        circuit = Circuit(failures, open_seconds, clock)
        self._once = Once(supplier, ledger, circuit, budget_seconds, timedelta(days=keep_days), now)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def products(self) -> list[Product]:
        return list(self._products.values())

    async def locations(self, items: Sequence[Item]) -> list[Location]:
        if not self._known(items):
            return []
        async with self._once.reading() as until:
            ids = await self._once.ask(until, self._supplier.locations, [item.product_id for item in items])
        return [location for location in self._locations.values() if location.id in ids]

    async def days(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[date]:
        first = max(first, self._now().astimezone(ZoneInfo(TIME_ZONE)).date())
        if not self._known(items, location_id) or first > last:
            return []
        async with self._once.reading() as until:
            days = await self._once.ask(until, self._supplier.days, items, location_id, first, last)
        return sorted({day for day in days if first <= day <= last})

    async def times(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime]:
        if not self._known(items, location_id):
            return []
        async with self._once.reading() as until:
            return await self._once.times(items, location_id, day, until)

    async def asks(self, items: Sequence[Item]) -> frozenset[Detail]:
        if not self._known(items):
            return frozenset()
        async with self._once.reading() as until:
            return await self._once.ask(until, self._supplier.asks, items)

    async def book(
        self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, *, key: str
    ) -> Appointment:
        entry = Entry(new_reference(), "", tuple(items), location_id, aware(start), start)
        return await self._finish(self._book(f"book:{key}", entry, customer))

    async def get(self, reference: str, code: str) -> Appointment:
        reference = self._codes.proven(reference, code)
        async with self._once.reading() as until:
            entry = await self._once.standing(reference)
            booked = await self._once.ask(until, self._supplier.get, entry.id, reference)
            if booked.location_id != entry.location_id:
                raise AppointmentsUnavailable("the appointment has moved to another place")
        if entry.drop:
            entry = replace(entry, drop=await self._finish(self._sweep(entry)))
        return self._appointment(replace(entry, start=booked.start, end=booked.end))

    async def move(self, reference: str, code: str, start: datetime, *, key: str) -> Appointment:
        # With the reference in the key, nobody gets another's appointment and code by repeating a key.
        reference = self._codes.proven(reference, code)
        return await self._finish(self._move(f"move:{reference}:{key}", reference, aware(start)))

    async def cancel(self, reference: str, code: str, *, key: str) -> None:
        # The key isn't needed: cancelling what is cancelled changes nothing.
        await self._finish(self._cancel(self._codes.proven(reference, code)))

    async def check(self) -> list[str]:
        try:
            await self._ledger.read(names.appointment(""))
        except self._ledger.failure:
            return ["the store that remembers appointments (Redis) doesn't answer", *await self._supplier.check()]
        return await self._supplier.check()

    async def aclose(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._supplier.aclose()

    async def _book(self, action: str, entry: Entry, customer: Customer) -> Appointment:
        async with self._once.alone(action) as until:
            booked = await self._once.earlier(action)
            if booked is None:
                if not self._known(entry.items, entry.location_id):
                    raise SlotTaken("not on offer")
                booked = await self._once.create(action, entry, customer, until)
            return self._appointment(booked)

    async def _move(self, action: str, reference: str, start: datetime) -> Appointment:
        async with self._once.alone(names.appointment(reference)) as until:
            moved = await self._once.earlier(action)
            if moved is None:
                old = await self._once.standing(reference)
                customer = (await self._once.ask(until, self._supplier.get, old.id, reference)).customer
                if customer is None:
                    raise AppointmentsUnavailable("the supplier no longer tells who comes")
                drop, revision = (*old.drop, old.id), old.revision + 1
                new = replace(old, id="", start=start, end=start, revision=revision, drop=drop)
                moved = await self._once.create(action, new, customer, until)
            return self._appointment(replace(moved, drop=await self._once.left(moved, until)))

    async def _cancel(self, reference: str) -> None:
        async with self._once.alone(names.appointment(reference)) as until:
            entry = await self._once.entry(reference)
            if entry.cancelled:
                return
            if await self._once.drop_old(entry, until):
                raise AppointmentsUnavailable("an earlier appointment of this reference can't be cancelled now")
            await self._once.delete(entry.id, reference, until)
            with suppress(OutcomeUnknown):  # it is gone at the supplier, that counts; the next time it is found gone
                await self._once.remember({names.appointment(reference): replace(entry, drop=(), cancelled=True)})

    async def _sweep(self, entry: Entry) -> tuple[str, ...]:
        """Try again to cancel what a move left; what is left after that."""
        name = names.appointment(entry.reference)
        try:
            async with self._once.alone(name) as until:
                return await self._once.drop_old(await self._once.entry(entry.reference), until)
        except (AppointmentsUnavailable, AppointmentNotFound, OutcomeUnknown):
            return entry.drop

    async def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it to the end, also when the caller is cancelled."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # nobody may be left to hear it
        return await asyncio.shield(task)

    def _known(self, items: Sequence[Item], location_id: str | None = None) -> bool:
        place = location_id is None or location_id in self._locations
        return place and bool(items) and all(item.product_id in self._products for item in items)

    def _appointment(self, entry: Entry) -> Appointment:
        location = self._locations.get(entry.location_id)
        products = [self._products.get(item.product_id) for item in entry.items]
        if location is None or None in products:
            raise AppointmentsUnavailable("an appointment names a product or location that is no longer configured")
        lines = tuple(Line(p, item.persons) for p, item in zip(products, entry.items, strict=True) if p)
        zone, reference = ZoneInfo(TIME_ZONE), entry.reference
        start, end = entry.start.astimezone(zone), entry.end.astimezone(zone)
        leftover = reference if entry.drop else None
        return Appointment(reference, self._codes.of(reference), lines, location, start, end, entry.revision, leftover)
