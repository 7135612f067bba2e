"""Who waits, who has what, and which agents are there: what `handover` changes, to read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.conversation import events, keys, queue
from bot.conversation.events import Event
from bot.conversation.queue import Agent, Outlook, Presence, Queued
from bot.conversation.redis import reaching

FIGURES = 1000  # waits and lengths of conversations kept per municipality


@dataclass(frozen=True)
class Figure:
    """Something that was measured: when (seconds since 1970), how long (seconds), and of which team."""

    at: float
    seconds: float
    team: str = ""


class Roster:
    """Every method raises StoreUnavailable when Redis does not answer in time.

    `assumed_seconds`: length of a conversation, as long as few were measured.
    """

    def __init__(self, client: Redis, assumed_seconds: float) -> None:
        self._client = client
        self._assumed_seconds = assumed_seconds

    async def queue(self, gemeente: str) -> list[Queued]:
        """Everybody who waits, in order of turn: first who has priority, then who waits longest."""
        order = [conv for conv, _ in await self.waiting(gemeente)]
        with reaching("queue"):
            async with self._client.pipeline(transaction=False) as pipe:
                for conv in order:
                    pipe.hmget(keys.meta(conv), ["owner", "queued_at", "team", "priority"])
                found = await pipe.execute()
        return [
            Queued(conv, float(since or 0), (team or b"").decode(), priority == b"1")
            for conv, (owner, since, team, priority) in zip(order, found, strict=True) if owner == b"queue"
        ]

    async def outlook(self, gemeente: str, team: str, gone_seconds: float) -> Outlook:
        """What somebody who joins the queue of this team may expect. `gone_seconds`: silence after which an agent isn't there."""
        return (await self.outlooks(gemeente, [team], await self.queue(gemeente), gone_seconds))[team]

    async def outlooks(
        self, gemeente: str, teams: Iterable[str], queued: Sequence[Queued], gone_seconds: float
    ) -> dict[str, Outlook]:
        """The same for several teams. `queued`: who waits, as `queue` says."""
        now, agents, load = await self.now(), await self.agents(gemeente), await self.load(gemeente)
        lengths = [figure.seconds for figure in await self.handled(gemeente, queue.SAMPLES)]
        return {
            team: queue.outlook(
                sum(one.team == team for one in queued), queue.able(agents, team, now, gone_seconds), load, lengths,
                self._assumed_seconds,
            )
            for team in teams
        }

    async def holders(self, gemeente: str) -> dict[str, str]:
        """Which agent has which conversation."""
        with reaching("queue"):
            found = await self._client.hgetall(keys.assigned(gemeente))  # type: ignore[misc]
        return {conv.decode(): agent.decode() for conv, agent in found.items()}

    async def load(self, gemeente: str) -> dict[str, int]:
        """How many conversations each agent has."""
        return Counter((await self.holders(gemeente)).values())

    async def handled(self, gemeente: str, most: int = FIGURES) -> list[Figure]:
        """How long agents had the last conversations, newest first."""
        return await self._figures(keys.handled(gemeente), most)

    async def waits(self, gemeente: str, most: int = FIGURES) -> list[Figure]:
        """How long citizens waited before the last claims, newest first."""
        return await self._figures(keys.waits(gemeente), most)

    async def _figures(self, key: str, most: int) -> list[Figure]:
        with reaching("figures"):
            found = await self._client.lrange(key, 0, most - 1)  # type: ignore[misc]
        parts = [raw.decode().split(" ", 2) for raw in found]
        return [Figure(float(at), float(seconds), *team) for at, seconds, *team in parts]

    async def waiting(self, gemeente: str) -> list[tuple[str, int]]:
        """(conversation, place as a number that only orders), in order of turn."""
        return await self._members(keys.waiting(gemeente))

    async def active(self, gemeente: str) -> list[tuple[str, int]]:
        return await self._members(keys.active(gemeente))

    async def closed(self, gemeente: str, limit: int = 50) -> list[tuple[str, int]]:
        """The last closed ones, newest first."""
        with reaching("queue"):
            found = await self._client.zrevrange(keys.closed(gemeente), 0, limit - 1, withscores=True)
        return [(conv.decode(), int(score)) for conv, score in found]

    async def was_closed(self, gemeente: str, conv: str, limit: int) -> bool:
        """Whether it is one of the last closed ones."""
        with reaching("queue"):
            rank = await self._client.zrevrank(keys.closed(gemeente), conv)
        return rank is not None and rank < limit

    async def _members(self, key: str) -> list[tuple[str, int]]:
        with reaching("queue"):
            found = await self._client.zrange(key, 0, -1, withscores=True)
        return [(conv.decode(), int(score)) for conv, score in found]

    async def forget(self, gemeente: str, conv: str) -> None:
        """Drop a conversation that no longer exists from the lists."""
        with reaching("queue"):
            async with self._client.pipeline(transaction=True) as pipe:
                for group in (keys.waiting, keys.active, keys.closed):
                    pipe.zrem(group(gemeente), conv)
                pipe.hdel(keys.assigned(gemeente), conv)
                pipe.zrem(keys.PENDING, conv)
                await pipe.execute()

    async def now(self) -> float:
        """The clock of Redis: the one all waiting times are measured with."""
        with reaching("time"):
            seconds, micros = await self._client.time()
        return float(seconds) + float(micros) / 1e6

    async def present(
        self, gemeente: str, agent: Agent, status: str, limit: int = 1, teams: Sequence[str] = ()
    ) -> float:
        """The agent's browser says it is there, with this status, number of conversations at once, and teams (none: all).

        Returns when that was, by the clock of Redis.
        """
        seen = await self.now()
        body = {"name": agent.name, "status": status, "seen": seen, "limit": limit, "teams": list(teams)}
        with reaching("presence"):
            await self._client.hset(keys.presence(gemeente), agent.id, events.dump(body))  # type: ignore[misc, arg-type]
        return seen

    async def absent(self, gemeente: str, agent_id: str) -> None:
        with reaching("presence"):
            await self._client.hdel(keys.presence(gemeente), agent_id)  # type: ignore[misc]

    async def agents(self, gemeente: str) -> list[Presence]:
        with reaching("presence"):
            found = await self._client.hgetall(keys.presence(gemeente))  # type: ignore[misc]
        return [_presence(key.decode(), events.load(value)) for key, value in found.items()]


def _presence(agent: str, data: Event) -> Presence:
    teams = tuple(data.get("teams", ()))
    return Presence(Agent(agent, data["name"]), data["status"], data["seen"], data.get("limit", 1), teams)
