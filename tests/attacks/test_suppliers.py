"""What a slow, chatty or curious system of a supplier must not be able to do to citizens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.brain.worker import Worker
from bot.conversation import events
from bot.conversation.mailbox import Answer, Mailbox, Turn
from bot.http import Http
from bot.wiring import Services
from tests.conftest import PATIENCE, Edge

WAITING = 16  # citizens whose turn waits for a system at the same time


@dataclass
class Waiting:
    """A brain whose turns wait for a system that never answers, but for those that ask no system."""

    services: Services
    under_way: set[str] = field(default_factory=set)

    async def answer(self, turn: Turn) -> Answer:
        if turn.event["text"] == "waar is mijn zaak":
            self.under_way.add(turn.conv)
            await asyncio.Event().wait()
        return Answer([events.message("bot", "Hallo", turn=turn.name)], tracker=turn.tracker)


@pytest.fixture
async def brain(services: Services) -> AsyncIterator[Waiting]:
    made, settings = Waiting(services), services.settings
    mailbox = Mailbox(services.redis, services.redis_blocking, "slow", settings.lease_seconds)
    task = asyncio.create_task(Worker(mailbox, made.answer, services.gemeenten, settings).run())
    yield made
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


async def test_citizens_who_wait_for_a_slow_system_keep_nobody_else_waiting(edge: Edge, brain: Waiting) -> None:
    for _ in range(WAITING):
        await (await edge.citizen()).send("waar is mijn zaak")
    async with asyncio.timeout(PATIENCE):
        while len(brain.under_way) < WAITING:
            await asyncio.sleep(0.02)
    other = await edge.citizen()
    said = await other.answered((await other.send("hoi")).json["seq"])
    assert [body["text"] for body in said if body["type"] == "message" and body["from"]["role"] == "bot"] == ["Hallo"]


async def test_a_cookie_of_one_citizens_request_is_not_sent_with_anothers() -> None:
    """A broker or gateway that answers by its session cookie would mix citizens up."""
    brought: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        brought.append(dict(request.cookies))
        response = web.json_response({})
        response.set_cookie("session", "of the first citizen")
        return response

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0).start()
    http = Http(PATIENCE)
    try:
        for _ in range(2):
            await http.get(f"http://localhost:{runner.addresses[0][1]}/", headers={})
    finally:
        await http.aclose()
        await runner.cleanup()
    assert brought == [{}, {}]
