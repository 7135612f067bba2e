"""From an event of the log to messages of Telegram. Plain text without a parse mode: nothing that is said can become markup."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.conversation.events import Event
from connectors import plain
from connectors.capabilities import TELEGRAM
from connectors.telegram import words
from connectors.telegram.keyboards import Buttons, Rows

MAX_HINT = 64  # characters that the field for typing may show (Bot API: ForceReply)

_CALENDAR = re.compile(r"/v1/calendar/([^/]+)\.ics$")


@dataclass(frozen=True)
class Out:
    """One message. `rows` are its choices, `links` its labels and addresses that may be buttons.

    `contact`: ask for the citizen's telephone number with a button; `hint`: shown in the field for typing. Neither goes together
    with buttons in one message. `bare`: take that button away, also when we don't know that it is there. `calendar`: a file goes
    with it, made from this sealed reference of an appointment.
    """

    text: str
    rows: Rows = ()
    links: tuple[tuple[str, str], ...] = ()
    contact: bool = False
    hint: str = ""
    bare: bool = False
    calendar: str = ""

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        rows = [*self.rows, *((InlineKeyboardButton(label, url=url),) for label, url in self.links)]
        return InlineKeyboardMarkup(rows) if rows else None

    @property
    def plain(self) -> str:
        """The same without buttons, for when Telegram refuses those."""
        choices = [f"- {button.text}" for row in self.rows for button in row]
        return "\n".join([self.text, *choices, *(f"{label}: {url}" for label, url in self.links)])


def render(body: Event, seq: int) -> list[Out]:
    """The messages for event `seq`; none when the citizen has nothing to see."""
    if body["type"] == "rating_request":
        return [Out(words.RATING, Buttons(body, seq).rows())]
    if body["type"] == "notice" or (body["type"] == "message" and body["from"]["role"] != "citizen"):
        return _message(body, seq)
    return [Out(part) for part in plain.split(plain.said(body), TELEGRAM)]


def _message(body: Event, seq: int) -> list[Out]:
    parts = body.get("parts", [])
    lines = [line for part in parts for line in plain.card_lines(part, body, TELEGRAM)]
    buttons: list[tuple[str, str]] = []
    spelled: list[tuple[str, str]] = []
    for label, url in plain.links(parts):
        (buttons if _button_address(url) else spelled).append((label, url))
    lines += [f"{label}: {url}" for label, url in spelled]
    rows = Buttons(body, seq).rows() if seq else ()
    chunks = plain.split(plain.whole(plain.said(body), lines), TELEGRAM) or ([words.CHOOSE] if rows or buttons else [])
    outs = [Out(chunk) for chunk in chunks]
    if outs:
        outs[-1] = replace(outs[-1], rows=rows, links=tuple(buttons), **_typing(parts))
    return [*outs, *(Out(words.CALENDAR_FILE, calendar=sealed) for sealed in _calendars(parts))]


def _typing(parts: Sequence[Event]) -> dict[str, Any]:
    """What the field for typing shows for a form: its hint, or the button that shares a telephone number."""
    fields = [field for part in parts if part.get("kind") == "form" for field in part["fields"]]
    if any(field.get("type") == "tel" for field in fields):
        return {"contact": True}
    return {"hint": next((field["hint"] for field in fields if 0 < len(field.get("hint", "")) <= MAX_HINT), "")}


def _calendars(parts: Sequence[Event]) -> Iterator[str]:
    """The sealed part of the addresses of calendar files: what the file itself is made from."""
    for part in parts:
        if part.get("kind") == "appointment" and (found := _CALENDAR.search(part.get("ics") or "")):
            yield found[1]


def _button_address(url: str) -> bool:
    """Whether Telegram takes this as the address of a button: a public website."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme in {"http", "https"} and "." in host
    return False
