"""Appointments at a counter: what the counter asks of any appointment system.

The bot is no system of record: appointments live with a supplier. An adapter fulfils `Appointments`; every adapter
passes `tests/contract/test_appointments.py`. All datetimes that come out are aware and in Europe/Amsterdam; any aware
datetime goes in. A naive one is a programming error and gives ValueError.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

TIME_ZONE = "Europe/Amsterdam"

Detail = Literal["phone"]
"""What an appointment system may require of a customer besides a name and an e-mail address."""


class SlotTaken(Exception):
    """This moment isn't on offer (any more): taken, passed, too far ahead, closed, or an unknown product or location.

    Nothing was booked or moved; offer other times.
    """


class AppointmentNotFound(Exception):
    """No appointment with this reference and code. Unknown, cancelled and a wrong code can't be told apart."""


class AppointmentsUnavailable(Exception):
    """The appointment system didn't answer as it should. Nothing was booked, moved or cancelled."""


class OutcomeUnknown(Exception):
    """The system was asked to act and it can't be found out whether it did: say so, and don't ask it again for the same.

    The same action with the same key finds out if that is possible by then, and never acts a second time.
    """


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
class Item:
    """A product that is wanted, for `persons` people at once. A visit is one or more of these, at one time and place."""

    product_id: str
    persons: int = 1

    def __post_init__(self) -> None:
        if self.persons < 1:
            raise ValueError("an appointment is for one person or more")


@dataclass(frozen=True)
class Line:
    """A product of an appointment, and for how many people."""

    product: Product
    persons: int = 1


@dataclass(frozen=True)
class Appointment:
    """A confirmed appointment.

    `reference` may be shown and read aloud; `code` is the citizen's secret to look it up, move or cancel it.
    `revision` counts the moves, for calendars. `leftover`: after a move, the reference of the old appointment when that could
    not be cancelled and still stands.
    """

    reference: str
    code: str = field(repr=False)
    lines: tuple[Line, ...]
    location: Location
    start: datetime
    end: datetime
    revision: int = 0
    leftover: str | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an appointment has aware datetimes")
        if not self.lines:
            raise ValueError("an appointment is for something")

    @property
    def items(self) -> tuple[Item, ...]:
        """What was asked for."""
        return tuple(Item(line.product.id, line.persons) for line in self.lines)

    @property
    def bring(self) -> tuple[str, ...]:
        """What to bring for all products together, each thing once."""
        return tuple(dict.fromkeys(thing for line in self.lines for thing in line.product.bring))


def aware(moment: datetime) -> datetime:
    """The moment itself. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a naive start: an appointment needs an aware datetime")
    return moment


class Appointments(Protocol):
    """An appointment system. Every method may raise AppointmentsUnavailable; those that act, OutcomeUnknown.

    `key` is an idempotency key: the same action with the same key again has no second effect and returns what it
    returned the first time, whatever happened to the appointment since. Free days and times can be gone a moment
    later; `book` and `move` have the last word.
    """

    async def products(self) -> list[Product]:
        """What appointments can be made for, in the order to offer them."""

    async def locations(self, items: Sequence[Item]) -> list[Location]:
        """Where all of these are handled; empty when nowhere, or for an unknown product."""

    async def days(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, with at least one free time, in order."""

    async def times(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime]:
        """The free times on this day, in order."""

    async def asks(self, items: Sequence[Item]) -> frozenset[Detail]:
        """What must be known of the customer to book all of these: without it `book` gives AppointmentsUnavailable."""

    async def book(
        self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, *, key: str
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

    async def check(self) -> list[str]:
        """What is wrong with the connection, in plain English, one sentence per fault; empty when all is well.

        Asks for real, books nothing, raises nothing.
        """

    async def aclose(self) -> None:
        """Give back connections. The adapter isn't used afterwards."""
