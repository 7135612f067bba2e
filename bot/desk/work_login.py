"""Signing in with the account that somebody has at work: to the provider of the municipality, and back from it once.

The rules of the visit are those of the citizens' login (bot/login/oidc.py); the session begins as for everybody (signing.py).
"""

import structlog
from aiohttp import web

from bot.conversation.limits import Rate
from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Person
from bot.desk import words
from bot.desk.access import record
from bot.desk.pages import Pages
from bot.desk.signing import NOBODY, enter, fields, login_of, person_of
from bot.desk.state import Desk
from bot.desk.web import address, check_origin, too_often
from bot.login import DESK_PATH, LONGEST, DeskLogin, LoginRefused, LoginUnavailable, Visit, stopped

log = structlog.get_logger()

REFUSED = {"level": words.LEVEL_TOO_LOW, "claims": words.ACCOUNT_INCOMPLETE}


class WorkLogin:
    """`POST /desk/login/start` and `GET /desk/login/terug`."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    async def start(self, request: web.Request) -> web.StreamResponse:
        """To the provider. Only our own page can send somebody there, so no site signs a visitor in unasked."""
        check_origin(self._desk, request)
        gemeente = (await fields(request)).get("gemeente", "")
        login = login_of(self._desk, gemeente)
        if login is None:
            return self._pages.form(request, words.NO_ACCOUNTS, status=404)
        try:
            if wait := await self._too_often(request):
                return self._pages.form(request, words.TOO_MANY_LOGINS, gemeente=gemeente, status=429, wait=wait)
            browser = await self._desk.visits.start(gemeente)
            target = await login.address(_visit(self._desk, browser))
        except StoreUnavailable:
            return self._pages.form(request, words.STORE_DOWN, gemeente=gemeente, status=503, wait=3)
        except LoginUnavailable as exc:
            log.warning("desk_login", outcome="unavailable", gemeente=gemeente, reason=str(exc))
            return self._pages.form(request, words.WORK_LOGIN_DOWN, gemeente=gemeente, status=503)
        response = web.Response(status=303, headers={"Location": target})
        # Lax: the browser brings it along when the provider, another site, sends it back here.
        response.set_cookie(
            self._desk.visit_cookie, browser, max_age=self._desk.services.settings.login_ticket_seconds, path=DESK_PATH,
            httponly=True, samesite="Lax", secure=self._desk.secure,
        )
        return response

    async def returned(self, request: web.Request) -> web.StreamResponse:
        """The provider's answer: one time, in the browser that started."""
        desk = self._desk
        try:
            if wait := await self._too_often(request):
                return self._pages.form(request, words.TOO_MANY_LOGINS, status=429, wait=wait)
            browser, state = request.cookies.get(desk.visit_cookie, ""), request.query.get("state", "")
            gemeente = await desk.visits.returned(browser[:LONGEST], state[:LONGEST]) or ""
            login = login_of(desk, gemeente)
            if login is None:  # the cookie stays: a site that sends a browser here must not break a sign-in that is under way
                return self._pages.form(request, words.OTHER_BROWSER, status=400)
            response = await self._signed_in(request, login, gemeente, _visit(desk, browser))
        except StoreUnavailable:
            return self._pages.form(request, words.STORE_DOWN, status=503, wait=3)
        response.del_cookie(desk.visit_cookie, path=DESK_PATH, httponly=True, samesite="Lax", secure=desk.secure)
        return response

    async def _signed_in(self, request: web.Request, login: DeskLogin, gemeente: str, visit: Visit) -> web.Response:
        query = request.query
        if why := stopped(query):
            return await self._refused(request, Person(NOBODY, gemeente), why)
        try:
            employee = await login.employee(query["code"], visit, query.get("iss"))
        except LoginRefused as exc:
            return await self._refused(request, Person(NOBODY, gemeente), exc.reason)
        except LoginUnavailable as exc:
            log.warning("desk_login", outcome="unavailable", gemeente=gemeente, reason=str(exc))
            return await self._refused(request, Person(NOBODY, gemeente), "unavailable")
        person = person_of(employee, gemeente)
        if not person.roles:
            return await self._refused(request, person, "no role")
        # A page and no redirect: a browser doesn't send a Strict cookie on a way that began at another site.
        return await enter(self._desk, request, person, self._pages.render("entered.html", agent=person.agent))

    async def _refused(self, request: web.Request, who: Person, reason: str) -> web.Response:
        """Nobody is signed in: why, in words, and in the audit log."""
        await record(self._desk, who, "", "login_refused", reason=reason)
        known = {
            "cancelled": (words.WORK_LOGIN_CANCELLED, 200), "unavailable": (words.WORK_LOGIN_DOWN, 503),
            "no role": (words.NO_ROLE, 403),
        }
        title, status = known.get(reason, (REFUSED.get(reason, words.WORK_LOGIN_REFUSED), 403))
        return self._pages.form(request, title, gemeente=who.gemeente, status=status)

    async def _too_often(self, request: web.Request) -> int:
        """Seconds to wait, or 0. Nothing can be guessed here; it bounds what one address makes us and the provider do."""
        settings = self._desk.services.settings
        where = address(request, settings.trusted_proxies)
        return await too_often(self._desk, Rate(f"desk-login:{where}", settings.rate_address_minute, 60))


def _visit(desk: Desk, browser: str) -> Visit:
    return Visit(*(desk.visits.derive(browser, name) for name in ("state", "nonce", "verifier")))
