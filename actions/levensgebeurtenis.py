"""Life events: what the citizen has read of one, its overview, and the next step."""

from functools import cache

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import zaakvragen
from actions.context import Here, catalogue, here
from actions.forms import Event
from actions.gesprek import topic_in_hand
from actions.turns import said_before
from bot import levensgebeurtenissen
from bot.levensgebeurtenissen import EVENT, READ, Levensgebeurtenissen, left, overview_payload

WALKS = {"walk_next", "walk_overview"}
NAMED = 0.1  # confidence from which a topic beside the wish for an overview counts as named


@cache
def life_events() -> Levensgebeurtenissen:
    """All life events; read once."""
    return levensgebeurtenissen.load()


class ActionOnthouden(Action):
    """Runs with every message, before anything else: keeps in slots what the turn before it showed of a life event.

    What counts is what was said, so it makes no difference whether a topic was a step, a question of its own or one in a form.
    An answer about one aspect of a topic does not count as read. `stop` outside a form ends the event.
    """

    def name(self) -> str:
        return "action_levensgebeurtenis_onthouden"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        event, read = tracker.get_slot(EVENT), list(tracker.get_slot(READ) or [])
        for name, metadata in said_before(tracker):
            topic = name.removeprefix("utter_")
            if overview := metadata.get("overview"):
                event = overview
            elif topic in life_events().topics and topic not in read and not metadata.get("aspect"):
                read.append(topic)
        if event not in life_events():
            event = None
        if any(now.is_(intent) for intent in WALKS):
            event = _named(now) or event or _in_hand(tracker)
        elif now.is_("stop") and not (tracker.active_loop or {}).get("name"):
            event = None
        kept = {EVENT: event, READ: read or None}
        return [SlotSet(name, value) for name, value in kept.items() if value != tracker.get_slot(name)]


class ActionOverzicht(Action):
    """The overview of the life event that was named, that the citizen is in, or that the topic in hand begins.

    Outside an event the text may still name a topic ("checklist schuldhulp"): that is answered.
    """

    def name(self) -> str:
        return "action_levensgebeurtenis"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if zaakvragen.about_a_case(tracker, here(tracker)):  # "wat moet ik nog doen?" right after a case
            return zaakvragen.answer_known(dispatcher, tracker, here(tracker))
        if event := tracker.get_slot(EVENT):
            dispatcher.utter_message(response="utter_levensgebeurtenis", levensgebeurtenis=event)
        elif topic := _topic_beside(tracker):
            dispatcher.utter_message(response=f"utter_{topic}")
        else:
            _ask_which(dispatcher)
        return []


class ActionVolgende(Action):
    """The answer to the next step of the life event that was not read yet."""

    def name(self) -> str:
        return "action_volgende_stap"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        key = tracker.get_slot(EVENT)
        if key is None and zaakvragen.about_a_case(tracker, here(tracker)):
            return zaakvragen.answer_known(dispatcher, tracker, here(tracker))
        if key is None:
            _ask_which(dispatcher)
            return []
        event, read = life_events()[key], tracker.get_slot(READ) or []
        last = next((topic for topic in reversed(read) if topic in event.topics), "")
        ahead = left(event, read, here(tracker).gemeente.lacks, after=last)
        dispatcher.utter_message(response=f"utter_{ahead[0]}" if ahead else "utter_alles_gelezen")
        return []


def _named(now: Here) -> str | None:
    """The event on the button that was pressed."""
    named = now.entities.get(EVENT)
    return named if named in life_events() else None


def _in_hand(tracker: Tracker) -> str | None:
    topic = topic_in_hand(tracker)
    return life_events().started_by(topic.slug) if topic else None


def _topic_beside(tracker: Tracker) -> str | None:
    """The likeliest topic that the message names besides its wish for an overview."""
    for item in tracker.latest_message.get("intent_ranking") or []:
        topic = catalogue().get(item["name"])
        if topic and topic.about_something and item["confidence"] >= NAMED:
            return topic.slug
    return None


def _ask_which(dispatcher: CollectingDispatcher) -> None:
    buttons = [{"title": event.title, "payload": overview_payload(key)} for key, event in life_events().items()]
    dispatcher.utter_message(response="utter_welke_levensgebeurtenis", buttons=buttons)
