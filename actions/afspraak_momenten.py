"""The questions which day and which time: only what is free, and what fits the wish. Nothing fits: the nearest that do."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak_basis import (
    DAYS_OFFERED,
    Offered,
    button,
    chosen_day,
    finder,
    items_of,
    keep,
    moment_button,
    offer,
    wish_of,
)
from actions.afspraak_vragen import Ask
from actions.context import Here
from actions.forms import Event, outage
from bot.appointments.finder import Finder, near
from bot.dutch import day_in_words, short_day
from bot.dutch.ranges import Days
from bot.dutch.wishes import Wish

TIMES_NEAR = 3  # times offered on each side of a time that isn't free
MOMENTS = 5  # moments offered when nothing fits


class AskDag(Ask):
    def name(self) -> str:
        return "action_ask_dag"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        return await ask_day(now, tracker, dispatcher)


async def ask_day(now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
    wish, location = wish_of(tracker.get_slot), str(tracker.get_slot("locatie"))
    search = finder(now, items_of(tracker.get_slot))
    free = await search.free_days(location)
    if not free:
        dispatcher.utter_message(response="utter_geen_plek")
        return outage()
    if wish.days and wish.days.exact and wish.days.first:  # it was said why that day can't be
        days = sorted(sorted(free, key=lambda day: abs((day - _first(wish)).days))[:DAYS_OFFERED])
        wish = Wish(window=wish.window, at=wish.at)
    else:
        days = await search.days(location, wish, free)
    if not days:
        return await _nothing_fits(wish, location, search, free, now, dispatcher)
    shown = [day for day in free if wish.fits_day(day)]
    buttons = [{"title": short_day(day), "payload": day.isoformat()} for day in days[:DAYS_OFFERED]]
    if wish.days or wish.window:
        buttons.append(button("Andere dagen", wens="alles"))
    parts = [_picker(shown, free, now)]
    dispatcher.utter_message(response="utter_ask_dag", buttons=buttons, json_message={"parts": parts})
    return [keep(wish), offer(Offered(days=tuple(days[:DAYS_OFFERED])))]


def _first(wish: Wish) -> date:
    assert wish.days is not None and wish.days.first is not None
    return wish.days.first


async def _nothing_fits(
    wish: Wish, location: str, search: Finder, free: Sequence[date], now: Here, dispatcher: CollectingDispatcher
) -> list[Event]:
    """Say so, and offer the nearest moments before and after; any other day can be picked as well."""
    moments = await search.nearest(location, wish, MOMENTS)
    dispatcher.utter_message(response="utter_wens_past_niet")
    dispatcher.utter_message(
        response="utter_ask_moment", buttons=[moment_button(moment) for moment in moments],
        json_message={"parts": [_picker(free, free, now)]},
    )
    days = tuple(sorted({moment.day for moment in moments}))
    return [keep(Wish()), offer(Offered(days=days))]


def _picker(days: Sequence[date], free: Sequence[date], now: Here) -> dict[str, Any]:
    """The part `date`: from the first to the last of `days`, without what is not free."""
    between = (days[0] + timedelta(days=i) for i in range((days[-1] - days[0]).days + 1))
    closed = [day.isoformat() for day in between if day not in set(free)]
    return {"kind": "date", "id": f"d_{now.seq}", "min": days[0].isoformat(), "max": days[-1].isoformat(), "closed": closed}


class AskTijd(Ask):
    def name(self) -> str:
        return "action_ask_tijd"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        get = tracker.get_slot
        day, wish, location = chosen_day(get), wish_of(get), str(get("locatie"))
        assert day is not None
        search = finder(now, items_of(get))
        free = await search.times(location, day)
        if not free:
            dispatcher.utter_message(response="utter_dag_vol", gekozen_dag=day_in_words(day))
            return [SlotSet("dag", None), *await ask_day(now, tracker, dispatcher), SlotSet("requested_slot", "dag")]
        fitting = near(free, wish, TIMES_NEAR) if wish.at else [start for start in free if wish.fits_time(start.time())]
        if not fitting:
            return await self._nothing_fits(day, wish, location, search, free, now, dispatcher)
        buttons = [button("Alle tijden", wens="alles")] if len(fitting) < len(free) else []
        dispatcher.utter_message(
            response="utter_ask_tijd", gekozen_dag=day_in_words(day), buttons=buttons,
            json_message={"parts": [_times(fitting, now)]},
        )
        return [offer(Offered(day=day, times=tuple(start.time() for start in fitting)))]

    async def _nothing_fits(
        self, day: date, wish: Wish, location: str, search: Finder, free: Sequence[datetime], now: Here,
        dispatcher: CollectingDispatcher,
    ) -> list[Event]:
        """The nearest times of this day and of the days around it."""
        moments = await search.nearest(location, Wish(Days(day, day, exact=True), wish.window), MOMENTS)
        dispatcher.utter_message(response="utter_wens_past_niet_dag", gekozen_dag=day_in_words(day))
        more = [button(f"Alle tijden op {short_day(day)}", wens="alles"), button("Andere dag", wens="andere_dag")]
        dispatcher.utter_message(response="utter_ask_moment", buttons=[*(moment_button(moment) for moment in moments), *more])
        return [keep(Wish()), offer(Offered(day=day, times=tuple(start.time() for start in free)))]


def _times(free: Sequence[datetime], now: Here) -> dict[str, Any]:
    return {"kind": "time", "id": f"t_{now.seq}", "slots": [f"{start:%H:%M}" for start in free]}
