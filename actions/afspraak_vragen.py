"""The questions about an appointment whose choices come from the supplier: what, where, and the last look."""

from abc import ABC, abstractmethod
from datetime import date

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak_basis import Button, button, finder, items_of, moment_button, supplier, wish_of
from actions.context import Here, here, services
from actions.forms import Event, outage
from bot.appointments import AppointmentsUnavailable
from bot.dutch import day_in_words, items_in_words, phone_in_words


class Ask(Action, ABC):
    """Base of the questions whose choices come from the supplier. When it is down the form ends with an honest sentence."""

    @abstractmethod
    def name(self) -> str: ...

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        try:
            return await self.ask(here(tracker), tracker, dispatcher)
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
            return outage()

    @abstractmethod
    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        """Ask, with choices. May raise AppointmentsUnavailable."""


class AskProducten(Ask):
    def name(self) -> str:
        return "action_ask_producten"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        products = await supplier(now).products()
        dispatcher.utter_message(response="utter_ask_producten", buttons=[button(p.name, product=p.id) for p in products])
        return []


class AskPersonen(Ask):
    """How many come, when that is more than one and wasn't said."""

    def name(self) -> str:
        return "action_ask_personen"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        most = services().settings.appointment_max_persons
        counts = range(1, most + 1)
        dispatcher.utter_message(response="utter_ask_personen", buttons=[button(f"{n}", personen=str(n)) for n in counts])
        return []


class AskErbij(Ask):
    """What else, or with how many more: only when the citizen asked for it."""

    def name(self) -> str:
        return "action_ask_erbij"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        limits, items = services().settings, items_of(tracker.get_slot)
        persons = max((item.persons for item in items), default=1)
        buttons = [
            button(f"Voor {n} personen", personen=str(n))
            for n in range(2, min(persons + 3, limits.appointment_max_persons + 1)) if n != persons
        ]
        chosen = {item.product_id for item in items}
        if len(items) < limits.appointment_max_products:
            buttons += [button(f"Ook: {p.name}", product=p.id) for p in await supplier(now).products() if p.id not in chosen]
        buttons.append(button("Niets erbij", erbij="nee"))
        dispatcher.utter_message(response="utter_ask_erbij", buttons=buttons)
        return []


class AskLocatie(Ask):
    def name(self) -> str:
        return "action_ask_locatie"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        items = items_of(tracker.get_slot)
        places = await supplier(now).locations(items)
        if not places:
            dispatcher.utter_message(response="utter_nergens_samen" if len(items) > 1 else "utter_nergens")
            return outage()
        buttons = [button(f"{place.name}, {place.address}", locatie=place.id) for place in places]
        looks = tracker.get_slot("zoek")
        if looks == "eerst":
            moments = await finder(now, items).first([place.id for place in places], wish_of(tracker.get_slot))
            named = {place.id: place for place in places}
            if moments:
                choices = [moment_button(moment, named[moment.location_id]) for moment in moments]
                dispatcher.utter_message(response="utter_ask_locatie_eerst", buttons=choices)
                return [SlotSet("zoek", None)]
        if looks == "dichtbij":
            dispatcher.utter_message(response="utter_ask_locatie_postcode", buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_ask_locatie", buttons=[*buttons, *self._searches(len(places))])
        return []

    def _searches(self, places: int) -> list[Button]:
        if places < 2:
            return []
        return [button("Welke is dichtbij?", zoek="dichtbij"), button("Waar is het eerst plek?", zoek="eerst")]


class AskBevestigd(Ask):
    def name(self) -> str:
        return "action_ask_bevestigd"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        items = items_of(tracker.get_slot)
        products = {p.id: p for p in await supplier(now).products()}
        places = {x.id: x.name for x in await supplier(now).locations(items)}
        phone = tracker.get_slot("telefoon")
        contact = ", ".join([tracker.get_slot("email"), *([phone_in_words(phone)] if phone else [])])
        named = [(products[item.product_id].name, item.persons) for item in items]
        dispatcher.utter_message(
            response="utter_ask_bevestigd", afspraak_product=items_in_words(named, always=True),
            afspraak_locatie=places[tracker.get_slot("locatie")],
            afspraak_dag=day_in_words(date.fromisoformat(tracker.get_slot("dag"))),
            afspraak_tijd=tracker.get_slot("tijd"), afspraak_naam=tracker.get_slot("naam"),
            afspraak_contact=contact,
            buttons=[button("Meer personen of producten", erbij="ja"), {"title": "Stoppen", "payload": "/stop"}],
        )
        return []
