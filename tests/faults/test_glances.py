"""Suggestions for an agent with the processes of the product, and a brain that is killed: the conversation goes on without."""

from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.wiring import build
from tests.desk_fixtures import Agent, Citizen, Office, until
from tests.house import PATIENCE, House


async def _topics(agent: Agent, citizen: Citizen, seq: int) -> list[str]:
    found: dict[str, Any] = {}

    async def ready() -> bool:
        status, body = await agent.get(f"/conv/{citizen.conv}/suggestions?seq={seq}")
        assert status == 200, body
        found.update(body)
        return bool(body["state"] == "ready")

    await until(ready, 3 * PATIENCE, pace=0.5)  # an agent asks no more often than the desk allows in a minute
    return [one["topic"] for one in found["suggestions"]]


async def test_suggestions_come_back_with_a_brain_and_are_missed_by_nobody_without(tmp_path: Path) -> None:
    house = House(tmp_path, BALIE_GLANCE_SECONDS="2", BALIE_AGENT_GONE_SECONDS="3600")
    house.redis.start()
    services = build(Settings(data_dir=str(tmp_path / "own")), house.redis.url)
    office = Office(services, house.url)
    try:
        house.start_edge()
        await house.until("/live")
        citizen, agent = await office.waiting(), await office.agent()
        assert (await agent.claim(citizen))[0] == 200
        house.start_brain("first")
        seq = await citizen.say("mijn rijbewijs is verlopen, hoe verleng ik dat")
        assert (await _topics(agent, citizen, seq))[0] == "rijbewijs_verlengen"
        house.kill("first")
        seq = await citizen.say("en wat kost een paspoort")
        status, body = await agent.get(f"/conv/{citizen.conv}/suggestions?seq={seq}")
        assert status == 200 and body["state"] in {"busy", "none"} and body["suggestions"] == []
        assert (await agent.say(citizen, "Ik kijk het even na."))[0] == 201, "the agent needs no brain"
        house.start_brain("second")
        assert (await _topics(agent, citizen, seq))[0] == "paspoort_aanvragen"
    finally:
        for http in office.closers:
            await http.close()
        await services.aclose()
        house.stop()
