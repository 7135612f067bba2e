"""What a citizen gets over the API from queuing until the bot has the conversation back: choices, marks, and no secrets."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.handover import Refused
from bot.conversation.references import reference
from bot.conversation.store import Conversation
from tests.conftest import Citizen, Edge, EdgeFactory, Reply
from tests.desk_fixtures import until
from tests.handover_fixtures import CALL_BACK, CHAT, SANNE, SECRET, YOUSSEF, Counter, choices, counter, offer


@pytest.fixture
async def brain(edge: Edge) -> AsyncIterator[Counter]:
    async with counter(edge.services) as made:
        yield made


@pytest.fixture
async def citizen(edge: Edge, brain: Counter) -> Citizen:
    """Somebody who waits for a person."""
    made = await edge.citizen()
    asked = await made.answered((await made.send(type="handover_request")).json["seq"])
    question = next(event["id"] for event in asked if event.get("parts"))
    await made.answered((await made.send(type="choice", value="1", reply_to=question)).json["seq"])
    assert (await kept(made)).owner == "queue"
    return made


async def kept(citizen: Citizen) -> Conversation:
    return await citizen.edge.services.store.get(citizen.conv)


async def offered(citizen: Citizen, labels: list[str] | None = None) -> str:
    """The desk offers other ways to who waits long; the id of that message."""
    body = offer("system", "U wacht al lang.", labels or [CALL_BACK, "Maak een afspraak"])
    return f"m_{await citizen.edge.services.handover.tell(await kept(citizen), body, owner='queue')}"


def states(found: list[Event]) -> list[str]:
    return [event["state"] for event in found if event["type"] == "handover"]


class TestAnotherWay:
    async def test_a_choice_leaves_the_queue_and_is_answered_by_the_bot(self, citizen: Citizen, brain: Counter) -> None:
        reply = await citizen.send(type="choice", value="1", reply_to=await offered(citizen))
        assert reply.status == 201
        found = await citizen.answered(reply.json["seq"])
        assert [event["text"] for event in found if event["type"] == "message"] == [f"echo: {CALL_BACK}"]
        assert brain.turns[-1].event["_payload"] == "/choose_callback"
        history = await citizen.history()
        left = next(event for event in history if event.get("state") == "returned")
        assert left["outcome"] == "other_way" and left["seq"] == reply.json["seq"] - 1
        assert (await kept(citizen)).owner == "bot"
        assert citizen.conv not in [conv for conv, _ in await citizen.edge.services.handover.waiting("voorbeeld")]

    async def test_the_choices_of_the_bot_count_too(self, edge: Edge, brain: Counter) -> None:
        citizen = await edge.citizen()
        asked = await citizen.answered((await citizen.send(type="handover_request")).json["seq"])
        question = next(event["id"] for event in asked if event.get("parts"))
        conversation = await kept(citizen)
        await edge.services.handover._apply(conversation, [events.handover("queued")], owner="bot", to="queue")
        reply = await citizen.send(type="choice", value="2", reply_to=question)
        await citizen.answered(reply.json["seq"])
        assert brain.turns[-1].event["text"] == CALL_BACK and (await kept(citizen)).owner == "bot"

    async def test_ten_times_the_same_choice_is_one_turn(self, citizen: Citizen, brain: Counter) -> None:
        question, cid, before = await offered(citizen), str(uuid.uuid4()), len(brain.turns)
        replies = await asyncio.gather(
            *(citizen.send(type="choice", value="1", reply_to=question, cid=cid) for _ in range(10))
        )
        assert sorted(reply.status for reply in replies) == [200] * 9 + [201]
        assert len({reply.json["seq"] for reply in replies}) == 1
        await citizen.answered(replies[0].json["seq"])
        assert states(await citizen.history()).count("returned") == 1 and len(brain.turns) == before + 1

    async def test_the_same_choice_again_does_not_leave_the_queue_again(self, citizen: Citizen) -> None:
        question, cid = await offered(citizen), str(uuid.uuid4())
        first = await citizen.send(type="choice", value="1", reply_to=question, cid=cid)
        await citizen.answered(first.json["seq"])
        await citizen.edge.services.handover._apply(await kept(citizen), [events.handover("queued")], owner="bot", to="queue")
        again = await citizen.send(type="choice", value="1", reply_to=question, cid=cid)
        assert again.status == 200 and (await kept(citizen)).owner == "queue"

    async def test_an_agent_who_was_quicker_hears_the_choice(self, citizen: Citizen, brain: Counter) -> None:
        question, before = await offered(citizen), len(brain.turns)
        await citizen.edge.services.handover.claim(await kept(citizen), SANNE)
        reply = await citizen.send(type="choice", value="1", reply_to=question)
        assert [event["type"] for event in await citizen.answered(reply.json["seq"])] == ["turn_done"]
        assert (await kept(citizen)).agent == "sanne" and len(brain.turns) == before

    @pytest.mark.parametrize("tries", range(5))
    async def test_agent_and_choice_at_once_never_both_win(self, citizen: Citizen, brain: Counter, tries: int) -> None:
        question, conversation, before = await offered(citizen), await kept(citizen), len(brain.turns)

        async def claim() -> bool:
            try:
                await citizen.edge.services.handover.claim(conversation, SANNE)
            except Refused:
                return False
            return True

        send = citizen.send(type="choice", value="1", reply_to=question)
        claimed, reply = await asyncio.gather(claim(), send) if tries % 2 else (await asyncio.gather(send, claim()))[::-1]
        assert isinstance(reply, Reply) and reply.status == 201
        await citizen.answered(reply.json["seq"])
        found = states(await citizen.history())
        assert ("assigned" in found) == bool(claimed) and ("returned" in found) == (not claimed)
        assert (await kept(citizen)).owner == ("agent" if claimed else "bot")
        assert len(brain.turns) == before + (not claimed)

    async def test_an_older_question_is_refused_and_the_place_is_kept(self, citizen: Citizen) -> None:
        old = await offered(citizen)
        await offered(citizen, [CHAT])
        assert (await citizen.send(type="choice", value="1", reply_to=old)).kind == "choice_expired"
        assert (await citizen.send(type="choice", value="9", reply_to=old)).kind == "choice_unknown"
        assert (await kept(citizen)).owner == "queue" and "returned" not in states(await citizen.history())

    async def test_a_topic_of_the_opening_or_a_notice_keeps_the_place(self, citizen: Citizen) -> None:
        """Those fit any moment: to press one is no wish to stop waiting."""
        assert (await citizen.send(type="choice", value="1", reply_to="m_1")).status == 201
        part = choices("q_notice", ["Ja"])
        notice = events.notice("case_status", "Wilt u bericht?", parts=[part], _payloads=["/notices_longer"])
        seq = await citizen.edge.services.handover.tell(await kept(citizen), notice)
        assert (await citizen.send(type="choice", value="1", reply_to=f"m_{seq}")).status == 201
        assert (await kept(citizen)).owner == "queue"

    @pytest.mark.parametrize("changes", [{"max_backlog": 0}, {"max_inbox": 0}])
    async def test_a_choice_that_cannot_be_taken_now_keeps_the_place(
        self, citizen: Citizen, make_edge: EdgeFactory, changes: dict[str, int]
    ) -> None:
        question, full = await offered(citizen), await make_edge(**changes)
        reply = await replace(citizen, edge=full).send(type="choice", value="1", reply_to=question)
        assert reply.kind in {"overloaded", "busy"} and int(reply.headers["Retry-After"]) > 0
        assert (await kept(citizen)).owner == "queue"

    @pytest.mark.parametrize("message", [{"text": "Stop."}, {"type": "end"}, {"text": "Niet meer wachten"}])
    async def test_who_says_stop_waits_no_longer(self, citizen: Citizen, brain: Counter, message: dict[str, str]) -> None:
        cid = str(uuid.uuid4())
        for _ in range(3):
            assert (await citizen.send(**message, cid=cid)).status in {200, 201}
        assert (await kept(citizen)).owner == "bot"
        turn = await until(lambda: _last_of(brain, "handover"))
        assert turn["outcome"] == "withdrawn" and states(await citizen.history()).count("returned") == 1

    async def test_asking_again_for_a_person_does_not_queue_twice(self, citizen: Citizen, brain: Counter) -> None:
        waiting, before = await citizen.edge.services.handover.waiting("voorbeeld"), len(brain.turns)
        for message in ({"type": "handover_request"}, {"text": "Ik wil een medewerker spreken"}):
            reply = await citizen.send(**message)
            assert [event["type"] for event in await citizen.answered(reply.json["seq"])] == ["turn_done"]
        assert await citizen.edge.services.handover.waiting("voorbeeld") == waiting and len(brain.turns) == before


async def _last_of(brain: Counter, kind: str) -> Event | None:
    return next((turn.event for turn in reversed(brain.turns) if turn.event["type"] == kind), None)


class TestWhatStaysBetweenAgents:
    async def test_notes_reach_no_citizen_and_leave_no_gap(self, citizen: Citizen) -> None:
        handover = citizen.edge.services.handover
        await handover.claim(await kept(citizen), SANNE)
        with citizen.edge.feed.listen(citizen.conv) as listener:
            async with citizen.stream() as stream:
                await stream.until(lambda event: event.get("state") == "assigned")
                await handover.note(await kept(citizen), SANNE, SECRET, "n1")
                await handover.to_agent(await kept(citizen), SANNE, YOUSSEF, SECRET)
                await handover.close(await kept(citizen), YOUSSEF, "opgelost", SECRET, "Wij bellen u dinsdag.")
                live = await stream.until(lambda event: event.get("state") == "closed")
            heard = listener.take_signals()
        assert [event["seq"] for event in live] == list(range(live[0]["seq"], live[0]["seq"] + len(live)))
        notes = [event for event in live if event["type"] == "note"]
        assert len(notes) == 3 and all(set(note) == {"v", "seq", "id", "type"} for note in notes)
        assert live[-1]["agreed"] == "Wij bellen u dinsdag." and live[-1]["outcome"] == "opgelost"
        history = await citizen.history()
        assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
        poll = await citizen.call("GET", "/events", params={"after": 0, "wait": 0})
        told = [await citizen.call("GET", "/transcript", params={"format": form}) for form in ("txt", "html", "json")]
        everything = [json.dumps(live), json.dumps(history), poll.text, str(heard), *(reply.text for reply in told)]
        assert not [text for text in everything if SECRET in text or "_name" in text or '"youssef"' in text]
        assert not [event for event in told[2].json["events"] if event["type"] == "note"]

    async def test_of_a_postponed_closing_a_citizen_hears_nothing(self, citizen: Citizen) -> None:
        handover = citizen.edge.services.handover
        await handover.claim(await kept(citizen), SANNE)
        async with citizen.stream() as stream:
            await stream.until(lambda event: event.get("state") == "assigned")
            await handover.postpone(await kept(citizen), SANNE, {"act": "close", "outcome": "opgelost", "note": SECRET}, 600)
            await handover.undo(await kept(citizen), SANNE)
            await handover.say(await kept(citizen), SANNE, "Nog één vraag", "1")
            found = await stream.until(lambda event: event.get("text") == "Nog één vraag")
        assert [event["type"] for event in found] == ["message"]


class TestSigns:
    async def test_the_agents_reading_is_told_at_once_and_to_who_comes_back(self, citizen: Citizen) -> None:
        store = citizen.edge.services.store
        await citizen.edge.services.handover.claim(await kept(citizen), SANNE)
        seq = (await citizen.send("Bent u daar?")).json["seq"]
        mark = {"type": "read", "role": "agent", "seq": seq}
        async with citizen.stream(after=seq + 1) as stream:
            await stream.next()
            await store.mark_read(citizen.conv, "agent", seq)
            assert await stream.until(lambda event: event["type"] == "read") == [mark]
            await store.mark_read(citizen.conv, "agent", seq - 1)
            await store.signal(citizen.conv, "typing:agent")
            assert [event["type"] for event in await stream.until(lambda event: event["type"] == "typing")] == ["typing"]
        async with citizen.stream(after=seq) as stream:
            assert (await stream.until(lambda event: event["type"] == "read"))[-1] == mark
        poll = await citizen.call("GET", "/events", params={"after": seq, "wait": 5})
        assert poll.json["events"][-1] == mark and poll.json["last"] == seq + 1

    async def test_a_long_poll_brings_typing_too(self, citizen: Citizen) -> None:
        last, feed = await citizen.edge.services.store.length(citizen.conv), citizen.edge.feed

        async def poll() -> Reply:
            return await citizen.call("GET", "/events", params={"after": last, "wait": 10})

        waiting = asyncio.create_task(poll())
        await until(lambda: _listening(feed.count(citizen.conv)))
        await citizen.edge.services.store.signal(citizen.conv, "typing:agent")
        reply = await waiting
        assert reply.json == {"events": [{"type": "typing", "role": "agent", "ttl_s": 6}], "last": last}

    async def test_what_the_citizen_has_read_is_kept_and_told_to_the_desk(self, citizen: Citizen) -> None:
        with citizen.edge.feed.listen(citizen.conv) as listener:
            for seq in (3, 2, 3):
                assert (await citizen.call("POST", "/read", json={"seq": seq})).status == 204
            assert await listener.wait(10)
            assert "read:citizen:3" in listener.take_signals()
        assert (await kept(citizen)).read["citizen"] == 3

    @pytest.mark.parametrize("way", ["stream", "poll"])
    async def test_an_open_page_gives_signs_of_life_while_a_person_is_wanted(self, citizen: Citizen, way: str) -> None:
        async def signs() -> bool:
            return (await kept(citizen)).seen > first

        first = 0.0
        if way == "poll":
            await citizen.call("GET", "/events", params={"after": 0, "wait": 0})
            first = (await kept(citizen)).seen
            assert first
            await citizen.call("GET", "/events", params={"after": 0, "wait": 0})
            assert await signs()
        else:
            async with citizen.stream() as stream:
                await stream.next()
                await until(signs)
                first = (await kept(citizen)).seen
                await until(signs)  # also later, with nothing happening

    async def test_the_sign_comes_as_soon_as_a_person_is_wanted(self, edge: Edge, brain: Counter) -> None:
        citizen = await edge.citizen()
        async with citizen.stream() as stream:
            await citizen.send(type="handover_request")
            await stream.until(lambda event: event["type"] == "turn_done")
            assert not (await kept(citizen)).seen, "with the bot it is nobody's business"
            question = next(event["id"] for event in reversed(await citizen.history()) if event.get("parts"))
            await citizen.send(type="choice", value="1", reply_to=question)
            await stream.until(lambda event: event.get("state") == "queued")
            assert await until(lambda: _seen(citizen))


async def _listening(count: int) -> bool:
    return count > 0


async def _seen(citizen: Citizen) -> float:
    return (await kept(citizen)).seen


class TestAfterwards:
    async def test_the_transcript_tells_who_helped_and_what_was_agreed(self, citizen: Citizen) -> None:
        handover = citizen.edge.services.handover
        for position in (2, 1):
            await handover.tell(await kept(citizen), events.handover("queued", position=position, eta_s=60, team="Burgerzaken"))
        await handover.claim(await kept(citizen), SANNE)
        await handover.to_team(await kept(citizen), SANNE, "sociaal", "Werk, inkomen en zorg", SECRET)
        await handover.tell(await kept(citizen), events.handover("queued", position=1, eta_s=60, team="Werk, inkomen en zorg"))
        await handover.claim(await kept(citizen), YOUSSEF)
        await handover.back_to_queue(await kept(citizen), "youssef")
        await handover.claim(await kept(citizen), SANNE)
        await handover.to_agent(await kept(citizen), SANNE, YOUSSEF)
        await handover.close(await kept(citizen), YOUSSEF, "opgelost", "", "Wij bellen u dinsdag.")
        reply = await citizen.call("GET", "/transcript", params={"format": "txt"})
        lines = [block.splitlines()[1] for block in reply.text.split("\n\n") if block.startswith("Bericht")]
        assert lines == [
            "Wij boden aan om een medewerker te laten helpen.",
            "U kwam in de rij voor het team Burgerzaken.",
            "Sanne van de gemeente hielp u vanaf hier.",
            "Uw gesprek ging naar het team Werk, inkomen en zorg.",
            "Youssef van de gemeente hielp u vanaf hier.",
            "De medewerker was weggevallen. U kwam weer in de rij voor een medewerker.",
            "Sanne van de gemeente hielp u vanaf hier.",
            "Youssef van de gemeente hielp u vanaf hier verder.",
            "Het gesprek met Youssef was klaar. De virtuele assistent ging verder met het gesprek.",
        ]
        assert "- Afgesproken: Wij bellen u dinsdag." in reply.text
        assert reference(citizen.edge.services.settings.secret, citizen.conv) in reply.text
