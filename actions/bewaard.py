"""What is kept of this conversation, and the way to withdraw each of it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import zaak
from actions.berichten import moment
from actions.context import here, services
from actions.forms import Event
from bot.conversation.redis import StoreUnavailable
from bot.dutch import day_in_words, short_day
from bot.gemeenten import AMSTERDAM
from bot.notices import Notice

FORGET = {"title": "Vergeet de zaken die ik opzocht", "payload": "/forget_cases"}


class ActionPrivacy(Action):
    """What is kept of this conversation: the answer to the topic, with what stands open in it and how to withdraw each.

    Cases that it no longer knows are not told, so they go.
    """

    def name(self) -> str:
        return "action_privacy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now = here(tracker)
        dispatcher.utter_message(response="utter_privacy")
        if now.channel == "telegram":
            _join(dispatcher, "utter_bewaard_telegram")
        try:
            notices = await services().notices.list_for(now.conv)
        except StoreUnavailable:
            _join(dispatcher, "utter_bewaard_storing")
            return []
        followed = {notice.number for notice in notices}
        looked_up = [case for case in zaak.known(tracker, now) if case.identificatie not in followed]
        if notices or looked_up:
            _join(dispatcher, "utter_bewaard")
        for notice in notices:
            _list(dispatcher, notice)
        for case in looked_up:
            _join(dispatcher, "utter_bewaard_zaak", zaak_nummer=case.identificatie, zaak_type=case.zaaktype)
        if notices or looked_up:
            _join(dispatcher, "utter_bewaard_kiezen", buttons=[FORGET] if zaak.known(tracker, now) else [])
        return [] if zaak.known(tracker, now) else [zaak.forget()]


def _list(dispatcher: CollectingDispatcher, notice: Notice) -> None:
    if notice.kind == "case":
        values = {"zaak_nummer": notice.number, "zaak_type": notice.zaaktype, "bericht_tot": day_in_words(notice.until)}
        name, title = "utter_bewaard_berichten", f"Stop berichten {notice.number}"
    else:
        assert notice.start is not None
        values = moment(notice.start)
        day = short_day(notice.start.astimezone(AMSTERDAM).date())
        name, title = "utter_bewaard_herinnering", f"Stop herinnering {day}"
    _join(dispatcher, name, buttons=[{"title": title, "payload": f'/notices_off{{"bericht": "{notice.id}"}}'}], **values)


def _join(dispatcher: CollectingDispatcher, name: str, **values: Any) -> None:
    """Say it in the message that was begun."""
    dispatcher.utter_message(response=name, json_message={"joins": True}, **values)


class ActionForgetCases(Action):
    """Forget the cases that were looked up; what follows them is another thing, and stays."""

    def name(self) -> str:
        return "action_forget_cases"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        dispatcher.utter_message(response="utter_zaken_vergeten")
        return [zaak.forget()]
