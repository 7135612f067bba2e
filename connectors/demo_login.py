"""The doors of the providers to try logging in with (bot/login/demo.py). Never there in production."""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.wiring import Services, demo_employees, demo_people
from connectors.templates import environment

# Redirects count as well: one with the default policy would cut the page off from the chat that opened it (connectors/login.py).
HEADERS = {"Cross-Origin-Opener-Policy": "unsafe-none", "X-Robots-Tag": "noindex, nofollow"}


Person = tuple[str, dict[str, Any]]  # name for the page, claims


class Provider(Protocol):
    """bot.login.demo.DemoBroker"""

    issuer: str

    def discovery(self) -> dict[str, Any]: ...
    def jwks(self) -> dict[str, Any]: ...
    def stranger(self, query: Any) -> bool: ...
    def request(self, query: Any) -> str | None: ...
    def refused(self, query: Any, error: str) -> str: ...
    def cancelled(self, sealed: str) -> str | None: ...
    def chosen(self, sealed: str, person: dict[str, Any]) -> str | None: ...
    def signed_out(self, query: Any) -> str | None: ...
    def token(self, form: Any, authorization: str) -> tuple[int, dict[str, Any]]: ...


def doors(services: Services) -> list["DemoLogin"]:
    """Those that this installation uses; none in production."""
    citizens = [(name, {"bsn": bsn}) for name, bsn in demo_people()]
    found = [DemoLogin(services.demo_broker, citizens)] if services.demo_broker else []
    for key in services.gemeenten:
        if provider := services.demo_desk_broker(key):
            found.append(DemoLogin(provider, demo_employees(services.gemeente(key)), at_work=True))
    return found


class DemoLogin:
    """`people`: invented persons; the page shows names, and sends numbers of the list. `at_work`: people of the desk."""

    def __init__(self, provider: Provider, people: Sequence[Person], at_work: bool = False) -> None:
        self._provider = provider
        self._people = list(people)
        self._at_work = at_work

    def routes(self) -> list[web.RouteDef]:
        path = urlsplit(self._provider.issuer).path
        return [
            web.get(path + "/.well-known/openid-configuration", self.discovery), web.get(path + "/jwks", self.jwks),
            web.get(path + "/authorize", self.authorize), web.post(path + "/authorize", self.chosen),
            web.post(path + "/token", self.token), web.get(path + "/logout", self.logout),
        ]

    async def discovery(self, _request: web.Request) -> web.Response:
        return web.json_response(self._provider.discovery())

    async def jwks(self, _request: web.Request) -> web.Response:
        return web.json_response(self._provider.jwks())

    async def authorize(self, request: web.Request) -> web.Response:
        """The page to choose a person."""
        if self._provider.stranger(request.query):
            return self._page(400, None)
        sealed = self._provider.request(request.query)
        if sealed is None:
            return _to(self._provider.refused(request.query, "invalid_request"))
        return self._page(200, sealed)

    async def chosen(self, request: web.Request) -> web.Response:
        """Back to who asked, with a code or without."""
        form = await request.post()
        sealed, person = str(form.get("request", "")), str(form.get("person", ""))
        back = None
        if person == "":
            back = self._provider.cancelled(sealed)
        elif person.isdecimal() and len(person) < 4 and int(person) < len(self._people):
            back = self._provider.chosen(sealed, self._people[int(person)][1])
        if back is None:
            return self._page(400, None)
        return _to(back)

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        status, body = self._provider.token(form, request.headers.get(hdrs.AUTHORIZATION, ""))
        return web.json_response(body, status=status)

    async def logout(self, request: web.Request) -> web.Response:
        """There is no session here to end: back to who asked."""
        back = self._provider.signed_out(request.query)
        return _to(back) if back else self._page(400, None)

    def _page(self, status: int, sealed: str | None) -> web.Response:
        names = [name for name, _ in self._people]
        page = environment().get_template("demo_login.html").render(sealed=sealed, names=names, at_work=self._at_work)
        return web.Response(text=page, status=status, content_type="text/html", headers=HEADERS)


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: address, **HEADERS})
