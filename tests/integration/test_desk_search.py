"""An agent finds a conversation back by reference, case number or words; nobody finds what was hidden. Real HTTP, real Redis."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.conversation import events, references
from bot.conversation.audit import Wanted
from bot.conversation.mailbox import Answer
from bot.desk import search, words
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Citizen, Office, Opener
from tests.desk_people import numbers, staffed_office, talk

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    async with staffed_office(open_office, tmp_path) as found:
        yield found


async def find(agent: Agent, text: str) -> list[dict[str, Any]]:
    status, found = await agent.get(f"/search?q={quote(text)}")
    assert status == 200, found
    return found["found"]


async def closed(office: Office, agent: Agent, said: str, **handover: Any) -> Citizen:
    citizen = await office.waiting(**({"team": "burgerzaken"} | handover))
    await citizen.say(said)
    await agent.claim(citizen)
    await agent.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "Zaak is nagelopen"})
    return citizen


async def test_the_reference_is_found_however_it_is_spelled(office: Office) -> None:
    sanne = await office.agent("sanne")
    citizen = await office.waiting(team="burgerzaken")
    await office.waiting(team="burgerzaken")
    name = references.reference(office.services.settings.secret, citizen.conv)
    for typed in (name, name.lower(), name.replace("-", " "), name.replace("-", ""), name.removeprefix("B-")):
        [row] = await find(sanne, typed)
        assert (row["conv"], row["where"], row["excerpt"], row["open"]) == (citizen.conv, "waiting", "", True)


async def test_a_case_number_is_found_with_or_without_hyphens(office: Office) -> None:
    sanne = await office.agent("sanne")
    told = await office.waiting(team="burgerzaken", zaaknummer="ZAAK-2026-0001")
    shown = await office.citizen()
    part = {"kind": "case", "identificatie": "ZAAK-2026-0002", "zaaktype": "Vergunning", "status": "Ontvangen"}
    await talk(shown, "Hoe staat het met mijn zaak?", "Uw zaak is ontvangen.", topic="zaakstatus", parts=[part])
    await shown.queue(team="burgerzaken")
    assert numbers(await find(sanne, "zaak 2026 0001")) == [told.conv]
    assert numbers(await find(sanne, "ZAAK20260002")) == [shown.conv]
    assert await find(sanne, "ZAAK-2026-0003") == []


async def test_words_are_found_whatever_capitals_and_accents(office: Office) -> None:
    sanne = await office.agent("sanne")
    citizen = await closed(office, sanne, "Ik ben mijn rijbewijs verloren op het CAFÉ-terras in Ĳsselstein, gisteren")
    for typed in ("cafe-terras", "CAFÉ", "rijbewijs gisteren", "ijsselstein", "nagelopen"):
        [row] = await find(sanne, typed)
        assert (row["conv"], row["where"], row["outcome"], row["agent"]) == (citizen.conv, "closed", "Opgelost", "Sanne")
    [row] = await find(sanne, "cafe")
    assert "CAFÉ-terras" in row["excerpt"]
    assert await find(sanne, "rijbewijs morgen") == []


async def test_a_found_closed_conversation_can_be_opened(office: Office) -> None:
    sanne, bram = await office.agent("sanne"), await office.agent("bram")
    await closed(office, sanne, "Mijn paspoort is gestolen")
    [row] = await find(bram, "gestolen")
    assert row["open"] is True
    assert (await bram.get(f"/conv/{row['conv']}"))[1]["mode"] == "closed"


async def test_what_is_said_to_the_bot_after_the_closing_is_not_found(office: Office) -> None:
    sanne = await office.agent("sanne")
    citizen = await closed(office, sanne, "Mijn paspoort is gestolen")
    await citizen.say("Iets heel anders: mijn huwelijk")
    assert await find(sanne, "huwelijk") == []
    assert numbers(await find(sanne, "gestolen")) == [citizen.conv]


async def test_who_only_talked_with_the_bot_or_left_the_queue_is_not_found(office: Office) -> None:
    ans = await office.agent("ans")
    bot_only, left = await office.citizen(), await office.waiting(team="burgerzaken")
    await bot_only.say("Kenmerkend woord")
    await left.say("Kenmerkend woord")
    await office.services.handover.leave_queue(await office.services.store.get(left.conv))
    assert await find(ans, "kenmerkend") == []
    assert await find(ans, references.reference(office.services.settings.secret, bot_only.conv)) == []


async def test_hidden_masked_and_faded_text_is_neither_found_nor_shown(office: Office) -> None:
    sanne = await office.agent("sanne")
    citizen = await office.citizen()
    seq = await citizen.say("Mijn nummer is 0612345678")
    await citizen.turn(Answer([events.message("bot", "Dank u.", turn=f"t_{seq}")], hide=frozenset({seq})))
    part = {"kind": "case", "identificatie": "ZAAK-2026-0009", "zaaktype": "Bijstand", "status": "Ontvangen"}
    await talk(
        citizen, "Mijn zaken", "U hebt een zaak over bijstand.", topic="zaakstatus", parts=[part], _until=time.time() - 1
    )
    await citizen.queue(team="burgerzaken")
    for typed in ("0612345678", "bijstand", "ZAAK-2026-0009", "verborgen", "opnieuw in", "•••••••••", "999993653"):
        assert await find(sanne, typed) == [], typed
    _, meta = await sanne.get(f"/conv/{citizen.conv}")
    assert meta["context"]["zaken"] == []
    assert "bijstand" not in str(meta["context"])


async def test_a_shown_case_is_found_until_it_fades(office: Office) -> None:
    sanne, citizen = await office.agent("sanne"), await office.citizen()
    part = {"kind": "case", "identificatie": "ZAAK-2026-0009", "zaaktype": "Bijstand", "status": "Ontvangen"}
    await talk(citizen, "Mijn zaken", "U hebt een zaak.", topic="zaakstatus", parts=[part], _until=time.time() + 600)
    await citizen.queue(team="burgerzaken")
    assert numbers(await find(sanne, "ZAAK-2026-0009")) == [citizen.conv]


async def test_only_own_teams_and_a_lead_all_teams(office: Office) -> None:
    sanne, youssef, noor, ans = [await office.agent(name) for name in ("sanne", "youssef", "noor", "ans")]
    citizen = await closed(office, sanne, "Mijn paspoort is gestolen")
    name = references.reference(office.services.settings.secret, citizen.conv)
    assert await find(youssef, "gestolen") == []
    assert await find(youssef, name) == []
    assert numbers(await find(ans, "gestolen")) == [citizen.conv]
    debts = await closed(office, youssef, "Ik heb een betalingsachterstand", team="sociaal")
    assert await find(noor, "betalingsachterstand") == []  # words only in what she may open
    [row] = await find(noor, references.reference(office.services.settings.secret, debts.conv))
    assert (row["team"]["id"], row["open"]) == ("sociaal", False)
    assert (await noor.get(f"/conv/{debts.conv}"))[0] == 403


async def test_a_colleagues_conversation_says_that_it_can_not_be_opened(office: Office) -> None:
    sanne, bram, noor = [await office.agent(name) for name in ("sanne", "bram", "noor")]
    citizen = await office.waiting(team="burgerzaken", zaaknummer="ZAAK-2026-0001")
    await sanne.claim(citizen)
    await citizen.say("Alleen voor Sanne")
    [row] = await find(bram, "ZAAK-2026-0001")
    assert (row["where"], row["open"], row["excerpt"], row["agent"]["name"]) == ("team", False, "", "Sanne")
    assert await find(bram, "alleen voor sanne") == []
    [row] = await find(noor, "alleen voor sanne")
    assert (row["where"], row["open"]) == ("team", True)
    [row] = await find(sanne, "alleen voor sanne")
    assert row["where"] == "mine"


async def test_another_municipality_is_never_found(office: Office) -> None:
    ans = await office.agent("ans")
    elsewhere = await office.citizen("weidedorp")
    await elsewhere.say("Een bijzonder woord")
    await elsewhere.queue(team="algemeen")
    assert await find(ans, "bijzonder") == []
    assert await find(ans, references.reference(office.services.settings.secret, elsewhere.conv)) == []


async def test_an_erased_conversation_is_not_found(office: Office) -> None:
    sanne = await office.agent("sanne")
    citizen = await closed(office, sanne, "Mijn paspoort is gestolen")
    await office.services.store.erase(await office.services.store.get(citizen.conv))
    assert await find(sanne, "gestolen") == []


async def test_a_search_is_bounded_and_says_when_there_is_more(open_office: Opener, tmp_path: Path) -> None:
    async with staffed_office(open_office, tmp_path, search_found=2, search_conversations=4) as office:
        sanne = await office.agent("sanne")
        many = [await office.waiting(team="burgerzaken") for _ in range(3)]
        for citizen in many:
            await citizen.say("Wat kost een paspoort?")
        status, found = await sanne.get("/search?q=paspoort")
        assert (status, numbers(found["found"]), found["more"]) == (200, [c.conv for c in many[:2]], True)
        for _ in range(2):
            last = await office.waiting(team="burgerzaken")
        await last.say("Een zeldzaam woord")
        _, found = await sanne.get("/search?q=zeldzaam")
        assert (found["found"], found["more"]) == ([], True)
    async with staffed_office(open_office, tmp_path / "slow", search_seconds=0.0) as office:
        sanne = await office.agent("sanne")
        assert (await sanne.get("/search?q=paspoort"))[1]["more"] is False  # one look is all it takes


@pytest.mark.parametrize("typed", ["", "  ", "ab", "x" * 101])
async def test_too_little_or_too_much_is_said(office: Office, typed: str) -> None:
    sanne = await office.agent("sanne")
    status, found = await sanne.get(f"/search?q={quote(typed)}")
    assert (status, found["title"]) == (422, words.SEARCH_LENGTH)


async def test_the_audit_log_knows_that_was_searched_and_not_for_what(office: Office) -> None:
    sanne = await office.agent("sanne")
    citizen = await closed(office, sanne, "Mijn paspoort is gestolen")
    await find(sanne, "gestolen")
    found, _ = await office.services.audit.read("voorbeeld", Wanted(), count=100, most=1000)
    [searched] = [entry for entry in found if entry.action == "search"]
    assert dict(searched.details) == {"count": 1}
    assert [entry.conv for entry in found if entry.action == "search_found"] == [citizen.conv]
    assert "gestolen" not in str(found)


@pytest.mark.parametrize(("text", "typed", "excerpt"), [
    ("Café Noir", "noir", "Café Noir"),
    ("CAFE\u0301 in de Ĳsselstraat", "ijssel", "CAFE\u0301 in de Ĳsselstraat"),
    ("De ﬁets", "fiets", "De ﬁets"),
    ("a" * 100 + " hier " + "b" * 100, "hier", "…" + "a" * 59 + " hier " + "b" * 59 + "…"),
    ("Niets", "iets anders", ""),
])
def test_an_excerpt_shows_the_words_as_they_were_typed(text: str, typed: str, excerpt: str) -> None:
    assert search.cut(text, search.wanted(typed).words) == excerpt
