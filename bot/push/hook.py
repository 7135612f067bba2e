"""A push to a municipality's own app: a signed webhook to its push system, by the Standard Webhooks scheme.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (symmetric signatures).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from bot.conversation import events
from bot.http import Http, HttpFailure
from bot.push import Push
from bot.push.outcome import Outcome, of_failure, of_reply

PREFIX = "whsec_"  # of a secret, before its base64
TYPE = "conversation.news"


class HookKey:
    """The secret that signs. Raises ValueError, in words, for one that can't be used: 24 to 64 bytes, by the standard."""

    def __init__(self, secret: str) -> None:
        try:
            self._key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error as exc:
            raise ValueError(f"it must be {PREFIX} and base64") from exc
        if not secret.startswith(PREFIX) or not 24 <= len(self._key) <= 64:
            raise ValueError(f"it must be {PREFIX} and base64 of 24 to 64 bytes")

    def signature(self, id: str, timestamp: int, body: bytes) -> str:
        """The header `webhook-signature` for this message. `timestamp`: seconds since 1970."""
        signed = f"{id}.{timestamp}.".encode() + body
        return "v1," + base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()


class AppHook:
    """The push system of one municipality. `name`: makes a name that says nothing of what it is given."""

    def __init__(self, http: Http, url: str, key: HookKey, name: Callable[[str], str], now: Callable[[], datetime]) -> None:
        self._http = http
        self._url = url
        self._key = key
        self._name = name
        self._now = now

    async def send(self, push: Push, token: str) -> Outcome:
        """Once. Raises nothing for what goes wrong on the way."""
        now = self._now()
        id, stamp = self.message_id(push), int(now.timestamp())
        body = hook_body(push, token)
        headers = {
            "Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": str(stamp),
            "webhook-signature": self._key.signature(id, stamp, body),
        }
        try:
            reply = await self._http.act("POST", self._url, headers=headers, body=body)
        except HttpFailure as exc:
            return of_failure(exc)
        return of_reply(reply, now)

    def message_id(self, push: Push) -> str:
        """The same for every try of the same push, so that the other side does it once."""
        return "push_" + self._name(f"push:{push.conv}:{push.device}:{push.seq}")


def hook_body(push: Push, token: str) -> bytes:
    """The same bytes for every try. `data` is what the app is handed; `device` and `token` say which one."""
    at = events.utc(datetime.fromtimestamp(push.at, UTC))
    return msgspec.json.encode({"type": TYPE, "timestamp": at, "device": push.device, "token": token, "data": push.payload})
