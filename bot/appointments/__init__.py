"""Appointments at a counter: what the counter asks of any appointment system.

The bot is no system of record: appointments live with a supplier. An adapter fulfils `Appointments`; every adapter
passes `tests/contract/test_appointments.py`. All datetimes that come out are aware and in Europe/Amsterdam; any aware
datetime goes in. A naive one is a programming error and gives ValueError.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

TIME_ZONE = "Europe/Amsterdam"


class SlotTaken(Exception):
    """This moment isn't on offer (any more): taken, passed, too far ahead, closed, or an unknown product or location.

    Nothing was booked or moved; offer other times.
    """


class AppointmentNotFound(Exception):
    """No appointment with this reference and code. Unknown, cancelled and a wrong code can't be told apart."""


class AppointmentsUnavailable(Exception):
    """The appointment system didn't answer as it should. Whether it acted is unknown: try again with the same key."""


@dataclass(frozen=True)
class Product:
    """What one comes to the counter for. `minutes` is how long it takes; `bring` is what the citizen must bring."""

    id: str
    name: str
    minutes: int
    bring: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError(f"product {self.id!r} must take at least one minute")


@dataclass(frozen=True)
class Location:
    """A building with a counter."""

    id: str
    name: str
    address: str
    postcode: str
    city: str


@dataclass(frozen=True)
class Customer:
    """Who comes. Personal data: never logged."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Appointment:
    """A confirmed appointment.

    `reference` may be shown and read aloud; `code` is the citizen's secret to look it up, move or cancel it.
    `revision` counts the moves, for calendars.
    """

    reference: str
    code: str = field(repr=False)
    product: Product
    location: Location
    start: datetime
    end: datetime
    revision: int = 0

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an appointment has aware datetimes")


class Appointments(Protocol):
    """An appointment system. Every method may raise AppointmentsUnavailable.

    `key` is an idempotency key: the same action with the same key again has no second effect and returns what it
    returned the first time, whatever happened to the appointment since. Free days and times can be gone a moment
    later; `book` and `move` have the last word.
    """

    async def products(self) -> list[Product]:
        """What appointments can be made for, in the order to offer them."""

    async def locations(self, product_id: str) -> list[Location]:
        """Where this product is handled; empty for an unknown product."""

    async def days(self, product_id: str, location_id: str, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, with at least one free time, in order."""

    async def times(self, product_id: str, location_id: str, day: date) -> list[datetime]:
        """The free times on this day, in order."""

    async def book(
        self, product_id: str, location_id: str, start: datetime, customer: Customer, *, key: str
    ) -> Appointment:
        """Book one of the free times. Raises SlotTaken."""

    async def get(self, reference: str, code: str) -> Appointment:
        """Look up an appointment; capitals, spaces and hyphens don't matter. Raises AppointmentNotFound."""

    async def move(self, reference: str, code: str, start: datetime, *, key: str) -> Appointment:
        """Change the time; the old time is given up only once the new one is certain.

        Use the reference and code of the result from then on: a supplier may change them.
        Raises AppointmentNotFound or SlotTaken; then the old appointment stands.
        """

    async def cancel(self, reference: str, code: str, *, key: str) -> None:
        """Cancel; cancelling again is no error. Raises AppointmentNotFound."""

    async def aclose(self) -> None:
        """Give back connections. The adapter isn't used afterwards."""
