"""A person: the offer, the way to the queue and out of it, and the greeting when the bot gets the conversation back."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, here, services
from actions.forms import KEPT, RESUMABLE, Event, back
from actions.limits import HOUR, too_many
from actions.overdracht import PRIORITY, WHY, Told, priority, told, why
from bot import ladder
from bot.conversation import events
from bot.conversation.limits import Rate
from bot.conversation.queue import Outlook
from bot.conversation.references import reference
from bot.gemeente_file import Team
from bot.ladder import TALK, Ladder, Way
from bot.waiting import wait_in_words

Button = dict[str, str]

OFFERS = {  # intent -> the words that an offer begins with
    "frustration": "utter_aanbod_frustration", "wrong_answer": "utter_aanbod_wrong_answer", "threat": "utter_aanbod_threat",
}
COMPLAIN = {"title": "Een klacht indienen", "payload": "/klacht"}


class ActionOfferPerson(Action):
    """Ways to a person that are open now: chat, call-back, appointment; always phone and counter as well."""

    def name(self) -> str:
        return "action_offer_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        complain = [COMPLAIN] if now.intent == "threat" else []
        await offer(now, tracker, dispatcher, OFFERS.get(now.intent, "utter_aanbod_asked"), why(now, tracker), complain)
        return []


class ActionCrisis(Action):
    """Somebody is in danger: the numbers to call, with a person beside it. This conversation goes before others from now on."""

    def name(self) -> str:
        return "action_crisis"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        dispatcher.utter_message(response="utter_crisis")
        return [priority(True)]


async def offer(
    now: Here, tracker: Tracker, dispatcher: CollectingDispatcher, response: str, reason: str, first: Sequence[Button] = (),
    *, chat: bool = True,
) -> None:
    """Say `response` with a button for each way that is open and today's hours, and note in the log that a person was offered.

    `reason`: why, which goes with what is chosen. `first`: buttons that go before those. `chat`: whether that may be offered.
    """
    team = await _desk(now, told(now, tracker).topic) if chat else None
    steps = ladder.ladder(now.gemeente, services().now(), team is not None)
    dispatcher.utter_message(
        response=response, buttons=[*first, *_buttons(steps.ways, reason), *back(tracker)],
        json_message={"event": events.handover("offered")},
    )
    if tracker.get_slot(PRIORITY):  # who is in danger can call somebody at any hour
        dispatcher.utter_message(response="utter_crisis_nummers", json_message={"joins": True})
    if chat and (line := _chat_line(steps)):
        dispatcher.utter_message(response=line, json_message={"joins": True}, **_values(steps))
    dispatcher.utter_message(response="utter_bereikbaar", json_message={"joins": True}, **_values(steps))


def _buttons(ways: Sequence[Way], reason: str) -> list[Button]:
    given = json.dumps({WHY: reason})
    known = {
        "chat": {"title": "Chat met een medewerker", "payload": f"/choose_chat{given}"},
        "callback": {"title": "Laat mij terugbellen", "payload": f"/choose_callback{given}"},
        "appointment": {"title": "Maak een afspraak", "payload": f'/afspraak_maken{{"product": "{TALK}"}}'},
    }
    return [known[way] for way in ways]


def _chat_line(steps: Ladder) -> str | None:
    """What is said of the chat when it can't be chosen: from when it can."""
    return {
        "nobody": "utter_chat_niemand" if steps.until else "utter_chat_niemand_vrij", "closed": "utter_chat_weer",
        "holiday": "utter_chat_feestdag",
    }.get(steps.chat.state)


def _values(steps: Ladder) -> dict[str, str]:
    return {
        "telefoon_vandaag": steps.phone, "balie_vandaag": steps.counter, "chat_weer": steps.again, "chat_tot": steps.until,
        "feestdagen": steps.holidays,
    }




async def _desk(now: Here, topic: str | None) -> tuple[Team, Outlook] | None:
    """The team that can take this conversation now: that of the topic, else the first one; None when nobody is there."""
    gemeente, gone = now.gemeente, services().settings.agent_gone_seconds
    for team in dict.fromkeys([gemeente.team_for(topic), gemeente.teams[0]]):
        found = await services().handover.outlook(gemeente.key, team.id, gone)
        if found.available:
            return team, found
    return None


class ActionHandover(Action):
    """The citizen wants to chat with a person now: into the queue, or an honest no with the other ways."""

    def name(self) -> str:
        return "action_handover"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        what = told(now, tracker)
        desk = await _desk(now, what.topic) if now.gemeente.is_open("chat", services().now()) else None
        if desk is None:
            await offer(now, tracker, dispatcher, "utter_chat_dicht", what.reason)
            return []
        if await too_many(Rate(f"queue:{now.caller}", services().settings.rate_queue_hour, HOUR)):
            if not what.priority:
                await offer(now, tracker, dispatcher, "utter_chat_vaak", what.reason, chat=False)
                return []
            what = replace(what, priority=False)  # who speaks of danger is never refused, but doesn't go first time and again
        await _queue(now, what, *desk, dispatcher)
        return []


async def _queue(now: Here, what: Told, team: Team, outlook: Outlook, dispatcher: CollectingDispatcher) -> None:
    position = await _position(now, what, team, outlook)
    wait = outlook.wait_seconds(position)
    queued = events.handover("queued", position=position, eta_s=wait, team=team.name)
    dispatcher.utter_message(
        response="utter_in_de_rij", plaats=position, wachttijd=wait_in_words(wait),
        gesprek_nummer=reference(services().settings.secret, now.conv),
        buttons=[
            {"title": "Laat mij terugbellen", "payload": f"/choose_callback{json.dumps({WHY: what.reason})}"},
            {"title": "Ik wil niet meer wachten", "payload": "/leave_queue"},
        ],
        json_message={"event": queued, "handover": what.handover(team)},
    )


async def _position(now: Here, what: Told, team: Team, outlook: Outlook) -> int:
    """Behind all who wait for this team; with priority only behind those who have it too."""
    if not what.priority:
        return outlook.waiting + 1
    queue = await services().handover.queue(now.gemeente.key)
    return sum(one.team == team.id and one.priority for one in queue) + 1


class ActionLeaveQueue(Action):
    """The citizen stops waiting, by the button in the queue: the door took the conversation out of it before this turn."""

    def name(self) -> str:
        return "action_leave_queue"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        dispatcher.utter_message(response="utter_rij_verlaten", buttons=back(tracker))
        return []


class ActionReturned(Action):
    """The bot has the conversation again: greet, with what was agreed. Silent where the citizen's own choice is the next turn."""

    def name(self) -> str:
        return "action_returned"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        given: dict[str, Any] = here(tracker).entities
        outcome, agent, agreed = (str(given.get(name) or "") for name in ("uitkomst", "medewerker", "afgesproken"))
        if outcome == "other_way":
            return []
        if outcome == "withdrawn":
            dispatcher.utter_message(response="utter_rij_verlaten", buttons=back(tracker))
            return []
        dispatcher.utter_message(response="utter_terug_bij_balie", medewerker=agent or "een medewerker")
        if agreed:
            dispatcher.utter_message(response="utter_afgesproken", json_message={"joins": True}, afgesproken=agreed)
        dispatcher.utter_message(response="utter_nog_iets", json_message={"joins": True})
        return [SlotSet(KEPT, None), priority(False)]


class ActionResumeForm(Action):
    """Goes on with the form that was left for a person, where it was."""

    def name(self) -> str:
        return "action_resume_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        kept = tracker.get_slot(KEPT) or {}
        if kept.get("form") not in RESUMABLE:
            dispatcher.utter_message(response="utter_iets_anders")
            return []
        filled = [SlotSet(name, value) for name, value in kept["slots"].items()]
        return [*filled, SlotSet(KEPT, None), {"event": "followup", "name": kept["form"]}]
