"""The edge: one process with the citizen API, the desk, Telegram, pages, health and metrics. It never imports Rasa."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog
from aiohttp import web

from bot import logs
from bot.conversation.feed import Feed
from bot.conversation.redis import ConfigurationError, StoreUnavailable, check_production
from bot.desk import app as desk
from bot.settings import Settings, SettingsError
from bot.tasks import end, for_ever
from bot.wiring import Services, build
from connectors import demo_login, telegram
from connectors import web as doors
from connectors.access import Access, Origins
from connectors.api import Api
from connectors.app.pages import AppPages
from connectors.attachments import Attachments
from connectors.calendar import Calendar
from connectors.gemeente_pages import GemeentePages
from connectors.health import Health, Metrics
from connectors.login import LoginPages
from connectors.notificaties import Notificaties
from connectors.openapi import Documentation
from connectors.pages import Pages
from connectors.push import PushDevices
from connectors.renewal import Renewal
from connectors.service import ServiceDoor
from connectors.stream import Streams

LARGEST_BODY = 256 * 1024  # bytes, through any door; the citizen API allows less (settings.max_body_bytes)

SetUp = Callable[[web.Application, Services, Feed], None]
CHANNELS: Sequence[SetUp] = (telegram.setup,)  # where Balie itself brings the answers; see docs/add-a-channel.md

log = structlog.get_logger()


def create_app(services: Services, channels: Sequence[SetUp] = CHANNELS) -> web.Application:
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
    clerk = services.clerk()

    async def watch_service() -> None:
        await services.service_book.watch(feed, services.gemeenten, settings.service_poll_seconds)

    app.cleanup_ctx.append(_running(feed.run, clerk.run, services.registrar().run, watch_service, services.pusher().run))
    for part in (
        Api(services, access, origins, metrics), streams, Calendar(services, access), Documentation(settings), Pages(),
        Notificaties(services, clerk), Health(services, metrics), LoginPages(services, access, origins),
        Attachments(services, access), Renewal(services.store, access),
        ServiceDoor(services, access), GemeentePages(services), PushDevices(services, access), AppPages(services),
    ):
        app.add_routes(part.routes())
    for door in demo_login.doors(services):
        app.add_routes(door.routes())
    desk.setup(app, services, feed)
    for set_up in channels:
        set_up(app, services, feed)
    return app


FEED = web.AppKey("feed", Feed)


def _running(*works: Callable[[], Awaitable[None]]) -> Callable[[web.Application], AsyncIterator[None]]:
    """A cleanup context that does these as long as the application runs."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        running = [asyncio.create_task(for_ever(work)) for work in works]
        yield
        await end(running)

    return context


def run(settings: Settings, redis_url: str | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError, in words, when it can't start."""
    logs.configure(settings.log_level)
    asyncio.run(serve(settings, redis_url))


async def serve(settings: Settings, redis_url: str | None = None, channels: Sequence[SetUp] = CHANNELS) -> None:
    """Serve until SIGTERM or SIGINT: then accept nothing new, end the streams, finish what is under way, close."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    services = build(settings, redis_url)
    door = _bind(settings)
    runner = web.AppRunner(
        create_app(services, channels), access_log=None, shutdown_timeout=settings.end_seconds, keepalive_timeout=75,
        lingering_time=settings.upload_seconds,
    )
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
