"""Asking the supplier to book, move or cancel, and what to do while the outcome isn't known: look again, never act twice.

What was asked is kept with its key in the slot `afspraak_sleutel`, sealed, for BALIE_CASE_MEMORY_SECONDS. While it is there this
conversation books, moves and cancels nothing else: the same question with the same key finds out what became of it (see
`bot.appointments.Appointments`).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Self

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import afspraak_bekend as bekend
from actions.afspraak_basis import chosen_start, items_of, set_items, supplier
from actions.afspraak_wensen import around
from actions.context import Here, here, services
from actions.forms import Event
from bot.appointments import (
    Appointment,
    AppointmentNotFound,
    AppointmentsUnavailable,
    Customer,
    Item,
    OutcomeUnknown,
    SlotTaken,
    told,
)
from bot.appointments.links import CalendarLinks, LinkInvalid
from bot.gemeenten import AMSTERDAM

SLOT = "afspraak_sleutel"
UNKNOWN = {"book": "utter_onzeker_book", "move": "utter_onzeker_move", "cancel": "utter_onzeker_cancel"}
STILL_UNKNOWN = {"book": "utter_nog_onzeker_book", "move": "utter_nog_onzeker_move", "cancel": "utter_nog_onzeker_cancel"}


@dataclass(frozen=True)
class Asked:
    """One call of the supplier, whole: the same again has no second effect."""

    what: Literal["book", "move", "cancel"]
    key: str
    start: datetime | None = None
    items: tuple[Item, ...] = ()
    location_id: str = ""
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str | None = field(default=None, repr=False)
    reference: str = ""
    code: str = field(default="", repr=False)

    @classmethod
    def booking(cls, now: Here, tracker: Tracker) -> Self:
        get = tracker.get_slot
        customer = (get("naam"), get("email"), get("telefoon"))
        return cls("book", now.key, chosen_start(get), tuple(items_of(get)), get("locatie"), *customer)

    @classmethod
    def moving(cls, now: Here, tracker: Tracker) -> Self:
        get = tracker.get_slot
        return cls("move", now.key, chosen_start(get), reference=get("afspraak_nummer"), code=get("afspraak_code"))

    @classmethod
    def cancelling(cls, now: Here, tracker: Tracker) -> Self:
        get = tracker.get_slot
        return cls("cancel", now.key, reference=get("afspraak_nummer"), code=get("afspraak_code"))

    async def again(self, now: Here) -> Appointment | None:
        """Ask it, for the first time or again. None for a cancellation. Raises what the port raises."""
        port = supplier(now)
        if self.what == "cancel" or self.start is None:
            await port.cancel(self.reference, self.code, key=self.key)
            return None
        if self.what == "move":
            return await port.move(self.reference, self.code, self.start, key=self.key)
        customer = Customer(self.name, self.email, self.phone)
        return await port.book(self.items, self.location_id, self.start, customer, key=self.key)


def pending(tracker: Tracker, now: Here) -> Asked | None:
    """What was asked and isn't known to have happened; None when there is no such thing (any more)."""
    kept = tracker.get_slot(SLOT)
    if not kept or kept["sinds"] < datetime.now(UTC).timestamp() - services().settings.case_memory_seconds:
        return None
    try:
        gemeente, _, text = _seals().open(kept["zegel"])
    except LinkInvalid:
        return None
    return msgspec.json.decode(text, type=Asked) if gemeente == now.gemeente.key else None


def say_unknown(dispatcher: CollectingDispatcher, now: Here, asked: Asked) -> list[Event]:
    """It isn't known: say so, and keep what was asked."""
    dispatcher.utter_message(response=UNKNOWN[asked.what], json_message={"forget": True})
    sealed = _seals().seal(now.gemeente.key, asked.key, msgspec.json.encode(asked).decode())
    return [SlotSet(SLOT, {"zegel": sealed, "sinds": int(datetime.now(UTC).timestamp())})]


async def say_done(dispatcher: CollectingDispatcher, now: Here, asked: Asked, made: Appointment | None) -> list[Event]:
    """It happened: say what stands now, and remember it."""
    settled = SlotSet(SLOT, None)
    if made is None:
        await bekend.reminder_goes(now, asked.reference)
        dispatcher.utter_message(response="utter_afspraak_geannuleerd", json_message={"forget": True})
        return [settled, bekend.forget()]
    if asked.what == "book":
        bekend.tell(dispatcher, now, made, "utter_afspraak_gemaakt", bekend.reminder(made, now), forget=True)
        return [settled, bekend.remember(made, now)]
    await bekend.reminder_moves(now, asked.reference, made)
    same = (made.reference, made.code) == (asked.reference, asked.code)
    response = "utter_afspraak_verzet" if same else "utter_afspraak_verzet_nummer"
    bekend.tell(dispatcher, now, made, response, bekend.reminder(made, now), forget=True)
    if made.leftover:
        old = {"title": "Oude afspraak afzeggen", "payload": bekend.payload("afspraak_annuleren", now, made.leftover, asked.code)}
        dispatcher.utter_message(response="utter_afspraak_oud_staat_nog", buttons=[old], **told.values(made))
    return [settled, bekend.remember(made, now)]


def _seals() -> CalendarLinks:
    """What is sealed here is worth nothing as a link to a calendar file, nor the other way round."""
    settings = services().settings
    return CalendarLinks(settings.secret, settings.case_memory_seconds, purpose="pending-appointment")


class ActionAfspraakNakijken(Action):
    """Looks again what became of an action whose outcome wasn't known."""

    def name(self) -> str:
        return "action_afspraak_nakijken"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        asked = pending(tracker, now)
        if asked is None:
            look = {"title": "Afspraak opzoeken", "payload": '/afspraak_verzetten{"zoek": "bekijken"}'}
            new = {"title": "Afspraak maken", "payload": "/afspraak_maken"}
            dispatcher.utter_message(response="utter_niets_na_te_kijken", buttons=[look, new])
            return [SlotSet(SLOT, None)]
        try:
            made = await asked.again(now)
        except SlotTaken:
            return self._not_done(asked, dispatcher)
        except AppointmentNotFound:
            return await self._not_there(asked, now, dispatcher)
        except (AppointmentsUnavailable, OutcomeUnknown):  # this time nothing was done; of the first time nothing is known
            dispatcher.utter_message(response=STILL_UNKNOWN[asked.what])
            return []
        return await say_done(dispatcher, now, asked, made)

    def _not_done(self, asked: Asked, dispatcher: CollectingDispatcher) -> list[Event]:
        """Nothing was booked or moved, and the time is gone: with everything else kept, another one can be chosen."""
        dispatcher.utter_message(response="utter_toch_niet_book" if asked.what == "book" else "utter_toch_niet_move")
        gone = SlotSet(SLOT, None)
        if asked.what != "book" or asked.start is None:
            return [gone]
        answers = [
            set_items(asked.items), SlotSet("locatie", asked.location_id), SlotSet("naam", asked.name),
            SlotSet("email", asked.email), SlotSet("telefoon", asked.phone), *around(asked.start.astimezone(AMSTERDAM)),
        ]
        return [gone, *answers, {"event": "followup", "name": "afspraak_form"}]

    async def _not_there(self, asked: Asked, now: Here, dispatcher: CollectingDispatcher) -> list[Event]:
        """An appointment that is gone was cancelled; one that can't be moved isn't there (any more)."""
        if asked.what == "cancel":
            return await say_done(dispatcher, now, asked, None)
        dispatcher.utter_message(response="utter_afspraak_niet_gevonden")
        return [SlotSet(SLOT, None), bekend.forget()]
