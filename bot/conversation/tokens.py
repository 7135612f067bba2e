"""The tokens of a conversation: a client may renew its own without losing the conversation.

Only hashes are kept. A token belongs to a generation: that of a renewal is one higher than that of the token it was asked with.
A token stays valid until one of a higher generation was used, so an answer that got lost locks nobody out, and for the grace
after that one was given, so a second tab and requests under way go on. Once it was replaced it can't be renewed: who copied it
must not outlive it. Two tabs that renew at the same moment get two tokens of one generation: both are valid.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

import msgspec
from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.events import Event
from bot.conversation.redis import reaching, script

MOST = 8  # tokens of one conversation; with more the oldest goes


class TokenRefused(Exception):
    """The token to renew is no longer valid."""


class Tokens:
    """Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis, grace_seconds: int) -> None:
        self._client = client
        self._grace = grace_seconds
        self._renew = script(client, "token_renew")
        self._use = script(client, "token_use")

    async def valid(self, conv: str, meta: Mapping[str, str], hashed: str) -> bool:
        """Whether `hashed` is a token of the conversation with this hash `keys.meta`. The first use of a new one is kept."""
        found = _matching(meta, hashed)
        if found is None:
            return False
        if found["used"] and not found["until"]:
            return True
        with reaching("token"):
            return bool(await self._use(keys=[keys.meta(conv)], args=[hashed, self._grace]))

    async def renew(self, conv: str, hashed: str) -> tuple[str, float]:
        """A new token for who has `hashed`, and the seconds until the conversation ends if nothing is said any more.

        The conversation is kept no longer for it. Raises TokenRefused.
        """
        token = secrets.token_urlsafe(32)
        with reaching("token"):
            left = int(await self._renew(keys=[keys.meta(conv)], args=[hashed, digest(token), MOST]))
        if left < 0:
            raise TokenRefused(conv)
        return token, left / 1000


def digest(text: str) -> str:
    """What is kept of something random that only its owner has."""
    return hashlib.sha256(text.encode()).hexdigest()


def _matching(meta: Mapping[str, str], hashed: str) -> Event | None:
    """What is kept of this token. All of them are compared, each in constant time."""
    first: Event = {"hash": meta["token"], "used": True, "until": 0}
    kept: list[Event] = msgspec.json.decode(meta["tokens"]) if meta.get("tokens") else [first]
    found = None
    for token in kept:
        if hmac.compare_digest(token["hash"], hashed):
            found = token
    return found
