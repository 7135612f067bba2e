"""Telling devices: from an event in the log to a push, whatever dies in between.

An event of a conversation with devices makes the conversation due in the lane `news`, in the step that writes the event. Whoever
takes it looks, once the citizen has had time to read: what is unread and deserves it becomes one item per device, in the lane of
that device, which holds up nobody in another. A device is told of the newest event; being told is kept before the item goes, so
that only a process that dies between the other side's yes and that note tells twice, and then with the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog

from bot.conversation.devices import NEWS, Device, Devices
from bot.conversation.due import Item
from bot.conversation.events import Event
from bot.conversation.handover import Handover
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import Conversation, Store, UnknownConversation
from bot.logs import where
from bot.pauses import Pauses
from bot.push import Kind, Push, deserves, seen_by_citizen
from bot.push.outcome import Outcome
from bot.push.reach import Reach
from bot.rounds import Rounds
from bot.settings import Settings
from bot.tasks import for_ever

log = structlog.get_logger()

BATCH = 200  # last events of a conversation that are looked at; what is older was pushed long ago


class Lane(Rounds):
    """What is due in one lane."""

    def __init__(self, name: str, devices: Devices, store: Store, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings.push_poll_seconds, settings.pushes_at_once)
        self._devices = devices
        self._list = devices.lane(name)
        self._lane = name
        self._store = store
        self._settings = settings
        self._pauses = Pauses(settings.push_retry_seconds, settings.push_retry_most_seconds)
        self._now = now

    async def _take(self, most: int) -> Sequence[Item]:
        return await self._list.take(self._now().timestamp(), most)

    async def _handle(self, item: Item) -> None:
        try:
            await self._do(item)
        except UnknownConversation:
            await self._safely(self._list.done(item))
        except StoreUnavailable as exc:  # the lease ends, and it is done then
            log.warning("store_unavailable", during=str(exc))
        except Exception as exc:
            log.error("push_failed", error=type(exc).__name__, where=where(exc), tries=item.tries)
            await self._safely(self._failed(item))

    async def _do(self, item: Item) -> None:
        raise NotImplementedError

    async def _failed(self, item: Item) -> bool:
        """Something that nobody foresaw: bounded as everything else."""
        if item.tries >= self._settings.push_attempts:
            return await self._list.done(item)
        return await self._list.again(item, self._now().timestamp() + self._pauses.after(item.tries))

    async def _safely(self, work: Awaitable[object]) -> None:
        try:
            await work
        except StoreUnavailable as exc:
            log.warning("store_unavailable", during=str(exc))


class News(Lane):
    """Conversations with something new: who must hear of it."""

    def __init__(
        self, devices: Devices, store: Store, handover: Handover, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        super().__init__(NEWS, devices, store, settings, now)
        self._handover = handover

    async def _take(self, most: int) -> Sequence[Item]:
        """By the clock of Redis, which said when the news came."""
        ripe = await self._handover.now() - self._settings.push_delay_seconds
        return await self._list.take(ripe, most)

    async def _do(self, item: Item) -> None:
        conversation = await self._store.get(item.body["conv"])
        events = await self._store.history(conversation.id, None, BATCH)
        read = _read_up_to(events, conversation)
        unread = [(seq, body, kind) for seq, body in events if seq > read and (kind := deserves(body))]
        wait = self._seconds_left(unread[0][1]) if unread else 0.0
        if wait > 0:  # what came before it was read in time, and it has its own time
            await self._list.again(item, await self._handover.now() - self._settings.push_delay_seconds + wait, fresh=True)
            return
        if unread:
            seq, body, kind = unread[-1]
            for device in await self._devices.all(conversation.id):
                await self._plan(conversation, device, seq, kind, body)
        await self._list.done(item)

    async def _plan(self, conversation: Conversation, device: Device, seq: int, kind: Kind, body: Event) -> None:
        news = {
            "conv": conversation.id, "device": device.id, "gemeente": conversation.gemeente, "kind": kind, "seq": seq,
            "at": self._time_of(body),
        }
        await self._devices.plan(conversation.id, device, news, self._now().timestamp())

    def _seconds_left(self, body: Event) -> float:
        """Until the citizen has had the time to read it. Clocks that differ by more than that make no push late."""
        age = self._now().timestamp() - self._time_of(body)
        return self._settings.push_delay_seconds - age if age >= 0 else 0.0

    def _time_of(self, body: Event) -> float:
        return datetime.fromisoformat(body["at"]).timestamp()


class Sending(Lane):
    """Devices that are reached in the same way."""

    def __init__(
        self, name: str, reach: Reach, devices: Devices, store: Store, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        super().__init__(name, devices, store, settings, now)
        self._reach = reach

    async def _do(self, item: Item) -> None:
        push = Push(**item.body)
        device = await self._devices.find(push.conv, push.device)
        if device is None or device.lane != self._lane or device.sent >= push.seq or await self._read(push):
            await self._list.done(item)
        elif device.held is None:
            await self._finish(item, push, device, Outcome("gone", "sealed with another secret"))
        elif self._now().timestamp() - push.at > self._settings.push_ttl_seconds:
            await self._finish(item, push, device, Outcome("refused", "too late"))
        else:
            await self._finish(item, push, device, await self._reach.send(push, device.held))

    async def _read(self, push: Push) -> bool:
        """Whether the citizen has read it by now. Raises UnknownConversation."""
        conversation = await self._store.get(push.conv)
        return push.seq <= _read_up_to(await self._store.read(push.conv, push.seq, BATCH), conversation)

    async def _finish(self, item: Item, push: Push, device: Device, outcome: Outcome) -> None:
        what: str = outcome.what
        wait = 0.0
        if what == "again" and not (wait := self._pause(item, push, outcome)):
            what = "given_up"
        log.info(
            "push", conv=push.conv, gemeente=push.gemeente, channel=self._lane.partition(":")[0], outcome=what,
            reason=outcome.reason, tries=item.tries, seq=push.seq,
        )
        if what == "again":
            await self._list.again(item, self._now().timestamp() + wait)
            return
        if what == "gone" and not await self._devices.drop(push.conv, push.device, device):
            await self._list.again(item, self._now().timestamp(), fresh=True)  # it gave another way meanwhile
            return
        await self._devices.sent(push.conv, push.device, push.seq)  # before the item goes: who dies here sends nothing twice
        await self._list.done(item)

    def _pause(self, item: Item, push: Push, outcome: Outcome) -> float:
        """Seconds until the next try; 0 for none: enough were made, or the news would be too old."""
        wait = max(self._pauses.after(item.tries), outcome.wait)
        late = self._now().timestamp() + wait - push.at > self._settings.push_ttl_seconds
        return 0.0 if late or item.tries >= self._settings.push_attempts else wait


class Pusher:
    """For this process: every lane. Run `run()` as a task; several processes share the work."""

    def __init__(
        self, reach: Reach, devices: Devices, store: Store, handover: Handover, settings: Settings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.lanes: list[Lane] = [News(devices, store, handover, settings, now)]
        self.lanes += [Sending(name, reach, devices, store, settings, now) for name in reach.lanes]

    async def run(self) -> None:
        """Until cancelled, whatever fails. A lane that is slow or broken keeps no other waiting."""
        await asyncio.gather(*(for_ever(lane.run) for lane in self.lanes))


def _read_up_to(events: Sequence[tuple[int, Event]], conversation: Conversation) -> int:
    """The last event that the citizen has seen: their read mark, or what they wrote themselves."""
    return max([conversation.read["citizen"], *(seq for seq, body in events if seen_by_citizen(body))])
