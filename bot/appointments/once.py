"""Acts at a supplier at most once per action, and remembers in the ledger what came of it.

The rule that keeps appointments single: an action is marked as begun before the supplier is asked to act, and a mark is taken
away only when the supplier certainly did nothing. Who finds a mark without a result says that it isn't known what came of it
(OutcomeUnknown); never is the supplier asked a second time to book for one action.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import structlog

from bot.appointments import TIME_ZONE, AppointmentNotFound, AppointmentsUnavailable, Customer, Item, OutcomeUnknown, SlotTaken
from bot.appointments import ledger as names
from bot.appointments.ledger import Entry, Ledger
from bot.appointments.supplier import Refused, Supplier
from bot.circuit import Circuit, CircuitOpen
from bot.http import HttpFailure

log = structlog.get_logger()

T = TypeVar("T")
P = ParamSpec("P")
FAILURES = (HttpFailure, Refused)


class Once:
    """A supplier and a ledger together.

    `budget_seconds` is for all questions of one action, `keep` how long after its day the ledger knows an appointment.
    Moments named `until` are times of the event loop. Entries go in as they would become and come out as they became.
    """

    def __init__(
        self,
        supplier: Supplier,
        ledger: Ledger,
        circuit: Circuit,
        budget_seconds: float,
        keep: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._supplier = supplier
        self._ledger = ledger
        self._circuit = circuit
        self._budget_seconds = budget_seconds
        self._keep = keep
        self._now = now

    async def create(self, action: str, entry: Entry, customer: Customer, until: float) -> Entry:
        """Book at the supplier, once and for all for this action."""
        local = entry.start.astimezone(ZoneInfo(TIME_ZONE))
        if local not in await self.times(entry.items, entry.location_id, local.date(), until):
            raise SlotTaken("this moment is not free")
        if not await self._ledger.begin(names.begun(action), entry.text(), self._ttl(entry)):
            raise OutcomeUnknown("the same is under way")
        asked = (entry.items, entry.location_id, local, customer, entry.reference)
        try:
            booked = await self.ask(until, self._supplier.create, *asked)
            if (booked.start, booked.location_id) != (entry.start, entry.location_id):
                raise HttpFailure("another moment or place was booked", sent=True)
        except (SlotTaken, Refused):
            await self._nothing_happened(action)
            raise
        except HttpFailure as exc:
            if not exc.sent:
                await self._nothing_happened(action)
                raise
            log.warning("appointment_outcome_unknown", reason=str(exc))
            raise OutcomeUnknown("no answer, and the supplier can't tell what came of it") from exc
        entry = replace(entry, id=booked.id, start=booked.start, end=booked.end)
        await self.remember({names.appointment(entry.reference): entry, names.done(action): entry})
        return entry

    async def _nothing_happened(self, action: str) -> None:
        """The key is free again. If that can't be written, the same key says OutcomeUnknown later: safe, if not true."""
        try:
            await self._ledger.remove(names.begun(action))
        except self._ledger.failure:
            log.warning("appointment_not_noted", reason="an action that had no effect stays marked as begun")

    async def earlier(self, action: str) -> Entry | None:
        """What this action gave the first time; None when it is new. Raises OutcomeUnknown.

        One that was begun and has no result stays unknown: suppliers can be asked by no more than the id that was in the answer.
        """
        if text := await self._ledger.read(names.done(action)):
            return Entry.parse(text)
        if await self._ledger.read(names.begun(action)):
            raise OutcomeUnknown("begun before, and the supplier can't tell what came of it")
        return None

    async def remember(self, entries: dict[str, Entry]) -> None:
        """Write what has happened at the supplier; raises OutcomeUnknown if that fails twice, as nobody could look it up."""
        ttl = max(self._ttl(entry) for entry in entries.values())
        texts = {name: entry.text() for name, entry in entries.items()}
        try:
            try:
                await self._ledger.write(texts, ttl)
            except self._ledger.failure:
                await self._ledger.write(texts, ttl)
        except self._ledger.failure as exc:
            raise OutcomeUnknown("done, but it can't be remembered") from exc

    async def left(self, moved: Entry, until: float) -> tuple[str, ...]:
        """After a move that is certain: cancel what came before; the ids of that which are left. Raises nothing."""
        try:
            standing = await self.entry(moved.reference)
        except AppointmentNotFound:
            return ()
        except self._ledger.failure:
            return moved.drop
        still = await self.drop_old(standing, until)
        return tuple(id for id in moved.drop if id in still)

    async def drop_old(self, entry: Entry, until: float) -> tuple[str, ...]:
        """Cancel what moves of this appointment left standing; the ids that are left. Tried again at the next opportunity."""
        left = entry
        for id in entry.drop:
            try:
                await self.delete(id, entry.reference, until)
            except (AppointmentsUnavailable, OutcomeUnknown) as exc:
                log.warning("appointment_old_stands", reason=str(exc))
            else:
                left = left.without(id)
        try:
            if left != entry:
                await self._ledger.write({names.appointment(entry.reference): left.text()}, self._ttl(left))
        except self._ledger.failure:
            log.warning("appointment_not_noted", reason="what was cancelled will be found gone next time")
        return left.drop

    async def delete(self, id: str, reference: str, until: float) -> None:
        """Cancel at the supplier; fine when it is gone already. Raises AppointmentsUnavailable or OutcomeUnknown."""
        try:
            await self.ask(until, self._supplier.delete, id)
        except AppointmentNotFound:
            return
        except HttpFailure as exc:
            if not exc.sent:
                raise AppointmentsUnavailable(str(exc)) from exc
            try:
                await self.ask(until, self._supplier.get, id, reference)
            except AppointmentNotFound:
                return  # the request did arrive
            except FAILURES as again:
                raise OutcomeUnknown("no answer, and none when asked what came of it") from again
            raise OutcomeUnknown("it still stands, but the request may yet arrive") from exc
        except Refused as exc:
            raise AppointmentsUnavailable(str(exc)) from exc

    async def times(self, items: Sequence[Item], location_id: str, day: date, until: float) -> list[datetime]:
        found = await self.ask(until, self._supplier.times, items, location_id, day)
        local = {moment.astimezone(ZoneInfo(TIME_ZONE)) for moment in found if moment > self._now()}
        return sorted(moment for moment in local if moment.date() == day)

    async def ask(self, until: float, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """One question to the supplier, before the moment `until`. Failures are HttpFailure and Refused."""
        try:
            with self._circuit.call(HttpFailure):
                try:
                    async with asyncio.timeout_at(until):
                        return await method(*args, **kwargs)
                except TimeoutError as exc:
                    raise HttpFailure("out of time", sent=True) from exc
        except CircuitOpen as exc:
            raise HttpFailure("left alone after repeated failures", sent=False) from exc

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[float]:
        """Around what asks supplier and ledger; gives the moment to be done by. Failures are AppointmentsUnavailable."""
        try:
            yield asyncio.get_running_loop().time() + self._budget_seconds
        except (*FAILURES, self._ledger.failure) as exc:
            log.warning("appointments_unavailable", reason=str(exc))
            raise AppointmentsUnavailable(str(exc)) from exc

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[float]:
        """As `reading`, for one at a time, of all processes, per name."""
        budget = self._budget_seconds
        async with self.reading(), self._ledger.lock(name, 2 * budget, budget) as held:
            if not held:
                raise OutcomeUnknown("the same is under way")
            yield asyncio.get_running_loop().time() + budget

    async def entry(self, reference: str) -> Entry:
        text = await self._ledger.read(names.appointment(reference))
        if text is None:
            raise AppointmentNotFound
        return Entry.parse(text)

    async def standing(self, reference: str) -> Entry:
        entry = await self.entry(reference)
        if entry.cancelled:
            raise AppointmentNotFound
        return entry

    def _ttl(self, entry: Entry) -> int:
        """Until `keep_days` after the day of the appointment, and long enough for who repeats an action today."""
        return max(int((entry.start - self._now() + self._keep).total_seconds()), 86_400)
