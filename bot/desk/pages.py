"""Signing in and out, and the page itself."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs

import jinja2
import structlog
from aiohttp import web

from bot.conversation.limits import Rate
from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Session
from bot.desk import words
from bot.desk.access import record
from bot.desk.state import Desk
from bot.desk.web import Problem, address, check_origin, current, read_bytes

audit = structlog.get_logger("audit")

FOLDER = Path(__file__).parent
MAX_LOGIN_BYTES = 4096
MAX_NAME = 100


class Pages:
    """The HTML of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        loader = jinja2.FileSystemLoader(FOLDER / "templates")
        self._templates = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def _render(
        self, name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> web.Response:
        text = self._templates.get_template(name).render(values)
        return web.Response(text=text, status=status, headers=headers, content_type="text/html", charset="utf-8")

    def _form(self, error: str = "", *, user: str = "", gemeente: str = "", status: int = 200, wait: int = 0) -> web.Response:
        desk = self._desk
        names = [(key, g.naam) for key, g in desk.services.gemeenten.items()]
        return self._render(
            "login.html", status=status, headers={"Retry-After": str(wait)} if wait else None, user=user, gemeente=gemeente,
            error=error or ("" if desk.accounts else words.NO_ACCOUNTS), closed=not desk.accounts, gemeenten=names,
        )

    async def page(self, request: web.Request) -> web.StreamResponse:
        """`GET /desk`: the desk, or the way to sign in."""
        try:
            session = await current(self._desk, request)
        except StoreUnavailable:
            return self._form(words.STORE_DOWN, status=503, wait=3)
        if session is None:
            raise web.HTTPSeeOther("/desk/login")
        settings, gemeente = self._desk.services.settings, self._desk.services.gemeente(session.gemeente)
        return self._render(
            "desk.html", agent=session.agent, gemeente=gemeente, csrf=session.csrf, statuses=words.STATUSES,
            outcomes=words.OUTCOMES, limit=settings.max_text_chars, long_wait=gemeente.desk.max_wait_minutes * 60,
        )

    async def login_form(self, request: web.Request) -> web.StreamResponse:
        """`GET /desk/login`."""
        try:
            if await current(self._desk, request):
                raise web.HTTPSeeOther("/desk")
        except StoreUnavailable:
            return self._form(words.STORE_DOWN, status=503, wait=3)
        return self._form()

    async def login(self, request: web.Request) -> web.StreamResponse:
        """`POST /desk/login`: the same sentence, and the same time, for an unknown user and a wrong password."""
        check_origin(self._desk, request)
        fields = await _fields(request)
        user, password, gemeente = (fields.get(name, [""])[0] for name in ("user", "password", "gemeente"))
        user, gemeente = user.strip()[:MAX_NAME], gemeente or next(iter(self._desk.services.gemeenten))
        try:
            if wait := await self._too_often(request, gemeente, user):
                return self._form(words.TOO_MANY_LOGINS, user=user, gemeente=gemeente, status=429, wait=wait)
            agent = await self._desk.accounts.verify(gemeente, user, password)
            if agent is None:
                audit.warning("desk", action="login_refused", gemeente=self._known(gemeente))
                return self._form(words.WRONG_LOGIN, user=user, gemeente=gemeente, status=401)
            return await self._enter(request, Session("", agent, gemeente, ""))
        except StoreUnavailable:
            return self._form(words.STORE_DOWN, user=user, gemeente=gemeente, status=503, wait=3)

    async def _too_often(self, request: web.Request, gemeente: str, user: str) -> int:
        """Seconds to wait, or 0. Counted per address and per user: many addresses don't help to guess one password."""
        settings = self._desk.services.settings
        if settings.lift_rates:
            return 0
        limit, where = settings.rate_login_minute, address(request, settings.trusted_proxies)
        rates = [Rate(f"login:address:{where}", limit, 60), Rate(f"login:user:{gemeente}:{user.lower()}", limit, 60)]
        return await self._desk.services.limits.hit(rates)

    async def _enter(self, request: web.Request, who: Session) -> web.Response:
        desk, ttl = self._desk, self._desk.services.settings.desk_session_seconds
        await desk.sessions.delete(request.cookies.get(desk.cookie, ""))  # never take over an old id
        session = await desk.sessions.create(who.agent, who.gemeente, ttl)
        await desk.presences.set(who.gemeente, who.agent, "available")
        record(who, "", "login")
        response = web.Response(status=303, headers={"Location": "/desk"})
        response.set_cookie(
            desk.cookie, session, max_age=ttl, path="/desk", httponly=True, samesite="Strict", secure=desk.secure
        )
        return response

    def _known(self, gemeente: str) -> str:
        return gemeente if gemeente in self._desk.services.gemeenten else "(unknown)"


async def _fields(request: web.Request) -> dict[str, list[str]]:
    raw = (await read_bytes(request, MAX_LOGIN_BYTES)).decode(errors="replace")
    try:
        return parse_qs(raw, max_num_fields=10)
    except ValueError as exc:
        raise Problem(422, "invalid", "Dit verzoek klopt niet.") from exc


async def logout(desk: Desk, session: Session, request: web.Request) -> web.StreamResponse:
    """`POST /desk/logout`: the session ends; conversations the agent still has go back to the queue."""
    await desk.sessions.delete(session.id)
    await desk.presences.leave(session)
    record(session, "", "logout")
    response = web.Response(status=204)
    response.del_cookie(desk.cookie, path="/desk", httponly=True, samesite="Strict", secure=desk.secure)
    return response


