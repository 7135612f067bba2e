"""The fake Bot API refuses what Telegram refuses: a bot that works with it works there."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.stubs.botapi_bot import FakeBot
from tests.stubs.botapi_rules import Refusal

CHAT, GROUP = 7, -7
SHARE = {"keyboard": [[{"text": "Deel", "request_contact": True}]]}


@pytest.fixture
def bot() -> FakeBot:
    made = FakeBot("1:x", "fictitious_bot")
    made.chats |= {CHAT, GROUP}
    return made


def inline(*data: str, **more: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "a", "callback_data": one, **more}] for one in data]}


@pytest.mark.parametrize("method, data, told", [
    ("sendMessage", {"text": " "}, "message text is empty"),
    ("sendMessage", {"text": "🙂" * 2049}, "message is too long"),
    ("sendMessage", {"text": "a", "parse_mode": "HTML"}, "can't parse entities"),
    ("sendMessage", {"text": "a", "chat_id": 8}, "chat not found"),
    ("sendMessage", {"text": "a", "reply_markup": inline("é" * 33)}, "BUTTON_DATA_INVALID"),
    ("sendMessage", {"text": "a", "reply_markup": inline(*"a" * 101)}, "reply markup is too long"),
    ("sendMessage", {"text": "a", "reply_markup": inline("a", url="https://a.example")}, "text buttons are unallowed"),
    ("sendMessage", {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 9]}}, "ROW"),
    ("sendMessage", {"text": "a", "reply_markup": SHARE | {"input_field_placeholder": "a" * 65}}, "placeholder"),
    ("sendMessage", {"text": "a", "reply_markup": SHARE | {"force_reply": True}}, "object expected"),
    ("sendMessage", {"text": "a", "reply_markup": SHARE, "chat_id": GROUP}, "private chats only"),
    ("sendDocument", {"document": "file"}, "no document"),
    ("setMyDescription", {"description": "a" * 513}, "too long"),
    ("setMyShortDescription", {"short_description": "a" * 121}, "too long"),
    ("setMyDescription", {"description": "a", "language_code": "nld"}, "language"),
    ("setMyCommands", {"commands": []}, "BOT_COMMANDS"),
    ("setMyCommands", {"commands": [{"command": "Start", "description": "a"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "DESCRIPTION_INVALID"),
    ("answerCallbackQuery", {"callback_query_id": "q"}, "query is too old"),
    ("leaveChat", {}, "private chats"),
    ("editMessageText", {"message_id": 1, "text": "a"}, "message to edit not found"),
])
async def test_what_is_wrong_is_refused(bot: FakeBot, method: str, data: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal, match=told):
        await bot.call(method, {"chat_id": CHAT} | json.loads(json.dumps(data)))


@pytest.mark.parametrize("markup", [SHARE, {"remove_keyboard": True}, {"force_reply": True}])
async def test_what_changed_the_keyboard_for_typing_can_not_be_edited(bot: FakeBot, markup: dict[str, Any]) -> None:
    edit = await edited(bot, markup)
    with pytest.raises(Refusal, match="message can't be edited"):
        await edit({"text": "b"})


async def test_an_edit_must_change_something_and_keep_to_buttons(bot: FakeBot) -> None:
    edit = await edited(bot, inline("a"))
    with pytest.raises(Refusal, match="not modified"):
        await edit({"text": "a", "reply_markup": inline("a")})
    with pytest.raises(Refusal, match="inline keyboard expected"):
        await edit({"text": "b", "reply_markup": SHARE})
    await edit({"text": "b"})
    assert (bot.sent[0].text, bot.sent[0].keyboard) == ("b", [])


async def edited(bot: FakeBot, markup: dict[str, Any]) -> Callable[[dict[str, Any]], Awaitable[Any]]:
    """Send a message; returns what edits it."""
    sent = await bot.call("sendMessage", {"chat_id": CHAT, "text": "a", "reply_markup": markup})
    return lambda data: bot.call("editMessageText", {"chat_id": CHAT, "message_id": sent["message_id"], **data})


async def test_who_blocked_the_bot_hears_nothing(bot: FakeBot) -> None:
    bot.member("member", "kicked", CHAT)
    with pytest.raises(Refusal) as caught:
        await bot.call("sendMessage", {"chat_id": CHAT, "text": "a"})
    assert caught.value.code == 403
    bot.member("kicked", "member", CHAT)
    await bot.call("sendMessage", {"chat_id": CHAT, "text": "a"})


async def test_a_group_that_was_left_takes_nothing(bot: FakeBot) -> None:
    await bot.call("leaveChat", {"chat_id": GROUP})
    with pytest.raises(Refusal) as caught:
        await bot.call("sendMessage", {"chat_id": GROUP, "text": "a"})
    assert caught.value.code == 403
