"""A person: the offer, the way to the queue and out of it, and the greeting when the bot gets the conversation back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from bot.conversation.queue import Outlook, Queued
from bot.conversation.references import reference
from bot.gemeente_file import Team
from bot.ladder import WAYS, Ladder, Way
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
    *, chat: bool = True, there: bool | None = None,
) -> None:
    """Say `response` with a button for each way that is open and today's hours, and note in the log that a person was offered.

    `reason`: why, which goes with what is chosen. `first`: buttons that go before those. `chat`: whether that may be offered.
    `there`: whether somebody can take the conversation, where that is known already.
    """
    if there is None:
        there = chat and await _desk(now, told(now, tracker).topic) is not None
    steps = ladder.ladder(now.gemeente, services().now(), there)
    dispatcher.utter_message(
        response=response, buttons=[*first, *_buttons(steps.ways, reason), *back(tracker)],
        json_message={"event": events.handover("offered")},
    )
    if tracker.get_slot(PRIORITY):  # who is in danger can call somebody at any hour
        dispatcher.utter_message(response="utter_crisis_nummers", json_message={"joins": True})
    values = _values(now, steps)
    if chat and (line := _chat_line(steps)):
        dispatcher.utter_message(response=line, json_message={"joins": True}, **values)
    dispatcher.utter_message(response="utter_bereikbaar", json_message={"joins": True}, **values)


def _buttons(ways: Sequence[Way], reason: str) -> list[Button]:
    """Of these ways; with the reason, except where no agent reads it."""
    given = json.dumps({WHY: reason})
    chosen = [(*WAYS[way], "" if way == "appointment" else given) for way in ways]
    return [{"title": title, "payload": f"{payload}{entities}"} for title, payload, entities in chosen]


def _chat_line(steps: Ladder) -> str | None:
    """What is said of the chat when it can't be chosen: from when it can."""
    return {
        "nobody": "utter_chat_niemand" if steps.until else "utter_chat_niemand_vrij", "closed": "utter_chat_weer",
        "holiday": "utter_chat_feestdag",
    }.get(steps.chat.state)


def _values(now: Here, steps: Ladder) -> dict[str, str]:
    chat = {"chat_weer": steps.again, "chat_tot": steps.until, "feestdagen": steps.holidays}
    return ladder.reachable(now.gemeente, services().now()) | chat


@dataclass(frozen=True)
class Desk:
    """A team that can take a conversation now, what its queue looks like, and who waits in all queues."""

    team: Team
    outlook: Outlook
    queued: Sequence[Queued]


async def _desk(now: Here, topic: str | None) -> Desk | None:
    """The team of the topic, else the first one; None when nobody of these is there, or the chat is closed."""
    gemeente, handover = now.gemeente, services().handover
    if not gemeente.is_open("chat", services().now()):
        return None
    teams = {team.id: team for team in (gemeente.team_for(topic), gemeente.teams[0])}
    queued = await handover.queue(gemeente.key)
    found = await handover.outlooks(gemeente.key, teams, queued, services().settings.agent_gone_seconds)
    return next((Desk(team, found[id], queued) for id, team in teams.items() if found[id].available), None)


class ActionHandover(Action):
    """The citizen wants to chat with a person now: into the queue, or an honest no with the other ways."""

    def name(self) -> str:
        return "action_handover"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        what = told(now, tracker)
        desk = await _desk(now, what.topic)
        if desk is None:
            await offer(now, tracker, dispatcher, "utter_chat_dicht", what.reason, there=False)
            return []
        if await too_many(Rate(f"queue:{now.caller}", services().settings.rate_queue_hour, HOUR)):
            if not what.priority:
                await offer(now, tracker, dispatcher, "utter_chat_vaak", what.reason, chat=False)
                return []
            what = replace(what, priority=False)  # who speaks of danger is never refused, but doesn't go first time and again
        _queue(now, what, desk, dispatcher)
        return []


def _queue(now: Here, what: Told, desk: Desk, dispatcher: CollectingDispatcher) -> None:
    position = _position(what, desk)
    wait = desk.outlook.wait_seconds(position)
    queued = events.handover("queued", position=position, eta_s=wait, team=desk.team.name)
    dispatcher.utter_message(
        response="utter_in_de_rij", plaats=position, wachttijd=wait_in_words(wait),
        gesprek_nummer=reference(services().settings.secret, now.conv),
        buttons=[*_buttons(["callback"], what.reason), {"title": "Ik wil niet meer wachten", "payload": "/leave_queue"}],
        json_message={"event": queued, "handover": what.handover(desk.team)},
    )


def _position(what: Told, desk: Desk) -> int:
    """Behind all who wait for this team; with priority only behind those who have it too."""
    if not what.priority:
        return desk.outlook.waiting + 1
    return sum(one.team == desk.team.id and one.priority for one in desk.queued) + 1


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
