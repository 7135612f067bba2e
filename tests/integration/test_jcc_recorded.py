"""The adapter for JCC and its stub, held against recorded exchanges with a JCC."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from bot.appointments import Customer, Item
from bot.appointments.jcc_client import JccClient
from bot.http import Http
from tests.contract.appointment_suppliers import BRAM, FOR_PASSPORT, FRIDAY, JCC_ACTIVITIES, JCC_LOCATIONS, TOWN_HALL, local
from tests.jcc_world import JccWorld, book, stub, world
from tests.stubs.jcc import CLIENT_ID, SECRET, Asked, JccStub
from tests.stubs.server import serving

__all__ = ["stub", "world"]  # fixtures

STANDARDS = os.environ.get("STANDARDS_DIR", "")
pytestmark = pytest.mark.skipif(not STANDARDS, reason="STANDARDS_DIR doesn't name a folder with appointments/jcc/*.yaml")

ROOT = "/warp/v1/"
PERMIT, MEERBERGEN = "2e656741-db4d-4c75-ae57-97fda6ce5ce8", "f3b8864b-2e08-4d01-99db-e36f49f3e19c"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer. `names` are those in the query, in order, each once."""

    method: str
    path: str
    query: str
    names: list[str]
    language: bool
    sent: Any
    answered: Any


def recordings() -> list[Exchange]:
    found = []
    for file in sorted((Path(STANDARDS) / "appointments" / "jcc").glob("*.yaml")):
        for one in yaml.safe_load(file.read_text(encoding="utf-8"))["interactions"]:
            request, answer = one["request"], yaml.safe_load(one["response"]["body"]["string"].replace("\r\n", " "))
            path, _, query = request["uri"].split(ROOT)[1].partition("?")
            names = list(dict.fromkeys(pair.partition("=")[0] for pair in query.split("&") if pair))
            body = request["body"] or ""
            sent = yaml.safe_load(body) if body.startswith("{") else dict(pair.split("=") for pair in body.split("&") if pair)
            found.append(Exchange(request["method"], path, query, names, "language" in request["headers"], sent, answer))
    return found


@pytest.fixture
async def replayed() -> AsyncIterator[str]:
    """A server that gives the recorded answers to the recorded requests.

    Two questions are answered that nobody asked then: the activity that was booked requires no details of a customer, and all
    else takes half an hour.
    """
    known = recordings()

    async def answer(request: web.Request) -> web.Response:
        path, query = request.path.removeprefix(ROOT), request.query_string
        for one in known:
            if (one.method, one.path, one.query) == (request.method, path, query):
                return web.json_response(one.answered)
        if path == "customer/customerfields/required" and query == f"selectedActivityId={PERMIT}":
            return web.json_response({"emailAddress": 0})
        if path == "appointment/calculateduration":
            return web.json_response(30)
        return web.json_response({}, status=501)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with serving(app) as root:
        yield root + ROOT


async def everything(world: JccWorld) -> None:
    """All that the adapter ever asks."""
    counter = world.counter()
    await counter.check()
    await counter.days(FOR_PASSPORT, TOWN_HALL.id, FRIDAY, FRIDAY)
    booked = await book(counter, customer=BRAM)
    await counter.get(booked.reference, booked.code)
    await counter.cancel(booked.reference, booked.code, key="turn-2")
    jcc = world.adapter()
    await jcc.create(FOR_PASSPORT, TOWN_HALL.id, booked.start, BRAM, "A7K-2FQ9")
    await jcc.aclose()


async def test_every_request_is_one_that_was_recorded(world: JccWorld, stub: JccStub) -> None:
    known = {(one.method, one.path): one for one in recordings()}
    await everything(world)
    asked = {(one.method, one.path) for one in stub.asked}
    assert asked - set(known) == {("GET", "location/forappointment")}  # known from JCC's description only
    for one in stub.asked:
        if one.path != "location/forappointment":
            compare(one, known[one.method, one.path])


def compare(asked: Asked, recorded: Exchange) -> None:
    assert list(dict.fromkeys(name for name, _ in asked.query)) == recorded.names
    assert (asked.language is not None) is recorded.language
    if asked.method == "POST" and asked.path == "appointment":
        ours, theirs = asked.body, recorded.sent
        assert list(ours) == list(theirs)
        assert list(ours["activityList"][0]) == list(theirs["activityList"][0])
        assert set(ours["customerList"][0]) - {"emailAddress"} == set(theirs["customerList"][0]) - {"birthDate"}
        moments = [datetime.fromisoformat(sent[name]) for sent in (ours, theirs) for name in ("fromDateTime", "toDateTime")]
        assert all(moment.tzinfo for moment in moments)
    else:
        assert (asked.body or {}) == recorded.sent


async def test_the_adapter_understands_the_recorded_answers(world: JccWorld, replayed: str) -> None:
    jcc = world.adapter(replayed, products={"vergunning": PERMIT}, locations={"stadhuis": MEERBERGEN})
    items, day = [Item("vergunning")], date(2026, 8, 21)
    times = await jcc.times(items, "stadhuis", day)
    assert (times[0], times[-1], len(times)) == (local(day, 15, 40), local(day, 16, 30), 11)
    days = await jcc.days(items, "stadhuis", day, date(2026, 10, 9))
    assert (min(days), max(days)) == (day, date(2026, 10, 9))
    citizen = Customer("Vat Boei", "vat@example.nl", "0612345678")
    booked = await jcc.create(items, "stadhuis", times[0], citizen, "A7K-2FQ9")
    assert (booked.start, booked.end) == (local(day, 15, 40), local(day, 16, 10))
    found = await jcc.get(booked.id, "A7K-2FQ9")
    assert (found.start, found.end, found.location_id) == (booked.start, booked.end, "stadhuis")
    assert found.customer == Customer("Vat Boei", "")
    await jcc.delete(booked.id)
    await jcc.aclose()


async def test_activities_that_require_a_telephone_number_were_recorded(world: JccWorld, replayed: str) -> None:
    activities = {"schuldhulp": "c956d136-57a0-4c53-9673-378f41044631", "geboorte": "53410a47-6ede-4225-81e0-4ebffaae0ef3"}
    jcc = world.adapter(replayed, products=activities, locations={"stadhuis": MEERBERGEN})
    assert await jcc.asks([Item("schuldhulp"), Item("geboorte")]) == {"phone"}
    await jcc.aclose()


def shape(value: Any) -> Any:
    """Names and kinds of what an answer holds, without its values; a list is as its first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def within(ours: Any, theirs: Any) -> bool:
    """Whether nothing stands in ours that isn't in theirs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(key in theirs and within(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list):
        return not ours or not theirs or within(ours[0], theirs[0])
    return bool(ours == theirs)


async def test_the_stub_answers_as_it_was_recorded(world: JccWorld, stub: JccStub) -> None:
    stub.required = {"emailAddress": 0, "initials": 1}
    client = JccClient(Http(5.0), stub.url, f"{stub.url}/connect/token", CLIENT_ID, SECRET)
    activity, place = JCC_ACTIVITIES["paspoort"], JCC_LOCATIONS["stadhuis"]
    values = {
        "activityId": activity, "selectedActivityId": activity, "amount": "1", "dateTime": "2026-03-06", "locationId": place,
        "fromDate": "2026-03-06", "toDate": "2026-03-07",
    }
    compared = set()
    for one in recordings():
        if one.path == "appointment/qrcode" or one.path.startswith("location/"):
            continue  # what the adapter never asks
        if one.method == "POST" and one.path == "appointment":
            sent = one.sent | {"activityList": [{"activityId": activity, "amount": 1}], "locationId": place}
            sent |= {"fromDateTime": "2026-03-06T09:00:00+01:00", "toDateTime": "2026-03-06T09:10:00+01:00", "message": ""}
            reply = await client.act("POST", "appointment", json=sent)
            values["id"] = reply.json()["id"]
        elif one.path != "connect/token":
            query = [(name, values[name]) for name in one.names]
            reply = await (client.get(one.path, query) if one.method == "GET" else client.act(one.method, one.path, query))
        else:
            continue
        assert reply.status == 200
        answered = reply.json()
        assert type(answered) is type(one.answered)
        assert within(shape(answered), shape(one.answered)), (one.path, answered)
        compared.add((one.method, one.path))
    assert len(compared) == 9
    await client.aclose()
