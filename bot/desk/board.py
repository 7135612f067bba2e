"""The lists of one municipality: waiting, with an agent, closed. Built once per change and shared by everybody who looks."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.conversation.events import Event
from bot.conversation.feed import ANY, Feed
from bot.conversation.handover import Handover
from bot.conversation.many import Many
from bot.conversation.queue import Presence
from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation, Store
from bot.desk import roles
from bot.desk.access import closing_in, last_closing
from bot.desk.presence import Presences, people
from bot.desk.rows import Row, Rows

DEBOUNCE_SECONDS = 0.2
REFRESH_SECONDS = 5.0  # agents disappear without news, so look again now and then
MOST_WAITING = 200
MOST_CLOSED = 50
TAIL = 12  # events read back for what was said last
CLOSING_TAIL = 30  # events read back for a closing; one that lies further back is looked for page by page

Counts = dict[str, int]
CountTasks = Callable[[Sequence[str]], Counts]  # of these teams; of all when there are none


@dataclass(frozen=True)
class Snapshot:
    """The lists at one moment. `trouble`: the store does not answer, this is how it was."""

    waiting: Sequence[Row] = ()
    active: Sequence[Row] = ()
    closed: Sequence[Row] = ()
    agents: Sequence[Presence] = ()
    tasks: Mapping[str, Counts] = field(default_factory=dict)  # by team, and under "" those of all
    trouble: bool = False

    def view(self, session: Session) -> dict[str, Any]:
        """What the page of this person shows: their own, and what is of their teams."""
        leads, load = roles.may(session.roles, roles.LEADS), Counter(row["agent"]["id"] for row in self.active)
        me = next((one for one in self.agents if one.agent.id == session.agent.id), None)
        mine = [row for row in self.active if row["agent"]["id"] == session.agent.id]
        others = [row for row in _of(self.active, session) if row["agent"]["id"] != session.agent.id]
        return {
            "type": "lists", "waiting": _of(self.waiting, session), "mine": mine,
            "team": [row | {"open": leads} if leads else _covered(row) for row in others],
            "closed": _of(self.closed, session), "tasks": self._tasks(session.teams), "status": me.status if me else None,
            "limit": me.limit if me else None,
            "colleagues": [one for one in people(self.agents, load) if one["id"] != session.agent.id], "trouble": self.trouble,
        }

    def _tasks(self, teams: Sequence[str]) -> Counts:
        """Call-backs that wait for these teams, and how much is still to be written, whoever it is for."""
        every = self.tasks.get("", {"open": 0, "unwritten": 0})
        return every | {"open": sum(self.tasks[team]["open"] for team in teams if team in self.tasks)} if teams else every


def _of(rows: Sequence[Row], session: Session) -> list[Row]:
    return [row for row in rows if not session.teams or row["team"]["id"] in session.teams]


def _covered(row: Row) -> Row:
    """A colleague's conversation for who may not read it: that it is there, not what is said."""
    last = row["last"]
    return row | {"open": False, "last": last and last | {"text": ""}}


class Board:
    """Run `run()` as a task. Asleep while nobody watches."""

    def __init__(
        self, gemeente: str, rows: Rows, handover: Handover, store: Store, many: Many, presences: Presences, feed: Feed,
        count_tasks: CountTasks,
    ) -> None:
        self._gemeente, self._rows, self._count_tasks = gemeente, rows, count_tasks
        self._handover, self._store, self._many = handover, store, many
        self._presences, self._feed = presences, feed
        self._closings: dict[tuple[str, int], Event | None] = {}
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
            snapshot = replace(self.snapshot, trouble=True)
        if snapshot != self.snapshot or self.version == 0:
            async with self._changed:
                self.snapshot = snapshot
                self.version += 1
                self._changed.notify_all()

    async def build(self) -> Snapshot:
        """The lists as they are now, in as many round trips for two hundred as for one or so. Raises StoreUnavailable."""
        key, handover = self._gemeente, self._handover
        waiting = [conv for conv, _ in await handover.waiting(key)][:MOST_WAITING]
        active = dict(await handover.active(key))
        closed = await handover.closed(key, MOST_CLOSED)
        found = await self._many.get([*waiting, *active, *(conv for conv, _ in closed)])
        tails = await self._many.tails(list(active), TAIL)
        now, rows = await handover.now(), self._rows
        return Snapshot(
            waiting=[rows.waiting(one, now) for one in _with(waiting, found, "queue")],
            active=[
                rows.active(one, active[one.id], now) | {"last": last_message(tails.get(one.id, []))}
                for one in _with(active, found, "agent")
            ],
            closed=await self._closed_rows(closed, found), agents=await self._presences.there(key),
            tasks={"": self._count_tasks(())} | {team: self._count_tasks((team,)) for team in rows.teams},
        )

    async def _closed_rows(self, closed: Sequence[tuple[str, int]], found: Mapping[str, Conversation]) -> list[Row]:
        """A closing never changes, so it is looked up once; the key holds its time."""
        new = [conv for conv, at in closed if (conv, at) not in self._closings and conv in found]
        tails = await self._many.tails(new, CLOSING_TAIL)
        kept: dict[tuple[str, int], Event | None] = {}
        for conv, at in closed:
            if conv in found:
                known = (conv, at) in self._closings
                kept[conv, at] = self._closings[conv, at] if known else await self._closing(conv, tails.get(conv, []))
        self._closings = kept
        return [self._rows.closed(found[conv], at, closing) for (conv, at), closing in kept.items() if closing]

    async def _closing(self, conv: str, tail: Sequence[tuple[int, Event]]) -> Event | None:
        """None for conversations that left the queue without an agent."""
        if found := closing_in(tail):
            return found[1]
        found = await last_closing(self._store, conv)
        return found[1] if found else None


def _with(convs: Sequence[str] | Mapping[str, int], found: Mapping[str, Conversation], owner: str) -> list[Conversation]:
    return [found[conv] for conv in convs if conv in found and found[conv].owner == owner]


def last_message(events: Sequence[tuple[int, Event]]) -> dict[str, Any] | None:
    """Who spoke last, and how it began: what tells an agent that an answer is due."""
    for seq, body in reversed(events):
        if body["type"] == "message" and body["from"]["role"] != "system":
            return {"seq": seq, "role": body["from"]["role"], "text": body["text"][:120]}
    return None
