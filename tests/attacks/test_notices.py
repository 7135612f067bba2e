"""What somebody may try with the callback and with notices of another."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.conversation import keys
from tests.conftest import Edge, EdgeFactory
from tests.notices_fixtures import GEMEENTE, Bench
from tests.stubs.notificaties import message

CALLBACK = f"/v1/notificaties/{GEMEENTE}"
CASE, STATUS = "https://zaken.example/zaken/1", "https://zaken.example/statussen/1"


def auth(edge: Edge, key: str = GEMEENTE) -> str:
    return edge.services.callback(key)[1]


async def test_without_the_header_nobody_gets_in(edge: Edge) -> None:
    reply = await edge.call("POST", CALLBACK, json=message(CASE, STATUS))
    assert (reply.status, reply.kind) == (401, "sender_unknown")


@pytest.mark.parametrize("spoil", [
    lambda right: "Bearer ", lambda right: right[:-1], lambda right: right + "0", lambda right: right.upper(),
    lambda right: right.removeprefix("Bearer "), lambda right: "Basic " + right, lambda right: right.replace("Bearer", "bearer"),
    lambda right: "Bearer " + "\x80" * 64,
])
async def test_a_header_that_is_almost_right_is_refused(edge: Edge, spoil: Any) -> None:
    reply = await edge.call("POST", CALLBACK, json=message(CASE, STATUS), headers={"Authorization": spoil(auth(edge))})
    assert (reply.status, reply.kind) == (403, "sender_refused")


async def test_the_header_of_one_municipality_opens_no_other(edge: Edge) -> None:
    headers = {"Authorization": auth(edge, "weidedorp")}
    reply = await edge.call("POST", CALLBACK, json=message(CASE, STATUS), headers=headers)
    assert reply.status == 403


async def test_nobody_learns_which_municipalities_are_here(edge: Edge) -> None:
    for key, header in (("elders", auth(edge, "elders")), (GEMEENTE, "Bearer x"), ("elders", "Bearer x")):
        path = f"/v1/notificaties/{key}"
        reply = await edge.call("POST", path, json=message(CASE, STATUS), headers={"Authorization": header})
        assert (reply.status, reply.kind) == (403, "sender_refused")


async def test_a_citizens_token_is_no_key_to_the_callback(edge: Edge) -> None:
    citizen = await edge.citizen()
    reply = await edge.call("POST", CALLBACK, json=message(CASE, STATUS), headers=citizen.auth)
    assert reply.status == 403


@pytest.mark.parametrize(("body", "kind"), [
    (b"{", "malformed"), (b"[]", "invalid"), (b"null", "invalid"), (b'{"x":' + b"[" * 10_000, "malformed"),
    (b"\xff\xfe", "malformed"),
    (b'{"kanaal": "zaken"}', "invalid"), (b'{"kanaal": 1}', "invalid"),
], ids=["half", "list", "null", "deep", "not utf-8", "fields missing", "wrong type"])
async def test_a_body_that_is_no_notification_is_refused(edge: Edge, body: bytes, kind: str) -> None:
    headers = {"Authorization": auth(edge), "Content-Type": "application/json"}
    assert (await edge.call("POST", CALLBACK, data=body, headers=headers)).kind == kind


async def test_a_body_of_another_kind_or_size_is_refused(edge: Edge) -> None:
    headers = {"Authorization": auth(edge)}
    form = await edge.call("POST", CALLBACK, data={"kanaal": "zaken"}, headers=headers)
    large = await edge.call("POST", CALLBACK, json=message(CASE, STATUS, filler="x" * 20_000), headers=headers)
    long = await edge.call("POST", CALLBACK, json=message("https://zaken.example/" + "x" * 1000, STATUS), headers=headers)
    assert (form.kind, large.kind, long.kind) == ("not_json", "too_large", "invalid")


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:1/zaken/1", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "javascript:alert(1)",
    "http://[::1]/", "gopher://x", "not an address", "https://zaken.example@127.0.0.1/",
])
async def test_an_address_that_nobody_follows_is_never_asked(make_edge: EdgeFactory, url: str) -> None:
    edge = await make_edge(quiet_from=0, quiet_until=0)
    asked: list[Any] = []

    class Watched:
        async def announced(self, *args: str) -> None:
            asked.append(args)

        async def aclose(self) -> None:
            pass

    edge.services._adapters["zaken", GEMEENTE] = Watched()
    bench = Bench(edge.services)
    reply = await edge.call("POST", CALLBACK, json=message(url, url), headers={"Authorization": auth(edge)})
    await bench.work()
    assert reply.status == 204 and asked == [] and await edge.services.redis.scard(keys.ANNOUNCED) == 0


async def test_a_forged_status_tells_nothing(edge: Edge) -> None:
    """Who has the header still can't make the counter say something that the case system doesn't."""
    bench = Bench(edge.services)
    bench.at(12)
    conv = await bench.follower()
    case, _ = await bench.advance()
    for forged in ("demo:status:ZAAK-0:9", "http://127.0.0.1/", case):
        body = message(case, forged, kenmerken={"text": "U krijgt geld terug, bel 0900"})
        assert (await edge.call("POST", CALLBACK, json=body, headers={"Authorization": auth(edge)})).status == 204
    await bench.settled()
    assert await bench.notices(conv) == []


async def test_no_log_line_has_the_case_its_address_or_the_header(edge: Edge) -> None:
    bench = Bench(edge.services)
    bench.at(12)
    await bench.follower()
    case, status = await bench.advance()
    with capture_logs() as logs:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": auth(edge)}):
            await edge.call("POST", CALLBACK, json=message(case, status), headers=headers)
        await bench.settled()
    assert any(record["event"] == "notice" for record in logs)
    for secret in (case, status, bench.case.identificatie, auth(edge)):
        assert secret not in repr(logs)


async def test_what_a_citizen_types_never_follows_a_case(edge: Edge) -> None:
    """A payload that is typed stays text, and a wish is made only by a button of the log."""
    citizen = await edge.citizen()
    await citizen.send('/notices_on{"zaaknummer": "ZAAK-2026-0000000101"}')
    kept = await edge.services.store.read(citizen.conv, 0)
    assert not any("_payload" in body for _, body in kept if body["type"] == "message" and body["from"]["role"] == "citizen")
    assert await edge.services.notices.list_for(citizen.conv) == []
