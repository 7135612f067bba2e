"""The queue and the agents, on the side of the store: who is first, who has what, what is postponed. No desk, no brain."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.conversation import events, keys
from bot.conversation.handover import Full, Refused
from bot.conversation.locks import Lock
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.queue import Agent
from bot.conversation.store import Conversation, UnknownConversation
from bot.desk import acts
from bot.desk.watch import Pace, Watch
from bot.wiring import Services
from tests.handover_fixtures import SANNE, YOUSSEF

TUESDAY, SUNDAY = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 29, 10, tzinfo=UTC)


class Counter:
    """Citizens who ask for a person, and what became of their conversations."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.handover, self.store = services.handover, services.store

    async def get(self, conv: str) -> Conversation:
        return await self.store.get(conv)

    async def say(self, conv: str, text: str) -> str:
        cid = str(uuid.uuid4())
        outcome, _ = await self.store.receive(await self.get(conv), cid, events.message("citizen", text, cid=cid), "x")
        return outcome

    async def waiting(self, team: str = "kcc", *, priority: bool = False, gemeente: str = "voorbeeld") -> str:
        conv, _ = await self.store.create(gemeente, "website", "nl", 30, events.message("bot", "Hallo"))
        await self.say(conv, "mag ik iemand spreken")
        mailbox = Mailbox(self.services.redis, self.services.redis_blocking, "test", 6)
        await mailbox.prepare()
        told = {"topic": None, "team": team, "priority": priority, "form": [["Naam", "Jan"]]}
        for entry, found in await mailbox.wait(10, 2):
            turn = await mailbox.take(entry, found)
            answer = Answer([events.handover("queued")], handover=told) if found == conv else Answer()
            assert turn and await mailbox.commit(turn, answer, 30)
        return conv

    async def claimed(self, agent: Agent = SANNE) -> str:
        conv = await self.waiting()
        await self.handover.present("voorbeeld", agent, "available", 3, ["kcc"])
        await self.handover.claim(await self.get(conv), agent)
        return conv

    def watch(self, now: datetime = TUESDAY, **pace: Any) -> Watch:
        lock = Lock(self.services.redis, "test-watch", 10)
        return Watch(
            self.services.gemeenten, self.handover, self.store, lock, Pace(gone=60, between_tells=0, **pace), lambda: now
        )

    async def bodies(self, conv: str, kind: str) -> list[dict[str, Any]]:
        return [body for _, body in await self.store.read(conv, 0) if body["type"] == kind]

    async def system(self, conv: str) -> list[str]:
        return [body["text"] for body in await self.bodies(conv, "message") if body["from"]["role"] == "system"]

    async def turns(self, conv: str) -> int:
        return int(await self.services.redis.llen(keys.inbox(conv)))


@pytest.fixture
def counter(services: Services) -> Counter:
    return Counter(services)


async def test_who_waits_longest_is_first_and_a_crisis_goes_before_everybody(counter: Counter) -> None:
    first, second = await counter.waiting(), await counter.waiting("burgerzaken")
    crisis = await counter.waiting(priority=True)
    queued = await counter.handover.queue("voorbeeld")
    assert [one.conv for one in queued] == [crisis, first, second]
    assert [one.team for one in queued] == ["kcc", "kcc", "burgerzaken"]
    assert queued[0].priority and abs(queued[0].since - queued[1].since) < 60  # its place is no lie about its wait


async def test_an_agent_has_no_more_conversations_than_agreed(counter: Counter) -> None:
    convs = [await counter.waiting() for _ in range(3)]
    for conv in convs[:2]:
        await counter.handover.claim(await counter.get(conv), SANNE, most=2)
    with pytest.raises(Full):
        await counter.handover.claim(await counter.get(convs[2]), SANNE, most=2)
    assert (await counter.get(convs[2])).owner == "queue"
    await counter.handover.close(await counter.get(convs[0]), SANNE, "opgelost")
    await counter.handover.claim(await counter.get(convs[2]), SANNE, most=2)
    assert await counter.handover.load("voorbeeld") == {"sanne": 2}


async def test_two_agents_want_the_last_one_and_one_gets_it(counter: Counter) -> None:
    conv = await counter.get(await counter.waiting())
    outcomes = await asyncio.gather(
        counter.handover.claim(conv, SANNE), counter.handover.claim(conv, YOUSSEF), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(Refused) == 1


async def test_another_team_gets_the_conversation_with_the_note_and_the_waiting_time(counter: Counter) -> None:
    conv = await counter.claimed()
    later = await counter.waiting("sociaal")
    await counter.handover.to_team(await counter.get(conv), SANNE, "sociaal", "Werk, inkomen en zorg", "Gaat over schulden")
    assert [one.conv for one in await counter.handover.queue("voorbeeld")] == [conv, later]
    assert (await counter.get(conv)).team == "sociaal"
    assert (await counter.bodies(conv, "note"))[0]["_text"] == "Gaat over schulden"
    assert (await counter.bodies(conv, "handover"))[-1]["team"] == "Werk, inkomen en zorg"
    assert await counter.handover.load("voorbeeld") == {}


async def test_a_colleague_gets_the_conversation_and_the_first_one_can_say_nothing_more(counter: Counter) -> None:
    conv = await counter.claimed()
    with pytest.raises(Refused):
        await counter.handover.to_agent(await counter.get(conv), YOUSSEF, YOUSSEF)
    await counter.handover.to_agent(await counter.get(conv), SANNE, YOUSSEF)
    with pytest.raises(Refused):
        await counter.handover.say(await counter.get(conv), SANNE, "Nog iets", "11111111-aaaa")
    await counter.handover.say(await counter.get(conv), YOUSSEF, "Ik neem het over", "22222222-aaaa")
    assert await counter.handover.load("voorbeeld") == {"youssef": 1}


async def test_a_team_lead_moves_what_waits_and_what_a_colleague_has_but_never_what_the_bot_has(counter: Counter) -> None:
    conv = await counter.waiting()
    await counter.handover.to_agent(await counter.get(conv), YOUSSEF, SANNE, force=True)
    await counter.handover.to_team(await counter.get(conv), YOUSSEF, "sociaal", "Zorg", force=True)
    assert (await counter.get(conv)).owner == "queue"
    await counter.handover.leave_queue(await counter.get(conv))
    for move in (
        counter.handover.to_agent(await counter.get(conv), YOUSSEF, SANNE, force=True),
        counter.handover.to_team(await counter.get(conv), YOUSSEF, "kcc", "KCC", force=True),
    ):
        with pytest.raises(Refused):
            await move


async def test_a_closing_is_done_when_the_time_to_undo_it_is_over(counter: Counter) -> None:
    conv = await counter.claimed()
    due = await counter.handover.postpone(await counter.get(conv), SANNE, acts.closing("opgelost", "", "Wij bellen morgen."), 0)
    assert (await counter.get(conv)).pending["at"] == pytest.approx(due)
    await counter.watch().tick()
    found = await counter.get(conv)
    assert (found.owner, found.pending) == ("bot", {}) and await counter.turns(conv) == 1
    assert (await counter.bodies(conv, "handover"))[-1]["agreed"] == "Wij bellen morgen."
    await counter.watch().tick()
    assert [body["state"] for body in await counter.bodies(conv, "handover")].count("closed") == 1


async def test_what_was_undone_is_not_done(counter: Counter) -> None:
    conv = await counter.claimed()
    await counter.handover.postpone(await counter.get(conv), SANNE, acts.closing("opgelost", "", ""), 0)
    assert (await counter.handover.undo(await counter.get(conv), SANNE))["act"] == "close"
    assert await counter.handover.undo(await counter.get(conv), SANNE) == {}
    await counter.watch().tick()
    assert (await counter.get(conv)).owner == "agent" and await counter.handover.due() == []


async def test_an_act_that_was_replaced_is_not_done_by_who_read_the_old_one(counter: Counter) -> None:
    conv = await counter.claimed()
    await counter.handover.postpone(await counter.get(conv), SANNE, acts.closing("opgelost", "", ""), 0)
    old = await counter.get(conv)
    await counter.handover.postpone(await counter.get(conv), SANNE, acts.to_team("sociaal", "Zorg", ""), 60)
    with pytest.raises(Refused):
        await acts.perform(counter.handover, old, old.pending, postponed=old.postponed)
    assert (await counter.get(conv)).owner == "agent"


async def test_a_citizen_who_writes_keeps_the_conversation_open_but_does_not_stop_a_transfer(counter: Counter) -> None:
    conv = await counter.claimed()
    await counter.handover.postpone(await counter.get(conv), SANNE, acts.closing("opgelost", "", ""), 0)
    assert await counter.say(conv, "nog een vraag") == "new"
    await counter.watch().tick()
    assert (await counter.get(conv)).owner == "agent"
    await counter.handover.postpone(await counter.get(conv), SANNE, acts.to_agent(YOUSSEF, ""), 0)
    await counter.say(conv, "hallo?")
    await counter.handover.present("voorbeeld", YOUSSEF, "available", 3)
    await counter.watch().tick()
    assert (await counter.get(conv)).agent == "youssef"


async def test_who_goes_on_writing_has_not_closed(counter: Counter) -> None:
    conv = await counter.claimed()
    await counter.handover.postpone(await counter.get(conv), SANNE, acts.closing("opgelost", "", ""), 0)
    await counter.handover.say(await counter.get(conv), SANNE, "O ja, nog iets.", "11111111-aaaa")
    assert (await counter.get(conv)).pending == {} and await counter.handover.due() == []


async def test_only_who_has_the_conversation_postpones_and_undoes(counter: Counter) -> None:
    conv = await counter.claimed()
    for act in (acts.closing("opgelost", "", ""), {}):
        with pytest.raises(Refused):
            found = await counter.get(conv)
            await (counter.handover.postpone(found, YOUSSEF, act, 5) if act else counter.handover.undo(found, YOUSSEF))


async def test_a_conversation_that_is_erased_leaves_nothing_at_the_desk(counter: Counter) -> None:
    conv = await counter.claimed()
    found = await counter.get(conv)
    await counter.handover.postpone(found, SANNE, acts.closing("opgelost", "", ""), 0)
    await counter.store.erase(found)
    await counter.store.mark_read(conv, "agent", 2)
    await counter.store.seen(conv)
    for act in (counter.handover.undo(found, SANNE), counter.handover.note(found, SANNE, "weg?", "11111111")):
        with pytest.raises(UnknownConversation):
            await act
    assert await counter.handover.load("voorbeeld") == {} and await counter.handover.due() == []
    assert not await counter.services.redis.exists(*keys.conversation(conv))


async def test_a_note_is_kept_once_and_no_citizen_ever_reads_it(counter: Counter) -> None:
    conv = await counter.claimed()
    for _ in range(2):
        await counter.handover.note(await counter.get(conv), SANNE, "Wil liever gebeld worden", "11111111")
    noted = await counter.bodies(conv, "note")
    assert len(noted) == 1
    assert "liever" not in str(events.public(noted[0], 5))


async def test_what_a_form_held_is_forgotten_when_the_agent_is_done(counter: Counter) -> None:
    conv = await counter.claimed()
    assert (await counter.get(conv)).handover["form"] == [["Naam", "Jan"]]
    await counter.handover.close(await counter.get(conv), SANNE, "opgelost")
    assert (await counter.get(conv)).handover == {"topic": None, "team": "kcc", "priority": False}


@pytest.mark.parametrize("way", ["withdrawn", "other way"])
async def test_what_a_form_held_is_forgotten_by_who_no_longer_waits(counter: Counter, way: str) -> None:
    conv = await counter.waiting()
    found = await counter.get(conv)
    if way == "withdrawn":
        await counter.handover.leave_queue(found)
    else:
        body, leaving = events.message("citizen", "Laat mij terugbellen"), events.handover("returned", outcome="other_way")
        assert (await counter.store.receive(found, str(uuid.uuid4()), body, "x", leaving=leaving))[0] == "new"
    assert (await counter.get(conv)).owner == "bot" and "form" not in (await counter.get(conv)).handover
    assert "Jan" not in str(await counter.services.redis.hgetall(keys.meta(conv)))


async def test_time_with_an_agent_counts_as_no_wait(counter: Counter) -> None:
    conv = await counter.claimed()
    await counter.handover.to_team(await counter.get(conv), SANNE, "sociaal", "Zorg")
    await counter.handover.claim(await counter.get(conv), YOUSSEF)
    assert len(await counter.handover.waits("voorbeeld")) == 1
    await counter.handover.close(await counter.get(conv), YOUSSEF, "opgelost")
    again = await counter.claimed()
    assert again != conv and len(await counter.handover.waits("voorbeeld")) == 2


async def test_read_marks_only_go_up(counter: Counter) -> None:
    conv = await counter.claimed()
    for seq in (3, 2):
        await counter.store.mark_read(conv, "citizen", seq)
    assert (await counter.get(conv)).read == {"citizen": 3, "agent": 0}


async def test_whether_the_page_is_open_is_kept_only_while_a_person_is_wanted(counter: Counter) -> None:
    conv, _ = await counter.store.create("voorbeeld", "website", "nl", 30, events.message("bot", "Hallo"))
    await counter.store.seen(conv)
    assert (await counter.get(conv)).seen == 0
    asked = await counter.waiting()
    await counter.store.seen(asked)
    assert abs((await counter.get(asked)).seen - await counter.handover.now()) < 60


async def test_the_expected_wait_looks_at_the_agents_of_the_team_and_what_conversations_took(counter: Counter) -> None:
    handover = counter.handover
    await counter.waiting("sociaal")
    assert (await handover.outlook("voorbeeld", "sociaal", 60)).wait_seconds(1) is None
    await handover.present("voorbeeld", SANNE, "available", 1, ["kcc"])
    assert (await handover.outlook("voorbeeld", "sociaal", 60)).available == 0
    await handover.present("voorbeeld", YOUSSEF, "available", 1, ["sociaal"])
    view = await handover.outlook("voorbeeld", "sociaal", 60)
    assert (view.waiting, view.available, view.free) == (1, 1, 1) and view.wait_seconds(2) == 300
    for _ in range(20):  # conversations that took no time at all
        await handover.close(await counter.get(await counter.claimed()), SANNE, "opgelost")  # she is of another team
    assert (await handover.outlook("voorbeeld", "sociaal", 60)).wait_seconds(2) == 60  # the assumed length still counts for five
    assert [figure.team for figure in await handover.waits("voorbeeld")] == ["kcc"] * 20


async def test_everybody_hears_the_place_in_the_queue_of_their_own_team(counter: Counter) -> None:
    convs = [await counter.waiting(team) for team in ("kcc", "sociaal", "kcc")]
    await counter.handover.present("voorbeeld", SANNE, "available", 1)
    await counter.watch().tick()
    told = [(await counter.bodies(conv, "handover"))[-1] for conv in convs]
    assert [body["position"] for body in told] == [1, 1, 2]
    assert [body["team"] for body in told] == ["Klantcontact", "Werk, inkomen en zorg", "Klantcontact"]


@pytest.mark.parametrize(
    ("now", "says"),
    [(TUESDAY, "bel 14 0888 (nu open tot 19:30 uur)"), (SUNDAY, "De chat is nu dicht, morgen open vanaf 10:00 uur.")],
)
async def test_who_waits_for_nobody_is_told_once_with_other_ways(counter: Counter, now: datetime, says: str) -> None:
    conv = await counter.waiting("algemeen", gemeente="weidedorp")
    watch = counter.watch(now)
    for _ in range(3):
        await watch.tick()
    (text,) = await counter.system(conv)
    assert says in text
    (body,) = [body for body in await counter.bodies(conv, "message") if body["from"]["role"] == "system"]
    assert [option["label"] for option in body["parts"][0]["options"]] == ["Laat mij terugbellen", "Maak een afspraak"]


async def test_nobody_waits_for_ever(counter: Counter) -> None:
    conv = await counter.waiting()
    await counter.handover.present("voorbeeld", SANNE, "available", 1)
    await counter.watch().tick()
    assert await counter.system(conv) == []
    await counter.services.redis.hset(keys.meta(conv), "queued_at", await counter.handover.now() - 15 * 60 - 5)
    for _ in range(2):
        await counter.watch().tick()  # another process, that never told anything
    (text,) = await counter.system(conv)
    assert "meer dan 15 minuten" in text
    assert (await counter.get(conv)).owner == "queue"
