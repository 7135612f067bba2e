"""Work that goes on as long as its process: started again after faults that nobody foresaw, and ended when told to."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

import structlog

from bot.logs import where

log = structlog.get_logger()

RESTART_SECONDS = 1.0
CANCEL_SECONDS = 3.0  # after which a task that can't be cancelled is left to the end of the process


async def for_ever(work: Callable[[], Awaitable[None]], pause_seconds: float = RESTART_SECONDS) -> None:
    """Do the work again whenever it ends or fails, until cancelled."""
    while True:
        try:
            await work()
        except Exception as exc:
            log.error("task_failed", action=work.__qualname__, error=type(exc).__name__, where=where(exc))
        await asyncio.sleep(pause_seconds)


async def end(tasks: Collection[asyncio.Task], seconds: float = 0.0) -> None:
    """Give the tasks some time to end by themselves, then cancel them until they are done.

    Once is not enough: redis-py writes its commands under `asyncio.wait_for`, which in Python 3.11 loses a cancellation that
    arrives just when the write is done.
    """
    left = set(tasks)
    if left and seconds:
        _, left = await asyncio.wait(left, timeout=seconds)
    deadline = time.monotonic() + CANCEL_SECONDS
    while left and time.monotonic() < deadline:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.1)
