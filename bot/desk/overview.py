"""How a team is doing, for its lead: who waits, who helps, and whether citizens had an agent within the agreed time."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any

from aiohttp import web

from bot.conversation.queue import Presence, Queued, able
from bot.conversation.roster import Figure
from bot.conversation.sessions import Session
from bot.desk.presence import people
from bot.desk.state import Desk
from bot.desk.web import reply
from bot.gemeente_file import Team
from bot.gemeenten import AMSTERDAM, Gemeente


async def team(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET /desk/api/team`: queue per team, agents, and the waiting times of today, of the lead's own teams."""
    gemeente, handover = desk.services.gemeente(session.gemeente), desk.services.handover
    teams = [one for one in gemeente.teams if not session.teams or one.id in session.teams]
    mine = {one.id for one in teams}
    now, agents = await handover.now(), await desk.presences.there(gemeente.key)
    waiting = [one for one in await handover.queue(gemeente.key) if gemeente.team_of(one.team).id in mine]
    midnight = datetime.fromtimestamp(now, AMSTERDAM).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    taken = [
        one for one in await handover.waits(gemeente.key) if one.at >= midnight and gemeente.team_of(one.team).id in mine
    ]
    ours = [one for one in agents if not one.teams or mine.intersection(one.teams)]
    within = gemeente.desk.answer_within_minutes
    return reply({
        "now": now, "queue": [_queue(gemeente, one, waiting, agents, now) for one in teams],
        "agents": [
            one | {"teams": [{"id": x.id, "name": x.name} for x in gemeente.teams if x.id in one["teams"]]}
            for one in people(ours, await handover.load(gemeente.key))
        ],
        "level": {"within_minutes": within} | level(taken, waiting, now, within * 60),
    })


def _queue(
    gemeente: Gemeente, team: Team, waiting: Sequence[Queued], agents: Sequence[Presence], now: float
) -> dict[str, Any]:
    """Who waits for one team; `available`: agents who take its conversations."""
    since = [one.since for one in waiting if gemeente.team_of(one.team) == team]
    there = able(agents, team.id, now, float("inf"))  # whoever is away is left out already
    return {
        "team": {"id": team.id, "name": team.name}, "waiting": len(since),
        "longest_s": int(now - min(since)) if since else None, "available": len(there),
    }


def level(taken: Sequence[Figure], waiting: Sequence[Queued], now: float, seconds: float) -> dict[str, Any]:
    """Of the conversations that were taken: how many, how many within `seconds`, median and longest wait in seconds.

    `beyond`: how many still wait and already wait longer than that.
    """
    waits = [one.seconds for one in taken]
    return {
        "taken": len(waits), "within": sum(wait <= seconds for wait in waits),
        "median_s": round(median(waits)) if waits else None, "longest_s": round(max(waits)) if waits else None,
        "beyond": sum(now - one.since > seconds for one in waiting),
    }
