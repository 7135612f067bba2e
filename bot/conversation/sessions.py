"""Sessions of people at the desk. The browser holds a random id; the store holds only its hash."""

import secrets
from dataclasses import dataclass, field
from typing import Literal

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.queue import Agent
from bot.conversation.redis import reaching
from bot.conversation.tokens import digest

ID_CHARS = 43  # of secrets.token_urlsafe(32): 256 bits


@dataclass(frozen=True)
class Person:
    """Who signs in. `teams`: empty for all. `via`: `account`, an account of the demonstration, or `work`, the provider of the
    municipality. `id_token`: what that provider said, to sign out there too; empty when it isn't needed.
    """

    agent: Agent
    gemeente: str
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    via: Literal["account", "work"] = "account"
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Session(Person):
    """Somebody who signed in. `csrf` is the token that every change must carry. Roles and teams are those of the signing in."""

    id: str = field(default="", repr=False)
    csrf: str = field(default="", repr=False)


class Sessions:
    """Every method raises StoreUnavailable when Redis does not answer in time."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def create(self, who: Person, ttl: int) -> str:
        """A new session that ends after `ttl` seconds. Returns its id: the only place where it exists in full."""
        session = secrets.token_urlsafe(32)
        body = {
            "agent": who.agent.id, "name": who.agent.name, "gemeente": who.gemeente, "roles": who.roles, "teams": who.teams,
            "via": who.via, "id_token": who.id_token, "csrf": secrets.token_urlsafe(32),
        }
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
        if "roles" not in body:  # made before there were roles: sign in again
            return None
        return Session(
            Agent(body["agent"], body["name"]), body["gemeente"], tuple(body["roles"]), tuple(body["teams"]), body["via"],
            body["id_token"], session, body["csrf"],
        )

    async def delete(self, session: str) -> None:
        with reaching("session"):
            await self._client.delete(_key(session))


def _key(session: str) -> str:
    return keys.session(digest(session))
