"""Notices in the conversation: turn on, go on, turn off, bring back; and the reminder of an appointment."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import afspraak_bekend, forms, zaak
from actions.context import Here, here, ranking, services
from actions.forms import Event
from actions.words import clock
from bot import dutch
from bot.appointments import AppointmentNotFound, AppointmentsUnavailable
from bot.appointments.links import LinkInvalid
from bot.conversation.redis import StoreUnavailable
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM
from bot.notices import Gone, Notice, TooMany
from bot.zaken import ZaakStatus

OFFER = "utter_berichten_aanbod"
_OFFERS = re.compile(r'/(?:notices_on|reminder_on)\{"(?P<what>zaaknummer|afspraak)": "(?P<value>[^"]+)"\}')
_REMINDER = re.compile(r"herinner|\bafspraak\b", re.IGNORECASE)

Button = dict[str, str]


class ActionNoticesOn(Action):
    """Tell this conversation when the case changes: one that it looked up itself, until an end that is said."""

    def name(self) -> str:
        return "action_notices_on"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        pressed = len(ranking(tracker.latest_message)) == 1
        if not pressed and _offered(tracker, "/notices_undo"):  # "toch wel graag", right after they were stopped
            return await ActionNoticesUndo().run(dispatcher, tracker, domain)
        if not pressed and _REMINDER.search(now.text):
            await _remind_of_known(dispatcher, tracker, now)
            return []
        typed = dutch.parse_zaaknummer(now.text)
        case = _case(tracker, now, typed or str(now.entities.get("zaaknummer") or ""))
        if typed and case is None and tracker.get_slot("requested_slot") is None:
            return [{"event": "followup", "name": "zaakstatus_form"}]  # the answer to a look-up offers it again
        await turn_on(dispatcher, now, case)
        return []


async def _remind_of_known(dispatcher: CollectingDispatcher, tracker: Tracker, now: Here) -> None:
    """The reminder of the appointment that this conversation knows."""
    if pair := afspraak_bekend.known(tracker, now):
        await remind(dispatcher, now, afspraak_bekend.seal(now, *pair))
    else:
        dispatcher.utter_message(response="utter_herinnering_zoek_eerst")


async def turn_on(dispatcher: CollectingDispatcher, now: Here, case: ZaakStatus | None) -> None:
    """`case` is None when this conversation hasn't looked one up, or too long ago."""
    if not services().notices.offered(now.gemeente.key) or (case and not case.may_follow):
        dispatcher.utter_message(response="utter_berichten_niet_mogelijk")
    elif case is None:
        dispatcher.utter_message(response="utter_berichten_zoek_eerst")
    elif case.finished or not case.ref:
        dispatcher.utter_message(response="utter_berichten_zaak_klaar", zaak_nummer=case.identificatie)
    else:
        await _follow(dispatcher, now, case)


async def _follow(dispatcher: CollectingDispatcher, now: Here, case: ZaakStatus) -> None:
    try:
        until = await services().notices.follow(now.conv, now.gemeente.key, case)
    except TooMany:
        dispatcher.utter_message(response="utter_berichten_vol")
    except (Gone, StoreUnavailable):
        dispatcher.utter_message(response="utter_berichten_storing")
    else:
        values = {"zaak_nummer": case.identificatie, "zaak_type": case.zaaktype, "bericht_tot": day_in_words(until)}
        dispatcher.utter_message(response=_turned_on(), **values, **_hours())


class ActionNoticesLonger(Action):
    """Another period, asked for at the end of one."""

    def name(self) -> str:
        return "action_notices_longer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        try:
            notice = await services().notices.extend(now.conv, str(now.entities.get("bericht") or ""))
        except Gone:
            dispatcher.utter_message(response="utter_berichten_voorbij")
        except StoreUnavailable:
            dispatcher.utter_message(response="utter_berichten_storing")
        else:
            tot = day_in_words(notice.until)
            dispatcher.utter_message(response="utter_berichten_langer", zaak_nummer=notice.number, bericht_tot=tot)
        return []


class ActionReminderOn(Action):
    """Remind of the appointment whose sealed reference and code are in the button."""

    def name(self) -> str:
        return "action_reminder_on"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        await remind(dispatcher, now, str(now.entities.get("afspraak") or ""))
        return []


async def remind(dispatcher: CollectingDispatcher, now: Here, sealed: str) -> None:
    try:
        gemeente, reference, code = services().calendar_links.open(sealed)
        if gemeente != now.gemeente.key:
            raise LinkInvalid
        found = await services().appointments(gemeente).get(reference, code)
        if reason := services().notices.remindable(gemeente, found.start):
            name = "utter_herinnering_te_laat" if reason == "too_soon" else "utter_herinnering_te_ver"
            dispatcher.utter_message(response=name)
            return
        at = await services().notices.remind(now.conv, gemeente, found)
    except (LinkInvalid, AppointmentNotFound):
        dispatcher.utter_message(response="utter_herinnering_geen_afspraak")
    except TooMany:
        dispatcher.utter_message(response="utter_berichten_vol")
    except (Gone, StoreUnavailable, AppointmentsUnavailable):
        dispatcher.utter_message(response="utter_berichten_storing")
    else:
        dispatcher.utter_message(response="utter_herinnering_aan", **moment(at))


class ActionNoticesOff(Action):
    """Stop one (a button) or all ("afmelden"), and a way back."""

    def name(self) -> str:
        return "action_notices_off"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        notices = services().notices
        try:
            if name := str(now.entities.get("bericht") or ""):
                one = await notices.unfollow(now.conv, name)
                stopped = [one] if one else []
            else:
                stopped = await notices.unfollow_all(now.conv)
        except StoreUnavailable:
            dispatcher.utter_message(response="utter_berichten_storing")
        else:
            say_stopped(dispatcher, stopped, one=bool(name))
        return []


def say_stopped(dispatcher: CollectingDispatcher, stopped: Sequence[Notice], *, one: bool = False) -> None:
    if not stopped:
        dispatcher.utter_message(response="utter_berichten_geen")
    elif one:
        dispatcher.utter_message(response="utter_berichten_een_uit")
    else:
        dispatcher.utter_message(response="utter_berichten_uit")


class ActionNoticesUndo(Action):
    """Bring back what was stopped a moment ago."""

    def name(self) -> str:
        return "action_notices_undo"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        try:
            back = await services().notices.undo(here(tracker).conv)
        except (TooMany, Gone, StoreUnavailable):
            dispatcher.utter_message(response="utter_berichten_storing")
        else:
            dispatcher.utter_message(response="utter_berichten_terug" if back else "utter_berichten_voorbij")
        return []


class ActionStop(Action):
    """"Stop" where nothing is under way: it means the notices when there are any."""

    def name(self) -> str:
        return "action_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        try:
            stopped = await services().notices.unfollow_all(here(tracker).conv)
        except StoreUnavailable:
            stopped = []
        if stopped:
            say_stopped(dispatcher, stopped)
        else:
            dispatcher.utter_message(response="utter_gestopt")
        return []


class ActionYes(Action):
    """"Ja" outside a form: to the offer of notices when that was made just before. Unclear to what: it is asked by name."""

    def name(self) -> str:
        return "action_yes"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        asked, offers, others = _offered_before(tracker)
        if len(offers) == 1 and (asked or not others):
            what, value = offers[0]
            if what == "afspraak":
                await remind(dispatcher, now, value)
            else:
                await turn_on(dispatcher, now, _case(tracker, now, value))
        elif case := _offered_case(tracker, now, offers):
            buttons = [zaak.notice_button(case), {"title": "Nee", "payload": "/deny"}]
            dispatcher.utter_message(response=OFFER, zaak_nummer=case.identificatie, zaak_type=case.zaaktype, buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_los_ja")
        return []


def _offered(tracker: Tracker, payload: str) -> bool:
    """Whether the turn before this one had this button."""
    users = 0
    for event in reversed(tracker.events):
        users += event["event"] == "user"
        if users == 1 and event["event"] == "bot":
            buttons = (event.get("data") or {}).get("buttons") or []
            if any(button.get("payload") == payload for button in buttons):
                return True
    return False


def _offered_before(tracker: Tracker) -> tuple[bool, list[tuple[str, str]], int]:
    """Of the turn before this one: whether notices were asked about by name, what was offered, and how many other choices."""
    asked, offers, others, users = False, [], 0, 0
    for event in reversed(tracker.events):
        users += event["event"] == "user"
        if users > 1:
            break
        if event["event"] != "bot" or users != 1:
            continue
        asked = asked or (event.get("metadata") or {}).get("utter_action") == OFFER
        for button in (event.get("data") or {}).get("buttons") or []:
            found = _OFFERS.fullmatch(button.get("payload") or "")
            if found:
                offers.append((found["what"], found["value"]))
            else:
                others += 1
    return asked, offers, others


def _offered_case(tracker: Tracker, now: Here, offers: Sequence[tuple[str, str]]) -> ZaakStatus | None:
    """The case that "ja" may be about: one of several choices, or the one in hand right after a look-up, of which the tracker
    keeps no words."""
    if not services().notices.offered(now.gemeente.key):
        return None
    cases = [value for what, value in offers if what == "zaaknummer"]
    if len(cases) == 1:
        return _case(tracker, now, cases[0])
    said = any(event["event"] == "bot" for event in tracker.events)
    case = None if said else zaak.in_hand(tracker, now)
    return case if case and not case.finished and case.ref and case.may_follow else None


def _case(tracker: Tracker, now: Here, number: str) -> ZaakStatus | None:
    """Only a case that this conversation looked up. Without a number: the one in hand, or the only one."""
    known = zaak.known(tracker, now)
    if number:
        return next((case for case in known if case.identificatie == number), None)
    return zaak.in_hand(tracker, now) or (known[0] if len(known) == 1 else None)


def moment(value: datetime) -> dict[str, str]:
    """Day and time in words, as the responses name them."""
    return {"bericht_dag": day_in_words(value.astimezone(AMSTERDAM).date()), "bericht_tijd": clock(value)}


def _turned_on() -> str:
    settings = services().settings
    return "utter_berichten_aan" if settings.quiet_from == settings.quiet_until else "utter_berichten_aan_met_rust"


def _hours() -> dict[str, Any]:
    settings = services().settings
    return {"stil_vanaf": settings.quiet_from, "stil_tot": settings.quiet_until}


# A notice may come while a form is open: its buttons and its one word work there too, and the form goes on.
forms.ASIDES.update({
    "notices_on": ActionNoticesOn, "notices_longer": ActionNoticesLonger, "notices_off": ActionNoticesOff,
    "notices_undo": ActionNoticesUndo, "reminder_on": ActionReminderOn,
})
