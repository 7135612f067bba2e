"""The reference client and a real edge, over a line that cuts, loses answers and holds streams back: nothing lost or doubled."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.conversation import events
from connectors.app.client import Client, Event, Problem, State, Times
from tests.conftest import PATIENCE, EchoBrain, Edge, EdgeFactory
from tests.wire import Wire, wire

QUICK = Times(silence=3.0, first_byte=1.0, poll=1, polling=60.0, answer=2.0, pause_first=0.02, pause_most=0.1)


@pytest.fixture
async def line(edge: Edge) -> AsyncIterator[Wire]:
    async with wire(urlsplit(edge.url).port or 0) as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def client(line: Wire, http: aiohttp.ClientSession) -> Client:
    return await Client.begin(http, line.url, "voorbeeld", times=QUICK)


class Follower:
    """Follows a client's events in the background."""

    def __init__(self, client: Client) -> None:
        self.found: list[Event] = []
        self._client = client
        self._task = asyncio.create_task(self._run())
        self._news = asyncio.Event()

    async def _run(self) -> None:
        async for event in self._client.events():
            self.found.append(event)
            self._news.set()

    async def until(self, done: Callable[[list[Event]], Any]) -> list[Event]:
        async with asyncio.timeout(PATIENCE):
            while not done(self.found):
                self._news.clear()
                finished = asyncio.create_task(self._news.wait())
                await asyncio.wait({self._task, finished}, return_when=asyncio.FIRST_COMPLETED)
                finished.cancel()
                if self._task.done():
                    self._task.result()
        return self.found

    async def stop(self) -> None:
        if not self._task.done():  # else `until` told why
            self._task.cancel()
            await asyncio.wait({self._task})


@contextlib.asynccontextmanager
async def following(client: Client) -> AsyncIterator[Follower]:
    follower = Follower(client)
    try:
        yield follower
    finally:
        await follower.stop()


def turns(count: int) -> Callable[[list[Event]], bool]:
    return lambda found: sum(event["type"] == "turn_done" for event in found) >= count


def said(found: list[Event], role: str) -> list[str]:
    return [event["text"] for event in found if event["type"] == "message" and event["from"]["role"] == role]


def numbers(found: list[Event]) -> list[int]:
    return [event["seq"] for event in found if "seq" in event]


class TestTalking:
    async def test_a_question_is_answered_and_every_kind_of_answer_arrives(self, client: Client, echo_brain: EchoBrain) -> None:
        parts = [
            {"kind": "choices", "id": "q", "options": [{"label": "Ja", "value": "1"}]},
            {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2026-12-31"},
            {"kind": "time", "id": "t", "slots": ["09:20"]},
            {"kind": "form", "id": "f", "fields": [{"name": "postcode", "label": "Postcode"}]},
        ]
        echo_brain.answers["vraag"] = [events.message("bot", "Kies", name="Balie", parts=parts)]
        answers = [lambda at: client.choose(at, "1"), lambda at: client.pick_date(at, "2026-12-01"),
                   lambda at: client.pick_time(at, "09:20"), lambda at: client.fill(at, {"postcode": "1234 AB"})]
        async with following(client) as follower:
            for count, answer in enumerate(answers):
                await client.say("vraag")
                found = await follower.until(turns(2 * count + 1))
                asked = next(event["id"] for event in reversed(found) if event.get("text") == "Kies")
                await answer(asked)
                await follower.until(turns(2 * count + 2))
            await client.rate(4, "Fijn")
            await client.typing()
            await client.read(3)
            found = await follower.until(lambda found: found[-1]["type"] == "rating")
        assert said(found, "citizen")[1::2] == ["Ja", "dinsdag 1 december 2026", "09:20 uur", "Ingevuld: Postcode"]
        assert numbers(found) == list(range(1, len(found) + 1)) and not client.state.outbox

    async def test_a_refusal_is_in_words_and_not_tried_again(self, client: Client) -> None:
        with pytest.raises(Problem) as refused:
            await client.say(" ")
        assert refused.value.type == "invalid" and refused.value.errors == {"text": "Typ eerst uw vraag of bericht."}
        with pytest.raises(Problem, match="409 choice_expired"):
            await client.pick_date("m_1", "2026-12-01")
        assert not client.state.outbox
        receipt = await client.say("Hallo")
        assert receipt["seq"] == 2

    async def test_the_transcript_is_read_and_erasing_ends_it(self, client: Client, echo_brain: EchoBrain) -> None:
        async with following(client) as follower:
            await client.say("Hallo")
            await follower.until(turns(1))
            assert "echo: Hallo" in await client.transcript()
            assert json.loads(await client.transcript("json"))["events"] == [event for event in follower.found if "seq" in event]
            await client.erase()
            with pytest.raises(Problem) as gone:
                await follower.until(turns(2))
        assert gone.value.gone
        await client.erase()  # twice is fine
        with pytest.raises(Problem):
            await client.say("Nog iets")


class TestLine:
    async def test_cut_twenty_times_nothing_is_lost_and_nothing_comes_twice(
        self, client: Client, line: Wire, echo_brain: EchoBrain
    ) -> None:
        chance = random.Random(6)
        async with following(client) as follower:
            for number in range(20):
                sending = asyncio.create_task(client.say(f"vraag {number}"))
                fault = chance.choice([line.gone, line.deaf, line.stalled])
                with fault():
                    await asyncio.sleep(chance.random() * 0.1)  # the moment of the fault is the point
                await sending
                line.drop()
            found = await follower.until(turns(20))
        assert said(found, "citizen") == [f"vraag {number}" for number in range(20)]
        assert said(found, "bot")[1:] == [f"echo: vraag {number}" for number in range(20)]
        assert numbers(found) == list(range(1, 62)) and not client.state.outbox

    async def test_behind_a_proxy_that_holds_streams_back_it_polls(
        self, edge: Edge, http: aiohttp.ClientSession, echo_brain: EchoBrain
    ) -> None:
        async with wire(urlsplit(edge.url).port or 0, buffers=True) as line:
            client = await Client.begin(http, line.url, "voorbeeld", times=QUICK)
            async with following(client) as follower:
                await client.say("Hallo")
                found = await follower.until(turns(1))
            assert line.held == 1, "one stream was enough to know"
        assert said(found, "bot")[1:] == ["echo: Hallo"] and numbers(found) == [1, 2, 3, 4]

    async def test_trouble_is_told_and_when_it_is_over(
        self, line: Wire, http: aiohttp.ClientSession, echo_brain: EchoBrain
    ) -> None:
        heard: list[Exception | None] = []
        client = await Client.begin(http, line.url, "voorbeeld", times=QUICK, trouble=heard.append)
        async with following(client) as follower:
            await follower.until(len)
            with line.gone():
                sending = asyncio.create_task(client.say("Hallo"))
                await until(lambda: any(heard))
            await sending
            await follower.until(turns(1))
        assert heard[-1] is None and any(isinstance(reason, aiohttp.ClientError) for reason in heard)


async def until(done: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not done():
            await asyncio.sleep(0.01)


class TestResuming:
    async def test_after_a_crash_it_goes_on_where_it_was_and_sends_what_was_left(
        self, client: Client, line: Wire, http: aiohttp.ClientSession, echo_brain: EchoBrain
    ) -> None:
        async with following(client) as follower:
            await client.say("eerst")
            before = list(await follower.until(turns(1)))
        with line.deaf():  # it arrives, and nobody hears that it did
            sending = asyncio.create_task(client.say("daarna"))
            await until(lambda: len(echo_brain.turns) == 2)
            kept = client.state.dump()
            sending.cancel()
        again = Client(http, State(**json.loads(kept)), times=QUICK)
        assert [message["text"] for message in again.state.outbox] == ["daarna"]
        async with following(again) as follower:
            await again.flush()
            found = await follower.until(turns(1))
        assert numbers([*before, *found]) == [1, 2, 3, 4, 5, 6, 7] and said(found, "citizen") == ["daarna"]
        assert not again.state.outbox

    async def test_the_token_is_renewed_while_it_talks(
        self, make_edge: EdgeFactory, http: aiohttp.ClientSession, echo_brain: EchoBrain
    ) -> None:
        edge = await make_edge(token_grace_seconds=0)
        kept: list[str] = []
        client = await Client.begin(http, edge.url, "voorbeeld", times=QUICK, keep=lambda state: kept.append(state.dump()))
        other = Client(http, State(**json.loads(kept[-1])), times=QUICK, stored=lambda: json.loads(kept[-1])["token"])
        async with following(client) as follower:
            await follower.until(len)
            before = client.state.token
            await asyncio.gather(client.renew(), client.say("Hallo"), client.say("en nog iets"))
            assert client.state.token != before and json.loads(kept[-1])["token"] == client.state.token
            await follower.until(turns(2))
        await client.history()
        assert [event["seq"] for event in await other.history()] == list(range(1, 8)), "401, and once more with what is stored"
        stranger = Client(http, State(edge.url, "voorbeeld", client.state.conv, before), times=QUICK)
        with pytest.raises(Problem, match="401 unauthorized"):
            await stranger.history()

    async def test_a_server_that_lost_its_last_events_is_read_anew(self, client: Client) -> None:
        client.state.seen = 9
        async with following(client) as follower:
            found = await follower.until(lambda found: any("seq" in event for event in found))
        assert [event["type"] for event in found[:2]] == ["reset", "message"] and numbers(found) == [1]

    def test_a_page_of_something_in_between_is_not_the_end(self) -> None:
        refusal = Problem(403, {})
        assert refusal.passes and not refusal.gone
