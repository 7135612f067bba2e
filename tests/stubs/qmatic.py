"""A Qmatic on loopback: the public appointment API as it was recorded, with faults on request.

Strict where the real one is: the key, parameters after semicolons (what follows a question mark doesn't count), local times in,
UTC out, 202 on booking. Two never get the same time. A refusal is a 500 with the headers `error_code` and `error_message`.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.stubs import server
from tests.stubs.faults import Fault, cut
from tests.stubs.qmatic_calendar import JSON, Branch, Calendar, Parameters, Problem, Service

__all__ = ["API_KEY", "ROOT", "Branch", "QmaticStub", "Service", "serving"]

API_KEY = "a-key-of-the-stub"
ROOT = "/qmatic/calendar-backend/public/api"
LENGTHS = {"firstName": 200, "lastName": 200, "email": 255, "phone": 50}


@dataclass
class QmaticStub(Calendar):
    """The calendar behind its API. Use with `serving`.

    Kinds of faults: those of `Fault` but `redirect`, where a `status` with a `problem` has the supplier's own headers, and
    besides them `moved` and `elsewhere`: booked, but the answer names another time or branch.
    """

    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def bookings(self) -> int:
        """How often somebody asked to book."""
        return sum(method == "POST" for method, _ in self.requests)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix(ROOT)
        self.requests.append((request.method, path))
        body = await request.read()
        fault = next((fault for fault in self.faults if fault.hits(f"{request.method} {request.rel_url.raw_path}")), None)
        kind = fault.kind if fault else ""
        if kind == "slow":
            await self.released.wait()
        if kind == "drop":
            return cut(request)
        if fault and kind == "status":
            return _error(fault.code, "stub fault", told=bool(fault.problem))
        if fault and kind == "body":
            return web.Response(text=fault.target)
        try:
            if request.headers.get("X-Api-Key") != API_KEY:
                raise Problem(401)
            response = self._answer(request.method, path, body, kind)
        except Problem as problem:
            return _error(problem.status, problem.text, told=problem.status not in (401, 404))
        if kind == "late":
            await self.released.wait()
        return cut(request) if kind == "dies" else response

    def _answer(self, method: str, path: str, body: bytes, kind: str) -> web.Response:
        plain, *matrix = path.lstrip("/").split(";")
        parameters: dict[str, list[str]] = {}
        for item in matrix:
            name, _, value = item.partition("=")
            parameters.setdefault(name, []).append(unquote(value))
        for verb, pattern, handler in ROUTES:
            if method == verb and (match := re.fullmatch(pattern, plain)):
                return handler(self, parameters, body, kind, *(unquote(part) for part in match.groups()))
        raise Problem(404)

    def _services(self, parameters: Parameters, body: bytes, kind: str, branch: str = "") -> web.Response:
        names = self.branch_of(branch).services if branch else self.services
        return _list("serviceList", [self.service(name) for name in names], kind)

    def _branches(self, parameters: Parameters, body: bytes, kind: str, service: str = "") -> web.Response:
        found = [id for id, branch in self.branches.items() if not service or service in branch.services]
        return _list("branchList", [self.branch(id) for id in found], kind)

    def _one_branch(self, parameters: Parameters, body: bytes, kind: str, branch: str) -> web.Response:
        self.branch_of(branch)
        return web.json_response({"meta": {}, "branch": self.branch(branch), "notifications": []})

    def _groups(self, parameters: Parameters, body: bytes, kind: str, branch: str) -> web.Response:
        here = self.branch_of(branch).services
        wanted = {self.services[id].group for id in self.wanted(parameters, branch)}
        groups = [[self.service(id) for id in here if self.services[id].group == group] for group in wanted]
        return web.json_response([] if kind == "empty" else [{"services": group} for group in groups])

    def _dates(self, parameters: Parameters, body: bytes, kind: str, branch: str) -> web.Response:
        length, today = self.length(parameters, branch), self.now().astimezone(self.zone(branch)).date()
        days = [today + timedelta(days=n) for n in range(self.horizon_days + 1)]
        return _list("dates", [f"{day}T00:00:00" for day in days if self.free(branch, day, length)], kind)

    def _times(self, parameters: Parameters, body: bytes, kind: str, branch: str, day: str) -> web.Response:
        free = self.free(branch, date.fromisoformat(day), self.length(parameters, branch))
        return _list("times", sorted({f"{start.astimezone(self.zone(branch)):%H:%M}" for start in free}), kind)

    def _book(self, parameters: Parameters, body: bytes, kind: str, branch: str, day: str, clock: str) -> web.Response:
        wanted = _valid(json.loads(body))
        services = [service["publicId"] for service in wanted["services"]]
        people = len(wanted["customers"])
        length = self.length({"servicePublicId": services, "numberOfCustomers": [str(people)]}, branch)
        start = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), self.zone(branch)).astimezone(UTC)
        if start not in self.free(branch, date.fromisoformat(day), length):
            raise Problem(500, "the time is not available")
        id = secrets.token_hex(32)
        customers = [{field: customer.get(field) for field in LENGTHS} for customer in wanted["customers"]]
        self.booked[id] = {
            "publicId": id, "title": wanted["title"], "notes": wanted["notes"], "numberOfCustomers": people, "status": 20,
            "start": _utc(start), "end": _utc(start + length), "customers": customers, "branch": self.branch(branch),
            "services": [self.service(service) for service in services],
        }  # fmt: skip
        answer = self._other(id) if kind == "lying" else self.booked[id]
        if kind == "moved":
            answer = {**answer, "start": _utc(start + timedelta(hours=1))}
        if kind == "elsewhere":
            answer = {**answer, "branch": self.branch(next(other for other in self.branches if other != branch))}
        return web.Response(status=202, text=json.dumps(answer), content_type="application/text")

    def _appointment(self, parameters: Parameters, body: bytes, kind: str, id: str) -> web.Response:
        if id not in self.booked:
            raise Problem(404)
        found = self._other(id) if kind == "lying" else self.booked[id]
        return web.json_response({"notifications": [], "meta": {}, "appointment": found})

    def _delete(self, parameters: Parameters, body: bytes, kind: str, id: str) -> web.Response:
        if self.booked.pop(id, None) is None:
            raise Problem(404)
        return web.Response(status=204)

    def _other(self, id: str) -> JSON:
        """The appointment of somebody else, with their id."""
        mine = self.booked[id]
        return mine | {"publicId": "0" * 64, "title": "B7K-2FQ9 Paspoort", "notes": "B7K-2FQ9", "customers": []}


ROUTES: list[tuple[str, str, Callable[..., web.Response]]] = [
    ("GET", r"v1/services", QmaticStub._services),
    ("GET", r"v1/branches", QmaticStub._branches),
    ("GET", r"v1/branches/([^/]+)", QmaticStub._one_branch),
    ("GET", r"v1/services/([^/]+)/branches", QmaticStub._branches),
    ("GET", r"v1/branches/([^/]+)/services", QmaticStub._services),
    ("GET", r"v2/branches/([^/]+)/services/groups", QmaticStub._groups),
    ("GET", r"v2/branches/([^/]+)/dates", QmaticStub._dates),
    ("GET", r"v2/branches/([^/]+)/dates/([0-9-]{10})/times", QmaticStub._times),
    ("POST", r"v2/branches/([^/]+)/dates/([0-9-]{10})/times/([0-9:]{5})/book", QmaticStub._book),
    ("GET", r"v1/appointments/([^/]+)", QmaticStub._appointment),
    ("DELETE", r"v1/appointments/([^/]+)", QmaticStub._delete),
]


@asynccontextmanager
async def serving(stub: QmaticStub) -> AsyncIterator[str]:
    """The address of its API while it is served."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stub.handle)
    async with server.serving(app) as root:
        yield root + ROOT
        stub.released.set()


def _valid(wanted: Any) -> JSON:
    if set(wanted) != {"title", "customers", "services", "notes"} or not wanted["services"] or not wanted["customers"]:
        raise Problem(400, "unexpected fields")
    for customer in wanted["customers"]:
        known = set(customer) <= set(LENGTHS) and customer.get("lastName")
        if not known or any(len(value) > LENGTHS[name] for name, value in customer.items()):
            raise Problem(400, "customer")
    return dict(wanted)


def _list(name: str, found: Sequence[Any], kind: str) -> web.Response:
    found = [] if kind == "empty" else found
    return web.json_response({"meta": {"totalResults": len(found)}, name: found, "notifications": []})


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000+0000"


def _error(status: int, text: str, *, told: bool) -> web.Response:
    headers = {"error_code": "1234", "error_message": text} if told else {}
    return web.Response(status=status, headers=headers)
