"""Logging in with a real browser: the code goes from the page that shows it to the chat that asked, and nowhere else."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from bot.brain.answers import collect
from bot.conversation.mailbox import Answer
from tests import looks
from tests.conftest import EchoBrain, Edge, at_work
from tests.login_fixtures import Chat, LoginEdge, chat_of, make_login_edge
from tests.looks import look
from tests.stubs.server import serving

__all__ = ["make_login_edge"]  # a fixture

browser = looks.browser
PHONE = {"width": 360, "height": 740}
expect.set_options(timeout=20_000)

EMBEDDING = """<!doctype html><html lang="nl"><head><title>Gemeente</title></head><body><main><h1>Welkom</h1></main>
<script type="module" src="{server}/widget/balie.js" data-gemeente="voorbeeld"></script></body></html>"""
LURING = """<!doctype html><html lang="nl"><head><title>Lokaas</title></head><body>
<a id="lokaas" href="{link}" target="_blank" rel="opener">Win een prijs</a>
<script>window.heard = []; addEventListener('message', (event) => heard.push(event.data));</script></body></html>"""


class LoginBrain(EchoBrain):
    """Runs the actions of a login: any words bring the question, the field brings the code."""

    async def _handle(self, entry: str, conv: str) -> None:
        turn = await self._mailbox.take(entry, conv)
        if turn is None:
            return
        chat = Chat(self._services, conv, seq=turn.seq - 1)
        fields = turn.event.get("_fields")
        said = await chat.type(turn.event["text"], **fields) if fields else await chat.ask()
        spoken = [{**message, "text": message.get("response")} for message in said]
        answer = collect(spoken, turn.name, 1.0)
        result = Answer(answer.events, tracker=b"-", hide=frozenset(answer.hide))
        await self._mailbox.commit(turn, result, self._services.gemeente(turn.gemeente).retention_days)


@pytest.fixture
async def edge(make_login_edge: LoginEdge) -> AsyncIterator[Edge]:
    edge = await make_login_edge()
    async with at_work(LoginBrain(edge.services).run()):
        yield edge


@pytest.fixture
async def site() -> AsyncIterator[dict[str, str]]:
    """Another website; the value of "page" is what it shows, "url" where."""
    shown: dict[str, str] = {}
    app = web.Application()
    app.router.add_get("/", lambda _request: _html(shown["page"]))
    door = socket.create_server(("127.0.0.1", 0))
    shown["url"] = f"http://localhost:{door.getsockname()[1]}/"
    async with serving(app, door):
        yield shown


async def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


async def _page(browser: Browser, url: str, **options: object) -> Page:
    """What the browser complains about fails the test."""
    context = await browser.new_context(locale="nl-NL", reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.on("weberror", lambda error: pytest.fail(str(error.error)))
    context.on("console", lambda message: pytest.fail(message.text) if "Security Policy" in message.text else None)
    page = await context.new_page()
    await page.goto(url)
    return page


async def _open_login(page: Page) -> Page:
    """From the chat to the page behind the link."""
    await page.get_by_test_id("balie-launcher").click()
    await page.get_by_test_id("balie-input").fill("Ik wil inloggen")
    await page.get_by_test_id("balie-input").press("Enter")
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Inloggen met DigiD").click()
    return await opened.value


async def _log_in(login: Page) -> None:
    await login.get_by_role("button", name="Inloggen met DigiD").click()
    await login.get_by_role("button", name="Noor van Dijk").click()
    await expect(login.get_by_role("heading", level=1)).to_have_text("U bent ingelogd")


async def test_the_chat_on_the_page_of_the_municipality_gets_the_code_by_itself(edge: Edge, browser: Browser) -> None:
    page = await _page(browser, edge.url + "/gemeente/voorbeeld")
    login = await _open_login(page)
    await _log_in(login)
    await expect(page.get_by_test_id("balie-case").first).to_be_visible()
    await expect(login.locator("#doorgegeven")).to_contain_text("De code is doorgegeven aan uw gesprek")
    log = await page.get_by_test_id("balie-log").inner_text()
    code = await login.locator("#doorgegeven").get_attribute("data-code")
    assert code and code not in log
    await expect(login.get_by_test_id("login-code")).to_have_count(0)  # nothing to type any more


async def test_a_chat_on_another_website_of_the_municipality_gets_it_too(
    edge: Edge, browser: Browser, site: dict[str, str]
) -> None:
    site["page"] = EMBEDDING.format(server=edge.url)
    page = await _page(browser, site["url"])
    await _log_in(await _open_login(page))
    await expect(page.get_by_test_id("balie-case").first).to_be_visible()


async def test_without_the_chats_page_the_code_is_typed(edge: Edge, browser: Browser) -> None:
    page = await _page(browser, edge.url + "/gemeente/voorbeeld")
    login = await _open_login(page)
    url = login.url
    await login.close()
    elsewhere = await _page(browser, url)
    await _log_in(elsewhere)
    code = await elsewhere.get_by_test_id("login-code").inner_text()
    field = page.get_by_test_id("balie-form").get_by_label("Code")
    await field.fill(code.lower())
    await field.press("Enter")
    await expect(page.get_by_test_id("balie-case").first).to_be_visible()


async def test_a_page_that_lures_somebody_into_logging_in_hears_nothing(
    edge: Edge, browser: Browser, site: dict[str, str]
) -> None:
    """The conversation is the attacker's own, said to be on the page of the municipality; the opener is the attacker's page."""
    chat = await chat_of(edge, page=edge.url + "/gemeente/voorbeeld")
    site["page"] = LURING.format(link=await chat.link())
    page = await _page(browser, site["url"])
    async with page.context.expect_page() as opened:
        await page.locator("#lokaas").click()
    login = await opened.value
    await _log_in(login)
    await login.evaluate("opener.postMessage('klaar', '*')")  # what was sent before this has arrived before it
    await page.wait_for_function("heard.includes('klaar')")
    assert await page.evaluate("heard") == ["klaar"]


async def test_a_forged_message_fills_in_nothing(edge: Edge, browser: Browser, site: dict[str, str]) -> None:
    site["page"] = EMBEDDING.format(server=edge.url)
    page = await _page(browser, site["url"])
    await (await _open_login(page)).close()
    # From the page itself, which has another origin than the server of the chat.
    await page.evaluate("postMessage({balie: 'login', code: 'ABC234'}, '*')")
    await page.evaluate("new Promise((done) => { addEventListener('message', done); postMessage('klaar', '*') })")
    await expect(page.get_by_test_id("balie-form").locator("input")).to_have_value("")
    assert await page.get_by_test_id("balie-form").get_attribute("data-retired") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_fit_a_small_phone_and_everybody(edge: Edge, browser: Browser, scheme: str) -> None:
    chat = await chat_of(edge)
    page = await _page(browser, await chat.link(), viewport=PHONE, color_scheme=scheme)
    await look(page, f"login-start-{scheme}")
    await page.get_by_role("button", name="Inloggen met DigiD").click()
    await look(page, f"login-demo-{scheme}")
    await page.get_by_role("button", name="Annuleren").click()
    await look(page, f"login-cancelled-{scheme}")
    await page.get_by_role("link", name="Opnieuw inloggen").click()
    await _log_in(page)
    await look(page, f"login-code-{scheme}")
    await page.goto(await chat.link())
    await look(page, f"login-again-{scheme}")
    await page.goto(edge.url + "/inloggen/verzonnen")
    await look(page, f"login-expired-{scheme}")
