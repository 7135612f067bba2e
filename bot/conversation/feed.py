"""One reader per edge process that wakes all its open event streams: an open stream is never a Redis connection of its own."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversation import keys

log = structlog.get_logger()

BLOCK_SECONDS = 5.0
ANY = "*"  # subscribe to this to hear of every conversation


class Listener:
    """Wakes when its conversation has something new. `signals` holds what is not kept, such as `typing:agent`."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self.signals: list[str] = []

    def wake(self, signal: str | None = None) -> None:
        if signal and signal not in self.signals and (len(self.signals) < 20 or signal == "erased"):  # that one is never missed
            self.signals.append(signal)
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """True when woken, False after `seconds` of silence."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def take_signals(self) -> list[str]:
        taken, self.signals = self.signals, []
        return taken


class Feed:
    """Reads the stream of news and wakes listeners. Run `run()` as a task."""

    def __init__(self, blocking_client: Redis) -> None:
        self._client = blocking_client
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    @contextlib.contextmanager
    def listen(self, conv: str, *also: str) -> Iterator[Listener]:
        """A listener to a conversation, and to what else may concern it."""
        listener, names = Listener(), (conv, *also)
        for name in names:
            self._listeners[name].add(listener)
        try:
            yield listener
        finally:
            for name in names:
                self._listeners[name].discard(listener)
                if not self._listeners[name]:
                    del self._listeners[name]

    def wake(self, name: str) -> None:
        """Wake the listeners of this process alone."""
        for listener in self._listeners.get(name, ()):
            listener.wake()

    def count(self, conv: str) -> int:
        """Open listeners of one conversation."""
        return len(self._listeners.get(conv, ()))

    async def run(self) -> None:
        """Read for ever. After a lost connection everybody is woken once: they may have missed something."""
        last = "$"
        while True:
            try:
                if last == "$":
                    last = await self._newest()
                    self._wake_all()
                for _, items in await self._client.xread({keys.FEED: last}, count=500, block=int(BLOCK_SECONDS * 1000)):
                    for entry, fields in items:
                        last = entry.decode()
                        self._wake(fields[b"c"].decode(), fields.get(b"e", b"").decode())
            except RedisError as exc:
                log.warning("feed_lost", error=type(exc).__name__)
                last = "$"
                await asyncio.sleep(0.5)

    async def _newest(self) -> str:
        found = await self._client.xrevrange(keys.FEED, count=1)
        return found[0][0].decode() if found else "0-0"

    def _wake(self, conv: str, signal: str) -> None:
        for key in (conv, ANY):
            for listener in self._listeners.get(key, ()):
                listener.wake(signal or None)

    def _wake_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.wake()
