"""From the log to the chats: one task per chat that has something new, its messages in order, chats side by side.

An event counts as delivered when Telegram confirmed its message, and only then the chat's position moves on. After a restart
delivery goes on from there. At least once, then: a process that dies between the two, or a line that breaks after Telegram took
the message, makes it arrive twice.
"""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.conversation.channels import Channels, Place, Taken
from bot.conversation.events import Event
from bot.conversation.feed import ANY, Feed
from bot.conversation.redis import StoreUnavailable
from bot.wiring import Services
from connectors.telegram.render import Out, render
from connectors.web import where

log = structlog.get_logger()

PREFIX = "tg_"  # of the ids of conversations on Telegram
BATCH = 100
MOST_ASIDE = 1000  # messages under way that are not in a log; more than these are dropped


@dataclass
class Pace:
    """Seconds. `claim`: silence after which another process delivers; `typing`: how long Telegram shows "typing…"."""

    claim: float = 15.0
    typing: float = 4.5
    retry: float = 1.0
    retry_most: float = 30.0
    end: float = 5.0


@dataclass
class Chat:
    """A conversation that this process is delivering."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Unreachable(Exception):
    """The citizen blocked the bot, or the chat no longer exists."""


class Delivery:
    """Run `run()` as a task; `wake` says that a conversation has something new before the feed does."""

    def __init__(self, bot: Bot, services: Services, feed: Feed, channels: Channels, pace: Pace) -> None:
        self._bot = bot
        self._store = services.store
        self._gemeenten = services.gemeenten
        self._turn_seconds = services.settings.turn_seconds
        self._feed = feed
        self._channels = channels
        self._pace = pace
        self._chats: dict[str, Chat] = {}
        self._aside: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Until cancelled. At the start, and when the store was away, everything is looked at: nothing is missed."""
        after: str | None = None
        with self._feed.listen(ANY) as listener:
            while True:
                try:
                    after = await self._look(after)
                    await self._keep_claims()
                except StoreUnavailable as exc:
                    log.warning("store_unavailable", during=str(exc))
                    after = None
                    await asyncio.sleep(self._pace.retry)
                    continue
                await listener.wait(self._pace.claim / 3)
                listener.take_signals()

    async def close(self) -> None:
        """Finish the messages under way; the rest is for the next process."""
        self._stopping = True
        for chat in self._chats.values():
            chat.news.set()
        tasks = [chat.task for chat in self._chats.values() if chat.task] + list(self._aside)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._pace.end)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def wake(self, conv: str) -> None:
        chat = self._chats.get(conv)
        if chat and chat.task and not chat.task.done():
            chat.news.set()
        elif not self._stopping:
            chat = self._chats[conv] = Chat()
            chat.task = asyncio.create_task(self._follow(conv, chat))

    def stop(self, conv: str) -> None:
        """The conversation was erased: say nothing of it any more."""
        chat = self._chats.pop(conv, None)
        if chat and chat.task:
            chat.task.cancel()

    def aside(self, call: Coroutine[Any, Any, object]) -> None:
        """Say or do something that is in no log, without waiting for Telegram. When it fails it is not tried again."""
        if len(self._aside) >= MOST_ASIDE or self._stopping:
            call.close()
            return
        task = asyncio.create_task(_quietly(call))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def say(self, chat: str, out: Out) -> None:
        """Send one message. Raises Unreachable, or TelegramError when it may be tried again."""
        quiet = LinkPreviewOptions(is_disabled=True)
        try:
            await self._bot.send_message(chat, out.text, reply_markup=out.keyboard, link_preview_options=quiet)
        except Forbidden as exc:
            raise Unreachable from exc
        except BadRequest as exc:
            if "chat not found" in exc.message.lower():
                raise Unreachable from exc
            log.error("telegram_refused_message", error=type(exc).__name__)
            await self._say_plainly(chat, out)

    async def _say_plainly(self, chat: str, out: Out) -> None:
        """What Telegram refused once more without buttons; a second refusal must not hold up the chat for ever."""
        try:
            await self._bot.send_message(chat, out.plain, link_preview_options=LinkPreviewOptions(is_disabled=True))
        except BadRequest as exc:
            log.error("telegram_message_skipped", error=type(exc).__name__)

    async def _look(self, after: str | None) -> str:
        """Start what is behind, or what the news since `after` names. Returns how far the news was read."""
        if after is None:
            after = await self._channels.newest()
            for conv in await self._channels.behind():
                self.wake(conv)
            return after
        while True:
            after, news = await self._channels.news(after)
            for conv, signal in news:
                if conv.startswith(PREFIX):
                    self._hear(conv, signal)
            if not news:
                return after

    def _hear(self, conv: str, signal: str) -> None:
        if not signal:
            self.wake(conv)
        elif signal == "erased":
            self.stop(conv)
        elif signal == "typing:agent":
            self.aside(self._show_typing(conv))

    async def _show_typing(self, conv: str) -> None:
        if chat := await self._channels.chat_of(conv):
            await self._bot.send_chat_action(chat, ChatAction.TYPING)

    async def _keep_claims(self) -> None:
        """A sign of life for the chats under way: one message may take longer than a claim when Telegram makes us wait."""
        for conv, chat in list(self._chats.items()):
            if chat.task and not chat.task.done():
                with contextlib.suppress(Taken):
                    await self._channels.claim(conv)

    async def _follow(self, conv: str, chat: Chat) -> None:
        """Deliver until there is nothing more, whatever fails meanwhile."""
        pause = self._pace.retry
        while not self._stopping:
            try:
                await self._catch_up(conv, chat)
                if not chat.news.is_set():
                    break
                pause = self._pace.retry
                continue
            except Taken:
                pause = self._pace.claim / 2  # it may have died
            except RetryAfter as exc:
                pause = _seconds(exc)
            except (TelegramError, StoreUnavailable) as exc:
                log.warning("telegram_delivery_waits", conv=conv, error=type(exc).__name__)
                pause = min(pause * 2, self._pace.retry_most)
            except Exception as exc:
                log.error("telegram_delivery_failed", conv=conv, error=type(exc).__name__, where=where(exc))
                pause = self._pace.retry_most
            await asyncio.sleep(pause)
        if self._chats.get(conv) is chat:
            del self._chats[conv]

    async def _catch_up(self, conv: str, chat: Chat) -> None:
        """Deliver all there is, and stay with the chat while the bot is thinking."""
        chat.news.clear()
        place = await self._channels.claim(conv)
        if place is None:
            return
        try:
            await self._deliver(conv, place, chat)
        except Unreachable:
            log.info("telegram_unreachable", conv=conv)
            await self._channels.block(conv)
        finally:
            with contextlib.suppress(StoreUnavailable):
                await self._channels.release(conv)

    async def _deliver(self, conv: str, place: Place, chat: Chat) -> None:
        position, turns, since = place.position, set[str](), time.monotonic()
        ttl = (await self._store.get(conv)).retention_days * 86400 if await self._store.length(conv) else 0
        while not self._stopping:
            chat.news.clear()
            found = await self._store.read(conv, position, BATCH)
            for seq, body in found:
                outs = render(body, seq)
                for out in outs:
                    await self.say(place.chat, out)
                _follow_turn(turns, seq, body)
                if outs or seq == found[-1][0]:
                    if not await self._channels.advance(conv, position, seq, ttl):
                        return
                    position = seq
                    if self._stopping:
                        return
            if not found and not (turns and time.monotonic() - since < self._turn_seconds):
                return
            if not found:
                await self._think(place.chat, chat)

    async def _think(self, chat_id: str, chat: Chat) -> None:
        """Show that an answer is being made, until there is news."""
        with contextlib.suppress(TelegramError):
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.typing):
                await chat.news.wait()


def _follow_turn(turns: set[str], seq: int, body: Event) -> None:
    """Keep in `turns` which messages of the citizen have no answer yet."""
    if body["type"] == "message" and body["from"]["role"] == "citizen":
        turns.add(f"t_{seq}")
    elif body["type"] == "turn_done":
        turns.discard(body["turn"])


def _seconds(exc: RetryAfter) -> float:
    wait = exc.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()


async def _quietly(call: Coroutine[Any, Any, object]) -> None:
    try:
        await call
    except (TelegramError, Unreachable, StoreUnavailable) as exc:
        log.info("telegram_not_said", error=type(exc).__name__)
    except Exception as exc:
        log.error("telegram_failed", error=type(exc).__name__, where=where(exc))
