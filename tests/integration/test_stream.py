"""Following a conversation: streams, resume, long polls, and what happens when Redis or the edge goes away."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import pytest

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.redis import EmbeddedRedis
from bot.settings import Settings
from tests.conftest import Citizen, EchoBrain, Edge, EdgeFactory, EventStream, echoing


def done(event: Event) -> bool:
    return event["type"] == "turn_done"


@pytest.fixture
async def citizen(edge: Edge) -> Citizen:
    return await edge.citizen()


class TestStream:
    async def test_it_brings_what_was_and_then_what_comes(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        async with citizen.stream() as stream:
            assert stream.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            assert "no-store" in stream.response.headers["Cache-Control"] and stream.response.headers["X-Accel-Buffering"] == "no"
            assert await stream.next() == (None, {"type": "ping"})
            seq, first = await stream.next() or (0, {})
            assert seq == first["seq"] == 1
            await citizen.send("Hallo")
            later = await stream.until(done)
        assert [(event["seq"], event["type"]) for event in later] == [(2, "message"), (3, "message"), (4, "turn_done")]
        assert later[0]["cid"] and later[0]["turn"] == "t_2" and not any(key.startswith("_") for key in later[0])

    async def test_it_goes_on_after_the_last_number(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        await citizen.answered((await citizen.send("Hallo")).json["seq"])
        async with citizen.stream(after=2) as stream:
            assert [event["seq"] for event in await stream.until(done)] == [3, 4]
        async with citizen.stream(after=0, **{"Last-Event-ID": "3"}) as stream:
            assert [event["seq"] for event in await stream.until(done)] == [4]

    async def test_a_client_that_was_cut_off_misses_nothing(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        async with citizen.stream() as stream:
            await stream.until(lambda event: event.get("seq") == 1)
        await citizen.answered((await citizen.send("Terwijl u weg was")).json["seq"])
        async with citizen.stream(after=1) as stream:
            assert [event["seq"] for event in await stream.until(done)] == [2, 3, 4]

    async def test_a_long_conversation_comes_whole_and_in_order(self, citizen: Citizen) -> None:
        raw = events.dump(events.message("bot", "regel"))
        await citizen.edge.services.redis.rpush(f"balie:c:{citizen.conv}:log", *[raw] * 999)
        async with citizen.stream() as stream:
            found = await stream.until(lambda event: event.get("seq") == 1000)
        assert [event["seq"] for event in found] == list(range(1, 1001))

    async def test_pings_come_and_are_not_numbered(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(ping_seconds=0.05)).citizen()
        async with citizen.stream(after=1) as stream:
            assert [await stream.next() for _ in range(3)] == [(None, {"type": "ping"})] * 3

    async def test_typing_of_the_agent_shows_and_of_the_citizen_does_not(self, citizen: Citizen) -> None:
        store = citizen.edge.services.store
        async with citizen.stream(after=1) as stream:
            await stream.next()
            for name in ("typing:citizen", "read:1", "typing:agent"):
                await store.signal(citizen.conv, name)
            found = await stream.until(lambda event: event["type"] == "typing")
        assert found == [{"type": "typing", "role": "agent", "ttl_s": 6}]

    async def test_every_stream_hears_everything(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        async with citizen.stream() as one, citizen.stream() as other:
            await citizen.send("Hallo")
            assert await one.until(done) == await other.until(done)

    async def test_one_conversation_hears_nothing_of_another(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        other = await citizen.edge.citizen()
        async with citizen.stream(after=1) as stream:
            await other.answered((await other.send("Geheim van een ander")).json["seq"])
            await citizen.send("Hallo")
            assert "Geheim" not in json.dumps(await stream.until(done))

    async def test_erasing_ends_the_stream_with_a_reset(self, citizen: Citizen) -> None:
        async with citizen.stream() as stream:
            await stream.until(lambda event: event.get("seq") == 1)
            await citizen.call("DELETE")
            assert await stream.until(lambda event: event["type"] == "reset") == [{"type": "reset", "reason": "expired"}]
            assert await stream.next() is None

    async def test_a_conversation_past_its_time_ends_the_stream_too(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(ping_seconds=0.05)).citizen()
        async with citizen.stream(after=1) as stream:
            await stream.next()
            await citizen.edge.services.redis.delete(f"balie:c:{citizen.conv}:log", f"balie:c:{citizen.conv}:meta")
            found = await stream.until(lambda event: event["type"] == "reset")
        assert found == [{"type": "reset", "reason": "expired"}]

    async def test_a_number_that_never_was_is_a_gap(self, citizen: Citizen) -> None:
        async with citizen.stream(after=7) as stream:
            assert await stream.until(lambda event: event["type"] == "reset") == [{"type": "reset", "reason": "gap"}]
            assert await stream.next() is None

    async def test_streams_are_limited_and_give_their_place_back(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(max_streams_conversation=2, max_streams=3)
        mine, yours = await edge.citizen(), await edge.citizen()
        async with mine.stream(), mine.stream():
            assert (await mine.call("GET", "/events")).kind == "too_many_streams"
            async with yours.stream():
                reply = await yours.call("GET", "/events")
                assert reply.kind == "overloaded" and int(reply.headers["Retry-After"]) > 0
                assert "balie_open_streams 3.0" in (await edge.call("GET", "/metrics")).text
        async with asyncio.timeout(10):
            while edge.feed.count(mine.conv) + edge.feed.count(yours.conv):
                await asyncio.sleep(0.01)
        async with mine.stream() as stream:
            assert await stream.next() is not None

    @pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1.5", "wait=x", "after=", "after=9999999999999"])
    async def test_wrong_numbers_are_refused(self, citizen: Citizen, query: str) -> None:
        assert (await citizen.call("GET", f"/events?{query}")).kind == "invalid"


class TestLongPoll:
    async def test_it_answers_at_once_when_there_is_something(self, citizen: Citizen) -> None:
        reply = await citizen.call("GET", "/events?after=0&wait=25")
        assert reply.status == 200 and reply.json["last"] == 1 and [event["seq"] for event in reply.json["events"]] == [1]

    async def test_it_answers_as_soon_as_something_comes(self, citizen: Citizen) -> None:
        poll = asyncio.create_task(citizen.call("GET", "/events?after=1&wait=25"))
        async with asyncio.timeout(10):
            while not citizen.edge.feed.count(citizen.conv):
                await asyncio.sleep(0.01)
        await citizen.send("Hallo")
        reply = await poll
        assert reply.json["last"] == 2 and reply.json["events"][0]["text"] == "Hallo"

    async def test_it_answers_empty_when_nothing_comes(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(poll_max_seconds=0.05)).citizen()
        for wait in (0, 25):
            assert (await citizen.call("GET", f"/events?after=1&wait={wait}")).json == {"events": [], "last": 1}

    async def test_it_is_told_about_a_gap_and_an_erased_conversation(self, citizen: Citizen) -> None:
        reply = await citizen.call("GET", "/events?after=9&wait=25")
        assert reply.json == {"events": [{"type": "reset", "reason": "gap"}], "last": 1}
        poll = asyncio.create_task(citizen.call("GET", "/events?after=1&wait=25"))
        async with asyncio.timeout(10):
            while not citizen.edge.feed.count(citizen.conv):
                await asyncio.sleep(0.01)
        await citizen.call("DELETE")
        assert (await poll).json == {"events": [{"type": "reset", "reason": "expired"}], "last": 0}


class TestFaults:
    async def test_without_redis_nothing_is_accepted_and_it_recovers(
        self, make_edge: EdgeFactory, own_redis: EmbeddedRedis
    ) -> None:
        edge = await make_edge(own_redis.url)
        citizen = await edge.citizen()
        async with echoing(edge.services):
            async with citizen.stream() as stream:
                await stream.until(lambda event: event.get("seq") == 1)
                own_redis.stop()
                while await stream.next() is not None:
                    pass  # the stream ends in order, and the client would connect again
            for reply in (
                await citizen.send("Gaat dit verloren?"),
                await citizen.call("GET", "/history"),
                await citizen.call("GET", "/events"),
                await edge.call("POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website"}),
            ):
                assert reply.status == 503 and reply.kind == "store_unavailable" and reply.headers["Retry-After"] == "2"
            assert (await edge.call("GET", "/ready")).json["checks"] == {"store": "unavailable", "brain": "silent"}
            assert (await edge.call("GET", "/live")).status == 200
            assert "balie_backlog NaN" in (await edge.call("GET", "/metrics")).text
            own_redis.start()
            assert [event["seq"] for event in await citizen.history()] == [1]
            async with citizen.stream(after=1) as stream:
                assert (await citizen.send("Nu wel")).status == 201
                assert [event["seq"] for event in await stream.until(done)] == [2, 3, 4]

    async def test_a_redis_that_does_not_answer_is_given_up_in_time(
        self, make_edge: EdgeFactory, own_redis: EmbeddedRedis
    ) -> None:
        citizen = await (await make_edge(own_redis.url, store_timeout_seconds=0.3)).citizen()
        assert own_redis.process is not None
        os.kill(own_redis.process.pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(2):
                reply = await citizen.send("Hallo")
        finally:
            os.kill(own_redis.process.pid, signal.SIGCONT)
        assert reply.status == 503 and reply.kind == "store_unavailable"
        assert (await citizen.send("Hallo")).status == 201

    async def test_acknowledged_messages_survive_a_restart_of_redis(
        self, make_edge: EdgeFactory, own_redis: EmbeddedRedis
    ) -> None:
        citizen = await (await make_edge(own_redis.url)).citizen()
        for i in range(5):
            assert (await citizen.send(f"nummer {i}")).status == 201
        own_redis.stop()
        own_redis.start()
        assert [event["text"] for event in await citizen.history()][1:] == [f"nummer {i}" for i in range(5)]

    async def test_another_edge_replays_what_the_first_acknowledged(
        self, make_edge: EdgeFactory, echo_brain: EchoBrain
    ) -> None:
        first = await make_edge()
        citizen = await first.citizen()
        await citizen.send("Hallo")
        await first.runner.cleanup()
        citizen.edge = await make_edge()
        async with citizen.stream(after=1) as stream:
            assert [event["seq"] for event in await stream.until(done)] == [2, 3, 4]

    async def test_streams_end_in_order_when_the_edge_stops(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        poll = asyncio.create_task(citizen.call("GET", "/events?after=1&wait=25"))
        async with citizen.stream() as stream:
            await stream.until(lambda event: event.get("seq") == 1)
            async with asyncio.timeout(5):
                while edge.feed.count(citizen.conv) < 2:  # the poll may still be on its way
                    await asyncio.sleep(0.01)
            await edge.runner.cleanup()
            while await stream.next() is not None:
                pass
        assert (await poll).json == {"events": [], "last": 1}


PROCESS = """
import sys
from bot.edge import run
from bot.settings import Settings
run(Settings(port=0, data_dir=sys.argv[2]), sys.argv[1])
"""


class TestProcess:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_it_stops_in_order_on_a_signal(
        self, settings: Settings, redis_url: str, tmp_path: Path, number: signal.Signals
    ) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROCESS, redis_url, str(tmp_path), stdout=PIPE, stderr=PIPE
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(30):
                listening = json.loads(await process.stdout.readline())
            assert listening["event"] == "listening"
            url = listening["address_listening"]
            async with aiohttp.ClientSession() as session:
                async with session.post(f"{url}/v1/conv", json={"gemeente": "voorbeeld", "channel": "app"}) as response:
                    begun = await response.json()
                auth = {"Authorization": f"Bearer {begun['token']}"}
                async with session.get(f"{url}/v1/conv/{begun['conv']}/events", headers=auth) as response:
                    stream = EventStream(response)
                    await stream.until(lambda event: event.get("seq") == 1)
                    process.send_signal(number)
                    while await stream.next() is not None:
                        pass
            async with asyncio.timeout(15):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode == 0 and b"Traceback" not in err
        records = [json.loads(line) for line in out.splitlines()]
        assert records[-1]["event"] in {"stopping", "request"} and "stopping" in {record["event"] for record in records}

    async def test_a_port_in_use_is_said_in_words(self, edge: Edge, settings: Settings, redis_url: str) -> None:
        port = edge.runner.addresses[0][1]
        code = PROCESS.replace("port=0", f"port={port}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, redis_url, settings.data_dir, stdout=PIPE, stderr=PIPE
        )
        try:
            async with asyncio.timeout(30):
                _, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode != 0 and f"port {port}".encode() in err and b"BALIE_PORT" in err

    async def test_it_never_imports_rasa(self) -> None:
        code = "import sys, bot.edge; print([name for name in sys.modules if name.split('.')[0] in ('rasa', 'tensorflow')])"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=PIPE)
        out, _ = await process.communicate()
        assert out.strip() == b"[]"
