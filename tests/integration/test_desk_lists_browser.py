"""The lists, the bar and the other parts of the desk in a real browser: quiet, complete, true, and for everybody."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from bot.contacts import CallbackRequest, ContactsUnavailable
from bot.conversation import keys
from bot.desk import words
from tests import desk_fixtures, looks
from tests.desk_fixtures import Citizen, Office, Opener, until
from tests.desk_people import staffed_office
from tests.looks import violations

desk_redis, open_office = desk_fixtures.desk_redis, desk_fixtures.open_office
browser = looks.browser

expect.set_options(timeout=20_000)
FIELD = "Bericht aan de inwoner"


@pytest.fixture
async def office(open_office: Opener, tmp_path: Path) -> AsyncIterator[Office]:
    """A desk with people of every role."""
    async with staffed_office(open_office, tmp_path) as found:
        yield found


async def _open(browser: Browser, office: Office, user: str = "sanne", **options: Any) -> Page:
    return await looks.at_desk(browser, office.origin, user, desk_fixtures.PASSWORD, **options)


def _row(page: Page, citizen: Citizen, group: str = "") -> Locator:
    inside = f"[data-testid={group}] " if group else ""
    return page.locator(f"{inside}[data-testid=row][data-conv='{citizen.conv}']")


def _next(page: Page) -> Locator:
    return page.get_by_role("button", name="Volgende aannemen")


async def _urgent(office: Office) -> Citizen:
    """Somebody whose turn is first."""
    citizen = await office.citizen()
    await citizen.queue(topic="crisis", priority=True, reason="crisis", team="burgerzaken")
    return citizen


async def _top(row: Locator) -> float:
    box = await row.bounding_box()
    assert box
    return box["y"]


# The lists.


async def test_a_row_says_what_an_agent_must_know_before_opening_it(browser: Browser, office: Office) -> None:
    page = await _open(browser, office, "ans")
    calm = await office.waiting(topic="verhuizing_doorgeven", zaaknummer="ZAAK-2026-0001", team="burgerzaken")
    urgent = await _urgent(office)
    await expect(_row(page, calm, "queue")).to_contain_text("ZAAK-2026-0001")
    for said in ("Burgerzaken", desk_fixtures.SUMMARY):
        await expect(_row(page, calm, "queue")).to_contain_text(said)
    for usual in ("Website", "Vroeg om een medewerker"):  # as for nearly everybody: no line is spent on it
        await expect(_row(page, calm, "queue")).not_to_contain_text(usual)
    cross = await office.waiting(team="burgerzaken", reason="wrong_answer")
    await expect(_row(page, cross, "queue")).to_contain_text("Zegt dat het antwoord niet klopt")
    await expect(_row(page, calm, "queue")).to_contain_text(re.compile(r"B-[0-9A-Z]{6}"))
    await expect(_row(page, calm, "queue").get_by_text("Spoed")).to_be_hidden()
    await expect(_row(page, urgent, "queue").get_by_text("Spoed")).to_be_visible()  # in words, whatever the colours
    await expect(page.locator("#queue [data-testid=row]").first).to_have_attribute("data-conv", urgent.conv)
    await expect(page.locator("#queue-count")).to_have_text("3")


async def test_own_conversations_say_what_is_due_and_the_title_counts_it(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(team="burgerzaken"), await _open(browser, office)
    await expect(page).to_have_title("(1) Balie-desk")
    await _next(page).click()
    await expect(_row(page, citizen, "mine")).to_be_visible()
    await expect(page).to_have_title("Balie-desk")
    await expect(_row(page, citizen).get_by_text("Antwoord nodig")).to_have_count(0)
    await citizen.say("Bent u er nog?")
    await expect(_row(page, citizen, "mine")).to_contain_text("Inwoner: Bent u er nog?")
    await expect(_row(page, citizen, "mine").get_by_text("Antwoord nodig")).to_be_visible()
    await office.waiting(team="burgerzaken")
    await expect(page).to_have_title("(2) Balie-desk")
    await expect(page.get_by_test_id("to-talk")).to_contain_text("1 wacht, 1 keer antwoord nodig")
    await page.get_by_label(FIELD).fill("Ja hoor")
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("(1) Balie-desk")


async def test_a_search_that_became_too_short_shows_no_old_answer(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await page.get_by_label("Zoeken", exact=True).fill("ZAAK-2026-9999")
    await expect(page.get_by_test_id("found-state")).to_contain_text("Niets gevonden")
    await page.get_by_label("Zoeken", exact=True).fill("ZA")
    await expect(page.get_by_test_id("found-state")).to_have_text("Typ ten minste 3 tekens.")


async def test_what_was_found_goes_when_the_words_become_too_short(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(team="burgerzaken", zaaknummer="ZAAK-2026-0001"), await _open(browser, office)
    field = page.get_by_label("Zoeken", exact=True)
    await field.fill("ZAAK-2026-0001")
    await field.press("Enter")
    await expect(_row(page, citizen, "found")).to_be_visible()
    await field.fill("ZA")
    await field.press("Enter")
    await expect(page.get_by_test_id("found-state")).to_have_text("Typ ten minste 3 tekens.")
    await expect(_row(page, citizen, "found")).to_have_count(0)
    await office.waiting(team="burgerzaken")  # the lists change: what was found stays gone
    await expect(page.locator("#queue-count")).to_have_text("2")
    await expect(_row(page, citizen, "found")).to_have_count(0)


async def test_a_button_that_is_out_of_use_looks_so_under_the_pointer(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await expect(_next(page)).to_be_disabled()
    face = "(node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    before = await _next(page).evaluate(face)
    await _next(page).hover(force=True)
    assert await _next(page).evaluate("(node) => node.matches(':hover')")
    assert await _next(page).evaluate(face) == before


async def test_the_next_one_is_refused_with_the_reason_in_sight(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    why = page.get_by_test_id("next-why")
    await expect(_next(page)).to_be_disabled()
    await expect(why).to_have_text("Er wacht niemand.")
    first, second = await office.waiting(team="burgerzaken"), await office.waiting(team="burgerzaken")
    await expect(_next(page)).to_be_enabled()
    await expect(why).to_be_empty()
    await page.locator("#limit").select_option("1")
    await _next(page).click()
    await expect(_row(page, first, "mine")).to_be_visible()
    await expect(_next(page)).to_be_disabled()
    await expect(why).to_have_text("U hebt 1 van 1 gesprekken. Sluit er eerst een af.")
    await expect(_next(page)).to_have_accessible_description("U hebt 1 van 1 gesprekken. Sluit er eerst een af.")
    await _next(page).press("Enter")  # it keeps the focus, and does nothing
    await expect(page.get_by_test_id("news")).to_contain_text("Sluit er eerst een af")
    assert await second.owner() == "queue"
    await page.locator("#limit").select_option("3")
    await expect(_next(page)).to_be_enabled()
    await page.get_by_label("Status").select_option("Pauze")
    await expect(why).to_contain_text("U hebt pauze")
    await expect(_next(page)).to_be_disabled()


async def test_what_comes_in_never_moves_the_row_under_the_pointer(browser: Browser, office: Office) -> None:
    page = await _open(browser, office, "ans")
    waiting = [await office.waiting(team="burgerzaken") for _ in range(6)]
    await expect(page.locator("#queue [data-testid=row]")).to_have_count(6)
    row = _row(page, waiting[2], "queue")
    await row.hover()
    before = await _top(row)
    urgent = await _urgent(office)  # goes to the head of the queue
    await expect(_row(page, urgent, "queue")).to_be_attached()
    assert abs(await _top(row) - before) < 1
    sanne = await office.agent("sanne")
    await sanne.claim(waiting[0])  # leaves the list above it, and comes into that of the colleagues
    await expect(_row(page, waiting[0], "queue")).to_have_count(0)
    assert abs(await _top(row) - before) < 1
    await sanne.claim(waiting[2])  # the row itself goes: what is left there is nothing to press
    await expect(row).to_have_count(0)
    await expect(page.locator("#queue .ghost")).to_have_text("Niet meer in deze lijst")
    assert abs(await _top(page.locator("#queue .ghost")) - before) < 1
    await page.mouse.move(900, 500)
    await expect(page.locator(".ghost")).to_have_count(0)


async def test_the_focus_follows_a_row_and_never_gets_lost(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    first, second = await office.waiting(team="burgerzaken"), await office.waiting(team="burgerzaken")
    await expect(page.locator("#queue [data-testid=row]")).to_have_count(2)
    await _row(page, first).focus()
    await (await office.agent("ans")).claim(first)  # now with a colleague: there is nothing to open
    await expect(_row(page, first, "team")).to_be_visible()
    await expect(_row(page, second, "queue")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "waiting")


async def test_a_list_is_one_stop_of_the_tab_key_and_arrows_go_through_it(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    rows = [await office.waiting(team="burgerzaken") for _ in range(3)]
    await expect(page.locator("#queue [data-testid=row]")).to_have_count(3)
    await page.locator("body").press("l")
    await expect(_row(page, rows[0])).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(_row(page, rows[2])).to_be_focused()
    await page.keyboard.press("Home")
    await expect(_row(page, rows[0])).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.locator("#queue").locator(":focus")).to_have_count(0)
    await page.keyboard.press("Shift+Tab")
    await expect(_row(page, rows[0])).to_be_focused()


async def test_a_lead_looks_at_what_colleagues_have_and_had(browser: Browser, office: Office) -> None:
    citizen, lead = await office.waiting(team="burgerzaken"), await _open(browser, office, "noor")
    sanne = await office.agent("sanne")
    await sanne.claim(citizen)
    await citizen.say("Dit is vertrouwelijk")
    await expect(_row(lead, citizen, "team")).to_contain_text("Sanne")
    await expect(_row(lead, citizen, "team")).to_contain_text("Dit is vertrouwelijk")
    await _row(lead, citizen, "team").click()
    await expect(lead.get_by_test_id("conversation")).to_have_attribute("data-mode", "team")
    await sanne.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "", "agreed": ""})
    await lead.locator("#closed-section summary").click()
    await expect(_row(lead, citizen, "closed")).to_contain_text("Opgelost")
    await lead.reload()
    await expect(_row(lead, citizen, "closed")).to_be_visible()  # the list stays unfolded


async def test_an_agent_does_not_read_what_a_colleague_is_told(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(team="burgerzaken"), await _open(browser, office)
    noor = await office.agent("noor")
    await noor.claim(citizen)
    await citizen.say("Dit is vertrouwelijk")
    await expect(_row(page, citizen, "team")).to_contain_text("Noor")
    await expect(page.locator("#team button")).to_have_count(0)
    await expect(page.locator("#lists")).not_to_contain_text("vertrouwelijk")


# Search.


async def test_a_search_shows_rows_and_gives_the_lists_back_as_they_were(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    found = await office.citizen()
    await found.say("Mijn kat zit vast in de parkeerautomaat")
    await found.queue(team="burgerzaken")
    others = [await office.waiting(team="burgerzaken") for _ in range(9)]
    await expect(page.locator("#queue [data-testid=row]")).to_have_count(10)
    await _row(page, others[-1]).focus()
    scrolled = await page.locator("#lists").evaluate("(node) => node.scrollTop")
    assert scrolled > 0
    await page.keyboard.press("f")
    await expect(page.get_by_label("Zoeken", exact=True)).to_be_focused()
    await page.keyboard.type("parkeerautomaat")
    await page.keyboard.press("Enter")
    hit = _row(page, found, "found")
    await expect(hit.locator("mark")).to_have_text("parkeerautomaat")
    await expect(hit).to_contain_text("Wacht")
    await expect(page.get_by_test_id("found-state")).to_have_text("1 gesprek gevonden.")
    await expect(page.get_by_test_id("queue")).to_be_hidden()
    assert await violations(page) == []
    await page.keyboard.press("ArrowDown")
    await expect(hit).to_be_focused()
    await (await office.agent("noor")).claim(found)
    await expect(hit).to_have_count(1)
    await expect(page.get_by_test_id("found")).to_contain_text("Noor")  # true now, without another search
    await page.get_by_label("Zoeken", exact=True).press("Escape")
    await expect(page.get_by_test_id("queue")).to_be_visible()
    await expect(_row(page, others[-1])).to_be_focused()
    assert abs(await page.locator("#lists").evaluate("(node) => node.scrollTop") - scrolled) < 150  # one row less above it


async def test_a_reference_and_a_case_number_are_found(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(team="burgerzaken", zaaknummer="ZAAK-2026-0001"), await _open(browser, office)
    reference = await _row(page, citizen).get_attribute("data-reference")
    assert reference
    for typed in (reference.lower().replace("-", " "), "zaak-2026-0001"):
        await page.get_by_label("Zoeken", exact=True).fill(typed)
        await page.keyboard.press("Enter")
        await expect(_row(page, citizen, "found")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("queue")).to_be_visible()


async def test_a_search_says_when_there_is_nothing_and_when_it_failed(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    field, state = page.get_by_label("Zoeken", exact=True), page.get_by_test_id("found-state")
    await field.fill("ab")
    await field.press("Enter")
    await expect(state).to_have_text("Typ ten minste 3 tekens.")
    await field.fill("olifant")
    await field.press("Enter")
    await expect(state).to_contain_text("Niets gevonden voor “olifant”.")
    await page.route("**/search?*", lambda route: route.abort())
    await field.press("Enter")
    await expect(state).to_contain_text("Dat lukte niet.")
    await page.unroute("**/search?*")
    await page.get_by_role("button", name="Opnieuw zoeken").click()
    await expect(state).to_contain_text("Niets gevonden")
    await page.get_by_role("button", name="Terug naar de lijsten").click()
    await expect(page.get_by_test_id("queue-empty")).to_be_visible()
    await expect(field).to_have_value("")


# Presence and alerts.


async def test_a_status_says_what_it_means_and_is_the_same_in_every_tab(browser: Browser, office: Office) -> None:
    one, two = await _open(browser, office), await _open(browser, office)
    await one.get_by_role("button", name="Uitleg over beschikbaar zijn").press("Enter")
    await expect(one.get_by_text("U telt niet mee voor de wachttijd. Zelf een gesprek aannemen kan wel.")).to_be_visible()
    await one.keyboard.press("Escape")
    await one.get_by_label("Status").select_option("Bezet")
    await expect(one.locator("#status-meaning")).to_contain_text("U werkt verder aan uw eigen gesprekken.")
    await expect(two.get_by_label("Status")).to_have_value("busy")
    await one.locator("#limit").select_option("2")
    await expect(two.locator("#limit")).to_have_value("2")
    await one.route("**/presence", lambda route: route.abort())
    await one.get_by_label("Status").select_option("Pauze")
    await expect(one.get_by_test_id("notice")).to_contain_text("Dat lukte niet.")
    await expect(one.get_by_label("Status")).to_have_value("busy")  # what the server knows


async def test_sound_is_off_and_what_is_new_is_seen(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await expect(page.get_by_role("button", name="Geluid")).to_have_attribute("aria-pressed", "false")
    await expect(page.get_by_role("button", name="Meldingen")).to_have_attribute("aria-pressed", "false")
    citizen = await office.waiting(team="burgerzaken")
    await expect(page.get_by_test_id("news")).to_have_text("Nieuw in de wachtrij: Paspoort aanvragen")
    await expect(page.get_by_test_id("news")).to_be_visible()
    await expect(_row(page, citizen).get_by_text("Nieuw", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Geluid").click()
    await expect(page.get_by_role("button", name="Geluid")).to_have_attribute("aria-pressed", "true")
    await page.reload()
    await expect(page.get_by_role("button", name="Geluid")).to_have_attribute("aria-pressed", "true")


async def test_what_one_is_reading_is_no_news(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    read, other = await office.waiting(team="burgerzaken"), await office.waiting(team="burgerzaken", topic="trouwen_partnerschap")
    for citizen in (other, read):
        await _row(page, citizen).click()
        await page.get_by_role("button", name="Aannemen", exact=True).click()
        await expect(page.get_by_label(FIELD)).to_be_focused()
    await read.say("Dit leest u al")
    await expect(page.get_by_role("log")).to_contain_text("Dit leest u al")
    await other.say("Bent u er nog?")
    await expect(page.get_by_test_id("news")).to_have_text("Nieuw bericht: Trouwen of partnerschap")
    await expect(_row(page, read, "mine").get_by_text("Antwoord nodig")).to_be_visible()  # the list says it all the same
    box, field = await page.get_by_test_id("news").bounding_box(), await page.get_by_label(FIELD).bounding_box()
    assert box and field and box["x"] + box["width"] <= field["x"], "news lies over where one writes"


async def test_one_who_is_given_a_conversation_again_is_told(browser: Browser, office: Office) -> None:
    citizen, page, ans = await office.waiting(team="burgerzaken"), await _open(browser, office), await office.agent("ans")
    bram = await office.agent("bram")
    await bram.post("/presence", {"status": "available"})
    await _next(page).click()
    await expect(_row(page, citizen, "mine")).to_be_visible()
    await ans.post(f"/conv/{citizen.conv}/assign", {"agent": "bram", "note": ""})
    await expect(_row(page, citizen, "team")).to_contain_text("Bram")
    await ans.post(f"/conv/{citizen.conv}/assign", {"agent": "sanne", "note": ""})
    await expect(_row(page, citizen, "mine")).to_be_visible()
    await expect(page.get_by_test_id("news")).to_have_text("U kreeg een gesprek: Paspoort aanvragen")


async def test_a_notification_tells_who_looks_elsewhere(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await page.context.grant_permissions(["notifications"])
    await page.evaluate("""() => {
        window.told = [];
        window.Notification = class { constructor(title, { body }) { window.told.push(body); } };
        window.Notification.permission = 'granted';
        window.Notification.requestPermission = async () => 'granted';
        Object.defineProperty(document, 'hidden', { get: () => true });
    }""")
    await page.get_by_role("button", name="Meldingen").click()
    await expect(page.get_by_role("button", name="Meldingen")).to_have_attribute("aria-pressed", "true")
    await _urgent(office)
    assert await until(lambda: page.evaluate("window.told")) == ["Spoed in de wachtrij: Crisis"]


# Being there, or not.


async def test_a_lost_network_and_a_restarted_server_show_no_other_truth(
    browser: Browser, open_office: Opener, tmp_path: Path
) -> None:
    async with staffed_office(open_office, tmp_path) as office:
        citizen, page = await office.waiting(team="burgerzaken"), await _open(browser, office)
        await expect(_next(page)).to_be_enabled()
        await page.context.set_offline(True)
        await expect(page.get_by_test_id("next-why")).to_have_text("Er is geen verbinding.")
        await expect(_next(page)).to_be_disabled()
        await (await office.agent("noor")).claim(citizen)
        later = await office.waiting(team="burgerzaken")
        await page.context.set_offline(False)
        await expect(_row(page, later, "queue")).to_be_visible()
        await expect(_row(page, citizen, "queue")).to_have_count(0)
        await expect(_row(page, citizen, "team")).to_contain_text("Noor")
        await expect(_next(page)).to_be_enabled()


async def test_one_who_signed_out_in_another_tab_is_told(browser: Browser, office: Office) -> None:
    one = await _open(browser, office)
    two = await one.context.new_page()
    await two.goto(f"{office.origin}/desk")
    await expect(two.get_by_test_id("connection")).to_have_text("Verbonden")
    citizen = await office.waiting(team="burgerzaken")
    await _row(two, citizen).click()
    await expect(two.get_by_role("log")).to_contain_text("Ik wil een medewerker spreken")
    await one.get_by_role("button", name="Uitloggen").click()
    await one.wait_for_url("**/desk/login")
    await expect(two.get_by_test_id("notice")).to_contain_text("U bent in een ander tabblad uitgelogd.")
    await expect(two.get_by_test_id("connection")).to_have_text("U bent uitgelogd.")  # and not that there is no connection
    await expect(two.get_by_role("log")).to_contain_text("Ik wil een medewerker spreken")  # stays to be read
    await expect(two.get_by_role("link", name="Opnieuw inloggen")).to_be_visible()
    await expect(_next(two)).to_be_disabled()


async def test_one_whose_session_was_ended_is_told(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await office.services.redis.delete(*await office.services.redis.keys("balie:session:*"))  # type: ignore[misc]
    await page.get_by_label("Status").select_option("Bezet")
    await expect(page.get_by_test_id("notice")).to_contain_text("Opnieuw inloggen")
    await expect(page.get_by_test_id("connection")).to_have_text("U bent uitgelogd.")


@pytest.mark.parametrize(("user", "parts"), [
    ("sanne", ["talk", "tasks"]),
    ("noor", ["talk", "tasks", "overview"]),
    ("eva", ["answers", "service"]),
    ("bas", ["audit", "service"]),
])
async def test_everybody_sees_their_own_parts_and_no_other(
    browser: Browser, office: Office, user: str, parts: list[str]
) -> None:
    page = await _open(browser, office, user)
    shown = await page.locator("#views a").evaluate_all("(all) => all.map((each) => each.id.replace('to-', ''))")
    assert shown == parts
    if "talk" not in parts:
        await expect(page.get_by_test_id(shown[0])).to_be_visible()
        await expect(page.get_by_label("Status")).to_be_hidden()
    await page.goto(f"{office.origin}/desk#logboek")  # an address that is somebody else's
    await expect(page.get_by_test_id("audit")).to_be_visible(visible=user == "bas")


# Call-backs.


async def _asked(office: Office, key: str, name: str = "Fatima el Amrani", phone: str = "0612345678", **more: Any) -> str:
    conv = more.pop("conv", "")
    request = CallbackRequest(name, phone, "vanmiddag", "paspoort_aanvragen", "Wil weten of het sneller kan.", conv, **more)
    return (await office.services.contacts("voorbeeld").register(request, key=key)).reference


def _task(page: Page, reference: str) -> Locator:
    return page.locator(f"[data-testid=task][data-reference='{reference}']")


async def test_a_call_back_is_taken_tried_and_done(browser: Browser, office: Office) -> None:
    first = await _asked(office, "first", phone="+31612345678")
    second = await _asked(office, "second", "Karel Jansen", "+31 88 123 45 67", zaak=None)
    page = await _open(browser, office, permissions=["clipboard-read", "clipboard-write"])
    await expect(page.get_by_test_id("to-tasks")).to_contain_text("2 open")
    await page.locator("body").press("2")
    await expect(page.get_by_test_id("task")).to_have_count(2)
    await expect(page.get_by_test_id("task").first).to_have_attribute("data-reference", first)
    await expect(_task(page, second).get_by_role("link", name="+31 88 123 45 67")).to_have_attribute("href", "tel:+31881234567")
    await expect(_task(page, first).get_by_role("link", name="06 12 34 56 78")).to_have_attribute("href", "tel:+31612345678")
    await _task(page, first).get_by_role("button", name="Kopiëren").click()
    assert await until(lambda: page.evaluate("navigator.clipboard.readText()")) == "+31612345678"
    assert await violations(page) == []

    await _task(page, first).get_by_role("button", name="Ik bel").press("Enter")
    await expect(_task(page, first)).to_contain_text("U belt")
    await _task(page, first).get_by_role("button", name="Niet bereikt").press("Enter")
    await expect(_task(page, first)).to_contain_text("1 keer niet bereikt")
    await _task(page, first).get_by_role("button", name="Ik bel").click()
    await _task(page, first).get_by_role("button", name="Klaar").click()
    dialog = page.get_by_role("dialog", name="Terugbelverzoek afronden")
    await dialog.get_by_role("button", name="Afronden").click()
    await expect(dialog).to_contain_text("Kies eerst hoe het is afgelopen.")
    await dialog.get_by_label("Opgelost").check()
    await dialog.get_by_label("Notitie (niet verplicht)").fill("Paspoort ligt klaar")
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Afronden").click()
    await expect(_task(page, first)).to_have_count(0)
    await expect(page.get_by_test_id("to-tasks")).to_contain_text("1 open")
    assert [each.reference for each in await office.services.contacts("voorbeeld").open(9)] == [second]


async def test_two_agents_want_the_same_call_and_the_second_is_told(browser: Browser, office: Office) -> None:
    reference, page = await _asked(office, "one"), await _open(browser, office)
    await page.get_by_test_id("to-tasks").click()
    await expect(_task(page, reference)).to_be_visible()
    pressed = asyncio.Event()

    async def late(route: Route) -> None:
        await pressed.wait()  # the second agent presses before the page has heard of the first
        await route.continue_()

    await page.route("**/desk/api/tasks", late)
    await (await office.agent("noor")).post(f"/tasks/{reference}/take")
    await _task(page, reference).get_by_role("button", name="Ik bel").click()
    pressed.set()
    await expect(page.get_by_role("alert").filter(has_text="Noor belt deze inwoner al.")).to_be_visible()
    await expect(_task(page, reference)).to_contain_text("Noor belt")
    await expect(_task(page, reference).get_by_role("button", name="Ik bel")).to_have_count(0)


async def test_a_register_that_is_down_is_told_and_nothing_is_missing(
    browser: Browser, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = office.services.contacts("voorbeeld")

    async def down(*_: object, **__: object) -> None:
        raise ContactsUnavailable("down")

    for method in ("register", "open"):
        monkeypatch.setattr(contacts._register, method, down)  # the register behind the outbox, at its port
    reference, page = await _asked(office, "down"), await _open(browser, office)
    await page.get_by_test_id("to-tasks").click()
    await expect(_task(page, reference)).to_contain_text("Nog niet in het register")
    await expect(_task(page, reference)).to_contain_text(words.UNWRITTEN["unavailable"])
    await expect(page.get_by_test_id("tasks-trouble")).to_contain_text("Misschien missen er verzoeken.")
    await expect(page.get_by_test_id("tasks-trouble")).to_contain_text("1 verzoek staat nog niet in het register.")
    administrator = await _open(browser, office, "bas")
    await expect(administrator.get_by_test_id("unwritten-task")).to_contain_text(reference)
    await expect(administrator.locator("body")).not_to_contain_text("Fatima")


async def test_call_backs_say_when_there_are_none_and_when_they_can_not_be_read(browser: Browser, office: Office) -> None:
    page = await _open(browser, office)
    await page.route("**/api/tasks", lambda route: route.abort())
    await page.get_by_test_id("to-tasks").click()
    await expect(page.get_by_test_id("tasks-state")).to_contain_text("Dat lukte niet.")
    await page.unroute("**/api/tasks")
    await page.get_by_test_id("tasks-state").get_by_role("button", name="Opnieuw proberen").click()
    await expect(page.get_by_test_id("tasks-state")).to_contain_text("Niemand wacht op een telefoontje.")


# Team lead, administrator, editor.


async def test_a_lead_sees_the_level_and_moves_a_conversation(browser: Browser, office: Office) -> None:
    citizen, sanne = await office.waiting(team="burgerzaken"), await office.agent("sanne")
    now = await office.services.handover.now()
    await office.services.redis.hset(keys.meta(citizen.conv), "queued_at", f"{now - 400:.6f}")
    await sanne.post("/presence", {"status": "available"})
    page = await _open(browser, office, "noor")
    await page.get_by_test_id("to-overview").click()
    await expect(page.get_by_test_id("queues").get_by_role("row", name="Burgerzaken")).to_contain_text("te lang")
    await expect(page.get_by_test_id("agents").get_by_role("row", name="Sanne")).to_contain_text("0 van 3")
    await expect(page.get_by_test_id("level")).to_contain_text("Nog niemand geholpen. Afspraak: binnen 5 minuten")
    assert await violations(page) == []
    await page.get_by_test_id("moving").get_by_role("button", name="Toewijzen").click()
    dialog = page.get_by_role("dialog", name="Toewijzen")
    await dialog.get_by_label("Sanne").check()
    await dialog.get_by_role("button", name="Toewijzen").click()
    await expect(page.get_by_test_id("moving")).to_contain_text("Sanne")
    await expect(page.get_by_test_id("agents").get_by_role("row", name="Sanne")).to_contain_text("1 van 3")
    assert (await office.services.store.get(citizen.conv)).agent == "sanne"
    await expect(page.get_by_test_id("level")).to_contain_text("0 van 1 vandaag geholpen binnen 5 minuten")


async def test_the_overview_of_a_lead_keeps_time_and_the_focus(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(team="burgerzaken"), await _open(browser, office, "noor")
    await page.clock.install()
    await page.get_by_test_id("to-overview").click()
    row = page.locator(f"[data-testid=moving][data-conv='{citizen.conv}']")
    await expect(row).to_contain_text("minder dan 1 minuut")
    await row.get_by_role("button", name="Toewijzen").focus()
    await office.waiting(team="burgerzaken")
    await expect(page.get_by_test_id("moving")).to_have_count(2)
    await expect(row.get_by_role("button", name="Toewijzen")).to_be_focused()
    await page.clock.fast_forward(150_000)
    await expect(row).to_contain_text("2 minuten")


async def test_what_nobody_looks_at_is_not_asked_for(browser: Browser, office: Office) -> None:
    page = await _open(browser, office, "noor")
    await page.get_by_test_id("to-overview").click()
    await expect(page.get_by_test_id("level")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/api/team") else None)
    await page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.away ?? true })")
    citizen = await office.waiting(team="burgerzaken")
    await expect(page.locator(f"[data-testid=moving][data-conv='{citizen.conv}']")).to_be_visible()
    assert asked == []
    await page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_test_id("queues").get_by_role("row", name="Burgerzaken")).to_contain_text("1")
    assert asked


async def test_a_lead_assigns_beside_the_conversation_to_whom_it_can_go(browser: Browser, office: Office) -> None:
    citizen, sanne, bram = await office.waiting(team="burgerzaken"), await office.agent("sanne"), await office.agent("bram")
    for agent in (sanne, bram):
        await agent.post("/presence", {"status": "available"})
    await sanne.claim(citizen)
    page = await _open(browser, office, "noor")
    await _row(page, citizen, "team").click()
    await page.locator("#conversation").get_by_role("button", name="Toewijzen").click()
    dialog = page.get_by_role("dialog", name="Toewijzen")
    await expect(dialog.get_by_label("Bram")).to_be_enabled()
    await expect(dialog.get_by_label("Sanne")).to_have_count(0)  # has it already
    await dialog.locator("#transfer-agents label").filter(has_text=re.compile(r"^ *U ")).locator("input").check()
    await dialog.get_by_role("button", name="Toewijzen").click()
    await expect(_row(page, citizen, "mine")).to_be_visible()


async def test_an_administrator_reads_the_log_by_person_and_page(browser: Browser, office: Office) -> None:
    citizen, sanne, noor = await office.waiting(team="burgerzaken"), await office.agent("sanne"), await office.agent("noor")
    await sanne.claim(citizen)
    for _ in range(110):
        await noor.get(f"/conv/{citizen.conv}")
    page = await _open(browser, office, "bas")
    entries = page.get_by_test_id("audit-entry")
    await expect(entries).to_have_count(100)
    await page.get_by_role("button", name="Eerdere regels tonen").click()
    await expect(entries.nth(110)).to_be_attached()
    await page.get_by_label("Medewerker (gebruikersnaam)").fill("sanne")
    await page.get_by_role("button", name="Filteren").click()
    await expect(entries.filter(has_text="Nam het gesprek aan")).to_have_count(1)
    await expect(entries.filter(has_text="Noor")).to_have_count(0)
    await entries.filter(has_text="Nam het gesprek aan").get_by_role("button").last.click()  # only this conversation
    await expect(page.get_by_label("Gesprek (kenmerk)")).not_to_have_value("")
    await expect(entries).to_have_count(1)
    assert await violations(page) == []
    await page.get_by_role("button", name="Alles tonen").click()
    await expect(entries).to_have_count(100)
    await page.get_by_label("Medewerker (gebruikersnaam)").fill("niemand")
    await page.get_by_role("button", name="Filteren").click()
    await expect(page.get_by_test_id("audit-state")).to_have_text("Geen regels gevonden. Pas uw filter aan.")


async def test_an_editor_finds_what_agents_find(browser: Browser, office: Office) -> None:
    page = await _open(browser, office, "eva")
    answers = page.get_by_test_id("library-answer")
    await expect(answers.first).to_be_visible()
    await page.get_by_label("Zoek op woord of onderwerp").fill("paspoort")
    await expect(answers.first).to_contain_text(re.compile("paspoort", re.IGNORECASE))
    assert await violations(page) == []
    await page.get_by_label("Zoek op woord of onderwerp").fill("xqzwv")
    await expect(page.get_by_text("Niets gevonden voor “xqzwv”.")).to_be_visible()


# For everybody.


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024), (720, 450), (320, 640)])
async def test_everything_is_in_reach_on_a_tablet_and_with_large_text(
    browser: Browser, office: Office, width: int, height: int
) -> None:
    """720 by 450 is a laptop at 200%; 320 is one at 400%."""
    citizen, reference = await office.waiting(team="burgerzaken"), await _asked(office, "tablet")
    page = await _open(browser, office, "noor", viewport={"width": width, "height": height})
    row = _row(page, citizen)
    for part, there in (("tasks", _task(page, reference)), ("overview", page.get_by_test_id("moving")), ("talk", row)):
        await page.get_by_test_id(f"to-{part}").click()
        await expect(there).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []
    await row.scroll_into_view_if_needed()
    await row.click()
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "waiting")


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"forced_colors": "active"}, {"reduced_motion": "reduce"}])
async def test_axe_finds_nothing_in_any_colours(browser: Browser, office: Office, options: dict[str, Any]) -> None:
    page = await _open(browser, office, "noor", **options)
    await _urgent(office)
    own = await office.waiting(team="burgerzaken")
    await _asked(office, "colours")
    await _row(page, own).click()
    await page.get_by_role("button", name="Aannemen", exact=True).click()
    await own.say("Hallo?")
    await expect(_row(page, own).get_by_text("Antwoord nodig")).to_be_visible()
    assert await violations(page) == []
    for part in ("tasks", "overview"):
        await page.get_by_test_id(f"to-{part}").click()
        await expect(page.get_by_test_id(part)).to_be_visible()
        assert await violations(page) == []
