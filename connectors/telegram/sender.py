"""Saying something in a chat, and what to do when Telegram refuses it."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import structlog
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.conversation.events import Event
from connectors.telegram import words
from connectors.telegram.render import Out, render
from connectors.telegram.standing import Standing
from connectors.voice import Again, Unreachable, Voice

log = structlog.get_logger()

FILE_NAME = "afspraak.ics"
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
Files = Callable[[str], Awaitable[bytes | None]]  # gives the calendar file for its sealed reference; None: not to be had now

_QUIET = LinkPreviewOptions(is_disabled=True)  # Telegram need not fetch the pages that we name
_SHARE = ReplyKeyboardMarkup(
    [[KeyboardButton(words.SHARE_NUMBER, request_contact=True)]], resize_keyboard=True, one_time_keyboard=True,
    input_field_placeholder=words.OR_TYPE_NUMBER,
)


class Sender(Voice[Out]):
    """The voice of the bot."""

    def __init__(self, bot: Bot, standing: Standing, files: Files) -> None:
        self._bot = bot
        self._standing = standing
        self._files = files

    def render(self, body: Event, seq: int) -> list[Out]:
        return render(body, seq)

    async def say(self, chat: str, out: Out) -> int:
        """Send one message. Returns its number; 0: none. Raises Unreachable or Again."""
        if out.calendar:
            return await self._hand_over(chat, out)
        if out.contact:
            return await self._ask_number(chat, out)
        if not out.bare and not await self._standing.at(chat):
            return await self._send(chat, out, out.keyboard or _hint(out))
        # A message has one keyboard: the one that takes the standing one away can't have buttons of its own.
        number = await self._send(chat, replace(out, rows=(), links=()), ReplyKeyboardRemove())
        await self._standing.down(chat)
        return await self._send(chat, replace(out, text=words.CHOOSE), out.keyboard) if out.keyboard else number

    async def renew(self, chat: str, number: int, out: Out) -> int:
        """Say it in place of message `number`, without a sound; in a new one when there is none (0) or it can't be changed."""
        if number:
            try:
                with asking():
                    await self._bot.edit_message_text(out.text, chat, number)
                return number
            except BadRequest as exc:
                if "not modified" in exc.message.lower():
                    return number
                log.info("telegram_not_renewed", error=type(exc).__name__)
        return await self.say(chat, out)

    async def typing(self, chat: str) -> None:
        """Show "typing…" for some seconds."""
        with asking():
            await self._bot.send_chat_action(chat, ChatAction.TYPING)

    async def leave(self, chat: str, out: Out) -> None:
        """Say something in a group where we don't belong, if that is allowed there, and go."""
        with contextlib.suppress(BadRequest, Unreachable):
            await self.say(chat, out)
        with asking():
            await self._bot.leave_chat(chat)

    async def _ask_number(self, chat: str, out: Out) -> int:
        """With a button that shares the number; under a message with buttons of its own it needs a second message."""
        await self._standing.up(chat)  # before: a process that dies in between takes away what is not there, and that is fine
        if not out.keyboard:
            return await self._send(chat, out, _SHARE)
        number = await self._send(chat, out, out.keyboard)
        await self._send(chat, Out(words.SHARE_HINT), _SHARE)
        return number

    async def _hand_over(self, chat: str, out: Out) -> int:
        """The calendar file. What was said before it has a link to the same: without the file nothing is lost."""
        content = await self._files(out.calendar)
        if content is None:
            return 0
        try:
            with asking():
                sent = await self._bot.send_document(chat, InputFile(content, FILE_NAME), caption=out.text)
            return int(sent.message_id)
        except (Again, BadRequest) as exc:
            log.warning("telegram_file_not_sent", error=type(exc).__name__)
            return 0

    async def _send(self, chat: str, out: Out, markup: Markup | None) -> int:
        with asking():
            try:
                sent = await self._bot.send_message(chat, out.text, reply_markup=markup, link_preview_options=_QUIET)
                return int(sent.message_id)
            except BadRequest as exc:
                if _chat_gone(exc):
                    raise
                log.error("telegram_refused_message", error=type(exc).__name__)
                await self._say_plainly(chat, out)
        return 0

    async def _say_plainly(self, chat: str, out: Out) -> None:
        """What Telegram refused once more without buttons; a second refusal must not hold up the chat for ever."""
        try:
            await self._bot.send_message(chat, out.plain, link_preview_options=_QUIET)
        except BadRequest as exc:
            log.error("telegram_message_skipped", error=type(exc).__name__)


def _hint(out: Out) -> ForceReply | None:
    return ForceReply(input_field_placeholder=out.hint) if out.hint else None


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """Around a call to Telegram: its errors as those of a voice. What is wrong with the call itself stays a BadRequest."""
    try:
        yield
    except RetryAfter as exc:
        raise Again(seconds_of(exc)) from exc
    except Forbidden as exc:
        raise Unreachable from exc
    except BadRequest as exc:
        if _chat_gone(exc):
            raise Unreachable from exc
        raise
    except TelegramError as exc:
        raise Again from exc


def seconds_of(exc: RetryAfter) -> float:
    """How long Telegram makes us wait."""
    wait = exc.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()


def _chat_gone(exc: BadRequest) -> bool:
    return "chat not found" in exc.message.lower()
