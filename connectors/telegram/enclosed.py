"""What citizens send that is no text: a telephone number is an answer when it was asked for; the rest is refused kindly.

Files are never fetched: what Telegram has of them stays there.
"""

from typing import Any

from telegram import Message as TelegramMessage
from telegram import Update

from bot.conversation import events
from bot.conversation.events import Event
from bot.wiring import Services
from connectors.intake import Intake, sentence
from connectors.messages import Message
from connectors.problems import Problem
from connectors.telegram import words
from connectors.telegram.incoming import arrival, said
from connectors.telegram.render import Out
from connectors.voice import Arrival

LOOKED_AT = 50  # last events of a conversation in which the question for a number is looked for
FINGERPRINT = "contact"
Context = Any


class Enclosed:
    """Handlers of updates."""

    def __init__(self, services: Services, intake: Intake[Out]) -> None:
        self._store = services.store
        self._intake = intake

    async def contact(self, update: Update, _context: Context) -> None:
        """A telephone number: only the citizen's own, and only when there is somebody who asked for it."""
        came, message = arrival(update), said(update)
        card, sender = message.contact, message.from_user
        with_agent = await self._intake.owner(came.chat) == "agent"
        question = None if with_agent else await self._question(came.chat)
        if not card or not sender or card.user_id != sender.id:
            await self._intake.tell_outs(came, [Out(words.NOT_YOUR_NUMBER, contact=question is not None)])
        elif with_agent:
            await self._intake.text(came, words.MY_NUMBER.format(number=_number(card.phone_number)))
        elif question:
            await self._answer(came, *question, _number(card.phone_number))
        else:
            await self._intake.tell_outs(came, [Out(words.NUMBER_NOT_ASKED, bare=True)])

    async def _answer(self, came: Arrival, seq: int, asked: Event, field: str, number: str) -> None:
        given = Message(self._intake.cid(came), "form", value={field: number}, reply_to=f"m_{seq}")
        try:
            await self._intake.answer(came, given, asked, fingerprint=FINGERPRINT)
        except Problem as exc:
            await self._intake.tell(came, sentence(exc))

    async def _question(self, chat: str) -> tuple[int, Event, str] | None:
        """The newest question, when it asks for a telephone number: (number, event, name of the field)."""
        for seq, body in reversed(await self._store.history(self._intake.conv(chat), None, LOOKED_AT)):
            if events.asks(body):
                fields = (events.find_part(body, ["form"]) or {}).get("fields", [])
                name = next((field["name"] for field in fields if field.get("type") == "tel"), "")
                return (seq, body, name) if name else None
        return None

    async def other(self, update: Update, _context: Context) -> None:
        """Photos, films, files, speech, stickers, a location. The words under a photo count as said."""
        came, message = arrival(update), said(update)
        if message.caption:
            await self._intake.text(came, message.caption)
        once = Arrival(came.chat, f"album:{message.media_group_id}") if message.media_group_id else came
        await self._intake.tell(once, self._why_not(message))

    def _why_not(self, message: TelegramMessage) -> str:
        gemeente = self._intake.gemeente
        if message.voice or message.audio:
            return words.voice(gemeente)
        if message.sticker or message.dice or message.animation:
            return words.STICKER
        if message.location or message.venue:
            return words.LOCATION
        if message.photo or message.document or message.video or message.video_note or message.paid_media:
            return words.file(gemeente, words=bool(message.caption))
        return words.NOT_TEXT


def _number(given: str) -> str:
    """In international form: some versions of Telegram leave out the plus."""
    digits = "".join(character for character in given if character.isdigit())
    return f"+{digits}"
