"""Devices that want to be told when there is news for the citizen, and the work of telling them: the store of `bot.push`.

That a conversation has news is kept in the same step as the news itself (scripts/change.lua). How a device is reached is sealed:
whoever has it can send to somebody's phone. All of it goes with the conversation.
"""

from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken
from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.due import Arguments, Entry, WorkList
from bot.conversation.redis import reaching, script
from bot.sealing import fernet

NEWS = "news"  # the lane of conversations to look at; every other lane is a way to devices
_SENT = "sent:"  # beginning of the names in the hash that hold how far a device was told


@dataclass(frozen=True)
class Device:
    """A device as it is kept. `lane`: the way to it; `sent`: number of the last event that it needn't be told of any more.

    `held`: how it is reached, None when that was sealed with another secret; `kept`: how it stands in Redis.
    """

    id: str
    lane: str
    sent: int
    held: bytes | None = field(repr=False)
    kept: bytes = field(repr=False)


class Devices:
    """Every method raises StoreUnavailable when Redis does not answer in time.

    `most`: devices of one conversation. `lease_seconds` and `item_seconds`: see WorkList.
    """

    def __init__(self, client: Redis, secret: str, *, most: int, lease_seconds: float, item_seconds: int) -> None:
        self._client = client
        self._secret = secret
        self._most = most
        self._lease_seconds = lease_seconds
        self._item_seconds = item_seconds
        self._keep = script(client, "devices_keep")
        self._drop = script(client, "devices_drop")
        self._plan = script(client, "devices_plan")
        self._sent = script(client, "devices_sent")

    def lane(self, name: str) -> WorkList:
        """What is due on one way to devices, or in NEWS."""
        return WorkList(
            self._client, keys.push(name), lease_seconds=self._lease_seconds, item_seconds=self._item_seconds
        )

    async def keep(self, conv: str, device: str, lane: str, held: bytes, at: float) -> bool:
        """Reach the device like this from now on; what it was told before counts. `at`: the present time, seconds since 1970.

        With more than `most` devices the one that was kept longest ago goes. False when the conversation is gone.
        """
        sealed = fernet(self._purpose(conv)).encrypt(held).decode()
        body = events.dump({"lane": lane, "at": at, "sealed": sealed})
        args: Arguments = [conv, device, body, self._most, keys.PUSH]
        with reaching("devices"):
            return bool(await self._keep(keys=[keys.meta(conv), keys.devices(conv)], args=args))

    async def all(self, conv: str) -> list[Device]:
        with reaching("devices"):
            raw = await self._client.hgetall(keys.devices(conv))  # type: ignore[misc]
        found = {name.decode(): value for name, value in raw.items()}
        return [
            self._read(conv, name, value, found.get(_SENT + name)) for name, value in found.items() if not name.startswith(_SENT)
        ]

    async def find(self, conv: str, device: str) -> Device | None:
        with reaching("devices"):
            kept, sent = await self._client.hmget(keys.devices(conv), [device, _SENT + device])  # type: ignore[misc]
        return self._read(conv, device, kept, sent) if kept else None

    async def drop(self, conv: str, device: str, old: Device | None = None) -> bool:
        """Tell it nothing any more. `old`: only while it is still this one. False when there was no such device."""
        names, args = drop_arguments(conv, device)
        args[-1] = old.kept if old else ""
        with reaching("devices"):
            return bool(await self._drop(keys=names, args=args))

    async def plan(self, conv: str, device: Device, body: Entry, due: float) -> bool:
        """Tell the device of event `body["seq"]` and whatever came before it, from `due` (seconds since 1970) on.

        Any number of times is once; newer news takes the place of older. False when the device knows, or is gone.
        """
        args: Arguments = [device.id, item_id(conv, device.id), events.dump(body), body["seq"], due, self._item_seconds]
        with reaching("devices"):
            return bool(await self._plan(keys=[keys.devices(conv), *keys.push(device.lane)], args=args))

    async def sent(self, conv: str, device: str, seq: int) -> None:
        """The device was told up to event `seq`, or needn't be told of it any more."""
        with reaching("devices"):
            await self._sent(keys=[keys.devices(conv)], args=[device, seq])

    def _read(self, conv: str, device: str, kept: bytes, sent: bytes | None) -> Device:
        body = events.load(kept)
        try:
            held = fernet(self._purpose(conv)).decrypt(body["sealed"])
        except InvalidToken:
            held = None
        return Device(device, body["lane"], int(sent or 0), held, kept)

    def _purpose(self, conv: str) -> bytes:
        """What is copied into another conversation doesn't open there."""
        return f"devices:{conv}:{self._secret}".encode()


def item_id(conv: str, device: str) -> str:
    return f"{conv}:{device}"


def drop_arguments(conv: str, device: str = "") -> tuple[list[str], Arguments]:
    """KEYS and ARGV of the script `devices_drop`: what erasing a conversation runs as well."""
    return [keys.devices(conv), *keys.push(NEWS)], [conv, keys.PUSH, device, ""]
