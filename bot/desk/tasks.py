"""Call-backs at the desk: who wants to be called, who calls, and how it went. What is done here is done in the register too.

`desk` and `session` come from bot.desk.web.signed_in.
"""

from collections.abc import Awaitable, Collection, Sequence
from typing import Any

import msgspec
from aiohttp import web

from bot.contacts import CallbackNotFound
from bot.contacts.pending import Pending
from bot.contacts.references import number_of
from bot.contacts.tasks import Task
from bot.conversation.claims import TaskClaims
from bot.conversation.queue import Agent
from bot.conversation.sessions import Session
from bot.desk import words
from bot.desk.access import record, refuse
from bot.desk.roles import CONVERSATIONS, may
from bot.desk.state import Desk
from bot.desk.typed import Outcome, note
from bot.desk.web import Problem, read, reply

RETRY_SECONDS = 5


class Tried(msgspec.Struct, forbid_unknown_fields=True):
    note: str = ""


class Done(msgspec.Struct, forbid_unknown_fields=True):
    """`outcome` as for a conversation; both stand in the register."""

    outcome: Outcome
    note: str = ""


async def tasks(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/tasks`: who waits to be called by a team of this person, the longest waiting first.

    `trouble`: why the list may be incomplete, or null. An administrator sees what is still to be written, without persons.
    """
    found = await desk.services.tasks(session.gemeente).list()
    trouble = None if found.complete else words.MORE_TASKS if found.answered else words.REGISTER_DOWN
    if may(session.roles, CONVERSATIONS):
        shown = await _shown(desk, session, [task for task in found.tasks if _ours(session, task)])
    else:
        shown = [_unwritten(reference, item) for reference, item in found.unwritten.items()]
    await record(desk, session, "", "tasks_read", count=len(shown))
    return reply({"tasks": shown, "trouble": trouble, "unwritten": len(found.unwritten)})


async def take(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/take`: this agent calls; 200 for the first, also when repeated; 409 with who has it for everybody else."""
    task = await _known(desk, session, request)
    _free(session, await _claims(desk, session).take(task.callback.reference, session.agent))
    await _record(desk, session, task, "task_take")
    return reply({"reference": task.callback.reference, "taken_by": _person(session.agent)})


async def leave(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/leave`: somebody else may call."""
    reference = _reference(request)
    if number_of(reference) is None:  # what was typed is nothing for the audit log
        raise Problem(404, "gone", words.TASK_GONE)
    await _claims(desk, session).leave(reference, session.agent)
    await record(desk, session, "", "task_leave", reference=reference)
    return reply({"reference": reference})


async def tried(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/tried {note?}`: nobody answered. It is counted, and the task is free for who calls next."""
    body = await read(desk, request, Tried)
    told = note(body.note)
    task = await _known(desk, session, request)
    reference = task.callback.reference
    _free(session, (await _claims(desk, session).holders([reference])).get(reference))
    await _tell(desk.services.contacts(session.gemeente).tried(reference, desk.services.now(), told))
    await _claims(desk, session).leave(reference, session.agent)
    await _record(desk, session, task, "task_tried")
    return reply({"reference": reference})


async def done(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/done {outcome, note}`: the citizen was helped. Done twice, here or in the register: the first outcome stands."""
    body = await read(desk, request, Done)
    told = words.called(body.outcome, session.agent.name, note(body.note))
    task = await _there(desk, session, request, finished=True)
    reference = _reference(request)
    _free(session, (await _claims(desk, session).holders([reference])).get(reference))
    await _tell(desk.services.contacts(session.gemeente).done(reference, told))
    await _claims(desk, session).leave(reference, session.agent)
    conv = task.callback.request.conversation if task else ""
    await record(desk, session, conv, "task_done", reference=reference, outcome=body.outcome)
    return reply({"reference": reference})


def _reference(request: web.Request) -> str:
    """The reference that the address names, as it is written."""
    return request.match_info["reference"].strip().upper()


async def _there(desk: Desk, session: Session, request: web.Request, *, finished: bool) -> Task | None:
    """The task that the address names, if this agent may deal with it. `finished`: None for one that doesn't wait any more.

    Raises a Problem, and Forbidden for a task of another team.
    """
    reference = _reference(request)
    found = await desk.services.tasks(session.gemeente).list()
    task = next((task for task in found.tasks if task.callback.reference == reference), None)
    if task and not _ours(session, task):
        await refuse(desk, session, task.callback.request.conversation, "other team", words.TASK_OTHER_TEAM)
    if task is None and number_of(reference) is None:  # no reference of ours
        raise Problem(404, "gone", words.TASK_GONE)
    if task or (finished and (found.complete or await _holds(desk, session, reference))):
        return task
    if not found.answered:
        raise Problem(503, "unavailable", words.TASK_UNKNOWN, retry_after=RETRY_SECONDS)
    raise Problem(404, "gone", words.TASK_GONE)


async def _known(desk: Desk, session: Session, request: web.Request) -> Task:
    task = await _there(desk, session, request, finished=False)
    assert task is not None
    return task


async def _holds(desk: Desk, session: Session, reference: str) -> bool:
    """Whether this agent took it, so that it was theirs to see: the register may be down since."""
    holder = (await _claims(desk, session).holders([reference])).get(reference)
    return holder is not None and holder.id == session.agent.id


def _ours(session: Session, task: Task) -> bool:
    return not session.teams or task.team in session.teams


def _claims(desk: Desk, session: Session) -> TaskClaims:
    return desk.services.task_claims(session.gemeente)


def _free(session: Session, holder: Agent | None) -> None:
    """Raises a Problem when a colleague calls this citizen."""
    if holder and holder.id != session.agent.id:
        raise Problem(409, "taken", words.calls(holder.name), agent=_person(holder))


async def _tell(telling: Awaitable[None]) -> None:
    try:
        await telling
    except CallbackNotFound as exc:
        raise Problem(404, "gone", words.TASK_GONE) from exc


async def _record(desk: Desk, session: Session, task: Task, action: str) -> None:
    await record(desk, session, task.callback.request.conversation, action, reference=task.callback.reference)


def _person(agent: Agent) -> dict[str, str]:
    return {"id": agent.id, "name": agent.name}


async def _shown(desk: Desk, session: Session, found: Sequence[Task]) -> list[dict[str, Any]]:
    holders = await _claims(desk, session).holders([task.callback.reference for task in found])
    convs = {task.callback.request.conversation for task in found} - {""}
    there = (await desk.services.many.get(sorted(convs))).keys()
    return [_row(desk, session, task, holders.get(task.callback.reference), there) for task in found]


def _row(desk: Desk, session: Session, task: Task, holder: Agent | None, there: Collection[str]) -> dict[str, Any]:
    """`conv` is null when the citizen erased the conversation, or it is past its time: the request itself stays."""
    asked, team = task.callback.request, desk.services.gemeente(session.gemeente).team(task.team or "")
    item = task.unwritten
    return {
        "reference": task.callback.reference, "name": asked.name, "phone": asked.phone, "when": asked.when,
        "topic": desk.contexts.name(asked.topic or "") or None,
        "summary": asked.summary, "zaak": asked.zaaknummer,
        "conv": asked.conversation if asked.conversation in there else None,
        "at": task.callback.registered.timestamp(), "registered": task.there, "state": "unwritten" if item else "open",
        "problem": words.unwritten(item.problem, item.field) if item else None,
        "team": {"id": team.id, "name": team.name} if team else None, "taken_by": _person(holder) if holder else None,
        "tries": task.callback.tries,
    }


def _unwritten(reference: str, item: Pending) -> dict[str, Any]:
    """What is still to be written, for who looks after the installation; `tries` of writing."""
    return {
        "reference": reference, "at": item.registered.timestamp(), "registered": False, "state": "unwritten",
        "problem": words.unwritten(item.problem, item.field), "tries": item.tries,
    }
