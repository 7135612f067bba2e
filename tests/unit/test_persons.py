"""A person beside an answer: once with topics that ask for one, always in danger, and from the second outage on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import content, gemeenten
from bot.brain import parsing
from bot.brain.answers import collect
from bot.brain.nlg import GemeenteNLG
from bot.brain.persons import OUTAGES, note_outage
from bot.conversation import events
from bot.settings import ROOT, Settings
from tests.unit.test_gemeenten import general_answers

PERSON_FIRST = {"schuldhulp", "bijstand", "bijzondere_bijstand_minima", "jeugdhulp", "wmo", "crisis"}
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load([str(ROOT / "domain.yml")])


@pytest.fixture(scope="module")
def nlg(domain: Domain) -> GemeenteNLG:
    made = GemeenteNLG(found=gemeenten.load(Settings().gemeente_names), now=lambda: NOW)
    made.responses = general_answers()[0] | domain.responses
    return made


@pytest.fixture
def tracker(domain: Domain) -> DialogueStateTracker:
    return DialogueStateTracker("c", domain.slots)


async def answer(nlg: GemeenteNLG, tracker: DialogueStateTracker, topic: str, text: str = "…") -> dict[str, Any]:
    """The answer, as the tracker keeps it too."""
    tracker.update(UserUttered(text, metadata={"gemeente": "voorbeeld"}))
    found = await nlg.generate(f"utter_{topic}", tracker, "website")
    assert found
    tracker.update(BotUttered(found["text"], metadata={"utter_action": f"utter_{topic}", "metadata": found["metadata"]}))
    return found


def offers(found: dict[str, Any]) -> list[str]:
    """Payloads of the buttons to a person in the event that the citizen gets."""
    payloads = collect([found], "t_1", 1.0).events[0].get("_payloads", [])
    return [payload for payload in payloads if payload.startswith("/contact_medewerker")]


def test_debts_benefits_youth_care_and_danger_are_marked() -> None:
    assert {slug for slug, topic in content.load().items() if topic.person_first} == PERSON_FIRST


@pytest.mark.parametrize("topic", sorted(PERSON_FIRST - {"crisis"}))
async def test_the_answer_is_given_with_a_person_beside_it(nlg: GemeenteNLG, tracker: DialogueStateTracker, topic: str) -> None:
    found = await answer(nlg, tracker, topic)
    assert found["text"].index("Praat u hier liever met iemand over") > 100
    assert offers(found) == ['/contact_medewerker{"reden": "person_first"}']


async def test_it_is_offered_once_and_not_with_each_question(nlg: GemeenteNLG, tracker: DialogueStateTracker) -> None:
    assert offers(await answer(nlg, tracker, "schuldhulp"))
    for topic, text in (("schuldhulp", "wat kost dat"), ("bijstand", "en bijstand"), ("schuldhulp", "hoe lang duurt het")):
        found = await answer(nlg, tracker, topic, text)
        assert not offers(found) and "liever met iemand" not in found["text"]
    await answer(nlg, tracker, "paspoort_aanvragen")
    assert offers(await answer(nlg, tracker, "bijstand")), "after another subject it is offered again"


async def test_it_does_not_come_between_the_questions_of_a_form(nlg: GemeenteNLG, tracker: DialogueStateTracker) -> None:
    tracker.update(ActiveLoop("afspraak_form"))
    assert not offers(await answer(nlg, tracker, "schuldhulp"))


async def test_other_topics_are_answered_as_before(nlg: GemeenteNLG, tracker: DialogueStateTracker) -> None:
    assert not offers(await answer(nlg, tracker, "paspoort_aanvragen"))


async def test_in_danger_the_numbers_come_first_and_a_person_is_always_beside_them(
    nlg: GemeenteNLG, tracker: DialogueStateTracker
) -> None:
    for _ in range(2):
        found = await answer(nlg, tracker, "crisis")
        assert found["text"].index("112") < 200 and offers(found) == ['/contact_medewerker{"reden": "crisis"}']


@pytest.mark.parametrize("name", ["zaken_storing", "afspraken_storing", "inloggen_storing", "berichten_storing", "onzeker_book"])
async def test_a_system_that_stays_down_leads_to_a_person(nlg: GemeenteNLG, tracker: DialogueStateTracker, name: str) -> None:
    first = await answer(nlg, tracker, name)
    assert "nog steeds niet, het spijt me" not in first["text"]
    note_outage(tracker, [first], NOW - timedelta(minutes=59))
    second = await answer(nlg, tracker, name)
    assert "Een medewerker kan u nu misschien beter helpen" in second["text"]
    assert offers(second) == ['/contact_medewerker{"reden": "outage"}'], "one button to a person, not two"
    assert second["text"].startswith(first["text"].split("\n")[0][:20]), "what is wrong is still said"


@pytest.mark.parametrize("before", [(NOW - timedelta(hours=1)).timestamp(), 3])  # 3: outages were counted once
async def test_an_outage_of_long_ago_is_not_said_to_last(nlg: GemeenteNLG, tracker: DialogueStateTracker, before: float) -> None:
    tracker.update(SlotSet(OUTAGES, before))
    found = await answer(nlg, tracker, "zaken_storing")
    assert "Een medewerker kan u nu misschien beter helpen" not in found["text"]
    assert '/contact_medewerker{"reden": "outage"}' not in offers(found)


def test_only_outages_are_noted(tracker: DialogueStateTracker) -> None:
    note_outage(tracker, [{"metadata": {"outcome": "fallback"}}, {}], NOW)
    assert tracker.get_slot(OUTAGES) is None


async def test_what_the_desk_closed_with_reaches_the_greeting_and_cannot_be_typed() -> None:
    closed = events.handover("closed", agent={"name": "Sanne"}, outcome="opgelost", agreed="U krijgt {een} brief.")
    parsed = await parsing.parse(closed, None)  # type: ignore[arg-type]
    assert {e["entity"]: e["value"] for e in parsed["entities"]} == {
        "uitkomst": "opgelost", "medewerker": "Sanne", "afgesproken": "U krijgt {een} brief.",
    }
    assert parsed["text"] == "" and parsed["intent"]["name"] == "handover_returned"


async def test_what_an_agent_wrote_is_shown_as_it_was_written(nlg: GemeenteNLG, tracker: DialogueStateTracker) -> None:
    tracker.update(UserUttered("", metadata={"gemeente": "voorbeeld"}))
    found = await nlg.generate("utter_afgesproken", tracker, "website", afgesproken="Bel {gemeente_telefoon} & <b>vraag</b>")
    assert found and found["text"] == "Dit is afgesproken: Bel {gemeente_telefoon} & <b>vraag</b>"
