"""The ledger of appointments (`bot.appointments.ledger.Ledger`) in Redis."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.exceptions import LockError, RedisError

from bot.conversation import keys
from bot.conversation.limits import Limits
from bot.conversation.redis import StoreUnavailable, reaching

_LOCK_PAUSE_SECONDS = 0.05  # between tries to get a lock


class RedisLedger:
    """Of one municipality's appointments, apart from those of others by `scope`. Names are hashed by `limits`.

    Every key has a time to live. A lock belongs to whoever took it, so one that ran out is never released for another.
    """

    failure: type[Exception] = StoreUnavailable

    def __init__(self, client: Redis, limits: Limits, scope: str) -> None:
        self._client = client
        self._limits = limits
        self._scope = scope

    async def read(self, name: str) -> str | None:
        with reaching("ledger"):
            text: bytes | None = await self._client.get(self._key(name))
        return None if text is None else text.decode()

    async def begin(self, name: str, text: str, ttl_seconds: int) -> bool:
        with reaching("ledger"):
            return bool(await self._client.set(self._key(name), text, nx=True, ex=ttl_seconds))

    async def write(self, texts: Mapping[str, str], ttl_seconds: int) -> None:
        with reaching("ledger"):
            async with self._client.pipeline(transaction=True) as pipe:
                for name, text in texts.items():
                    pipe.set(self._key(name), text, ex=ttl_seconds)
                await pipe.execute()

    async def remove(self, name: str) -> None:
        with reaching("ledger"):
            await self._client.delete(self._key(name))

    @asynccontextmanager
    async def lock(self, name: str, seconds: float, wait_seconds: float) -> AsyncIterator[bool]:
        lock = self._client.lock(
            f"{self._key(name)}:lock", timeout=seconds, sleep=_LOCK_PAUSE_SECONDS, blocking_timeout=wait_seconds
        )
        with reaching("ledger"):
            held = await lock.acquire()
        try:
            yield held
        finally:
            if held:
                with suppress(LockError, RedisError):  # it runs out by itself
                    await lock.release()

    def _key(self, name: str) -> str:
        return keys.appointments(self._limits.hash(f"{self._scope}\n{name}"))
