"""What is wrong with a connection to Qmatic, in words for who set it up."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from bot.appointments import TIME_ZONE
from bot.appointments.supplier import Refused, usable_answer
from bot.http import HttpFailure

Get = Callable[[str], Awaitable[Any]]


async def faults(get: Get, services: Mapping[str, str], branches: Mapping[str, str], url: str) -> list[str]:
    """Asks for real. `get` gives the JSON under a path; `services` and `branches` are Qmatic's ids per id of ours."""
    try:
        found = await get("v1/services")
        with usable_answer():
            known = {service["publicId"]: service for service in found["serviceList"]}
        places = await get("v1/branches")
        with usable_answer():
            zones = {branch["publicId"]: branch["timeZone"] for branch in places["branchList"]}
        wrong = _services(services, known) + _branches(branches, zones)
        for id, branch in branches.items():
            if branch in zones:
                wrong += await _offer(get, id, branch, set(services.values()))
    except Refused as exc:
        return [f"Qmatic refuses us, is BALIE_QMATIC_API_KEY right? ({exc})"]
    except HttpFailure as exc:
        return [f"Qmatic doesn't answer as it should at {url} ({exc})"]
    return wrong


def _services(services: Mapping[str, str], known: Mapping[str, Any]) -> list[str]:
    wrong = [] if services else ["suppliers.appointments.products names no product"]
    for id, service in services.items():
        if service not in known:
            wrong.append(f"product {id!r}: Qmatic has no service {service!r}")
        elif not (known[service].get("active") and known[service].get("publicEnabled")):
            wrong.append(f"product {id!r}: the service {service!r} is not active and open to the public at Qmatic")
    return wrong


def _branches(branches: Mapping[str, str], zones: Mapping[str, str]) -> list[str]:
    wrong = [] if branches else ["suppliers.appointments.locations names no location"]
    for id, branch in branches.items():
        if branch not in zones:
            wrong.append(f"location {id!r}: Qmatic has no branch {branch!r}")
        elif zones[branch] != TIME_ZONE:
            wrong.append(f"location {id!r}: the branch {branch!r} has time zone {zones[branch]}, not {TIME_ZONE}")
    return wrong


async def _offer(get: Get, id: str, branch: str, wanted: set[str]) -> list[str]:
    answer = await get(f"v1/branches/{quote(branch, safe='')}/services")
    with usable_answer():
        there = {service["publicId"] for service in answer["serviceList"]}
    return [] if there & wanted else [f"location {id!r}: the branch {branch!r} handles none of our products"]
