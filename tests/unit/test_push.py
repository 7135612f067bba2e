"""The parts of push that need nobody: which hosts are allowed, what an answer means, what an address is worth, the signatures."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.conversation import events
from bot.http import Http, HttpFailure, Reply, is_public
from bot.push import Push, deserves, seen_by_citizen
from bot.push.hook import HookKey
from bot.push.hosts import Hosts
from bot.push.outcome import of_reply
from bot.push.reach import AppDevice, WebDevice
from bot.push.vapid import VapidKey, new_private
from bot.push.webpush import Keys, Subscription, topic
from bot.settings import Settings
from tests.stubs.push import vapid_fault

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOSTS = Hosts.of(Settings().push_hosts)


@pytest.mark.parametrize("endpoint, lane", [
    ("https://fcm.googleapis.com/fcm/send/abc", "fcm.googleapis.com"),
    ("https://FCM.googleapis.com:443/wp/abc", "fcm.googleapis.com"),
    ("https://updates.push.services.mozilla.com/wpush/v2/abc", "updates.push.services.mozilla.com"),
    ("https://web.push.apple.com/abc", "*.push.apple.com"),
    ("https://wns2-am3p.notify.windows.com/w/?token=abc", "*.notify.windows.com"),
    *((endpoint, None) for endpoint in (
        "http://fcm.googleapis.com/a", "https://fcm.googleapis.com:8443/a", "https://fcm.googleapis.com./a",
        "//fcm.googleapis.com/a", "https://push.apple.com/a", "https://.push.apple.com/a", "https://evilpush.apple.com/a",
        "https://a@web.push.apple.com/",
        "https://evil.example%2f.push.apple.com/", "https://evil.example\\.push.apple.com/", "https://evil.example#.push.apple.com",
        "https://evil.example/.push.apple.com", "https://evil.example?.push.apple.com", "https://web.push.apple.com\n.evil.example/",
        " https://web.push.apple.com/", "https://é.push.apple.com/", "https://web.push.apple.com:x/", "javascript:alert(1)",
    )),
])
def test_only_push_services_of_the_list_are_ever_asked(endpoint: str, lane: str | None) -> None:
    assert HOSTS.lane(endpoint) == lane


@pytest.mark.parametrize("host, public", [
    ("push.voorbeeld.example", True), ("1.1.1.1", True), ("[2606:4700::1111]", True), ("10.1.2.3", False), ("127.0.0.1", False),
    ("169.254.169.254", False), ("100.64.0.1", False), ("[::1]", False), ("[fd00::1]", False), ("[::ffff:10.0.0.1]", False),
    ("[fe80::1%25eth0]", False), ("localhost", False), ("a.localhost", False), ("printer.local", False), ("db.internal.", False),
    ("intranet", False), ("", False), ("0.0.0.0", False),
])
def test_which_hosts_may_be_on_the_internet(host: str, public: bool) -> None:
    assert is_public(host) == public


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/", "http://169.254.169.254/"])
async def test_nothing_of_our_own_network_is_reached(url: str) -> None:
    http = Http(2.0, public=True)
    with pytest.raises(HttpFailure) as caught:
        await http.act("POST", url, headers={}, body=b"")
    assert not caught.value.sent and "own network" in str(caught.value)
    await http.aclose()


async def test_a_name_that_stands_for_our_own_network_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    http = Http(2.0, public=True)
    asked = []

    async def lookup(self: Any, host: str, port: int = 0, family: Any = 0) -> list[dict[str, Any]]:
        asked.append(host)
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", lookup)
    with pytest.raises(HttpFailure) as caught:
        await http.act("POST", "http://push.voorbeeld.example:9/", headers={}, body=b"")
    assert asked == ["push.voorbeeld.example"] and not caught.value.sent
    await http.aclose()


@pytest.mark.parametrize("status, after, what, wait", [
    (200, "", "sent", 0), (201, "", "sent", 0), (202, "60", "sent", 0), (404, "", "gone", 0), (410, "60", "gone", 0),
    (400, "", "refused", 0), (401, "", "refused", 0), (403, "", "refused", 0), (413, "", "refused", 0),
    (429, "", "again", 0), (429, "120", "again", 120), (503, "Tue, 24 Nov 2026 10:05:00 GMT", "again", 300),
    (503, "Tue, 24 Nov 2026 09:00:00 GMT", "again", 0), (503, "soon", "again", 0), (503, "-5", "again", 0),
    (503, "٣", "again", 0), (500, "1e9", "again", 0), (307, "", "again", 0), (408, "", "again", 0),
])
def test_what_an_answer_means(status: int, after: str, what: str, wait: float) -> None:
    outcome = of_reply(Reply(status, {"Retry-After": after} if after else {}, b""), NOW)
    assert (outcome.what, outcome.wait) == (what, wait if what == "again" else 0)


def test_who_is_disturbed_and_who_isnt() -> None:
    agent, notice = events.message("agent", "Dag", name="Sanne"), events.notice("case_status", "Nieuws")
    assert [deserves(body) for body in (agent, notice, events.handover("assigned"))] == ["agent", "notice", "agent"]
    quiet = [events.message("bot", "x"), events.message("system", "x"), events.message("citizen", "x"), events.turn_done("t_1"),
             {"type": "note"}, *map(events.handover, ("offered", "queued", "transferred", "unavailable", "returned", "closed"))]
    assert {deserves(body) for body in quiet} == {None}
    assert [seen_by_citizen(body) for body in (events.message("citizen", "x"), agent, notice)] == [True, False, False]


def test_a_push_says_where_and_never_what() -> None:
    push = Push("voorbeeld", "c_1", "d", "notice", 7, NOW.timestamp())
    assert push.payload == {"v": 1, "gemeente": "voorbeeld", "conv": "c_1", "kind": "notice", "seq": 7}
    assert len(topic("c_1")) == 32 and topic("c_1") != topic("c_2")


def test_a_signature_of_the_standard() -> None:
    """The example of the specification of Standard Webhooks (its libraries' tests use it)."""
    key = HookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = key.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_installation_signs_as_itself_for_one_push_service_and_not_for_long() -> None:
    key, endpoint = VapidKey(new_private()), "https://push.example/send/1"
    header = key.authorization(endpoint, "https://www.voorbeeld.example", NOW)
    vapid_fault(header, "https://push.example", key.public, NOW)
    for origin, public, moment in [
        ("https://other.example", key.public, NOW), ("https://push.example", VapidKey(new_private()).public, NOW),
        ("https://push.example", key.public, datetime(2026, 11, 25, 10, 0, tzinfo=UTC)),
    ]:
        with pytest.raises(ValueError):
            vapid_fault(header, origin, public, moment)


def test_what_reaches_a_device_is_in_no_error_and_no_log() -> None:
    web = WebDevice(Subscription("https://push.example/secret", Keys("secret", "secret")))
    assert "secret" not in repr([web, web.subscription, web.subscription.keys, AppDevice("secret")])
