"""The desk as part of the edge: `setup` adds everything under /desk to the edge's application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from bot import content
from bot.conversation.feed import Feed
from bot.conversation.locks import Lock
from bot.conversation.sessions import Sessions
from bot.desk import api, pages, streams
from bot.desk.accounts import Accounts
from bot.desk.board import Board
from bot.desk.presence import Presences
from bot.desk.state import Desk
from bot.desk.watch import Pace, Watch
from bot.desk.web import SignedIn, add_headers, problems, signed_in
from bot.desk.words import Contexts
from bot.tasks import end, for_ever
from bot.wiring import Services

LOCK_SECONDS = 10.0  # an edge process that died gives up the watch after so long

GET: dict[str, SignedIn] = {
    "/api/lists": api.lists,
    "/api/events": streams.lists,
    "/api/conv/{conv}": api.conversation,
    "/api/conv/{conv}/events": streams.conversation,
    "/api/conv/{conv}/history": api.history,
}
POST: dict[str, SignedIn] = {
    "/logout": pages.logout,
    "/api/presence": api.presence,
    "/api/conv/{conv}/claim": api.claim,
    "/api/conv/{conv}/messages": api.say,
    "/api/conv/{conv}/typing": api.typing,
    "/api/conv/{conv}/close": api.close,
}


def setup(app: web.Application, services: Services, feed: Feed, pace: Pace | None = None) -> None:
    """Add the desk's routes under /desk and its background tasks. Whoever made `feed` runs it.

    `pace`: how often the watch looks and tells; by default as the settings say.
    """
    settings = services.settings
    pace = pace or Pace(gone=settings.agent_gone_seconds, per_conversation=settings.seconds_per_conversation)
    desk = _make(services, feed, pace)
    lock = Lock(services.redis, "desk-watch", LOCK_SECONDS)
    watch = Watch(services.gemeenten, services.handover, services.store, lock, pace)
    part = web.Application(middlewares=[problems])
    part.on_response_prepare.append(add_headers)
    part.add_routes(_routes(desk))
    part.cleanup_ctx.append(_tasks(desk, watch))
    part.on_shutdown.append(_end_streams(desk))
    app.add_subapp("/desk", part)


def _make(services: Services, feed: Feed, pace: Pace) -> Desk:
    store, handover = services.store, services.handover
    presences = Presences(handover, store, pace.gone)
    contexts = Contexts({slug: topic.title for slug, topic in content.load().items()})
    return Desk(
        services, feed, Sessions(services.redis), Accounts(services.gemeenten, services.settings.production), presences, contexts,
        {key: Board(key, handover, store, presences, feed, contexts) for key in services.gemeenten},
    )


def _routes(desk: Desk) -> list[web.AbstractRouteDef]:
    html = pages.Pages(desk)
    return [
        web.get("", html.page), web.get("/", html.page), web.get("/login", html.login_form), web.post("/login", html.login),
        *(web.get(path, signed_in(desk, handler), allow_head=False) for path, handler in GET.items()),
        *(web.post(path, signed_in(desk, handler)) for path, handler in POST.items()),
        web.static("/static", pages.FOLDER / "static"),
    ]


def _tasks(desk: Desk, watch: Watch) -> Callable[[web.Application], AsyncIterator[None]]:
    async def running(_: web.Application) -> AsyncIterator[None]:
        await desk.accounts.prepare()
        runs = [watch.run, *(board.run for board in desk.boards.values())]
        tasks = [asyncio.create_task(for_ever(run)) for run in runs]
        yield
        await end(tasks)

    return running


def _end_streams(desk: Desk) -> Callable[[web.Application], Awaitable[None]]:
    """Open streams would hold up the end of the process."""

    async def end_all(_: web.Application) -> None:
        await end(desk.streams)

    return end_all
