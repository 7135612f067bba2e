"""A team lead sees who waits, who helps, and whether the agreed level is met. Real HTTP, real Redis."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import keys
from bot.conversation.queue import Queued
from bot.conversation.roster import Figure
from bot.desk.overview import level
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Office, Opener
from tests.desk_people import staffed_office

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    async with staffed_office(open_office, tmp_path) as found:
        yield found


async def overview(agent: Agent) -> dict[str, Any]:
    status, found = await agent.get("/team")
    assert status == 200, found
    return found


async def test_a_lead_sees_the_queue_and_the_agents_of_own_teams(office: Office) -> None:
    noor, ans = await office.agent("noor"), await office.agent("ans")
    sanne, youssef = await office.agent("sanne"), await office.agent("youssef")
    await youssef.post("/presence", {"status": "break"})
    taken, waits = await office.waiting(team="burgerzaken"), await office.waiting(team="burgerzaken")
    await office.waiting(team="sociaal")
    await sanne.claim(taken)
    found = await overview(noor)
    [queue] = found["queue"]
    assert (queue["team"]["id"], queue["waiting"], queue["available"]) == ("burgerzaken", 1, 3)  # Sanne, Noor, Ans
    assert 0 <= queue["longest_s"] < 60
    sanne_row = next(one for one in found["agents"] if one["id"] == "sanne")
    assert sanne_row["teams"] == [{"id": "burgerzaken", "name": "Burgerzaken"}]
    assert (sanne_row["busy_with"], sanne_row["limit"], sanne_row["status"]) == (1, 3, "available")
    assert {one["id"] for one in found["agents"]} == {"sanne", "noor", "ans"}
    every = await overview(ans)
    assert {queue["team"]["id"]: queue["waiting"] for queue in every["queue"]} == {"kcc": 0, "burgerzaken": 1, "sociaal": 1}
    assert [queue["longest_s"] is None for queue in every["queue"]] == [True, False, False]
    assert {one["id"] for one in every["agents"]} == {"sanne", "noor", "ans", "youssef"}
    assert waits


async def test_waits_of_today_are_held_against_the_agreed_level(office: Office) -> None:
    noor, sanne = await office.agent("noor"), await office.agent("sanne")
    assert (await overview(noor))["level"] == {
        "within_minutes": 5, "taken": 0, "within": 0, "median_s": None, "longest_s": None, "beyond": 0,
    }
    quick, slow, elsewhere = [await office.waiting(team=team) for team in ("burgerzaken", "burgerzaken", "sociaal")]
    now = await office.services.handover.now()
    await office.services.redis.hset(keys.meta(slow.conv), "queued_at", f"{now - 400:.6f}")
    late = await office.waiting(team="burgerzaken")
    await office.services.redis.hset(keys.meta(late.conv), "queued_at", f"{now - 1000:.6f}")
    await sanne.claim(quick)
    await sanne.claim(slow)
    await (await office.agent("youssef")).claim(elsewhere)
    await office.services.redis.rpush(keys.waits("voorbeeld"), f"{now - 200000:.6f} 9999.0 burgerzaken")  # not today
    found = (await overview(noor))["level"]
    assert (found["taken"], found["within"], found["beyond"]) == (2, 1, 1)
    assert 400 <= found["longest_s"] < 460
    assert 200 <= found["median_s"] < 260


async def test_an_agent_has_no_overview(office: Office) -> None:
    sanne = await office.agent("sanne")
    assert (await sanne.get("/team"))[0] == 403


def test_the_level_itself_is_within_it() -> None:
    taken = [Figure(0, seconds, "kcc") for seconds in (10, 300, 301)]
    waiting = [Queued("a", 1000.0, "kcc", False), Queued("b", 699.0, "kcc", False)]
    assert level(taken, waiting, 1000.0, 300) == {"taken": 3, "within": 2, "median_s": 300, "longest_s": 301, "beyond": 1}
