"""The audit log, for administrators: who looked at or did what. Looking in it is in it as well."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from aiohttp import web

from bot.conversation import references
from bot.conversation.audit import Entry, Wanted
from bot.conversation.sessions import Session
from bot.desk.access import record
from bot.desk.state import Desk
from bot.desk.web import Problem, reply
from bot.gemeenten import AMSTERDAM

PAGE = 100
MOST_CHARS = 200  # of a filter
EARLIEST = 2000  # year of a day that is looked for
_PLACE = re.compile(r"[0-9]{1,15}-[0-9]{1,10}")


async def entries(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/audit?conv=&agent=&day=&before=`: newest first, at most 100, of this municipality.

    `conv`: name or reference of a conversation. `day`: `2026-11-27`, in the Netherlands. `before` in the answer is for the next
    page, null at the end; a page of a search may be empty and still not be the last. 422 for what is no filter.
    """
    settings, wanted, before = desk.services.settings, _wanted(desk, request), request.query.get("before", "")
    if before and not _PLACE.fullmatch(before):
        raise Problem(422, "invalid", "`before` klopt niet.")
    await record(desk, session, "", "audit_read")
    found, more = await desk.services.audit.read(
        session.gemeente, wanted, before=before, count=PAGE, most=settings.audit_searched
    )
    return reply({"entries": [_shown(desk, entry) for entry in found], "before": more or None, "days": settings.audit_days})


def _wanted(desk: Desk, request: web.Request) -> Wanted:
    conv, agent, day = (request.query.get(name, "")[:MOST_CHARS] for name in ("conv", "agent", "day"))
    since, until = _span(day) if day else (0, None)
    reference = references.typed(conv) if conv else None

    @lru_cache(maxsize=1000)
    def is_it(name: str) -> bool:
        return conv in {"", name} or (reference is not None and bool(name) and _reference(desk, name) == reference)

    return Wanted(lambda entry: agent in {"", entry.agent.id} and is_it(entry.conv), since, until)


def _span(day: str) -> tuple[int, int]:
    """Beginning and end of a day in the Netherlands, milliseconds since 1970."""
    try:
        first = date.fromisoformat(day)
        if first.year < EARLIEST:
            raise ValueError(day)
        moments = (datetime.combine(at, time(), AMSTERDAM) for at in (first, first + timedelta(days=1)))
        start, end = (max(int(moment.timestamp() * 1000), 0) for moment in moments)
    except (ValueError, OverflowError) as exc:
        raise Problem(422, "invalid", "Deze datum klopt niet.") from exc
    return start, end


def _reference(desk: Desk, conv: str) -> str:
    return references.reference(desk.services.settings.secret, conv)


def _shown(desk: Desk, entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id, "at": entry.at / 1000, "agent": {"id": entry.agent.id, "name": entry.agent.name},
        "action": entry.action, "conv": entry.conv or None,
        "reference": _reference(desk, entry.conv) if entry.conv else None,
        "details": entry.details,
    }
