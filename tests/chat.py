"""The chat on a page, as a citizen uses it. Playwright's asynchronous side; tests/e2e/widget.py is the other one."""

import re

from playwright.async_api import Locator, Page, expect

from bot.conversation.events import Event

SHOWN = """(log) => [...log.querySelectorAll('[data-testid=balie-message]')].map((node) =>
  [node.dataset.from, node.querySelector('.bubble')?.textContent ?? '', node.dataset.state ?? ''])"""


class Chat:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.conv = ""  # known once something was sent
        page.on("response", lambda response: self._learn(response.url))

    def _learn(self, url: str) -> None:
        if found := re.search(r"/v1/conv/(c_[\w-]+)/", url):
            self.conv = found[1]

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"balie-{name}")

    async def begin(self, url: str) -> None:
        """Open the page and the chat; the first message is there."""
        await self.page.goto(url)
        await self.open()

    async def open(self) -> None:
        await self.hook("launcher").click()
        await expect(self.messages("bot").first).to_contain_text("computer")

    async def say(self, words: str) -> None:
        await self.hook("input").fill(words)
        await self.hook("input").press("Enter")

    def messages(self, sender: str) -> Locator:
        return self.page.locator(f"[data-testid=balie-message][data-from={sender}]")

    def message(self, words: str) -> Locator:
        """The citizen's message with exactly these words."""
        return self.messages("citizen").filter(has=self.page.locator(".bubble", has_text=re.compile(f"^{re.escape(words)}$")))

    async def hears(self, words: str, sender: str = "bot") -> None:
        await expect(self.messages(sender).last).to_contain_text(words)

    async def menu(self, name: str) -> None:
        await self.hook("menu").click()
        await self.hook(name).click()

    async def shown(self) -> list[tuple[str, str, str]]:
        """(sender, words, state) of every message on the screen, from top to bottom."""
        return [(sender, words, state) for sender, words, state in await self.hook("log").evaluate(SHOWN)]


def spoken(log: list[Event]) -> list[tuple[str, str]]:
    """(sender, words) of every message of a log, in order: what the screen has to show."""
    return [(event["from"]["role"], event["text"]) for event in log if event["type"] == "message"]
