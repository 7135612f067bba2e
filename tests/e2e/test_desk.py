"""People helped by people: citizens with the widget on a phone, two agents and a team lead at the desk, the real brain."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, assert_accessible, shot
from tests.e2e.test_counter import sign_in
from tests.e2e.widget import Widget
from tests.house import House

NewPage = Callable[..., Page]


class Desk:
    """The desk as an agent sees it."""

    def __init__(self, page: Page, house: House, user: str) -> None:
        self.page = page
        sign_in(page, house, user)
        self.log = page.get_by_role("log", name="Gesprek")
        self.pane = page.get_by_test_id("conversation")
        self.context = page.get_by_test_id("context")

    def rows(self, group: str) -> Locator:
        return self.page.get_by_test_id(group).get_by_test_id("row")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def write(self, text: str) -> None:
        self.page.get_by_label("Bericht aan de inwoner").fill(text)
        self.page.keyboard.press("Enter")

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name)

    def mode(self, mode: str) -> None:
        expect(self.pane).to_have_attribute("data-mode", mode)


def asks_for_a_person(chat: Widget, question: str) -> None:
    chat.say(question)
    expect(chat.messages("bot")).to_have_count(2)
    chat.say("ik wil een medewerker spreken")
    expect(chat.messages("bot")).to_have_count(3)
    chat.choose("Chat met een medewerker")
    expect(chat.page.get_by_test_id("balie-queue")).to_contain_text("Nummer")


def test_a_citizen_and_two_agents(house: House, new_page: NewPage) -> None:
    sanne, youssef = Desk(new_page(), house, "sanne"), Desk(new_page(), house, "youssef")
    chat = Widget(new_page(PHONE), house.url)
    asks_for_a_person(chat, "wat kost een paspoort?")

    # The first agent reads what was said, takes it, and both see each other live.
    sanne.rows("queue").first.click()
    sanne.mode("waiting")
    expect(sanne.page.get_by_test_id("context-asked")).to_contain_text("wat kost een paspoort?")
    sanne.press("Aannemen")
    sanne.mode("mine")
    expect(youssef.page.get_by_test_id("queue-empty")).to_be_visible()
    expect(chat.page.get_by_test_id("balie-log")).to_contain_text("Sanne")
    sanne.page.get_by_label("Bericht aan de inwoner").press_sequentially("Goede")
    expect(chat.page.get_by_text("Sanne is aan het typen").first).to_be_visible()
    sanne.write("Goedemiddag, ik ben Sanne. Wat kan ik voor u doen?")
    chat.hears("ik ben Sanne", "agent")
    expect(sanne.page.get_by_test_id("read")).to_have_text("Gelezen")
    bot_said = chat.messages("bot").count()
    chat.say("wat kost een identiteitskaart?")
    expect(sanne.log).to_contain_text("identiteitskaart")

    # The assistant lays an answer ready; nothing of it is said before the agent does.
    card = sanne.page.get_by_test_id("suggestion").first
    expect(card).to_contain_text("ID-kaart")
    shot(sanne.page, "desk-suggestions")
    assert_accessible(sanne.page)
    assert chat.messages("bot").count() == bot_said
    card.get_by_role("button", name="Invoegen").click()
    sanne.page.get_by_label("Bericht aan de inwoner").press("Enter")
    expect(chat.messages("agent")).to_have_count(2)

    # A note that the citizen never sees, and to the colleague.
    sanne.press("Doorgeven")
    transfer = sanne.dialog("Gesprek doorgeven")
    transfer.get_by_label("Youssef").check()
    transfer.get_by_label(re.compile("Notitie voor wie")).fill("Wil met twee personen langskomen.")
    transfer.get_by_role("button", name="Doorgeven").click()
    expect(sanne.page.get_by_test_id("pending")).to_be_visible()
    expect(youssef.rows("mine")).to_have_count(1, timeout=20_000)
    youssef.rows("mine").first.click()
    expect(youssef.log).to_contain_text("Wil met twee personen langskomen.")
    expect(chat.page.get_by_test_id("balie-log")).to_contain_text("Youssef")
    expect(chat.page.get_by_test_id("balie-log")).not_to_contain_text("twee personen")

    # The colleague books, closes, takes it back, closes for good; the bot greets with what was agreed.
    book(youssef)
    expect(chat.page.get_by_test_id("balie-appointment")).to_contain_text("Stadhuis")
    for undo in (True, False):
        youssef.press("Afsluiten")
        closing = youssef.dialog("Gesprek afsluiten")
        closing.get_by_label("Afspraak gemaakt").check()
        closing.get_by_label(re.compile("Afgesproken met de inwoner")).fill("U neemt twee pasfoto's mee.")
        closing.get_by_role("button", name="Gesprek afsluiten").click()
        pending = youssef.page.get_by_test_id("pending")
        expect(pending).to_be_visible()
        if undo:
            pending.get_by_role("button", name=re.compile("Ongedaan maken")).click()
            expect(pending).to_be_hidden()
            youssef.mode("mine")
    expect(chat.messages("bot").last).to_contain_text("U neemt twee pasfoto's mee.", timeout=30_000)  # once it can't be undone
    shot(chat.page, "handed-back-phone")
    chat.say("wat zijn de openingstijden?")
    chat.hears("open")
    expect(youssef.rows("closed")).to_have_count(1)


def book(desk: Desk) -> None:
    """An appointment for the citizen, a week ahead or the first day after it with a time."""
    desk.press("Afspraak maken")
    booking = desk.page.get_by_test_id("booking")
    booking.get_by_label("Waarvoor").select_option(label="Paspoort aanvragen")
    booking.get_by_label("Locatie").select_option(value="stadhuis")
    monday = date.today() + timedelta(days=14 - date.today().weekday())
    for day in (monday + timedelta(days=ahead) for ahead in range(5)):
        booking.get_by_label("Dag", exact=True).fill(day.isoformat())
        times = booking.get_by_role("radio")
        expect(times.first.or_(booking.get_by_role("alert").filter(has_text=re.compile(r"\w")).first)).to_be_visible()
        if times.count():
            break
    times.first.check()
    booking.get_by_label("Naam van de inwoner").fill("Jan de Boer")
    booking.get_by_role("button", name="Controleren").click()
    booking.get_by_role("button", name="Afspraak vastleggen").click()
    expect(booking).to_be_hidden()


def test_who_does_not_want_to_wait_chooses_another_way(house: House, new_page: NewPage) -> None:
    desk = Desk(new_page(), house, "sanne")
    chat = Widget(new_page(PHONE), house.url)
    asks_for_a_person(chat, "ik kom niet rond van mijn geld, kan ik bijstand krijgen?")
    expect(desk.rows("queue")).to_have_count(1)
    chat.choose("terugbellen")
    expect(desk.page.get_by_test_id("queue-empty")).to_be_visible()
    chat.hears("Hoe heet u")
    chat.say("Sem Bakker")
    chat.hears("telefoonnummer")
    chat.say("06 12345678")
    chat.hears("Wanneer")
    chat.choose(".")
    chat.hears("06 12 34 56 78")
    chat.choose("Ja")
    expect(chat.messages("bot").last).to_contain_text(re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{4}"))
    shot(chat.page, "call-back-phone")

    # The call-back is a task at the desk, with what it is about.
    desk.page.get_by_test_id("to-tasks").click()
    task = desk.page.get_by_test_id("task").filter(has_text="Sem Bakker")
    expect(task).to_contain_text("Bijstand", timeout=30_000)  # once the desk asks the register again
    task.get_by_role("button", name="Ik bel").click()
    assert_accessible(desk.page)
    shot(desk.page, "desk-tasks")
    task.get_by_role("button", name=re.compile("Klaar")).click()
    done = desk.dialog("Terugbelverzoek afronden")
    done.get_by_role("radio").first.check()
    done.get_by_role("button", name="Afronden").click()
    expect(task).to_have_count(0)


def test_a_team_lead_sees_the_queue_and_gives_it_to_who_has_time(house: House, new_page: NewPage) -> None:
    sanne = Desk(new_page(), house, "sanne")
    noor = Desk(new_page(), house, "noor")
    chat = Widget(new_page(PHONE), house.url)
    asks_for_a_person(chat, "hoe vraag ik een rijbewijs aan?")
    noor.page.get_by_test_id("to-overview").click()
    overview = noor.page.get_by_test_id("overview")
    expect(overview).to_contain_text("Burgerzaken")
    shot(noor.page, "desk-overview")
    assert_accessible(noor.page)
    noor.page.get_by_test_id("moving").first.get_by_role("button", name=re.compile("Toewijzen")).click()
    dialog = noor.page.get_by_role("dialog")
    dialog.get_by_label("Sanne").check()
    dialog.locator("button[type=submit]").click()
    mine = sanne.rows("mine").filter(has_text="Rijbewijs")
    expect(chat.page.get_by_test_id("balie-log")).to_contain_text("Sanne")
    mine.click()
    sanne.write("Goedemiddag")
    chat.hears("Goedemiddag", "agent")


def test_an_editor_and_an_administrator_see_no_conversations(house: House, new_page: NewPage) -> None:
    for user, part in (("ilse", "answers"), ("farid", "audit")):
        page = new_page()
        sign_in(page, house, user)
        expect(page.get_by_test_id(part)).to_be_visible()
        expect(page.get_by_test_id("to-talk")).to_have_count(0)
        assert_accessible(page)
        shot(page, f"desk-{part}")
