"""Somebody of the municipality signs in at the desk with their account at work: over real HTTP, and in a real browser."""

import re
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from yarl import URL

from bot.commands import connections
from bot.conversation import keys
from bot.conversation.sessions import Session, Sessions
from bot.desk import words
from tests import desk_login_fixtures, login_fixtures, looks
from tests.desk_login_fixtures import BACK, WorkDesk, browsing, cookies, opened
from tests.login_fixtures import CLIENT, LEVEL, Broker, Browser, LoginEdge, serve_broker
from tests.looks import look

broker, make_login_edge = login_fixtures.broker, login_fixtures.make_login_edge
work_desk, browser = desk_login_fixtures.work_desk, desk_login_fixtures.browser
chromium = looks.browser

BUTTON = "Inloggen met uw werkaccount"
expect.set_options(timeout=20_000)


async def session_of(desk: WorkDesk, browser: Browser) -> Session:
    found = await Sessions(desk.edge.services.redis).get(cookies(browser)["balie_desk"])
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "roles", "teams"), [
    ("Anouk", ("agent",), ("burgerzaken",)), ("Bram", ("agent", "team_lead"), ()), ("Chantal", ("administrator",), ()),
    ("Finn", ("editor",), ()),
])
async def test_somebody_comes_in_with_the_roles_and_teams_of_their_groups(
    work_desk: WorkDesk, browser: Browser, name: str, roles: tuple[str, ...], teams: tuple[str, ...]
) -> None:
    await work_desk.agent(browser, name)
    session = await session_of(work_desk, browser)
    assert (session.agent.name, session.roles, session.teams, session.gemeente) == (name, roles, teams, "voorbeeld")


@pytest.mark.parametrize("name", ["Daan", "Esra"])
async def test_who_has_no_role_or_no_team_hears_whom_to_ask(work_desk: WorkDesk, browser: Browser, name: str) -> None:
    page = await work_desk.sign_in(browser, name)
    assert page.status == 403 and words.NO_ROLE in page.text
    assert (await browser.get("/desk")).headers["Location"] == "/desk/login"


async def test_only_who_takes_conversations_is_there_for_citizens(work_desk: WorkDesk) -> None:
    for name in ("Anouk", "Chantal", "Finn"):
        async with browsing(work_desk) as browser:
            await work_desk.agent(browser, name)
    there = await work_desk.edge.services.handover.agents("voorbeeld")
    assert [(one.agent.name, tuple(one.teams)) for one in there] == [("Anouk", ("burgerzaken",))]


async def test_stopping_at_the_provider_is_no_fault(work_desk: WorkDesk, browser: Browser) -> None:
    address = (await work_desk.begin(browser)).headers["Location"]
    page = await browser.get(await browser.choose(address, ""))
    assert page.status == 200 and words.WORK_LOGIN_CANCELLED in page.text
    await work_desk.agent(browser)


async def test_the_provider_is_asked_for_what_was_agreed(work_desk: WorkDesk, browser: Browser) -> None:
    work_desk.agree(scopes=("openid", "profile", "groups"), acr_values=(LEVEL,), levels=(LEVEL,), prompt="login")
    asked = URL((await work_desk.begin(browser)).headers["Location"]).query
    assert (asked["scope"], asked["acr_values"], asked["prompt"]) == ("openid profile groups", LEVEL, "login")
    assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, work_desk.edge.url + BACK)
    assert asked["code_challenge_method"] == "S256" and len({asked[n] for n in ("state", "nonce", "code_challenge")}) == 3
    await work_desk.agent(browser)


@pytest.mark.parametrize("broken", ["openid-configuration", "token", "jwks"])
async def test_a_provider_that_is_down_is_told_in_words_and_keeps_nobody_out_for_longer(
    work_desk: WorkDesk, browser: Browser, broken: str
) -> None:
    work_desk.broker.fail[broken] = web.Response(status=500)
    page = await work_desk.begin(browser)
    if page.status == 303:
        page = await browser.get(await work_desk.leave(browser))
    assert page.status == 503 and words.WORK_LOGIN_DOWN in page.text and BUTTON in page.text
    work_desk.broker.fail.clear()
    await work_desk.agent(browser)


async def test_the_claims_may_stand_in_userinfo_and_deep_inside(work_desk: WorkDesk, browser: Browser) -> None:
    claims = desk_login_fixtures.DeskClaims(name="given_name", roles=("resource_access", "balie", "roles"))
    work_desk.agree(userinfo=True, claims=claims, roles={"beheer": "administrator"}, teams={})
    work_desk.broker.userinfo = {"sub": "4711", "resource_access": {"balie": {"roles": ["beheer"]}}}
    await work_desk.agent(browser)
    assert (await session_of(work_desk, browser)).roles == ("administrator",)


# --- signing out ---


async def test_signing_out_ends_the_session_here_and_at_the_provider(work_desk: WorkDesk, browser: Browser) -> None:
    agent = await work_desk.agent(browser)
    token = (await session_of(work_desk, browser)).id_token
    status, body = await agent.post("/logout", root="/desk")
    assert status == 200
    away = URL(body["location"])
    assert str(away.with_query(None)) == f"{work_desk.broker.client.issuer}/logout"
    assert dict(away.query) == {
        "client_id": CLIENT, "post_logout_redirect_uri": work_desk.edge.url + "/desk/login", "ui_locales": "nl",
        "id_token_hint": token,
    }
    assert (await agent.get("/lists"))[0] == 401
    back = await browser.get(body["location"])
    assert back.headers["Location"] == work_desk.edge.url + "/desk/login"


async def test_a_token_too_long_for_an_address_is_not_kept(work_desk: WorkDesk, browser: Browser) -> None:
    work_desk.broker.provider.change = lambda claims: claims.update(groups=[*claims["groups"], *map(str, range(2000))])
    agent = await work_desk.agent(browser)
    assert (await session_of(work_desk, browser)).id_token == ""
    _, body = await agent.post("/logout", root="/desk")
    assert "id_token_hint" not in URL(body["location"]).query and len(body["location"]) < 500


@pytest.mark.parametrize("how", ["no place", "down", "not https"])
async def test_signing_out_here_needs_nothing_of_the_provider(work_desk: WorkDesk, browser: Browser, how: str) -> None:
    broker = work_desk.broker
    broker.after = "" if how == "no place" else broker.after
    broker.restart()
    if how == "not https":
        discovery = broker.provider.discovery
        broker.provider.discovery = lambda: discovery() | {"end_session_endpoint": "javascript:alert(1)"}  # type: ignore[method-assign]
    agent = await work_desk.agent(browser)
    if how == "down":
        broker.fail["openid-configuration"] = web.Response(status=500)
        work_desk.edge.services._adapters.pop(("desk.login", "voorbeeld"))  # another edge process, which has asked nothing yet
    assert await agent.post("/logout", root="/desk") == (204, None)
    assert (await agent.get("/lists"))[0] == 401
    assert not [key async for key in work_desk.edge.services.redis.scan_iter(keys.session("*"))]


# --- the connection ---


async def test_check_connections_tells_whether_the_desk_can_sign_in(work_desk: WorkDesk) -> None:
    async def found() -> Any:
        results = await connections.check_all(work_desk.edge.services, "voorbeeld")
        return next(result for result in results if result.part == "desk.login")

    well = await found()
    assert (well.supplier, well.faults) == ("oidc", ())
    work_desk.broker.client = replace(work_desk.broker.client, secret="een ander")
    work_desk.broker.restart()
    wrong = await found()
    assert wrong.faults == (
        "Login: the broker doesn't accept BALIE_DESK_OIDC_CLIENT_ID and BALIE_DESK_OIDC_SECRET.",
    )
    assert wrong.place == (
        "desk.login in gemeente.yml of voorbeeld; BALIE_DESK_OIDC_CLIENT_ID, BALIE_DESK_OIDC_SECRET, BALIE_PUBLIC_URL; "
        "docs/integration.md"
    )


# --- in a real browser ---


async def _page(chromium: Chromium, url: str, **options: Any) -> Page:
    """What the browser complains about fails the test."""
    context = await chromium.new_context(locale="nl-NL", reduced_motion="reduce", **options)
    context.on("console", lambda message: pytest.fail(message.text) if "Security Policy" in message.text else None)
    page = await context.new_page()
    await page.goto(url)
    return page


async def test_the_whole_way_through_the_provider_of_the_demonstration(make_login_edge: LoginEdge, chromium: Chromium) -> None:
    """By its button, at the desk of weidedorp, and out again."""
    edge = await make_login_edge()
    page = await _page(chromium, edge.url + "/desk/login")
    await page.get_by_role("button", name=BUTTON).click()
    await expect(page.get_by_text("dit is geen echt werkaccount")).to_be_visible()
    await page.get_by_role("button", name="Marieke").click()
    await expect(page).to_have_url(re.compile(r"/desk/?$"))
    await expect(page.get_by_text("Gemeente Weidedorp").first).to_be_visible()
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
    await page.get_by_role("button", name="Uitloggen").click()
    await expect(page).to_have_url(re.compile(r"/desk/login$"))
    await page.goto(edge.url + "/desk")
    await expect(page).to_have_url(re.compile(r"/desk/login$"))


async def test_a_provider_on_another_site_brings_one_back_signed_in(make_login_edge: LoginEdge, chromium: Chromium) -> None:
    """The Strict cookie of the session is not sent on a way that began at another site: the page between is what helps."""
    async with serve_broker("localhost") as elsewhere, opened(make_login_edge, elsewhere, gemeenten="voorbeeld") as desk:
        page = await _page(chromium, desk.edge.url + "/desk/login")
        await page.get_by_role("button", name=BUTTON).click()
        assert URL(page.url).host == "localhost"
        await page.get_by_role("button", name="Anouk").click()
        await expect(page).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/desk/?$"))
        await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
        await page.get_by_role("button", name="Uitloggen").click()
        await expect(page).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/desk/login$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_of_signing_in_are_for_everybody(
    make_login_edge: LoginEdge, broker: Broker, chromium: Chromium, scheme: str
) -> None:
    async with opened(make_login_edge, broker) as desk:
        page = await _page(chromium, desk.edge.url + "/desk/login", color_scheme=scheme, viewport={"width": 360, "height": 740})
        await look(page, f"desk-login-{scheme}")
        await page.get_by_role("button", name=BUTTON).hover()
        await page.goto(desk.edge.url + BACK)
        await expect(page.get_by_role("alert")).to_have_text(words.OTHER_BROWSER)
        await look(page, f"desk-login-refused-{scheme}")
