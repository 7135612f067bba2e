"""The desk in a real browser: by keyboard, live in both directions, through a lost network, and for everybody."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation import events
from bot.conversation.mailbox import Answer
from tests import desk_fixtures, looks
from tests.desk_fixtures import Citizen, Office, until
from tests.looks import violations

desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office
browser = looks.browser

expect.set_options(timeout=20_000)
FIELD = "Bericht aan de inwoner"


async def _open(browser: Browser, office: Office, user: str = "sanne", **options: Any) -> Page:
    """Signed in, by keyboard alone. Errors on the page fail the test."""
    context = await browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 800}, **options)
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"error on the page: {error}"))
    await page.goto(f"{office.origin}/desk")
    await expect(page.get_by_label("Gebruikersnaam")).to_be_focused()
    await page.keyboard.type(user)
    await page.keyboard.press("Tab")
    await page.keyboard.type(desk_fixtures.PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("connection")).to_have_text("Verbonden")
    return page


def _row(page: Page, citizen: Citizen):  # type: ignore[no-untyped-def]
    return page.locator(f"[data-testid=row][data-conv='{citizen.conv}']")


def _messages(page: Page, role: str):  # type: ignore[no-untyped-def]
    return page.locator(f"[data-testid=message][data-from={role}] .words")


async def test_a_conversation_from_queue_to_closing(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await expect(page.get_by_test_id("queue-empty")).to_contain_text("Niemand wacht")
    citizen = await office.waiting(zaaknummer="ZAAK-2026-0001")
    await expect(page).to_have_title("(1) Balie-desk")
    await _row(page, citizen).press("Enter")
    await expect(page.get_by_test_id("context-topic")).to_have_text("Paspoort aanvragen")
    await expect(page.get_by_test_id("context-summary")).to_have_text(desk_fixtures.SUMMARY)
    await expect(page.get_by_test_id("context-zaak")).to_have_text("ZAAK-2026-0001")
    await expect(page.get_by_label(FIELD)).to_be_hidden()
    await page.get_by_role("button", name="Aannemen", exact=True).press("Enter")
    await expect(page.get_by_label(FIELD)).to_be_focused()
    await expect(page).to_have_title("Balie-desk")

    await page.keyboard.type("Goedemiddag, ik help u.")
    await page.keyboard.press("Enter")
    await expect(_messages(page, "agent")).to_have_text(["Goedemiddag, ik help u."])
    assert await until(lambda: citizen.texts("agent")) == ["Goedemiddag, ik help u."]
    await office.services.store.signal(citizen.conv, "typing:citizen")
    await expect(page.get_by_test_id("typing")).to_have_text("De inwoner is aan het typen…")
    await citizen.say("Wat kost een paspoort?")
    await expect(_messages(page, "citizen").last).to_have_text("Wat kost een paspoort?")
    await expect(page.get_by_test_id("typing")).to_be_empty()
    await expect(_row(page, citizen)).to_contain_text("Antwoord nodig")

    await page.get_by_role("button", name="Afsluiten").click()
    dialog = page.get_by_role("dialog", name="Gesprek afsluiten")
    await dialog.get_by_role("button", name="Gesprek afsluiten").click()
    await expect(dialog).to_contain_text("Kies eerst hoe het gesprek is afgelopen.")
    await dialog.get_by_label("Afspraak gemaakt").check()
    await dialog.get_by_label("Notitie (niet verplicht)").fill("Komt dinsdag")
    await dialog.get_by_role("button", name="Gesprek afsluiten").click()
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "closed")
    await expect(page.get_by_test_id("note")).to_contain_text("Komt dinsdag")
    await expect(page.get_by_label(FIELD)).to_be_hidden()
    assert await citizen.owner() == "bot"


async def test_two_agents_claim_and_the_second_is_told(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    youssef = await office.agent("youssef")
    button = page.get_by_role("button", name="Volgende aannemen")
    await expect(button).to_be_visible()
    await page.route("**/claim", lambda route: _after(youssef.claim(citizen), route))
    await button.click()
    await expect(page.get_by_test_id("notice")).to_contain_text("Youssef heeft dit gesprek.")
    await expect(page.get_by_test_id("mine-empty")).to_be_visible()
    await expect(page.get_by_test_id("queue-empty")).to_be_visible()
    await expect(page.get_by_test_id("team")).to_contain_text("Youssef")


async def _after(act, route) -> None:  # type: ignore[no-untyped-def]
    await act
    await route.continue_()


async def test_what_was_not_sent_is_shown_and_arrives_once(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.get_by_role("button", name="Volgende aannemen").click()
    await page.get_by_label(FIELD).fill("Is dit aangekomen?")

    lost = asyncio.Event()

    async def lose_the_answer(route) -> None:  # type: ignore[no-untyped-def]
        await route.fetch()  # the server has it, the browser doesn't know
        await route.abort()
        lost.set()

    await page.route("**/messages", lose_the_answer)
    await page.get_by_role("button", name="Versturen").click()
    await asyncio.wait_for(lost.wait(), 10)
    await page.unroute("**/messages")
    await page.get_by_label(FIELD).fill("En dit?")
    await page.route("**/messages", lambda route: route.abort())
    await page.get_by_role("button", name="Versturen").click()
    failed = page.locator("[data-testid=message][data-state=failed]")
    await expect(failed).to_contain_text("Niet verstuurd.")
    await page.unroute("**/messages")
    await failed.get_by_role("button", name="Opnieuw proberen").click()
    await expect(_messages(page, "agent")).to_have_text(["Is dit aangekomen?", "En dit?"])
    await expect(page.locator("[data-state=failed], [data-state=sending], [data-state=sent]")).to_have_count(0)
    assert await citizen.texts("agent") == ["Is dit aangekomen?", "En dit?"]


async def test_a_lost_network_is_shown_and_recovers_by_itself(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.get_by_role("button", name="Volgende aannemen").click()
    await expect(page.get_by_label(FIELD)).to_be_focused()
    await page.context.set_offline(True)
    await expect(page.get_by_test_id("connection")).to_contain_text("Geen verbinding")
    await citizen.say("Bent u er nog?")
    other = await office.waiting()
    await page.get_by_label(FIELD).fill("Een ogenblik")
    await page.keyboard.press("Enter")
    await page.context.set_offline(False)
    await expect(page.get_by_test_id("connection")).to_have_text("Verbonden")
    await expect(_messages(page, "citizen").last).to_have_text("Bent u er nog?")
    await expect(_messages(page, "agent")).to_have_text(["Een ogenblik"])
    await expect(_row(page, other)).to_be_visible()
    assert await citizen.texts("agent") == ["Een ogenblik"]


async def test_reloading_loses_nothing(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.get_by_role("button", name="Volgende aannemen").click()
    await page.get_by_label(FIELD).fill("Ik zoek het op")
    await page.keyboard.press("Enter")
    await expect(_messages(page, "agent")).to_have_text(["Ik zoek het op"])
    shown = await page.locator("[data-testid=message] .words").all_text_contents()
    await page.reload()
    await expect(page.locator("[data-testid=message] .words")).to_have_text(shown)
    await expect(page.get_by_label(FIELD)).to_be_visible()
    await citizen.say("Dank u")
    await expect(_messages(page, "citizen").last).to_have_text("Dank u")


async def test_two_windows_of_one_agent_show_the_same(browser: Browser, office: Office) -> None:
    citizen, one, two = await office.waiting(), await _open(browser, office), await _open(browser, office)
    await one.get_by_role("button", name="Volgende aannemen").click()
    await _row(two, citizen).click()
    await two.get_by_label(FIELD).fill("Vanuit het tweede venster")
    await two.keyboard.press("Enter")
    await expect(_messages(one, "agent")).to_have_text(["Vanuit het tweede venster"])
    await one.get_by_label("Status").select_option("Pauze")
    await expect(two.get_by_label("Status")).to_have_value("break")


async def test_an_erased_conversation_says_so(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.get_by_role("button", name="Volgende aannemen").click()
    await expect(page.get_by_label(FIELD)).to_be_focused()
    await office.services.store.erase(await office.services.store.get(citizen.conv))
    await expect(page.get_by_test_id("conversation")).to_contain_text("Dit gesprek bestaat niet meer.")
    await expect(page.get_by_label(FIELD)).to_be_hidden()
    await expect(page.get_by_test_id("message")).to_have_count(0)


async def test_what_citizens_send_is_text_and_nothing_else(browser: Browser, office: Office) -> None:
    evil = '<img src=x onerror="document.title=`hacked`"><script>document.title="hacked"</script>[x](javascript:alert(1))'
    citizen = await office.citizen()
    await citizen.say(evil)
    links = [{"kind": "link", "label": "klik", "url": url} for url in ("javascript:document.title='hacked'", "data:text/html,x")]
    links.append({"kind": "link", "label": "Inloggen", "url": "https://balie.example/inloggen/geheim", "opener": True})
    await citizen.turn(Answer([events.message("bot", "<b>vet</b>", parts=links)]))
    await citizen.queue(summary=evil, zaaknummer=evil)
    page = await _open(browser, office)
    await _row(page, citizen).click()
    await expect(_messages(page, "citizen").first).to_have_text(evil)
    await expect(_messages(page, "bot").nth(1)).to_have_text("<b>vet</b>")
    assert await page.locator("#log img, #log script, #log a, #log b, #context img, .lists img").count() == 0
    assert "hacked" not in await page.title()


async def test_long_conversations_open_at_the_end_and_unfold_backwards(browser: Browser, office: Office) -> None:
    citizen = await office.citizen()
    await citizen.queue()
    for number in range(150):
        await citizen.say(f"bericht {number}")
    page = await _open(browser, office)
    await _row(page, citizen).click()
    await expect(_messages(page, "citizen").last).to_be_in_viewport()
    while await page.get_by_role("button", name="Eerdere berichten tonen").is_visible():
        before = await page.get_by_test_id("message").count()
        await page.get_by_role("button", name="Eerdere berichten tonen").click()
        await expect(page.get_by_test_id("message").nth(before)).to_be_attached()
    said = await _messages(page, "citizen").all_text_contents()
    assert said == ["Ik wil een medewerker spreken", *(f"bericht {number}" for number in range(150))]


async def test_signing_out_asks_first_when_somebody_would_be_left(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.get_by_role("button", name="Volgende aannemen").click()
    await expect(page.get_by_label(FIELD)).to_be_focused()
    await page.get_by_role("button", name="Uitloggen").click()
    await expect(page.get_by_role("dialog", name="Uitloggen")).to_contain_text("terug naar de wachtrij")
    await page.get_by_role("button", name="Toch uitloggen").click()
    await expect(page.get_by_role("heading", name="Balie-desk")).to_be_visible()
    await page.wait_for_url("**/desk/login")
    await until(lambda: citizen.owned_by("queue"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, office: Office, scheme: str) -> None:
    context = await browser.new_context(locale="nl-NL", color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{office.origin}/desk/login")
    assert await violations(page) == []
    page = await _open(browser, office, color_scheme=scheme)
    assert await violations(page) == []
    citizen = await office.waiting(zaaknummer="ZAAK-2026-0001")
    await office.waiting()
    await _row(page, citizen).click()
    await expect(page.get_by_test_id("message").first).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Aannemen", exact=True).click()
    await page.route("**/messages", lambda route: route.abort())
    await page.get_by_label(FIELD).fill("Niet aangekomen")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-state=failed]")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Afsluiten").click()
    assert await violations(page) == []


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (640, 400), (320, 640)])
async def test_a_tablet_and_large_text_leave_everything_in_reach(
    browser: Browser, office: Office, width: int, height: int
) -> None:
    """640 by 400 is a laptop at 200%; 320 is one at 400%."""
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.set_viewport_size({"width": width, "height": height})
    await _row(page, citizen).click()
    await page.get_by_role("button", name="Aannemen", exact=True).click()
    await page.get_by_label(FIELD).fill("Hallo")
    await page.get_by_role("button", name="Versturen").click()
    await expect(_messages(page, "agent")).to_have_text(["Hallo"])
    await page.get_by_role("button", name="Over dit gesprek").click()
    await expect(page.get_by_test_id("context-topic")).to_be_visible()
    await page.get_by_role("button", name="Over dit gesprek").click()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await violations(page) == []
    if width < 700:
        await page.get_by_role("button", name="Terug naar de lijst").click()
        await expect(_row(page, citizen)).to_be_focused()
