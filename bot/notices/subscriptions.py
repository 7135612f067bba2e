"""The subscription (abonnement) at a Notificaties API 1.0, by which it tells Balie that a case changed.

One per municipality and address of ours, however often it is asked for.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.zgw import ZgwClient, ZgwFailure

CHANNEL = "zaken"


@dataclass(frozen=True)
class Subscription:
    """A subscription as the other side has it. `url` is its own address there."""

    url: str
    callback: str
    channels: tuple[str, ...]


class Subscriptions:
    """Subscriptions of a municipality below `base_url`. Every method but `check` raises ZgwFailure, with the cause in words.

    `callback` is the address of ours that is told, `auth` the literal Authorization header that it asks for. `filters` narrow
    what is told, such as `bronorganisatie`.
    """

    def __init__(self, client: ZgwClient, base_url: str, callback: str, auth: str, filters: Mapping[str, str]) -> None:
        self._client = client
        self._list_url = base_url.rstrip("/") + "/abonnement"
        self._callback = callback
        self._auth = auth
        self._filters = {name: value for name, value in filters.items() if value}

    @property
    def callback(self) -> str:
        return self._callback

    async def list(self) -> list[Subscription]:
        """All subscriptions that we may see, those of others included."""
        return [_of(raw) for raw in await self._client.get_all(self._list_url)]

    async def subscribe(self) -> tuple[Subscription, str]:
        """Make the subscription, or make it right. Returns it, and what was done: made | changed | there.

        Two of the same address, for instance after two people did this at once, become one.
        """
        wanted = {"callbackUrl": self._callback, "auth": self._auth, "kanalen": [{"naam": CHANNEL, "filters": self._filters}]}
        found = await self._own()
        for double in found[1:]:
            await self._client.delete(double["url"])
        if not found:
            return _of(await self._client.post(self._list_url, wanted)), "made"
        if _same(found[0], wanted):
            return _of(found[0]), "there"
        return _of(await self._client.put(found[0]["url"], wanted)), "changed"

    async def unsubscribe(self) -> int:
        """Take away the subscriptions to our address. Returns how many there were."""
        found = await self._own()
        for raw in found:
            await self._client.delete(raw["url"])
        return len(found)

    async def check(self) -> Sequence[str]:
        """What is wrong, in plain English; empty when all is well. Changes nothing, raises nothing."""
        try:
            own = await self._own()
        except ZgwFailure as exc:
            return [f"Notificaties: {exc}"]
        if not own:
            return ["Notificaties: there is no subscription to this address yet: run `balie notifications subscribe`"]
        if len(own) > 1 or CHANNEL not in _of(own[0]).channels:
            return ["Notificaties: the subscription isn't as it should be: run `balie notifications subscribe`"]
        return []

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _own(self) -> Sequence[dict[str, Any]]:
        return [raw for raw in await self._client.get_all(self._list_url) if raw.get("callbackUrl") == self._callback]


def authorization(secret: str, gemeente: str) -> str:
    """The Authorization header that the other side must send: of this installation and municipality, known to nobody else."""
    return "Bearer " + hmac.new(secret.encode(), f"notificaties:{gemeente}".encode(), hashlib.sha256).hexdigest()


def reachable(callback: str) -> bool:
    """Whether another system could reach this address of ours: https, and not this very machine."""
    parts = urlsplit(callback)
    return parts.scheme == "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1", "0.0.0.0"}


def _same(raw: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    channels = [{"naam": item.get("naam"), "filters": item.get("filters") or {}} for item in raw.get("kanalen") or []]
    return bool(raw.get("auth") == wanted["auth"] and channels == wanted["kanalen"])


def _of(raw: Mapping[str, Any]) -> Subscription:
    names = tuple(str(item.get("naam", "")) for item in raw.get("kanalen") or [])
    return Subscription(str(raw.get("url", "")), str(raw.get("callbackUrl", "")), names)
