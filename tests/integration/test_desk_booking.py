"""An agent makes an appointment for the citizen they talk with: once, told as the bot tells it. Real HTTP, real Redis."""

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.appointments import Item
from bot.conversation.audit import Wanted
from bot.conversation.queue import Agent as Person
from bot.conversation.redis import EmbeddedRedis
from bot.desk import words
from bot.gemeenten import AMSTERDAM
from tests import desk_fixtures, jcc_town
from tests.desk_fixtures import Agent, Citizen, Office, Opener
from tests.stubs.faults import Fault
from tests.stubs.jcc import CLIENT_ID, SECRET, JccStub

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office

MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=AMSTERDAM)
START = "2026-12-01T09:20"


@pytest.fixture
async def office(open_office: Opener) -> AsyncIterator[Office]:
    async with open_office() as found:
        found.services.now = lambda: MONDAY
        yield found


async def talking(office: Office, **where: Any) -> tuple[Citizen, Agent]:
    citizen, agent = await office.citizen(**where), await office.agent()
    await citizen.queue()
    assert (await agent.claim(citizen))[0] == 200
    return citizen, agent


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "cid": str(uuid.uuid4()), "product": "paspoort", "persons": 1, "location": "stadhuis", "start": START,
        "name": "Jan Jansen",
    } | changes


async def book(agent: Agent, citizen: Citizen, body: dict[str, Any]) -> tuple[int, Any]:
    return await agent.post(f"/conv/{citizen.conv}/appointment", body)


def cards(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for body in log for part in body.get("parts", []) if part["kind"] == "appointment"]


async def test_what_is_free_is_offered_step_by_step(office: Office) -> None:
    agent = await office.agent()
    status, found = await agent.get("/appointments/options")
    assert (status, found["products"][0]["id"], found["locations"], found["asks"]) == (200, "paspoort", [], [])
    _, found = await agent.get("/appointments/options?product=paspoort&persons=2")
    assert [place["id"] for place in found["locations"]] == ["stadhuis", "noord"]
    _, found = await agent.get("/appointments/days?product=paspoort&persons=2&location=noord")
    assert found["days"][0] == "2026-12-01"  # noord is open on tuesdays and thursdays
    _, found = await agent.get("/appointments/times?product=paspoort&persons=1&location=stadhuis&day=2026-12-01")
    assert found["times"][:3] == ["09:00", "09:20", "09:40"]
    assert (await agent.get("/appointments/days?product=nergens&location=noord"))[1] == {"days": []}


@pytest.mark.parametrize("query", [
    "days?product=&location=noord", "days?product=paspoort&persons=0&location=noord", "days?product=paspoort&persons=7",
    "times?product=paspoort&location=noord&day=morgen", "times?product=paspoort&persons=²&location=noord&day=2026-12-01",
])
async def test_a_question_that_makes_no_sense_is_refused(office: Office, query: str) -> None:
    agent = await office.agent()
    assert (await agent.get(f"/appointments/{query}"))[0] == 422


async def test_the_citizen_gets_the_appointment_as_the_bot_would_tell_it(office: Office) -> None:
    citizen, agent = await talking(office)
    status, made = await book(agent, citizen, wish(persons=2, start="2026-12-01T09:40"))
    assert (status, made["start"], made["location"]) == (201, "2026-12-01T09:40:00+01:00", "Stadhuis")
    [message] = [body for body in await citizen.log() if body["type"] == "message" and body["from"]["role"] == "agent"]
    [card] = message["parts"]
    assert message["from"]["name"] == "Sanne"
    assert (card["kind"], card["reference"]) == ("appointment", made["reference"])
    assert card["products"] == [{"name": "Paspoort aanvragen", "persons": 2}]
    assert "een pasfoto van maximaal 6 maanden oud" in card["bring"]
    assert f"Afspraaknummer: {made['reference']}." in message["text"] and "Neem mee:" in message["text"]
    key, reference, code = office.services.calendar_links.open(card["ics"].rpartition("/")[2].removesuffix(".ics"))
    found = await office.services.appointments(key).get(reference, code)
    assert (found.reference, found.items) == (made["reference"], (Item("paspoort", 2),))
    assert code in message["text"] and code not in str(card).replace(card["ics"], "")
    _, meta = await agent.get(f"/conv/{citizen.conv}")
    assert meta["context"]["appointments"] == [
        {"reference": made["reference"], "start": "2026-12-01T09:40:00+01:00", "location": "Stadhuis"}
    ]
    entries, _ = await office.services.audit.read("voorbeeld", Wanted(), count=50, most=100)
    [entry] = [entry for entry in entries if entry.action == "book"]
    assert (entry.conv, dict(entry.details)) == (citizen.conv, {"reference": made["reference"]})
    assert "Jansen" not in str(entries)


async def test_the_same_again_after_a_lost_answer_is_the_same_appointment(office: Office) -> None:
    citizen, agent = await talking(office)
    body = wish()
    answers = await asyncio.gather(*(book(agent, citizen, body) for _ in range(5)))
    assert {status for status, _ in answers} == {201}
    assert len({found["reference"] for _, found in answers}) == 1
    assert len(cards(await citizen.log())) == 1
    other, _ = await book(agent, citizen, wish(start="2026-12-01T09:40"))
    assert other == 201 and len(cards(await citizen.log())) == 2  # another cid is another appointment


async def test_the_same_cid_in_another_conversation_is_another_appointment(office: Office) -> None:
    citizen, agent = await talking(office)
    second, _ = await talking(office)
    body = wish()
    first, other = await book(agent, citizen, body), await book(agent, second, body | {"start": "2026-12-01T10:00"})
    assert (first[0], other[0]) == (201, 201)
    assert first[1]["reference"] != other[1]["reference"]


async def test_a_time_that_was_taken_in_between_is_said(office: Office) -> None:
    citizen, agent = await talking(office)
    for _ in range(20):
        status, found = await book(agent, citizen, wish())
        if status != 201:
            break
    assert (status, found["type"], found["title"]) == (409, "urn:balie:desk:slot_taken", words.SLOT_TAKEN)
    status, found = await book(agent, citizen, wish(start="2026-11-29T09:00"))  # a sunday that is over
    assert (status, found["title"]) == (409, words.SLOT_TAKEN)


@pytest.mark.parametrize(("changes", "title"), [
    ({"name": " "}, words.NO_NAME), ({"name": "Jan 999993653"}, words.NO_NAME), ({"name": "x" * 81}, words.NO_NAME),
    ({"start": "morgen"}, words.NO_TIME), ({"persons": 7}, words.persons_between(6)), ({"product": ""}, words.NO_PRODUCT),
    ({"email": "geen adres"}, words.NO_EMAIL), ({"phone": "12"}, words.NO_PHONE),
])
async def test_what_is_not_right_is_said_and_nothing_is_booked(office: Office, changes: dict[str, Any], title: str) -> None:
    citizen, agent = await talking(office)
    status, found = await book(agent, citizen, wish(**changes))
    assert (status, found["title"]) == (422, title)
    assert cards(await citizen.log()) == []


async def test_only_who_has_the_conversation_books(office: Office) -> None:
    citizen, _ = await talking(office)
    youssef = await office.agent("youssef")
    status, found = await book(youssef, citizen, wish())
    assert (status, found["title"]) == (409, words.has_it("Sanne"))
    waiting = await office.waiting()
    assert (await book(youssef, waiting, wish()))[0] == 409
    assert cards(await citizen.log()) == []


async def test_who_lost_the_conversation_meanwhile_still_tells_of_what_was_made(office: Office) -> None:
    citizen, agent = await talking(office)
    supplier = office.services.appointments("voorbeeld")
    original = supplier.book

    async def slow(*args: Any, **named: Any) -> Any:
        made = await original(*args, **named)
        found = await office.services.store.get(citizen.conv)
        await office.services.handover.to_agent(found, Person("ans", "Ans"), Person("youssef", "Youssef"), force=True)
        return made

    supplier.book = slow  # what happens meanwhile, on the real supplier
    status, made = await book(agent, citizen, wish())
    assert status == 201
    assert [card["reference"] for card in cards(await citizen.log())] == [made["reference"]]
    assert (await office.services.store.get(citizen.conv)).agent == "youssef"


async def test_who_is_told_of_a_conversation_that_was_erased_meanwhile_gets_the_number(office: Office) -> None:
    citizen, agent = await talking(office)
    supplier = office.services.appointments("voorbeeld")
    original = supplier.book

    async def slow(*args: Any, **named: Any) -> Any:
        made = await original(*args, **named)
        await office.services.store.erase(await office.services.store.get(citizen.conv))
        return made

    supplier.book = slow
    status, found = await book(agent, citizen, wish())
    assert status == 404
    assert found["title"] == words.booked_but_gone(found["reference"])


async def test_a_store_that_fails_after_the_booking_is_told_and_the_same_again_mends_it(
    open_office: Opener, desk_redis: EmbeddedRedis
) -> None:
    async with open_office(store_timeout_seconds=0.5) as office:
        office.services.now = lambda: MONDAY
        citizen, agent = await talking(office)
        supplier, body = office.services.appointments("voorbeeld"), wish()
        original = supplier.book

        async def then_frozen(*args: Any, **named: Any) -> Any:
            made = await original(*args, **named)
            desk_redis.process.send_signal(signal.SIGSTOP)
            return made

        supplier.book = then_frozen
        try:
            status, found = await book(agent, citizen, body)
        finally:
            desk_redis.process.send_signal(signal.SIGCONT)
        supplier.book = original
        assert (status, found["title"]) == (503, words.booked_but_untold(found["reference"]))
        status, again = await book(agent, citizen, body)
        assert (status, again["reference"]) == (201, found["reference"])
        assert len(cards(await citizen.log())) == 1


# --- a supplier over HTTP ---


@pytest.fixture
async def jcc() -> AsyncIterator[JccStub]:
    async with jcc_town.jcc() as stub:
        yield stub


@pytest.fixture
async def jcc_office(jcc: JccStub, open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    jcc_town.write(tmp_path / "gemeenten", jcc)
    async with open_office(
        gemeenten_dir=str(tmp_path / "gemeenten"), gemeenten=jcc_town.KEY, jcc_client_id=CLIENT_ID, jcc_secret=SECRET,
        backend_seconds=1.5, request_seconds=1.0,
    ) as found:
        yield found


async def free(agent: Agent, product: str) -> str:
    _, found = await agent.get(f"/appointments/days?product={product}&persons=1&location=stadhuis")
    day = found["days"][1]
    _, found = await agent.get(f"/appointments/times?product={product}&persons=1&location=stadhuis&day={day}")
    return f"{day}T{found['times'][0]}"


async def test_what_the_supplier_requires_is_asked_and_sent(jcc: JccStub, jcc_office: Office) -> None:
    citizen, agent = await talking(jcc_office, gemeente=jcc_town.KEY)
    _, found = await agent.get("/appointments/options?product=geboorteaangifte")
    assert found["asks"] == ["phone"]
    _, found = await agent.get("/appointments/options?product=paspoort")
    assert found["asks"] == []
    body = wish(product="geboorteaangifte", start=await free(agent, "geboorteaangifte"))
    status, found = await book(agent, citizen, body)
    assert (status, found["type"], found["title"]) == (422, "urn:balie:desk:phone_needed", words.PHONE_NEEDED)
    assert jcc.wrote() == []
    status, _ = await book(agent, citizen, body | {"phone": "06 12345678", "email": "Jan@Example.nl"})
    assert status == 201
    sent = jcc.wrote()[-1].body["customerList"][0]
    assert (sent["mobilePhoneNumber"], sent["emailAddress"]) == ("+31612345678", "jan@example.nl")


async def test_a_supplier_that_is_down_is_said_and_nothing_is_booked(jcc: JccStub, jcc_office: Office) -> None:
    citizen, agent = await talking(jcc_office, gemeente=jcc_town.KEY)
    start = await free(agent, "paspoort")
    jcc.faults.append(Fault("status"))
    for path in ("options?product=paspoort", "days?product=paspoort&location=stadhuis",
                 "times?product=paspoort&location=stadhuis&day=2026-12-01"):
        status, found = await agent.get(f"/appointments/{path}")
        assert (status, found["title"]) == (503, words.APPOINTMENTS_DOWN), path
    status, found = await book(agent, citizen, wish(start=start))
    assert (status, found["title"]) == (503, words.BOOKING_DOWN)
    assert cards(await citizen.log()) == []


async def test_an_unknown_outcome_is_told_honestly_and_never_booked_twice(jcc: JccStub, jcc_office: Office) -> None:
    citizen, agent = await talking(jcc_office, gemeente=jcc_town.KEY)
    body = wish(start=await free(agent, "paspoort"))
    jcc.faults.append(Fault("dies", "POST", times=1))
    for _ in range(2):
        status, found = await book(agent, citizen, body)
        assert (status, found["type"], found["title"]) == (502, "urn:balie:desk:outcome_unknown", words.BOOKING_UNKNOWN)
    assert len(jcc.wrote()) == 1
    assert cards(await citizen.log()) == []
