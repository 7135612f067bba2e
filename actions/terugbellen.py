"""Being called back: name, number, when, a last look; the reference, and what is known of it later in the conversation."""

from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, here, services
from actions.forms import Event, Form, Submit, clear, is_question
from actions.limits import DAY, too_many
from actions.overdracht import told
from actions.words import parse_name
from actions.zaak import in_hand
from bot import callbacks, dutch, ladder
from bot.callbacks import SOON, Moment, Refused
from bot.contacts import CallbackRefused, CallbackRequest, ContactsUnavailable
from bot.conversation.limits import Rate

SLOTS = ("contact_naam", "contact_telefoon", "contact_moment", "contact_bevestigd")
CHANGE = "wijzig"  # the entity by which a button says what is to change
AGREED = "terugbellen"  # the slot with the call that was agreed: {"reference", "when"}; no name and no number
OFFERED = 4  # moments on buttons

_WHY_NOT = {"past": "voorbij", "holiday": "feestdag", "closed": "dicht", "far": "te_ver", "outside": "buiten"}
_FAULTS = {"short": "kort", "long": "lang", "several": "meer", "unknown": "bestaat_niet"}


class ValidateTerugbelForm(Form):
    slots = SLOTS
    prefill = ("contact_telefoon", "contact_moment")
    triggers: ClassVar[set[str]] = {"choose_callback"}
    words: ClassVar[dict[str, tuple[str, ...]]] = {
        "contact_naam": ("naam",), "contact_telefoon": ("nummer", "telefoon"), "contact_moment": ("moment", "tijd", "dag"),
    }

    def name(self) -> str:
        return "validate_terugbel_form"

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        if (slot := now.entities.get(CHANGE)) in SLOTS:
            return [SlotSet(slot, None), SlotSet("contact_bevestigd", None)]
        bare = asked == "contact_bevestigd" and now.is_("deny") and _find(now) is None
        if bare and await self._changed(asked, now, tracker) is None:
            dispatcher.utter_message(response="utter_terugbellen_wat_anders")
            return [SlotSet(asked, None)]
        return None

    async def _otherwise(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        if asked == "contact_telefoon" and dutch.parse_phone(now.text):  # a number that we don't call
            dispatcher.utter_message(response="utter_terugbellen_geweigerd")
            return [SlotSet(asked, None)]
        if asked == "contact_telefoon" and (fault := dutch.phone_fault(now.text)):
            self.unclear(f"utter_onduidelijk_{asked}_{_FAULTS[fault]}", tracker, dispatcher)
            return [SlotSet(asked, None)]
        if asked in {"contact_moment", "contact_bevestigd"} and isinstance(found := _find(now), Refused):
            _say_why_not(found, now, dispatcher)
            return [SlotSet("contact_moment", None), SlotSet("contact_bevestigd", None)]
        return await super()._otherwise(asked, now, tracker, dispatcher)

    async def fill_contact_naam(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "contact_naam" or is_question(now):
            return None
        return parse_name(now.text)

    async def fill_contact_telefoon(self, now: Here, tracker: Tracker) -> str | None:
        number = dutch.parse_phone(str(now.entities.get("telefoonnummer") or now.text))
        return number if number and callbacks.callable_number(number) else None

    async def fill_contact_moment(self, now: Here, tracker: Tracker) -> str | None:
        """A moment that a button gave or that was typed, also in the first message; as `callbacks.in_words` reads it."""
        if tracker.get_slot("requested_slot") == "contact_naam":
            return None
        if given := now.entities.get("moment"):
            return str(given) if given == SOON or Moment.parse(str(given)) else None
        found = _find(now)
        return None if found is None or isinstance(found, Refused) else str(found)

    async def fill_contact_bevestigd(self, now: Here, tracker: Tracker) -> str | None:
        return "ja" if tracker.get_slot("requested_slot") == "contact_bevestigd" and now.is_("affirm") else None

    async def filled(self, slot: str, value: Any, now: Here) -> list[Event]:
        """A number may come with a moment: "06 12 34 56 78, liefst donderdag"."""
        events = await super().filled(slot, value, now)
        if slot == "contact_telefoon" and isinstance(found := _find(now), Moment):
            events.append(SlotSet("contact_moment", str(found)))
        return events

    def dependents(self, slot: str) -> tuple[str, ...]:
        return ("contact_bevestigd",)


def _find(now: Here) -> Moment | str | Refused | None:
    """When the message wants to be called; the digits of a number are no date."""
    text = now.text
    for number in reversed(dutch.find_phones(text)):
        text = f"{text[: number.start]} {text[number.end :]}"
    return callbacks.find(text, now.gemeente, services().now(), services().settings.callback_days)


def _say_why_not(found: Refused, now: Here, dispatcher: CollectingDispatcher) -> None:
    dispatcher.utter_message(
        response=f"utter_bellen_{_WHY_NOT[found.why]}", gekozen_dag=dutch.day_in_words(found.day) if found.day else "",
        feestdag=now.gemeente.holiday(found.day) if found.day else "",
    )


class ActionAskContactMoment(Action):
    """Offers the next parts of days in which an agent can call."""

    def name(self) -> str:
        return "action_ask_contact_moment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        found = callbacks.choices(now.gemeente, services().now(), services().settings.callback_days, OFFERED)
        buttons = [_button(moment.spoken(now.today).capitalize(), str(moment)) for moment in found]
        dispatcher.utter_message(response="utter_ask_contact_moment", buttons=[*buttons, _button("Maakt niet uit", SOON)])
        return []


def _button(title: str, moment: str) -> dict[str, str]:
    return {"title": title, "payload": f'/inform{{"moment": "{moment}"}}'}


class ActionAskContactBevestigd(Action):
    """Repeats what was understood, and asks whether it is right."""

    def name(self) -> str:
        return "action_ask_contact_bevestigd"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        changes = {"contact_telefoon": "Ander nummer", "contact_moment": "Ander moment", "contact_naam": "Andere naam"}
        dispatcher.utter_message(
            response="utter_ask_contact_bevestigd", contact_naam=tracker.get_slot("contact_naam"),
            contact_nummer=dutch.phone_in_words(tracker.get_slot("contact_telefoon")),
            terugbel_moment=_spoken(tracker.get_slot("contact_moment"), now),
            buttons=[{"title": title, "payload": f'/inform{{"{CHANGE}": "{slot}"}}'} for slot, title in changes.items()],
        )
        return []


def _spoken(kept: str, now: Here) -> str:
    """`morgen tussen 9 en 12 uur`; for as soon as possible, when that begins if it isn't now."""
    if kept != SOON:
        return callbacks.in_words(kept, now.today)
    opening = now.gemeente.opening(callbacks.WHAT, services().now())
    return SOON if opening is None or opening.open else f"{SOON}, {ladder.again(opening)}"


class ActionTerugbellen(Submit):
    slots = SLOTS

    def name(self) -> str:
        return "action_terugbellen"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        moment = Moment.parse(tracker.get_slot("contact_moment"))
        when = moment.written() if moment else _spoken(tracker.get_slot("contact_moment"), now)
        if await too_many(*_rates(now, tracker.get_slot("contact_telefoon"))):
            dispatcher.utter_message(response="utter_terugbellen_vaak", json_message={"forget": True})
            return clear(SLOTS)
        try:
            registered = await services().contacts(now.gemeente.key).register(_request(now, tracker, when), key=now.key)
        except CallbackRefused:
            dispatcher.utter_message(response="utter_terugbellen_geweigerd", json_message={"forget": True})
        except ContactsUnavailable:
            dispatcher.utter_message(response="utter_terugbellen_storing")
        else:
            dispatcher.utter_message(
                response="utter_terugbellen_genoteerd", terugbel_nummer=registered.reference, terugbel_moment=when,
                json_message={"forget": True},
            )
            return [*clear(SLOTS), SlotSet(AGREED, {"reference": registered.reference, "when": when})]
        return clear(SLOTS)


def _rates(now: Here, number: str) -> list[Rate]:
    """Nobody has a stranger called again and again, or fills the list of who is to be called."""
    limits = services().settings
    return [
        Rate(f"callback:number:{now.gemeente.key}:{number}", limits.rate_callback_number_day, DAY),
        Rate(f"callback:address:{now.caller}", limits.rate_callback_address_day, DAY),
    ]


def _request(now: Here, tracker: Tracker, when: str) -> CallbackRequest:
    what = told(now, tracker)
    # The case that the citizen wants to be called about: the one they heard about last, unless another subject came after it.
    zaak = in_hand(tracker, now) if what.topic in {None, "zaakstatus"} else None
    return CallbackRequest(
        name=tracker.get_slot("contact_naam"), phone=tracker.get_slot("contact_telefoon"), when=when, topic=what.topic,
        summary=what.summary, conversation=now.conv, zaak=(zaak.ref or None) if zaak else None,
        team=now.gemeente.team_for(what.topic).id, zaaknummer=zaak.identificatie if zaak else None,
    )


class ActionWanneerBellen(Action):
    """ "Wanneer bellen jullie?": what was agreed in this conversation; without that, the offer to be called."""

    def name(self) -> str:
        return "action_wanneer_bellen"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        agreed: dict[str, Any] | None = tracker.get_slot(AGREED)
        values = ladder.reachable(now.gemeente, services().now())
        if agreed:
            values |= {"terugbel_nummer": agreed["reference"], "terugbel_moment": agreed["when"]}
        dispatcher.utter_message(response="utter_wanneer_bellen" if agreed else "utter_wanneer_bellen_onbekend", **values)
        return []
