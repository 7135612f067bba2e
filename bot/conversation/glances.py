"""A glance of the brain at a citizen's message, for the agent who has the conversation: what it may ask about.

The desk asks, and a brain answers when no citizen waits for it; a request that waits too long is dropped. A request names the
message and doesn't copy it. The answer holds names of topics, no text, and goes with the conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.events import Event
from bot.conversation.redis import reaching, script
from bot.conversation.store import UnknownConversation
from bot.settings import Settings


@dataclass(frozen=True)
class Likely:
    """What the message may ask about: a topic, an `aspect` of it ("" for all of it), and how sure that is (0 to 1)."""

    topic: str
    aspect: str
    confidence: float


class Glances:
    """Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis, blocking_client: Redis, settings: Settings) -> None:
        self._client = client
        self._blocking = blocking_client
        self._wait_ms = int(settings.glance_seconds * 1000)
        self._settings = settings
        self._ask = script(client, "glance_ask")
        self._take = script(client, "glance_take")
        self._tell = script(client, "glance_tell")

    # The desk's side.

    async def ask(self, conv: str, seq: int) -> list[Likely] | None:
        """What message `seq` may ask for; None while it isn't known. Asking again is fine: it is asked anew once it was dropped.

        Raises UnknownConversation.
        """
        limits = self._settings
        args: list[str | int] = [
            conv, seq, self._wait_ms, limits.glance_keep_seconds, limits.max_glances, limits.max_glances_waiting,
        ]
        with reaching("glance"):
            state, known = await self._ask(keys=[keys.meta(conv), keys.glances(conv), keys.GLANCES], args=args)
        if state == b"gone":
            raise UnknownConversation(conv)
        return [Likely(**item) for item in events.load(known)["likely"]] if state == b"done" else None

    # The brain's side.

    async def newest(self) -> str:
        """The place of the newest request, to hear of the next ones from."""
        with reaching("glance"):
            found = await self._client.xrevrange(keys.GLANCES, count=1)
        return found[0][0].decode() if found else "0-0"

    async def hear(self, after: str, seconds: float) -> str:
        """Wait until there is a request after that place; returns the new place, the old one after `seconds` of silence."""
        with reaching("glance"):
            found = await self._blocking.xread({keys.GLANCES: after}, block=max(int(seconds * 1000), 1))
        return found[0][1][-1][0].decode() if found else after

    async def take(self) -> tuple[str, int] | None:
        """(conversation, number of the message) of the oldest request that waits; nobody else gets it. None: nothing waits."""
        with reaching("glance"):
            found = await self._take(keys=[keys.GLANCES], args=[self._wait_ms])
        return (found[0].decode(), int(found[1])) if found else None

    async def message(self, conv: str, seq: int) -> Event | None:
        """The message as the log has it; None when it is gone, hidden, or no citizen's."""
        with reaching("glance"):
            raw = await self._client.lindex(keys.log(conv), seq - 1)  # type: ignore[misc]
        body = events.load(raw) if raw else {}
        return body if askable(body) else None

    async def tell(self, conv: str, seq: int, likely: Sequence[Likely]) -> bool:
        """The answer to a request. False when nobody waits for it any more, or the conversation was erased."""
        body = {"likely": [{"topic": one.topic, "aspect": one.aspect, "confidence": round(one.confidence, 3)} for one in likely]}
        with reaching("glance"):
            return bool(await self._tell(keys=[keys.glances(conv), keys.FEED], args=[conv, seq, events.dump(body)]))


def askable(body: Event) -> bool:
    """Whether this is a message of a citizen with words that may be read."""
    mine = body.get("type") == "message" and body["from"]["role"] == "citizen"
    return bool(mine and body.get("text") and not body.get("redacted"))
