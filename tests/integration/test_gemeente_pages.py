"""The pages of a municipality: contact without scripts, the accessibility statement, how to embed the chat, and its theme."""

import contextlib
import html
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from bot.conversation.service import Notice, Off
from tests import looks
from tests.conftest import Edge, EdgeFactory

browser = looks.browser
PAGES = ("", "/contact", "/toegankelijkheid", "/insluiten")
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PLAIN = {"Accept-Encoding": "identity"}
KINGS_DAY_EVE = datetime(2026, 4, 24, 8, 0, tzinfo=UTC)  # a Friday; Monday is King's Day


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> AsyncIterator[Edge]:
    """What it knows of notices is always fresh."""
    yield await make_edge(service_fresh_seconds=0.0)


async def _text(edge: Edge, path: str) -> str:
    reply = await edge.call("GET", path)
    assert reply.status == 200, path
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.text)))


class TestContact:
    async def test_it_has_phone_counter_and_the_hours_of_now_without_scripts(self, edge: Edge) -> None:
        edge.services.now = lambda: KINGS_DAY_EVE
        said = await _text(edge, "/gemeente/voorbeeld/contact")
        town = edge.services.gemeente("voorbeeld")
        for expected in (town.telefoon, town.adres, "De balie is nu open tot 12:30 uur.", "De telefoon is nu open tot "):
            assert expected in said
        assert "<script" not in (await edge.call("GET", "/gemeente/voorbeeld/contact")).text

    async def test_holidays_to_come_are_named(self, edge: Edge) -> None:
        edge.services.now = lambda: KINGS_DAY_EVE
        said = await _text(edge, "/gemeente/voorbeeld/contact")
        assert "maandag 27 april 2026 Koningsdag" in said
        edge.services.now = lambda: datetime(2026, 4, 27, 8, 0, tzinfo=UTC)
        assert "De balie is vandaag gesloten, Koningsdag." in await _text(edge, "/gemeente/voorbeeld/contact")

    async def test_the_notice_and_why_the_chat_is_off_stand_on_it(self, edge: Edge) -> None:
        now = datetime.now(UTC)
        await edge.services.service_book.put("voorbeeld", notice=Notice("Storing <b>", now), off=Off("Bel ons even.", now))
        for path in PAGES:
            assert "Let op Storing <b>" in await _text(edge, f"/gemeente/voorbeeld{path}")
        assert "Bel ons even." in await _text(edge, "/gemeente/voorbeeld/contact")
        assert "Storing" not in await _text(edge, "/gemeente/weidedorp/contact")


async def test_the_statement_promises_no_more_than_was_done(edge: Edge) -> None:
    said = await _text(edge, "/gemeente/weidedorp/toegankelijkheid")
    assert "Status: eerste maatregelen genomen" in said
    assert "nog niet helemaal onderzocht door een onafhankelijk bureau" in said
    assert "voldoet volledig" not in said
    assert edge.services.gemeente("weidedorp").telefoon in said
    assert re.search(r"Deze verklaring is van \w+dag \d+ \w+ 20\d\d\.", said)


async def test_an_unknown_municipality_has_no_pages(edge: Edge) -> None:
    for path in (*PAGES, "/insluiten/code", "/thema.css"):
        assert (await edge.call("GET", f"/gemeente/nergens{path}")).status == 404


class TestTheme:
    async def test_every_website_may_use_it_and_a_copy_is_asked_for_again(self, edge: Edge) -> None:
        reply = await edge.call("GET", "/gemeente/weidedorp/thema.css", headers=PLAIN)
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert reply.headers["Content-Type"].startswith("text/css")
        assert "--utrecht-button-primary-action-background-color: var(--weidedorp-green);" in reply.text
        again = await edge.call("GET", "/gemeente/weidedorp/thema.css", headers={"If-None-Match": reply.headers["ETag"]})
        assert again.status == 304

    async def test_two_municipalities_look_different(self, edge: Edge) -> None:
        one, other = [
            (await edge.call("GET", f"/gemeente/{key}/thema.css", headers=PLAIN)).text for key in ("voorbeeld", "weidedorp")
        ]
        assert one != other


class TestTheCode:
    async def test_the_page_gives_the_code_without_scripts_too(self, edge: Edge) -> None:
        choice = {"position": "left", "greeting": 'Vraag "het" & meer', "topic": "paspoort_aanvragen"}
        reply = await edge.call("GET", "/gemeente/voorbeeld/insluiten", params=choice)
        code = (await edge.call("GET", "/gemeente/voorbeeld/insluiten/code", params=choice)).text
        assert html.escape(code) in reply.text.replace("&#34;", "&quot;")
        assert 'data-position="left"' in code and 'data-greeting="Vraag &quot;het&quot; &amp; meer"' in code
        assert 'data-topic="paspoort_aanvragen"' in code

    async def test_what_can_not_be_chosen_is_told_at_its_field(self, edge: Edge) -> None:
        wrong = {"position": "boven", "topic": "toverdrank", "invite": "snel", "title": "x" * 81}
        reply = await edge.call("GET", "/gemeente/voorbeeld/insluiten/code", params=wrong)
        assert reply.status == 422 and set(reply.json) == set(wrong)
        page = (await edge.call("GET", "/gemeente/voorbeeld/insluiten", params=wrong)).text
        assert "Dit onderwerp kennen wij niet." in page and '<code id="code"></code>' in page


async def _visit(browser: Browser, edge: Edge, path: str, **options: Any) -> Page:
    context = await browser.new_context(locale="nl-NL", **options)
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"error on the page: {error}"))
    await page.goto(f"{edge.url}{path}")
    return page


@pytest.mark.parametrize(("gemeente", "scheme"), [("voorbeeld", "light"), ("weidedorp", "dark")])
async def test_the_pages_fit_a_phone_and_a_desk_and_axe_finds_nothing(
    browser: Browser, edge: Edge, gemeente: str, scheme: Any
) -> None:
    await edge.services.service_book.put(gemeente, notice=Notice("Het gemeentehuis is dicht.", datetime.now(UTC)))
    page = await _visit(browser, edge, f"/gemeente/{gemeente}", viewport=DESKTOP, color_scheme=scheme)
    for path in PAGES:
        await page.goto(f"{edge.url}/gemeente/{gemeente}{path}")
        for name, viewport in (("telefoon", PHONE), ("bureau", DESKTOP)):
            await page.set_viewport_size(viewport)  # type: ignore[arg-type]
            await looks.look(page, f"pagina-{gemeente}{path.replace('/', '-')}-{name}")


async def test_who_manages_a_website_builds_the_code_while_choosing_and_copies_it(browser: Browser, edge: Edge) -> None:
    page = await _visit(browser, edge, "/gemeente/voorbeeld", permissions=["clipboard-read", "clipboard-write"])
    await page.get_by_role("link", name="Zet de chat op uw eigen pagina").click()
    code = page.locator("#code")
    await expect(code).to_contain_text('data-gemeente="voorbeeld"')
    await expect(page.get_by_role("button", name="Maak de code")).to_be_hidden()
    await page.get_by_label("Plek van de knop").select_option(label="Links")
    await expect(code).to_contain_text('data-position="left"')
    await page.get_by_label("Tekst op de knop").fill("Vraag het ons")
    await expect(code).to_contain_text('data-greeting="Vraag het ons"')
    await page.get_by_label("Uitnodiging na").fill("straks")
    await expect(page.locator("#invite-fout")).to_contain_text("Vul een getal in")
    await expect(page.get_by_role("button", name="Kopieer de code")).to_be_disabled()
    assert await looks.violations(page) == []
    await page.get_by_label("Uitnodiging na").fill("30")
    await expect(code).to_contain_text('data-invite="30"')
    await page.get_by_role("button", name="Kopieer de code").click()
    await expect(page.locator("#gekopieerd")).to_have_text("Gekopieerd.")
    assert await page.evaluate("navigator.clipboard.readText()") == await code.text_content()
    await page.reload()  # the address holds what was chosen
    await expect(code).to_contain_text('data-position="left"')


@contextlib.asynccontextmanager
async def _site(body: str, policy: str) -> AsyncIterator[str]:
    """A website elsewhere with this on its page. Gives its address."""

    async def page(_request: web.Request) -> web.Response:
        text = f"<!doctype html><html lang=nl><title>Site</title><body><h1>Site</h1>{body}</body></html>"
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.add_routes([web.get("/", page)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://localhost:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_the_code_works_on_another_website_under_the_policy_that_is_given(browser: Browser, edge: Edge) -> None:
    page = await _visit(browser, edge, "/gemeente/voorbeeld/insluiten?position=left&greeting=Hallo")
    code, policy = await page.locator("#code").text_content(), await page.locator("pre[aria-labelledby=csp-kop]").text_content()
    assert code and policy
    base = edge.services.settings.base_url  # of an installation; this edge has a port of its own
    strict = f"default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; {policy}".replace("\n", " ")
    async with _site(code.replace(base, edge.url), strict.replace(base, edge.url)) as address:
        await page.goto(address)
        await expect(page.get_by_role("button", name="Hallo")).to_be_visible()
        await expect(page.get_by_role("link", name="Contact met de gemeente")).to_be_hidden()
        await page.get_by_role("button", name="Hallo").click()
        await expect(page.get_by_text("virtuele assistent van Gemeente Voorbeeld")).to_be_visible(timeout=20_000)


async def test_who_has_no_scripts_finds_phone_and_counter_behind_the_link_of_the_code(browser: Browser, edge: Edge) -> None:
    page = await _visit(browser, edge, "/gemeente/voorbeeld/insluiten", java_script_enabled=False)
    code = await page.locator("#code").text_content()
    assert code
    here = code.replace(edge.services.settings.base_url, edge.url)
    async with _site(here, f"default-src 'none'; script-src {edge.url}") as address:
        await page.goto(address)
        await page.get_by_role("link", name="Contact met de gemeente").click()
        await expect(page.get_by_role("heading", name="Bellen")).to_be_visible()
