"""Killing for real while people are helped by people: who waits goes on waiting, who is helped goes on being helped."""

import asyncio
import contextlib
import signal
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conftest import Citizen, at_work
from tests.desk_fixtures import Agent, Office, until
from tests.house import House, settled

GONE = 4  # seconds after which an agent whose browser is silent is gone
Escalated = Callable[[], Awaitable[Citizen]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(
        tmp_path, BALIE_LIFT_RATES="true", BALIE_BRAIN_READY_SECONDS="60", BALIE_AGENT_GONE_SECONDS=str(GONE),
        BALIE_DESK_UNDO_SECONDS="3", BALIE_PING_SECONDS="1",
    )
    try:
        made.redis.start()
        made.start_edge()
        made.start_echo("brain")
        await made.until("/ready")
        yield made
    finally:
        made.stop()


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    none: Any = None
    made = Office(none, house.url)
    yield made
    for http in made.closers:
        await http.close()


@pytest.fixture
async def escalated(house: House) -> AsyncIterator[Escalated]:
    """Citizens who asked for a person and wait."""
    async with house.door() as door:

        async def one() -> Citizen:
            citizen = await door.citizen()
            await citizen.send("person")
            await settled(citizen, 1)
            return citizen

        yield one


async def signs(agent: Agent) -> None:
    """The agent's browser gives signs of life, whatever the server does."""
    while True:
        with contextlib.suppress(aiohttp.ClientError):
            await agent.post("/presence")
        await asyncio.sleep(0.5)


async def lists(agent: Agent) -> dict[str, list[str]]:
    """Conversations by list, as the desk tells them; empty while it can't."""
    with contextlib.suppress(aiohttp.ClientError):
        status, view = await agent.get("/lists")
        if status == 200:
            return {name: [row["conv"] for row in view[name]] for name in ("waiting", "mine", "closed")}
    return {}


async def states(citizen: Citizen) -> list[str]:
    log = await citizen.history()
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1)), "the numbers have a gap"
    return [event["state"] for event in log if event["type"] == "handover"]


async def test_an_edge_that_dies_takes_no_conversation_along(house: House, office: Office, escalated: Escalated) -> None:
    helped, waiting = await escalated(), await escalated()
    agent = await office.agent("sanne")
    async with at_work(signs(agent)):
        assert (await agent.post(f"/conv/{helped.conv}/claim"))[0] == 200
        cid = str(uuid.uuid4())
        said = await agent.post(f"/conv/{helped.conv}/messages", {"cid": cid, "text": "Goedemiddag"})
        house.kill("edge")
        house.start_edge()
        await house.until("/ready")
        assert await lists(agent) == {"waiting": [waiting.conv], "mine": [helped.conv], "closed": []}
        again = await agent.post(f"/conv/{helped.conv}/messages", {"cid": cid, "text": "Goedemiddag"})
        assert again[1]["seq"] == said[1]["seq"]
        assert (await helped.send("dank u")).status == 201
        log = await helped.history()
    assert [event["text"] for event in log if event["type"] == "message" and event["from"]["role"] == "agent"] == ["Goedemiddag"]
    assert [event["text"] for event in log if event["type"] == "message"][-1] == "dank u"  # and the bot is silent
    assert (await states(helped))[-1] == "assigned"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_redis_restarted_brings_every_escalation_back(
    house: House, office: Office, escalated: Escalated, how: signal.Signals
) -> None:
    closing, helped, waiting = await escalated(), await escalated(), await escalated()
    agent = await office.agent("sanne")
    async with at_work(signs(agent)):
        for citizen in (closing, helped):
            assert (await agent.post(f"/conv/{citizen.conv}/claim"))[0] == 200
        status, answer = await agent.post(f"/conv/{closing.conv}/close", {"outcome": "opgelost", "note": "", "agreed": ""})
        assert status == 200 and answer["undo_until"]
        process = house.redis.process
        assert process is not None
        process.send_signal(how)
        process.wait(10)
        assert (await agent.post(f"/conv/{helped.conv}/messages", {"cid": str(uuid.uuid4()), "text": "?"}))[0] == 503
        house.redis.start()
        await house.until("/ready")

        async def closed() -> bool:
            return await lists(agent) == {"waiting": [waiting.conv], "mine": [helped.conv], "closed": [closing.conv]}

        await until(closed, 30)
        await settled(closing, 2)
    assert (await states(closing)).count("closed") == 1
    assert "closed" not in await states(helped) and (await states(helped))[-1] == "assigned"
    assert (await states(waiting))[-1] == "queued"


async def test_who_had_an_agent_that_vanished_is_first_in_line_and_is_told(
    house: House, office: Office, escalated: Escalated
) -> None:
    first, second = await escalated(), await escalated()
    gone, colleague = await office.agent("sanne"), await office.agent("youssef")
    async with at_work(signs(colleague)):
        assert (await gone.post(f"/conv/{first.conv}/claim"))[0] == 200
        await gone.http.close()  # the browser is closed

        async def back() -> bool:
            return (await lists(colleague)).get("waiting") == [first.conv, second.conv]

        await until(back, GONE + 15)
        log = await first.history()
        assert any("weggevallen" in event.get("text", "") for event in log)
        assert (await colleague.post(f"/conv/{first.conv}/claim"))[0] == 200
        assert (await states(first)).count("assigned") == 2


async def test_an_act_that_was_postponed_is_done_though_agent_and_edge_died(
    house: House, office: Office, escalated: Escalated
) -> None:
    citizen = await escalated()
    agent = await office.agent("sanne")
    await agent.post(f"/conv/{citizen.conv}/claim")
    body = {"outcome": "opgelost", "note": "", "agreed": "U krijgt morgen een brief."}
    assert (await agent.post(f"/conv/{citizen.conv}/close", body))[0] == 200
    house.kill("edge")
    await agent.http.close()
    house.start_edge()
    await house.until("/ready")
    log = await settled(citizen, 2)
    (closed,) = [event for event in log if event["type"] == "handover" and event["state"] == "closed"]
    assert closed["agreed"] == "U krijgt morgen een brief."
