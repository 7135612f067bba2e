"""Case status from a case system that speaks ZGW: Zaken API 1.5 and Catalogi API 1.3 (such as Open Zaak).

A look-up takes five requests: the case by its number, and then at once its initiators, its present status, its type and the
status types that make up the steps; type and steps are kept for a while (see `Catalogue`).
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from bot.circuit import Circuit, CircuitOpen
from bot.http import RETRY_PAUSE_SECONDS
from bot.zaken import Personal, SecondFactor, ZaakNotFound, ZaakStatus, ZakenUnavailable, check_bsn, spellings, zgw_case
from bot.zaken.zgw_catalogue import Catalogue, Zaaktype, require
from bot.zaken.zgw_check import connection_faults, level_faults
from bot.zgw import Json, ZgwClient, ZgwFailure, at_once

log = structlog.get_logger()

_OF_PERSON = "rol__betrokkeneIdentificatie__natuurlijkPersoon__inpBsn"
_IDENTIFIER = re.compile(r"[A-Za-z0-9-]+")
_GONE = {404, 410}
_T = TypeVar("_T")
_Item = TypeVar("_Item")


class _NoAnswer(ZakenUnavailable):
    """The case system gave none: this counts for the circuit. An answer that can't be trusted doesn't: it is up."""


@dataclass(frozen=True)
class OwnCases:
    """How citizens who logged in see their cases.

    `confidentiality`: the values of `vertrouwelijkheidaanduiding` that they may hear about. `intern` is not among them by
    default, because such a file is meant for the organisation itself, while `zaakvertrouwelijk` is for those concerned in the
    case. `most`: cases shown; `read`: cases read, and checked to be this person's; `at_once`: requests for them under way at
    once.
    """

    confidentiality: Collection[str] = ("openbaar", "beperkt_openbaar", "zaakvertrouwelijk")
    most: int = 20
    read: int = 100
    at_once: int = 8


class ZgwZaken:
    """`Zaken` on a ZGW case system.

    `zaken_url` and `catalogi_url` are the API roots exactly as the case system writes them in its own addresses
    (`https://…/zaken/api/v1`); other addresses are never followed. `bronorganisatie` (RSIN) narrows the search, for
    numbers are unique per organisation only; without it a number that several organisations use is not found.
    `allowed_confidentiality` lists the values of `vertrouwelijkheidaanduiding` that a citizen with a second factor may
    hear about, and that a notice may be sent about; for citizens who logged in see `OwnCases`.

    An answer comes within `budget_seconds`, retries included. After `failures` questions without an answer in a row the case
    system is left alone for `open_seconds` (see `Circuit`). `catalogue_seconds`: see `Catalogue`.
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
        own: OwnCases | None = None,
        budget_seconds: float = 5.0,
        catalogue_seconds: float = 600.0,
        retry_pause_seconds: float = RETRY_PAUSE_SECONDS,
        failures: int = 5,
        open_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._zaken, self._catalogi = zaken_url.rstrip("/"), catalogi_url.rstrip("/")
        self._narrowed = {"bronorganisatie": bronorganisatie} if bronorganisatie else {}
        self._allowed_confidentiality = frozenset(allowed_confidentiality)
        self._own_cases = own or OwnCases()
        self._budget_seconds = budget_seconds
        self._circuit = Circuit(failures, open_seconds, clock)
        self._client = ZgwClient((zaken_url, catalogi_url), client_id, secret, budget_seconds, retry_pause_seconds)
        self._catalogue = Catalogue(self._client, self._catalogi, catalogue_seconds, clock)

    async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        """As `Zaken.look_up`."""
        numbers = spellings(identificatie)
        if not numbers:
            raise ZaakNotFound  # never ask for a blank number: the answer would be every case
        async with self._asking("look_up"):
            zaak = await self._find(numbers)
            rollen, status, zaaktype = await at_once(
                self._rollen(zaak, omschrijvingGeneriek="initiator"),
                self._status(zaak),
                self._catalogue.zaaktype(zaak["zaaktype"]),
            )
            if not zgw_case.started_by(rollen, zaak["url"], factor) or not zaaktype.external:
                raise ZaakNotFound
            return zgw_case.told(zaak, await self._knowing(zaaktype, status), status)

    async def own(self, bsn: str) -> list[ZaakStatus]:
        """As `Zaken.own`. One case of somebody else in the case system's answer, and none of it is believed."""
        check_bsn(bsn)  # never ask for a blank one: the answer would be every case
        async with self._asking("own"):
            found = await self._of_person(bsn)
            allowed = [zaak for zaak in found if zaak["vertrouwelijkheidaanduiding"] in self._own_cases.confidentiality]
            urls = {zaak["zaaktype"] for zaak in allowed}
            types = {zaaktype.url: zaaktype for zaaktype in await self._each(urls, self._catalogue.zaaktype)}
            shown = [zaak for zaak in allowed if types[zaak["zaaktype"]].external]
            shown.sort(key=lambda zaak: (zaak["startdatum"], zaak["identificatie"]), reverse=True)
            return await self._each(shown[: self._own_cases.most], lambda zaak: self._personal(zaak, types[zaak["zaaktype"]]))

    async def announced(self, ref: str, status: str) -> ZaakStatus | None:
        """As `Zaken.announced`."""
        if not self._is_mine(ref, "zaken") or not self._is_mine(status, "statussen"):
            log.warning("zaken_announcement_strange", reason="an address that isn't one of a case and its status")
            return None
        async with self._asking("announced"):
            zaak = await self._unless_gone(ref)
            require(zaak is None or zaak["url"] == ref)
            if zaak is None or zaak["status"] != status or not self._may_be_told(zaak):
                return None
            present = await self._unless_gone(status)
            if present is None:
                return None
            require(present["url"] == status and present["zaak"] == ref)
            zaaktype = await self._knowing(await self._catalogue.zaaktype(zaak["zaaktype"]), present)
            answer = zgw_case.told(zaak, zaaktype, present)
            return answer if zaaktype.external and zaaktype.steps[answer.step - 1].informs else None

    async def check(self) -> list[str]:
        """As `Zaken.check`."""
        faults = level_faults([*self._allowed_confidentiality, *self._own_cases.confidentiality])
        return faults + await connection_faults(self._client, self._zaken, self._catalogi)

    async def aclose(self) -> None:
        """Close the connections; a later question opens new ones."""
        await self._client.aclose()

    @asynccontextmanager
    async def _asking(self, action: str) -> AsyncIterator[None]:
        """Around all requests for one answer: time budget, circuit, and one kind of error."""
        try:
            with self._circuit.call(_NoAnswer):
                try:
                    async with asyncio.timeout(self._budget_seconds):
                        yield
                except TimeoutError as exc:
                    raise _NoAnswer(f"no answer within {self._budget_seconds} s") from exc
                except ZgwFailure as exc:
                    raise _NoAnswer(str(exc)) from exc
                except (KeyError, TypeError, ValueError, AttributeError) as exc:
                    raise ZakenUnavailable(f"an answer has an unexpected form ({type(exc).__name__})") from exc
        except CircuitOpen as exc:
            raise ZakenUnavailable("left alone after repeated failures") from exc
        except ZakenUnavailable as exc:
            log.warning("zaken_unavailable", action=action, reason=str(exc))
            raise

    async def _find(self, numbers: tuple[str, ...]) -> Json:
        """The one case with this number that may be told. The filter's result is checked, not trusted."""
        for number in numbers:
            wanted = {"identificatie": number, **self._narrowed}
            page = await self._client.get(f"{self._zaken}/zaken", wanted)
            hits: list[Json] = [zaak for zaak in page["results"] if all(zaak[name] == value for name, value in wanted.items())]
            if len(hits) == 1 and self._may_be_told(hits[0]):
                return hits[0]
        raise ZaakNotFound

    def _may_be_told(self, zaak: Json) -> bool:
        ours = all(zaak[name] == value for name, value in self._narrowed.items())
        return ours and zaak["vertrouwelijkheidaanduiding"] in self._allowed_confidentiality

    async def _of_person(self, bsn: str) -> list[Json]:
        """The cases that this person started. Raises ZakenUnavailable if the answer holds a case that they have no part in.

        The BSN goes in the body of the request: an address would be in the logs of every proxy on the way. No `expand` and no
        `ordering`: Open Zaak takes lists where the standard says texts. Its two filters needn't meet in one role, so that the
        answer may hold cases that somebody else started and this person is otherwise concerned in: these are left out.
        """
        wanted = {_OF_PERSON: bsn, "rol__omschrijvingGeneriek": "initiator", **self._narrowed}
        found = await self._client.search(f"{self._zaken}/zaken/_zoek", wanted, self._own_cases.read)
        cases = list({zaak["url"]: zaak for zaak in found[: self._own_cases.read]}.values())
        if not all(zaak[name] == value for name, value in self._narrowed.items() for zaak in cases):
            raise ZakenUnavailable("a search was answered with cases of another organisation")
        rollen = await self._each(cases, self._rollen)
        parts = [zgw_case.roles(found, zaak["url"], bsn) for zaak, found in zip(cases, rollen, strict=True)]
        if not all(parts):
            raise ZakenUnavailable("a search was answered with a case of somebody else")
        return [zaak for zaak, part in zip(cases, parts, strict=True) if "initiator" in part]

    async def _personal(self, zaak: Json, zaaktype: Zaaktype) -> ZaakStatus:
        status, (resultaat, result) = await at_once(self._status(zaak), self._result(zaak))
        texts: Personal = zgw_case.personal(zaak, status, resultaat, result)
        return zgw_case.told(zaak, await self._knowing(zaaktype, status), status, texts, self._may_be_told(zaak))

    async def _rollen(self, zaak: Json, **narrowed: str) -> list[Json]:
        return await self._client.get_all(f"{self._zaken}/rollen", {"zaak": zaak["url"], **narrowed})

    async def _status(self, zaak: Json) -> Json | None:
        """The present status; None if none has been set yet."""
        return await self._part(zaak, "status")

    async def _result(self, zaak: Json) -> tuple[Json | None, str]:
        """The result, and the name of its kind; none while there is none."""
        resultaat = await self._part(zaak, "resultaat")
        return resultaat, await self._catalogue.result(resultaat["resultaattype"], zaak["zaaktype"]) if resultaat else ""

    async def _part(self, zaak: Json, name: str) -> Json | None:
        if not zaak[name]:
            return None
        part = await self._client.get(zaak[name])
        require(part["url"] == zaak[name] and part["zaak"] == zaak["url"])
        return part

    async def _knowing(self, zaaktype: Zaaktype, status: Json | None) -> Zaaktype:
        """The type, read anew if it doesn't know the status: it may have got a step since it was read."""
        if status is None or zaaktype.number(status["statustype"]):
            return zaaktype
        return await self._catalogue.zaaktype(zaaktype.url, anew=True)

    async def _unless_gone(self, url: str) -> Json | None:
        try:
            return await self._client.get(url)
        except ZgwFailure as exc:
            if exc.status in _GONE:
                return None
            raise

    def _is_mine(self, url: str, collection: str) -> bool:
        root = f"{self._zaken}/{collection}/"
        return url.startswith(root) and bool(_IDENTIFIER.fullmatch(url.removeprefix(root)))

    async def _each(self, items: Iterable[_Item], ask: Callable[[_Item], Coroutine[Any, Any, _T]]) -> list[_T]:
        """The answers for the items, in their order, with a bounded number of questions under way."""
        places = asyncio.Semaphore(self._own_cases.at_once)

        async def one(item: _Item) -> _T:
            async with places:
                return await ask(item)

        return await at_once(*map(one, items))
