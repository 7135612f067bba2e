"""The whole of Balie with its real brain, and a real browser."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import arguments, installed
from tests.house import House
from tests.looks import AUDIT, AXE, SCREENSHOTS, told

PHONE = {"width": 390, "height": 780}
DESKTOP = {"width": 1280, "height": 860}

expect.set_options(timeout=20_000)  # ms: how long at most; suppliers that are slow take five seconds of it


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Redis, edge and brain as `make demo` starts them, on a free port."""
    made = House(tmp_path_factory.mktemp("house"), BALIE_LIFT_RATES="true", BALIE_AGENT_GONE_SECONDS="20")
    made.redis.start()
    try:
        made.start_edge()
        made.start_brain("brain")
        asyncio.run(made.until("/ready"))
        yield made
    finally:
        made.stop()


@contextmanager
def launched() -> Iterator[Browser]:
    path = installed()
    assert path, "no browser: run `python -m tests.browser`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser(house: House) -> Iterator[Browser]:
    """Ends with the module: while Playwright runs, tests with an event loop of their own can't."""
    with launched() as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser profile of its own. What the browser complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(size: dict[str, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            viewport=size, locale="nl-NL", timezone_id="Europe/Amsterdam", reduced_motion="reduce", **options  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, complaints


def shot(page: Page, name: str) -> None:
    """A screenshot to look at, in results/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing, shadow DOM included."""
    page.evaluate(AXE)
    found = told(page.evaluate(AUDIT))
    assert not found, found
