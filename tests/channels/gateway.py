"""A gateway for text messages on loopback, that posts again until it gets a 200, and refuses when it is told to."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Callable

import aiohttp
from aiohttp import web

from tests.channels.sms import SIGNATURE
from tests.stubs import server

SECRET = "fictitious-secret-of-a-gateway"
PATIENCE = 20.0  # seconds


def signature(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


class Gateway:
    """`text` is what citizens do; `sent` what arrived on their phones, with the number it was for."""

    def __init__(self) -> None:
        self.url = ""
        self.hook = ""  # where Balie receives
        self.sent: list[tuple[str, str]] = []
        self.refusals: deque[tuple[int, str]] = deque()  # status and Retry-After of the next calls
        self._number = 0

    async def text(self, sender: str, said: str = "", *, hook: str = "", again: bool = False, **more: object) -> None:
        """Send one, as long as it takes. `hook`: to another number than usual; `again`: the same message once more."""
        self._number += not again
        body = json.dumps({"id": f"in{self._number}", "from": sender, "text": said, **more}).encode()
        async with asyncio.timeout(PATIENCE):
            while await self.post(body, signature(body), hook) != 200:
                await asyncio.sleep(0.1)

    async def post(self, body: bytes, signed: str, hook: str = "") -> int:
        """Returns the status."""
        headers = {SIGNATURE: signed}
        async with aiohttp.ClientSession() as session, session.post(hook or self.hook, data=body, headers=headers) as response:
            return response.status

    def texts(self, number: str) -> list[str]:
        return [said for to, said in self.sent if to == number]

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.01)

    async def handle(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.Response(status=401)
        if self.refusals:
            status, wait = self.refusals.popleft()
            return web.Response(status=status, headers={"Retry-After": wait} if wait else {})
        asked = await request.json()
        self.sent.append((asked["to"], asked["text"]))
        return web.Response(status=202)


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Gateway]:
    """A gateway at work."""
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/messages", gateway.handle)
    async with server.serving(app) as gateway.url:
        yield gateway
