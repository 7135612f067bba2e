"""Moving and cancelling an appointment, by its reference and its code."""

import re
from typing import ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak import FillsDayAndTime, appointment_message, chosen_start, supplier
from actions.context import Here, here
from actions.forms import Event, Form, Submit, clear
from actions.words import clock
from bot.appointments import Appointment, AppointmentNotFound, AppointmentsUnavailable, SlotTaken
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM

MOVE = ("afspraak_nummer", "afspraak_code", "dag", "tijd")
CANCEL = ("afspraak_nummer", "afspraak_code", "annuleren")
_NUMBER = re.compile(r"\b([A-Z0-9]{3})[- ]?([A-Z0-9]{4})\b")
_CODE = re.compile(r"\b[A-Z0-9]{6,12}\b")


class KnowsAppointment(Form):
    """The reference and code of an existing appointment; only a pair that belongs together is taken."""

    words: ClassVar[dict[str, tuple[str, ...]]] = {
        "dag": ("dag", "datum"), "tijd": ("tijd", "uur"), "afspraak_nummer": ("nummer",),
    }

    async def fill_afspraak_nummer(self, now: Here, tracker: Tracker) -> str | None:
        """Ordinary words can look like a number without digits, so these count only when the number was asked for."""
        found = _NUMBER.search(now.text.upper())
        asked = tracker.get_slot("requested_slot") == "afspraak_nummer"
        if found is None or not (re.search(r"\d", found[0]) or (asked and len(now.text.split()) == 1)):
            return None
        return f"{found[1]}-{found[2]}"

    async def fill_afspraak_code(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "afspraak_code":
            return None
        found = _CODE.search(now.text.upper().replace(" ", ""))
        return found[0] if found else None

    def dependents(self, slot: str) -> tuple[str, ...]:
        return {"afspraak_nummer": ("afspraak_code", "dag", "tijd"), "dag": ("tijd",)}.get(slot, ())

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        events = await super().run(dispatcher, tracker, domain)
        code = next((e["value"] for e in events if e.get("name") == "afspraak_code" and e.get("value")), None)
        if not code:
            return events
        # The code leaves the log in the turn that it came in.
        dispatcher.utter_message(json_message={"hide": [here(tracker).seq]})
        return await self._check(str(code), dispatcher, tracker)

    async def _check(self, code: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        try:
            found = await supplier(here(tracker)).get(tracker.get_slot("afspraak_nummer"), code)
        except AppointmentNotFound:
            dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
            return self.leave("niet_gevonden")
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
            return self.leave("storing")
        return [SlotSet("afspraak_code", code), SlotSet("product", found.product.id), SlotSet("locatie", found.location.id)]


class ValidateVerzetForm(KnowsAppointment, FillsDayAndTime):
    slots = MOVE
    prefill = ("afspraak_nummer",)
    triggers: ClassVar[set[str]] = {"afspraak_verzetten", "afspraak_maken"}

    def name(self) -> str:
        return "validate_verzet_form"


class ValidateAnnuleerForm(KnowsAppointment):
    slots = CANCEL
    prefill = ("afspraak_nummer",)
    triggers: ClassVar[set[str]] = {"afspraak_annuleren"}

    def name(self) -> str:
        return "validate_annuleer_form"

    async def fill_annuleren(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "annuleren":
            return None
        if now.is_("affirm") or now.is_("afspraak_annuleren"):
            return "ja"
        return "nee" if now.is_("deny") or super()._stops(now) else None

    def _stops(self, now: Here) -> bool:
        return now.is_("stop", 0.8)


class ActionAfspraakVerzetten(Submit):
    slots = (*MOVE, "product", "locatie")

    def name(self) -> str:
        return "action_afspraak_verzetten"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        number, code = tracker.get_slot("afspraak_nummer"), tracker.get_slot("afspraak_code")
        try:
            moved = await supplier(now).move(number, code, chosen_start(tracker), key=now.key)
        except SlotTaken:
            dispatcher.utter_message(response="utter_plek_bezet")
            return [*clear(("tijd",)), {"event": "followup", "name": "verzet_form"}]
        except AppointmentNotFound:
            dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
        else:
            dispatcher.utter_message(response="utter_afspraak_verzet", **appointment_message(moved, now, {"forget": True}))
        return clear(self.slots)


class AskAnnuleren(Action):
    """The last question before cancelling, with what would be cancelled."""

    def name(self) -> str:
        return "action_ask_annuleren"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        number, code = tracker.get_slot("afspraak_nummer"), tracker.get_slot("afspraak_code")
        try:
            found = await supplier(here(tracker)).get(number, code)
        except (AppointmentNotFound, AppointmentsUnavailable):
            dispatcher.utter_message(response="utter_ask_annuleren_kort")
        else:
            dispatcher.utter_message(response="utter_ask_annuleren", **_values(found))
        return []


class ActionAfspraakAnnuleren(Submit):
    slots = (*CANCEL, "product", "locatie")

    def name(self) -> str:
        return "action_afspraak_annuleren"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        if tracker.get_slot("annuleren") == "nee":
            dispatcher.utter_message(response="utter_afspraak_blijft")
            return clear(self.slots)
        try:
            await supplier(now).cancel(tracker.get_slot("afspraak_nummer"), tracker.get_slot("afspraak_code"), key=now.key)
        except AppointmentNotFound:
            dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
        else:
            dispatcher.utter_message(response="utter_afspraak_geannuleerd", json_message={"forget": True})
        return clear(self.slots)


def _values(found: Appointment) -> dict[str, str]:
    return {
        "afspraak_product": found.product.name, "afspraak_dag": day_in_words(found.start.astimezone(AMSTERDAM).date()),
        "afspraak_tijd": clock(found.start),
    }
