"""Event streams of the desk: the lists, and one conversation with the numbers that the citizen has too."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web

from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Session
from bot.conversation.store import UnknownConversation
from bot.desk import words
from bot.desk.access import Forbidden, Look, look, record, shown
from bot.desk.roles import LEADS, may
from bot.desk.rows import pending
from bot.desk.state import Desk
from bot.desk.web import Problem, number

WRITE_SECONDS = 20.0  # a browser that reads nothing for so long is gone
TYPING_SECONDS = 6


class Ended(Exception):
    """The stream is over: the browser left, signed out, or may not read on."""


class Stream:
    """One open `text/event-stream` response."""

    def __init__(self, desk: Desk, session: Session, request: web.Request) -> None:
        self._desk, self._session, self._request = desk, session, request
        self._pause = desk.services.settings.ping_seconds
        self._next_ping = 0.0
        self.response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})

    async def send(self, body: dict[str, Any], seq: int | None = None) -> None:
        """Raises Ended when the browser is gone."""
        number = f"id: {seq}\n" if seq is not None else ""
        frame = f"{number}data: ".encode() + msgspec.json.encode(body) + b"\n\n"
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self.response.write(frame)
        except (ConnectionError, TimeoutError) as exc:
            raise Ended from exc

    @property
    def until_ping(self) -> float:
        return max(self._next_ping - asyncio.get_running_loop().time(), 0.0)

    async def ping(self) -> None:
        """When it is time: a sign of life, and a look whether the session still stands."""
        if self.until_ping > 0:
            return
        self._next_ping = asyncio.get_running_loop().time() + self._pause
        await self.send({"type": "ping"})
        with contextlib.suppress(StoreUnavailable):
            if await self._desk.sessions.get(self._session.id) is None:
                await self.send({"type": "signed_out", "title": words.SIGNED_OUT})
                raise Ended


@contextlib.asynccontextmanager
async def opened(desk: Desk, session: Session, request: web.Request) -> AsyncIterator[Stream]:
    """An open stream that ends in order, also when the process stops."""
    limits, whose = desk.services.settings, (session.gemeente, session.agent.id)
    if list(desk.streams.values()).count(whose) >= limits.desk_max_streams:
        raise Problem(429, "too_many", words.TOO_MANY, retry_after=10)
    if desk.closing or len(desk.streams) >= limits.max_streams:
        raise Problem(503, "busy", words.STORE_DOWN, retry_after=10)
    stream = Stream(desk, session, request)
    task = asyncio.current_task()
    assert task is not None
    desk.streams[task] = whose
    try:
        with contextlib.suppress(ConnectionError):  # the browser left already: the first ping will tell
            await stream.response.prepare(request)
        with contextlib.suppress(Ended):
            yield stream
    finally:
        desk.streams.pop(task, None)


async def lists(desk: Desk, session: Session, request: web.Request) -> web.StreamResponse:
    """`GET /desk/api/events`: the lists, whole, whenever something in them changed."""
    board, presences = desk.boards[session.gemeente], desk.presences
    if may(session.roles, LEADS):
        await record(desk, session, "", "lists")  # a lead's hold what citizens of colleagues said last
    await presences.alive(session)
    async with opened(desk, session, request) as stream:
        with board.watch(), presences.window(session):
            await _send_lists(desk, session, stream)
    return stream.response


async def _send_lists(desk: Desk, session: Session, stream: Stream) -> None:
    board, version, sent = desk.boards[session.gemeente], 0, b""
    while True:
        await board.wait(version, stream.until_ping)
        if board.version > version:
            version = board.version
            view = board.snapshot.view(session)
            encoded = msgspec.json.encode(view)
            if encoded != sent:
                sent = encoded
                await stream.send(view | {"now": await _now(desk)})
        await stream.ping()


async def _now(desk: Desk) -> float | None:
    """The clock that waiting times are measured with, for the browser to set its own by."""
    try:
        return await desk.services.handover.now()
    except StoreUnavailable:
        return None


async def conversation(desk: Desk, session: Session, request: web.Request) -> web.StreamResponse:
    """`GET /desk/api/conv/{c}/events?after=N`: the log from N+1 on, as it grows."""
    conv = request.match_info["conv"]
    after = _number(request)
    found = await look(desk, session, conv)
    await record(desk, session, conv, "follow", seq=after)
    with desk.feed.listen(conv) as listener:  # before the first read: nothing falls in between
        async with opened(desk, session, request) as stream:
            marks, changed = Marks(desk, conv), True
            while True:
                after, found = await _send_new(desk, session, stream, found, after)
                if changed or not stream.until_ping:
                    await marks.send(stream)
                await stream.ping()
                await listener.wait(stream.until_ping)
                signals = listener.take_signals()
                changed = any(signal.partition(":")[0] in {"read", "pending"} for signal in signals)
                for signal in signals:
                    await _send_signal(stream, signal)
    return stream.response


class Marks:
    """What changes in a conversation without an event in the log, as this browser heard it last.

    Sent: `read` {role, seq}, `here` {open, seen} of the citizen, `pending` {pending: {act, at} or null}.
    """

    def __init__(self, desk: Desk, conv: str) -> None:
        self._desk, self._conv = desk, conv
        self._told: dict[str, Any] = {"pending": None, "citizen": 0, "agent": 0}

    async def send(self, stream: Stream) -> None:
        """Whatever is different by now. What can't be read is sent the next time."""
        try:
            found = await self._desk.services.store.get(self._conv)
            now = await self._desk.services.handover.now()
        except (StoreUnavailable, UnknownConversation):
            return
        here = self._desk.rows[found.gemeente].here(found, now)
        news = {"pending": pending(found), "here": here["open"], **found.read}
        for name, value in news.items():
            if name not in self._told or self._told[name] != value:
                body = {"pending": {"pending": value}, "here": here}.get(name, {"role": name, "seq": value})
                await stream.send({"type": name if name in {"pending", "here"} else "read"} | body)
        self._told = news


async def _send_new(desk: Desk, session: Session, stream: Stream, found: Look, after: int) -> tuple[int, Look]:
    """Send what the log has beyond `after`. A change of owner decides anew whether and how far this agent may read."""
    try:
        while batch := await desk.services.store.read(found.conversation.id, after):
            if any(body["type"] == "handover" for _, body in batch) or found.until is None:
                found = await look(desk, session, found.conversation.id)
            for seq, body in batch:
                if found.until is not None and seq > found.until:
                    break
                after = seq
                await stream.send(shown(body, seq), seq)
            if found.until is not None and after >= found.until:
                await stream.send({"type": "end"})
                raise Ended
    except Forbidden as forbidden:
        await stream.send({"type": "reset", "reason": "moved", "title": forbidden.title})
        raise Ended from forbidden
    except UnknownConversation as unknown:
        await stream.send({"type": "reset", "reason": "expired", "title": words.GONE})
        raise Ended from unknown
    except StoreUnavailable as exc:
        raise Ended from exc  # the browser comes back by itself
    return after, found


async def _send_signal(stream: Stream, signal: str) -> None:
    name, _, rest = signal.partition(":")
    if name == "typing" and rest == "citizen":
        await stream.send({"type": "typing", "role": "citizen", "ttl_s": TYPING_SECONDS})
    elif name == "glance" and rest.isdecimal():
        await stream.send({"type": "suggestions", "seq": int(rest)})
    elif name == "erased":
        await stream.send({"type": "reset", "reason": "expired", "title": words.GONE})
        raise Ended


def _number(request: web.Request) -> int:
    return number(request.query.get("after") or request.headers.get("Last-Event-ID") or "0", "after")
