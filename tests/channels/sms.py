"""Text messages by a gateway over HTTP: a whole channel in one file, to read beside docs/add-a-channel.md.

The gateway posts what citizens send to PATH, signed, and again until it gets a 200; what Balie says is posted to its `/messages`.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import msgspec
import structlog
from aiohttp import hdrs, web

from bot.conversation.events import Event
from bot.conversation.feed import Feed
from bot.tasks import end, for_ever
from bot.wiring import Services
from connectors import plain, typed
from connectors.capabilities import WORDS_ONLY
from connectors.delivery import Delivery
from connectors.intake import NOT_ACCEPTED, Intake
from connectors.voice import Again, Arrival, Door, Unreachable, Voice

PATH = "/sms"
SIGNATURE = "X-Signature"  # HMAC-SHA256 of the body, in hexadecimal
SECONDS = 10.0  # for the gateway to take a message
SMS = replace(WORDS_ONLY, max_chars=1530)  # ten linked text messages

log = structlog.get_logger()


class Came(msgspec.Struct, frozen=True):
    """What the gateway posts. `media`: how many pictures came with it."""

    id: str
    sender: str = msgspec.field(name="from")
    text: str = ""
    media: int = 0


class Texter(Voice[str]):
    """Says it by the gateway."""

    def __init__(self, gateway: str, token: str) -> None:
        self._url = f"{gateway}/messages"
        self._headers = {hdrs.AUTHORIZATION: f"Bearer {token}"}
        self.session: aiohttp.ClientSession | None = None  # as long as the edge runs

    def render(self, body: Event, seq: int) -> list[str]:
        return plain.render(body, SMS)

    async def say(self, chat: str, out: str) -> int:
        status, wait = await self._post({"to": chat, "text": out})
        if status == 410:
            raise Unreachable
        if status == 429 or status >= 500:
            raise Again(wait)
        if status >= 400:  # it never will be taken: the messages after it must not wait
            log.error("sms_refused", status=status)
        return 0

    async def _post(self, content: dict[str, str]) -> tuple[int, float | None]:
        """Status, and the seconds to wait if the gateway says so."""
        if self.session is None:
            raise Again
        try:
            async with self.session.post(self._url, json=content, headers=self._headers, allow_redirects=False) as response:
                wait = response.headers.get(hdrs.RETRY_AFTER, "")
                return response.status, float(wait) if wait.isdecimal() else None
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise Again from exc


class Sms:
    """The channel in one edge process. `run` is a cleanup context of the web application."""

    def __init__(self, services: Services, feed: Feed, gemeente: str, gateway: str, secret: str) -> None:
        door = Door("sms", gemeente, prefix=f"sms-{gemeente}", name=f"sms:{gemeente}", own=SMS)
        self._voice = Texter(gateway, secret)
        self._delivery = Delivery(self._voice, door, services, feed)
        self._intake = Intake(services, door, self._delivery)
        self._secret = secret.encode()

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(SECONDS)) as self._voice.session:
            delivering = asyncio.create_task(for_ever(self._delivery.run))
            yield
            await end([delivering])
            await self._delivery.close()

    async def receive(self, request: web.Request) -> web.Response:
        """200: it is in the log, or was refused with a sentence; 503: bring it again."""
        body = await request.read()
        given = request.headers.get(SIGNATURE, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, hmac.new(self._secret, body, hashlib.sha256).hexdigest().encode()):
            return web.Response(status=403)
        try:
            came = msgspec.json.decode(body, type=Came)
        except msgspec.DecodeError:
            return web.Response(status=400)
        with contextlib.suppress(*NOT_ACCEPTED):
            await self._take(came)
            return web.Response()
        return web.Response(status=503)

    async def _take(self, came: Came) -> None:
        arrival = Arrival(came.sender, came.id)
        if came.media:
            await self._intake.media(arrival)
        else:
            await typed.hear(self._intake, arrival, came.text)


def setup(app: web.Application, services: Services, feed: Feed) -> None:
    """Adds it to the edge. A channel of the product has its address and secret in bot/settings.py; one of the tests hasn't."""
    sms = Sms(services, feed, "voorbeeld", os.environ["SMS_GATEWAY"], os.environ["SMS_SECRET"])
    app.cleanup_ctx.append(sms.run)
    app.router.add_post(PATH, sms.receive)
