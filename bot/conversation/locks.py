"""A short lock, so that of several edge processes only one does what must be done once."""

import secrets

from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.redis import reaching

# KEYS 1 lock   ARGV 1 holder  2 time to live (ms)   Returns 1 for the holder, 0 for everybody else.
_HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Lock:
    """Held by one process at a time, for `seconds` after its last `hold()`."""

    def __init__(self, client: Redis, name: str, seconds: float) -> None:
        self._hold = client.register_script(_HOLD)
        self._release = client.register_script(_RELEASE)
        self._key = f"{keys.PREFIX}:lock:{name}"
        self._milliseconds = int(seconds * 1000)
        self._holder = secrets.token_hex(8)

    async def hold(self) -> bool:
        """Take the lock or keep it. False when another process has it. Raises StoreUnavailable."""
        with reaching("lock"):
            return bool(await self._hold(keys=[self._key], args=[self._holder, self._milliseconds]))

    async def release(self) -> None:
        """Let another process take over at once. Raises StoreUnavailable."""
        with reaching("lock"):
            await self._release(keys=[self._key], args=[self._holder])
