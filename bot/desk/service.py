"""The emergency notice and the switch of the municipality: see them, set them, end them. Everything is in the audit log.

An editor writes notices; switching Balie off or on is for an administrator.
"""

from typing import Any

from aiohttp import web
from msgspec import Struct

from bot import service
from bot.conversation.service import Notice, Off, ServiceState
from bot.conversation.sessions import Session
from bot.desk import words
from bot.desk.access import record
from bot.desk.roles import SWITCH, may
from bot.desk.state import Desk
from bot.desk.web import Problem, read, reply
from bot.gemeenten import AMSTERDAM


class NoticeBody(Struct, forbid_unknown_fields=True):
    """`until`: `2026-11-28T12:00`, in the Netherlands; empty for no end."""

    text: str
    until: str = ""


class OffBody(Struct, forbid_unknown_fields=True):
    text: str


async def show(desk: Desk, session: Session, _request: web.Request) -> web.Response:
    """`GET /desk/api/service`: how it is now, who made it so, and what may be changed."""
    return _reply(desk, session, await desk.services.service_book.get(session.gemeente))


async def set_notice(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST /desk/api/service/notice {text, until}`: shown to all citizens from now on. 422 says what is wrong."""
    body, services = await read(desk, request, NoticeBody), desk.services
    try:
        made = service.notice(body.text, body.until, session.agent.name, services.now(), services.settings.notice_max_chars)
    except service.NotFit as exc:
        raise _refused(desk, exc) from exc
    state = await services.service_book.put(session.gemeente, notice=made)
    await record(desk, session, "", "notice_set", reference=made.id)
    return _reply(desk, session, state)


async def end_notice(desk: Desk, session: Session, _request: web.Request) -> web.Response:
    """`POST /desk/api/service/notice/end`: the notice goes. Also when there is none (any more)."""
    state = await desk.services.service_book.put(session.gemeente, notice=None)
    await record(desk, session, "", "notice_ended")
    return _reply(desk, session, state)


async def switch_off(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST /desk/api/service/off {text}`: nothing more can be asked; citizens read `text`. 422 says what is wrong."""
    body, services = await read(desk, request, OffBody), desk.services
    try:
        made = service.off(body.text, session.agent.name, services.now(), services.settings.notice_max_chars)
    except service.NotFit as exc:
        raise _refused(desk, exc) from exc
    state = await services.service_book.put(session.gemeente, off=made)
    await record(desk, session, "", "switched_off")
    return _reply(desk, session, state)


async def switch_on(desk: Desk, session: Session, _request: web.Request) -> web.Response:
    """`POST /desk/api/service/on`."""
    state = await desk.services.service_book.put(session.gemeente, off=None)
    await record(desk, session, "", "switched_on")
    return _reply(desk, session, state)


def _refused(desk: Desk, exc: service.NotFit) -> Problem:
    title = words.NOT_TOLD[exc.why].format(most=desk.services.settings.notice_max_chars)
    return Problem(422, "invalid", title, field=exc.field)


def _reply(desk: Desk, session: Session, state: ServiceState) -> web.Response:
    gemeente, services = desk.services.gemeente(session.gemeente), desk.services
    today = services.now().astimezone(AMSTERDAM).date()
    return reply({
        "notice": _notice(state.notice), "off": _off(state.switched_off), "may_switch": may(session.roles, SWITCH),
        "limit": services.settings.notice_max_chars, "usual": words.off_text(gemeente),
        "reach": words.reach(gemeente, today),
    })


def _notice(notice: Notice | None) -> dict[str, Any] | None:
    if notice is None:
        return None
    until = notice.until.timestamp() if notice.until else None
    return {"text": notice.text, "by": notice.by, "at": notice.at.timestamp(), "until": until}


def _off(off: Off | None) -> dict[str, Any] | None:
    return None if off is None else {"text": off.text, "by": off.by, "at": off.at.timestamp()}
