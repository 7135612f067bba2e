"""The brain of the product, with Rasa and its model, killed in the middle of its work."""

import asyncio
from pathlib import Path

from tests.house import House, check, settled

QUESTIONS = ["paspoort kwijt", "wat zijn de openingstijden", "grofvuil ophalen", "ik ga verhuizen", "digid aanvragen"]


async def test_a_real_brain_killed_while_it_answers_loses_and_doubles_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, BALIE_LIFT_RATES="true", BALIE_BRAIN_READY_SECONDS="60")
    house.redis.start()
    try:
        house.start_edge()
        house.start_brain("first")
        house.start_brain("second")
        await house.until("/ready")
        async with house.door() as door:
            citizens = [await door.citizen() for _ in range(6)]
            for citizen in citizens:
                for question in QUESTIONS:
                    assert (await citizen.send(question)).status == 201
            house.kill("first")
            house.start_brain("third")
            for log in await asyncio.gather(*(settled(citizen, len(QUESTIONS)) for citizen in citizens)):
                check(log, QUESTIONS)
                topics = [event["meta"].get("topic") for event in log if event.get("turn") and "meta" in event]
                assert topics == [
                    "reisdocument_vermist", "openingstijden", "afval_grofvuil", "verhuizing_doorgeven", "digid_aanvragen",
                ]
    finally:
        house.stop()
