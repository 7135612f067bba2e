"""Case status from a case system that speaks ZGW: Zaken API 1.5 and Catalogi API 1.3 (such as Open Zaak).

A look-up takes five requests: the case by its number, and then at once its type, its initiators, its present status
and the status types that make up the steps.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from bot.zaken import SecondFactor, ZaakNotFound, ZaakStatus, ZakenUnavailable, spellings
from bot.zaken.circuit import Circuit, CircuitOpen
from bot.zaken.zgw_client import Json, ZgwClient

logger = logging.getLogger(__name__)


class ZgwZaken:
    """`Zaken` on a ZGW case system.

    `zaken_url` and `catalogi_url` are the API roots exactly as the case system writes them in its own addresses
    (`https://…/zaken/api/v1`); other addresses are never followed. `bronorganisatie` (RSIN) narrows the search, for
    numbers are unique per organisation only; without it a number that several organisations use is not found.
    `allowed_confidentiality` lists the values of `vertrouwelijkheidaanduiding` that a citizen with a second factor may
    hear about.

    A look-up ends within `budget_seconds`, retries included. After `failures` unavailable look-ups in a row the case
    system is left alone for `open_seconds` (see `Circuit`).
    """

    def __init__(
        self,
        zaken_url: str,
        catalogi_url: str,
        client_id: str,
        secret: str,
        *,
        bronorganisatie: str | None = None,
        allowed_confidentiality: Collection[str] = ("openbaar", "beperkt_openbaar"),
        budget_seconds: float = 5.0,
        retry_pause_seconds: float = 0.2,
        failures: int = 5,
        open_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._zaken, self._catalogi = zaken_url.rstrip("/"), catalogi_url.rstrip("/")
        self._bronorganisatie = bronorganisatie
        self._allowed_confidentiality = frozenset(allowed_confidentiality)
        self._budget_seconds = budget_seconds
        self._circuit = Circuit(failures, open_seconds, clock)
        self._client = ZgwClient((zaken_url, catalogi_url), client_id, secret, budget_seconds, retry_pause_seconds)

    async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        """As `Zaken.look_up`."""
        numbers = spellings(identificatie)
        if not numbers:
            raise ZaakNotFound  # never ask for a blank number: the answer would be every case
        try:
            with self._circuit.call(ZakenUnavailable):
                return await self._within_budget(numbers, factor)
        except CircuitOpen as exc:
            raise ZakenUnavailable("left alone after repeated failures") from exc

    async def aclose(self) -> None:
        """Close the connections; a later look-up opens new ones."""
        await self._client.aclose()

    async def _within_budget(self, numbers: tuple[str, ...], factor: SecondFactor) -> ZaakStatus:
        try:
            async with asyncio.timeout(self._budget_seconds):
                zaak = await self._find(numbers)
                return await self._read(zaak, factor)
        except TimeoutError as exc:
            logger.warning("case system: no answer within %s s", self._budget_seconds)
            raise ZakenUnavailable("out of time") from exc
        except ZakenUnavailable as exc:
            logger.warning("case system: %s", exc)
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            logger.warning("case system: an answer has an unexpected form (%s)", type(exc).__name__)
            raise ZakenUnavailable("an answer has an unexpected form") from exc

    async def _find(self, numbers: tuple[str, ...]) -> Json:
        """The one case with this number that may be shown. The filter's result is checked, not trusted."""
        narrowed = {"bronorganisatie": self._bronorganisatie} if self._bronorganisatie else {}
        for number in numbers:
            wanted = {"identificatie": number, **narrowed}
            page = await self._client.get(f"{self._zaken}/zaken", wanted)
            hits = [zaak for zaak in page["results"] if all(zaak[name] == value for name, value in wanted.items())]
            if len(hits) == 1 and hits[0]["vertrouwelijkheidaanduiding"] in self._allowed_confidentiality:
                return _object(hits[0])
        raise ZaakNotFound

    async def _read(self, zaak: Json, factor: SecondFactor) -> ZaakStatus:
        type_url, initiators = zaak["zaaktype"], {"zaak": zaak["url"], "omschrijvingGeneriek": "initiator"}
        # By default the catalogue leaves out concept types, which a running case may still have.
        of_type = {"zaaktype": type_url, "status": "alles"}
        try:  # all at once: two round trips fit the budget better than five
            async with asyncio.TaskGroup() as at_once:
                type_task = at_once.create_task(self._client.get(type_url))
                rollen_task = at_once.create_task(self._client.get_all(f"{self._zaken}/rollen", initiators))
                status_task = at_once.create_task(self._status(zaak))
                steps_task = at_once.create_task(self._client.get_all(f"{self._catalogi}/statustypen", of_type))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        zaaktype, steps = type_task.result(), steps_task.result()
        _require(all(url == type_url for url in (zaaktype["url"], *(step["zaaktype"] for step in steps))))
        # "extern": the case is started by someone outside, so there is a citizen to inform.
        known = _started_by(rollen_task.result(), zaak["url"], factor)
        if not known or zaaktype["indicatieInternOfExtern"] != "extern":
            raise ZaakNotFound
        return _answer(zaak, zaaktype, status_task.result(), steps)

    async def _status(self, zaak: Json) -> Json | None:
        """The present status; None if none has been set yet."""
        if not zaak["status"]:
            return None
        status = await self._client.get(zaak["status"])
        _require(status["url"] == zaak["status"] and status["zaak"] == zaak["url"])
        return status


def _started_by(rollen: list[Json], zaak_url: str, factor: SecondFactor) -> bool:
    """Whether the factor fits an initiator of this very case.

    Only natural persons count: the address of a company (`vestiging`) is in a public register and proves nothing.
    """
    return any([_fits(rol, factor) for rol in rollen if _is_initiator(rol, zaak_url)])  # a list: no early exit


def _is_initiator(rol: Json, zaak_url: str) -> bool:
    """Checked again here, because an ignored filter would offer the initiators of every case."""
    wanted = {"zaak": zaak_url, "omschrijvingGeneriek": "initiator", "betrokkeneType": "natuurlijk_persoon"}
    return all(rol[name] == value for name, value in wanted.items())


def _fits(rol: Json, factor: SecondFactor) -> bool:
    person = rol.get("betrokkeneIdentificatie") or {}
    home = person.get("verblijfsadres") or {}
    letter, addition = home.get("aoaHuisletter") or "", home.get("aoaHuisnummertoevoeging") or ""
    return factor.matches(
        geboortedatum=person.get("geboortedatum") or "",
        postcode=home.get("aoaPostcode") or "",
        huisnummer=f"{home.get('aoaHuisnummer') or ''} {letter}{addition}",
    )


def _answer(zaak: Json, zaaktype: Json, status: Json | None, statustypen: list[Json]) -> ZaakStatus:
    """Raises ZakenUnavailable if the present status is none of the steps."""
    steps = sorted(statustypen, key=lambda statustype: int(statustype["volgnummer"]))
    step, text = 0, ""
    if status:
        urls = [statustype["url"] for statustype in steps]
        _require(status["statustype"] in urls)
        step = urls.index(status["statustype"]) + 1
        # `statustekst` is written for the citizen, but optional; `omschrijving` is required.
        text = (steps[step - 1].get("statustekst") or "").strip() or steps[step - 1]["omschrijving"]
    return ZaakStatus(
        identificatie=zaak["identificatie"],
        zaaktype=zaaktype["omschrijving"],
        status=text,
        step=step,
        steps=len(steps),
        started=date.fromisoformat(zaak["startdatum"]),
        expected=_expected(zaak),
        finished=_day(zaak.get("einddatum")),
    )


def _expected(zaak: Json) -> date | None:
    """The planned end, else the last day the law allows.

    `einddatumGepland` is what the municipality expects of this very case, so it goes first. Then comes
    `uiterlijkeEinddatumAfdoening`, the limit of this case. `startdatum` plus the type's `doorlooptijd` is not used: it
    is the rule for all such cases, and ignores an extension of this one. While a case is suspended its term doesn't
    run, so no date can be promised.
    """
    suspended = (zaak.get("opschorting") or {}).get("indicatie")
    if zaak.get("einddatum") or suspended:
        return None
    return _day(zaak.get("einddatumGepland")) or _day(zaak.get("uiterlijkeEinddatumAfdoening"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _object(value: Any) -> Json:
    _require(isinstance(value, dict))
    return dict(value)


def _require(consistent: bool) -> None:
    """An answer that contradicts itself or the question is no answer."""
    if not consistent:
        raise ZakenUnavailable("the answers don't belong together")
