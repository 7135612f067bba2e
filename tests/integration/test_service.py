"""The emergency notice and the switch of a municipality: everybody hears of it within seconds, and nobody else does."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.conversation.redis import EmbeddedRedis, StoreUnavailable
from bot.conversation.service import Notice, Off
from bot.wiring import Services, build
from tests.conftest import Citizen, Edge, EdgeFactory, EventStream, echoing

OFF_TEXT = "Balie staat uit. Bel ons."


def _off(text: str = OFF_TEXT) -> Off:
    return Off(text, datetime.now(UTC), "Bas")


def _notice(text: str = "Het gemeentehuis is dicht.", **more: Any) -> Notice:
    return Notice(text, datetime.now(UTC), "Bas", **more)


async def _told(stream: EventStream) -> dict[str, Any]:
    """The next word of notice and switch."""
    return (await stream.until(lambda event: event["type"] == "service"))[-1]


async def _state(edge: Edge, gemeente: str = "voorbeeld") -> dict[str, Any]:
    reply = await edge.call("GET", f"/v1/gemeenten/{gemeente}")
    assert reply.status == 200, reply.text
    return dict(reply.json)


class TestTheStateOfAMunicipality:
    async def test_anybody_may_ask_how_it_is_and_how_to_reach_it(self, edge: Edge) -> None:
        found, town = await _state(edge), edge.services.gemeente("voorbeeld")
        assert (found["gemeente"], found["name"]) == ("voorbeeld", town.naam)
        assert (found["phone"], found["counter"]) == (town.telefoon, town.adres)
        assert (found["off"], found["off_text"], found["notice"]) == (False, "", None)
        assert found["phone_today"].startswith("vandaag ") and found["counter_today"].startswith("vandaag ")
        assert found["accessibility"].endswith("/gemeente/voorbeeld/toegankelijkheid")

    async def test_a_page_of_the_municipality_may_ask_from_its_own_website(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(origins=["https://www.voorbeeld.example"])
        reply = await edge.call("GET", "/v1/gemeenten/voorbeeld", headers={"Origin": "https://www.voorbeeld.example"})
        assert reply.headers["Access-Control-Allow-Origin"] == "https://www.voorbeeld.example"
        assert reply.headers["Cache-Control"] == "no-store"

    async def test_an_unknown_municipality_is_not_found(self, edge: Edge) -> None:
        reply = await edge.call("GET", "/v1/gemeenten/nergens")
        assert (reply.status, reply.kind) == (404, "gemeente_unknown")

    async def test_asking_too_often_is_refused(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_gemeente_minute=2)
        replies = [await edge.call("GET", "/v1/gemeenten/voorbeeld") for _ in range(3)]
        assert [reply.status for reply in replies] == [200, 200, 429]
        assert int(replies[-1].headers["Retry-After"]) > 0


class TestSwitchedOff:
    async def test_nothing_can_be_asked_and_citizens_read_why(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        await edge.services.service_book.put("voorbeeld", off=_off())
        for reply in (
            await edge.call("POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website"}),
            await citizen.send("Hoe vraag ik een paspoort aan?"),
        ):
            assert (reply.status, reply.kind, reply.json["title"]) == (503, "switched_off", OFF_TEXT)
            assert "Retry-After" not in reply.headers
        assert [event["type"] for event in await citizen.history()] == ["message"]  # nothing was accepted

    async def test_looking_back_downloading_and_erasing_go_on(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        await edge.services.service_book.put("voorbeeld", off=_off())
        assert len(await citizen.history()) == 1
        assert (await citizen.call("GET", "/transcript", params={"format": "txt"})).status == 200
        assert (await citizen.call("DELETE")).status == 204

    async def test_who_waits_for_a_person_goes_on(self, edge: Edge, services: Services) -> None:
        citizen = await edge.citizen()
        await services.redis.hset(f"balie:c:{citizen.conv}:meta", "owner", "agent")  # type: ignore[misc]
        await services.service_book.put("voorbeeld", off=_off())
        assert (await citizen.send("Bent u er nog?")).status == 201

    async def test_another_municipality_is_not_off(self, edge: Edge) -> None:
        await edge.services.service_book.put("voorbeeld", off=_off())
        assert (await edge.citizen(gemeente="weidedorp")).conv
        assert not (await _state(edge, "weidedorp"))["off"]

    async def test_what_was_refused_is_taken_when_it_is_on_again(self, edge: Edge, services: Services) -> None:
        citizen, cid = await edge.citizen(), "3e0d3c4e-1d1c-4f5e-9a2b-0123456789ab"
        await services.service_book.put("voorbeeld", off=_off())
        async with asyncio.timeout(10):
            while (await citizen.send("Hallo", cid=cid)).status != 503:  # another process set it: known here within seconds
                await asyncio.sleep(0.05)
            await services.service_book.put("voorbeeld", off=None)
            while (reply := await citizen.send("Hallo", cid=cid)).status != 201:
                assert reply.kind == "switched_off"
                await asyncio.sleep(0.05)


class TestOpenPages:
    async def test_an_open_stream_hears_of_every_change_at_once(self, make_edge: EdgeFactory, services: Services) -> None:
        edge = await make_edge(service_poll_seconds=600.0)  # so that it can only be the signal that wakes
        citizen = await edge.citizen()
        async with citizen.stream() as stream:
            await stream.until(lambda event: event["type"] == "ping")
            await services.service_book.put("voorbeeld", notice=_notice(id="n_1"))
            assert await _told(stream) == {
                "type": "service", "off": False, "off_text": "",
                "notice": {"id": "n_1", "text": "Het gemeentehuis is dicht.", "until": None},
            }
            await services.service_book.put("voorbeeld", off=_off())
            told = await _told(stream)
            assert (told["off"], told["off_text"], told["notice"]["id"]) == (True, OFF_TEXT, "n_1")
            await services.service_book.put("voorbeeld", notice=None, off=None)
            assert await _told(stream) == {"type": "service", "off": False, "off_text": "", "notice": None}

    async def test_a_page_that_comes_hears_what_is_on(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        await edge.services.service_book.put("voorbeeld", notice=_notice())
        async with citizen.stream() as stream:
            assert (await _told(stream))["notice"]["text"] == "Het gemeentehuis is dicht."

    async def test_a_page_that_was_away_hears_that_it_is_over(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        await edge.services.service_book.put("voorbeeld", notice=_notice())
        await edge.services.service_book.put("voorbeeld", notice=None)
        async with citizen.stream() as stream:
            assert await _told(stream) == {"type": "service", "off": False, "off_text": "", "notice": None}

    async def test_other_municipalities_hear_nothing(self, edge: Edge, services: Services) -> None:
        citizen = await edge.citizen(gemeente="weidedorp")
        async with citizen.stream() as stream:
            await services.service_book.put("voorbeeld", notice=_notice())
            await services.store.signal(citizen.conv, "typing:bot")
            events = await stream.until(lambda event: event["type"] == "typing")
        assert [event["type"] for event in events] == ["message", "typing"]

    async def test_a_notice_ends_by_itself(self, edge: Edge, services: Services) -> None:
        citizen = await edge.citizen()
        until = datetime.now(UTC) + timedelta(seconds=1.5)
        async with citizen.stream() as stream:
            await services.service_book.put("voorbeeld", notice=_notice(until=until))
            assert (await _told(stream))["notice"] is not None
            assert (await _told(stream))["notice"] is None
        assert datetime.now(UTC) >= until
        assert (await _state(edge))["notice"] is None

    async def test_a_long_poll_hears_of_a_change_at_once_and_does_not_spin(self, edge: Edge, services: Services) -> None:
        citizen = await edge.citizen()
        waiting = asyncio.create_task(citizen.call("GET", "/events", params={"after": 1, "wait": 20}))
        async with asyncio.timeout(10):
            while not edge.feed.count(citizen.conv):
                await asyncio.sleep(0.01)
        await services.service_book.put("voorbeeld", off=_off())
        assert [event["type"] for event in (await waiting).json["events"]] == ["service"]
        waiting = asyncio.create_task(citizen.call("GET", "/events", params={"after": 1, "wait": 20}))
        async with asyncio.timeout(10):
            while not edge.feed.count(citizen.conv):
                await asyncio.sleep(0.01)
        await services.store.signal(citizen.conv, "typing:agent")  # what it was told already is no reason to answer; this is
        assert [event["type"] for event in (await waiting).json["events"]] == ["typing", "service"]


class TestWithoutRedis:
    async def test_the_last_known_state_goes_on_and_nothing_is_set(
        self, own_redis: EmbeddedRedis, make_edge: EdgeFactory
    ) -> None:
        edge = await make_edge(own_redis.url, store_timeout_seconds=0.3, service_fresh_seconds=0.0)
        await edge.services.service_book.put("voorbeeld", notice=_notice(), off=_off())
        own_redis.stop()
        found = await _state(edge)
        assert found["off"] and found["off_text"] == OFF_TEXT and found["notice"]
        with pytest.raises(StoreUnavailable):
            await edge.services.service_book.put("voorbeeld", off=None)
        assert (await _state(edge))["off"]
        own_redis.start()
        async with asyncio.timeout(20):
            while True:
                try:
                    await edge.services.service_book.put("voorbeeld", off=None)
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.05)
        assert not (await _state(edge))["off"]
        assert (await _state(edge))["notice"], "what was set before is kept by Redis"

    async def test_a_restart_forgets_nothing(self, edge: Edge, redis_url: str) -> None:
        await edge.services.service_book.put("voorbeeld", off=_off())
        fresh = build(edge.services.settings, redis_url)
        try:
            assert (await fresh.service_book.get("voorbeeld")).off_text == OFF_TEXT
        finally:
            await fresh.aclose()


async def test_an_answer_that_was_under_way_still_comes(edge: Edge) -> None:
    citizen: Citizen = await edge.citizen()
    sent = await citizen.send("Hallo")
    await edge.services.service_book.put("voorbeeld", off=_off())
    async with echoing(edge.services):
        assert any(event.get("text") == "echo: Hallo" for event in await citizen.answered(sent.json["seq"]))
