"""The contact register behind an outbox: what is asked is safe at once, and reaches the register when that answers.

A request is kept in Redis before anything else. Normally it is written within the same call; if not, the citizen has the
reference all the same, for it is made from the key and the register gets exactly that one. What can't be written by trying
again (a refused number, a reference that is in use) stays here as a task for a person, until somebody has dealt with it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.contacts import (
    CallbackRefused,
    CallbackRequest,
    Contacts,
    ContactsUnavailable,
    OpenCallback,
    ReferenceTaken,
    Registered,
)
from bot.contacts import pending as items
from bot.contacts.pending import Pending, Try
from bot.contacts.references import ATTEMPTS, mark, number_of, spelled
from bot.contacts.writer import PAUSES, Writer
from bot.conversation.outbox import Kept, Outbox, OutboxFull
from bot.conversation.redis import StoreUnavailable
from bot.pauses import Pauses

_ROUNDS = 20  # looks at an item that others change at the same moment


class OutboxContacts:
    """The `Contacts` port in front of `register`; every method may raise StoreUnavailable besides what the port says.

    Only `register` and `open` raise ContactsUnavailable. `secret` makes the references, and is the register's own. `team_for`
    gives the team of a topic, for requests that name none.
    """

    def __init__(
        self, register: Contacts, outbox: Outbox, *, secret: bytes, pauses: Pauses = PAUSES,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), team_for: Callable[[str | None], str | None] = lambda _: None,
    ) -> None:
        self._register = register
        self._outbox = outbox
        self._writer = Writer(register, outbox, secret=secret, pauses=pauses, now=now)
        self._secret = secret
        self._longest_pause = pauses.longest
        self._now = now
        self.team_for = team_for

    @property
    def version(self) -> int:
        """Goes up with every change that is made in this process."""
        return self._writer.version

    # Asking to be called.

    async def register(self, request: CallbackRequest, *, key: str, reference: str | None = None) -> Registered:
        """As `Contacts.register`; the reference is made from the key, whatever `reference` says.

        Raises CallbackRefused only for what is refused at once, ContactsUnavailable when so much waits already that nothing more
        is taken, and StoreUnavailable when the request couldn't be kept.
        """
        request = replace(request, team=request.team or self.team_for(request.topic))
        for _ in range(_ROUNDS):
            try:
                kept = await self._kept(request, key)
            except OutboxFull as exc:
                raise ContactsUnavailable("too many call-backs wait already") from exc
            item = items.of(kept)
            if not kept.sealed or item.stuck:  # done, or up to a person by now
                return Registered(kept.reference)
            try:
                await items.write(self._register, kept.reference, item)
            except CallbackRefused as exc:
                if item.told:
                    await self._writer.set_aside(kept, items.REFUSED, exc.field)
                elif await self._outbox.drop(kept, forget=key):
                    raise
            except ReferenceTaken:
                if not await self._writer.renumber(kept):
                    await self._writer.set_aside(kept, items.TAKEN)
            except ContactsUnavailable:
                if await self._writer.later(kept, item.but(told=True)):
                    return Registered(kept.reference)
            else:
                await self._writer.written(kept)
                return Registered(kept.reference)
        raise StoreUnavailable("outbox")

    async def _kept(self, request: CallbackRequest, key: str) -> Kept:
        """The request of this key as it is kept: this one, or the one that was there before. Without `sealed`: it is done."""
        for attempt in range(ATTEMPTS):
            item = Pending(self._now(), request, key, attempt)
            reference = mark(self._secret, key, attempt).reference
            outcome, kept = await self._outbox.keep(reference, item.body(), item.registered.timestamp(), key)
            if outcome != "held" or items.of(kept).key == key:
                self._writer.version += 1
                return kept
        raise StoreUnavailable("outbox: no number is free")

    # What employees did.

    async def tried(self, reference: str, at: datetime, note: str = "") -> None:
        """As `Contacts.tried`; kept until the register knows."""
        await self._add(reference, lambda item: item.but(tried=(*item.tried, Try(at, note))))

    async def done(self, reference: str, outcome: str) -> None:
        """As `Contacts.done`; kept until the register knows. What could never be written ends here."""
        await self._add(reference, lambda item: item if item.done is not None else item.but(done=outcome))

    async def _add(self, reference: str, change: Callable[[Pending], Pending]) -> None:
        """Keep what was done, and write it at once when the register is all that is missing. Raises CallbackNotFound."""
        number = number_of(reference)
        name = spelled(number) if number else reference.strip().upper()
        self._writer.version += 1
        for _ in range(_ROUNDS):
            before = await self._outbox.find(name)
            if before is None:
                item = change(Pending(self._now()))
                outcome, kept = await self._outbox.keep(name, item.body(), item.registered.timestamp())
                if outcome == "new":
                    return await self._writer.attempt(kept, aloud=True)
            elif await self._writer.change(before, change(items.of(before))):
                return
        raise StoreUnavailable("outbox")

    async def catch_up(self, most: int) -> bool:
        """Write up to `most` of what is due now. False when there was nothing."""
        return await self._writer.catch_up(most)

    # Looking.

    async def open(self, limit: int) -> list[OpenCallback]:
        """As `Contacts.open`, with those that aren't in the register yet."""
        kept = await self.unwritten()
        there = await self.written(limit + len(kept)) if limit > 0 else []
        found = [each for one in there if (each := items.merged(one, kept.get(one.reference)))]
        found += missing(kept, {one.reference for one in there})
        return sorted(found, key=lambda each: each.registered)[: max(limit, 0)]

    async def written(self, limit: int) -> list[OpenCallback]:
        """As `Contacts.open`, what the register has and no more."""
        return await self._register.open(limit)

    async def unwritten(self) -> dict[str, Pending]:
        """What must still be written, by reference, the oldest first."""
        return {kept.reference: items.of(kept) for kept in await self._outbox.all()}

    async def figures(self) -> tuple[int, float]:
        """How many items are to be written, and the seconds that the oldest has waited; 0 when there is none."""
        count, since = await self._outbox.figures()
        return count, max(self._now().timestamp() - since, 0.0) if since is not None else 0.0

    async def check(self) -> list[str]:
        """As `Contacts.check`, and whether something has waited long to be written."""
        faults = await self._register.check()
        try:
            count, seconds = await self.figures()
        except StoreUnavailable:
            return faults  # told by the check of Redis
        if seconds > self._longest_pause:
            faults.append(
                f"{count} call-back(s) still have to be written to the register, the oldest for {seconds / 60:.0f} minutes. "
                "What waits for a person is in the desk's list of tasks."
            )
        return faults

    async def aclose(self) -> None:
        await self._register.aclose()


def missing(kept: dict[str, Pending], there: set[str]) -> list[OpenCallback]:
    """The requests of the outbox that the register hasn't got."""
    found = (items.waiting(reference, item) for reference, item in kept.items() if reference not in there)
    return [each for each in found if each]
