"""Which agent deals with which call-back, so that no citizen is called by two of them. A claim ends by itself."""

from collections.abc import Sequence

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.queue import Agent
from bot.conversation.redis import reaching, script


class TaskClaims:
    """Of one municipality; a claim lasts `seconds`. Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis, gemeente: str, seconds: int) -> None:
        self._client = client
        self._gemeente = gemeente
        self._seconds = seconds
        self._take = script(client, "task_take")
        self._leave = script(client, "task_leave")

    async def take(self, reference: str, agent: Agent) -> Agent:
        """The agent takes the task, or goes on with it. Returns who has it now: somebody else when they came first."""
        args: list[bytes | str | int] = [agent.id, events.dump({"id": agent.id, "name": agent.name}), self._seconds]
        with reaching("claim"):
            return _agent(await self._take(keys=[self._key(reference)], args=args))

    async def leave(self, reference: str, agent: Agent) -> None:
        """The agent lets it go; nothing happens when somebody else has it."""
        with reaching("claim"):
            await self._leave(keys=[self._key(reference)], args=[agent.id])

    async def holders(self, references: Sequence[str]) -> dict[str, Agent]:
        """Who has which of these tasks; those that nobody has are left out."""
        if not references:
            return {}
        with reaching("claim"):
            found = await self._client.mget([self._key(reference) for reference in references])
        return {reference: _agent(raw) for reference, raw in zip(references, found, strict=True) if raw}

    def _key(self, reference: str) -> str:
        return keys.task(self._gemeente, reference)


def _agent(raw: bytes) -> Agent:
    body = events.load(raw)
    return Agent(body["id"], body["name"])
