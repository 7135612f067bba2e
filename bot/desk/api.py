"""What an agent sees: the lists, a conversation with what to know of it, and its history. And whether they are there.

`desk` and `session` come from bot.desk.web.signed_in. What an agent does with a conversation is in bot.desk.acting.
"""

from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from bot.conversation.sessions import Session
from bot.desk import roles, summary, words
from bot.desk.access import Look, look, record, shown
from bot.desk.rows import pending
from bot.desk.state import Desk
from bot.desk.web import number, read, reply

PAGE = 100

# What may be done with a conversation, by how one looks at it; a team lead also assigns what is not closed.
MAY = {"waiting": ["claim", "note"], "mine": ["say", "note", "close", "transfer", "book"], "team": ["note"], "closed": []}


class Status(msgspec.Struct, forbid_unknown_fields=True):
    """Without `status` and `limit` (conversations at once) it is only a sign of life."""

    status: Literal["available", "busy", "break"] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None


async def lists(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/lists`: what the stream of lists would send now."""
    if roles.may(session.roles, roles.LEADS):
        await record(desk, session, "", "lists")  # a lead's hold what citizens of colleagues said last
    snapshot = await desk.boards[session.gemeente].build()
    return reply(snapshot.view(session) | {"now": await desk.services.handover.now()})


async def conversation(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/conv/{c}`: whose it is and what to know of it. `seq`: number of the last event to show."""
    looked = await look(desk, session, request.match_info["conv"])
    found, rows = looked.conversation, desk.rows[session.gemeente]
    await record(desk, session, found.id, "look", reason=looked.mode)
    first, now = await desk.services.store.event(found.id, 1), await desk.services.handover.now()
    last = looked.until or await desk.services.store.length(found.id)
    team = rows.team(found)
    return reply({
        "conv": found.id, "reference": rows.reference(found.id), "mode": looked.mode, "agent": found.agent_name or None,
        "team": {"id": team.id, "name": team.name}, "priority": found.priority,
        "channel": words.CHANNELS.get(found.channel, found.channel), "locale": found.locale,
        "queued_at": found.queued_at or None, "started": first.get("at") if first else None, "now": now, "seq": last,
        "may": _may(looked, session), "context": await _context(desk, looked, last),
        "read": found.read, "here": rows.here(found, now), "pending": pending(found),
    })


def _may(looked: Look, session: Session) -> list[str]:
    leads = roles.may(session.roles, roles.LEADS) and looked.mode != "closed"
    return [*MAY[looked.mode], *(["assign"] if leads else [])]


async def _context(desk: Desk, looked: Look, last: int) -> dict[str, Any]:
    """What the bot told, and what the log says; of a closed conversation its own closing is nothing from before."""
    found, most = looked.conversation, desk.services.settings.desk_context_events
    start = max(last - most, 0)
    log = [event for event in await desk.services.store.read(found.id, start, last - start) if event[0] != looked.until]
    told = desk.contexts.of(found.handover) | {"form": found.handover.get("form") or []}
    return told | summary.of(log, desk.contexts.title, words.outcome)


async def history(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/conv/{c}/history?before=N`: the events before N, oldest first, at most 100."""
    found = await look(desk, session, request.match_info["conv"])
    before = number(request.query.get("before", ""), "before")
    before = min(before, found.until + 1) if found.until else before
    await record(desk, session, found.conversation.id, "history", reason=found.mode, seq=before)
    page = await desk.services.store.history(found.conversation.id, before, PAGE)
    return reply({"events": [shown(body, seq) for seq, body in page], "more": bool(page) and page[0][0] > 1})


async def presence(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST /desk/api/presence {status, limit}`: available, busy or break, and how many at once; without either, a sign of life.

    More at once than the municipality allows counts as the most it allows.
    """
    body = await read(desk, request, Status)
    if body.status is None and body.limit is None:
        await desk.presences.alive(session)
        return web.Response(status=204)
    await desk.presences.set(session, body.status, body.limit)
    if body.status:
        await record(desk, session, "", "presence", status=body.status)
    if body.limit:
        await record(desk, session, "", "limit", count=body.limit)
    return web.Response(status=204)
