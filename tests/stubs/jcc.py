"""JCC WARP REST on loopback, as its recorded exchanges show it, with faults on request.

It keeps to the traps: local times without an offset come out, with one they go in; `toDate` isn't part of the period, which is
at most 50 days; a length is in seconds in one answer and in minutes in another; what has no value is left out; a refused booking
is a 200; a wrong id is a 500. No recording shows an unknown appointment: `unknown` chooses what is answered.
"""

import asyncio
import base64
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from aiohttp import web

from tests.stubs.faults import Fault, cut
from tests.stubs.jcc_plan import AMSTERDAM, Plan
from tests.stubs.server import serving

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CLIENT_ID = "balie"
SECRET = "geheim+van:jcc"
BASE = "/JCC/api/warp/v1"
BOOKING = f"POST {BASE}/appointment"  # where faults can hit
TOKENS_ELSEWHERE = "/identity/connect/token"
LOOK_UP = f"GET {BASE}/appointment?id"
CANCELLATION = f"DELETE {BASE}/appointment?id"
MAX_DAYS = 50
REQUIRED = 2
PHONES = ("phoneNumber", "mobilePhoneNumber")
SENT_AS = {"mainPhoneNumber": "phoneNumber"}  # the name in a list of fields -> the name in a customer


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str  # below the root of the API
    query: list[tuple[str, str]]
    language: str | None
    body: Any = None


@dataclass
class JccStub:
    """Use as `async with JccStub(plan) as stub`. `faults` compare `where` with the method, path and query of a request.

    Kinds of faults, besides `slow`, `drop`, `status` and `body` of `Fault`: `late` has its effect and answers when `released` is
    set, `dies` has its effect and cuts the connection, `empty` answers with nothing in the lists, `expired` refuses the token as
    worn out, `lying` answers about somebody else's appointment, `refused` books nothing and says so.
    """

    plan: Plan
    required: dict[str, Any] = field(default_factory=dict)  # the answer about customer fields
    required_for: dict[str, dict[str, Any]] = field(default_factory=dict)  # what comes with an activity besides
    unknown: str = "404"  # or "null", or "500"
    expires_in: int | None = None  # of a token, seconds
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    appointments: dict[str, Json] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)  # set once a slow or late request has arrived
    root: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._misbehave, self._authenticate])
        for method, path, handler in [
            ("POST", "connect/token", self._token),
            ("GET", "activity/listforappointment", self._activities),
            ("GET", "activity/appointmentdaterange", self._range),
            ("GET", "location", self._locations),
            ("GET", "location/forappointment", self._locations),
            ("GET", "customer/customerfields/required", self._required),
            ("GET", "appointment/availabletimelist", self._times),
            ("GET", "appointment/calculateduration", self._duration),
            ("POST", "appointment", self._create),
            ("GET", "appointment", self._detail),
            ("DELETE", "appointment", self._delete),
        ]:
            app.router.add_route(method, f"{BASE}/{path}", handler)
        app.router.add_post(TOKENS_ELSEWHERE, self._token)
        self._serving = serving(app)
        self.root = await self._serving.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.released.set()
        await self._serving.__aexit__(None, None, None)

    @property
    def url(self) -> str:
        return f"{self.root}{BASE}"

    @property
    def paths(self) -> list[str]:
        """Method and path of every request, in order."""
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    def wrote(self, path: str = "appointment") -> list[Asked]:
        """The requests that were to change something."""
        return [asked for asked in self.asked if asked.method in ("POST", "DELETE") and asked.path == path]

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = (await request.json() if request.content_type == "application/json" else dict(await request.post())) or None
        path = request.path.removeprefix(f"{BASE}/")
        self.asked.append(Asked(request.method, path, list(request.query.items()), request.headers.get("language"), body))
        fault = next((fault for fault in self.faults if fault.hits(f"{request.method} {request.path_qs}")), None)
        kind = fault.kind if fault else ""
        if fault and kind == "slow":
            await self._hold()
        elif fault and kind == "status":
            return _problem(request, fault.code)
        elif fault and kind == "body":
            return web.Response(text=fault.target, content_type="application/json")
        elif kind == "drop":
            return cut(request)
        elif kind == "expired":
            return web.Response(status=401)
        elif kind == "refused":
            return web.json_response({"code": 33333, "message": "geweigerd", "acknowledgeIsSuccess": False})
        response = await handler(request)
        if kind == "late":
            await self._hold()
        elif kind == "dies":
            return cut(request)
        elif kind == "empty":
            return web.json_response([] if path != "appointment/availabletimelist" else {"availableTimesList": []})
        elif kind == "lying":
            others = [one for one in self.appointments.values() if one["id"] != request.query.get("id")]
            return web.json_response(_shown(others[0]))
        return response

    async def _hold(self) -> None:
        self.held.set()
        await self.released.wait()

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.endswith("/connect/token"):
            return await handler(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.tokens:
            return web.Response(status=401)
        return await handler(request)

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        expected = base64.b64encode(b"balie:geheim%2Bvan%3Ajcc").decode()  # urlencoded before it is joined: RFC 6749, 2.3.1
        if request.headers.get("Authorization") != f"Basic {expected}":
            return web.json_response({"error": "invalid_client"}, status=400)
        if form != {"grant_type": "client_credentials", "scope": "warp-api"}:
            return web.json_response({"error": "invalid_request"}, status=400)
        self.tokens.append(uuid.uuid4().hex)
        term = {} if self.expires_in is None else {"expires_in": self.expires_in, "token_type": "Bearer"}
        return web.json_response({"access_token": self.tokens[-1], **term})

    async def _activities(self, request: web.Request) -> web.Response:
        return web.json_response(self.plan.activities)

    async def _range(self, request: web.Request) -> web.Response:
        if not self.plan.knows(request.query.getall("activityId", [])):
            return _problem(request, 500)
        first, last = self.plan.range()
        return web.json_response({"minDate": f"{first}T00:00:00", "maxDate": f"{last}T00:00:00"})

    async def _locations(self, request: web.Request) -> web.Response:
        return web.json_response(self.plan.at(request.query.getall("selectedActivityId", [])))

    async def _required(self, request: web.Request) -> web.Response:
        return web.json_response(self._fields(request.query.getall("selectedActivityId", [])))

    def _fields(self, activities: list[str]) -> dict[str, Any]:
        fields = dict(self.required)
        for activity in activities:
            fields |= self.required_for.get(activity, {})
        return fields

    async def _times(self, request: web.Request) -> web.Response:
        first, last = (date.fromisoformat(request.query[name]) for name in ("fromDate", "toDate"))
        items, location = _items(request), request.query["locationId"]
        known = self.plan.knows([activity for activity, _ in items]) and self.plan.location(location)
        if not known or last < first or last - first > timedelta(days=MAX_DAYS) or first < self.plan.range()[0]:
            return _problem(request, 500)
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        starts = [start for day in days for start in self.plan.free(items, location, day, self._taken(location))]
        seconds = int(self.plan.length(items).total_seconds())
        times = [_local(start) for start in starts]
        return web.json_response({"availableTimesList": times, "appointmentDuration": seconds})

    async def _duration(self, request: web.Request) -> web.Response:
        items = _items(request)
        if not self.plan.knows([activity for activity, _ in items]):
            return _problem(request, 500)
        return web.json_response(int(self.plan.length(items).total_seconds()) // 60)

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        refused = self._refusals(body)
        if refused:
            return web.json_response({"id": "", "code": 1, "validateErrors": refused, "acknowledgeIsSuccess": False})
        number = str(uuid.uuid4())
        start, end = _moment(body["fromDateTime"]), _moment(body["toDateTime"])
        self.appointments[number] = {**body, "id": number, "start": start, "end": end}
        return web.json_response({"id": number, "acknowledgeIsSuccess": True})

    def _refusals(self, body: Json) -> list[str]:
        """What is wrong with a booking."""
        items = [(one["activityId"], one["amount"]) for one in body["activityList"]]
        if not items or not self.plan.knows([activity for activity, _ in items]) or body["id"] is not None:
            return ["activityList"]
        customer: Json = next((one for one in body["customerList"] if one["isMainCustomer"]), {})
        fields = self._fields([activity for activity, _ in items])
        names = [name for name, state in fields.items() if state == REQUIRED]
        wanted = {"lastName", "gender"} | {SENT_AS.get(name, name) for name in names}
        missing = [name for name in wanted if customer.get(name) in (None, "")]
        if fields.get("isAnyPhoneNumberRequired") is True and not any(customer.get(name) for name in PHONES):
            missing.append(PHONES[0])
        start, end = _moment(body["fromDateTime"]), _moment(body["toDateTime"])
        free = self.plan.free(items, body["locationId"], start.astimezone(AMSTERDAM).date(), self._taken(body["locationId"]))
        if start not in free or end - start != self.plan.length(items):
            missing.append("fromDateTime")
        return missing

    def _taken(self, location: str) -> list[tuple[datetime, datetime]]:
        return [(one["start"], one["end"]) for one in self.appointments.values() if one["locationId"] == location]

    async def _detail(self, request: web.Request) -> web.Response:
        found = self.appointments.get(request.query["id"])
        if found:
            return web.json_response(_shown(found, self.plan))
        return web.json_response(None) if self.unknown == "null" else _problem(request, int(self.unknown))

    async def _delete(self, request: web.Request) -> web.Response:
        found = self.appointments.pop(request.query["id"], None)
        return web.json_response({"id": found["id"]} if found else {"code": 222222})


def _items(request: web.Request) -> list[tuple[str, int]]:
    """`activityId` and `amount` come in turn, as often as there are products."""
    amounts = [int(amount) for amount in request.query.getall("amount", [])]
    return list(zip(request.query.getall("activityId", []), amounts, strict=True))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, "the recorded booking sends an offset"
    return moment.astimezone(UTC)


def _local(moment: datetime) -> str:
    """As JCC writes it: by the clock in Amsterdam, without an offset."""
    return f"{moment.astimezone(AMSTERDAM):%Y-%m-%dT%H:%M:%S}"


def _shown(appointment: Json, plan: Plan | None = None) -> Json:
    """An appointment as it is looked up."""
    activities = {one["id"]: one for one in plan.activities} if plan else {}
    message = {"message": appointment["message"]} if appointment["message"] else {}
    return {
        "id": appointment["id"],
        "startDateTime": _local(appointment["start"]),
        "endDateTime": _local(appointment["end"]),
        "number": 4632,
        "activityList": [
            {"amount": one["amount"], "activity": activities.get(one["activityId"], {"id": one["activityId"]})}
            for one in appointment["activityList"]
        ],
        "customerList": [{**one, "id": str(uuid.uuid4())} for one in appointment["customerList"]],
        "location": {"id": appointment["locationId"], "description": "Gemeentehuis"},
        "fieldList": [],
        **message,
    }


def _problem(request: web.Request, status: int) -> web.Response:
    name, code = "InternalException", -1
    fault = {"code": code, "name": name, "detail": f"{name}: code {code}"}
    body = {
        "title": name, "detail": fault["detail"], "instance": request.path.removeprefix("/JCC"),
        "type": "http://www.jccsoftware.nl/rfc7807/internal-exception", "status": status, "code": code, "errors": [fault],
    }
    return web.json_response(body, status=status)
