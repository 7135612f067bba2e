"""The document of the API is true: every example is sent to a real edge, and every answer is in the document."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from bot.conversation import events
from bot.conversation.redis import EmbeddedRedis
from bot.conversation.service import Off
from connectors.problems import CATALOGUE, MEDIA_TYPE, TYPE_PREFIX
from tests.api_document import ApiDocument, Operation, booked
from tests.conftest import Citizen, EchoBrain, Edge, EdgeFactory, Reply

ASKS = {"choice": "Choices", "date": "Date", "time": "Time", "form": "Fields"}  # kind of answer -> schema of what it answers
JSON = "application/json"


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> Edge:
    return await make_edge(lift_rates=True)


@pytest.fixture
async def document(edge: Edge) -> ApiDocument:
    return await ApiDocument.of(edge)


class Client:
    """Sends what the document says to an edge, with everything it needs in place."""

    def __init__(self, edge: Edge, document: ApiDocument) -> None:
        self.edge = edge
        self.document = document
        self._sealed = ""

    async def prepared(self, operation: Operation, body: Any) -> Citizen:
        """A conversation in which the example makes sense: what it answers was asked, what it has read was said."""
        citizen = await self.edge.citizen()
        told = body if isinstance(body, dict) and operation.needs_token else {}
        number = int(told.get("seq") or str(told.get("reply_to") or "m_1").removeprefix("m_"))
        if number > 1:
            for _ in range(number - 2):
                await self._say(citizen)
            schema = self.document.made["components"]["schemas"][ASKS.get(told.get("type", ""), "Date")]
            await self._say(citizen, parts=schema["examples"][:1])
        return citizen

    async def _say(self, citizen: Citizen, **more: Any) -> None:
        said = events.message("bot", "Zegt u het maar", name="Balie", **more)
        await self.edge.services.handover.tell(await self.edge.services.store.get(citizen.conv), said)

    async def send(
        self, operation: Operation, citizen: Citizen, media: str = "", body: Any = None, *, headers: dict[str, Any] | None = None,
        **more: Any,
    ) -> Reply:
        """The answer. `headers` go before those that the document asks for; None leaves one out."""
        sent = self._rights(operation, citizen) | ({"Content-Type": media} if media else {}) | (headers or {})
        content = {"json": body} if media == JSON and not isinstance(body, bytes) else {"data": body or b"x"} if media else {}
        if "params" not in more and operation.path.endswith("/events"):
            more["params"] = {"wait": 0}
        path = await self._path(operation, citizen)
        return await self.edge.call(
            operation.method, path, headers={key: value for key, value in sent.items() if value is not None}, **content, **more
        )

    def _rights(self, operation: Operation, citizen: Citizen) -> dict[str, Any]:
        if operation.needs_token:
            return dict(citizen.auth)
        return {"Authorization": self.edge.services.callback("voorbeeld")[1]} if "notificaties" in operation.path else {}

    async def _path(self, operation: Operation, citizen: Citizen) -> str:
        known = {item["name"]: item.get("example") for item in operation.parameters if item["in"] == "path"}
        known |= {"conv": citizen.conv, "gemeente": "voorbeeld", "device": str(uuid.uuid4())}
        if "sealed" in known:
            known["sealed"] = self._sealed = self._sealed or await self._calendar()
        return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), operation.path)

    async def _calendar(self) -> str:
        made = await booked(self.edge.services)
        return self.edge.services.calendar_links.seal("voorbeeld", made.reference, made.code)


class TestDocument:
    async def test_no_route_is_missing_and_none_is_invented(self, edge: Edge, document: ApiDocument) -> None:
        served = {
            (route.method, route.resource.canonical)
            for route in edge.app.router.routes()
            if route.resource and route.resource.canonical.startswith("/v1/") and route.method != "HEAD"
        }
        documented = {(operation.method, operation.path) for operation in document.operations()}
        assert served == documented and len(served) > 12

    async def test_schemas_examples_and_references_are_right(self, document: ApiDocument) -> None:
        assert document.made["openapi"].startswith("3.1") and document.made["servers"][0]["url"].startswith("http")
        for name, schema in document.made["components"]["schemas"].items():
            OAS31Validator.check_schema(schema)
            assert [fault for example in schema.get("examples", []) for fault in document.named(name, example)] == []
        checked = 0
        for operation in document.operations():
            contents = [operation.body.get("requestBody", {}).get("content", {}), *document.answers(operation).values()]
            for media in (media for content in contents for media in content.values()):
                examples = [example["value"] for example in media.get("examples", {}).values()]
                for example in examples + [media[key] for key in ("example",) if key in media]:
                    assert document.fits(media["schema"], example) == [], operation.name
                    checked += 1
        assert checked > 150
        assert sum(1 for _ in references(document.made, document)) > 100

    async def test_every_operation_shows_a_request_and_an_answer(self, document: ApiDocument) -> None:
        for operation in document.operations():
            assert operation.body["summary"] and operation.id
            if "requestBody" in operation.body and operation.id != "attach":  # a file is no example to read
                assert operation.requests != [("", None)], f"{operation.name} has no example of a request"
            for status, contents in document.answers(operation).items():
                shown = [media for media in contents.values() if media.keys() & {"example", "examples"}]
                assert shown or not contents or operation.id in {"openapi", "docs"}, (operation.name, status)

    async def test_every_kind_of_problem_is_documented_in_the_words_that_people_get(self, document: ApiDocument) -> None:
        told = {}
        for operation in document.operations():
            for contents in document.answers(operation).values():
                for example in contents.get(MEDIA_TYPE, {}).get("examples", {}).values():
                    told[example["value"]["type"].removeprefix(TYPE_PREFIX)] = example["value"]
        anywhere = {"error", "method_not_allowed"}  # of no operation in particular: the text at the beginning tells of them
        assert set(CATALOGUE) - set(told) == anywhere
        assert all(kind in document.made["info"]["description"] for kind in anywhere)
        assert all((value["status"], value["title"]) == CATALOGUE[kind] for kind, value in told.items())

    async def test_the_page_shows_every_operation_without_scripts(self, edge: Edge, document: ApiDocument) -> None:
        page = await edge.call("GET", "/v1/docs")
        assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
        for operation in document.operations():
            assert operation.path in page.text and operation.body["summary"] in page.text
        assert "<script" not in page.text and "style=" not in page.text and "urn:balie:problem:choice_expired" in page.text
        style = await edge.call("GET", "/pages/docs.css")
        assert style.status == 200 and style.headers["Content-Type"].startswith("text/css")


def references(node: object, document: ApiDocument) -> Iterator[Any]:
    """What every reference leads to; raises when one leads nowhere."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield document.resolve(node)
        for value in node.values():
            yield from references(value, document)
    elif isinstance(node, list):
        for value in node:
            yield from references(value, document)


class TestTruth:
    async def test_every_example_is_accepted_and_its_answer_fits(
        self, edge: Edge, document: ApiDocument, echo_brain: EchoBrain
    ) -> None:
        client, sent = Client(edge, document), 0
        for operation in document.operations():
            good = {status for status in operation.body["responses"] if status.startswith("2")} or {"415"}
            for media, body in operation.requests:
                reply = await client.send(operation, await client.prepared(operation, body), media, body)
                assert str(reply.status) in good, (operation.name, body, reply.text)
                assert document.faults(operation, reply) == []
                sent += 1
        assert sent >= 24

    async def test_the_same_message_again_and_every_form_of_a_transcript_fit(self, edge: Edge, document: ApiDocument) -> None:
        by_name = {operation.body["operationId"]: operation for operation in document.operations()}
        client, citizen = Client(edge, document), await edge.citizen()
        for media, body in by_name["send"].requests[:1] * 2:
            reply = await client.send(by_name["send"], citizen, media, body)
            assert document.faults(by_name["send"], reply) == []
        assert reply.status == 200
        for form in ("txt", "html", "json"):
            reply = await client.send(by_name["transcript"], citizen, params={"format": form})
            assert reply.status == 200 and document.faults(by_name["transcript"], reply) == []

    async def test_what_a_stream_brings_fits(self, edge: Edge, document: ApiDocument, echo_brain: EchoBrain) -> None:
        citizen = await edge.citizen()
        seq = (await citizen.send("Hallo")).json["seq"]
        await edge.services.store.mark_read(citizen.conv, "agent", 1)
        async with citizen.stream() as stream:
            await edge.services.store.signal(citizen.conv, "typing:agent")
            found = await stream.until(lambda event: event["type"] == "turn_done" and event["turn"] == f"t_{seq}")
            found += await stream.until(lambda event: event["type"] == "ping")
        assert {event["type"] for event in found} >= {"message", "turn_done", "read", "ping"}
        for event in found:
            assert document.named("Event" if "seq" in event and "id" in event else "Ephemeral", event) == []

    async def test_every_mishap_is_in_the_document(self, edge: Edge, document: ApiDocument) -> None:
        client, faults, kinds = Client(edge, document), [], set()
        gone = await edge.citizen()
        await gone.call("DELETE")
        for operation in document.operations():
            for mishap in mishaps(operation, gone, await edge.citizen()):
                media, body = mishap.pop("content", operation.requests[0])
                citizen = mishap.pop("citizen", None) or await edge.citizen()
                reply = await client.send(operation, citizen, media, body, **mishap)
                faults += document.faults(operation, reply)
                kinds |= {reply.kind} if reply.status >= 400 else set()
        assert faults == []
        assert kinds >= {"token_in_url", "unauthorized", "forbidden", "conversation_unknown", "origin_refused", "malformed",
                         "not_json", "too_large", "invalid", "attachment_refused", "sender_unknown", "sender_refused"}

    async def test_who_asks_too_often_or_too_slowly_is_told_so(
        self, edge: Edge, document: ApiDocument, make_edge: EdgeFactory
    ) -> None:
        strict = await make_edge(
            rate_create_minute=0, rate_address_minute=0, rate_token_hour=0, rate_gemeente_minute=0,
            max_streams=0, body_seconds=0.01,
        )
        client, faults, statuses = Client(strict, document), [], set()
        for operation in document.operations():
            reply = await client.send(operation, await edge.citizen(), *operation.requests[0])
            faults += document.faults(operation, reply)
            statuses.add(reply.status)
        assert faults == [] and 429 in statuses

    async def test_a_store_that_is_away_and_a_chat_that_is_off_are_in_the_document(
        self, make_edge: EdgeFactory, own_redis: EmbeddedRedis
    ) -> None:
        edge = await make_edge(own_redis.url, store_timeout_seconds=0.5)
        document = await ApiDocument.of(edge)
        client, citizen, faults, kinds = Client(edge, document), await edge.citizen(), [], set()
        operations = [operation for operation in document.operations() if operation.method != "DELETE"]
        await edge.services.service_book.put("voorbeeld", off=Off("De chat is even dicht.", datetime.now(UTC)))
        for stopped in (False, True):
            if stopped:
                own_redis.stop()
            for operation in operations:
                reply = await client.send(operation, citizen, *operation.requests[0])
                faults += document.faults(operation, reply)
                kinds |= {reply.kind} if reply.status == 503 else set()
        assert faults == [] and kinds >= {"store_unavailable", "switched_off"}


def mishaps(operation: Operation, gone: Citizen, other: Citizen) -> Iterator[dict[str, Any]]:
    """What goes wrong with a request, as arguments for `Client.send`."""
    yield {"params": {"token": "x"}}
    yield {"headers": {"Origin": "https://evil.example"}}
    yield {"headers": {"Authorization": None}}
    yield {"headers": {"Authorization": "Bearer wrong"}}
    if operation.needs_token:
        yield {"headers": other.auth}
        yield {"citizen": gone}
    if operation.path.endswith(("/events", "/history")):
        yield {"params": {"after": "-1", "limit": "0"}}
    if operation.path.endswith("/transcript"):
        yield {"params": {"format": "pdf"}}
    if operation.body.get("requestBody"):
        for body in (b"{", b"[]", {}, b" " * 20_000):
            yield {"content": (JSON, body)}
        for media in ("text/plain", "image/png"):
            yield {"content": (media, b"x")}
