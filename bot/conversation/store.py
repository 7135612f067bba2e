"""The log of conversations: create, receive a citizen's message, read, erase."""

import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversation import devices, events, keys
from bot.conversation.events import Event
from bot.conversation.notices import drop_arguments
from bot.conversation.redis import reaching, script
from bot.conversation.tokens import Tokens, digest

DAY = 86400

Outcome = Literal["new", "again", "gone", "reused", "expired", "full", "busy", "overloaded"]


class UnknownConversation(Exception):
    """There is no such conversation: never was, erased, or past its time."""


@dataclass(frozen=True)
class Bounds:
    """How much one conversation and the backlog may hold; numbers of messages, conversations and events."""

    max_inbox: int
    max_backlog: int
    max_events: int


@dataclass(frozen=True)
class Conversation:
    """What is known of a conversation besides its log."""

    id: str
    gemeente: str
    channel: str
    locale: str
    owner: str  # bot | queue | agent
    agent: str
    agent_name: str
    queued_at: float  # seconds since 1970 by the clock of Redis; 0 when never queued
    handover: Event  # topic, summary, case number: what the agent is told
    retention_days: int
    team: str = ""
    priority: bool = False
    pending: Event = field(default_factory=dict)  # what the agent decided and is done at `at` (seconds since 1970), until undone
    postponed: str = ""  # the same, as it is kept
    read: dict[str, int] = field(default_factory=dict)  # number of the last event that citizen and agent have read
    seen: float = 0.0  # last sign of life of the citizen's page while a person is wanted, seconds since 1970


class Store:
    """The log, over a Redis client. Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis, bounds: Bounds, token_grace_seconds: int = 600) -> None:
        self._client = client
        self._bounds = bounds
        self._tokens = Tokens(client, token_grace_seconds)
        self._create = script(client, "create")
        self._receive = script(client, "receive")
        self._drop_notices = script(client, "notices_drop")
        self._drop_devices = script(client, "devices_drop")
        self._mark = script(client, "mark")

    async def create(
        self, gemeente: str, channel: str, locale: str, retention_days: int, first: Event, *, caller: str = "",
        about: str = "", conv: str | None = None,
    ) -> tuple[str, str]:
        """A new conversation that begins with the event `first`. Returns its id and its token, which is kept only as a hash.

        `caller`: hashed network address, for limits of look-ups. `about`: the topic of the page that it begins on. `conv`: an id
        of the connector's own (Telegram); when it exists already nothing changes and the token is empty.
        """
        conv = conv or "c_" + secrets.token_urlsafe(16)
        token = secrets.token_urlsafe(32)
        fields: dict[str, str | int] = {
            "gemeente": gemeente, "channel": channel, "locale": locale, "token": digest(token), "owner": "bot",
            "retention_days": retention_days, "caller": caller, "about": about, "created": events.now(),
            # Leases of an erased conversation with the same id must never fit the new one.
            "lease": secrets.randbelow(2**40), "question": 1 if events.asks(first) else 0,
        }
        args: list[bytes | str | int] = [retention_days * DAY, events.dump(first)]
        args += [value for item in fields.items() for value in item]
        with reaching("create"):
            made = await self._create(keys=[keys.meta(conv), keys.log(conv)], args=args)
        return conv, token if made else ""

    async def authenticate(self, conv: str, token: str) -> Conversation:
        """The conversation, if the token is its own. Raises UnknownConversation or PermissionError."""
        data = await self._meta(conv)
        if not await self._tokens.valid(conv, data, digest(token)):
            raise PermissionError(conv)
        return parse(conv, data)

    async def renew(self, conv: str, token: str) -> tuple[str, float]:
        """A new token for who has `token`, and in how many seconds the conversation ends; see bot.conversation.tokens.

        Raises TokenRefused.
        """
        return await self._tokens.renew(conv, digest(token))

    async def get(self, conv: str) -> Conversation:
        """Raises UnknownConversation."""
        return parse(conv, await self._meta(conv))

    async def _meta(self, conv: str) -> dict[str, str]:
        with reaching("meta"):
            raw = await self._client.hgetall(keys.meta(conv))  # type: ignore[misc]
        if not raw:
            raise UnknownConversation(conv)
        return {key.decode(): value.decode() for key, value in raw.items()}

    async def receive(
        self, conversation: Conversation, cid: str, body: Event, fingerprint: str, reply_to: int | None = None,
        leaving: Event | None = None,
    ) -> tuple[Outcome, int]:
        """Accept a citizen's message, once per `cid`. `fingerprint`: digest of the request, to tell a repeat from a reuse.

        `reply_to`: number of the question that this answers; it must be the newest one. `leaving`: told before it when the
        citizen waits in the queue: with this message they no longer do, and it is a turn of the bot. Returns the outcome and the
        number.
        """
        conv, bounds = conversation.id, self._bounds
        args: list[bytes | str | int] = [
            conv, cid, fingerprint, events.dump(body), conversation.retention_days * DAY,
            bounds.max_inbox, bounds.max_backlog, bounds.max_events, "" if reply_to is None else reply_to,
            events.dump(leaving) if leaving else "",
        ]
        names = [
            keys.meta(conv), keys.log(conv), keys.cids(conv), keys.inbox(conv), keys.TURNS, keys.FEED, keys.tracker(conv),
            keys.PENDING, keys.waiting(conversation.gemeente), keys.closed(conversation.gemeente), keys.devices(conv),
        ]
        with reaching("receive"):
            outcome, seq = await self._receive(keys=names, args=args)
        return outcome.decode(), int(seq)

    async def read(self, conv: str, after: int, limit: int = 500) -> list[tuple[int, Event]]:
        """Kept events with numbers after+1 … after+limit, oldest first, as they may be read now (see `events.faded`)."""
        with reaching("read"):
            raw = await self._client.lrange(keys.log(conv), after, after + limit - 1)  # type: ignore[misc]
        present = time.time()
        return [(after + i, events.faded(events.load(body), present)) for i, body in enumerate(raw, start=1)]

    async def history(self, conv: str, before: int | None, limit: int) -> list[tuple[int, Event]]:
        """The last `limit` events with a number below `before` (all of them when None), oldest first."""
        end = (await self.length(conv)) if before is None else max(before - 1, 0)
        start = max(end - limit, 0)
        return await self.read(conv, start, end - start) if end > start else []

    async def length(self, conv: str) -> int:
        """Number of the last event; 0 when there is none."""
        with reaching("length"):
            return int(await self._client.llen(keys.log(conv)))  # type: ignore[misc]

    async def event(self, conv: str, seq: int) -> Event | None:
        found = await self.read(conv, seq - 1, 1) if seq > 0 else []
        return found[0][1] if found else None

    async def erase(self, conversation: Conversation) -> None:
        """Remove the conversation everywhere, at once. Whoever still works on it can't commit any more."""
        with reaching("erase"):
            names, args = drop_arguments(conversation.id)
            async with self._client.pipeline(transaction=True) as pipe:
                await self._drop_notices(keys=names, args=args, client=pipe)  # before their list itself goes
                names, args = devices.drop_arguments(conversation.id)
                await self._drop_devices(keys=names, args=args, client=pipe)
                pipe.delete(*keys.conversation(conversation.id))
                for group in (keys.waiting, keys.active, keys.closed, keys.picked):
                    pipe.zrem(group(conversation.gemeente), conversation.id)
                pipe.hdel(keys.assigned(conversation.gemeente), conversation.id)
                pipe.zrem(keys.PENDING, conversation.id)
                pipe.xadd(keys.FEED, {"c": conversation.id, "e": "erased"}, maxlen=keys.FEED_LENGTH, approximate=True)
                await pipe.execute()

    async def mark_read(self, conv: str, who: Literal["citizen", "agent"], seq: int) -> None:
        """Up to which event somebody has read; whoever listens hears `read:citizen:N` or `read:agent:N`."""
        await self._mark_up(conv, f"read_{who}", str(seq), f"read:{who}:{seq}", waits=False)

    async def seen(self, conv: str) -> None:
        """A sign of life of the citizen's page; kept only while a person is wanted."""
        await self._mark_up(conv, "seen", "", "", waits=True)

    async def _mark_up(self, conv: str, field: str, value: str, signal: str, *, waits: bool) -> None:
        with reaching("mark"):
            await self._mark(keys=[keys.meta(conv), keys.FEED], args=[conv, field, value, signal, "1" if waits else ""])

    async def signal(self, conv: str, name: str) -> None:
        """Tell whoever is listening something that is not kept, such as `typing:agent`."""
        with reaching("signal"):
            await self._client.xadd(keys.FEED, {"c": conv, "e": name}, maxlen=keys.FEED_LENGTH, approximate=True)

    async def writable(self) -> bool:
        """Whether Redis takes a write right now."""
        try:
            return bool(await self._client.set(f"{keys.PREFIX}:ready", "1", ex=60))
        except RedisError:
            return False

    async def brain_age(self) -> float:
        """Seconds since the last sign of life of any brain, by the clock of Redis; endless when there was none."""
        with reaching("brain_age"):
            newest = await self._client.zrevrange(keys.BRAINS, 0, 0, withscores=True)
            seconds, micros = await self._client.time()
        return float(seconds) + float(micros) / 1e6 - newest[0][1] if newest else math.inf

    async def backlog(self) -> int:
        """Conversations that wait for a brain or have one working on them."""
        with reaching("backlog"):
            return int(await self._client.xlen(keys.TURNS))


def parse(conv: str, data: Mapping[str, str]) -> Conversation:
    """The conversation whose hash `keys.meta` this is."""
    return Conversation(
        id=conv, gemeente=data["gemeente"], channel=data["channel"], locale=data["locale"], owner=data["owner"],
        agent=data.get("agent", ""), agent_name=data.get("agent_name", ""), queued_at=float(data.get("queued_at") or 0),
        handover=_handover(data),
        retention_days=int(data["retention_days"]), team=data.get("team", ""), priority=data.get("priority") == "1",
        pending=_pending(data), postponed=data.get("pending", ""),
        read={who: int(data.get(f"read_{who}") or 0) for who in ("citizen", "agent")}, seen=float(data.get("seen") or 0),
    )


def _handover(meta: Mapping[str, str]) -> Event:
    """What the agent is told; the answers of a form only until the bot has the conversation back."""
    told = events.load(meta["handover"]) if meta.get("handover") else {}
    return told | ({"form": events.load(meta["form"])} if meta.get("form") else {})


def _pending(meta: Mapping[str, str]) -> Event:
    return events.load(meta["pending"]) | {"at": float(meta["pending_at"])} if meta.get("pending") else {}
