"""The conversation pane of the desk in a real browser: writing, inserting, passing on, taking back, booking, by keyboard."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from bot.appointments import AppointmentsUnavailable
from bot.conversation import events
from bot.conversation.glances import Likely
from bot.conversation.mailbox import Answer, Mailbox
from tests import desk_fixtures, looks
from tests.desk_fixtures import Citizen, Office, Opener, until
from tests.looks import violations

desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office
browser = looks.browser

expect.set_options(timeout=20_000)
FIELD = "Bericht aan de inwoner"
NOTE = "Notitie voor collega’s"
UNDO = 30.0  # seconds: long enough to take back on a slow machine; the lapse of time has a test of its own


async def _open(browser: Browser, office: Office, user: str = "sanne", **options: Any) -> Page:
    return await looks.at_desk(browser, office.origin, user, desk_fixtures.PASSWORD, **options)


async def _talk(browser: Browser, office: Office, **options: Any) -> tuple[Citizen, Page]:
    """An agent who has just taken a conversation."""
    citizen, page = await office.waiting(zaaknummer="ZAAK-2026-0001"), await _open(browser, office, **options)
    await _take(page, citizen)
    return citizen, page


async def _take(page: Page, citizen: Citizen) -> None:
    await page.locator(f"[data-testid=row][data-conv='{citizen.conv}']").click()
    await page.get_by_role("button", name="Aannemen", exact=True).click()
    await expect(page.get_by_label(FIELD)).to_be_focused()


def _messages(page: Page, role: str) -> Locator:
    return page.locator(f"[data-testid=message][data-from={role}] .words")


@contextlib.asynccontextmanager
async def _brain(office: Office, *likely: Likely) -> AsyncIterator[None]:
    """A brain that is alive and finds every message likely to be about this."""
    mailbox = Mailbox(office.services.redis, office.services.redis_blocking, "test", 6)

    async def glance() -> None:
        while True:
            await mailbox.alive()
            if found := await office.services.glances.take():
                await office.services.glances.tell(*found, likely)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(glance())
    await mailbox.alive()
    try:
        yield
    finally:
        task.cancel()


# What passes between the two


async def test_the_agent_sees_what_was_read_and_the_citizen_too(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.keyboard.type("Goedemiddag")
    await page.keyboard.press("Enter")
    await expect(_messages(page, "agent")).to_have_text(["Goedemiddag"])
    await expect(page.get_by_test_id("read")).to_have_count(0)
    store = citizen.services.store
    await store.mark_read(citizen.conv, "citizen", await store.length(citizen.conv))
    await expect(page.get_by_test_id("read")).to_have_text("Gelezen")
    seq = await citizen.say("Dank u")
    await until(lambda: _read(citizen, seq))
    await page.reload()
    await expect(page.get_by_test_id("read")).to_have_text("Gelezen")


async def _read(citizen: Citizen, seq: int) -> bool:
    return bool((await citizen.services.store.get(citizen.conv)).read.get("agent", 0) >= seq)


async def test_the_agent_sees_whether_the_citizen_is_still_there(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await expect(page.get_by_test_id("here")).to_have_text("De inwoner heeft de pagina dicht")
    await citizen.services.store.seen(citizen.conv)
    await expect(page.get_by_test_id("here")).to_have_text("De inwoner is er")


# What the agent writes


async def test_a_draft_survives_a_reload_and_is_gone_when_it_is_sent(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    other = await office.waiting()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_label(FIELD).fill("Half getypt")
    await page.locator(f"[data-testid=row][data-conv='{other.conv}']").click()
    await expect(page.get_by_label(FIELD)).to_be_hidden()
    await page.locator(f"[data-testid=row][data-conv='{citizen.conv}']").click()
    await expect(page.get_by_label(FIELD)).to_have_value("Half getypt")
    await page.reload()
    await expect(page.get_by_label(FIELD)).to_have_value("Half getypt")
    await page.get_by_label(FIELD).press("Enter")
    await expect(_messages(page, "agent")).to_have_text(["Half getypt"])
    await until(lambda: _kept_nothing(page))
    await page.reload()
    await expect(_messages(page, "agent")).to_have_text(["Half getypt"])
    await expect(page.get_by_label(FIELD)).to_have_value("")


async def test_what_was_not_sent_survives_a_reload_and_arrives_once(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.route("**/messages", lambda route: route.abort())
    await page.keyboard.type("Niet aangekomen")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-state=failed]")).to_be_visible()
    await page.unroute("**/messages")
    await page.reload()
    await expect(_messages(page, "agent")).to_have_text(["Niet aangekomen"])
    await until(lambda: citizen.texts("agent"))
    await expect(page.locator("[data-state=failed], [data-state=sending], [data-state=sent]")).to_have_count(0)
    assert await citizen.texts("agent") == ["Niet aangekomen"]


async def test_a_note_is_for_colleagues_and_never_takes_the_place_of_an_answer(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.keyboard.type("Dit is voor u")
    await page.keyboard.press("Control+i")
    await expect(page.get_by_label(NOTE)).to_be_focused()
    await expect(page.get_by_label(NOTE)).to_have_value("")
    await expect(page.locator("#composer")).to_contain_text("De inwoner ziet dit niet.")
    await page.keyboard.type("Klinkt verdrietig")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("note")).to_contain_text("Klinkt verdrietig")
    await page.keyboard.press("Control+i")
    await expect(page.get_by_label(FIELD)).to_have_value("Dit is voor u")
    assert await citizen.texts("agent") == []
    notes = [body for body in await citizen.log() if body["type"] == "note"]
    assert [body["_text"] for body in notes] == ["Klinkt verdrietig"]
    assert "verdrietig" not in str(events.public(notes[0], 1))


async def test_a_note_can_be_left_in_a_conversation_that_still_waits(browser: Browser, office: Office) -> None:
    citizen, page = await office.waiting(), await _open(browser, office)
    await page.locator(f"[data-testid=row][data-conv='{citizen.conv}']").click()
    await page.get_by_role("button", name="Notitie").click()
    await expect(page.get_by_label(NOTE)).to_be_focused()
    await expect(page.get_by_role("radio", name="Aan de inwoner")).to_be_hidden()
    await page.keyboard.type("Ik ken deze inwoner")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("note")).to_contain_text("Ik ken deze inwoner")
    assert await citizen.owner() == "queue"


# Answers to insert


async def test_an_answer_is_found_and_inserted_by_keyboard_alone(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.keyboard.type("/")
    palette = page.get_by_role("dialog", name="Antwoord invoegen")
    search = palette.get_by_role("combobox", name="Zoek in standaardantwoorden en kennisbank")
    await expect(search).to_be_focused()
    await page.keyboard.type("wachttijd")
    await expect(palette.get_by_role("option").first).to_contain_text("Doorgeven aan een team, met wachttijd")
    active = palette.get_by_role("option", selected=True)
    await expect(active).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await expect(search).to_have_attribute("aria-activedescendant", str(await active.get_attribute("id")))
    await expect(page.get_by_test_id("palette-preview")).to_contain_text("[wachttijd]")
    await page.keyboard.press("Enter")
    await expect(palette).to_be_hidden()
    await expect(page.get_by_label(FIELD)).to_be_focused()
    assert await _selected(page) == "[team]"
    await page.keyboard.type("Burgerzaken")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("hold")).to_contain_text("In uw bericht staat nog [wachttijd].")
    assert await _selected(page) == "[wachttijd]"
    assert await citizen.texts("agent") == []
    await page.keyboard.type("tien minuten")
    await expect(page.get_by_test_id("hold")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(_messages(page, "agent")).to_contain_text(["Team Burgerzaken kan u hier beter mee helpen."])
    assert "tien minuten" in (await until(lambda: citizen.texts("agent")))[0]


async def _selected(page: Page) -> str:
    return str(await page.evaluate("(f => f.value.slice(f.selectionStart, f.selectionEnd))(document.querySelector('#text'))"))


async def test_a_blank_may_be_sent_by_who_means_it(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.keyboard.type("Schrijf [naam] op het formulier")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Zo versturen").click()
    assert await until(lambda: citizen.texts("agent")) == ["Schrijf [naam] op het formulier"]


async def test_the_knowledge_base_says_where_it_comes_from_and_escape_keeps_the_draft(browser: Browser, office: Office) -> None:
    _, page = await _talk(browser, office)
    await page.keyboard.type("Over uw paspoort: ")
    await page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Antwoord invoegen")
    await page.keyboard.type("wat kost een paspoort")
    knowledge = palette.get_by_role("option").filter(has_text="Kennisbank").first
    await knowledge.click()
    await expect(page.get_by_test_id("palette-preview")).to_contain_text("Nagekeken op")
    await expect(page.get_by_test_id("palette-preview").get_by_role("link")).to_contain_text("Bron:")
    await page.keyboard.press("Escape")
    await expect(page.get_by_label(FIELD)).to_be_focused()
    await expect(page.get_by_label(FIELD)).to_have_value("Over uw paspoort: ")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("zxqvw")
    await expect(palette).to_contain_text("Niets gevonden voor “zxqvw”.")
    await page.keyboard.press("Enter")
    await expect(palette).to_be_visible()


async def test_a_slash_in_a_sentence_and_a_slash_that_is_meant_stay_what_they_are(browser: Browser, office: Office) -> None:
    _, page = await _talk(browser, office)
    await page.keyboard.type("en/of")
    await expect(page.get_by_label(FIELD)).to_have_value("en/of")
    await page.get_by_label(FIELD).fill("")
    await page.keyboard.type("/")
    await expect(page.get_by_test_id("palette")).to_be_visible()
    await page.keyboard.press("/")
    await expect(page.get_by_label(FIELD)).to_have_value("/")


# Suggestions


async def test_suggestions_wait_to_be_used_and_go_when_the_agent_answers(browser: Browser, office: Office) -> None:
    async with _brain(office, Likely("paspoort_aanvragen", "kosten", 0.8), Likely("reisdocument_kind", "", 0.6)):
        citizen, page = await _talk(browser, office)
        await page.keyboard.type("Een ogenblik")
        await citizen.say("Wat kost het voor een kind?")
        cards = page.get_by_test_id("suggestion")
        await expect(cards).to_have_count(2)
        await expect(page.get_by_label(FIELD)).to_be_focused()
        assert await citizen.texts("agent") == []
        first = cards.first
        words = str(await first.locator(".words").text_content())
        await expect(first.get_by_role("button", name="Versturen")).to_be_hidden()  # not all of it is on the screen yet
        await first.get_by_role("button", name="Invoegen").click()
        await expect(page.get_by_label(FIELD)).to_have_value(f"Een ogenblik {words}")
        await page.get_by_label(FIELD).fill("")
        await first.get_by_role("button", name="Alles lezen").click()
        await first.get_by_role("button", name="Versturen").click()
        await expect(cards).to_have_count(0)
        assert await until(lambda: citizen.texts("agent")) == [words]


async def test_suggestions_can_be_put_away_for_this_message_or_for_good(browser: Browser, office: Office) -> None:
    async with _brain(office, Likely("paspoort_aanvragen", "kosten", 0.8)):
        citizen, page = await _talk(browser, office)
        await citizen.say("Wat kost een paspoort?")
        await expect(page.get_by_test_id("suggestion")).to_have_count(1)
        await page.get_by_role("button", name="Verbergen van de voorstellen").click()
        await expect(page.get_by_test_id("suggestion")).to_have_count(0)
        await citizen.say("En wat kost een identiteitskaart?")
        await expect(page.get_by_test_id("suggestion")).to_have_count(1)
        await page.get_by_role("button", name="Sneltoetsen en voorkeuren").click()
        await page.get_by_label("Voorstellen van de assistent tonen").uncheck()
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("suggestion")).to_have_count(0)


# Passing on, closing, and taking back


async def test_a_conversation_goes_to_another_team_with_a_note(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.get_by_role("button", name="Doorgeven").click()
    dialog = page.get_by_role("dialog", name="Gesprek doorgeven")
    await dialog.get_by_role("button", name="Doorgeven").click()
    await expect(dialog).to_contain_text("Kies eerst een team of een collega.")
    await dialog.get_by_label("Klantcontact").check()
    await dialog.get_by_label("Notitie voor wie het overneemt").fill("Gaat over een adres")
    await dialog.get_by_role("button", name="Doorgeven").click()
    await until(lambda: citizen.owned_by("queue"))
    await expect(page.get_by_test_id("note")).to_contain_text("Gaat over een adres")
    await expect(page.locator("[data-testid=event][data-state=transferred]")).to_contain_text("Klantcontact")


async def test_a_conversation_goes_to_a_colleague_who_is_free(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    other = await _open(browser, office, "youssef")
    await expect(page.get_by_role("button", name="Doorgeven")).to_be_visible()
    await _has_colleague(page, "Youssef")
    dialog = page.get_by_role("dialog", name="Gesprek doorgeven")
    await expect(dialog.get_by_label("Youssef")).to_be_enabled()
    await dialog.get_by_label("Youssef").check()
    await dialog.get_by_role("button", name="Doorgeven").click()
    row = other.locator(f"[data-testid=mine] [data-conv='{citizen.conv}']")
    await expect(row).to_be_visible()
    await row.click()
    await expect(other.locator("[data-testid=event][data-state=transferred]")).to_contain_text("Youssef")
    await expect(page.get_by_label(FIELD)).to_be_hidden()
    await expect(page.get_by_role("heading", name="Dit gesprek is doorgegeven")).to_be_visible()
    await expect(page.get_by_test_id("notice")).to_be_hidden()  # it is as one wanted: no alarm


async def test_a_colleague_on_a_break_cannot_be_chosen(browser: Browser, office: Office) -> None:
    _, page = await _talk(browser, office)
    other = await _open(browser, office, "youssef")
    await other.get_by_label("Status").select_option("Pauze")
    await until(lambda: _colleague(page, "Pauze"))
    dialog = page.get_by_role("dialog", name="Gesprek doorgeven")
    await expect(dialog.get_by_label("Youssef")).to_be_disabled()


async def _has_colleague(page: Page, name: str) -> None:
    await until(lambda: _colleague(page, name))


async def _colleague(page: Page, words: str) -> bool:
    """Opens the dialog; leaves it open when it says these words of colleagues."""
    dialog = page.get_by_role("dialog", name="Gesprek doorgeven")
    if await dialog.is_visible():
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Doorgeven").click()
    return words in str(await page.locator("#transfer-agents").text_content())


async def _close(page: Page, agreed: str = "") -> None:
    await page.get_by_role("button", name="Afsluiten").click()
    dialog = page.get_by_role("dialog", name="Gesprek afsluiten")
    await dialog.get_by_label("Opgelost").check()
    await dialog.get_by_label("Afgesproken met de inwoner").fill(agreed)
    await dialog.get_by_role("button", name="Gesprek afsluiten").click()
    await expect(dialog).to_be_hidden()


async def test_the_bot_is_told_what_was_agreed(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await _close(page, agreed="U krijgt maandag een brief.")
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "closed")
    await expect(page.locator("[data-testid=event][data-state=closed]")).to_contain_text("U krijgt maandag een brief.")
    closed = [body for body in await citizen.log() if body.get("state") == "closed"]
    assert [body["agreed"] for body in closed] == ["U krijgt maandag een brief."]


async def test_closing_can_be_taken_back_in_either_window(browser: Browser, open_office: Opener) -> None:
    async with open_office(desk_undo_seconds=UNDO) as office:
        citizen, one = await _talk(browser, office)
        two = await _open(browser, office)
        await two.locator(f"[data-testid=row][data-conv='{citizen.conv}']").click()
        await one.get_by_label(FIELD).fill("Nog niet verstuurd")
        await _close(one, agreed="Wij bellen u")
        for page in (one, two):
            await expect(page.get_by_test_id("pending")).to_contain_text("wordt afgesloten")
            await expect(page.get_by_label(FIELD)).to_be_hidden()
        await two.get_by_role("button", name="Ongedaan maken").click()
        for page in (one, two):
            await expect(page.get_by_test_id("pending")).to_have_count(0)
            await expect(page.get_by_label(FIELD)).to_be_visible()
            await expect(page.get_by_test_id("notice")).to_be_hidden()
        await expect(one.get_by_label(FIELD)).to_have_value("Nog niet verstuurd")
        await one.get_by_role("button", name="Afsluiten").click()
        await expect(one.get_by_label("Afgesproken met de inwoner")).to_have_value("Wij bellen u")
        assert await citizen.owner() == "agent"


async def test_control_z_takes_back_and_is_left_alone_while_typing(browser: Browser, open_office: Opener) -> None:
    async with open_office(desk_undo_seconds=UNDO) as office:
        citizen, page = await _talk(browser, office)
        other = await office.waiting()
        await _close(page)
        await _take(page, other)
        await page.keyboard.type("Hallo")
        await page.keyboard.press("Control+z")
        await expect(page.get_by_test_id("pending")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Control+z")
        await expect(page.get_by_test_id("pending")).to_have_count(0)
        found = await citizen.services.store.get(citizen.conv)
        assert (found.owner, found.pending) == ("agent", {})


async def test_a_citizen_who_writes_in_between_keeps_the_agent(browser: Browser, open_office: Opener) -> None:
    async with open_office(desk_undo_seconds=UNDO) as office:
        citizen, page = await _talk(browser, office)
        await _close(page)
        await expect(page.get_by_test_id("pending")).to_be_visible()
        await citizen.say("Wacht, nog één vraag")
        await expect(page.get_by_test_id("notice")).to_contain_text("De inwoner schreef nog iets.")
        await expect(page.get_by_test_id("pending")).to_have_count(0)
        await expect(page.get_by_label(FIELD)).to_be_visible()
        assert await citizen.owner() == "agent"


async def test_what_is_not_taken_back_is_done_and_leaves_nothing_behind(browser: Browser, open_office: Opener) -> None:
    async with open_office(desk_undo_seconds=1.0) as office:
        citizen, page = await _talk(browser, office)
        await page.get_by_label(FIELD).fill("Toch maar niet")
        await _close(page, agreed="Wij bellen u")
        await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "closed")
        await expect(page.get_by_test_id("pending")).to_have_count(0)
        assert await citizen.owner() == "bot"
        await until(lambda: _kept_nothing(page))


async def test_what_was_passed_on_is_gone_also_when_the_citizen_writes_meanwhile(browser: Browser, open_office: Opener) -> None:
    async with open_office(desk_undo_seconds=3.0) as office:
        citizen, page = await _talk(browser, office)
        await page.get_by_label(FIELD).fill("Toch maar niet")
        await page.get_by_role("button", name="Doorgeven").click()
        dialog = page.get_by_role("dialog", name="Gesprek doorgeven")
        await dialog.get_by_label("Klantcontact").check()
        await dialog.get_by_role("button", name="Doorgeven").click()
        await expect(page.get_by_test_id("pending")).to_contain_text("wordt doorgegeven")
        await citizen.say("Nog iets")
        await until(lambda: citizen.owned_by("queue"))
        await expect(page.locator("[data-testid=event][data-state=transferred]")).to_contain_text("Klantcontact")
        await expect(page.get_by_test_id("conversation")).to_have_attribute("data-pending", "")
        await until(lambda: _kept_nothing(page))
        await expect(page.get_by_test_id("pending")).to_have_count(0)
        await expect(page.get_by_test_id("notice")).to_be_hidden()  # it did not stay with this agent


async def test_a_late_answer_leaves_the_dialog_of_another_conversation_alone(browser: Browser, office: Office) -> None:
    first, page = await _talk(browser, office)
    second, answer = await office.waiting(), asyncio.Event()

    async def late(route: Route) -> None:
        await answer.wait()
        await route.continue_()

    await page.route("**/close", late)
    await page.get_by_role("button", name="Afsluiten").click()
    dialog = page.get_by_role("dialog", name="Gesprek afsluiten")
    await dialog.get_by_label("Opgelost").check()
    await dialog.get_by_role("button", name="Gesprek afsluiten").click()
    await page.keyboard.press("Escape")
    await _take(page, second)
    await page.get_by_role("button", name="Afsluiten").click()
    await dialog.get_by_label("Afgesproken met de inwoner").fill("Wij bellen u")
    answer.set()
    await until(lambda: first.owned_by("bot"))
    await expect(dialog.get_by_role("button", name="Gesprek afsluiten")).to_be_enabled()
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_label("Afgesproken met de inwoner")).to_have_value("Wij bellen u")
    assert await second.owner() == "agent"


async def test_what_was_not_sent_is_not_lost_when_there_is_no_field_for_it_any_more(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.route("**/messages", lambda route: route.abort())
    await page.keyboard.type("Niet aangekomen")
    await page.keyboard.press("Enter")
    failed = page.locator("[data-state=failed]")
    await expect(failed).to_be_visible()
    await (await office.agent()).post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "", "agreed": ""})
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "closed")
    await failed.get_by_role("button", name="Bewerken").click()
    await expect(page.get_by_test_id("notice")).to_contain_text("U kunt in dit gesprek nu niet schrijven.")
    await expect(failed.locator(".words")).to_have_text("Niet aangekomen")


async def test_an_answer_goes_into_no_field_when_the_conversation_is_over(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_test_id("answer").first).to_be_visible()
    await (await office.agent()).post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "", "agreed": ""})
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-mode", "closed")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("notice")).to_contain_text("U kunt in dit gesprek nu niet schrijven.")
    assert await _kept_nothing(page)


async def _kept_nothing(page: Page) -> bool:
    kept: int = await page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('balie-desk:')).length")
    return kept == 0


# Booking


async def test_an_appointment_is_booked_and_the_citizen_has_it(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await _fill_in(page)
    dialog = page.get_by_role("dialog", name="Afspraak maken")
    await dialog.get_by_role("button", name="Controleren").click()
    await expect(dialog).to_contain_text("J. Voorbeeld")
    await expect(dialog).to_contain_text("Stadhuis")
    assert await citizen.texts("agent") == []
    await dialog.get_by_role("button", name="Afspraak vastleggen").click()
    await expect(dialog).to_be_hidden()
    assert len(await until(lambda: citizen.texts("agent"))) == 1
    await expect(page.locator("#log .card")).to_contain_text("Afspraak")
    await page.reload()
    await expect(page.get_by_test_id("context-appointments")).to_contain_text("Stadhuis")


async def _fill_in(page: Page) -> None:
    await page.get_by_role("button", name="Afspraak maken").click()
    dialog = page.get_by_role("dialog", name="Afspraak maken")
    await dialog.get_by_label("Waarvoor").select_option("Paspoort aanvragen")
    await expect(dialog.get_by_label("Locatie").locator("option", has_text="Stadhuis")).to_be_attached()
    stadhuis = dialog.get_by_label("Locatie").locator("option", has_text="Stadhuis")
    await dialog.get_by_label("Locatie").select_option(await stadhuis.get_attribute("value"))
    await dialog.locator("#booking-days button").first.click()
    await dialog.get_by_role("radio").first.check()
    await dialog.get_by_label("Naam van de inwoner").fill("J. Voorbeeld")


async def test_what_is_missing_is_said_in_words_at_its_place(browser: Browser, office: Office) -> None:
    _, page = await _talk(browser, office)
    await page.get_by_role("button", name="Afspraak maken").click()
    dialog = page.get_by_role("dialog", name="Afspraak maken")
    await expect(dialog.get_by_label("Waarvoor").locator("option")).not_to_have_count(0)
    await dialog.get_by_role("button", name="Controleren").click()
    for words in ("Kies waarvoor de afspraak is.", "Kies een locatie.", "Kies een dag.", "Vul de naam van de inwoner in."):
        await expect(dialog).to_contain_text(words)
    await expect(dialog.get_by_label("Waarvoor")).to_be_focused()


async def test_a_booking_of_which_the_answer_is_lost_is_made_once(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await _fill_in(page)
    dialog = page.get_by_role("dialog", name="Afspraak maken")
    await dialog.get_by_role("button", name="Controleren").click()

    async def lose(route) -> None:  # type: ignore[no-untyped-def]
        await route.fetch()
        await route.abort()

    await page.route("**/appointment", lose)
    await dialog.get_by_role("button", name="Afspraak vastleggen").click()
    await expect(dialog).to_contain_text("Dat lukte niet.")
    await page.unroute("**/appointment")
    await dialog.get_by_role("button", name="Afspraak vastleggen").click()
    await expect(dialog).to_be_hidden()
    assert len(await citizen.texts("agent")) == 1


class Down:
    """An appointment system that does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def unavailable(*args: Any, **more: Any) -> Any:
            raise AppointmentsUnavailable("down")

        return unavailable


async def test_nothing_is_lost_when_the_appointment_system_is_down(browser: Browser, office: Office) -> None:
    citizen, page = await _talk(browser, office)
    await _fill_in(page)
    dialog = page.get_by_role("dialog", name="Afspraak maken")
    await dialog.get_by_role("button", name="Controleren").click()
    adapters = office.services._adapters  # the supplier goes away while the agent is at it
    real, adapters["appointments", "voorbeeld"] = adapters["appointments", "voorbeeld"], Down()
    await dialog.get_by_role("button", name="Afspraak vastleggen").click()
    await expect(dialog.locator("#booking-error")).not_to_be_empty()
    assert await citizen.texts("agent") == []
    await dialog.get_by_role("button", name="Annuleren").click()
    await page.get_by_role("button", name="Afspraak maken").click()
    await expect(dialog.get_by_role("button", name="Opnieuw proberen")).to_be_visible()
    adapters["appointments", "voorbeeld"] = real
    await dialog.get_by_role("button", name="Opnieuw proberen").click()
    await expect(dialog.get_by_label("Waarvoor")).to_have_value("paspoort")
    await expect(dialog.get_by_label("Naam van de inwoner")).to_have_value("J. Voorbeeld")
    await expect(dialog.get_by_role("radio", checked=True)).to_have_count(1)
    await dialog.get_by_role("button", name="Controleren").click()
    await dialog.get_by_role("button", name="Afspraak vastleggen").click()
    assert len(await until(lambda: citizen.texts("agent"))) == 1


# Context


async def _asked(office: Office) -> Citizen:
    citizen = await office.citizen()
    for words, topic, outcome in [
        ("Wat kost een paspoort?", "paspoort_aanvragen", "answered"),
        ("blabla", None, "fallback"),
    ]:
        seq = await citizen.say(words)
        meta = {"outcome": outcome} | ({"topic": topic} if topic else {})
        await citizen.turn(Answer([events.message("bot", "Antwoord", name="Gem", turn=f"t_{seq}", meta=meta)]))
    await citizen.queue(form=[["Aantal personen", "2"]])
    return citizen


async def test_what_was_asked_leads_back_to_it_however_far(browser: Browser, office: Office) -> None:
    citizen = await _asked(office)
    for number in range(110):
        await citizen.say(f"bericht {number}")
    page = await _open(browser, office)
    await page.locator(f"[data-testid=row][data-conv='{citizen.conv}']").click()
    await expect(page.get_by_test_id("context-form")).to_have_text("2")
    await expect(page.get_by_test_id("context-unsure")).to_contain_text("blabla")
    await page.get_by_test_id("context-asked").get_by_role("button").first.press("Enter")
    found = page.locator("[data-testid=message].found")
    await expect(found).to_contain_text("Wat kost een paspoort?")
    await expect(found).to_be_in_viewport()
    await expect(found).to_be_focused()


async def test_two_ways_back_at_once_show_nothing_twice(browser: Browser, office: Office) -> None:
    citizen = await _asked(office)
    for number in range(110):
        await citizen.say(f"bericht {number}")
    page = await _open(browser, office)
    await page.locator(f"[data-testid=row][data-conv='{citizen.conv}']").click()
    await expect(page.get_by_test_id("context-unsure")).to_contain_text("blabla")
    await page.locator("#context .said").evaluate_all("(all) => all.forEach((each) => each.click())")
    await expect(page.locator("[data-testid=message].found")).to_be_visible()
    await expect(page.get_by_role("button", name="Eerdere berichten")).to_be_hidden()  # all of it is on the screen
    shown = await page.locator("#events [data-seq]").evaluate_all("(all) => all.map((each) => each.dataset.seq)")
    assert len(shown) == len(set(shown))


async def test_the_reference_is_there_to_copy(browser: Browser, office: Office) -> None:
    _, page = await _talk(browser, office)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reference = str(await page.get_by_test_id("context-reference").locator(".number").text_content())
    assert reference.startswith("B-")
    await page.get_by_role("button", name="Kopiëren kenmerk").click()
    await expect(page.get_by_test_id("context-reference")).to_contain_text("Gekopieerd")
    assert await page.evaluate("navigator.clipboard.readText()") == reference


# Keyboard, and everybody


async def test_everything_by_keyboard(browser: Browser, open_office: Opener) -> None:
    async with open_office(desk_undo_seconds=UNDO) as office:
        citizen, page = await office.waiting(), await _open(browser, office)
        await expect(page.get_by_role("button", name="Volgende aannemen")).to_be_enabled()
        await page.keyboard.press("v")
        await expect(page.get_by_label(FIELD)).to_be_focused()
        await page.keyboard.type("van alles ? n d s p v")
        await expect(page.get_by_label(FIELD)).to_have_value("van alles ? n d s p v")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        for key, name in (
            ("d", "Gesprek doorgeven"),
            ("p", "Afspraak maken"),
            ("s", "Gesprek afsluiten"),
            ("?", "Sneltoetsen"),
            ("/", "Antwoord invoegen"),
        ):
            await page.keyboard.press(key)
            await expect(page.get_by_role("dialog", name=name)).to_be_visible()
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
            await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await expect(page.get_by_label(NOTE)).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("b")
        await expect(page.get_by_label(FIELD)).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("s")
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("pending")).to_be_visible()
        await page.keyboard.press("z")
        await expect(page.get_by_test_id("pending")).to_have_count(0)
        assert await citizen.owner() == "agent"


async def test_single_keys_can_be_turned_off(browser: Browser, office: Office) -> None:
    _, page = await _talk(browser, office)
    await page.get_by_role("button", name="Sneltoetsen en voorkeuren").click()
    await page.get_by_label("Sneltoetsen met één toets gebruiken").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.get_by_label(FIELD)).to_be_visible()
    await page.get_by_role("log").focus()
    for key in ("d", "s", "?", "/"):
        await page.keyboard.press(key)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await expect(page.get_by_role("dialog", name="Antwoord invoegen")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_pane(browser: Browser, open_office: Opener, scheme: str) -> None:
    async with open_office(desk_undo_seconds=UNDO) as office, _brain(office, Likely("paspoort_aanvragen", "kosten", 0.8)):
        citizen = await _asked(office)
        page = await _open(browser, office, color_scheme=scheme)
        await _take(page, citizen)
        await page.keyboard.type("Vul [naam] in")
        await page.keyboard.press("Enter")
        await citizen.say("Wat kost een paspoort?")
        await expect(page.get_by_test_id("suggestion")).to_have_count(1)
        assert await violations(page) == []
        await page.keyboard.press("Control+i")
        await page.keyboard.type("Let op")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("note")).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        for key in "d", "p", "?", "/", "s":
            await page.keyboard.press(key)
            await expect(page.get_by_role("dialog")).to_have_count(1)
            if key == "/":
                await expect(page.get_by_test_id("answer").first).to_be_visible()
            if key == "p":
                await page.get_by_label("Waarvoor").select_option("Paspoort aanvragen")
                await page.get_by_role("button", name="Controleren").click()
            assert await violations(page) == [], key
            await page.keyboard.press("Escape")
            await page.get_by_role("log").focus()
        await _close(page)
        await expect(page.get_by_test_id("pending")).to_be_visible()
        assert await violations(page) == []


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024), (720, 450), (320, 640)])
async def test_the_pane_fits_a_tablet_and_large_text(browser: Browser, office: Office, width: int, height: int) -> None:
    """720 by 450 is a laptop at 200%; 320 is one at 400%."""
    _, page = await _talk(browser, office)
    await page.set_viewport_size({"width": width, "height": height})
    for name in ("Doorgeven", "Afspraak", "Afsluiten"):
        await page.locator("#conversation").get_by_role("button", name=name).click()
        dialog = page.get_by_role("dialog")
        box = await dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        await page.keyboard.press("Escape")
    await page.get_by_label(FIELD).fill("")
    await page.get_by_label(FIELD).press("/")
    await page.get_by_test_id("answer").first.click()
    await page.get_by_role("button", name="Invoegen", exact=True).click()
    await expect(page.get_by_label(FIELD)).not_to_have_value("")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
