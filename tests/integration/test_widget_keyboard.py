"""The main journeys through the chat by keyboard alone: the focus is always somewhere, in sight, and moved by nobody else."""

import re
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests import looks, measures, widget_fixtures
from tests.chat import Chat
from tests.conftest import Edge
from tests.desk_fixtures import until
from tests.elsewhere import DESKTOP, guest, website
from tests.handover_fixtures import Counter
from tests.wire import Wire

browser = looks.browser
edge, brain, line = widget_fixtures.edge, widget_fixtures.brain, widget_fixtures.line
expect.set_options(timeout=20_000)


class Keyboard:
    """Somebody without a mouse. At every step the focus is somewhere, in sight, uncovered and ringed (2.4.3, 2.4.7, 2.4.11)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.at: dict[str, Any] = {}

    async def look(self) -> dict[str, Any]:
        found = await until(lambda: measures.focused(self.page))
        assert found["inside"] and not found["covered"], f"the focus can't be seen: {found}"
        assert found["ring"], f"the focus has no ring: {found}"
        self.at = found
        return found

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)
        await self.look()

    async def to(self, name: str, key: str = "Tab", most: int = 40) -> None:
        """Step on until the element with this name, or hook, has the focus."""
        for _ in range(most):
            if name in (self.at.get("hook"), self.at.get("name")):
                return
            await self.press(key)
        raise AssertionError(f"{name} can't be reached by {key}; at {self.at}")

    async def write(self, words: str) -> None:
        await self.page.keyboard.type(words)
        await self.press("Enter")

    async def stays(self) -> None:
        """What came in meanwhile did not move the focus."""
        before = {key: self.at[key] for key in ("tag", "name", "hook")}
        await self.look()
        assert {key: self.at[key] for key in before} == before, f"the focus went from {before} to {self.at}"


async def test_the_journeys_by_keyboard_alone(browser: Browser, edge: Edge, brain: Counter, line: Wire) -> None:
    async with website(line.url, theme="zeedijk") as site, guest(browser, viewport=DESKTOP, accept_downloads=True) as context:
        page = await context.new_page()
        chat, keys = Chat(page), Keyboard(page)
        await page.goto(site.url)
        await expect(chat.hook("launcher")).to_be_visible()
        await page.keyboard.press("Tab")
        await keys.look()
        await keys.to("balie-launcher")
        await page.keyboard.press("Enter")
        await expect(chat.hook("input")).to_be_focused()
        await keys.look()
        await expect(chat.messages("bot").first).to_contain_text("computer")

        await keys.write("hallo")  # an answer comes in: the focus stays where one types
        await chat.hears("echo: hallo")
        await keys.stays()

        await keys.write("kies")
        await expect(chat.hook("choices").last).to_be_visible()
        await keys.to("Rijbewijs aanvragen of verlengen", "Shift+Tab")
        await keys.press("Enter")
        await chat.hears("echo: Rijbewijs aanvragen of verlengen")
        await keys.stays()

        await keys.to("balie-input")
        await keys.write("datum")
        await expect(chat.hook("date")).to_be_visible()
        await keys.to("Kies een datum", "Shift+Tab")
        await _type_date(page, "2027-05-12")
        await keys.to("Deze datum kiezen")
        await keys.press("Enter")
        await chat.hears("echo: woensdag 12 mei 2027")
        await keys.stays()

        await keys.to("balie-input")
        await keys.write("tijd")
        await expect(chat.hook("time")).to_be_visible()
        await keys.to("Deze tijd kiezen", "Shift+Tab")
        await keys.press("Enter")  # nothing chosen: the focus goes to what is wrong, and that says why
        assert keys.at["type"] == "radio"
        await expect(chat.hook("time").locator("input").first).to_have_accessible_description("Kies eerst een tijd.")
        await keys.press(" ", "ArrowRight", "ArrowRight")
        await keys.to("Deze tijd kiezen")
        await keys.press("Enter")
        await chat.hears("echo: 09:40 uur")
        await keys.stays()

        await keys.to("balie-input")
        await keys.write("formulier")
        await expect(chat.hook("form")).to_be_visible()
        await keys.to("Zoek mijn zaak", "Shift+Tab")
        await keys.press("Enter")
        assert keys.at["name"] == "Postcode"
        await page.keyboard.type("1234 AB")
        await keys.to("Huisnummer")
        await page.keyboard.type("1")
        await keys.press("Enter")
        await chat.hears("echo: Ingevuld: Postcode, Huisnummer")
        await keys.stays()

        await keys.to("balie-input")
        await keys.write("vrij")  # nothing has to be filled in, but nothing at all is no answer
        await expect(chat.hook("form")).to_have_count(2)
        await keys.to("Versturen", "Shift+Tab", most=2)
        await keys.press("Enter")
        assert keys.at["name"] == "Postcode"
        postcode = chat.hook("form").last.get_by_label("Postcode")
        await expect(postcode).to_have_accessible_description(re.compile("Vul eerst iets in."))

        await keys.to("balie-menu", "Shift+Tab")
        await keys.press("Enter")
        await keys.press("Escape")  # closes the menu, not the chat
        assert keys.at["hook"] == "balie-menu"
        await expect(chat.hook("panel")).to_be_visible()
        await keys.press("Enter")
        async with page.expect_download() as download:
            await keys.to("Gesprek downloaden")
            await page.keyboard.press("Enter")
        assert "echo: hallo" in (await (await download.value).path()).read_text()
        await keys.stays() if keys.at["hook"] == "balie-menu" else await keys.look()

        await keys.press("Escape")  # closes the chat: the focus goes back to where it was opened
        assert keys.at["hook"] == "balie-launcher"
        await page.keyboard.press(" ")
        await expect(chat.hook("input")).to_be_focused()
        await keys.look()
        await keys.to("balie-menu", "Shift+Tab")
        await keys.press("Enter")
        await keys.to("Gesprek wissen")
        await page.keyboard.press("Enter")
        await expect(chat.hook("confirm")).to_be_visible()
        await keys.look()
        await keys.press("Escape")  # closes the question alone
        await expect(chat.hook("panel")).to_be_visible()
        assert keys.at["hook"] == "balie-menu"
        await keys.press("Enter")
        await keys.to("Gesprek wissen")
        await page.keyboard.press("Enter")
        await expect(chat.hook("confirm")).to_be_visible()
        await keys.look()
        await keys.to("Gesprek wissen")
        await page.keyboard.press("Enter")
        await expect(chat.hook("log")).to_contain_text("Uw gesprek is gewist")
        await keys.look()
        await keys.to("balie-start-new")
        await keys.press("Enter")
        await expect(chat.messages("bot").first).to_contain_text("computer")
        await keys.look()
        await keys.press("Escape")
        assert keys.at["hook"] == "balie-launcher"


async def _type_date(page: Page, iso: str) -> None:
    """Typed into the three parts of a date field, backwards from its calendar button. Their order is the browser's own."""
    year, month, day = iso.split("-")
    for digits in (month + day + year, day + month + year):
        for _ in range(3):
            await page.keyboard.press("Shift+Tab")
        await page.keyboard.type(digits)
        if await page.evaluate(_VALUE) == iso:
            return
        await page.keyboard.press("Tab")
    raise AssertionError("the date can't be typed")


_VALUE = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node.value;
}"""
