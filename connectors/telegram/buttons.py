"""What becomes of a button after it was pressed."""

from enum import StrEnum
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, Message
from telegram.error import BadRequest

from connectors.problems import CATALOGUE
from connectors.telegram import words
from connectors.telegram.render import MAX_CHARS, units

SPENT = {"choice_expired", "choice_unknown", "cid_reused"}  # refusals after which a keyboard has no use any more


class Erasing(StrEnum):
    """The buttons under /wissen."""

    YES = "wissen:ja"
    NO = "wissen:nee"


async def answer(query: CallbackQuery, *, text: str = "", chosen: str = "") -> None:
    """End the waiting of a pressed button; its keyboard makes way for `text`, or for what was chosen."""
    await _tolerantly(query.answer())
    message = query.message
    if chosen and isinstance(message, Message):
        text = f"{message.text}\n\n{words.CHOSEN.format(label=chosen)}"
    if text and units(text) <= MAX_CHARS:
        await _tolerantly(query.edit_message_text(text, reply_markup=_links(query)))
    else:
        await _tolerantly(query.edit_message_reply_markup(_links(query)))


async def refuse(query: CallbackQuery, kind: str) -> None:
    """Say why a pressed button did nothing; a keyboard that has become useless is removed."""
    why = words.ALREADY_CHOSEN if kind == "cid_reused" else CATALOGUE[kind][1]
    await _tolerantly(query.answer(why, show_alert=True))
    if kind in SPENT:
        await _tolerantly(query.edit_message_reply_markup(_links(query)))


async def _tolerantly(call: Any) -> None:
    """A button pressed twice, or an update that came twice: answered already, or nothing left to change."""
    try:
        await call
    except BadRequest:
        return


def _links(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    """The buttons that stay: addresses."""
    message = query.message
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = [row for row in (markup.inline_keyboard if markup else ()) if all(button.url for button in row)]
    return InlineKeyboardMarkup(rows) if rows else None
