"""Appointments in one SQLite file, for demonstrations and small trials.

Every change is one transaction of the store, which never lets two people have the same desk at the same time.
"""

import asyncio
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
    Location,
    Product,
    SlotTaken,
)
from bot.appointments.codes import Codes, grouped, new_reference
from bot.appointments.store import Store, taken
from bot.appointments.timetable import Timetable, Week, minutes


class DemoAppointments:
    """The `Appointments` port on SQLite.

    `opening` gives the week per location id, `desks` the number of desks per location id (1 when not named), `secret`
    (16 bytes or more) makes the codes. Bookable until `horizon_days` from today. Name, e-mail and phone are erased
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

    async def locations(self, product_id: str) -> list[Location]:
        return list(self._locations.values()) if product_id in self._products else []

    async def days(self, product_id: str, location_id: str, first: date, last: date) -> list[date]:
        free = await asyncio.to_thread(self._free, product_id, location_id, first, last)
        return sorted({start.date() for start in free})

    async def times(self, product_id: str, location_id: str, day: date) -> list[datetime]:
        return await asyncio.to_thread(self._free, product_id, location_id, day, day)

    async def book(
        self, product_id: str, location_id: str, start: datetime, customer: Customer, *, key: str
    ) -> Appointment:
        return await asyncio.to_thread(self._book, product_id, location_id, _utc(start), customer, f"book:{key}")

    async def get(self, reference: str, code: str) -> Appointment:
        return await asyncio.to_thread(self._get, self._proven(reference, code))

    async def move(self, reference: str, code: str, start: datetime, *, key: str) -> Appointment:
        # With the reference in the key, nobody gets another's appointment and code by repeating a key.
        reference = self._proven(reference, code)
        return await asyncio.to_thread(self._move, reference, _utc(start), f"move:{reference}:{key}")

    async def cancel(self, reference: str, code: str, *, key: str) -> None:
        # The key isn't needed: cancelling what is cancelled changes nothing.
        await asyncio.to_thread(self._cancel, self._proven(reference, code))

    async def aclose(self) -> None:
        """Nothing to give back: every action opens and closes its own connection."""

    def _free(self, product_id: str, location_id: str, first: date, last: date) -> list[datetime]:
        product = self._products.get(product_id)
        if product is None or location_id not in self._locations:
            return []
        days, length = self._timetable.days(first, last), timedelta(minutes=product.minutes)
        starts = [start for day in days for start in self._timetable.starts(product, location_id, day)]
        if not starts:
            return []
        with self._store.reading() as db:
            occupied = taken(db, location_id, minutes(starts[0], starts[-1] + length))
        desks = [self._free_desk(location_id, minutes(start, start + length), occupied) for start in starts]
        return [s.astimezone(ZoneInfo(TIME_ZONE)) for s, desk in zip(starts, desks, strict=True) if desk is not None]

    def _book(self, product_id: str, location_id: str, start: datetime, customer: Customer, key: str) -> Appointment:
        with self._store.writing() as db:
            if earlier := self._earlier(db, key):
                return earlier
            product = self._products.get(product_id)
            if product is None or location_id not in self._locations:
                raise SlotTaken(f"{product_id} at {location_id} is not on offer")
            db.execute("DELETE FROM appointment WHERE start < ?", [(self._now() - self._keep).timestamp()])
            reference = new_reference()  # of 27 billion; one that exists already is refused by the primary key
            row = (reference, product_id, location_id, start.timestamp(), product.minutes * 60)
            db.execute(
                "INSERT INTO appointment (reference, product, location, start, seconds, name, email, phone)"
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
        product, location, start = appointment.product, appointment.location, appointment.start
        wanted = minutes(start, appointment.end)
        desk = self._free_desk(location.id, wanted, taken(db, location.id, wanted))
        if desk is None or start.astimezone(UTC) not in self._timetable.starts(product, location.id, start.date()):
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

    def _proven(self, reference: str, code: str) -> str:
        """The reference as we know it, for who has its code. Asks no database, so it tells nothing about one."""
        reference = grouped(reference)
        if not self._codes.match(reference, code):
            raise AppointmentNotFound
        return reference

    def _standing(self, db: sqlite3.Connection, reference: str) -> Appointment:
        row = db.execute("SELECT * FROM appointment WHERE reference = ? AND NOT cancelled", [reference]).fetchone()
        if row is None:
            raise AppointmentNotFound
        return self._appointment(row)

    def _earlier(self, db: sqlite3.Connection, key: str) -> Appointment | None:
        """What this key gave the first time."""
        row = db.execute(
            "SELECT reference, product, location, seconds, outcome.start, outcome.revision"
            " FROM outcome JOIN appointment USING (reference) WHERE key = ?",
            [key],
        ).fetchone()
        return self._appointment(row) if row else None

    def _appointment(self, row: sqlite3.Row) -> Appointment:
        product, location = self._products.get(row["product"]), self._locations.get(row["location"])
        if product is None or location is None:
            raise AppointmentsUnavailable("an appointment names a product or location that is no longer configured")
        zone, start = ZoneInfo(TIME_ZONE), datetime.fromtimestamp(row["start"], UTC)
        end = (start + timedelta(seconds=row["seconds"])).astimezone(zone)
        reference, revision = row["reference"], row["revision"]
        code = self._codes.of(reference)
        return Appointment(reference, code, product, location, start.astimezone(zone), end, revision)


def _utc(start: datetime) -> datetime:
    if start.tzinfo is None:
        raise ValueError("a naive start: an appointment needs an aware datetime")
    return start.astimezone(UTC)
