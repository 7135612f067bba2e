"""Real parts for tests: a Redis server, an edge on a free port, and a brain that echoes, without Rasa."""

import asyncio
import contextlib
import json
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import redis
from aiohttp import web

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.feed import Feed
from bot.conversation.mailbox import Answer, Mailbox, Turn
from bot.conversation.redis import EmbeddedRedis, StoreUnavailable
from bot.edge import CHANNELS, FEED, SetUp, create_app
from bot.settings import Settings
from bot.wiring import Services, build

PATIENCE = 15.0  # seconds after which a test that waits has failed


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Where STANDARDS_DIR is set, a test that needs it and is skipped all the same has failed."""
    report = yield
    if report.skipped and os.environ.get("STANDARDS_DIR") and "STANDARDS_DIR" in str(report.longrepr):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """One server for all tests. Tests that stop or freeze a server use `own_redis`."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis) -> str:
    """The address of an empty Redis."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A server of the test's own, to stop and start again."""
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path / "var"), ping_seconds=1.0)


@pytest.fixture
async def services(settings: Settings, redis_url: str) -> AsyncIterator[Services]:
    made = build(settings, redis_url)
    yield made
    await made.aclose()


@dataclass
class Reply:
    """An answer of the edge, read to its end."""

    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """Last part of the type of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.headers["Content-Type"]
        return str(self.json["type"]).removeprefix("urn:balie:problem:")


class EventStream:
    """An open stream, read event by event."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> tuple[int | None, Event] | None:
        """(number, event) of what comes next; None at the end of the stream."""
        seq, data = None, None
        async with asyncio.timeout(PATIENCE):
            async for line in self.response.content:
                if line.startswith(b"id: "):
                    seq = int(line[4:])
                elif line.startswith(b"data: "):
                    data = json.loads(line[6:])
                elif line == b"\n" and data is not None:
                    return seq, data
        return None

    async def until(self, wanted: Callable[[Event], bool]) -> list[Event]:
        """Everything up to and including the first event that is wanted, without pings."""
        found: list[Event] = []
        while (item := await self.next()) is not None:
            if item[1]["type"] != "ping" or wanted(item[1]):
                found.append(item[1])
            if wanted(item[1]):
                return found
        raise AssertionError(f"the stream ended; it brought {found}")


@dataclass
class Citizen:
    """A client of the citizen API with one conversation."""

    edge: "Edge"
    conv: str = ""
    token: str = ""
    created: dict[str, Any] = field(default_factory=dict)

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def call(self, method: str, path: str = "", *, headers: dict[str, str] | None = None, **kwargs: Any) -> Reply:
        return await self.edge.call(method, f"/v1/conv/{self.conv}{path}", headers=self.auth | (headers or {}), **kwargs)

    async def send(self, text: str | None = None, *, cid: str | None = None, **message: Any) -> Reply:
        body = {"cid": cid or str(uuid.uuid4()), "type": "text", **message}
        if text is not None:
            body["text"] = text
        return await self.call("POST", "/messages", json=body)

    async def history(self, **query: int) -> list[Event]:
        reply = await self.call("GET", "/history", params={"limit": 200, **query})
        assert reply.status == 200, reply.text
        return list(reply.json["events"])

    async def answered(self, seq: int) -> list[Event]:
        """The events of the turn of message `seq`, once it is done."""
        after, found = seq, []
        async with asyncio.timeout(PATIENCE):
            while True:
                reply = await self.call("GET", "/events", params={"after": after, "wait": 5})
                assert reply.status == 200, reply.text
                found += reply.json["events"]
                after = reply.json["last"]
                if any(event["type"] == "turn_done" and event["turn"] == f"t_{seq}" for event in found):
                    return found

    @contextlib.asynccontextmanager
    async def stream(self, after: int = 0, **headers: str) -> AsyncIterator[EventStream]:
        url = f"{self.edge.url}/v1/conv/{self.conv}/events"
        async with self.edge.session.get(url, params={"after": after}, headers=self.auth | headers) as response:
            assert response.status == 200, await response.text()
            yield EventStream(response)


@dataclass
class Edge:
    """A running edge."""

    url: str
    session: aiohttp.ClientSession
    app: web.Application
    services: Services
    runner: web.AppRunner

    @property
    def feed(self) -> Feed:
        return self.app[FEED]

    async def call(self, method: str, path: str, **kwargs: Any) -> Reply:
        async with asyncio.timeout(PATIENCE), self.session.request(method, self.url + path, **kwargs) as response:
            return Reply(response.status, response.headers, await response.read())

    async def citizen(self, **fields: Any) -> Citizen:
        """Someone who has begun a conversation."""
        reply = await self.call("POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website", **fields})
        assert reply.status == 201, reply.text
        return Citizen(self, reply.json["conv"], reply.json["token"], reply.json)


EdgeFactory = Callable[..., Awaitable[Edge]]


@pytest.fixture
async def make_edge(settings: Settings, redis_url: str) -> AsyncIterator[EdgeFactory]:
    """Starts an edge on a free port. Keyword arguments change settings; `url` is another Redis, `origins` are other websites,
    `channels` other channels where Balie itself brings the answers.
    """
    stack = contextlib.AsyncExitStack()

    async def make(
        url: str = redis_url, origins: Sequence[str] = (), channels: Sequence[SetUp] = CHANNELS, **changes: Any
    ) -> Edge:
        services = build(replace(settings, **changes), url)
        stack.push_async_callback(services.aclose)
        services.gemeente("voorbeeld").origins.extend(origins)
        app = create_app(services, channels)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        session = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False))
        return Edge(f"http://{host}:{port}", session, app, services, runner)

    async with stack:
        yield make


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> Edge:
    return await make_edge()


class EchoBrain:
    """Answers "echo: <text>", or with the events that `answers` has for a text. It is as strict as a real brain."""

    def __init__(self, services: Services) -> None:
        self.answers: dict[str, list[Event]] = {}
        self.turns: list[Turn] = []
        self._services = services
        self._mailbox = Mailbox(services.redis, services.redis_blocking, "echo", services.settings.lease_seconds)

    async def run(self) -> None:
        while True:
            try:
                await self._mailbox.prepare()
                while True:
                    await self._mailbox.alive()
                    for entry, conv in await self._mailbox.wait(10, 0.5):
                        await self._handle(entry, conv)
            except StoreUnavailable:
                await asyncio.sleep(0.05)

    async def _handle(self, entry: str, conv: str) -> None:
        turn = await self._mailbox.take(entry, conv)
        if turn is None:
            return
        self.turns.append(turn)
        text = turn.event.get("text", "")
        said = self.answers.get(text) or [events.message("bot", f"echo: {text}", name="Balie")]
        answer = Answer([{**body, "turn": turn.name} for body in said], tracker=b"-")
        await self._mailbox.commit(turn, answer, self._services.gemeente(turn.gemeente).retention_days)


@contextlib.asynccontextmanager
async def at_work(run: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """This runs meanwhile, such as a brain; what it raises is raised at the end."""
    task = asyncio.create_task(run)
    try:
        yield
    finally:
        while not task.done():  # more than once: redis may swallow a cancellation (see bot.edge)
            task.cancel()
            await asyncio.wait([task], timeout=0.1)
        if not task.cancelled():
            task.result()  # a brain that failed must not go unseen


@contextlib.asynccontextmanager
async def echoing(services: Services) -> AsyncIterator[EchoBrain]:
    """An echo brain at work on the Redis of `services`."""
    brain = EchoBrain(services)
    async with at_work(brain.run()):
        yield brain


@pytest.fixture
async def echo_brain(services: Services) -> AsyncIterator[EchoBrain]:
    async with echoing(services) as brain:
        yield brain


@pytest.fixture(scope="session")
def assistant() -> Any:
    """The real assistant with the model of the present content; `make test` trains it first."""
    from bot import gemeenten
    from bot.brain import environment

    environment.prepare("INFO")  # records below would be lost to tests that look at logs
    from bot.brain.assistant import Assistant

    found = Settings()
    return Assistant(found.model_path, gemeenten.load(found.gemeente_names), found.tracker_events, found.case_memory_seconds)
