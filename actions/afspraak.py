"""Making an appointment: product, location, day, time, name, e-mail, a last look, and the booking."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, catalogue, here, services
from actions.forms import Event, Form, Submit, clear, is_question
from actions.words import clock, parse_name
from bot import dutch
from bot.appointments import Appointment, Appointments, AppointmentsUnavailable, Customer, SlotTaken
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM

SLOTS = ("product", "locatie", "dag", "tijd", "naam", "email", "bevestigd")


def last_day(now: Here) -> date:
    """The last day that can be booked."""
    return now.today + timedelta(days=services().settings.appointment_horizon_days)


def supplier(now: Here) -> Appointments:
    return services().appointments(now.gemeente.key)


class FillsDayAndTime(Form):
    """The two answers that booking and moving share. Only days and times that are free are taken."""

    words: ClassVar[dict[str, tuple[str, ...]]] = {
        "product": ("product", "onderwerp", "waarvoor"), "locatie": ("locatie", "plek", "balie", "kantoor", "vestiging"),
        "dag": ("dag", "datum", "morgen", "week"), "tijd": ("tijd", "uur", "tijdstip"), "naam": ("naam",), "email": ("mail",),
    }

    async def fill_dag(self, now: Here, tracker: Tracker) -> str | None:
        found = dutch.parse_date(now.text, now.today)
        if found is None or not now.today <= found <= last_day(now):
            return None
        product, location = tracker.get_slot("product"), tracker.get_slot("locatie")
        if not (product and location):
            return found.isoformat()
        try:
            free = await supplier(now).days(product, location, found, found)
        except AppointmentsUnavailable:
            return None
        return found.isoformat() if found in free else None

    async def fill_tijd(self, now: Here, tracker: Tracker) -> str | None:
        wanted = dutch.parse_time(now.text)
        product, location, chosen = (tracker.get_slot(name) for name in ("product", "locatie", "dag"))
        if wanted is None or not (product and location and chosen):
            return None
        try:
            free = await supplier(now).times(product, location, date.fromisoformat(chosen))
        except AppointmentsUnavailable:
            return None
        # "half 4" is in the afternoon for a counter that opens at nine.
        options = {clock(start) for start in free}
        later = time((wanted.hour + 12) % 24, wanted.minute)
        return next((f"{t:%H:%M}" for t in (wanted, later) if f"{t:%H:%M}" in options), None)

    def dependents(self, slot: str) -> tuple[str, ...]:
        later = {"product": ("locatie", "dag", "tijd"), "locatie": ("dag", "tijd"), "dag": ("tijd",)}
        return later.get(slot, ())


class ValidateAfspraakForm(FillsDayAndTime):
    slots = SLOTS
    prefill = ("product", "locatie", "dag")
    triggers: ClassVar[set[str]] = {"afspraak_maken"}

    def name(self) -> str:
        return "validate_afspraak_form"

    async def fill_product(self, now: Here, tracker: Tracker) -> str | None:
        products = {p.id: p.name for p in await _products(now)}
        given = now.entities.get("product")
        if given in products:
            return str(given)
        topic = catalogue().get(now.intent)
        if topic and topic.product in products and tracker.get_slot("requested_slot") == "product":
            return topic.product
        return _best(now.text, products)

    async def filled(self, slot: str, value: Any, now: Here) -> list[Event]:
        events = await super().filled(slot, value, now)
        if slot == "product":
            locations = await _locations(now, value)
            if len(locations) == 1:
                events.append(SlotSet("locatie", locations[0].id))
        return events

    async def fill_locatie(self, now: Here, tracker: Tracker) -> str | None:
        locations = {x.id: f"{x.name} {x.address}" for x in await _locations(now, tracker.get_slot("product") or "")}
        given = now.entities.get("locatie")
        return str(given) if given in locations else _best(now.text, locations)

    async def fill_naam(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "naam" or is_question(now):
            return None
        return parse_name(now.text)

    async def fill_email(self, now: Here, tracker: Tracker) -> str | None:
        return dutch.parse_email(now.text)

    async def fill_bevestigd(self, now: Here, tracker: Tracker) -> str | None:
        if tracker.get_slot("requested_slot") != "bevestigd":
            return None
        return "ja" if now.is_("affirm") else None

    def _stops(self, now: Here) -> bool:
        return super()._stops(now) or now.is_("afspraak_annuleren", 0.8)


async def _products(now: Here) -> list[Any]:
    try:
        return list(await supplier(now).products())
    except AppointmentsUnavailable:
        return []


async def _locations(now: Here, product: str) -> list[Any]:
    try:
        return list(await supplier(now).locations(product)) if product else []
    except AppointmentsUnavailable:
        return []


def _best(text: str, names: dict[str, str]) -> str | None:
    """The only option with the most of its longer words in the text; None when there is none or a tie."""
    said = set(re.findall(r"\w{4,}", text.lower()))
    known = {key: set(re.findall(r"\w{4,}", f"{key.replace('_', ' ')} {name}".lower())) for key, name in names.items()}
    scores = {key: len(said & words) for key, words in known.items()}
    best = max(scores.values(), default=0)
    winners = [key for key, score in scores.items() if score == best]
    return winners[0] if best and len(winners) == 1 else None


class ActionAfspraakBoeken(Submit):
    slots = SLOTS

    def name(self) -> str:
        return "action_afspraak_boeken"

    async def done(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        now = here(tracker)
        customer = Customer(tracker.get_slot("naam"), tracker.get_slot("email"))
        try:
            made = await supplier(now).book(
                tracker.get_slot("product"), tracker.get_slot("locatie"), chosen_start(tracker), customer, key=now.key
            )
        except SlotTaken:
            dispatcher.utter_message(response="utter_plek_bezet")
            return [*clear(("tijd", "bevestigd")), {"event": "followup", "name": "afspraak_form"}]
        except AppointmentsUnavailable:
            dispatcher.utter_message(response="utter_afspraken_storing")
            return clear(SLOTS)
        dispatcher.utter_message(response="utter_afspraak_gemaakt", **appointment_message(made, now, {"forget": True}))
        return clear(SLOTS)


def chosen_start(tracker: Tracker) -> datetime:
    """The chosen day and time, in the Netherlands."""
    chosen = f"{tracker.get_slot('dag')}T{tracker.get_slot('tijd')}"
    return datetime.fromisoformat(chosen).replace(tzinfo=AMSTERDAM)


def appointment_message(made: Appointment, now: Here, custom: dict[str, Any] | None = None) -> dict[str, Any]:
    """Values and card of an appointment for an answer."""
    sealed = services().calendar_links.seal(now.gemeente.key, made.reference, made.code)
    local = made.start.astimezone(AMSTERDAM)
    place = made.location
    card = {
        "kind": "appointment", "id": made.reference, "product": made.product.name, "start": local.isoformat(),
        "end": made.end.astimezone(AMSTERDAM).isoformat(), "reference": made.reference,
        "location": {"name": place.name, "address": place.address, "postcode": place.postcode, "city": place.city},
        "ics": f"{services().settings.base_url}/v1/calendar/{sealed}.ics",
    }
    return {
        "afspraak_product": made.product.name, "afspraak_dag": day_in_words(local.date()), "afspraak_tijd": clock(made.start),
        "afspraak_locatie": f"{place.name}, {place.address}, {place.city}", "afspraak_nummer": made.reference,
        "afspraak_code": made.code, "afspraak_meenemen": "\n".join(f"- {item}" for item in made.product.bring),
        "json_message": {"parts": [card], **(custom or {})},
    }
