"""What Telegram refuses, in Telegram's words: the rules of the Bot API that the fake server keeps."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

MAX_TEXT = 4096  # UTF-16 code units
MAX_CALLBACK = 64  # bytes
MAX_ALERT = 200
MAX_BUTTONS = 100
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_GONE = "query is too old and response timeout expired or query ID is invalid"

_JSON = {"reply_markup", "allowed_updates", "commands", "link_preview_options"}
_NUMBERS = {"chat_id", "message_id", "offset", "timeout", "limit", "max_connections"}
_URL = re.compile(r"https?://[^/\s:]+\.[^/\s:]+")


class Refusal(Exception):
    """An answer that is not `ok`."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


@dataclass
class Sent:
    """A message of the bot as it stands in a chat now."""

    id: int
    chat: int
    text: str
    keyboard: list[list[Json]] = field(default_factory=list)

    @property
    def buttons(self) -> dict[str, Json]:
        """By label."""
        return {button["text"]: button for row in self.keyboard for button in row}


def require(holds: object, why: str) -> None:
    if not holds:
        raise Refusal(400, f"Bad Request: {why}")


def field_value(key: str, raw: str) -> Any:
    """A field of a form post as what it stands for."""
    if key in _JSON:
        return json.loads(raw)
    return int(raw) if key in _NUMBERS else raw


def text_of(data: Json) -> str:
    text = str(data.get("text", "")).strip()
    require(text, "message text is empty")
    require(len(text.encode("utf-16-le")) // 2 <= MAX_TEXT, "message is too long")
    return text


def keyboard_of(data: Json) -> list[list[Json]]:
    rows: list[list[Json]] = data.get("reply_markup", {}).get("inline_keyboard", [])
    require(sum(map(len, rows)) <= MAX_BUTTONS, "reply markup is too long")
    for button in (button for row in rows for button in row):
        require(button["text"].strip(), "inline keyboard button text is empty")
        require(("url" in button) != ("callback_data" in button), "text buttons are unallowed in the inline keyboard")
        if "url" in button:
            require(_URL.match(button["url"]), f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        else:
            require(1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK, "BUTTON_DATA_INVALID")
    return rows


def check_commands(commands: list[Json]) -> None:
    for command in commands:
        require(re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]), "BOT_COMMAND_INVALID")
        require(1 <= len(command["description"]) <= 256, "BOT_COMMAND_DESCRIPTION_INVALID")


def check_webhook(data: Json) -> None:
    require(data["url"].startswith("https://"), "bad webhook: An HTTPS URL must be provided for webhook")
    require(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", data.get("secret_token", "x")), "secret token contains unallowed characters")
