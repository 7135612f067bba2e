"""Somebody with the app on a small phone, in a real browser, and the services behind it.

A module of tests takes the fixtures over by name: `browser`, `context`, `edge`, `brain`, `app`.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Locator, Page, Worker, expect

from bot.conversation.store import Conversation
from tests import handover_fixtures, looks
from tests.conftest import Edge
from tests.desk_fixtures import until
from tests.handover_fixtures import Counter

browser, edge, brain = looks.browser, handover_fixtures.edge, handover_fixtures.brain

PHONE = {"width": 360, "height": 740}
GEMEENTE = "voorbeeld"
APP = f"/app/{GEMEENTE}/"
expect.set_options(timeout=20_000)


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """What a page complains about fails the test."""
    async with looks.uncomplaining(browser, PHONE) as made:
        yield made


class App:
    """Somebody with the app open, and the services behind it."""

    def __init__(self, page: Page, edge: Edge) -> None:
        self.page, self.edge = page, edge

    async def start(self, place: str = "") -> None:
        await self.page.goto(self.edge.url + APP + place)
        await self.ready()

    async def ready(self) -> None:
        await expect(self.page.locator("balie-app[data-ready]")).to_be_attached()

    async def offline(self, value: bool) -> None:
        await self.page.context.set_offline(value)

    async def ask(self, words: str) -> None:
        """A new conversation that begins with this question."""
        await self.get("app-new").click()
        await self.say(words)
        await self.answered(words)

    async def say(self, words: str) -> None:
        await self.get("balie-input").fill(words)
        await self.get("balie-input").press("Enter")

    async def answered(self, words: str) -> None:
        await expect(self.get("balie-log")).to_contain_text(f"echo: {words}")

    async def back(self) -> None:
        await self.get("balie-close").click()
        await expect(self.page.locator("balie-panel")).to_have_count(0)

    async def open(self, title: str) -> None:
        await self.talk(title).click()
        await expect(self.get("balie-heading")).to_have_text(title)

    def talk(self, title: str) -> Locator:
        return self.get("app-talk").filter(has_text=title)

    def get(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    async def look(self, name: str) -> None:
        await looks.look(self.page, f"app-{name}")

    async def kept(self, what: str) -> list[dict[str, Any]]:
        """What the device has in this store of its database."""
        return list(await self.page.evaluate(
            """(store) => new Promise((resolve) => {
              const request = indexedDB.open('balie-voorbeeld');
              request.onsuccess = () => {
                const all = request.result.transaction(store).objectStore(store).getAll();
                all.onsuccess = () => resolve(all.result);
              };
            })""", what,
        ))

    async def record(self, title: str) -> dict[str, Any]:
        [found] = [record for record in await self.kept("conversations") if record.get("title") == title]
        return found

    async def conversation(self, title: str) -> Conversation:
        return await self.edge.services.store.get((await self.record(title))["conv"])

    async def said(self, title: str) -> list[str]:
        """What the server has of the citizen in this conversation."""
        conv = (await self.record(title))["conv"]
        found = await self.edge.services.store.read(conv, 0)
        return [body["text"] for _, body in found if body["type"] == "message" and body["from"]["role"] == "citizen"]

    async def worker(self) -> Worker:
        """The service worker, once it is at work."""
        await self.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        return self.page.context.service_workers[0]


@pytest.fixture
async def app(context: BrowserContext, edge: Edge, brain: Counter) -> App:
    return App(await context.new_page(), edge)


async def devtools(app: App) -> tuple[CDPSession, str]:
    """Chromium's own tools, and the registration of the service worker in them."""
    session = await app.page.context.new_cdp_session(app.page)
    found: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(
        registration["registrationId"] for registration in event["registrations"] if not registration["isDeleted"]
    ))
    await session.send("ServiceWorker.enable")
    async def seen() -> bool:
        return bool(found)

    await until(seen)
    return session, found[0]
