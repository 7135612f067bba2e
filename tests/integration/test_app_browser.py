"""The installable app in a real browser on a small phone: installing, keyboard and looks, new versions, and its weight."""

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, expect

from bot.conversation.service import Notice, Off
from bot.edge import create_app
from tests import app_fixtures as fixtures
from tests.app_fixtures import APP, GEMEENTE, PHONE, App
from tests.conftest import Edge, EdgeFactory, echoing
from tests.handover_fixtures import Counter

browser, context, edge, brain, app = fixtures.browser, fixtures.context, fixtures.edge, fixtures.brain, fixtures.app

BUDGET = 60_000  # bytes: see connectors/app/README.md
INSTALLABLE = """dispatchEvent(Object.assign(
  new Event('beforeinstallprompt', { cancelable: true }), { prompt: async () => 0 },
))"""
# What a finger may miss.
SMALL = """() => [...document.querySelector('balie-app').shadowRoot.querySelectorAll('a, button')]
  .filter((node) => node.checkVisibility()).map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 44).map(([name]) => name)"""


async def test_a_phone_can_install_the_app_and_open_it_without_a_network(app: App) -> None:
    await app.page.goto(f"{app.edge.url}/app")
    await app.look("choose")
    await app.page.get_by_role("link", name="Gemeente Voorbeeld").click()
    await app.ready()
    await app.look("welcome")
    await app.worker()
    session = await app.page.context.new_cdp_session(app.page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert (told["name"], told["short_name"]) == ("Gemeente Voorbeeld", "Voorbeeld")
    assert (told["lang"], told["display"]) == ("nl", "standalone")
    assert [shortcut["name"] for shortcut in told["shortcuts"]] == ["Nieuwe vraag"]
    for icon in told["icons"]:
        assert (await app.edge.call("GET", icon["src"])).headers["Content-Type"] == icon["type"]
    problems = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [problem["errorId"] for problem in problems if problem["errorId"] != "in-incognito"] == []

    await app.offline(True)
    await app.page.reload()
    await expect(app.get("app-bar")).to_contain_text("Geen verbinding. U kunt uw gesprekken wel lezen.")
    await expect(app.page.get_by_role("heading", level=1)).to_have_text("Waarmee kunnen we u helpen?")
    await app.look("offline")
    await app.page.goto(f"{app.edge.url}/app/weidedorp/")
    await expect(app.page.get_by_role("heading", level=1)).to_have_text("U heeft geen internet")


async def test_the_notice_and_the_switch_of_the_municipality_are_seen_in_the_list_too(app: App) -> None:
    book, now = app.edge.services.service_book, datetime.now(UTC)
    await app.start()
    await app.page.evaluate(INSTALLABLE)  # no browser without a screen offers this by itself
    await expect(app.get("app-install")).to_contain_text("Zet de app op uw beginscherm")
    await app.look("install")
    await app.get("app-install").get_by_role("button", name="Niet meer tonen").click()
    await expect(app.get("app-install")).to_be_hidden()
    await book.put(GEMEENTE, notice=Notice("De balie is vandaag dicht door een storing.", now))
    await app.page.reload()
    await app.ready()
    await expect(app.get("balie-bulletin")).to_contain_text("De balie is vandaag dicht")
    await app.page.evaluate(INSTALLABLE)
    await app.look("notice")
    await expect(app.get("app-install")).to_be_hidden()  # once is enough
    await book.put(GEMEENTE, off=Off("De chat staat vandaag uit.", now))
    await app.page.reload()
    await app.ready()
    await expect(app.get("balie-off")).to_contain_text("De chat staat vandaag uit.")
    await expect(app.get("balie-off")).to_contain_text("14 0999")
    await app.look("off")


async def test_everything_goes_with_the_keyboard_alone_and_titles_tell_where_one_is(app: App) -> None:
    page = app.page
    await app.start()
    await app.ask("Wat kost een paspoort?")
    await page.keyboard.press("Escape")
    await expect(app.talk("Wat kost een paspoort?")).to_be_focused()
    assert await page.title() == "Uw gesprekken – Gemeente Voorbeeld"
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Gesprek wissen: Wat kost een paspoort?")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(app.get("balie-confirm")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Gesprek wissen: Wat kost een paspoort?")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(app.get("balie-log")).to_contain_text("echo:")
    await expect(page).to_have_title("Wat kost een paspoort? – Gemeente Voorbeeld")
    await page.keyboard.press("Escape")
    await page.evaluate("document.activeElement.blur()")
    await app.get("app-settings-link").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Instellingen")).to_be_focused()
    await expect(page).to_have_title("Instellingen – Gemeente Voorbeeld")
    await page.go_back()
    await expect(page.get_by_role("heading", name="Uw gesprekken")).to_be_focused()
    assert await page.evaluate(SMALL) == []
    # A link to a conversation, as a notification has it: going back leads to the list, not out of the app.
    place = f"#gesprek/{(await app.record('Wat kost een paspoort?'))['id']}"
    await page.goto("about:blank")
    await app.start(place)
    await expect(app.get("balie-heading")).to_have_text("Wat kost een paspoort?")
    await page.reload()
    await app.ready()
    await app.back()
    await expect(app.get("app-list")).to_be_visible()
    await app.open("Wat kost een paspoort?")
    await app.get("balie-panel").evaluate("(dialog) => dialog.close()")  # a phone may do so by itself
    await expect(page.locator("balie-panel")).to_have_count(0)
    await expect(app.get("app-list")).to_be_visible()
    await app.start("#gesprek/00000000")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Uw gesprekken")

    await page.set_viewport_size({"width": 1100, "height": 800})  # a tablet: the list and the conversation side by side
    await app.open("Wat kost een paspoort?")
    await expect(app.get("app-list")).to_be_visible()
    await app.look("tablet")
    await page.emulate_media(color_scheme="dark")
    await app.look("tablet-dark")
    await page.set_viewport_size(PHONE)
    await app.look("talk-dark")
    await app.back()
    await app.look("list-dark")
    await app.get("app-settings-link").click()
    await app.look("settings-dark")
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.go_back()
    await app.look("narrow")
    assert await page.evaluate(SMALL) == []


async def test_a_new_version_is_taken_at_the_next_start_and_never_in_pieces(
    make_edge: EdgeFactory, context: BrowserContext
) -> None:
    edge = await make_edge()
    async with echoing(edge.services):
        app = App(await context.new_page(), edge)
        await app.start()
        await app.ask("Een vraag")
        await app.worker()
        before = await app.page.locator("html").get_attribute("data-phone")
        edge.services.gemeente(GEMEENTE).telefoon = "14 0998"
        async with restarted(edge):
            old = await app.page.locator("script").get_attribute("src")
            assert old and (await edge.call("GET", old)).status == 404  # no file of one version goes with those of another
            await app.page.reload()
            await app.ready()
            assert await app.page.locator("html").get_attribute("data-phone") == before
            await expect(app.get("balie-log")).to_contain_text("echo: Een vraag")
            await app.back()
            await expect(app.get("app-bar")).to_contain_text("Er is een nieuwe versie")
            await app.look("new-version")
            await app.page.reload()
            await expect(app.page.locator("html")).to_have_attribute("data-phone", "14 0998")
            await app.ready()
            await app.open("Een vraag")
            await app.say("Nog een")
            await app.answered("Nog een")
            assert len(await app.page.evaluate("caches.keys()")) == 1


@contextlib.asynccontextmanager
async def restarted(edge: Edge) -> AsyncIterator[None]:
    """The edge at the same address, started anew."""
    await edge.runner.cleanup()
    runner = web.AppRunner(create_app(edge.services), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(edge.url.rpartition(":")[2])).start()
    yield
    await runner.cleanup()


async def test_the_first_view_is_light(browser: Browser, edge: Edge, brain: Counter) -> None:
    """All that travels on a phone that was never here: until the list is there, with headers; and until a conversation is open.

    Without a service worker: what it fetches ahead is not needed for that, and comes out of the browser's cache.
    """
    context = await browser.new_context(viewport=PHONE, locale="nl-NL", service_workers="block")
    app = App(await context.new_page(), edge)
    session = await context.new_cdp_session(app.page)
    heads: dict[str, float] = {}
    whole: dict[str, float] = {}
    session.on(
        "Network.responseReceived", lambda event: heads.update({event["requestId"]: event["response"]["encodedDataLength"]})
    )
    session.on("Network.loadingFinished", lambda event: whole.update({event["requestId"]: event["encodedDataLength"]}))
    await session.send("Network.enable")
    await app.start()
    await expect(app.get("app-new")).to_be_visible()
    manifest = len((await edge.call("GET", f"{APP}manifest.webmanifest")).body)
    icon = len((await edge.call("GET", await app.page.locator("link[rel=icon]").get_attribute("href") or "")).body)
    first, files = sum(whole.values()) + manifest + icon, len(whole)
    await app.get("app-new").click()
    await expect(app.get("balie-log")).to_contain_text("virtuele assistent")
    bodies = sum(size - heads.get(id, 0) for id, size in whole.items()) + manifest + icon
    print(f"app: {first:.0f} bytes in {files} files for the list; with a conversation {bodies:.0f} bytes of content "
          f"and {sum(heads.values()):.0f} of headers in {len(whole)} files")
    assert len(whole) > files > 10
    assert first < BUDGET
    assert BUDGET / 2 < bodies < BUDGET
    await context.close()
