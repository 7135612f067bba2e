"""Counters with an end: rates of messages, and wrong tries of a look-up."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.redis import reaching, script


@dataclass(frozen=True)
class Rate:
    """At most `limit` in `seconds` for whatever `name` stands for."""

    name: str
    limit: int
    seconds: int


class Limits:
    """Rates and attempts. Names are hashed with `secret`: the store never holds a network address or case number."""

    def __init__(self, client: Redis, secret: str) -> None:
        self._client = client
        self._secret = secret.encode()
        self._limit = script(client, "limit")

    def hash(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), hashlib.sha256).hexdigest()[:24]

    async def hit(self, rates: Sequence[Rate]) -> int:
        """Count one against every rate. Returns 0, or the seconds to wait when one of them refuses."""
        names = [keys.rate(f"{self.hash(rate.name)}:{rate.seconds}") for rate in rates]
        args = [value for rate in rates for value in (rate.limit, rate.seconds)]
        with reaching("rates"):
            return int(await self._limit(keys=names, args=args))

    # The AttemptCounter of bot.zaken.guard.

    async def get(self, key: str) -> int:
        """How often `key` was added since its time to live began; 0 when it has run out."""
        with reaching("attempts"):
            return int(await self._client.get(keys.attempts(self.hash(key))) or 0)

    async def add(self, key: str, ttl_seconds: int) -> int:
        """Add one, start the time to live again, return the new count."""
        name = keys.attempts(self.hash(key))
        with reaching("attempts"):
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.incr(name)
                pipe.expire(name, ttl_seconds)
                count, _ = await pipe.execute()
        return int(count)

    async def clear(self, key: str) -> None:
        with reaching("attempts"):
            await self._client.delete(keys.attempts(self.hash(key)))
