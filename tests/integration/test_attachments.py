"""Who sends a file hears politely where it can go, and the line holds until it is heard."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator

import pytest

from connectors.problems import CATALOGUE
from tests.conftest import PATIENCE, Citizen, Edge, EdgeFactory, Reply

FILES = [
    ("image/jpeg", b"\xff\xd8\xff"), ("application/octet-stream", b"\x00\x01"), ("application/pdf", b"%PDF-1.7"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=f; filename=a.png\r\n\r\nx\r\n--x--\r\n"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"), ("audio/ogg", b"Ogg"), ("video/mp4", b""),
]


@pytest.fixture
async def citizen(edge: Edge) -> Citizen:
    return await edge.citizen()


async def upload(citizen: Citizen, where: str, kind: str, body: object) -> Reply:
    return await citizen.call("POST", where, data=body, headers={"Content-Type": kind})


def says_where(reply: Reply, website: str, phone: str) -> None:
    assert reply.status == 415 and reply.kind == "attachment_refused"
    assert website in reply.json["title"] and phone in reply.json["title"]


async def test_a_file_is_refused_with_where_each_municipality_takes_it(edge: Edge) -> None:
    for key in ("voorbeeld", "weidedorp"):
        citizen, gemeente = await edge.citizen(gemeente=key), edge.services.gemeente(key)
        for where in ("/messages", "/attachments"):
            for kind, body in FILES:
                says_where(await upload(citizen, where, kind, body), gemeente.website, gemeente.telefoon)
        assert len(await citizen.history()) == 1


async def test_what_is_no_file_and_no_json_is_another_refusal(citizen: Citizen) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/merge-patch+json", "text/html"):
        reply = await upload(citizen, "/messages", kind, b"{}")
        assert reply.status == 415 and reply.kind == "not_json" and reply.json["title"] == CATALOGUE["not_json"][1]


async def test_strangers_learn_nothing_and_files_count_as_messages(make_edge: EdgeFactory) -> None:
    edge = await make_edge(rate_conversation_minute=2)
    citizen = await edge.citizen()
    reply = await edge.call("POST", f"/v1/conv/{citizen.conv}/attachments", data=b"x")
    assert reply.kind == "unauthorized"
    kinds = [(await upload(citizen, "/attachments", "image/png", b"x")).kind for _ in range(3)]
    assert kinds == ["attachment_refused", "attachment_refused", "too_many"]


async def test_who_sends_everything_before_reading_still_hears_the_refusal(citizen: Citizen) -> None:
    """As browsers and most libraries do; a server that hangs up in between leaves them with "connection reset"."""
    url = f"{citizen.edge.url}/v1/conv/{citizen.conv}/messages"
    request = urllib.request.Request(url, b"x" * 8_000_000, citizen.auth | {"Content-Type": "image/jpeg"})

    def send() -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as exc:
            return exc.code, exc.read()

    status, body = await asyncio.to_thread(send)
    assert status == 415 and b"attachment_refused" in body


async def test_an_upload_without_end_is_heard_and_ended(citizen: Citizen) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 4096
            await asyncio.sleep(0)

    gemeente = citizen.edge.services.gemeente("voorbeeld")
    reply = await upload(citizen, "/attachments", "application/octet-stream", endless())  # the answer is read meanwhile
    says_where(reply, gemeente.website, gemeente.telefoon)
    assert (await citizen.send("Dan typ ik het")).status == 201


async def ask_first(citizen: Citizen, kind: str, length: int) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    """The first line of the answer to a request that waits for leave to send its body."""
    host, _, port = citizen.edge.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = [f"POST /v1/conv/{citizen.conv}/messages HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {citizen.token}",
            f"Content-Type: {kind}", f"Content-Length: {length}", "Expect: 100-continue", "", ""]
    writer.write("\r\n".join(head).encode())
    async with asyncio.timeout(PATIENCE):
        return await reader.readline(), reader, writer


async def test_who_asks_first_needs_not_send_the_file_at_all(citizen: Citizen) -> None:
    line, _, writer = await ask_first(citizen, "image/jpeg", 50_000_000)
    writer.close()
    assert line.startswith(b"HTTP/1.1 415")


async def test_who_asks_first_may_send_a_message(citizen: Citizen) -> None:
    body = b'{"cid":"0b8e7f2e-6f0e-4b0a-9a34-0d8a3c7d1f11","type":"text","text":"Hallo"}'
    line, reader, writer = await ask_first(citizen, "application/json", len(body))
    assert line.startswith(b"HTTP/1.1 100")
    writer.write(body)
    async with asyncio.timeout(PATIENCE):
        assert await reader.readline() == b"\r\n"
        assert (await reader.readline()).startswith(b"HTTP/1.1 201")
    writer.close()
