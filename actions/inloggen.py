"""Logging in from a conversation: a link, then the code that the page showed, then the citizen's own cases."""

import re
from typing import ClassVar

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import zaakvragen
from actions.context import Here, here, ranking, services
from actions.forms import Event, Form, Submit, clear, outage
from actions.zaak import known, remember, tell_all
from bot.conversation.logins import Taken
from bot.conversation.redis import StoreUnavailable
from bot.dutch.lacks import lacks_digid
from bot.login import PATH
from bot.zaken import ZaakStatus

SLOTS = ("inlogcode",)
LABEL = "Inloggen met DigiD"
_AGAIN = re.compile(r"\W*(?:ik )?(?:wil )?(?:graag )?in ?log?gen(?: met digi-?d)?\W*", re.IGNORECASE)
_SAID = re.compile(r"\bcode\b(?:\s+is)?[\s:]+(\S{3}[\s-]?\S{3})[\s.!]*$", re.IGNORECASE)
NO_LOGIN = "geen_login"  # the form was left because this municipality has no place to log in
SEEN = "gezien"  # the form was left because the citizen's cases are known already
ELSE = "anders"  # the form was left because the citizen can't or won't log in
NO_CODE = "-"  # the login failed after the citizen's part: there is no code to type
FIELD = {"name": "inlogcode", "label": "Code", "autocomplete": "one-time-code", "maxlength": 12, "sensitive": True}


def login_button(now: Here) -> list[dict[str, str]]:
    """The button to log in, where the municipality has a place for it."""
    return [{"title": LABEL, "payload": "/choose_login"}] if services().login(now.gemeente.key) else []


class ValidateInlogForm(Form):
    slots = SLOTS
    prefill = SLOTS
    triggers: ClassVar[set[str]] = {"choose_login", "login_code"}

    def name(self) -> str:
        return "validate_inlog_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        events = await super().run(dispatcher, tracker, domain)
        if code := _code(now):
            dispatcher.utter_message(json_message={"hide": [now.seq]})  # right or wrong, it leaves the log
            if not any(event.get("name") in {"inlogcode", "afgebroken"} and event.get("value") for event in events):
                taken = await _take(now, code)
                name = "utter_inlogcode_fout" if taken.outcome == "wrong" else "utter_inlogcode_onbekend"
                dispatcher.utter_message(response=name, pogingen=taken.left)
        return events

    async def _prefill(self, now: Here, tracker: Tracker) -> list[Event]:
        if services().login(now.gemeente.key) is None:
            return self.leave(NO_LOGIN)
        if len(ranking(tracker.latest_message)) > 1 and len(known(tracker, now)) > 1:  # "welke zaken heb ik?", asked again
            return self.leave(SEEN)
        return await super()._prefill(now, tracker)

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        if _code(now):
            return None
        if now.is_("choose_login") or _AGAIN.fullmatch(now.text):
            return [SlotSet(asked, None)]  # asked again: the link is said again
        if zaakvragen.number(now):
            return self.leave("zaakstatus")
        return self.leave(ELSE) if lacks_digid(now.text) else None

    async def _otherwise(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        if _code(now):
            return [SlotSet(asked, None)]  # a wrong code is no question about something else
        return await super()._otherwise(asked, now, tracker, dispatcher)

    async def fill_inlogcode(self, now: Here, tracker: Tracker) -> str | None:
        """The code, when it is right; whatever was typed, when there is no code to wait for."""
        if code := _code(now):
            return code if (await _take(now, code)).outcome in {"ok", "failed"} else None
        if tracker.get_slot("requested_slot") is None:
            return None
        try:
            return NO_CODE if await services().logins.failed(now.conv, now.key) else None
        except StoreUnavailable:
            return None


class ActionAskInlogcode(Action):
    """The link to log in, and the field for the code."""

    def name(self) -> str:
        return "action_ask_inlogcode"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now, settings = here(tracker), services().settings
        try:
            ticket = await services().logins.ticket(now.conv, now.gemeente.key, now.channel)
        except StoreUnavailable:
            dispatcher.utter_message(response="utter_inloggen_storing")
            return outage()
        # `opener`: the page that opens may hand the code to the page of the chat.
        link = {"kind": "link", "label": LABEL, "url": f"{settings.base_url}{PATH}/{ticket}", "opener": True}
        form = {"kind": "form", "id": "inlogcode", "submit": "Toon mijn zaken", "fields": [FIELD]}
        dispatcher.utter_message(
            response="utter_ask_inlogcode", minuten=settings.login_ticket_seconds // 60, json_message={"parts": [link, form]}
        )
        return []


class ActionIngelogd(Submit):
    slots = SLOTS

    def name(self) -> str:
        return "action_ingelogd"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        if tracker.get_slot("afgebroken") == NO_LOGIN:
            dispatcher.utter_message(response="utter_inloggen_kan_niet")
            return clear(SLOTS)
        if tracker.get_slot("afgebroken") == SEEN:
            tell_all(dispatcher, known(tracker, here(tracker)), here(tracker))
        if tracker.get_slot("afgebroken") == ELSE:
            dispatcher.utter_message(response="utter_inloggen_anders")
        return await super().run(dispatcher, tracker, domain)

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now, question = here(tracker), tracker.get_slot("zaakvraag")
        taken = await _take(now, tracker.get_slot("inlogcode"))
        dispatcher.utter_message(json_message={"forget": True})  # the tracker keeps no code
        if taken.outcome != "ok":
            dispatcher.utter_message(response="utter_inloggen_storing")
            return clear((*SLOTS, "zaakvraag"))
        zaken = msgspec.convert(taken.zaken, list[ZaakStatus])
        if question and len(zaken) == 1:
            zaakvragen.answer_found(dispatcher, zaken[0], now, question)
        else:
            tell_all(dispatcher, zaken, now)
        return [remember(zaken, now), *clear((*SLOTS, "zaakvraag"))]


def _code(now: Here) -> str | None:
    """The code that was typed ("mijn code is …" too), or that the widget or Telegram brought."""
    said = str(now.entities.get("inlogcode") or now.text)
    behind = _SAID.search(said)
    return services().logins.read_code(said) or (services().logins.read_code(behind[1]) if behind else None)


async def _take(now: Here, code: str) -> Taken:
    """The result for this code; the same one as often as this turn asks."""
    try:
        return await services().logins.take(now.conv, code, now.key)
    except StoreUnavailable:
        return Taken("failed")
