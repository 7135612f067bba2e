"""Case status: number and second factor in, public status out. Nothing of the second factor is kept."""

from datetime import date
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, here, services
from actions.forms import Event, Form, Submit, clear
from actions.gesprek import ActionNotUnderstood
from bot import dutch
from bot.conversation.redis import StoreUnavailable
from bot.dutch import day_in_words
from bot.zaken import SecondFactor, ZaakNotFound, ZaakStatus, ZakenUnavailable
from bot.zaken.guard import TooManyAttempts

SLOTS = ("zaaknummer", "controle")


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

    async def fill_zaaknummer(self, now: Here, tracker: Tracker) -> str | None:
        return dutch.parse_zaaknummer(str(now.entities.get("zaaknummer") or now.text))

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


class ActionZaakstatus(Submit):
    slots = SLOTS

    def name(self) -> str:
        return "action_zaakstatus"

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
            dispatcher.utter_message(**_answer(zaak))
        return clear(SLOTS)


def _factor(given: dict[str, str]) -> SecondFactor:
    born = given.get("geboortedatum")
    return SecondFactor(
        geboortedatum=date.fromisoformat(born) if born else None,
        postcode=given.get("postcode"),
        huisnummer=given.get("huisnummer"),
    )


def _answer(zaak: ZaakStatus) -> dict[str, Any]:
    """Name and values of the answer, with the case as a card."""
    card = {
        "kind": "case", "identificatie": zaak.identificatie, "zaaktype": zaak.zaaktype, "status": zaak.status,
        "step": zaak.step, "steps": zaak.steps, "expected": zaak.expected.isoformat() if zaak.expected else None,
        "finished": zaak.finished.isoformat() if zaak.finished else None,
    }
    values = {
        "zaak_nummer": zaak.identificatie, "zaak_type": zaak.zaaktype, "zaak_tekst": zaak.status, "zaak_stap": zaak.step,
        "zaak_stappen": zaak.steps, "zaak_verwacht": day_in_words(zaak.expected) if zaak.expected else "",
        "zaak_klaar": day_in_words(zaak.finished) if zaak.finished else "",
    }
    kind = "klaar" if zaak.finished else "nieuw" if not zaak.step else "loopt" if zaak.expected else "zonder_datum"
    return {"response": f"utter_zaak_{kind}", "json_message": {"parts": [card], "forget": True}, **values}


class ActionInform(Action):
    """A bare case number outside a form starts the look-up; anything else bare is not understood."""

    def name(self) -> str:
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if dutch.parse_zaaknummer(here(tracker).text):
            return [{"event": "followup", "name": "zaakstatus_form"}]
        return await ActionNotUnderstood().run(dispatcher, tracker, domain)
