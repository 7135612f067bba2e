"""Calling citizens back: what the counter asks of any contact register.

The bot is no system of record: a request to be called lives in the register until an employee has dealt with it. On its way
there it is safe in an outbox (`bot.contacts.outbox`). Every adapter passes `tests/contract/test_contacts.py`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class CallbackNotFound(Exception):
    """The register has no call-back request with this reference."""


class CallbackRefused(Exception):
    """The register doesn't accept what the citizen gave. Nothing was registered, and the same again is refused again.

    `field` is the field of CallbackRequest that it is about, such as "phone".
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"the register doesn't accept the {field}")
        self.field = field


class ReferenceTaken(Exception):
    """The register has this reference for something else. Nothing was registered; another reference may be free."""


class ContactsUnavailable(Exception):
    """The register didn't answer as it should. Whether it acted is unknown: try again with the same key."""


@dataclass(frozen=True)
class CallbackRequest:
    """A citizen who wants to be called.

    `when` is the part of the day in the citizen's words, `topic` a topic slug, `summary` what the employee should
    know beforehand, `conversation` where the transcript is, `zaak` the case it is about (`ZaakStatus.ref`) and `zaaknummer` its
    number, `team` who is to call (`Team.id` of gemeente.yml). Personal data: never logged.
    """

    name: str = field(repr=False)
    phone: str = field(repr=False)
    when: str
    topic: str | None
    summary: str = field(repr=False)
    conversation: str
    zaak: str | None = field(default=None, repr=False)
    team: str | None = None
    zaaknummer: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Registered:
    """The proof of a request: `reference` is for the citizen."""

    reference: str


@dataclass(frozen=True)
class OpenCallback:
    """A request that nobody has dealt with yet; `registered` is an aware datetime in UTC.

    `tries`: how often an employee called in vain.
    """

    reference: str
    request: CallbackRequest
    registered: datetime
    tries: int = 0


class Contacts(Protocol):
    """A contact register. Every method may raise ContactsUnavailable."""

    async def register(self, request: CallbackRequest, *, key: str, reference: str | None = None) -> Registered:
        """Ask to be called. The same key again gives the same reference and no second request, even when done.

        `reference`: the one that it gets, made from the key (`bot.contacts.references`); else the register chooses. Raises
        CallbackRefused, and ReferenceTaken when `reference` is in use there.
        """

    async def open(self, limit: int) -> list[OpenCallback]:
        """The requests that wait, the longest waiting first, at most `limit`."""

    async def tried(self, reference: str, at: datetime, note: str = "") -> None:
        """An employee called in vain at the aware time `at`, and the request still waits. Told again, or of an earlier time than
        the last one, changes nothing; nor does it for what is done. `note`: for who calls next. Raises CallbackNotFound.
        """

    async def done(self, reference: str, outcome: str) -> None:
        """An employee dealt with it. Done again is no error; the first outcome stands. Raises CallbackNotFound."""

    async def check(self) -> list[str]:
        """What is wrong with the connection, in plain English, one sentence per fault; empty when all is well.

        Asks for real, changes nothing, raises nothing.
        """

    async def aclose(self) -> None:
        """Give back connections. The adapter isn't used afterwards."""
