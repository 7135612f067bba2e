"""What an agent does: look, claim, answer, close. `desk` and `session` come from bot.desk.web.signed_in."""

import unicodedata
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from bot.conversation import privacy
from bot.conversation.handover import Refused
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation
from bot.desk import words
from bot.desk.access import look, own, record, shown
from bot.desk.state import Desk
from bot.desk.web import Problem, read, reply

MAX_NOTE = 500
PAGE = 100

Cid = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{8,64}$")]


class Say(msgspec.Struct, forbid_unknown_fields=True):
    cid: Cid
    text: str


class Close(msgspec.Struct, forbid_unknown_fields=True):
    outcome: Literal["opgelost", "doorverwezen", "afspraak_gemaakt", "niet_bereikt", "overig"]
    note: str = ""


class Status(msgspec.Struct, forbid_unknown_fields=True):
    """Without `status` it is only a sign of life."""

    status: Literal["available", "busy", "break"] | None = None


async def lists(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/lists`: what the stream of lists would send now."""
    snapshot = await desk.boards[session.gemeente].build()
    return reply(snapshot.view(session.agent.id) | {"now": await desk.services.handover.now()})


async def conversation(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/conv/{c}`: whose it is and what the bot tells the agent. `seq`: number of the last event to show."""
    store, handover = desk.services.store, desk.services.handover
    found = await look(store, handover, session, request.match_info["conv"])
    record(session, found.conversation.id, "look", reason=found.mode)
    first = await store.event(found.conversation.id, 1)
    return reply({
        "conv": found.conversation.id, "mode": found.mode, "agent": found.conversation.agent_name or None,
        "channel": words.CHANNELS.get(found.conversation.channel, found.conversation.channel),
        "locale": found.conversation.locale, "queued_at": found.conversation.queued_at or None,
        "started": first.get("at") if first else None, "now": await handover.now(),
        "seq": found.until or await store.length(found.conversation.id),
        "context": desk.contexts.of(found.conversation.handover),
    })


async def history(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/conv/{c}/history?before=N`: the events before N, oldest first, at most 100."""
    found = await look(desk.services.store, desk.services.handover, session, request.match_info["conv"])
    raw = request.query.get("before", "")
    if not (raw.isascii() and raw.isdecimal()) or len(raw) > 9:
        raise Problem(422, "invalid", "`before` moet een getal zijn.")
    before = min(int(raw), found.until + 1) if found.until else int(raw)
    page = await desk.services.store.history(found.conversation.id, before, PAGE)
    return reply({"events": [shown(body, seq) for seq, body in page], "more": bool(page) and page[0][0] > 1})


async def claim(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/claim`: 200 for the first, also when repeated; 409 with who has it for everybody else."""
    found = await own(desk.services.store, session, request.match_info["conv"])
    try:
        await desk.services.handover.claim(found, session.agent)
    except Refused as refused:
        if refused.owner != "agent" or (await desk.services.store.get(found.id)).agent != session.agent.id:
            record(session, found.id, "claim_lost")
            raise
    await desk.presences.alive(session.gemeente, session.agent)
    record(session, found.id, "claim")
    return reply({"conv": found.id, "agent": {"name": session.agent.name}})


async def say(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/messages {cid, text}`: once per `cid`, by the agent who has the conversation."""
    body = await read(desk, request, Say)
    limit = desk.services.settings.max_text_chars
    text = clean(body.text)
    if not text:
        raise Problem(422, "empty", "Typ eerst een bericht.")
    if len(text) > limit:
        raise Problem(422, "too_long", f"Uw bericht is te lang. Gebruik niet meer dan {limit} tekens.")
    found = await own(desk.services.store, session, request.match_info["conv"])
    masked = privacy.mask(text)
    seq = await desk.services.handover.say(found, session.agent, masked, body.cid)
    await desk.presences.alive(session.gemeente, session.agent)
    record(session, found.id, "say", seq=seq)
    return reply({"cid": body.cid, "id": f"m_{seq}", "seq": seq, "masked": masked != text}, status=201)


async def typing(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/typing`: the citizen sees that the agent is writing."""
    await _mine(desk, session, request)
    await desk.services.store.signal(request.match_info["conv"], "typing:agent")
    return web.Response(status=204)


async def close(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/close {outcome, note}`: the bot gets the conversation back; the note stays at the desk."""
    body = await read(desk, request, Close)
    note = privacy.mask(clean(body.note))
    if len(note) > MAX_NOTE:
        raise Problem(422, "too_long", f"Uw notitie is te lang. Gebruik niet meer dan {MAX_NOTE} tekens.")
    found = await _mine(desk, session, request)
    await desk.services.handover.close(found, session.agent, body.outcome, note)
    record(session, found.id, "close", outcome=body.outcome)
    return reply({"conv": found.id})


async def presence(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST /desk/api/presence {status}`: available, busy or break; the page sends one without status at every ping."""
    body = await read(desk, request, Status)
    if body.status is None:
        await desk.presences.alive(session.gemeente, session.agent)
    else:
        await desk.presences.set(session.gemeente, session.agent, body.status)
        record(session, "", "presence", status=body.status)
    return web.Response(status=204)


async def _mine(desk: Desk, session: Session, request: web.Request) -> Conversation:
    """Raises Refused when the agent does not have the conversation."""
    found = await own(desk.services.store, session, request.match_info["conv"])
    if found.owner != "agent" or found.agent != session.agent.id:
        raise Refused(found.owner, found.agent_name)
    return found


def clean(text: str) -> str:
    """Without control characters (line breaks and tabs stay) and white space around it."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
