"""The questions about an appointment whose choices come from the supplier."""

from abc import ABC, abstractmethod
from datetime import date, timedelta

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak import last_day, supplier
from actions.context import Here, here
from actions.forms import Event
from actions.words import clock
from bot.appointments import AppointmentsUnavailable
from bot.dutch import day_in_words, short_day

DAYS_OFFERED = 5
OUTAGE: list[Event] = [SlotSet("afgebroken", "storing"), {"event": "active_loop", "name": None}, SlotSet("requested_slot", None)]


class Ask(Action, ABC):
    """Base of the questions whose choices come from the supplier. When it is down the form ends with an honest sentence."""

    @abstractmethod
    def name(self) -> str: ...

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[Event]:
        try:
            return await self.ask(here(tracker), tracker, dispatcher)
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
            return OUTAGE

    @abstractmethod
    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        """Ask, with choices. May raise AppointmentsUnavailable."""


class AskProduct(Ask):
    def name(self) -> str:
        return "action_ask_product"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        products = await supplier(now).products()
        dispatcher.utter_message(response="utter_ask_product", buttons=[choice(p.name, "product", p.id) for p in products])
        return []


class AskLocatie(Ask):
    def name(self) -> str:
        return "action_ask_locatie"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        locations = await supplier(now).locations(tracker.get_slot("product"))
        buttons = [choice(f"{x.name}, {x.address}", "locatie", x.id) for x in locations]
        dispatcher.utter_message(response="utter_ask_locatie", buttons=buttons)
        return []


class AskDag(Ask):
    def name(self) -> str:
        return "action_ask_dag"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        product, location = tracker.get_slot("product"), tracker.get_slot("locatie")
        free = await supplier(now).days(product, location, now.today, last_day(now))
        if not free:
            dispatcher.utter_message(response="utter_geen_plek")
            return OUTAGE
        between = (free[0] + timedelta(days=i) for i in range((free[-1] - free[0]).days + 1))
        closed = [d.isoformat() for d in between if d not in set(free)]
        picker = {"kind": "date", "id": f"d_{now.seq}", "min": free[0].isoformat(), "max": free[-1].isoformat(), "closed": closed}
        buttons = [{"title": short_day(d), "payload": d.isoformat()} for d in free[:DAYS_OFFERED]]
        dispatcher.utter_message(response="utter_ask_dag", buttons=buttons, json_message={"parts": [picker]})
        return []


class AskTijd(Ask):
    def name(self) -> str:
        return "action_ask_tijd"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        chosen = date.fromisoformat(tracker.get_slot("dag"))
        free = await supplier(now).times(tracker.get_slot("product"), tracker.get_slot("locatie"), chosen)
        part = {"kind": "time", "id": f"t_{now.seq}", "slots": [clock(start) for start in free]}
        dispatcher.utter_message(response="utter_ask_tijd", gekozen_dag=day_in_words(chosen), json_message={"parts": [part]})
        return []


class AskBevestigd(Ask):
    def name(self) -> str:
        return "action_ask_bevestigd"

    async def ask(self, now: Here, tracker: Tracker, dispatcher: CollectingDispatcher) -> list[Event]:
        products = {p.id: p.name for p in await supplier(now).products()}
        places = {x.id: x.name for x in await supplier(now).locations(tracker.get_slot("product"))}
        dispatcher.utter_message(
            response="utter_ask_bevestigd", afspraak_product=products[tracker.get_slot("product")],
            afspraak_locatie=places[tracker.get_slot("locatie")],
            afspraak_dag=day_in_words(date.fromisoformat(tracker.get_slot("dag"))),
            afspraak_tijd=tracker.get_slot("tijd"), afspraak_naam=tracker.get_slot("naam"),
            afspraak_email=tracker.get_slot("email"),
        )
        return []


def choice(title: str, slot: str, value: str) -> dict[str, str]:
    return {"title": title, "payload": f'/inform{{"{slot}": "{value}"}}'}
