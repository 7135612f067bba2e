"""What citizens chose from the topics that the bot offered when it was not sure: the editors learn from it.

A choice is kept with its conversation: it goes when the conversation goes, by erasure or at the end of the municipality's
retention. The citizen's words are not copied. They are read from the log while it still has them, as masked as it has them, and
shown without numbers and addresses.
"""

import re
from dataclasses import dataclass

from redis.asyncio import Redis

from bot import dutch
from bot.conversation import events, keys
from bot.conversation.privacy import mask
from bot.conversation.redis import reaching

_FINDERS = (
    dutch.find_emails, dutch.find_phones, dutch.find_kentekens, dutch.find_zaaknummers, dutch.find_huisnummers,
    dutch.find_postcodes,
)
_NUMBERS = re.compile(r"\d(?:[\s./-]{0,3}\d){3,}")
GONE = "…"


@dataclass(frozen=True)
class Pick:
    """One choice. `day`: yyyy-mm-dd; `offered` and `picked`: intents; `said`: the citizen's words, empty when they are gone."""

    day: str
    offered: tuple[str, ...]
    picked: str
    likeliest: str
    confidence: float
    said: str


class Picks:
    """Choices of citizens, to read. They are written by `Mailbox.commit`, in one step with the answer."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def read(self, gemeente: str) -> list[Pick]:
        """All that is kept of a municipality, conversations with the newest choice first. Raises StoreUnavailable."""
        with reaching("picks"):
            convs = await self._client.zrevrange(keys.picked(gemeente), 0, -1)
            return [pick for conv in convs for pick in await self._of(conv.decode())]

    async def _of(self, conv: str) -> list[Pick]:
        kept = [events.load(raw) for raw in await self._client.lrange(keys.picks(conv), 0, -1)]  # type: ignore[misc]
        return [
            Pick(
                day=body["day"], offered=tuple(body["offered"]), picked=body["picked"], likeliest=body["likeliest"],
                confidence=body["confidence"], said=await self._said(conv, body["said"]),
            )
            for body in reversed(kept)
        ]

    async def _said(self, conv: str, seq: int) -> str:
        raw = await self._client.lindex(keys.log(conv), seq - 1) if seq > 0 else None  # type: ignore[misc]
        body = events.load(raw) if raw else {}
        return "" if body.get("redacted") else discreet(body.get("text") or "")


def discreet(text: str) -> str:
    """`text` without e-mail addresses, telephone numbers, licence plates, case numbers, addresses and other long numbers."""
    text = mask(text)
    for find in _FINDERS:
        for found in reversed(find(text)):
            text = text[: found.start] + GONE + text[found.end :]
    return _NUMBERS.sub(GONE, text)
