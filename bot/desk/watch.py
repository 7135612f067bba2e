"""What must happen without anybody asking: agents who disappeared, positions in the queue, conversations that are no more."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.conversation import events
from bot.conversation.handover import Handover, Refused
from bot.conversation.locks import Lock
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import Conversation, Store, UnknownConversation
from bot.desk import words
from bot.gemeenten import Gemeente

log = structlog.get_logger()

MOST_BACK = 30  # events read back for what a citizen was told last
MOST_CLOSED = 5000


@dataclass(frozen=True)
class Pace:
    """In seconds. `gone`: silence of a browser; `per_conversation`: assumed length, for the expected wait."""

    gone: float
    per_conversation: float
    tick: float = 1.0
    between_tells: float = 20.0
    prune: float = 300.0


@dataclass(frozen=True)
class Told:
    """What a waiting citizen was told last. `eta` is None when nobody was there; `at` is this process's own clock."""

    position: int
    eta: int | None
    at: float


class Watch:
    """Run `run()` as a task in every edge process: the one that has the lock does the work."""

    def __init__(self, gemeenten: Mapping[str, Gemeente], handover: Handover, store: Store, lock: Lock, pace: Pace) -> None:
        self._gemeenten, self._handover, self._store, self._lock, self._pace = gemeenten, handover, store, lock, pace
        self._told: dict[str, dict[str, Told]] = {key: {} for key in gemeenten}  # municipality -> conversation -> …
        self._since: float | None = None  # clock of Redis when this watch began without a gap; None: not watching
        self._prune_at = 0.0

    async def run(self) -> None:
        try:
            while True:
                await self._step()
                await asyncio.sleep(self._pace.tick)
        finally:
            await self._stop()

    async def _stop(self) -> None:
        try:
            await self._lock.release()
        except StoreUnavailable:
            log.info("desk_watch_lock_kept")  # it ends by itself

    async def _step(self) -> None:
        try:
            if not await self._lock.hold():
                self._since = None
                return
            if self._since is None:
                self._told = {key: {} for key in self._gemeenten}
                self._since = await self._handover.now()
            await self.tick()
        except StoreUnavailable as exc:
            if self._since is not None:
                log.warning("desk_watch_paused", reason=str(exc))
            self._since = None

    async def tick(self) -> None:
        """Everything once, for every municipality. Raises StoreUnavailable."""
        prune = asyncio.get_running_loop().time() >= self._prune_at
        for gemeente in self._gemeenten.values():
            if prune:
                await self._prune(gemeente.key)
            await self._return_abandoned(gemeente.key)
            await self._tell_positions(gemeente)
        if prune:
            self._prune_at = asyncio.get_running_loop().time() + self._pace.prune

    async def _return_abandoned(self, gemeente: str) -> None:
        """Conversations of agents who disappeared or signed out go back to the queue.

        After a start (or an outage of the store) everybody first gets the time to come back.
        """
        active = await self._handover.active(gemeente)
        if not active:
            return
        seen = {presence.agent.id: presence.seen for presence in await self._handover.agents(gemeente)}
        limit = await self._handover.now() - self._pace.gone + self._pace.tick
        for conv, _ in active:
            found = await self._get(gemeente, conv)
            if found is None or found.owner != "agent":
                continue
            if found.agent not in seen or max(seen[found.agent], self._since or 0) <= limit:
                await self._return(found)

    async def _return(self, found: Conversation) -> None:
        try:
            await self._handover.back_to_queue(found, found.agent)
            order = [conv for conv, _ in await self._handover.waiting(found.gemeente)]
            position = order.index(found.id) + 1 if found.id in order else 1
            await self._handover.tell(found, events.message("system", words.agent_gone(position)), owner="queue")
        except (Refused, UnknownConversation):
            return  # closed, claimed or erased in the meantime: that is what counts now
        self._told[found.gemeente].pop(found.id, None)
        log.info("desk_agent_gone", agent=found.agent, gemeente=found.gemeente, conv=found.id)

    async def _tell_positions(self, gemeente: Gemeente) -> None:
        waiting = [conv for conv, _ in await self._handover.waiting(gemeente.key)]
        available = await self._handover.available(gemeente.key, self._pace.gone) if waiting else 0
        for position, conv in enumerate(waiting, start=1):
            eta = math.ceil(position * self._pace.per_conversation / available) if available else None
            await self._tell(gemeente, conv, position, eta)
        told = self._told[gemeente.key]
        self._told[gemeente.key] = {conv: told[conv] for conv in waiting if conv in told}

    async def _tell(self, gemeente: Gemeente, conv: str, position: int, eta: int | None) -> None:
        """Tell a citizen position and expected wait, when they changed and not too often."""
        now, known = asyncio.get_running_loop().time(), self._told[gemeente.key]
        told = known.get(conv) or await self._from_log(conv, now)
        if told:
            known[conv] = told
            if (told.position, told.eta) == (position, eta) or now - told.at < self._pace.between_tells:
                return
        found = await self._get(gemeente.key, conv)
        if found is None:
            return
        try:
            await self._handover.tell(found, events.handover("queued", position=position, eta_s=eta), owner="queue")
            if eta is None and (told is None or told.eta is not None):
                await self._handover.tell(found, events.message("system", words.nobody_there(gemeente.telefoon)), owner="queue")
        except (Refused, UnknownConversation):
            return
        known[conv] = Told(position, eta, now)

    async def _from_log(self, conv: str, now: float) -> Told | None:
        """What an earlier process told, so that a restart repeats nothing."""
        for _, body in reversed(await self._store.history(conv, None, MOST_BACK)):
            if body["type"] == "handover":
                told = body["state"] == "queued" and "eta_s" in body
                return Told(body.get("position", 0), body["eta_s"], now) if told else None
        return None

    async def _prune(self, gemeente: str) -> None:
        """Drop conversations that were erased or whose time is over from the lists."""
        listed = [await self._handover.waiting(gemeente), await self._handover.active(gemeente)]
        for group in (*listed, await self._handover.closed(gemeente, MOST_CLOSED)):
            for conv, _ in group:
                await self._get(gemeente, conv)

    async def _get(self, gemeente: str, conv: str) -> Conversation | None:
        try:
            return await self._store.get(conv)
        except UnknownConversation:
            await self._handover.forget(gemeente, conv)
            return None
