"""What all forms share: fill the slot that was asked, answer a question in between, change an earlier answer, stop."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, catalogue, here
from actions.turns import said_before, unclear_before
from actions.words import is_like_a_name, named, parse_name
from bot import dutch

Event = dict[str, Any]
_WRONG = re.compile(r"ander|\bverkeerd|\bfout\b|\bklopt nie|\bniet goed|\bonjuist|\bwijzig|\baanpassen", re.IGNORECASE)
Filler = Callable[[Here, Tracker], Awaitable[Any]]

SURE = 0.4  # confidence from which a message that does not answer the form's question counts as one of its own
PATIENCE = 2  # unclear turns in a row after which a form no longer says why it doesn't understand
PERSON_BUTTON = {"title": "Een medewerker spreken", "payload": '/contact_medewerker{"reden": "not_understood"}'}
CERTAIN = 0.8  # confidence from which a wish for a person goes before a possible answer, and an odd answer is out of scope
WANTS_PERSON = {"contact_medewerker", "frustration", "threat", "choose_chat", "choose_callback"}  # a form is left for a person
TO_A_PERSON = {*WANTS_PERSON, "crisis"}  # reasons after which the answers of a form are kept
BREAKS = {*WANTS_PERSON, "zaakstatus", "afspraak_maken", "afspraak_verzetten", "afspraak_annuleren", "choose_login", "login_code"}
ASIDES: dict[str, type[Action]] = {}  # intent -> what is done in between, in any form; actions/berichten.py puts it there
KEPT = "onderbroken"  # the slot with a form that was left for a person: {"form", "slots"}
RESUMABLE = {"afspraak_form", "zaakstatus_form", "terugbel_form"}  # forms that can go on where they were
NEVER_KEPT = {"controle", "inlogcode", "afspraak_code"}  # second factors and codes are gone with the form
STOP_WORDS = {"stop", "stoppen", "annuleer", "annuleren", "laat maar", "afbreken", "ik stop"}


class Form(Action, ABC):
    """Base of the actions `validate_<form>`. A subclass names its slots in order and has `fill_<slot>(here, tracker)` for each.

    A filler returns the value, or None when the message holds none. It must not raise.
    """

    slots: ClassVar[tuple[str, ...]]
    triggers: ClassVar[set[str]]  # intents that start this form: inside it they are no interruption
    prefill: ClassVar[tuple[str, ...]]  # slots that the first message may already answer
    words: ClassVar[dict[str, tuple[str, ...]]] = {}  # slot -> words by which a citizen means it when changing an answer

    @abstractmethod
    def name(self) -> str: ...

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        asked = tracker.get_slot("requested_slot")
        if asked is None:
            return await self._prefill(now, tracker)
        if self._stops(now):
            return self.leave("stop")
        if now.is_("crisis"):
            return self.leave("crisis")
        if self._wants_person(now):
            return self.leave(now.intent)
        if self._aside(now):
            events = await ASIDES[now.intent]().run(dispatcher, tracker, domain)
            return [*events, SlotSet(asked, None)]  # asks the same question again
        if (events := await self._first(asked, now, tracker, dispatcher)) is not None:
            return events
        if now.is_("change") and (changed := await self._changed(asked, now, tracker)) is not None:
            return changed
        if (events := await self._fill(asked, now, tracker)) is not None:
            return events
        return await self._otherwise(asked, now, tracker, dispatcher)

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        """What a form takes from a message before it looks for the answer to its question; None when there is no such thing."""
        return None

    def _wants_person(self, now: Here) -> bool:
        """Surely asks for a person, or is angry; "ik ben te bereiken op 06…" answers a question."""
        wanted = now.intent in WANTS_PERSON - self.triggers and now.confidence >= CERTAIN
        gives_number = now.intent in {"contact_medewerker", "choose_callback"} and dutch.parse_phone(now.text)
        return wanted and not gives_number

    def _aside(self, now: Here) -> bool:
        return now.intent in ASIDES and now.confidence >= CERTAIN

    def _stops(self, now: Here) -> bool:
        return now.is_("stop") or now.text.strip(" .!").lower() in STOP_WORDS

    def leave(self, reason: str) -> list[Event]:
        """End the form; its submit action sees `reason` in the slot `afgebroken`."""
        return [SlotSet("afgebroken", reason), SlotSet("requested_slot", None)]

    async def _prefill(self, now: Here, tracker: Tracker) -> list[Event]:
        """At the start: take what the first message already says."""
        events: list[Event] = []
        for slot in self.prefill:
            value = await self._filler(slot)(now, tracker) if tracker.get_slot(slot) is None else None
            if value is not None:
                events += await self.filled(slot, value, now)
        return events

    async def _fill(self, asked: str, now: Here, tracker: Tracker) -> list[Event] | None:
        value = await self._filler(asked)(now, tracker)
        return None if value is None else await self.filled(asked, value, now)

    async def filled(self, slot: str, value: Any, now: Here) -> list[Event]:
        """Events for a slot that got a value. Subclasses add what follows from it."""
        return [SlotSet(slot, value)]

    async def _otherwise(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        """The message does not answer the question: a change, another subject, a question in between, or unclear."""
        if (changed := await self._changed(asked, now, tracker)) is not None:
            return changed
        if now.intent in BREAKS - self.triggers and now.confidence >= SURE:
            return self.leave(now.intent)
        if now.is_("goodbye", CERTAIN):
            return self.leave("goodbye")
        if now.is_("follow_up") and (topic := topic_before(tracker)):
            dispatcher.utter_message(response=f"utter_{topic}")
            return [SlotSet(asked, None)]
        enough = CERTAIN if now.intent == "out_of_scope" else SURE
        if now.intent in catalogue() and now.intent != "other_language" and now.confidence >= enough:
            dispatcher.utter_message(response=f"utter_{now.intent}")
        else:
            self.unclear(f"utter_onduidelijk_{asked}", tracker, dispatcher)
        return [SlotSet(asked, None)]  # asks the same question again

    def unclear(self, response: str, tracker: Tracker, dispatcher: CollectingDispatcher) -> None:
        """Say why the answer to the question can't be used; the second time in a row, and later, a person is offered."""
        before = unclear_before(tracker)
        if before >= PATIENCE:
            dispatcher.utter_message(response="utter_kom_er_niet_uit", buttons=[PERSON_BUTTON])
            return
        dispatcher.utter_message(response=response, buttons=[PERSON_BUTTON] if before else [])
        if before:
            dispatcher.utter_message(response="utter_liever_medewerker", json_message={"joins": True})

    async def _changed(self, asked: str, now: Here, tracker: Tracker) -> list[Event] | None:
        """An earlier answer given anew ("toch liever vrijdag"), or a wish to change one ("een andere locatie")."""
        earlier = [slot for slot in self.slots if slot != asked and tracker.get_slot(slot) is not None]
        for slot in reversed(earlier):
            named = any(word in now.text.lower() for word in self.words.get(slot, ()))
            value = None
            if now.intent not in catalogue() or named:
                value = await self._filler(slot)(now, tracker)
            if value is not None and value != tracker.get_slot(slot):
                return [*await self.filled(slot, value, now), *self._reset_after(slot)]
            if named and (now.is_("change", 0.3) or now.is_("deny", 0.3) or _WRONG.search(now.text)):
                return [SlotSet(slot, None), *self._reset_after(slot)]
        return None

    def _reset_after(self, slot: str) -> list[Event]:
        """Answers that depend on `slot` must be given again."""
        return [SlotSet(name, None) for name in self.dependents(slot)]

    def dependents(self, slot: str) -> tuple[str, ...]:
        return ()

    def _filler(self, slot: str) -> Filler:
        return getattr(self, f"fill_{slot}")  # type: ignore[no-any-return]


def topic_before(tracker: Tracker) -> str | None:
    """The subject that was answered in the turn before this one, between two questions of the form."""
    names = (name.removeprefix("utter_") for name, _ in said_before(tracker))
    return next((name for name in names if name in catalogue() and catalogue()[name].about_something), None)


def is_question(now: Here) -> bool:
    """Whether a free text is a question of its own rather than an answer such as a name."""
    topic = catalogue().get(now.intent)
    return "?" in now.text or (topic is not None and topic.about_something and now.confidence >= 0.7)


def name_in(now: Here, tracker: Tracker, slot: str, offered: Sequence[str] = ()) -> str | None:
    """The name that the message introduces; a bare one only where `slot` was asked. `offered`: names of what can be chosen."""
    if given := named(now.text):
        return given
    if tracker.get_slot("requested_slot") != slot or (is_question(now) and not is_like_a_name(now.text)):
        return None
    return parse_name(now.text, offered)


def outage() -> list[Event]:
    """Ends a form whose next question can't be asked, from within the action that asks it."""
    return [SlotSet("afgebroken", "storing"), {"event": "active_loop", "name": None}, SlotSet("requested_slot", None)]


def back(tracker: Tracker) -> list[dict[str, str]]:
    """The button to the form that was left for a person, if there is one that can go on."""
    kept = (tracker.get_slot(KEPT) or {}).get("form")
    return [{"title": "Verder met invullen", "payload": "/resume_form"}] if kept in RESUMABLE else []


def clear(slots: tuple[str, ...]) -> list[Event]:
    """Forget the answers of a form."""
    return [SlotSet(name, None) for name in (*slots, "afgebroken")]


class Submit(Action, ABC):
    """Base of the action after a form: `done` when it was filled, a fitting sentence or follow-up when it was left."""

    slots: ClassVar[tuple[str, ...]]

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        reason = tracker.get_slot("afgebroken")
        if reason is None:
            return [*self._over(tracker), *await self.done(dispatcher, tracker)]
        if reason in {"stop", "goodbye"}:
            dispatcher.utter_message(response="utter_gestopt" if reason == "stop" else "utter_goodbye")
        events = [*clear(self.slots), *self._kept(tracker, reason)]
        if follow := FOLLOW_UPS.get(reason):
            events.append({"event": "followup", "name": follow})
        return events

    def _over(self, tracker: Tracker) -> list[Event]:
        """A form that was filled is no longer left, and neither is one before it."""
        return [SlotSet(KEPT, None)]

    def _kept(self, tracker: Tracker, reason: str) -> list[Event]:
        """The answers of a form that was left for a person: for the agent, and for who goes on with it after all."""
        if reason not in TO_A_PERSON:
            return [SlotSet(KEPT, None)] if reason in {"stop", "goodbye"} else []
        form = next((e["name"] for e in reversed(tracker.events) if e["event"] == "active_loop" and e["name"]), None)
        filled = {name: tracker.get_slot(name) for name in self.slots if name not in NEVER_KEPT}
        filled = {name: value for name, value in filled.items() if value is not None}
        return [SlotSet(KEPT, {"form": form, "slots": filled})] if filled else []

    @abstractmethod
    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The form is complete: do it and answer."""


FOLLOW_UPS = {
    "choose_login": "inlog_form",
    "login_code": "inlog_form",
    "contact_medewerker": "action_offer_person",
    "frustration": "action_offer_person",
    "threat": "action_offer_person",
    "crisis": "action_crisis",
    "choose_chat": "action_handover",
    "choose_callback": "terugbel_form",
    "zaakstatus": "zaakstatus_form",
    "afspraak_maken": "afspraak_form",
    "afspraak_verzetten": "verzet_form",
    "afspraak_annuleren": "annuleer_form",
    "nakijken": "action_afspraak_nakijken",
}
