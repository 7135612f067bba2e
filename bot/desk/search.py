"""Finding a conversation back: by its reference, by a case number, and by words that were said in it.

Looks in the log itself, newest conversations first and within bounds: there is no index that could remember what was erased.
What was redacted, or has faded, is no text any more and is not found.
"""

import asyncio
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from aiohttp import web

from bot.conversation import privacy, references
from bot.conversation.events import Event
from bot.conversation.many import Log
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation
from bot.desk import roles, words
from bot.desk.access import closing_in, in_teams, record
from bot.desk.rows import Row
from bot.desk.state import Desk
from bot.desk.web import Problem, not_too_often, reply
from bot.letters import plain

SHORTEST = 3  # characters that are looked for
LONGEST = 100
AT_ONCE = 10  # conversations read and looked in before others get a turn
AROUND = 60  # characters of an excerpt on each side of what was found

COVERED = {"summary": "", "zaaknummer": None, "reason": None}  # what a lead of other teams is not told

_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")

Where = Literal["waiting", "mine", "team", "closed"]
At = tuple[str, Where, float]  # conversation, list, since


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `words`: all in one message; `number`: as case numbers are compared; `reference`: if it is one."""

    words: tuple[str, ...]
    number: str
    reference: str | None


@dataclass
class Found:
    """`more`: there may be more than was found: the bounds were reached."""

    rows: list[Row] = field(default_factory=list)
    more: bool = False


async def search(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/search?q=`: `{found: [row + {where, excerpt, open}], more}`, what waits first, then the newest.

    `excerpt` is empty when the reference or case number was found. `open` says whether this person may open it.
    """
    typed = " ".join(request.query.get("q", "").split())
    if not SHORTEST <= len(typed) <= LONGEST:
        raise Problem(422, "invalid", words.SEARCH_LENGTH)
    await not_too_often(desk, session, "search", desk.services.settings.rate_search_minute)
    # One at a time: it is work for this process and for Redis, which all share. Who asks ten at once lets colleagues in between.
    async with desk.searchers[session.gemeente, session.agent.id], desk.searching:
        found = await _find(desk, session, wanted(typed))
    await record(desk, session, "", "search", count=len(found.rows))
    for row in found.rows:
        if row["excerpt"]:  # somebody's words are shown
            await record(desk, session, row["conv"], "search_found")
    return reply({"found": found.rows, "more": found.more})


def wanted(typed: str) -> Wanted:
    """What somebody typed, to compare with. What would be masked in a log is looked for nowhere."""
    masked = privacy.mask(typed) != typed or privacy.MASK[0] in typed
    number = plain(typed) if any(character.isdigit() for character in typed) else ""
    return Wanted(() if masked else tuple(fold(typed).split()), number, references.typed(typed))


async def _find(desk: Desk, session: Session, what: Wanted) -> Found:
    limits, found = desk.services.settings, Found()
    places = await _places(desk, session)
    secret = limits.secret
    if what.reference and (
        named := [place for place in places if references.reference(secret, place[0]) == what.reference]
    ):
        places = named  # no need to look in all the others
    found.more = len(places) > limits.search_conversations
    places = places[: limits.search_conversations]
    clock = asyncio.get_running_loop().time
    until = clock() + limits.search_seconds
    for start in range(0, len(places), AT_ONCE):
        for row in await _among(desk, session, what, places[start : start + AT_ONCE]):
            if len(found.rows) == limits.search_found:
                found.more = True
                return found
            found.rows.append(row)
        if clock() > until and start + AT_ONCE < len(places):
            found.more = True
            break
    return found


async def _places(desk: Desk, session: Session) -> list[At]:
    """Every conversation that is or was at the desk of this municipality: what waits, what goes on, the last closed."""
    handover, key = desk.services.handover, session.gemeente
    waiting: list[At] = [(one.conv, "waiting", one.since) for one in await handover.queue(key)]
    active: list[At] = [(conv, "team", at) for conv, at in await handover.active(key)]
    most = desk.services.settings.search_conversations + 1
    closed: list[At] = [(conv, "closed", at) for conv, at in await handover.closed(key, most)]
    return [*waiting, *active, *closed]


async def _among(desk: Desk, session: Session, what: Wanted, places: Sequence[At]) -> list[Row]:
    conversations = await desk.services.many.get([conv for conv, _, _ in places])
    logs = await desk.services.many.tails(list(conversations), desk.services.settings.search_events)
    owners = {"waiting": "queue", "team": "agent", "closed": "bot"}
    rows = [
        _row(desk, session, what, found, logs.get(conv, []), where, since) for conv, where, since in places
        if (found := conversations.get(conv)) and found.owner == owners[where] and _looks(desk, session, found)
    ]
    return [row for row in rows if row]


def _looks(desk: Desk, session: Session, found: Conversation) -> bool:
    """In one's own teams, and what one has; a team lead looks in all teams."""
    mine = found.owner == "agent" and found.agent == session.agent.id
    leads = roles.may(session.roles, roles.LEADS)
    return mine or leads or in_teams(session, found, desk.services.gemeente(found.gemeente))


def _row(
    desk: Desk, session: Session, what: Wanted, found: Conversation, log: Log, where: Where, since: float
) -> Row | None:
    rows = desk.rows[session.gemeente]
    row = rows.row(found, since)
    if where == "closed":
        closing = closing_in(log)
        if closing is None:  # left the queue without an agent, or its closing lies too far back
            return None
        log = [event for event in log if event[0] <= closing[0]]  # what was said to the bot since is not for the desk
        row = rows.closed(found, since, closing[1])
    elif where == "team":
        row["agent"] = {"id": found.agent, "name": found.agent_name}
        where = "mine" if found.agent == session.agent.id else "team"
    ours = where == "mine" or in_teams(session, found, desk.services.gemeente(found.gemeente))
    may_open = ours and _may_open(session, where)
    excerpt = _match(what, found, log if may_open else [], rows.reference(found.id), ours)
    if excerpt is None:
        return None
    row |= {"where": where, "excerpt": excerpt, "open": may_open}
    return row if ours else row | COVERED


def _may_open(session: Session, where: Where) -> bool:
    """Of one's own teams, as `access.look` decides: a colleague's conversation only for a lead, the others for everybody."""
    return where != "team" or roles.may(session.roles, roles.LEADS)


def _match(what: Wanted, found: Conversation, log: Log, reference: str, ours: bool) -> str | None:
    """The excerpt, empty for a reference or case number; None when it isn't this one.

    `log`: as far as it may be read. `ours`: whether it is in the lists of this person, with the case number of its hand-over.
    """
    if what.reference == reference or (what.number and ours and what.number in _numbers(found, log)):
        return ""
    if not what.words:
        return None
    return next((excerpt for _, body in reversed(log) for text in _texts(body) if (excerpt := cut(text, what.words))), None)


def _numbers(found: Conversation, log: Log) -> set[str]:
    """The case numbers that this conversation is about."""
    named = {str(found.handover.get("zaaknummer") or "")}
    named |= {str(p.get("identificatie") or "") for _, body in log for p in body.get("parts") or [] if p.get("kind") == "case"}
    return {plain(number) for number in named if number}


def _texts(body: Event) -> Iterator[str]:
    """What can be read in an event; nothing of one whose words were removed."""
    if body["type"] in {"message", "notice"} and not body.get("redacted"):
        yield body["text"]
    elif body["type"] == "note":
        yield body["_text"]


def fold(text: str) -> str:
    """In lower case without accents, as it is compared."""
    low = text.lower()
    return low if low.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", low))


def cut(text: str, words: Sequence[str]) -> str:
    """What stands around the first of the folded `words`; empty when one of them isn't in the text."""
    folded = fold(text)
    if not all(word in folded for word in words):
        return ""
    at = folded.index(words[0])
    start, end = at, at + len(words[0])
    if len(folded) != len(text):  # letters that fold to none or to several
        reached = list(accumulate(len(fold(character)) for character in text))
        start, end = bisect_right(reached, start), bisect_left(reached, end) + 1
    first, last = max(start - AROUND, 0), min(end + AROUND, len(text))
    excerpt = re.sub(r"\s+", " ", text[first:last]).strip()
    return f"{'…' if first else ''}{excerpt}{'…' if last < len(text) else ''}"
