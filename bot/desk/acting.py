"""What an agent does with a conversation: claim, answer, note, close, hand on, take that back; and what a team lead assigns.

`desk` and `session` come from bot.desk.web.signed_in.
"""

from typing import Annotated

import msgspec
from aiohttp import web

from bot.conversation import privacy
from bot.conversation.audit import Details
from bot.conversation.events import Event
from bot.conversation.handover import Full, Refused
from bot.conversation.queue import Agent
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation
from bot.desk import acts, words
from bot.desk.access import in_teams, look, own, record, refuse
from bot.desk.state import Desk
from bot.desk.typed import Cid, Outcome, clean, note
from bot.desk.web import Problem, read, reply
from bot.gemeente_file import Team


class Say(msgspec.Struct, forbid_unknown_fields=True):
    cid: Cid
    text: str


class Close(msgspec.Struct, forbid_unknown_fields=True):
    """`note` is for colleagues only; `agreed` is what the bot greets the citizen with."""

    outcome: Outcome
    note: str = ""
    agreed: str = ""


class Target(msgspec.Struct, forbid_unknown_fields=True):
    """A team or a colleague, by id: one of the two."""

    team: str = ""
    agent: str = ""
    note: str = ""


class Read(msgspec.Struct, forbid_unknown_fields=True):
    seq: Annotated[int, msgspec.Meta(ge=0)]


async def claim(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/claim`: 200 for the first, also when repeated; 409 with who has it for everybody else, and for who has enough."""
    found = await own(desk, session, request.match_info["conv"])
    limit = await desk.presences.limit(session)
    try:
        await desk.services.handover.claim(found, session.agent, limit)
    except Full as full:
        raise Problem(409, "full", words.full(limit)) from full
    except Refused as refused:
        if refused.owner != "agent" or (await desk.services.store.get(found.id)).agent != session.agent.id:
            await record(desk, session, found.id, "claim_lost")
            raise
    await desk.presences.alive(session)
    await record(desk, session, found.id, "claim")
    return reply({"conv": found.id, "agent": {"name": session.agent.name}})


async def say(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/messages {cid, text}`: once per `cid`, by the agent who has the conversation."""
    body = await read(desk, request, Say)
    text = _text(desk, body.text)
    found = await own(desk, session, request.match_info["conv"])
    masked = privacy.mask(text)
    seq = await desk.services.handover.say(found, session.agent, masked, body.cid)
    await desk.presences.alive(session)
    await record(desk, session, found.id, "say", seq=seq)
    return reply({"cid": body.cid, "id": f"m_{seq}", "seq": seq, "masked": masked != text}, status=201)


async def take_note(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/notes {cid, text}`: for colleagues only, once per `cid`; by whoever may read the conversation while it goes on."""
    body = await read(desk, request, Say)
    text = _text(desk, body.text)
    looked = await look(desk, session, request.match_info["conv"])
    if looked.mode == "closed":
        raise Problem(409, "closed", words.CLOSED)
    masked = privacy.mask(text)
    seq = await desk.services.handover.note(looked.conversation, session.agent, masked, body.cid)
    await record(desk, session, looked.conversation.id, "note", seq=seq)
    return reply({"cid": body.cid, "id": f"m_{seq}", "seq": seq, "masked": masked != text}, status=201)


async def typing(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/typing`: the citizen sees that the agent is writing."""
    await mine(desk, session, request)
    await desk.services.store.signal(request.match_info["conv"], "typing:agent")
    return web.Response(status=204)


async def mark_read(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/read {seq}`: how far the agent who has the conversation has read; it only goes up."""
    seq = (await read(desk, request, Read)).seq
    found = await mine(desk, session, request)
    if seq > await desk.services.store.length(found.id):
        raise Problem(422, "invalid", words.NO_SUCH_MESSAGE)
    await desk.services.store.mark_read(found.id, "agent", seq)
    return web.Response(status=204)


async def close(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/close {outcome, note, agreed}`: the bot gets the conversation back, when the time to undo it is over."""
    body = await read(desk, request, Close)
    act = acts.closing(body.outcome, note(body.note), note(body.agreed, "afspraak met de inwoner"))
    found = await mine(desk, session, request)
    until = await _decide(desk, session, found, act)
    await record(desk, session, found.id, "close", outcome=body.outcome)
    return reply({"conv": found.id, "undo_until": until})


async def transfer(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/transfer {team or agent, note}`: to a team's queue or to a colleague who is there, when the time is over."""
    body = await read(desk, request, Target)
    noted = note(body.note)
    found = await mine(desk, session, request)
    if body.agent == session.agent.id:
        raise Problem(422, "invalid", words.TEAM_OR_COLLEAGUE)
    to = await _target(desk, session, body)
    act = acts.to_team(to.id, to.name, noted) if isinstance(to, Team) else acts.to_agent(to, noted)
    until = await _decide(desk, session, found, act)
    await record(desk, session, found.id, "transfer", **_named(to))
    return reply({"conv": found.id, "undo_until": until})


async def undo(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/undo`: what was about to be done isn't; `act` names it, null when there was nothing. 409 when it is too late."""
    found = await own(desk, session, request.match_info["conv"])
    try:
        act = await desk.services.handover.undo(found, session.agent)
    except Refused as refused:
        raise Problem(409, "too_late", words.TOO_LATE) from refused
    if act:
        await record(desk, session, found.id, "undo", reason=act["act"])
    return reply({"conv": found.id, "act": act.get("act")})


async def assign(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/assign {team or agent}`: a team lead gives what waits, or what somebody has, to a team or an agent; at once."""
    body = await read(desk, request, Target)
    found = await own(desk, session, request.match_info["conv"])
    if not in_teams(session, found, desk.services.gemeente(found.gemeente)) and found.agent != session.agent.id:
        await refuse(desk, session, found.id, "other team", words.OTHER_TEAM)
    to, handover, noted = await _target(desk, session, body), desk.services.handover, note(body.note)
    if isinstance(to, Team):
        if (found.owner, found.team) != ("queue", to.id):
            await handover.to_team(found, session.agent, to.id, to.name, noted, force=True)
    elif (found.owner, found.agent) != ("agent", to.id):
        await handover.to_agent(found, session.agent, to, noted, force=True)
    await record(desk, session, found.id, "assign", **_named(to))
    return reply({"conv": found.id})


async def mine(desk: Desk, session: Session, request: web.Request) -> Conversation:
    """The conversation of this request. Raises Refused when the agent does not have it."""
    found = await own(desk, session, request.match_info["conv"])
    if found.owner != "agent" or found.agent != session.agent.id:
        raise Refused(found.owner, found.agent_name)
    return found


async def _decide(desk: Desk, session: Session, found: Conversation, act: Event) -> float | None:
    """Do it, at once or when the time to undo it is over: then, in seconds since 1970 by the clock of Redis."""
    seconds = desk.services.settings.desk_undo_seconds
    if seconds:
        return await desk.services.handover.postpone(found, session.agent, act, seconds)
    await acts.perform(desk.services.handover, found, act)
    return None


async def _target(desk: Desk, session: Session, body: Target) -> Team | Agent:
    """The team, or the colleague who is there. Raises a Problem: nobody waits for somebody who went home."""
    if bool(body.team) == bool(body.agent):
        raise Problem(422, "invalid", words.TEAM_OR_COLLEAGUE)
    if body.team:
        team = desk.services.gemeente(session.gemeente).team(body.team)
        if team is None:
            raise Problem(422, "invalid", words.UNKNOWN_TEAM)
        return team
    there = {one.agent.id: one.agent for one in await desk.presences.there(session.gemeente)}
    if body.agent not in there:
        raise Problem(409, "not_there", words.NOT_THERE)
    return there[body.agent]


def _named(to: Team | Agent) -> Details:
    return {"team": to.id} if isinstance(to, Team) else {"to": to.id}


def _text(desk: Desk, typed: str) -> str:
    """What was typed, cleaned. Raises a Problem when it is empty or too long."""
    text, limit = clean(typed), desk.services.settings.max_text_chars
    if not text:
        raise Problem(422, "empty", words.EMPTY)
    if len(text) > limit:
        raise Problem(422, "too_long", words.too_long("bericht", limit))
    return text
