"""Edges that are killed at any moment lose no push, and who can tell that it is the same hears it once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.conversation import events
from bot.settings import env_name
from bot.wiring import build
from tests.house import House, free_port
from tests.push_fixtures import Clock, Desk, town
from tests.stubs import push as stubs
from tests.stubs.push import Answer

LEASE = 1.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[House, Desk]]:
    """An edge of its own process, and an agent and the stubs in this one. Nothing here brings a push but that edge."""
    async with stubs.serving() as service, stubs.serving_hook() as system:
        settings = town(tmp_path, service, system, push_lease_seconds=LEASE, push_seconds=60.0)
        names = ("gemeenten", "gemeenten_dir", "push_hosts", "push_hook_secret", "push_lease_seconds", "push_seconds",
                 "push_poll_seconds", "push_delay_seconds")
        own = {env_name(name): str(getattr(settings, name)) for name in names}
        house = House(tmp_path, BALIE_AGENT_GONE_SECONDS="3600", **own)
        house.redis.start()
        services = build(settings, house.redis.url)
        try:
            yield house, Desk(services, service, system, Clock())
        finally:
            await services.aclose()
            for stub in (service, system):
                stub.released.set()
            await asyncio.to_thread(house.stop)


async def until(look: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not look():
            await asyncio.sleep(0.05)


async def test_edges_that_are_killed_lose_no_push_and_double_none(house: tuple[House, Desk]) -> None:
    home, desk = house
    convs = [await desk.conversation() for _ in range(4)]
    browsers = [await desk.browser(conv) for conv in convs]
    for conv in convs:
        await desk.phone(conv, f"token of {conv}")

    # Before: the news is in the log, and the edge that should look at it dies.
    home.start_edge(**{env_name("push_delay_seconds"): "3600"})
    await home.until("/live")
    seqs = [await desk.say(conv) for conv in convs]
    home.kill("edge")
    home.start_edge()
    await until(lambda: all(browser.received for browser in browsers) and len(desk.system.done) == 4)
    assert [[told["seq"] for told in browser.received] for browser in browsers] == [[seq] for seq in seqs]

    # During: half of it was taken by the other side, the edge hears no answer and dies. Another goes on when its leases end.
    desk.service.answers, desk.system.answers = [Answer(0, times=4)], [Answer(-2, times=4)]
    desk.service.asked.clear()
    seqs = [await desk.say(conv) for conv in convs]
    await until(lambda: len(desk.service.asked) == 4 and len(desk.system.done) == 8)
    home.start("other", "-m", "bot.cli", "edge", BALIE_PORT=str(free_port()))
    home.kill("edge")
    await until(lambda: all(len(browser.received) == 2 for browser in browsers) and len(desk.system.deliveries) == 12)
    assert [browser.received[1]["seq"] for browser in browsers] == seqs
    assert len(desk.system.done) == 8  # the second time it had the same id

    # A last one shows that nothing more of the others was under way.
    for conv in convs:
        await desk.services.handover.tell(await desk.services.store.get(conv), events.notice("case_status", "Er is nieuws."))
    await until(lambda: all(len(browser.received) == 3 for browser in browsers) and len(desk.system.done) == 12)
    assert [len({told["seq"] for told in browser.received}) for browser in browsers] == [3] * 4
    assert len(desk.system.deliveries) == 16 and (desk.service.faults, desk.system.faults) == ([], [])
