"""What citizens do on Telegram besides typing: days and times by buttons, a number to share, files, edits, blocking, groups."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.queue import Agent
from bot.conversation.service import Off
from bot.wiring import Services
from connectors.intake import SENTENCES_MINUTE
from connectors.problems import CATALOGUE
from connectors.telegram import words
from tests import telegram_fixtures
from tests.conftest import EchoBrain
from tests.stubs.botapi import BotApi
from tests.telegram_fixtures import CHAT, Start, choices, conv_of, last, log_of, message, queue, said, talk

api, start, start_webhook = telegram_fixtures.api, telegram_fixtures.start, telegram_fixtures.start_webhook

PHONE: Event = {"kind": "form", "id": "telefoon", "fields": [
    {"name": "telefoonnummer", "label": "Telefoonnummer", "type": "tel", "hint": "bijvoorbeeld 06 12345678", "maxlength": 25}]}
FILE = {"file_id": "a", "file_unique_id": "b"}


# Questions

async def test_a_day_and_a_time_are_chosen_with_buttons_only(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    slots = [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 15, 30, 45)]
    echo_brain.answers["Dag"] = [message("Welke dag?", {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2027-01-15",
                                                        "closed": ["2026-12-02"]},
                                         {"kind": "link", "label": "Meer", "url": "https://www.voorbeeld.example/x"})]
    echo_brain.answers["dinsdag 5 januari 2027"] = [message("Hoe laat?", {"kind": "time", "id": "t", "slots": slots})]
    await talk(api, "Dag", "Welke dag?")
    question = last(api)
    assert "wo 2 dec" not in question.buttons
    api.press(question, words.MORE_DAYS)
    await api.until(lambda: "do 31 dec" in question.buttons)
    assert question.buttons["Meer"]["url"]
    api.press(question, "januari →")
    await api.until(lambda: "di 5 jan" in question.buttons)
    api.press(question, "di 5 jan")
    await api.until(lambda: api.texts()[-1] == "Hoe laat?")
    await api.until(lambda: list(question.buttons) == ["Meer"])
    assert question.text.endswith(words.CHOSEN.format(label="dinsdag 5 januari 2027"))
    times = last(api)
    api.press(times, words.LATER)
    await api.until(lambda: "16:45" in times.buttons)
    turned = api.press(times, "16:45")
    await api.until(lambda: "echo: 16:45 uur" in api.texts())
    assert [body.get("_payload") for body in await said(edge.services)] == [None, "2027-01-05", "16:45"]
    assert all("text" not in given for given in api.answers.values())

    api.queue({key: value for key, value in turned.items() if key != "update_id"})
    await talk(api, "Klaar")
    assert len(await said(edge.services)) == 4


async def test_who_turns_pages_without_end_is_asked_to_wait(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    await start()
    echo_brain.answers["Dag"] = [message("Welke dag?", {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2027-01-15"})]
    await talk(api, "Dag", "Welke dag?")
    data = last(api).buttons[words.MORE_DAYS]["callback_data"]
    pressed = [api.press_data(last(api), data) for _ in range(50)]
    await api.until(lambda: all(one["callback_query"]["id"] in api.answers for one in pressed))
    told = [api.answers[one["callback_query"]["id"]].get("text") for one in pressed]
    assert told == [None] * 40 + [CATALOGUE["too_many"][1]] * 10
    assert words.BACK in last(api).buttons


async def test_a_rating_is_kept_once_and_starts_no_turn(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    await talk(api, "Hallo")
    conversation = await edge.services.store.get(conv_of(edge.services))
    await edge.services.handover.tell(conversation, {"type": "rating_request", "id": "r1", "at": events.now()})
    await api.until(lambda: api.texts()[-1] == words.RATING)
    asked = last(api)
    other = asked.buttons["1"]["callback_data"]
    api.press(asked, "4")
    await api.until(lambda: asked.text == words.RATED.format(mark="4") and not asked.keyboard)
    again = api.press_data(asked, other)
    await api.until(lambda: again["callback_query"]["id"] in api.answers)
    assert api.answers[again["callback_query"]["id"]]["text"] == words.ALREADY_CHOSEN
    assert [body["value"] for body in await log_of(edge.services) if body["type"] == "rating"] == [4]
    assert len(echo_brain.turns) == 1


async def test_a_button_of_long_ago_is_answered_in_a_message(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    await start()
    echo_brain.answers["Een"] = [message("Eerste vraag", choices("A"))]
    await talk(api, "Een", "Eerste vraag")
    old = last(api)
    await talk(api, "Twee")
    echo_brain.answers["Drie"] = [message("Derde vraag", choices("B"))]
    await talk(api, "Drie", "Derde vraag")
    api.press_data(old, old.buttons["A"]["callback_data"], late=True, gone=True)
    await api.until(lambda: api.texts()[-1] == CATALOGUE["choice_expired"][1])
    newest = api.sent[-2]
    api.press_data(newest, newest.buttons["B"]["callback_data"], late=True, gone=True)
    await api.until(lambda: "echo: B" in api.texts())


async def test_a_form_asks_one_thing_with_its_hint_in_the_field(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    await start()
    echo_brain.answers["Vraag"] = [message("Uw geboortedatum?", {"kind": "form", "id": "f", "fields": [
        {"name": "geboortedatum", "label": "Geboortedatum", "hint": "bijvoorbeeld 31-12-1990"}]})]
    await talk(api, "Vraag", "Uw geboortedatum?")
    assert last(api).reply == {"force_reply": True, "input_field_placeholder": "bijvoorbeeld 31-12-1990"}
    echo_brain.answers["Nog een"] = [message("Of kies", {"kind": "form", "id": "f", "fields": [
        {"name": "naam", "label": "Naam", "hint": "bijvoorbeeld A. de Vries"}]}, choices("Overslaan"))]
    await talk(api, "Nog een", "Of kies")
    assert (last(api).reply, list(last(api).buttons)) == ({}, ["Overslaan"])


# A telephone number

async def test_a_number_that_was_asked_for_can_be_shared_and_the_button_goes_away(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start()
    echo_brain.answers["Bel mij"] = [message("Wat is uw telefoonnummer?", PHONE)]
    echo_brain.answers["Ingevuld: Telefoonnummer"] = [message("Wanneer?", choices("Vandaag"))]
    await talk(api, "Bel mij", "Wat is uw telefoonnummer?")
    assert api.keyboards[CHAT] == [[{"text": words.SHARE_NUMBER, "request_contact": True}]]

    api.share_contact("+31612345678", owner=99)
    await api.until(lambda: api.texts()[-1] == words.NOT_YOUR_NUMBER)
    api.share_contact("+31612345678", owner=0)
    await api.until(lambda: api.texts().count(words.NOT_YOUR_NUMBER) == 2)
    assert CHAT in api.keyboards

    api.share_contact("31612345678")
    await api.until(lambda: api.texts()[-2:] == ["Wanneer?", words.CHOOSE])
    assert api.keyboards == {}
    assert list(last(api).buttons) == ["Vandaag"]
    given = (await said(edge.services))[-1]
    assert (given["text"], given["_fields"]) == ("Ingevuld: Telefoonnummer", {"telefoonnummer": "+31612345678"})

    api.press(last(api), "Vandaag")
    await api.until(lambda: "echo: Vandaag" in api.texts())
    assert last(api).reply == {}
    api.share_contact("31612345678")
    await api.until(lambda: api.texts()[-1] == words.NUMBER_NOT_ASKED)
    assert [body["text"] for body in await said(edge.services)] == ["Bel mij", "Ingevuld: Telefoonnummer", "Vandaag"]


async def test_a_number_can_be_typed_as_well_and_the_button_goes_away(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    first = await start()
    echo_brain.answers["Bel mij"] = [message("Wat is uw telefoonnummer?", PHONE, choices("Zonder nummer"))]
    await talk(api, "Bel mij", "Wat is uw telefoonnummer?")
    await api.until(lambda: api.texts()[-1] == words.SHARE_HINT)
    assert list(api.sent[-2].buttons) == ["Zonder nummer"]
    await first.runner.cleanup()  # another process knows of the button too
    await start()
    await talk(api, "06 12345678")
    assert (last(api).reply, api.keyboards) == ({"remove_keyboard": True}, {})
    await talk(api, "En nu")
    assert last(api).reply == {}


async def test_a_button_that_outlived_its_conversation_shares_nothing(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start()
    echo_brain.answers["Bel mij"] = [message("Wat is uw telefoonnummer?", PHONE)]
    await talk(api, "Bel mij", "Wat is uw telefoonnummer?")
    await edge.services.store.erase(await edge.services.store.get(conv_of(edge.services)))
    api.share_contact("31612345678")
    await api.until(lambda: api.texts()[-1] == words.NUMBER_NOT_ASKED)
    assert api.keyboards == {}
    assert await log_of(edge.services) == []


async def test_an_agent_who_asks_for_a_number_gets_it(start: Start, services: Services, api: BotApi) -> None:
    edge = await start()
    api.say("/medewerker")
    await queue(services, "U staat in de rij.")
    await api.until(lambda: api.texts()[-1:] == ["U staat in de rij."])
    await services.handover.claim(await services.store.get(conv_of(services)), Agent("sanne", "Sanne"))
    api.share_contact("31612345678")
    await api.until(lambda: not api.pending)
    assert (await said(edge.services))[-1]["text"] == words.MY_NUMBER.format(number="+31612345678")


# What we don't take

async def test_what_can_not_be_read_is_refused_with_where_to_send_it(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start(lift_rates=True)
    gemeente = edge.services.gemeente("voorbeeld")
    sizes = {"width": 1, "height": 1}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"photo": [FILE | sizes]}, words.file(gemeente, words=False)),
        ({"document": FILE}, words.file(gemeente, words=False)),
        ({"video": FILE | sizes | {"duration": 1}}, words.file(gemeente, words=False)),
        ({"voice": FILE | {"duration": 1}}, words.voice(gemeente)),
        ({"audio": FILE | {"duration": 1}}, words.voice(gemeente)),
        ({"sticker": FILE | sizes | {"type": "regular", "is_animated": False, "is_video": False}}, words.STICKER),
        ({"location": {"latitude": 52.0, "longitude": 5.0}}, words.LOCATION),
        ({"venue": {"location": {"latitude": 52.0, "longitude": 5.0}, "title": "x", "address": "y"}}, words.LOCATION),
        ({"dice": {"emoji": "x", "value": 1}}, words.STICKER),
        ({"story": {"id": 1, "chat": {"id": 1, "type": "channel"}}}, words.NOT_TEXT),
    ]
    for number, (content, answer) in enumerate(cases, start=1):
        api.send(**content)
        await api.until(lambda number=number: len(api.sent) == number)
        assert api.texts()[-1] == answer
    assert gemeente.website in words.file(gemeente, words=False)
    assert await log_of(edge.services) == []
    assert api.count("getFile") == 0


async def test_an_album_is_refused_once_and_the_words_under_a_photo_count(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start()
    photo = [FILE | {"width": 1, "height": 1}]
    api.send(photo=photo, media_group_id="g1", caption="Deze stoeptegel ligt los")
    api.send(photo=photo, media_group_id="g1")
    await api.until(lambda: "echo: Deze stoeptegel ligt los" in api.texts())
    await talk(api, "Tot slot")
    assert api.texts().count(words.file(edge.services.gemeente("voorbeeld"), words=True)) == 1
    assert [body["text"] for body in await said(edge.services)] == ["Deze stoeptegel ligt los", "Tot slot"]


async def test_an_edit_changes_nothing_and_that_is_said_once(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    await talk(api, "Hallo")
    place = {"location": {"latitude": 52.0, "longitude": 5.0}}
    for content in ({"text": "Hallo?"}, {"text": "Hallo??"}, place):
        api.send(kind="edited_message", edit_date=1_800_000_001, **content | {"message_id": 55})
    await talk(api, "Tot slot")
    assert api.texts().count(words.CHANGED) == 1
    assert [body["text"] for body in await said(edge.services)] == ["Hallo", "Tot slot"]


# Commands

async def test_commands_say_what_is_kept_and_start_what_they_name(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start()
    gemeente = edge.services.gemeente("voorbeeld")
    api.say("/privacy")
    await api.until(lambda: api.sent)
    assert api.texts() == [words.privacy(gemeente)]
    assert last(api).buttons[words.PRIVACY_LINK]["url"] == gemeente.privacy
    assert f"{gemeente.retention_days} dagen" in api.texts()[0] and "/wissen" in api.texts()[0]
    assert await log_of(edge.services) == []
    await talk(api, "/afspraak", f"echo: {words.APPOINTMENT}")
    await talk(api, "/zaak", f"echo: {words.CASE}")
    assert [body["_payload"] for body in await said(edge.services)] == ["/afspraak_maken", "/zaakstatus"]
    api.say("/help")
    await api.until(lambda: api.texts()[-1] == words.help_text(gemeente))
    api.say("/zomaar")
    await api.until(lambda: api.texts()[-1].startswith(words.UNKNOWN_COMMAND))
    assert len(await said(edge.services)) == 2, "no question for the brain"


async def test_who_was_told_a_lot_can_still_erase(start: Start, api: BotApi, echo_brain: EchoBrain) -> None:
    edge = await start()
    await talk(api, "Hallo")
    for _ in range(SENTENCES_MINUTE + 1):
        api.say("/help")
    await api.until(lambda: api.texts().count(words.help_text(edge.services.gemeente("voorbeeld"))) == SENTENCES_MINUTE)
    api.say("/wissen")
    await api.until(lambda: api.texts()[-1] == words.ERASE)


async def test_telegram_shows_dutch_commands_and_the_disclosure_before_the_first_word(start: Start, api: BotApi) -> None:
    edge = await start()
    gemeente = edge.services.gemeente("voorbeeld")
    assert set(api.menus) == {("all_private_chats", ""), ("all_private_chats", "nl")}
    assert all({command["command"] for command in menu} == set(words.COMMANDS) for menu in api.menus.values())
    assert api.menu_button == {"type": "commands"}
    for language in ("", "nl"):
        assert api.descriptions["MyDescription", language] == words.description(gemeente)
        assert api.descriptions["MyShortDescription", language] == words.short_description(gemeente)
    assert "computer, geen mens" in words.description(gemeente)
    changes = api.count("setMyDescription")
    api.menu_button = {}
    await start()
    assert api.count("setMyDescription") == changes


async def test_a_bot_whose_texts_are_refused_works_all_the_same(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    api.fail("setMyDescription", 500)
    api.menu_button = {"type": "default"}
    await start()
    await talk(api, "Hallo")
    assert api.menu_button == {"type": "default"}


# Blocking and groups

async def test_who_blocks_the_bot_and_comes_back_hears_what_is_still_worth_it(
    start: Start, echo_brain: EchoBrain, api: BotApi
) -> None:
    edge = await start()
    services = edge.services
    await talk(api, "Hallo")
    api.member("member", "kicked")
    await api.until(lambda: not api.pending)
    sent = api.count("sendMessage")
    conversation = await services.store.get(conv_of(services))
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    await services.handover.tell(conversation, message("Oud antwoord") | {"at": old})
    await services.handover.tell(conversation, events.notice("appointment_reminder", "Morgen") | {"at": old})
    await services.handover.tell(conversation, message("Van vandaag"))
    await talk(api, "Hallo", chat=8)
    assert api.count("sendMessage") == sent + 2
    api.member("kicked", "member")
    await api.until(lambda: "Van vandaag" in api.texts())
    assert api.texts()[-2:] == ["echo: Hallo", "Van vandaag"]
    api.member("kicked", "member")  # again, while nothing is blocked
    await talk(api, "Daar ben ik weer")

    api.member("member", "kicked")
    await api.until(lambda: not api.pending)
    await services.handover.tell(conversation, events.notice("case_status", "Uw zaak is klaar") | {"at": old})
    api.member("kicked", "member")
    await api.until(lambda: api.texts()[-1] == "Uw zaak is klaar")
    api.member("kicked", "member", chat=77)  # who never said a word
    await talk(api, "Tot slot")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_a_bot_that_is_added_to_a_group_says_why_and_leaves(
    start: Start, echo_brain: EchoBrain, api: BotApi, kind: str
) -> None:
    edge = await start()
    if kind == "channel":
        api.fail("sendMessage", 403)  # no right to post there
    api.member("left", "member", chat=-100, chat_type=kind)
    await api.until(lambda: api.left == {-100})
    assert api.texts(-100) == ([] if kind == "channel" else [words.GROUP])
    api.member("member", "left", chat=-100, chat_type=kind)
    await talk(api, "Hallo")
    assert (api.count("leaveChat"), await log_of(edge.services, -100)) == (1, [])


# Service

async def test_a_bot_that_is_switched_off_says_so_with_the_phone(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start(service_fresh_seconds=0.0)
    await edge.services.service_book.put("voorbeeld", off=Off("Wij werken eraan.", datetime.now(UTC)))
    api.say("/afspraak")
    await api.until(lambda: api.sent)
    assert "Wij werken eraan." in api.texts()[0] and edge.services.gemeente("voorbeeld").telefoon in api.texts()[0]
    api.say("/privacy")
    await api.until(lambda: len(api.sent) == 2)
    assert await log_of(edge.services) == []
