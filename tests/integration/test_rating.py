"""How it was: asked at the end of a conversation, and once."""

from typing import Any

import pytest

from bot.conversation import events
from bot.conversation.mailbox import Answer, Mailbox
from bot.wiring import Services
from tests.conftest import Edge


async def _turn(services: Services, *said: events.Event) -> None:
    """The turn that waits is answered with this."""
    mailbox = Mailbox(services.redis, services.redis_blocking, "test", 6)
    await mailbox.prepare()
    for entry, conv in await mailbox.wait(10, 2):
        turn = await mailbox.take(entry, conv)
        assert turn is not None
        assert await mailbox.commit(turn, Answer([{**body, "turn": turn.name} for body in said], tracker=b"-"), 30)


async def test_who_says_goodbye_twice_is_asked_once_and_the_log_has_no_gap(edge: Edge, services: Services) -> None:
    citizen = await edge.citizen()
    question = {"kind": "choices", "id": "q", "options": [{"label": "Ja", "value": "1"}]}
    for cid in ("first", "second"):
        seq = (await citizen.send("Doei")).json["seq"]
        asks = events.message("bot", "Tot ziens. Nog iets?", parts=[question])
        await _turn(services, asks, events.rating_request(f"t_{seq}"))
        answer = await citizen.send(type="choice", value="1", reply_to=f"m_{seq + 1}")
        assert answer.status == 201, f"{cid}: what was asked before it is still the newest question"
        await _turn(services, events.message("bot", "Graag gedaan"))
    log = await citizen.history()
    asked = [event for event in log if event["type"] == "rating_request"]
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert len(asked) == 1 and log[log.index(asked[0]) + 1]["type"] == "turn_done"
    assert (await citizen.send(type="rating", value="4", reply_to=asked[0]["id"])).status == 201


@pytest.mark.parametrize(("event", "seq", "said", "expected"), [
    ({"type": "message"}, 4, ["utter_goodbye"], True),
    ({"type": "message"}, 2, ["utter_goodbye"], False),  # nothing was asked before
    ({"type": "message"}, 4, ["utter_thank"], False),
    ({"type": "handover", "state": "closed"}, 9, ["utter_terug"], True),
    ({"type": "handover", "state": "returned"}, 9, ["utter_terug"], False),
])
def test_what_is_an_end(event: dict[str, Any], seq: int, said: list[str], expected: bool) -> None:
    from bot.brain.answers import ends

    assert ends(event, seq, [{"text": "…", "utter_action": name} for name in said]) is expected
