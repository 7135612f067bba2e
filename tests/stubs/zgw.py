"""A ZGW case system on loopback: Zaken 1.5 and Catalogi 1.3 as Open Zaak answers them, with faults on request.

It keeps to what a running Open Zaak does, traps included: a blank filter is no filter, an unknown one is refused.
Resources are plain dictionaries in `zaken`, `statussen`, `rollen`, `zaaktypen`, `statustypen`: change them in a test.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import jwt
from aiohttp import web

from bot.zaken.demo import DemoCase
from tests.stubs import zgw_resources as resources

Resource = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CLIENT_ID = "balie"
SECRET = "a-secret-of-the-stub-that-is-long-enough"
MAX_TOKEN_AGE_SECONDS = 3600
FILTERS = {
    "zaken": {"identificatie", "bronorganisatie", "zaaktype", "startdatum", "einddatum"},
    "statussen": {"zaak", "statustype", "indicatieLaatstGezetteStatus"},
    "rollen": {"zaak", "betrokkeneType", "roltype", "omschrijving", "omschrijvingGeneriek"},
    "zaaktypen": {"catalogus", "identificatie", "status"},
    "statustypen": {"zaaktype", "zaaktypeIdentificatie", "status"},
}
CATALOGI = {"zaaktypen", "statustypen"}
FAULT = web.RequestKey("fault", str)


@dataclass
class Fault:
    """What goes wrong, for requests whose path contains `where`, `times` times (None: always).

    `slow`: no answer before the stub's `released` is set. `status`: an error with status `code`. `drop`: the connection
    is cut. `lying`: another's resources come back, for `zaken` exactly one. `unfiltered`:
    everything comes back. `redirect`: to `target`. `body`: the text `target` instead of the answer.
    """

    kind: str
    where: str = "/"
    times: int | None = None
    code: int = 500
    target: str = ""

    def hits(self, path: str) -> bool:
        if self.where not in path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class ZgwStub:
    """Use as `async with ZgwStub(cases) as stub`; `page_size` is how many results fit a page."""

    cases: tuple[DemoCase, ...]
    page_size: int = 100
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)  # path and query of every request
    data: dict[str, list[Resource]] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)  # set once a slow request has arrived
    root: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._misbehave, self._authenticate])
        for name in FILTERS:
            api = "catalogi" if name in CATALOGI else "zaken"
            app.router.add_get(f"/{api}/api/v1/{name}", self._list(name))
            app.router.add_get(f"/{api}/api/v1/{name}/{{uuid}}", self._detail(name))
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.root = f"http://{host}:{port}"
        self.data = resources.of(self.cases, self.zaken_url, self.catalogi_url)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.released.set()
        await self._runner.cleanup()

    @property
    def zaken_url(self) -> str:
        return f"{self.root}/zaken/api/v1"

    @property
    def catalogi_url(self) -> str:
        return f"{self.root}/catalogi/api/v1"

    def zaak(self, identificatie: str) -> Resource:
        return next(zaak for zaak in self.data["zaken"] if zaak["identificatie"] == identificatie)

    def of_zaak(self, name: str, identificatie: str) -> list[Resource]:
        """The statussen or rollen of a case."""
        return [item for item in self.data[name] if item["zaak"] == self.zaak(identificatie)["url"]]

    def zaaktype(self, identificatie: str) -> Resource:
        return next(item for item in self.data["zaaktypen"] if item["url"] == self.zaak(identificatie)["zaaktype"])

    def statustypen(self, identificatie: str) -> list[Resource]:
        """The status types of a case's type, in order."""
        found = [item for item in self.data["statustypen"] if item["zaaktype"] == self.zaaktype(identificatie)["url"]]
        return sorted(found, key=lambda item: int(item["volgnummer"]))

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append(request.path_qs)
        for fault in self.faults:
            if not fault.hits(request.path):
                continue
            if fault.kind == "slow":
                self.held.set()
                await self.released.wait()
            elif fault.kind == "drop":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()  # to nobody
            elif fault.kind == "status":
                return _error(fault.code, "error", "Er is een serverfout opgetreden.")
            elif fault.kind == "redirect":
                return web.Response(status=302, headers={"Location": fault.target})
            elif fault.kind == "body":
                return web.Response(text=fault.target, content_type="application/json")
            elif fault.kind in ("lying", "unfiltered"):
                request[FAULT] = fault.kind
        return await handler(request)

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return _error(403, "permission_denied", "Je hebt geen toestemming om deze actie uit te voeren.")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["iat"]})
        except jwt.InvalidTokenError:  # also an `iat` in the future
            return _error(403, "invalid-jwt-signature", "Client credentials zijn niet geldig.")
        if claims.get("client_id") != CLIENT_ID:
            return _error(403, "invalid-client-identifier", "De client_id is onbekend.")
        if claims["iat"] < time.time() - MAX_TOKEN_AGE_SECONDS:
            return _error(403, "jwt-expired", "Het JWT is verlopen.")
        return await handler(request)

    def _list(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if name == "zaken" and "Accept-Crs" not in request.headers:
                return _error(412, "precondition_failed", "'Accept-Crs' header ontbreekt")
            unknown = set(request.query) - FILTERS[name] - {"page"}
            if unknown:
                return _error(400, "invalid", "Ongeldige invoer.", unknown_parameters=sorted(unknown))
            matching = [item for item in self.data[name] if self._matches(name, item, request.query.items())]
            if request.get(FAULT) == "unfiltered":
                matching = self.data[name]
            elif request.get(FAULT) == "lying":
                others = [item for item in self.data[name] if item not in matching]
                matching = others[:1] if name == "zaken" else others
            return self._page(request, matching)

        return handle

    def _page(self, request: web.Request, matching: list[Resource]) -> web.StreamResponse:
        number = int(request.query.get("page", "1"))
        first, last = (number - 1) * self.page_size, number * self.page_size
        if number < 1 or first >= max(len(matching), 1):
            return _error(404, "not_found", "Ongeldige pagina.")

        def link(page: int) -> str:
            return f"{self.root}{request.rel_url.update_query(page=str(page))}"

        following = link(number + 1) if last < len(matching) else None
        previous = link(number - 1) if number > 1 else None
        page = {"count": len(matching), "next": following, "previous": previous, "results": matching[first:last]}
        return web.json_response(page, headers={"API-version": "1.5.1"})

    def _detail(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            wanted = f"{self.root}{request.path}"
            lying = request.get(FAULT) == "lying"
            found = [item for item in self.data[name] if (item["url"] == wanted) is not lying]
            if name == "zaken" and "Accept-Crs" not in request.headers:
                return _error(412, "precondition_failed", "'Accept-Crs' header ontbreekt")
            return web.json_response(found[0]) if found else await self._nothing(request)

        return handle

    def _matches(self, name: str, item: Resource, query: Iterable[tuple[str, str]]) -> bool:
        """A blank value filters nothing; a text matches exactly, capitals included."""
        wanted = {key: value for key, value in query if key != "page" and value.strip()}
        if name in CATALOGI:
            status = wanted.pop("status", "definitief")
            if status != "alles" and self._is_concept(item) != (status == "concept"):
                return False
        return all(item[key] == value for key, value in wanted.items())

    def _is_concept(self, item: Resource) -> bool:
        """Of a zaaktype, or of the zaaktype of a statustype."""
        url = item.get("zaaktype", item["url"])
        return any(zaaktype["url"] == url and zaaktype["concept"] for zaaktype in self.data["zaaktypen"])

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return _error(404, "not_found", "Niet gevonden.")


def _error(status: int, code: str, detail: str, unknown_parameters: Iterable[str] = ()) -> web.Response:
    """Sent as application/json, although the standard says application/problem+json."""
    body: Resource = {
        "type": f"http://127.0.0.1/ref/fouten/{code}/",
        "code": code,
        "title": detail,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{uuid.uuid4()}",
    }
    names = ", ".join(unknown_parameters)
    if names:
        reason = f"Onbekende query parameters: {names}"
        body["invalidParams"] = [{"name": "nonFieldErrors", "code": "unknown-parameters", "reason": reason}]
    return web.json_response(body, status=status)
