"""What the adapter of one appointment system has to write: its wire format, and nothing else.

`bot.appointments.ledgered.LedgerAppointments` makes the port of it: references and codes, idempotency, moving without loss,
unknown outcomes, time budget and circuit breaker. Products and locations are those of our configuration: an
adapter maps our ids to the supplier's and back, and gets no other ids than the ones it was configured with.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.appointments import Customer, Detail, Item
from bot.http import HttpFailure


class Refused(Exception):
    """The supplier answered that it won't do it, or that we may not ask: certainly nothing happened.

    The text is for logs: it names no person and nothing that was sent.
    """


@dataclass(frozen=True)
class Booked:
    """An appointment as the supplier has it: `id` is the supplier's, `location_id` ours; aware times.

    `customer` is who comes, as far as the supplier still tells: without it the appointment can't be moved.
    """

    id: str
    location_id: str
    start: datetime
    end: datetime
    customer: Customer | None = field(default=None, repr=False)


class Supplier(Protocol):
    """One appointment system on the wire. Nothing is remembered here, nothing is tried twice but reading (`Http.get` does).

    Every method may raise HttpFailure: no usable answer (`sent` says whether the system may have acted), an answer of an
    unexpected form (`usable_answer`), or one about something that wasn't asked for. And Refused.
    """

    async def locations(self, product_ids: Sequence[str]) -> list[str]:
        """Our ids of the configured locations where all these products are handled together, in the configured order."""

    async def days(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[date]:
        """Days with a free time for all items at once; may be more than from `first` to `last`, in any order."""

    async def times(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime]:
        """Free times on this day as aware datetimes, in any order; without times that don't exist or come twice that night."""

    async def asks(self, items: Sequence[Item]) -> frozenset[Detail]:
        """What it requires of the customer besides name and e-mail address. Raises Refused when no `Detail` covers it."""

    async def create(
        self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, reference: str
    ) -> Booked:
        """Book, with one request that acts. `reference` goes where an employee at the counter can find it.

        Raises SlotTaken or Refused only if the answer says that nothing was booked; otherwise HttpFailure.
        """

    async def get(self, id: str, reference: str) -> Booked:
        """The appointment with the supplier's `id`. Raises AppointmentNotFound.

        An answer about another appointment is an HttpFailure; `reference` helps to tell where the supplier gives it back.
        """

    async def delete(self, id: str) -> None:
        """Cancel, with one request that acts. Raises AppointmentNotFound when it is gone already."""

    async def check(self) -> list[str]:
        """As `Appointments.check`: real calls, every configured id that the supplier doesn't have is named."""

    async def aclose(self) -> None:
        """Give back connections."""


@contextmanager
def usable_answer() -> Iterator[None]:
    """Around reading an answer: one of an unexpected form is an HttpFailure."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as exc:
        raise HttpFailure(f"an answer has an unexpected form ({type(exc).__name__})", sent=True) from exc


def exists_once(moment: datetime) -> bool:
    """Whether this local time comes exactly once: not in the hour that is skipped, or that comes twice, as the clock changes."""
    return moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset()
