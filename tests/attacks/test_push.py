"""What an attacker tries with push and with the token of a conversation: our edge as a weapon, others' news, a stolen key."""

import io
import itertools
import random
import uuid
from typing import Any

import pytest
import structlog
from yarl import URL

from bot import logs
from bot.http import Http, HttpFailure, is_public
from bot.push.hosts import Hosts
from bot.settings import Settings
from tests.attacks.test_login import everything
from tests.conftest import Citizen, Edge, EdgeFactory, Reply

HOSTS = Hosts.of(Settings().push_hosts)
EVIL = "https://evil.example"
PIECES = (
    "https://", "http://", "HTTPS://", "//", "fcm.googleapis.com", "web.push.apple.com", "evil.example", "@", ":443", ":8443",
    ":", "/", "\\", "?", "#", ".", "%2e", "%00", "\t", "\n", " ", ";", "[::1]", "127.0.0.1", "é", "。", "\u2024", "\u00ad", "x",
)
SUBSCRIPTION = {  # the example of RFC 8291
    "endpoint": "https://fcm.googleapis.com/fcm/send/private-address-of-a-device",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


async def put(citizen: Citizen, device: str, subscription: Any = SUBSCRIPTION, **more: Any) -> Reply:
    return await citizen.call("PUT", f"/push/{device}", json={"kind": "webpush", "subscription": subscription}, **more)


# Our edge as a weapon: 1.3.6


def test_no_spelling_of_an_address_leads_elsewhere_than_what_was_checked() -> None:
    """Whoever checks and whoever connects read an address with different parsers: they must agree on all that is let through."""
    chance, allowed = random.Random(8030), 0
    pairs = itertools.product(PIECES, repeat=3)
    longer = (chance.choices(PIECES, k=chance.randint(4, 7)) for _ in range(20_000))
    for pieces in itertools.chain(pairs, longer):
        for endpoint in ("".join(pieces), "https://" + "".join(pieces)):
            if HOSTS.lane(endpoint) is None:
                continue
            allowed += 1
            url = URL(endpoint)
            assert (url.scheme, url.port, url.user) == ("https", 443, None), endpoint
            assert url.host == "fcm.googleapis.com" or str(url.host).endswith(".push.apple.com"), endpoint
    assert allowed > 20


@pytest.mark.parametrize("host", [
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "fec0::1", "::ffff:169.254.169.254",
])
def test_an_address_that_only_looks_like_the_internet_is_our_own_network(host: str) -> None:
    """Addresses that carry another one inside them (NAT64, 6to4), and the old private ones of IPv6."""
    assert not is_public(host)
    assert is_public("64:ff9b::1.1.1.1") and is_public("2002:101:101::")


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[64:ff9b::7f00:1]"])
async def test_no_spelling_of_this_machine_is_reached(host: str) -> None:
    http = Http(2.0, public=True)
    try:
        with pytest.raises(HttpFailure) as caught:
            await http.act("POST", f"http://{host}:9/", headers={}, body=b"")
    finally:
        await http.aclose()
    assert not caught.value.sent


# Somebody else's news: 8.2.2


async def test_a_device_belongs_to_the_conversation_that_it_was_given_in(edge: Edge) -> None:
    mine, yours, device = await edge.citizen(), await edge.citizen(), str(uuid.uuid4())
    assert [(await put(citizen, device)).status for citizen in (mine, yours)] == [204, 204]
    stranger = Citizen(edge, yours.conv, mine.token)
    assert (await put(stranger, device)).status == 403
    assert (await stranger.call("DELETE", f"/push/{device}")).status == 403
    assert (await mine.call("DELETE", f"/push/{device}")).status == 204
    assert [len(await edge.services.devices.all(citizen.conv)) for citizen in (mine, yours)] == [0, 1]
    refused = await put(yours, device, headers={"Origin": EVIL})
    assert refused.kind == "origin_refused"


async def test_nobody_fills_the_store_or_pushes_out_anybody_else(make_edge: EdgeFactory) -> None:
    edge = await make_edge(push_devices=3)
    mine, yours = await edge.citizen(), await edge.citizen()
    await put(yours, str(uuid.uuid4()))
    for _ in range(8):
        assert (await put(mine, str(uuid.uuid4()))).status == 204
    assert [len(await edge.services.devices.all(citizen.conv)) for citizen in (mine, yours)] == [3, 1]
    huge = SUBSCRIPTION | {"endpoint": SUBSCRIPTION["endpoint"] + "x" * 20_000}  # type: ignore[operator]
    assert (await put(mine, str(uuid.uuid4()), huge)).status == 413
    point = SUBSCRIPTION | {"keys": {"p256dh": "B" * 12_000, "auth": "A" * 3000}}
    assert (await put(mine, str(uuid.uuid4()), point)).status == 422


async def test_how_a_device_is_reached_is_in_no_log_no_answer_and_not_in_the_store(edge: Edge) -> None:
    citizen, out = await edge.citizen(), io.StringIO()
    structlog.reset_defaults()
    logs.structured("DEBUG")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out))
    try:
        wrong = [SUBSCRIPTION | {"endpoint": f"{EVIL}/private-address-of-a-device"},
                 SUBSCRIPTION | {"keys": SUBSCRIPTION["keys"] | {"auth": "private-address-of-a-device"}},  # type: ignore[operator]
                 {"private-address-of-a-device": 1}]
        replies = [await put(citizen, str(uuid.uuid4()), body) for body in (SUBSCRIPTION, *wrong)]
    finally:
        structlog.reset_defaults()
    assert [reply.status for reply in replies] == [204, 422, 422, 422]
    told = out.getvalue() + str(await everything(edge.services.redis)) + "".join(reply.text for reply in replies[:3])
    assert '"route": "/v1/conv/{conv}/push/{device}"' in told and "private-address" not in told
    assert SUBSCRIPTION["keys"]["auth"] not in told  # type: ignore[index]


# A stolen key: 9.2, 7.4


async def test_a_copied_token_ends_with_the_renewal_also_for_who_listens_already(make_edge: EdgeFactory) -> None:
    edge = await make_edge(token_grace_seconds=0, ping_seconds=0.1)
    owner = await edge.citizen()
    thief = Citizen(edge, owner.conv, owner.token)
    async with thief.stream() as stream:
        await stream.until(lambda event: event["type"] == "ping")
        owner.token = (await owner.call("POST", "/token")).json["token"]
        assert (await owner.send("Dit is alleen voor de gemeente")).status == 201
        heard = []
        while (item := await stream.next()) is not None:  # it ends by itself
            heard.append(item)
        assert len(heard) < 20
    for method, path in (("POST", "/token"), ("GET", "/history"), ("GET", "/events?wait=0"), ("DELETE", "")):
        assert (await thief.call(method, path)).kind == "unauthorized"
    assert (await put(thief, str(uuid.uuid4()))).kind == "unauthorized"


async def test_in_its_grace_a_replaced_token_is_no_way_to_one_that_lasts(edge: Edge) -> None:
    owner = await edge.citizen()
    thief = Citizen(edge, owner.conv, owner.token)
    owner.token = (await owner.call("POST", "/token")).json["token"]
    assert len(await owner.history()) == len(await thief.history()) == 1
    assert [(await thief.call("POST", "/token")).kind for _ in range(10)] == ["unauthorized"] * 10
    assert (await owner.call("POST", "/token")).status == 200


async def test_a_conversation_that_was_erased_gives_no_token_and_takes_no_device(edge: Edge) -> None:
    citizen = await edge.citizen()
    await put(citizen, str(uuid.uuid4()))
    assert (await citizen.call("DELETE")).status == 204
    assert (await citizen.call("POST", "/token")).kind == "conversation_unknown"
    assert (await put(citizen, str(uuid.uuid4()))).kind == "conversation_unknown"
    assert not [key async for key in edge.services.redis.scan_iter(f"*{citizen.conv}*")]
