"""Killing for real: nothing lost, nothing twice, order kept, silence never."""

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.conversation.redis import EmbeddedRedis
from tests.house import House, check, settled


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path, BALIE_RATE_CONVERSATION_MINUTE="1000", BALIE_BRAIN_READY_SECONDS="30")
    made.redis.start()
    made.start_edge()
    made.start_echo("first")
    await made.until("/ready")
    yield made
    made.stop()


async def _exists(path: Path) -> None:
    async with asyncio.timeout(20):
        while not path.exists():
            await asyncio.sleep(0.05)


async def test_a_brain_killed_in_the_middle_of_a_turn_is_replaced(house: House) -> None:
    async with house.door() as door:
        citizen = await door.citizen()
        await citizen.send("slow")
        await _exists(house.folder / "slow-first")
        house.kill("first")
        house.start_echo("second")
        log = await settled(citizen, 1)
    check(log, ["slow"])
    answers = [event["text"] for event in log if event["type"] == "message" and event["from"]["role"] == "bot"]
    assert answers[1:] == ["second: slow"]


async def test_a_brain_that_comes_back_finishes_its_own_turn(house: House) -> None:
    async with house.door() as door:
        citizen = await door.citizen()
        await citizen.send("die once")
        house.processes["first"].wait(20)
        house.start_echo("first")
        check(await settled(citizen, 1), ["die once"])


async def test_a_frozen_brain_cannot_commit_after_another_took_over(house: House) -> None:
    async with house.door() as door:
        citizen = await door.citizen()
        house.start_echo("second")
        await citizen.send("slow")
        await _exists(house.folder / "slow-first") if not (house.folder / "slow-second").exists() else None
        owner = "first" if (house.folder / "slow-first").exists() else "second"
        house.processes[owner].send_signal(signal.SIGSTOP)
        log = await settled(citizen, 1)
        house.processes[owner].send_signal(signal.SIGCONT)
        await citizen.send("and now")
        log = await settled(citizen, 2)
        await asyncio.sleep(1)  # time for a late commit to do its damage
        log = await citizen.history()
    check(log, ["slow", "and now"])
    assert len([e for e in log if e["type"] == "message" and e.get("turn") and e["from"]["role"] == "bot"]) == 2


async def test_a_poisonous_message_is_set_aside_with_an_honest_sentence(house: House) -> None:
    async with house.door() as door:
        citizen, other = await door.citizen(), await door.citizen()
        await citizen.send("poison")
        deaths = 0
        task = asyncio.create_task(settled(citizen, 1))
        while not task.done():
            if house.processes["first"].poll() is not None:
                deaths += 1
                house.start_echo("first")
            await asyncio.sleep(0.1)
        log = await task
        assert deaths == 3
        answer = log[-2]
        assert answer["meta"]["outcome"] == "fallback" and "medewerker" in answer["text"]
        await citizen.send("still there")
        check(await settled(citizen, 2), ["poison", "still there"])
        await other.send("hello")
        check(await settled(other, 1), ["hello"])


async def test_an_edge_killed_after_its_acknowledgement_loses_nothing(house: House) -> None:
    async with house.door() as door:
        citizen = await door.citizen()
        reply = await citizen.send("keep this")
        assert reply.status == 201
        house.kill("edge")
        house.start_edge()
        await house.until("/ready")
        check(await settled(citizen, 1), ["keep this"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_redis_restarted_keeps_every_acknowledged_message(house: House, how: signal.Signals) -> None:
    async with house.door() as door:
        citizen = await door.citizen()
        sent = []
        for number in range(10):
            if (await citizen.send(f"message {number}")).status == 201:
                sent.append(f"message {number}")
        assert house.redis.process is not None
        house.redis.process.send_signal(how)
        house.redis.process.wait(10)
        refused = await citizen.send("into the void")
        assert refused.status == 503 and "Retry-After" in refused.headers
        house.redis.start()
        await house.until("/ready")
        check(await settled(citizen, len(sent)), sent)


async def test_twenty_messages_at_once_keep_their_order(house: House) -> None:
    house.start_echo("second")
    async with house.door() as door:
        citizen = await door.citizen()
        replies = await asyncio.gather(*(citizen.send(f"message {number}") for number in range(20)))
        by_seq = sorted((reply.json["seq"], f"message {number}") for number, reply in enumerate(replies))
        check(await settled(citizen, 20), [text for _, text in by_seq])


async def test_the_same_message_ten_times_is_one_message(house: House) -> None:
    async with house.door() as door:
        citizen = await door.citizen()
        cid = str(uuid.uuid4())
        replies = await asyncio.gather(*(citizen.send("only once", cid=cid) for _ in range(10)))
        assert sorted(reply.status for reply in replies) == [200] * 9 + [201]
        check(await settled(citizen, 1), ["only once"])


async def test_many_citizens_while_brains_die_at_random(house: House) -> None:
    """The invariant under load: what was acknowledged is in the log once, answered once, in order."""
    house.start_echo("second")
    async with house.door() as door:
        citizens = [await door.citizen() for _ in range(8)]

        async def talk(citizen) -> list[str]:  # type: ignore[no-untyped-def]
            sent = []
            for number in range(6):
                text = "die once" if number == 3 else f"message {number}"
                reply = await citizen.send(text)
                assert reply.status == 201
                sent.append(text)
            return sent

        talks = asyncio.gather(*(talk(citizen) for citizen in citizens))
        waits = asyncio.gather(*(settled(citizen, 6) for citizen in citizens))
        while not waits.done():
            for name in ("first", "second"):
                if house.processes[name].poll() is not None:
                    house.start_echo(name)
            await asyncio.sleep(0.1)
        for sent, log in zip(await talks, await waits, strict=True):
            check(log, sent)


async def test_without_redis_the_edge_says_so_and_recovers(tmp_path: Path) -> None:
    made = House(tmp_path)
    try:
        made.start_edge()
        await made.until("/live")
        await made.until("/ready", 503)
        async with aiohttp.ClientSession() as session, session.post(
            made.url + "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website"}
        ) as reply:
            assert reply.status == 503
        made.redis.start()
        made.start_echo("first")
        await made.until("/ready")
    finally:
        made.stop()


def test_a_second_server_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    from bot.conversation.redis import StoreUnavailable

    first, second = EmbeddedRedis(tmp_path), EmbeddedRedis(tmp_path)
    first.start()
    try:
        with pytest.raises(StoreUnavailable, match="already"):
            second.start()
    finally:
        second.stop()
        first.stop()
