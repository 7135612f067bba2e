"""Who is at the desk: the status and number of conversations an agent chose, kept fresh by signs of life of the browser."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.conversation.handover import Handover
from bot.conversation.queue import Presence
from bot.conversation.sessions import Person, Session
from bot.conversation.store import Store

NEWS = "desk"  # signals under this name wake whoever listens to every conversation, and nobody else


class Presences:
    """Signs of life. Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, handover: Handover, store: Store, gone_seconds: float, most: Mapping[str, int]) -> None:
        """`most`: conversations that an agent may have at once, by municipality."""
        self._handover = handover
        self._store = store
        self._gone_seconds = gone_seconds
        self._most = most
        self._locks: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._windows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)  # agent -> session -> open streams

    async def set(self, who: Person, status: str | None = None, limit: int | None = None) -> None:
        """What the agent chose; None leaves it as it was. More than may be counts as the most that may be."""
        async with self._locks[who.gemeente, who.agent.id]:
            before = await self._before(who)
            await self._write(who, status or (before.status if before else "available"), limit or self._limit(who, before))
        await self._store.signal(NEWS, "presence")

    async def alive(self, who: Person) -> None:
        """The browser is still there; the status stays what it was, or becomes available."""
        async with self._locks[who.gemeente, who.agent.id]:  # a sign of life must not undo a change of status
            before = await self._before(who)
            seen = await self._write(who, before.status if before else "available", self._limit(who, before))
            news = before is None or seen - before.seen >= self._gone_seconds
        if news:
            await self._store.signal(NEWS, "presence")

    async def limit(self, who: Person) -> int:
        """How many conversations this agent takes at once."""
        return self._limit(who, await self._before(who))

    async def _before(self, who: Person) -> Presence | None:
        return next((one for one in await self._handover.agents(who.gemeente) if one.agent.id == who.agent.id), None)

    def _limit(self, who: Person, before: Presence | None) -> int:
        return min(before.limit, self._most[who.gemeente]) if before else self._most[who.gemeente]

    async def _write(self, who: Person, status: str, limit: int) -> float:
        limit = min(limit, self._most[who.gemeente])
        return await self._handover.present(who.gemeente, who.agent, status, limit, who.teams)

    async def leave(self, session: Session) -> None:
        """The agent signed out and takes no conversations any more, unless signed in elsewhere too."""
        windows = self._windows[session.gemeente, session.agent.id]
        if not any(count for other, count in windows.items() if other != session.id):
            await self._handover.absent(session.gemeente, session.agent.id)
            await self._store.signal(NEWS, "presence")

    async def there(self, gemeente: str) -> list[Presence]:
        """Agents whose browser gave a sign of life lately, by name."""
        now = await self._handover.now()
        found = [p for p in await self._handover.agents(gemeente) if now - p.seen < self._gone_seconds]
        return sorted(found, key=lambda p: p.agent.name)

    @contextlib.contextmanager
    def window(self, session: Session) -> Iterator[None]:
        """While a window of this session has its stream open."""
        windows = self._windows[session.gemeente, session.agent.id]
        windows[session.id] += 1
        try:
            yield
        finally:
            windows[session.id] -= 1
            if not windows[session.id]:
                del windows[session.id]


def people(agents: Iterable[Presence], load: Mapping[str, int]) -> list[dict[str, Any]]:
    """The agents for a page. `load`: how many conversations each has."""
    return [
        {
            "id": one.agent.id, "name": one.agent.name, "status": one.status, "busy_with": load.get(one.agent.id, 0),
            "limit": one.limit, "teams": list(one.teams),
        }
        for one in agents
    ]
