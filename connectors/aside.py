"""What is said or done without anybody waiting for it: sentences that are in no log, "typing…"."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.conversation.redis import StoreUnavailable
from bot.logs import where
from bot.tasks import end
from connectors.voice import NotSaid

log = structlog.get_logger()

MOST = 1000  # calls under way; more than these are dropped


class Aside:
    """Of one channel in one process."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, call: Coroutine[Any, Any, object]) -> None:
        """Do it without waiting. When it fails it is not tried again."""
        if len(self._tasks) >= MOST:
            call.close()
            return
        task = asyncio.create_task(self._quietly(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, seconds: float) -> None:
        """Give what is under way some time, and end it."""
        await end(list(self._tasks), seconds)

    async def _quietly(self, call: Coroutine[Any, Any, object]) -> None:
        try:
            await call
        except (NotSaid, StoreUnavailable) as exc:
            log.info("not_said", channel=self._channel, error=type(exc).__name__)
        except Exception as exc:
            log.error("aside_failed", channel=self._channel, error=type(exc).__name__, where=where(exc))
