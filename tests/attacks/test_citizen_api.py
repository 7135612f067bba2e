"""What an attacker tries on the citizen API, and what must hold (OWASP ASVS 5.0)."""

import asyncio
import contextlib
import io
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from multidict import CIMultiDict

from bot import logs as process_logs
from bot.settings import Settings
from connectors import bodies
from connectors.access import Origins, address
from tests.conftest import Citizen, EchoBrain, Edge, EdgeFactory

EVIL = "https://evil.example"
ROUTES = [
    ("POST", "/messages"), ("POST", "/typing"), ("POST", "/read"), ("GET", "/events"), ("GET", "/history"),
    ("GET", "/transcript"), ("DELETE", ""), ("POST", "/token"), ("POST", "/attachments"),
    ("PUT", "/push/8a1f0c1e-1b1a-4c55-9b4e-0d5d2f6a7b01"), ("DELETE", "/push/8a1f0c1e-1b1a-4c55-9b4e-0d5d2f6a7b01"),
]


@pytest.fixture
async def citizen(edge: Edge) -> Citizen:
    return await edge.citizen()


class TestTokens:
    """ASVS 8.2.2, 9.1, 9.2, 14.2.1"""

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    async def test_every_route_wants_the_token_of_its_conversation(self, edge: Edge, method: str, path: str) -> None:
        mine, yours = await edge.citizen(), await edge.citizen()
        url = f"/v1/conv/{mine.conv}{path}"
        none = await edge.call(method, url, json={})
        assert none.status == 401 and none.kind == "unauthorized" and none.headers["WWW-Authenticate"] == "Bearer"
        other = await edge.call(method, url, json={}, headers=yours.auth)
        assert other.status == 403 and other.kind == "forbidden"
        assert len(await mine.history()) == 1

    async def test_tampered_tokens_are_nobodys(self, edge: Edge) -> None:
        mine, yours = await edge.citizen(), await edge.citizen()
        secret = mine.token.split(".")[1]
        flipped = ("A" if secret[0] != "A" else "B") + secret[1:]
        tampered = [
            f"{mine.conv}.{flipped}", f"{yours.conv}.{secret}", secret, "", f"{mine.conv}.", mine.token + "x", mine.token[:-1],
            mine.token.swapcase(), f"c_{'A' * 22}.{secret}", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "é" * 43, "null",
        ]
        for token in tampered:
            reply = await edge.call("GET", f"/v1/conv/{mine.conv}/history", headers={"Authorization": f"Bearer {token}"})
            assert reply.status == 401, token

    @pytest.mark.parametrize("value", ["Basic {}", "{}", "Bearer", "Bearer {} {}", "Bearer: {}"])
    async def test_other_schemes_are_refused(self, citizen: Citizen, value: str) -> None:
        headers = {"Authorization": value.replace("{}", citizen.token)}
        assert (await citizen.edge.call("GET", f"/v1/conv/{citizen.conv}/history", headers=headers)).status == 401

    @pytest.mark.parametrize("name", ["token", "access_token", "Token", "authorization"])
    async def test_a_token_in_the_address_is_refused_even_beside_a_good_one(self, citizen: Citizen, name: str) -> None:
        reply = await citizen.call("GET", f"/history?{name}={citizen.token}")
        assert reply.status == 400 and reply.kind == "token_in_url"

    async def test_a_token_in_the_body_or_a_cookie_counts_for_nothing(self, citizen: Citizen) -> None:
        url = f"/v1/conv/{citizen.conv}/history"
        assert (await citizen.edge.call("GET", url, headers={"Cookie": f"token={citizen.token}"})).status == 401

    @pytest.mark.parametrize("conv", ["c_x", "c_" + "A" * 22, "..", "%00", "*", "c_" + "A" * 5000, "c_{x}:meta"])
    async def test_an_unknown_conversation_is_unknown(self, citizen: Citizen, conv: str) -> None:
        reply = await citizen.edge.call("GET", f"/v1/conv/{conv}/history", headers=citizen.auth)
        assert reply.status == 404

    async def test_the_token_is_kept_as_a_hash_and_no_cookie_is_set(self, citizen: Citizen) -> None:
        meta = await citizen.edge.services.redis.hgetall(f"balie:c:{citizen.conv}:meta")
        assert citizen.token.split(".")[1].encode() not in b"".join(meta.values())
        assert "Set-Cookie" not in (await citizen.send("Hallo")).headers


class TestOrigins:
    """ASVS 3.4.2, 3.5.1"""

    async def test_another_website_can_change_nothing(self, citizen: Citizen) -> None:
        for origin in (EVIL, "null", "http://localhost.evil.example", "https://127.0.0.1.evil.example", "file://", "x"):
            headers = {"Origin": origin}
            for method, path in (("POST", "/messages"), ("POST", "/typing"), ("POST", "/read"), ("DELETE", "")):
                reply = await citizen.call(method, path, json={}, headers=headers)
                assert reply.status == 403 and reply.kind == "origin_refused", origin
                assert "Access-Control-Allow-Origin" not in reply.headers
            begun = await citizen.edge.call(
                "POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website"}, headers=headers
            )
            assert begun.status == 403
        assert len(await citizen.history()) == 1

    async def test_another_website_can_read_nothing(self, citizen: Citizen) -> None:
        reply = await citizen.call("GET", "/history", headers={"Origin": EVIL})
        assert "Access-Control-Allow-Origin" not in reply.headers and reply.headers["Vary"] == "Origin"
        preflight = await citizen.edge.call("OPTIONS", f"/v1/conv/{citizen.conv}/messages", headers={
            "Origin": EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
        assert preflight.status == 403 and "Access-Control-Allow-Origin" not in preflight.headers

    async def test_the_municipalitys_own_site_may(self, make_edge: EdgeFactory) -> None:
        site = "https://www.voorbeeld.example"
        edge = await make_edge(origins=[site])
        preflight = await edge.call("OPTIONS", "/v1/conv", headers={"Origin": site, "Access-Control-Request-Method": "POST"})
        assert preflight.status == 204 and preflight.headers["Access-Control-Allow-Origin"] == site
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in preflight.headers
        begun = await edge.call(
            "POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website"}, headers={"Origin": site}
        )
        assert begun.status == 201 and begun.headers["Access-Control-Allow-Origin"] == site
        wrong = await edge.call("POST", "/v1/conv", json={}, headers={"Origin": site})
        assert wrong.status == 422 and wrong.headers["Access-Control-Allow-Origin"] == site

    async def test_a_laptop_is_trusted_in_a_demonstration_only(self, make_edge: EdgeFactory, settings: Settings) -> None:
        body = {"gemeente": "voorbeeld", "channel": "website"}
        local = {"Origin": "http://localhost:3000"}
        assert (await (await make_edge()).call("POST", "/v1/conv", json=body, headers=local)).status == 201
        production = replace(settings, environment="production", public_url="https://chat.voorbeeld.example")
        strict = Origins(production, {})
        assert not strict.allows("http://localhost:3000") and not strict.allows(EVIL)
        assert strict.allows("https://chat.voorbeeld.example") and strict.allows("")


class TestAddresses:
    """ASVS 4.1.3: a forged X-Forwarded-For must not make a new person."""

    async def test_a_forged_address_is_ignored(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_address_minute=2)
        citizen = await edge.citizen()
        statuses = []
        for i in range(3):
            reply = await citizen.call(
                "POST", "/messages", json={"cid": str(uuid.uuid4()), "type": "text", "text": "Hallo"},
                headers={"X-Forwarded-For": f"203.0.113.{i}"},
            )
            statuses.append(reply.status)
        assert statuses == [201, 201, 429]

    async def test_only_what_our_own_proxies_wrote_is_believed(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_create_minute=1, trusted_proxies=1)

        async def begin(forwarded: str) -> int:
            body = {"gemeente": "voorbeeld", "channel": "website"}
            return (await edge.call("POST", "/v1/conv", json=body, headers={"X-Forwarded-For": forwarded})).status

        assert await begin("203.0.113.1") == 201
        assert await begin("198.51.100.9, 203.0.113.1") == 429
        assert await begin("203.0.113.1, 203.0.113.2") == 201

    @pytest.mark.parametrize(("peer", "forwarded", "proxies", "expected"), [
        ("10.0.0.1", "1.2.3.4", 0, "10.0.0.1"), ("10.0.0.1", "1.2.3.4", 1, "1.2.3.4"),
        ("10.0.0.1", "9.9.9.9, 1.2.3.4", 1, "1.2.3.4"), ("10.0.0.1", "1.2.3.4, 10.0.0.2", 2, "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4", 2, "10.0.0.1"), ("10.0.0.1", "<script>", 1, "10.0.0.1"),
        ("2001:db8:1:2:3::4", "", 0, "2001:db8:1:2::/64"), ("::ffff:1.2.3.4", "", 0, "1.2.3.4"), (None, "", 0, "local"),
    ])
    def test_the_address_of_a_client(self, peer: str | None, forwarded: str, proxies: int, expected: str) -> None:
        class Request:
            remote = peer
            headers = CIMultiDict({"X-Forwarded-For": forwarded} if forwarded else {})

        assert address(Request(), proxies) == expected  # type: ignore[arg-type]

    async def test_addresses_are_not_kept(self, citizen: Citizen) -> None:
        await citizen.send("Hallo")
        redis = citizen.edge.services.redis
        names = [key async for key in redis.scan_iter("*")]
        kept = b"".join(names + list((await redis.hgetall(f"balie:c:{citizen.conv}:meta")).values()))
        assert b"127.0.0.1" not in kept


class TestHeaders:
    """ASVS 3.4: what a browser is told."""

    @pytest.mark.parametrize("path", ["/v1/docs", "/v1/openapi.json", "/live", "/nergens", "/widget/balie.js", "/v1/conv"])
    async def test_every_answer_is_closed_to_framing_and_sniffing(self, edge: Edge, path: str) -> None:
        headers = (await edge.call("GET", path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin" and headers["Server"] == "balie"

    async def test_pages_run_no_inline_script(self, edge: Edge) -> None:
        policy = (await edge.call("GET", "/v1/docs")).headers["Content-Security-Policy"]
        for rule in ("script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'self'",
                     "require-trusted-types-for 'script'"):
            assert rule in policy
        assert "unsafe" not in policy

    async def test_a_saved_transcript_allows_its_one_style_sheet_only(self, citizen: Citizen) -> None:
        policy = (await citizen.call("GET", "/transcript?format=html")).headers["Content-Security-Policy"]
        assert "style-src 'sha256-" in policy and "script-src" not in policy and "default-src 'none'" in policy

    async def test_a_stream_has_them_too(self, citizen: Citizen) -> None:
        async with citizen.stream() as stream:
            assert stream.response.headers["X-Content-Type-Options"] == "nosniff"

    async def test_https_is_remembered(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(public_url="https://chat.voorbeeld.example")
        assert "max-age" in (await edge.call("GET", "/live")).headers["Strict-Transport-Security"]
        assert "Strict-Transport-Security" not in (await (await make_edge()).call("GET", "/live")).headers


@contextlib.contextmanager
def captured_logs() -> Iterator[io.StringIO]:
    """What the edge writes to its log, with its real configuration."""
    before, out = structlog.get_config(), io.StringIO()
    handlers, level = logging.root.handlers[:], logging.root.level
    process_logs.configure("DEBUG")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    try:
        yield out
    finally:
        structlog.configure(**before)
        logging.root.handlers[:], logging.root.level = handlers, level


class TestLogs:
    """ASVS 16.2.5, 16.4.1, 16.5.1"""

    async def test_no_words_tokens_addresses_or_queries_in_the_log(self, edge: Edge, echo_brain: EchoBrain) -> None:
        with captured_logs() as out:
            citizen = await edge.citizen()
            secret = "Mijn BSN is 123456782, ik woon op Geheimstraat 1\r\n{\"event\":\"forged\"}"
            await citizen.answered((await citizen.send(secret)).json["seq"])
            await citizen.call("GET", "/history?zoek=Geheimstraat&limit=x")
            await citizen.call("GET", f"/history?token={citizen.token}")
            await citizen.call("POST", "/messages", data=b"Geheimstraat", headers={"Content-Type": "application/json"})
            await edge.call("GET", "/Geheimstraat\r\nforged")
        records = [json.loads(line) for line in out.getvalue().splitlines()]
        assert {"/v1/conv/{conv}/messages", "(none)"} <= {record["route"] for record in records}
        allowed = {"event", "level", "timestamp", "method", "route", "status", "duration_ms", "conv"}
        assert all(set(record) <= allowed for record in records)
        for word in ("Geheim", "123456782", "forged", "127.0.0.1", citizen.token.split(".")[1], "zoek"):
            assert word not in out.getvalue()

    async def test_a_failure_gives_nothing_away(self, edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
        citizen = await edge.citizen()

        async def broken(*_args: object) -> None:
            raise ValueError("Geheimstraat 1")

        monkeypatch.setattr(edge.services.store, "history", broken)
        with captured_logs() as out:
            reply = await citizen.call("GET", "/history")
        assert reply.status == 500 and reply.kind == "error" and "Geheim" not in reply.text and "ValueError" not in reply.text
        failed = next(record for record in map(json.loads, out.getvalue().splitlines()) if record["event"] == "request_failed")
        assert failed["error"] == "ValueError" and failed["where"].startswith("test_citizen_api.py:")
        assert "Geheim" not in out.getvalue()

    async def test_a_stream_that_fails_is_cut_off(self, edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
        citizen = await edge.citizen()

        async def broken(*_args: object) -> None:
            raise ValueError("Geheimstraat 1")

        monkeypatch.setattr(edge.services.store, "read", broken)
        with captured_logs() as out:
            reply = b""
            with contextlib.suppress(Exception):
                async with asyncio.timeout(10), citizen.stream() as stream:
                    async for chunk in stream.response.content.iter_any():
                        reply += chunk
        assert b"problem" not in reply and b"Geheim" not in reply
        assert '"request_failed"' in out.getvalue() and "Geheim" not in out.getvalue()

    def test_libraries_lose_their_words(self) -> None:
        with captured_logs() as out:
            try:
                raise ValueError("Geheimstraat 1")
            except ValueError:
                logging.getLogger("aiohttp.server").exception("Error handling request from %s", "203.0.113.7")
            structlog.get_logger().info("turn", text="Geheimstraat 1", conv="c_1")
        library, turn = map(json.loads, out.getvalue().splitlines())
        assert library["logger"] == "aiohttp.server" and library["error"] == "ValueError" and turn["conv"] == "c_1"
        assert "Geheim" not in out.getvalue() and "203.0" not in out.getvalue()


class TestNoise:
    async def test_broken_http_and_odd_methods_do_no_harm(self, edge: Edge) -> None:
        host, port = edge.runner.addresses[0][:2]
        for raw in (b"\x16\x03\x01\x00\xa5", b"GET / HTTP/9.9\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"POST /v1/conv HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(raw)
            writer.write_eof()
            async with asyncio.timeout(10):
                answer = await reader.read()
            writer.close()
            assert not answer or answer.split(b" ")[1].startswith(b"4"), answer
        for method, status in (("TRACE", 405), ("PATCH", 405), ("BREW", 400)):
            assert (await edge.call(method, "/v1/conv")).status == status
        assert (await edge.citizen()).conv

    async def test_a_client_that_sends_too_slowly_is_let_go(self, edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
        original = bodies._read
        monkeypatch.setattr(bodies, "_read", lambda request, most, _seconds: original(request, most, 0.05))

        async def drip():  # type: ignore[no-untyped-def]
            yield b"{"
            await asyncio.sleep(5)

        reply = await edge.call("POST", "/v1/conv", data=drip(), headers={"Content-Type": "application/json"})
        assert reply.status == 408
