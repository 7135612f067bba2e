"""Looking up, moving and cancelling an appointment, by its reference and its code, or as the one this conversation knows."""

import re
from abc import ABC
from typing import ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import afspraak_bekend as bekend
from actions import afspraak_onzeker as onzeker
from actions.afspraak_basis import after, chosen_start, keep, set_items, supplier, wish_of
from actions.afspraak_wensen import WithMoment, around, settle, taken_as_reference
from actions.context import Here, here
from actions.forms import Event, Form, Submit, clear
from bot.appointments import Appointment, AppointmentNotFound, AppointmentsUnavailable, OutcomeUnknown, SlotTaken, told
from bot.appointments.finder import ZONE
from bot.dutch.lacks import lacks_number
from bot.dutch.wishes import parse_move

MOVE = ("afspraak_nummer", "afspraak_code", "dag", "tijd")
CANCEL = ("afspraak_nummer", "afspraak_code", "annuleren")
FOUND = ("producten", "locatie", "wens", "aangeboden", "afspraak_doel")
_NUMBER = re.compile(r"\b([A-Z0-9]{3})[- ]?([A-Z0-9]{4})\b")
_CODE = re.compile(r"\b[A-Z0-9]{6,12}\b")


class KnowsAppointment(Form, ABC):
    """The reference and code of an existing appointment; only a pair that belongs together is taken.

    An appointment that the conversation knows is taken without asking.
    """

    words: ClassVar[dict[str, tuple[str, ...]]] = {
        "dag": ("dag", "datum"), "tijd": ("tijd", "uur"), "afspraak_nummer": ("nummer",),
    }

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        if asked in {"afspraak_nummer", "afspraak_code"} and not now.text.startswith("/") and lacks_number(now.text):
            dispatcher.utter_message(response="utter_geen_afspraaknummer")
            return self.leave("geen_nummer")
        return await super()._first(asked, now, tracker, dispatcher)

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

    async def begin(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher, events: list[Event]) -> list[Event]:
        """The known appointment, or the number that the first message holds."""
        pair = bekend.known(tracker, now)
        if pair is None:
            return [*events, *await self._prefill(now, tracker)]
        return await self.check(pair, now, after(tracker, events)("afspraak_doel"), tracker, dispatcher, events)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        events = await super().run(dispatcher, tracker, domain)
        if tracker.get_slot("requested_slot") != "afspraak_code":
            return events
        code = next((e["value"] for e in events if e.get("name") == "afspraak_code" and e.get("value")), None)
        if not code:
            return events
        # The code leaves the log in the turn that it came in.
        dispatcher.utter_message(json_message={"hide": [here(tracker).seq]})
        pair = tracker.get_slot("afspraak_nummer"), str(code)
        return await self.check(pair, here(tracker), tracker.get_slot("afspraak_doel"), tracker, dispatcher, [])

    async def check(
        self, pair: bekend.Pair, now: Here, purpose: str | None, tracker: Tracker, dispatcher: CollectingDispatcher,
        events: list[Event],
    ) -> list[Event]:
        """Look it up; go on with it when it is there."""
        try:
            found = await supplier(now).get(*pair)
        except AppointmentNotFound:
            dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
            return [*events, bekend.forget(), *self.leave("niet_gevonden")]
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_even_weg")
            return [*events, *self.leave("storing")]
        if purpose == "bekijken":
            buttons = [*bekend.manage(found, now), *bekend.reminder(found, now)]
            bekend.tell(dispatcher, now, found, "utter_afspraak_bekeken", buttons, forget=True)
            return [*events, bekend.remember(found, now), *self.leave("bekeken")]
        return [*events, SlotSet("afspraak_nummer", pair[0]), SlotSet("afspraak_code", pair[1]), bekend.remember(found, now),
                *await self.go_on(found, now, tracker, dispatcher, events)]

    async def go_on(
        self, found: Appointment, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher, events: list[Event]
    ) -> list[Event]:
        """What this form needs of the appointment besides its number and code."""
        return []


class ValidateVerzetForm(KnowsAppointment, WithMoment):
    """Moves an appointment, or only looks it up when that is what was asked."""

    slots = MOVE
    prefill = ("afspraak_nummer",)
    away = "utter_afspraken_even_weg"
    triggers: ClassVar[set[str]] = {"afspraak_verzetten", "afspraak_maken"}

    def name(self) -> str:
        return "validate_verzet_form"

    async def start(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        if onzeker.pending(tracker, now):
            return self.leave("nakijken")
        if tracker.get_slot("afspraak_code"):  # moving failed, and the form goes on
            return []
        looks = bekend.asks_about(now.text) or now.entities.get("zoek") == "bekijken"
        purpose = SlotSet("afspraak_doel", "bekijken" if looks else "verzetten")
        return await self.begin(now, tracker, dispatcher, [purpose, *([] if looks else [keep(parse_move(now.text, now.today))])])

    async def go_on(
        self, found: Appointment, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher, events: list[Event]
    ) -> list[Event]:
        """The products and the place stay; a wish that was said at the start counts from the time it has now."""
        dispatcher.utter_message(response="utter_afspraak_gevonden", **told.values(found))
        known = [set_items(found.items), SlotSet("locatie", found.location.id), taken_as_reference(found.start.astimezone(ZONE))]
        get = after(tracker, [*events, *known])
        wish = wish_of(get)
        return [*known, *await settle(wish, now, get, dispatcher)] if wish else known


class ValidateAnnuleerForm(KnowsAppointment):
    slots = CANCEL
    prefill = ("afspraak_nummer",)
    triggers: ClassVar[set[str]] = {"afspraak_annuleren"}

    def name(self) -> str:
        return "validate_annuleer_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if tracker.get_slot("requested_slot") is not None:
            return await super().run(dispatcher, tracker, domain)
        now = here(tracker)
        if onzeker.pending(tracker, now):
            return self.leave("nakijken")
        return await self.begin(now, tracker, dispatcher, [SlotSet("afspraak_doel", "afzeggen")])

    async def fill_annuleren(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "annuleren":
            return None
        if now.is_("affirm") or now.is_("afspraak_annuleren"):
            return "ja"
        return "nee" if now.is_("deny") or super()._stops(now) else None

    def _stops(self, now: Here) -> bool:
        return now.is_("stop", 0.8)


class ActionAfspraakVerzetten(Submit):
    slots = (*MOVE, *FOUND)

    def name(self) -> str:
        return "action_afspraak_verzetten"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        asked = onzeker.Asked.moving(now, tracker)
        try:
            moved = await asked.again(now)
        except SlotTaken:
            dispatcher.utter_message(response="utter_plek_bezet")
            return [*around(chosen_start(tracker.get_slot)), {"event": "followup", "name": "verzet_form"}]
        except AppointmentNotFound:
            dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
            return [*clear(self.slots), bekend.forget()]
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_even_weg")
            return clear(self.slots)
        except OutcomeUnknown:
            return [*clear(self.slots), *onzeker.say_unknown(dispatcher, now, asked)]
        return [*clear(self.slots), *await onzeker.say_done(dispatcher, now, asked, moved)]


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
            dispatcher.utter_message(response="utter_ask_annuleren", **told.values(found))
        return []


class ActionAfspraakAnnuleren(Submit):
    slots = (*CANCEL, *FOUND)

    def name(self) -> str:
        return "action_afspraak_annuleren"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        if tracker.get_slot("annuleren") == "nee":
            dispatcher.utter_message(response="utter_afspraak_blijft")
            return clear(self.slots)
        asked = onzeker.Asked.cancelling(now, tracker)
        try:
            await asked.again(now)
        except AppointmentNotFound:
            dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
            return [*clear(self.slots), bekend.forget()]
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_even_weg")
            return clear(self.slots)
        except OutcomeUnknown:
            return [*clear(self.slots), *onzeker.say_unknown(dispatcher, now, asked)]
        return [*clear(self.slots), *await onzeker.say_done(dispatcher, now, asked, None)]
