"""A person: the offer, the way to the queue, the call-back, and the greeting when the bot gets the conversation back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, catalogue, here, services
from actions.forms import Event, Form, Submit, clear, is_question
from actions.words import parse_name
from actions.zaak import in_hand
from bot import dutch
from bot.contacts import CallbackRefused, CallbackRequest, ContactsUnavailable
from bot.conversation import events

CALLBACK = ("contact_naam", "contact_telefoon", "contact_moment")
REASONS = {"frustration": "frustration", "wrong_answer": "wrong_answer", "nlu_fallback": "not_understood"}
TOPICS_TOLD = 5


class ActionOfferPerson(Action):
    """Ways to a person that are open now: chat, call-back, appointment; always phone and counter as well."""

    def name(self) -> str:
        return "action_offer_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        reason = REASONS.get(now.intent, "asked")
        await offer(now, dispatcher, f"utter_aanbod_{reason}")
        return []


async def offer(
    now: Here, dispatcher: CollectingDispatcher, response: str, first: Sequence[dict[str, str]] = ()
) -> None:
    """Say `response` with a button for each way that is open, and note in the log that a person was offered.

    `first`: buttons that go before those.
    """
    buttons = [
        {"title": "Laat mij terugbellen", "payload": "/choose_callback"},
        {"title": "Maak een afspraak", "payload": '/afspraak_maken{"product": "gesprek"}'},
    ]
    if await chat_open(now):
        buttons.insert(0, {"title": "Chat met een medewerker", "payload": "/choose_chat"})
    event = events.handover("offered")
    dispatcher.utter_message(response=response, buttons=[*first, *buttons], json_message={"event": event})


async def chat_open(now: Here) -> bool:
    """Whether the desk is open and an agent is there and takes conversations."""
    if not now.gemeente.is_open("chat", datetime.now(UTC)):
        return False
    return await services().handover.available(now.gemeente.key, services().settings.agent_gone_seconds) > 0


class ActionHandover(Action):
    """The citizen wants to chat with a person now: into the queue, or an honest no with the other ways."""

    def name(self) -> str:
        return "action_handover"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        if not await chat_open(now):
            await offer(now, dispatcher, "utter_chat_dicht")
            return []
        handover = services().handover
        position = len(await handover.waiting(now.gemeente.key)) + 1
        available = await handover.available(now.gemeente.key, services().settings.agent_gone_seconds)
        wait = position * services().settings.seconds_per_conversation // max(available, 1)
        queued = events.handover("queued", position=position, eta_s=wait)
        dispatcher.utter_message(
            response="utter_in_de_rij", plaats=position, minuten=max(1, round(wait / 60)),
            json_message={"event": queued, "handover": _told(now, tracker)},
        )
        return []


def _told(now: Here, tracker: Tracker) -> dict[str, Any]:
    """What the agent is told: subjects that came by, why a person is wanted. No words of the citizen: those are in the log."""
    intents = [e["parse_data"]["intent"]["name"] for e in tracker.events if e["event"] == "user" and e.get("parse_data")]
    asked = [catalogue()[name] for name in intents if name in catalogue() and catalogue()[name].topic == name]
    titles = list(dict.fromkeys(topic.title for topic in asked))[-TOPICS_TOLD:]
    reason = next((REASONS[name] for name in reversed(intents) if name in REASONS), "asked")
    return {
        "topic": asked[-1].slug if asked else None,
        "summary": "Vroeg naar: " + ", ".join(titles) if titles else "Heeft nog geen onderwerp genoemd",
        "zaaknummer": tracker.get_slot("zaaknummer"),
        "reason": reason,
    }


class ValidateTerugbelForm(Form):
    slots = CALLBACK
    prefill = ("contact_telefoon",)
    triggers: ClassVar[set[str]] = {"choose_callback", "contact_medewerker"}
    words: ClassVar[dict[str, tuple[str, ...]]] = {
        "contact_naam": ("naam",), "contact_telefoon": ("nummer", "telefoon"), "contact_moment": ("moment", "tijd", "dag"),
    }

    def name(self) -> str:
        return "validate_terugbel_form"

    async def fill_contact_naam(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "contact_naam" or is_question(now):
            return None
        return parse_name(now.text)

    async def fill_contact_telefoon(self, now: Here, tracker: Tracker) -> str | None:
        return dutch.parse_phone(now.text)

    async def fill_contact_moment(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "contact_moment" or is_question(now):
            return None
        return now.text.strip()[:100] or None


class ActionTerugbellen(Submit):
    slots = CALLBACK

    def name(self) -> str:
        return "action_terugbellen"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        told = _told(now, tracker)
        request = CallbackRequest(
            name=tracker.get_slot("contact_naam"), phone=tracker.get_slot("contact_telefoon"),
            when=tracker.get_slot("contact_moment"), topic=told["topic"], summary=told["summary"], conversation=now.conv,
            zaak=_case(now, tracker, told["topic"]),
        )
        try:
            registered = await services().contacts(now.gemeente.key).register(request, key=now.key)
        except CallbackRefused:
            dispatcher.utter_message(response="utter_terugbellen_geweigerd", json_message={"forget": True})
        except ContactsUnavailable:
            dispatcher.utter_message(response="utter_terugbellen_storing")
        else:
            dispatcher.utter_message(
                response="utter_terugbellen_genoteerd", terugbel_nummer=registered.reference,
                terugbel_moment=request.when, json_message={"forget": True},
            )
        return clear(CALLBACK)


def _case(now: Here, tracker: Tracker, topic: str | None) -> str | None:
    """The case that the citizen wants to be called about: the one they heard about last, unless another subject came after it."""
    zaak = in_hand(tracker, now) if topic in {None, "zaakstatus"} else None
    return (zaak.ref or None) if zaak else None


class ActionReturned(Action):
    """The bot has the conversation again: say so, and how it went on."""

    def name(self) -> str:
        return "action_returned"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        withdrawn = here(tracker).text == "withdrawn"
        dispatcher.utter_message(response="utter_rij_verlaten" if withdrawn else "utter_terug_bij_balie")
        return []
