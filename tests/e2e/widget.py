"""The chat in a browser, as a citizen uses it."""

import re

from playwright.sync_api import Locator, Page, expect


class Widget:
    """The chat as a citizen sees it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        page.get_by_test_id("balie-launcher").click()
        self.panel = page.get_by_test_id("balie-panel")
        self.input = page.get_by_test_id("balie-input")
        expect(self.messages("bot").first).to_contain_text("computer")

    def messages(self, sender: str) -> Locator:
        return self.page.locator(f"[data-testid=balie-message][data-from={sender}]")

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def choose(self, label: str) -> None:
        self.page.get_by_test_id("balie-choices").last.get_by_role("button", name=re.compile(label)).first.click()

    def everything(self) -> str:
        return "\n".join(self.messages("bot").all_inner_texts())

    def hears(self, words: str, sender: str = "bot") -> None:
        expect(self.messages(sender).last).to_contain_text(words)
