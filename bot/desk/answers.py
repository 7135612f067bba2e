"""Answers for a message: the canned ones and those of the knowledge base, found by words and ready to insert."""

from collections.abc import Mapping

from aiohttp import web

from bot.conversation.sessions import Session
from bot.conversation.store import Conversation
from bot.desk import words
from bot.desk.access import look, record, refuse
from bot.desk.roles import CONVERSATIONS, may
from bot.desk.state import Desk
from bot.desk.web import reply

MAX_QUERY = 200  # characters that count


async def answers(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/answers?q=&conv=`: what fits these words, the likeliest first; without words all canned answers.

    With `conv` they have the values of that conversation, for who may read it. What has no value stands in the text between
    square brackets, and in `open`.
    """
    query = request.query.get("q", "")[:MAX_QUERY]
    values = await _values(desk, session, request.query.get("conv", ""))
    library = await desk.libraries.of(session.gemeente)
    found = library.find(query, desk.services.now(), desk.services.settings.answers_found, values)
    return reply({"answers": found})


async def _values(desk: Desk, session: Session, conv: str) -> Mapping[str, str]:
    """Of `bot.knowledge.canned.OF_CONVERSATION`, those that have one."""
    known = {"medewerker": session.agent.name}
    if not conv:
        return known
    if not may(session.roles, CONVERSATIONS):
        await refuse(desk, session, conv, "role", words.NOT_YOUR_ROLE)
    found = await look(desk, session, conv)
    if found.mode != "mine":  # claiming that is in the audit log already, and this is asked at every key
        await record(desk, session, conv, "look", reason="answers")
    return known | _of(desk, found.conversation)


def _of(desk: Desk, conversation: Conversation) -> dict[str, str]:
    told = conversation.handover
    return {
        "onderwerp": desk.contexts.title(told.get("topic") or "") or "",
        "zaaknummer": told.get("zaaknummer") or "",
        "referentie": desk.rows[conversation.gemeente].reference(conversation.id),
    }
