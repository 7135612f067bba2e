"""The pages of the desk, and signing in with an account of the demonstration."""

from collections.abc import Mapping
from pathlib import Path

import jinja2
from aiohttp import web

from bot.conversation.limits import Rate
from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Person
from bot.desk import words
from bot.desk.access import record
from bot.desk.signing import NOBODY, enter, fields, login_of, may_lead_to
from bot.desk.state import Desk
from bot.desk.web import FORM_ACTION, address, check_origin, current, too_often

FOLDER = Path(__file__).parent
MAX_NAME = 100


class Pages:
    """The HTML of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        loader = jinja2.FileSystemLoader(FOLDER / "templates")
        self._templates = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def render(
        self, name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> web.Response:
        text = self._templates.get_template(name).render(values)
        return web.Response(text=text, status=status, headers=headers, content_type="text/html", charset="utf-8")

    def form(
        self, request: web.Request, error: str = "", *, user: str = "", gemeente: str = "", status: int = 200, wait: int = 0
    ) -> web.Response:
        """The way to sign in: at the provider of the municipality, with an account of the demonstration, or both."""
        desk, names = self._desk, [(key, g.naam) for key, g in self._desk.services.gemeenten.items()]
        work = [(key, name) for key, name in names if login_of(desk, key)]
        if work:
            request[FORM_ACTION] = may_lead_to(desk)
        return self.render(
            "login.html", status=status, headers={"Retry-After": str(wait)} if wait else None, user=user,
            gemeente=gemeente or request.query.get("gemeente", ""), accounts=bool(desk.accounts), work=work, gemeenten=names,
            error=error or ("" if desk.accounts or work else words.NO_ACCOUNTS),
        )

    async def page(self, request: web.Request) -> web.StreamResponse:
        """`GET /desk`: the desk, or the way to sign in."""
        try:
            session = await current(self._desk, request)
        except StoreUnavailable:
            return self.form(request, words.STORE_DOWN, status=503, wait=3)
        if session is None:
            raise web.HTTPSeeOther("/desk/login")
        settings, gemeente = self._desk.services.settings, self._desk.services.gemeente(session.gemeente)
        return self.render(
            "desk.html", agent=session.agent, roles=session.roles, gemeente=gemeente, csrf=session.csrf, statuses=words.STATUSES,
            outcomes=words.OUTCOMES, limit=settings.max_text_chars, long_wait=gemeente.desk.max_wait_minutes * 60,
        )

    async def login_form(self, request: web.Request) -> web.StreamResponse:
        """`GET /desk/login`."""
        try:
            if await current(self._desk, request):
                raise web.HTTPSeeOther("/desk")
        except StoreUnavailable:
            return self.form(request, words.STORE_DOWN, status=503, wait=3)
        return self.form(request)

    async def login(self, request: web.Request) -> web.StreamResponse:
        """`POST /desk/login`: the same sentence, and the same time, for an unknown user and a wrong password."""
        check_origin(self._desk, request)
        typed = await fields(request)
        if not self._desk.accounts:  # nothing to guess, so no hash is made and no log is filled
            return self.form(request, words.NO_ACCOUNTS, status=404)
        user, password, gemeente = (typed.get(name, "") for name in ("user", "password", "gemeente"))
        user, gemeente = user.strip()[:MAX_NAME], gemeente or next(iter(self._desk.services.gemeenten))
        try:
            if wait := await self._too_often(request, gemeente, user):
                return self.form(request, words.TOO_MANY_LOGINS, user=user, gemeente=gemeente, status=429, wait=wait)
            person = await self._desk.accounts.verify(gemeente, user, password)
            if person is None:
                if gemeente in self._desk.services.gemeenten:
                    await record(self._desk, Person(NOBODY, gemeente), "", "login_refused", reason="password")
                return self.form(request, words.WRONG_LOGIN, user=user, gemeente=gemeente, status=401)
            return await enter(self._desk, request, person, web.Response(status=303, headers={"Location": "/desk"}))
        except StoreUnavailable:
            return self.form(request, words.STORE_DOWN, user=user, gemeente=gemeente, status=503, wait=3)

    async def _too_often(self, request: web.Request, gemeente: str, user: str) -> int:
        """Seconds to wait, or 0. Counted per address and per user: many addresses don't help to guess one password."""
        settings = self._desk.services.settings
        limit, where = settings.rate_login_minute, address(request, settings.trusted_proxies)
        rates = [Rate(f"login:address:{where}", limit, 60), Rate(f"login:user:{gemeente}:{user.lower()}", limit, 60)]
        return await too_often(self._desk, *rates)
