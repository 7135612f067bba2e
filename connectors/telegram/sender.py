"""Saying something in a chat, and what to do when Telegram refuses it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.conversation.redis import StoreUnavailable
from bot.logs import where
from bot.tasks import end
from connectors.telegram.render import Out

log = structlog.get_logger()

MOST_ASIDE = 1000  # calls under way that nobody waits for; more than these are dropped
_QUIET = LinkPreviewOptions(is_disabled=True)  # Telegram need not fetch the pages that we name


class Unreachable(Exception):
    """The citizen blocked the bot, or the chat no longer exists."""


class Sender:
    """The voice of the bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._aside: set[asyncio.Task[None]] = set()

    async def say(self, chat: str, out: Out) -> int:
        """Send one message. Returns its number; 0: none. Raises Unreachable, or TelegramError when it may be tried again."""
        try:
            sent = await self._bot.send_message(chat, out.text, reply_markup=out.keyboard, link_preview_options=_QUIET)
            return int(sent.message_id)
        except Forbidden as exc:
            raise Unreachable from exc
        except BadRequest as exc:
            if "chat not found" in exc.message.lower():
                raise Unreachable from exc
            log.error("telegram_refused_message", error=type(exc).__name__)
            await self._say_plainly(chat, out)
            return 0

    async def renew(self, chat: str, number: int, out: Out) -> int:
        """Say it in place of message `number`, without a sound; in a new one when there is none (0) or it can't be changed."""
        if number:
            try:
                await self._bot.edit_message_text(out.text, chat, number)
                return number
            except (BadRequest, Forbidden) as exc:
                if "not modified" in exc.message.lower():
                    return number
                log.info("telegram_not_renewed", error=type(exc).__name__)
        return await self.say(chat, out)

    async def _say_plainly(self, chat: str, out: Out) -> None:
        """What Telegram refused once more without buttons; a second refusal must not hold up the chat for ever."""
        try:
            await self._bot.send_message(chat, out.plain, link_preview_options=_QUIET)
        except BadRequest as exc:
            log.error("telegram_message_skipped", error=type(exc).__name__)

    async def typing(self, chat: str) -> None:
        """Show "typing…" for some seconds."""
        await self._bot.send_chat_action(chat, ChatAction.TYPING)

    def aside(self, call: Coroutine[Any, Any, object]) -> None:
        """Do something that is in no log, without waiting for Telegram. When it fails it is not tried again."""
        if len(self._aside) >= MOST_ASIDE:
            call.close()
            return
        task = asyncio.create_task(_quietly(call))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def close(self, seconds: float) -> None:
        """Give what is under way some time, and end it."""
        await end(list(self._aside), seconds)


def seconds_of(exc: RetryAfter) -> float:
    """How long Telegram makes us wait."""
    wait = exc.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()


async def _quietly(call: Coroutine[Any, Any, object]) -> None:
    try:
        await call
    except (TelegramError, Unreachable, StoreUnavailable) as exc:
        log.info("telegram_not_said", error=type(exc).__name__)
    except Exception as exc:
        log.error("telegram_failed", error=type(exc).__name__, where=where(exc))
