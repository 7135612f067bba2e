"""Who has the conversation: the bot, the queue or an agent. One field, changed here and at the end of a turn, nowhere else."""

from collections.abc import Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.devices import NEWS
from bot.conversation.events import Event
from bot.conversation.queue import Agent
from bot.conversation.redis import reaching, script
from bot.conversation.roster import FIGURES, Roster
from bot.conversation.store import DAY, Conversation, UnknownConversation


class Refused(Exception):
    """Somebody else has the conversation by now, or what was postponed is off. `owner` and `agent_name` say who has it."""

    def __init__(self, owner: str, agent_name: str) -> None:
        super().__init__(f"owned by {owner}")
        self.owner = owner
        self.agent_name = agent_name


class Full(Exception):
    """The agent has as many conversations as they may have at once."""


class Handover(Roster):
    """Every change of who has a conversation. Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis, assumed_seconds: float = 300.0) -> None:
        super().__init__(client, assumed_seconds)
        self._change = script(client, "change")
        self._postpone = script(client, "postpone")

    async def _apply(self, conversation: Conversation, bodies: Sequence[Event], **how: str) -> int:
        """`how`: see scripts/change.lua."""
        conv, gemeente = conversation.id, conversation.gemeente
        names = [
            keys.meta(conv), keys.log(conv), keys.inbox(conv), keys.TURNS, keys.FEED, keys.cids(conv), keys.waiting(gemeente),
            keys.active(gemeente), keys.closed(gemeente), keys.tracker(conv), keys.assigned(gemeente), keys.PENDING,
            keys.handled(gemeente), keys.waits(gemeente), keys.devices(conv), *keys.push(NEWS)[:3],
        ]
        options = dict.fromkeys(
            ("owner", "agent", "pending", "to", "to_agent", "to_name", "team", "most", "cid", "turn", "on"), ""
        )
        asks = [i for i, body in enumerate(bodies, start=1) if body["type"] == "message" and events.asks(body)]
        options["asks"] = str(asks[-1]) if asks else ""  # a notice that offers something makes no other question expire
        options |= {"ttl": str(conversation.retention_days * DAY), "kept": str(FIGURES)} | how
        args: list[bytes | str] = [conv, msgspec.json.encode(options), *(events.dump(body) for body in bodies)]
        with reaching("change"):
            outcome, seq, owner, _, name = await self._change(keys=names, args=args)
        if outcome == b"gone":
            raise UnknownConversation(conv)
        if outcome == b"refused":
            raise Refused(owner.decode(), name.decode())
        if outcome == b"full":
            raise Full(conv)
        return int(seq)

    # What an agent does.

    async def claim(self, conversation: Conversation, agent: Agent, most: int = 0) -> None:
        """The agent takes a waiting conversation. Raises Refused for all but the first; claiming one's own again is fine.

        `most`: conversations that the agent may have at once, 0 for any number. Raises Full.
        """
        if conversation.owner == "agent" and conversation.agent == agent.id:
            return
        event = events.handover("assigned", agent={"name": agent.name})
        await self._apply(conversation, [event], owner="queue", **_to(agent), most=str(most) if most else "")

    async def say(self, conversation: Conversation, agent: Agent, text: str, cid: str, **extra: Any) -> int:
        """The agent says something, once per `cid`. Raises Refused when the agent no longer has the conversation.

        `extra`: parts and private fields of the message. Whoever speaks goes on: a postponed act is off.
        """
        body = events.message("agent", text, name=agent.name, cid=cid, **extra)
        return await self._apply(conversation, [body], owner="agent", agent=agent.id, cid=f"agent:{cid}", on="1")

    async def note(self, conversation: Conversation, agent: Agent, text: str, cid: str) -> int:
        """For colleagues only, once per `cid`, whoever has the conversation."""
        return await self._apply(conversation, _noted(agent, text), cid=f"note:{cid}")

    async def close(
        self, conversation: Conversation, agent: Agent, outcome: str, note: str = "", agreed: str = "", *, postponed: str = ""
    ) -> None:
        """The agent is done; the bot gets the conversation back and a turn to say so.

        `note` is for colleagues only; `agreed` is what the bot greets the citizen with. `postponed`: the act as it was kept.
        """
        event = events.handover("closed", agent={"name": agent.name}, outcome=outcome, _agent=agent.id)
        event |= {"agreed": agreed} if agreed else {}
        bodies = [*_noted(agent, note), event]
        await self._apply(conversation, bodies, owner="agent", agent=agent.id, to="bot", turn="1", pending=postponed)

    async def to_team(
        self, conversation: Conversation, by: Agent, team: str, name: str, note: str = "", *, force: bool = False,
        postponed: str = "",
    ) -> None:
        """To the queue of another team, in the place of who waits as long. `force`: also what waits, or a colleague has."""
        event = events.handover("transferred", agent=None, team=name)
        holder = {"owner": conversation.owner} if force else {"owner": "agent", "agent": by.id}
        _not_the_bots(conversation)
        await self._apply(conversation, [*_noted(by, note), event], **holder, to="queue", team=team, pending=postponed)

    async def to_agent(
        self, conversation: Conversation, by: Agent, to: Agent, note: str = "", *, force: bool = False, postponed: str = ""
    ) -> None:
        """To a colleague. `force`: also what waits, or another colleague has."""
        event = events.handover("transferred", agent={"name": to.name}, team=None)
        holder = {"owner": conversation.owner} if force else {"owner": "agent", "agent": by.id}
        _not_the_bots(conversation)
        await self._apply(conversation, [*_noted(by, note), event], **holder, **_to(to), pending=postponed)

    async def postpone(self, conversation: Conversation, agent: Agent, act: Event, seconds: float) -> float:
        """Keep what the agent decided until its time (returned: seconds since 1970); a newer one replaces it. Raises Refused."""
        return float(await self._later(conversation, agent, events.dump(act | {"by": agent.name}), seconds))

    async def undo(self, conversation: Conversation, agent: Agent) -> Event:
        """The act that was postponed, and isn't done any more; empty when there was none. Raises Refused."""
        raw = await self._later(conversation, agent, b"", 0)
        return events.load(raw) if raw else {}

    async def _later(self, conversation: Conversation, agent: Agent, act: bytes, seconds: float) -> str:
        names = [keys.meta(conversation.id), keys.PENDING, keys.FEED]
        with reaching("postpone"):
            outcome, result, owner, name = await self._postpone(keys=names, args=[conversation.id, agent.id, act, seconds])
        if outcome == b"gone":
            raise UnknownConversation(conversation.id)
        if outcome == b"refused":
            raise Refused(owner.decode(), name.decode())
        return str(result.decode())

    async def due(self) -> list[str]:
        """Conversations with a postponed act whose time has come."""
        now = await self.now()
        with reaching("due"):
            found = await self._client.zrangebyscore(keys.PENDING, "-inf", now, start=0, num=100)
        return [conv.decode() for conv in found]

    async def not_due(self, conv: str) -> None:
        """The conversation is past its time, and what was postponed in it with it."""
        with reaching("due"):
            await self._client.zrem(keys.PENDING, conv)

    # What happens without an agent.

    async def back_to_queue(self, conversation: Conversation, agent_id: str) -> None:
        """The agent is gone: the conversation returns to the head of the queue (it keeps the time it first entered)."""
        event = events.handover("queued", reason="agent_gone")
        await self._apply(conversation, [event], owner="agent", agent=agent_id, to="queue")

    async def leave_queue(self, conversation: Conversation) -> None:
        """The citizen no longer wants to wait; the bot gets a turn to say so. Who chooses another way: `Store.receive`."""
        event = events.handover("returned", outcome="withdrawn")
        await self._apply(conversation, [event], owner="queue", to="bot", turn="1")

    async def tell(self, conversation: Conversation, body: Event, owner: str = "", cid: str = "") -> int:
        """Append an event while `owner` has the conversation ("": whoever has it), once per `cid`. Returns its number.

        Raises Refused when somebody else has the conversation.
        """
        return await self._apply(conversation, [body], owner=owner, cid=cid)


def _to(agent: Agent) -> dict[str, str]:
    return {"to": "agent", "to_agent": agent.id, "to_name": agent.name}


def _noted(agent: Agent, text: str) -> list[Event]:
    return [{"type": "note", "at": events.now(), "_agent": agent.id, "_name": agent.name, "_text": text}] if text else []


def _not_the_bots(conversation: Conversation) -> None:
    """Nobody takes a conversation from the bot without the citizen asking."""
    if conversation.owner == "bot":
        raise Refused("bot", "")
