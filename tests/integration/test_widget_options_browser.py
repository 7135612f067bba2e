"""What a municipality chooses on its own page, in a real browser: context, invitation, position, language, the public API; and
what is said when something is wrong: an emergency notice, the chat switched off, a chat that doesn't load."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from bot.conversation import events
from bot.conversation.service import Notice, Off
from tests import looks, sizes
from tests.chat import Chat
from tests.conftest import Edge, EdgeFactory, echoing
from tests.desk_fixtures import until
from tests.elsewhere import DESKTOP, Website, guest, website

browser = looks.browser
expect.set_options(timeout=20_000)

HEARD = """() => { window.heard = []; for (const name of ['open', 'close', 'unread', 'ended'])
  document.addEventListener(`balie:${name}`, ({ detail }) => heard.push(detail ? [name, detail] : name)); }"""
LOADED = """() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
  .filter((path) => path.startsWith('/widget/')).map((path) => path.slice('/widget/'.length)).sort()"""
MINIMISED = "document.querySelector('balie-chat').close()"
FOCUSED = "document.querySelector('balie-chat').shadowRoot.activeElement?.localName ?? document.activeElement.localName"
CONTACT = """document.addEventListener('readystatechange', () => {
  const link = Object.assign(document.createElement('a'), { href: '#contact', textContent: 'Contact met de gemeente' });
  link.dataset.balieContact = '';
  document.querySelector('main').append(link);
}, { once: true })"""  # as the snippet has it: before the script runs
TOUCHES = """() => {
  const find = (root) => [...root.querySelectorAll('*')].flatMap((node) =>
    [node, ...(node.shadowRoot ? find(node.shadowRoot) : [])]);
  return find(document.querySelector('balie-chat').shadowRoot).filter((node) => node.matches('button, .button, textarea, input'))
    .map((node) => [node.dataset.testid ?? node.textContent, node.getBoundingClientRect()])
    .filter(([, { width, height }]) => width && height && (width < 44 || height < 44)).map(([name]) => name);
}"""


@dataclass
class Town:
    """An edge, and websites elsewhere that have its chat."""

    edge: Edge
    browser: Browser
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def site(self, options: str = "") -> Website:
        made = await self.stack.enter_async_context(website(self.edge.url, options=options))
        self.edge.services.gemeente("voorbeeld").origins.append(made.url)
        return made

    async def guest(self, *, offline: bool = False, **options: object) -> BrowserContext:
        return await self.stack.enter_async_context(guest(self.browser, offline=offline, **options))

    async def chat(self, options: str = "", *, offline: bool = False) -> Chat:
        """A page with these options, in a profile of its own; nothing is open yet."""
        context, site = await self.guest(offline=offline), await self.site(options)
        chat = Chat(await context.new_page())
        await chat.page.goto(site.url)
        return chat

    async def tell(self, **how: Notice | Off | None) -> None:
        await self.edge.services.service_book.put("voorbeeld", **how)


@pytest.fixture
async def town(make_edge: EdgeFactory, browser: Browser) -> AsyncIterator[Town]:
    edge = await make_edge(lift_rates=True)
    async with echoing(edge.services), (made := Town(edge, browser)).stack:
        yield made


def now() -> datetime:
    return datetime.now(UTC)


async def _focused(page: Page) -> str:
    return str(await page.evaluate(FOCUSED))


async def _holds(page: Page, what: str) -> bool:
    return bool(await page.evaluate(what))


async def test_the_chat_knows_what_the_page_is_about_and_asks_it_once(town: Town) -> None:
    chat = await town.chat(' data-topic="paspoort_aanvragen"', offline=True)  # a topic that isn't there is a 404
    await chat.open()
    opening = chat.messages("bot").first
    await expect(opening).to_contain_text("U bekijkt nu: Paspoort aanvragen.")
    await expect(opening.get_by_role("button").first).to_have_text("Paspoort aanvragen")
    await expect(opening.get_by_role("button", name="Paspoort aanvragen")).to_have_count(1)
    await opening.get_by_role("button", name="Paspoort aanvragen").click()
    await chat.hears("echo: Paspoort aanvragen")

    await chat.page.reload()  # the same page: the conversation began with it
    await chat.hook("launcher").click()
    await chat.hears("echo: Paspoort aanvragen")
    await expect(chat.hook("about")).to_have_count(0)

    other = await town.site("")  # another page of the site, in the same browser
    await chat.page.goto(other.url)
    await chat.page.evaluate("""() => document.head.append(Object.assign(document.createElement('meta'),
        { name: 'balie-topic', content: 'verhuizing_doorgeven' }))""")
    await chat.open()
    await chat.hears("computer")
    await expect(chat.messages("bot").first).to_contain_text("U bekijkt nu: Verhuizing doorgeven.")
    await chat.page.evaluate("document.querySelector('balie-chat').open({ topic: 'afval_kalender' })")
    await chat.page.evaluate("document.querySelector('balie-chat').open({ topic: 'bestaat_niet' })")
    await chat.page.evaluate("document.querySelector('balie-chat').open({ topic: 'rijbewijs_verlengen' })")
    await expect(chat.hook("about")).to_have_count(1)
    assert await looks.violations(chat.page) == []
    assert await chat.page.evaluate(TOUCHES) == []
    await chat.page.get_by_role("button", name="Vraag over Rijbewijs verlengen").click()
    await chat.hears("echo: Rijbewijs verlengen")
    await expect(chat.hook("about")).to_have_count(0)
    await chat.page.evaluate("document.querySelector('balie-chat').open({ topic: 'afval_kalender' })")
    await chat.hook("hide-about").click()
    await expect(chat.hook("about")).to_have_count(0)
    await chat.page.evaluate("document.querySelector('balie-chat').open({ topic: 'afval_kalender' })")
    await expect(chat.hook("about")).to_have_count(0)


async def test_an_invitation_comes_once_without_taking_the_focus_and_stays_away(town: Town) -> None:
    quiet = await town.chat()
    await quiet.hook("launcher").wait_for()
    assert await quiet.page.evaluate(LOADED) == [sizes.LOADER]

    words = ' data-invite-text="Vragen over uw paspoort?" data-greeting="Hulp nodig"'
    chat = await town.chat(f' data-invite="1" data-position="left"{words}')
    await chat.page.get_by_role("link", name="Wat kost het?").focus()
    invitation = chat.hook("invitation")
    await expect(invitation).to_contain_text("Vragen over uw paspoort?")
    assert await _focused(chat.page) == "a"
    assert await chat.page.evaluate(TOUCHES) == [] and await looks.violations(chat.page) == []
    await expect(chat.page.get_by_role("button", name="Hulp nodig in de chat")).to_be_visible()
    box = await chat.hook("launcher").bounding_box()
    assert box and box["x"] < 60
    await expect(chat.page.locator("balie-chat")).to_have_attribute("lang", "nl")
    await chat.page.keyboard.press("Escape")
    await expect(invitation).to_have_count(0)
    await chat.page.reload()
    await until(lambda: _holds(chat.page, "performance.now() > 2500"))
    await expect(invitation).to_have_count(0)

    accepting = await town.chat(' data-invite="1"')
    await accepting.hook("invitation-accept").click()
    await expect(accepting.messages("bot").first).to_contain_text("computer")
    await expect(accepting.hook("invitation")).to_have_count(0)


async def test_a_page_hears_what_happens_can_open_and_close_and_a_conversation_is_kept_on_paper(town: Town) -> None:
    chat = await town.chat()
    await chat.page.evaluate(HEARD)
    assert await chat.page.evaluate("document.querySelector('balie-chat').open({ question: 'Wat kost een paspoort?' })")
    await chat.hears("echo: Wat kost een paspoort?")
    assert await chat.page.evaluate("document.querySelector('balie-chat').opened")
    assert await chat.page.evaluate(LOADED) == sorted({sizes.LOADER, *sizes.opened()})  # what is measured is what is loaded
    await chat.page.evaluate(MINIMISED)
    conversation = await town.edge.services.store.get(chat.conv)
    await town.edge.services.handover.tell(conversation, events.message("bot", "Nog iets.", name="Balie"))
    await expect(chat.hook("launcher")).to_contain_text("1 nieuw bericht")
    await chat.hook("launcher").click()
    await town.edge.services.handover.tell(conversation, events.rating_request("t_9"))
    await expect(chat.hook("rating")).to_be_visible()
    await until(lambda: _holds(chat.page, "heard.length >= 6"))
    assert await chat.page.evaluate("heard") == [
        "open", "close", ["unread", {"unread": 1}], "open", ["unread", {"unread": 0}], "ended",
    ]

    await chat.page.evaluate("window.print = () => { window.printed = true; }")
    await chat.menu("print")
    await until(lambda: _holds(chat.page, "window.printed"))
    await chat.page.emulate_media(media="print")
    await expect(chat.message("Wat kost een paspoort?")).to_be_visible()
    for hidden in (chat.page.get_by_role("heading", level=1), *map(chat.hook, ("input", "menu", "launcher", "rating"))):
        await expect(hidden).to_be_hidden()
    await looks.picture(chat.page, "widget-print", full_page=True)
    await chat.page.evaluate("dispatchEvent(new Event('afterprint'))")
    await expect(chat.page.get_by_role("heading", level=1)).to_be_visible()  # a page that is printed without asking for the chat
    await expect(chat.hook("panel")).to_be_hidden()


async def test_a_notice_and_the_switch_are_seen_at_once_and_nothing_typed_is_lost(town: Town) -> None:
    chat = await town.chat()
    await chat.open()
    await chat.say("Hallo")
    await chat.hears("echo: Hallo")
    await chat.hook("input").fill("Half getypt")
    await town.tell(notice=Notice("Vandaag is er storing bij reisdocumenten.", now()))
    bulletin = chat.hook("bulletin")
    await expect(bulletin).to_contain_text("Belangrijk bericht: Vandaag is er storing bij reisdocumenten.")
    await expect(bulletin).to_have_attribute("role", "status")
    await chat.hook("hide-notice").click()
    await expect(bulletin).to_be_empty()

    await chat.page.reload()  # what was closed stays away; what is new comes
    await chat.hook("launcher").click()
    await chat.hears("echo: Hallo")
    await chat.hook("input").fill("Half getypt")
    await town.tell(notice=Notice("De storing duurt tot morgen.", now()), off=Off("De chat is vandaag dicht.", now()))
    await expect(bulletin).to_contain_text("De storing duurt tot morgen.")
    off, gemeente = chat.hook("off"), town.edge.services.gemeente("voorbeeld")
    for words in ("De chat is vandaag dicht.", gemeente.telefoon, gemeente.adres, "vandaag"):
        await expect(off).to_contain_text(words)
    number = gemeente.telefoon.replace(" ", "")
    await expect(off.get_by_role("link", name=f"Bel {gemeente.telefoon}")).to_have_attribute("href", f"tel:{number}")
    await chat.hook("input").press("Enter")
    await expect(chat.hook("input")).to_have_value("Half getypt")
    assert await looks.violations(chat.page) == [] and await chat.page.evaluate(TOUCHES) == []
    await chat.page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 per cent
    for reached in (chat.hook("hide-notice"), chat.hook("log"), off.get_by_role("link"), chat.hook("send")):
        await reached.scroll_into_view_if_needed()
        await expect(reached).to_be_in_viewport(ratio=0.4)

    await town.tell(notice=None, off=None)
    await expect(off).to_be_empty()
    await expect(bulletin).to_be_empty()
    await chat.hook("input").press("Enter")
    await chat.hears("echo: Half getypt")


async def test_who_comes_while_the_chat_is_off_is_told_and_can_talk_when_it_is_on(town: Town) -> None:
    await town.tell(off=Off("De chat is dicht voor onderhoud.", now()))
    chat = await town.chat(offline=True)
    await chat.hook("launcher").click()
    await expect(chat.hook("off")).to_contain_text("De chat is dicht voor onderhoud.")
    await expect(chat.hook("off").get_by_role("link")).to_be_visible()
    await expect(chat.hook("status")).to_be_empty()
    await town.tell(off=None)
    await expect(chat.messages("bot").first).to_contain_text("computer")
    await expect(chat.hook("off")).to_be_empty()
    await expect(chat.hook("announcer")).to_have_text("De chat werkt weer.")
    await chat.say("Daar ben ik")
    await chat.hears("echo: Daar ben ik")


async def test_who_has_no_chat_keeps_the_link_to_phone_and_counter(town: Town) -> None:
    context, site = await town.guest(offline=True, viewport=DESKTOP), await town.site()
    page = await context.new_page()
    await page.add_init_script(CONTACT)
    await page.route("**/widget/panel.js", lambda route: route.abort())
    await page.goto(site.url)
    contact = page.get_by_role("link", name="Contact met de gemeente")
    await page.get_by_test_id("balie-launcher").wait_for()
    await expect(contact).to_be_hidden()
    await page.evaluate("localStorage.setItem('balie:voorbeeld:service', JSON.stringify({ phone: '14 0999' }))")
    await page.get_by_test_id("balie-launcher").click()
    await expect(page.get_by_role("status")).to_have_text("De chat laadt niet. Probeer het opnieuw of bel ons: 14 0999")
    await expect(contact).to_be_visible()
    await page.unroute("**/widget/panel.js")
    await page.get_by_test_id("balie-launcher").click()
    await expect(page.get_by_test_id("balie-message").first).to_contain_text("computer")


async def test_two_tabs_that_begin_at_the_same_moment_go_on_with_one_conversation(town: Town) -> None:
    context, site, both = await town.guest(), await town.site(), asyncio.Barrier(2)

    async def hold(route: Route) -> None:
        await both.wait()
        await route.continue_()

    await context.route("**/v1/conv", hold)
    tabs = [Chat(await context.new_page()) for _ in range(2)]
    for chat in tabs:
        await chat.page.goto(site.url)
    await asyncio.gather(*(chat.hook("launcher").click() for chat in tabs))
    for chat in tabs:
        await expect(chat.messages("bot")).to_have_count(1)
        await expect(chat.page.locator("balie-panel")).to_have_attribute("data-connection", "live")
    await until(lambda: _agree(tabs))
    for number, chat in enumerate(tabs):
        await chat.say(f"Tabblad {number}")
        for other in tabs:
            await other.hears(f"echo: Tabblad {number}")
    first, second = [[(sender, words) for sender, words, _ in await chat.shown()] for chat in tabs]
    assert first == second and len(first) == 5


async def _agree(tabs: list[Chat]) -> bool:
    """Whether all tabs follow the conversation that the device keeps."""
    kept = await tabs[0].page.evaluate("JSON.parse(localStorage.getItem('balie:voorbeeld:conversation'))?.conv")
    return all(chat.conv == kept for chat in tabs)


async def test_an_address_in_an_answer_can_be_tapped_and_nothing_else_becomes_a_link(town: Town) -> None:
    chat = await town.chat()
    await chat.open()
    await chat.say("Op www.voorbeeld.example/a. Of (https://www.voorbeeld.example), niet http://www.b.example of www.")
    await chat.hears("echo: Op www")
    links = await chat.messages("bot").last.get_by_role("link").evaluate_all("found => found.map(({ href }) => href)")
    assert links == ["https://www.voorbeeld.example/a", "https://www.voorbeeld.example/"]
