"""The registrar: brings what waits in the outboxes to the contact registers. Every edge process may have one at work."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from bot.contacts.outbox import OutboxContacts
from bot.conversation.redis import StoreUnavailable
from bot.tasks import for_ever

log = structlog.get_logger()


class Registrar:
    """Run `run()` as a task. `contacts` gives the register of a municipality; `at_once`: items of each under way together."""

    def __init__(
        self, gemeenten: Collection[str], contacts: Callable[[str], OutboxContacts], *, poll_seconds: float, at_once: int
    ) -> None:
        self._gemeenten = gemeenten
        self._contacts = contacts
        self._poll_seconds = poll_seconds
        self._at_once = at_once

    async def run(self) -> None:
        """Until cancelled, whatever fails. A register that is slow or broken keeps no other municipality waiting."""
        await asyncio.gather(*(for_ever(self._serving(key)) for key in self._gemeenten))

    def _serving(self, key: str) -> Callable[[], Awaitable[None]]:
        async def serve() -> None:
            while True:
                try:
                    busy = await self._contacts(key).catch_up(self._at_once)
                except StoreUnavailable as exc:
                    log.warning("store_unavailable", during=str(exc), gemeente=key)
                    busy = False
                if not busy:
                    await asyncio.sleep(self._poll_seconds)

        return serve
