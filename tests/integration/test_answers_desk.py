"""An agent looks for an answer while a citizen waits: the knowledge base and the canned answers, over HTTP."""

import asyncio
from datetime import date, datetime
from typing import Any

from bot.conversation.queue import Agent as Person
from bot.conversation.references import reference
from bot.conversation.sessions import Person as Who
from bot.conversation.sessions import Sessions
from bot.gemeenten import AMSTERDAM
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Citizen, Office, Opener

desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=AMSTERDAM)
SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=AMSTERDAM)


async def _find(agent: Agent, query: str = "", citizen: Citizen | None = None) -> list[dict[str, Any]]:
    status, body = await agent.get(f"/answers?q={query}&conv={citizen.conv if citizen else ''}")
    assert status == 200, body
    return list(body["answers"])


async def _with_role(office: Office, role: str) -> Agent:
    """A browser of somebody with this role only."""
    who = Who(Person("sanne", "Sanne"), "voorbeeld", (role,))
    session = await Sessions(office.services.redis).create(who, 600)
    http = office.browser()
    http.cookie_jar.update_cookies({"balie_desk": session})
    return Agent(http, office.origin, "")


async def test_an_answer_comes_whole_with_its_source_and_the_day_it_was_checked(office: Office) -> None:
    [first, *_] = await _find(await office.agent(), "paspoort kosten")
    assert (first["id"], first["kind"]) == ("utter_paspoort_aanvragen_kosten", "knowledge")
    assert first["title"] == "Paspoort aanvragen: kosten"
    assert "€ 88,65" in first["text"] and "{" not in first["text"]
    assert first["source"].startswith("https://") and date.fromisoformat(first["reviewed"]) <= date(2026, 12, 31)
    assert first["open"] == []


async def test_each_agent_finds_what_the_own_municipality_answers(office: Office) -> None:
    [ours, *_] = await _find(await office.agent(), "hondenbelasting")
    [theirs, *_] = await _find(await office.agent("marieke", gemeente="weidedorp"), "hondenbelasting")
    assert "€ 76" in ours["text"] and "heeft geen hondenbelasting" in theirs["text"]


async def test_what_is_open_now_is_told_as_it_is_now(office: Office) -> None:
    agent = await office.agent()
    for now, told in ((MONDAY, "De balie is nu open tot"), (SUNDAY, "De balie is nu dicht")):
        office.services.now = lambda now=now: now  # type: ignore[misc]
        assert told in (await _find(agent, "adres"))[0]["text"]


async def test_a_canned_answer_has_the_names_of_this_conversation(office: Office) -> None:
    citizen = await office.waiting(zaaknummer="ZAAK-2026-0001")
    agent = await office.agent()
    await agent.claim(citizen)
    assert "u spreekt met Sanne van Gemeente Voorbeeld" in (await _find(agent, "groet", citizen))[0]["text"]
    found = {one["id"]: one for one in await _find(agent, "", citizen)}
    assert 'gaat over "Paspoort aanvragen"' in found["groet_onderwerp"]["text"]
    assert "nummer ZAAK-2026-0001" in found["over_uw_zaak"]["text"] and found["over_uw_zaak"]["open"] == []
    assert reference(office.services.settings.secret, citizen.conv) in found["afsluiten_referentie"]["text"]


async def test_what_is_not_known_is_left_to_be_filled_in(office: Office) -> None:
    citizen = await office.waiting()
    agent = await office.agent()
    await agent.claim(citizen)
    for one in ((await _find(agent, "zaak", citizen)), (await _find(agent, "zaak"))):
        about = next(found for found in one if found["id"] == "over_uw_zaak")
        assert "met nummer [zaaknummer]." in about["text"] and about["open"] == ["zaaknummer"]


async def test_the_values_of_a_colleagues_conversation_stay_there(office: Office) -> None:
    citizen = await office.waiting(zaaknummer="ZAAK-2026-0001")
    await (await office.agent("youssef")).claim(citizen)
    other = await office.agent()
    status, body = await other.get(f"/answers?q=zaak&conv={citizen.conv}")
    assert status == 403 and "ZAAK" not in str(body)
    stranger = await office.agent("marieke", gemeente="weidedorp")
    assert (await stranger.get(f"/answers?q=zaak&conv={citizen.conv}"))[0] == 403
    assert (await other.get("/answers?q=zaak&conv=c_nergens"))[0] == 404


async def test_an_editor_finds_answers_but_sees_no_conversation(office: Office) -> None:
    citizen = await office.waiting(zaaknummer="ZAAK-2026-0001")
    editor = await _with_role(office, "editor")
    assert (await _find(editor, "paspoort"))[0]["id"] == "utter_paspoort_aanvragen"
    assert len(await _find(editor)) >= 15
    assert (await editor.get(f"/answers?q=zaak&conv={citizen.conv}"))[0] == 403


async def test_who_has_no_business_with_answers_gets_none(office: Office) -> None:
    assert (await (await _with_role(office, "administrator")).get("/answers?q=paspoort"))[0] == 403
    assert (await Agent(office.browser(), office.origin, "").get("/answers?q=paspoort"))[0] == 401


async def test_there_are_never_more_than_can_be_looked_through(open_office: Opener) -> None:
    async with open_office(answers_found=3) as office:
        agent = await office.agent()
        assert len(await _find(agent, "afspraak")) == 3
        assert await _find(agent, "x" * 5000) == []


async def test_several_agents_search_at_once_when_the_desk_has_just_started(office: Office) -> None:
    agents = [await office.agent(user) for user in ("sanne", "youssef")]
    found = await asyncio.gather(*(_find(agent, "grofvuil") for agent in agents * 5))
    assert {one[0]["id"] for one in found} == {"utter_afval_grofvuil"}
