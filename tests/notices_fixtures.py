"""A counter with a clock of its own, for tests of notices: conversations, demonstration cases, and the clerk by hand."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.conversation import events, keys
from bot.conversation.events import Event
from bot.gemeenten import AMSTERDAM
from bot.notices.clerk import Clerk
from bot.wiring import Services
from bot.zaken import SecondFactor, ZaakStatus
from bot.zaken.demo_data import demo_cases, today_in_amsterdam
from tests.conftest import PATIENCE

GEMEENTE = "voorbeeld"


def running_case() -> Any:
    """A demonstration case that can be looked up, has begun, and can go two steps further without ending."""
    return next(
        case for case in demo_cases(today_in_amsterdam())
        if case.findable and not case.finished and 0 < case.step <= len(case.zaaktype.steps) - 3
        and all(step.informs for step in case.zaaktype.steps[case.step :])
    )


@dataclass
class Bench:
    """`now` is the clock of notices; it stands still until `later`."""

    services: Services
    now: datetime = field(default_factory=lambda: datetime.now(AMSTERDAM).replace(hour=12, minute=0, second=0, microsecond=0))
    case: Any = field(default_factory=running_case)

    def __post_init__(self) -> None:
        self.services.now = lambda: self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def at(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Another time of day, `days` later."""
        self.now = (self.now + timedelta(days=days)).replace(hour=hour, minute=minute)

    def clerk(self) -> Clerk:
        return self.services.clerk()

    async def work(self) -> None:
        """What is due, all of it."""
        clerk = self.clerk()
        while await clerk.work():
            pass

    async def settled(self) -> None:
        """Until the clerk of a running edge has done all that was announced."""
        async with asyncio.timeout(PATIENCE):
            while await self.services.redis.scard(keys.ANNOUNCED):
                await asyncio.sleep(0.02)

    async def conversation(self) -> str:
        conv, _ = await self.services.store.create(
            GEMEENTE, "website", "nl", self.services.gemeente(GEMEENTE).retention_days, events.message("bot", "Hallo")
        )
        return conv

    async def look_up(self) -> ZaakStatus:
        factor = SecondFactor(geboortedatum=self.case.geboortedatum)
        return await self.services.zaken(GEMEENTE).look_up(self.case.identificatie, factor, "someone")

    async def follower(self) -> str:
        """A new conversation that looked the case up and follows it."""
        conv = await self.conversation()
        await self.services.notices.follow(conv, GEMEENTE, await self.look_up())
        return conv

    async def advance(self) -> tuple[str, str]:
        """The case gets its next status; nobody is told of it yet."""
        return await self.services.demo_zaken(GEMEENTE).advance(self.case.identificatie)

    async def announce(self, case: str, status: str) -> bool:
        return await self.services.notices.announce(GEMEENTE, case, status)

    async def notices(self, conv: str) -> list[Event]:
        """The notices in the log of a conversation."""
        return [body for _, body in await self.services.store.read(conv, 0, 500) if body["type"] == "notice"]

    async def keys(self) -> dict[str, int]:
        """All keys with their time to live, in seconds; -1 for one without end."""
        redis = self.services.redis
        return {key.decode(): await redis.ttl(key) async for key in redis.scan_iter()}
