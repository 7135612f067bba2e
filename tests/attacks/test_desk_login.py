"""What an attacker tries on signing in at the desk, and what must hold (OWASP ASVS 5.0 chapters 7 and 10, RFC 9700)."""

import io
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from bot.conversation.sessions import Sessions
from bot.desk import words
from tests import desk_login_fixtures, login_fixtures
from tests.attacks.test_citizen_api import captured_logs
from tests.attacks.test_login import everything
from tests.desk_login_fixtures import BACK, PEOPLE, START, WorkDesk, browsing, cookies, number, opened
from tests.login_fixtures import CLIENT, CLIENT_SECRET, LEVEL, Broker, Browser, LoginEdge

broker, make_login_edge = login_fixtures.broker, login_fixtures.make_login_edge
work_desk, browser = desk_login_fixtures.work_desk, desk_login_fixtures.browser

EVIL = "https://evil.example"
Claims = dict[str, Any]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    with captured_logs() as out:
        yield out


async def refused(browser: Browser, back: str, title: str, status: int) -> None:
    """Nobody is signed in, and the page says why."""
    page = await browser.get(back)
    assert (page.status, title in page.text) == (status, True), page.text
    assert "balie_desk" not in cookies(browser)
    assert (await browser.get("/desk")).headers["Location"] == "/desk/login"


# --- coming back: 10.1.2, 10.2.1, 10.5.1 ---


async def test_an_answer_counts_once(work_desk: WorkDesk, browser: Browser) -> None:
    back = await work_desk.leave(browser)
    visit = cookies(browser)["balie_desk_login"]
    assert (await browser.get(back)).status == 200
    async with browsing(work_desk) as other:
        page = await other.get(back, Cookie=f"balie_desk_login={visit}")
        assert (page.status, "Set-Cookie" in page.headers and "balie_desk=" in page.headers["Set-Cookie"]) == (400, False)


async def test_an_answer_that_failed_counts_once_too(work_desk: WorkDesk, browser: Browser) -> None:
    address = (await work_desk.begin(browser)).headers["Location"]
    visit = cookies(browser)["balie_desk_login"]
    await refused(browser, await browser.choose(address, ""), words.WORK_LOGIN_CANCELLED, 200)
    back = await browser.choose(address, number("Anouk"))
    assert (await browser.get(back, Cookie=f"balie_desk_login={visit}")).status == 400


async def test_an_answer_is_for_the_browser_that_left(work_desk: WorkDesk, browser: Browser) -> None:
    """Login CSRF: an attacker's answer signs no victim in as the attacker, whether the victim is signing in or not."""
    back = await work_desk.leave(browser, "Chantal")
    async with browsing(work_desk) as victim:
        await refused(victim, back, words.OTHER_BROWSER, 400)
        await work_desk.begin(victim)
        await refused(victim, back, words.OTHER_BROWSER, 400)
    assert (await browser.get(back)).status == 200


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "é" * 300], ids=["empty", "short", "wrong", "strange"])
async def test_a_tampered_state_is_refused_and_costs_nothing(work_desk: WorkDesk, browser: Browser, state: str) -> None:
    back = URL(await work_desk.leave(browser))
    for wrong in (back.update_query(state=state), back.without_query_params("state")):
        await refused(browser, str(wrong), words.OTHER_BROWSER, 400)
    assert (await browser.get(str(back))).status == 200


async def test_a_stolen_code_is_worth_nothing_in_another_browser(work_desk: WorkDesk, browser: Browser) -> None:
    """PKCE"""
    stolen = URL(await work_desk.leave(browser, "Chantal")).query["code"]
    async with browsing(work_desk) as thief:
        own = URL(await work_desk.leave(thief, "Daan"))
        await refused(thief, str(own.update_query(code=stolen)), words.WORK_LOGIN_REFUSED, 403)


@pytest.mark.parametrize("issuer", [EVIL, None])
async def test_an_answer_of_another_provider_is_refused(work_desk: WorkDesk, browser: Browser, issuer: str | None) -> None:
    """RFC 9207: mix-up."""
    back = URL(await work_desk.leave(browser))
    back = back.update_query(iss=issuer) if issuer else back.without_query_params("iss")
    await refused(browser, str(back), words.WORK_LOGIN_REFUSED, 403)


async def test_no_value_of_the_answer_decides_where_the_browser_goes(work_desk: WorkDesk, browser: Browser) -> None:
    back = URL(await work_desk.leave(browser)).update_query(next=EVIL, redirect_uri=EVIL, RelayState=EVIL)
    page = await browser.get(str(back))
    assert "evil" not in page.text and "evil" not in str(page.headers) and 'content="0; url=/desk"' in page.text


@pytest.mark.parametrize("error", ["server_error", "<script>alert(1)</script>", "x" * 3000], ids=["known", "markup", "long"])
async def test_an_error_of_the_provider_is_never_shown_or_logged(
    work_desk: WorkDesk, browser: Browser, written: io.StringIO, error: str
) -> None:
    state = URL((await work_desk.begin(browser)).headers["Location"]).query["state"]
    back = URL(work_desk.edge.url + BACK).with_query(error=error, error_description=error, state=state)
    page = await browser.get(str(back))
    assert page.status == 503 and words.WORK_LOGIN_DOWN in page.text
    assert error not in page.text and error not in written.getvalue()


# --- leaving: 3.5.1, 10.2.1 ---


@pytest.mark.parametrize("headers", [
    {"Origin": EVIL}, {"Origin": "null"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
])
async def test_no_other_site_sends_somebody_to_the_provider(
    work_desk: WorkDesk, browser: Browser, headers: dict[str, str]
) -> None:
    answer = await work_desk.begin(browser, **headers)
    assert answer.status == 403 and "Set-Cookie" not in answer.headers
    assert (await browser.get(START)).status == 405


@pytest.mark.parametrize("gemeente", ["", "elders", "../voorbeeld", "voorbeeld\0", "v" * 5000], ids=range(5))
async def test_a_municipality_that_is_none_leads_nowhere(work_desk: WorkDesk, browser: Browser, gemeente: str) -> None:
    answer = await work_desk.begin(browser, gemeente)
    assert answer.status in {404, 413} and "Location" not in answer.headers and "Set-Cookie" not in answer.headers


async def test_a_municipality_without_a_provider_leads_nowhere(make_login_edge: LoginEdge, broker: Broker) -> None:
    async with opened(make_login_edge, broker) as desk, browsing(desk) as browser:
        desk.edge.services.gemeente("voorbeeld").desk = desk.edge.services.gemeente("voorbeeld").desk.__class__()
        assert (await desk.begin(browser)).status == 404


async def test_leaving_and_coming_back_are_limited_per_address(make_login_edge: LoginEdge, broker: Broker) -> None:
    async with opened(make_login_edge, broker, rate_address_minute=3) as desk, browsing(desk) as browser:
        assert [(await desk.begin(browser)).status for _ in range(4)] == [303, 303, 303, 429]
        page = await browser.get(BACK + "?code=x&state=y")
        assert page.status == 429 and int(page.headers["Retry-After"]) > 0 and words.TOO_MANY_LOGINS in page.text


# --- the ID token: 9.1, 9.2, 10.5 ---


@pytest.mark.parametrize(("name", "change"), [
    ("nonce", {"nonce": "een-andere"}), ("no nonce", {"nonce": None}), ("issuer", {"iss": EVIL}), ("no issuer", {"iss": None}),
    ("audience", {"aud": "een-ander"}), ("several audiences", {"aud": [CLIENT, "een-ander"]}), ("party", {"azp": "een-ander"}),
    ("expired", {"exp": int(time.time()) - 3600}), ("no end", {"exp": None}), ("future", {"iat": int(time.time()) + 3600}),
    ("no time", {"iat": None}), ("no subject", {"sub": None}), ("access token", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
])
async def test_a_token_that_proves_nothing_is_refused(
    work_desk: WorkDesk, browser: Browser, name: str, change: Claims
) -> None:
    def edit(claims: Claims) -> None:
        claims.update(change)
        for claim in [claim for claim, value in claims.items() if value is None]:
            del claims[claim]

    work_desk.broker.provider.change = edit
    await refused(browser, await work_desk.leave(browser), words.WORK_LOGIN_REFUSED, 403)


def _forgers() -> dict[str, Callable[[Claims, dict[str, str]], str]]:
    stranger = ec.generate_private_key(ec.SECP256R1())
    return {
        "none": lambda claims, kid: jwt.encode(claims, None, algorithm="none", headers=kid),
        "our secret": lambda claims, kid: jwt.encode(claims, CLIENT_SECRET.ljust(32), algorithm="HS256", headers=kid),
        "stranger": lambda claims, kid: jwt.encode(claims, stranger, algorithm="ES256", headers=kid),
        "rubbish": lambda claims, kid: "a.b.c",
    }


@pytest.mark.parametrize("how", ["none", "our secret", "stranger", "rubbish"])
async def test_a_token_with_a_forged_signature_is_refused(work_desk: WorkDesk, browser: Browser, how: str) -> None:
    provider = work_desk.broker.provider
    provider.signed = lambda claims: _forgers()[how](claims, {"kid": provider._kid})
    await refused(browser, await work_desk.leave(browser), words.WORK_LOGIN_REFUSED, 403)


async def test_a_level_that_is_too_low_is_refused_in_words(work_desk: WorkDesk, browser: Browser) -> None:
    work_desk.agree(levels=(LEVEL,), acr_values=(LEVEL,))
    work_desk.broker.provider.change = lambda claims: claims.update(acr="wachtwoord")
    await refused(browser, await work_desk.leave(browser), words.LEVEL_TOO_LOW, 403)


async def test_the_login_of_citizens_opens_no_desk(work_desk: WorkDesk, browser: Browser) -> None:
    """A token for another client of the same provider, such as the chat: wrong audience."""
    work_desk.broker.provider.change = lambda claims: claims.update(aud="balie-inwoners")
    await refused(browser, await work_desk.leave(browser), words.WORK_LOGIN_REFUSED, 403)


# --- roles that somebody claims: 8.2.1 ---


@pytest.mark.parametrize("groups", [
    None, "", "administrator", "balie-beheer balie-kcc", "balie-beheer,balie-kcc", [], ["administrator", "Balie-beheer"],
    {"balie-beheer": True}, [["balie-beheer"]], [{"name": "balie-beheer"}], True, 1, ["balie-beheer\0"], [None, 3, True],
    [f"groep-{number}" for number in range(5000)],
], ids=range(15))
async def test_groups_that_mean_nothing_give_no_role(work_desk: WorkDesk, browser: Browser, groups: Any) -> None:
    work_desk.broker.provider.change = lambda claims: claims.update(groups=groups)
    await refused(browser, await work_desk.leave(browser), words.NO_ROLE, 403)


@pytest.mark.parametrize(
    "groups", ["balie-beheer", [*(f"groep-{number}" for number in range(5000)), "balie-beheer", 7, None]], ids=["text", "list"]
)
async def test_the_one_group_that_means_something_counts_among_thousands(
    work_desk: WorkDesk, browser: Browser, groups: Any
) -> None:
    work_desk.broker.provider.change = lambda claims: claims.update(groups=groups)
    agent = await work_desk.agent(browser)
    assert [(await agent.get(path))[0] for path in ("/audit", "/lists")] == [200, 403]


async def test_claims_of_our_own_making_are_not_listened_to(work_desk: WorkDesk, browser: Browser) -> None:
    work_desk.broker.provider.change = lambda claims: claims.update(roles=["administrator"], role="administrator", teams=["*"])
    agent = await work_desk.agent(browser, "Anouk")
    assert (await agent.get("/audit"))[0] == 403


@pytest.mark.parametrize(("claim", "value"), [
    ("sub", ""), ("sub", 12), ("sub", "x" * 300), ("sub", "4711\n4712"), ("given_name", None), ("given_name", " "),
    ("given_name", ["Anouk"]), ("given_name", "An\x00ouk"), ("given_name", "An\u202eouk"), ("given_name", "x" * 101),
], ids=range(10))
async def test_somebody_without_a_usable_name_is_refused(
    work_desk: WorkDesk, browser: Browser, claim: str, value: Any
) -> None:
    work_desk.broker.provider.change = lambda claims: claims.update({claim: value})
    page = await browser.get(await work_desk.leave(browser))
    assert page.status == 403 and "balie_desk" not in cookies(browser)


async def test_a_name_is_only_text_on_the_page(work_desk: WorkDesk, browser: Browser) -> None:
    work_desk.broker.provider.change = lambda claims: claims.update(given_name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in (await browser.get(await work_desk.leave(browser))).text
    assert "<img src=x" not in (await browser.get("/desk")).text


# --- sessions and cookies: 3.3, 7.2, 7.4 ---


async def test_signing_in_gives_a_new_session_and_ends_one_that_was_planted(work_desk: WorkDesk, browser: Browser) -> None:
    """Session fixation."""
    async with browsing(work_desk) as attacker:
        await work_desk.agent(attacker, "Chantal")
        planted = cookies(attacker)["balie_desk"]
    browser.session.cookie_jar.update_cookies({"balie_desk": planted}, URL(work_desk.edge.url + "/desk"))
    await work_desk.agent(browser)
    sessions = Sessions(work_desk.edge.services.redis)
    assert cookies(browser)["balie_desk"] != planted and await sessions.get(planted) is None


async def test_cookies_of_the_visit_and_of_the_session(make_login_edge: LoginEdge, broker: Broker) -> None:
    async with opened(make_login_edge, broker) as desk, browsing(desk) as browser:
        visit = (await desk.begin(browser)).headers["Set-Cookie"].split("; ")
        session = (await desk.sign_in(browser)).headers.getall("Set-Cookie")
    assert visit[0].startswith("balie_desk_login=") and {"HttpOnly", "SameSite=Lax", "Path=/desk/login"} <= set(visit)
    kept = next(c for c in session if c.startswith("balie_desk="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/desk"} <= set(kept.split("; "))
    assert any(c.startswith('balie_desk_login="";') and "Max-Age=0" in c for c in session), "the visit is over"
    async with opened(make_login_edge, broker, public_url="https://balie.voorbeeld.example") as desk, browsing(desk) as browser:
        secure = (await desk.begin(browser, Origin="https://balie.voorbeeld.example")).headers["Set-Cookie"]
    assert secure.startswith("__Secure-balie_desk_login=") and "Secure" in secure.split("; ")


async def test_pages_of_signing_in_are_not_kept_framed_or_told_to_others(work_desk: WorkDesk, browser: Browser) -> None:
    form, entered = await browser.get("/desk/login"), await work_desk.sign_in(browser)
    for page in (form, entered):
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
    assert f"form-action 'self' https: {work_desk.broker.url};" in form.headers["Content-Security-Policy"]
    assert "form-action 'self';" in entered.headers["Content-Security-Policy"]
    assert '<meta name="referrer" content="no-referrer">' in entered.text, "its own address holds a code"


async def test_a_session_ends_when_the_municipality_has_no_such_login_any_more(work_desk: WorkDesk, browser: Browser) -> None:
    agent = await work_desk.agent(browser)
    assert (await agent.get("/lists"))[0] == 200
    gemeente = work_desk.edge.services.gemeente("voorbeeld")
    gemeente.desk = gemeente.desk.__class__()
    assert (await agent.get("/lists"))[0] == 401


async def test_somebody_of_the_provider_is_nobody_at_another_municipality(work_desk: WorkDesk, browser: Browser) -> None:
    """The visit says for which municipality it is; nothing that comes back can change that."""
    back = URL(await work_desk.leave(browser, "Bram")).update_query(gemeente="weidedorp")
    assert (await browser.get(str(back))).status == 200
    session = await Sessions(work_desk.edge.services.redis).get(cookies(browser)["balie_desk"])
    assert session is not None and session.gemeente == "voorbeeld"


# --- what is left behind: 16.2.5, 16.3 ---


@pytest.fixture
async def trail(work_desk: WorkDesk, browser: Browser, written: io.StringIO) -> AsyncIterator[list[str]]:
    """The secrets of a way there and back."""
    started = (await work_desk.begin(browser)).headers["Location"]
    visit = cookies(browser)["balie_desk_login"]
    back = await browser.choose(started, number("Anouk"))
    await browser.get(back)
    yield [visit, URL(started).query["state"], URL(started).query["nonce"], URL(back).query["code"], CLIENT_SECRET]


async def test_neither_logs_nor_redis_hold_what_works(
    work_desk: WorkDesk, browser: Browser, written: io.StringIO, trail: list[str]
) -> None:
    held = str(await everything(work_desk.edge.services.redis))
    assert not [secret for secret in trail if secret in written.getvalue() or secret in held]
    assert cookies(browser)["balie_desk"] not in held + written.getvalue()
    assert '"action": "login"' in written.getvalue() and "Anouk" not in written.getvalue()


async def test_every_attempt_is_in_the_audit_log(work_desk: WorkDesk, browser: Browser) -> None:
    await work_desk.sign_in(browser, "Daan")
    work_desk.broker.provider.change = lambda claims: claims.update(nonce="x")
    await work_desk.sign_in(browser, "Anouk")
    work_desk.broker.provider.change = lambda claims: None
    agent = await work_desk.agent(browser, "Chantal")
    _, body = await agent.get("/audit")
    found = [(e["agent"]["id"], e["action"], e["details"].get("reason")) for e in body["entries"]]
    assert found == [
        ("4713", "audit_read", None), ("4713", "login", "work"), ("", "login_refused", "nonce"),
        ("4714", "login_refused", "no role"),
    ]
    assert {person["sub"] for _, person in PEOPLE} >= {"4713", "4714"}
