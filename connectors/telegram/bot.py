"""The bot: polling or webhook, and when an update counts as confirmed.

The library's own updater confirms updates before anybody handled them. Here an update is confirmed (the offset of getUpdates, the
200 of the webhook) only after its handler has put it in the log.
"""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from telegram import Bot, BotCommand, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.conversation.channels import Channels
from bot.conversation.feed import Feed
from bot.conversation.locks import Lock
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import UnknownConversation
from bot.logs import where
from bot.tasks import end, for_ever
from bot.wiring import Services
from connectors.telegram import words
from connectors.telegram.delivery import Delivery, Pace
from connectors.telegram.incoming import Incoming
from connectors.telegram.render import Out
from connectors.telegram.sender import Sender, seconds_of

log = structlog.get_logger()

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATES = ["message", "edited_message", "callback_query"]
POLL_SECONDS = 20
RETRIES = 3  # after a 429
CONNECTIONS = 20  # requests that Telegram may have under way at the webhook

NOT_ACCEPTED = (StoreUnavailable, UnknownConversation)


class Strict(Application):
    """An Application that lets the failure of a handler through, so that the update stays unconfirmed."""

    async def process_error(self, update: object, error: Exception, job: object = None, coroutine: object = None) -> bool:
        raise error


class Telegram:
    """Telegram in one edge process. `run` is a cleanup context of the web application."""

    def __init__(
        self, services: Services, feed: Feed, gemeente: str, *, pace: Pace | None = None, poll_seconds: int = POLL_SECONDS
    ) -> None:
        settings, pace = services.settings, pace or Pace()
        self._settings = settings
        self._pace = pace
        self._poll_seconds = poll_seconds
        self._application = _application(settings.telegram_token, settings.telegram_api_url)
        self._bot: Bot = self._application.bot
        channels = Channels(services.redis, "telegram", claim_seconds=pace.claim)
        self._lock = Lock(services.redis, "telegram", poll_seconds * 2 + 10)
        self._sender = Sender(self._bot)
        self._delivery = Delivery(self._sender, services, feed, channels, pace)
        self._ready = False
        self._tasks: list[asyncio.Task[None]] = []
        for handler in _handlers(Incoming(services, channels, self._delivery, self._sender, gemeente)):
            self._application.add_handler(handler)

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        self._tasks.append(asyncio.create_task(self._serve()))
        yield
        await end(self._tasks)
        await self._delivery.close()
        await self._sender.close(self._pace.end)
        with contextlib.suppress(StoreUnavailable):
            await self._lock.release()
        await self._application.shutdown()

    def username(self) -> str:
        return self._bot.username if self._ready else ""

    async def webhook(self, request: web.Request) -> web.Response:
        """POST from Telegram. 200: it is in the log; 503: bring it again."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._settings.telegram_secret.encode()):
            return web.Response(status=403)
        if not self._ready:
            return web.Response(status=503)
        try:
            update = Update.de_json(await request.json(), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400)
        try:
            await self._take(update)
        except NOT_ACCEPTED as exc:
            log.warning("telegram_not_accepted", update=update.update_id, error=type(exc).__name__)
            return web.Response(status=503)
        return web.Response()

    async def _serve(self) -> None:
        """Connect, however long that takes, then receive and deliver. The edge serves its other channels meanwhile."""
        pause = self._pace.retry
        while True:
            try:
                await self._connect()
                break
            except InvalidToken:
                log.error("telegram_token_refused")
                return
            except TelegramError as exc:
                log.warning("telegram_away", error=type(exc).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.retry_most)
        for work in [self._delivery.run] if self._settings.public_url else [self._delivery.run, self._poll]:
            self._tasks.append(asyncio.create_task(for_ever(work, self._pace.retry)))

    async def _connect(self) -> None:
        await self._application.initialize()
        self._ready = True
        await self._bot.set_my_commands([BotCommand(name, text) for name, text in words.COMMANDS.items()])
        if self._settings.public_url:
            await self._bot.set_webhook(
                self._settings.base_url + PATH, secret_token=self._settings.telegram_secret, allowed_updates=UPDATES,
                max_connections=CONNECTIONS,
            )
        else:
            await self._bot.delete_webhook()

    async def _poll(self) -> None:
        """One edge process at a time; the others wait to take over."""
        offset, pause = 0, self._pace.retry
        while True:
            try:
                if await self._lock.hold():
                    offset = await self._poll_once(offset)
                    pause = self._pace.retry
                    continue
                wait = self._pace.standby
            except RetryAfter as exc:
                wait = seconds_of(exc)
            except (TelegramError, *NOT_ACCEPTED) as exc:
                log.warning("telegram_poll_failed", error=type(exc).__name__)
                wait, pause = pause, min(pause * 2, self._pace.retry_most)
            await asyncio.sleep(wait)

    async def _poll_once(self, offset: int) -> int:
        """Take what is waiting, in order. Returns the offset that confirms it."""
        for update in await self._bot.get_updates(offset=offset, timeout=self._poll_seconds, allowed_updates=UPDATES):
            await self._take(update)
            offset = update.update_id + 1
        return offset

    async def _take(self, update: Update) -> None:
        """Raises what is in NOT_ACCEPTED. An update that nobody can handle must not come for ever: it is logged and confirmed."""
        try:
            await self._application.process_update(update)
        except NOT_ACCEPTED:
            raise
        except Exception as exc:
            log.error("telegram_update_failed", update=update.update_id, error=type(exc).__name__, where=where(exc))
            if update.effective_chat:
                self._sender.aside(self._sender.say(str(update.effective_chat.id), Out(words.FAILED)))


def _application(token: str, api_url: str) -> Application:
    base = api_url.rstrip("/")
    return (
        Application.builder().application_class(Strict).token(token)
        .base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
        .rate_limiter(AIORateLimiter(max_retries=RETRIES)).updater(None).job_queue(None).build()
    )


def _handlers(incoming: Incoming) -> list[CommandHandler | CallbackQueryHandler | MessageHandler]:
    new = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    commands = {"start": incoming.start, "help": incoming.help, "stop": incoming.stop, "wissen": incoming.erase,
                "medewerker": incoming.person}
    return [
        *(CommandHandler(name, handle, new) for name, handle in commands.items()),
        CallbackQueryHandler(incoming.button),
        MessageHandler(new & filters.TEXT, incoming.text),
        MessageHandler(new & ~filters.StatusUpdate.ALL, incoming.not_text),
        MessageHandler(filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE, incoming.edited),
        MessageHandler(filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & filters.COMMAND, incoming.group),
    ]
