"""Telegram from chat to log and back, against a strict Bot API over HTTP, a real Redis and a real edge."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.conversation import events
from bot.conversation.queue import Agent
from bot.conversation.redis import EmbeddedRedis
from bot.settings import SettingsError
from bot.wiring import Services, build
from connectors.problems import CATALOGUE
from connectors.telegram import words
from connectors.telegram.render import render
from connectors.words import CALENDAR, STOP, too_long
from tests import telegram_fixtures
from tests.conftest import EchoBrain, Edge, EdgeFactory, echoing
from tests.stubs.botapi import TOKEN, BotApi
from tests.telegram_fixtures import (
    CHAT,
    PUBLIC,
    SECRET,
    WEBHOOK,
    Start,
    choices,
    conv_of,
    last,
    log_of,
    message,
    queue,
    said,
    talk,
)

api, start, start_webhook = telegram_fixtures.api, telegram_fixtures.start, telegram_fixtures.start_webhook


# Receiving

async def test_the_first_message_is_answered_after_the_disclosure(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    await talk(api, "Hallo")
    assert len(api.texts()) == 2
    assert "Ik ben een computer, geen mens" in api.texts()[0]
    assert next(iter(api.sent[0].buttons)) == "Paspoort aanvragen"
    assert (await edge.services.store.get(conv_of(edge.services))).channel == "telegram"
    assert {command["command"] for command in api.commands} == set(words.COMMANDS)
    assert not any("parse_mode" in data for _, data in api.calls)


async def test_start_shows_the_disclosure_and_the_topics_each_time(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    api.say("/start")
    await api.until(lambda: len(api.sent) == 1)
    api.say("/start")
    await api.until(lambda: len(api.sent) == 2)
    assert api.texts()[0] == api.texts()[1]
    api.press(api.sent[1], "Verhuizing doorgeven")
    await api.until(lambda: "echo: Verhuizing doorgeven" in api.texts())
    assert len(api.sent) == 3
    assert [body["_payload"] for body in await said(edge.services)] == ["/verhuizing_doorgeven"]


async def test_an_update_that_comes_ten_times_has_one_effect(
    start_webhook: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start_webhook()
    url = edge.url + WEBHOOK
    paper = {"file_id": "a", "file_unique_id": "b"}
    updates = (api.say("/start"), api.say("Hallo"), api.say("/start"), api.say("/help"), api.send(document=paper))
    for number, update in enumerate(updates, start=1):
        assert {await api.post(url, update, SECRET) for _ in range(10)} == {200}
        await api.until(lambda number=number: len(api.sent) >= number)
    pressed = api.press(api.sent[0], "Afspraak maken")
    assert {await api.post(url, pressed, SECRET) for _ in range(10)} == {200}
    await talk_webhook(api, url, "Tot slot")
    assert [body["text"] for body in await said(edge.services)] == ["Hallo", "Afspraak maken", "Tot slot"]
    assert [text[:20] for text in api.texts()].count("Hallo! Ik ben Balie,") == 2
    assert api.texts()[1] == "echo: Hallo"
    gemeente = edge.services.gemeente("voorbeeld")
    assert api.texts()[3:] == [words.help_text(gemeente), words.file(gemeente, words=False), "echo: Afspraak maken",
                               "echo: Tot slot"]


async def talk_webhook(api: BotApi, url: str, text: str) -> None:
    assert await api.post(url, api.say(text), SECRET) == 200
    await api.until(lambda: f"echo: {text}" in api.texts())


async def test_the_webhook_is_registered_and_answers(start_webhook: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start_webhook()
    assert api.webhook["url"] == PUBLIC + WEBHOOK
    assert api.webhook["secret_token"] == SECRET
    await talk_webhook(api, edge.url + WEBHOOK, "Hallo")
    assert api.count("getUpdates") == 0


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "é"])
async def test_a_webhook_call_without_the_right_secret_is_refused(
    start_webhook: Start, api: BotApi, secret: str | None
) -> None:
    edge = await start_webhook()
    assert await api.post(edge.url + WEBHOOK, api.say("Hallo"), secret) == 403
    assert await log_of(edge.services) == []


@pytest.mark.parametrize("body", [None, [], "tekst", 5, {}, {"update_id": "x"}, {"update_id": 1, "message": {"text": "a"}}])
async def test_a_webhook_call_that_is_no_update_is_no_error_of_ours(start_webhook: Start, api: BotApi, body: Any) -> None:
    edge = await start_webhook()
    assert await api.post(edge.url + WEBHOOK, body, SECRET) in {200, 400}


async def test_a_webhook_without_secret_is_refused_at_the_start(make_edge: EdgeFactory, api: BotApi) -> None:
    with pytest.raises(SettingsError, match="BALIE_TELEGRAM_SECRET"):
        await make_edge(telegram_token=TOKEN, telegram_api_url=api.url, public_url=PUBLIC)


async def test_without_a_token_there_is_no_telegram(edge: Edge, api: BotApi) -> None:
    assert await api.post(edge.url + WEBHOOK, api.say("Hallo"), SECRET) == 404
    assert api.calls == []


async def test_a_wrong_token_leaves_the_other_channels_alone(start: Start, api: BotApi) -> None:
    with capture_logs() as logs:
        edge = await start(telegram_token="987654321:wrong")
        await api.until(lambda: any(record["event"] == "telegram_token_refused" for record in logs))
    assert (await edge.citizen()).conv.startswith("c_")


async def test_what_the_store_did_not_take_is_not_confirmed(
    start: Start, start_webhook: Start, own_redis: EmbeddedRedis, api: BotApi
) -> None:
    polling = await start(url=own_redis.url, store_timeout_seconds=0.5)
    await api.until(lambda: api.count("getUpdates"))
    own_redis.stop()
    update = api.say("Bewaar dit")
    with capture_logs() as logs:
        await api.until(lambda: any(record["event"] == "telegram_poll_failed" for record in logs))
    assert update in api.pending
    own_redis.start()
    async with echoing(polling.services):
        await api.until(lambda: "echo: Bewaar dit" in api.texts())
        await api.until(lambda: update not in api.pending)
    assert [body["text"] for body in await said(polling.services)] == ["Bewaar dit"]


async def test_a_webhook_call_is_refused_while_the_store_is_away(
    start_webhook: Start, own_redis: EmbeddedRedis, api: BotApi
) -> None:
    edge = await start_webhook(url=own_redis.url, store_timeout_seconds=0.5)
    own_redis.stop()
    update = api.say("Bewaar dit")
    assert await api.post(edge.url + WEBHOOK, update, SECRET) == 503
    own_redis.start()
    assert await api.post(edge.url + WEBHOOK, update, SECRET) == 200
    assert [body["text"] for body in await said(edge.services)] == ["Bewaar dit"]


async def test_an_update_that_nobody_can_handle_does_not_hold_up_the_rest(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    await start()
    person = {"id": CHAT, "is_bot": False, "first_name": "Fictief"}
    api.queue({"callback_query": {"id": "inline", "from": person, "chat_instance": "1", "data": "1:c0:00000000"}})
    await talk(api, "Hallo")
    assert len(api.texts()) == 2


async def test_what_is_no_text_gets_a_sentence_and_is_not_kept(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start(max_text_chars=100)
    api.send(voice={"file_id": "a", "file_unique_id": "b", "duration": 1})
    api.send(kind="edited_message", text="Toch anders", edit_date=1_800_000_001)
    api.say("a" * 101)
    await api.until(lambda: len(api.sent) == 3)
    assert set(api.texts()) == {words.voice(edge.services.gemeente("voorbeeld")), words.CHANGED, too_long(100)}
    assert await log_of(edge.services) == []


async def test_a_message_of_unseen_characters_is_no_message(start: Start, api: BotApi) -> None:
    edge = await start()
    api.say("\u200b\u200b")
    await api.until(lambda: api.sent)
    assert api.texts() == [CATALOGUE["invalid"][1]]
    assert await log_of(edge.services) == []


async def test_groups_are_refused_once_and_never_kept(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    for text in ("/start@balie_test_bot", "/start@balie_test_bot", "Hallo allemaal"):
        api.send(-1001, chat_type="supergroup", text=text)
    await talk(api, "Hallo")
    await api.until(lambda: api.texts(-1001))
    assert api.texts(-1001) == [words.GROUP]
    assert await log_of(edge.services, -1001) == []


async def test_a_bsn_never_reaches_the_log(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    await talk(api, "Mijn bsn is 123456782", "echo: Mijn bsn is")
    assert "123456782" not in str(await log_of(edge.services))


async def test_a_typed_intent_is_text(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    await talk(api, '/inform{"product": "paspoort"}')
    assert [body.get("_payload") for body in await said(edge.services)] == [None]


async def test_a_flood_is_refused_like_on_the_website(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start(rate_conversation_minute=2)
    for number in range(20):
        api.say(f"vraag {number}")
    await api.until(lambda: not api.pending and len(api.sent) >= 5)
    assert [body["text"] for body in await said(edge.services)] == ["vraag 0", "vraag 1"]
    assert 1 <= api.texts().count(CATALOGUE["too_many"][1]) <= 10


# Choices

async def test_a_choice_is_resolved_against_the_log_and_works_once(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start()
    link = {"kind": "link", "label": "Lees meer", "url": "https://www.voorbeeld.example/paspoort"}
    echo_brain.answers["Vraag"] = [message("Wat bedoelt u?", choices("Paspoort", "Rijbewijs"), link, payloads=["/een", "/twee"])]
    await talk(api, "Vraag", "Wat bedoelt u?")
    asked = last(api)
    other = asked.buttons["Paspoort"]["callback_data"]
    pressed = api.press(asked, "Rijbewijs")
    await api.until(lambda: "echo: Rijbewijs" in api.texts())
    await api.until(lambda: asked.text.endswith(words.CHOSEN.format(label="Rijbewijs")))
    assert list(asked.buttons) == ["Lees meer"]
    assert "text" not in api.answers[pressed["callback_query"]["id"]]

    api.queue({key: value for key, value in pressed.items() if key != "update_id"})  # a second tap on the same button
    late = api.press_data(asked, other)
    await api.until(lambda: late["callback_query"]["id"] in api.answers)
    assert api.answers[late["callback_query"]["id"]]["text"] == words.ALREADY_CHOSEN
    assert [(body["text"], body.get("_payload")) for body in await said(edge.services)] == [
        ("Vraag", None), ("Rijbewijs", "/twee"),
    ]


async def test_an_expired_choice_says_so_and_loses_its_buttons(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    echo_brain.answers["Een"] = [message("Eerste vraag", choices("A"))]
    echo_brain.answers["Twee"] = [message("Tweede vraag", choices("B"))]
    await talk(api, "Een", "Eerste vraag")
    old = last(api)
    await talk(api, "Twee", "Tweede vraag")
    pressed = api.press(old, "A")
    await api.until(lambda: pressed["callback_query"]["id"] in api.answers and not old.keyboard)
    assert api.answers[pressed["callback_query"]["id"]]["text"] == CATALOGUE["choice_expired"][1]
    assert [body["text"] for body in await said(edge.services)] == ["Een", "Twee"]


@pytest.mark.parametrize("data", ["", "x", "1:c0", "1:c0:00000000", "999:c0:00000000", "0:c0:00000000", "1:z0:00000000"])
async def test_a_forged_button_is_an_expired_choice(start: Start, echo_brain: EchoBrain, api: BotApi, data: str) -> None:
    edge = await start()
    await talk(api, "Hallo")
    pressed = api.press_data(last(api), data)
    await api.until(lambda: pressed["callback_query"]["id"] in api.answers)
    assert api.answers[pressed["callback_query"]["id"]]["text"] == CATALOGUE["choice_expired"][1]
    assert len(await said(edge.services)) == 1


async def test_a_time_is_a_button(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    slots = ["09:00", "09:20", "09:40", "10:00", "10:20"]
    echo_brain.answers["Tijd"] = [message("Hoe laat?", {"kind": "time", "id": "t", "slots": slots})]
    await talk(api, "Tijd", "Hoe laat?")
    assert [len(row) for row in last(api).keyboard] == [4, 1]
    api.press(last(api), "10:20")
    await api.until(lambda: "echo: 10:20 uur" in api.texts())
    assert (await said(edge.services))[-1]["_payload"] == "10:20"


# Showing

async def test_what_other_channels_show_as_cards_is_said_in_words(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    await start()
    place = {"name": "Stadhuis", "address": "Plein 1", "postcode": "1234 AB", "city": "Voorbeeld"}
    echo_brain.answers["Alles"] = [
        message("Vul in", {"kind": "form", "id": "f", "hint": "Geboortedatum of postcode.", "fields": [
            {"name": "geboortedatum", "label": "Geboortedatum", "hint": "bijvoorbeeld 31-12-1990"}]}),
        message("Kies een dag", {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2026-12-31", "closed": []}),
        message("Uw zaak", {"kind": "case", "identificatie": "ZAAK-1", "status": "Bezig", "step": 2, "steps": 5,
                            "expected": "2099-12-01"}),
        message("Uw zaken",
                {"kind": "case", "identificatie": "ZAAK-2", "zaaktype": "Bijstand", "status": "Wacht", "step": 1, "steps": 3,
                 "next_step": "Besluit", "suspended": True, "latest": "2026-12-20"},
                {"kind": "case", "identificatie": "ZAAK-3", "status": "Klaar", "finished": "2026-12-01", "latest": "2026-12-20",
                 "result": "Toegekend"}),
        message("Verzet", {"kind": "appointment", "id": "A7K-2FQ9", "reference": "A7K-2FQ9", "product": "Paspoort",
                           "start": "2026-12-01T09:20:00+01:00", "location": place, "ics": "https://a.example/x.ics"}),
        message("Lokaal", {"kind": "link", "label": "Meer", "url": "http://127.0.0.1:8080/x"}),
        message("Onbekend", {"kind": "iets_nieuws", "id": "x"}),
    ]
    await talk(api, "Alles", "Onbekend")
    _, form, day, case, cases, appointment, local, unknown = api.sent
    assert form.text.startswith("Vul in\n\nGeboortedatum of postcode. Typ uw antwoord hieronder.")
    assert form.text.endswith("\n- Geboortedatum: bijvoorbeeld 31-12-1990")
    assert day.text == "Kies een dag"
    assert case.text == "Uw zaak\n\nZaak: ZAAK-1\nStatus: Bezig\nStap 2 van 5\nVerwacht: dinsdag 1 december 2099"
    assert cases.text == (
        "Uw zaken\n\nZaak: ZAAK-2\nSoort: Bijstand\nStatus: Wacht\nStap 1 van 3\nVolgende stap: Besluit\nTermijn: staat stil\n\n"
        "Zaak: ZAAK-3\nStatus: Klaar\nAfgerond op: dinsdag 1 december 2026\nUitkomst: Toegekend"
    )
    assert "Wanneer: dinsdag 1 december 2026, 09:20 uur\nWaar: Stadhuis, Plein 1, 1234 AB, Voorbeeld" in appointment.text
    assert appointment.buttons[CALENDAR]["url"] == "https://a.example/x.ics"
    assert local.text == "Lokaal\n\nMeer: http://127.0.0.1:8080/x"
    assert (unknown.text, unknown.keyboard) == ("Onbekend", [])


def test_a_case_that_is_late_or_waits_for_a_payment_says_so() -> None:
    case = {"kind": "case", "identificatie": "ZAAK-1", "status": "Bezig", "to_pay": True}
    body = events.message("bot", "Uw zaken", parts=[case | {"expected": "2026-03-13", "latest": "2026-03-13"}])
    [late] = render(body | {"at": "2026-03-13T23:30:00Z"}, 7)  # the next day at the counter
    assert late.text == (
        "Uw zaken\n\nZaak: ZAAK-1\nStatus: Bezig\nDit doet u: Betalen. In de brief of e-mail staat hoe.\n"
        "Uiterlijk: vrijdag 13 maart 2026 (voorbij)"
    )
    [in_time] = render(body | {"at": "2026-03-13T12:00:00Z"}, 7)
    assert in_time.text.endswith("Uiterlijk: vrijdag 13 maart 2026")


def test_a_form_without_hints_adds_nothing_to_its_question() -> None:
    form = {"kind": "form", "id": "f", "fields": [{"name": "inlogcode", "label": "Code"}]}
    assert [out.text for out in render(events.message("bot", "Typ die code hier.", parts=[form]), 7)] == ["Typ die code hier."]


async def test_a_long_answer_comes_in_pieces_in_order_and_as_plain_text(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    await start()
    text = " ".join(f"<b>woord</b> *{number}* 🙂" for number in range(600))
    echo_brain.answers["Lang"] = [message(text, choices("Verder"))]
    await talk(api, "Lang", "<b>woord</b> *0*")
    await api.until(lambda: api.sent[-1].keyboard and len(api.sent) > 2)
    assert " ".join(shown.text for shown in api.sent[1:]) == text
    assert [bool(shown.keyboard) for shown in api.sent[1:]] == [False] * (len(api.sent) - 2) + [True]


async def test_a_message_whose_buttons_are_refused_comes_without_them(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    await start()
    await talk(api, "Hallo")
    echo_brain.answers["Vraag"] = [message("Wat bedoelt u?", choices("Paspoort"))]
    api.fail("sendMessage", 400)
    await talk(api, "Vraag", "Wat bedoelt u?")
    assert (last(api).text, last(api).keyboard) == ("Wat bedoelt u?\n- Paspoort", [])


# Delivering

async def test_a_429_and_failures_of_telegram_lose_and_repeat_nothing(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    await start()
    await talk(api, "Hallo")
    api.fail("sendMessage", 429, times=2, retry_after=1)
    api.fail("sendMessage", 500, times=2)
    for number in range(3):
        api.say(f"vraag {number}")
    await api.until(lambda: len(api.sent) == 5)
    assert api.texts()[1:] == ["echo: Hallo", "echo: vraag 0", "echo: vraag 1", "echo: vraag 2"]


async def test_after_a_restart_delivery_goes_on_where_it_was(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    first = await start()
    await talk(api, "Hallo")
    api.fail("sendMessage", 500, times=1000)
    for number in range(3):
        api.say(f"vraag {number}")
    await api.until(lambda: len(echo_brain.turns) == 4)
    await first.runner.cleanup()
    assert api.texts()[1:] == ["echo: Hallo"]
    api.mend()
    await start()
    await api.until(lambda: len(api.sent) == 5)
    await talk(api, "Tot slot")
    assert api.texts()[1:] == ["echo: Hallo", "echo: vraag 0", "echo: vraag 1", "echo: vraag 2", "echo: Tot slot"]


async def test_two_edges_bring_every_answer_once_and_in_order(
    start_webhook: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edges = [await start_webhook(), await start_webhook()]
    for number in range(10):
        for chat in (7, 8, 9):
            url = edges[number % 2].url + WEBHOOK
            assert await api.post(url, api.say(f"vraag {number}", chat), SECRET) == 200
    await api.until(lambda: len(api.sent) >= 33)
    for chat in (7, 8, 9):
        assert api.texts(chat)[1:] == [f"echo: vraag {number}" for number in range(10)]


async def test_a_second_edge_polls_when_the_first_stops(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    first = await start()
    await talk(api, "Hallo")
    await start()
    await first.runner.cleanup()
    await talk(api, "Nog iets")
    assert api.texts()[1:] == ["echo: Hallo", "echo: Nog iets"]


async def test_a_citizen_who_blocks_the_bot_is_left_alone_until_they_write(
    start: Start, echo_brain: EchoBrain, services: Services, api: BotApi
) -> None:
    await start()
    await talk(api, "Hallo")
    api.blocked.add(CHAT)
    api.say("Eerst dit")
    await api.until(lambda: len(echo_brain.turns) == 2)
    channel = f"balie:c:{conv_of(services)}:channel"
    while not await services.redis.hexists(channel, "blocked"):
        await asyncio.sleep(0.01)
    tries = api.count("sendMessage")
    await talk(api, "Hallo", chat=8)
    assert api.count("sendMessage") == tries + 2
    api.blocked.clear()
    await talk(api, "Daar ben ik weer")
    assert api.texts()[1:] == ["echo: Hallo", "echo: Eerst dit", "echo: Daar ben ik weer"]


async def test_typing_shows_while_an_answer_is_made(start: Start, api: BotApi) -> None:
    edge = await start()
    api.say("Hallo")
    await api.until(lambda: (CHAT, "typing") in api.actions)
    async with echoing(edge.services):
        await api.until(lambda: "echo: Hallo" in api.texts())


# Erasing

async def keys_of(redis: Redis, conv: str) -> list[bytes]:
    found = [key async for key in redis.scan_iter(match="*") if conv.encode() in key]
    members = await redis.smembers("balie:channel:telegram")
    return found + [member for member in members if member == conv.encode()]


async def test_erasing_asks_first_and_leaves_nothing(
    start: Start, echo_brain: EchoBrain, services: Services, api: BotApi
) -> None:
    await start()
    await talk(api, "Hallo")
    opening, conv = api.sent[0], conv_of(services)
    api.say("/wissen")
    await api.until(lambda: api.texts()[-1] == words.ERASE)
    api.press(last(api), words.ERASE_NO)
    await api.until(lambda: api.texts()[-1] == words.KEPT)
    assert len(await said(services)) == 1

    api.say("/wissen")
    await api.until(lambda: api.texts()[-1] == words.ERASE)
    api.press(last(api), words.ERASE_YES)
    await api.until(lambda: api.texts()[-1] == words.ERASED and not last(api).keyboard)
    while left := await keys_of(services.redis, conv):
        assert left == [f"balie:c:{conv}:delivery".encode()], left  # a claim ends with the task that holds it
        await asyncio.sleep(0.01)

    api.say("/wissen")
    await api.until(lambda: api.texts()[-1] == words.NOTHING_KEPT)
    pressed = api.press(opening, "Afspraak maken")  # of the erased conversation
    await api.until(lambda: pressed["callback_query"]["id"] in api.answers)
    assert await log_of(services) == []
    await talk(api, "Opnieuw")
    assert len([text for text in api.texts() if "geen mens" in text]) == 2
    assert [body["text"] for body in await said(services)] == ["Opnieuw"]


async def test_what_is_erased_in_the_middle_of_a_turn_is_never_answered(start: Start, api: BotApi) -> None:
    edge = await start()
    api.say("Geheim")
    await api.until(lambda: api.actions)
    api.say("/wissen")
    await api.until(lambda: api.texts()[-1] == words.ERASE)
    api.press(last(api), words.ERASE_YES)
    await api.until(lambda: api.texts()[-1] == words.ERASED)
    api.say("Opnieuw")
    async with echoing(edge.services):
        await api.until(lambda: "echo: Opnieuw" in api.texts())
    assert len([text for text in api.texts() if "geen mens" in text]) == 2
    assert "echo: Geheim" not in api.texts()


# A person

async def test_a_person_is_announced_named_and_heard(start: Start, services: Services, api: BotApi) -> None:
    edge = await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    await api.until(lambda: api.texts()[-1:] == ["U staat in de rij."])
    agent = Agent("sanne", "Sanne")
    await services.handover.claim(await services.store.get(conv_of(services)), agent)
    mine = await services.store.get(conv_of(services))
    await services.handover.say(mine, agent, "Goedemiddag *daar*", "c-1")
    await services.handover.tell(mine, {"type": "note", "_text": "geheim"}, owner="agent")
    await services.store.signal(mine.id, "typing:agent")
    await services.handover.tell(mine, events.message("system", "Even geduld."), owner="agent")
    await api.until(lambda: api.texts()[-1] == "Even geduld.")
    assert api.texts()[1:] == [
        "U staat in de rij.", "Sanne, medewerker van de gemeente, helpt u nu.", "Sanne (medewerker): Goedemiddag *daar*",
        "Even geduld.",
    ]
    await api.until(lambda: (CHAT, "typing") in api.actions)
    assert [body["_payload"] for body in await said(edge.services)] == ["/contact_medewerker"]


async def test_stop_leaves_the_queue(start: Start, services: Services, api: BotApi) -> None:
    await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    await api.until(lambda: api.texts()[-1:] == ["U staat in de rij."])
    conversation = await services.store.get(conv_of(services))
    await services.handover.tell(conversation, events.handover("queued", position=2, eta_s=60), owner="queue")
    await api.until(lambda: api.texts()[-1] == "U bent nummer 2 in de rij. Het duurt ongeveer 1 minuut.")
    api.say("/stop")
    async with echoing(services):
        await api.until(lambda: api.texts()[-1].startswith("echo:"))
    assert (await services.store.get(conv_of(services))).owner == "bot"
    assert [body["text"] for body in await said(services)] == ["Ik wil een medewerker spreken", STOP]


async def test_who_blocks_the_bot_in_the_queue_is_left_alone(start: Start, services: Services, api: BotApi) -> None:
    await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    await api.until(lambda: api.texts()[-1:] == ["U staat in de rij."])
    channel = f"balie:c:{conv_of(services)}:channel"
    for position in (3, 2):
        conversation = await services.store.get(conv_of(services))
        await services.handover.tell(conversation, events.handover("queued", position=position, eta_s=60), owner="queue")
        await api.until(lambda: "nummer 3" in api.texts()[-1])
        api.blocked.add(CHAT)
    while not await services.redis.hexists(channel, "blocked"):
        await asyncio.sleep(0.01)


async def test_a_place_that_changes_is_told_in_one_message(start: Start, services: Services, api: BotApi) -> None:
    await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    await api.until(lambda: api.texts()[-1:] == ["U staat in de rij."])
    for position, seconds in ((3, 2400), (2, 700), (2, 700), (1, 30), (1, None)):
        conversation = await services.store.get(conv_of(services))
        body = events.handover("queued", position=position, eta_s=seconds, team="Burgerzaken")
        await services.handover.tell(conversation, body, owner="queue")
    await api.until(lambda: api.texts()[-1].endswith("Er is nu geen medewerker vrij."))
    told = [text for text in api.texts() if "nummer" in text]
    assert told == ["U wacht op het team Burgerzaken. U bent nummer 1 in de rij. Er is nu geen medewerker vrij."]
    assert [call["text"].split(". ")[-1] for method, call in api.calls if method == "editMessageText"] == [
        "Het duurt ongeveer 15 minuten.", "Het duurt ongeveer 15 minuten.", "Het duurt minder dan 1 minuut.",
        "Er is nu geen medewerker vrij.",
    ]


async def test_another_way_leaves_the_queue_once(start: Start, services: Services, api: BotApi) -> None:
    await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    way = {"kind": "choices", "id": "q", "options": [{"label": "Laat mij terugbellen", "value": "1"}]}
    body = events.message("system", "U wacht al lang.", parts=[way], _payloads=["/choose_callback"])
    await services.handover.tell(await services.store.get(conv_of(services)), body, owner="queue")
    await api.until(lambda: api.texts()[-1] == "U wacht al lang.")
    async with echoing(services) as brain:
        pressed = [api.press(last(api), "Laat mij terugbellen") for _ in range(2)]
        await api.until(lambda: "echo: Laat mij terugbellen" in api.texts())
        await api.until(lambda: all(one["callback_query"]["id"] in api.answers for one in pressed))
    assert [turn.event["_payload"] for turn in brain.turns] == ["/choose_callback"]
    assert (await services.store.get(conv_of(services))).owner == "bot"
    assert api.texts().count("U staat niet meer in de rij.") == 1


async def test_a_move_to_another_team_or_agent_is_told(start: Start, services: Services, api: BotApi) -> None:
    await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    sanne, youssef, handover = Agent("sanne", "Sanne"), Agent("youssef", "Youssef"), services.handover
    await handover.claim(await services.store.get(conv_of(services)), sanne)
    await handover.to_team(await services.store.get(conv_of(services)), sanne, "sociaal", "Werk, inkomen en zorg", "geheim")
    await handover.claim(await services.store.get(conv_of(services)), sanne)
    await handover.to_agent(await services.store.get(conv_of(services)), sanne, youssef, "geheim")
    await api.until(lambda: api.texts()[-1] == "Youssef, medewerker van de gemeente, helpt u nu verder.")
    assert "Uw gesprek gaat naar het team Werk, inkomen en zorg. U hoeft niets te herhalen." in api.texts()
    assert "geheim" not in str(api.calls)


async def test_stop_in_a_form_is_a_turn_of_the_bot(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    await talk(api, "/stop", f"echo: {STOP}")
    assert [body["_payload"] for body in await said(edge.services)] == ["/stop"]


# Privacy

async def test_no_text_and_no_chat_reaches_the_logs(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    with capture_logs() as logs:
        await start()
        await talk(api, "Mijn geheim", chat=987654)
        api.fail("sendMessage", 500)
        await talk(api, "Nog een geheim", chat=987654)
        api.blocked.add(987654)
        api.say("Laatste geheim", chat=987654)
        await api.until(lambda: any(record["event"] == "chat_unreachable" for record in logs))
    assert "geheim" not in str(logs)
    assert "987654" not in str(logs)


async def test_settings_name_a_municipality_that_is_served(services: Services, make_edge: EdgeFactory, api: BotApi) -> None:
    with pytest.raises(SettingsError, match="BALIE_TELEGRAM_TOKEN__ELDERS"):
        await make_edge(telegram_api_url=api.url, own={("telegram_token", "elders"): TOKEN})
    assert build(services.settings, services.redis_url).gemeenten
