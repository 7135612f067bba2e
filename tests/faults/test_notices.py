"""An announcement that was acknowledged is told once, also when the edge that took it dies at once."""

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wiring import build
from tests.house import House
from tests.notices_fixtures import GEMEENTE, Bench
from tests.stubs.notificaties import message


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(
        tmp_path, BALIE_QUIET_FROM="0", BALIE_QUIET_UNTIL="0", BALIE_NOTICE_LEASE_SECONDS="1", BALIE_NOTICE_POLL_SECONDS="0.2"
    )


async def test_an_edge_that_is_killed_right_after_its_acknowledgement_loses_nothing_and_doubles_nothing(house: House) -> None:
    house.redis.start()
    services = build(Settings(data_dir=str(house.folder / "var")), house.redis.url)
    try:
        bench = Bench(services)
        conv = await bench.follower()
        for told in range(1, 3):
            house.start_edge()
            await house.until("/live")
            body = message(*await bench.advance())
            async with house.door() as door:
                headers = {"Authorization": services.callback(GEMEENTE)[1]}
                reply = await door.call("POST", f"/v1/notificaties/{GEMEENTE}", json=body, headers=headers)
            house.kill("edge")
            assert reply.status == 204
            house.start_edge()
            await bench.settled()
            house.kill("edge")
            assert len(await bench.notices(conv)) == told
    finally:
        await services.aclose()
        house.stop()
