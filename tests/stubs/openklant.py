"""A Klantinteracties register on loopback, as Open Klant answers, with faults on request.

It keeps to what was recorded of a running Open Klant, traps included: a blank or unknown filter filters nothing, several actors
may be the same, lists come newest first. `referentienummer` is unique and a whole number. Resources are plain dictionaries in
`data`, oldest first: change them in a test.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from tests.stubs.faults import Fault
from tests.stubs.server import serving

Resource = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Faults = list[tuple[str, str, str]]  # field, code, reason
FAULT = web.RequestKey("fault", str)

TOKEN = "a-token-of-the-stub"
ROOT = "/klantinteracties/api/v1"
PHONE = re.compile(r"^(0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13})$")

REQUIRED = {
    "actoren": ("naam", "soortActor"),
    "klantcontacten": ("kanaal", "onderwerp", "taal", "vertrouwelijk"),
    "betrokkenen": ("hadKlantcontact", "rol", "initiator"),
    "digitaleadressen": ("adres", "soortDigitaalAdres"),
    "onderwerpobjecten": (),
    "internetaken": ("gevraagdeHandeling", "aanleidinggevendKlantcontact", "status"),
}
LONGEST = {
    "naam": 200, "kanaal": 50, "onderwerp": 200, "inhoud": 1000, "taal": 3, "referentienummer": 10, "adres": 80,
    "omschrijving": 40, "gevraagdeHandeling": 200, "toelichting": 1000, "achternaam": 200, "voorletters": 10,
}
CHOICES = {
    "soortActor": {"medewerker", "geautomatiseerde_actor", "organisatorische_eenheid"},
    "rol": {"vertegenwoordiger", "klant"},
    "soortDigitaalAdres": {"email", "telefoonnummer", "overig"},
    "status": {"te_verwerken", "verwerkt"},
}
LINKS = {  # field -> what it refers to
    "hadKlantcontact": "klantcontacten", "verstrektDoorBetrokkene": "betrokkenen", "klantcontact": "klantcontacten",
    "aanleidinggevendKlantcontact": "klantcontacten",
}
EXPANDABLE = {
    "gingOverOnderwerpobjecten", "hadBetrokkenen", "hadBetrokkenen.digitaleAdressen", "hadBetrokkenen.wasPartij",
    "leiddeTotInterneTaken", "omvatteBijlagen",
}


@dataclass
class Exchange:
    method: str
    path: str  # below the root of the API
    query: dict[str, str]
    sent: Any
    status: int
    answer: Any


@dataclass
class OpenKlantStub:
    """Use as `async with OpenKlantStub() as stub`; `page_size` is the most that fits a page.

    Kinds of faults: `slow`, `status`, `drop`, `dies`, `lying` and `body` of `Fault`, and `unfiltered`: everything comes back.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    page_size: int = 100
    unique: bool = True
    faults: list[Fault] = field(default_factory=list)
    data: dict[str, list[Resource]] = field(default_factory=lambda: {name: [] for name in REQUIRED})
    exchanges: list[Exchange] = field(default_factory=list)  # while there are no faults
    called: list[str] = field(default_factory=list)  # `METHOD path` of every request, answered or not
    before: dict[str, Callable[[], None]] = field(default_factory=dict)  # once, just before `METHOD path` is dealt with
    released: asyncio.Event = field(default_factory=asyncio.Event)
    root: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._record, self._misbehave, self._authenticate])
        for name in REQUIRED:
            app.router.add_get(f"{ROOT}/{name}", self._list(name))
            app.router.add_post(f"{ROOT}/{name}", self._create(name))
            app.router.add_get(f"{ROOT}/{name}/{{uuid}}", self._detail(name))
            app.router.add_patch(f"{ROOT}/{name}/{{uuid}}", self._change(name))
            app.router.add_delete(f"{ROOT}/{name}/{{uuid}}", self._delete(name))
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._serving = serving(app)
        self.root = await self._serving.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.released.set()
        await self._serving.__aexit__(None, None, None)

    @property
    def url(self) -> str:
        return f"{self.root}{ROOT}"

    def count(self) -> dict[str, int]:
        """How many there are of each resource."""
        return {name: len(items) for name, items in self.data.items()}

    def add(self, name: str, **fields: Any) -> Resource:
        """A resource as another system made it, with what the register fills in itself."""
        identifier = str(uuid.uuid4())
        item = {"uuid": identifier, "url": f"{self.url}/{name}/{identifier}"} | self._blank(name) | fields
        for link, target in LINKS.items():
            if isinstance(item.get(link), dict):
                item[link] = {"uuid": item[link]["uuid"], "url": f"{self.url}/{target}/{item[link]['uuid']}"}
        if name == "internetaken":
            assigned = [each["uuid"] for each in item["toegewezenAanActoren"]]
            actors = [{"uuid": actor, "url": f"{self.url}/actoren/{actor}"} for actor in assigned]
            item |= {"toegewezenAanActoren": actors, "toegewezenAanActor": actors[0] if actors else {"uuid": None}}
        if name == "betrokkenen":
            parts = (item["contactnaam"] or {}).values()
            item["volledigeNaam"] = " ".join(part for part in parts if part)
        if name == "klantcontacten":
            moment = datetime.fromisoformat(item["plaatsgevondenOp"]).astimezone(UTC)
            item["plaatsgevondenOp"] = moment.isoformat().replace("+00:00", "Z")
        self.data[name].append(item)
        return item

    def _blank(self, name: str) -> Resource:
        now = self.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {
            "actoren": {"indicatieActief": True, "actoridentificator": None},
            "klantcontacten": {
                "hadBetrokkenActoren": [], "omvatteBijlagen": [], "nummer": None, "referentienummer": None, "inhoud": "",
                "reactie": "", "indicatieContactGelukt": None, "hoofdOnderwerpType": "", "verdereActieOndernomen": False,
                "plaatsgevondenOp": now, "metadata": {},
            },
            "betrokkenen": {
                "wasPartij": None, "bezoekadres": None, "correspondentieadres": None, "contactnaam": None, "organisatienaam": "",
            },
            "digitaleadressen": {
                "verstrektDoorBetrokkene": None, "verstrektDoorPartij": None, "isStandaardAdres": False, "omschrijving": "",
                "verificatieDatum": None,
            },
            "onderwerpobjecten": {"klantcontact": None, "wasKlantcontact": None, "onderwerpobjectidentificator": None},
            "internetaken": {
                "nummer": None, "referentienummer": None, "toegewezenAanActoren": [], "toelichting": "", "toegewezenOp": now,
                "afgehandeldOp": None,
            },
        }[name]

    def _shown(self, name: str, item: Resource, expand: Iterable[str] = ()) -> Resource:
        """The resource as it is sent: with references to what belongs to it."""
        below = {
            "klantcontacten": {
                "gingOverOnderwerpobjecten": ("onderwerpobjecten", "klantcontact"),
                "hadBetrokkenen": ("betrokkenen", "hadKlantcontact"),
                "leiddeTotInterneTaken": ("internetaken", "aanleidinggevendKlantcontact"),
            },
            "betrokkenen": {"digitaleAdressen": ("digitaleadressen", "verstrektDoorBetrokkene")},
        }.get(name, {})
        shown, expanded = dict(item), {}
        for relation, (other, link) in below.items():
            related = [each for each in self.data[other] if (each[link] or {}).get("uuid") == item["uuid"]]
            shown[relation] = [{"uuid": each["uuid"], "url": each["url"]} for each in related]
            if relation in expand:
                deeper = [part.partition(".")[2] for part in expand if part.startswith(f"{relation}.")]
                expanded[relation] = [self._shown(other, each, deeper) for each in related]
        return shown | ({"_expand": expanded} if expanded else {})

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = await request.json() if request.can_read_body else None
        called = f"{request.method} {request.path.removeprefix(ROOT)}"
        self.called.append(called)
        if happens := self.before.pop(called, None):
            happens()
        response = await handler(request)
        if isinstance(response, web.Response) and not self.faults:
            answer = json.loads(response.text) if response.text else None
            path = request.path.removeprefix(ROOT)
            self.exchanges.append(Exchange(request.method, path, dict(request.query), sent, response.status, answer))
        return response

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        called = f"{request.method} {request.path.removeprefix(ROOT)}"
        fault = next((fault for fault in self.faults if fault.hits(called)), None)
        if fault is None:
            return await handler(request)
        if fault.kind == "slow":
            await self.released.wait()
        elif fault.kind == "status":
            return _error(fault.code, "error", "Er is een serverfout opgetreden.")
        elif fault.kind == "body":
            return web.Response(text=fault.target, content_type="application/json")
        elif fault.kind in ("lying", "unfiltered"):
            request[FAULT] = fault.kind
        response = await handler(request) if fault.kind != "drop" else web.Response()
        if fault.kind in ("drop", "dies"):
            assert request.transport is not None
            request.transport.abort()
        return response

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if given == f"Token {TOKEN}":
            return await handler(request)
        code, detail = ("authentication_failed", "Ongeldige token.") if given.startswith("Token ") else (
            "not_authenticated", "Authenticatiegegevens zijn niet opgegeven."
        )
        refused = _error(401, code, detail)
        refused.headers["WWW-Authenticate"] = "Token"
        return refused

    def _list(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            expand = [part for part in request.query.get("expand", "").split(",") if part]
            if set(expand) - EXPANDABLE:
                return _invalid([("expand", "invalid_choice", "Selecteer een geldige keuze.")])
            found = [item for item in reversed(self.data[name]) if self._matches(item, request.query)]
            if request.get(FAULT):
                others = [item for item in reversed(self.data[name]) if item not in found]
                found = others if request[FAULT] == "lying" else [*found, *others]
            return self._page(request, [self._shown(name, item, expand) for item in found])

        return handle

    def _matches(self, item: Resource, query: Any) -> bool:
        """A blank value and an unknown name filter nothing."""
        for key, value in query.items():
            held: Any = item
            if key.startswith("actoridentificator"):
                part = key.removeprefix("actoridentificator")
                held, key = item["actoridentificator"] or {}, part[0].lower() + part[1:]
            if key == "toegewezenAanActor__uuid" and value not in [each["uuid"] for each in item["toegewezenAanActoren"]]:
                return False
            if value.strip() and key in {"referentienummer", "status"} | {
                "objectId", "codeObjecttype", "codeRegister", "codeSoortObjectId"
            } and held.get(key) != value:
                return False
        return True

    def _page(self, request: web.Request, found: list[Resource]) -> web.StreamResponse:
        number = int(request.query.get("page", "1"))
        size = min(int(request.query.get("pageSize", "100")), self.page_size)
        first, last = (number - 1) * size, number * size
        if number < 1 or first >= max(len(found), 1):
            return _error(404, "not_found", "Ongeldige pagina.")
        following = f"{self.root}{request.rel_url.update_query(page=str(number + 1))}" if last < len(found) else None
        return _answer({"count": len(found), "next": following, "previous": None, "results": found[first:last]})

    def _create(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.json()
            if faults := self._faults(name, body, REQUIRED[name]):
                return _invalid(faults)
            item = self.add(name, **body)
            return _answer(self._shown(name, item if not request.get(FAULT) else self.data[name][0]), 201)

        return handle

    def _detail(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            item = self._get(name, request.match_info["uuid"])
            if request.get(FAULT) == "lying":
                item = next(other for other in self.data[name] if other is not item)
            expand = request.query.get("expand", "").split(",")
            return _answer(self._shown(name, item, expand)) if item else await self._nothing(request)

        return handle

    def _change(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            item, body = self._get(name, request.match_info["uuid"]), await request.json()
            if item is None:
                return await self._nothing(request)
            if faults := self._faults(name, body, ()):
                return _invalid(faults)
            item |= body
            return _answer(self._shown(name, item))

        return handle

    def _delete(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            item = self._get(name, request.match_info["uuid"])
            if item is None:
                return await self._nothing(request)
            self._take_away(name, item)
            return web.Response(status=204)

        return handle

    def _take_away(self, name: str, item: Resource) -> None:
        self.data[name].remove(item)
        for other, items in self.data.items():
            for each in list(items):
                if any((each.get(link) or {}).get("uuid") == item["uuid"] for link in LINKS if LINKS[link] == name):
                    self._take_away(other, each)

    def _get(self, name: str, identifier: str) -> Resource | None:
        return next((item for item in self.data[name] if item["uuid"] == identifier), None)

    def _faults(self, name: str, body: Resource, required: Iterable[str]) -> Faults:
        faults: Faults = [(key, "required", "Dit veld is vereist.") for key in required if key not in body]
        for key, value in {**body, **(body.get("contactnaam") or {})}.items():
            if isinstance(value, str) and len(value) > LONGEST.get(key, 10_000):
                told = f"Zorg ervoor dat dit veld niet meer dan {LONGEST[key]} karakters bevat."
                faults.append((key, "max_length", told))
            if key in CHOICES and value not in CHOICES[key]:
                faults.append((key, "invalid_choice", f'"{value}" is een ongeldige keuze.'))
            if key in LINKS and value and not self._get(LINKS[key], value["uuid"]):
                faults.append((f"{key}.uuid", "does_not_exist", "Object bestaat niet."))
        faults += self._number_faults(name, body)
        if body.get("soortDigitaalAdres") == "telefoonnummer" and not PHONE.match(body.get("adres", "")):
            faults.append(("adres", "invalid", "Het opgegeven telefoonnummer is ongeldig."))
        for actor in body.get("toegewezenAanActoren", ()):
            if not self._get("actoren", actor["uuid"]):
                faults.append(("toegewezenAanActoren", "does_not_exist", "Actor bestaat niet."))
        if any(not isinstance(value, str) or len(value) > 255 for value in (body.get("metadata") or {}).values()):
            faults.append(("metadata", "invalid", "Waarde is te lang."))
        return faults

    def _number_faults(self, name: str, body: Resource) -> Faults:
        number = body.get("referentienummer")
        if number is None:
            return []
        if not re.fullmatch(r"-?\d+", number):
            return [("referentienummer", "invalid", "Voer een geldig geheel getal in.")]
        if self.unique and any(item["referentienummer"] == number for item in self.data[name]):
            return [("referentienummer", "unique", "Dit veld moet uniek zijn.")]
        return []

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return _error(404, "not_found", "Niet gevonden.")


def _answer(body: Resource, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"API-version": "0.9.0"})


def _error(status: int, code: str, detail: str) -> web.Response:
    body = {
        "type": f"http://127.0.0.1/ref/fouten/{code}/", "code": code, "title": detail, "status": status, "detail": detail,
        "instance": f"urn:uuid:{uuid.uuid4()}",
    }
    return _answer(body, status)


def _invalid(faults: Faults) -> web.Response:
    detail = "Ongeldige invoerwaarde."
    body = {
        "type": "http://127.0.0.1/ref/fouten/ValidationError/", "code": "invalid", "title": detail, "status": 400,
        "detail": detail, "instance": f"urn:uuid:{uuid.uuid4()}",
        "invalidParams": [{"name": name, "code": code, "reason": reason} for name, code, reason in faults],
    }
    return _answer(body, 400)
