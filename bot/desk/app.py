"""The desk as part of the edge: `setup` adds everything under /desk to the edge's application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from aiohttp import web

from bot.conversation.feed import Feed
from bot.conversation.locks import Lock
from bot.conversation.sessions import Sessions
from bot.conversation.visits import Visits
from bot.desk import acting, answers, api, audit, booking, overview, pages, search, service, signing, streams, suggestions, tasks
from bot.desk.accounts import Accounts
from bot.desk.board import Board
from bot.desk.presence import Presences
from bot.desk.roles import ANSWERS, CONVERSATIONS, EVERYBODY, LEADS, NOTICE, OUTBOX, OVERSIGHT, SWITCH
from bot.desk.rows import Rows
from bot.desk.state import Desk
from bot.desk.watch import Pace, Watch
from bot.desk.web import SignedIn, add_headers, problems, signed_in
from bot.desk.words import Contexts
from bot.desk.work_login import WorkLogin
from bot.knowledge.answers import general
from bot.knowledge.library import Libraries
from bot.tasks import end, for_ever
from bot.wiring import Services

LOCK_SECONDS = 10.0  # an edge process that died gives up the watch after so long

# Path -> what answers it, and the roles (bot/desk/roles.py) that may ask; anybody else gets 403.
Routes = dict[str, tuple[SignedIn, Sequence[str]]]
GET: Routes = {
    "/api/lists": (api.lists, CONVERSATIONS),
    "/api/events": (streams.lists, CONVERSATIONS),
    "/api/conv/{conv}": (api.conversation, CONVERSATIONS),
    "/api/conv/{conv}/events": (streams.conversation, CONVERSATIONS),
    "/api/conv/{conv}/history": (api.history, CONVERSATIONS),
    "/api/appointments/options": (booking.options, CONVERSATIONS),
    "/api/appointments/days": (booking.days, CONVERSATIONS),
    "/api/appointments/times": (booking.times, CONVERSATIONS),
    "/api/search": (search.search, CONVERSATIONS),
    "/api/team": (overview.team, LEADS),
    "/api/conv/{conv}/suggestions": (suggestions.suggestions, CONVERSATIONS),
    "/api/answers": (answers.answers, ANSWERS),
    "/api/audit": (audit.entries, OVERSIGHT),
    "/api/tasks": (tasks.tasks, OUTBOX),
    "/api/service": (service.show, NOTICE),
}
POST: Routes = {
    "/logout": (signing.logout, EVERYBODY),
    "/api/presence": (api.presence, CONVERSATIONS),
    "/api/conv/{conv}/claim": (acting.claim, CONVERSATIONS),
    "/api/conv/{conv}/messages": (acting.say, CONVERSATIONS),
    "/api/conv/{conv}/notes": (acting.take_note, CONVERSATIONS),
    "/api/conv/{conv}/typing": (acting.typing, CONVERSATIONS),
    "/api/conv/{conv}/read": (acting.mark_read, CONVERSATIONS),
    "/api/conv/{conv}/close": (acting.close, CONVERSATIONS),
    "/api/conv/{conv}/transfer": (acting.transfer, CONVERSATIONS),
    "/api/conv/{conv}/undo": (acting.undo, CONVERSATIONS),
    "/api/conv/{conv}/assign": (acting.assign, LEADS),
    "/api/conv/{conv}/appointment": (booking.book, CONVERSATIONS),
    "/api/tasks/{reference}/take": (tasks.take, CONVERSATIONS),
    "/api/tasks/{reference}/leave": (tasks.leave, CONVERSATIONS),
    "/api/tasks/{reference}/tried": (tasks.tried, CONVERSATIONS),
    "/api/tasks/{reference}/done": (tasks.done, CONVERSATIONS),
    "/api/service/notice": (service.set_notice, NOTICE),
    "/api/service/notice/end": (service.end_notice, NOTICE),
    "/api/service/off": (service.switch_off, SWITCH),
    "/api/service/on": (service.switch_on, SWITCH),
}


def setup(app: web.Application, services: Services, feed: Feed, pace: Pace | None = None) -> None:
    """Add the desk's routes under /desk and its background tasks. Whoever made `feed` runs it.

    `pace`: how often the watch looks and tells; by default as the settings say.
    """
    settings = services.settings
    pace = pace or Pace(gone=settings.agent_gone_seconds)
    desk = _make(services, feed, pace)
    lock = Lock(services.redis, "desk-watch", LOCK_SECONDS)
    watch = Watch(services.gemeenten, services.handover, services.store, lock, pace, lambda: services.now())
    part = web.Application(middlewares=[problems])
    part.on_response_prepare.append(add_headers)
    part.add_routes(_routes(desk))
    part.cleanup_ctx.append(_tasks(desk, watch))
    part.on_shutdown.append(_end_streams(desk))
    app.add_subapp("/desk", part)


def _make(services: Services, feed: Feed, pace: Pace) -> Desk:
    store, handover = services.store, services.handover
    presences = Presences(handover, store, pace.gone, {key: g.desk.max_conversations for key, g in services.gemeenten.items()})
    contexts = Contexts({slug: topic.title for slug, topic in general().catalogue.items()})
    secret, here = services.settings.secret, services.settings.citizen_gone_seconds
    rows = {key: Rows(gemeente, contexts, secret, here) for key, gemeente in services.gemeenten.items()}
    boards = {
        key: Board(key, rows[key], handover, store, services.many, presences, feed, services.tasks(key).counts)
        for key in services.gemeenten
    }
    return Desk(
        services, feed, Sessions(services.redis), Visits(services.redis, secret, services.settings.login_ticket_seconds),
        Accounts(services.gemeenten, services.settings.production), presences, contexts, rows, boards,
        Libraries(services.gemeenten, services.settings.gemeenten_path, services.now()),
    )


def _routes(desk: Desk) -> list[web.AbstractRouteDef]:
    html = pages.Pages(desk)
    work = WorkLogin(desk, html)
    return [
        web.get("", html.page), web.get("/", html.page), web.get("/login", html.login_form), web.post("/login", html.login),
        web.post("/login/start", work.start), web.get("/login/terug", work.returned, allow_head=False),
        *(web.get(path, signed_in(desk, handler, *roles), allow_head=False) for path, (handler, roles) in GET.items()),
        *(web.post(path, signed_in(desk, handler, *roles)) for path, (handler, roles) in POST.items()),
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
    """Open streams would hold up the end of the process, and so would those of browsers that come back at once."""

    async def end_all(_: web.Application) -> None:
        desk.closing = True
        await end(desk.streams)

    return end_all
