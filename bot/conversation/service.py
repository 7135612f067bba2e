"""What all citizens of a municipality are told at once: the emergency notice, and whether Balie is switched off.

Set at the desk or with `balie notice`, kept in Redis, known to every process within seconds: a change wakes the feed, and what is
known is read again every few seconds. When Redis is away the last known state goes on.
"""

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.feed import Feed
from bot.conversation.redis import StoreUnavailable, reaching

T = TypeVar("T")


class Notice(msgspec.Struct, frozen=True):
    """An emergency notice. `until`: aware moment at which it ends by itself. `by`, `at`: who set it and when, for the desk."""

    text: str
    at: datetime
    by: str = ""
    until: datetime | None = None
    id: str = msgspec.field(default_factory=lambda: "n_" + secrets.token_hex(8))


class Off(msgspec.Struct, frozen=True):
    """Balie is switched off. `text`: what citizens read instead. `by`, `at`: who did it and when, for the desk."""

    text: str
    at: datetime
    by: str = ""


class ServiceState(msgspec.Struct, frozen=True):
    """How it is now. `changed`: when it last became different, also by a notice that ended; None when it never did."""

    switched_off: Off | None = None
    notice: Notice | None = None
    changed: datetime | None = None

    @property
    def off(self) -> bool:
        return self.switched_off is not None

    @property
    def off_text(self) -> str:
        """What citizens read when Balie is off; empty when it is on."""
        return self.switched_off.text if self.switched_off else ""

    @property
    def on_show(self) -> bool:
        """Whether there is anything to tell."""
        return self.off or self.notice is not None

    def told_after(self, now: datetime, seconds: float) -> bool:
        """Whether a client that comes back must hear it: something is on, or was until less than `seconds` ago."""
        return self.on_show or (self.changed is not None and now - self.changed < timedelta(seconds=seconds))

    def public(self) -> dict[str, Any]:
        """What citizens may know: `off`, `off_text` and `notice` ({id, text, until} or None)."""
        notice = self.notice and {"id": self.notice.id, "text": self.notice.text, "until": self.notice.until}
        return {"off": self.off, "off_text": self.off_text, "notice": notice}

    def at(self, now: datetime) -> "ServiceState":
        """The same at the moment `now`: without the notice when that has ended."""
        ends = self.notice.until if self.notice else None
        if ends is None or ends > now:
            return self
        return ServiceState(self.switched_off, None, max(ends, self.changed or ends))


EVERYTHING_ON = ServiceState()


class ServiceBook:
    """The states of all municipalities. `now`: the present moment, aware. `fresh_seconds`: how old what is known may be."""

    def __init__(self, client: Redis, now: Callable[[], datetime], *, fresh_seconds: float) -> None:
        self._client = client
        self._now = now
        self._fresh_seconds = fresh_seconds
        self._known: dict[str, ServiceState] = {}
        self._asked: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, gemeente: str) -> ServiceState:
        """How it is now. Never fails: when Redis is away it is as it was last; on, when that isn't known."""
        async with self._locks[gemeente]:
            if time.monotonic() - self._asked.get(gemeente, -self._fresh_seconds) >= self._fresh_seconds:
                with contextlib.suppress(StoreUnavailable):
                    await self._read(gemeente)
        return self.known(gemeente)

    def known(self, gemeente: str) -> ServiceState:
        """The same without asking Redis: as it was when somebody last did."""
        return self._known.get(gemeente, EVERYTHING_ON).at(self._now())

    async def put(
        self, gemeente: str, *, notice: Notice | UnsetType | None = UNSET, off: Off | UnsetType | None = UNSET
    ) -> ServiceState:
        """Set (or with None: end) the notice, the switch, or both; what isn't named stays as it is. Every process hears of it.

        Returns how it is then. Raises StoreUnavailable.
        """
        name = keys.service(gemeente)
        async with self._locks[gemeente]:  # else what somebody read just before could come after it
            with reaching("service"):
                raw = await self._write(name, {"notice": notice, "off": off})
            self._keep(gemeente, raw)
        return self.known(gemeente)

    async def _write(self, name: str, parts: Mapping[str, object]) -> dict[bytes, bytes]:
        """In one step, in which what is there then is read as well."""
        async with self._client.pipeline(transaction=True) as pipe:
            for part, value in parts.items():
                if value is None:
                    pipe.hdel(name, part)
                elif value is not UNSET:
                    pipe.hset(name, part, msgspec.json.encode(value).decode())
            pipe.hset(name, "changed", msgspec.json.encode(self._now()).decode())
            pipe.xadd(keys.FEED, {"c": keys.SERVICE}, maxlen=keys.FEED_LENGTH, approximate=True)
            pipe.hgetall(name)
            return dict((await pipe.execute())[-1])

    async def watch(self, feed: Feed, gemeenten: Iterable[str], poll_seconds: float) -> None:
        """Do this in every process that has clients: wakes who listens to `heard(gemeente)` when something is different."""
        told: dict[str, object] = {}
        with feed.listen(keys.SERVICE) as listener:
            while True:
                for gemeente in gemeenten:
                    self._asked.pop(gemeente, None)
                    state = (await self.get(gemeente)).public()
                    if told.get(gemeente, state) != state:
                        feed.wake(heard(gemeente))
                    told[gemeente] = state
                await listener.wait(min([poll_seconds, *map(self._until_end, gemeenten)]))

    def _until_end(self, gemeente: str) -> float:
        """Seconds until the notice ends by itself; endless without one."""
        notice = self.known(gemeente).notice
        if notice is None or notice.until is None:
            return float("inf")
        return max((notice.until - self._now()).total_seconds(), 0.0)

    async def _read(self, gemeente: str) -> None:
        self._asked[gemeente] = time.monotonic()  # also when it fails: who comes next must not wait again
        with reaching("service"):
            raw = await self._client.hgetall(keys.service(gemeente))  # type: ignore[misc]
        self._keep(gemeente, raw)

    def _keep(self, gemeente: str, raw: Mapping[bytes, bytes]) -> None:
        off, notice, changed = _part(raw, "off", Off), _part(raw, "notice", Notice), _part(raw, "changed", datetime)
        self._known[gemeente] = ServiceState(off, notice, changed)


def _part(raw: Mapping[bytes, bytes], name: str, kind: type[T]) -> T | None:
    found = raw.get(name.encode())
    return None if found is None else msgspec.json.decode(found, type=kind)


def heard(gemeente: str) -> str:
    """What to listen to in the feed, besides a conversation, to be woken when the state of its municipality is different."""
    return f"{keys.SERVICE}:{gemeente}"
