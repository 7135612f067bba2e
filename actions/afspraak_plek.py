"""Where: the location that was named, the one nearest to a postcode, or the one with the first free time."""

import re
from collections.abc import Mapping, Sequence

from actions.afspraak_basis import supplier
from actions.context import Here
from bot.appointments import Item, Location
from bot.dutch.text import plain

_NEAR = re.compile(
    r"\bdicht(?:st|s|ste)?\s?(?:er\s?)?bij\w*|\bin de buurt\b|\bom de hoek\b|\bnabij\b|\bdichtst\w*|\bhet minst ver\b"
)
_FIRST = re.compile(
    r"\bwaar\b.{0,25}\b(?:eerst\w*|snelst\w*|vroegst\w*|1e|eerder)\b"
    r"|\b(?:eerst\w*|snelst\w*)\b.{0,15}\b(?:locatie|balie|vestiging)\b"
)
_POSTCODE = re.compile(r"(?<!\d)([1-9]\d{3})\s?(?:[a-z]{2})?(?!\w)")


async def locations(now: Here, items: Sequence[Item]) -> list[Location]:
    """Where it can be done; empty when nowhere. Raises AppointmentsUnavailable."""
    return await supplier(now).locations(items) if items else []


def asks_nearest(now: Here) -> bool:
    """Whether the citizen asks which location is nearest."""
    return now.entities.get("zoek") == "dichtbij" or bool(_NEAR.search(plain(now.text)))


def asks_first(now: Here) -> bool:
    """Whether the citizen asks which location has the first free time."""
    return now.entities.get("zoek") == "eerst" or bool(_FIRST.search(plain(now.text)))


def postcode(text: str) -> str | None:
    """The four digits of a postcode."""
    found = _POSTCODE.search(plain(text))
    return found[1] if found else None


def nearest(now: Here, places: Sequence[Location], text: str) -> list[Location]:
    """The locations that belong to the postcode or the neighbourhood in `text`; empty when it is in none of the lists."""
    digits, said = postcode(text), f" {re.sub(r'[^a-z0-9]+', ' ', plain(text))} "
    near = {place.id: [place.postcode[:4], *place.near] for place in now.gemeente.locations}
    found = []
    for place in places:
        names = near.get(place.id, [place.postcode[:4]])
        if any(name == digits if name.isdigit() else f" {plain(name)} " in said for name in names):
            found.append(place)
    return found


def best(text: str, names: Mapping[str, str]) -> str | None:
    """The only option with the most of its longer words in the text; None when there is none or a tie."""
    said = set(re.findall(r"\w{4,}", text.lower()))
    known = {key: set(re.findall(r"\w{4,}", f"{key.replace('_', ' ')} {name}".lower())) for key, name in names.items()}
    scores = {key: len(said & words) for key, words in known.items()}
    most = max(scores.values(), default=0)
    winners = [key for key, score in scores.items() if score == most]
    return winners[0] if most and len(winners) == 1 else None
