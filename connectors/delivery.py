"""From the log to the chats: one task per chat that has something new, its messages in order, chats side by side.

An event counts as delivered when the channel confirmed its message, and only then the chat's position moves on. After a restart
delivery goes on from there. At least once, then: a process that dies between the two, or a line that breaks after the channel
took the message, makes it arrive twice.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

import structlog

from bot.conversation.channels import Channels, Place, Taken
from bot.conversation.events import Event
from bot.conversation.feed import ANY, Feed
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import DAY, UnknownConversation
from bot.logs import where
from bot.tasks import end
from bot.wiring import Services
from connectors.aside import Aside
from connectors.voice import Again, Door, NotSaid, Out, Unreachable, Voice

log = structlog.get_logger()

BATCH = 100


@dataclass
class Pace:
    """Seconds. `claim`: silence after which another process delivers; `standby`: pause of a process that waits to take over;
    `typing`: how long a channel shows "typing…"; `retry` to `retry_most`: pauses after a failure; `end`: time to finish.
    """

    claim: float = 15.0
    standby: float = 2.0
    typing: float = 4.5
    retry: float = 1.0
    retry_most: float = 30.0
    end: float = 5.0


@dataclass
class Chat:
    """A conversation that this process is delivering. `erased`: what was read of it may no longer be said."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    claimed: bool = False
    erased: bool = False
    task: asyncio.Task[None] | None = None


class Delivery(Generic[Out]):
    """Run `run()` as a task; `wake` says that a conversation has something new before the feed does.

    `channels`: the chats of this door; `aside`: for what nobody waits for. `connectors.intake` uses both.
    """

    def __init__(self, voice: Voice[Out], door: Door, services: Services, feed: Feed, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self.voice = voice
        self.channels = Channels(services.redis, door.name, claim_seconds=self._pace.claim)
        self.aside = Aside(door.channel)
        self._door = door
        self._can = door.can
        if self._can.fetches:
            raise ValueError(f"channel {door.channel!r} has clients of its own that fetch")
        self._store = services.store
        self._turn_seconds = services.settings.turn_seconds
        self._feed = feed
        self._chats: dict[str, Chat] = {}
        self._places: dict[str, int] = {}  # conversation -> message that tells the place in the queue; 0: it has none
        self._kept = 0.0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. At the start, and when the store was away, everything is looked at: nothing is missed."""
        after: str | None = None
        with self._feed.listen(ANY) as listener:
            while True:
                try:
                    after = await self._look(after)
                    await self._keep_claims()
                except StoreUnavailable as exc:
                    log.warning("store_unavailable", during=str(exc))
                    after = None
                    await asyncio.sleep(self._pace.retry)
                    continue
                await listener.wait(self._pace.claim / 3)
                listener.take_signals()

    async def close(self) -> None:
        """Finish the messages under way; the rest is for the next process."""
        self._stopping.set()
        for chat in self._chats.values():
            chat.news.set()
        await end([chat.task for chat in self._chats.values() if chat.task], self._pace.end)
        await self.aside.close(self._pace.end)

    def wake(self, conv: str) -> None:
        chat = self._chats.get(conv)
        if chat and chat.task and not chat.task.done():
            chat.news.set()
        elif not self._stopping.is_set():
            chat = self._chats[conv] = Chat()
            chat.task = asyncio.create_task(self._follow(conv, chat))

    def erased(self, conv: str) -> None:
        """Say nothing of what was; a new conversation in the same chat begins at its beginning."""
        self._places.pop(conv, None)
        if chat := self._chats.get(conv):
            chat.erased = True
        self.wake(conv)

    async def _look(self, after: str | None) -> str:
        """Start what is behind, or what the news since `after` names. Returns how far the news was read."""
        if after is None:
            after = await self.channels.newest()
            for conv in await self.channels.behind():
                self.wake(conv)
            return after
        while True:
            after, news = await self.channels.news(after)
            for conv, signal in news:
                if self._door.owns(conv):
                    self._hear(conv, signal)
            if not news:
                return after

    def _hear(self, conv: str, signal: str) -> None:
        if not signal:
            self.wake(conv)
        elif signal == "erased":
            self.erased(conv)
        elif signal == "typing:agent" and self._can.typing:
            self.aside(self._show_typing(conv))

    async def _show_typing(self, conv: str) -> None:
        if chat := await self.channels.chat_of(conv):
            await self.voice.typing(chat)

    async def _keep_claims(self) -> None:
        """A sign of life for the chats under way: one message may take longer than a claim when the channel makes us wait."""
        if time.monotonic() - self._kept < self._pace.claim / 3:
            return
        self._kept = time.monotonic()
        for conv, chat in list(self._chats.items()):
            if chat.claimed:
                with contextlib.suppress(Taken):
                    await self.channels.claim(conv)

    async def _follow(self, conv: str, chat: Chat) -> None:
        """Deliver until there is nothing more, whatever fails meanwhile."""
        pause = self._pace.retry
        while not self._stopping.is_set():
            try:
                await self._catch_up(conv, chat)
                if not chat.news.is_set():
                    break
                pause = self._pace.retry
                continue
            except Taken:
                wait = self._pace.standby  # it may die before it is done
            except (NotSaid, StoreUnavailable) as exc:
                asked = exc.seconds if isinstance(exc, Again) else None
                if asked is None:
                    log.warning("delivery_waits", channel=self._door.channel, conv=conv, error=type(exc).__name__)
                    asked, pause = pause, min(pause * 2, self._pace.retry_most)
                wait = asked
            except Exception as exc:
                log.error("delivery_failed", channel=self._door.channel, conv=conv, error=type(exc).__name__, where=where(exc))
                wait = self._pace.retry_most
            await self._pause(wait)
        if self._chats.get(conv) is chat:
            del self._chats[conv]

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _catch_up(self, conv: str, chat: Chat) -> None:
        """Deliver all there is, and stay with the chat while the bot is thinking."""
        chat.news.clear()
        chat.erased = False
        place = await self.channels.claim(conv)
        if place is None:
            return
        chat.claimed = True
        try:
            await self._deliver(conv, place, chat)
        except Unreachable:
            log.info("chat_unreachable", channel=self._door.channel, conv=conv)
            await self.channels.block(conv)
        finally:
            chat.claimed = False
            with contextlib.suppress(StoreUnavailable):
                await self.channels.release(conv)

    async def _deliver(self, conv: str, place: Place, chat: Chat) -> None:
        position, turns = place.position, Turns(self._turn_seconds)
        ttl = await self._ttl(conv)
        while ttl:
            chat.news.clear()
            found = await self._store.read(conv, position, BATCH)
            for seq, body in found:
                if chat.erased or self._stopping.is_set():
                    return
                outs = self.voice.render(body, seq)
                await self._say(conv, place.chat, body, outs)
                turns.follow(seq, body)
                if outs or seq == found[-1][0]:  # what shows nothing needs no step of its own
                    if not await self.channels.advance(conv, position, seq, ttl):
                        return
                    position = seq
            if not found:
                if chat.erased or self._stopping.is_set() or not turns.under_way:
                    return
                await self._think(place.chat, chat)

    async def _say(self, conv: str, chat: str, body: Event, outs: Sequence[Out]) -> None:
        if body["type"] == "handover" and body["state"] == "queued":
            await self._say_place(conv, chat, outs)
            return
        if body["type"] == "handover":
            self._places.pop(conv, None)
        for out in outs:
            await self.voice.say(chat, out)

    async def _say_place(self, conv: str, chat: str, outs: Sequence[Out]) -> None:
        """A place in the queue that changed takes the place of the one before, or isn't told: it must not fill the chat."""
        if self._can.renews or conv not in self._places:
            for out in outs:
                self._places[conv] = await self.voice.renew(chat, self._places.get(conv, 0), out)

    async def _ttl(self, conv: str) -> int:
        """Seconds that the conversation is kept; 0 when it is gone, and there is nothing to deliver."""
        try:
            return (await self._store.get(conv)).retention_days * DAY
        except UnknownConversation:
            return 0

    async def _think(self, chat_id: str, chat: Chat) -> None:
        """Show that an answer is being made, until there is news."""
        if self._can.typing:
            with contextlib.suppress(NotSaid):
                await self.voice.typing(chat_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.typing):
                await chat.news.wait()


class Turns:
    """Messages of the citizen that have no answer yet. `seconds`: after which an answer is no longer expected."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[str, float] = {}

    def follow(self, seq: int, body: Event) -> None:
        if body["type"] == "message" and body["from"]["role"] == "citizen":
            self._since[f"t_{seq}"] = time.monotonic()
        elif body["type"] == "turn_done":
            self._since.pop(body["turn"], None)

    @property
    def under_way(self) -> bool:
        return any(time.monotonic() - since < self._seconds for since in self._since.values())
