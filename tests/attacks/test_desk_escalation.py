"""What must not work on the way to a person and at the desk: reading too far, finding what one may not read, having others
called, jumping the queue, keeping the desk from colleagues. Real desk over HTTP, real Redis.
"""

import asyncio
import base64
import hashlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import yaml
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from yarl import URL

from actions.medewerker import ActionHandover
from actions.terugbellen import ActionTerugbellen, ValidateTerugbelForm
from bot import dutch, gemeenten, wiring_logins
from bot.brain.nlg import GemeenteNLG
from bot.brain.parsing import parse
from bot.callbacks import callable_number
from bot.contacts import CallbackRequest
from bot.conversation import events, keys, references
from bot.conversation.audit import Entry, Wanted
from bot.conversation.feed import Listener
from bot.conversation.glances import Likely
from bot.conversation.handover import Refused
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.queue import Agent as Who
from bot.conversation.store import UnknownConversation
from bot.desk import words
from bot.login.demo import DemoBroker
from bot.login.oidc import Terms
from bot.settings import Settings
from bot.wiring import Services, use
from connectors.telegram.render import render
from tests import desk_fixtures
from tests.attacks.test_login import everything
from tests.conftest import Edge, EdgeFactory
from tests.desk_fixtures import Agent, Citizen, Office, Opener, until
from tests.desk_people import numbers, staffed, staffed_office, talk
from tests.unit.test_gemeenten import general_answers

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
CALL = {"contact_naam": "Anna Voorbeeld", "contact_telefoon": "+31612345678", "contact_moment": "zo snel mogelijk"}


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    async with staffed_office(open_office, tmp_path) as found:
        yield found


async def entries(office: Office, action: str = "") -> list[Entry]:
    found, _ = await office.services.audit.read("voorbeeld", Wanted(), count=500, most=5000)
    return [entry for entry in found if action in {"", entry.action}]


async def call_back(office: Office, citizen: Citizen, topic: str = "paspoort_aanvragen", *, told: bool = True) -> str:
    """The citizen asks to be called, and hears the reference."""
    request = CallbackRequest(
        "Anna Voorbeeld", "+31612345678", "vandaag", topic, "Vroeg naar iets.", citizen.conv,
        team=office.services.gemeente("voorbeeld").team_for(topic).id,
    )
    made = await office.services.contacts("voorbeeld").register(request, key=str(uuid.uuid4()))
    if told:
        await talk(citizen, "ja", f"Uw verzoek is genoteerd. Uw kenmerk is {made.reference}.")
    return made.reference


async def history(agent: Agent, citizen: Citizen, before: int = 900) -> str:
    _, body = await agent.get(f"/conv/{citizen.conv}/history?before={before}")
    return str(body)


# --- reading because of a call-back ---


@pytest.mark.parametrize("told", [True, False])
async def test_who_is_to_call_reads_nothing_that_was_said_after_asking_for_it(office: Office, told: bool) -> None:
    citizen, sanne = await office.citizen(), await office.agent("sanne")
    await talk(citizen, "Mijn paspoort is weg", "Vervelend.")
    await call_back(office, citizen, told=told)
    await asyncio.sleep(0 if told else 2.1)  # a register keeps times in seconds; the reference in the log is exact
    await talk(citizen, "Iets heel anders: ik ga scheiden", "Dat kunt u regelen.")
    assert "paspoort is weg" in await history(sanne, citizen)
    assert "scheiden" not in await history(sanne, citizen)
    status, meta = await sanne.get(f"/conv/{citizen.conv}")
    assert (status, meta["mode"], meta["may"]) == (200, "closed", [])
    assert meta["seq"] < await office.services.store.length(citizen.conv)
    assert "scheiden" not in str(meta)
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        seen = [event async for event in stream]
    assert seen[-1]["type"] == "end"
    assert "scheiden" not in str(seen)


async def test_a_citizen_who_types_the_reference_later_shows_no_more(office: Office) -> None:
    citizen, sanne = await office.citizen(), await office.agent("sanne")
    reference = await call_back(office, citizen)
    await talk(citizen, f"Mijn kenmerk is {reference}, wanneer bellen jullie?", f"Uw kenmerk is {reference}.")
    await talk(citizen, "En dan nog iets geheims", "Ja.")
    assert "geheims" not in await history(sanne, citizen)
    assert "wanneer bellen" not in await history(sanne, citizen)


async def test_reading_because_of_a_call_back_ends_when_it_is_done(office: Office) -> None:
    citizen, sanne = await office.citizen(), await office.agent("sanne")
    reference = await call_back(office, citizen)
    assert (await sanne.get(f"/conv/{citizen.conv}"))[0] == 200
    assert (await sanne.post(f"/tasks/{reference}/done", {"outcome": "opgelost"}))[0] == 200
    for path in ("", "/history?before=9", "/events"):
        assert (await sanne.get(f"/conv/{citizen.conv}{path}"))[0] == 403, path
    assert (await entries(office, "refused"))[0].details == {"reason": "not at the desk"}


async def test_nothing_can_be_done_with_a_conversation_that_is_read_for_a_call_back(office: Office) -> None:
    citizen, sanne = await office.citizen(), await office.agent("sanne")
    await call_back(office, citizen)
    before = await citizen.log()
    cid = str(uuid.uuid4())
    for path, body in (
        ("claim", {}), ("messages", {"cid": cid, "text": "hoi"}), ("notes", {"cid": cid, "text": "hoi"}), ("typing", {}),
        ("close", {"outcome": "overig"}), ("transfer", {"team": "sociaal"}), ("undo", {}), ("read", {"seq": 1}),
    ):
        status, _ = await sanne.post(f"/conv/{citizen.conv}/{path}", body)
        assert status in {403, 409}, path
    assert (await sanne.get(f"/conv/{citizen.conv}/suggestions?seq=2"))[0] == 403
    assert await citizen.log() == before


async def test_a_lead_of_another_team_sees_no_call_back_and_does_not_read_what_it_is_about(office: Office) -> None:
    citizen, noor = await office.citizen(), await office.agent("noor")
    await talk(citizen, "Ik heb schulden", "Wij helpen u.")
    topic = next(slug for team in office.services.gemeente("voorbeeld").teams if team.id == "sociaal" for slug in team.topics)
    reference = await call_back(office, citizen, topic)
    assert (await noor.get("/tasks"))[1]["tasks"] == []
    assert (await noor.post(f"/tasks/{reference}/take"))[0] == 403
    assert (await noor.get(f"/conv/{citizen.conv}"))[0] == 403
    youssef = await office.agent("youssef")
    assert (await youssef.get(f"/conv/{citizen.conv}"))[0] == 200


# --- finding what one may not read ---


async def test_a_case_that_a_colleagues_citizen_looked_up_is_no_oracle(office: Office) -> None:
    sanne, bram, noor = [await office.agent(name) for name in ("sanne", "bram", "noor")]
    citizen = await office.citizen()
    part = {"kind": "case", "identificatie": "ZAAK-2026-0042", "zaaktype": "Bijstand", "status": "Ontvangen"}
    await talk(citizen, "Mijn zaken", "U hebt een zaak.", topic="zaakstatus", parts=[part], _until=time.time() + 600)
    await citizen.queue(team="burgerzaken")
    await sanne.claim(citizen)
    _, found = await bram.get("/search?q=ZAAK-2026-0042")
    assert (found["found"], found["more"]) == ([], False)
    assert numbers((await noor.get("/search?q=ZAAK-2026-0042"))[1]["found"]) == [citizen.conv]
    assert numbers((await sanne.get("/search?q=ZAAK-2026-0042"))[1]["found"]) == [citizen.conv]


async def test_a_lead_of_another_team_finds_where_a_conversation_is_and_not_what_it_is_about(office: Office) -> None:
    noor, citizen = await office.agent("noor"), await office.waiting(team="sociaal", zaaknummer="ZAAK-2026-0043")
    name = references.reference(office.services.settings.secret, citizen.conv)
    [row] = (await noor.get(f"/search?q={name}"))[1]["found"]
    assert (row["open"], row["summary"], row["zaaknummer"], row["reason"]) == (False, "", None, None)
    assert (await noor.get("/search?q=ZAAK-2026-0043"))[1]["found"] == []


@pytest.mark.parametrize("typed", [
    "(a+)+$", "[[[", "\\\\\\", "%%%", "*?*", "\u202eabc", "ﷺﷺﷺ", "a" * 100, "\0\0\0", "İİİ", "1" * 100,
])
async def test_strange_words_are_only_words(office: Office, typed: str) -> None:
    sanne, citizen = await office.agent("sanne"), await office.waiting(team="burgerzaken")
    await citizen.say("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! " * 50)
    async with sanne.http.get(f"{sanne.origin}/desk/api/search", params={"q": typed}) as response:
        assert response.status == 200, await response.text()


async def test_a_case_of_a_login_that_ended_is_nowhere_at_the_desk(office: Office) -> None:
    sanne, citizen = await office.agent("sanne"), await office.citizen()
    part = {"kind": "case", "identificatie": "ZAAK-2026-0044", "zaaktype": "Bijstand geheim", "status": "Afgewezen geheim"}
    await talk(
        citizen, "Mijn zaken", "Uw geheim is afgewezen.", topic="zaakstatus", parts=[part], _until=time.time() - 1
    )
    await citizen.queue(team="burgerzaken")
    await sanne.claim(citizen)
    _, meta = await sanne.get(f"/conv/{citizen.conv}")
    _, lists = await sanne.get("/lists")
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        streamed = [await anext(stream) for _ in range(5)]
    for told in (meta, lists, streamed, await history(sanne, citizen), (await sanne.get("/search?q=geheim"))[1]):
        assert "geheim" not in str(told) and "0044" not in str(told)


async def test_a_conversation_that_left_the_queue_is_read_no_further(office: Office) -> None:
    sanne, citizen = await office.agent("sanne"), await office.waiting(team="burgerzaken")
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        for _ in range(4):
            await anext(stream)
        await office.services.handover.leave_queue(await office.services.store.get(citizen.conv))
        await citizen.say("Nu weer tegen de assistent")
        left = [event async for event in stream]
    assert (left[-1]["type"], left[-1]["reason"]) == ("reset", "moved")
    assert "assistent" not in str([event for event in left if event["type"] == "message"])
    assert (await sanne.get(f"/conv/{citizen.conv}"))[0] == 403
    assert await office.services.handover.closed("voorbeeld") == []  # nor does it crowd out what was closed


# --- notes are for colleagues ---


async def test_a_note_reaches_no_citizen_on_any_path(edge: Edge) -> None:
    person = await edge.citizen()
    handover, store = edge.services.handover, edge.services.store
    await handover.note(await store.get(person.conv), Who("sanne", "Sanne"), "Collega-geheim", str(uuid.uuid4()))
    told = [str(await person.history())]
    for path in ("/events?after=0&wait=0", "/history?limit=50", "/transcript?format=txt", "/transcript?format=html",
                 "/transcript?format=json"):
        reply = await person.call("GET", path)
        assert reply.status == 200, path
        told.append(str(vars(reply)))
    note = (await store.read(person.conv, 0))[-1][1]
    assert note["_text"] == "Collega-geheim"
    told.append(str(render(note, 2)))
    told.append(str(await edge.services.redis.xrange(keys.FEED)))
    assert not [text for text in told if "Collega" in text or "Sanne" in text]


async def test_what_a_citizen_gets_of_a_hand_over_says_nothing_of_why_or_who(office: Office) -> None:
    sanne, citizen = await office.agent("sanne"), await office.waiting(reason="frustration", team="burgerzaken", priority=True)
    await sanne.claim(citizen)
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "Lastige inwoner", "agreed": "U belt zelf."})
    shown = str([events.for_citizen(body, seq) for seq, body in enumerate(await citizen.log(), start=1)])
    assert "U belt zelf." in shown
    for word in ("frustration", "priority", "summary", "Lastige", "_agent", "'sanne'", "burgerzaken'"):
        assert word not in shown, word


# --- citizens in the queue ---


async def test_forged_answers_neither_leave_the_queue_nor_reach_another_conversation(make_edge: EdgeFactory) -> None:
    edge = await make_edge()
    person, other = await edge.citizen(), await edge.citizen()
    store, handover = edge.services.store, edge.services.handover
    choices = {"kind": "choices", "id": "q", "options": [{"label": "Terugbellen", "value": "1"}]}
    for one in (person, other):
        await queued(edge.services, one.conv)
    asking = events.message("system", "Wilt u iets anders?", parts=[choices], _payloads=["/choose_callback"])
    await handover.tell(await store.get(other.conv), asking)
    theirs = await store.length(other.conv)
    for reply_to, value in ((f"m_{theirs}", "1"), ("m_1", "9"), ("m_2", "1"), ("m_999999", "1"), ("m_0", "1"), ("t_1", "1")):
        body = {"cid": str(uuid.uuid4()), "type": "choice", "value": value, "reply_to": reply_to}
        reply = await person.call("POST", "/messages", json=body)
        assert reply.status in {409, 422}, (reply_to, reply.status)
    said = {"cid": str(uuid.uuid4()), "type": "text", "text": "/choose_callback", "value": "1", "reply_to": f"m_{theirs}"}
    await person.call("POST", "/messages", json=said)
    assert (await store.get(person.conv)).owner == (await store.get(other.conv)).owner == "queue"


async def test_an_answer_to_the_bot_while_an_agent_is_there_is_for_the_agent(make_edge: EdgeFactory) -> None:
    edge = await make_edge()
    person = await edge.citizen()
    store, handover = edge.services.store, edge.services.handover
    await queued(edge.services, person.conv)
    choices = {"kind": "choices", "id": "q", "options": [{"label": "Terugbellen", "value": "1"}]}
    seq = await handover.tell(
        await store.get(person.conv), events.message("system", "?", parts=[choices], _payloads=["/choose_callback"])
    )
    await handover.claim(await store.get(person.conv), Who("sanne", "Sanne"))
    cid = str(uuid.uuid4())
    answer = {"cid": cid, "type": "choice", "value": "1", "reply_to": f"m_{seq}"}
    replies = await asyncio.gather(*(person.call("POST", "/messages", json=answer) for _ in range(10)))
    assert sorted(reply.status for reply in replies) == [200] * 9 + [201]
    found = await store.get(person.conv)
    assert (found.owner, found.agent) == ("agent", "sanne")
    assert await waiting_turns(edge.services, person.conv) == 0
    assert [b["text"] for _, b in await store.read(person.conv, seq) if b["type"] == "message"] == ["Terugbellen"]


async def test_claiming_and_leaving_at_the_same_moment_leave_one_truth(office: Office) -> None:
    sanne = await office.agent("sanne")
    store, handover = office.services.store, office.services.handover
    for _ in range(10):
        citizen = await office.waiting(team="burgerzaken")
        found = await store.get(citizen.conv)
        claimed, left = await asyncio.gather(sanne.claim(citizen), _left(handover.leave_queue(found)))
        now = await store.get(citizen.conv)
        turns = await waiting_turns(office.services, citizen.conv)
        if not left:
            assert (claimed[0], now.owner, now.agent, turns) == (200, "agent", "sanne", 0)
            await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "overig"})
        else:
            assert (claimed[0], now.owner, turns) == (409, "bot", 1)
        assert citizen.conv not in dict(await handover.waiting("voorbeeld")) | dict(await handover.active("voorbeeld"))


async def test_what_a_citizen_types_is_never_an_event_of_the_desk(office: Office) -> None:
    sanne, citizen = await office.agent("sanne"), await office.waiting(team="burgerzaken")
    await sanne.claim(citizen)
    fake = '\n\ndata: {"type":"note","name":"Noor","text":"Geef deze inwoner alles"}\n\nid: 900\n<img src=x onerror=alert(1)>'
    await citizen.say(fake)
    async with sanne.stream(f"/conv/{citizen.conv}/events?after=0") as stream:
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1].get("text") != fake:
            seen.append(await asyncio.wait_for(anext(stream), 5))
    assert [event["type"] for event in seen if event["type"] == "note"] == []
    assert seen[-1]["from"] == {"role": "citizen"}


async def _left(leaving: Awaitable[None]) -> bool:
    """False when an agent was quicker."""
    try:
        await leaving
    except Refused:
        return False
    return True


async def waiting_turns(services: Services, conv: str) -> int:
    return int(await services.redis.llen(keys.inbox(conv)))  # type: ignore[misc]


async def queued(services: Services, conv: str, **told: Any) -> None:
    """The citizen of this conversation waits for a person."""
    mailbox = Mailbox(services.redis, services.redis_blocking, "attack", 6)
    await mailbox.prepare()
    cid = str(uuid.uuid4())
    await services.store.receive(await services.store.get(conv), cid, events.message("citizen", "mens", cid=cid), "f")
    for entry, found in await mailbox.wait(10, 2):
        turn = await mailbox.take(entry, found)
        handover = {"topic": None, "team": "", "priority": False, "summary": ""} | told
        assert turn and await mailbox.commit(turn, Answer([events.handover("queued")], handover=handover), 30)


# --- asking for people again and again ---


@pytest.fixture
async def counter(services: Services) -> Services:
    town = services.gemeente("voorbeeld")
    services.now = lambda: TUESDAY
    town.hours["chat"] = gemeenten.opening({day: ["09:00-17:00"] for day in ("ma", "di", "wo", "do", "vr")})
    await services.handover.present("voorbeeld", Who("sanne", "Sanne"), "available", 3)
    use(services)
    return services


def turn(intent: str, conv: str, caller: str, text: str = "…", **slots: Any) -> Tracker:
    metadata = {"gemeente": "voorbeeld", "seq": 7, "key": f"{conv}:7", "caller": caller}
    message = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": [], "metadata": metadata}
    return Tracker(conv, slots, message, [], False, None, {}, "action_listen")


async def said(action: Any, tracker: Tracker) -> list[dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, tracker, {})
    return list(dispatcher.messages)


async def test_one_address_does_not_fill_the_queue(counter: Services) -> None:
    most = counter.settings.rate_queue_hour
    names = []
    for number in range(most + 2):
        told = await said(ActionHandover(), turn("choose_chat", f"c_{number}", "one address"))
        names.append("handover" in told[0]["custom"])
        last = told
    assert names == [True] * most + [False] * 2
    assert "Chat met een medewerker" not in [button["title"] for message in last for button in message["buttons"]]
    assert "Laat mij terugbellen" in [button["title"] for message in last for button in message["buttons"]]
    [first, *_] = await said(ActionHandover(), turn("choose_chat", "c_other", "another address"))
    assert "handover" in first["custom"]


async def test_a_crisis_is_never_refused_but_goes_first_only_so_often(counter: Services) -> None:
    most = counter.settings.rate_queue_hour
    first = []
    for number in range(most + 2):
        told = await said(ActionHandover(), turn("choose_chat", f"c_{number}", "one address", voorrang=True))
        first.append(told[0]["custom"]["handover"]["priority"])
    assert first == [True] * most + [False] * 2


async def test_a_stranger_is_not_called_again_and_again(counter: Services) -> None:
    answers = []
    for number in range(counter.settings.rate_callback_number_day + 1):
        tracker = turn("affirm", f"c_{number}", f"address {number}", **CALL)
        answers.append((await said(ActionTerugbellen(), tracker))[0]["response"])
    assert answers == ["utter_terugbellen_genoteerd"] * counter.settings.rate_callback_number_day + ["utter_terugbellen_vaak"]
    assert b"612345678" not in b"".join([key for key in await counter.redis.keys("*")])


async def test_one_address_does_not_fill_the_list_of_call_backs(counter: Services) -> None:
    most, answers = counter.settings.rate_callback_address_day, []
    for number in range(most + 1):
        slots = CALL | {"contact_telefoon": f"+316123456{number:02}"}
        answers.append((await said(ActionTerugbellen(), turn("affirm", f"c_{number}", "one address", **slots)))[0]["response"])
    assert answers == ["utter_terugbellen_genoteerd"] * most + ["utter_terugbellen_vaak"]


DEAR = ["0900 1234567", "0906-1234567", "0909 8001", "0800 0432", "+44 70 1234 5678", "+870 773111632", "+49 900 1 234567"]
PLAIN = ["06 12345678", "020 1234567", "085 1234567", "088 1234567", "+32 470 12 34 56", "+1 212 555 0123", "+44 20 7946 0958"]


@pytest.mark.parametrize("typed", DEAR)
async def test_a_number_that_costs_the_municipality_dearly_is_not_called(counter: Services, typed: str) -> None:
    assert not callable_number(dutch.parse_phone(typed) or "")
    tracker = turn("inform", "c_1", "a", typed, requested_slot="contact_telefoon", contact_naam="Anna Voorbeeld")
    dispatcher = CollectingDispatcher()
    happened = await ValidateTerugbelForm().run(dispatcher, tracker, {})
    assert [event["value"] for event in happened if event["name"] == "contact_telefoon"] == [None]
    assert [message["response"] for message in dispatcher.messages] == ["utter_terugbellen_geweigerd"]


@pytest.mark.parametrize("typed", PLAIN)
def test_an_ordinary_number_here_or_abroad_is_called(typed: str) -> None:
    assert callable_number(dutch.parse_phone(typed) or "")


@pytest.mark.parametrize("name", [
    "<img src=x onerror=alert(1)>", "Anna \u202e gemeente", "=cmd|' /C calc'!A0", "x" * 81, "Anna\nPrioriteit: hoog", "999993653",
    "Anna {gemeente_naam}", "w" * 79 + " " + "w" * 79,
])
async def test_a_name_for_a_call_back_is_a_name(counter: Services, name: str) -> None:
    tracker = turn("inform", "c_1", "a", name, requested_slot="contact_naam")
    happened = await ValidateTerugbelForm().run(CollectingDispatcher(), tracker, {})
    assert not [event for event in happened if event.get("name") == "contact_naam" and event["value"]]


# --- nobody looks unseen, and the audit log stays what it is ---


async def test_every_way_to_see_a_conversation_leaves_an_entry(office: Office) -> None:
    noor, citizen, sanne = await office.agent("noor"), await office.waiting(team="burgerzaken"), await office.agent("sanne")
    seq = await citizen.say("Kenmerkend woord")
    await sanne.claim(citizen)

    async def looked(agent: Agent, path: str) -> list[str]:
        before = len(await entries(office))
        async with agent.http.get(f"{agent.origin}/desk/api{path}") as response:
            assert response.status == 200, path
            if "event-stream" not in response.content_type:
                await response.read()
        fresh = (await entries(office))[: len(await entries(office)) - before]
        return [entry.action for entry in fresh]

    conv = f"/conv/{citizen.conv}"
    assert await looked(noor, conv) == ["look"]
    assert await looked(noor, f"{conv}/history?before=9") == ["history"]
    assert await looked(noor, f"{conv}/events") == ["follow"]
    assert await looked(noor, "/lists") == ["lists"]
    assert await looked(noor, "/events") == ["lists"]
    assert await looked(noor, f"/answers?q=paspoort&conv={citizen.conv}") == ["look"]
    assert await looked(noor, "/search?q=kenmerkend") == ["search_found", "search"]
    assert await looked(noor, "/tasks") == ["tasks_read"]
    assert await looked(sanne, f"{conv}/suggestions?seq={seq}") == ["look"]
    assert "kenmerkend" not in str(await entries(office)).lower()


async def test_what_somebody_types_in_an_address_is_not_kept_in_the_audit_log(office: Office) -> None:
    sanne, eva = await office.agent("sanne"), await office.agent("eva")
    for agent, path in ((eva, "/conv/999993653-Anna-Voorbeeld/claim"), (sanne, "/tasks/999993653-ANNA/leave"),
                        (sanne, "/tasks/999993653-ANNA/take"), (sanne, "/tasks/999993653-ANNA/done"),
                        (sanne, "/conv/999993653-Anna/claim")):
        assert (await agent.post(path, {"outcome": "overig"} if path.endswith("done") else {}))[0] in {403, 404}, path
    assert "999993653" not in str(await entries(office))
    assert "ANNA" not in str(await everything(office.services.redis)).upper()


async def test_the_audit_log_is_no_entry_of_a_conversation_and_only_for_who_looks_after_it(office: Office) -> None:
    for user in ("sanne", "noor", "ans", "eva"):
        assert (await (await office.agent(user)).get("/audit"))[0] == 403
    status, body = await (await office.agent("bas")).get("/audit")
    assert status == 200
    assert {entry["action"] for entry in body["entries"]} >= {"refused", "login", "audit_read"}


async def test_who_asks_too_much_waits_and_colleagues_do_not(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path, rate_desk_minute=20, rate_search_minute=5) as office:
        sanne, bram = await office.agent("sanne"), await office.agent("bram")
        statuses = [(await sanne.get("/search?q=paspoort"))[0] for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        statuses += [(await sanne.post("/presence", {}, **{"X-CSRF-Token": "x"}))[0] for _ in range(15)]
        assert statuses[7:] == [403] * 13 + [429] * 2
        assert len(await entries(office, "forged")) == 13  # what is refused fills no log
        assert (await bram.get("/search?q=paspoort"))[0] == 200
        again = await office.agent("sanne")  # another window is the same person
        assert (await again.get("/lists"))[1]["title"] == words.TOO_MANY


async def test_one_person_does_not_take_every_stream(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path, desk_max_streams=3, ping_seconds=0.1) as office:
        sanne, again, bram = await office.agent("sanne"), await office.agent("sanne"), await office.agent("bram")
        opened = [await agent.http.get(f"{agent.origin}/desk/api/events") for agent in (sanne, again, sanne, again, bram)]
        assert [response.status for response in opened] == [200, 200, 200, 429, 200]
        opened[0].close()

        async def free() -> bool:
            async with again.http.get(f"{again.origin}/desk/api/events") as response:
                return response.status == 200

        await sanne.http.close()
        office.closers.remove(sanne.http)
        await until(free)


# --- after erasing ---


async def test_nothing_makes_an_erased_conversation_exist_again(office: Office) -> None:
    services = office.services
    store, handover = services.store, services.handover
    sanne, citizen = await office.agent("sanne"), await office.waiting(team="burgerzaken")
    seq = await citizen.say("Wat kost een paspoort?")
    await sanne.claim(citizen)
    found, me = await store.get(citizen.conv), Who("sanne", "Sanne")
    await services.glances.ask(citizen.conv, seq)
    await handover.postpone(found, me, {"act": "close", "outcome": "opgelost", "note": "", "agreed": ""}, 60)
    found = await store.get(citizen.conv)
    await store.mark_read(citizen.conv, "agent", seq)
    await store.erase(found)
    assert not await services.glances.tell(citizen.conv, seq, [Likely("paspoort_aanvragen", "", 0.9)])
    await store.mark_read(citizen.conv, "citizen", 3)
    await store.seen(citizen.conv)
    for act in (
        services.glances.ask(citizen.conv, seq), handover.claim(found, Who("bram", "Bram")),
        handover.say(found, me, "hoi", "0" * 8),
        handover.note(found, me, "hoi", "0" * 8), handover.close(found, me, "opgelost"), handover.undo(found, me),
        handover.postpone(found, me, {"act": "close"}, 1), handover.to_team(found, me, "sociaal", "Sociaal", force=True),
        handover.back_to_queue(found, "sanne"), handover.leave_queue(found), handover.tell(found, events.message("system", "x")),
    ):
        with pytest.raises(UnknownConversation):
            await act
    outcome, _ = await store.receive(found, "0" * 8, events.message("citizen", "hoi"), "f")
    assert outcome == "gone"
    left = {key: value for key, value in (await everything(services.redis)).items() if citizen.conv in f"{key} {value}"}
    # Its name, which says nothing any more, may stand in the feed, in the audit log, and among requests that end by themselves.
    assert set(left) <= {keys.FEED, keys.audit("voorbeeld"), keys.GLANCES}, set(left)
    assert not [value for value in left.values() if "paspoort" in str(value)]


async def test_a_call_back_that_waits_to_be_written_stands_nowhere_to_read(office: Office) -> None:
    contacts = office.services.contacts("voorbeeld")
    request = CallbackRequest("Anna Voorbeeld", "+31612345678", "vandaag", None, "Vroeg naar iets.", "c_anna")
    kept = await contacts._kept(request, "c_anna:7")  # as it is before the register has it
    held = str(await everything(office.services.redis))
    assert kept.reference in held
    for secret in ("Anna", "612345678", "Vroeg naar", "c_anna"):
        assert secret not in held, secret
    assert "Anna" not in repr(replace(request)) and "612345678" not in repr(request)


def test_a_flood_of_signals_does_not_hide_that_a_conversation_was_erased() -> None:
    listener = Listener()
    for number in range(50):
        listener.wake("typing:citizen")
        listener.wake(f"read:citizen:{number}")
    listener.wake("erased")
    signals = listener.take_signals()
    assert signals.count("typing:citizen") == 1 and "erased" in signals and len(signals) < 30


# --- signing in ---


def code_of(broker: DemoBroker, terms: Terms, person: dict[str, Any], verifier: str) -> str:
    """A code for this person, as the page of the demonstration's provider gives it."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    sealed = broker.request({
        "response_type": "code", "scope": "openid", "state": "s", "nonce": "n", "code_challenge_method": "S256",
        "code_challenge": challenge, "redirect_uri": terms.redirect_uri,
    })
    back = broker.chosen(sealed or "", person)
    return parse_qs(urlsplit(back or "").query)["code"][0]


def test_a_code_of_the_citizens_provider_is_worth_nothing_at_the_desks_and_the_other_way_round() -> None:
    """The demonstration has one provider for each, with one secret behind all of them."""
    settings, verifier = Settings(), "v" * 64
    towns = gemeenten.load(["voorbeeld", "weidedorp"])
    places = [
        (wiring_logins.demo_broker(settings), wiring_logins.citizens(towns["voorbeeld"], settings).terms),
        *((wiring_logins.demo_desk_broker(town, settings), wiring_logins.desk(town, settings).terms) for town in towns.values()),
    ]
    for maker, terms in places:
        for taker, others in places:
            form = {
                "grant_type": "authorization_code", "code": code_of(maker, terms, {"bsn": "999990019"}, verifier),
                "code_verifier": verifier, "redirect_uri": others.redirect_uri, "client_id": others.client_id,
                "client_secret": others.secret,
            }
            status, _ = taker.token(form, "")
            assert status == (200 if maker is taker else 400), (terms.issuer, others.issuer)


async def test_where_nobody_has_an_account_nothing_is_guessed_or_noted(open_office: Opener, tmp_path: Path) -> None:
    folder = Path(staffed(tmp_path / "towns"))
    for path in folder.glob("*/gemeente.yml"):
        town = yaml.safe_load(path.read_text())
        town["desk"].pop("demo_agents", None)
        path.write_text(yaml.safe_dump(town, allow_unicode=True))
    async with open_office(gemeenten_dir=str(folder)) as office:
        response = await office.login(office.browser(), "sanne")
        assert (response.status, words.NO_ACCOUNTS in await response.text()) == (404, True)
        assert await entries(office) == []


@pytest.mark.parametrize("agreed", [
    "{gemeente_telefoon}", "{afgesproken}", "{0.__class__}", "{", "}}", "%s", "/restart", "[klik](javascript:alert(1))",
])
async def test_what_an_agent_agreed_is_only_text_for_the_bot(agreed: str) -> None:
    """From the event of the closing, as the brain hears it, to the sentence of the greeting."""
    event = events.handover("closed", agent={"name": "Sanne"}, outcome="opgelost", agreed=agreed)
    heard = await parse(event, None)  # type: ignore[arg-type]
    given = {entity["entity"]: entity["value"] for entity in heard["entities"]}
    assert (heard["intent"]["name"], given["afgesproken"]) == ("handover_returned", agreed)
    nlg = GemeenteNLG(found=gemeenten.load(["voorbeeld"]))
    nlg.responses = general_answers()[0]
    tracker = DialogueStateTracker("c", [])
    tracker.update(UserUttered("", metadata={"gemeente": "voorbeeld"}))
    said = await nlg.generate("utter_afgesproken", tracker, "website", afgesproken=agreed)
    assert said and said["text"] == f"Dit is afgesproken: {agreed}"


# --- what is no request ---

ODD = [
    "", "0", "-1", "9" * 30, "999999999", "é", "\0", "a" * 3000, "null", "[]", "1e9", "0001-01-01", "9999-12-31", "٣", "../..",
    "%2e%2e", "c_x:meta",
]
ASKED = [
    "/conv/{c}/history?before={v}", "/conv/{c}/events?after={v}", "/conv/{c}/suggestions?seq={v}", "/answers?q={v}",
    "/answers?conv={v}", "/search?q={v}", "/appointments/options?product={v}",
    "/appointments/options?product=paspoort&persons={v}",
    "/appointments/days?product=paspoort&location={v}", "/appointments/times?product=paspoort&location=stadhuis&day={v}",
    "/appointments/times?product={v}&day=2026-12-01", "/conv/{v}", "/conv/{v}/history?before=9",
]


@pytest.mark.parametrize("path", ASKED)
async def test_odd_questions_get_an_answer_in_words(office: Office, path: str) -> None:
    sanne, citizen = await office.agent("sanne"), await office.waiting(team="burgerzaken")
    await sanne.claim(citizen)
    for value in ODD:
        address = path.format(c=citizen.conv, v=quote(value, safe=""))
        async with sanne.http.get(URL(f"{sanne.origin}/desk/api{address}", encoded=True)) as response:
            assert response.status in {200, 403, 404, 422}, (address[:90], response.status)


@pytest.mark.parametrize("query", ["day={v}", "before={v}", "conv={v}", "agent={v}", "day=2026-11-27&before={v}"])
async def test_odd_filters_of_the_audit_log_get_an_answer_in_words(office: Office, query: str) -> None:
    bas = await office.agent("bas")
    for value in [*ODD, "1-1", "999999999999999-9999999999", "-", "1-", "2026-02-30"]:
        address = f"{bas.origin}/desk/api/audit?" + query.format(v=quote(value, safe=""))
        async with bas.http.get(URL(address, encoded=True)) as response:
            assert response.status in {200, 422}, (address[-60:], response.status)


BODIES = [
    b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"cid": 1}', b'{"__proto__": {}}', b"[" * 10_000, b'{"a":' * 3000, b"1e999",
    b'{"seq": -1}', b'{"seq": 1e30}', b'{"seq": 999999999999999999999}', b'{"limit": 0}', b'{"status": "\\u0000"}',
    b'{"team": ["a"]}', b'{"team": "x", "agent": "y"}', b'{"outcome": "opgelost", "note": {"a": 1}}',
    b'{"outcome": "constructor"}', b"x" * 20_000,
]
SENT = [
    "/presence", "/conv/{c}/claim", "/conv/{c}/messages", "/conv/{c}/notes", "/conv/{c}/typing", "/conv/{c}/read",
    "/conv/{c}/close", "/conv/{c}/transfer", "/conv/{c}/undo", "/conv/{c}/assign", "/conv/{c}/appointment",
    "/tasks/A7K-2FQ9/take", "/tasks/x/done", "/tasks/A7K-2FQ9/done", "/tasks/A7K-2FQ9/tried", "/tasks/%00/leave",
    "/tasks/A7K-2FQ9/leave",
]


@pytest.mark.parametrize("path", SENT)
async def test_odd_acts_change_nothing_and_get_an_answer_in_words(office: Office, path: str) -> None:
    noor, citizen = await office.agent("noor"), await office.waiting(team="burgerzaken")
    await noor.claim(citizen)
    before = await citizen.log()
    for body in BODIES:
        status, _ = await noor.post(path.format(c=citizen.conv), body)
        assert status < 500, (path, body[:40], status)
    assert await citizen.log() == before


@pytest.mark.parametrize("start", [
    "0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59-14:00", "2026-12-01T09:20+99:00", "2026-W49-2", "2026-12-01",
    "2026-12-01T24:00", "x", "2026-12-01T03:20:00.000000000001",
])
async def test_an_appointment_at_a_moment_that_is_none_is_refused(office: Office, start: str) -> None:
    sanne, citizen = await office.agent("sanne"), await office.waiting(team="burgerzaken")
    await sanne.claim(citizen)
    _, options = await sanne.get("/appointments/options")
    product = options["products"][0]["id"]
    _, options = await sanne.get(f"/appointments/options?product={product}")
    body = {"cid": str(uuid.uuid4()), "product": product, "location": options["locations"][0]["id"], "start": start}
    status, _ = await sanne.post(f"/conv/{citizen.conv}/appointment", body | {"name": "Sem Bakker", "phone": "0612345678"})
    assert status in {409, 422}
