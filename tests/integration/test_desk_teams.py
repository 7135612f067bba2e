"""Teams and roles at the desk: who sees what, who may what, how conversations are handed on. Real HTTP, real Redis."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import references
from bot.conversation.audit import Wanted
from bot.desk import words
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Citizen, Office, Opener, until, when
from tests.desk_people import numbers, staffed_office

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    async with staffed_office(open_office, tmp_path) as found:
        yield found


@pytest.fixture
async def patient_office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    """Acts can be undone for as long as the test takes."""
    async with staffed_office(open_office, tmp_path, desk_undo_seconds=600.0) as found:
        yield found


async def lists(agent: Agent) -> dict[str, Any]:
    status, found = await agent.get("/lists")
    assert status == 200
    return found


async def notes(agent: Agent, citizen: Citizen) -> list[dict[str, Any]]:
    _, meta = await agent.get(f"/conv/{citizen.conv}")
    _, page = await agent.get(f"/conv/{citizen.conv}/history?before={meta['seq'] + 1}")
    return [event for event in page["events"] if event["type"] == "note"]


async def owner(citizen: Citizen) -> tuple[str, str, str]:
    found = await citizen.services.store.get(citizen.conv)
    return found.owner, found.agent, found.team


# --- who sees what ---


async def test_a_team_that_is_no_more_leaves_nobody_without_help(office: Office) -> None:
    sanne, youssef = await office.agent("sanne"), await office.agent("youssef")
    citizen = await office.waiting(team="opgeheven", topic="schuldhulp")
    assert numbers((await lists(youssef))["waiting"]) == [citizen.conv] and not (await lists(sanne))["waiting"]
    assert (await sanne.claim(citizen))[0] == 403
    assert (await youssef.claim(citizen))[0] == 200


async def test_an_agent_sees_the_queue_of_their_teams_in_order_of_turn(office: Office) -> None:
    sanne, youssef, ans = await office.agent("sanne"), await office.agent("youssef"), await office.agent("ans")
    passport, debts = await office.waiting(team="burgerzaken"), await office.waiting(team="sociaal", topic="schuldhulp")
    crisis = await office.waiting(team="burgerzaken", priority=True)
    await office.services.redis.zadd("balie:g:voorbeeld:waiting", {crisis.conv: 1})
    assert numbers((await lists(sanne))["waiting"]) == [crisis.conv, passport.conv]
    assert numbers((await lists(youssef))["waiting"]) == [debts.conv]
    found = await lists(ans)
    assert numbers(found["waiting"]) == [crisis.conv, passport.conv, debts.conv]
    row = found["waiting"][0]
    assert (row["priority"], row["team"]) == (True, {"id": "burgerzaken", "name": "Burgerzaken"})
    assert row["reference"] == references.reference(office.services.settings.secret, crisis.conv)
    assert abs(row["since"] - found["now"]) < 30  # not the place in the queue


async def test_a_team_that_is_no_more_is_the_one_of_the_topic(office: Office) -> None:
    await office.waiting(team="opgeheven", topic="schuldhulp")
    ans = await office.agent("ans")
    assert (await lists(ans))["waiting"][0]["team"]["id"] == "sociaal"


async def test_colleagues_conversations_are_listed_but_their_words_only_for_a_lead(office: Office) -> None:
    citizen = await office.waiting(team="burgerzaken")
    sanne, bram, youssef, noor = [await office.agent(name) for name in ("sanne", "bram", "youssef", "noor")]
    await sanne.claim(citizen)
    await citizen.say("Mijn geheim")
    [row] = (await lists(bram))["team"]
    assert (row["agent"], row["open"]) == ({"id": "sanne", "name": "Sanne"}, False)
    assert (row["last"]["role"], row["last"]["text"]) == ("citizen", "")
    [row] = (await lists(noor))["team"]
    assert (row["open"], row["last"]["text"]) == (True, "Mijn geheim")
    assert (await lists(youssef))["team"] == []
    mine = await lists(sanne)
    assert (numbers(mine["mine"]), mine["team"]) == ([citizen.conv], [])


async def test_a_lead_reads_what_a_colleague_has_and_an_agent_does_not(office: Office) -> None:
    citizen = await office.waiting(team="burgerzaken")
    sanne, bram, noor = await office.agent("sanne"), await office.agent("bram"), await office.agent("noor")
    await sanne.claim(citizen)
    status, found = await noor.get(f"/conv/{citizen.conv}")
    assert (status, found["mode"], found["may"], found["agent"]) == (200, "team", ["note", "assign"], "Sanne")
    assert (await noor.say(citizen, "Ik neem het over"))[0] == 409
    status, found = await bram.get(f"/conv/{citizen.conv}")
    assert (status, found["title"]) == (403, words.has_it("Sanne"))
    entries = await audited(office, citizen, "look")
    assert ("noor", "team") in [(entry.agent.id, entry.details["reason"]) for entry in entries]


async def audited(office: Office, citizen: Citizen, action: str) -> list[Any]:
    found, _ = await office.services.audit.read("voorbeeld", Wanted(), count=200, most=1000)
    return [entry for entry in found if entry.conv == citizen.conv and entry.action == action]


@pytest.mark.parametrize("act", ["claim", "read", "notes", "close", "transfer", "undo", "assign", "appointment", "typing"])
async def test_another_team_or_municipality_or_role_may_nothing(office: Office, act: str) -> None:
    citizen = await office.waiting(team="burgerzaken")
    elsewhere = await office.citizen("weidedorp")
    youssef, eva = await office.agent("youssef"), await office.agent("eva")
    body = {
        "read": {"seq": 1}, "notes": {"cid": str(uuid.uuid4()), "text": "Hoi"}, "close": {"outcome": "opgelost"},
        "transfer": {"team": "kcc"}, "assign": {"team": "kcc"},
        "appointment": {"cid": str(uuid.uuid4()), "product": "paspoort", "location": "stadhuis", "start": "2026-12-01T09:00",
                        "name": "Jan"},
    }.get(act)
    before = await citizen.log()
    assert (await youssef.post(f"/conv/{citizen.conv}/{act}", body))[0] == 403
    assert (await youssef.post(f"/conv/{elsewhere.conv}/{act}", body))[0] == 403
    assert (await youssef.post(f"/conv/c_gone/{act}", body))[0] == (403 if act == "assign" else 404)
    assert (await eva.post(f"/conv/{citizen.conv}/{act}", body))[0] == 403
    assert await citizen.log() == before


async def test_an_editor_has_no_lists(office: Office) -> None:
    eva = await office.agent("eva")
    assert (await eva.get("/lists"))[0] == 403
    assert (await eva.get("/search?q=paspoort"))[0] == 403
    assert (await eva.get("/team"))[0] == 403


async def test_a_conversation_of_another_team_can_not_be_opened(office: Office) -> None:
    citizen, youssef = await office.waiting(team="burgerzaken"), await office.agent("youssef")
    status, found = await youssef.get(f"/conv/{citizen.conv}")
    assert (status, found["title"]) == (403, words.OTHER_TEAM)


# --- how many at once ---


async def test_an_agent_with_enough_conversations_gets_no_more(office: Office) -> None:
    sanne = await office.agent("sanne")
    assert (await sanne.post("/presence", {"limit": 1}))[0] == 204
    first, second = await office.waiting(team="burgerzaken"), await office.waiting(team="burgerzaken")
    assert (await sanne.claim(first))[0] == 200
    status, found = await sanne.claim(second)
    assert (status, found["type"], found["title"]) == (409, "urn:balie:desk:full", words.full(1))
    assert (await sanne.claim(first))[0] == 200  # one's own again is fine
    await sanne.post("/presence", {"limit": 2})
    assert (await sanne.claim(second))[0] == 200


async def test_the_municipality_sets_the_most_at_once(office: Office) -> None:
    sanne = await office.agent("sanne")
    assert (await lists(sanne))["limit"] == 3
    await sanne.post("/presence", {"limit": 99, "status": "busy"})
    found = await lists(sanne)
    assert (found["limit"], found["status"]) == (3, "busy")
    assert (await sanne.post("/presence", {"limit": 0}))[0] == 422
    await sanne.post("/presence", {"limit": 2})
    await sanne.post("/presence")
    found = await lists(sanne)
    assert (found["limit"], found["status"]) == (2, "busy")
    assert (await office.services.handover.agents("voorbeeld"))[0].teams == ("burgerzaken",)


# --- notes, read marks ---


async def test_a_note_is_for_colleagues_only_and_written_once(office: Office) -> None:
    citizen, sanne, noor = await office.waiting(team="burgerzaken"), await office.agent("sanne"), await office.agent("noor")
    await sanne.claim(citizen)
    cid = str(uuid.uuid4())
    answers = [await noor.post(f"/conv/{citizen.conv}/notes", {"cid": cid, "text": "Let op: BSN 999993653"}) for _ in range(2)]
    assert [status for status, _ in answers] == [201, 201]
    assert len({found["seq"] for _, found in answers}) == 1
    [noted] = await notes(sanne, citizen)
    assert (noted["name"], noted["text"]) == ("Noor", "Let op: BSN •••••••••")
    assert (await noor.post(f"/conv/{citizen.conv}/notes", {"cid": cid, "text": " "}))[0] == 422


async def test_no_notes_on_what_is_closed(office: Office) -> None:
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
    status, found = await sanne.post(f"/conv/{citizen.conv}/notes", {"cid": str(uuid.uuid4()), "text": "Toch nog"})
    assert (status, found["title"]) == (409, words.CLOSED)
    _, meta = await sanne.get(f"/conv/{citizen.conv}")
    assert (meta["mode"], meta["may"]) == ("closed", [])


async def test_read_marks_go_up_and_only_for_who_has_it(office: Office) -> None:
    citizen, sanne, bram = await office.waiting(team="burgerzaken"), await office.agent("sanne"), await office.agent("bram")
    assert (await sanne.post(f"/conv/{citizen.conv}/read", {"seq": 2}))[0] == 409  # reading along tells nothing
    await sanne.claim(citizen)
    seq = await citizen.say("Hallo")
    assert (await sanne.post(f"/conv/{citizen.conv}/read", {"seq": seq}))[0] == 204
    assert (await sanne.post(f"/conv/{citizen.conv}/read", {"seq": 2}))[0] == 204
    assert (await sanne.post(f"/conv/{citizen.conv}/read", {"seq": 999}))[0] == 422
    assert (await bram.post(f"/conv/{citizen.conv}/read", {"seq": seq}))[0] == 409
    await office.services.store.mark_read(citizen.conv, "citizen", 3)
    _, meta = await sanne.get(f"/conv/{citizen.conv}")
    assert meta["read"] == {"citizen": 3, "agent": seq}


# --- closing, handing on, undoing ---


async def test_closing_tells_the_bot_what_was_agreed(office: Office) -> None:
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    body = {"outcome": "doorverwezen", "agreed": "U krijgt morgen een brief.", "note": "Dossier nagekeken"}
    status, found = await sanne.post(f"/conv/{citizen.conv}/close", body)
    assert (status, found) == (200, {"conv": citizen.conv, "undo_until": None})
    [closing] = [event for event in await citizen.log() if event.get("state") == "closed"]
    assert (closing["agreed"], closing["outcome"]) == ("U krijgt morgen een brief.", "doorverwezen")
    assert "Dossier" not in str(closing)
    too_long = {"outcome": "opgelost", "agreed": "x" * 501}
    assert (await sanne.post(f"/conv/{citizen.conv}/close", too_long))[0] == 422


async def test_a_closing_can_be_undone(patient_office: Office) -> None:
    office = patient_office
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    _, found = await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
    now = await office.services.handover.now()
    assert now + 590 < found["undo_until"] <= now + 600
    _, meta = await sanne.get(f"/conv/{citizen.conv}")
    assert meta["pending"] == {"act": "close", "at": found["undo_until"]}
    assert (await lists(sanne))["mine"][0]["pending"] == meta["pending"]
    assert await sanne.post(f"/conv/{citizen.conv}/undo") == (200, {"conv": citizen.conv, "act": "close"})
    assert (await lists(sanne))["mine"][0]["pending"] is None
    assert (await owner(citizen))[:2] == ("agent", "sanne")
    assert await sanne.post(f"/conv/{citizen.conv}/undo") == (200, {"conv": citizen.conv, "act": None})


async def test_a_citizen_who_goes_on_undoes_the_closing(patient_office: Office) -> None:
    office = patient_office
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
    await citizen.say("Nog één vraag")
    _, meta = await sanne.get(f"/conv/{citizen.conv}")
    assert (meta["pending"], meta["mode"]) == (None, "mine")


async def test_what_nobody_undid_is_done(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path, desk_undo_seconds=0.2) as office:
        citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
        await sanne.claim(citizen)
        await sanne.post(f"/conv/{citizen.conv}/transfer", {"team": "sociaal", "note": "Hoort bij schulden"})
        await until(lambda: _is(citizen, ("queue", "", "sociaal")))
        status, found = await sanne.post(f"/conv/{citizen.conv}/undo")
        assert (status, found["title"]) in {(409, words.TOO_LATE), (403, words.OTHER_TEAM)}


async def _is(citizen: Citizen, wanted: tuple[str, str, str]) -> bool:
    return await owner(citizen) == wanted


async def test_a_conversation_goes_to_another_team_with_a_note(office: Office) -> None:
    citizen, sanne, youssef = await office.waiting(team="burgerzaken"), await office.agent("sanne"), await office.agent("youssef")
    await sanne.claim(citizen)
    assert (await sanne.post(f"/conv/{citizen.conv}/transfer", {"team": "nergens"}))[0] == 422
    assert (await sanne.post(f"/conv/{citizen.conv}/transfer", {"team": "sociaal", "agent": "bram"}))[0] == 422
    await sanne.post(f"/conv/{citizen.conv}/transfer", {"team": "sociaal", "note": "Heeft schulden"})
    assert await owner(citizen) == ("queue", "", "sociaal")
    assert numbers((await lists(youssef))["waiting"]) == [citizen.conv]
    assert (await lists(sanne))["waiting"] == []
    assert [event["text"] for event in await notes(youssef, citizen)] == ["Heeft schulden"]
    assert (await youssef.claim(citizen))[0] == 200


async def test_a_conversation_goes_to_a_colleague_who_is_there(office: Office) -> None:
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    status, found = await sanne.post(f"/conv/{citizen.conv}/transfer", {"agent": "bram"})
    assert (status, found["title"]) == (409, words.NOT_THERE)
    bram = await office.agent("bram")
    assert (await bram.post(f"/conv/{citizen.conv}/transfer", {"agent": "bram"}))[0] == 409  # not his to give
    assert (await sanne.post(f"/conv/{citizen.conv}/transfer", {"agent": "sanne"}))[0] == 422
    assert (await sanne.post(f"/conv/{citizen.conv}/transfer", {"agent": "bram"}))[0] == 200
    assert (await owner(citizen))[:2] == ("agent", "bram")
    assert (await sanne.say(citizen, "Ik nog even"))[0] == 409
    assert (await bram.say(citizen, "Met Bram"))[0] == 201


async def test_a_lead_gives_what_waits_and_what_somebody_has(office: Office) -> None:
    citizen, sanne, bram, noor = await office.waiting(team="burgerzaken"), *[
        await office.agent(name) for name in ("sanne", "bram", "noor")
    ]
    assert (await sanne.post(f"/conv/{citizen.conv}/assign", {"agent": "sanne"}))[0] == 403
    assert (await noor.post(f"/conv/{citizen.conv}/assign", {"agent": "sanne"}))[0] == 200
    assert (await owner(citizen))[:2] == ("agent", "sanne")
    assert (await noor.post(f"/conv/{citizen.conv}/assign", {"agent": "bram"}))[0] == 200
    before = await citizen.log()
    assert (await noor.post(f"/conv/{citizen.conv}/assign", {"agent": "bram"}))[0] == 200
    assert await citizen.log() == before
    assert (await sanne.say(citizen, "Hallo"))[0] == 409
    assert (await bram.say(citizen, "Hallo"))[0] == 201
    assert (await noor.post(f"/conv/{citizen.conv}/assign", {"team": "sociaal"}))[0] == 200
    assert await owner(citizen) == ("queue", "", "sociaal")
    assert (await noor.post(f"/conv/{citizen.conv}/assign", {"team": "burgerzaken"}))[0] == 403  # no longer of her team
    assert [entry.details for entry in await audited(office, citizen, "assign")][::-1] == [
        {"to": "sanne"}, {"to": "bram"}, {"to": "bram"}, {"team": "sociaal"},
    ]


async def test_nobody_takes_a_conversation_from_the_bot(office: Office) -> None:
    citizen, ans, sanne = await office.citizen(), await office.agent("ans"), await office.agent("sanne")
    assert (await ans.post(f"/conv/{citizen.conv}/assign", {"agent": "sanne"}))[0] == 409
    assert (await sanne.claim(citizen))[0] == 409
    assert await citizen.owner() == "bot"


# --- two tabs, two agents: one truth ---


async def test_both_tabs_and_both_agents_see_it_change_hands(office: Office) -> None:
    citizen, sanne, bram, noor = await office.waiting(team="burgerzaken"), *[
        await office.agent(name) for name in ("sanne", "bram", "noor")
    ]
    async with sanne.stream("/events") as one, sanne.stream("/events") as two, bram.stream("/events") as three:
        await sanne.claim(citizen)
        for tab in (one, two):
            await when(tab, lambda view: numbers(view["mine"]) == [citizen.conv])
        await when(three, lambda view: numbers(view["team"]) == [citizen.conv] and not view["waiting"])
        await noor.post(f"/conv/{citizen.conv}/assign", {"agent": "bram"})
        for tab in (one, two):
            await when(tab, lambda view: not view["mine"] and numbers(view["team"]) == [citizen.conv])
        view = await when(three, lambda view: numbers(view["mine"]) == [citizen.conv])
        assert {one["id"]: one["busy_with"] for one in view["colleagues"]} == {"sanne": 0, "noor": 0}


async def test_who_loses_it_stops_reading_at_once(office: Office) -> None:
    citizen, sanne, bram, noor = await office.waiting(team="burgerzaken"), *[
        await office.agent(name) for name in ("sanne", "bram", "noor")
    ]
    await sanne.claim(citizen)
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as lost, noor.stream(
        f"/conv/{citizen.conv}/events?after=0"
    ) as read:
        await anext(lost)
        await noor.post(f"/conv/{citizen.conv}/assign", {"agent": "bram"})
        await bram.say(citizen, "Met Bram")
        await citizen.say("Alleen voor Bram")
        seen = [event async for event in lost]
        await when(read, lambda event: event.get("text") == "Alleen voor Bram")  # the lead reads on
    assert seen[-1] == {"type": "reset", "reason": "moved", "title": words.has_it("Bram")}
    assert "Alleen voor Bram" not in str(seen)


async def test_the_other_tab_shows_the_countdown_and_that_it_is_off(patient_office: Office) -> None:
    office = patient_office
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        _, found = await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
        event = await when(stream, lambda event: event["type"] == "pending")
        assert event["pending"] == {"act": "close", "at": found["undo_until"]}
        async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as later:  # a tab that opens now
            assert (await when(later, lambda event: event["type"] == "pending"))["pending"] == event["pending"]
        await citizen.say("Wacht, nog iets")
        assert (await when(stream, lambda event: event["type"] == "pending"))["pending"] is None


async def test_read_marks_and_presence_of_the_citizen_reach_every_tab(office: Office) -> None:
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    await office.services.store.seen(citizen.conv)
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        assert (await when(stream, lambda event: event["type"] == "here"))["open"] is True
        await office.services.store.mark_read(citizen.conv, "citizen", 4)
        assert await when(stream, lambda event: event["type"] == "read") == {"type": "read", "role": "citizen", "seq": 4}
        await sanne.post(f"/conv/{citizen.conv}/read", {"seq": 3})
        assert await when(stream, lambda event: event["type"] == "read") == {"type": "read", "role": "agent", "seq": 3}
        async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as later:
            marks = [await when(later, lambda event: event["type"] == "read") for _ in range(2)]
        assert {mark["role"]: mark["seq"] for mark in marks} == {"citizen": 4, "agent": 3}
    assert (await lists(sanne))["mine"][0]["here"] is True


async def test_the_page_of_the_citizen_is_gone_after_a_silence(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path, citizen_gone_seconds=0.5, ping_seconds=0.2) as office:
        citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
        await sanne.claim(citizen)
        await office.services.store.seen(citizen.conv)
        async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
            gone = await when(stream, lambda event: event["type"] == "here" and not event["open"])
        assert gone["seen"] > 0


async def test_a_restarted_server_tells_the_same(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path / "one", desk_undo_seconds=600.0) as office:
        citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
        await sanne.claim(citizen)
        await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
        before = (await lists(sanne))["mine"]
        last = await office.services.store.length(citizen.conv)
        async with staffed_office(open_office, tmp_path / "two", desk_undo_seconds=600.0) as other:
            await office.services.redis.ping()
            again = await other.agent("sanne")
            assert (await lists(again))["mine"] == before
            async with again.stream(f"/conv/{citizen.conv}/events?after={last - 1}") as stream:
                assert (await anext(stream))["seq"] == last
            assert (await again.post(f"/conv/{citizen.conv}/undo"))[1]["act"] == "close"
        assert (await lists(sanne))["mine"][0]["pending"] is None


# --- the board stays cheap ---


async def test_two_hundred_who_wait_cost_a_handful_of_round_trips(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sanne = await office.agent("sanne")
    for _ in range(200):
        citizen = await office.citizen()
        await office.services.redis.hset(f"balie:c:{citizen.conv}:meta", mapping={
            "owner": "queue", "team": "burgerzaken", "queued_at": "1", "handover": b'{"topic":"paspoort_aanvragen"}',
        })
        await office.services.redis.zadd("balie:g:voorbeeld:waiting", {citizen.conv: 1})
    sent = 0
    connection = office.services.redis.connection_pool.connection_class
    original = connection.send_packed_command

    async def counting(self: Any, *args: Any, **named: Any) -> None:
        nonlocal sent
        sent += 1
        await original(self, *args, **named)

    monkeypatch.setattr(connection, "send_packed_command", counting)
    found = await lists(sanne)
    assert len(found["waiting"]) == 200
    assert sent < 40
