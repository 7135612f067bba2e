"""The bot: polling or webhook, and when an update counts as confirmed.

The library's own updater confirms updates before anybody handled them. Here an update is confirmed (the offset of getUpdates, the
200 of the webhook) only after its handler has put it in the log.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, Application

from bot.conversation.channels import Channels
from bot.conversation.feed import Feed
from bot.conversation.locks import Lock
from bot.conversation.redis import StoreUnavailable
from bot.logs import where
from bot.tasks import end, for_ever
from bot.wiring import Services
from connectors.calendar import calendar_file
from connectors.delivery import Delivery, Pace
from connectors.intake import NOT_ACCEPTED, Intake
from connectors.problems import Problem
from connectors.telegram import words
from connectors.telegram.enclosed import Enclosed
from connectors.telegram.handlers import UPDATES, handlers
from connectors.telegram.incoming import Incoming
from connectors.telegram.membership import Membership
from connectors.telegram.profile import introduce
from connectors.telegram.render import Out
from connectors.telegram.sender import Sender, seconds_of
from connectors.telegram.standing import Standing
from connectors.telegram.webhook import PATH
from connectors.voice import Door

log = structlog.get_logger()

POLL_SECONDS = 20
RETRIES = 3  # after a 429
CONNECTIONS = 20  # requests that Telegram may have under way at the webhook


class Strict(Application):
    """An Application that lets the failure of a handler through, so that the update stays unconfirmed."""

    async def process_error(self, update: object, error: Exception, job: object = None, coroutine: object = None) -> bool:
        raise error


class Telegram:
    """The bot of one municipality in one edge process. `run` is a cleanup context of the web application."""

    def __init__(
        self, services: Services, feed: Feed, door: Door, token: str, *, pace: Pace | None = None,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self._services = services
        self._door = door
        self._pace = pace or Pace()
        self._poll_seconds = poll_seconds
        self._application = _application(token, services.settings.telegram_api_url)
        self._bot: Bot = self._application.bot
        self._lock = Lock(services.redis, door.name, poll_seconds * 2 + 10)
        standing = Standing(Channels(services.redis, door.name), lambda chat: self._intake.conv(chat))
        self._sender = Sender(self._bot, standing, self._calendar_file)
        self._delivery = Delivery(self._sender, door, services, feed, self._pace)
        self._intake = Intake(services, door, self._delivery)
        self._ready = False
        self._tasks: list[asyncio.Task[None]] = []
        for handler in handlers(
            Incoming(services, self._intake, self._sender), Enclosed(services, self._intake),
            Membership(services, self._intake, self._delivery, self._sender),
        ):
            self._application.add_handler(handler)

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        self._tasks.append(asyncio.create_task(self._serve()))
        yield
        await end(self._tasks)
        await self._delivery.close()
        with contextlib.suppress(StoreUnavailable):
            await self._lock.release()
        await self._application.shutdown()

    def username(self) -> str:
        return self._bot.username if self._ready else ""

    async def receive(self, request: web.Request) -> web.Response:
        """An update that Telegram brings: see `webhook.Webhooks`. 200: it is in the log; 503: bring it again."""
        if not self._ready:
            return web.Response(status=503)
        try:
            update = Update.de_json(await request.json(), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400)
        try:
            await self._take(update)
        except NOT_ACCEPTED as exc:
            log.warning("telegram_not_accepted", gemeente=self._door.gemeente, update=update.update_id, error=type(exc).__name__)
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
                log.error("telegram_token_refused", gemeente=self._door.gemeente)
                return
            except TelegramError as exc:
                log.warning("telegram_away", gemeente=self._door.gemeente, error=type(exc).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.retry_most)
        self._delivery.aside(introduce(self._bot, self._intake.gemeente))
        for work in [self._delivery.run] if self._services.settings.public_url else [self._delivery.run, self._poll]:
            self._tasks.append(asyncio.create_task(for_ever(work, self._pace.retry)))

    async def _connect(self) -> None:
        await self._application.initialize()
        self._ready = True
        if self._services.settings.public_url:
            address = self._services.settings.base_url + PATH.format(gemeente=self._door.gemeente)
            secret = self._services.settings.of("telegram_secret", self._door.gemeente)
            await self._bot.set_webhook(
                address, secret_token=secret, allowed_updates=UPDATES, max_connections=CONNECTIONS,
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
                log.warning("telegram_poll_failed", gemeente=self._door.gemeente, error=type(exc).__name__)
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
            log.error(
                "telegram_update_failed", gemeente=self._door.gemeente, update=update.update_id, error=type(exc).__name__,
                where=where(exc),
            )
            if update.effective_chat:
                self._delivery.aside(self._sender.say(str(update.effective_chat.id), Out(words.FAILED)))

    async def _calendar_file(self, sealed: str) -> bytes | None:
        try:
            return await calendar_file(self._services, sealed)
        except (Problem, StoreUnavailable):
            return None


def _application(token: str, api_url: str) -> Application:
    base = api_url.rstrip("/")
    return (
        Application.builder().application_class(Strict).token(token)
        .base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
        .rate_limiter(AIORateLimiter(max_retries=RETRIES)).updater(None).job_queue(None).build()
    )
