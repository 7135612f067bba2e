"""Case status: number and second factor in, public status out. Nothing of the second factor is kept."""

from datetime import date
from typing import ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import zaakvragen
from actions.context import Here, here, services
from actions.forms import Event, Form, Submit, clear
from actions.gesprek import ActionNotUnderstood
from actions.inloggen import login_button
from actions.zaak import remember
from bot import dutch
from bot.conversation.redis import StoreUnavailable
from bot.dutch.lacks import lacks_number
from bot.zaken import SecondFactor, ZaakNotFound, ZakenUnavailable
from bot.zaken.guard import TooManyAttempts

SLOTS = ("zaaknummer", "controle")
KNOWN = "bekend"  # the form was left because the answer is known
NO_NUMBER = "geen_nummer"  # the form was left because the citizen hasn't got a number
PERSON = {"title": "Een medewerker spreken", "payload": "/contact_medewerker"}


class ValidateZaakstatusForm(Form):
    slots = SLOTS
    prefill = SLOTS
    triggers: ClassVar[set[str]] = {"zaakstatus"}
    words: ClassVar[dict[str, tuple[str, ...]]] = {"zaaknummer": ("zaaknummer", "nummer")}

    def name(self) -> str:
        return "validate_zaakstatus_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        events = await super().run(dispatcher, tracker, domain)
        if any(event.get("name") == "controle" and event.get("value") for event in events):
            # The second factor leaves the log in the turn that it came in.
            dispatcher.utter_message(json_message={"hide": [here(tracker).seq]})
        return events

    async def _prefill(self, now: Here, tracker: Tracker) -> list[Event]:
        if zaakvragen.answerable(tracker, now):
            return self.leave(KNOWN)
        return [*zaakvragen.keep_question(now), *await super()._prefill(now, tracker)]

    def _aside(self, now: Here) -> bool:
        return super()._aside(now) and not dutch.parse_zaaknummer(now.text)  # "tell me about ZAAK-…" answers the question too

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        lacks = asked == "zaaknummer" and not zaakvragen.number(now) and lacks_number(now.text)
        return self.leave(NO_NUMBER) if lacks else None

    async def _fill(self, asked: str, now: Here, tracker: Tracker) -> list[Event] | None:
        if zaakvragen.number(now) and zaakvragen.answerable(tracker, now):
            return self.leave(KNOWN)
        return await super()._fill(asked, now, tracker)

    async def _otherwise(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        if now.intent in {"zaakstatus", "follow_up"} and (kept := zaakvragen.keep_question(now)):
            return [*kept, SlotSet(asked, None)]  # the question is noted; what is needed for the answer is asked again
        return await super()._otherwise(asked, now, tracker, dispatcher)

    async def fill_zaaknummer(self, now: Here, tracker: Tracker) -> str | None:
        return zaakvragen.number(now)

    async def fill_controle(self, now: Here, tracker: Tracker) -> dict[str, str] | None:
        """A date of birth, or postcode and house number, from the form's fields or from the text."""
        given = now.entities
        text = now.text
        if {"geboortedatum", "postcode", "huisnummer"} & given.keys() and now.intent == "inform" and now.confidence == 1.0:
            text = given.get("geboortedatum") or f"{given.get('postcode', '')} {given.get('huisnummer', '')}"
        if found := dutch.parse_postcode_huisnummer(text):
            return {"postcode": found[0], "huisnummer": found[1]}
        born = dutch.parse_geboortedatum(text, now.today)
        return {"geboortedatum": born.isoformat()} if born else None

    def dependents(self, slot: str) -> tuple[str, ...]:
        return ("controle",) if slot == "zaaknummer" else ()


class ActionAskZaaknummer(Action):
    """Asks for the number; the other way in, where the municipality has one, is to log in."""

    def name(self) -> str:
        return "action_ask_zaaknummer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        dispatcher.utter_message(response="utter_ask_zaaknummer", buttons=login_button(here(tracker)))
        return []


class ActionZaakstatus(Submit):
    slots = (*SLOTS, "zaakvraag")

    def name(self) -> str:
        return "action_zaakstatus"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if tracker.get_slot("afgebroken") == KNOWN:
            return [*zaakvragen.answer_known(dispatcher, tracker, here(tracker)), *clear(self.slots)]
        if tracker.get_slot("afgebroken") == NO_NUMBER:
            dispatcher.utter_message(response="utter_geen_zaaknummer", buttons=[*login_button(here(tracker)), PERSON])
        events = await super().run(dispatcher, tracker, domain)
        if tracker.get_slot("afgebroken") == "choose_login":  # the question is answered after the login
            return [event for event in events if event.get("name") != "zaakvraag"]
        return events

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        number = tracker.get_slot("zaaknummer")
        try:
            factor = _factor(tracker.get_slot("controle"))
            zaak = await services().zaken(now.gemeente.key).look_up(number, factor, now.caller)
        except ZaakNotFound:
            dispatcher.utter_message(response="utter_zaak_niet_gevonden", json_message={"forget": True})
        except TooManyAttempts:
            dispatcher.utter_message(response="utter_zaak_vergrendeld", json_message={"forget": True})
        except (ZakenUnavailable, StoreUnavailable):
            dispatcher.utter_message(response="utter_zaken_storing", json_message={"forget": True})
        else:
            zaakvragen.answer_found(dispatcher, zaak, now, tracker.get_slot("zaakvraag"))
            return [remember([zaak], now, tracker), *clear(self.slots)]
        return clear(self.slots)


def _factor(given: dict[str, str]) -> SecondFactor:
    born = given.get("geboortedatum")
    return SecondFactor(
        geboortedatum=date.fromisoformat(born) if born else None,
        postcode=given.get("postcode"),
        huisnummer=given.get("huisnummer"),
    )


class ActionInform(Action):
    """A bare case number outside a form starts the look-up; anything else bare is not understood."""

    def name(self) -> str:
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if dutch.parse_zaaknummer(here(tracker).text):
            return [{"event": "followup", "name": "zaakstatus_form"}]
        return await ActionNotUnderstood().run(dispatcher, tracker, domain)
