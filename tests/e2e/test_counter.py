"""The counter as people use it: a citizen with the widget, an agent at the desk, in real browsers."""

import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, assert_accessible, shot
from tests.e2e.widget import Widget
from tests.house import House

NewPage = Callable[..., Page]


def sign_in(page: Page, house: House, user: str = "sanne") -> None:
    page.goto(house.url + "/desk/")
    page.get_by_label("Gebruikersnaam").fill(user)
    page.get_by_label("Wachtwoord", exact=True).fill("balie-demo")
    page.get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")


@pytest.mark.parametrize(("size", "name"), [(PHONE, "phone"), (DESKTOP, "desktop")])
def test_a_question_is_answered_with_its_source(house: House, new_page: NewPage, size: dict, name: str) -> None:
    page = new_page(size)
    page.goto(house.url)
    assert_accessible(page)
    shot(page, f"page-{name}")
    chat = Widget(page, house.url)
    assert_accessible(page)
    chat.say("mijn tas is gestolen met mijn paspoort erin, wat moet ik doen?")
    chat.hears("vermissing")
    expect(page.get_by_test_id("balie-source").last).to_contain_text("Bron")
    chat.say("bedankt!")
    expect(chat.messages("bot")).to_have_count(3)
    assert_accessible(page)
    shot(page, f"question-{name}")


@pytest.mark.parametrize(("size", "name"), [(PHONE, "phone"), (DESKTOP, "desktop")])
def test_the_status_of_a_case(house: House, new_page: NewPage, size: dict, name: str) -> None:
    page = new_page(size)
    chat = Widget(page, house.url)
    chat.say("Hoe staat het met mijn aanvraag?")
    chat.hears("zaaknummer")
    chat.say("ZAAK-2026-0000000101")
    form = page.get_by_test_id("balie-form").last
    expect(form).to_be_visible()
    assert_accessible(page)
    form.get_by_label("Postcode").fill("1234 AB")
    form.get_by_label("Huisnummer").fill("1")
    form.get_by_role("button", name="Zoek mijn zaak").click()
    expect(page.get_by_test_id("balie-case").last).to_contain_text("2 van 4")
    expect(page.get_by_test_id("balie-log")).to_contain_text("Verborgen voor uw privacy")
    assert_accessible(page)
    shot(page, f"case-{name}")


@pytest.mark.parametrize(("size", "name"), [(PHONE, "phone"), (DESKTOP, "desktop")])
def test_an_appointment(house: House, new_page: NewPage, size: dict, name: str) -> None:
    page = new_page(size)
    chat = Widget(page, house.url)
    chat.say("ik wil een afspraak maken")
    chat.hears("Waarvoor")
    chat.choose("Paspoort")
    chat.hears("locatie")
    chat.choose("Stadhuis")
    chat.hears("dag")
    assert_accessible(page)
    chat.choose(r"^\w\w \d+ \w+")
    chat.hears("Hoe laat")
    times = page.get_by_test_id("balie-time").last
    times.get_by_role("radio").last.check()
    assert_accessible(page)
    shot(page, f"times-{name}")
    times.get_by_role("button").click()
    chat.hears("naam")
    chat.say("Jan de Boer")
    chat.hears("e-mail")
    chat.say("jan@example.nl")
    chat.hears("Klopt dit")
    chat.choose("Ja")
    card = page.get_by_test_id("balie-appointment").last
    expect(card).to_contain_text("Stadhuis")
    link = page.get_by_test_id("balie-ics").last.get_attribute("href")
    assert link
    with urllib.request.urlopen(link) as response:
        assert response.headers["Content-Type"].startswith("text/calendar")
        assert b"BEGIN:VEVENT" in response.read()
    assert_accessible(page)
    shot(page, f"appointment-{name}")


def test_a_reload_in_the_middle_loses_nothing(house: House, new_page: NewPage) -> None:
    page = new_page(PHONE)
    chat = Widget(page, house.url)
    chat.say("ik wil een afspraak maken")
    chat.hears("Waarvoor")
    chat.choose("Identiteitskaart")
    chat.hears("locatie")
    before = page.get_by_test_id("balie-message").all_inner_texts()
    page.reload()
    if page.get_by_test_id("balie-launcher").get_attribute("aria-expanded") == "false":
        page.get_by_test_id("balie-launcher").click()
    chat.hears("locatie")
    assert page.get_by_test_id("balie-message").all_inner_texts() == before
    chat.choose("Stadhuis")
    chat.hears("dag")


def test_a_lost_network_loses_nothing(house: House, new_page: NewPage) -> None:
    page = new_page(PHONE)
    chat = Widget(page, house.url)
    page.context.set_offline(True)
    chat.say("wat zijn de openingstijden")
    expect(chat.messages("citizen").last).to_have_attribute("data-state", re.compile("sending|waiting"))
    page.context.set_offline(False)
    chat.hears("open")
    expect(chat.messages("citizen")).to_have_count(1)


def test_escalation_to_an_agent_and_back(house: House, new_page: NewPage) -> None:
    desk, colleague, page = new_page(), new_page(), new_page(PHONE)
    sign_in(desk, house)
    sign_in(colleague, house, "youssef")
    assert_accessible(desk)
    chat = Widget(page, house.url)
    chat.say("hoe vraag ik een parkeervergunning aan")
    chat.hears("parkeervergunning")
    chat.say("ik wil een medewerker spreken")
    chat.hears("Kies hoe")
    chat.choose("Chat met een medewerker")
    expect(page.get_by_test_id("balie-log")).to_contain_text("nummer 1")
    shot(page, "queue-phone")
    row = desk.get_by_test_id("queue").get_by_test_id("row").first
    row.click()
    expect(desk.get_by_role("log", name="Gesprek")).to_contain_text("parkeervergunning")
    assert_accessible(desk)
    colleague.get_by_test_id("queue").get_by_test_id("row").first.click()
    desk.get_by_role("button", name="Aannemen", exact=True).click()
    expect(desk.get_by_test_id("conversation")).to_have_attribute("data-mode", "mine")
    expect(colleague.get_by_test_id("queue-empty")).to_be_visible()
    expect(page.get_by_test_id("balie-log")).to_contain_text("Sanne")

    field = desk.get_by_label("Bericht aan de inwoner")
    field.fill("Goedemiddag, met Sanne. Voor welk kenteken is het?")
    desk.get_by_role("button", name="Versturen").click()
    chat.hears("met Sanne", "agent")
    chat.say("wat kost een paspoort")
    expect(desk.get_by_role("log", name="Gesprek")).to_contain_text("wat kost een paspoort")
    answered = chat.messages("bot").count()
    shot(page, "agent-phone")
    shot(desk, "desk")
    assert_accessible(page)
    assert_accessible(desk)

    page.reload()
    if page.get_by_test_id("balie-launcher").get_attribute("aria-expanded") == "false":
        page.get_by_test_id("balie-launcher").click()
    chat.hears("met Sanne", "agent")
    assert chat.messages("bot").count() == answered, "the bot spoke while a person had the conversation"

    desk.get_by_role("button", name="Afsluiten", exact=True).click()
    dialog = desk.get_by_role("dialog", name="Gesprek afsluiten")
    dialog.get_by_role("radio").first.check()
    assert_accessible(desk)
    dialog.get_by_role("button", name="Gesprek afsluiten").click()
    expect(chat.messages("bot").last).to_contain_text("U praat nu weer met mij", timeout=30_000)  # once it can't be undone
    chat.say("wat zijn de openingstijden?")
    chat.hears("open")


def test_a_citizen_erases_the_conversation(house: House, new_page: NewPage) -> None:
    page = new_page(PHONE)
    chat = Widget(page, house.url)
    chat.say("openingstijden")
    chat.hears("open")
    page.get_by_role("button", name="Menu").click()
    page.get_by_test_id("balie-erase").click()
    page.get_by_test_id("balie-confirm").get_by_role("button", name="Gesprek wissen").click()
    expect(page.get_by_text("openingstijden", exact=True)).to_have_count(0)


def test_the_pages_for_engineers_are_accessible(house: House, new_page: NewPage) -> None:
    page = new_page()
    page.goto(house.url + "/v1/docs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
    page.goto(house.url + "/desk/")
    assert_accessible(page)
