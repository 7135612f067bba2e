"""Logging in, from the question in the chat to the citizen's own cases: real HTTP, a real Redis, a provider that refuses."""

import asyncio
import re
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace
from yarl import URL

from actions.context import here
from actions.inloggen import login_button
from bot.login.demo import PATH as DEMO_PATH
from bot.wiring import demo_people
from tests.conftest import Edge, Reply
from tests.login_fixtures import (
    Broker,
    Chat,
    LoginEdge,
    broker,
    browsing,
    chat_of,
    code_of,
    make_login_edge,
    responses,
)
from tests.stubs.botapi import TOKEN, BotApi, serving

__all__ = ["broker", "make_login_edge"]  # fixtures

OWN = ["utter_zaken_eigen"]


@pytest.fixture
async def edge(make_login_edge: LoginEdge) -> Edge:
    return await make_login_edge()


async def cases_of(edge: Edge, person: int = 0) -> set[str]:
    found = await edge.services.zaken("voorbeeld").own(demo_people()[person][1])
    return {zaak.identificatie for zaak in found}


def shown_cases(said: list[dict[str, Any]]) -> set[str]:
    parts = [part for message in said for part in message.get("custom", {}).get("parts", [])]
    return {part["identificatie"] for part in parts if part["kind"] == "case"}


# The whole way

async def test_who_logs_in_and_types_the_code_sees_their_own_cases(edge: Edge) -> None:
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        code = await browser.log_in(await chat.link())
    said = await chat.type(code)
    assert "utter_inloggen_storing" not in responses(said)
    own = await cases_of(edge)
    assert own and shown_cases(said) <= own and shown_cases(said)
    assert {"hide": [chat.seq]} in [message["custom"] for message in said], "the code leaves the log"
    assert {"forget": True} in [message["custom"] for message in said], "the code leaves the tracker"
    assert chat.slots["zaken"] and chat.slots["inlogcode"] is None
    assert {kept["zaak"]["identificatie"] for kept in chat.slots["zaken"]["zaken"]} == own
    assert all(kept["zaak"]["personal"] is not None for kept in chat.slots["zaken"]["zaken"])


async def test_the_code_may_be_typed_with_spaces_and_small_letters_or_come_by_the_form(edge: Edge) -> None:
    async with browsing(edge) as browser:
        chat = await chat_of(edge)
        code = await browser.log_in(await chat.link())
        assert shown_cases(await chat.type(f" {code[:3].lower()} {code[3:]}. "))
        chat = await chat_of(edge)
        code = await browser.log_in(await chat.link())
        assert shown_cases(await chat.type("Ingevuld: Code", inlogcode=code.lower()))


async def test_a_person_without_cases_hears_that(edge: Edge, broker: Broker, make_login_edge: LoginEdge) -> None:
    edge = await make_login_edge(broker)
    broker.provider.change = lambda claims: claims.update(bsn="999993653")
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        said = await chat.type(await browser.log_in(await chat.link()))
    assert responses(said) == ["utter_zaken_geen"]


async def test_a_question_in_between_keeps_the_link_and_the_login_under_way(edge: Edge) -> None:
    chat = await chat_of(edge)
    link = await chat.link()
    async with browsing(edge) as browser:
        at_broker = await browser.begin(link)
        assert responses(await chat.type("wat is dit voor link")) == ["utter_onduidelijk_inlogcode"]
        assert await chat.link() == link
        back = await browser.get(await browser.choose(at_broker))
        code = code_of(await browser.get(back.headers["Location"]))
    assert shown_cases(await chat.type(code))


async def test_the_question_that_waited_is_answered_after_the_login(edge: Edge) -> None:
    counts = [len(await cases_of(edge, person)) for person in range(len(demo_people()))]
    single = counts.index(1)
    chat = await chat_of(edge)
    chat.slots["zaakvraag"] = "wanneer"
    async with browsing(edge) as browser:
        said = await chat.type(await browser.log_in(await chat.link(), str(single)))
    assert "utter_zaken_eigen" not in responses(said) and shown_cases(said) == await cases_of(edge, single)
    assert chat.slots["zaakvraag"] is None


async def test_a_municipality_without_a_broker_says_so_and_offers_no_button(edge: Edge) -> None:
    chat, with_login = await chat_of(edge, gemeente="weidedorp"), await chat_of(edge)
    chat.slots["requested_slot"] = None
    assert responses(await chat.type("Inloggen met DigiD")) == ["utter_inloggen_kan_niet"]
    assert login_button(here(chat.tracker())) == []
    assert login_button(here(with_login.tracker())) == [{"title": "Inloggen met DigiD", "payload": "/choose_login"}]


# The pages

async def test_the_first_page_says_what_happens_for_which_conversation(edge: Edge) -> None:
    async with browsing(edge) as browser:
        for channel, where in (("website", "op de website"), ("app", "in de app")):
            chat = await chat_of(edge, channel=channel)
            page = await browser.get(await chat.link())
            assert page.status == 200 and where in page.text
            for words in ("gemeente Voorbeeld", "Vroeg u hier zelf om?", "burgerservicenummer", "Dit is een demonstratie"):
                assert words in page.text, words
            assert page.headers["Referrer-Policy"] == "same-origin" and page.headers["Cache-Control"] == "no-store"
            assert "noindex" in page.headers["X-Robots-Tag"] and 'name="robots" content="noindex' in page.text
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_the_last_page_shows_the_code_again_after_reloading_and_not_after_it_was_used(edge: Edge) -> None:
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        code = await browser.log_in(await chat.link())
        page = await browser.get("/inloggen/klaar")
        assert code_of(page) == code and "Geef de code aan niemand anders, ook niet aan de gemeente" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
        await chat.type(code)
        used = await browser.get("/inloggen/klaar")
        assert used.status == 410 and code not in used.text


async def test_who_cancels_gets_a_kind_page_and_can_try_again_with_the_same_link(edge: Edge) -> None:
    chat = await chat_of(edge)
    link = await chat.link()
    async with browsing(edge) as browser:
        page = await browser.get(await browser.choose(await browser.begin(link), ""))
        assert page.status == 200 and "U bent gestopt met inloggen" in page.text
        again = re.search(r'href="(/inloggen/[^"]+)"', page.text)
        assert again and URL(link).path == again[1]
        assert shown_cases(await chat.type(await browser.log_in(again[1])))


@pytest.mark.parametrize(("channel", "origin"), [("website", True), ("app", False)])
async def test_the_code_is_handed_to_the_page_of_the_chat_on_a_website_only(edge: Edge, channel: str, origin: bool) -> None:
    chat = await chat_of(edge, channel=channel, page=edge.url + "/gemeente/voorbeeld")
    async with browsing(edge) as browser:
        await browser.log_in(await chat.link())
        page = await browser.get("/inloggen/klaar")
    assert f'data-opener="{edge.url if origin else ""}"' in page.text
    assert ("/pages/inloggen.js" in page.text) is origin
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"


# When something is down

async def test_when_the_case_system_is_down_after_the_login_nothing_is_shown_and_both_sides_say_so(edge: Edge) -> None:
    database = edge.services.settings.data_path / "voorbeeld" / "zaken.sqlite"
    database.mkdir(parents=True)  # a folder in the place of the file
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        back = await browser.get(await browser.choose(await browser.begin(await chat.link())))
        page = await browser.get(back.headers["Location"])
        assert page.status == 503 and "Wij kunnen nu niet bij uw zaken" in page.text and "login-code" not in page.text
    said = await chat.type("en nu?")
    assert responses(said) == ["utter_inloggen_storing"] and not shown_cases(said)
    assert responses(await chat.again("en nu?")) == ["utter_inloggen_storing"], "the same turn says the same"
    assert responses(await chat.type("hallo")) == ["utter_onduidelijk_inlogcode"], "it is said once"


async def test_a_broker_that_is_down_gives_an_honest_page_and_the_link_stays_good(
    make_login_edge: LoginEdge, broker: Broker
) -> None:
    edge = await make_login_edge(broker)
    chat = await chat_of(edge)
    link = await chat.link()
    async with browsing(edge) as browser:
        broker.fail["openid-configuration"] = web.Response(status=500)
        page = await browser.post(link)
        assert page.status == 503 and "storing bij het inloggen" in page.text
        broker.fail.clear()
        back = await browser.choose(await browser.begin(link))
        broker.fail["token"] = web.Response(status=502)
        page = await browser.get(back)
        assert page.status == 503 and "Opnieuw inloggen" in page.text
        assert broker.calls.count("token") == 1, "a code is never sent twice"
        broker.fail.clear()
        assert shown_cases(await chat.type(await browser.log_in(link)))


async def test_a_broker_that_is_slow_is_not_waited_for(make_login_edge: LoginEdge, broker: Broker) -> None:
    released = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        await released.wait()
        return web.json_response({})

    edge = await make_login_edge(broker, backend_seconds=0.3)
    broker.door.discovery = slow  # type: ignore[method-assign]
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        page = await browser.post(await chat.link())
    released.set()
    assert page.status == 503


async def test_new_keys_of_the_broker_are_fetched_when_they_are_needed(make_login_edge: LoginEdge, broker: Broker) -> None:
    edge = await make_login_edge(broker)
    async with browsing(edge) as browser:
        chat = await chat_of(edge)
        assert shown_cases(await chat.type(await browser.log_in(await chat.link())))
        assert broker.calls.count("jwks") == 1
        broker.key_seed = "second"
        broker.restart()
        chat = await chat_of(edge)
        assert shown_cases(await chat.type(await browser.log_in(await chat.link())))
        assert broker.calls.count("jwks") == 2


async def test_ways_to_agree_with_a_broker(make_login_edge: LoginEdge, broker: Broker) -> None:
    """Secret in the form, claims within claims, a prefix before the BSN."""
    broker.agreed = replace(
        broker.agreed, client_auth="client_secret_post", bsn_claim=("urn:nl", "sector"), bsn_prefix="s00000000:",
        level_claim=("urn:nl", "loa"),
    )
    edge = await make_login_edge(broker)
    broker.provider.change = lambda claims: claims.update(
        {"urn:nl": {"sector": "s00000000:" + claims.pop("bsn"), "loa": claims.pop("acr")}}
    )
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        assert shown_cases(await chat.type(await browser.log_in(await chat.link())))


@pytest.mark.parametrize(("sub", "status"), [("dezelfde", 303), ("een-ander", 403), (None, 403)])
async def test_claims_of_userinfo_count_when_they_are_about_the_same_person(
    make_login_edge: LoginEdge, broker: Broker, sub: str | None, status: int
) -> None:
    broker.agreed = replace(broker.agreed, userinfo=True)
    edge = await make_login_edge(broker)
    broker.provider.change = lambda claims: claims.update(sub="dezelfde", bsn=None) or claims.pop("bsn")
    broker.userinfo = {"sub": sub, "bsn": demo_people()[0][1], "acr": "niet wat hier telt"}
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        back = await browser.choose(await browser.begin(await chat.link()))
        assert (await browser.get(back)).status == status
        if status == 303:
            assert shown_cases(await chat.type(code_of(await browser.get("/inloggen/klaar"))))


async def test_checking_the_connection_says_in_words_what_is_wrong(
    make_login_edge: LoginEdge, broker: Broker, edge: Edge
) -> None:
    login = edge.services.login("voorbeeld")
    assert login and await login.check() == []
    with_broker = await make_login_edge(broker)
    login = with_broker.services.login("voorbeeld")
    assert login and await login.check() == []
    wrong = await make_login_edge(broker, oidc_secret="anders")
    login = wrong.services.login("voorbeeld")
    assert login and await login.check() == ["Login: the broker doesn't accept BALIE_OIDC_CLIENT_ID and BALIE_OIDC_SECRET."]
    broker.fail["openid-configuration"] = web.json_response({"issuer": "https://iemand.anders.example"})
    fresh = await make_login_edge(broker)
    login = fresh.services.login("voorbeeld")
    assert login and await login.check() == ["Login: the broker calls itself by another name than the configured issuer."]
    odd = broker.provider.discovery() | {"userinfo_endpoint": "ftp://broker.voorbeeld.example/userinfo"}
    broker.fail["openid-configuration"] = web.json_response(odd)
    fresh = await make_login_edge(broker)
    login = fresh.services.login("voorbeeld")
    assert login and await login.check() == ["Login: the broker publishes no usable userinfo_endpoint."]


# Telegram

async def test_on_telegram_the_button_of_the_last_page_brings_the_code_back_to_the_same_chat(make_login_edge: LoginEdge) -> None:
    async with serving() as api:
        edge = await make_login_edge(telegram_token=TOKEN, telegram_api_url=api.url)
        await api.until(lambda: api.commands)
        chat = await telegram_chat(edge, api, 7)
        async with browsing(edge) as browser:
            page = await browser.get(await chat.link())
            assert "op Telegram" in page.text
            code = await browser.log_in(await chat.link())
            page = await browser.get("/inloggen/klaar")
        deep = re.search(r'href="https://t\.me/([A-Za-z0-9_]+)\?start=([A-Z0-9]{6})"', page.text)
        assert deep and deep[2] == code and deep[1]
        await telegram_chat(edge, api, 8)
        api.say(f"/start {code}", 8)
        await api.until(lambda: any("hoort niet bij dit gesprek" in text for text in api.texts(8)))
        before = await edge.services.store.length(chat.conv)
        api.say(f"/start {code}", 7)
        await edge_until(edge, chat.conv, before)
        body = await edge.services.store.event(chat.conv, before + 1)
        assert body and body["_payload"] == f'/login_code{{"inlogcode": "{code}"}}'
        assert shown_cases(await chat.type(body["text"], inlogcode=code))


async def telegram_chat(edge: Edge, api: BotApi, number: int) -> Chat:
    conv = "tg_" + edge.services.limits.hash(f"telegram:{number}")
    api.say("/start", number)
    await edge_until(edge, conv, 0)
    return Chat(edge.services, conv, channel="telegram")


async def edge_until(edge: Edge, conv: str, length: int) -> None:
    async with asyncio.timeout(15):
        while await edge.services.store.length(conv) <= length:
            await asyncio.sleep(0.02)


# The demonstration provider

async def test_the_demonstration_says_that_it_is_not_digid_and_publishes_itself(edge: Edge) -> None:
    async with browsing(edge) as browser:
        found = (await browser.get(f"{DEMO_PATH}/.well-known/openid-configuration")).json
        assert found["issuer"] == edge.url + DEMO_PATH and found["code_challenge_methods_supported"] == ["S256"]
        page = await browser.get(await browser.begin(await (await chat_of(edge)).link()))
    assert "Demonstratie: dit is niet DigiD" in page.text and "Annuleren" in page.text
    assert all(name in page.text for name, _ in demo_people())
    assert not any(bsn in page.text for _, bsn in demo_people())


async def test_without_a_municipality_that_uses_it_there_is_no_demonstration_provider(make_login_edge: LoginEdge) -> None:
    edge = await make_login_edge(gemeenten="weidedorp")
    reply: Reply = await edge.call("GET", f"{DEMO_PATH}/jwks")
    assert reply.status == 404


