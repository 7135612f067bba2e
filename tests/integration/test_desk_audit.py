"""The audit log of the desk: everything that was looked at and done, by whom, for longer than the conversations themselves."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from bot.conversation import keys, references
from bot.conversation.audit import AuditLog, Wanted
from bot.conversation.queue import Agent as Who
from bot.conversation.redis import StoreUnavailable
from bot.desk import words
from bot.desk.app import GET, POST
from bot.gemeenten import AMSTERDAM
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Citizen, Office, Opener

desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office


async def entries(administrator: Agent, **filters: str) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    before = ""
    while True:
        query = "&".join(f"{name}={value}" for name, value in (filters | {"before": before}).items() if value)
        status, body = await administrator.get(f"/audit?{query}")
        assert status == 200, body
        found += body["entries"]
        if not (before := body["before"] or ""):
            return found


async def test_the_administrator_sees_who_did_what_when(office: Office) -> None:
    citizen, sanne = await office.waiting(), await office.agent()
    await sanne.get(f"/conv/{citizen.conv}")
    await sanne.get(f"/conv/{citizen.conv}/history?before=9")
    await sanne.claim(citizen)
    await sanne.say(citizen, "geheim antwoord")
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "geheime notitie"})
    await sanne.post("/logout", root="/desk")
    found = (await entries(await office.agent("farid"), agent="sanne"))[::-1]
    acts = [entry["action"] for entry in found]
    assert [act for act in acts if act in {"login", "look", "history", "claim", "say", "close", "logout"}] == [
        "login", "look", "history", "claim", "say", "close", "logout",
    ]
    look = found[acts.index("look")]
    assert (look["conv"], look["agent"], look["details"]["reason"]) == (citizen.conv, {"id": "sanne", "name": "Sanne"}, "waiting")
    assert look["reference"] == references.reference(office.services.settings.secret, citizen.conv)
    assert abs(look["at"] - time.time()) < 60
    assert not re.search("geheim", str(found)) and not re.search("paspoort", str(found))


async def test_an_entry_outlives_the_conversation(office: Office) -> None:
    citizen, sanne = await office.waiting(), await office.agent()
    await sanne.get(f"/conv/{citizen.conv}")
    await office.services.store.erase(await office.services.store.get(citizen.conv))
    farid = await office.agent("farid")
    assert [entry["action"] for entry in await entries(farid, conv=citizen.conv)] == ["look"]


async def test_a_conversation_is_found_by_name_and_by_reference(office: Office) -> None:
    one, other, sanne = await office.waiting(), await office.waiting(), await office.agent()
    for citizen in (one, other, one):
        await sanne.get(f"/conv/{citizen.conv}")
    farid = await office.agent("farid")
    reference = references.reference(office.services.settings.secret, one.conv)
    for name in (one.conv, reference, reference.lower().replace("b-", "")):
        assert [entry["conv"] for entry in await entries(farid, conv=name)] == [one.conv] * 2, name
    assert await entries(farid, conv="B-222222") == []


async def test_a_day_is_a_day_in_the_netherlands(office: Office) -> None:
    await office.agent()
    farid = await office.agent("farid")
    today = datetime.fromtimestamp(await office.services.handover.now(), AMSTERDAM).date()
    assert "login" in [entry["action"] for entry in await entries(farid, day=today.isoformat())]
    assert await entries(farid, day="2020-02-29") == []


async def test_many_entries_come_in_pages_without_gaps(office: Office) -> None:
    audit, farid = office.services.audit, await office.agent("farid")
    for count in range(230):
        await audit.write("voorbeeld", Who("sanne", "Sanne"), "c_x", "look", {"count": count})
    found = await entries(farid, agent="sanne")
    assert [entry["details"]["count"] for entry in found] == list(range(229, -1, -1))
    status, body = await farid.get("/audit?agent=sanne")
    assert (status, len(body["entries"]), body["before"]) == (200, 100, body["entries"][-1]["id"])


async def test_a_search_looks_at_a_bounded_number_of_entries_and_goes_on_after(open_office: Opener) -> None:
    async with open_office(audit_searched=500) as office:
        audit, farid = office.services.audit, await office.agent("farid")
        await audit.write("voorbeeld", Who("youssef", "Youssef"), "c_x", "look", {})
        for _ in range(1200):
            await audit.write("voorbeeld", Who("sanne", "Sanne"), "c_y", "look", {})
        _, first = await farid.get("/audit?agent=youssef")
        assert first["entries"] == [] and first["before"]
        assert [entry["conv"] for entry in await entries(farid, agent="youssef")] == ["c_x"]


async def test_reading_the_audit_log_is_in_it(office: Office) -> None:
    farid = await office.agent("farid")
    await farid.get("/audit?agent=sanne")
    assert "audit_read" in [entry["action"] for entry in await entries(farid, agent="farid")]


async def test_each_municipality_reads_its_own(office: Office) -> None:
    await office.agent("marieke", gemeente="weidedorp")
    farid = await office.agent("farid")
    assert "marieke" not in [entry["agent"]["id"] for entry in await entries(farid)]
    assert "marieke" in str(await office.services.redis.xrange(keys.audit("weidedorp")))


@pytest.mark.parametrize("query", [
    "before=x", "before=1", "before=-", "before=(1-1", "day=vandaag", "day=2026-13-01", "day=9999-12-31",
    "before=" + "9" * 40 + "-1",
])
async def test_filters_that_are_none(office: Office, query: str) -> None:
    status, body = await (await office.agent("farid")).get(f"/audit?{query}")
    assert (status, bool(body["title"])) == (422, True)


async def test_entries_go_after_their_days_and_the_oldest_when_there_are_too_many(office: Office) -> None:
    redis, who = office.services.redis, Who("sanne", "Sanne")
    old = f"{int((time.time() - 200 * 86400) * 1000)}-0"
    await redis.xadd(keys.audit("voorbeeld"), {"entry": '{"agent":"a","name":"A","action":"old","conv":""}'}, id=old)
    found, _ = await office.services.audit.read("voorbeeld", Wanted(), count=10, most=500)
    assert found == [], "what is too old isn't shown, even before it is gone"
    await office.services.audit.write("voorbeeld", who, "", "new", {})
    assert [fields for _, fields in await redis.xrange(keys.audit("voorbeeld")) if b"old" in fields[b"entry"]] == []
    assert 179 * 86400 < await redis.ttl(keys.audit("voorbeeld")) <= 180 * 86400
    short = AuditLog(redis, days=180, most=100)
    for _ in range(1000):
        await short.write("weidedorp", who, "", "look", {})
    assert 100 <= await redis.xlen(keys.audit("weidedorp")) < 300


async def test_an_entry_holds_codes_and_no_words(office: Office) -> None:
    """A handler that would pass on what somebody typed, can't."""
    details: dict[str, Any] = {"outcome": "opgelost", "text": "geheim", "note": "geheim", "reason": "x" * 5000}
    await office.services.audit.write("voorbeeld", Who("sanne", "Sanne"), "c" * 5000, "close", details)
    [entry], _ = await office.services.audit.read("voorbeeld", Wanted(), count=1, most=500)
    assert "geheim" not in str(entry) and len(str(entry)) < 500
    assert (entry.action, entry.details["outcome"]) == ("close", "opgelost")


Look = Callable[[Agent, Citizen], Awaitable[tuple[int, Any]]]


@pytest.mark.parametrize("look", [
    lambda agent, citizen: agent.get(f"/conv/{citizen.conv}"),
    lambda agent, citizen: agent.get(f"/conv/{citizen.conv}/history?before=99"),
    lambda agent, citizen: agent.get(f"/conv/{citizen.conv}/events?after=0"),
    lambda agent, citizen: agent.get("/search?q=paspoort"),
], ids=["conversation", "history", "events", "search"])
async def test_a_look_that_can_not_be_written_down_is_not_given(
    office: Office, monkeypatch: pytest.MonkeyPatch, look: Look
) -> None:
    citizen, agent = await office.waiting(), await office.agent()

    async def broken(*_: object, **__: object) -> None:
        raise StoreUnavailable("audit")

    monkeypatch.setattr(office.services.audit, "write", broken)
    status, body = await look(agent, citizen)
    assert (status, body["title"]) == (503, words.STORE_DOWN)


async def test_nobody_comes_in_unseen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise StoreUnavailable("audit")

    monkeypatch.setattr(office.services.audit, "write", broken)
    response = await office.login(office.browser(), "sanne")
    assert response.status == 503 and "Set-Cookie" not in response.headers
    assert not [key async for key in office.services.redis.scan_iter(keys.session("*"))]


async def test_every_refusal_is_written_down(office: Office) -> None:
    other, agent = await office.citizen("weidedorp"), await office.agent()
    await agent.get(f"/conv/{other.conv}")
    await agent.get("/audit")
    await agent.post("/presence", {"status": "busy"}, **{"X-CSRF-Token": "x"})
    await office.login(office.browser(), "sanne", "fout")
    found = [e for e in await entries(await office.agent("farid")) if e["action"] not in {"login", "audit_read"}]
    assert [(e["agent"]["id"], e["action"], e["details"].get("reason")) for e in found] == [
        ("", "login_refused", "password"), ("sanne", "forged", None), ("sanne", "refused", "role"),
        ("sanne", "refused", "other municipality"),
    ]


async def test_every_route_has_roles(office: Office) -> None:
    """None is open to whoever happens to be signed in, but signing out."""
    assert [path for path, (_, roles) in {**GET, **POST}.items() if not roles] == []
    assert [path for path, (_, roles) in {**GET, **POST}.items() if len(roles) > 3] == ["/logout"]


async def test_two_agents_at_once_lose_no_entry(office: Office) -> None:
    agents = [await office.agent("sanne"), await office.agent("youssef")]
    citizens = [await office.waiting() for _ in range(5)]
    await asyncio.gather(*(agent.get(f"/conv/{citizen.conv}") for agent in agents for citizen in citizens))
    farid = await office.agent("farid")
    assert len([entry for entry in await entries(farid) if entry["action"] == "look"]) == 10
