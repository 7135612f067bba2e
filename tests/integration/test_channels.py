"""A channel by the interface: text messages, with a real Redis, a real edge and a gateway over HTTP. The brain echoes."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.conversation import events, keys
from bot.conversation.channels import Channels, Place
from bot.conversation.events import Event
from bot.conversation.feed import Feed
from bot.conversation.service import Notice, Off
from bot.gemeenten import AMSTERDAM
from bot.wiring import Services
from connectors import words
from connectors.capabilities import TELEGRAM, WEBSITE
from connectors.delivery import Delivery
from connectors.voice import Door
from tests.channels import gateway, sms
from tests.channels.gateway import SECRET, Gateway
from tests.conftest import EchoBrain, Edge, EdgeFactory, at_work
from tests.handover_fixtures import CHAT, Counter, choices

PHONE, OTHER = "+31600000001", "+31600000002"
MOST_LINES = 150


@pytest.fixture
async def phones() -> AsyncIterator[Gateway]:
    async with gateway.serving() as found:
        yield found


@pytest.fixture
async def edge(make_edge: EdgeFactory, phones: Gateway) -> Edge:
    """An edge with a number of each of two municipalities, and nothing else that brings answers."""
    def set_up(app: web.Application, services: Services, feed: Feed) -> None:
        for gemeente in ("voorbeeld", "weidedorp"):
            channel = sms.Sms(services, feed, gemeente, phones.url, SECRET)
            app.cleanup_ctx.append(channel.run)
            app.router.add_post(f"{sms.PATH}/{gemeente}", channel.receive)

    made = await make_edge(channels=[set_up])
    phones.hook = f"{made.url}{sms.PATH}/voorbeeld"
    return made


def conv_of(edge: Edge, phone: str = PHONE, gemeente: str = "voorbeeld") -> str:
    return f"sms-{gemeente}_" + edge.services.limits.hash(f"sms:{gemeente}:{phone}")


async def log_of(edge: Edge, phone: str = PHONE, gemeente: str = "voorbeeld") -> list[Event]:
    return [body for _, body in await edge.services.store.read(conv_of(edge, phone, gemeente), 0, 200)]


async def said(edge: Edge) -> list[Event]:
    return [body for body in await log_of(edge) if body["type"] == "message" and body["from"]["role"] == "citizen"]


async def talk(phones: Gateway, text: str, phone: str = PHONE, **how: Any) -> None:
    """Text, and wait for the echo."""
    before = len(phones.texts(phone))
    await phones.text(phone, text, **how)
    await phones.until(lambda: any(shown.startswith("echo:") for shown in phones.texts(phone)[before:]))


def test_a_channel_is_one_short_file() -> None:
    assert len(Path(sms.__file__).read_text().splitlines()) < MOST_LINES


async def test_a_text_message_is_answered_after_the_disclosure_with_numbered_topics(
    edge: Edge, echo_brain: EchoBrain, phones: Gateway
) -> None:
    await talk(phones, "Hallo")
    first, second = phones.texts(PHONE)
    assert "Ik ben een computer, geen mens" in first and "1. Paspoort aanvragen" in first and words.TYPE_NUMBER in first
    assert second == "echo: Hallo"
    assert (await edge.services.store.get(conv_of(edge))).channel == "sms"


async def test_a_number_is_the_choice_and_words_are_words(edge: Edge, echo_brain: EchoBrain, phones: Gateway) -> None:
    asked = events.message("bot", "Wat wilt u?", parts=[choices("q", ["Ja", "Nee"])], _payloads=["/a", "/b"])
    echo_brain.answers["Vraag"] = [asked]
    await phones.text(PHONE, "Vraag")
    await phones.until(lambda: any("2. Nee" in text for text in phones.texts(PHONE)))
    await talk(phones, "2")
    await talk(phones, "2")  # nothing is asked any more
    await talk(phones, '/contact_medewerker{"x": 1}')
    assert [(body["text"], body.get("_payload")) for body in await said(edge)] == [
        ("Vraag", None), ("Nee", "/b"), ("2", None), ('/contact_medewerker{"x": 1}', None),
    ]


async def test_a_day_and_a_time_are_typed(edge: Edge, echo_brain: EchoBrain, phones: Gateway) -> None:
    day = {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2026-12-31"}
    echo_brain.answers["Wanneer"] = [events.message("bot", "Welke dag?", parts=[day])]
    echo_brain.answers["dinsdag 8 december 2026"] = [
        events.message("bot", "Hoe laat?", parts=[{"kind": "time", "id": "t", "slots": ["09:20", "09:40"]}])
    ]
    await phones.text(PHONE, "Wanneer")
    await phones.until(lambda: any("Typ een datum van" in text for text in phones.texts(PHONE)))
    await phones.text(PHONE, "8-12-2027")
    await phones.until(lambda: "Op deze dag kan het niet. Kies een andere dag." in phones.texts(PHONE))
    await phones.text(PHONE, "8-12-2026")
    await phones.until(lambda: any("Vrije tijden: 09:20, 09:40" in text for text in phones.texts(PHONE)))
    await talk(phones, "9.40")
    await talk(phones, "31-11-2026")  # no day, and no question either
    assert [body.get("_payload") for body in await said(edge)] == [None, "2026-12-08", "09:40", None]


async def test_the_same_message_twice_is_one(edge: Edge, echo_brain: EchoBrain, phones: Gateway) -> None:
    await talk(phones, "Hallo")
    await phones.text(PHONE, "Hallo", again=True)
    await talk(phones, "Tweede")
    assert [body["text"] for body in await said(edge)] == ["Hallo", "Tweede"]
    assert phones.texts(PHONE)[1:] == ["echo: Hallo", "echo: Tweede"]


async def test_what_is_not_signed_or_no_message_is_refused(edge: Edge, phones: Gateway) -> None:
    assert await phones.post(b'{"id":"1","from":"+31600000001","text":"x"}', "0" * 64) == 403
    for body in (b'{"id":1,"from":"+31600000001","text":"x"}', b'{"text":"x"}', b"\xff", b""):
        assert await phones.post(body, gateway.signature(body)) == 400
    assert await log_of(edge) == []


@pytest.mark.parametrize("refusals", [[(429, "0")], [(503, ""), (500, "")]], ids=["too many", "away"])
async def test_a_gateway_that_refuses_loses_and_repeats_nothing(
    edge: Edge, echo_brain: EchoBrain, phones: Gateway, refusals: list[tuple[int, str]]
) -> None:
    phones.refusals.extend(refusals)
    await talk(phones, "Een")
    await talk(phones, "Twee")
    assert phones.texts(PHONE)[1:] == ["echo: Een", "echo: Twee"]


async def test_a_number_that_is_gone_is_left_alone_until_it_writes(edge: Edge, echo_brain: EchoBrain, phones: Gateway) -> None:
    phones.refusals.append((410, ""))
    with capture_logs() as logs:
        await phones.text(PHONE, "Een")
        await phones.until(lambda: any(record["event"] == "chat_unreachable" for record in logs))
    assert PHONE not in json.dumps(logs) and "Een" not in json.dumps(logs)
    await phones.text(PHONE, "Twee")
    await phones.until(lambda: "echo: Twee" in phones.texts(PHONE))
    assert phones.texts(PHONE)[1:] == ["echo: Een", "echo: Twee"]


async def test_the_same_phone_at_two_municipalities_has_two_conversations(
    edge: Edge, echo_brain: EchoBrain, phones: Gateway
) -> None:
    await talk(phones, "Hier")
    await talk(phones, "Daar", hook=f"{edge.url}{sms.PATH}/weidedorp")
    here, there = [await log_of(edge, gemeente=gemeente) for gemeente in ("voorbeeld", "weidedorp")]
    assert "Gemeente Voorbeeld" in here[0]["text"] and "Weidedorp" in there[0]["text"]
    assert [text for text in phones.texts(PHONE) if text.startswith("echo:")] == ["echo: Hier", "echo: Daar"]
    await phones.text(PHONE, "wissen ja")
    await phones.until(lambda: words.ERASED in phones.texts(PHONE))
    assert not await log_of(edge) and await log_of(edge, gemeente="weidedorp")


async def test_erasing_asks_first_and_tells(edge: Edge, echo_brain: EchoBrain, phones: Gateway) -> None:
    await phones.text(PHONE, "wissen")
    await phones.until(lambda: words.NOTHING_KEPT in phones.texts(PHONE))
    await talk(phones, "Hallo")
    await phones.text(PHONE, "Wissen.")
    await phones.until(lambda: words.ERASE_TYPED in phones.texts(PHONE))
    assert await said(edge)
    await phones.text(PHONE, "WISSEN JA")
    await phones.until(lambda: words.ERASED in phones.texts(PHONE))
    await phones.text(PHONE, "WISSEN JA", again=True)
    assert await log_of(edge) == []
    assert phones.texts(PHONE).count(words.ERASED) == 1


async def test_what_a_channel_tells_of_a_chat_that_was_just_erased_leaves_nothing(edge: Edge, phones: Gateway) -> None:
    conv, client = conv_of(edge), edge.services.redis
    channels = Channels(client, "sms:voorbeeld")
    for late in (channels.block(conv), channels.unblock(conv, 7), channels.keyboard(conv, stands=True)):
        await late
        assert not await client.exists(keys.channel(conv))
    await channels.remember(conv, PHONE, 60, 3)
    await channels.block(conv)
    assert (await channels.blocked_at(conv), await channels.chat_of(conv)) == (3, None)
    await channels.unblock(conv, 7)
    await channels.keyboard(conv, stands=True)
    assert (await channels.blocked_at(conv), await channels.chat_of(conv)) == (None, PHONE)
    assert await channels.keyboard_stands(conv) and (await channels.claim(conv)) == Place(PHONE, 7)


async def test_a_picture_is_refused_with_where_to_send_it(edge: Edge, echo_brain: EchoBrain, phones: Gateway) -> None:
    await phones.text(PHONE, media=1)
    await phones.until(lambda: any("geen bestand of foto" in text for text in phones.texts(PHONE)))
    assert await log_of(edge) == []


async def test_a_notice_is_told_once_and_off_is_told_instead_of_an_answer(
    edge: Edge, echo_brain: EchoBrain, phones: Gateway
) -> None:
    book, now = edge.services.service_book, datetime.now(UTC)
    await book.put("voorbeeld", notice=Notice("Het stadhuis is dicht door water.", now))
    await talk(phones, "Een")
    await talk(phones, "Twee")
    assert phones.texts(PHONE).count("Het stadhuis is dicht door water.") == 1
    await book.put("voorbeeld", off=Off("Wij zijn aan het verbouwen.", now), notice=None)
    told = words.switched_off(
        "Wij zijn aan het verbouwen.", edge.services.gemeente("voorbeeld"), edge.services.now().astimezone(AMSTERDAM).date()
    )
    for phone in (OTHER, PHONE):
        await phones.text(phone, "Hallo")
        await phones.until(lambda phone=phone: told in phones.texts(phone))
    assert await log_of(edge, OTHER) == [] and len(await said(edge)) == 2
    await book.put("voorbeeld", off=None)
    await talk(phones, "Drie")


async def test_who_waits_for_a_person_goes_on_while_it_is_off_and_can_stop(
    edge: Edge, services: Services, phones: Gateway
) -> None:
    async with at_work(Counter(services).run()):
        await phones.text(PHONE, "medewerker")
        await phones.until(lambda: any(f"1. {CHAT}" in text for text in phones.texts(PHONE)))
        await phones.text(PHONE, "1")
        await phones.until(lambda: any("Ik verbind u" in text for text in phones.texts(PHONE)))
        await edge.services.service_book.put("voorbeeld", off=Off("Wij zijn dicht.", datetime.now(UTC)))
        await phones.text(PHONE, "Ik heb haast")
        assert [body["text"] for body in await said(edge)][-1] == "Ik heb haast"
        await phones.text(PHONE, "stop")
        await phones.until(lambda: any("U praat weer met mij" in text for text in phones.texts(PHONE)))
        assert (await edge.services.store.get(conv_of(edge))).owner == "bot"


async def test_a_place_in_the_queue_is_told_once_where_it_can_not_be_changed(
    edge: Edge, echo_brain: EchoBrain, phones: Gateway
) -> None:
    await talk(phones, "Hallo")
    store, handover = edge.services.store, edge.services.handover
    for position in (3, 2):
        await handover.tell(await store.get(conv_of(edge)), events.handover("queued", position=position, team="Burgerzaken"))
    await handover.tell(await store.get(conv_of(edge)), events.handover("assigned", agent={"name": "Sanne"}))
    await phones.until(lambda: any("helpt u nu" in text for text in phones.texts(PHONE)))
    told = [text for text in phones.texts(PHONE) if "in de rij" in text]
    assert told == ["U wacht op het team Burgerzaken. U bent nummer 3 in de rij."]


async def test_a_channel_whose_clients_fetch_has_nothing_to_bring(edge: Edge, phones: Gateway) -> None:
    with pytest.raises(ValueError, match="fetch"):
        Delivery(sms.Texter(phones.url, SECRET), Door("website", "voorbeeld", "web", "web"), edge.services, edge.feed)
    assert WEBSITE.fetches and not TELEGRAM.fetches
