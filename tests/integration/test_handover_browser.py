"""A citizen who gets a person, in a real browser on a phone: the offer, the queue, the agent, and back to the bot."""

import uuid
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.conversation import events
from bot.conversation.store import Conversation
from bot.wiring import Services
from tests import handover_fixtures, looks
from tests.conftest import Edge
from tests.desk_fixtures import Agent, Office, until
from tests.handover_fixtures import CALL_BACK, CHAT, SANNE, SECRET, YOUSSEF, Counter, offer

browser, edge, brain = looks.browser, handover_fixtures.edge, handover_fixtures.brain

PHONE = {"width": 390, "height": 844}
GEMEENTE = "voorbeeld"
OUTSIDE = """() => {
  const panel = document.querySelector('balie-chat').shadowRoot.querySelector('balie-panel').shadowRoot;
  const {left, right, bottom} = panel.querySelector('.panel').getBoundingClientRect();
  return [...panel.querySelectorAll('.queue, .queue *, .companion, .composer, .log')].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width && (box.left < left - 1 || box.right > right + 1 || box.bottom > bottom + 1
      || node.scrollWidth > node.clientWidth + 1 && node.matches('div'));
  }).map((node) => node.className || node.localName);
}"""
expect.set_options(timeout=20_000)


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """What a page complains about fails the test."""
    async with looks.uncomplaining(browser, PHONE) as made:
        yield made


class Visit:
    """Somebody at the chat of a municipality, and the services behind it."""

    def __init__(self, page: Page, services: Services, url: str) -> None:
        self.page, self.services, self.url = page, services, url
        self.conv = ""

    async def begin(self) -> None:
        await self.page.goto(self.url)
        await self.page.get_by_test_id("balie-launcher").click()
        async with self.page.expect_response(lambda response: response.url.endswith("/messages")) as sent:
            await self.say("Wat kost een paspoort?")
        self.conv = (await sent.value).url.split("/")[-2]
        await expect(self.messages("bot").last).to_contain_text("echo:")

    async def say(self, words: str) -> None:
        await self.page.get_by_test_id("balie-input").fill(words)
        await self.page.get_by_test_id("balie-input").press("Enter")

    async def ask_for_a_person(self) -> None:
        await self.page.get_by_test_id("balie-menu").click()
        await self.page.get_by_test_id("balie-person").click()
        await expect(self.page.get_by_role("button", name=CHAT)).to_be_enabled()

    async def wait_for_a_person(self) -> None:
        await self.ask_for_a_person()
        await self.page.get_by_role("button", name=CHAT).click()
        await expect(self.queue).to_contain_text("Nummer")

    async def with_agent(self) -> None:
        await self.wait_for_a_person()
        await self.services.handover.claim(await self.kept(), SANNE)
        await expect(self.companion).to_have_text("Sanne, medewerker")

    async def agent_says(self, words: str, cid: str = "1") -> int:
        return await self.services.handover.say(await self.kept(), SANNE, words, cid)

    async def kept(self) -> Conversation:
        return await self.services.store.get(self.conv)

    async def length(self) -> int:
        return await self.services.store.length(self.conv)

    async def greeted(self) -> bool:
        return any("weer met mij" in body.get("text", "") for _, body in await self.services.store.read(self.conv, 0))

    async def has_read(self, seq: int) -> bool:
        return (await self.kept()).read["citizen"] >= seq

    async def here(self) -> bool:
        return (await self.kept()).seen > 0

    async def outside(self) -> list[str]:
        """What is wider than the panel, or has slid under its edge."""
        return list(await self.page.evaluate(OUTSIDE))

    def messages(self, sender: str):  # type: ignore[no-untyped-def]
        return self.page.locator(f"[data-testid=balie-message][data-from={sender}]")

    @property
    def queue(self):  # type: ignore[no-untyped-def]
        return self.page.get_by_test_id("balie-queue")

    @property
    def companion(self):  # type: ignore[no-untyped-def]
        return self.page.get_by_test_id("balie-companion")

    def line(self, state: str):  # type: ignore[no-untyped-def]
        return self.page.locator(f"[data-testid=balie-line][data-state={state}]")

    async def axe(self) -> list[str]:
        return await looks.violations(self.page)

    async def picture(self, name: str) -> None:
        await looks.picture(self.page, f"handover-{name}")


@pytest.fixture
async def visit(context: BrowserContext, edge: Edge, brain: Counter) -> Visit:
    made = Visit(await context.new_page(), edge.services, f"{edge.url}/gemeente/{GEMEENTE}")
    await made.begin()
    return made


async def test_from_the_offer_to_the_greeting(visit: Visit) -> None:
    page, handover = visit.page, visit.services.handover
    await visit.ask_for_a_person()
    assert not await visit.axe()
    await visit.picture("1-offer")

    await page.get_by_role("button", name=CHAT).click()
    await expect(visit.companion).to_have_text("U wacht op een medewerker")
    await expect(visit.queue).to_contain_text("Nummer 1 in de rij")
    await expect(visit.queue).to_contain_text("Team Burgerzaken.")
    assert not await visit.axe()
    await visit.picture("2-waiting")

    await handover.tell(await visit.kept(), offer("system", "U wacht al meer dan 15 minuten.", [CALL_BACK]), owner="queue")
    await expect(page.get_by_role("button", name=CALL_BACK).last).to_be_enabled()
    await visit.picture("3-other-way")

    await handover.claim(await visit.kept(), SANNE)
    await expect(visit.companion).to_have_text("Sanne, medewerker")
    await expect(visit.queue).to_be_hidden()
    await expect(visit.line("assigned")).to_have_text("Sanne, medewerker van de gemeente, helpt u nu.")
    await visit.agent_says("Goedemiddag, ik lees even mee.")
    await visit.say("Dank u wel")
    await expect(visit.messages("citizen").last).to_have_attribute("data-state", "sent")
    await visit.services.store.mark_read(visit.conv, "agent", await visit.length())
    await expect(visit.messages("citizen").last).to_contain_text("Gelezen")
    await visit.services.store.signal(visit.conv, "typing:agent")
    await expect(page.get_by_test_id("balie-announcer")).to_have_text("Sanne is aan het typen")
    assert not await visit.axe()
    await visit.picture("4-agent")

    await visit.agent_says("Ik geef u aan een collega.", "2")
    await handover.to_agent(await visit.kept(), SANNE, YOUSSEF, SECRET)
    await expect(visit.companion).to_have_text("Youssef, medewerker")
    await expect(visit.line("transferred")).to_have_text("Youssef, medewerker van de gemeente, helpt u nu verder.")
    await visit.picture("5-transferred")

    await handover.close(await visit.kept(), YOUSSEF, "opgelost", SECRET, "Wij bellen u dinsdag.")
    await expect(visit.messages("bot").last).to_contain_text("U praat weer met mij")
    await expect(visit.line("closed")).to_contain_text("Het gesprek met Youssef is klaar.")
    await expect(visit.companion).to_have_text("Balie, virtuele assistent")
    assert SECRET not in await page.content() and not await visit.axe()
    await visit.picture("6-closed")


@pytest.fixture
async def sanne(edge: Edge) -> AsyncIterator[Agent]:
    """Signed in at the desk."""
    office = Office(edge.services, edge.url)
    yield await office.agent("sanne")
    for http in office.closers:
        await http.close()


async def test_what_an_agent_does_at_the_desk_is_what_the_citizen_sees(visit: Visit, sanne: Agent) -> None:
    await visit.wait_for_a_person()
    at = f"/conv/{visit.conv}"
    assert (await sanne.post(f"{at}/claim"))[0] == 200
    await expect(visit.companion).to_have_text("Sanne, medewerker")
    assert (await sanne.post(f"{at}/messages", {"cid": str(uuid.uuid4()), "text": "Goedemiddag"}))[0] in {200, 201}
    await expect(visit.messages("agent")).to_contain_text("Goedemiddag")
    await visit.say("Dank u")
    await expect(visit.messages("citizen").last).to_have_attribute("data-state", "sent")
    await until(lambda: visit.here())
    _, seen = await sanne.get(at)
    assert seen["here"]["open"]
    seq = await visit.length()
    await until(lambda: visit.has_read(seq - 2))
    assert (await sanne.post(f"{at}/read", {"seq": seq}))[0] in {200, 204}
    await expect(visit.messages("citizen").last).to_contain_text("Gelezen")
    assert (await sanne.post(f"{at}/typing"))[0] in {200, 204}
    await expect(visit.page.get_by_test_id("balie-announcer")).to_have_text("Sanne is aan het typen")
    assert (await sanne.post(f"{at}/notes", {"cid": str(uuid.uuid4()), "text": SECRET}))[0] in {200, 201}
    await expect(visit.page.get_by_test_id("balie-announcer")).to_have_text("Sanne is aan het typen")  # a note is no answer
    closing = {"outcome": "opgelost", "note": SECRET, "agreed": "Wij bellen u dinsdag."}
    assert (await sanne.post(f"{at}/close", closing))[0] == 200
    await expect(visit.line("closed")).to_have_text("Het gesprek met Sanne is klaar.")
    await expect(visit.companion).to_have_text("Balie, virtuele assistent")
    assert SECRET not in await visit.page.get_by_test_id("balie-log").inner_html()


async def test_the_place_in_the_queue_is_shown_in_one_place_and_seldom_spoken(visit: Visit) -> None:
    await visit.wait_for_a_person()
    page, spoken = visit.page, visit.page.locator("[data-testid=balie-queue] + [role=status]")
    await expect(spoken).to_contain_text("Nummer 1 in de rij. Team Burgerzaken.")
    said = await visit.messages("bot").count()
    for position, seconds, shown, heard in (
        (9, 2400, "Het duurt langer dan een half uur.", "Nummer 9"), (8, 1300, "Het duurt ongeveer 25 minuten.", "Nummer 9"),
        (7, 240, "Het duurt ongeveer 4 minuten.", "Nummer 9"), (2, 59, "Het duurt minder dan 1 minuut.", "Nummer 2"),
        (1, None, "Er is nu geen medewerker vrij.", "Nummer 2"),
    ):
        body = events.handover("queued", position=position, eta_s=seconds, team="Burgerzaken")
        await visit.services.handover.tell(await visit.kept(), body, owner="queue")
        await expect(visit.queue).to_contain_text(f"Nummer {position} in de rij")
        await expect(visit.queue).to_contain_text(shown)
        await expect(spoken).to_contain_text(heard)
    await expect(visit.messages("bot")).to_have_count(said)
    await expect(visit.line("queued")).to_have_count(0)
    await expect(page.get_by_test_id("balie-queue")).to_have_count(1)


async def test_who_no_longer_wants_to_wait_says_so_by_keyboard(visit: Visit) -> None:
    await visit.wait_for_a_person()
    page, stop = visit.page, visit.page.get_by_role("button", name="Stoppen met wachten")
    await stop.focus()
    await page.keyboard.press("Enter")
    question = page.get_by_role("alertdialog", name="Niet meer wachten?")
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(visit.queue).to_be_visible()
    await stop.press("Enter")
    await question.get_by_role("button", name="Niet meer wachten").press("Enter")
    await expect(visit.line("returned")).to_have_text("U staat niet meer in de rij.")
    await expect(visit.messages("bot").last).to_contain_text("U praat weer met mij")
    await expect(visit.queue).to_be_hidden()
    await expect(visit.companion).to_have_text("Balie, virtuele assistent")
    assert await page.evaluate("document.querySelector('balie-chat').shadowRoot.activeElement?.localName") == "balie-panel"
    assert (await visit.kept()).owner == "bot"


async def test_another_way_is_chosen_while_waiting(visit: Visit) -> None:
    await visit.wait_for_a_person()
    await visit.services.handover.tell(await visit.kept(), offer("system", "U wacht al lang.", [CALL_BACK]), owner="queue")
    button = visit.messages("system").get_by_role("button", name=CALL_BACK)
    await expect(button).to_be_enabled()
    await button.click()
    await expect(visit.messages("bot").last).to_contain_text(f"echo: {CALL_BACK}")
    await expect(visit.queue).to_be_hidden()
    assert (await visit.kept()).owner == "bot"


async def test_what_waits_for_an_answer_makes_way_for_the_agent(visit: Visit) -> None:
    await visit.wait_for_a_person()
    await visit.services.handover.tell(await visit.kept(), offer("system", "U wacht al lang.", [CALL_BACK]), owner="queue")
    button = visit.messages("system").get_by_role("button", name=CALL_BACK)
    await expect(button).to_be_enabled()
    await visit.services.handover.claim(await visit.kept(), SANNE)
    await expect(button).to_be_disabled()
    await visit.page.get_by_test_id("balie-menu").click()
    await expect(visit.page.get_by_test_id("balie-person")).to_be_hidden()


async def test_a_lost_agent_brings_the_citizen_back_in_the_queue(visit: Visit) -> None:
    await visit.with_agent()
    await visit.services.handover.back_to_queue(await visit.kept(), SANNE.id)
    await expect(visit.companion).to_have_text("U wacht op een medewerker")
    await expect(visit.queue).to_be_visible()


async def test_on_the_next_page_the_launcher_tells_where_one_stands(visit: Visit) -> None:
    await visit.wait_for_a_person()
    page, launcher = visit.page, visit.page.get_by_test_id("balie-launcher")
    await page.get_by_test_id("balie-close").click()
    await expect(launcher).to_have_accessible_name("Nummer 1 in de rij in de chat")
    await page.goto(visit.url)
    await expect(launcher).to_have_accessible_name("Nummer 1 in de rij in de chat")
    title = await page.title()
    await visit.services.handover.claim(await visit.kept(), SANNE)
    await expect(launcher).to_have_accessible_name("Sanne helpt u in de chat 1 nieuw bericht")
    await visit.agent_says("Goedemiddag")
    await expect(launcher).to_have_accessible_name("Sanne helpt u in de chat 2 nieuwe berichten")
    await expect(page).to_have_title(f"(2) {title}")
    assert not await visit.axe()
    await visit.picture("7-launcher")
    await launcher.click()
    await expect(visit.messages("agent")).to_contain_text("Goedemiddag")
    await expect(visit.companion).to_have_text("Sanne, medewerker")
    await expect(page).to_have_title(title)


async def test_who_comes_back_sees_what_happened_meanwhile(visit: Visit) -> None:
    await visit.wait_for_a_person()
    page, launcher = visit.page, visit.page.get_by_test_id("balie-launcher")
    await page.goto("about:blank")
    body = events.handover("queued", position=4, eta_s=600, team="Burgerzaken")
    await visit.services.handover.tell(await visit.kept(), body, owner="queue")
    await page.goto(visit.url)
    await expect(launcher).to_have_accessible_name("Nummer 4 in de rij in de chat")
    await launcher.click()
    await expect(visit.queue).to_contain_text("Het duurt ongeveer 10 minuten.")
    await page.goto("about:blank")
    await visit.services.handover.claim(await visit.kept(), SANNE)
    await visit.agent_says("Bent u er nog?")
    await visit.services.handover.close(await visit.kept(), SANNE, "niet_bereikt")
    await until(lambda: visit.greeted())
    await page.goto(visit.url)
    await expect(launcher).to_have_accessible_name("Stel uw vraag in de chat 2 nieuwe berichten")
    await launcher.click()
    await expect(visit.messages("agent")).to_contain_text("Bent u er nog?")
    await expect(visit.line("closed")).to_have_text("Het gesprek met Sanne is klaar.")
    await expect(visit.companion).to_have_text("Balie, virtuele assistent")
    await expect(visit.queue).to_be_hidden()


async def test_an_answer_in_a_hidden_tab_shows_in_its_title(visit: Visit) -> None:
    await visit.with_agent()
    title = await visit.page.title()
    hide = "([hidden]) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')) }"
    await visit.page.evaluate(hide, [True])
    seq = await visit.agent_says("Ik heb het gevonden")
    await expect(visit.page).to_have_title(f"(1) {title}")
    assert (await visit.kept()).read["citizen"] < seq, "what is not on the screen is not read"
    await visit.page.evaluate(hide, [False])
    await expect(visit.page).to_have_title(title)
    await until(lambda: visit.has_read(seq))


async def test_the_agent_sees_who_is_still_there(visit: Visit) -> None:
    assert not (await visit.kept()).seen
    await visit.wait_for_a_person()
    await until(lambda: visit.here())


@pytest.mark.parametrize(("name", "width", "height", "options", "font"), [
    ("narrow", 320, 568, {}, 16), ("large", 390, 844, {}, 32), ("dark", 390, 844, {"color_scheme": "dark"}, 16),
    ("contrast", 390, 844, {"forced_colors": "active"}, 16), ("flat", 740, 360, {}, 16), ("beside", 1280, 800, {}, 16),
])
async def test_waiting_and_talking_fit_everybody(
    visit: Visit, name: str, width: int, height: int, options: dict[str, str], font: int
) -> None:
    page = visit.page
    await page.set_viewport_size({"width": width, "height": height})
    await page.emulate_media(**options)  # type: ignore[arg-type]
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Page.setFontSizes", {"fontSizes": {"standard": font, "fixed": font}})
    await visit.wait_for_a_person()
    body = events.handover("queued", position=12, eta_s=2400, team="Werk, inkomen en zorg")
    await visit.services.handover.tell(await visit.kept(), body, owner="queue")
    await expect(visit.queue).to_contain_text("Nummer 12")
    assert not await visit.axe() and not await visit.outside()
    await visit.picture(f"{name}-waiting")
    await visit.services.handover.claim(await visit.kept(), SANNE)
    await visit.agent_says("Goedemiddag, ik lees even mee.")
    await visit.say("Dank u")
    await expect(visit.messages("citizen").last).to_have_attribute("data-state", "sent")
    await visit.services.store.mark_read(visit.conv, "agent", await visit.length())
    await visit.services.store.signal(visit.conv, "typing:agent")
    await expect(visit.messages("citizen").last).to_contain_text("Gelezen")
    assert not await visit.axe() and not await visit.outside()
    await visit.picture(f"{name}-agent")
