"""What all actions about appointments share: the supplier, and the slots with what is wanted, wished and was offered last."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.context import Here, services
from actions.forms import Event
from bot.appointments import Appointments, Item, Location
from bot.appointments.finder import Finder, Moment
from bot.dutch import short_day
from bot.dutch.wishes import Wish
from bot.gemeenten import AMSTERDAM

Get = Callable[[str], Any]
Button = dict[str, str]
DAYS_OFFERED = 5


def supplier(now: Here) -> Appointments:
    return services().appointments(now.gemeente.key)


def last_day(now: Here) -> date:
    """The last day that can be booked."""
    return now.today + timedelta(days=services().settings.appointment_horizon_days)


def finder(now: Here, items: Sequence[Item]) -> Finder:
    return Finder(supplier(now), items, now.today, last_day(now), services().settings.appointment_days_searched)


def after(tracker: Tracker, events: Sequence[Event]) -> Get:
    """The slots as they will be after `events`."""
    new = {event["name"]: event["value"] for event in events if event.get("event") == "slot"}
    return lambda name: new[name] if name in new else tracker.get_slot(name)


def items_of(get: Get) -> list[Item]:
    """What the citizen wants; empty when that isn't known yet."""
    return [Item(item["id"], item["persons"]) for item in get("producten") or []]


def set_items(items: Sequence[Item]) -> Event:
    return SlotSet("producten", [{"id": item.product_id, "persons": item.persons} for item in items])  # type: ignore[no-any-return]


def wish_of(get: Get) -> Wish:
    """What the citizen said about when, as far as it isn't in the answers yet."""
    kept = get("wens")
    return msgspec.convert(kept, Wish) if kept else Wish()


def keep(wish: Wish) -> Event:
    return SlotSet("wens", msgspec.to_builtins(wish) if wish else None)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Offered:
    """What the last question offered, for "later" and "eerder": days, or times of one day."""

    days: tuple[date, ...] = ()
    day: date | None = None
    times: tuple[time, ...] = ()


def offered(get: Get) -> Offered:
    kept = get("aangeboden")
    return msgspec.convert(kept, Offered) if kept else Offered()


def offer(what: Offered) -> Event:
    return SlotSet("aangeboden", msgspec.to_builtins(what))  # type: ignore[no-any-return]


def chosen_start(get: Get) -> datetime:
    """The chosen day and time, in the Netherlands."""
    return datetime.fromisoformat(f"{get('dag')}T{get('tijd')}").replace(tzinfo=AMSTERDAM)


def chosen_day(get: Get) -> date | None:
    return date.fromisoformat(get("dag")) if get("dag") else None


def chosen_time(get: Get) -> time | None:
    return time.fromisoformat(get("tijd")) if get("tijd") else None


def choose(moment: Moment) -> list[Event]:
    """The answers that a moment gives; the wish is fulfilled."""
    return [
        SlotSet("locatie", moment.location_id), SlotSet("dag", moment.day.isoformat()), SlotSet("tijd", f"{moment.start:%H:%M}"),
        keep(Wish()), offer(Offered(day=moment.day, times=(moment.start.time(),))),
    ]


def moment_button(moment: Moment, place: Location | None = None) -> Button:
    """A button for a free moment. `place`: named where moments of several locations are offered."""
    title = f"{short_day(moment.day)}, {moment.start:%H:%M} uur" + (f", {place.name}" if place else "")
    return button(title, moment=f"{moment.location_id}@{moment.start:%Y-%m-%dT%H:%M}")


def moment_of(value: str) -> Moment:
    """The moment behind a button."""
    location, _, start = value.rpartition("@")
    return Moment(location, datetime.fromisoformat(start).replace(tzinfo=AMSTERDAM))


def button(title: str, **entities: str) -> Button:
    """A button that answers the question of a form."""
    return {"title": title, "payload": f"/inform{json.dumps(entities)}"}
