"""The call-backs that wait, as people at a desk see them: what the register has and what is on its way there."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.contacts import ContactsUnavailable, OpenCallback
from bot.contacts.outbox import OutboxContacts, missing
from bot.contacts.pending import Pending, merged
from bot.conversation.redis import StoreUnavailable

log = structlog.get_logger()


@dataclass(frozen=True)
class Task:
    """One that waits. `unwritten`: what the register doesn't know of it yet. `there`: whether it has the request at all."""

    callback: OpenCallback
    team: str | None
    unwritten: Pending | None
    there: bool


@dataclass(frozen=True)
class TaskList:
    """The longest waiting first. `unwritten`: everything that is still to be written, also of what is done, by reference.

    `answered`: False when the register doesn't answer, so that only is told what it had before. `complete`: False then, and when
    it has more.
    """

    tasks: list[Task] = field(default_factory=list)
    unwritten: dict[str, Pending] = field(default_factory=dict)
    answered: bool = True
    complete: bool = True

    def counts(self, teams: Sequence[str] = ()) -> dict[str, int]:
        """How many wait for one of these teams (none: for any), and how much is still to be written."""
        return {"open": sum(not teams or task.team in teams for task in self.tasks), "unwritten": len(self.unwritten)}


class Tasks:
    """Of one municipality, for everybody who looks in this process: the register is asked once in `fresh_seconds`.

    At most `most` of the register's are shown.
    """

    def __init__(self, contacts: OutboxContacts, *, fresh_seconds: float, most: int) -> None:
        self._contacts = contacts
        self._fresh_seconds = fresh_seconds
        self._most = most
        self._there: list[OpenCallback] = []
        self._answered = True
        self._read = float("-inf")
        self._version = -1
        self._asking = asyncio.Lock()
        self._last = TaskList()
        self._refreshing: asyncio.Task[None] | None = None

    async def list(self) -> TaskList:
        """The list, with the register's part at most `fresh_seconds` old. Raises StoreUnavailable."""
        async with self._asking:
            # First what is on its way: what reaches the register in between is then seen twice, not never.
            unwritten = await self._contacts.unwritten()
            if self._stale() or self._just_written(unwritten):
                await self._ask()
            tasks = [self._task(each, unwritten.get(one.reference), there=True)
                     for one in self._there if (each := merged(one, unwritten.get(one.reference)))]
            others = missing(unwritten, {one.reference for one in self._there})
            tasks += [self._task(each, unwritten[each.reference], there=False) for each in others]
            tasks.sort(key=lambda task: task.callback.registered)
            complete = self._answered and len(self._there) < self._most
            self._last = TaskList(tasks, unwritten, self._answered, complete)
        return self._last

    def counts(self, teams: Sequence[str] = ()) -> dict[str, int]:
        """As `TaskList.counts`, of the last list: at once, for whoever asks often. A new one is on its way when that is old."""
        if self._stale() and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh())
        return self._last.counts(teams)

    async def about(self, conv: str, teams: Sequence[str] = ()) -> OpenCallback | None:
        """The last request of this conversation that waits for a call by one of these teams (none: by any)."""
        found = [
            task.callback for task in (await self.list()).tasks
            if task.callback.request.conversation == conv and (not teams or task.team in teams)
        ]
        return max(found, key=lambda callback: callback.registered, default=None)

    async def aclose(self) -> None:
        if self._refreshing:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])

    def _stale(self) -> bool:
        return self._version != self._contacts.version or time.monotonic() - self._read >= self._fresh_seconds

    def _just_written(self, unwritten: Mapping[str, Pending]) -> bool:
        """Whether another process brought something to the register that was on its way when it was last looked at."""
        return any(not task.there and task.callback.reference not in unwritten for task in self._last.tasks)

    async def _ask(self) -> None:
        """Also a failure counts as an answer: a register that is down isn't asked more often."""
        version = self._contacts.version
        try:
            self._there = await self._contacts.written(self._most)
            self._answered = True
        except ContactsUnavailable:
            self._answered = False
        self._read, self._version = time.monotonic(), version

    async def _refresh(self) -> None:
        try:
            await self.list()
        except StoreUnavailable as exc:
            log.warning("store_unavailable", during=str(exc))

    def _task(self, callback: OpenCallback, unwritten: Pending | None, *, there: bool) -> Task:
        request = callback.request
        return Task(callback, request.team or self._contacts.team_for(request.topic), unwritten, there)
