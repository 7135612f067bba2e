"""A push service of browsers, and a municipality's own push system: as strict as the standards, on the side that receives.

The push service (RFC 8030, 8188, 8291, 8292) takes a message only with a VAPID token that its subscriptions were made for, a TTL,
and a body that the browser's own keys open. The push system checks signature and time of a webhook (Standard Webhooks), and does
what it has done no second time.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import http_ece
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.stubs import server

DAY = 86400
LEEWAY_SECONDS = 300  # how old a webhook may be, by the advice of the standard

Now = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Answer:
    """How the next requests for a path that contains `where` are answered, `times` times (None: always).

    `status` 0: never, until `released` is set. -1: the message is taken, and the connection cut. -2: it is taken, and never
    answered.
    """

    status: int
    where: str = "/"
    times: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def hits(self, path: str) -> bool:
        if self.where not in path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Answering:
    """What both have: answers other than the usual one."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what was wrong with what came
    now: Now = _now

    async def other(self, request: web.Request) -> web.Response | None:
        self.asked.append((request.path, self.now()))
        found = next((answer for answer in self.answers if answer.status >= 0 and answer.hits(request.path)), None)
        if found is None:
            return None
        if found.status == 0:
            await self.released.wait()
            return web.Response(status=503)
        return web.Response(status=found.status, headers=found.headers)

    async def lose(self, request: web.Request) -> None:
        """The answer to what was just taken, when it is to get lost."""
        found = next((answer for answer in self.answers if answer.status < 0 and answer.hits(request.path)), None)
        if found and found.status == -2:
            await self.released.wait()
        elif found and request.transport:
            request.transport.abort()


@dataclass
class Browser:
    """One browser's subscription, with the keys that only it has. `topics`: what waits for it, the newest of each topic."""

    id: str
    public_key: str  # the applicationServerKey that it subscribed with
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    received: list[dict[str, Any]] = field(default_factory=list)
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)

    def subscription(self, origin: str) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": b64(public), "auth": b64(self.auth)}
        return {"endpoint": f"{origin}/send/{self.id}", "expirationTime": None, "keys": keys}

    def open(self, body: bytes) -> dict[str, Any]:
        """The payload. Raises what http_ece does when it wasn't made for this browser."""
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return dict(json.loads(plain))


@dataclass
class PushService(Answering):
    """POST /send/{id}: 201 for a good message, 400 with the reason in `faults` for any other."""

    browsers: dict[str, Browser] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)

    def subscribe(self, public_key: str) -> Browser:
        browser = Browser(secrets.token_urlsafe(24), public_key)
        self.browsers[browser.id] = browser
        return browser

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4096)  # RFC 8030, section 7.2: larger ones may be refused
        app.router.add_post("/send/{id}", self._send)
        app.router.add_route("*", "/elsewhere", self._elsewhere)
        return app

    async def _send(self, request: web.Request) -> web.Response:
        if (other := await self.other(request)) is not None:
            return other
        browser = self.browsers.get(request.match_info["id"])
        if browser is None:
            return web.Response(status=404)
        try:
            found = self._taken(request, browser, await request.read())
        except ValueError as exc:
            self.faults.append(str(exc))
            return web.Response(status=400, text=str(exc))
        self.headers.append(dict(request.headers))
        browser.received.append(found)
        browser.topics[request.headers.get("Topic", secrets.token_hex())] = found
        await self.lose(request)
        return web.Response(status=201, headers={"Location": f"{self.url}/message/{len(self.headers)}"})

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.faults.append("a redirect was followed")
        return web.Response(status=201)

    def _taken(self, request: web.Request, browser: Browser, body: bytes) -> dict[str, Any]:
        vapid_fault(request.headers.get("Authorization", ""), self.url, browser.public_key, self.now())
        headers = request.headers
        if not re.fullmatch(r"\d{1,9}", headers.get("TTL", "")):
            raise ValueError("TTL is missing or no number")
        if headers.get("Content-Encoding") != "aes128gcm":
            raise ValueError("the body isn't aes128gcm")
        if headers.get("Urgency", "normal") not in {"very-low", "low", "normal", "high"}:
            raise ValueError("no such urgency")
        if "Topic" in headers and not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers["Topic"]):
            raise ValueError("the topic must be 1 to 32 characters of base64url")
        try:
            return browser.open(body)
        except Exception as exc:
            raise ValueError(f"the browser can't open it: {type(exc).__name__}") from exc


def vapid_fault(header: str, origin: str, public_key: str, now: datetime) -> None:
    """Raise ValueError with what is wrong with this Authorization header (RFC 8292)."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme.lower() != "vapid" or set(parts) != {"t", "k"}:
        raise ValueError("no VAPID")
    if parts["k"] != public_key:
        raise ValueError("another key than the browser subscribed with")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
    try:
        claims = jwt.decode(
            parts["t"], key, algorithms=["ES256"],  # type: ignore[arg-type]
            options={"verify_aud": False, "verify_exp": False, "require": ["aud", "exp", "sub"]},
        )
    except jwt.InvalidTokenError as exc:
        raise ValueError(f"the token isn't good: {type(exc).__name__}") from exc
    if claims["aud"] != origin:
        raise ValueError("the token is for another push service")
    if not 0 < claims["exp"] - now.timestamp() <= DAY:
        raise ValueError("the token must end within 24 hours")
    if not re.match(r"(mailto:[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+|https://[\w.-]+\.\w+)", str(claims["sub"])):
        raise ValueError("no address to reach the sender at")


@dataclass
class PushSystem(Answering):
    """POST /push: 204 for a good webhook, 400 for any other; what it did, once per `webhook-id`. `gone`: tokens that ended."""

    secret: str = field(default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    deliveries: list[tuple[str, bytes]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    @property
    def hook(self) -> str:
        return f"{self.url}/push"

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4096)
        app.router.add_post("/push", self._push)
        return app

    async def _push(self, request: web.Request) -> web.Response:
        if (other := await self.other(request)) is not None:
            return other
        body = await request.read()
        try:
            id = verified(request.headers, body, self.secret, self.now())
        except ValueError as exc:
            self.faults.append(str(exc))
            return web.Response(status=400)
        told = json.loads(body)
        if told["token"] in self.gone:
            return web.Response(status=410)
        if any(body != before for known, before in self.deliveries if known == id):
            self.faults.append("the same id with another body")
        self.deliveries.append((id, body))
        self.done.setdefault(id, told)
        await self.lose(request)
        return web.Response(status=204)


def verified(headers: Any, body: bytes, secret: str, now: datetime) -> str:
    """The id of a webhook that is what it says. Raises ValueError."""
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or "." in id or not stamp.isdigit() or headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise ValueError("a header is missing or wrong")
    if abs(now.timestamp() - int(stamp)) > LEEWAY_SECONDS:
        raise ValueError("too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    expected = base64.b64encode(hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    given = [entry.partition(",")[2] for entry in headers.get("webhook-signature", "").split() if entry.startswith("v1,")]
    if not any(hmac.compare_digest(expected, signature) for signature in given):
        raise ValueError("the signature is wrong")
    return str(id)


S = TypeVar("S", PushService, PushSystem)


def serving(**options: Any) -> contextlib.AbstractAsyncContextManager[PushService]:
    return _served(PushService(**options))


def serving_hook(**options: Any) -> contextlib.AbstractAsyncContextManager[PushSystem]:
    return _served(PushSystem(**options))


@contextlib.asynccontextmanager
async def _served(stub: S) -> AsyncIterator[S]:
    async with server.serving(stub.app()) as stub.url:
        try:
            yield stub
        finally:
            stub.released.set()
