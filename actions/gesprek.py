"""When the bot does not understand: a question back with choices first, a way to a person the second time."""

from typing import ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import catalogue, here
from actions.forms import Event
from actions.medewerker import offer
from bot.content import Topic
from bot.dutch.aspects import about_a_child
from bot.dutch.english import is_english

LIKELY = 0.08  # confidence from which a topic is worth offering
OFFERED = 3
TORN = 0.3  # confidence from which a second intent counts beside the first


class ActionFollowUp(Action):
    """A question that leans on the one before ("en wat kost dat?", "en voor mijn dochter?"): about the topic in hand."""

    def name(self) -> str:
        return "action_follow_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        topic = topic_in_hand(tracker)
        if topic is None:
            return [{"event": "followup", "name": "action_not_understood"}]
        if about_a_child(here(tracker).text):
            topic = catalogue().get(topic.for_child or "", topic)
        dispatcher.utter_message(response=f"utter_{topic.slug}")
        return []


def topic_in_hand(tracker: Tracker) -> Topic | None:
    """The last subject that was asked about, in what the tracker still has."""
    for event in reversed(tracker.events):
        intent = (event.get("parse_data") or {}).get("intent") or {}
        topic = catalogue().get(intent.get("name") or "") if event["event"] == "user" else None
        if topic and topic.about_something:
            return topic
    return None


class ActionNotUnderstood(Action):
    """Offers the likeliest topics, else asks back; when the turn before was not understood either, offers a person."""

    not_understood: ClassVar[set[str]] = {"action_not_understood", "utter_out_of_scope"}

    def name(self) -> str:
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        if self._means_appointment(tracker):
            return [{"event": "followup", "name": "afspraak_form"}]
        if is_english(now.text):
            dispatcher.utter_message(response="utter_english")
            return []
        if self._again(tracker):
            await offer(now, dispatcher, "utter_aanbod_not_understood")
            return []
        buttons = [{"title": topic.title, "payload": f"/{topic.slug}"} for topic in self._likely(tracker)]
        if buttons:
            buttons.append({"title": "Iets anders", "payload": "/something_else"})
            dispatcher.utter_message(response="utter_bedoelt_u", buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_niet_begrepen")
        return []

    def _means_appointment(self, tracker: Tracker) -> bool:
        """Torn between an appointment and a topic that one is made for: that is an appointment for the topic."""
        first = [item for item in tracker.latest_message.get("intent_ranking", []) if item["name"] != "nlu_fallback"][:2]
        names = {item["name"] for item in first if item["confidence"] >= TORN}
        return "afspraak_maken" in names and any(name in catalogue() and catalogue()[name].product for name in names)

    def _again(self, tracker: Tracker) -> bool:
        """Whether the bot's last turn before this one was a misunderstanding too."""
        turns = 0
        for event in reversed(tracker.events):
            if event["event"] == "user":
                turns += 1
                if turns == 2:
                    return False
            elif turns == 1 and event["event"] == "action" and event["name"] in self.not_understood:
                return True
        return False

    def _likely(self, tracker: Tracker) -> list[Topic]:
        offers = catalogue().offers
        ranking = tracker.latest_message.get("intent_ranking", [])
        found = [offers[item["name"]] for item in ranking if item["confidence"] >= LIKELY and item["name"] in offers]
        return found[:OFFERED]
