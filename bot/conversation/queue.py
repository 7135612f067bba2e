"""How long somebody waits for an agent: who can take a conversation, and what the last ones took."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SAMPLES = 20  # conversations whose length counts
ASSUMED = 5  # how many of the assumed length count beside them, so that one odd conversation says little
SOON_SECONDS = 30  # with an agent who has a place left: the time to see it and take it


@dataclass(frozen=True)
class Agent:
    """A person at the desk. `name` is what the citizen sees."""

    id: str
    name: str


@dataclass(frozen=True)
class Presence:
    """Whether an agent takes conversations: `status` is available, busy or break; `seen` is when the browser last said so.

    `seen` is in seconds by the clock of Redis. `limit`: how many conversations at once; `teams`: whose, none for all.
    """

    agent: Agent
    status: str
    seen: float
    limit: int = 1
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class Queued:
    """Somebody who waits. `since`: when they entered the queue, seconds since 1970 by the clock of Redis."""

    conv: str
    since: float
    team: str
    priority: bool


@dataclass(frozen=True)
class Outlook:
    """What a queue of one team looks like: who waits, how many agents take conversations, and their free places.

    `length`: seconds that a conversation takes; `places`: conversations that the agents can have at once.
    """

    waiting: int
    available: int
    places: int
    free: int
    length: float

    def wait_seconds(self, position: int) -> int | None:
        """Expected wait at this position, counted from 1; None when nobody takes conversations, so that nobody knows.

        Each place is free again after the length of a conversation, so that many seconds are shared by all places.
        """
        if not self.available:
            return None
        behind = position - self.free
        return SOON_SECONDS if behind <= 0 else math.ceil(behind * self.length / max(self.places, 1))


def able(agents: Iterable[Presence], team: str, now: float, gone_seconds: float) -> list[Presence]:
    """Agents who are there and take conversations of this team ("": of any)."""
    return [
        one for one in agents
        if one.status == "available" and now - one.seen < gone_seconds and (not team or not one.teams or team in one.teams)
    ]


def outlook(waiting: int, agents: Sequence[Presence], load: Mapping[str, int], taken: Sequence[float], assumed: float) -> Outlook:
    """`agents`: those who are able; `load`: conversations that each has; `taken`: lengths of the last ones, seconds."""
    places = sum(max(one.limit, 1) for one in agents)
    free = sum(max(max(one.limit, 1) - load.get(one.agent.id, 0), 0) for one in agents)
    length = (sum(taken) + ASSUMED * assumed) / (len(taken) + ASSUMED)
    return Outlook(waiting, len(agents), places, free, length)
