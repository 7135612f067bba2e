"""For tests of signing in at the desk: an edge whose municipality has a provider of its own, with people in its groups."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from bot.agreed import DeskClaims, DeskLogin
from tests.conftest import Edge, Reply
from tests.desk_fixtures import Agent
from tests.login_fixtures import CLIENT, CLIENT_SECRET, Broker, Browser, LoginEdge

START, BACK = "/desk/login/start", "/desk/login/terug"
SECRETS = {"desk_oidc_client_id": CLIENT, "desk_oidc_secret": CLIENT_SECRET}

# What the provider says of the people of the municipality: groups with names of its own, also some that mean nothing here.
PEOPLE: list[tuple[str, dict[str, Any]]] = [
    ("Anouk", {"sub": "4711", "given_name": "Anouk", "groups": ["printers", "balie-kcc", "team-burgerzaken"]}),
    ("Bram", {"sub": "4712", "given_name": "Bram", "groups": ["balie-kcc", "balie-leiding", "team-alles"]}),
    ("Chantal", {"sub": "4713", "given_name": "Chantal", "groups": ["balie-beheer"]}),
    ("Daan", {"sub": "4714", "given_name": "Daan", "groups": ["printers"]}),
    ("Esra", {"sub": "4715", "given_name": "Esra", "groups": ["balie-kcc"]}),
    ("Finn", {"sub": "4716", "given_name": "Finn", "groups": ["balie-redactie"]}),
]
AGREED = DeskLogin(
    "oidc", claims=DeskClaims(name="given_name", roles="groups", teams="groups"),
    roles={"balie-kcc": "agent", "balie-leiding": ("agent", "team_lead"), "balie-beheer": "administrator",
           "balie-redactie": "editor"},
    teams={"team-burgerzaken": "burgerzaken", "team-alles": "*"},
)


def number(name: str) -> str:
    """The place of somebody on the provider's page."""
    return str([known for known, _ in PEOPLE].index(name))


@dataclass
class WorkDesk:
    """An edge, with the provider of `voorbeeld`."""

    edge: Edge
    broker: Broker

    def agree(self, **changes: Any) -> None:
        """Have the municipality agree something else with its provider."""
        gemeente = self.edge.services.gemeente("voorbeeld")
        agreed = msgspec.structs.replace(AGREED, issuer=self.broker.client.issuer, **changes)
        gemeente.desk = msgspec.structs.replace(gemeente.desk, login=agreed)
        self.edge.services._adapters.pop(("desk.login", "voorbeeld"), None)

    async def begin(self, browser: Browser, gemeente: str = "voorbeeld", **headers: str) -> Reply:
        """Press the button of the page."""
        return await browser.post(START, {"gemeente": gemeente}, **({"Origin": self.edge.url} | headers))

    async def leave(self, browser: Browser, name: str = "Anouk") -> str:
        """To the provider, and choose somebody there; the address to come back to."""
        started = await self.begin(browser)
        assert started.status == 303, started.text
        return await browser.choose(started.headers["Location"], number(name))

    async def sign_in(self, browser: Browser, name: str = "Anouk") -> Reply:
        """The page that the browser comes back to."""
        return await browser.get(await self.leave(browser, name))

    async def agent(self, browser: Browser, name: str = "Anouk") -> Agent:
        """Somebody who signed in."""
        page = await self.sign_in(browser, name)
        assert page.status == 200 and "U bent ingelogd" in page.text, page.text
        found = re.search(r'name="csrf-token" content="([^"]+)"', (await browser.get("/desk")).text)
        assert found
        return Agent(browser.session, self.edge.url, found[1])


@contextlib.asynccontextmanager
async def opened(make_login_edge: LoginEdge, broker: Broker, **changes: Any) -> AsyncIterator[WorkDesk]:
    edge = await make_login_edge(**(SECRETS | changes))
    base = edge.services.settings.base_url
    broker.people, broker.after = PEOPLE, f"{base}/desk/login"
    broker.client = replace(broker.client, redirect_uri=base + BACK)
    broker.restart()
    desk = WorkDesk(edge, broker)
    desk.agree()
    yield desk


@pytest.fixture
async def work_desk(make_login_edge: LoginEdge, broker: Broker) -> AsyncIterator[WorkDesk]:
    async with opened(make_login_edge, broker) as desk:
        yield desk


@contextlib.asynccontextmanager
async def browsing(desk: WorkDesk) -> AsyncIterator[Browser]:
    """A browser of somebody's own."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(desk.edge, session)


@pytest.fixture
async def browser(work_desk: WorkDesk) -> AsyncIterator[Browser]:
    async with browsing(work_desk) as opened:
        yield opened


def cookies(browser: Browser) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in browser.session.cookie_jar}


def query(address: str) -> Any:
    return URL(address).query
