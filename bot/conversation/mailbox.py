"""The brain's side: take the turns that wait, one at a time per conversation, and commit their answers.

A brain that stops giving signs of life loses its turns to another; what it commits late is refused by its lease.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.conversation import events, keys
from bot.conversation.events import Event
from bot.conversation.redis import StoreUnavailable, reaching, script
from bot.conversation.store import DAY
from bot.settings import Settings


@dataclass(frozen=True)
class Turn:
    """One turn to do. `event` is what to answer: a citizen's message, or the hand-over event that gave the bot its turn."""

    conv: str
    entry: str  # id in the stream of turns
    lease: int
    tries: int
    seq: int
    event: Event
    tracker: bytes
    owner: str
    gemeente: str
    channel: str
    locale: str
    caller: str
    about: str = ""  # topic of the page that the conversation began on

    @property
    def name(self) -> str:
        return f"t_{self.seq}"


@dataclass
class Answer:
    """What a turn leaves behind; committed whole or not at all."""

    events: list[Event] = field(default_factory=list)
    tracker: bytes = b""
    handover: Event | None = None  # not None: the conversation goes to the queue, with this for the agent
    hide: frozenset[int] = frozenset()  # numbers of messages that held personal data: their text is removed from the log
    pick: Event | None = None  # what the citizen chose from offered topics; see bot.conversation.picks


class Mailbox:
    """Turns for one brain. `name` tells brains apart; after a restart under the same name its old turns come back at once.

    `max_picks`, `max_picked`: choices kept per conversation, conversations with choices kept per municipality.
    """

    def __init__(
        self, client: Redis, blocking_client: Redis, name: str, lease_seconds: float, *,
        max_picks: int = Settings.max_picks, max_picked: int = Settings.max_picked,
    ) -> None:
        self._client = client
        self._blocking = blocking_client
        self._name = name
        self._lease_ms = int(lease_seconds * 1000)
        self._max_picks = max_picks
        self._max_picked = max_picked
        self._take = script(client, "take")
        self._commit = script(client, "commit")

    async def prepare(self) -> None:
        """Make the consumer group where it does not exist yet."""
        try:
            await self._client.xgroup_create(keys.TURNS, keys.GROUP, id="0", mkstream=True)
        except ResponseError as exc:
            if "BUSYGROUP" not in str(exc):
                raise StoreUnavailable(str(exc)) from exc
        except RedisError as exc:
            raise StoreUnavailable("prepare") from exc

    async def wait(self, count: int, seconds: float) -> list[tuple[str, str]]:
        """New conversations with something to do, as (entry, conversation); empty after `seconds` without any."""
        try:
            found = await self._blocking.xreadgroup(
                keys.GROUP, self._name, {keys.TURNS: ">"}, count=count, block=max(int(seconds * 1000), 1)
            )
        except RedisError as exc:
            if "NOGROUP" in str(exc):
                await self.prepare()
                return []
            raise StoreUnavailable("wait") from exc
        return [_entry(item) for _, items in found for item in items]

    async def own(self) -> list[tuple[str, str]]:
        """What a brain of this name had under way when it stopped."""
        with reaching("own"):
            found = await self._client.xreadgroup(keys.GROUP, self._name, {keys.TURNS: "0"}, count=1000)
        return [_entry(item) for _, items in found for item in items if item[1]]

    async def abandoned(self, count: int) -> list[tuple[str, str]]:
        """Take over conversations whose brain gave no sign of life for the length of a lease."""
        with reaching("abandoned"):
            result = await self._client.xautoclaim(keys.TURNS, keys.GROUP, self._name, self._lease_ms, "0-0", count=count)
        return [_entry(item) for item in result[1] if item[1]]

    async def keep(self, entries: Sequence[str]) -> None:
        """A sign of life for the turns under way; only for those that are still this brain's."""
        with reaching("keep"):
            mine = await self._client.xpending_range(
                keys.TURNS, keys.GROUP, "-", "+", max(len(entries) * 4, 16), consumername=self._name
            )
            held = {item["message_id"].decode() for item in mine} & set(entries)
            if held:
                await self._client.xclaim(keys.TURNS, keys.GROUP, self._name, 0, sorted(held), justid=True)

    async def alive(self) -> None:
        """The sign of life that /ready looks at, by the clock of Redis."""
        with reaching("alive"):
            seconds, micros = await self._client.time()
            await self._client.zadd(keys.BRAINS, {self._name: seconds + micros / 1e6})
            await self._client.zremrangebyscore(keys.BRAINS, "-inf", seconds - 3600)

    async def take(self, entry: str, conv: str) -> Turn | None:
        """The first turn that waits in `conv`, under a fresh lease; None when there is none."""
        names = [keys.meta(conv), keys.log(conv), keys.inbox(conv), keys.tracker(conv), keys.TURNS]
        with reaching("take"):
            raw = await self._take(keys=names, args=[keys.GROUP, entry])
        if not raw:
            return None
        lease, tries, seq, body, tracker, owner, gemeente, channel, locale, caller, about = raw
        return Turn(
            conv, entry, int(lease), int(tries), int(seq), events.load(body), tracker, owner.decode(),
            gemeente.decode(), channel.decode(), locale.decode(), caller.decode(), about.decode(),
        )

    async def commit(self, turn: Turn, answer: Answer, retention_days: int) -> bool:
        """End the turn. False when another brain has it by now or the conversation was erased: then nothing was changed."""
        with reaching("commit"):
            hidden = {seq: body for seq in answer.hide if (body := await self._event(turn, seq))}
        redactions = [{"type": "redact", "target": f"m_{seq}"} for seq in sorted(hidden)]
        bodies = [*answer.events, *redactions, events.turn_done(turn.name)]
        question = max((i for i, body in enumerate(bodies, start=1) if events.asks(body)), default=0)
        once = next((i for i, body in enumerate(bodies, start=1) if body["type"] == "rating_request"), 0)
        args: list[bytes | str | int] = [
            turn.conv, keys.GROUP, turn.entry, turn.lease, turn.seq, retention_days * DAY, answer.tracker,
            "queue" if answer.handover is not None else "",
            events.dump(answer.handover) if answer.handover is not None else "",
            question, events.dump(answer.pick) if answer.pick else "", self._max_picks, self._max_picked,
            once, len(bodies), *(events.dump(body) for body in bodies),
        ]
        for seq, body in hidden.items():
            args += [seq, events.dump(events.redacted(body))]
        names = [
            keys.meta(turn.conv), keys.log(turn.conv), keys.inbox(turn.conv), keys.tracker(turn.conv), keys.TURNS, keys.FEED,
            keys.cids(turn.conv), keys.waiting(turn.gemeente), keys.closed(turn.gemeente), keys.picks(turn.conv),
            keys.picked(turn.gemeente),
        ]
        with reaching("commit"):
            return bool(await self._commit(keys=names, args=args))

    async def _event(self, turn: Turn, seq: int) -> Event | None:
        raw = await self._client.lindex(keys.log(turn.conv), seq - 1)  # type: ignore[misc]
        return events.load(raw) if raw else None

    async def bury(self, turn: Turn, reason: str) -> None:
        """Note a turn that was set aside, without its content, for the people who run the service."""
        with reaching("bury"):
            note = {"c": turn.conv, "seq": turn.seq, "reason": reason}
            await self._client.xadd(keys.DEAD, note, maxlen=1000, approximate=True)  # type: ignore[arg-type]


def _entry(item: tuple[bytes, dict[bytes, bytes]]) -> tuple[str, str]:
    return item[0].decode(), item[1][b"c"].decode()
