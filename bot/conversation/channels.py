"""Channels where Balie itself must bring the answers, such as Telegram: which chat is whose, and how far each chat has got.

The position is the number of the last event that the channel confirmed. It is stored after that confirmation, so nothing is lost
when a process dies; an event that was confirmed but not yet stored is brought twice: at least once, and twice only then.
All names live as long as the conversation they belong to.
"""

import secrets
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.redis import reaching

BATCH = 500
UPDATE_SECONDS = 90_000  # 25 hours: a channel keeps what we don't confirm for a day at most

# KEYS 1 claim  2 channel   ARGV 1 holder  2 time to live (ms)
# Returns {'taken'} when another process delivers, {'none'} when there is nobody to deliver to, else {'mine', chat, position}.
_CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'taken'} end
local at = redis.call('HMGET', KEYS[2], 'chat', 'position', 'blocked')
if not at[1] or at[3] then return {'none'} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'mine', at[1], at[2]}
"""

# KEYS 1 claim  2 channel   ARGV 1 holder  2 position it had  3 new position  4 time to live of the channel (s)
# Returns 1, or 0 when another process went on or the chat was forgotten: then nothing was changed.
_ADVANCE = """
local holder = redis.call('GET', KEYS[1])
if (holder and holder ~= ARGV[1]) or redis.call('HGET', KEYS[2], 'position') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], 'position', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""
# KEYS 1 channel   ARGV 1 field that it must have  2 name and 3 value of a field to set  4 field to remove, or ''
# In one step: a chat that is forgotten at the same moment must not come back as a name without an end.
_SET = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if ARGV[4] ~= '' then redis.call('HDEL', KEYS[1], ARGV[4]) end
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Taken(Exception):
    """Another process delivers this chat at the moment."""


@dataclass(frozen=True)
class Place:
    """Where to deliver, and the number of the last event that arrived there."""

    chat: str
    position: int


class Channels:
    """The chats of one channel, for one process. Every method raises StoreUnavailable when Redis does not answer in time.

    `claim_seconds`: time without a sign of life after which another process may deliver the chats that this one claimed.
    """

    def __init__(self, client: Redis, channel: str, *, claim_seconds: float = 15.0) -> None:
        self._client = client
        self._index = f"{keys.PREFIX}:channel:{channel}"  # set: conversations of this channel
        self._milliseconds = int(claim_seconds * 1000)
        self._holder = secrets.token_hex(8)
        self._claim = client.register_script(_CLAIM)
        self._advance = client.register_script(_ADVANCE)
        self._set = client.register_script(_SET)
        self._release = client.register_script(_RELEASE)

    async def remember(self, conv: str, chat: str, ttl: int, length: int) -> None:
        """`conv` is spoken in `chat`, which can be reached. `length`: of the log, which decides where an unknown chat begins."""
        key = keys.channel(conv)
        with reaching("remember"):
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hset(key, "chat", chat)
                pipe.hdel(key, "blocked")
                if length:
                    pipe.hsetnx(key, "position", length)  # type: ignore[arg-type]
                else:  # a new log: what was known of an older one no longer counts
                    pipe.hset(key, "position", 0)  # type: ignore[arg-type]
                pipe.expire(key, ttl)
                pipe.sadd(self._index, conv)
                await pipe.execute()

    async def chat_of(self, conv: str) -> str | None:
        """The chat, when there is one that can be reached."""
        with reaching("chat"):
            chat, blocked = await self._client.hmget(keys.channel(conv), ["chat", "blocked"])  # type: ignore[misc]
        return chat.decode() if chat and not blocked else None

    async def block(self, conv: str) -> None:
        """The channel refuses this chat: deliver nothing until the citizen writes again."""
        with reaching("block"):
            await self._set(keys=[keys.channel(conv)], args=["chat", "blocked", "1", ""])

    async def unblock(self, conv: str, position: int) -> None:
        """The chat can be reached again; what comes after event `position` is still to be delivered."""
        with reaching("unblock"):
            await self._set(keys=[keys.channel(conv)], args=["blocked", "position", position, "blocked"])

    async def blocked_at(self, conv: str) -> int | None:
        """Number of the last event that was delivered before the chat was blocked; None when it is not blocked."""
        with reaching("blocked"):
            blocked, position = await self._client.hmget(keys.channel(conv), ["blocked", "position"])  # type: ignore[misc]
        return int(position or 0) if blocked else None

    async def keyboard(self, conv: str, *, stands: bool) -> None:
        """A keyboard of ours stands under the field for typing in this chat, or no longer."""
        with reaching("keyboard"):
            if stands:
                await self._set(keys=[keys.channel(conv)], args=["chat", "keyboard", "1", ""])
            else:
                await self._client.hdel(keys.channel(conv), "keyboard")  # type: ignore[misc]

    async def keyboard_stands(self, conv: str) -> bool:
        with reaching("keyboard"):
            return bool(await self._client.hexists(keys.channel(conv), "keyboard"))  # type: ignore[misc]

    async def forget(self, conv: str) -> None:
        """Remove all that this page keeps of a conversation."""
        with reaching("forget"):
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.delete(keys.channel(conv), keys.claim(conv))
                pipe.srem(self._index, conv)
                await pipe.execute()

    async def first_time(self, update: str) -> bool:
        """Whether this update of the channel was never seen before; for effects that leave nothing in a log."""
        with reaching("seen"):
            return bool(await self._client.set(f"{self._index}:seen:{update}", "1", nx=True, ex=UPDATE_SECONDS))

    async def all(self) -> list[str]:
        """Conversations of this channel."""
        with reaching("channel"):
            return [conv.decode() for conv in await self._client.smembers(self._index)]  # type: ignore[misc]

    async def behind(self) -> list[str]:
        """Conversations with events that have not been delivered. What no longer exists is dropped on the way."""
        known, found = await self.all(), []
        for start in range(0, len(known), BATCH):
            some = known[start : start + BATCH]
            states = await self._states(some)
            found += [conv for conv, (chat, position, blocked, length) in zip(some, states, strict=True)
                      if chat and not blocked and int(position or 0) < length]
            await self._drop([conv for conv, state in zip(some, states, strict=True) if not state[0]])
        return found

    async def _states(self, some: list[str]) -> list[tuple[bytes | None, bytes | None, bytes | None, int]]:
        with reaching("behind"):
            async with self._client.pipeline(transaction=False) as pipe:
                for conv in some:
                    pipe.hmget(keys.channel(conv), ["chat", "position", "blocked"])
                    pipe.llen(keys.log(conv))
                raw = await pipe.execute()
        return [(*fields, length) for fields, length in zip(raw[::2], raw[1::2], strict=True)]

    async def _drop(self, gone: list[str]) -> None:
        with reaching("channel"):
            if gone:
                await self._client.srem(self._index, *gone)  # type: ignore[misc]

    async def newest(self) -> str:
        """Where the news is now: pass it to `news` to hear what comes after."""
        with reaching("news"):
            found = await self._client.xrevrange(keys.FEED, count=1)
        return found[0][0].decode() if found else "0-0"

    async def news(self, after: str) -> tuple[str, list[tuple[str, str]]]:
        """(place, [(conversation, signal)]) of what came after `after`, of every channel. No signal: something is in the log.

        It doesn't wait: `bot.conversation.feed` says when there is something.
        """
        with reaching("news"):
            found = await self._client.xrange(keys.FEED, min=f"({after}", count=BATCH)
        said = [(fields[b"c"].decode(), fields.get(b"e", b"").decode()) for _, fields in found]
        return (found[-1][0].decode() if found else after), said

    async def claim(self, conv: str) -> Place | None:
        """Take the delivery of a chat, or keep it. None when there is no chat that can be reached. Raises Taken."""
        with reaching("claim"):
            found = await self._claim(keys=[keys.claim(conv), keys.channel(conv)], args=[self._holder, self._milliseconds])
        if found[0] == b"taken":
            raise Taken(conv)
        return Place(found[1].decode(), int(found[2] or 0)) if found[0] == b"mine" else None

    async def advance(self, conv: str, position: int, to: int, ttl: int) -> bool:
        """Event `to` has arrived. False when another process went on from `position`, or the chat was forgotten."""
        args: list[str | int] = [self._holder, position, to, ttl]
        with reaching("advance"):
            return bool(await self._advance(keys=[keys.claim(conv), keys.channel(conv)], args=args))

    async def release(self, conv: str) -> None:
        """Let another process deliver at once."""
        with reaching("release"):
            await self._release(keys=[keys.claim(conv)], args=[self._holder])
