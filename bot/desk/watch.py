"""What must happen without anybody asking: acts that were postponed, agents who disappeared, positions in the queue, other ways
for who waits long, conversations that are no more.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.handover import Handover, Refused
from bot.conversation.locks import Lock
from bot.conversation.queue import Queued
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import Conversation, Store, UnknownConversation
from bot.desk import acts, words
from bot.gemeenten import Gemeente

log = structlog.get_logger()

MOST_BACK = 30  # events read back for what a citizen was told last
MOST_CLOSED = 5000


@dataclass(frozen=True)
class Pace:
    """In seconds. `gone`: silence of a browser."""

    gone: float
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

    def __init__(
        self, gemeenten: Mapping[str, Gemeente], handover: Handover, store: Store, lock: Lock, pace: Pace,
        now: Callable[[], datetime],
    ) -> None:
        self._gemeenten, self._handover, self._store, self._lock, self._pace = gemeenten, handover, store, lock, pace
        self._now = now
        self._told: dict[str, dict[str, Told]] = {key: {} for key in gemeenten}  # municipality -> conversation -> …
        # Who was offered other ways, since when they waited then, and why.
        self._offered: dict[str, set[tuple[str, float, str]]] = {key: set() for key in gemeenten}
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
                self._offered = {key: set() for key in self._gemeenten}
                self._since = await self._handover.now()
            await self.tick()
        except StoreUnavailable as exc:
            if self._since is not None:
                log.warning("desk_watch_paused", reason=str(exc))
            self._since = None

    async def tick(self) -> None:
        """Everything once, for every municipality. Raises StoreUnavailable."""
        prune = asyncio.get_running_loop().time() >= self._prune_at
        await self._do_postponed()
        for gemeente in self._gemeenten.values():
            if prune:
                await self._prune(gemeente.key)
            await self._return_abandoned(gemeente)
            await self._tell_positions(gemeente)
        if prune:
            self._prune_at = asyncio.get_running_loop().time() + self._pace.prune

    async def _do_postponed(self) -> None:
        """Closings and hand-overs that nobody undid, whether or not the agent is still there."""
        for conv in await self._handover.due():
            try:
                found = await self._store.get(conv)
                if found.pending:
                    await acts.perform(self._handover, found, found.pending, postponed=found.postponed)
            except Refused:
                continue  # undone, replaced, or somebody else has it: whoever did that has also taken it from what is due
            except UnknownConversation:
                await self._handover.not_due(conv)

    async def _return_abandoned(self, gemeente: Gemeente) -> None:
        """Conversations of agents who disappeared or signed out go back to the queue.

        After a start (or an outage of the store) everybody first gets the time to come back.
        """
        holders = await self._handover.holders(gemeente.key)
        if not holders:
            return
        seen = {presence.agent.id: presence.seen for presence in await self._handover.agents(gemeente.key)}
        limit = await self._handover.now() - self._pace.gone + self._pace.tick
        for conv, agent in holders.items():
            if agent in seen and max(seen[agent], self._since or 0) > limit:
                continue
            found = await self._get(gemeente.key, conv)
            if found and (found.owner, found.agent) == ("agent", agent):
                await self._return(gemeente, found)

    async def _return(self, gemeente: Gemeente, found: Conversation) -> None:
        try:
            await self._handover.back_to_queue(found, found.agent)
            order = [one.conv for one in await self._handover.queue(gemeente.key) if one.team == found.team]
            position = order.index(found.id) + 1 if found.id in order else 1
            await self._handover.tell(found, events.message("system", words.agent_gone(position)), owner="queue")
        except (Refused, UnknownConversation):
            return  # closed, claimed or erased in the meantime: that is what counts now
        self._told[gemeente.key].pop(found.id, None)
        log.info("desk_agent_gone", agent=found.agent, gemeente=gemeente.key, conv=found.id)

    async def _tell_positions(self, gemeente: Gemeente) -> None:
        queued = await self._handover.queue(gemeente.key)
        teams = {one.team for one in queued}
        views = await self._handover.outlooks(gemeente.key, teams, queued, self._pace.gone) if queued else {}
        now = await self._handover.now() if queued else 0.0
        positions: Counter[str] = Counter()
        for one in queued:
            positions[one.team] += 1
            position = positions[one.team]
            await self._tell(gemeente, one, position, views[one.team].wait_seconds(position))
            if now - one.since > gemeente.desk.max_wait_minutes * 60:
                await self._offer(gemeente, one, words.waits_long(gemeente.desk.max_wait_minutes), "long")
        told = self._told[gemeente.key]
        self._told[gemeente.key] = {one.conv: told[one.conv] for one in queued if one.conv in told}
        here = {one.conv for one in queued}
        self._offered[gemeente.key] = {offer for offer in self._offered[gemeente.key] if offer[0] in here}

    async def _tell(self, gemeente: Gemeente, one: Queued, position: int, eta: int | None) -> None:
        """Tell a citizen position and expected wait, when they changed and not too often."""
        now, known = asyncio.get_running_loop().time(), self._told[gemeente.key]
        told = known.get(one.conv) or await self._from_log(one.conv, now)
        if told:
            known[one.conv] = told
            if (told.position, told.eta) == (position, eta) or now - told.at < self._pace.between_tells:
                return
        team = gemeente.team(one.team)
        body = events.handover("queued", position=position, eta_s=eta) | ({"team": team.name} if team else {})
        if await self._told_them(gemeente.key, one, body):
            known[one.conv] = Told(position, eta, now)
        if eta is None:
            await self._offer(gemeente, one, words.nobody_there(gemeente, self._now()), "nobody")

    async def _offer(self, gemeente: Gemeente, one: Queued, text: str, why: str) -> None:
        """The other ways to a person, once for each reason in a stay in the queue: nobody waits for ever."""
        offer = (one.conv, one.since, why)
        if offer in self._offered[gemeente.key]:  # the log would refuse it; asking that for each of them every second is too much
            return
        body = events.message("system", text, **words.other_ways(gemeente))
        if await self._told_them(gemeente.key, one, body, cid=f"{why}:{one.since:.0f}"):
            self._offered[gemeente.key].add(offer)

    async def _told_them(self, gemeente: str, one: Queued, body: Event, cid: str = "") -> bool:
        """False when they don't wait any more."""
        found = await self._get(gemeente, one.conv)
        if found is None:
            return False
        try:
            await self._handover.tell(found, body, owner="queue", cid=cid)
        except (Refused, UnknownConversation):
            return False
        return True

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
