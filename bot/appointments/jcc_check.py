"""What is wrong with a connection to JCC, in words for who set it up."""

from collections.abc import Mapping
from typing import Any

from bot.appointments import jcc_customer as customers
from bot.appointments.jcc_client import JccClient, Query, TokenRefused, usable
from bot.appointments.supplier import Refused, usable_answer
from bot.http import HttpFailure


async def faults(client: JccClient, products: Mapping[str, str], locations: Mapping[str, str]) -> list[str]:
    """Asks for real. `products` and `locations` give JCC's id per id of ours."""
    try:
        activities = _in_use(await _read(client, "activity/listforappointment"))
        places = _in_use(await _read(client, "location"))
        wrong = [] if products else ["suppliers.appointments.products names no product"]
        wrong += [] if locations else ["suppliers.appointments.locations names no location"]
        for id, activity in products.items():
            if activity in activities:
                wrong += await _obstacles(client, id, activity, set(locations.values()) & places)
            else:
                wrong.append(f"product {id!r}: JCC makes no appointments for an activity {activity!r}")
        return wrong + [f"location {id!r}: JCC has no {at!r} in use" for id, at in locations.items() if at not in places]
    except TokenRefused as exc:
        return [f"JCC refuses us, are BALIE_JCC_CLIENT_ID and BALIE_JCC_SECRET right? ({exc})"]
    except Refused as exc:
        return [f"JCC refuses a question at {client.url} ({exc})"]
    except HttpFailure as exc:
        return [f"JCC doesn't answer as it should at {client.url} or {client.token_url} ({exc})"]


async def _obstacles(client: JccClient, id: str, activity: str, places: set[str]) -> list[str]:
    """What keeps citizens from making an appointment for a product that JCC has."""
    wrong, query = [], [("selectedActivityId", activity)]
    if not _in_use(await _read(client, "location/forappointment", query)) & places:
        wrong.append(f"product {id!r}: JCC handles it at none of our locations")
    required = customers.fields(await _read(client, "customer/customerfields/required", query))
    if missing := customers.lacking(required):
        names = ", ".join(missing)
        wrong.append(f"product {id!r}: JCC requires what Balie doesn't ask of a citizen: {names}; make that optional there")
    return wrong


async def _read(client: JccClient, path: str, query: Query = ()) -> Any:
    return usable(await client.get(path, query))


def _in_use(answer: Any) -> set[str]:
    """The ids of activities or locations."""
    with usable_answer():
        return {one["id"] for one in answer if one.get("isActive") is not False}
