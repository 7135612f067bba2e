"""A Notificaties API 1.0 over HTTP: subscriptions that are kept, and a test call to the callback before one is accepted.

As Open Notificaties does: before it accepts a subscription it posts to kanaal "test" without and with the Authorization header,
and refuses when the callback answers otherwise than it must. A token is checked; every request and answer is kept in `exchanges`.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import jwt
from aiohttp import web

from tests.stubs import server

CLIENT_ID, SECRET = "balie", "a-secret-that-is-only-for-tests-0001"
PATH = "/api/v1"


@dataclass
class Exchange:
    method: str
    path: str
    body: Any
    status: int
    answer: Any


@dataclass
class Notificaties:
    """`probe`: whether the callback is tried before a subscription is accepted. `down`: every answer is 503."""

    url: str = ""
    probe: bool = False
    down: bool = False
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    probes: list[int] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._record])
        app.router.add_get(PATH + "/abonnement", self._list)
        app.router.add_post(PATH + "/abonnement", self._create)
        app.router.add_put(PATH + "/abonnement/{uuid}", self._update)
        app.router.add_delete(PATH + "/abonnement/{uuid}", self._delete)
        return app

    def add(self, callback: str, auth: str = "Bearer of-another", **more: Any) -> str:
        """A subscription that is there already; returns its address."""
        body = {"callbackUrl": callback, "auth": auth, "kanalen": [{"naam": "zaken", "filters": {}}], **more}
        return str(self._keep(str(uuid.uuid4()), body)["url"])

    @web.middleware
    async def _record(self, request: web.Request, handler: Any) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        if self.down:
            response: web.Response = _fault(503, "unavailable")
        elif fault := _token_fault(request.headers.get("Authorization", "")):
            response = _fault(403, fault)
        else:
            response = await handler(request)
        answer = json.loads(response.text) if response.text else None
        self.exchanges.append(Exchange(request.method, request.path.removeprefix(PATH), body, response.status, answer))
        return response

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.subscriptions.values()))

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.probe and not await self._probe(body):
            return _fault(400, "invalid-callback-url")
        return web.json_response(self._keep(str(uuid.uuid4()), body), status=201)

    async def _update(self, request: web.Request) -> web.Response:
        key, body = request.match_info["uuid"], await request.json()
        if key not in self.subscriptions:
            return _fault(404, "not_found")
        if self.probe and not await self._probe(body):
            return _fault(400, "invalid-callback-url")
        return web.json_response(self._keep(key, body))

    async def _delete(self, request: web.Request) -> web.Response:
        found = self.subscriptions.pop(request.match_info["uuid"], None)
        return web.Response(status=204) if found else _fault(404, "not_found")

    def _keep(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        self.subscriptions[key] = {"url": f"{self.url}/abonnement/{key}", **body}
        return self.subscriptions[key]

    async def _probe(self, body: dict[str, Any]) -> bool:
        """Without the header 401 or 403; with it a success."""
        async with aiohttp.ClientSession() as session:
            for headers in ({}, {"Authorization": body["auth"]}):
                async with session.post(body["callbackUrl"], json=test_message(), headers=headers) as response:
                    self.probes.append(response.status)
        return self.probes[-2] in {401, 403} and 200 <= self.probes[-1] < 210

    async def deliver(self, message: dict[str, Any], times: int = 1) -> list[int]:
        """Send a notification to every subscriber; the statuses that they answered."""
        found = []
        async with aiohttp.ClientSession() as session:
            for subscription in self.subscriptions.values():
                sending = [self._send(session, subscription, message) for _ in range(times)]
                found += await asyncio.gather(*sending)
        return found

    async def _send(self, session: aiohttp.ClientSession, subscription: dict[str, Any], message: dict[str, Any]) -> int:
        headers = {"Authorization": subscription["auth"]}
        async with session.post(subscription["callbackUrl"], json=message, headers=headers) as response:
            return response.status


def test_message() -> dict[str, Any]:
    return message("http://some.hoofdobject.nl/", "http://some.resource.nl/", kanaal="test", resource="test")


test_message.__test__ = False  # type: ignore[attr-defined]


def message(case: str, status: str, **changes: Any) -> dict[str, Any]:
    """A notification as a case system sends it when a status was set."""
    return {
        "kanaal": "zaken", "hoofdObject": case, "resource": "status", "resourceUrl": status, "actie": "create",
        "aanmaakdatum": datetime.now(UTC).isoformat(),
        "kenmerken": {
            "bronorganisatie": "517439943", "zaaktype": "https://catalogi.example/api/v1/zaaktypen/1",
            "vertrouwelijkheidaanduiding": "openbaar",
        },
    } | changes


@contextlib.asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Notificaties]:
    stub = Notificaties(**options)
    async with server.serving(stub.app()) as root:
        stub.url = root + PATH
        yield stub


def _token_fault(header: str) -> str:
    try:
        claims = jwt.decode(header.removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_aud": False})
    except jwt.InvalidTokenError:
        return "invalid-jwt-signature"
    return "" if claims.get("client_id") == CLIENT_ID == claims.get("iss") and "iat" in claims else "permission_denied"


def _fault(status: int, code: str) -> web.Response:
    body = {"type": "http://fouten", "code": code, "title": code, "status": status, "detail": code, "instance": "urn:uuid:1"}
    return web.json_response(body, status=status)
