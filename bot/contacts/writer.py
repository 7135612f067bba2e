"""Writing what the outbox keeps to the contact register: each item to its end, later again, or set aside for a person."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.contacts import CallbackNotFound, CallbackRefused, Contacts, ContactsUnavailable, ReferenceTaken
from bot.contacts import pending as items
from bot.contacts.pending import Pending
from bot.contacts.references import ATTEMPTS, mark
from bot.conversation.outbox import Kept, Outbox
from bot.conversation.redis import StoreUnavailable
from bot.logs import where
from bot.pauses import Pauses

log = structlog.get_logger()


PAUSES = Pauses()


class Writer:
    """Of one municipality. `version` goes up with every change that is made here. Methods raise StoreUnavailable."""

    def __init__(
        self, register: Contacts, outbox: Outbox, *, secret: bytes, pauses: Pauses, now: Callable[[], datetime]
    ) -> None:
        self._register = register
        self._outbox = outbox
        self._secret = secret
        self._pauses = pauses
        self._now = now
        self._failing = False
        self.version = 0

    async def catch_up(self, most: int) -> bool:
        """Write up to `most` of what is due now. False when there was nothing."""
        kept = await self._outbox.take(self._now().timestamp(), most)
        for failed in await asyncio.gather(*(self.attempt(each) for each in kept), return_exceptions=True):
            if failed:  # once all are at their end: no more are under way than may be
                raise failed
        return bool(kept)

    async def attempt(self, kept: Kept, *, aloud: bool = False) -> None:
        """One item to its end, or later again. `aloud`: raise CallbackNotFound."""
        item = items.of(kept)
        if item.problem == items.UNREADABLE:
            return await self._unreadable(kept)
        try:
            await items.write(self._register, kept.reference, item)
        except CallbackRefused as exc:
            await self.set_aside(kept, items.REFUSED, exc.field)
        except ReferenceTaken:
            if not await self.renumber(kept):
                await self.set_aside(kept, items.TAKEN)
        except CallbackNotFound:  # somebody took it out of the register
            log.warning("callback_unknown", reason="not in the register")
            await self._outbox.drop(kept)
            if aloud:
                raise
        except ContactsUnavailable:
            await self.later(kept, item.but(told=True))
        except Exception as exc:
            log.error("callback_failed", error=type(exc).__name__, where=where(exc))
            await self.later(kept, item.but(told=True))
        else:
            await self.written(kept)

    async def written(self, kept: Kept) -> None:
        self.version += 1
        try:
            await self._outbox.drop(kept)
            if self._failing:
                self._failing = False
                await self._outbox.hurry(self._now().timestamp())
        except StoreUnavailable as exc:  # it is written; the lease ends, and writing it again changes nothing
            log.warning("store_unavailable", during=str(exc))

    async def later(self, kept: Kept, item: Pending) -> bool:
        self._failing = True
        tries = item.tries + 1
        due = self._now().timestamp() + self._pauses.after(tries)
        return await self._outbox.change(kept, item.but(problem=items.UNAVAILABLE, tries=tries).body(), due)

    async def set_aside(self, kept: Kept, problem: str, field: str = "") -> None:
        """For a person: trying again helps nothing, unless it changed meanwhile."""
        self.version += 1
        log.error("callback_set_aside", reason=problem)
        await self.change(kept, items.of(kept).but(problem=problem, field=field, told=True))

    async def _unreadable(self, kept: Kept) -> None:
        """Sealed with another secret, or of another version: a process that can read it may come."""
        log.error("callback_set_aside", reason=items.UNREADABLE)
        await self._outbox.change(kept, None, self._now().timestamp() + self._pauses.longest)

    async def renumber(self, kept: Kept) -> bool:
        """Another reference, unless the citizen knows this one or there is none left. True as well when others changed it."""
        item = items.of(kept)
        for attempt in () if item.told else range(item.attempt + 1, ATTEMPTS):
            reference = mark(self._secret, item.key, attempt).reference
            if await self._outbox.rename(kept, reference, item.but(attempt=attempt).body(), item.key):
                return True
        return await self._outbox.find(kept.reference) != kept

    async def change(self, before: Kept, item: Pending) -> bool:
        """False when others changed it at the same moment."""
        if item.stuck and item.done is not None:
            log.warning("callback_ended_unwritten", reason=item.problem)
            return await self._outbox.drop(before)
        known = items.of(before)
        if item == known or known.problem == items.UNREADABLE:
            return True
        return await self._outbox.change(before, item.body(), None if item.stuck else self._now().timestamp())
