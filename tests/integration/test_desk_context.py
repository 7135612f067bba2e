"""Beside a conversation an agent sees what it is about, from the log and from what the bot told. Real HTTP, real Redis."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.contacts import CallbackRequest
from bot.conversation import events, references
from bot.conversation.mailbox import Answer
from tests import desk_fixtures
from tests.desk_fixtures import SUMMARY, Agent, Citizen, Office, Opener, until
from tests.desk_people import staffed_office, talk

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office

CASE = {"kind": "case", "identificatie": "ZAAK-2026-0007", "zaaktype": "Vergunning", "status": "In behandeling"}


BACK = Answer([events.message("bot", "U praat weer met mij.", name="Gem")])


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    async with staffed_office(open_office, tmp_path) as found:
        yield found


async def seen(agent: Agent, citizen: Citizen) -> dict[str, Any]:
    status, found = await agent.get(f"/conv/{citizen.conv}")
    assert status == 200, found
    return found


async def test_everything_that_was_said_so_far_is_at_hand(office: Office) -> None:
    citizen, sanne = await office.citizen(), await office.agent("sanne")
    answered = {"topic": "paspoort_aanvragen", "outcome": "answered"}
    passport = await talk(citizen, "Wat kost een paspoort?", "Een paspoort kost geld.", **answered)
    odd = await talk(citizen, "Dinges van de dinges", "Dat begrijp ik niet.", outcome="fallback")
    await talk(citizen, "Mijn zaak", "Uw zaak loopt.", topic="zaakstatus", outcome="answered", parts=[CASE])
    await citizen.queue(
        team="burgerzaken", priority=True, reason="not_understood", zaaknummer="ZAAK-2026-0007",
        form=[["Waarvoor", "Paspoort"], ["Locatie", "Stadhuis"]],
    )
    found = await seen(sanne, citizen)
    context = found["context"]
    assert (found["mode"], found["may"], found["priority"]) == ("waiting", ["claim", "note"], True)
    assert found["team"] == {"id": "burgerzaken", "name": "Burgerzaken"}
    assert found["reference"] == references.reference(office.services.settings.secret, citizen.conv)
    assert (context["topic"], context["summary"], context["zaaknummer"]) == ("Paspoort aanvragen", SUMMARY, "ZAAK-2026-0007")
    assert context["reason"] == "De assistent begreep de vraag niet"
    assert context["form"] == [["Waarvoor", "Paspoort"], ["Locatie", "Stadhuis"]]
    assert {"seq": passport, "said": "Wat kost een paspoort?", "topic": "Paspoort aanvragen"} in context["asked"]
    assert context["unsure"] == [{"seq": odd, "said": "Dinges van de dinges", "outcome": "fallback"}]
    assert context["zaken"] == [{"identificatie": "ZAAK-2026-0007", "zaaktype": "Vergunning", "status": "In behandeling"}]
    assert context["earlier"] == []
    assert (found["here"], found["pending"], found["read"]) == ({"open": False, "seen": None}, None, {"citizen": 0, "agent": 0})


async def test_earlier_agents_are_told_and_a_closing_is_nothing_from_before(office: Office) -> None:
    citizen, sanne, bram = await office.waiting(team="burgerzaken"), await office.agent("sanne"), await office.agent("bram")
    await sanne.claim(citizen)
    assert (await seen(sanne, citizen))["may"] == ["say", "note", "close", "transfer", "book"]
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "niet_bereikt"})
    await citizen.turn(BACK)
    assert (await seen(bram, citizen))["context"]["earlier"] == []
    await citizen.queue(team="burgerzaken")
    [earlier] = (await seen(bram, citizen))["context"]["earlier"]
    assert (earlier["agent"], earlier["outcome"]) == ("Sanne", "Inwoner niet bereikt")


async def test_of_a_closed_conversation_only_what_the_desk_may_know_is_summed_up(office: Office) -> None:
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    await sanne.claim(citizen)
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost"})
    await citizen.turn(BACK)
    await talk(citizen, "Nog een vraag", "Een zaak.", topic="paspoort_aanvragen", outcome="answered", parts=[CASE])
    context = (await seen(sanne, citizen))["context"]
    assert (context["asked"], context["zaken"]) == ([], [])


async def test_a_long_conversation_is_summed_up_from_its_last_part(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path, desk_context_events=16) as office:
        citizen, sanne = await office.citizen(), await office.agent("sanne")
        for said in ["Lang geleden", *["Daarna"] * 10]:
            await talk(citizen, said, "Antwoord.", topic="paspoort_aanvragen", outcome="answered")
        await talk(citizen, "Zojuist", "Antwoord.", topic="paspoort_aanvragen", outcome="answered")
        await citizen.queue(team="burgerzaken")
        said = [row["said"] for row in (await seen(sanne, citizen))["context"]["asked"]]
        assert said[-1] == "Zojuist" and "Lang geleden" not in said


async def test_call_backs_are_counted_for_the_teams_of_the_agent(office: Office) -> None:
    sanne, youssef, ans = [await office.agent(name) for name in ("sanne", "youssef", "ans")]
    request = CallbackRequest(
        name="Jan Jansen", phone="+31612345678", when="Morgen", topic="schuldhulp", summary="Vroeg naar schulden",
        conversation="c_x", team="sociaal",
    )
    await office.services.contacts("voorbeeld").register(request, key="c_x:1")

    async def counted(agent: Agent, wanted: int) -> bool:
        return (await agent.get("/lists"))[1]["tasks"]["open"] == wanted

    await until(lambda: counted(ans, 1))
    await until(lambda: counted(youssef, 1))
    assert await counted(sanne, 0)
