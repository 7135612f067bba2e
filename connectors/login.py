"""The pages where a citizen logs in for a conversation: begin, come back from the broker, and the code for the conversation.

A BSN lives in one local variable here, between the broker's answer and the question to the case system. See docs/adr/0007.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import hdrs, web

from bot.conversation.logins import Pending, Shown
from bot.gemeenten import Gemeente
from bot.login import LONGEST, PATH, RETURN_PATH, Login, LoginRefused, LoginUnavailable, Visit, stopped
from bot.wiring import Services
from bot.zaken import ZakenUnavailable
from connectors.access import Access, Origins
from connectors.messages import FIRST
from connectors.telegram import USERNAME
from connectors.templates import environment
from connectors.web import CSP_PAGE

log = structlog.get_logger()

DONE_PATH = f"{PATH}/klaar"
COOKIE = "balie_login"

# What went wrong -> status of the page; the words are in pages/inloggen_mislukt.html.
PROBLEMS = {"expired": 410, "browser": 400, "cancelled": 200, "level": 403, "refused": 403, "unavailable": 503, "used": 410}

# The page that showed the chat must stay reachable (`window.opener`), to give it the code; nobody else gets one.
HEADERS = {"Cross-Origin-Opener-Policy": "unsafe-none", "X-Robots-Tag": "noindex, nofollow", hdrs.CACHE_CONTROL: "no-store"}


class LoginPages:
    """`GET` never changes anything before the broker has answered: links in a chat are fetched by previews and scanners too."""

    def __init__(self, services: Services, access: Access, origins: Origins) -> None:
        self._services = services
        self._logins = services.logins
        self._access = access
        self._origins = origins
        self._own = urlsplit(services.settings.base_url)
        self._cookie = f"__Host-{COOKIE}" if self._own.scheme == "https" else COOKIE

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(RETURN_PATH, self.returned), web.get(DONE_PATH, self.done),
            web.get(PATH + "/{ticket}", self.page), web.post(PATH + "/{ticket}", self.start),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """What is going to happen, and the button that starts it."""
        await self._access.count_address("login", request)
        found = await self._found(request)
        if found is None:
            return self._problem("expired")
        pending, _ = found
        # A form that leads to another site needs its permission, through every redirect on the way: broker, DigiD.
        leads_to = " ".join(["form-action 'self' https:", *self._plain_issuer(pending.gemeente)])
        policy = CSP_PAGE.replace("form-action 'self'", leads_to)
        headers = {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}  # with none, browsers hide the origin
        return self._render("inloggen.html", pending, headers=headers, minutes=self._services.settings.login_ticket_seconds // 60)

    async def start(self, request: web.Request) -> web.StreamResponse:
        """To the broker, bound to this browser."""
        await self._access.count_address("login", request)
        found = await self._found(request)
        if found is None:
            return self._problem("expired")
        if not self._pressed_here(request):
            return _to(request.path)  # another site sent the form: first show what it is about
        pending, login = found
        browser = await self._logins.start(pending)
        if browser is None:
            return self._problem("expired")
        try:
            address = await login.address(self._visit(browser))
        except LoginUnavailable as exc:
            return self._note("unavailable", pending, str(exc))
        response = _to(address)
        self._bind(response, browser)
        log.info("login", outcome="started", gemeente=pending.gemeente, channel=pending.channel)
        return response

    async def returned(self, request: web.Request) -> web.StreamResponse:
        """The broker's answer: one time, in the browser that started."""
        await self._access.count_address("login", request)
        browser, query = request.cookies.get(self._cookie, ""), request.query
        pending = await self._logins.returned(browser, query.get("state", "")[:LONGEST])
        login = self._services.login(pending.gemeente) if pending else None
        if pending is None or login is None:
            return self._problem("browser")
        if why := stopped(query):
            return self._note(why, pending, "error from the broker" if why == "unavailable" else "")
        try:
            zaken = await self._own_cases(login, pending, browser, query)
        except LoginRefused as exc:
            return self._note("level" if exc.reason == "level" else "refused", pending, exc.reason)
        except LoginUnavailable as exc:
            return self._note("unavailable", pending, str(exc))
        if not await self._logins.finish(pending, browser, zaken):
            return self._problem("used")
        outcome = "finished" if zaken is not None else "cases_unavailable"
        log.info("login", outcome=outcome, gemeente=pending.gemeente, channel=pending.channel)
        return _to(DONE_PATH)  # reloading, and going back, need no second login

    async def done(self, request: web.Request) -> web.Response:
        """The code, as long as it counts."""
        await self._access.count_address("login", request)
        shown = await self._logins.shown(request.cookies.get(self._cookie, ""))
        if shown is None:
            return self._problem("used")
        telegram = request.app[USERNAME](shown.gemeente) if shown.channel == "telegram" and USERNAME in request.app else ""
        return self._render(
            "inloggen_klaar.html", shown, status=503 if shown.failed else 200, code=shown.code, failed=shown.failed,
            opener=await self._opener(shown), telegram=telegram, minutes=self._services.settings.login_result_seconds // 60,
        )

    async def _own_cases(
        self, login: Login, pending: Pending, browser: str, query: Mapping[str, str]
    ) -> list[dict[str, Any]] | None:
        """The cases of who logged in; None when the case system gives none. The BSN goes no further than this."""
        bsn = await login.bsn(query["code"], self._visit(browser), query.get("iss"))
        try:
            async with asyncio.timeout(self._services.settings.backend_seconds):
                found = await self._services.zaken(pending.gemeente).own(bsn)
        except (ZakenUnavailable, TimeoutError):
            return None
        return [msgspec.to_builtins(zaak) for zaak in found]

    async def _found(self, request: web.Request) -> tuple[Pending, Login] | None:
        pending = await self._logins.find(request.match_info["ticket"])
        login = self._services.login(pending.gemeente) if pending else None
        return (pending, login) if pending and login else None

    def _visit(self, browser: str) -> Visit:
        return Visit(*(self._logins.derive(browser, name) for name in ("state", "nonce", "verifier")))

    def _pressed_here(self, request: web.Request) -> bool:
        """Whether the button of our own page was pressed. Every browser says where a form comes from."""
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get(hdrs.ORIGIN)
        own = f"{self._own.scheme}://{self._own.netloc}".lower()
        return site == "same-origin" if site else origin in {None, own}

    def _bind(self, response: web.StreamResponse, browser: str) -> None:
        limits = self._services.settings
        response.set_cookie(
            self._cookie, browser, path="/", httponly=True, samesite="Lax", secure=self._own.scheme == "https",
            max_age=limits.login_ticket_seconds + limits.login_result_seconds,
        )

    def _plain_issuer(self, gemeente: str) -> list[str]:
        """The origin of a broker without https: on a laptop only."""
        agreed = self._services.gemeente(gemeente).login
        parts = urlsplit(agreed.issuer if agreed else "")
        return [f"http://{parts.netloc}"] if parts.scheme == "http" else []

    async def _opener(self, shown: Shown) -> str:
        """Origin of the page that the conversation was begun on, if it may have the code.

        The client named that page itself, so it must be a site of this municipality: else a stranger's page could open a link of
        its own conversation, have its visitor log in, and be told the code.
        """
        if shown.channel != "website":
            return ""
        first = await self._services.store.event(shown.conv, FIRST) or {}
        page = urlsplit(first.get("_page") or self._services.settings.base_url)
        origin = f"{page.scheme}://{page.netloc}".lower()
        return origin if self._origins.allows(origin, shown.gemeente) else ""

    def _note(self, kind: str, pending: Pending, reason: str) -> web.Response:
        """A page about what went wrong, with a way to try again, and a record of it."""
        level = log.warning if kind == "unavailable" else log.info
        level("login", outcome=kind, gemeente=pending.gemeente, channel=pending.channel, reason=reason)
        return self._problem(kind, pending)

    def _problem(self, kind: str, pending: Pending | None = None) -> web.Response:
        again = f"{PATH}/{self._logins.ticket_of(pending)}" if pending else ""
        return self._render("inloggen_mislukt.html", pending, status=PROBLEMS[kind], kind=kind, again=again)

    def _render(
        self, name: str, about: Pending | Shown | None, *, status: int = 200, headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> web.Response:
        gemeente = self._services.gemeente(about.gemeente) if about else None
        known = {"channel": about.channel if about else "", "demo": bool(gemeente and _is_demo(gemeente))}
        page = environment().get_template(name).render(gemeente=_shown(gemeente), **known, **values)
        return web.Response(text=page, status=status, content_type="text/html", headers={**HEADERS, **(headers or {})})


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: address, **HEADERS})


def _shown(gemeente: Gemeente | None) -> dict[str, str] | None:
    if gemeente is None:
        return None
    return {"key": gemeente.key, "naam": gemeente.naam.removeprefix("Gemeente "), "telefoon": gemeente.telefoon}


def _is_demo(gemeente: Gemeente) -> bool:
    return gemeente.login is not None and gemeente.login.supplier == "demo"
