"""An appointment as it is told to a citizen: the values that a sentence names, and the part `appointment` of a message."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.appointments import TIME_ZONE, Appointment
from bot.dutch import day_in_words, items_in_words


def values(found: Appointment) -> dict[str, Any]:
    """What sentences name of an appointment."""
    place, start = found.location, found.start.astimezone(ZoneInfo(TIME_ZONE))
    return {
        "afspraak_product": _product(found), "afspraak_dag": day_in_words(start.date()), "afspraak_tijd": f"{start:%H:%M}",
        "afspraak_locatie": f"{place.name}, {place.address}, {place.city}", "afspraak_nummer": found.reference,
        "afspraak_code": found.code, "afspraak_meenemen": "\n".join(f"- {item}" for item in found.bring),
        "afspraak_minuten": minutes(found), "afspraak_oud": found.leftover or "",
    }


def minutes(found: Appointment) -> int:
    """How long it takes."""
    return int((found.end - found.start).total_seconds()) // 60


def card(found: Appointment, ics: str) -> dict[str, Any]:
    """The part `appointment` of a message; `ics` is the address of its calendar file. The code isn't in it."""
    place, zone = found.location, ZoneInfo(TIME_ZONE)
    return {
        "kind": "appointment", "id": found.reference, "product": _product(found),
        "products": [{"name": line.product.name, "persons": line.persons} for line in found.lines],
        "start": found.start.astimezone(zone).isoformat(), "end": found.end.astimezone(zone).isoformat(),
        "minutes": minutes(found), "bring": list(found.bring), "reference": found.reference,
        "location": {"name": place.name, "address": place.address, "postcode": place.postcode, "city": place.city},
        "ics": ics,
    }


def _product(found: Appointment) -> str:
    return items_in_words([(line.product.name, line.persons) for line in found.lines])
