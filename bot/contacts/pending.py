"""What is still to be written to the contact register of one call-back: the request, calls in vain, and how it ended."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

import msgspec

from bot.contacts import CallbackRequest, Contacts, OpenCallback
from bot.conversation.outbox import Body, Kept

# Why it isn't written. UNAVAILABLE is tried again; the others wait for a person.
UNAVAILABLE, REFUSED, TAKEN, UNREADABLE = "unavailable", "refused", "taken", "unreadable"


class Try(msgspec.Struct, frozen=True):
    at: datetime
    note: str = ""


class Pending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of the outbox.

    `request`: None when the register has it. `key` and `attempt`: what its reference was made from. `told`: the citizen may know
    the reference, so it can't change. `problem`: why it couldn't be written, `field` which field was refused. `tries` of writing.
    """

    registered: datetime
    request: CallbackRequest | None = None
    key: str = ""
    attempt: int = 0
    told: bool = False
    tried: tuple[Try, ...] = ()
    done: str | None = None
    problem: str | None = None
    field: str = ""
    tries: int = 0

    @property
    def stuck(self) -> bool:
        """Whether trying again would help nothing."""
        return self.problem in {REFUSED, TAKEN, UNREADABLE}

    def but(self, **changes: object) -> Self:
        return msgspec.structs.replace(self, **changes)

    def body(self) -> Body:
        found: Body = msgspec.to_builtins(self)
        return found


def of(kept: Kept) -> Pending:
    """The item as it was kept. One that can't be read is a problem of its own."""
    try:
        return msgspec.convert(kept.body, Pending)
    except msgspec.ValidationError:  # sealed with another secret, or made by another version
        return Pending(datetime.fromtimestamp(kept.since, UTC), problem=UNREADABLE)


async def write(register: Contacts, reference: str, item: Pending) -> None:
    """Bring the register up to date; what it knows already changes nothing there. Raises what `Contacts` does."""
    if item.request:
        await register.register(item.request, key=item.key, reference=reference)
    for each in item.tried:
        await register.tried(reference, each.at, each.note)
    if item.done is not None:
        await register.done(reference, item.done)


def waiting(reference: str, item: Pending) -> OpenCallback | None:
    """The request as one that nobody has dealt with yet; None when it isn't, or when the register has it.

    What can't be read may be such a request: it is shown without anything.
    """
    if item.problem == UNREADABLE:
        return OpenCallback(reference, CallbackRequest("", "", "", None, "", ""), item.registered)
    if item.request is None or item.done is not None:
        return None
    return OpenCallback(reference, item.request, item.registered, len(item.tried))


def merged(there: OpenCallback, item: Pending | None) -> OpenCallback | None:
    """What the register has, with what it doesn't know yet; None when it is done."""
    if item is None:
        return there
    return None if item.done is not None else replace(there, tries=there.tries + len(item.tried))
