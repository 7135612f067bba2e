"""What is wrong with the connection to a ZGW case system, found out by asking it for real; nothing is changed.

Little is asked about cases, and nothing of an answer is kept or told but addresses: a page of recent cases shows how the case
system writes its addresses, a search for a number that doesn't exist shows whether searching works.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.zgw import Json, ZgwClient, ZgwFailure

# Of `vertrouwelijkheidaanduiding`, from open to secret.
_LEVELS = (
    "openbaar", "beperkt_openbaar", "intern", "zaakvertrouwelijk", "vertrouwelijk", "confidentieel", "geheim", "zeer_geheim",
)
_NO_CASE = "balie-check"  # the number of no case
_NO_STATUS = "00000000-0000-0000-0000-000000000000"
_RECENT_DAYS = 30
_CLOCK_SECONDS = 30  # a token made on a clock further ahead may be refused


async def connection_faults(client: ZgwClient, zaken: str, catalogi: str) -> list[str]:
    """One sentence per fault. `zaken` and `catalogi` are the configured roots."""
    faults = await _clock(client, zaken)
    faults += await _zaken(client, zaken, catalogi)
    faults += await _catalogi(client, catalogi)
    return faults


def level_faults(allowed: Iterable[str]) -> list[str]:
    """A misspelt level of confidentiality would hide cases without a word."""
    unknown = sorted(set(allowed) - set(_LEVELS))
    return [f"{level!r} is no level of confidentiality: use {', '.join(_LEVELS)}." for level in unknown]


async def _clock(client: ZgwClient, zaken: str) -> list[str]:
    try:
        ahead = round(await client.clock_difference(f"{zaken}/statussen/{_NO_STATUS}"))
    except ZgwFailure:
        return []  # told below, by what needs it
    if abs(ahead) <= _CLOCK_SECONDS:
        return []
    which = "ahead of" if ahead > 0 else "behind"
    return [f"The clock of the case system is {abs(ahead)} seconds {which} the one here: let both follow NTP."]


async def _zaken(client: ZgwClient, zaken: str, catalogi: str) -> list[str]:
    recent = {"startdatum__gte": (date.today() - timedelta(days=_RECENT_DAYS)).isoformat()}
    try:
        page = await client.get(f"{zaken}/zaken", recent)
    except ZgwFailure as exc:
        return [f"The Zaken API ({zaken}) gives no cases: {exc}."]
    cases = _objects(page)
    if cases is None:
        return [f"The Zaken API ({zaken}) answers with something else than a list of cases: is the address right?"]
    faults = []
    try:
        await client.search(f"{zaken}/zaken/_zoek", {"identificatie": _NO_CASE}, at_most=1)
    except ZgwFailure as exc:
        faults.append(f"The Zaken API ({zaken}) can't be searched, which is needed for citizens who log in: {exc}.")
    return faults + _written("Zaken", zaken, cases, "url") + _written("Catalogi", catalogi, cases, "zaaktype")


async def _catalogi(client: ZgwClient, catalogi: str) -> list[str]:
    try:
        page = await client.get(f"{catalogi}/zaaktypen", {"status": "alles"})
    except ZgwFailure as exc:
        return [f"The Catalogi API ({catalogi}) gives no case types: {exc}."]
    types = _objects(page)
    if types is None:
        return [f"The Catalogi API ({catalogi}) answers with something else than a list of case types: is the address right?"]
    if not types:
        return [f"The Catalogi API ({catalogi}) shows no case types: is there a catalogue, and may this client id read it?"]
    return _written("Catalogi", catalogi, types, "url")


def _objects(page: Json) -> list[Json] | None:
    found = page.get("results")
    return found if isinstance(found, list) and all(isinstance(item, dict) for item in found) else None


def _written(name: str, root: str, items: list[Json], field: str) -> list[str]:
    """The case system must write its addresses as they are configured: others aren't followed."""
    for item in items:
        url = str(item.get(field) or "")
        if not url.startswith(f"{root}/"):
            theirs = url.rsplit("/", 2)[0]
            return [f"The {name} API is configured as {root}, but the case system itself writes {theirs}: use that."]
    return []
