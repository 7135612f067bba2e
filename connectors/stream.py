"""Following a conversation: an event stream (SSE, read with fetch), or a long poll where streams don't get through.

Read the log after the last number, send, wait to be woken, and again. The feed only says that there is something: what is sent
always comes from the log, so nothing is missed and nothing is sent twice.
"""

import asyncio
import contextlib
import socket
import time
from typing import Any

import msgspec
from aiohttp import hdrs, web

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.feed import Feed, Listener
from bot.conversation.redis import StoreUnavailable
from bot.conversation.service import heard
from bot.conversation.store import Conversation, UnknownConversation
from bot.wiring import Services
from connectors.access import Access
from connectors.bodies import json_response
from connectors.health import Metrics
from connectors.problems import Problem
from connectors.query import integer
from connectors.service import Standing

BATCH = 200  # events per read
TYPING_SECONDS = 6
FULL_SECONDS = 10  # what Retry-After says when there are too many streams
TYPING = {"typing:bot": "bot", "typing:agent": "agent"}
READ = "read:agent:"  # beginning of the signal that the agent has read up to a number
# States of a hand-over after which a person is wanted, and after which no more.
WITH_PERSON = {"queued": True, "assigned": True, "transferred": True, "returned": False, "closed": False}

Ephemeral = dict[str, Any]


class Ended(Exception):
    """There is nothing to follow any more; `reason` is gap or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Streams:
    """All open streams of one edge process. Each has a listener of the feed, none a connection to Redis."""

    def __init__(self, services: Services, feed: Feed, access: Access, metrics: Metrics) -> None:
        self._store = services.store
        self._settings = services.settings
        self._services = services
        self._feed = feed
        self._access = access
        self._metrics = metrics
        self._open: set[Listener] = set()
        self._closing = False

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/conv/{conv}/events", self.events, allow_head=False)]

    async def close(self, _app: web.Application | None = None) -> None:
        """End every stream in order; clients connect again, to another process or to the next one."""
        self._closing = True
        for listener in self._open:
            listener.wake()

    async def events(self, request: web.Request) -> web.StreamResponse:
        conversation = await self._access.conversation(request)
        after = integer(request, "after") or 0
        if request.headers.get("Last-Event-ID", "").isdecimal():
            after = int(request.headers["Last-Event-ID"][:10])  # newer than the address, which a client repeats as it was
        wait = integer(request, "wait")
        self._check_room(conversation)
        with self._feed.listen(conversation.id, heard(conversation.gemeente)) as listener:
            self._open.add(listener)
            self._metrics.streams.inc()
            try:
                if wait is not None:
                    return await self._poll(conversation, after, min(wait, self._settings.poll_max_seconds), listener)
                return await self._stream(request, conversation, after, listener)
            finally:
                self._open.discard(listener)
                self._metrics.streams.dec()

    def _check_room(self, conversation: Conversation) -> None:
        if self._closing or len(self._open) >= self._settings.max_streams:
            raise Problem("overloaded", retry_after=FULL_SECONDS)
        if self._feed.count(conversation.id) >= self._settings.max_streams_conversation:
            raise Problem("too_many_streams", retry_after=FULL_SECONDS)

    async def _poll(self, conversation: Conversation, after: int, wait: float, listener: Listener) -> web.Response:
        deadline, standing = time.monotonic() + wait, Standing(self._services, conversation.gemeente)
        on_show = await standing.first()
        await self._page_is_open(conversation.id, conversation.owner != "bot")
        while True:
            signals = listener.take_signals()
            try:
                found = await self._news(conversation.id, after, signals)
            except Ended as exc:
                last = await self._store.length(conversation.id)
                return json_response({"events": [{"type": "reset", "reason": exc.reason}], "last": last})
            left = deadline - time.monotonic()
            passing = _passing([signal for signal in signals if signal != "typing:bot"])  # its answer is there soon enough
            passing += (changed := await standing.news())
            if found or passing or left <= 0 or self._closing:
                last = found[-1][0] if found else after
                shown = [events.for_citizen(body, seq) for seq, body in found]
                told = passing or _marks(conversation)
                return json_response({"events": [*shown, *told, *([] if changed else on_show)], "last": last})
            await listener.wait(left)

    async def _page_is_open(self, conv: str, with_person: bool) -> None:
        """Agents see whether the citizen they are to help is still there. A sign that is missed is no reason to stop."""
        if with_person:
            with contextlib.suppress(StoreUnavailable):
                await self._store.seen(conv)

    async def _stream(
        self, request: web.Request, conversation: Conversation, after: int, listener: Listener
    ) -> web.StreamResponse:
        await self._store.length(conversation.id)  # a store that is away is an error, not a stream that ends at once
        response = web.StreamResponse(headers={
            hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8",
            hdrs.CACHE_CONTROL: "no-store, no-transform",
            "X-Accel-Buffering": "no",  # nginx would hold the events back
        })
        outlet = Outlet(response, self._settings.ping_seconds)
        try:
            await response.prepare(request)
            _notice_dead_line(request, self._settings.ping_seconds * 2)
            await self._follow(outlet, request, conversation, after, listener)
            await outlet.end()
        except Ended as exc:
            await outlet.send({"type": "reset", "reason": exc.reason})
            await outlet.end()
        except (ConnectionError, TimeoutError):
            pass  # the client is gone, or takes nothing any more; it will come back by itself
        return response

    async def _follow(
        self, outlet: "Outlet", request: web.Request, conversation: Conversation, after: int, listener: Listener
    ) -> None:
        """Until the process closes, the store is away, the token has ended, or the conversation is gone (Ended)."""
        conv, with_person = conversation.id, conversation.owner != "bot"
        standing = Standing(self._services, conversation.gemeente)
        passing, due = [*await standing.first(), *_marks(conversation)], True
        while not self._closing:
            if due:
                await outlet.ping()
                if not await self._still_allowed(request):
                    return
                await self._page_is_open(conv, with_person)
            try:
                found = await self._news(conv, after, signals := listener.take_signals())
            except StoreUnavailable:
                return
            for seq, body in found:
                await outlet.send(events.for_citizen(body, seq), seq)
                after = seq
            for event in [*passing, *_passing(signals), *await standing.news()]:
                await outlet.send(event)
            passing, before, with_person = [], with_person, _with_person(found, with_person)
            await self._page_is_open(conv, with_person and not before)
            due = len(found) < BATCH and not await listener.wait(outlet.until_ping())

    async def _still_allowed(self, request: web.Request) -> bool:
        """A stream ends soon after its token: who renewed that comes back with the new one, who copied it doesn't."""
        try:
            await self._access.conversation(request)
        except (Problem, StoreUnavailable):
            return False
        except UnknownConversation:
            return True  # gone: `_news` tells that
        return True

    async def _news(self, conv: str, after: int, signals: list[str]) -> list[tuple[int, Event]]:
        """Events after number `after`. Raises Ended when the conversation is gone or never was that long."""
        if "erased" in signals:
            raise Ended("expired")
        found = await self._store.read(conv, after, BATCH)
        if not found:
            length = await self._store.length(conv)
            if length < after or length == 0:
                raise Ended("gap" if length else "expired")
        return found


def _with_person(found: list[tuple[int, Event]], before: bool) -> bool:
    """Whether a person is wanted or there, after these events."""
    states = [body["state"] for _, body in found if body["type"] == "handover" and body["state"] in WITH_PERSON]
    return WITH_PERSON[states[-1]] if states else before


def _passing(signals: list[str]) -> list[Ephemeral]:
    """What the signals tell a citizen: who is typing, and up to where the agent has read."""
    typing = {TYPING[signal] for signal in signals if signal in TYPING}
    read = max((int(signal.removeprefix(READ)) for signal in signals if signal.startswith(READ)), default=0)
    return [{"type": "typing", "role": role, "ttl_s": TYPING_SECONDS} for role in sorted(typing)] + _read(read)


def _marks(conversation: Conversation) -> list[Ephemeral]:
    """What was told before this client listened, and still holds."""
    return _read(conversation.read.get("agent", 0))


def _read(seq: int) -> list[Ephemeral]:
    return [{"type": "read", "role": "agent", "seq": seq}] if seq else []


def _notice_dead_line(request: web.Request, seconds: float) -> None:
    """Let the system give up a client that confirms nothing for so long; by itself it would try for a quarter of an hour.

    A phone that changes networks leaves such lines behind, and they count for the limit of its conversation.
    """
    line = request.transport.get_extra_info("socket") if request.transport else None
    if line is not None and line.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


class Outlet:
    """Writes events to one client, with pings between them so that both sides notice a dead line."""

    def __init__(self, response: web.StreamResponse, ping_seconds: float) -> None:
        self._response = response
        self._ping_seconds = ping_seconds
        self._pinged = 0.0

    async def send(self, event: Event | Ephemeral, seq: int | None = None) -> None:
        """Raises TimeoutError when the client takes nothing for the length of a ping, ConnectionError when it is gone."""
        number = f"id: {seq}\n".encode() if seq is not None else b""
        await self._write(number + b"data: " + msgspec.json.encode(event) + b"\n\n")

    async def ping(self) -> None:
        self._pinged = time.monotonic()
        await self.send({"type": "ping"})

    def until_ping(self) -> float:
        """Seconds until the next ping is due."""
        return max(self._pinged + self._ping_seconds - time.monotonic(), 0.0)

    async def end(self) -> None:
        async with asyncio.timeout(self._ping_seconds):
            await self._response.write_eof()

    async def _write(self, data: bytes) -> None:
        async with asyncio.timeout(self._ping_seconds):
            await self._response.write(data)
