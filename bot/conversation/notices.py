"""What conversations want to be told, and what is due to be done about it: the store of `bot.notices`.

An item that is due is taken by one clerk at a time, under a lease; it is done at least once, and what is said has a `cid`, so
that the log has it once. Names say nothing: they are made with the installation's secret. Everything has an end, and goes at
once when its conversation is erased.
"""

from collections.abc import Mapping

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.due import Arguments, Entry, Item, WorkList
from bot.conversation.redis import reaching, script

BATCH = 500  # followers looked at in one go


class NoticeBook(WorkList):
    """Every method raises StoreUnavailable when Redis does not answer in time.

    `recent_seconds`: how long an announcement is remembered for who asks just then. `lease_seconds`: time without an end after
    which another clerk takes an item over. `item_seconds`: how long an item is kept after it was due.
    """

    def __init__(self, client: Redis, *, recent_seconds: int, lease_seconds: float, item_seconds: int) -> None:
        names = [keys.DUE, keys.TAKEN, keys.ITEMS, keys.TRIES, keys.ANNOUNCED]
        super().__init__(client, names, lease_seconds=lease_seconds, item_seconds=item_seconds)
        self._recent_seconds = recent_seconds
        self._keep = script(client, "notices_keep")
        self._drop = script(client, "notices_drop")
        self._announce = script(client, "notices_announce")
        self._seen = script(client, "notices_seen")
        self._aside = script(client, "notices_aside")

    # What conversations want.

    async def keep(self, conv: str, name: str, entry: Entry, item: Item, *, ttl: int, most: int) -> str:
        """Keep the wish with what must be done about it later, in one step.

        `ttl`: seconds that the wish lives, as long as its item is ahead or longer; `most`: wishes of one conversation.
        Returns kept, gone (no such conversation) or full.
        """
        names = [keys.meta(conv), keys.notices(conv), keys.followers(name), keys.DUE, keys.ITEMS, keys.TRIES, keys.TAKEN]
        args: Arguments = [conv, name, events.dump(entry), ttl, most, item.id, events.dump(item.body), item.due]
        args.append(ttl + self._item_seconds)
        with reaching("notices"):
            outcome: bytes = await self._keep(keys=names, args=args)
        return outcome.decode()

    async def entries(self, conv: str) -> dict[str, Entry]:
        """What this conversation wants to be told, by name."""
        with reaching("notices"):
            found = await self._client.hgetall(keys.notices(conv))  # type: ignore[misc]
        return {name.decode(): events.load(raw) for name, raw in found.items()}

    async def entry(self, conv: str, name: str) -> Entry | None:
        with reaching("notices"):
            raw = await self._client.hget(keys.notices(conv), name)  # type: ignore[misc]
        return events.load(raw) if raw else None

    async def replace(self, conv: str, name: str, old: Entry, new: Entry) -> bool:
        """False when the entry is no longer `old`: then nothing was changed."""
        with reaching("notices"):
            return bool(await self._seen(keys=[keys.notices(conv)], args=[name, events.dump(old), events.dump(new)]))

    async def drop(self, conv: str, name: str = "", old: Entry | None = None) -> dict[str, Entry]:
        """Withdraw one wish, or all; `old`: only while it is still this one. Returns what was dropped."""
        names, args = drop_arguments(conv, name)
        args[-1] = events.dump(old) if old else ""
        with reaching("notices"):
            found = await self._drop(keys=names, args=args)
        return {name.decode(): events.load(raw) for name, raw in zip(found[::2], found[1::2], strict=True)}

    async def put_aside(self, conv: str, entries: Mapping[str, Entry], seconds: int) -> None:
        """Keep what was withdrawn for a while, to bring it back."""
        with reaching("notices"):
            args: Arguments = [events.dump(dict(entries)), max(seconds, 1)]
            await self._aside(keys=[keys.meta(conv), keys.notices_aside(conv)], args=args)

    async def take_aside(self, conv: str) -> dict[str, Entry]:
        """What was put aside, once."""
        with reaching("notices"):
            raw = await self._client.getdel(keys.notices_aside(conv))
        return events.load(raw) if raw else {}

    async def followers(self, name: str) -> list[str]:
        """Conversations that may want to be told: their own entry has the last word."""
        with reaching("notices"):
            return sorted([conv.decode() async for conv in self._client.sscan_iter(keys.followers(name), count=BATCH)])

    async def unlist(self, name: str, conv: str) -> None:
        """The conversation is gone, or no longer wants this."""
        with reaching("notices"):
            await self._client.srem(keys.followers(name), conv)  # type: ignore[misc]

    # What is due.

    async def announce(self, name: str, item: Item, most: int) -> str:
        """Something happened to what `name` stands for: kept before this returns, once per item. `most`: that may wait,
        and that are remembered.

        Returns kept, nobody (follows it) or full (nothing was kept).
        """
        names = [keys.followers(name), keys.DUE, keys.ITEMS, keys.recent(name), keys.ANNOUNCED, keys.RECENT]
        body = events.dump(item.body | {"id": item.id})
        args: Arguments = [item.id, body, item.due, most, self._item_seconds, self._recent_seconds]
        with reaching("announce"):
            outcome: bytes = await self._announce(keys=names, args=args)
        return outcome.decode()

    async def recent(self, name: str) -> Item | None:
        """The last announcement, while it is remembered; due at once."""
        with reaching("announce"):
            raw = await self._client.get(keys.recent(name))
        body = events.load(raw) if raw else {}
        return Item(body["id"], body) if body else None


def drop_arguments(conv: str, name: str = "") -> tuple[list[str], Arguments]:
    """KEYS and ARGV of the script `notices_drop`: what erasing a conversation runs as well."""
    return [keys.notices(conv), keys.DUE, keys.TAKEN, keys.ITEMS, keys.TRIES], [conv, keys.FOLLOWERS, name, ""]
