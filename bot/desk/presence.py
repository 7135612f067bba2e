"""Who is at the desk: the status an agent chose, kept fresh by signs of life of the browser."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.conversation.handover import Agent, Handover, Presence
from bot.conversation.sessions import Session
from bot.conversation.store import Store

NEWS = "desk"  # signals under this name wake whoever listens to every conversation, and nobody else


class Presences:
    """Signs of life. Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, handover: Handover, store: Store, gone_seconds: float) -> None:
        self._handover = handover
        self._store = store
        self._gone_seconds = gone_seconds
        self._locks: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._windows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)  # agent -> session -> open streams

    async def set(self, gemeente: str, agent: Agent, status: str) -> None:
        async with self._locks[gemeente, agent.id]:
            await self._handover.present(gemeente, agent, status)
        await self._store.signal(NEWS, "presence")

    async def alive(self, gemeente: str, agent: Agent) -> None:
        """The browser is still there; the status stays what it was, or becomes available."""
        async with self._locks[gemeente, agent.id]:  # a sign of life must not undo a change of status
            before = {p.agent.id: p for p in await self._handover.agents(gemeente)}.get(agent.id)
            await self._handover.present(gemeente, agent, before.status if before else "available")
            news = before is None or await self._handover.now() - before.seen >= self._gone_seconds
        if news:
            await self._store.signal(NEWS, "presence")

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
