"""Lists of work that is due, shared by all edge processes: each item is done by one of them at a time, and never lost.

Whoever takes an item has it under a lease; when that process dies, the item is due again. An item that changes while somebody
has it is due again as it became, so that no news is lost with the old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.conversation import events
from bot.conversation.redis import reaching, script

Entry = dict[str, Any]
Arguments = list[bytes | str | int | float]


@dataclass(frozen=True)
class Item:
    """Something to do. `due`: seconds since 1970; `tries`: how often it was taken, this time included."""

    id: str
    body: Entry
    due: float = 0.0
    tries: int = 0


class WorkList:
    """Every method raises StoreUnavailable when Redis does not answer in time.

    `names`: of the sorted sets `due` and `taken` and the hashes `items` and `tries`; after them a set that a finished item leaves
    as well, if there is one. `lease_seconds`: silence after which another process takes an item over. `item_seconds`: how long an
    item is kept after it was due.
    """

    def __init__(self, client: Redis, names: Sequence[str], *, lease_seconds: float, item_seconds: int) -> None:
        self._client = client
        self._names = list(names)
        self._lease_seconds = lease_seconds
        self._item_seconds = item_seconds
        self._take = script(client, "take_due")
        self._done = script(client, "due_done")

    async def take(self, now: float, most: int) -> list[Item]:
        """Up to `most` items that are due at `now` (seconds since 1970), for this caller alone until its lease ends."""
        args: Arguments = [now, self._lease_seconds, most, self._item_seconds]
        with reaching("due"):
            found = await self._take(keys=self._names[:4], args=args)
        return [Item(item.decode(), events.load(raw), now, int(tries)) for item, raw, tries in found]

    async def done(self, item: Item) -> bool:
        """Nothing more to do. False when the item changed meanwhile or somebody else finished it."""
        return await self._end(item, "", 0.0, fresh=True)

    async def again(self, item: Item, due: float, *, body: Entry | None = None, fresh: bool = False) -> bool:
        """Do it (or what `body` says) later. `fresh`: it didn't fail, so the tries begin anew."""
        return await self._end(item, events.dump(body or item.body), due, fresh=fresh)

    async def _end(self, item: Item, body: bytes | str, due: float, *, fresh: bool) -> bool:
        ttl = int(max(due - item.due, 0)) + self._item_seconds
        args: Arguments = [item.id, events.dump(item.body), body, due, "1" if fresh else "0", ttl]
        with reaching("due"):
            return bool(await self._done(keys=self._names, args=args))
