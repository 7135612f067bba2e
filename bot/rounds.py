"""Doing what is due in a work list, as long as the process lives. Several processes may share the list."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.conversation.due import Item
from bot.conversation.redis import StoreUnavailable
from bot.tasks import end

log = structlog.get_logger()


class Rounds:
    """Run `run()` as a task; `wake()` says that something became due in this process. Subclasses take items and handle them.

    `poll_seconds`: pause between looks at what is due; `at_once`: items under way together.
    """

    def __init__(self, poll_seconds: float, at_once: int) -> None:
        self._poll_seconds = poll_seconds
        self._at_once = at_once
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled, whatever fails. One item that takes long leaves the places of the others free."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                items = await self._due(self._at_once - len(under_way))
                for item in items:
                    task = asyncio.create_task(self._handle(item))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if len(under_way) >= self._at_once:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                elif not items:
                    await self._rest()
        finally:
            await end(under_way)

    async def work(self) -> bool:
        """Do what is due, once. False when there was nothing. Raises StoreUnavailable."""
        items = await self._take(self._at_once)
        await asyncio.gather(*(self._handle(item) for item in items))
        return bool(items)

    async def _due(self, most: int) -> Sequence[Item]:
        try:
            return await self._take(most)
        except StoreUnavailable as exc:
            log.warning("store_unavailable", during=str(exc))
            return ()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _take(self, most: int) -> Sequence[Item]:
        """Up to `most` of what is due now, for this process alone. Raises StoreUnavailable."""
        raise NotImplementedError

    async def _handle(self, item: Item) -> None:
        """One item to its end, or later again. Raises nothing."""
        raise NotImplementedError
