"""When: days, times and wishes about them, for booking as well as moving."""

import re
from abc import ABC
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak_basis import (
    Get,
    Offered,
    after,
    choose,
    chosen_day,
    chosen_time,
    finder,
    items_of,
    keep,
    last_day,
    moment_of,
    offer,
    offered,
    supplier,
    wish_of,
)
from actions.afspraak_plek import locations
from actions.context import Here, catalogue, here
from actions.forms import BREAKS, CERTAIN, Event, Form
from actions.words import clock
from bot import dutch
from bot.appointments import AppointmentsUnavailable
from bot.appointments.finder import Moment
from bot.dutch import day_in_words
from bot.dutch.ranges import Days
from bot.dutch.windows import Window
from bot.dutch.wishes import Shift, Wish, add, parse_wish

FREE_TEXT = {"naam", "email", "telefoon", "afspraak_nummer", "afspraak_code"}  # questions whose answer can look like a wish
_ASKS = re.compile(r"\?|\b(?:wat|hoe|waar|kan|mag|welke?|kost\w*|open\w*|zijn|dicht|gesloten)\b", re.IGNORECASE)
BARE = 5  # words from which a message with a wish may be a question of its own


class WithMoment(Form, ABC):
    """The two answers that booking and moving share. Only days and times that are free are taken; a wish finds them.

    When the supplier doesn't answer, the form ends with the response `away`.
    """

    away = "utter_afspraken_storing"
    words: ClassVar[dict[str, tuple[str, ...]]] = {
        "producten": ("product", "onderwerp", "waarvoor"), "locatie": ("locatie", "plek", "balie", "kantoor", "vestiging"),
        "dag": ("dag", "datum", "morgen", "week"), "tijd": ("tijd", "uur", "tijdstip"), "naam": ("naam",), "email": ("mail",),
        "telefoon": ("telefoon", "nummer"),
    }

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        now, begins = here(tracker), tracker.get_slot("requested_slot") is None
        try:
            events = await (self.start(now, tracker, dispatcher) if begins else super().run(dispatcher, tracker, domain))
            told = any(event.get("name") == "requested_slot" for event in events)  # what to ask, or that the form ends
            return events if told else [*events, *await self.also(events, now, tracker)]
        except AppointmentsUnavailable:  # said at once: the next question would wait for the supplier again
            dispatcher.utter_message(response=self.away)
            return self.leave("storing")

    async def start(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        """The form begins, or goes on after its booking failed."""
        return await self._prefill(now, tracker)

    async def also(self, events: Sequence[Event], now: Here, tracker: Tracker) -> list[Event]:
        """A question that only some citizens get, as it depends on the answers: these are known after `events`."""
        return []

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        get = after(tracker, [])
        if "moment" in now.entities:
            return await take(moment_of(now.entities["moment"]), now, get, dispatcher)
        if now.entities.get("wens") == "alles":
            return [keep(Wish()), SlotSet("tijd", None), *([SlotSet("dag", None)] if asked == "dag" else [])]
        if now.entities.get("wens") == "andere_dag":
            return [keep(Wish()), SlotSet("tijd", None), SlotSet("dag", None)]
        wish = self.wish(asked, now, get)
        return await settle(wish, now, get, dispatcher, asked) if wish else None

    def wish(self, asked: str, now: Here, get: Get) -> Wish:
        """What the message says about when; empty when it is about something else, or says what was chosen already."""
        if self._elsewhere(now) or now.text.startswith("/") or "@" in now.text:
            return Wish()
        found = parse_wish(now.text, now.today)
        if asked == "tijd" and not found.about_times and (exact := dutch.parse_time(now.text)):
            found = replace(found, at=exact)
        loose = found.shift or found.soonest
        if asked in FREE_TEXT and not (loose or now.is_("change", 0.3) or now.is_("afspraak_verzetten", 0.3)):
            return Wish()
        day, at = chosen_day(get), chosen_time(get)
        same = day and at and found.at in (None, at) and found.fits_day(day) and found.fits_time(at)
        return Wish() if same and not loose else found

    def _elsewhere(self, now: Here) -> bool:
        """Whether the message is surely a question about another subject, which may name a day as well."""
        topic = catalogue().get(now.intent)
        if topic is None or not topic.about_something or now.intent in BREAKS or now.confidence < CERTAIN:
            return False  # small talk is no subject: "later" is a goodbye to a model that knows no forms
        if len(now.text.split()) < BARE and not _ASKS.search(now.text) and parse_wish(now.text, now.today):
            return False  # "in de voormiddag" is an answer, although it looks like a question about opening hours
        return topic.product is None or "?" in now.text

    async def fill_dag(self, now: Here, tracker: Tracker) -> str | None:
        found = dutch.parse_date(now.text, now.today)
        if found is None or self._elsewhere(now) or not now.today <= found <= last_day(now):
            return None
        items, location = items_of(tracker.get_slot), tracker.get_slot("locatie")
        if not (items and location):
            return found.isoformat()
        free = await supplier(now).days(items, location, found, found)
        return found.isoformat() if found in free else None

    async def fill_tijd(self, now: Here, tracker: Tracker) -> str | None:
        wanted = dutch.parse_time(now.text)
        items, location, chosen = items_of(tracker.get_slot), tracker.get_slot("locatie"), chosen_day(tracker.get_slot)
        if wanted is None or self._elsewhere(now) or not (items and location and chosen):
            return None
        return free_time(wanted, await supplier(now).times(items, location, chosen))

    def dependents(self, slot: str) -> tuple[str, ...]:
        later = {"producten": ("locatie", "dag", "tijd"), "locatie": ("dag", "tijd"), "dag": ("tijd",)}
        return later.get(slot, ())


def free_time(wanted: time, free: Sequence[datetime]) -> str | None:
    """The wanted time when it is free; "half 4" is in the afternoon for a counter that opens at nine."""
    options = {clock(start) for start in free}
    later = time((wanted.hour + 12) % 24, wanted.minute)
    return next((f"{t:%H:%M}" for t in (wanted, later) if f"{t:%H:%M}" in options), None)


async def take(moment: Moment, now: Here, get: Get, dispatcher: CollectingDispatcher) -> list[Event]:
    """The moment of a button, when it is still free; else the nearest ones are offered."""
    if moment.start in await finder(now, items_of(get)).times(moment.location_id, moment.day):
        return choose(moment)
    dispatcher.utter_message(response="utter_plek_bezet")
    return [SlotSet("locatie", moment.location_id), *around(moment.start)]


def around(start: datetime) -> list[Event]:
    """The time isn't free any more: ask it again, with the nearest ones."""
    return [SlotSet("dag", start.date().isoformat()), SlotSet("tijd", None), keep(Wish(at=start.time()))]


async def settle(wish: Wish, now: Here, get: Get, dispatcher: CollectingDispatcher, asked: str | None = None) -> list[Event]:
    """What follows from a wish: answers where it leaves no choice, else a wish that the next questions keep to.

    Raises AppointmentsUnavailable.
    """
    items, location = items_of(get), get("locatie")
    if wish.shift:
        wish = shifted(wish, get, asked)
    if not items or (not location and not wish.soonest):
        return [keep(wish.after(wish_of(get)))]
    if wish.soonest:
        return await _soonest(wish.after(wish_of(get)), now, get, dispatcher)
    if wish.days is None and wish.about_times and (day := chosen_day(get)):
        return await _on_day(day, wish, now, get, dispatcher)
    whole = wish if wish.days and wish.about_times else wish.after(wish_of(get))
    if whole.days and whole.days.exact and whole.days.first:
        return await _on_day(whole.days.first, whole, now, get, dispatcher)
    return [SlotSet("dag", None), SlotSet("tijd", None), keep(whole)]


async def _soonest(wish: Wish, now: Here, get: Get, dispatcher: CollectingDispatcher) -> list[Event]:
    items = items_of(get)
    places = {place.id: place for place in await locations(now, items)}
    wanted = [get("locatie")] if get("locatie") else list(places)
    found = await finder(now, items).first(wanted, wish)
    if not found:
        return [SlotSet("dag", None), SlotSet("tijd", None), keep(replace(wish, soonest=False))]
    first = found[0]
    place = places.get(first.location_id)
    dispatcher.utter_message(
        response="utter_eerste_plek", afspraak_dag=day_in_words(first.day), afspraak_tijd=f"{first.start:%H:%M}",
        afspraak_locatie=f"{place.name}, {place.address}" if place else "",
    )
    return choose(first)


async def _on_day(day: date, wish: Wish, now: Here, get: Get, dispatcher: CollectingDispatcher) -> list[Event]:
    """One day was named: it is taken when something is free, else it is said why not."""
    location = str(get("locatie"))
    free = await finder(now, items_of(get)).times(location, day) if now.today <= day <= last_day(now) else []
    if not free:
        await _say_why_not(day, location, now, dispatcher)
        return [SlotSet("dag", None), SlotSet("tijd", None), keep(replace(wish, days=Days(day, day, exact=True)))]
    chosen = free_time(wish.at, free) if wish.at else None
    if wish.at and chosen is None:
        dispatcher.utter_message(response="utter_tijd_niet_vrij", gekozen_tijd=f"{wish.at:%H:%M}")
    fulfilled = keep(Wish(window=wish.window, at=None if chosen else wish.at))
    return [SlotSet("dag", day.isoformat()), SlotSet("tijd", chosen), fulfilled]


async def _say_why_not(day: date, location: str, now: Here, dispatcher: CollectingDispatcher) -> None:
    """The days that can be chosen, the holiday, the closed weekday, or that it is full."""
    place = next((place for place in now.gemeente.locations if place.id == location), None)
    values: dict[str, Any] = {
        "gekozen_dag": day_in_words(day), "eerste_dag": day_in_words(now.today), "laatste_dag": day_in_words(last_day(now)),
        "feestdag": now.gemeente.holiday(day) or "", "afspraak_locatie": place.name if place else "",
    }
    if day < now.today:
        response = "utter_dag_voorbij"
    elif day > last_day(now):
        response = "utter_dag_te_ver"
    elif values["feestdag"]:
        response = "utter_dag_feestdag"
    else:
        closed = place is not None and place.hours and not place.open_on(day)
        response = "utter_dag_gesloten" if closed else "utter_dag_vol"
    dispatcher.utter_message(response=response, **values)


def shifted(wish: Wish, get: Get, asked: str | None) -> Wish:
    """Earlier or later than what was chosen or offered last, as a wish that stands by itself."""
    shift, last = wish.shift, offered(get)
    if wish.days or shift is None:
        return replace(wish, shift=None)
    day = chosen_day(get) or last.day
    unit = shift.unit or ("time" if day and (asked == "tijd" or chosen_time(get)) else "day")
    if unit == "time" and day:
        return _other_time(shift, day, chosen_time(get), last)
    return _other_day(shift, day, last)


def _other_time(shift: Shift, day: date, chosen: time | None, last: Offered) -> Wish:
    """Later on the day than the chosen time, or than half of the times that were offered; without any, another day."""
    times = last.times if last.day == day else ()
    one = chosen or (times[0] if len(times) == 1 else None)
    pivot = one or (times[len(times) // 2] if times else None)
    on_day = Days(day, day, exact=True)
    later = shift.direction == "later"
    if pivot is None:
        return _other_day(shift, day, last)
    if shift.amount:
        return Wish(on_day, at=_moved(pivot, shift.amount if later else -shift.amount))
    return Wish(on_day, Window(_moved(pivot, 1 if one else 0), None) if later else Window(None, pivot))


def _moved(moment: time, minutes: int) -> time:
    """Some minutes further on the same day."""
    total = min(max(moment.hour * 60 + moment.minute + minutes, 0), 24 * 60 - 1)
    return time(total // 60, total % 60)


def _other_day(shift: Shift, day: date | None, last: Offered) -> Wish:
    """Days after (before) the chosen one or those that were offered; with an amount and a chosen day: that one day."""
    first_offered = day or (last.days[0] if last.days else None)
    last_offered = day or (last.days[-1] if last.days else None)
    if shift.amount and first_offered:
        target = add(first_offered, shift)
        return Wish(Days(target, target, exact=True) if day else Days(target, None))
    if shift.direction == "later":
        return Wish(Days(last_offered + timedelta(days=1), None)) if last_offered else Wish()
    return Wish(Days(None, first_offered - timedelta(days=1))) if first_offered else Wish(soonest=True)


def taken_as_reference(start: datetime) -> Event:
    """The moment that "later" and "eerder" are about, before another one was chosen."""
    return offer(Offered(day=start.date(), times=(start.time(),)))
