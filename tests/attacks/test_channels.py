"""What an attacker tries with the channels: words for all citizens, pages that repeat what is asked, themes, buttons and cards on
Telegram, uploads, a client and its server.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import yaml
from aiohttp import web

from bot import service, theme
from bot.conversation.queue import Agent
from bot.conversation.service import Off
from bot.gemeente_file import GemeenteFile
from bot.gemeenten import FOLDER
from bot.wiring import Services
from connectors.app.client import Client, Event, State, Times
from connectors.problems import CATALOGUE
from connectors.telegram import words
from connectors.terminal.kept import Kept
from tests import desk_fixtures, telegram_fixtures
from tests.attacks.test_desk import enter_as
from tests.conftest import PATIENCE, Citizen, EchoBrain, Edge
from tests.desk_fixtures import Office
from tests.stubs.botapi import BotApi
from tests.stubs.server import serving
from tests.telegram_fixtures import CHAT, Start, choices, conv_of, last, log_of, message, queue, said, talk

api, start = telegram_fixtures.api, telegram_fixtures.start
desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office

SCRIPT = "\"'><script>alert(1)</script>{{7*7}}"
EVIL = "https://evil.example"
STRANGER = 666


# Words for all citizens: 1.2.1, 3.2.2, 8.2.1


async def test_words_for_all_citizens_are_never_markup(edge: Edge) -> None:
    now, book = datetime.now(UTC), edge.services.service_book
    notice = service.notice(f"{SCRIPT}\r\nSet-Cookie: x\x00\x1b[2J\u202e\u200f", "", "Bas", now, 300)
    assert notice.text == f"{SCRIPT} Set-Cookie: x [2J"
    await book.put("voorbeeld", notice=notice, off=Off(SCRIPT, now, "Bas"))
    for page in ("", "/contact", "/toegankelijkheid", "/insluiten"):
        text = (await edge.call("GET", f"/gemeente/voorbeeld{page}")).text
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text and "49" not in text.split("&lt;script")[1][:40]
    reply = await edge.call("GET", "/v1/gemeenten/voorbeeld", headers={"Origin": EVIL})
    assert reply.headers["Content-Type"].startswith("application/json") and "Access-Control-Allow-Origin" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store" and "Bas" not in reply.text
    begin = {"gemeente": "voorbeeld", "channel": "app"}
    refused = await edge.call("POST", "/v1/conv", json=begin, headers={"Accept": "text/html"})
    assert refused.status == 503 and refused.headers["Content-Type"] == "application/problem+json"


async def test_the_switch_is_no_button_for_another_site_or_for_an_editor(office: Office) -> None:
    editor, administrator = await enter_as(office, ("editor",)), await enter_as(office, ("administrator",))
    for path in ("/service/off", "/service/on", "/service/notice", "/service/notice/end"):
        for forged in ({"Origin": EVIL}, {"X-CSRF-Token": editor.csrf}, {"X-CSRF-Token": ""}):
            assert (await administrator.post(path, {"text": "Weg"}, **forged))[0] == 403
    assert (await editor.post("/service/off", {"text": "Weg"}))[0] == 403
    status, _ = await administrator.post("/service/off", b'{"text": "Weg", "gemeente": "weidedorp"}')
    assert status in {400, 422}
    book = office.services.service_book
    assert [(await book.get(key)).on_show for key in office.services.gemeenten] == [False] * len(office.services.gemeenten)


async def test_switched_off_is_off_for_everything_that_is_said_to_balie(edge: Edge) -> None:
    citizen = await edge.citizen()
    await edge.services.service_book.put("voorbeeld", off=Off("Uit", datetime.now(UTC)))
    tries: list[dict[str, Any]] = [
        {"type": "text", "text": "Hallo"}, {"type": "choice", "value": "1", "reply_to": "m_1"}, {"type": "handover_request"},
        {"type": "end"}, {"type": "rating", "value": "5"},
    ]
    assert {(await citizen.send(**tried)).kind for tried in tries} == {"switched_off"}
    assert len(await citizen.history()) == 1


# Pages that repeat what is asked: 1.2.1, 3.4.3


@pytest.mark.parametrize("page", ["/gemeente/voorbeeld/insluiten", "/gemeente/voorbeeld/insluiten/code"])
async def test_the_page_to_embed_repeats_nothing_as_markup(edge: Edge, page: str) -> None:
    for name in ("position", "greeting", "title", "topic", "invite", "invite_text"):
        reply = await edge.call("GET", page, params={name: SCRIPT, "invite": "9" if name == "invite_text" else SCRIPT})
        assert "<script>alert" not in reply.text and reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
    asked = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    reply = await edge.call("GET", page, params={"greeting": SCRIPT}, headers=asked)
    assert "evil.example" not in reply.text and "&#" in reply.text
    if page.endswith("code"):
        assert reply.headers["Content-Type"].startswith("text/plain") and "<script>alert" not in reply.text


async def test_an_address_from_outside_changes_nothing_of_the_app(edge: Edge) -> None:
    plain = await edge.call("GET", "/app/voorbeeld/")
    for query in ("?conv=c_x&token_=1", f"?{SCRIPT}", "?gemeente=weidedorp"):
        reply = await edge.call("GET", f"/app/voorbeeld/{query}")
        assert (reply.status, reply.body) == (200, plain.body)
    policy = dict(part.strip().partition(" ")[::2] for part in plain.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'" and policy["trusted-types"] == "balie-app"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    worker = await edge.call("GET", "/app/sw.js", params={"x": SCRIPT})
    assert worker.headers["Service-Worker-Allowed"] == "/app/" and "alert" not in worker.text
    for path in ("/app//evil.example/", "/app/%2f%2fevil.example", "/app/..%2fdesk/", "/app/static/x/../../x"):
        reply = await edge.call("GET", path, allow_redirects=False)
        assert reply.status in {200, 404} and "evil" not in reply.headers.get("Location", "")


# A municipality's own files: 1.2.5


@pytest.mark.parametrize("value", [
    "'\"' \"", '"\'" \'', '( ")"', ') "("', ")(", "red /*", "*/ red", "\\75 rl(x)", "url\\(x)", "ｕｒｌ(x", "a\u0000b", "<!--",
    "@import 'x'", "x;}*{color:red", "var(--x", "image-set('a' 1x)", "src('a')", "url (x) url(x)", "paint(x)", "attr(x)",
])
def test_no_value_of_a_theme_reaches_out_or_swallows_what_follows(value: str) -> None:
    with pytest.raises(ValueError):
        theme.parse(f":root {{ --a: {value} }}")


def test_a_theme_that_is_cut_off_is_refused_and_not_pondered_for_ever() -> None:
    with pytest.raises(ValueError):
        theme.parse("@media (prefers-color-scheme: dark) {" + "  .a { }  " * 2000)


@pytest.mark.parametrize("name", ["website", "privacy"])
def test_an_address_of_a_municipality_is_an_address(name: str) -> None:
    file = yaml.safe_load((FOLDER / "voorbeeld" / "gemeente.yml").read_text())
    msgspec.convert(file, GemeenteFile)
    for wrong in ("javascript:alert(1)", "data:text/html,x", "//evil.example", " https://evil.example", ""):
        with pytest.raises(ValueError, match=name):
            msgspec.convert(file | {name: wrong}, GemeenteFile)


# Telegram: 2.2.1, 8.2.2


async def test_a_button_of_somebody_else_opens_nothing(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    """Who speaks the protocol of Telegram by hand can press any text."""
    edge = await start()
    echo_brain.answers["Kies"] = [message("Welke?", choices("Een", "Twee"))]
    await talk(api, "Kies", "Welke?")
    stolen = last(api).buttons["Een"]["callback_data"]
    await talk(api, "Hallo", chat=STRANGER)
    pressed = api.press_data(last(api, STRANGER), stolen)
    await api.until(lambda: pressed["callback_query"]["id"] in api.answers)
    assert api.answers[pressed["callback_query"]["id"]]["text"] == CATALOGUE["choice_expired"][1]
    assert [len(await said(edge.services, chat)) for chat in (CHAT, STRANGER)] == [1, 1]
    before = await log_of(edge.services)
    pressed = api.press_data(last(api, STRANGER), "wissen:ja")
    await api.until(lambda: pressed["callback_query"]["id"] in api.answers)
    assert await log_of(edge.services) == before and await log_of(edge.services, STRANGER) == []


async def test_the_card_of_somebody_else_is_nobodys_number_for_an_agent(start: Start, services: Services, api: BotApi) -> None:
    edge = await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    await api.until(lambda: "U staat in de rij." in api.texts())
    await services.handover.claim(await services.store.get(conv_of(services)), Agent("sanne", "Sanne"))
    for owner in (STRANGER, 0):
        api.share_contact("+31612345678", owner=owner)
    await api.until(lambda: api.texts().count(words.NOT_YOUR_NUMBER) == 2)
    assert "612345678" not in str(await log_of(edge.services))


# Uploads: 5.2.1


async def test_a_length_that_lies_is_refused_without_waiting_for_it(edge: Edge) -> None:
    """Whether a body ends by its length or by its chunks must not depend on who reads it, either."""
    citizen = await edge.citizen()
    for length, sent, told in (("99999999999", b"{", "413"), ("-1", b"{}", "400"), ("2, 3", b"{}", "400"), ("0x1", b"{}", "400")):
        assert await _raw(citizen, [f"Content-Length: {length}", "Content-Type: application/json"], sent) == told
    heads = ["Content-Length: 4", "Transfer-Encoding: chunked", "Content-Type: application/json"]
    assert await _raw(citizen, heads, b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n") == "400"
    assert (await citizen.send("Het werkt nog")).status == 201
    assert len(await citizen.history()) == 2


async def _raw(citizen: Citizen, heads: list[str], body: bytes) -> str:
    """The status of the answer to a message that is sent by hand."""
    host, _, port = citizen.edge.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    line, key = f"POST /v1/conv/{citizen.conv}/messages HTTP/1.1", f"Authorization: Bearer {citizen.token}"
    writer.write("\r\n".join([line, f"Host: {host}", key, *heads, "", ""]).encode() + body)
    try:
        async with asyncio.timeout(PATIENCE):
            return (await reader.readline()).split()[1].decode()
    finally:
        writer.close()


# A client and what it keeps: 14.3


@contextlib.asynccontextmanager
async def hostile() -> AsyncIterator[tuple[str, list[str]]]:
    """A server that lost what it says it has, and the questions it got."""
    asked: list[str] = []

    async def events(_request: web.Request) -> web.Response:
        return web.json_response({"events": [{"type": "message", "seq": 9, "id": "m_9"}], "last": 9})

    async def history(request: web.Request) -> web.Response:
        asked.append(request.query_string)
        return web.json_response({"events": [], "more": True})

    app = web.Application()
    app.add_routes([web.get("/v1/conv/c_x/events", events), web.get("/v1/conv/c_x/history", history)])
    async with serving(app) as url:
        yield url, asked


async def test_a_server_that_lost_events_makes_no_client_ask_for_ever() -> None:
    async with hostile() as (url, asked), aiohttp.ClientSession() as http:
        client = Client(http, State(url, "voorbeeld", "c_x", "c_x.t"), times=Times(pause_first=0.01, first_byte=0.0))
        following: AsyncIterator[Event] = client.events()
        async with asyncio.timeout(PATIENCE):
            assert (await anext(following))["seq"] == 9
    assert len(asked) == 1


def test_what_a_terminal_keeps_is_written_over_no_other_file_and_read_by_nobody_else(tmp_path: Path) -> None:
    target, kept = tmp_path / "target", Kept("https://balie.example", "voorbeeld", tmp_path / "state")
    target.write_text("van iemand anders")
    kept.path.parent.mkdir(mode=0o700)
    kept.path.symlink_to(target)  # in a folder that somebody else could write to
    kept.save(State("https://balie.example", "voorbeeld", "c_1", "c_1.geheim"))
    assert target.read_text() == "van iemand anders" and not kept.path.is_symlink()
    assert kept.path.stat().st_mode & 0o077 == 0
    assert kept.path.name.removeprefix("chat-").removesuffix(".json").isalnum()
    elsewhere = Kept("https://balie.example/../../etc", "../../voorbeeld", tmp_path / "state")
    assert elsewhere.path.parent == kept.path.parent
