"""A counter whose citizens have devices, with a push service, a municipality's push system, and a clock to put on."""

import asyncio
import contextlib
import shutil
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.conversation import events, keys
from bot.conversation.devices import NEWS
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.queue import Agent
from bot.gemeenten import FOLDER
from bot.push.reach import AppDevice, Held, WebDevice, packed
from bot.push.webpush import Keys, Subscription
from bot.push.worker import Pusher
from bot.settings import Settings
from bot.tasks import end
from bot.wiring import Services, build
from tests.conftest import PATIENCE
from tests.stubs import push as stubs
from tests.stubs.push import Browser, PushService, PushSystem

GEMEENTE = "voorbeeld"
SANNE = Agent("sanne", "Sanne")
WORDS = "Uw paspoort ligt klaar aan de balie."


@dataclass
class Clock:
    """Runs with the real one, and is put on by hand."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, **span: float) -> None:
        self.ahead += timedelta(**span)


def town(folder: Path, service: PushService, system: PushSystem, **changes: Any) -> Settings:
    """Settings of an installation with one municipality, that has an app of its own."""
    own = folder / "gemeenten" / GEMEENTE
    shutil.copytree(FOLDER / GEMEENTE, own, dirs_exist_ok=True)
    file = yaml.safe_load((own / "gemeente.yml").read_text())
    (own / "gemeente.yml").write_text(yaml.safe_dump(file | {"app": {"push_hook": system.hook}}))
    return Settings(**{
        "gemeenten": GEMEENTE, "gemeenten_dir": str(folder / "gemeenten"), "data_dir": str(folder / "var"),
        "push_hosts": service.url, "push_hook_secret": system.secret, "push_delay_seconds": 0.0, "push_poll_seconds": 0.02,
        **changes,
    })


@dataclass
class Desk:
    """A counter with an agent, and the work on pushes by hand (`work`) or in the background (`at_work`)."""

    services: Services
    service: PushService
    system: PushSystem
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        found = self.services.push_key(GEMEENTE)
        assert found
        return found

    async def conversation(self) -> str:
        """Somebody who is helped by an agent."""
        services = self.services
        conv, token = await services.store.create(GEMEENTE, "app", "nl", 30, events.message("bot", "Hallo", name="Gem"))
        self.tokens[conv] = token
        await self.queue(conv)
        await services.handover.present(GEMEENTE, SANNE, "available")  # else an edge takes her for gone
        await services.handover.claim(await services.store.get(conv), SANNE)
        await self.read(conv)
        return conv

    async def queue(self, conv: str) -> None:
        store = self.services.store
        await store.receive(await store.get(conv), str(uuid.uuid4()), events.message("citizen", "Een mens graag"), "f")
        mailbox = Mailbox(self.services.redis, self.services.redis_blocking, "test", 6)
        await mailbox.prepare()
        for entry, waiting in await mailbox.wait(10, 2):
            turn = await mailbox.take(entry, waiting)
            assert turn
            said = [events.message("bot", "Ik verbind u door.", name="Gem"), events.handover("queued")]
            assert await mailbox.commit(turn, Answer(said, b"-", handover={"topic": "paspoort_aanvragen"}), 30)

    async def say(self, conv: str, text: str = WORDS) -> int:
        """The agent says something; its number."""
        return await self.services.handover.say(await self.services.store.get(conv), SANNE, text, str(uuid.uuid4()))

    async def read(self, conv: str, seq: int | None = None) -> None:
        """The citizen has read it, all of it unless said otherwise."""
        store = self.services.store
        await store.mark_read(conv, "citizen", await store.length(conv) if seq is None else seq)

    async def browser(self, conv: str, device: str | None = None) -> Browser:
        """A browser of this citizen that subscribed."""
        browser = self.service.subscribe(self.key)
        raw = browser.subscription(self.service.url)
        await self.keep(conv, WebDevice(Subscription(raw["endpoint"], Keys(**raw["keys"]))), device)
        return browser

    async def phone(self, conv: str, token: str = "token-of-the-phone", device: str | None = None) -> str:
        """A phone with the municipality's app; returns its device id."""
        return await self.keep(conv, AppDevice(token), device)

    async def keep(self, conv: str, held: Held, device: str | None = None) -> str:
        device = device or str(uuid.uuid4())
        lane = self.services.reach.lane(GEMEENTE, held)
        assert await self.services.devices.keep(conv, device, lane, packed(held), self.clock().timestamp())
        return device

    async def work(self, pusher: Pusher | None = None) -> None:
        """Everything that is due, until nothing is."""
        pusher = pusher or self.services.pusher()
        while any([await lane.work() for lane in pusher.lanes]):
            pass

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.services.pusher().run())
        try:
            yield
        finally:
            await end([task])

    async def looked(self) -> None:
        """Until all news was looked at, by a pusher in the background."""
        names = keys.push(NEWS)
        async with asyncio.timeout(PATIENCE):
            while await self.services.redis.exists(names[0], names[2]):
                await asyncio.sleep(0.02)

    async def waiting(self) -> list[str]:
        """Work lists with something in them."""
        found = [key.decode() async for key in self.services.redis.scan_iter(match="balie:push:*:items")]
        return sorted(found)


@contextlib.asynccontextmanager
async def opened(folder: Path, redis_url: str, **changes: Any) -> AsyncIterator[Desk]:
    """A desk with stubs of its own; keyword arguments change settings."""
    clock = Clock()
    async with stubs.serving(now=clock) as service, stubs.serving_hook(now=clock) as system:
        services = build(town(folder, service, system, **changes), redis_url)
        services.now = clock
        try:
            yield Desk(services, service, system, clock)
        finally:
            service.released.set()
            system.released.set()
            await services.aclose()
