"""An agent gets the two likeliest answers at a glance: real desk, real Redis, and the assistant with its trained model."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.brain.glance import SHOWN, WORTH, Glancer
from bot.conversation import events, keys
from bot.conversation.events import Event
from bot.conversation.glances import Likely
from bot.conversation.mailbox import Answer, Mailbox, Turn
from bot.tasks import end
from bot.wiring import Services, use
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Citizen, Office, Opener, until

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office

Look = Callable[[Event], Awaitable[list[Likely]]]
PASPOORT = [Likely("paspoort_aanvragen", "kosten", 0.9)]


@pytest.fixture
async def office(open_office: Opener) -> AsyncIterator[Office]:
    async with open_office(brain_ready_seconds=60.0) as found:
        yield found


@contextlib.asynccontextmanager
async def brain(services: Services, look: Look, idle: asyncio.Event | None = None) -> AsyncIterator[None]:
    """A brain that is there, and looks as `look` does when it is idle; always, unless told otherwise."""
    if idle is None:
        idle = asyncio.Event()
        idle.set()
    await Mailbox(services.redis, services.redis_blocking, "glancing", 6).alive()
    task = asyncio.create_task(Glancer(services.glances, look, idle).run())
    try:
        yield
    finally:
        await end([task])


async def _passport(_: Event) -> list[Likely]:
    return PASPOORT


async def _helped(office: Office, user: str = "sanne", **handover: Any) -> tuple[Citizen, Agent]:
    """A citizen whose conversation an agent has."""
    citizen = await office.waiting(**handover)
    agent = await office.agent(user)
    assert (await agent.claim(citizen))[0] == 200
    return citizen, agent


async def _ask(agent: Agent, citizen: Citizen, seq: int) -> dict[str, Any]:
    status, body = await agent.get(f"/conv/{citizen.conv}/suggestions?seq={seq}")
    assert status == 200, body
    assert body["seq"] == seq and set(body) == {"seq", "state", "suggestions"}
    return dict(body)


async def _suggested(agent: Agent, citizen: Citizen, seq: int) -> list[dict[str, Any]]:
    """What comes in the end, after the stream said so."""
    found: dict[str, Any] = {}

    async def known() -> bool:
        found.update(await _ask(agent, citizen, seq))
        return found["state"] != "busy"

    await until(known, 30)
    return list(found["suggestions"])


# --- what an agent gets, by the trained model ---


async def test_what_the_citizen_asks_is_answered_at_a_glance(office: Office, assistant: Any) -> None:
    citizen, agent = await _helped(office)
    async with brain(office.services, assistant.glance), agent.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        seq = await citizen.say("wat kost een nieuw paspoort eigenlijk?")
        assert (await _ask(agent, citizen, seq))["state"] in {"busy", "ready"}
        async with asyncio.timeout(30):
            assert [event async for event in _first(stream, "suggestions")] == [{"type": "suggestions", "seq": seq}]
        answer = await _ask(agent, citizen, seq)
        first = answer["suggestions"][0]
        assert (answer["state"], first["topic"], first["title"]) == ("ready", "paspoort_aanvragen", "Paspoort aanvragen: kosten")
        assert "€ 88,65" in first["text"] and first["source"].startswith("https://") and first["confidence"] > 0.5
        assert len(answer["suggestions"]) <= SHOWN and all(one["confidence"] >= WORTH for one in answer["suggestions"])


async def _first(stream: AsyncIterator[dict[str, Any]], kind: str) -> AsyncIterator[dict[str, Any]]:
    async for event in stream:
        if event["type"] == kind:
            yield event
            return


async def test_nothing_is_sent_by_itself(office: Office, assistant: Any) -> None:
    citizen, agent = await _helped(office)
    async with brain(office.services, assistant.glance):
        seq = await citizen.say("wanneer wordt mijn grofvuil opgehaald")
        before = await citizen.log()
        assert await _suggested(agent, citizen, seq)
        assert await citizen.log() == before


async def test_an_agent_sees_what_the_bot_would_have_said(office: Office, assistant: Any) -> None:
    use(office.services)
    question = "hoe vraag ik een parkeervergunning aan"
    asker = await office.citizen("weidedorp")
    await asker.say(question)
    mailbox = Mailbox(office.services.redis, office.services.redis_blocking, "bot", 6)
    await mailbox.prepare()
    [(entry, conv)] = await mailbox.wait(1, 2)
    turn = await mailbox.take(entry, conv)
    assert turn
    said = (await assistant.answer(turn)).events[0]

    citizen = await office.citizen("weidedorp")
    await mailbox.commit(turn, Answer(), 30)
    await citizen.queue(topic="parkeervergunning")
    agent = await office.agent("marieke", gemeente="weidedorp")
    await agent.claim(citizen)
    async with brain(office.services, assistant.glance):
        [first, *_] = await _suggested(agent, citizen, await citizen.say(question))
    assert first["text"] == said["text"] and first["reviewed"] == said["meta"]["reviewed"]
    assert "geen parkeervergunning nodig" in first["text"], "as this municipality answers, not as another one does"


async def test_the_last_question_before_the_agent_came_has_suggestions_too(office: Office, assistant: Any) -> None:
    citizen = await office.waiting()
    seq = await citizen.say("mijn rijbewijs is verlopen, hoe verleng ik dat")
    agent = await office.agent()
    await agent.claim(citizen)
    async with brain(office.services, assistant.glance):
        assert (await _suggested(agent, citizen, seq))[0]["topic"] == "rijbewijs_verlengen"


async def test_two_questions_get_an_answer_each(office: Office, assistant: Any) -> None:
    citizen, agent = await _helped(office)
    async with brain(office.services, assistant.glance):
        seq = await citizen.say("hoe kan ik een parkeervergunning aanvragen en hoe meld ik een losse stoeptegel?")
        found = [one["topic"] for one in await _suggested(agent, citizen, seq)]
    assert found == ["parkeervergunning", "melding_openbare_ruimte"]


@pytest.mark.parametrize("words", ["dank u wel hoor", "hallo", "ik wil een afspraak maken", "ja", "nee dat bedoel ik niet"])
async def test_what_asks_for_no_answer_gets_none(office: Office, assistant: Any, words: str) -> None:
    citizen, agent = await _helped(office)
    async with brain(office.services, assistant.glance):
        assert await _suggested(agent, citizen, await citizen.say(words)) == []


# --- citizens first ---


async def test_a_citizens_turn_goes_before_a_glance(office: Office) -> None:
    from bot.brain.worker import Worker

    services, go_on, under_way = office.services, asyncio.Event(), asyncio.Event()

    async def answer(turn: Turn) -> Answer:
        under_way.set()
        await go_on.wait()
        return Answer([events.message("bot", "Zo.", name="Balie", turn=turn.name)], tracker=b"-")

    citizen, agent = await _helped(office)
    other = await office.citizen()
    worker = Worker(Mailbox(services.redis, services.redis_blocking, "busy", 6), answer, services.gemeenten, services.settings)
    working = asyncio.create_task(worker.run())
    async with brain(services, _passport, worker.idle):
        await other.say("een vraag aan de bot")
        await under_way.wait()
        seq = await citizen.say("wat kost een paspoort")
        assert (await _ask(agent, citizen, seq))["state"] == "busy"
        assert await services.redis.xlen(keys.GLANCES) == 1, "nobody took it"
        go_on.set()
        await until(lambda: other.texts("bot"))
        assert (await _suggested(agent, citizen, seq))[0]["topic"] == "paspoort_aanvragen"
        assert (await other.log())[-1]["type"] == "turn_done"
    worker.stop()
    await working


async def test_a_brain_looks_at_one_message_at_a_time(office: Office) -> None:
    at_once, most = 0, 0

    async def look(_: Event) -> list[Likely]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return PASPOORT

    citizen, agent = await _helped(office)
    numbers = [await citizen.say(f"vraag {n}") for n in range(6)]
    async with brain(office.services, look):
        await asyncio.gather(*(_suggested(agent, citizen, seq) for seq in numbers))
    assert most == 1


async def test_several_brains_share_what_is_asked(office: Office) -> None:
    looked: list[str] = []

    async def look(message: Event) -> list[Likely]:
        looked.append(message["text"])
        await asyncio.sleep(0)
        return PASPOORT

    citizen, agent = await _helped(office)
    numbers = [await citizen.say(f"vraag {n}") for n in range(6)]
    async with brain(office.services, look), brain(office.services, look):
        await asyncio.gather(*(_suggested(agent, citizen, seq) for seq in numbers))
    assert sorted(looked) == [f"vraag {n}" for n in range(6)], "each message once"


async def test_without_a_brain_the_agent_is_told_at_once(office: Office) -> None:
    citizen, agent = await _helped(office)
    seq = await citizen.say("wat kost een paspoort")
    assert await _ask(agent, citizen, seq) == {"seq": seq, "state": "none", "suggestions": []}


async def test_what_waited_too_long_is_dropped_and_can_be_asked_again(open_office: Opener) -> None:
    looked: list[str] = []

    async def look(message: Event) -> list[Likely]:
        looked.append(message["text"])
        return PASPOORT

    async with open_office(brain_ready_seconds=60.0, glance_seconds=0.2) as office:
        citizen, agent = await _helped(office)
        seq = await citizen.say("wat kost een paspoort")
        await _ask(agent, citizen, seq)

        async def too_old() -> bool:
            [(entry, _)] = await office.services.redis.xrange(keys.GLANCES)
            seconds, micros = await office.services.redis.time()
            return bool(seconds * 1000 + micros // 1000 - int(entry.split(b"-")[0]) > 200)

        await until(too_old)
        assert await office.services.glances.take() is None
        assert await office.services.redis.xlen(keys.GLANCES) == 0
        async with brain(office.services, look):
            assert await _suggested(agent, citizen, seq)
        assert looked == ["wat kost een paspoort"]


async def test_requests_and_suggestions_that_are_kept_are_few(open_office: Opener) -> None:
    async with open_office(max_glances=3, max_glances_waiting=2) as office:
        citizen, agent = await _helped(office)
        numbers = [await citizen.say(f"vraag {n}") for n in range(5)]
        for seq in numbers:
            await _ask(agent, citizen, seq)
        redis = office.services.redis
        assert sorted(map(int, await redis.hkeys(keys.glances(citizen.conv)))) == numbers[-3:]
        assert await redis.xlen(keys.GLANCES) == 2
        assert 0 < await redis.ttl(keys.glances(citizen.conv)) <= office.services.settings.glance_keep_seconds


async def test_a_glance_that_fails_is_no_suggestion_and_not_the_end(office: Office) -> None:
    async def look(message: Event) -> list[Likely]:
        if "stuk" in message["text"]:
            raise ValueError(message["text"])
        return PASPOORT

    citizen, agent = await _helped(office)
    async with brain(office.services, look):
        assert await _suggested(agent, citizen, await citizen.say("stuk")) == []
        assert await _suggested(agent, citizen, await citizen.say("wat kost een paspoort"))


async def test_a_topic_that_the_files_no_longer_have_is_left_out(office: Office) -> None:
    async def look(_: Event) -> list[Likely]:
        return [Likely("afgeschaft", "", 0.9), *PASPOORT]

    citizen, agent = await _helped(office)
    async with brain(office.services, look):
        found = await _suggested(agent, citizen, await citizen.say("wat kost een paspoort"))
    assert [one["topic"] for one in found] == ["paspoort_aanvragen"]


# --- whose it is, and what is kept ---


async def test_only_who_has_the_conversation_may_ask(office: Office) -> None:
    citizen = await office.waiting(topic="parkeervergunning")
    seq = await citizen.say("wat kost een paspoort")
    sanne, youssef = await office.agent(), await office.agent("youssef")
    path = f"/conv/{citizen.conv}/suggestions?seq={seq}"
    assert (await sanne.get(path))[0] == 403, "not before it was taken"
    await sanne.claim(citizen)
    assert (await youssef.get(path))[0] == 403, "a colleague has it"
    stranger = await office.agent("marieke", gemeente="weidedorp")
    assert (await stranger.get(path))[0] == 403
    assert (await Agent(office.browser(), office.origin, "").get(path))[0] == 401
    assert await office.services.redis.xlen(keys.GLANCES) == 0, "no brain was asked"
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
    assert (await sanne.get(path))[0] == 403, "the bot has it back"


async def test_asking_is_a_look_in_the_audit_log(office: Office) -> None:
    citizen, agent = await _helped(office)
    seq = await citizen.say("wat kost een paspoort")
    await _ask(agent, citizen, seq)
    found = [fields for _, fields in await office.services.redis.xrange(keys.audit("voorbeeld"))]
    last = events.load(next(iter(found[-1].values())))
    assert (last["action"], last["reason"], last["seq"], last["conv"]) == ("look", "suggestions", seq, citizen.conv)


async def test_the_citizens_words_are_never_copied(office: Office) -> None:
    citizen, agent = await _helped(office)
    seq = await citizen.say("mijn buurvrouw Jansen wil een paspoort")
    await _ask(agent, citizen, seq)
    redis = office.services.redis
    [(_, request)] = await redis.xrange(keys.GLANCES)
    assert request == {b"c": citizen.conv.encode(), b"n": str(seq).encode()}
    async with brain(office.services, _passport):
        assert await _suggested(agent, citizen, seq)
    assert b"Jansen" not in b"".join((await redis.hgetall(keys.glances(citizen.conv))).values())


async def test_words_that_were_hidden_get_no_suggestions(office: Office) -> None:
    citizen, agent = await _helped(office)
    one, two = await citizen.say("mijn nummer is geheim"), await citizen.say("wat kost een paspoort")
    redis = office.services.redis

    async def hide(seq: int) -> None:
        body = events.load(await redis.lindex(keys.log(citizen.conv), seq - 1))
        await redis.lset(keys.log(citizen.conv), seq - 1, events.dump(events.redacted(body)))

    await _ask(agent, citizen, one)
    await hide(one)  # while the request waits
    looked: list[Event] = []

    async def look(message: Event) -> list[Likely]:
        looked.append(message)
        return PASPOORT

    async with brain(office.services, look):
        assert await _suggested(agent, citizen, two)
        assert [message["text"] for message in looked] == ["wat kost een paspoort"]
        assert await _suggested(agent, citizen, one) == []
        await hide(two)  # after they were made
        assert await _suggested(agent, citizen, two) == []


async def test_of_an_erased_conversation_nothing_stays(office: Office) -> None:
    erased, go_on = asyncio.Event(), asyncio.Event()

    async def look(_: Event) -> list[Likely]:
        erased.set()
        await go_on.wait()
        return PASPOORT

    citizen, agent = await _helped(office)
    seq = await citizen.say("wat kost een paspoort")
    async with brain(office.services, look):
        await _ask(agent, citizen, seq)
        await erased.wait()  # the brain is looking at it
        await office.services.store.erase(await office.services.store.get(citizen.conv))
        go_on.set()
        other, _ = await _helped(office, "youssef")
        await until(lambda: _done(office))
    assert await office.services.redis.keys(f"*{citizen.conv}*") == []
    assert (await agent.get(f"/conv/{citizen.conv}/suggestions?seq={seq}"))[0] == 404
    assert other.conv != citizen.conv


async def _done(office: Office) -> bool:
    return await office.services.redis.xlen(keys.GLANCES) == 0


async def test_what_is_no_message_of_a_citizen_gets_none(office: Office) -> None:
    citizen, agent = await _helped(office)
    async with brain(office.services, _passport):
        _, said = await agent.say(citizen, "Wat kost een paspoort?")
        for seq in (1, said["seq"], 0, 9999):
            assert (await _ask(agent, citizen, seq))["state"] == "none"
    for seq in ("", "x", "-1", "1e3", "١", "9" * 20):
        assert (await agent.get(f"/conv/{citizen.conv}/suggestions?seq={seq}"))[0] == 422
