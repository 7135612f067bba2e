"""Logging in as people do it: in the chat, at the provider, and back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, assert_accessible, shot
from tests.e2e.widget import Widget
from tests.house import House

NewPage = Callable[..., Page]


@pytest.mark.parametrize(("size", "name"), [(PHONE, "phone"), (DESKTOP, "desktop")])
def test_who_logs_in_sees_their_own_cases_in_the_chat(house: House, new_page: NewPage, size: dict, name: str) -> None:
    page = new_page(size)
    chat = Widget(page, house.url)
    chat.say("Hoe staat het met mijn aanvraag?")
    chat.choose("Inloggen met DigiD")
    chat.hears("code")
    assert_accessible(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Inloggen met DigiD").last.click()
    login = opened.value
    login.get_by_role("button", name="Inloggen met DigiD").click()
    login.get_by_role("button", name="Noor van Dijk").click()
    expect(login.locator("#doorgegeven")).to_contain_text("De code is doorgegeven aan uw gesprek")
    shot(login, f"login-{name}")
    expect(page.get_by_test_id("balie-case").first).to_be_visible()
    code = login.locator("#doorgegeven").get_attribute("data-code")
    assert code and code not in page.get_by_test_id("balie-log").inner_text()
    expect(login.get_by_test_id("login-code")).to_have_count(0)  # nothing to type any more
    shot(page, f"own-cases-{name}")
