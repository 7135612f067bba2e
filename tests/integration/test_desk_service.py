"""The part of the desk where a notice for all citizens is written, and where Balie is switched off and on."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.desk import words
from bot.gemeenten import AMSTERDAM
from tests import desk_fixtures, looks
from tests.desk_fixtures import PASSWORD, Office, Opener
from tests.desk_people import staffed_office

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office
browser = looks.browser

expect.set_options(timeout=20_000)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    """A desk with people of every role. What it knows is always fresh, so that a test sees its own changes."""
    async with staffed_office(open_office, tmp_path, service_fresh_seconds=0.0) as found:
        yield found


async def test_an_editor_writes_a_notice_and_an_administrator_switches(office: Office) -> None:
    editor, administrator = await office.agent("eva"), await office.agent("bas")
    status, told = await editor.post("/service/notice", {"text": "Storing bij de telefoon."})
    assert status == 200 and told["notice"]["text"] == "Storing bij de telefoon." and told["notice"]["by"] == "Eva"
    assert not told["may_switch"]
    status, told = await administrator.post("/service/off", {"text": "Bel ons."})
    assert status == 200 and told["off"]["by"] == "Bas" and told["may_switch"]
    state = await office.services.service_book.get("voorbeeld")
    assert (state.off_text, state.notice and state.notice.text) == ("Bel ons.", "Storing bij de telefoon.")
    assert (await administrator.post("/service/notice/end"))[1]["notice"] is None
    assert (await administrator.post("/service/on"))[1]["off"] is None
    assert not (await office.services.service_book.get("weidedorp")).on_show


async def test_nobody_else_may(office: Office) -> None:
    for user in ("sanne", "noor", "ans"):
        agent = await office.agent(user)
        for path in ("/service/notice", "/service/notice/end", "/service/off", "/service/on"):
            assert (await agent.post(path, {"text": "x"}))[0] == 403
        assert (await agent.get("/service"))[0] == 403
    editor = await office.agent("eva")
    assert [(await editor.post(path, {"text": "x"}))[0] for path in ("/service/off", "/service/on")] == [403, 403]
    assert not (await office.services.service_book.get("voorbeeld")).on_show


@pytest.mark.parametrize(("path", "body", "field", "why"), [
    ("/service/notice", {"text": " "}, "text", "empty"),
    ("/service/notice", {"text": "x" * 301}, "text", "too_long"),
    ("/service/notice", {"text": "Storing", "until": "2020-01-01T12:00"}, "until", "past"),
    ("/service/notice", {"text": "Storing", "until": "straks"}, "until", "no_moment"),
    ("/service/off", {"text": ""}, "text", "empty"),
])
async def test_what_can_not_be_shown_is_refused_in_words(
    office: Office, path: str, body: dict[str, str], field: str, why: str
) -> None:
    administrator = await office.agent("bas")
    status, told = await administrator.post(path, body)
    assert (status, told["title"], told["field"]) == (422, words.NOT_TOLD[why].format(most=300), field)
    assert not (await office.services.service_book.get("voorbeeld")).on_show


async def test_who_did_it_is_in_the_audit_log_without_the_words(office: Office) -> None:
    administrator = await office.agent("bas")
    await administrator.post("/service/notice", {"text": "Geheim"})
    await administrator.post("/service/notice/end")
    await administrator.post("/service/off", {"text": "Geheim"})
    await administrator.post("/service/on")
    _, told = await administrator.get("/audit")
    entries = [entry for entry in told["entries"] if entry["agent"]["id"] == "bas"]
    assert {"notice_set", "notice_ended", "switched_off", "switched_on"} <= {entry["action"] for entry in entries}
    assert "Geheim" not in str(told)


async def _open(browser: Browser, office: Office, user: str, viewport: dict[str, int]) -> Page:
    page = await looks.at_desk(browser, office.origin, user, PASSWORD, viewport=viewport)
    await page.goto(f"{office.origin}/desk#melding")
    await expect(page.get_by_test_id("service-now")).to_be_visible()
    return page


async def test_an_administrator_sets_a_notice_and_switches_with_the_keyboard_alone(browser: Browser, office: Office) -> None:
    page, keys = await _open(browser, office, "bas", DESKTOP), "Tekst van de melding"
    await expect(page.get_by_test_id("service-now")).to_contain_text("Balie staat aan.")
    await looks.look(page, "desk-melding-leeg")

    # A notice, with its preview; first one that can't be.
    await page.get_by_label(keys).focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type("Het gemeentehuis is dicht door een stroomstoring.")
    await expect(page.get_by_test_id("preview")).to_contain_text("Let op: Het gemeentehuis is dicht door een stroomstoring.")
    await page.get_by_label("Gaat vanzelf weg op").fill("2020-01-01T12:00")
    await page.get_by_role("button", name="Melding tonen").press("Enter")
    await expect(page.locator("#notice-until-error")).to_have_text(words.NOT_TOLD["past"])
    await expect(page.get_by_label("Gaat vanzelf weg op")).to_be_focused()
    await looks.look(page, "desk-melding-fout")
    end = (datetime.now(AMSTERDAM) + timedelta(days=2)).strftime("%Y-%m-%dT12:00")
    await page.get_by_label("Gaat vanzelf weg op").fill(end)
    await expect(page.get_by_test_id("preview")).to_contain_text("12:00 uur")
    await page.get_by_role("button", name="Melding tonen").press("Enter")
    await expect(page.get_by_test_id("notice-now")).to_contain_text("Van Bas, vandaag")
    await expect(page.get_by_test_id("notice-now")).to_contain_text("12:00 uur")
    notice = (await office.services.service_book.get("voorbeeld")).notice
    assert notice and notice.until and notice.until.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M") == end

    # Off, only after a second yes.
    off = page.get_by_role("button", name="Balie uitzetten…")
    await off.press("Enter")
    await expect(page.get_by_test_id("switch")).to_contain_text("Balie uitzetten?")
    await looks.look(page, "desk-uitzetten")
    await page.keyboard.press("Escape")
    await expect(off).to_be_focused()
    assert not (await office.services.service_book.get("voorbeeld")).off
    await page.get_by_label("Dit lezen inwoners").fill("")
    await off.press("Enter")
    await expect(page.locator("#off-error")).to_have_text("Typ eerst wat inwoners lezen.")
    await page.get_by_label("Dit lezen inwoners").fill("Balie is even dicht. Bel ons.")
    await off.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("service-now")).to_contain_text("Balie staat uit.")
    await expect(page.get_by_test_id("service-now")).to_contain_text("Uitgezet door Bas, vandaag")
    await expect(page.locator("#service-title")).to_be_focused()
    assert (await office.services.service_book.get("voorbeeld")).off_text == "Balie is even dicht. Bel ons."
    await looks.look(page, "desk-melding-uit")

    # On again, and the notice away.
    await page.get_by_role("button", name="Balie weer aanzetten…").press("Enter")
    await page.get_by_role("button", name="Ja, zet Balie aan").press("Enter")
    await expect(page.get_by_test_id("service-now")).to_contain_text("Balie staat aan.")
    await page.get_by_role("button", name="Melding weghalen").press("Enter")
    await expect(page.get_by_text("Er is nu geen melding.")).to_be_visible()
    await expect(page.get_by_label(keys)).to_be_focused()
    assert not (await office.services.service_book.get("voorbeeld")).on_show


async def test_an_editor_on_a_phone_sees_what_others_did_and_no_switch(browser: Browser, office: Office) -> None:
    page = await _open(browser, office, "eva", PHONE)
    await expect(page.get_by_role("heading", name="Balie uitzetten")).to_be_hidden()
    administrator = await office.agent("bas")
    await administrator.post("/service/off", {"text": "Bel ons."})
    await administrator.post("/service/notice", {"text": "Storing"})
    await page.get_by_test_id("to-answers").click()
    await page.get_by_test_id("to-service").click()  # who comes back sees how it is now
    await expect(page.get_by_test_id("service-now")).to_contain_text("Uitgezet door Bas")
    await expect(page.get_by_test_id("notice-now")).to_contain_text("Van Bas")
    await expect(page.get_by_role("button", name="Balie weer aanzetten…")).to_be_hidden()
    await looks.look(page, "desk-melding-telefoon")
