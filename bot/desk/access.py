"""Who may read which conversation at the desk, and how far; every look and act leaves a line in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NoReturn, Unpack

import structlog

from bot.contacts import OpenCallback
from bot.conversation import events
from bot.conversation.audit import Details
from bot.conversation.events import Event
from bot.conversation.sessions import Person, Session
from bot.conversation.store import Conversation, Store
from bot.desk import words
from bot.desk.roles import LEADS, may
from bot.gemeenten import Gemeente

if TYPE_CHECKING:
    from bot.desk.state import Desk

audit = structlog.get_logger("audit")

PAGE = 100
MOST_BACK = 5000  # events read back for the closing; a conversation has no more (settings.max_events)
MOST_CLOSED = 1000  # closed conversations that may still be opened
ROUNDED = timedelta(seconds=1)  # registers keep times in seconds

Mode = Literal["waiting", "mine", "team", "closed"]


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


async def record(desk: "Desk", session: Person, conv: str, action: str, **extra: Unpack[Details]) -> None:
    """An entry in the audit log: who did `action` with which conversation ("" for none), never what was said.

    Await it before what was looked at is given, and after an act that changed something: it raises StoreUnavailable (503) when
    it can't be written, so that nobody looks unseen. `extra`: codes and numbers by the names of `Details`; never anything that
    a citizen or an agent typed, and no case number. `action`: one word in English, such as look, claim, search, transfer.
    """
    audit.info("desk", agent=session.agent.id, gemeente=session.gemeente, conv=conv, action=action, **extra)
    await desk.services.audit.write(session.gemeente, session.agent, conv, action, extra)


async def refuse(desk: "Desk", session: Session, conv: str, reason: str, title: str) -> NoReturn:
    """Raises Forbidden with `title` (Dutch), and tells it in the audit log."""
    await record(desk, session, conv, "refused", reason=reason)
    raise Forbidden(title)


def in_teams(session: Session, conversation: Conversation, gemeente: Gemeente) -> bool:
    """Whether the conversation is for a team of this person; who names no teams is in all of them."""
    return not session.teams or gemeente.team_of(conversation.team, conversation.handover.get("topic")).id in session.teams


async def own(desk: "Desk", session: Session, conv: str) -> Conversation:
    """The conversation, if it belongs to the agent's municipality and, while it waits, to a team of the agent.

    Raises Forbidden or UnknownConversation.
    """
    found = await desk.services.store.get(conv)
    if found.gemeente != session.gemeente:
        await refuse(desk, session, conv, "other municipality", words.NOT_OURS)
    if found.owner == "queue" and not in_teams(session, found, desk.services.gemeente(found.gemeente)):
        await refuse(desk, session, conv, "other team", words.OTHER_TEAM)
    return found


async def look(desk: "Desk", session: Session, conv: str) -> Look:
    """May this agent read it? Waiting ones of own teams, one's own, and closed ones of own teams up to their closing.

    A team lead also reads what colleagues of own teams have; who is to call a citizen back reads what was said until they asked
    for it. What a citizen says to the bot before the queue belongs to the hand-over; what is said after the closing or the
    request does not. Raises Forbidden or UnknownConversation.
    """
    found = await own(desk, session, conv)
    if found.owner == "queue":
        return Look(found, "waiting")
    ours = in_teams(session, found, desk.services.gemeente(found.gemeente))
    if found.owner == "agent":
        if found.agent == session.agent.id:
            return Look(found, "mine")
        if ours and may(session.roles, LEADS):
            return Look(found, "team")
        await refuse(desk, session, conv, "colleague has it", words.has_it(found.agent_name))
    until = 0
    if await desk.services.handover.was_closed(session.gemeente, conv, MOST_CLOSED):
        closing = await last_closing(desk.services.store, conv)
        if closing and (ours or closing[1].get("_agent") == session.agent.id):
            until = closing[0]
    if callback := await desk.services.tasks(session.gemeente).about(conv, session.teams):
        until = max(until, await _asked_at(desk.services.store, conv, callback))
    if until:
        return Look(found, "closed", until=until)
    await refuse(desk, session, conv, "not at the desk", words.NOT_AT_DESK)


async def _asked_at(store: Store, conv: str, callback: OpenCallback) -> int:
    """Number of the event that told the citizen of this request; without one, of the last event before it was registered.

    The register may have got the request much later than it was made, so its time is the second choice.
    """
    number, last, end = 0, 1, callback.registered + ROUNDED
    while page := await store.read(conv, number):
        for number, body in page:
            said = body["type"] == "message" and body["from"]["role"] == "bot"
            if said and callback.reference in body["text"]:
                return number
            if body.get("at") and datetime.fromisoformat(body["at"]) <= end:
                last = number
    return last


async def last_closing(store: Store, conv: str) -> tuple[int, Event] | None:
    """(number, event) of the last time an agent closed the conversation."""
    before = None
    for _ in range(MOST_BACK // PAGE):
        page = await store.history(conv, before, PAGE)
        if found := closing_in(page):
            return found
        if not page or page[0][0] <= 1:
            return None
        before = page[0][0]
    return None


def closing_in(events: Sequence[tuple[int, Event]]) -> tuple[int, Event] | None:
    """(number, event) of the last closing among these."""
    return next(((n, body) for n, body in reversed(events) if body["type"] == "handover" and body["state"] == "closed"), None)


def shown(body: Event, seq: int) -> Event:
    """The event as an agent may see it: as the citizen does, with the desk's own notes."""
    extra = {"name": body["_name"], "text": body["_text"]} if body["type"] == "note" else {}
    return events.public(body, seq) | extra
