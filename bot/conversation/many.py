"""Many conversations read at once, for lists and searches: a round trip for fifty of them instead of one for each."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

import msgspec
from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.events import Event
from bot.conversation.redis import reaching, script
from bot.conversation.store import Conversation, parse

BATCH = 50  # conversations per round trip

T = TypeVar("T")
Log = list[tuple[int, Event]]


class Many:
    """Every method raises StoreUnavailable when Redis does not answer in time. What no longer exists is left out."""

    def __init__(self, client: Redis) -> None:
        self._many = script(client, "many")

    async def get(self, convs: Sequence[str]) -> dict[str, Conversation]:
        """The conversations, in this order."""
        names = [keys.meta(conv) for conv in convs]
        found = zip(convs, [flat async for flat in self._read(names, "meta", list[list[str]])], strict=True)
        return {conv: parse(conv, dict(zip(flat[::2], flat[1::2], strict=True))) for conv, flat in found if flat}

    async def tails(self, convs: Sequence[str], most: int) -> dict[str, Log]:
        """The last `most` events of each, oldest first, as they may be read now."""
        names, present = [keys.log(conv) for conv in convs], time.time()
        found = zip(convs, [log async for log in self._read(names, str(most), list[tuple[int, list[str]]])], strict=True)
        return {
            conv: [(seq, events.faded(events.load(body), present)) for seq, body in enumerate(raw, start=length - len(raw) + 1)]
            for conv, (length, raw) in found if length
        }

    async def _read(self, names: Sequence[str], what: str, kind: type[list[T]]) -> AsyncIterator[T]:
        """One value for each key, in their order."""
        for start in range(0, len(names), BATCH):
            with reaching("many"):
                packed = await self._many(keys=names[start : start + BATCH], args=[what])
            for value in msgspec.msgpack.decode(packed, type=kind):
                yield value
