"""The door of the provider to try logging in with (bot/login/demo.py). Never there in production."""

from collections.abc import Sequence

from aiohttp import hdrs, web

from bot.wiring import Services, demo_people
from connectors.templates import environment

# Redirects count as well: one with the default policy would cut the page off from the chat that opened it (connectors/login.py).
HEADERS = {"Cross-Origin-Opener-Policy": "unsafe-none", "X-Robots-Tag": "noindex, nofollow"}


class DemoLogin:
    """`people`: (name, BSN) of invented persons; the page shows names, and sends numbers of the list."""

    def __init__(self, services: Services, people: Sequence[tuple[str, str]] | None = None) -> None:
        self._broker = services.demo_broker
        self._people = demo_people() if people is None else list(people)

    def routes(self) -> list[web.RouteDef]:
        """Empty where nobody uses the demonstration."""
        if self._broker is None:
            return []
        return [
            web.get("/demo-login/.well-known/openid-configuration", self.discovery), web.get("/demo-login/jwks", self.jwks),
            web.get("/demo-login/authorize", self.authorize), web.post("/demo-login/authorize", self.chosen),
            web.post("/demo-login/token", self.token),
        ]

    async def discovery(self, _request: web.Request) -> web.Response:
        return web.json_response(self._broker.discovery()) if self._broker else web.Response(status=404)

    async def jwks(self, _request: web.Request) -> web.Response:
        return web.json_response(self._broker.jwks()) if self._broker else web.Response(status=404)

    async def authorize(self, request: web.Request) -> web.Response:
        """The page to choose a person."""
        if self._broker is None or self._broker.stranger(request.query):
            return self._page(400, None)
        sealed = self._broker.request(request.query)
        if sealed is None:
            return _to(self._broker.refused(request.query, "invalid_request"))
        return self._page(200, sealed)

    async def chosen(self, request: web.Request) -> web.Response:
        """Back to who asked, with a code or without."""
        form = await request.post()
        sealed, person = str(form.get("request", "")), str(form.get("person", ""))
        back = None
        if self._broker and person == "":
            back = self._broker.cancelled(sealed)
        elif self._broker and person.isdecimal() and len(person) < 4 and int(person) < len(self._people):
            back = self._broker.chosen(sealed, self._people[int(person)][1])
        if back is None:
            return self._page(400, None)
        return _to(back)

    async def token(self, request: web.Request) -> web.Response:
        if self._broker is None:
            return web.Response(status=404)
        form = {name: str(value) for name, value in (await request.post()).items()}
        status, body = self._broker.token(form, request.headers.get(hdrs.AUTHORIZATION, ""))
        return web.json_response(body, status=status)

    def _page(self, status: int, sealed: str | None) -> web.Response:
        names = [name for name, _ in self._people]
        page = environment().get_template("demo_login.html").render(sealed=sealed, names=names)
        return web.Response(text=page, status=status, content_type="text/html", headers=HEADERS)


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: address, **HEADERS})
