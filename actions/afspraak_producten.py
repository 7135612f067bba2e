"""What somebody comes for and with how many, from what they typed or chose."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker

from actions.afspraak_basis import supplier
from actions.context import Here, catalogue, services
from bot import dutch
from bot.appointments import Item
from bot.dutch.visits import People, Wanted, find_people, find_products, parse_people


async def read_products(now: Here, tracker: Tracker) -> list[Wanted]:
    """The products that the message names, or the one that its button or its subject stands for.

    Raises AppointmentsUnavailable.
    """
    names = {product.id: product.name for product in await supplier(now).products()}
    entities = [e for e in tracker.latest_message.get("entities", []) if e["entity"] == "product"]
    placed = [dutch.Found(e["start"], e["end"], e["value"]) for e in entities if "start" in e]
    found = find_products(now.text, names, placed) if not now.text.startswith("/") else []
    chosen = now.entities.get("product")
    if chosen in names and not any(item.product == chosen for item in found) and not placed:
        return [Wanted(str(chosen))]
    topic = catalogue().get(now.intent)
    if not found and topic and topic.product in names and tracker.get_slot("requested_slot") == "producten":
        return [Wanted(str(topic.product), find_people(now.text))]
    return found


def without(items: Sequence[Item], fewer: int) -> list[Item]:
    """The same for fewer people, at least one."""
    return [replace(item, persons=max(item.persons - fewer, 1)) for item in items]


def read_people(now: Here, asked: str | None) -> People | None:
    """For how many people; a bare number counts only as the answer to that question."""
    if "personen" in now.entities:
        return People(int(now.entities["personen"]))
    if asked in {"personen", "erbij"} and (count := parse_people(now.text)):
        return People(count)
    return find_people(now.text)


def as_items(wanted: Sequence[Wanted], people: People | None = None) -> list[Item]:
    """`people`: for whom nothing else was said."""
    return [Item(w.product, max(1, (w.people or people or People(1)).count)) for w in wanted]


def added(items: Sequence[Item], wanted: Sequence[Wanted]) -> list[Item]:
    """The items with these products added; of what was there already the number of people changes."""
    new = {w.product: w for w in wanted}
    kept = [replace(i, persons=w.people.count) if (w := new.get(i.product_id)) and w.people else i for i in items]
    return [*kept, *as_items([w for w in wanted if not any(i.product_id == w.product for i in items)])]


def for_people(items: Sequence[Item], count: int) -> list[Item]:
    """The same products, each for `count` people."""
    return [replace(item, persons=count) for item in items]


def refused(items: Sequence[Item]) -> tuple[str, dict[str, Any]] | None:
    """Name and values of the response when it is too much for one appointment; None when it isn't."""
    limits = services().settings
    if any(item.persons > limits.appointment_max_persons for item in items):
        return "utter_te_veel_personen", {"meeste_personen": limits.appointment_max_persons}
    if len(items) > limits.appointment_max_products:
        return "utter_te_veel_producten", {"meeste_producten": limits.appointment_max_products}
    return None


def unsure(wanted: Sequence[Wanted], people: People | None) -> bool:
    """Whether it is for several, but not said how many."""
    said = [w.people for w in wanted if w.people] or ([people] if people else [])
    return any(not one.sure for one in said)
