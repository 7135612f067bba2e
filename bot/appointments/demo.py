"""Appointments in one SQLite file, for demonstrations and small trials.

Every change is one transaction of the store, which never lets two people have the same desk at the same time.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
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
    Product,
    SlotTaken,
    aware,
)
from bot.appointments.codes import Codes, new_reference
from bot.appointments.store import Store, taken
from bot.appointments.timetable import Timetable, Week, minutes


class DemoAppointments:
    """The `Appointments` port on SQLite.

    `opening` gives the week per location id, `desks` the number of desks per location id (1 when not named), `secret`
    (16 bytes or more) makes the codes. One desk helps everybody one after the other: a visit takes the minutes of each product
    times its people. Bookable until `horizon_days` from today. Name, e-mail and phone are erased
    when an appointment is cancelled, all of it `keep_days` after its day. `busy_seconds` is the longest wait for
    another writer. Work that has begun is finished even if its caller is cancelled: the same key finds the result.
    """

    def __init__(
        self,
        path: Path,
        products: Sequence[Product],
        locations: Sequence[Location],
        opening: Mapping[str, Week],
        *,
        secret: bytes,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        desks: Mapping[str, int] | None = None,
        horizon_days: int = 60,
        keep_days: int = 30,
        busy_seconds: float = 2.0,
    ) -> None:
        self._products = {product.id: product for product in products}
        self._locations = {location.id: location for location in locations}
        self._timetable = Timetable(opening, horizon_days, now)
        self._codes = Codes(secret)
        self._now = now
        self._desks = desks or {}
        self._keep = timedelta(days=keep_days)
        self._store = Store(path, busy_seconds)

    async def products(self) -> list[Product]:
        return list(self._products.values())

    async def locations(self, items: Sequence[Item]) -> list[Location]:
        return list(self._locations.values()) if self._length(items) else []

    async def days(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[date]:
        free = await asyncio.to_thread(self._free, items, location_id, first, last)
        return sorted({start.date() for start in free})

    async def times(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime]:
        return await asyncio.to_thread(self._free, items, location_id, day, day)

    async def asks(self, items: Sequence[Item]) -> frozenset[Detail]:
        return frozenset()

    async def book(
        self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, *, key: str
    ) -> Appointment:
        start = aware(start).astimezone(UTC)
        return await asyncio.to_thread(self._book, items, location_id, start, customer, f"book:{key}")

    async def get(self, reference: str, code: str) -> Appointment:
        return await asyncio.to_thread(self._get, self._codes.proven(reference, code))

    async def move(self, reference: str, code: str, start: datetime, *, key: str) -> Appointment:
        # With the reference in the key, nobody gets another's appointment and code by repeating a key.
        reference, start = self._codes.proven(reference, code), aware(start).astimezone(UTC)
        return await asyncio.to_thread(self._move, reference, start, f"move:{reference}:{key}")

    async def cancel(self, reference: str, code: str, *, key: str) -> None:
        # The key isn't needed: cancelling what is cancelled changes nothing.
        await asyncio.to_thread(self._cancel, self._codes.proven(reference, code))

    async def check(self) -> list[str]:
        try:
            await asyncio.to_thread(self._look)
        except AppointmentsUnavailable as exc:
            return [str(exc)]
        return []

    async def aclose(self) -> None:
        """Nothing to give back: every action opens and closes its own connection."""

    def _look(self) -> None:
        with self._store.reading():
            pass

    def _length(self, items: Sequence[Item]) -> timedelta:
        """How long a visit for these takes; none for nothing and for an unknown product."""
        if not all(item.product_id in self._products for item in items):
            return timedelta()
        return timedelta(minutes=sum(self._products[item.product_id].minutes * item.persons for item in items))

    def _free(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[datetime]:
        length = self._length(items)
        if not length or location_id not in self._locations:
            return []
        days = self._timetable.days(first, last)
        starts = [start for day in days for start in self._timetable.starts(length, location_id, day)]
        if not starts:
            return []
        with self._store.reading() as db:
            occupied = taken(db, location_id, minutes(starts[0], starts[-1] + length))
        desks = [self._free_desk(location_id, minutes(start, start + length), occupied) for start in starts]
        return [s.astimezone(ZoneInfo(TIME_ZONE)) for s, desk in zip(starts, desks, strict=True) if desk is not None]

    def _book(self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, key: str) -> Appointment:
        with self._store.writing() as db:
            if earlier := self._earlier(db, key):
                return earlier
            length = self._length(items)
            if not length or location_id not in self._locations:
                raise SlotTaken("not on offer")
            db.execute("DELETE FROM appointment WHERE start < ?", [(self._now() - self._keep).timestamp()])
            reference = new_reference()  # of 27 billion; one that exists already is refused by the primary key
            wanted = json.dumps([(item.product_id, item.persons) for item in items])
            row = (reference, wanted, location_id, start.timestamp(), length.total_seconds())
            db.execute(
                "INSERT INTO appointment (reference, items, location, start, seconds, name, email, phone)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, customer.name, customer.email, customer.phone),
            )
            return self._settle(db, reference, key)

    def _get(self, reference: str) -> Appointment:
        with self._store.reading() as db:
            return self._standing(db, reference)

    def _move(self, reference: str, start: datetime, key: str) -> Appointment:
        with self._store.writing() as db:
            if earlier := self._earlier(db, key):
                return earlier
            # The old time goes first, so that a move may overlap it; if the new one is refused, all is undone.
            db.execute("DELETE FROM taken WHERE reference = ?", [reference])
            db.execute(
                "UPDATE appointment SET start = ?, revision = revision + 1 WHERE reference = ?",
                [start.timestamp(), reference],
            )
            return self._settle(db, reference, key)

    def _cancel(self, reference: str) -> None:
        with self._store.writing() as db:
            cancelled = db.execute(
                "UPDATE appointment SET cancelled = 1, name = NULL, email = NULL, phone = NULL WHERE reference = ?",
                [reference],
            )
            if not cancelled.rowcount:
                raise AppointmentNotFound
            db.execute("DELETE FROM taken WHERE reference = ?", [reference])

    def _settle(self, db: sqlite3.Connection, reference: str, key: str) -> Appointment:
        """Give the appointment a desk at its time, if there is one, and remember the result under the key."""
        appointment = self._standing(db, reference)
        location, start = appointment.location, appointment.start
        wanted, length = minutes(start, appointment.end), appointment.end.astimezone(UTC) - start.astimezone(UTC)
        desk = self._free_desk(location.id, wanted, taken(db, location.id, wanted))
        if desk is None or start.astimezone(UTC) not in self._timetable.starts(length, location.id, start.date()):
            raise SlotTaken(f"{start.isoformat()} at {location.id} is not free")
        rows = [(location.id, minute, desk, reference) for minute in wanted]
        db.executemany("INSERT INTO taken (location, minute, desk, reference) VALUES (?, ?, ?, ?)", rows)
        result = (key, reference, start.timestamp(), appointment.revision)
        db.execute("INSERT INTO outcome (key, reference, start, revision) VALUES (?, ?, ?, ?)", result)
        return appointment

    def _free_desk(self, location_id: str, wanted: range, occupied: set[tuple[int, int]]) -> int | None:
        """The first desk that is free during all the wanted minutes."""
        for desk in range(self._desks.get(location_id, 1)):
            if not any((minute, desk) in occupied for minute in wanted):
                return desk
        return None

    def _standing(self, db: sqlite3.Connection, reference: str) -> Appointment:
        row = db.execute("SELECT * FROM appointment WHERE reference = ? AND NOT cancelled", [reference]).fetchone()
        if row is None:
            raise AppointmentNotFound
        return self._appointment(row)

    def _earlier(self, db: sqlite3.Connection, key: str) -> Appointment | None:
        """What this key gave the first time."""
        row = db.execute(
            "SELECT reference, items, location, seconds, outcome.start, outcome.revision"
            " FROM outcome JOIN appointment USING (reference) WHERE key = ?",
            [key],
        ).fetchone()
        return self._appointment(row) if row else None

    def _appointment(self, row: sqlite3.Row) -> Appointment:
        items, location = json.loads(row["items"]), self._locations.get(row["location"])
        lines = tuple(Line(self._products[id], persons) for id, persons in items if id in self._products)
        if location is None or len(lines) < len(items):
            raise AppointmentsUnavailable("an appointment names a product or location that is no longer configured")
        zone, start = ZoneInfo(TIME_ZONE), datetime.fromtimestamp(row["start"], UTC)
        end = (start + timedelta(seconds=row["seconds"])).astimezone(zone)
        reference, revision = row["reference"], row["revision"]
        code = self._codes.of(reference)
        return Appointment(reference, code, lines, location, start.astimezone(zone), end, revision)
