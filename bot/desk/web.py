"""The door of the desk: headers, same origin, session and token on every request; errors as problem documents."""

import re
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from bot.conversation.handover import Refused
from bot.conversation.limits import Rate
from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Session
from bot.conversation.store import UnknownConversation
from bot.desk import words
from bot.desk.access import Forbidden, record, refuse
from bot.desk.roles import may
from bot.desk.state import Desk

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SignedIn = Callable[[Desk, Session, web.Request], Awaitable[web.StreamResponse]]
Body = TypeVar("Body", bound=msgspec.Struct)

RETRY_SECONDS = 3
CONV = re.compile(r"(?:c|tg)_[A-Za-z0-9_-]{1,64}")  # names of conversations: nothing else goes into the audit log as one
FORM_ACTION = web.RequestKey("desk_form_action", str)  # where the forms of its page may lead, when that is more than 'self'

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class Problem(Exception):
    """An error for the browser (RFC 9457). `title` is Dutch, for people; `kind` is for programs."""

    def __init__(self, status: int, kind: str, title: str, *, retry_after: int = 0, **extra: Any) -> None:
        super().__init__(kind)
        self.status, self.kind, self.title, self.retry_after, self.extra = status, kind, title, retry_after, extra

    def response(self) -> web.Response:
        body = {"type": f"urn:balie:desk:{self.kind}", "title": self.title, "status": self.status, **self.extra}
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return reply(body, status=self.status, headers=headers, content_type="application/problem+json")


def reply(
    body: Any, *, status: int = 200, headers: dict[str, str] | None = None, content_type: str = "application/json"
) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, headers=headers, content_type=content_type)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal on_response_prepare: nothing of the desk is framed, cached or sniffed."""
    response.headers.update(HEADERS)
    if FORM_ACTION in request:
        policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action {request[FORM_ACTION]}")
        response.headers["Content-Security-Policy"] = policy
    static = "/desk/static/" in request.path
    response.headers["Cache-Control"] = "no-cache" if static else "no-store"


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors of the core as an answer an agent understands."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except Forbidden as forbidden:
        return Problem(403, "forbidden", forbidden.title).response()
    except UnknownConversation:
        return Problem(404, "gone", words.GONE).response()
    except Refused as refused:
        title = words.has_it(refused.agent_name) if refused.owner == "agent" else words.NOT_WAITING
        name = refused.agent_name or None
        return Problem(409, "taken", title, owner=refused.owner, agent={"name": name} if name else None).response()
    except StoreUnavailable:
        return Problem(503, "unavailable", words.STORE_DOWN, retry_after=RETRY_SECONDS).response()


def check_origin(desk: Desk, request: web.Request) -> None:
    """Refuse what another site sends. A change must say where it comes from; browsers always do."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, "forbidden", words.FORGED)
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("Origin", "")
    public = desk.services.settings.public_url
    own = urlsplit(public).netloc if public else request.host
    if urlsplit(origin).netloc != own or urlsplit(origin).scheme not in {"http", "https"}:
        raise Problem(403, "forbidden", words.FORGED)
    if public and urlsplit(origin).scheme != urlsplit(public).scheme:
        raise Problem(403, "forbidden", words.FORGED)


async def current(desk: Desk, request: web.Request) -> Session | None:
    """The session of this browser, when it is one and its account, or the way it signed in, still exists."""
    session = await desk.sessions.get(request.cookies.get(desk.cookie, ""))
    if session is None or session.gemeente not in desk.services.gemeenten:
        return None
    if session.via == "work":
        return session if desk.services.gemeente(session.gemeente).desk.login else None
    return session if desk.accounts.exists(session.gemeente, session.agent.id) else None


def signed_in(desk: Desk, handler: SignedIn, *roles: str) -> Handler:
    """The handler, for people who signed in and have one of these roles; changes also need the token of the page."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        check_origin(desk, request)
        session = await current(desk, request)
        if session is None:
            raise Problem(401, "signed_out", words.SIGNED_OUT)
        await not_too_often(desk, session, "desk", desk.services.settings.rate_desk_minute)
        if request.method == "POST" and not compare_digest(
            request.headers.get("X-CSRF-Token", "").encode(), session.csrf.encode()
        ):
            await record(desk, session, "", "forged")
            raise Problem(403, "forbidden", words.FORGED)
        if not may(session.roles, roles):
            conv = request.match_info.get("conv", "")
            await refuse(desk, session, conv if CONV.fullmatch(conv) else "", "role", words.NOT_YOUR_ROLE)
        return await handler(desk, session, request)

    return guarded


async def too_often(desk: Desk, *rates: Rate) -> int:
    """Count one against every rate: seconds to wait when one of them is over, else 0."""
    return 0 if desk.services.settings.lift_rates else await desk.services.limits.hit(rates)


async def not_too_often(desk: Desk, session: Session, what: str, limit: int) -> None:
    """Nobody keeps the desk from the others, or the audit log full. Raises a Problem (429) above `limit` a minute."""
    if wait := await too_often(desk, Rate(f"{what}:{session.gemeente}:{session.agent.id}", limit, 60)):
        raise Problem(429, "too_many", words.TOO_MANY, retry_after=wait)


async def read(desk: Desk, request: web.Request, kind: type[Body]) -> Body:
    """The body as `kind`, or a Problem: 413 too long, 415 no JSON, 422 not what was asked for."""
    if request.content_type != "application/json":
        raise Problem(415, "no_json", "Stuur JSON.")
    raw = await read_bytes(request, desk.services.settings.max_body_bytes)
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise Problem(422, "invalid", "Dit verzoek klopt niet.") from exc


async def read_bytes(request: web.Request, limit: int) -> bytes:
    """The body when it has no more than `limit` bytes; more is not read."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise Problem(413, "too_large", "Dit bericht is te groot.")
    return bytes(body)


def number(raw: str, name: str) -> int:
    """The number of an event that was asked for in the query as `name`. Raises Problem (422) for anything else."""
    if not (raw.isascii() and raw.isdecimal()) or len(raw) > 9:
        raise Problem(422, "invalid", f"`{name}` moet een getal zijn.")
    return int(raw)


def address(request: web.Request, trusted_proxies: int) -> str:
    """Network address of the browser; X-Forwarded-For is believed for as many proxies as are ours."""
    hops = [hop.strip() for value in request.headers.getall("X-Forwarded-For", []) for hop in value.split(",")]
    if trusted_proxies and len(hops) >= trusted_proxies:
        return hops[-trusted_proxies]
    return request.remote or ""
