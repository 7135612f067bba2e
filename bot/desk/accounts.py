"""Local accounts for demonstrations: passwords from gemeente.yml, kept only as argon2id hashes. Empty in production."""

import asyncio
from collections.abc import Mapping

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from bot.conversation.queue import Agent
from bot.conversation.sessions import Person
from bot.gemeenten import Gemeente

MAX_PASSWORD = 200  # characters; longer ones are wrong without being tried

# OWASP's advice for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Accounts:
    """Who may sign in at which municipality. Call `prepare()` once before use."""

    def __init__(self, gemeenten: Mapping[str, Gemeente], production: bool) -> None:
        found = {(key, agent.id): agent for key, gemeente in gemeenten.items() for agent in gemeente.desk.demo_agents}
        self._plain = {} if production else found
        self._hashes: dict[tuple[str, str], tuple[Person, str]] = {}
        self._nobody = ""
        self._busy = asyncio.Semaphore(2)  # hashing costs memory and a core; a flood of attempts waits here

    async def prepare(self) -> None:
        """Hash the passwords and forget them."""
        for key, account in self._plain.items():
            person = Person(Agent(account.id, account.name), key[0], account.roles, account.teams)
            self._hashes[key] = person, await asyncio.to_thread(_HASHER.hash, account.password)
        self._nobody = await asyncio.to_thread(_HASHER.hash, "nobody has this account")
        self._plain = {}

    def __bool__(self) -> bool:
        return bool(self._hashes or self._plain)

    def exists(self, gemeente: str, agent_id: str) -> bool:
        return (gemeente, agent_id) in self._hashes

    async def verify(self, gemeente: str, user: str, password: str) -> Person | None:
        """Who it is, or None. An unknown user costs as much time as a wrong password."""
        person, expected = self._hashes.get((gemeente, user), (None, self._nobody))
        async with self._busy:
            right = await asyncio.to_thread(_matches, expected, password)
        return person if right else None


def _matches(expected: str, password: str) -> bool:
    if len(password) > MAX_PASSWORD:
        return False
    try:
        return _HASHER.verify(expected, password)
    except Argon2Error:
        return False
