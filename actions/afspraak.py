"""Making an appointment: products, location, day, time, name, e-mail, telephone if need be, a last look, and the booking."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import afspraak_bekend as bekend
from actions import afspraak_onzeker as onzeker
from actions.afspraak_basis import after, chosen_start, finder, items_of, keep, set_items, supplier, wish_of
from actions.afspraak_plek import asks_first, asks_nearest, best, locations, nearest, postcode
from actions.afspraak_producten import added, as_items, for_people, read_people, read_products, refused, unsure, without
from actions.afspraak_wensen import WithMoment, around, settle
from actions.context import Here, here
from actions.forms import Event, Submit, clear, name_in
from bot import dutch
from bot.appointments import AppointmentsUnavailable, Item, OutcomeUnknown, SlotTaken
from bot.dutch.text import plain
from bot.dutch.visits import find_fewer
from bot.dutch.wishes import parse_wish

SLOTS = ("producten", "locatie", "dag", "tijd", "naam", "email", "telefoon", "bevestigd")
BESIDES = ("personen", "erbij", "zoek", "wens", "aangeboden")
ONLY = re.compile(r"\b(?:alleen|enkel|slechts)\b")
MORE = re.compile(r"\b(?:ook|erbij|nog een|extra|plus|daarnaast|tevens)\b")


class ValidateAfspraakForm(WithMoment):
    slots = SLOTS
    prefill = ()
    triggers: ClassVar[set[str]] = {"afspraak_maken"}

    def name(self) -> str:
        return "validate_afspraak_form"

    async def start(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        """Takes all that the first message says: for what and for how many, where, and when."""
        if onzeker.pending(tracker, now):
            return self.leave("nakijken")
        if bekend.asks_about(now.text):
            return self.leave("afspraak_verzetten")
        if tracker.get_slot("naam"):  # the booking failed, and the form goes on
            return []
        wish = parse_wish(now.text, now.today)
        events = [keep(wish)]
        wanted, people = await read_products(now, tracker), read_people(now, None)
        if wanted:
            return await self._wanted(as_items(wanted, people), unsure(wanted, people), events, now, tracker, dispatcher)
        if people and people.sure:
            events.append(SlotSet("personen", people.count))
        if asks_nearest(now):
            events.append(SlotSet("zoek", "dichtbij"))
        return events

    async def _first(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        if "moment" in now.entities:
            return await super()._first(asked, now, tracker, dispatcher)
        if now.entities.get("erbij") == "ja":
            return [SlotSet("erbij", None), SlotSet("requested_slot", "erbij")]
        if (events := await self._who_and_what(asked, now, tracker, dispatcher)) is not None:
            return events
        if asked == "locatie" and (events := await self._where(now, tracker, dispatcher)) is not None:
            return events
        return await super()._first(asked, now, tracker, dispatcher)

    async def _who_and_what(
        self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher
    ) -> list[Event] | None:
        """Products and people, when these were asked or when the message adds some."""
        items = items_of(tracker.get_slot)
        if asked == "erbij" and (now.entities.get("erbij") == "nee" or now.is_("deny") or now.is_("affirm")):
            return [SlotSet("erbij", None)]
        more = bool(items) and asked != "naam" and bool(MORE.search(plain(now.text)))
        adds = asked in {"erbij", "personen"} or more
        if items and asked != "naam" and not more:
            if fewer := find_fewer(now.text):
                return await self._wanted(without(items, fewer), False, [], now, tracker, dispatcher)
            if ONLY.search(plain(now.text)) and (left := await self._left(items, now, tracker)):
                return await self._wanted(left, False, [], now, tracker, dispatcher)
        if asked != "producten" and not adds and "personen" not in now.entities:
            return None
        wanted, people = await read_products(now, tracker), read_people(now, asked)
        waiting = tracker.get_slot("personen")
        if asked == "producten" and wanted:
            chosen = as_items(wanted, people)
            if waiting and not people and not any(w.people for w in wanted):
                chosen = for_people(chosen, int(waiting))
            return await self._wanted(chosen, unsure(wanted, people), [], now, tracker, dispatcher)
        if asked == "producten" and people and people.sure:
            return [SlotSet("personen", people.count), SlotSet("producten", None)]
        if not items or not (wanted or (people and people.sure)):
            return None
        new = added(items, wanted) if wanted else for_people(items, people.count if people else 1)
        return await self._wanted(new, False, [], now, tracker, dispatcher)

    async def _left(self, items: Sequence[Item], now: Here, tracker: Tracker) -> list[Item]:
        """ "Alleen het rijbewijs" of several: what is left of them."""
        wanted = {item.product for item in await read_products(now, tracker)}
        return [item for item in items if item.product_id in wanted] if wanted < {item.product_id for item in items} else []

    async def _wanted(
        self, items: Sequence[Item], several: bool, events: list[Event], now: Here, tracker: Tracker,
        dispatcher: CollectingDispatcher,
    ) -> list[Event]:
        """What is wanted is known, or is more now: keep what still holds of the other answers.

        `several`: it is for more than one, and must still be asked for how many.
        """
        if too_much := refused(items):
            dispatcher.utter_message(response=too_much[0], **too_much[1])
            return [*events, SlotSet("producten", tracker.get_slot("producten")), SlotSet("erbij", None)]
        events = [*events, set_items(items), SlotSet("personen", None), SlotSet("erbij", None), SlotSet("bevestigd", None)]
        events += await self._place(items, now, tracker)
        get = after(tracker, events)
        if get("tijd"):
            events += await self._still_free(now, tracker, events, dispatcher)
        elif wish := wish_of(get):
            events += await settle(wish, now, get, dispatcher)
        elif get("dag"):
            events.append(SlotSet("dag", None))
        return [*events, SlotSet("requested_slot", "personen")] if several else events

    async def _place(self, items: Sequence[Item], now: Here, tracker: Tracker) -> list[Event]:
        """The location that was named or chosen if all of it is handled there, or the only one there is."""
        places = await locations(now, items)
        ids = [place.id for place in places]
        chosen = tracker.get_slot("locatie") or self._named(now, {p.id: f"{p.name} {p.address}" for p in places})
        if chosen not in ids:
            chosen = ids[0] if len(ids) == 1 else None
        if chosen is None and len(found := nearest(now, places, now.text) if asks_nearest(now) else []) == 1:
            chosen = found[0].id
        looks = "dichtbij" if chosen is None and asks_nearest(now) else None
        return [SlotSet("locatie", chosen), SlotSet("zoek", looks)]

    async def _still_free(
        self, now: Here, tracker: Tracker, events: Sequence[Event], dispatcher: CollectingDispatcher
    ) -> list[Event]:
        """More people or products take longer: the chosen time may not do any more."""
        get = after(tracker, events)
        start, location = chosen_start(get), get("locatie")
        free = await finder(now, items_of(get)).times(location, start.date()) if location else []
        if start in free:
            return []
        before = sum(item.persons for item in items_of(tracker.get_slot))
        longer = sum(item.persons for item in items_of(get)) > before
        response = "utter_tijd_te_kort" if longer else "utter_tijd_niet_vrij"  # for fewer people the times may fall differently
        dispatcher.utter_message(response=response, gekozen_tijd=f"{start:%H:%M}")
        return around(start)

    async def _where(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event] | None:
        """A location by its name, by a postcode or neighbourhood, or by its first free time."""
        items = items_of(tracker.get_slot)
        places = await locations(now, items)
        named = self._named(now, {p.id: f"{p.name} {p.address}" for p in places})
        looks, digits = tracker.get_slot("zoek") == "dichtbij", postcode(now.text)
        if named and not asks_nearest(now) and not digits:
            return await self._at(named, now, tracker, dispatcher)
        if asks_first(now):
            return [SlotSet("locatie", None), SlotSet("zoek", "eerst")]
        found = nearest(now, places, now.text) if digits or looks or asks_nearest(now) else []
        if len(found) == 1:
            hidden = {"hide": [now.seq], "forget": True} if digits else {}
            dispatcher.utter_message(
                response="utter_dichtstbij", afspraak_locatie=f"{found[0].name}, {found[0].address}", json_message=hidden
            )
            return await self._at(found[0].id, now, tracker, dispatcher)
        if digits and not found:
            dispatcher.utter_message(response="utter_postcode_onbekend", json_message={"hide": [now.seq], "forget": True})
            return [SlotSet("locatie", None), SlotSet("zoek", None)]
        return [SlotSet("locatie", None), SlotSet("zoek", "dichtbij")] if asks_nearest(now) else None

    async def _at(self, location: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        """The location is known: a wish that was said before counts now."""
        events: list[Event] = [SlotSet("locatie", location), SlotSet("zoek", None)]
        wish = parse_wish(now.text, now.today).after(wish_of(tracker.get_slot))
        return [*events, *await settle(wish, now, after(tracker, events), dispatcher)] if wish else events

    async def also(self, events: Sequence[Event], now: Here, tracker: Tracker) -> list[Event]:
        """The telephone number, just before the last look, where the supplier requires it for what is wanted."""
        get = after(tracker, events)
        if [slot for slot in SLOTS if get(slot) is None] != ["telefoon", "bevestigd"]:
            return []
        return [SlotSet("requested_slot", "telefoon")] if "phone" in await supplier(now).asks(items_of(get)) else []

    async def _otherwise(self, asked: str, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        events = await super()._otherwise(asked, now, tracker, dispatcher)
        again = asked in {"personen", "erbij"} and not any(event.get("name") == "afgebroken" for event in events)
        return [*events, SlotSet("requested_slot", asked)] if again else events

    def _named(self, now: Here, names: dict[str, str]) -> str | None:
        given = now.entities.get("locatie")
        return str(given) if given in names else best(now.text, names)

    async def fill_producten(self, now: Here, tracker: Tracker) -> list[dict[str, Any]] | None:
        items = as_items(await read_products(now, tracker), read_people(now, "producten"))
        return list(set_items(items)["value"]) if items and not refused(items) else None

    async def filled(self, slot: str, value: Any, now: Here) -> list[Event]:
        events = await super().filled(slot, value, now)
        if slot == "producten":
            places = await locations(now, [Item(item["id"], item["persons"]) for item in value])
            if len(places) == 1:
                events.append(SlotSet("locatie", places[0].id))
        return events

    async def fill_personen(self, now: Here, tracker: Tracker) -> None:
        return None  # see _who_and_what

    async def fill_erbij(self, now: Here, tracker: Tracker) -> None:
        return None

    async def fill_locatie(self, now: Here, tracker: Tracker) -> str | None:
        places = await locations(now, items_of(tracker.get_slot))
        return self._named(now, {place.id: f"{place.name} {place.address}" for place in places})

    async def fill_naam(self, now: Here, tracker: Tracker) -> str | None:
        return name_in(now, tracker, "naam", [product.name for product in now.gemeente.products])

    async def fill_email(self, now: Here, tracker: Tracker) -> str | None:
        return dutch.parse_email(now.text)

    async def fill_telefoon(self, now: Here, tracker: Tracker) -> str | None:
        return dutch.parse_phone(str(now.entities.get("telefoonnummer") or now.text))

    async def fill_bevestigd(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "bevestigd":
            return None
        return "ja" if now.is_("affirm") else None

    def _stops(self, now: Here) -> bool:
        return super()._stops(now) or now.is_("afspraak_annuleren", 0.8)


class ActionAfspraakBoeken(Submit):
    slots = (*SLOTS, *BESIDES)

    def name(self) -> str:
        return "action_afspraak_boeken"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        asked = onzeker.Asked.booking(now, tracker)
        try:
            made = await asked.again(now)
        except SlotTaken:
            dispatcher.utter_message(response="utter_plek_bezet")
            return [
                *clear(("bevestigd",)), *around(chosen_start(tracker.get_slot)), {"event": "followup", "name": "afspraak_form"},
            ]
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
            return clear(self.slots)
        except OutcomeUnknown:
            return [*clear(self.slots), *onzeker.say_unknown(dispatcher, now, asked)]
        return [*clear(self.slots), *await onzeker.say_done(dispatcher, now, asked, made)]
