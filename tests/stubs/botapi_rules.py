"""What Telegram refuses, in Telegram's words: the rules of the Bot API that the fake server keeps."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp.web import FileField

Json = dict[str, Any]

MAX_TEXT = 4096  # UTF-16 code units
MAX_CAPTION = 1024
MAX_CALLBACK = 64  # bytes
MAX_ALERT = 200
MAX_BUTTONS = 100
MAX_ROW = 8
MAX_UPLOAD = 50_000_000  # bytes
MAX_PLACEHOLDER = 64
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_GONE = "query is too old and response timeout expired or query ID is invalid"

_JSON = {"reply_markup", "allowed_updates", "commands", "link_preview_options", "scope", "menu_button"}
_NUMBERS = {"chat_id", "message_id", "offset", "timeout", "limit", "max_connections"}
_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
_URL = re.compile(r"https?://[^/\s:]+\.[^/\s:]+")


class Refusal(Exception):
    """An answer that is not `ok`."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


@dataclass
class Sent:
    """A message of the bot as it stands in a chat now. `reply`: what it did to the keyboard under the field for typing."""

    id: int
    chat: int
    text: str
    keyboard: list[list[Json]] = field(default_factory=list)
    reply: Json = field(default_factory=dict)
    file_name: str = ""
    file: bytes = b""

    @property
    def buttons(self) -> dict[str, Json]:
        """By label."""
        return {button["text"]: button for row in self.keyboard for button in row}


def require(holds: object, why: str) -> None:
    if not holds:
        raise Refusal(400, f"Bad Request: {why}")


def field_value(key: str, raw: str | FileField) -> Any:
    """A field of a form post as what it stands for."""
    if isinstance(raw, FileField):
        return raw
    if key in _JSON:
        return json.loads(raw)
    return int(raw) if key in _NUMBERS else raw


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def text_of(data: Json) -> str:
    text = str(data.get("text", "")).strip()
    require("parse_mode" not in data, "can't parse entities: this bot says that it sends plain text")
    require(text, "message text is empty")
    require(units(text) <= MAX_TEXT, "message is too long")
    return text


def document_of(data: Json) -> tuple[str, bytes, str]:
    """(name, content, caption) of an uploaded file."""
    given = data.get("document")
    if isinstance(given, str) and given.startswith("attach://"):
        given = data.get(given.removeprefix("attach://"))
    require(isinstance(given, FileField), "there is no document in the request")
    assert isinstance(given, FileField)
    content, caption = given.file.read(), str(data.get("caption", ""))
    require(given.filename, "file name is empty")
    require(content, "file must be non-empty")
    if len(content) > MAX_UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    require(units(caption) <= MAX_CAPTION, "message caption is too long")
    return given.filename, content, caption


def keyboard_of(data: Json) -> list[list[Json]]:
    """The buttons under a message."""
    rows: list[list[Json]] = data.get("reply_markup", {}).get("inline_keyboard", [])
    require(sum(map(len, rows)) <= MAX_BUTTONS, "reply markup is too long")
    for row in rows:
        require(1 <= len(row) <= MAX_ROW, "BUTTON_ROW_INVALID")
    for button in (button for row in rows for button in row):
        require(button["text"].strip(), "inline keyboard button text is empty")
        require(("url" in button) != ("callback_data" in button), "text buttons are unallowed in the inline keyboard")
        if "url" in button:
            require(_URL.match(button["url"]), f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        else:
            require(1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK, "BUTTON_DATA_INVALID")
    return rows


def reply_of(data: Json, *, private: bool) -> Json:
    """What a message does to the keyboard under the field for typing; empty when it leaves that alone."""
    markup: Json = data.get("reply_markup", {})
    kinds = [kind for kind in ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply") if markup.get(kind)]
    require(len(kinds) <= 1, "object expected as reply markup")
    if not kinds or kinds == ["inline_keyboard"]:
        return {}
    placeholder = markup.get("input_field_placeholder")
    require(placeholder is None or 1 <= len(placeholder) <= MAX_PLACEHOLDER, "input field placeholder is invalid")
    for button in (button for row in markup.get("keyboard", []) for button in row):
        require(button["text"].strip(), "keyboard button text is empty")
        asks = button.get("request_contact") or button.get("request_location")
        require(private or not asks, "phone number can be requested in private chats only")
    return markup


def check_commands(data: Json) -> tuple[str, str]:
    """Returns (scope, language) that these commands are for."""
    require(1 <= len(data["commands"]) <= 100, "BOT_COMMANDS_TOO_MUCH")
    for command in data["commands"]:
        require(re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]), "BOT_COMMAND_INVALID")
        require(1 <= len(command["description"]) <= 256, "BOT_COMMAND_DESCRIPTION_INVALID")
    scope = data.get("scope", {}).get("type", "default")
    require(scope in _SCOPES, "can't parse BotCommandScope")
    return scope, language_of(data)


def language_of(data: Json) -> str:
    """ISO 639-1; empty means everybody for whom there is nothing in their own language."""
    language = str(data.get("language_code", ""))
    require(re.fullmatch(r"([a-z]{2})?", language), "invalid language code specified")
    return language


def check_description(text: str, most: int) -> str:
    require(units(text) <= most, "description is too long")
    return text


def check_webhook(data: Json) -> None:
    require(data["url"].startswith("https://"), "bad webhook: An HTTPS URL must be provided for webhook")
    require(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", data.get("secret_token", "x")), "secret token contains unallowed characters")
    require(1 <= data.get("max_connections", 40) <= 100, "max_connections must be between 1 and 100")
