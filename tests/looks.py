"""Pages of a real browser, looked at: a screenshot for people, and what a machine can see for itself.

`browser` is a fixture: a module of tests takes it over by name.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.settings import ROOT
from tests.browser import arguments, installed

# Asked for by name: axe leaves what is only in WCAG 2.2 out.
AUDIT = "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SCREENSHOTS = ROOT / "results" / "screenshots"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=installed(), args=arguments())
        yield opened
        await opened.close()


@contextlib.asynccontextmanager
async def uncomplaining(browser: Browser, viewport: dict[str, int]) -> AsyncIterator[BrowserContext]:
    """A citizen's browser of this size. Errors of its pages, and what their Content-Security-Policy refuses, fail the test."""
    complaints: list[str] = []
    context = await browser.new_context(
        viewport=viewport, locale="nl-NL", timezone_id="Europe/Amsterdam", reduced_motion="reduce", device_scale_factor=2
    )

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)

    context.on("page", watch)
    yield context
    assert not complaints, complaints


async def at_desk(browser: Browser, origin: str, user: str, password: str, **options: Any) -> Page:
    """The desk of somebody who just signed in. Errors on the page fail the test. `options`: of the browser's context."""
    context = await browser.new_context(locale="nl-NL", **({"viewport": {"width": 1440, "height": 900}} | options))
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"error on the page: {error}"))
    await page.goto(f"{origin}/desk")
    await page.get_by_label("Gebruikersnaam").fill(user)
    await page.get_by_label("Wachtwoord").fill(password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("connection")).to_have_text("Verbonden")
    return page


async def violations(page: Page) -> list[str]:
    """What axe has to say of the page; nothing, we hope."""
    await page.evaluate(AXE)
    return told(await page.evaluate(AUDIT))


def told(found: dict[str, Any]) -> list[str]:
    """What AUDIT found, a line for each rule."""
    return [f"{item['id']}: {[node['target'] for node in item['nodes']]}" for item in found["violations"]]


async def picture(page: Page, name: str, *, full_page: bool = False) -> None:
    """A screenshot to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)


async def look(page: Page, name: str) -> None:
    """A screenshot to look at, no scrolling sideways, and nothing for axe to say."""
    await picture(page, name, full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await violations(page) == []
