"""Who closes the chat hears that there is news, once, on each of their devices, and nobody on the way learns what it is."""

import asyncio
import base64
import io
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner
from multidict import CIMultiDict

from bot import logs
from bot.cli import main
from bot.conversation import events, keys
from bot.push.vapid import VapidKey
from bot.push.webpush import decoded, topic
from bot.settings import ROOT, Settings, SettingsError, env_name, known
from bot.wiring import build
from tests.attacks.test_login import everything
from tests.conftest import PATIENCE, Citizen, Edge, EdgeFactory
from tests.push_fixtures import GEMEENTE, SANNE, WORDS, Desk, opened, town
from tests.stubs import push as stubs
from tests.stubs.push import Answer

DEVICE = "8a1f0c1e-1b1a-4c55-9b4e-0d5d2f6a7b01"


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str) -> AsyncIterator[Desk]:
    async with opened(tmp_path, redis_url) as found:
        yield found
        assert (found.service.faults, found.system.faults) == ([], [])


async def until(look: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not look():
            await asyncio.sleep(0.02)


# What is told


async def test_an_answer_of_an_agent_reaches_the_browser_without_a_word_of_it(desk: Desk) -> None:
    conv = await desk.conversation()
    browser = await desk.browser(conv)
    seq = await desk.say(conv)
    await desk.work()
    assert browser.received == [{"v": 1, "gemeente": GEMEENTE, "conv": conv, "kind": "agent", "seq": seq}]
    [headers] = desk.service.headers
    assert int(headers["TTL"]) in range(86390, 86401) and headers["Urgency"] == "high"
    assert headers["Topic"] == topic(conv) and conv not in str(headers)
    assert await desk.waiting() == []


async def test_an_answer_of_an_agent_reaches_the_municipalitys_own_app_as_a_signed_webhook(desk: Desk) -> None:
    conv = await desk.conversation()
    device = await desk.phone(conv)
    seq = await desk.say(conv)
    await desk.work()
    [(id, told)] = desk.system.done.items()
    assert told["data"] == {"v": 1, "gemeente": GEMEENTE, "conv": conv, "kind": "agent", "seq": seq}
    assert (told["device"], told["token"], told["type"]) == (device, "token-of-the-phone", "conversation.news")
    assert set(told) == {"type", "timestamp", "device", "token", "data"} and conv not in id


async def test_a_notice_and_an_agent_who_begins_are_told_too(desk: Desk) -> None:
    services = desk.services
    conv, _ = await services.store.create(GEMEENTE, "app", "nl", 30, events.message("bot", "Hallo"))
    browser = await desk.browser(conv)
    await services.handover.tell(await services.store.get(conv), events.notice("case_status", WORDS))
    await desk.work()
    await desk.queue(conv)
    await services.handover.claim(await services.store.get(conv), SANNE)
    await desk.work()
    assert [told["kind"] for told in browser.received] == ["notice", "agent"]


async def test_what_can_wait_disturbs_nobody(desk: Desk) -> None:
    """The bot, a place in the queue, notes between agents, a colleague who takes over, the end."""
    conv = await desk.conversation()
    browser, services = await desk.browser(conv), desk.services
    await services.handover.note(await services.store.get(conv), SANNE, "Let op", "n1")
    await services.handover.to_team(await services.store.get(conv), SANNE, "algemeen", "Klantcontact")
    await services.handover.tell(await services.store.get(conv), events.handover("queued", position=1))
    await services.handover.claim(await services.store.get(conv), SANNE)
    await desk.read(conv)
    await services.handover.close(await services.store.get(conv), SANNE, "opgelost")
    await desk.queue(conv)
    await desk.work()
    assert browser.received == []


async def test_who_reads_in_time_gets_no_push_and_what_comes_after_has_its_own_time(tmp_path: Path, redis_url: str) -> None:
    async with opened(tmp_path, redis_url, push_delay_seconds=0.6) as desk:
        conv = await desk.conversation()
        browser = await desk.browser(conv)
        async with desk.at_work():
            await desk.say(conv)
            await desk.read(conv)
            await desk.looked()
            assert browser.received == []
            first = await desk.say(conv)
            second = await desk.say(conv)
            await desk.read(conv, first)
            await until(lambda: browser.received)
        assert [told["seq"] for told in browser.received] == [second]


async def test_who_answers_has_read_what_was_said(desk: Desk) -> None:
    conv = await desk.conversation()
    browser, store = await desk.browser(conv), desk.services.store
    await desk.say(conv)
    await store.receive(await store.get(conv), str(uuid.uuid4()), events.message("citizen", "Dank u"), "f")
    await desk.work()
    assert browser.received == []


async def test_several_messages_are_one_push_and_news_after_it_another(desk: Desk) -> None:
    conv = await desk.conversation()
    browser = await desk.browser(conv)
    seqs = [await desk.say(conv) for _ in range(3)]
    await desk.work()
    seqs.append(await desk.say(conv))
    await desk.work()
    await desk.work()
    assert [told["seq"] for told in browser.received] == seqs[-2:]
    assert list(browser.topics.values()) == browser.received[-1:]  # the newer one takes the place of what still waits


async def test_every_device_of_the_citizen_is_told_and_nobody_elses(desk: Desk) -> None:
    conv, other = await desk.conversation(), await desk.conversation()
    mine = [await desk.browser(conv), await desk.browser(conv)]
    theirs = await desk.browser(other)
    await desk.phone(conv)
    await desk.say(conv)
    await desk.work()
    assert [len(browser.received) for browser in [*mine, theirs]] == [1, 1, 0] and len(desk.system.done) == 1


async def test_a_citizen_who_never_read_anything_is_told_of_the_newest_at_any_length(desk: Desk) -> None:
    conv = await desk.conversation()
    services = desk.services
    for n in range(30):
        await services.handover.note(await services.store.get(conv), SANNE, "aantekening", f"n{n}")
    browser = await desk.browser(conv)
    seq = await desk.say(conv)
    await desk.work()
    assert [told["seq"] for told in browser.received] == [seq]


# Devices that come, change and go


async def test_a_renewed_token_keeps_its_conversation_and_the_old_one_hears_nothing(desk: Desk) -> None:
    conv = await desk.conversation()
    device = await desk.phone(conv, "old")
    await desk.say(conv)
    await desk.work()
    await desk.phone(conv, "new", device)
    await desk.say(conv)
    await desk.work()
    assert [told["token"] for told in desk.system.done.values()] == ["old", "new"]
    assert len(await desk.services.devices.all(conv)) == 1


async def test_a_device_that_turns_into_a_browser_is_reached_there(desk: Desk) -> None:
    """Between the news and its push: what was planned goes the new way."""
    conv = await desk.conversation()
    device = await desk.phone(conv)
    seq = await desk.say(conv)
    pusher = desk.services.pusher()
    await pusher.lanes[0].work()
    browser = await desk.browser(conv, device)
    assert len(await desk.waiting()) == 1  # in one place, where erasing finds it
    await desk.work(pusher)
    assert [told["seq"] for told in browser.received] == [seq] and desk.system.done == {}


async def test_of_too_many_devices_the_one_kept_longest_ago_goes(tmp_path: Path, redis_url: str) -> None:
    async with opened(tmp_path, redis_url, push_devices=2) as desk:
        conv = await desk.conversation()
        first = await desk.phone(conv, "first")
        await desk.phone(conv, "second")
        await desk.phone(conv, "first again", first)
        await desk.phone(conv, "third")
        await desk.say(conv)
        await desk.work()
        assert {told["token"] for told in desk.system.done.values()} == {"first again", "third"}


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_ended_is_forgotten(desk: Desk, status: int) -> None:
    conv = await desk.conversation()
    browser = await desk.browser(conv)
    desk.service.answers = [Answer(status)]
    await desk.say(conv)
    await desk.work()
    desk.service.answers = []
    await desk.say(conv)
    await desk.work()
    assert (browser.received, await desk.services.devices.all(conv), len(desk.service.asked)) == ([], [], 1)


async def test_a_device_that_subscribed_anew_while_the_old_one_ended_stays_and_is_told(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.browser(conv, DEVICE)
    desk.service.answers = [Answer(0, times=1)]
    seq = await desk.say(conv)
    work = asyncio.create_task(desk.work())
    await until(lambda: desk.service.asked)
    browser = await desk.browser(conv, DEVICE)
    desk.service.answers = [Answer(410, times=0)]
    desk.service.released.set()  # 503 for the old one: tried again, at the new place
    await work
    desk.clock.later(minutes=1)
    await desk.work()
    assert [told["seq"] for told in browser.received] == [seq]


async def test_a_token_that_ended_at_the_municipality_is_forgotten(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.phone(conv, "ended")
    await desk.phone(conv, "alive")
    desk.system.gone = {"ended"}
    await desk.say(conv)
    await desk.work()
    assert [told["token"] for told in desk.system.done.values()] == ["alive"]
    assert len(await desk.services.devices.all(conv)) == 1


async def test_with_another_secret_a_device_is_forgotten_and_stops_nobody(tmp_path: Path, redis_url: str) -> None:
    async with opened(tmp_path, redis_url) as before:
        conv = await before.conversation()
        await before.phone(conv)
        await before.say(conv)
        async with opened(tmp_path, redis_url, secret="another secret of the same installation") as desk:
            await desk.work()
            assert desk.system.done == {} and await desk.services.devices.all(conv) == []


# When it doesn't arrive


async def test_tries_come_ever_less_often_and_end(tmp_path: Path, redis_url: str) -> None:
    async with opened(tmp_path, redis_url, push_attempts=5, push_retry_most_seconds=30.0) as desk:
        conv = await desk.conversation()
        await desk.browser(conv)
        desk.service.answers = [Answer(500)]
        await desk.say(conv)
        tries = []
        for second in range(200):
            before = len(desk.service.asked)
            await desk.work()
            tries += [second] * (len(desk.service.asked) - before)
            desk.clock.later(seconds=1)
        pauses = [round(b - a) for a, b in pairwise(tries)]
        assert [abs(pause - wanted) <= 1 for pause, wanted in zip(pauses, [5, 10, 20, 30], strict=True)] == [True] * 4
        assert await desk.waiting() == [] and len(await desk.services.devices.all(conv)) == 1
        desk.service.answers = []
        await desk.say(conv)
        await desk.work()
        assert len(desk.service.headers) == 1  # the next news has tries of its own


@pytest.mark.parametrize("status", [429, 503])
async def test_the_other_side_is_left_alone_as_long_as_it_asks(desk: Desk, status: int) -> None:
    conv = await desk.conversation()
    browser = await desk.browser(conv)
    desk.service.answers = [Answer(status, times=1, headers={"Retry-After": "1800"})]
    await desk.say(conv)
    await desk.work()
    desk.clock.later(minutes=29)
    newer = await desk.say(conv)  # also what comes meanwhile waits
    await desk.work()
    assert len(desk.service.asked) == 1
    desk.clock.later(minutes=2)
    await desk.work()
    assert [told["seq"] for told in browser.received] == [newer] and len(desk.service.asked) == 2


async def test_news_that_comes_while_the_older_is_sent_waits_as_long_as_that_must(desk: Desk) -> None:
    conv = await desk.conversation()
    browser = await desk.browser(conv)
    desk.service.answers = [Answer(0, times=1)]
    await desk.say(conv)
    work = asyncio.create_task(desk.work())
    await until(lambda: desk.service.asked)
    newer = await desk.say(conv)
    await desk.services.pusher().lanes[0].work()
    await desk.work()
    assert len(desk.service.asked) == 1  # one at a time, or the older could arrive last
    desk.service.released.set()
    await work
    desk.clock.later(seconds=6)
    await desk.work()
    assert [told["seq"] for told in browser.received] == [newer]


@pytest.mark.parametrize("status", [400, 403, 413])
async def test_what_is_refused_is_not_asked_again_and_the_device_stays(desk: Desk, status: int) -> None:
    conv = await desk.conversation()
    browser = await desk.browser(conv)
    desk.service.answers = [Answer(status, times=1)]
    await desk.say(conv)
    for _ in range(3):
        await desk.work()
        desk.clock.later(hours=1)
    assert len(desk.service.asked) == 1
    await desk.say(conv)
    await desk.work()
    assert len(browser.received) == 1


async def test_who_reads_while_a_push_waits_is_not_told_any_more(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.browser(conv)
    desk.service.answers = [Answer(500, times=1)]
    await desk.say(conv)
    await desk.work()
    await desk.read(conv)
    desk.clock.later(minutes=5)
    await desk.work()
    assert len(desk.service.asked) == 1 and await desk.waiting() == []


async def test_news_that_got_too_old_is_not_brought(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.phone(conv)
    desk.system.answers = [Answer(503, headers={"Retry-After": "90000"})]
    await desk.say(conv)
    await desk.work()
    assert len(desk.system.asked) == 1 and await desk.waiting() == []


async def test_an_answer_that_gets_lost_makes_no_second_message(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.phone(conv)
    browser = await desk.browser(conv)
    desk.service.answers, desk.system.answers = [Answer(-1, times=1)], [Answer(-1, times=1)]
    await desk.say(conv)
    await desk.work()
    desk.clock.later(minutes=1)
    await desk.work()
    assert len(desk.system.deliveries) == 2 and len(desk.system.done) == 1
    assert len(browser.received) == 2 and len(browser.topics) == 1


async def test_a_redirect_is_not_followed(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.browser(conv)
    desk.service.answers = [Answer(307, times=1, headers={"Location": f"{desk.service.url}/elsewhere"})]
    await desk.say(conv)
    await desk.work()
    assert len(desk.service.asked) == 1


async def test_a_push_service_that_hangs_holds_up_nobody_else(tmp_path: Path, redis_url: str) -> None:
    async with opened(tmp_path, redis_url, push_seconds=60.0, pushes_at_once=2) as desk:
        desk.service.answers = [Answer(0)]
        stuck = [await desk.conversation() for _ in range(6)]
        for conv in stuck:
            await desk.browser(conv)
        conv = await desk.conversation()
        await desk.phone(conv)
        async with desk.at_work():
            for each in stuck:
                await desk.say(each)
            await until(lambda: len(desk.service.asked) == 2)
            await desk.say(conv)
            await until(lambda: desk.system.done)
        assert len(desk.service.asked) == 2


async def test_a_push_service_that_hangs_is_given_its_time_and_asked_again(tmp_path: Path, redis_url: str) -> None:
    async with opened(tmp_path, redis_url, push_seconds=0.2) as desk:
        conv = await desk.conversation()
        browser = await desk.browser(conv)
        desk.service.answers = [Answer(0, times=1)]
        await desk.say(conv)
        await desk.work()
        assert browser.received == []
        desk.clock.later(minutes=1)
        await desk.work()
        assert len(browser.received) == 1


async def test_several_edges_share_the_work_and_nobody_hears_anything_twice(desk: Desk) -> None:
    convs = [await desk.conversation() for _ in range(12)]
    browsers = [await desk.browser(conv) for conv in convs]
    for conv in convs:
        await desk.phone(conv, f"token of {conv}")
    async with desk.at_work(), desk.at_work(), desk.at_work():
        await asyncio.gather(*(desk.say(conv) for conv in convs))
        await until(lambda: all(browser.received for browser in browsers) and len(desk.system.done) == 12)
        await desk.looked()
    assert [len(browser.received) for browser in browsers] == [1] * 12 and len(desk.system.deliveries) == 12


async def test_a_fault_that_nobody_foresaw_is_bounded_and_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    conv, other = await desk.conversation(), await desk.conversation()
    await desk.phone(conv, "poison")
    await desk.phone(other, "good")
    hook = type(desk.services.reach._hooks[GEMEENTE])
    real = hook.send

    async def send(self: Any, push: Any, token: str) -> Any:
        if token == "poison":
            raise RuntimeError("a fault of ours")
        return await real(self, push, token)

    monkeypatch.setattr(hook, "send", send)
    await desk.say(conv)
    await desk.say(other)
    for _ in range(desk.services.settings.push_attempts):
        await desk.work()
        desk.clock.later(hours=1)
    assert [told["token"] for told in desk.system.done.values()] == ["good"] and await desk.waiting() == []


# Private


async def test_erasing_leaves_nothing_and_what_is_under_way_brings_nothing_back(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.phone(conv, "token-of-the-phone")
    browser = await desk.browser(conv)
    desk.service.answers = [Answer(0, times=1)]
    desk.system.answers = [Answer(500)]
    await desk.say(conv)
    work = asyncio.create_task(desk.work())
    await until(lambda: desk.service.asked)
    await desk.say(conv)
    await desk.services.store.erase(await desk.services.store.get(conv))
    left = {key for key, value in (await everything(desk.services.redis)).items() if conv in f"{key} {value}"}
    assert left == {keys.FEED}
    desk.service.released.set()
    await work
    desk.clock.later(hours=1)
    await desk.work()
    left = {key for key, value in (await everything(desk.services.redis)).items() if conv in f"{key} {value}"}
    assert left == {keys.FEED} and browser.received == []


async def test_everything_has_an_end(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.phone(conv)
    desk.system.answers = [Answer(500)]
    await desk.say(conv)
    await desk.work()
    await desk.say(conv)
    mine = [key async for key in desk.services.redis.scan_iter() if b"push" in key or b"devices" in key]
    assert len(mine) >= 4 and all([await desk.services.redis.ttl(key) > 0 for key in mine])


async def test_neither_the_store_nor_the_logs_can_reach_a_device(desk: Desk) -> None:
    conv = await desk.conversation()
    await desk.phone(conv, "token-of-the-phone")
    browser = await desk.browser(conv)
    endpoint = browser.subscription(desk.service.url)
    held = repr(await desk.services.devices.all(conv))
    out = io.StringIO()
    structlog.reset_defaults()
    logs.structured("DEBUG")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out))
    try:
        desk.service.answers, desk.system.answers = [Answer(500, times=1), Answer(410, times=1)], [Answer(403, times=1)]
        await desk.say(conv)
        await desk.work()
        desk.clock.later(minutes=1)
        await desk.work()
    finally:
        structlog.reset_defaults()
    stored = str(await everything(desk.services.redis))
    secret = [browser.id, endpoint["endpoint"], endpoint["keys"]["p256dh"], endpoint["keys"]["auth"], "token-of-the-phone"]
    assert out.getvalue().count('"event": "push"') == 3
    assert [text for text in secret if text in out.getvalue() + stored + held] == []


# The door


@pytest.fixture
async def door(desk: Desk, make_edge: EdgeFactory) -> Edge:
    return await make_edge(**{
        name: getattr(desk.services.settings, name)
        for name in ("gemeenten", "gemeenten_dir", "data_dir", "push_hosts", "push_hook_secret", "push_delay_seconds",
                     "push_poll_seconds")
    })


async def put(citizen: Citizen, body: Any, device: str = DEVICE) -> Any:
    return await citizen.call("PUT", f"/push/{device}", json=body)


async def test_from_the_browser_to_the_browser(desk: Desk, door: Edge) -> None:
    """By HTTP alone, with the key that the edge tells, and the edge's own work."""
    citizen = await door.citizen(channel="app")
    facts = (await door.call("GET", f"/v1/gemeenten/{GEMEENTE}")).json
    browser = desk.service.subscribe(facts["push_key"])
    reply = await put(citizen, {"kind": "webpush", "subscription": browser.subscription(desk.service.url)})
    assert (reply.status, reply.body) == (204, b"")
    assert (await put(citizen, {"kind": "app", "token": "t"}, str(uuid.uuid4()).upper())).status == 204
    tell = door.services.handover.tell
    await tell(await door.services.store.get(citizen.conv), events.notice("case_status", WORDS))
    await until(lambda: browser.received and desk.system.done)
    assert [told["kind"] for told in browser.received] == ["notice"]
    assert [(await citizen.call("DELETE", f"/push/{DEVICE}")).status for _ in range(2)] == [204, 204]
    await tell(await door.services.store.get(citizen.conv), events.notice("case_status", WORDS))
    await until(lambda: len(desk.system.done) == 2)
    assert len(browser.received) == 1
    assert (await citizen.call("DELETE")).status == 204
    assert (await put(citizen, {"kind": "app", "token": "t"})).status == 404


async def test_what_cannot_be_used_is_refused_with_what_is_wrong(desk: Desk, door: Edge) -> None:
    citizen, other = await door.citizen(), await door.citizen()
    good = desk.service.subscribe(desk.key).subscription(desk.service.url)
    elsewhere = [
        "https://evil.example/send/1", "http://127.0.0.1:1/send/1", "https://127.0.0.1/", "https://169.254.169.254/latest", "x",
        "https://fcm.googleapis.com@evil.example/", "https://fcm.googleapis.com.evil.example/", "file:///etc/passwd", "",
        desk.service.url.replace("http", "https") + "/send/1", f"{desk.service.url}.evil.example/", "https://[::1/",
    ]
    for endpoint in elsewhere:
        reply = await put(citizen, {"kind": "webpush", "subscription": good | {"endpoint": endpoint}})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "subscription.endpoint"), endpoint
    short = base64.urlsafe_b64encode(b"\x02" + decoded(good["keys"]["p256dh"])[1:33]).decode()  # a point, but compressed
    keys_of_no_use = [("auth", "AAAA"), ("auth", "**")] + [("p256dh", key) for key in ("AAAA", short, "é", good["keys"]["auth"])]
    for name, wrong in keys_of_no_use:
        reply = await put(citizen, {"kind": "webpush", "subscription": good | {"keys": good["keys"] | {name: wrong}}})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, f"subscription.keys.{name}")
    bodies: list[Any] = [
        {"kind": "app"}, {"kind": "app", "token": ""}, {"kind": "app", "token": "x" * 513}, {"kind": "app", "token": 1},
        {"kind": "sms", "token": "x"}, {"token": "x"}, {"kind": "app", "token": "x", "more": 1}, [],
        {"kind": "webpush", "subscription": {"endpoint": good["endpoint"]}},
    ]
    assert [(await put(citizen, body)).status for body in bodies] == [422] * len(bodies)
    assert (await put(citizen, {"kind": "app", "token": "x"}, "no-uuid")).status == 422
    assert (await citizen.call("PUT", f"/push/{DEVICE}", data=b"{}")).status == 415
    stranger = Citizen(door, citizen.conv, other.token)
    assert (await put(stranger, {"kind": "app", "token": "x"})).status == 403
    assert (await put(Citizen(door, citizen.conv, ""), {"kind": "app", "token": "x"})).status == 401
    assert await door.services.devices.all(citizen.conv) == []


async def test_who_asks_too_often_is_slowed_down(desk: Desk, make_edge: EdgeFactory) -> None:
    settings = desk.services.settings
    edge = await make_edge(gemeenten_dir=settings.gemeenten_dir, gemeenten=GEMEENTE, data_dir=settings.data_dir,
                           push_hook_secret=settings.push_hook_secret, rate_address_minute=3)
    citizen = await edge.citizen()
    replies = [await put(citizen, {"kind": "app", "token": "x"}) for _ in range(4)]
    assert [reply.status for reply in replies] == [204, 204, 204, 429] and "Retry-After" in replies[-1].headers


async def test_a_municipality_without_an_app_says_so(edge: Edge) -> None:
    reply = await put(await edge.citizen(), {"kind": "app", "token": "x"})
    assert (reply.status, reply.kind) == (409, "push_unavailable")


async def test_a_page_from_elsewhere_may_register_when_the_municipality_allows_its_site(make_edge: EdgeFactory) -> None:
    edge = await make_edge(origins=["https://www.voorbeeld.example"])
    asks = {"Origin": "https://www.voorbeeld.example", "Access-Control-Request-Method": "PUT"}
    reply = await edge.call("OPTIONS", f"/v1/conv/c_x/push/{DEVICE}", headers=asks)
    assert "PUT" in reply.headers["Access-Control-Allow-Methods"]


# Setting it up


def faults(**changes: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        build(replace(Settings(), **changes), "unix:///nergens")
    return str(caught.value)


async def test_a_demonstration_makes_its_own_key_and_keeps_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    first, second = (build(settings, "unix:///nergens") for _ in range(2))
    assert first.push_key(GEMEENTE) == second.push_key(GEMEENTE) is not None
    assert (tmp_path / "push_key").stat().st_mode & 0o777 == 0o600
    for services in (first, second):
        await services.aclose()


def test_the_command_makes_a_pair_that_fits(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["push-key"])
    private = re.search(r"BALIE_PUSH_VAPID_KEY=(\S+)", result.output)
    assert private and VapidKey(private[1]).public in result.output.split()
    services = build(Settings(data_dir=str(tmp_path), push_vapid_key=private[1]), "unix:///nergens")
    assert services.push_key(GEMEENTE) == VapidKey(private[1]).public and not (tmp_path / "push_key").exists()


async def test_in_production_there_is_no_web_push_without_a_key_and_nothing_of_our_own_network_is_reached(tmp_path: Path) -> None:
    async with stubs.serving() as service, stubs.serving_hook() as system:
        settings = town(tmp_path, service, system, environment="production", secret="x" * 40)
        with pytest.raises(SettingsError) as caught:
            build(settings, "unix:///nergens")
        told = str(caught.value)
        assert "BALIE_PUSH_HOSTS" in told and "app.push_hook must be an https address in production" in told
        system.url = "https://10.0.0.1"
        with pytest.raises(SettingsError, match=r"app\.push_hook must not be an address of your own network"):
            build(town(tmp_path, service, system, environment="production", secret="x" * 40), "unix:///nergens")
        from bot import gemeenten, wiring_push

        own = gemeenten.load([GEMEENTE])
        reach = wiring_push.reach(own, Settings(environment="production", data_dir=str(tmp_path)), str, lambda: None)  # type: ignore[arg-type,return-value]
        assert reach.public_key(GEMEENTE) is None and reach.lanes == () and not (tmp_path / "push_key").exists()
        await reach.aclose()


@pytest.mark.parametrize("changes, told", [
    ({"push_vapid_key": "x"}, "BALIE_PUSH_VAPID_KEY can't be used"),
    ({"push_vapid_key": "x" * 43, "push_contact": "mailto:nobody"}, "BALIE_PUSH_CONTACT must be an address"),
    ({"push_hosts": "push.*.example"}, "BALIE_PUSH_HOSTS: 'push.*.example'"),
    ({"push_hosts": "http://push.example"}, "BALIE_PUSH_HOSTS: 'http://push.example'"),
])
def test_who_sets_it_up_hears_at_the_start_what_is_wrong(changes: dict[str, str], told: str) -> None:
    assert told in faults(**changes)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_kort", "whsec_" + "A" * 8, "A" * 44, "whsec_***"])
async def test_a_secret_that_cannot_sign_stops_the_start(tmp_path: Path, secret: str) -> None:
    async with stubs.serving() as service, stubs.serving_hook() as system:
        with pytest.raises(SettingsError, match="BALIE_PUSH_HOOK_SECRET"):
            build(town(tmp_path, service, system, push_hook_secret=secret), "unix:///nergens")


# docs/push.md


def test_the_document_names_only_settings_that_exist() -> None:
    named = set(re.findall(r"BALIE_[A-Z_]+[A-Z]", (ROOT / "docs" / "push.md").read_text()))
    assert named <= {env_name(item.name) for item in known()} | {"BALIE_PUSH_HOOK_SECRET__WEIDEDORP"}


def test_the_example_of_the_document_verifies_the_example_of_the_document() -> None:
    text = (ROOT / "docs" / "push.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    message = re.search(r"```http\n(.*?)```", text, re.DOTALL)
    assert code and message
    names: dict[str, Any] = {}
    exec(code[1], names)
    head, _, body = message[1].strip().partition("\n\n")
    headers = CIMultiDict(line.split(": ", 1) for line in head.splitlines()[1:])
    moment = int(headers["webhook-timestamp"])
    secret = re.search(r"whsec_\S+(?=`)", text)
    assert secret
    assert names["verified"](headers, body.encode(), secret[0], moment)["data"]["v"] == 1
    assert stubs.verified(headers, body.encode(), secret[0], datetime.fromtimestamp(moment, UTC))
    for wrong in ({"webhook-id": "push_other"}, {"webhook-timestamp": str(moment + 1)}, {"webhook-signature": "v1,AAAA"}):
        with pytest.raises(ValueError):
            names["verified"]({**headers, **wrong}, body.encode(), secret[0], moment)
    with pytest.raises(ValueError):
        names["verified"](headers, body.encode(), secret[0], moment + 301)
    with pytest.raises(ValueError):
        names["verified"](headers, body.encode() + b" ", secret[0], moment)
