"""A desk over real HTTP and a real Redis, with citizens who come out of the log as they do from the website."""

import asyncio
import contextlib
import dataclasses
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import redis
from aiohttp import web

from bot.conversation import events
from bot.conversation.feed import Feed
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.redis import EmbeddedRedis
from bot.conversation.store import digest
from bot.desk.app import setup
from bot.desk.watch import Pace
from bot.settings import Settings
from bot.tasks import end
from bot.wiring import Services, build

PASSWORD = "balie-demo"
SUMMARY = "Wil weten wat een paspoort kost en of een afspraak nodig is."
PACE = Pace(gone=60, tick=0.05, between_tells=0.2)


@dataclasses.dataclass
class Citizen:
    """Somebody with a conversation, on the side of the log."""

    services: Services
    conv: str

    async def say(self, text: str, cid: str | None = None) -> int:
        cid = cid or str(uuid.uuid4())
        found = await self.services.store.get(self.conv)
        body = events.message("citizen", text, cid=cid)
        outcome, seq = await self.services.store.receive(found, cid, body, digest(text))
        assert outcome in {"new", "again"}
        return seq

    async def queue(self, **handover: Any) -> None:
        """Ask for a person; the brain's answer brings the conversation to the queue."""
        await self.say("Ik wil een medewerker spreken")
        await self.turn(Answer(
            [
                events.message("bot", "Ik verbind u door.", name="Gem", meta={"outcome": "handover"}),
                events.handover("queued"),
            ],
            handover={"topic": "paspoort_aanvragen", "summary": SUMMARY, "zaaknummer": None, "reason": "asked"} | handover,
        ))

    async def turn(self, answer: Answer) -> None:
        """Every turn that waits is answered like this."""
        mailbox = Mailbox(self.services.redis, self.services.redis_blocking, "test", 6)
        await mailbox.prepare()
        for entry, conv in await mailbox.wait(10, 2):
            turn = await mailbox.take(entry, conv)
            assert turn is not None
            assert await mailbox.commit(turn, answer, 30)

    async def log(self) -> list[dict[str, Any]]:
        return [body for _, body in await self.services.store.read(self.conv, 0)]

    async def texts(self, role: str) -> list[str]:
        return [b["text"] for b in await self.log() if b["type"] == "message" and b["from"]["role"] == role]

    async def owner(self) -> str:
        return (await self.services.store.get(self.conv)).owner

    async def owned_by(self, owner: str) -> bool:
        return await self.owner() == owner


class Agent:
    """A signed-in browser without a screen."""

    def __init__(self, http: aiohttp.ClientSession, origin: str, csrf: str) -> None:
        self.http, self.origin, self.csrf = http, origin, csrf

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.http.get(f"{self.origin}/desk/api{path}") as response:
            raw = await response.read()
            return response.status, msgspec.json.decode(raw) if raw.startswith(b"{") else None

    async def post(self, path: str, body: Any = None, *, root: str = "/desk/api", **headers: str) -> tuple[int, Any]:
        sent = {"Origin": self.origin, "X-CSRF-Token": self.csrf, "Content-Type": "application/json"} | headers
        data = body if isinstance(body, bytes) else msgspec.json.encode(body or {})
        async with self.http.post(f"{self.origin}{root}{path}", data=data, headers=sent) as response:
            raw = await response.read()
            return response.status, msgspec.json.decode(raw) if raw.startswith(b"{") else None

    async def claim(self, citizen: Citizen) -> tuple[int, Any]:
        return await self.post(f"/conv/{citizen.conv}/claim")

    async def say(self, citizen: Citizen, text: str, cid: str | None = None) -> tuple[int, Any]:
        return await self.post(f"/conv/{citizen.conv}/messages", {"cid": cid or str(uuid.uuid4()), "text": text})

    @contextlib.asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The events of a stream, pings left out."""
        async with self.http.get(f"{self.origin}/desk/api{path}") as response:
            assert response.status == 200, await response.text()
            yield _events(response)


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        if line.startswith(b"data: ") and (event := msgspec.json.decode(line[6:]))["type"] != "ping":
            yield event


@dataclasses.dataclass
class Office:
    """The running desk."""

    services: Services
    origin: str
    closers: list[aiohttp.ClientSession] = dataclasses.field(default_factory=list)
    stop: Callable[[], Awaitable[None]] | None = None  # begin to stop, as a process that ends does; None: it is another process

    def browser(self) -> aiohttp.ClientSession:
        jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address too
        http = aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=20))
        self.closers.append(http)
        return http

    async def login(
        self, http: aiohttp.ClientSession, user: str, password: str = PASSWORD, **more: str
    ) -> aiohttp.ClientResponse:
        form = {"user": user, "password": password} | more
        return await http.post(
            f"{self.origin}/desk/login", data=form, headers={"Origin": self.origin}, allow_redirects=False
        )

    async def agent(self, user: str = "sanne", **more: str) -> Agent:
        http = self.browser()
        response = await self.login(http, user, **more)
        assert response.status == 303, await response.text()
        async with http.get(f"{self.origin}/desk") as page:
            found = re.search(r'name="csrf-token" content="([^"]+)"', await page.text())
        assert found
        return Agent(http, self.origin, found[1])

    async def citizen(self, gemeente: str = "voorbeeld", channel: str = "website") -> Citizen:
        hello = events.message("bot", "Hallo, ik ben Gem, een automatische assistent.", name="Gem")
        conv, _ = await self.services.store.create(gemeente, channel, "nl", 30, hello)
        return Citizen(self.services, conv)

    async def waiting(self, **handover: Any) -> Citizen:
        """Somebody in the queue, behind whoever is there already: the queue's own clock tells only seconds apart."""
        citizen = await self.citizen()
        before = await self.services.handover.waiting("voorbeeld")
        await citizen.queue(**handover)
        if before:
            await self.services.redis.zadd("balie:g:voorbeeld:waiting", {citizen.conv: before[-1][1] + 1})
        return citizen


@pytest.fixture(scope="session")
def desk_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path_factory.mktemp("desk-redis"))
    server.start()
    yield server
    server.stop()


Opener = Callable[..., contextlib.AbstractAsyncContextManager[Office]]


@pytest.fixture
def open_office(desk_redis: EmbeddedRedis, tmp_path: Path) -> Opener:
    """Opens a desk; keyword arguments change settings. Several at once share the Redis, as edge processes do."""
    redis.Redis.from_url(desk_redis.url).flushall()

    @contextlib.asynccontextmanager
    async def opener(pace: Pace = PACE, **changes: Any) -> AsyncIterator[Office]:
        settings = Settings(data_dir=str(tmp_path), **({"rate_login_minute": 100, "desk_undo_seconds": 0.0} | changes))
        services = build(settings, desk_redis.url)
        async with _running(services, pace) as office:
            yield office

    return opener


@contextlib.asynccontextmanager
async def _running(services: Services, pace: Pace) -> AsyncIterator[Office]:
    feed = Feed(services.redis_blocking)
    task = asyncio.create_task(feed.run())
    app = web.Application()
    setup(app, services, feed, pace)
    runner = web.AppRunner(app, shutdown_timeout=2.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    office = Office(services, f"http://{host}:{port}", stop=runner.shutdown)
    try:
        yield office
    finally:
        for http in office.closers:
            await http.close()
        await runner.cleanup()
        await end([task])
        await services.aclose()


@pytest.fixture
async def office(open_office: Opener) -> AsyncIterator[Office]:
    async with open_office() as found:
        yield found


async def when(stream: AsyncIterator[dict[str, Any]], wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The first event of the stream that is wanted; fails when there is none in time."""
    async with asyncio.timeout(10):
        async for event in stream:
            if wanted(event):
                return event
    pytest.fail("the stream ended")


async def until(look: Callable[[], Awaitable[Any]], seconds: float = 10, pace: float = 0.02) -> Any:
    """The first true value of `look()`, asked every `pace` seconds; fails when there is none in time."""
    async with asyncio.timeout(seconds):
        while not (value := await look()):
            await asyncio.sleep(pace)
        return value
