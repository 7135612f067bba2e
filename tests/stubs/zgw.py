"""A ZGW case system on loopback: Zaken 1.5 and Catalogi 1.3 as Open Zaak answers them, with faults on request.

It keeps to what a running Open Zaak does, traps included: a blank filter is no filter; an unknown one is refused in an
address and ignored in a search. Resources are plain dictionaries in `data`, by collection: change them in a test.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import formatdate
from typing import Any, Self

import jwt
from aiohttp import web

from bot.zaken.demo_data import DemoCase
from tests.stubs import zgw_resources as resources
from tests.stubs.faults import Fault, cut
from tests.stubs.server import serving
from tests.stubs.zgw_faults import FAULT, Exchange, body_of, error

Resource = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CLIENT_ID = "balie"
SECRET = "a-secret-of-the-stub-that-is-long-enough"
MAX_TOKEN_AGE_SECONDS = 3600
FILTERS = {
    "zaken": {"identificatie", "bronorganisatie", "zaaktype", "startdatum", "startdatum__gte", "einddatum"},
    "statussen": {"zaak", "statustype", "indicatieLaatstGezetteStatus"},
    "rollen": {"zaak", "betrokkeneType", "roltype", "omschrijving", "omschrijvingGeneriek"},
    "resultaten": {"zaak", "resultaattype"},
    "zaaktypen": {"catalogus", "identificatie", "status"},
    "statustypen": {"zaaktype", "zaaktypeIdentificatie", "status"},
    "resultaattypen": {"zaaktype", "status"},
}
CATALOGI = {"zaaktypen", "statustypen", "resultaattypen"}
OF_PERSON = "rol__betrokkeneIdentificatie__natuurlijkPersoon__inpBsn"


@dataclass
class ZgwStub:
    """Use as `async with ZgwStub(cases) as stub`; `page_size` is how many results fit a page.

    Kinds of faults: those of `Fault` but `late` and `dies`, where `lying` gives exactly one of another's for `zaken`, and besides
    them `mixed`: one of another's as well, and `unfiltered`: everything comes back.
    """

    cases: tuple[DemoCase, ...]
    page_size: int = 100
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)  # path and query of every request
    exchanges: list[Exchange] = field(default_factory=list)
    today: date = date(2026, 3, 16)  # on which a case ends that is ended here
    clock_ahead_seconds: float = 0.0
    data: dict[str, list[Resource]] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)  # set once a slow request has arrived
    root: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._observe, self._misbehave, self._authenticate])
        for name in FILTERS:
            api = "catalogi" if name in CATALOGI else "zaken"
            app.router.add_get(f"/{api}/api/v1/{name}", self._list(name))
            app.router.add_get(f"/{api}/api/v1/{name}/{{uuid}}", self._detail(name))
        app.router.add_post("/zaken/api/v1/zaken/_zoek", self._search)
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._serving = serving(app)
        self.root = await self._serving.__aenter__()
        self.data = resources.of(self.cases, self.zaken_url, self.catalogi_url)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.released.set()
        await self._serving.__aexit__(None, None, None)

    @property
    def zaken_url(self) -> str:
        return f"{self.root}/zaken/api/v1"

    @property
    def catalogi_url(self) -> str:
        return f"{self.root}/catalogi/api/v1"

    def zaak(self, identificatie: str) -> Resource:
        return next(zaak for zaak in self.data["zaken"] if zaak["identificatie"] == identificatie)

    def of_zaak(self, name: str, identificatie: str) -> list[Resource]:
        """The statussen, rollen or resultaten of a case."""
        return [item for item in self.data[name] if item["zaak"] == self.zaak(identificatie)["url"]]

    def zaaktype(self, identificatie: str) -> Resource:
        return next(item for item in self.data["zaaktypen"] if item["url"] == self.zaak(identificatie)["zaaktype"])

    def statustypen(self, identificatie: str) -> list[Resource]:
        """The status types of a case's type, in order."""
        found = [item for item in self.data["statustypen"] if item["zaaktype"] == self.zaaktype(identificatie)["url"]]
        return sorted(found, key=lambda item: int(item["volgnummer"]))

    async def advance(self, identificatie: str) -> tuple[str, str]:
        """Set the next status of a case, as an official does; returns the addresses of case and status."""
        zaak, steps = self.zaak(identificatie), self.statustypen(identificatie)
        reached = self.of_zaak("statussen", identificatie)
        for status in reached:
            status["indicatieLaatstGezetteStatus"] = False
        statustype = steps[len(reached)]
        status = resources.status(zaak, statustype["url"], last=True)
        self.data["statussen"].insert(0, status)
        zaak["status"] = status["url"]
        if statustype["isEindstatus"]:
            zaak["einddatum"] = self.today.isoformat()
        return zaak["url"], status["url"]

    @web.middleware
    async def _observe(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append(request.path_qs)
        body = await request.json() if request.body_exists else None
        response = await handler(request)
        response.headers["Date"] = formatdate(time.time() + self.clock_ahead_seconds, usegmt=True)
        response.headers["API-version"] = "1.3.1" if "/catalogi/" in request.path else "1.5.1"
        answer = body_of(response)
        asked = (request.method, request.path, dict(request.query), dict(request.headers), body)
        self.exchanges.append(Exchange(*asked, response.status, answer))
        return response

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        for fault in self.faults:
            if not fault.hits(f"{request.method} {request.path}"):
                continue
            if fault.kind == "slow":
                self.held.set()
                await self.released.wait()
            elif fault.kind == "drop":
                return cut(request)
            elif fault.kind == "status":
                return error(fault.code, fault.problem or "error", "Er is een serverfout opgetreden.")
            elif fault.kind == "redirect":
                return web.Response(status=302, headers={"Location": fault.target})
            elif fault.kind == "body":
                return web.Response(text=fault.target, content_type="application/json")
            else:
                request[FAULT] = fault.kind
        return await handler(request)

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return error(403, "permission_denied", "Je hebt geen toestemming om deze actie uit te voeren.")
        try:
            unchecked = jwt.decode(token, options={"verify_signature": False})
            if unchecked.get("client_id") != CLIENT_ID:
                return error(403, "invalid-client-identifier", "Client identifier bestaat niet")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["iat"], "verify_iat": False})
        except jwt.InvalidTokenError:
            return error(403, "invalid-jwt-signature", "Client credentials zijn niet geldig.")
        now = time.time() + self.clock_ahead_seconds
        if claims["iat"] > now:
            return error(403, "invalid-jwt-signature", "Client credentials zijn niet geldig.")
        if claims["iat"] < now - MAX_TOKEN_AGE_SECONDS:
            return error(403, "jwt-expired", "Het JWT is verlopen.")
        return await handler(request)

    def _list(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if name == "zaken" and "Accept-Crs" not in request.headers:
                return error(412, "precondition_failed", "'Accept-Crs' header ontbreekt")
            unknown = set(request.query) - FILTERS[name] - {"page"}
            if unknown:
                return error(400, "invalid", "Ongeldige invoer.", unknown_parameters=sorted(unknown))
            matching = [item for item in self.data[name] if self._matches(name, item, request.query)]
            return self._page(request, self._faulty(request, name, matching))

        return handle

    async def _search(self, request: web.Request) -> web.StreamResponse:
        """`_zoek`: unknown and blank fields are ignored, and the two filters on roles needn't meet in one role."""
        if "Content-Crs" not in request.headers:
            return error(412, "precondition_failed", "'Content-Crs' header ontbreekt")
        body = await request.json()
        if not body:
            return error(400, "empty_search_body", "Request body zonder zoekopdrachten is niet toegestaan")
        if isinstance(body.get("expand"), str):
            return error(500, "error", "Er is een serverfout opgetreden.")
        plain = {key: value for key, value in body.items() if key in FILTERS["zaken"]}
        matching = [zaak for zaak in self.data["zaken"] if self._matches("zaken", zaak, plain) and self._has_roles(zaak, body)]
        return self._page(request, self._faulty(request, "zaken", matching))

    def _has_roles(self, zaak: Resource, body: Resource) -> bool:
        rollen = [rol for rol in self.data["rollen"] if rol["zaak"] == zaak["url"]]
        people = {(rol["betrokkeneIdentificatie"] or {}).get("inpBsn") for rol in rollen}
        kinds = {rol["omschrijvingGeneriek"] for rol in rollen}
        wanted, kind = body.get(OF_PERSON, "").strip(), body.get("rol__omschrijvingGeneriek", "").strip()
        return (not wanted or wanted in people) and (not kind or kind in kinds)

    def _faulty(self, request: web.Request, name: str, matching: list[Resource]) -> list[Resource]:
        others = [item for item in self.data[name] if item not in matching]
        lies = {
            "lying": others[:1] if name == "zaken" else others,
            "mixed": [*matching, *others[:1]],
            "unfiltered": self.data[name],
            "empty": [],
        }
        return lies.get(request.get(FAULT, ""), matching)

    def _page(self, request: web.Request, matching: list[Resource]) -> web.StreamResponse:
        number = int(request.query.get("page", "1"))
        first, last = (number - 1) * self.page_size, number * self.page_size
        if number < 1 or first >= max(len(matching), 1):
            return error(404, "not_found", "Ongeldige pagina.")

        def link(page: int) -> str:
            return f"{self.root}{request.rel_url.update_query(page=str(page))}"

        following = link(number + 1) if last < len(matching) else None
        previous = link(number - 1) if number > 1 else None
        page = {"count": len(matching), "next": following, "previous": previous, "results": matching[first:last]}
        return web.json_response(page, headers={"Content-Crs": "EPSG:4326"})

    def _detail(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            wanted = f"{self.root}{request.path}"
            lying = request.get(FAULT) == "lying"
            found = [item for item in self.data[name] if (item["url"] == wanted) is not lying]
            if name == "zaken" and "Accept-Crs" not in request.headers:
                return error(412, "precondition_failed", "'Accept-Crs' header ontbreekt")
            return web.json_response(found[0]) if found else await self._nothing(request)

        return handle

    def _matches(self, name: str, item: Resource, query: Mapping[str, str]) -> bool:
        """A blank value filters nothing; a text matches exactly, capitals included."""
        wanted = {key: value for key, value in query.items() if key != "page" and value.strip()}
        if name in CATALOGI:
            status = wanted.pop("status", "definitief")
            if status != "alles" and self._is_concept(item) != (status == "concept"):
                return False
        since = wanted.pop("startdatum__gte", "")
        return all(item[key] == value for key, value in wanted.items()) and (not since or item["startdatum"] >= since)

    def _is_concept(self, item: Resource) -> bool:
        """Of a zaaktype, or of the zaaktype of a statustype."""
        url = item.get("zaaktype", item["url"])
        return any(zaaktype["url"] == url and zaaktype["concept"] for zaaktype in self.data["zaaktypen"])

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return error(404, "not_found", "Niet gevonden.")
