"""For tests of logging in: an edge that knows its address, a browser that follows the pages, a chat that speaks with actions."""

import contextlib
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from yarl import URL

from actions.inloggen import ActionAskInlogcode, ActionIngelogd, ValidateInlogForm
from bot.agreed import LoginTerms
from bot.edge import create_app
from bot.login.demo import DemoBroker
from bot.login.oidc import Terms
from bot.settings import Settings
from bot.wiring import Services, build, demo_people, use
from connectors.demo_login import DemoLogin
from tests.conftest import Edge, Reply
from tests.stubs.server import serving

CLIENT, CLIENT_SECRET, LEVEL = "balie-test", "geheim: met/vreemde tekens", "substantieel"

LoginEdge = Callable[..., Awaitable[Edge]]


@pytest.fixture
async def make_login_edge(settings: Settings, redis_url: str) -> AsyncIterator[LoginEdge]:
    """Starts an edge that knows its own address, as the addresses to come back to need it. `broker`: the login of `voorbeeld`."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(broker: "Broker | None" = None, **changes: Any) -> Edge:
            door = socket.create_server(("127.0.0.1", 0))
            port = door.getsockname()[1]
            secrets = {"oidc_client_id": CLIENT, "oidc_secret": CLIENT_SECRET}
            services = build(replace(settings, **{"port": port, **secrets, **changes}), redis_url)
            stack.push_async_callback(services.aclose)
            if broker:
                services.gemeente("voorbeeld").login = broker.agreed
                broker.client = replace(broker.client, redirect_uri=f"{services.settings.base_url}/inloggen/terug")
                broker.restart()
            runner = web.AppRunner(create_app(services), access_log=None, shutdown_timeout=2.0)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, door).start()
            session = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False))
            use(services)
            return Edge(f"http://127.0.0.1:{port}", session, runner.app, services, runner)

        yield make


@dataclass
class Browser:
    """One browser profile: it keeps cookies, and follows a redirect only when told."""

    edge: Edge
    session: aiohttp.ClientSession

    async def get(self, url: str, **headers: str) -> Reply:
        return await self._call("GET", url, headers=headers)

    async def post(self, url: str, form: dict[str, str] | None = None, **headers: str) -> Reply:
        return await self._call("POST", url, data=form or {}, headers=headers)

    async def _call(self, method: str, url: str, **options: Any) -> Reply:
        target = URL(url, encoded=True) if url.startswith("http") else URL(self.edge.url + url, encoded=True)
        async with self.session.request(method, target, allow_redirects=False, **options) as response:
            return Reply(response.status, response.headers, await response.read())

    async def begin(self, link: str) -> str:
        """Press the button of the page behind the link; the address at the broker."""
        started = await self.post(link)
        assert started.status == 303, started.text
        return str(started.headers["Location"])

    async def choose(self, address: str, person: str = "0") -> str:
        """Choose a person at the broker (empty: cancel); the address to come back to."""
        page = await self.get(address)
        assert page.status == 200, page.text
        sealed = re.search(r'name="request" value="([^"]+)"', page.text)
        assert sealed
        answer = await self.post(str(URL(address).with_query(None)), {"request": sealed[1], "person": person})
        assert answer.status == 303, answer.text
        return str(answer.headers["Location"])

    async def log_in(self, link: str, person: str = "0") -> str:
        """The whole way; the code of the last page."""
        back = await self.get(await self.choose(await self.begin(link), person))
        assert back.status == 303, back.text
        return code_of(await self.get(back.headers["Location"]))


def code_of(page: Reply) -> str:
    assert page.status == 200, page.text
    found = re.search(r'data-testid="login-code">([A-Z0-9]{6})<', page.text)
    assert found, page.text
    return found[1]


@contextlib.asynccontextmanager
async def browsing(edge: Edge) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(edge, session)


@dataclass
class Chat:
    """The brain's side of one conversation: the actions, without Rasa."""

    services: Services
    conv: str
    gemeente: str = "voorbeeld"
    channel: str = "website"
    seq: int = 1
    slots: dict[str, Any] = field(default_factory=lambda: {"requested_slot": "inlogcode"})

    async def ask(self) -> list[dict[str, Any]]:
        """What the question says."""
        return await self._run(ActionAskInlogcode(), self._message(""))

    async def link(self) -> str:
        parts = (await self.ask())[0]["custom"]["parts"]
        return next(str(part["url"]) for part in parts if part["kind"] == "link")

    async def type(self, text: str, **entities: str) -> list[dict[str, Any]]:
        """Say something while the code is asked for: what is said back, and the slots afterwards are in `slots`."""
        self.seq += 1
        message = self._message(text, **entities)
        said = await self._run(ValidateInlogForm(), message)
        if self.slots.get("inlogcode") or self.slots.get("afgebroken"):
            said += await self._run(ActionIngelogd(), message)
        return said

    async def again(self, text: str) -> list[dict[str, Any]]:
        """The same turn once more, as when a brain died before it committed."""
        self.seq -= 1
        return await self.type(text)

    def _message(self, text: str, **entities: str) -> dict[str, Any]:
        intent = {"name": "inform", "confidence": 1.0 if entities else 0.3}
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        metadata = {
            "gemeente": self.gemeente, "channel": self.channel, "seq": self.seq, "key": f"{self.conv}:{self.seq}",
        }
        return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": found, "metadata": metadata}

    def tracker(self, message: dict[str, Any] | None = None) -> Tracker:
        loop = {"name": "inlog_form"}
        return Tracker(self.conv, dict(self.slots), message or self._message(""), [], False, None, loop, "action_listen")

    async def _run(self, action: Any, message: dict[str, Any]) -> list[dict[str, Any]]:
        dispatcher = CollectingDispatcher()
        for event in await action.run(dispatcher, self.tracker(message), {}):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.slots["requested_slot"] = "inlogcode"
        return list(dispatcher.messages)


def responses(said: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in said if message.get("response")]


async def chat_of(edge: Edge, **fields: Any) -> Chat:
    """A citizen who wants to log in, in a new conversation."""
    citizen = await edge.citizen(**fields)
    return Chat(edge.services, citizen.conv, fields.get("gemeente", "voorbeeld"), fields.get("channel", "website"))


class Forger(DemoBroker):
    """A provider that says what a test wants: `change` edits the claims, `signed` replaces the token."""

    def __init__(self, client: Terms, secret: str, after: str = "") -> None:
        super().__init__(client, secret, after)
        self.change: Callable[[dict[str, Any]], object] = lambda claims: None
        self.signed: Callable[[dict[str, Any]], str] | None = None

    def discovery(self) -> dict[str, Any]:
        return super().discovery() | {"userinfo_endpoint": f"{self.issuer}/userinfo"}

    def claims(self, grant: dict[str, Any], access_token: str) -> dict[str, Any]:
        found = super().claims(grant, access_token) | {"acr": LEVEL}
        self.change(found)
        return found

    def sign(self, claims: dict[str, Any]) -> str:
        return self.signed(claims) if self.signed else super().sign(claims)


class Broker:
    """A provider as a server of its own, as a municipality has one."""

    def __init__(self, url: str) -> None:
        self.url = url
        issuer = f"{url}/demo-login"
        self.client = Terms(issuer, CLIENT, CLIENT_SECRET, "", (LEVEL,))
        self.agreed = LoginTerms("oidc", issuer=issuer, levels=(LEVEL,), acr_values=(LEVEL,))
        self.calls: list[str] = []
        self.userinfo: dict[str, Any] = {}
        self.fail: dict[str, web.Response] = {}
        self.key_seed = "first"
        self.after = ""  # where the browser goes after signing out
        self.people: list[tuple[str, dict[str, Any]]] = [(name, {"bsn": bsn}) for name, bsn in demo_people()]
        self.restart()

    def restart(self) -> None:
        """Begin anew, with the key of `key_seed`."""
        self.provider = Forger(self.client, self.key_seed, self.after)
        self.door = DemoLogin(self.provider, self.people)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rsplit("/", 1)[-1]
        self.calls.append(name)
        if name in self.fail:
            failure = self.fail[name]
            return web.Response(status=failure.status, body=failure.body, content_type=failure.content_type)
        if name == "userinfo":
            assert request.headers["Authorization"].startswith("Bearer ")
            return web.json_response(self.userinfo)
        handlers = {
            ("GET", "openid-configuration"): self.door.discovery, ("GET", "jwks"): self.door.jwks,
            ("GET", "authorize"): self.door.authorize, ("POST", "authorize"): self.door.chosen,
            ("POST", "token"): self.door.token, ("GET", "logout"): self.door.logout,
        }
        handler = handlers.get((request.method, name))
        return await handler(request) if handler else web.Response(status=404)


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    async with serve_broker("127.0.0.1") as made:
        yield made


@contextlib.asynccontextmanager
async def serve_broker(host: str) -> AsyncIterator[Broker]:
    app = web.Application()
    door = socket.create_server(("127.0.0.1", 0))
    made = Broker(f"http://{host}:{door.getsockname()[1]}")
    app.router.add_route("*", "/{path:.+}", made.handle)
    async with serving(app, door):
        yield made
