"""Notices in the widget with a real browser: in an open window, at the next visit, and what they offer to choose."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation import events
from tests import looks
from tests.conftest import EchoBrain, Edge, EdgeFactory
from tests.notices_fixtures import GEMEENTE, Bench
from tests.stubs.notificaties import message

browser = looks.browser
PHONE = {"width": 360, "height": 740}
expect.set_options(timeout=20_000)


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> Edge:
    return await make_edge(quiet_from=0, quiet_until=0, notice_poll_seconds=0.1, reminder_hour=0)


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """What the browser complains about fails the test."""
    complaints: list[str] = []
    context = await browser.new_context(viewport=PHONE, locale="nl-NL", reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints, complaints


async def begin(page: Page, edge: Edge) -> str:
    """Open the chat; the conversation that was begun."""
    await page.goto(f"{edge.url}/gemeente/{GEMEENTE}")
    await page.get_by_test_id("balie-launcher").click()
    async with page.expect_response(lambda response: response.url.endswith("/messages")) as sent:
        await page.get_by_test_id("balie-input").fill("Hallo")
        await page.get_by_test_id("balie-input").press("Enter")
    await expect(page.get_by_test_id("balie-log")).to_contain_text("echo: Hallo")
    return (await sent.value).url.split("/")[-2]


async def test_news_of_a_case_comes_into_the_open_window_and_is_there_at_the_next_visit(
    edge: Edge, echo_brain: EchoBrain, page: Page
) -> None:
    conv = await begin(page, edge)
    bench = Bench(edge.services)
    await edge.services.notices.follow(conv, GEMEENTE, await bench.look_up())
    headers = {"Authorization": edge.services.callback(GEMEENTE)[1]}
    await edge.call("POST", f"/v1/notificaties/{GEMEENTE}", json=message(*await bench.advance()), headers=headers)
    notice = page.get_by_test_id("balie-notice")
    await expect(notice).to_contain_text(bench.case.identificatie)
    await expect(notice).to_have_attribute("data-kind", "case_status")
    assert await looks.violations(page) == []
    await looks.picture(page, "notice-phone")
    await page.reload()
    if await page.get_by_test_id("balie-launcher").is_visible():
        await page.get_by_test_id("balie-launcher").click()
    await expect(page.get_by_test_id("balie-notice")).to_contain_text(bench.case.identificatie)


async def test_news_that_came_in_between_is_marked_at_the_next_visit(edge: Edge, echo_brain: EchoBrain, page: Page) -> None:
    conv = await begin(page, edge)
    await page.get_by_test_id("balie-close").click()
    await page.goto("about:blank")
    await edge.services.handover.tell(await edge.services.store.get(conv), events.notice("case_status", "Er is nieuws."))
    await page.goto(f"{edge.url}/gemeente/{GEMEENTE}")
    launcher = page.get_by_test_id("balie-launcher")
    await expect(launcher).to_have_accessible_name("Stel uw vraag in de chat 1 nieuw bericht")
    await launcher.click()
    await expect(page.get_by_test_id("balie-notice")).to_contain_text("Er is nieuws.")
    await expect(launcher).to_have_accessible_name("Stel uw vraag in de chat")
    await page.get_by_test_id("balie-close").click()
    await page.reload()
    await expect(page.get_by_test_id("balie-launcher")).to_be_visible()
    read = await page.evaluate("localStorage.getItem('balie:voorbeeld:read')")
    assert int(read) == len(await edge.services.store.read(conv, 0)), "what was seen is not counted again"


async def test_what_a_notice_offers_can_be_chosen_and_a_question_stays_open(
    edge: Edge, echo_brain: EchoBrain, page: Page
) -> None:
    question = {"kind": "choices", "id": "q", "options": [{"label": "Stadhuis", "value": "1"}]}
    echo_brain.answers["Hallo"] = [events.message("bot", "echo: Hallo", name="Balie", parts=[question], _payloads=["/stadhuis"])]
    conv = await begin(page, edge)
    options = [{"label": "Ja, langer", "value": "1"}, {"label": "Nee", "value": "2"}]
    offer = {"kind": "choices", "id": "q_notice", "options": options}
    body = events.notice("case_status", "Wilt u langer bericht?", parts=[offer], _payloads=["/notices_longer", "/notices_off"])
    await edge.services.handover.tell(await edge.services.store.get(conv), body)
    notice = page.get_by_test_id("balie-notice")
    await expect(notice.get_by_role("button", name="Ja, langer")).to_be_enabled()
    await expect(page.get_by_role("button", name="Stadhuis")).to_be_enabled()
    await notice.get_by_role("button", name="Ja, langer").click()
    await expect(page.get_by_test_id("balie-log")).to_contain_text("echo: Ja, langer")
    said = [kept for _, kept in await edge.services.store.read(conv, 0) if kept.get("_payload")]
    assert [kept["_payload"] for kept in said] == ["/notices_longer"]
