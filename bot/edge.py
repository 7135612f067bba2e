"""The edge: one process with the citizen API, the desk, Telegram, pages, health and metrics. It never imports Rasa."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, MutableMapping
from typing import Any

import structlog
from aiohttp import web

from bot.conversation.feed import Feed
from bot.conversation.redis import ConfigurationError, StoreUnavailable, check_production
from bot.desk import app as desk
from bot.notices.clerk import Clerk
from bot.settings import Settings, SettingsError
from bot.wiring import Services, build
from connectors import telegram
from connectors import web as doors
from connectors.access import Access, Origins
from connectors.api import Api
from connectors.calendar import Calendar
from connectors.demo_login import DemoLogin
from connectors.health import Health, Metrics
from connectors.login import LoginPages
from connectors.notificaties import Notificaties
from connectors.openapi import Documentation
from connectors.pages import Pages
from connectors.stream import Streams

LARGEST_BODY = 256 * 1024  # bytes, through any door; the citizen API allows less (settings.max_body_bytes)
RESTART_SECONDS = 0.5  # pause before the feed is started again after a failure that nobody foresaw

# What a log record may hold. Everything else is dropped: a field that nobody thought about can't give a citizen away.
LOGGED = frozenset({
    "event", "level", "timestamp", "logger", "method", "route", "status", "duration_ms", "conv", "seq", "turn", "tries", "topic",
    "outcome", "committed", "error", "where", "during", "gemeente", "channel", "agent", "action", "count", "seconds", "attempt",
    "address_listening", "environment", "update", "reason",
})

log = structlog.get_logger()


def create_app(services: Services) -> web.Application:
    """The whole edge. `app[FEED]` is the feed that wakes its streams; it runs while the application does."""
    settings = services.settings
    metrics = Metrics()
    origins = Origins(settings, services.gemeenten)
    access = Access(services.store, services.limits, settings)
    feed = Feed(services.redis_blocking)
    streams = Streams(services, feed, access, metrics)
    app = web.Application(
        middlewares=[doors.observe(metrics), doors.net, doors.citizen_rules(origins)], client_max_size=LARGEST_BODY
    )
    app[FEED] = feed
    app.on_response_prepare.append(doors.headers(origins, settings.base_url))
    app.on_shutdown.append(streams.close)
    app.cleanup_ctx.append(_follow_feed)
    clerk = services.clerk()
    app.cleanup_ctx.append(_at_work(clerk))
    for part in (
        Api(services, access, origins, metrics), streams, Calendar(services, access), Documentation(settings), Pages(services),
        Notificaties(services, clerk), Health(services, metrics), LoginPages(services, access, origins), DemoLogin(services),
    ):
        app.add_routes(part.routes())
    desk.setup(app, services, feed)
    telegram.setup(app, services, feed)
    return app


FEED = web.AppKey("feed", Feed)


async def _follow_feed(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(_run_feed(app[FEED]))
    yield
    while not task.done():  # more than once: asyncio.wait_for of Python 3.11, which redis uses, may swallow a cancellation
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


def _at_work(clerk: Clerk) -> Callable[[web.Application], AsyncIterator[None]]:
    """A cleanup context in which the clerk works. What it had under way when it is stopped, another clerk does."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_run_clerk(clerk))
        yield
        while not task.done():  # more than once: see _follow_feed
            task.cancel()
            await asyncio.wait([task], timeout=0.1)

    return context


async def _run_clerk(clerk: Clerk) -> None:
    while True:
        try:
            await clerk.run()
        except Exception as exc:
            log.error("clerk_failed", error=type(exc).__name__, where=doors.where(exc))
            await asyncio.sleep(RESTART_SECONDS)


async def _run_feed(feed: Feed) -> None:
    """Without the feed streams only hear something at their pings: whatever happens, it is started again."""
    while True:
        try:
            await feed.run()
        except Exception as exc:
            log.error("feed_failed", error=type(exc).__name__, where=doors.where(exc))
            await asyncio.sleep(RESTART_SECONDS)


def run(settings: Settings, redis_url: str | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError, in words, when it can't start."""
    configure_logs(settings.log_level)
    asyncio.run(serve(settings, redis_url))


async def serve(settings: Settings, redis_url: str | None = None) -> None:
    """Serve until SIGTERM or SIGINT: then accept nothing new, end the streams, finish what is under way, close."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    services = build(settings, redis_url)
    door = _bind(settings)
    runner = web.AppRunner(create_app(services), access_log=None, shutdown_timeout=settings.end_seconds, keepalive_timeout=75)
    try:
        await _check_store(services)
        await runner.setup()
        await web.SockSite(runner, door).start()
        host, port = door.getsockname()[:2]
        log.info("listening", address_listening=f"http://{host}:{port}", environment=settings.environment)
        await stop.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()
        door.close()
        await services.aclose()


def _bind(settings: Settings) -> socket.socket:
    """The port, before anything else starts: a process that can't be reached must not take messages from Telegram."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as exc:
        raise SettingsError(
            f"The edge can't listen on {settings.host} port {settings.port} ({exc.strerror or exc}): "
            "another program may use it; choose another one with BALIE_PORT"
        ) from exc


async def _check_store(services: Services) -> None:
    """In production the store must keep what it acknowledges. A store that is away is no reason not to start: /ready says so."""
    if not services.settings.production:
        return
    try:
        await check_production(services.redis)
    except StoreUnavailable as exc:
        log.warning("store_unavailable", during=str(exc))
    except ConfigurationError as exc:
        raise SettingsError(str(exc)) from exc


def configure_logs(level: str) -> None:
    """One JSON record a line, with the fields of LOGGED only. Records of libraries lose their words, which may be anything."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allow_listed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
    )
    logging.basicConfig(level=max(logging.getLevelName(level), logging.WARNING), handlers=[Libraries()], force=True)


def allow_listed(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor."""
    return {key: value for key, value in record.items() if key in LOGGED}


class Libraries(logging.Handler):
    """Takes what libraries log into our records: who, how bad and which error; the message only when it is one of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        failure = record.exc_info[1] if record.exc_info else None
        details = {"error": type(failure).__name__, "where": doors.where(failure)} if failure else {}
        if record.name.startswith("bot."):  # adapters, whose words are tested to hold nothing personal
            details["reason"] = record.getMessage()
        log.log(record.levelno, "library", logger=record.name, **details)
