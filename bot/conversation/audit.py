"""The audit log: who looked at or did what, and when. Never what was said, so it outlives the conversations that it names.

One stream per municipality, in Redis like all the rest: an entry that can't be written makes the act fail.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.queue import Agent
from bot.conversation.redis import reaching, script

BATCH = 500  # entries read at once when searching
MOST_CHARS = 100  # of one value: codes, names of conversations and references are shorter


class Details(TypedDict, total=False):
    """What an entry may tell besides who, what and which conversation. Codes and numbers only, nothing that anybody typed."""

    reason: str
    seq: int
    outcome: str
    status: str
    team: str
    to: str  # the agent who gets it
    reference: str  # of a task or an appointment
    count: int


@dataclass(frozen=True)
class Entry:
    """`id`: its place in the log. `at`: milliseconds since 1970 by the clock of Redis. `conv`: empty for an act on none."""

    id: str
    at: int
    agent: Agent
    action: str
    conv: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """Which entries. `since` and `until`: milliseconds since 1970, the second one excluded."""

    fits: Callable[[Entry], bool] = lambda _: True
    since: int = 0
    until: int | None = None


class AuditLog:
    """Every method raises StoreUnavailable when Redis does not answer in time.

    Entries go after `days`, and the oldest when there are more than about `most`.
    """

    def __init__(self, client: Redis, *, days: int, most: int) -> None:
        self._client = client
        self._keep_ms = days * 86_400_000
        self._most = most
        self._write = script(client, "audit")

    async def write(self, gemeente: str, agent: Agent, conv: str, action: str, details: Mapping[str, object]) -> None:
        """Add an entry. Details that are not in Details are left out."""
        known = {name: _short(value) for name, value in details.items() if name in Details.__annotations__}
        body: dict[str, object] = {"agent": agent.id, "name": agent.name, "action": action, "conv": conv[:MOST_CHARS]}
        args: list[bytes | int] = [events.dump(body | known), self._keep_ms, self._most]
        with reaching("audit"):
            await self._write(keys=[keys.audit(gemeente)], args=args)

    async def read(self, gemeente: str, wanted: Wanted, *, before: str = "", count: int, most: int) -> tuple[list[Entry], str]:
        """At most `count` entries, newest first, and where to go on: the `before` of the next page, empty at the end.

        No more than `most` entries are looked at: a page may have fewer than `count`, also none, and still not be the last.
        """
        found: list[Entry] = []
        with reaching("audit"):
            oldest = max(wanted.since, await self._oldest())
            end = f"({before}" if before else f"({wanted.until}-0" if wanted.until is not None else "+"
            for _ in range(max(1, most // BATCH)):
                batch = await self._client.xrevrange(keys.audit(gemeente), max=end, min=f"{oldest}-0", count=BATCH)
                for entry in _entries(batch):
                    if wanted.fits(entry):
                        found.append(entry)
                    if len(found) == count:
                        return found, entry.id
                if len(batch) < BATCH:
                    return found, ""
                end = f"({batch[-1][0].decode()}"
        return found, end[1:]

    async def _oldest(self) -> int:
        """When an entry that goes now was made."""
        seconds, micros = await self._client.time()
        return int(seconds) * 1000 + int(micros) // 1000 - self._keep_ms


def _entries(batch: list[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[Entry]:
    for raw_id, fields in batch:
        id, body = raw_id.decode(), events.load(fields[b"entry"])
        agent = Agent(body.pop("agent"), body.pop("name"))
        yield Entry(id, int(id.partition("-")[0]), agent, body.pop("action"), body.pop("conv"), body)


def _short(value: object) -> object:
    return value[:MOST_CHARS] if isinstance(value, str) else value
