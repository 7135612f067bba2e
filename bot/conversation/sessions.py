"""Sessions of people at the desk. The browser holds a random id; the store holds only its hash."""

import secrets
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.handover import Agent
from bot.conversation.redis import reaching
from bot.conversation.store import digest

ID_CHARS = 43  # of secrets.token_urlsafe(32): 256 bits


@dataclass(frozen=True)
class Session:
    """Somebody who signed in. `csrf` is the token that every change must carry."""

    id: str
    agent: Agent
    gemeente: str
    csrf: str


class Sessions:
    """Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def create(self, agent: Agent, gemeente: str, ttl: int) -> str:
        """A new session that ends after `ttl` seconds. Returns its id: the only place where it exists in full."""
        session = secrets.token_urlsafe(32)
        body = {"agent": agent.id, "name": agent.name, "gemeente": gemeente, "csrf": secrets.token_urlsafe(32)}
        with reaching("session"):
            await self._client.set(_key(session), events.dump(body), ex=ttl)
        return session

    async def get(self, session: str) -> Session | None:
        """None when there is no such session: never was, signed out, or past its time."""
        if len(session) != ID_CHARS:
            return None
        with reaching("session"):
            raw = await self._client.get(_key(session))
        if raw is None:
            return None
        body = events.load(raw)
        return Session(session, Agent(body["agent"], body["name"]), body["gemeente"], body["csrf"])

    async def delete(self, session: str) -> None:
        with reaching("session"):
            await self._client.delete(_key(session))


def _key(session: str) -> str:
    return f"{keys.PREFIX}:session:{digest(session)}"
