"""The callback and the subscription, over HTTP: an edge, a Notificaties API that tries the callback first, and a real Redis."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.commands import notifications
from bot.conversation import events, keys
from bot.conversation.redis import EmbeddedRedis
from bot.notices.subscriptions import Subscriptions
from bot.settings import ROOT, Settings, SettingsError
from bot.wiring import Services, build
from bot.zgw import ZgwClient, ZgwFailure
from connectors.notificaties import Notification
from tests.conftest import PATIENCE, Edge, EdgeFactory
from tests.notices_fixtures import GEMEENTE, Bench
from tests.standards import document, errors, needs_standards
from tests.stubs import notificaties as stub
from tests.stubs.botapi import TOKEN, BotApi
from tests.stubs.botapi import serving as serving_telegram
from tests.stubs.notificaties import Notificaties, message

CALLBACK = f"/v1/notificaties/{GEMEENTE}"
ANY_TIME = {"quiet_from": 0, "quiet_until": 0}  # the clerk of an edge has the real clock


@pytest.fixture
async def provider() -> AsyncIterator[Notificaties]:
    async with stub.serving() as found:
        yield found


@pytest.fixture
async def told(make_edge: EdgeFactory) -> Edge:
    """An edge whose clerk brings notices at any time of day."""
    return await make_edge(**ANY_TIME, notice_poll_seconds=0.1)


def auth(edge: Edge, key: str = GEMEENTE) -> dict[str, str]:
    return {"Authorization": edge.services.callback(key)[1]}


async def until_notices(bench: Bench, conv: str, count: int) -> list[Any]:
    async with asyncio.timeout(PATIENCE):
        while len(found := await bench.notices(conv)) < count:
            await asyncio.sleep(0.02)
    return found


def subscriptions(provider: Notificaties, callback: str, header: str, **filters: str) -> Subscriptions:
    client = ZgwClient([provider.url], stub.CLIENT_ID, stub.SECRET, 5.0, retry_pause_seconds=0.0)
    return Subscriptions(client, provider.url, callback, header, filters)


# The callback


async def test_a_new_status_reaches_the_conversation_that_follows_the_case(told: Edge) -> None:
    bench = Bench(told.services)
    conv = await bench.follower()
    reply = await told.call("POST", CALLBACK, json=message(*await bench.advance()), headers=auth(told))
    assert (reply.status, reply.body) == (204, b"")
    [notice] = await until_notices(bench, conv, 1)
    assert bench.case.identificatie in notice["text"]


async def test_an_open_window_shows_it_at_once(told: Edge) -> None:
    bench, citizen = Bench(told.services), await told.citizen()
    await told.services.notices.follow(citizen.conv, GEMEENTE, await bench.look_up())
    async with citizen.stream() as stream:
        await told.call("POST", CALLBACK, json=message(*await bench.advance()), headers=auth(told))
        *_, notice = await stream.until(lambda event: event["type"] == "notice")
    assert notice["kind"] == "case_status" and notice["id"] == f"m_{notice['seq']}" and "_payloads" not in notice


async def test_ten_deliveries_at_once_to_two_edges_are_told_once(told: Edge, make_edge: EdgeFactory) -> None:
    second = await make_edge(**ANY_TIME, notice_poll_seconds=0.1)
    bench = Bench(told.services)
    conv = await bench.follower()
    body = message(*await bench.advance())
    replies = await asyncio.gather(
        *(edge.call("POST", CALLBACK, json=body, headers=auth(edge)) for edge in (told, second) for _ in range(5))
    )
    assert {reply.status for reply in replies} == {204}
    await until_notices(bench, conv, 1)
    await bench.settled()
    assert len(await bench.notices(conv)) == 1


@pytest.mark.parametrize("changes", [
    {"kanaal": "documenten"}, {"resource": "zaak"}, {"resource": "resultaat"}, {"actie": "update"}, {"actie": "destroy"},
])
async def test_what_is_no_new_status_is_taken_and_forgotten(told: Edge, changes: dict[str, str]) -> None:
    bench = Bench(told.services)
    await bench.follower()
    reply = await told.call("POST", CALLBACK, json=message(*await bench.advance(), **changes), headers=auth(told))
    assert reply.status == 204
    assert await told.services.redis.scard(keys.ANNOUNCED) == 0


async def test_a_store_that_is_down_makes_the_other_side_try_again(own_redis: EmbeddedRedis, make_edge: EdgeFactory) -> None:
    edge = await make_edge(url=own_redis.url, store_timeout_seconds=0.5)
    own_redis.stop()
    reply = await edge.call("POST", CALLBACK, json=message("demo:zaak:1", "demo:status:1:1"), headers=auth(edge))
    assert reply.status == 503 and reply.kind == "store_unavailable" and reply.headers["Retry-After"]


async def test_more_than_may_wait_is_not_acknowledged(make_edge: EdgeFactory) -> None:
    edge = await make_edge(max_notices_waiting=1, quiet_from=0, quiet_until=23, notice_poll_seconds=60.0)
    bench = Bench(edge.services)
    bench.at(12)
    await bench.follower()
    bodies = [message(*await bench.advance()) for _ in range(2)]
    replies = [await edge.call("POST", CALLBACK, json=body, headers=auth(edge)) for body in (*bodies, bodies[0])]
    assert [reply.status for reply in replies] == [204, 503, 204]
    assert replies[1].kind == "notices_full"


async def test_a_notice_can_be_answered_whatever_was_asked_since(told: Edge) -> None:
    bench, citizen = Bench(told.services), await told.citizen()
    conversation = await told.services.store.get(citizen.conv)
    part = {"kind": "choices", "id": "q_notice", "options": [{"label": "Ja", "value": "1"}]}
    seq = await told.services.handover.tell(conversation, events.notice("case_status", "Langer?", parts=[part], _payloads=["/x"]))
    await told.services.redis.hset(keys.meta(citizen.conv), "question", seq + 1)
    reply = await citizen.send(type="choice", value="1", reply_to=f"m_{seq}")
    assert reply.status == 201, reply.text
    kept = await bench.services.store.event(citizen.conv, reply.json["seq"])
    assert kept and (kept["text"], kept["_payload"]) == ("Ja", "/x")


async def test_telegram_brings_the_notice_and_its_buttons(make_edge: EdgeFactory) -> None:
    async with serving_telegram() as api:
        edge = await make_edge(telegram_token=TOKEN, telegram_api_url=api.url, **ANY_TIME, notice_poll_seconds=0.1)
        bench = Bench(edge.services)
        api.say("/start", 7)
        await api.until(lambda: api.sent)
        conv = "tg_" + edge.services.limits.hash("telegram:7")
        await edge.services.notices.follow(conv, GEMEENTE, await bench.look_up())
        await edge.call("POST", CALLBACK, json=message(*await bench.advance()), headers=auth(edge))
        await api.until(lambda: any(bench.case.identificatie in text for text in api.texts(7)))
        await _press_a_notice(api, edge, conv)


async def _press_a_notice(api: BotApi, edge: Edge, conv: str) -> None:
    part = {"kind": "choices", "id": "q_notice", "options": [{"label": "Ja, graag", "value": "1"}]}
    body = events.notice("case_status", "Langer berichten?", parts=[part], _payloads=["/notices_longer"])
    await edge.services.handover.tell(await edge.services.store.get(conv), body)
    await api.until(lambda: "Langer berichten?" in api.texts(7))
    await edge.services.redis.hset(keys.meta(conv), "question", 99)
    api.press(api.sent[-1], "Ja, graag")
    async with asyncio.timeout(PATIENCE):
        while not any(body.get("_payload") == "/notices_longer" for _, body in await edge.services.store.read(conv, 0)):
            await asyncio.sleep(0.02)


# The subscription


async def test_the_provider_accepts_our_callback(told: Edge, provider: Notificaties) -> None:
    provider.probe = True
    made, what = await subscriptions(provider, told.url + CALLBACK, auth(told)["Authorization"]).subscribe()
    assert (what, provider.probes) == ("made", [401, 204])
    assert made.callback == told.url + CALLBACK and made.channels == ("zaken",)
    bench = Bench(told.services)
    conv = await bench.follower()
    assert await provider.deliver(message(*await bench.advance()), times=3) == [204, 204, 204]
    await until_notices(bench, conv, 1)


async def test_a_wrong_header_is_found_by_the_providers_probe(told: Edge, provider: Notificaties) -> None:
    provider.probe = True
    with pytest.raises(ZgwFailure, match="invalid-callback-url"):
        await subscriptions(provider, told.url + CALLBACK, "Bearer wrong").subscribe()
    assert provider.probes == [401, 403]


async def test_subscribing_again_changes_nothing(provider: Notificaties) -> None:
    at = subscriptions(provider, "https://balie.example/cb", "Bearer x", bronorganisatie="517439943")
    assert [(await at.subscribe())[1] for _ in range(3)] == ["made", "there", "there"]
    assert len(provider.subscriptions) == 1
    assert [exchange.method for exchange in provider.exchanges] == ["GET", "POST", "GET", "GET"]
    [kept] = provider.subscriptions.values()
    assert kept["kanalen"] == [{"naam": "zaken", "filters": {"bronorganisatie": "517439943"}}]
    await at.aclose()


async def test_a_subscription_that_differs_is_made_right_and_doubles_go(provider: Notificaties) -> None:
    for _ in range(2):
        provider.add("https://balie.example/cb", "Bearer old")
    provider.add("https://another.example/cb")
    at = subscriptions(provider, "https://balie.example/cb", "Bearer new")
    assert await at.check() == ["Notificaties: the subscription isn't as it should be: run `balie notifications subscribe`"]
    assert (await at.subscribe())[1] == "changed"
    kept = {item["callbackUrl"]: item["auth"] for item in provider.subscriptions.values()}
    assert kept == {"https://balie.example/cb": "Bearer new", "https://another.example/cb": "Bearer of-another"}
    assert len(provider.subscriptions) == 2 and await at.check() == []
    await at.aclose()


async def test_unsubscribing_takes_away_ours_alone(provider: Notificaties) -> None:
    provider.add("https://another.example/cb")
    at = subscriptions(provider, "https://balie.example/cb", "Bearer x")
    await at.subscribe()
    assert (await at.unsubscribe(), await at.unsubscribe()) == (1, 0)
    assert [item.callback for item in await at.list()] == ["https://another.example/cb"]
    assert "no subscription" in (await at.check())[0]
    await at.aclose()


async def test_a_provider_that_is_down_or_refuses_us_is_named_in_words(provider: Notificaties) -> None:
    provider.down = True
    at = subscriptions(provider, "https://balie.example/cb", "Bearer x")
    assert "503" in (await at.check())[0]
    wrong = ZgwClient([provider.url], stub.CLIENT_ID, "another-secret-that-is-long-enough-000", 5.0, retry_pause_seconds=0.0)
    provider.down = False
    faults = await Subscriptions(wrong, provider.url, "https://balie.example/cb", "Bearer x", {}).check()
    assert "the secret isn't the one that is registered" in faults[0]


# The command


@pytest.fixture
def connected(tmp_path: Path, provider: Notificaties) -> Settings:
    """An installation with a municipality that is connected to the provider."""
    folder = tmp_path / "gemeenten" / GEMEENTE
    folder.mkdir(parents=True)
    for path in (ROOT / "data" / "gemeenten" / GEMEENTE).iterdir():
        (folder / path.name).write_text(path.read_text())
    text = (folder / "gemeente.yml").read_text()
    chosen = f"notifications: {{supplier: notificaties, url: {provider.url}}}"
    (folder / "gemeente.yml").write_text(re.sub(r"notifications: \{supplier: demo\}", chosen, text))
    return Settings(
        gemeenten=GEMEENTE, gemeenten_dir=str(tmp_path / "gemeenten"), data_dir=str(tmp_path / "var"),
        zgw_client_id=stub.CLIENT_ID, zgw_secret=stub.SECRET, public_url="https://balie.voorbeeld.example",
    )


async def run(settings: Settings, *command: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("bot.settings.load", lambda: settings)
    return await asyncio.to_thread(CliRunner().invoke, main, list(command))


async def test_the_command_subscribes_lists_and_unsubscribes(
    connected: Settings, provider: Notificaties, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        result = await run(connected, "notifications", "subscribe", monkeypatch=monkeypatch)
        assert result.exit_code == 0, result.output
    [kept] = provider.subscriptions.values()
    assert kept["callbackUrl"] == f"https://balie.voorbeeld.example{CALLBACK}" and kept["auth"] not in result.output
    result = await run(connected, "notifications", "list", "--gemeente", GEMEENTE, monkeypatch=monkeypatch)
    assert "this one is ours" in result.output and kept["auth"] not in result.output
    result = await run(connected, "notifications", "unsubscribe", monkeypatch=monkeypatch)
    assert result.exit_code == 0 and provider.subscriptions == {}


async def test_an_edge_that_nobody_can_reach_is_not_subscribed(
    connected: Settings, provider: Notificaties, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await run(replace(connected, public_url=""), "notifications", "subscribe", monkeypatch=monkeypatch)
    assert result.exit_code == 1 and "BALIE_PUBLIC_URL" in result.output and provider.exchanges == []


async def test_the_command_says_what_is_wrong(
    connected: Settings, provider: Notificaties, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await run(connected, "notifications", "list", "--gemeente", "elders", monkeypatch=monkeypatch)
    assert result.exit_code == 1 and "does not serve 'elders'" in result.output
    provider.down = True
    result = await run(connected, "notifications", "list", monkeypatch=monkeypatch)
    assert result.exit_code == 1 and "503" in result.output and "Traceback" not in result.output


async def test_a_demonstration_case_that_goes_on_is_told_to_the_running_edge(
    told: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(told.url.rsplit(":", 1)[1])
    settings = replace(told.services.settings, port=port, redis_url=told.services.redis_url)
    bench = Bench(told.services)
    conv = await bench.follower()
    result = await run(settings, "demo-case", "advance", bench.case.identificatie, monkeypatch=monkeypatch)
    assert result.exit_code == 0, result.output
    await until_notices(bench, conv, 1)
    result = await run(settings, "demo-case", "advance", "ZAAK-0", monkeypatch=monkeypatch)
    assert result.exit_code == 1 and "no demonstration case" in result.output


async def test_a_case_of_a_real_system_is_not_changed_by_the_demonstration(settings: Settings, redis_url: str) -> None:
    services = build(settings, redis_url)
    chosen = msgspec.structs.replace(services.gemeente(GEMEENTE).suppliers["zaken"], supplier="zgw")
    services.gemeente(GEMEENTE).suppliers["zaken"] = chosen
    with pytest.raises(SettingsError, match="of its own"):
        services.demo_zaken(GEMEENTE)
    await services.aclose()


async def test_nothing_to_connect_to_is_said(settings: Settings, services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    await asyncio.to_thread(notifications.show, settings, None, Console())
    assert "the demonstration needs no subscription" in capsys.readouterr().out


# The standard

API, CONSUMER = "notificaties-1.0.1.yaml", "notificaties-consumer-1.0.0-rc1.yaml"


@needs_standards
class TestStandard:
    async def test_what_is_sent_and_answered_fits_the_openapi_document(self, provider: Notificaties) -> None:
        at = subscriptions(provider, "https://balie.example/cb", "Bearer x", bronorganisatie="517439943")
        for _ in range(2):
            await at.subscribe()
        await subscriptions(provider, "https://balie.example/cb", "Bearer y").subscribe()
        await at.unsubscribe()
        await at.aclose()
        assert {exchange.method for exchange in provider.exchanges} == {"GET", "POST", "PUT", "DELETE"}
        for exchange in provider.exchanges:
            path = re.sub(r"/abonnement/.+", "/abonnement/{uuid}", exchange.path)
            assert str(exchange.status) in document(API)["paths"][path][exchange.method.lower()]["responses"]
            answers = exchange.answer if isinstance(exchange.answer, list) else [exchange.answer]
            assert [fault for body in (exchange.body, *answers) if body for fault in errors(API, "Abonnement", body)] == []

    @pytest.mark.parametrize("body", [
        stub.test_message(), message("https://zaken.example/zaken/1", "https://zaken.example/statussen/2"),
    ], ids=["probe", "status"])
    def test_every_notification_that_fits_the_document_is_taken(self, body: dict[str, Any]) -> None:
        assert errors(CONSUMER, "Notificatie", body) == []
        told = msgspec.json.decode(json.dumps(body), type=Notification)
        assert told.sets_status == (body["kanaal"] == "zaken")

    async def test_our_answers_are_in_the_document(self, edge: Edge) -> None:
        known = document(CONSUMER)["paths"]["/{webhooks_path}"]["post"]["responses"]
        for headers in ({}, {"Authorization": "Bearer wrong"}, auth(edge)):
            reply = await edge.call("POST", CALLBACK, json=stub.test_message(), headers=headers)
            assert str(reply.status) in known
