"""Being called back: name, number, when, a last look; the reference, and what is known of it later in the conversation."""

from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, here, services
from actions.forms import KEPT, Event, Form, Submit, back, clear, name_in
from actions.limits import DAY, too_many
from actions.overdracht import told
from actions.zaak import in_hand
from bot import callbacks, dutch, ladder
from bot.callbacks import SOON, Moment, Refused
from bot.contacts import CallbackRefused, CallbackRequest, ContactsUnavailable
from bot.conversation.limits import Rate

SLOTS = ("contact_naam", "contact_telefoon", "contact_moment", "contact_bevestigd")
CHANGE = "wijzig"  # the entity by which a button says what is to change
AGREED = "terugbellen"  # the slot with the call that was agreed: {"reference", "when"}; no name and no number
OFFERED = 4  # moments on buttons

_WHY_NOT = {
    "past": "voorbij", "over": "moment_voorbij", "holiday": "feestdag", "closed": "dicht", "far": "te_ver", "outside": "buiten",
}
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

    async def _prefill(self, now: Here, tracker: Tracker) -> list[Event]:
        """Name, number and moment may be known from the form that was left for a person."""
        left: dict[str, Any] = (tracker.get_slot(KEPT) or {}).get("slots", {})
        name, number = left.get("contact_naam") or left.get("naam"), left.get("contact_telefoon") or left.get("telefoon")
        known = [SlotSet("contact_naam", name)] if name else []
        if number and callbacks.callable_number(number):
            known.append(SlotSet("contact_telefoon", number))
        moment = Moment.parse(str(left.get("contact_moment")))
        if moment and not moment.over(services().now()):
            known.append(SlotSet("contact_moment", str(moment)))
        return [*known, *await super()._prefill(now, tracker)]

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        if _is_over(asked, now, tracker):
            _say_why_not(Refused("over"), now, dispatcher)
            return [SlotSet("contact_moment", None), SlotSet("contact_bevestigd", None)]
        if (slot := now.entities.get(CHANGE)) in SLOTS:
            return [SlotSet(slot, None), SlotSet("contact_bevestigd", None)]
        bare = asked == "contact_bevestigd" and now.is_("deny") and _find(now) is None
        if bare and await self._changed(asked, now, tracker) is None:
            dispatcher.utter_message(response="utter_terugbellen_wat_anders")
            return [SlotSet(asked, None)]
        if asked == "contact_bevestigd" and now.is_("affirm"):  # "ja, maar liever vrijdag" is no yes
            return await self._changed(asked, now, tracker)
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
        return name_in(now, tracker, "contact_naam")

    async def fill_contact_telefoon(self, now: Here, tracker: Tracker) -> str | None:
        if len({found.value for found in dutch.find_phones(now.text)}) > 1:
            return None  # which one, only the citizen knows
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


def _is_over(asked: str, now: Here, tracker: Tracker) -> bool:
    """Whether the moment that is chosen or confirmed has passed since it was offered."""
    kept = {"contact_moment": now.entities.get("moment"), "contact_bevestigd": tracker.get_slot("contact_moment")}.get(asked)
    moment = Moment.parse(str(kept))
    return moment is not None and moment.over(services().now())


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
    first = _first_call(now) if kept == SOON else None
    return f"{SOON}, vanaf {first.since(now.today)}" if first else callbacks.in_words(kept, now.today)


def _written(kept: str, now: Here) -> str:
    """The same for who reads it on another day, such as the agent: no "morgen" in it."""
    first = _first_call(now) if kept == SOON else None
    return f"{SOON}, vanaf {first.since()}" if first else callbacks.written(kept)


def _first_call(now: Here) -> Moment | None:
    return callbacks.soonest(now.gemeente, services().now(), services().settings.callback_days)


class ActionTerugbellen(Submit):
    slots = SLOTS

    def name(self) -> str:
        return "action_terugbellen"

    def _over(self, tracker: Tracker) -> list[Event]:
        """An appointment or a case that was left for the call can go on after it."""
        return [] if _left_another(tracker) else super()._over(tracker)

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        when = _written(tracker.get_slot("contact_moment"), now)
        if await too_many(*_rates(now, tracker.get_slot("contact_telefoon"))):
            dispatcher.utter_message(response="utter_terugbellen_vaak", json_message={"forget": True})
            return clear(SLOTS)
        try:
            registered = await services().contacts(now.gemeente.key).register(_request(now, tracker, when), key=now.key)
        except CallbackRefused:
            dispatcher.utter_message(response="utter_terugbellen_geweigerd", json_message={"forget": True})
        except ContactsUnavailable:
            dispatcher.utter_message(response="utter_terugbellen_storing", json_message={"forget": True})
        else:
            dispatcher.utter_message(
                response="utter_terugbellen_genoteerd", terugbel_nummer=registered.reference, terugbel_moment=when,
                buttons=back(tracker) if _left_another(tracker) else [], json_message={"forget": True},
            )
            return [*clear(SLOTS), SlotSet(AGREED, {"reference": registered.reference, "when": when})]
        return clear(SLOTS)


def _left_another(tracker: Tracker) -> bool:
    return (tracker.get_slot(KEPT) or {}).get("form") not in {None, "terugbel_form"}


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
