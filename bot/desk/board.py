"""The lists of one municipality: waiting, with an agent, closed. Built once per change and shared by everybody who looks."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.conversation.events import Event
from bot.conversation.feed import ANY, Feed
from bot.conversation.handover import Handover, Presence
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import Conversation, Store, UnknownConversation
from bot.desk import words
from bot.desk.access import last_closing
from bot.desk.presence import Presences

log = structlog.get_logger()

DEBOUNCE_SECONDS = 0.2
REFRESH_SECONDS = 5.0  # agents disappear without news, so look again now and then
MOST_WAITING = 200
MOST_CLOSED = 50

Row = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """The lists at one moment. `trouble`: the store does not answer, this is how it was."""

    waiting: list[Row] = field(default_factory=list)
    active: list[tuple[str, Row]] = field(default_factory=list)  # (agent, row)
    closed: list[Row] = field(default_factory=list)
    agents: list[Presence] = field(default_factory=list)
    trouble: bool = False

    def view(self, agent_id: str) -> dict[str, Any]:
        """What this agent's page shows."""
        mine = [row for agent, row in self.active if agent == agent_id]
        status = next((p.status for p in self.agents if p.agent.id == agent_id), None)
        return {
            "type": "lists", "waiting": self.waiting, "mine": mine, "closed": self.closed, "status": status,
            "colleagues": [
                {"name": p.agent.name, "status": p.status, "busy_with": sum(agent == p.agent.id for agent, _ in self.active)}
                for p in self.agents if p.agent.id != agent_id
            ],
            "trouble": self.trouble,
        }


class Board:
    """Run `run()` as a task. Asleep while nobody watches."""

    def __init__(
        self, gemeente: str, handover: Handover, store: Store, presences: Presences, feed: Feed, contexts: words.Contexts
    ) -> None:
        self._gemeente, self._contexts = gemeente, contexts
        self._handover, self._store, self._presences, self._feed = handover, store, presences, feed
        self._closed: dict[tuple[str, int], Row | None] = {}
        self._changed = asyncio.Condition()
        self._watchers = 0
        self._wanted = asyncio.Event()
        self.version = 0
        self.snapshot = Snapshot()

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """While somebody watches, `snapshot` is kept up to date; `wait()` tells of changes."""
        self._watchers += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._watchers -= 1
            if not self._watchers:
                self._wanted.clear()

    async def wait(self, version: int, seconds: float) -> None:
        """Return when there is a snapshot newer than `version`, or after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self.version > version)

    async def run(self) -> None:
        with self._feed.listen(ANY) as listener:
            while True:
                await self._wanted.wait()
                await self._refresh()
                await listener.wait(REFRESH_SECONDS)
                await asyncio.sleep(DEBOUNCE_SECONDS)
                listener.take_signals()

    async def _refresh(self) -> None:
        try:
            snapshot = await self.build()
        except StoreUnavailable:
            old = self.snapshot
            snapshot = Snapshot(old.waiting, old.active, old.closed, old.agents, trouble=True)
        if snapshot != self.snapshot or self.version == 0:
            async with self._changed:
                self.snapshot = snapshot
                self.version += 1
                self._changed.notify_all()

    async def build(self) -> Snapshot:
        """The lists as they are now. Raises StoreUnavailable."""
        key = self._gemeente
        waiting = await self._handover.waiting(key)
        active = await self._handover.active(key)
        closed = await self._handover.closed(key, MOST_CLOSED)
        return Snapshot(
            waiting=[row for conv, since in waiting[:MOST_WAITING] if (row := await self._waiting(conv, since))],
            active=[pair for conv, since in active if (pair := await self._active(conv, since))],
            closed=await self._closed_rows(closed),
            agents=await self._presences.there(key),
        )

    async def _waiting(self, conv: str, since: int) -> Row | None:
        found = await self._get(conv)
        return self._row(found, since) if found and found.owner == "queue" else None

    async def _active(self, conv: str, since: int) -> tuple[str, Row] | None:
        found = await self._get(conv)
        if found is None or found.owner != "agent":
            return None
        return found.agent, self._row(found, since) | {"last": last_message(await self._store.history(conv, None, 12))}

    async def _closed_rows(self, closed: list[tuple[str, int]]) -> list[Row]:
        """A closed row never changes, so it is made once; the key holds the time of closing."""
        kept: dict[tuple[str, int], Row | None] = {}
        for conv, at in closed:
            kept[conv, at] = self._closed[conv, at] if (conv, at) in self._closed else await self._closed_row(conv, at)
        self._closed = kept
        return [row for row in kept.values() if row]

    async def _closed_row(self, conv: str, at: int) -> Row | None:
        """None for conversations that left the queue without an agent."""
        found = await self._get(conv)
        closing = await last_closing(self._store, conv) if found else None
        if found is None or closing is None:
            return None
        event = closing[1]
        outcome = words.OUTCOMES.get(event.get("outcome") or "", "Afgesloten")
        return self._row(found, at) | {"outcome": outcome, "agent": event.get("agent", {}).get("name")}

    def _row(self, found: Conversation, since: int) -> Row:
        channel = words.CHANNELS.get(found.channel, found.channel)
        return {"conv": found.id, "channel": channel, "since": since} | self._contexts.of(found.handover)

    async def _get(self, conv: str) -> Conversation | None:
        try:
            return await self._store.get(conv)
        except UnknownConversation:
            return None


def last_message(events: list[tuple[int, Event]]) -> dict[str, Any] | None:
    """Who spoke last, and how it began: what tells an agent that an answer is due."""
    for seq, body in reversed(events):
        if body["type"] == "message" and body["from"]["role"] != "system":
            return {"seq": seq, "role": body["from"]["role"], "text": body["text"][:120]}
    return None
