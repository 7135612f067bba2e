"""What becomes of a button after it was pressed."""

from enum import StrEnum
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, Message
from telegram.error import BadRequest

from connectors.capabilities import TELEGRAM
from connectors.plain import utf16
from connectors.telegram import words
from connectors.telegram.keyboards import Rows
from connectors.telegram.render import Out
from connectors.telegram.sender import Sender, asking

MAX_ALERT = 200  # characters of the answer to a pressed button (Bot API: answerCallbackQuery)
SPENT = {"choice_expired", "choice_unknown", "cid_reused"}  # refusals after which a keyboard has no use any more


class Erasing(StrEnum):
    """The buttons under /wissen."""

    YES = "wissen:ja"
    NO = "wissen:nee"


async def answer(query: CallbackQuery, *, text: str = "", chosen: str = "") -> None:
    """End the waiting of a pressed button; its keyboard makes way for `text`, or for what was chosen."""
    await _tolerantly(query.answer())
    message = query.message
    if not isinstance(message, Message):
        return  # so old that Telegram no longer says what stands there
    if chosen:
        text = f"{message.text}\n\n{words.CHOSEN.format(label=chosen)}"
    if text and utf16(text) <= TELEGRAM.max_chars:
        await _tolerantly(query.edit_message_text(text, reply_markup=_links(message)))
    else:
        await _tolerantly(query.edit_message_reply_markup(_links(message)))


async def show(query: CallbackQuery, rows: Rows) -> None:
    """Put other buttons under the question; addresses stay."""
    await _tolerantly(query.answer())
    if isinstance(query.message, Message):
        links = _links(query.message)
        shown = InlineKeyboardMarkup([*rows, *(links.inline_keyboard if links else ())])
        await _tolerantly(query.edit_message_reply_markup(shown))


async def refuse(sender: Sender, query: CallbackQuery, kind: str, why: str) -> None:
    """Say why a pressed button did nothing; a keyboard that has become useless is removed.

    Telegram takes the answer to a pressed button for some minutes only: after an outage it is said in a message.
    """
    why = words.ALREADY_CHOSEN if kind == "cid_reused" else why
    heard = await _tolerantly(query.answer(why[:MAX_ALERT], show_alert=True))
    if kind in SPENT and isinstance(query.message, Message):
        await _tolerantly(query.edit_message_reply_markup(_links(query.message)))
    if not heard and query.message:
        await sender.say(str(query.message.chat.id), Out(why))


async def _tolerantly(call: Any) -> bool:
    """A button pressed twice, or an update that came twice: answered already, or nothing left to change. False then."""
    try:
        with asking():
            await call
    except BadRequest:
        return False
    return True


def _links(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons that stay: addresses."""
    markup = message.reply_markup
    rows = [row for row in (markup.inline_keyboard if markup else ()) if all(button.url for button in row)]
    return InlineKeyboardMarkup(rows) if rows else None
