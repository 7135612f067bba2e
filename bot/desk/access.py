"""Who may read which conversation at the desk, and how far; every look and act leaves a line in the audit log."""

from dataclasses import dataclass
from typing import Literal

import structlog

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.handover import Handover
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation, Store
from bot.desk import words

audit = structlog.get_logger("audit")

PAGE = 100
MOST_BACK = 5000  # events read back for the closing; a conversation has no more (settings.max_events)
MOST_CLOSED = 1000  # closed conversations that may still be opened

Mode = Literal["waiting", "mine", "closed"]


class Forbidden(Exception):
    """This agent may not read this conversation (now). `title` says why, in Dutch."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


@dataclass(frozen=True)
class Look:
    """An allowed look. `until`: number of the last event to show, or None for all and what follows."""

    conversation: Conversation
    mode: Mode
    until: int | None = None


def record(session: Session, conv: str, action: str, **extra: object) -> None:
    """One line of the audit log: who did what with which conversation, never what was said."""
    audit.info("desk", agent=session.agent.id, gemeente=session.gemeente, conv=conv, action=action, **extra)


async def own(store: Store, session: Session, conv: str) -> Conversation:
    """The conversation, if it belongs to the agent's municipality. Raises Forbidden or UnknownConversation."""
    found = await store.get(conv)
    if found.gemeente != session.gemeente:
        record(session, conv, "refused", reason="other municipality")
        raise Forbidden(words.NOT_OURS)
    return found


async def look(store: Store, handover: Handover, session: Session, conv: str) -> Look:
    """May this agent read it? Waiting ones, one's own, and closed ones up to their closing.

    What a citizen says to the bot before the queue belongs to the hand-over; what is said after the closing does not.
    Raises Forbidden or UnknownConversation.
    """
    found = await own(store, session, conv)
    if found.owner == "queue":
        return Look(found, "waiting")
    if found.owner == "agent":
        if found.agent == session.agent.id:
            return Look(found, "mine")
        record(session, conv, "refused", reason="colleague has it")
        raise Forbidden(words.has_it(found.agent_name))
    if any(conv == other for other, _ in await handover.closed(session.gemeente, MOST_CLOSED)):
        closing = await last_closing(store, conv)
        if closing:
            return Look(found, "closed", until=closing[0])
    record(session, conv, "refused", reason="not at the desk")
    raise Forbidden(words.NOT_AT_DESK)


async def last_closing(store: Store, conv: str) -> tuple[int, Event] | None:
    """(number, event) of the last time an agent closed the conversation."""
    before = None
    for _ in range(MOST_BACK // PAGE):
        page = await store.history(conv, before, PAGE)
        for seq, body in reversed(page):
            if body["type"] == "handover" and body["state"] == "closed":
                return seq, body
        if not page or page[0][0] <= 1:
            return None
        before = page[0][0]
    return None


def shown(body: Event, seq: int) -> Event:
    """The event as an agent may see it: as the citizen does, with the desk's own notes."""
    extra = {"name": body["_name"], "text": body["_text"]} if body["type"] == "note" else {}
    return events.public(body, seq) | extra
