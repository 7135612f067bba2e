"""The way to a person, up to the queue: what is offered when, what the agent is told, who goes first. Fake clock."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import here
from actions.forms import KEPT, Submit
from actions.medewerker import ActionCrisis, ActionHandover, ActionOfferPerson, ActionResumeForm, ActionReturned
from actions.overdracht import LABELS, told, why
from actions.terugbellen import ActionWanneerBellen, ValidateTerugbelForm
from bot import gemeenten
from bot.conversation import events
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.queue import Agent
from bot.conversation.references import reference
from bot.wiring import Services, use
from tests.handover_fixtures import SANNE, YOUSSEF

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 10, tzinfo=UTC)
WAYS = ["Laat mij terugbellen", "Maak een afspraak"]
FORM = {"producten": [{"id": "paspoort", "persons": 2}], "locatie": "stadhuis", "dag": "2026-12-01", "naam": "Sem Bakker"}


@pytest.fixture
async def counter(services: Services) -> AsyncIterator[Services]:
    services.now = lambda: TUESDAY
    town = services.gemeente("voorbeeld")
    town.hours["chat"] = gemeenten.opening({day: ["09:00-17:00"] for day in ("ma", "di", "wo", "do", "vr")})
    use(services)
    yield services


def heard(intent: str, text: str = "…", confidence: float = 0.9, **entities: str) -> dict[str, Any]:
    """A message as the tracker keeps it."""
    return {
        "event": "user", "text": text, "metadata": {"gemeente": "voorbeeld", "seq": 7, "key": "c_anna:7"},
        "parse_data": {
            "intent": {"name": intent, "confidence": confidence}, "text": text,
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        },
    }


def said(topic: str, outcome: str = "answered") -> dict[str, Any]:
    return {"event": "bot", "metadata": {"utter_action": f"utter_{topic}", "metadata": {"topic": topic, "outcome": outcome}}}


def tracker(*happened: dict[str, Any], **slots: Any) -> Tracker:
    """After what happened, the last of which is the message of this turn."""
    last = happened[-1]
    message = last["parse_data"] | {"metadata": last["metadata"]}
    return Tracker("c_anna", slots, message, list(happened), False, None, {}, "action_listen")


async def run(action: Any, asked: Tracker) -> tuple[CollectingDispatcher, list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    return dispatcher, await action.run(dispatcher, asked, {})


def responses(dispatcher: CollectingDispatcher) -> list[str]:
    return [message["response"] for message in dispatcher.messages]


def choices(dispatcher: CollectingDispatcher) -> list[str]:
    return [button["title"] for message in dispatcher.messages for button in message["buttons"]]


def event(dispatcher: CollectingDispatcher) -> dict[str, Any]:
    return next(message["custom"]["event"] for message in dispatcher.messages if "event" in message["custom"])


def handover(dispatcher: CollectingDispatcher) -> dict[str, Any]:
    return dispatcher.messages[0]["custom"]["handover"]  # type: ignore[no-any-return]


async def present(counter: Services, agent: Agent = SANNE, *teams: str, status: str = "available") -> None:
    await counter.handover.present("voorbeeld", agent, status, 1, teams)


async def waits(counter: Services, team: str, *, priority: bool = False) -> None:
    """Somebody else gets into the queue."""
    conv, _ = await counter.store.create("voorbeeld", "website", "nl", 30, events.message("bot", "Hallo"))
    body = events.message("citizen", "mag ik iemand spreken")
    await counter.store.receive(await counter.store.get(conv), f"cid-{conv}", body, "x")
    mailbox = Mailbox(counter.redis, counter.redis_blocking, "test", 6)
    await mailbox.prepare()
    [(entry, found)] = await mailbox.wait(1, 2)
    turn = await mailbox.take(entry, found)
    answer = Answer([events.handover("queued")], handover={"team": team, "priority": priority})
    assert turn and await mailbox.commit(turn, answer, 30)


async def test_with_an_agent_there_all_ways_are_offered_and_the_reason_goes_with_them(counter: Services) -> None:
    await present(counter)
    dispatcher, _ = await run(ActionOfferPerson(), tracker(heard("frustration")))
    assert responses(dispatcher) == ["utter_aanbod_frustration", "utter_bereikbaar"]
    assert choices(dispatcher) == ["Chat met een medewerker", *WAYS]
    assert dispatcher.messages[0]["buttons"][0]["payload"] == '/choose_chat{"reden": "frustration"}'
    assert event(dispatcher)["state"] == "offered"
    assert dispatcher.messages[-1]["telefoon_vandaag"] == "vandaag open van 08:00 tot 17:30 uur"


@pytest.mark.parametrize(("now", "line", "values"), [
    (datetime(2026, 11, 24, 6, tzinfo=UTC), "utter_chat_weer", {"chat_weer": "vandaag vanaf 09:00 uur"}),
    (datetime(2026, 11, 28, 10, tzinfo=UTC), "utter_chat_weer", {"chat_weer": "maandag vanaf 09:00 uur"}),
    (CHRISTMAS, "utter_chat_feestdag", {"feestdagen": "Vandaag is het Eerste Kerstdag", "chat_weer": "maandag vanaf 09:00 uur"}),
])
async def test_when_the_desk_is_closed_it_is_told_from_when_one_can_chat(
    counter: Services, now: datetime, line: str, values: dict[str, str]
) -> None:
    counter.now = lambda: now
    await present(counter)
    dispatcher, _ = await run(ActionHandover(), tracker(heard("choose_chat")))
    assert responses(dispatcher) == ["utter_chat_dicht", line, "utter_bereikbaar"]
    assert choices(dispatcher) == WAYS
    assert values.items() <= dispatcher.messages[1].items()


@pytest.mark.parametrize("status", ["busy", "break"])
async def test_nobody_is_put_in_a_queue_that_nobody_answers(counter: Services, status: str) -> None:
    await present(counter, status=status)
    dispatcher, _ = await run(ActionHandover(), tracker(heard("choose_chat")))
    assert responses(dispatcher) == ["utter_chat_dicht", "utter_chat_niemand", "utter_bereikbaar"]
    assert dispatcher.messages[1]["chat_tot"] == "17:00 uur" and choices(dispatcher) == WAYS


async def asked_for(counter: Services, action: Any) -> int:
    """How often the queue was read for it."""
    await counter.redis.config_resetstat()
    await run(action, tracker(heard("choose_chat")))
    stats = await counter.redis.info("commandstats")
    return int(stats.get("cmdstat_zrange", {"calls": 0})["calls"])


async def test_the_store_is_asked_once_who_is_there_and_not_at_all_when_the_chat_is_closed(counter: Services) -> None:
    assert await asked_for(counter, ActionHandover()) == 1, "nobody is there, which is told with the other ways"
    await present(counter)
    assert await asked_for(counter, ActionHandover()) == 1
    counter.now = lambda: CHRISTMAS
    for action in (ActionHandover(), ActionOfferPerson()):
        assert await asked_for(counter, action) == 0


async def test_the_agent_is_told_everything_but_the_words_of_the_citizen(counter: Services) -> None:
    await present(counter)
    dispatcher, _ = await run(ActionHandover(), tracker(
        heard("schuldhulp", "mijn deurwaarder heet Piet"), said("schuldhulp"), heard("nlu_fallback"),
        said("", "clarify"), heard("paspoort_aanvragen", "en mijn paspoort"), said("paspoort_aanvragen"),
        heard("choose_chat", "Chat met een medewerker", 1.0, reden="person_first"),
        **{KEPT: {"form": "afspraak_form", "slots": FORM}},
    ))
    assert handover(dispatcher) == {
        "topic": "paspoort_aanvragen", "team": "burgerzaken", "priority": False, "reason": "person_first",
        "summary": "Kreeg antwoord over: Hulp bij schulden, Paspoort aanvragen. "
                   "Niet begrepen: 1 keer. Was bezig met: een afspraak maken.",
        "form": [["Afspraak voor", "Paspoort aanvragen (2 personen)"], ["Locatie", "Stadhuis"],
                 ["Dag", "dinsdag 1 december 2026"], ["Naam", "Sem Bakker"]],
        "zaaknummer": None, "language": "nl",
    }
    assert "Piet" not in str(dispatcher.messages)


async def test_a_second_factor_and_codes_are_never_handed_on(counter: Services) -> None:
    assert not {"controle", "inlogcode", "afspraak_code"} & LABELS.keys()


async def test_who_wrote_in_english_is_announced_so(counter: Services) -> None:
    asked = tracker(heard("other_language", "I would like to talk to someone about my passport please"))
    assert told(here(asked), asked).language == "en"


async def test_the_citizen_hears_place_wait_and_the_name_of_the_conversation(counter: Services) -> None:
    await present(counter)
    await waits(counter, "kcc")
    dispatcher, _ = await run(ActionHandover(), tracker(heard("choose_chat")))
    [message] = dispatcher.messages
    assert message["response"] == "utter_in_de_rij"
    assert (message["plaats"], message["wachttijd"]) == (2, "Het duurt ongeveer 5 minuten")
    assert message["gesprek_nummer"] == reference(counter.settings.secret, "c_anna")
    assert choices(dispatcher) == ["Laat mij terugbellen", "Ik wil niet meer wachten"]
    assert {"state": "queued", "position": 2, "eta_s": 300, "team": "Klantcontact"}.items() <= event(dispatcher).items()


async def test_a_topic_goes_to_its_team_and_to_the_first_one_when_nobody_of_it_is_there(counter: Services) -> None:
    await present(counter, SANNE, "kcc")
    await present(counter, YOUSSEF, "sociaal")
    asked = tracker(heard("bijstand"), said("bijstand"), heard("choose_chat"))
    dispatcher, _ = await run(ActionHandover(), asked)
    assert handover(dispatcher)["team"] == "sociaal" and event(dispatcher)["team"] == "Werk, inkomen en zorg"
    await counter.handover.absent("voorbeeld", "youssef")
    dispatcher, _ = await run(ActionHandover(), asked)
    assert handover(dispatcher)["team"] == "kcc"
    await counter.handover.absent("voorbeeld", "sanne")
    await present(counter, YOUSSEF, "burgerzaken")
    dispatcher, _ = await run(ActionHandover(), asked)
    assert responses(dispatcher)[0] == "utter_chat_dicht", "nobody of burgerzaken answers about benefits"


async def test_who_is_in_danger_goes_first(counter: Services) -> None:
    await present(counter)
    await waits(counter, "kcc")
    dispatcher, [first] = await run(ActionCrisis(), tracker(heard("crisis")))
    assert responses(dispatcher) == ["utter_crisis"]
    dispatcher, _ = await run(ActionHandover(), tracker(heard("choose_chat"), **{first["name"]: first["value"]}))
    given = handover(dispatcher)
    assert (given["priority"], given["reason"], event(dispatcher)["position"]) == (True, "crisis", 1)


@pytest.mark.parametrize(("before", "reason"), [
    (["crisis"], "crisis"), (["frustration", "paspoort_aanvragen"], "frustration"),
    (["crisis", "choose_chat", "handover_returned"], "asked"), (["frustration", "paspoort_aanvragen", "bijstand"], "asked"),
])
async def test_the_reason_is_one_of_now_and_not_of_long_ago(counter: Services, before: list[str], reason: str) -> None:
    asked = tracker(*(heard(intent) for intent in before), heard("contact_medewerker"))
    assert why(here(asked), asked) == reason


class LeftForm(Submit):
    slots = ("naam", "dag", "controle")

    def name(self) -> str:
        return "left"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        raise AssertionError("the form was not completed")


@pytest.mark.parametrize("reason", ["contact_medewerker", "frustration", "threat", "crisis", "choose_chat", "choose_callback"])
async def test_a_form_that_is_left_for_a_person_keeps_its_answers(counter: Services, reason: str) -> None:
    loop = {"event": "active_loop", "name": "afspraak_form"}
    filled = {"naam": "Sem", "dag": "2026-12-01", "controle": {"geboortedatum": "1990-01-01"}}
    asked = tracker(loop, heard(reason), **filled, afgebroken=reason)
    _, done = await run(LeftForm(), asked)
    kept = next(e["value"] for e in reversed(done) if e.get("name") == KEPT)
    assert kept == {"form": "afspraak_form", "slots": {"naam": "Sem", "dag": "2026-12-01"}}


@pytest.mark.parametrize("reason", ["stop", "goodbye", "zaakstatus"])
async def test_a_form_that_is_left_for_something_else_keeps_nothing(counter: Services, reason: str) -> None:
    _, done = await run(LeftForm(), tracker(heard("stop"), naam="Sem", afgebroken=reason))
    assert not [e for e in done if e.get("value")]


async def test_who_asks_for_a_person_in_the_call_back_form_is_offered_all_ways(counter: Services) -> None:
    _, filled = await form("contact_telefoon", heard("contact_medewerker", "Een medewerker spreken", 1.0))
    assert filled["afgebroken"] == "contact_medewerker"
    _, filled = await form("contact_telefoon", heard("contact_medewerker", "ik ben te bereiken op 06 12345678", 0.95))
    assert filled == {"contact_telefoon": "+31612345678"}


async def test_who_was_angry_in_a_form_can_go_on_with_it(counter: Services) -> None:
    kept = {KEPT: {"form": "afspraak_form", "slots": FORM}}
    dispatcher, _ = await run(ActionOfferPerson(), tracker(heard("frustration"), **kept))
    assert choices(dispatcher)[-1] == "Verder met invullen"
    _, done = await run(ActionResumeForm(), tracker(heard("resume_form"), **kept))
    assert {e["name"]: e["value"] for e in done if e["event"] == "slot"} == FORM | {KEPT: None}
    assert done[-1] == {"event": "followup", "name": "afspraak_form"}
    dispatcher, done = await run(ActionResumeForm(), tracker(heard("resume_form")))
    assert responses(dispatcher) == ["utter_iets_anders"] and done == []


async def test_the_bot_greets_with_what_was_agreed(counter: Services) -> None:
    back = heard("handover_returned", "", 1.0, uitkomst="opgelost", medewerker="Sanne", afgesproken="U krijgt vrijdag een brief.")
    dispatcher, _ = await run(ActionReturned(), tracker(back))
    assert responses(dispatcher) == ["utter_terug_bij_balie", "utter_afgesproken", "utter_nog_iets"]
    assert dispatcher.messages[0]["medewerker"] == "Sanne"
    assert dispatcher.messages[1]["afgesproken"] == "U krijgt vrijdag een brief."


@pytest.mark.parametrize(("outcome", "says"), [
    ("withdrawn", ["utter_rij_verlaten"]), ("other_way", []), ("opgelost", ["utter_terug_bij_balie", "utter_nog_iets"]),
])
async def test_nobody_is_greeted_twice(counter: Services, outcome: str, says: list[str]) -> None:
    dispatcher, _ = await run(ActionReturned(), tracker(heard("handover_returned", "", 1.0, uitkomst=outcome)))
    assert responses(dispatcher) == says


async def test_when_one_is_called_is_answered_from_what_was_agreed(counter: Services) -> None:
    agreed = {"terugbellen": {"reference": "A7K-2FQ9", "when": "morgen"}}
    dispatcher, _ = await run(ActionWanneerBellen(), tracker(heard("callback_when"), **agreed))
    assert responses(dispatcher) == ["utter_wanneer_bellen"] and dispatcher.messages[0]["terugbel_nummer"] == "A7K-2FQ9"
    dispatcher, _ = await run(ActionWanneerBellen(), tracker(heard("callback_when")))
    assert responses(dispatcher) == ["utter_wanneer_bellen_onbekend"], "nothing is made up"


async def form(asked_slot: str | None, message: dict[str, Any], **slots: Any) -> tuple[list[str], dict[str, Any]]:
    """What the call-back form says and fills."""
    dispatcher, done = await run(ValidateTerugbelForm(), tracker(message, requested_slot=asked_slot, **slots))
    return responses(dispatcher), {e["name"]: e["value"] for e in done if e["event"] == "slot"}


async def test_the_first_message_may_hold_number_and_moment(counter: Services) -> None:
    _, filled = await form(None, heard("choose_callback", "bel me morgen na 4 uur op 06-12345678"))
    assert filled == {"contact_telefoon": "+31612345678", "contact_moment": "2026-11-25 16:00-17:30"}
    _, filled = await form(None, heard("choose_callback", "bel mij zaterdag terug"))
    assert filled == {}, "nobody calls on Saturday: then it is asked"


@pytest.mark.parametrize(("text", "fault"), [
    ("06 1234567", "kort"), ("06 1234567890", "lang"), ("0612345678 of 0687654321", "meer"), ("0000000000", "bestaat_niet"),
])
async def test_what_is_wrong_with_a_number_is_explained(counter: Services, text: str, fault: str) -> None:
    says, filled = await form("contact_telefoon", heard("inform", text, 0.9))
    assert says == [f"utter_onduidelijk_contact_telefoon_{fault}"] and filled == {"contact_telefoon": None}


async def test_a_moment_when_nobody_calls_is_refused_and_asked_again(counter: Services) -> None:
    counter.now = lambda: CHRISTMAS
    known = {"contact_naam": "Sem", "contact_telefoon": "+31612345678"}
    says, filled = await form("contact_moment", heard("inform", "vandaag", 0.9), **known)
    assert says == ["utter_bellen_feestdag"] and filled["contact_moment"] is None


@pytest.mark.parametrize(("slot", "text"), [("contact_moment", "vandaag tussen 8 en 10 uur"), ("contact_bevestigd", "ja")])
async def test_a_moment_that_has_passed_is_said_to_have_passed(counter: Services, slot: str, text: str) -> None:
    known = {"contact_naam": "Sem", "contact_telefoon": "+31612345678"}
    if slot == "contact_bevestigd":
        known["contact_moment"] = "2026-11-24 08:00-11:00"
    says, filled = await form(slot, heard("affirm" if text == "ja" else "inform", text, 0.9), **known)
    assert says == ["utter_bellen_moment_voorbij"] and filled["contact_moment"] is None


async def test_the_last_look_takes_a_change(counter: Services) -> None:
    known = {"contact_naam": "Sem", "contact_telefoon": "+31612345678", "contact_moment": "2026-11-25 08:00-12:00"}
    _, filled = await form("contact_bevestigd", heard("inform", "Ander nummer", 1.0, wijzig="contact_telefoon"), **known)
    assert filled["contact_telefoon"] is None
    _, filled = await form("contact_bevestigd", heard("deny", "nee liever donderdag", 0.9), **known)
    assert filled["contact_moment"] == f"{date(2026, 11, 26)} 08:00-17:30"
    says, filled = await form("contact_bevestigd", heard("deny", "nee", 0.9), **known)
    assert says == ["utter_terugbellen_wat_anders"] and filled == {"contact_bevestigd": None}
    _, filled = await form("contact_bevestigd", heard("affirm", "ja", 1.0), **known)
    assert filled == {"contact_bevestigd": "ja"}


async def test_a_button_that_is_no_choice_of_ours_changes_nothing(counter: Services) -> None:
    _, filled = await form("contact_naam", heard("inform", "x1", 0.9, wijzig="voorrang"))
    assert "voorrang" not in filled
    _, filled = await form("contact_moment", heard("inform", "x1", 0.9, moment="altijd"))
    assert filled.get("contact_moment") is None


async def test_the_second_misunderstanding_in_a_form_offers_a_person(counter: Services) -> None:
    unclear = {"event": "bot", "metadata": {"utter_action": "utter_onduidelijk_contact_naam", "metadata": {"outcome": "form"}}}
    first = heard("nlu_fallback", "12", 0.9)
    says, _ = await form("contact_naam", heard("nlu_fallback", "34", 0.9))
    assert says == ["utter_onduidelijk_contact_naam"]
    dispatcher, _ = await run(
        ValidateTerugbelForm(), tracker(first, unclear, heard("nlu_fallback", "34", 0.9), requested_slot="contact_naam")
    )
    assert responses(dispatcher) == ["utter_onduidelijk_contact_naam", "utter_liever_medewerker"]
    assert choices(dispatcher) == ["Een medewerker spreken"]

