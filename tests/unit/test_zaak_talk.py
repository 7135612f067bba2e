"""What the citizen hears about a case, and that they can ask on about one that was looked up."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import zaakvragen
from actions.context import Here, here
from actions.gesprek import ActionFollowUp, ActionNotUnderstood
from actions.levensgebeurtenis import ActionOverzicht, ActionVolgende
from actions.zaak import card, in_hand, known, remember, tell, tell_all
from actions.zaakstatus import KNOWN, ActionAskZaaknummer, ActionZaakstatus, ValidateZaakstatusForm
from bot.brain.answers import collect
from bot.settings import ROOT, Settings
from bot.wiring import Services, build, use
from bot.zaken import Personal, ZaakStatus

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


def zaak(number: int = 101, **changes: Any) -> ZaakStatus:
    """A running case within its term."""
    case = ZaakStatus(
        identificatie=f"ZAAK-2026-{number:010d}", zaaktype="Parkeervergunning aanvragen", status="Wij behandelen uw aanvraag.",
        step=3, steps=4, started=TODAY - timedelta(days=20), expected=TODAY + timedelta(days=8), finished=None,
        latest=TODAY + timedelta(days=30), next_step="Wij nemen een besluit", ref="https://zaken.example/zaken/1",
    )
    return replace(case, **changes)


LATE = zaak(expected=TODAY - timedelta(days=9), latest=TODAY - timedelta(days=3))
WAITING = zaak(suspended=True, expected=None)
DONE = zaak(finished=TODAY - timedelta(days=2), expected=None, step=4, next_step="")
BUILDING = zaak(102, zaaktype="Omgevingsvergunning aanvragen", started=TODAY - timedelta(days=3))


@dataclass
class Counter:
    """A conversation at the counter, without Rasa: what is said to it, the slots, and what it says."""

    services: Services
    slots: dict[str, Any] = field(default_factory=dict)
    followup: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def tracker(
        self, text: str = "", intent: str = "zaakstatus", others: Sequence[str] = ("follow_up",), **entities: str
    ) -> Tracker:
        ranking = [{"name": intent, "confidence": 0.9}, *({"name": name, "confidence": 0.05} for name in others)]
        message = {
            "text": text, "intent": ranking[0], "intent_ranking": ranking, "metadata": {"gemeente": "voorbeeld", "seq": 4},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        asked = {"event": "user", "text": text, "parse_data": message}
        return Tracker("c", dict(self.slots), message, [*self.events, asked], False, None, {}, "action_listen")

    def now(self) -> Here:
        return here(self.tracker())

    def know(self, *cases: ZaakStatus) -> "Counter":
        for case in cases:
            self.keep([remember([case], self.now(), self.tracker())])
        return self

    def keep(self, events: Sequence[dict[str, Any]]) -> None:
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}

    def run(self, action: Any, text: str = "", intent: str = "zaakstatus", **more: Any) -> str:
        """What the action says, as one text; its events and buttons are kept."""
        dispatcher = CollectingDispatcher()
        events = asyncio.run(action.run(dispatcher, self.tracker(text, intent, **more), {}))
        self.keep(events)
        self.followup = next((event["name"] for event in events if event["event"] == "followup"), None)
        return self.said(dispatcher)

    def said(self, dispatcher: CollectingDispatcher) -> str:
        values = self.services.gemeenten["voorbeeld"].variables(NOON)
        responses = []
        for message in dispatcher.messages:
            chosen = RESPONSES[message["response"]][0] if message["response"] else {"text": ""}
            text = chosen["text"].format_map(values | message)
            buttons = [*chosen.get("buttons", []), *message["buttons"]]
            responses.append({"text": text, "custom": message["custom"], "buttons": buttons, "metadata": chosen.get("metadata")})
        found = collect(responses, "t_4", 0.9)
        self.messages = [event for event in found.events if event["type"] == "message"]
        self.buttons = [button for response in responses for button in response["buttons"]]
        return "\n".join(message["text"] for message in self.messages)

    def ask(self, text: str, **entities: str) -> str:
        """The intent is zaakstatus, as the form takes it at its start; the answer when no number is needed for it."""
        self.run(ValidateZaakstatusForm(), text, **entities)
        return self.run(ActionZaakstatus(), text, **entities) if self.slots.get("afgebroken") == KNOWN else ""

    def told(self, case: ZaakStatus, question: str | None = None) -> str:
        dispatcher = CollectingDispatcher()
        zaakvragen.answer_found(dispatcher, case, self.now(), question)
        return self.said(dispatcher)

    @property
    def labels(self) -> list[str]:
        return [button["title"] for button in self.buttons]


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    services = build(Settings(), "unix:///nowhere")  # nothing here connects to Redis
    services.now = lambda: NOON
    use(services)
    monkeypatch.setattr(Here, "today", TODAY)
    yield Counter(services)


# The answer about a case


def test_a_case_in_time_is_told_with_its_step_and_dates(counter: Counter) -> None:
    text = counter.told(zaak())
    assert "bij stap 3 van 4. Wij behandelen uw aanvraag." in text
    assert "woensdag 2 december 2026" in text and "uiterlijk op donderdag 24 december 2026" in text
    assert len(counter.messages) == 1, "one message, however much there is to tell"
    assert counter.messages[0]["parts"][0] == card(zaak())


@pytest.mark.parametrize(("case", "expected"), [
    (zaak(step=0, status=""), "nog niemand mee begonnen"),
    (zaak(latest=None), "Wij verwachten dat uw zaak klaar is op woensdag 2 december 2026."),
    (zaak(expected=None), "U hoort uiterlijk op donderdag 24 december 2026"),
    (zaak(latest=zaak().expected), "U hoort uiterlijk op woensdag 2 december 2026"),
    (zaak(expected=None, latest=None), "nog geen datum bekend"),
    (zaak(expected=TODAY - timedelta(days=1)), "Dat is niet gelukt. De termijn loopt nog."),
    (zaak(expected=TODAY - timedelta(days=1), latest=None), "Een nieuwe datum is er nog niet."),
    (zaak(extended=True), "Wij hebben meer tijd genomen voor uw zaak."),
    (zaak(to_pay=True), "wacht op een betaling van u"),
    (zaak(status="In behandeling"), "In behandeling."),
])
def test_what_is_special_is_said(counter: Counter, case: ZaakStatus, expected: str) -> None:
    assert expected in counter.told(case)


def test_a_term_that_ends_today_has_not_passed(counter: Counter) -> None:
    assert "te laat" not in counter.told(zaak(expected=None, latest=TODAY))


@pytest.mark.parametrize(("days", "expected"), [(1, "1 dag geleden"), (3, "3 dagen geleden")])
def test_a_case_over_its_term_says_how_many_days_and_what_can_be_done(counter: Counter, days: int, expected: str) -> None:
    text = counter.told(zaak(expected=None, latest=TODAY - timedelta(days=days)))
    assert expected in text and "te laat" in text
    assert "ingebrekestelling" in text and "2 weken" in text and "dwangsom" in text
    assert counter.services.gemeenten["voorbeeld"].telefoon in text
    assert counter.messages[0]["meta"]["source"].startswith("https://www.rijksoverheid.nl/")


def test_a_suspended_case_stands_still_and_names_no_date(counter: Counter) -> None:
    text = counter.told(WAITING)
    assert "staat stil" in text and "geen datum bekend" in text and "Bel" in text
    assert "2026" not in text.replace(WAITING.identificatie, "")
    assert "Waarom duurt het zo lang?" not in counter.labels, "that was just said"


def test_reasons_notes_and_the_result_are_for_who_logged_in(counter: Counter) -> None:
    personal = Personal(
        result="Toegekend", result_note="U krijgt de vergunning per post.", status_note="Wij wachten op advies.",
        suspension_reason="Wij wachten op uw plattegrond.", extension_reason="Wij vroegen advies",
    )
    assert "Dit is de reden: Wij wachten op uw plattegrond." in counter.told(replace(WAITING, personal=personal))
    assert "Dit is de reden: Wij vroegen advies." in counter.told(zaak(extended=True, personal=personal))
    assert "Wij schrijven erbij: Wij wachten op advies." in counter.told(zaak(personal=personal))
    done = counter.told(replace(DONE, personal=personal))
    assert "De uitkomst is: Toegekend." in done and "U krijgt de vergunning per post. Wij wachten op advies." in done
    assert card(replace(DONE, personal=personal))["result"] == "Toegekend"


def test_without_a_login_a_finished_case_refers_to_the_letter(counter: Counter) -> None:
    text = counter.told(DONE)
    assert "klaar sinds zondag 22 november 2026" in text and "De beslissing staat in de brief" in text
    assert card(DONE)["result"] == "" and counter.labels == ["Andere zaak"]


def test_the_result_of_a_case_that_goes_on_is_never_shown(counter: Counter) -> None:
    assert card(zaak(personal=Personal(result="Toegekend")))["result"] == ""


def test_at_most_four_ways_to_go_on_and_none_for_what_was_just_answered(counter: Counter) -> None:
    counter.told(zaak())
    assert counter.labels[0] == "Waarom duurt het zo lang?" and len(counter.labels) <= 4
    counter.told(zaak(), "waarom")
    assert "Waarom duurt het zo lang?" not in counter.labels and "Wat moet ik nog doen?" in counter.labels


@pytest.mark.parametrize("case", [
    zaak(), LATE, zaak(expected=None, latest=None), zaak(latest=None, expected=TODAY - timedelta(days=1)),
])
def test_why_it_takes_long_says_once_whom_to_ask(counter: Counter, case: ZaakStatus) -> None:
    assert counter.told(case, "waarom").count("De telefoon is") == 1


def test_notices_are_offered_where_the_case_system_announces_changes(counter: Counter) -> None:
    offered = '/notices_on{"zaaknummer": "ZAAK-2026-0000000101"}'
    counter.told(zaak())
    assert (offered in [b["payload"] for b in counter.buttons]) == counter.services.notices.offered("voorbeeld")
    counter.told(zaak(ref=""))
    assert offered not in [b["payload"] for b in counter.buttons]


# Questions about it


@pytest.mark.parametrize(("question", "case", "expected"), [
    ("waarom", zaak(), "Ik zie niet waarom het zo lang duurt."),
    ("waarom", zaak(extended=True), "meer tijd genomen"),
    ("waarom", zaak(to_pay=True), "wacht op een betaling"),
    ("waarom", WAITING, "staat stil"),
    ("waarom", LATE, "3 dagen geleden"),
    ("waarom", zaak(personal=Personal(status_note="Wij wachten op advies.")), "Wij wachten op advies."),
    ("wanneer", zaak(), "uiterlijk op donderdag 24 december 2026"),
    ("wanneer", LATE, "ingebrekestelling"),
    ("wanneer", WAITING, "geen datum bekend"),
    ("doen", zaak(), "Ik zie niet dat u nu iets moet doen."),
    ("doen", zaak(), "Bij de volgende stap hoort u: Wij nemen een besluit."),
    ("doen", zaak(to_pay=True), "wacht op een betaling"),
    ("doen", WAITING, "Kijk of u een brief of e-mail kreeg"),
    ("doen", LATE, "ingebrekestelling"),
    ("stap", zaak(), "Bij de volgende stap hoort u: Wij nemen een besluit."),
    ("stap", zaak(next_step=""), "geen stap die hierna nog komt"),
    ("te_laat", zaak(), "De termijn is nog niet voorbij."),
    ("te_laat", LATE, "dwangsom"),
    ("te_laat", zaak(expected=None, latest=None), "nog geen datum bekend"),
    ("te_laat", WAITING, "De termijn loopt zolang niet door"),
    ("wanneer", DONE, "klaar sinds"),
])
def test_a_question_is_answered_from_the_case(counter: Counter, question: str, case: ZaakStatus, expected: str) -> None:
    text = counter.told(case, question)
    assert expected in text and case.identificatie in text and "{" not in text
    assert all(message["meta"]["topic"] == "zaakstatus" for message in counter.messages)


def test_the_reason_of_a_suspension_is_not_told_without_a_login(counter: Counter) -> None:
    assert "reden" not in counter.told(WAITING, "waarom")


def test_a_known_case_answers_at_once_without_a_number(counter: Counter) -> None:
    assert "uiterlijk op donderdag 24 december 2026" in counter.know(zaak()).ask("wanneer hoor ik iets?")
    assert "Ik zie niet dat u nu iets moet doen" in counter.ask("en wat moet ik nog doen")
    assert "bij stap 3 van 4" in counter.ask("hoe staat het met mijn zaak")


def test_without_a_known_case_the_question_waits_for_the_number(counter: Counter) -> None:
    assert counter.ask("waarom duurt het zo lang?") == ""
    assert counter.slots["zaakvraag"] == "waarom" and "requested_slot" not in counter.slots


def test_a_question_inside_the_form_is_noted_and_the_form_goes_on(counter: Counter) -> None:
    counter.slots = {"requested_slot": "zaaknummer"}
    assert counter.run(ValidateZaakstatusForm(), "maar wanneer hoor ik dan iets") == ""
    assert counter.slots == {"requested_slot": "zaaknummer", "zaakvraag": "wanneer", "zaaknummer": None}


def test_a_known_case_is_forgotten_after_a_while(counter: Counter) -> None:
    counter.know(zaak())
    counter.services.now = lambda: NOON + timedelta(seconds=counter.services.settings.case_memory_seconds)
    assert known(counter.tracker(), counter.now()) == [] and in_hand(counter.tracker(), counter.now()) is None
    assert counter.ask("wanneer hoor ik iets?") == ""


def test_looking_up_another_case_keeps_none_known_for_longer(counter: Counter) -> None:
    counter.know(zaak())
    later = NOON + timedelta(seconds=counter.services.settings.case_memory_seconds - 1)
    counter.services.now = lambda: later
    counter.know(BUILDING)
    assert known(counter.tracker(), counter.now()) == [BUILDING, zaak()]
    counter.services.now = lambda: later + timedelta(seconds=1)
    assert known(counter.tracker(), counter.now()) == [BUILDING]


def test_what_is_known_of_a_case_is_kept_whole(counter: Counter) -> None:
    case = zaak(personal=Personal(result="Toegekend"), extended=True, to_pay=True)
    assert known(counter.know(case).tracker(), counter.now()) == [case]


def test_of_several_cases_the_one_in_hand_is_meant(counter: Counter) -> None:
    counter.know(zaak(), BUILDING)
    assert BUILDING.identificatie in counter.ask("wanneer hoor ik iets?")


def test_of_several_cases_shown_at_once_it_asks_which_with_the_question_in_the_buttons(counter: Counter) -> None:
    counter.keep([remember([zaak(), BUILDING], counter.now())])
    assert counter.ask("waarom duurt het zo lang") == "Over welke zaak gaat uw vraag?"
    assert counter.labels == ["Parkeervergunning aanvragen", "Omgevingsvergunning aanvragen", "Een ander zaaknummer"]
    text = counter.ask("Omgevingsvergunning aanvragen", zaaknummer=BUILDING.identificatie, zaakvraag="waarom")
    assert "Ik zie niet waarom het zo lang duurt" in text and BUILDING.identificatie in text
    assert BUILDING.identificatie in counter.ask("en wanneer hoor ik iets"), "now that one is in hand"


def test_a_case_can_be_meant_by_its_kind(counter: Counter) -> None:
    counter.keep([remember([zaak(), BUILDING], counter.now())])
    assert counter.ask("wanneer hoor ik iets over mijn aanvraag") == "Over welke zaak gaat uw vraag?"
    assert BUILDING.identificatie in counter.ask("wanneer hoor ik iets over mijn omgevingsvergunning")


def test_another_case_is_the_other_known_one_or_looked_up_anew(counter: Counter) -> None:
    assert counter.know(zaak()).ask("mijn andere zaak") == ""
    assert counter.ask("Andere zaak", zaakvraag="andere") == ""
    counter.know(BUILDING)
    assert zaak().identificatie in counter.ask("en mijn andere zaak?")
    counter.ask("Andere zaak", zaakvraag="andere")
    assert counter.labels == ["Omgevingsvergunning aanvragen", "Een ander zaaknummer"]
    assert counter.ask("Een ander zaaknummer", zaakvraag="nieuw") == ""


def test_another_number_is_looked_up_and_a_known_one_is_not(counter: Counter) -> None:
    counter.know(zaak())
    assert counter.ask("hoe staat het met ZAAK-2026-0000000103") == "" and counter.slots["zaaknummer"] == "ZAAK-2026-0000000103"
    counter.slots |= {"zaaknummer": None, "requested_slot": "zaaknummer"}
    counter.run(ValidateZaakstatusForm(), "ZAAK-2026-0000000101", "inform")
    assert counter.slots["afgebroken"] == KNOWN


def test_a_case_number_says_enough_when_the_rest_is_not_understood(counter: Counter) -> None:
    counter.run(ActionNotUnderstood(), "ZAAK-2026-0000000101 eh", "nlu_fallback", others=("zaakstatus", "bijstand"))
    assert (counter.followup, counter.messages) == ("zaakstatus_form", [])
    counter.run(ActionNotUnderstood(), "zxcv qwer", "nlu_fallback", others=("zaakstatus", "bijstand"))
    assert counter.followup is None and counter.messages


def test_trying_again_after_a_failure_is_not_answered_with_a_case_known_before(counter: Counter) -> None:
    counter.know(zaak())
    for name in ("utter_zaak_niet_gevonden", "utter_zaken_storing"):
        again = next(button for button in RESPONSES[name][0]["buttons"] if button["title"] == "Opnieuw proberen")
        assert again["payload"] == '/zaakstatus{"zaakvraag": "nieuw"}'
    assert counter.ask("Opnieuw proberen", zaakvraag="nieuw") == ""


# The same questions under another intent


@pytest.mark.parametrize(("action", "intent", "text"), [
    (ActionFollowUp(), "follow_up", "en wanneer hoor ik dan iets"),
    (ActionNotUnderstood(), "nlu_fallback", "wnr krijg ik antwoord"),
    (ActionOverzicht(), "walk_overview", "wat moet ik nog doen"),
    (ActionVolgende(), "walk_next", "wat is de volgende stap"),
])
def test_right_after_a_case_such_a_question_is_about_it(counter: Counter, action: Any, intent: str, text: str) -> None:
    assert zaak().identificatie in counter.know(zaak()).run(action, text, intent, others=("zaakstatus", "afval_grofvuil"))


def test_after_another_subject_it_is_about_that(counter: Counter) -> None:
    counter.know(zaak())
    counter.events = [{"event": "bot", "metadata": {"utter_action": "utter_paspoort_aanvragen"}}]
    tracker = counter.tracker("wanneer heb ik dat dan", "follow_up")
    assert not zaakvragen.about_a_case(tracker, here(tracker))


def test_a_button_of_something_else_is_never_taken_for_a_question_about_a_case(counter: Counter) -> None:
    tracker = counter.know(zaak()).tracker("Verder met de volgende stap", "walk_next", others=())
    assert not zaakvragen.about_a_case(tracker, here(tracker))


def test_a_follow_up_about_the_cost_is_not_about_the_case(counter: Counter) -> None:
    tracker = counter.know(zaak()).tracker("en wat kost dat", "follow_up")
    assert not zaakvragen.about_a_case(tracker, here(tracker))


# Own cases


def _own(count: int) -> list[ZaakStatus]:
    return [zaak(200 + n, zaaktype=f"Soort{n} aanvragen", started=TODAY - timedelta(days=n)) for n in range(count)]


def _shown(counter: Counter, cases: list[ZaakStatus], **more: str) -> str:
    dispatcher = CollectingDispatcher()
    tell_all(dispatcher, cases, counter.now(), **more)
    return counter.said(dispatcher)


def _cards(counter: Counter) -> list[str]:
    return [part["identificatie"] for part in counter.messages[0]["parts"] if part["kind"] == "case"]


def test_own_cases_come_newest_first_with_a_card_and_a_button_each(counter: Counter) -> None:
    cases = _own(3)
    assert "U heeft 3 zaken bij ons." in _shown(counter, cases[::-1])
    assert _cards(counter) == [case.identificatie for case in cases]
    assert counter.labels == [case.zaaktype for case in cases]


def test_of_many_own_cases_the_first_are_shown_and_the_rest_is_one_step_away(counter: Counter) -> None:
    cases = _own(12)
    counter.keep([remember(cases, counter.now())])
    assert "nog 9." in _shown(counter, cases) and len(_cards(counter)) == 3
    payload = f'/zaakstatus{{"zaaknummer": "{cases[2].identificatie}", "zaakvraag": "meer"}}'
    assert counter.buttons[-1] == {"title": "Toon meer zaken", "payload": payload}
    assert len(counter.labels) <= 4
    assert "nog 6." in counter.ask("Toon meer zaken", zaaknummer=cases[2].identificatie, zaakvraag="meer")
    assert _cards(counter) == [case.identificatie for case in cases[3:6]]
    counter.ask("Toon meer zaken", zaaknummer=cases[8].identificatie, zaakvraag="meer")
    assert _cards(counter) == [case.identificatie for case in cases[9:]] and "Toon meer zaken" not in counter.labels


def test_a_question_about_many_cases_can_be_about_every_one_of_them(counter: Counter) -> None:
    cases = _own(5)
    counter.keep([remember(cases, counter.now())])
    assert counter.ask("waarom duurt het zo lang") == "Over welke zaak gaat uw vraag?"
    assert counter.labels == [*(case.zaaktype for case in cases[:2]), "Toon meer zaken", "Een ander zaaknummer"]


def test_cases_of_one_kind_are_told_apart_by_their_number(counter: Counter) -> None:
    _shown(counter, [zaak(101), zaak(102)])
    kind = "Parkeervergunning aanvragen"
    assert counter.labels == [f"ZAAK-2026-0000000101 {kind}", f"ZAAK-2026-0000000102 {kind}"]


def test_one_own_case_and_none(counter: Counter) -> None:
    assert "één zaak" in _shown(counter, [zaak()])
    assert "geen zaak op uw naam" in _shown(counter, [])
    assert counter.labels == ["Zoeken met een zaaknummer", "Een medewerker spreken"]


# The number


def test_the_way_to_log_in_is_offered_where_there_is_one(counter: Counter) -> None:
    counter.run(ActionAskZaaknummer())
    assert ("Inloggen met DigiD" in counter.labels) == (counter.services.login("voorbeeld") is not None)


def test_tell_hands_on_what_the_brain_must_know(counter: Counter) -> None:
    dispatcher = CollectingDispatcher()
    tell(dispatcher, zaak(), counter.now(), forget=True)
    assert dispatcher.messages[0]["custom"]["forget"] is True
