"""What must still be written to the contact register: safe here before anybody is told that it was noted.

One item per reference, sealed with the installation's secret because it holds a name and a telephone number. It stays until it
is written or somebody has dealt with it. Whoever writes it has it under a lease, so that a process that dies loses nothing.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.redis import StoreUnavailable, reaching, script
from bot.sealing import fernet

Body = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """An item as it was read. `body` is None when it was sealed with another secret; `sealed` is how it stands in Redis.

    `since`: when it came, in seconds since 1970; only `all` tells.
    """

    reference: str
    body: Body | None
    sealed: bytes
    since: float = 0.0


class OutboxFull(StoreUnavailable):
    """So much waits that nothing more is accepted."""


class Outbox:
    """Of one municipality. Every method raises StoreUnavailable when Redis does not answer in time.

    `lease_seconds`: silence after which another process takes an item over. `memory_seconds`: how long is remembered which
    reference a request got. `most`: items that may wait.
    """

    def __init__(
        self, client: Redis, gemeente: str, secret: str, *, lease_seconds: float, memory_seconds: int, most: int
    ) -> None:
        self._client = client
        self._fernet = fernet(f"outbox:{gemeente}:{secret}".encode())
        self._secret = f"callback:{gemeente}:{secret}".encode()
        self._lease_seconds = lease_seconds
        self._memory_seconds = memory_seconds
        self._most = most
        self._items, self._since = keys.outbox(gemeente), keys.outbox_since(gemeente)
        self._due, self._taken = keys.outbox_due(gemeente), keys.outbox_taken(gemeente)
        self._keep = script(client, "outbox_keep")
        self._change = script(client, "outbox_change")
        self._rename = script(client, "outbox_rename")
        self._take = script(client, "take_due")

    async def keep(self, reference: str, body: Body, at: float, key: str = "") -> tuple[str, Kept]:
        """Keep it under this reference, for this caller to write first. `at`: seconds since 1970; `key`: of a request.

        Returns `new`; `known` when the request of this key was kept before, as it is now (an empty `sealed`: it is done); or
        `held` when there is something else with this reference. Raises OutboxFull.
        """
        sealed = self._seal(body)
        args: list[bytes | str | float] = [reference, sealed, at, self._lease_seconds, self._most, self._memory_seconds]
        with reaching("outbox"):
            outcome, *found = await self._keep(keys=[self._items, self._since, self._taken, *self._names(key)], args=args)
        if outcome == b"full":
            raise OutboxFull("outbox full")
        if outcome == b"new":
            return "new", Kept(reference, body, sealed)
        return outcome.decode(), self._read(found[0], found[1])

    async def find(self, reference: str) -> Kept | None:
        with reaching("outbox"):
            raw = await self._client.hget(self._items, reference)  # type: ignore[misc]
        return self._read(reference.encode(), raw) if raw else None

    async def all(self) -> list[Kept]:
        """Everything that waits, the oldest first."""
        with reaching("outbox"):
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.zrange(self._since, 0, -1, withscores=True)
                pipe.hgetall(self._items)
                order, items = await pipe.execute()
        return [self._read(name, items[name], since) for name, since in order if name in items]

    async def take(self, now: float, most: int) -> list[Kept]:
        """Up to `most` items that are to be tried at `now` (seconds since 1970), for this caller alone until its lease ends."""
        with reaching("outbox"):
            found = await self._take(keys=[self._due, self._taken, self._items], args=[now, self._lease_seconds, most])
        return [self._read(name, raw) for name, raw in found]

    async def change(self, kept: Kept, body: Body | None, due: float | None) -> bool:
        """It becomes `body` (None: what can't be read stays as it is) and is tried at `due`, or no more (None).

        False when it changed meanwhile.
        """
        return await self._end(kept, kept.sealed if body is None else self._seal(body), "" if due is None else due)

    async def drop(self, kept: Kept, *, forget: str = "") -> bool:
        """It is written, or dealt with. `forget`: the key of a request that never was, so that the same may be asked again.

        False when it changed meanwhile.
        """
        return await self._end(kept, b"", "", forget)

    async def _end(self, kept: Kept, sealed: bytes, due: float | str, forget: str = "") -> bool:
        names = [self._items, self._since, self._due, self._taken, *self._names(forget)]
        with reaching("outbox"):
            return bool(await self._change(keys=names, args=[kept.reference, kept.sealed, sealed, due]))

    async def rename(self, kept: Kept, reference: str, body: Body, key: str) -> Kept | None:
        """The request of this key gets another reference. None when it changed meanwhile, or that one is in use."""
        sealed = self._seal(body)
        names = [self._items, self._since, self._taken, *self._names(key)]
        with reaching("outbox"):
            done = await self._rename(keys=names, args=[kept.reference, kept.sealed, reference, sealed])
        return Kept(reference, body, sealed) if done else None

    async def hurry(self, now: float) -> None:
        """Try all that waits for its next turn at `now`: the register answers again."""
        with reaching("outbox"):
            if names := await self._client.zrange(self._due, 0, -1):
                await self._client.zadd(self._due, dict.fromkeys(names, now), xx=True, lt=True)

    async def figures(self) -> tuple[int, float | None]:
        """How many items wait, and when the oldest came, in seconds since 1970."""
        with reaching("outbox"):
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hlen(self._items)
                pipe.zrange(self._since, 0, 0, withscores=True)
                count, oldest = await pipe.execute()
        return int(count), float(oldest[0][1]) if oldest else None

    def _names(self, key: str) -> list[str]:
        """The name by which the request of this key is remembered, if it is one; the key itself stands nowhere."""
        return [keys.callback(hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest())] if key else []

    def _seal(self, body: Body) -> bytes:
        return self._fernet.encrypt(json.dumps(body).encode())

    def _read(self, name: bytes, sealed: bytes, since: float = 0.0) -> Kept:
        try:
            body = json.loads(self._fernet.decrypt(sealed)) if sealed else None
        except (InvalidToken, ValueError):
            body = None
        return Kept(name.decode(), body, sealed, since)
