"""When the bot does not understand: a question back with choices first, a way to a person the second time."""

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import afspraak_bekend, zaakvragen
from actions.context import catalogue, here, neighbour_sets, ranking
from actions.forms import Event
from actions.medewerker import offer
from actions.turns import answered_already, unclear_before
from bot import neighbours
from bot.content import Topic
from bot.dutch.aspects import about_a_child
from bot.dutch.english import is_english
from bot.neighbours import Neighbours

# Confidence is calibrated. Below the threshold in config.yml the bot asks back, with these. Chosen on training sentences that
# were held out of the training.
LIKELY = 0.08  # confidence from which a topic is worth offering
POSSIBLE = 0.02  # confidence from which it may fill up the choices, when another one is likely
FAR_BEHIND = 0.5  # a third topic less than this part as likely as the second does not stop a question about the first two
TORN = 0.3  # confidence from which a second intent counts beside the first
PERSON = {"contact_medewerker", "choose_chat", "choose_callback"}
PERSON_TOGETHER = 0.6  # confidence of two of these together from which a person is wanted; that of config.yml for one intent
OFFERED = 3  # topics that are offered at once
OFFERED_BESIDE_A_PERSON = 2  # the same where the ways to a person are choices too

SOMETHING_ELSE = {"title": "Iets anders", "payload": "/something_else"}

Ranked = tuple[str, float]  # intent and confidence


class ActionFollowUp(Action):
    """A question that leans on the one before ("en wat kost dat?", "en voor mijn dochter?"): about the topic in hand."""

    def name(self) -> str:
        return "action_follow_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if zaakvragen.about_a_case(tracker, here(tracker)):
            return zaakvragen.answer_known(dispatcher, tracker, here(tracker))
        if _about_the_appointment(tracker):
            return [{"event": "followup", "name": "verzet_form"}]
        topic = topic_in_hand(tracker) or catalogue().get(here(tracker).about)
        if topic is None:
            return await ActionNotUnderstood().run(dispatcher, tracker, domain)
        if about_a_child(here(tracker).text):
            topic = catalogue().get(topic.for_child or "", topic)
        dispatcher.utter_message(response=f"utter_{topic.slug}")
        return []


def topic_in_hand(tracker: Tracker) -> Topic | None:
    """The last subject that was asked about or answered, in what the tracker still has."""
    for event in reversed(tracker.events):
        if event["event"] == "bot":
            name = ((event.get("metadata") or {}).get("utter_action") or "").removeprefix("utter_")
        else:
            name = ((event.get("parse_data") or {}).get("intent") or {}).get("name") or ""
        topic = catalogue().get(name)
        if topic and topic.about_something:
            return topic
    return None


class ActionNotUnderstood(Action):
    """Asks back with choices; the second time in a row it offers a person as well, after that it says so in short.

    Rasa also takes this action where no rule fits after another action, such as the one that follows a form that was left. Then
    the citizen has an answer, and the turn ends here.
    """

    def name(self) -> str:
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if answered_already(tracker):
            return [{"event": "followup", "name": "action_listen"}]
        now = here(tracker)
        if _may_ask_on(tracker) and zaakvragen.about_a_case(tracker, now):
            return zaakvragen.answer_known(dispatcher, tracker, now)
        if now.intent in {"zaakstatus", "inform"} and zaakvragen.number(now):  # a case number says enough
            return [{"event": "followup", "name": "zaakstatus_form"}]
        if _about_the_appointment(tracker):
            return [{"event": "followup", "name": "verzet_form"}]
        if _means_appointment(tracker):
            return [{"event": "followup", "name": "afspraak_form"}]
        if _means_person(tracker):
            await offer(now, tracker, dispatcher, "utter_aanbod_asked", "asked")
            return []
        if is_english(now.text):
            dispatcher.utter_message(response="utter_english")
            return []
        unclear, ranked = unclear_before(tracker), _ranked(tracker)
        if unclear == 0:
            _ask_back(dispatcher, ranked)
        elif unclear == 1 and (likely := _likely(ranked)):
            first = _buttons(likely[:OFFERED_BESIDE_A_PERSON])
            await offer(now, tracker, dispatcher, "utter_aanbod_keuze", "not_understood", first)
        else:
            response = "utter_aanbod_not_understood" if unclear == 1 else "utter_aanbod_zonder_begrip"
            await offer(now, tracker, dispatcher, response, "not_understood")
        return []


def _ask_back(dispatcher: CollectingDispatcher, ranked: list[Ranked]) -> None:
    """The question that tells near neighbours apart, else the likeliest topics, else the request to say it differently."""
    if near := _near(ranked):
        buttons = [{"title": label, "payload": f"/{slug}"} for slug, label in near.choices.items()]
        dispatcher.utter_message(response="utter_welke_bedoelt_u", vraag=near.question, buttons=[*buttons, SOMETHING_ELSE])
    elif likely := _likely(ranked):
        dispatcher.utter_message(response="utter_bedoelt_u", buttons=[*_buttons(likely), SOMETHING_ELSE])
    else:
        dispatcher.utter_message(response="utter_niet_begrepen")


def _may_ask_on(tracker: Tracker) -> bool:
    """Whether a question about a case, or one that leans on the answer before it, is among the likeliest readings."""
    return any(item["name"] in {"zaakstatus", "follow_up"} for item in ranking(tracker.latest_message)[:OFFERED])


def _about_the_appointment(tracker: Tracker) -> bool:
    """Whether the message asks about the appointment that the conversation knows ("hoe laat moet ik komen?")."""
    now = here(tracker)
    return afspraak_bekend.asks_about(now.text) and afspraak_bekend.known(tracker, now) is not None


def _means_appointment(tracker: Tracker) -> bool:
    """Torn between an appointment and a topic that one is made for: that is an appointment for the topic."""
    names = {item["name"] for item in ranking(tracker.latest_message)[:2] if item["confidence"] >= TORN}
    return "afspraak_maken" in names and any(name in catalogue() and catalogue()[name].product for name in names)


def _means_person(tracker: Tracker) -> bool:
    """Torn between the ways to a person: that is a wish for a person."""
    found = ranking(tracker.latest_message)[:2]
    together = sum(item["confidence"] for item in found if item["name"] in PERSON)
    return bool(together >= PERSON_TOGETHER and found[0]["name"] in PERSON)


def _ranked(tracker: Tracker) -> list[Ranked]:
    """What can be offered, likeliest first."""
    found = ranking(tracker.latest_message)
    return [(item["name"], float(item["confidence"])) for item in found if item["name"] in catalogue().offers]


def _near(ranked: list[Ranked]) -> Neighbours | None:
    likely = [(slug, sure) for slug, sure in ranked if sure >= LIKELY][:OFFERED]
    if len(likely) == OFFERED and likely[-1][1] < FAR_BEHIND * likely[-2][1]:
        likely.pop()
    return neighbours.find([slug for slug, _ in likely], neighbour_sets())


def _likely(ranked: list[Ranked]) -> list[Topic]:
    """The topics to offer: none when none is likely, else filled up with what is possible."""
    if not any(sure >= LIKELY for _, sure in ranked):
        return []
    return [catalogue().offers[slug] for slug, sure in ranked if sure >= POSSIBLE][:OFFERED]


def _buttons(topics: list[Topic]) -> list[dict[str, str]]:
    return [{"title": topic.title, "payload": f"/{topic.slug}"} for topic in topics]
