"""Who has the conversation: the bot, the queue or an agent. One field, changed here and at the end of a turn, nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.events import Event
from bot.conversation.redis import reaching, script
from bot.conversation.store import DAY, Conversation, UnknownConversation


class Refused(Exception):
    """Somebody else has the conversation by now. `owner` and `agent_name` say who."""

    def __init__(self, owner: str, agent_name: str) -> None:
        super().__init__(f"owned by {owner}")
        self.owner = owner
        self.agent_name = agent_name


@dataclass(frozen=True)
class Agent:
    """A person at the desk. `name` is what the citizen sees."""

    id: str
    name: str


@dataclass(frozen=True)
class Presence:
    """Whether an agent takes conversations: `status` is available, busy or break; `seen` is when the browser last said so.

    `seen` is in seconds by the clock of Redis.
    """

    agent: Agent
    status: str
    seen: float


class Handover:
    """Queue, claims and presence. Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._change = script(client, "change")

    async def _apply(self, conversation: Conversation, bodies: Sequence[Event], **how: Any) -> int:
        conv, gemeente = conversation.id, conversation.gemeente
        names = [
            keys.meta(conv), keys.log(conv), keys.inbox(conv), keys.TURNS, keys.FEED, keys.cids(conv),
            keys.waiting(gemeente), keys.active(gemeente), keys.closed(gemeente), keys.tracker(conv),
        ]
        args = [
            conv, how.get("owner", ""), how.get("agent", ""), how.get("to", ""), how.get("to_agent", ""),
            how.get("to_name", ""), how.get("cid", ""), conversation.retention_days * DAY, "1" if how.get("turn") else "0",
            how.get("score", ""), *(events.dump(body) for body in bodies),
        ]
        with reaching("change"):
            outcome, seq, owner, _, name = await self._change(keys=names, args=args)
        if outcome == b"gone":
            raise UnknownConversation(conv)
        if outcome == b"refused":
            raise Refused(owner.decode(), name.decode())
        return int(seq)

    async def claim(self, conversation: Conversation, agent: Agent) -> None:
        """The agent takes a waiting conversation. Raises Refused for all but the first; claiming one's own again is fine."""
        if conversation.owner == "agent" and conversation.agent == agent.id:
            return
        event = events.handover("assigned", agent={"name": agent.name})
        await self._apply(conversation, [event], owner="queue", to="agent", to_agent=agent.id, to_name=agent.name)

    async def say(self, conversation: Conversation, agent: Agent, text: str, cid: str) -> int:
        """The agent says something, once per `cid`. Raises Refused when the agent no longer has the conversation."""
        body = events.message("agent", text, name=agent.name, cid=cid)
        return await self._apply(conversation, [body], owner="agent", agent=agent.id, cid=f"agent:{cid}")

    async def close(self, conversation: Conversation, agent: Agent, outcome: str, note: str = "") -> None:
        """The agent is done; the bot gets the conversation back and a turn to say so. `note` is for colleagues only."""
        noted = [{"type": "note", "at": events.now(), "_agent": agent.id, "_name": agent.name, "_text": note}] if note else []
        event = events.handover("closed", agent={"name": agent.name}, outcome=outcome)
        await self._apply(conversation, [*noted, event], owner="agent", agent=agent.id, to="bot", turn=True)

    async def back_to_queue(self, conversation: Conversation, agent_id: str) -> None:
        """The agent is gone: the conversation returns to the head of the queue (it keeps the time it first entered)."""
        event = events.handover("queued", reason="agent_gone")
        await self._apply(
            conversation, [event], owner="agent", agent=agent_id, to="queue", score=conversation.queued_at or 1
        )

    async def leave_queue(self, conversation: Conversation) -> None:
        """The citizen no longer wants to wait."""
        await self._apply(conversation, [events.handover("returned", outcome="withdrawn")], owner="queue", to="bot", turn=True)

    async def tell(self, conversation: Conversation, body: Event, owner: str = "", cid: str = "") -> int:
        """Append an event while `owner` has the conversation ("": whoever has it), once per `cid`. Returns its number.

        Raises Refused when somebody else has the conversation.
        """
        return await self._apply(conversation, [body], owner=owner, cid=cid)

    async def waiting(self, gemeente: str) -> list[tuple[str, int]]:
        """(conversation, second it entered the queue), longest wait first."""
        return await self._members(keys.waiting(gemeente))

    async def active(self, gemeente: str) -> list[tuple[str, int]]:
        return await self._members(keys.active(gemeente))

    async def closed(self, gemeente: str, limit: int = 50) -> list[tuple[str, int]]:
        """The last closed ones, newest first."""
        return (await self._members(keys.closed(gemeente)))[::-1][:limit]

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
                await pipe.execute()

    async def now(self) -> float:
        """The clock of Redis: the one all waiting times are measured with."""
        with reaching("time"):
            seconds, micros = await self._client.time()
        return float(seconds) + float(micros) / 1e6

    async def present(self, gemeente: str, agent: Agent, status: str) -> None:
        """The agent's browser says it is there, with this status."""
        body = events.dump({"name": agent.name, "status": status, "seen": await self.now()})
        with reaching("presence"):
            await self._client.hset(keys.presence(gemeente), agent.id, body)  # type: ignore[misc, arg-type]

    async def absent(self, gemeente: str, agent_id: str) -> None:
        with reaching("presence"):
            await self._client.hdel(keys.presence(gemeente), agent_id)  # type: ignore[misc]

    async def agents(self, gemeente: str) -> list[Presence]:
        with reaching("presence"):
            found = await self._client.hgetall(keys.presence(gemeente))  # type: ignore[misc]
        return [
            Presence(Agent(key.decode(), data["name"]), data["status"], data["seen"])
            for key, value in found.items()
            for data in [events.load(value)]
        ]

    async def available(self, gemeente: str, gone_seconds: float) -> int:
        """How many agents are there and take conversations."""
        now = await self.now()
        return sum(a.status == "available" and now - a.seen < gone_seconds for a in await self.agents(gemeente))
