"""The pictures of the widget in docs/screenshots, taken of a running house with its real brain: `python -m tests.screenshots`.

They are taken on a municipality's page of another origin (tests/elsewhere.py), by hand when the widget changes, and looked at.
"""

import asyncio
import contextlib
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from bot.settings import ROOT
from tests.browser import arguments, installed
from tests.chat import Chat
from tests.elsewhere import DESKTOP, PHONE, TABLET, guest, website
from tests.house import House
from tests.looks import at_desk
from tests.wire import Wire, wire

FOLDER = ROOT / "docs" / "screenshots"
DUTCH = {"LANGUAGE": "nl", "LANG": "nl_NL.UTF-8"}  # the language of the browser's own date field
expect.set_options(timeout=40_000)


class Photographer:
    def __init__(self, browser: Browser, house: House, line: Wire) -> None:
        self.browser, self.house, self.line = browser, house, line

    @contextlib.asynccontextmanager
    async def visitor(self, theme: str = "plain", **options: object) -> AsyncIterator[tuple[Chat, str]]:
        """Somebody on the municipality's page, and its address."""
        async with website(self.line.url, theme=theme) as site, guest(self.browser, offline=True, **options) as context:
            yield Chat(await context.new_page()), site.url

    async def take(self, page: Page, name: str) -> None:
        path = FOLDER / f"widget-{name}.png"
        await page.screenshot(path=path, animations="disabled", caret="hide")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} kB", flush=True)

    async def all(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for walk in (self.question, self.case, self.appointment, self.person, self.bad_line, self.looks):
            await walk()

    async def question(self) -> None:
        async with self.visitor(viewport=PHONE) as (chat, url):
            await chat.begin(url)
            await self.take(chat.page, "opened")
            await chat.say("Wat heb ik nodig voor een nieuw paspoort?")
            await expect(chat.hook("source").last).to_be_visible()
            await self.take(chat.page, "answer")
            await chat.hook("menu").click()
            await chat.hook("erase").click()
            await expect(chat.hook("confirm")).to_be_visible()
            await self.take(chat.page, "erase")

    async def case(self) -> None:
        async with self.visitor(viewport=PHONE) as (chat, url):
            await chat.begin(url)
            await chat.say("Hoe staat het met mijn aanvraag?")
            await chat.hears("zaaknummer")
            await chat.say("ZAAK-2026-0000000101")
            form = chat.hook("form").last
            await form.get_by_role("button", name="Zoek mijn zaak").click()
            await expect(form.locator(".error").first).to_be_visible()
            await self.take(chat.page, "form")
            await form.get_by_label("Postcode").fill("1234 AB")
            await form.get_by_label("Huisnummer").fill("1")
            await form.get_by_role("button", name="Zoek mijn zaak").click()
            await expect(chat.hook("case").last).to_be_visible()
            await self.take(chat.page, "case")

    async def appointment(self) -> None:
        async with self.visitor(viewport=PHONE) as (chat, url):
            await chat.begin(url)
            await chat.say("ik wil een afspraak maken")
            for asked, choice in (("Waarvoor", "Paspoort"), ("locatie", "Stadhuis"), ("dag", r"^\w\w \d+ \w+")):
                await chat.hears(asked)
                await chat.hook("choices").last.get_by_role("button", name=re.compile(choice)).first.click()
            times = chat.hook("time").last
            await times.get_by_role("radio").nth(2).check()
            await self.take(chat.page, "time")
            await times.get_by_role("button").click()
            for asked, said in (("naam", "Jan de Boer"), ("e-mail", "jan@example.nl")):
                await chat.hears(asked)
                await chat.say(said)
            await chat.hears("Klopt dit")
            await chat.hook("choices").last.get_by_role("button", name="Ja").first.click()
            await expect(chat.hook("appointment").last).to_be_visible()
            await self.take(chat.page, "appointment")

    async def person(self) -> None:
        desk = await at_desk(self.browser, self.house.url, "sanne", "balie-demo")
        async with self.visitor(viewport=PHONE) as (chat, url):
            await chat.begin(url)
            await chat.say("hoe vraag ik een parkeervergunning aan")
            await chat.hears("parkeervergunning")
            await chat.menu("person")
            await chat.page.get_by_role("button", name="Chat met een medewerker").last.click()
            await expect(chat.hook("queue")).to_contain_text("Nummer 1 in de rij")
            await self.take(chat.page, "queue")
            await desk.get_by_test_id("queue").get_by_test_id("row").first.click()
            await desk.get_by_role("button", name="Aannemen", exact=True).click()
            await desk.get_by_label("Bericht aan de inwoner").fill("Goedemiddag, met Sanne. Ik lees even mee.")
            await desk.keyboard.press("Enter")
            await chat.hears("met Sanne", "agent")
            await chat.say("Fijn, dank u wel.")
            await expect(chat.messages("citizen").last).to_contain_text(re.compile("Gelezen|Verstuurd"))
            await self.take(chat.page, "agent")
        await desk.context.close()

    async def bad_line(self) -> None:
        async with self.visitor(viewport=PHONE) as (chat, url):
            await chat.begin(url)
            await chat.say("Hallo")
            await expect(chat.messages("bot")).to_have_count(2)
            with self.line.gone():
                await chat.say("Wanneer is het stadhuis open?")
                await expect(chat.hook("status")).to_contain_text("Geen verbinding")
                await expect(chat.messages("citizen").last).to_contain_text("Nog niet verstuurd")
                await self.take(chat.page, "offline")

    async def looks(self) -> None:
        """On a desk, a tablet, in the dark, and in the colours of two municipalities."""
        for name, theme, options in (
            ("desktop", "plain", {"viewport": DESKTOP}), ("tablet", "zeedijk", {"viewport": TABLET}),
            ("dark", "bosrand", {"viewport": PHONE, "color_scheme": "dark"}),
        ):
            async with self.visitor(theme, **options) as (chat, url):
                await chat.begin(url)
                await chat.say("Hoe geef ik mijn verhuizing door?")
                await expect(chat.hook("source").last).to_be_visible()
                await self.take(chat.page, name)


async def ready(house: House) -> None:
    """A model takes its time to load on a busy machine."""
    for _ in range(3):
        with contextlib.suppress(AssertionError):
            return await house.until("/ready")
    raise AssertionError(f"the brain is not ready: {house.log('brain')}")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), BALIE_LIFT_RATES="true")
        house.redis.start()
        try:
            house.start_edge()
            house.start_brain("brain")
            await ready(house)
            async with async_playwright() as playwright, wire(house.port) as line:
                browser = await playwright.chromium.launch(
                    executable_path=installed(), args=[*arguments(), "--lang=nl"], env={**os.environ, **DUTCH},
                )
                await Photographer(browser, house, line).all()
                await browser.close()
        finally:
            house.stop()


if __name__ == "__main__":
    asyncio.run(main())
