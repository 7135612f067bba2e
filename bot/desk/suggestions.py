"""What the bot would say to a citizen's message: two answers at most, ready after a glance, never sent by themselves."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.conversation.glances import Likely, askable
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation
from bot.desk import words
from bot.desk.access import own, record, refuse
from bot.desk.state import Desk
from bot.desk.web import number, reply


async def suggestions(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/conv/{c}/suggestions?seq=N`: for a message of the citizen, also one from before the agent came.

    `state`: ready; busy, when a brain was asked and the stream of the conversation will tell; none. Only who has the conversation
    may ask.
    """
    found = await _mine(desk, session, request.match_info["conv"])
    seq = number(request.query.get("seq", ""), "seq")
    await record(desk, session, found.id, "look", reason="suggestions", seq=seq)
    message = await desk.services.store.event(found.id, seq)
    likely: Sequence[Likely] | None = []
    if message and askable(message):
        likely = await desk.services.glances.ask(found.id, seq)
    if likely is None:
        away = await desk.services.store.brain_age() > desk.services.settings.brain_ready_seconds
        return reply({"seq": seq, "state": "none" if away else "busy", "suggestions": []})
    ready = await _answers(desk, found, likely)
    return reply({"seq": seq, "state": "ready" if ready else "none", "suggestions": ready})


async def _answers(desk: Desk, conversation: Conversation, likely: Sequence[Likely]) -> list[dict[str, Any]]:
    """As a citizen of this municipality would get them now, without buttons."""
    library, now = await desk.libraries.of(conversation.gemeente), desk.services.now()
    told = [(library.about(one.topic, one.aspect, now), one.confidence) for one in likely]
    return [
        {
            "topic": answer.topic, "title": answer.title, "text": answer.text, "source": answer.source,
            "reviewed": answer.reviewed, "confidence": confidence,
        }
        for answer, confidence in told if answer
    ]


async def _mine(desk: Desk, session: Session, conv: str) -> Conversation:
    """The conversation of this agent. Raises Forbidden, or UnknownConversation."""
    found = await own(desk, session, conv)
    if found.owner != "agent":
        await refuse(desk, session, conv, "not taken", words.NOT_TAKEN)
    if found.agent != session.agent.id:
        await refuse(desk, session, conv, "colleague has it", words.has_it(found.agent_name))
    return found
