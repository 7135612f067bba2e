"""What an attacker tries on logging in, and what must hold (OWASP ASVS 5.0 chapter 10, RFC 9700)."""

import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from redis.asyncio import Redis
from yarl import URL

from bot.conversation import keys
from bot.login.demo import PATH as DEMO_PATH
from bot.login.oidc import challenge
from bot.settings import Settings, SettingsError
from bot.wiring import build, demo_people
from tests.attacks.test_citizen_api import captured_logs
from tests.conftest import Edge
from tests.login_fixtures import (
    CLIENT,
    CLIENT_SECRET,
    LEVEL,
    Broker,
    Browser,
    Chat,
    LoginEdge,
    broker,
    browsing,
    chat_of,
    code_of,
    make_login_edge,
    responses,
)

__all__ = ["broker", "make_login_edge"]  # fixtures

EVIL = "https://evil.example"
Claims = dict[str, Any]


@pytest.fixture
async def edge(make_login_edge: LoginEdge) -> Edge:
    return await make_login_edge()


@pytest.fixture
async def chat(edge: Edge) -> Chat:
    return await chat_of(edge)


@pytest.fixture
async def browser(edge: Edge) -> AsyncIterator[Browser]:
    async with browsing(edge) as opened:
        yield opened


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, down to DEBUG."""
    with captured_logs() as out:
        yield out


async def everything(client: Redis) -> dict[str, str]:
    """All keys of Redis with what they hold."""
    readers: dict[bytes, Callable[[bytes], Any]] = {
        b"string": client.get, b"hash": client.hgetall, b"list": lambda key: client.lrange(key, 0, -1), b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True), b"stream": client.xrange,
    }
    return {key.decode(): repr(await readers[await client.type(key)](key)) async for key in client.scan_iter("*")}


async def login_state(edge: Edge) -> dict[str, str]:
    """What Redis holds of logins."""
    return {key: held for key, held in (await everything(edge.services.redis)).items() if ":login" in key}


class TestTheLink:
    async def test_looking_at_a_link_changes_nothing_however_often(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        link = await chat.link()
        before = await login_state(edge)
        for _ in range(3):
            page = await browser.get(link)
            assert page.status == 200 and "Set-Cookie" not in page.headers
        assert (await edge.call("HEAD", URL(link).path)).status == 200
        assert await login_state(edge) == before
        assert await browser.log_in(link)

    async def test_a_link_that_is_too_old_starts_nothing(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        link = await chat.link()
        await edge.services.redis.pexpire(keys.login(chat.conv), edge.services.settings.login_ticket_seconds * 1000)
        for page in (await browser.get(link), await browser.post(link)):
            assert page.status == 410 and "Deze link werkt niet meer" in page.text

    async def test_a_login_under_way_may_end_after_its_link_ran_out(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        back = await browser.choose(await browser.begin(await chat.link()))
        await edge.services.redis.pexpire(keys.login(chat.conv), 60_000)
        assert (await browser.get(back)).status == 303
        assert 0 < await edge.services.redis.ttl(keys.login_result(chat.conv)) <= edge.services.settings.login_result_seconds

    async def test_a_link_brings_one_result(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        link = await chat.link()
        code = await browser.log_in(link)
        assert (await browser.get(link)).status == 410 and (await browser.post(link)).status == 410
        assert not responses(await chat.type(code))[0].startswith("utter_inlog")
        assert responses(await chat.type(code)) == ["utter_inlogcode_onbekend"], "a code works once"

    async def test_of_two_browsers_with_one_link_the_last_to_begin_goes_on(
        self, edge: Edge, chat: Chat, browser: Browser
    ) -> None:
        link = await chat.link()
        back = await browser.choose(await browser.begin(link))
        async with browsing(edge) as other:
            theirs = await other.choose(await other.begin(link), "1")
            assert (await browser.get(back)).status == 400
            assert (await other.get(theirs)).status == 303
        assert (await browser.get("/inloggen/klaar")).status == 410, "the code is for the browser that logged in"

    @pytest.mark.parametrize("wrong", [
        "x", "..", "%00", "c_" + "A" * 22 + "." + "A" * 43, "tg_" + "0" * 24 + "." + "A" * 43, "é" * 50,
    ])
    async def test_links_that_were_made_up_are_unknown(self, browser: Browser, wrong: str) -> None:
        assert (await browser.get(f"/inloggen/{wrong}")).status in {400, 404, 410}

    async def test_a_link_for_another_conversation_is_unknown(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        other = await chat_of(edge)
        secret = (await chat.link()).rpartition(".")[2]
        await other.link()
        assert (await browser.get(f"/inloggen/{other.conv}.{secret}")).status == 410

    async def test_redis_alone_is_not_enough_to_make_a_link(self, edge: Edge, chat: Chat) -> None:
        secret = (await chat.link()).rpartition(".")[2]
        assert secret not in str(await login_state(edge))

    @pytest.mark.parametrize("headers", [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": EVIL}, {"Origin": "null"},
    ])
    async def test_another_site_cannot_press_the_button(
        self, edge: Edge, chat: Chat, browser: Browser, headers: dict[str, str]
    ) -> None:
        link = await chat.link()
        before = await login_state(edge)
        answer = await browser.post(link, **headers)
        assert answer.status == 303 and answer.headers["Location"] == URL(link).path and "Set-Cookie" not in answer.headers
        assert await login_state(edge) == before
        own = await browser.post(link, **{"Sec-Fetch-Site": "same-origin", "Origin": edge.url})
        assert own.headers["Location"].startswith(edge.url + DEMO_PATH)

    async def test_starting_is_limited_per_address(self, make_login_edge: LoginEdge) -> None:
        edge = await make_login_edge(rate_address_minute=3)
        link = await (await chat_of(edge)).link()
        async with browsing(edge) as browser:
            assert [(await browser.get(link)).status for _ in range(4)] == [200, 200, 200, 429]
            assert (await browser.post(link)).status == 429
            assert (await browser.get("/inloggen/terug?code=x&state=y")).status == 429

    async def test_on_https_the_cookie_is_for_this_host_alone(self, make_login_edge: LoginEdge, broker: Broker) -> None:
        edge = await make_login_edge(broker, public_url="https://balie.voorbeeld.example")
        async with browsing(edge) as browser:
            started = await browser.post(URL(await (await chat_of(edge)).link()).path)
        cookie = started.headers["Set-Cookie"]
        assert cookie.startswith("__Host-balie_login=")
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")) and "Domain" not in cookie


class TestComingBack:
    """ASVS 10.1.2, 10.2.1, 10.5.1"""

    async def test_the_same_answer_counts_once(self, chat: Chat, browser: Browser) -> None:
        back = await browser.choose(await browser.begin(await chat.link()))
        assert (await browser.get(back)).status == 303
        again = await browser.get(back)
        assert again.status == 400 and "niet afmaken" in again.text
        assert code_of(await browser.get("/inloggen/klaar")), "the first one still holds"

    async def test_an_answer_that_failed_counts_once_too(self, chat: Chat, browser: Browser) -> None:
        """Whatever comes back with a state uses it up: after a cancelled login no code can be tried with it."""
        address = await browser.begin(await chat.link())
        assert "U bent gestopt" in (await browser.get(await browser.choose(address, ""))).text
        assert (await browser.get(await browser.choose(address))).status == 400
        assert (await browser.get("/inloggen/klaar")).status == 410

    async def test_the_answer_is_for_the_browser_that_started(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        back = await browser.choose(await browser.begin(await chat.link()))
        async with browsing(edge) as other:
            assert (await other.get(back)).status == 400
            await other.begin(await (await chat_of(edge)).link())
            assert (await other.get(back)).status == 400, "not with a cookie of another login either"
        assert (await browser.get(back)).status == 303

    @pytest.mark.parametrize("state", ["", "x", "A" * 43, "é" * 5000])
    async def test_a_wrong_state_is_refused_and_costs_nothing(self, chat: Chat, browser: Browser, state: str) -> None:
        back = URL(await browser.choose(await browser.begin(await chat.link())))
        assert (await browser.get(str(back.update_query(state=state[:1500])))).status == 400
        assert (await browser.get(str(back.without_query_params("state")))).status == 400
        assert (await browser.get(str(back))).status == 303

    async def test_anothers_code_in_ones_own_answer_is_refused(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        """PKCE: the code of a victim is worth nothing in the browser of who stole it."""
        stolen = URL(await browser.choose(await browser.begin(await chat.link())))
        mine = await chat_of(edge)
        async with browsing(edge) as thief:
            own = URL(await thief.choose(await thief.begin(await mine.link()), "1"))
            page = await thief.get(str(own.update_query(code=stolen.query["code"])))
            assert page.status == 403 and "niet zeker weten wie u bent" in page.text
            assert (await thief.get("/inloggen/klaar")).status == 410

    async def test_no_value_of_the_answer_decides_where_the_browser_goes(self, chat: Chat, browser: Browser) -> None:
        back = URL(await browser.choose(await browser.begin(await chat.link())))
        wanting = back.update_query(next=EVIL, redirect_uri=EVIL, RelayState=EVIL, target_link_uri=EVIL)
        assert (await browser.get(str(wanting))).headers["Location"] == "/inloggen/klaar"

    @pytest.mark.parametrize("error", ["server_error", "<script>alert(1)</script>", "x" * 3000])
    async def test_an_error_of_the_broker_is_never_shown_or_logged(
        self, edge: Edge, chat: Chat, browser: Browser, written: io.StringIO, error: str
    ) -> None:
        state = URL(await browser.begin(await chat.link())).query["state"]
        back = URL(edge.url + "/inloggen/terug").with_query(error=error, error_description=error, state=state)
        page = await browser.get(str(back))
        assert page.status == 503 and error not in page.text and error not in written.getvalue()

    async def test_a_page_that_is_none_of_the_municipality_is_not_told_the_code(self, edge: Edge, browser: Browser) -> None:
        """Else: begin a conversation "on" one's own page, open its link there, and let a visitor log in."""
        for page in (EVIL + "/lokaas", "http://127.0.0.1.evil.example/", f"http://x@{URL(EVIL).host}/"):
            chat = await chat_of(edge, page=page)
            await browser.log_in(await chat.link())
            shown = await browser.get("/inloggen/klaar")
            assert 'data-opener=""' in shown.text and "evil" not in shown.text and "inloggen.js" not in shown.text


class TestTheIdToken:
    """ASVS 9.1, 9.2, 10.5; OpenID Connect Core 1.0 section 3.1.3.7"""

    @pytest.fixture
    async def edge(self, make_login_edge: LoginEdge, broker: Broker) -> Edge:
        return await make_login_edge(broker)

    async def attempt(self, chat: Chat, browser: Browser) -> int:
        """Log in; the status of the page that follows (303: logged in)."""
        return (await browser.get(await browser.choose(await browser.begin(await chat.link())))).status

    async def test_a_good_one_is_taken(self, chat: Chat, browser: Browser) -> None:
        assert await self.attempt(chat, browser) == 303

    @pytest.mark.parametrize(("name", "change"), [
        ("nonce", {"nonce": "een-andere"}), ("no nonce", {"nonce": None}), ("issuer", {"iss": EVIL}),
        ("no issuer", {"iss": None}),
        ("audience", {"aud": "een-ander"}), ("several audiences", {"aud": [CLIENT, "een-ander"]}),
        ("authorised party", {"azp": "een-ander"}), ("expired", {"exp": int(time.time()) - 3600}), ("no end", {"exp": None}),
        ("from the future", {"iat": int(time.time()) + 3600}), ("no time", {"iat": None}), ("no subject", {"sub": None}),
        ("access token", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), ("level", {"acr": "basis"}), ("no level", {"acr": None}),
        ("levels", {"acr": [LEVEL]}), ("wrong check digit", {"bsn": "999990018"}), ("number", {"bsn": 999990019}),
        ("no bsn", {"bsn": None}), ("empty", {"bsn": ""}), ("zeros", {"bsn": "000000000"}), ("text", {"bsn": "999990019 OR 1=1"}),
    ])
    async def test_one_that_proves_nothing_is_refused(
        self, edge: Edge, chat: Chat, browser: Browser, broker: Broker, name: str, change: Claims
    ) -> None:
        def edit(claims: Claims) -> None:
            claims.update(change)
            for claim in [claim for claim, value in claims.items() if value is None]:
                del claims[claim]

        broker.provider.change = edit
        assert await self.attempt(chat, browser) == 403, name
        assert not await edge.services.redis.exists(keys.login_result(chat.conv))

    async def test_a_level_that_is_too_low_is_said_in_words(self, chat: Chat, browser: Browser, broker: Broker) -> None:
        broker.provider.change = lambda claims: claims.update(acr="basis")
        page = await browser.get(await browser.choose(await browser.begin(await chat.link())))
        assert "veiliger manier" in page.text and "DigiD-app" in page.text

    def _forged(self, how: str, broker: Broker) -> Callable[[Claims], str]:
        public = broker.provider._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        kid = {"kid": broker.provider._kid}

        def with_public_key(claims: Claims) -> str:  # the library refuses to sign so; an attacker's doesn't
            header, payload, _ = jwt.encode(claims, "x" * 32, algorithm="HS256", headers=kid).split(".")
            algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
            signature = algorithm.sign(f"{header}.{payload}".encode(), public)
            return f"{header}.{payload}.{jwt.utils.base64url_encode(signature).decode()}"

        def tampered(claims: Claims) -> str:
            header, _, signature = jwt.encode(claims, broker.provider._key, algorithm="ES256", headers=kid).split(".")
            other = jwt.utils.base64url_encode(json.dumps(claims | {"bsn": "999993653"}).encode()).decode()
            return f"{header}.{other}.{signature}"

        stranger = ec.generate_private_key(ec.SECP256R1())
        return {
            "none": lambda claims: jwt.encode(claims, None, algorithm="none", headers=kid),
            "HS256 with our secret": lambda claims: jwt.encode(claims, CLIENT_SECRET.ljust(32), algorithm="HS256", headers=kid),
            "HS256 with the public key": with_public_key,
            "a stranger's key under a known name": lambda claims: jwt.encode(claims, stranger, algorithm="ES256", headers=kid),
            "a stranger's key": lambda claims: jwt.encode(claims, stranger, algorithm="ES256", headers={"kid": "vreemd"}),
            "a key in the header": lambda claims: jwt.encode(claims, stranger, algorithm="ES256", headers={
                "kid": "vreemd", "jwk": jwt.algorithms.ECAlgorithm.to_jwk(stranger.public_key(), as_dict=True), "jku": EVIL,
            }),
            "changed claims": tampered, "no token": lambda claims: "", "rubbish": lambda claims: "a.b.c",
        }[how]

    @pytest.mark.parametrize("how", [
        "none", "HS256 with our secret", "HS256 with the public key", "a stranger's key under a known name", "a stranger's key",
        "a key in the header", "changed claims", "no token", "rubbish",
    ])
    async def test_one_with_a_forged_signature_is_refused(
        self, edge: Edge, chat: Chat, browser: Browser, broker: Broker, how: str
    ) -> None:
        broker.provider.signed = self._forged(how, broker)
        assert await self.attempt(chat, browser) == 403
        assert not await edge.services.redis.exists(keys.login_result(chat.conv))

    @pytest.mark.parametrize("issuer", [EVIL, None])
    async def test_an_answer_of_another_broker_is_refused(self, chat: Chat, browser: Browser, issuer: str | None) -> None:
        """RFC 9207: who promises to name itself must do so."""
        back = URL(await browser.choose(await browser.begin(await chat.link())))
        back = back.update_query(iss=issuer) if issuer else back.without_query_params("iss")
        assert (await browser.get(str(back))).status == 403

    async def test_redirects_of_the_broker_are_not_followed(
        self, edge: Edge, chat: Chat, browser: Browser, broker: Broker
    ) -> None:
        back = await browser.choose(await browser.begin(await chat.link()))
        broker.fail["token"] = web.Response(status=307, headers={"Location": f"{broker.url}/demo-login/jwks"})
        assert (await browser.get(back)).status == 503
        assert broker.calls.count("token") == 1


class TestTheCode:
    async def test_a_code_counts_only_in_the_conversation_that_asked(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        code = await browser.log_in(await chat.link())
        other = await chat_of(edge)
        await other.link()
        assert responses(await other.type(code)) == ["utter_inlogcode_onbekend"]
        assert not other.slots.get("zaken")
        assert "utter_zaken_eigen" in responses(await chat.type(code)) or chat.slots["zaken"]

    async def test_who_sends_a_link_to_somebody_else_sees_nothing_without_the_code(self, edge: Edge, browser: Browser) -> None:
        attacker = await chat_of(edge)
        code = await browser.log_in(await attacker.link())  # the victim, in their own browser
        guesses = [guess for guess in ("A2B3C4", "D5E6F7", "G8H9J2", "K3M4N5", "P6Q7R8", "S9T2U3") if guess != code][:5]
        said = [responses(await attacker.type(guess)) for guess in guesses]
        assert said == [["utter_inlogcode_fout"]] * 4 + [["utter_inlogcode_onbekend"]]
        assert responses(await attacker.type(code)) == ["utter_inlogcode_onbekend"], "too late after 5 wrong ones"
        assert not attacker.slots.get("zaken")
        assert not await edge.services.redis.exists(keys.login_result(attacker.conv))

    async def test_the_citizen_hears_how_many_tries_are_left(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        code = await browser.log_in(await chat.link())
        wrong = "A2B3C4" if code != "A2B3C4" else "A2B3C5"
        assert (await chat.type(wrong))[-1]["pogingen"] == 4
        assert (await chat.again(wrong))[-1]["pogingen"] == 4, "a turn that is done again is no second try"
        said = await chat.type(wrong)
        assert {"hide": [chat.seq]} in [message["custom"] for message in said], "a wrong code leaves the log as well"
        await chat.type(code)
        assert chat.slots["zaken"]

    async def test_the_result_outlives_a_brain_that_dies_before_it_answered(self, chat: Chat, browser: Browser) -> None:
        code = await browser.log_in(await chat.link())
        await chat.type(code)
        first = chat.slots.pop("zaken")
        await chat.again(code)
        assert [kept["zaak"] for kept in chat.slots["zaken"]["zaken"]] == [kept["zaak"] for kept in first["zaken"]]

    async def test_words_are_no_tries(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        code = await browser.log_in(await chat.link())
        for words in ("straks", "dank u", "ik zie geen code", "123456789", "waarom", "SNEEUW", "234567"):
            await chat.type(words)
        await chat.type(code)
        assert chat.slots["zaken"]

    async def test_redis_alone_is_not_enough_to_know_the_code(self, edge: Edge, chat: Chat, browser: Browser) -> None:
        code = await browser.log_in(await chat.link())
        assert code not in str(await login_state(edge))


class TestPrivacy:
    async def test_a_bsn_is_in_no_key_value_log_record_or_page(
        self, make_login_edge: LoginEdge, broker: Broker, written: io.StringIO
    ) -> None:
        """ASVS 16.2.5, on the way that goes well and on every way that doesn't."""
        edge, bsn, pages = await make_login_edge(broker), demo_people()[0][1], []
        async with browsing(edge) as browser:
            for trouble in ("none", "level", "cases", "taken"):
                chat = await chat_of(edge)
                changed = {"acr": "basis"} if trouble == "level" else {}
                broker.provider.change = lambda claims, changed=changed: claims.update(changed)  # type: ignore[misc]
                if trouble == "cases":
                    database = edge.services.settings.data_path / "voorbeeld" / "zaken.sqlite"
                    database.unlink(missing_ok=True)
                    database.mkdir()
                link = await chat.link()
                pages.append(await browser.get(link))
                pages.append(await browser.get(await browser.choose(await browser.begin(link))))
                pages.append(await browser.get("/inloggen/klaar"))
                said = await chat.type("en nu?" if trouble == "cases" else "A2B3C4")
                assert bsn not in str(said) and bsn not in str(chat.slots)
                held = await everything(edge.services.redis)
                assert held and bsn not in str(held), trouble
        assert not any(bsn in page.text + str(page.headers) for page in pages)
        assert "finished" in written.getvalue() and bsn not in written.getvalue()

    async def test_logs_tell_the_outcome_and_nothing_that_works(
        self, edge: Edge, chat: Chat, browser: Browser, written: io.StringIO
    ) -> None:
        link = await chat.link()
        back = URL(await browser.choose(await browser.begin(link)))
        await browser.get(str(back))
        code = code_of(await browser.get("/inloggen/klaar"))
        records = [json.loads(line) for line in written.getvalue().splitlines()]
        assert {record["outcome"] for record in records if record["event"] == "login"} == {"started", "finished"}
        assert {"/inloggen/{ticket}", "/inloggen/terug", "/inloggen/klaar"} <= {record.get("route") for record in records}
        secrets = [back.query["state"], back.query["code"], code, link.rpartition(".")[2], back.query_string]
        assert not [secret for secret in secrets if secret in written.getvalue()]

    async def test_erasing_the_conversation_ends_a_login_at_every_moment(self, edge: Edge, browser: Browser) -> None:
        for moment in ("link", "broker", "result"):
            chat = await chat_of(edge)
            link = await chat.link()
            back = await browser.choose(await browser.begin(link)) if moment != "link" else ""
            if moment == "result":
                await browser.get(back)
            await edge.services.store.erase(await edge.services.store.get(chat.conv))
            assert not await login_state(edge), moment
            assert (await browser.get(link)).status == 410
            if moment == "broker":
                assert (await browser.get(back)).status == 400
            assert (await browser.get("/inloggen/klaar")).status == 410
            assert not await login_state(edge), moment


class TestTheDemonstrationProvider:
    """It is as strict as a real one: else the tests above would prove little."""

    async def authorize(self, edge: Edge, **changes: str | None) -> URL:
        """Where the browser goes back to."""
        terms = edge.services.demo_broker._client  # type: ignore[union-attr]
        query = {
            "response_type": "code", "client_id": terms.client_id, "redirect_uri": terms.redirect_uri, "scope": "openid",
            "state": "s", "nonce": "n", "code_challenge": challenge("v" * 43), "code_challenge_method": "S256",
        } | changes
        given = {name: value for name, value in query.items() if value is not None}
        address = str(URL(edge.url + DEMO_PATH + "/authorize").with_query(given))
        async with browsing(edge) as browser:
            first = await browser.get(address)
            return URL(first.headers["Location"]) if first.status == 303 else URL(await browser.choose(address))

    async def ask(self, edge: Edge) -> dict[str, str]:
        """The form that brings a fresh code."""
        terms = edge.services.demo_broker._client  # type: ignore[union-attr]
        return {
            "grant_type": "authorization_code", "code": (await self.authorize(edge)).query["code"], "code_verifier": "v" * 43,
            "redirect_uri": terms.redirect_uri, "client_id": terms.client_id, "client_secret": terms.secret,
        }

    async def token(self, edge: Edge, form: dict[str, str], **changes: str) -> tuple[int, str]:
        reply = await edge.call("POST", DEMO_PATH + "/token", data=form | changes)
        return reply.status, reply.json.get("error", "")

    async def test_a_code_is_given_out_once_to_its_client_with_the_right_verifier(self, edge: Edge) -> None:
        wrong = [
            ({"code_verifier": "w" * 43}, (400, "invalid_grant")), ({"code_verifier": ""}, (400, "invalid_grant")),
            ({"redirect_uri": EVIL}, (400, "invalid_grant")), ({"code": "verzonnen"}, (400, "invalid_grant")),
            ({"client_secret": "fout"}, (401, "invalid_client")), ({"client_id": "ander"}, (401, "invalid_client")),
            ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ]
        for changes, refusal in wrong:
            assert await self.token(edge, await self.ask(edge), **changes) == refusal, changes
        form = await self.ask(edge)
        assert await self.token(edge, form) == (200, "")
        assert await self.token(edge, form) == (400, "invalid_grant")

    @pytest.mark.parametrize("changes", [
        {"code_challenge": None}, {"code_challenge_method": "plain"}, {"response_type": "token"}, {"scope": "profile"},
        {"nonce": None}, {"state": None},
    ])
    async def test_a_request_without_what_protects_it_is_sent_back(self, edge: Edge, changes: dict[str, None]) -> None:
        back = await self.authorize(edge, **changes)
        assert back.query["error"] == "invalid_request" and "code" not in back.query
        assert str(back.with_query(None)) == edge.url + "/inloggen/terug"

    @pytest.mark.parametrize("changes", [{"redirect_uri": EVIL}, {"client_id": "ander"}])
    async def test_strangers_are_sent_nowhere(self, edge: Edge, changes: dict[str, str]) -> None:
        query = {"redirect_uri": edge.url + "/inloggen/terug", "client_id": "balie-demo", "response_type": "code"} | changes
        reply = await edge.call("GET", DEMO_PATH + "/authorize", params=query, allow_redirects=False)
        assert reply.status == 400 and "Location" not in reply.headers


def test_production_refuses_the_demonstration_and_half_a_configuration(tmp_path: Any) -> None:
    safe = Settings(
        environment="production", secret="x" * 40, public_url="https://balie.voorbeeld.example", redis_url="redis://nergens",
        data_dir=str(tmp_path),
    )
    with pytest.raises(SettingsError, match=r"login: the demo supplier is refused in production"):
        build(safe)
