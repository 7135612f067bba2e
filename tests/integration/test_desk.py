"""An agent helps a citizen: sign in, see who waits, claim, talk, close. Real HTTP, real Redis."""

import asyncio
import contextlib
import dataclasses
import signal
import uuid
from datetime import datetime

import aiohttp

from bot.conversation import events
from bot.conversation.queue import SOON_SECONDS
from bot.conversation.redis import EmbeddedRedis
from bot.desk import words
from bot.gemeenten import AMSTERDAM
from tests import desk_fixtures
from tests.desk_fixtures import PACE, Citizen, Office, Opener, until, when

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=AMSTERDAM)

desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office


async def test_an_agent_signs_in_and_out(office: Office) -> None:
    agent = await office.agent()
    assert (await agent.get("/lists"))[0] == 200
    assert (await agent.post("/logout", root="/desk"))[0] == 204
    assert (await agent.get("/lists"))[0] == 401
    async with agent.http.get(f"{office.origin}/desk", allow_redirects=False) as page:
        assert page.headers["Location"] == "/desk/login"


async def test_who_is_signed_in_needs_no_form(office: Office) -> None:
    agent = await office.agent()
    async with agent.http.get(f"{office.origin}/desk/login", allow_redirects=False) as page:
        assert (page.status, page.headers["Location"]) == (303, "/desk")


async def test_an_agent_sees_who_waits_and_why(office: Office) -> None:
    await office.waiting(zaaknummer="ZAAK-2026-0001", reason="frustration")
    agent = await office.agent()
    _, lists = await agent.get("/lists")
    [row] = lists["waiting"]
    assert row["topic"] == "Paspoort aanvragen"
    assert row["reason"] == "Was ontevreden over het gesprek"
    assert row["zaaknummer"] == "ZAAK-2026-0001"
    assert 0 <= lists["now"] - row["since"] < 30
    assert (lists["mine"], lists["closed"]) == ([], [])


async def test_reading_before_claiming_tells_the_citizen_nothing(office: Office) -> None:
    citizen = await office.waiting()
    agent = await office.agent()
    await until(lambda: _told(citizen, 1))
    before = await citizen.log()
    status, meta = await agent.get(f"/conv/{citizen.conv}")
    assert (status, meta["mode"], meta["context"]["topic"]) == (200, "waiting", "Paspoort aanvragen")
    status, page = await agent.get(f"/conv/{citizen.conv}/history?before={meta['seq'] + 1}")
    assert [e["seq"] for e in page["events"]] == list(range(1, meta["seq"] + 1))
    assert page["more"] is False
    assert await citizen.log() == before


async def test_two_agents_claim_and_one_has_it(office: Office) -> None:
    citizen = await office.waiting()
    sanne, youssef = await office.agent("sanne"), await office.agent("youssef")
    answers = await asyncio.gather(sanne.claim(citizen), youssef.claim(citizen))
    assert sorted(status for status, _ in answers) == [200, 409]
    [lost] = [body for status, body in answers if status == 409]
    winner = (await office.services.store.get(citizen.conv)).agent_name
    assert lost["agent"] == {"name": winner}
    assert lost["title"] == f"{winner} heeft dit gesprek."
    assert [e["agent"]["name"] for e in await citizen.log() if e.get("state") == "assigned"] == [winner]


async def test_claiming_again_is_fine(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    assert [(await agent.claim(citizen))[0], (await agent.claim(citizen))[0]] == [200, 200]


async def test_a_citizen_who_left_the_queue_can_not_be_claimed(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await office.services.handover.leave_queue(await office.services.store.get(citizen.conv))
    status, body = await agent.claim(citizen)
    assert (status, body["title"]) == (409, words.NOT_WAITING)
    _, lists = await agent.get("/lists")
    assert (lists["waiting"], lists["closed"]) == ([], [])


async def test_they_talk_over_the_same_log(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    status, sent = await agent.say(citizen, "Goedemiddag, ik help u.\r\nWat is uw vraag?")
    asked = await citizen.say("Wat kost een paspoort?")
    async with agent.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        seen = [await anext(stream) for _ in range(asked)]
    assert status == 201
    assert [event["seq"] for event in seen] == list(range(1, asked + 1))
    assert seen[sent["seq"] - 1]["from"] == {"role": "agent", "name": "Sanne"}
    assert seen[sent["seq"] - 1]["text"] == "Goedemiddag, ik help u.\nWat is uw vraag?"
    assert seen[asked - 1]["text"] == "Wat kost een paspoort?"


async def test_a_message_sent_twice_is_one_message(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    cid = str(uuid.uuid4())
    answers = await asyncio.gather(*(agent.say(citizen, "Eén keer", cid) for _ in range(10)))
    assert {status for status, _ in answers} == {201}
    assert len({body["seq"] for _, body in answers}) == 1
    assert await citizen.texts("agent") == ["Eén keer"]


async def test_a_stream_resumes_after_the_last_number(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    async with agent.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        first = await anext(stream)
    seq = await citizen.say("Bent u er nog?")
    async with agent.stream(f"/conv/{citizen.conv}/events?after={seq - 1}") as stream:
        again = await anext(stream)
    assert (first["seq"], again["seq"], again["text"]) == (1, seq, "Bent u er nog?")


async def test_live_messages_and_typing_arrive(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    seq = await office.services.store.length(citizen.conv)
    async with agent.stream(f"/conv/{citizen.conv}/events?after={seq - 1}") as stream:
        await anext(stream)
        assert await anext(stream) == {"type": "here", "open": False, "seen": None}
        await office.services.store.signal(citizen.conv, "typing:citizen")
        assert await anext(stream) == {"type": "typing", "role": "citizen", "ttl_s": 6}
        await citizen.say("Daar ben ik")
        assert (await anext(stream))["text"] == "Daar ben ik"


async def test_the_citizen_sees_that_the_agent_types(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    last = await office.services.redis.xinfo_stream("balie:feed")
    assert (await agent.post(f"/conv/{citizen.conv}/typing"))[0] == 204
    [(_, items)] = await office.services.redis.xread({"balie:feed": last["last-generated-id"]})
    assert {b"c": citizen.conv.encode(), b"e": b"typing:agent"} in [fields for _, fields in items]


async def test_closing_gives_the_bot_the_turn_and_keeps_the_note_at_the_desk(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    status, _ = await agent.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "Belt morgen terug"})
    assert (status, await citizen.owner()) == (200, "bot")
    assert await office.services.store.backlog() == 1
    _, lists = await agent.get("/lists")
    assert (lists["mine"], lists["closed"][0]["outcome"], lists["closed"][0]["agent"]) == ([], "Opgelost", "Sanne")
    _, page = await agent.get(f"/conv/{citizen.conv}/history?before=9999")
    assert [e["text"] for e in page["events"] if e["type"] == "note"] == ["Belt morgen terug"]
    shown = [str(events.public(body, seq)) for seq, body in await office.services.store.read(citizen.conv, 0)]
    assert not any("Belt morgen terug" in text for text in shown)


async def test_what_is_said_after_the_closing_is_not_for_the_desk(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    await agent.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
    await citizen.say("Dit zeg ik tegen de assistent")
    _, meta = await agent.get(f"/conv/{citizen.conv}")
    _, page = await agent.get(f"/conv/{citizen.conv}/history?before=9999")
    async with agent.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        live = [event async for event in stream]
    assert meta["mode"] == "closed"
    assert page["events"][-1]["state"] == "closed"
    assert live[-1] == {"type": "end"}
    assert "Dit zeg ik" not in str(page) + str(live)


async def test_the_lists_follow_what_happens(office: Office) -> None:
    agent = await office.agent()
    async with agent.stream("/events") as stream:
        first = await when(stream, lambda view: view["status"] == "available")
        assert (first["waiting"], first["trouble"]) == ([], False)
        citizen = await office.waiting()
        await when(stream, lambda view: [row["conv"] for row in view["waiting"]] == [citizen.conv])
        await agent.claim(citizen)
        await when(stream, lambda view: [row["conv"] for row in view["mine"]] == [citizen.conv] and not view["waiting"])
        await citizen.say("Hallo?")
        view = await when(stream, lambda view: view["mine"][0]["last"]["role"] == "citizen")
        assert view["mine"][0]["last"]["text"] == "Hallo?"
        await agent.post("/presence", {"status": "break"})
        await when(stream, lambda view: view["status"] == "break")


async def test_a_sign_of_life_keeps_the_status(office: Office) -> None:
    agent = await office.agent()
    await agent.post("/presence", {"status": "busy"})
    await agent.post("/presence")
    assert (await agent.get("/lists"))[1]["status"] == "busy"
    assert (await office.services.handover.outlook("voorbeeld", "", 60)).available == 0


async def test_colleagues_are_shown_with_what_they_have(office: Office) -> None:
    citizen, sanne, youssef = await office.waiting(), await office.agent("sanne"), await office.agent("youssef")
    await sanne.claim(citizen)
    _, lists = await youssef.get("/lists")
    assert lists["colleagues"] == [
        {"id": "sanne", "name": "Sanne", "status": "available", "busy_with": 1, "limit": 3, "teams": []}
    ]
    assert lists["mine"] == []


# --- nobody has to ask ---


async def _told(citizen: Citizen, position: int) -> list[events.Event] | None:
    found = [e for e in await citizen.log() if e.get("state") == "queued" and "eta_s" in e]
    return found if found and found[-1]["position"] == position else None


async def test_waiting_citizens_hear_their_position_and_an_honest_wait(office: Office) -> None:
    agent = await office.agent()
    await agent.post("/presence", {"limit": 1})
    first, second, third = await office.waiting(), await office.waiting(), await office.waiting()
    assert [e["eta_s"] for e in await until(lambda: _told(first, 1))] == [SOON_SECONDS]
    assert [e["eta_s"] for e in await until(lambda: _told(second, 2))] == [300]
    assert [e["eta_s"] for e in await until(lambda: _told(third, 3))] == [600]
    await agent.claim(first)
    assert [(e["position"], e["eta_s"]) for e in await until(lambda: _told(third, 2))] == [(3, 600), (2, 600)]


async def test_the_wait_is_shared_among_those_who_are_available(office: Office) -> None:
    sanne, busy = await office.agent("sanne"), await office.agent("youssef")
    for agent in (sanne, busy):
        await agent.post("/presence", {"limit": 1})
    _, _, citizen = [await office.waiting() for _ in range(3)]
    assert (await until(lambda: _told(citizen, 3)))[-1]["eta_s"] == 150
    await busy.post("/presence", {"status": "busy"})
    await until(lambda: _eta(citizen, 3, 600))


async def _eta(citizen: Citizen, position: int, eta: int) -> bool:
    found = await _told(citizen, position)
    return bool(found) and found[-1]["eta_s"] == eta


async def test_citizens_are_told_when_nobody_is_there(office: Office) -> None:
    office.services.now = lambda: MONDAY
    citizen = await office.waiting()
    sentence = words.nobody_there(office.services.gemeente("voorbeeld"), MONDAY)
    await until(lambda: citizen.texts("system"))
    assert await citizen.texts("system") == [sentence]
    assert (await _told(citizen, 1))[-1]["eta_s"] is None
    await office.agent()
    await until(lambda: _eta(citizen, 1, SOON_SECONDS))
    assert await citizen.texts("system") == [sentence]


async def test_a_restart_repeats_nothing(open_office: Opener) -> None:
    async with open_office() as office:
        await office.agent()
        citizen = await office.waiting()
        await until(lambda: _told(citizen, 1))
    async with open_office() as office:
        other = await office.waiting()
        citizen.services = office.services
        await until(lambda: _told(other, 2))  # the new watch is at work
        assert len(await _told(citizen, 1)) == 1


async def test_two_edge_processes_tell_once(open_office: Opener) -> None:
    async with open_office() as one, open_office() as two:
        await one.agent()
        citizens = [await two.waiting() for _ in range(3)]
        for position, citizen in enumerate(citizens, start=1):
            told = await until(lambda c=citizen, p=position: _told(c, p))
            assert len(told) == len({e["position"] for e in told})


async def test_an_agent_who_disappears_loses_the_conversation_and_the_citizen_is_told(open_office: Opener) -> None:
    async with open_office(dataclasses.replace(PACE, gone=3)) as office:
        citizen, agent = await office.waiting(), await office.agent()
        await agent.claim(citizen)
        await until(lambda: citizen.owned_by("queue"))
        await until(lambda: _has(citizen, words.AGENT_GONE))
        other = await office.agent("youssef")
        assert (await other.claim(citizen))[0] == 200
        assert (await agent.say(citizen, "Ik ben er weer"))[0] == 409


async def test_an_agent_who_is_there_keeps_the_conversation(open_office: Opener) -> None:
    async with open_office(dataclasses.replace(PACE, gone=3)) as office:
        citizen, lost = await office.waiting(), await office.waiting()
        sanne, youssef = await office.agent("sanne"), await office.agent("youssef")
        await sanne.claim(citizen)
        await youssef.claim(lost)
        while await lost.owner() == "agent":  # as long as it takes to miss somebody
            await sanne.post("/presence")
            await asyncio.sleep(0.1)
        assert await citizen.owner() == "agent"


async def test_signing_out_returns_conversations_at_once(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    await agent.post("/logout", root="/desk")
    await until(lambda: citizen.owned_by("queue"))
    await until(lambda: _has(citizen, words.AGENT_GONE))


async def test_who_returns_behind_somebody_else_is_told_the_true_place(office: Office) -> None:
    earlier, citizen, agent = await office.waiting(), await office.waiting(), await office.agent()
    await office.services.redis.zadd("balie:g:voorbeeld:waiting", {earlier.conv: 1})
    await agent.claim(citizen)
    await agent.post("/logout", root="/desk")
    await until(lambda: _has(citizen, words.agent_gone(2)))


async def _has(citizen: Citizen, text: str) -> bool:
    return text in await citizen.texts("system")


async def test_a_restart_gives_agents_the_time_to_come_back(open_office: Opener) -> None:
    async with open_office() as office:
        citizen, agent = await office.waiting(), await office.agent()
        await agent.claim(citizen)
        await office.services.redis.hset(
            "balie:g:voorbeeld:presence", "sanne", b'{"name":"Sanne","status":"available","seen":1}'
        )
        other = await office.waiting()
        await until(lambda: _told(other, 1))
        assert await citizen.owner() == "agent"


async def test_erased_and_expired_conversations_leave_the_lists(open_office: Opener) -> None:
    async with open_office() as office:
        erased, expired, agent = await office.waiting(), await office.waiting(), await office.agent()
        await office.services.store.erase(await office.services.store.get(erased.conv))
        await office.services.redis.delete(f"balie:c:{expired.conv}:meta")
        assert (await agent.get("/lists"))[1]["waiting"] == []
        status, body = await agent.get(f"/conv/{erased.conv}")
        assert (status, body["title"]) == (404, words.GONE)
    async with open_office() as office:
        await until(lambda: _none_waiting(office))


async def _none_waiting(office: Office) -> bool:
    return not await office.services.handover.waiting("voorbeeld")


async def test_an_erased_conversation_ends_its_stream(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    async with agent.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        await anext(stream)
        await office.services.store.erase(await office.services.store.get(citizen.conv))
        assert [event async for event in stream][-1]["reason"] == "expired"


async def test_who_reads_along_stops_when_a_colleague_claims(office: Office) -> None:
    citizen, sanne, youssef = await office.waiting(), await office.agent("sanne"), await office.agent("youssef")
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        await anext(stream)
        await youssef.claim(citizen)
        await citizen.say("Alleen voor Youssef")
        seen = [event async for event in stream]
    assert seen[-1] == {"type": "reset", "reason": "moved", "title": "Youssef heeft dit gesprek."}
    assert "Alleen voor Youssef" not in str(seen)


async def test_a_store_that_is_away_is_said_so_and_nothing_is_lost(open_office: Opener, desk_redis: EmbeddedRedis) -> None:
    async with open_office(store_timeout_seconds=0.5) as office:
        citizen, agent = await office.waiting(), await office.agent()
        await agent.claim(citizen)
        cid = str(uuid.uuid4())
        desk_redis.process.send_signal(signal.SIGSTOP)  # frozen
        try:
            status, body = await agent.say(citizen, "Komt dit aan?", cid)
        finally:
            desk_redis.process.send_signal(signal.SIGCONT)
        assert (status, body["title"]) == (503, words.STORE_DOWN)
        assert (await agent.say(citizen, "Komt dit aan?", cid))[0] == 201
        assert await citizen.texts("agent") == ["Komt dit aan?"]


async def test_the_end_of_the_process_does_not_wait_for_open_streams(open_office: Opener) -> None:
    async with asyncio.timeout(30):  # half of what the server would give them
        async with open_office() as office:
            agent = await office.agent()
            stream = agent.stream("/events")
            await anext(await stream.__aenter__())


async def test_a_desk_that_stops_ends_its_streams_and_opens_none(office: Office) -> None:
    agent = await office.agent()
    async with agent.stream("/events") as lists:
        await when(lists, lambda event: event["type"] == "lists")
        assert office.stop
        await office.stop()
        with contextlib.suppress(aiohttp.ClientPayloadError):  # it is cut off
            assert [event async for event in lists] == []
    assert (await agent.get("/events"))[0] == 503, "who comes back on the line that is still there goes to another process"
