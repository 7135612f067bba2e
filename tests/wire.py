"""The line between a browser and the edge, ours to cut: a TCP proxy that can drop, refuse, stall, lose answers and hold streams.

Nothing here knows the protocol of the chat: what is proved holds for any line.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

STREAM = b"text/event-stream"
NO_CONTENT = b"HTTP/1.1 204"
CHUNK = 65536


@dataclass(eq=False)
class _Pair:
    """One connection of the browser with its own to the edge."""

    inner: asyncio.StreamWriter  # to the browser
    outer: asyncio.StreamWriter  # to the edge
    lost: bool = False  # bytes of an answer were thrown away: it can't go on
    held: bool = False  # a stream that the line holds back

    def abort(self) -> None:
        for writer in (self.inner, self.outer):
            writer.transport.abort()


@dataclass
class Wire:
    """Goes to 127.0.0.1:`target`. `buffers`: event streams are held back for ever, as some proxies do."""

    target: int
    buffers: bool = False
    port: int = 0
    held: int = 0  # streams that were held back
    _closed: bool = False
    _deaf: bool = False
    _flow: asyncio.Event = field(default_factory=asyncio.Event)
    _pairs: set[_Pair] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def drop(self) -> None:
        """Every connection breaks at once."""
        for pair in tuple(self._pairs):
            pair.abort()

    @contextlib.contextmanager
    def gone(self):  # type: ignore[no-untyped-def]
        """No connection, and no new one either."""
        self._closed = True
        self.drop()
        try:
            yield
        finally:
            self._closed = False

    @contextlib.contextmanager
    def stalled(self):  # type: ignore[no-untyped-def]
        """Connections stay, nothing comes through, and later everything does."""
        self._flow.clear()
        try:
            yield
        finally:
            self._flow.set()

    @contextlib.contextmanager
    def deaf(self):  # type: ignore[no-untyped-def]
        """What the browser sends arrives; the answers get lost, and their connections break afterwards.

        Answers without a body pass: after a preflight that got no answer the browser would not send at all.
        """
        self._deaf = True
        try:
            yield
        finally:
            self._deaf = False
            for pair in tuple(self._pairs):
                if pair.lost:
                    pair.abort()

    async def accept(self, reader: asyncio.StreamReader, inner: asyncio.StreamWriter) -> None:
        if self._closed:
            inner.transport.abort()
            return
        try:
            answer, outer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            inner.transport.abort()
            return
        pair = _Pair(inner, outer)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._up(reader, pair), self._down(answer, pair))
        except OSError:
            pass  # cut by us, or by one of the two
        finally:
            self._pairs.discard(pair)
            pair.abort()

    async def _up(self, reader: asyncio.StreamReader, pair: _Pair) -> None:
        while data := await reader.read(CHUNK):
            await self._flow.wait()
            pair.outer.write(data)
            await pair.outer.drain()
        raise ConnectionResetError

    async def _down(self, answer: asyncio.StreamReader, pair: _Pair) -> None:
        while data := await answer.read(CHUNK):
            await self._flow.wait()
            if pair.lost or (self._deaf and not data.startswith(NO_CONTENT)):
                pair.lost = True
                continue
            if self.buffers and STREAM in data and not pair.held:
                pair.held = True
                self.held += 1
            if not pair.held:
                pair.inner.write(data)
                await pair.inner.drain()
        raise ConnectionResetError


@contextlib.asynccontextmanager
async def wire(target: int, **more: bool) -> AsyncIterator[Wire]:
    made = Wire(target, **more)
    made._flow.set()
    server = await asyncio.start_server(made.accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made._flow.set()
        made.drop()
