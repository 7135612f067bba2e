"""Events as they are kept and as they are shown."""

import pytest

from bot.conversation import events


def test_a_client_sees_the_number_and_no_private_fields() -> None:
    body = events.message("bot", "Kies maar", name="Balie", _payloads=["/affirm"], parts=[{"kind": "choices", "options": []}])
    shown = events.public(body, 12)
    assert shown["v"] == 1 and shown["seq"] == 12 and shown["id"] == "m_12"
    assert shown["from"] == {"role": "bot", "name": "Balie"} and shown["parts"]
    assert not [key for key in shown if key.startswith("_")] and "_payloads" in body


def test_a_citizens_message_shows_which_turn_answers_it() -> None:
    assert events.public(events.message("citizen", "Hallo"), 7)["turn"] == "t_7"
    assert "turn" not in events.public(events.message("agent", "Hallo", name="Sanne"), 7)
    assert events.public(events.turn_done("t_7"), 9)["turn"] == "t_7"


def test_what_is_kept_comes_back_the_same() -> None:
    body = events.message("citizen", "Ik woon in 's-Hertogenbosch 🙂\n\"quote\"", cid="x", _fields={"a": "é"})
    assert events.load(events.dump(body)) == body


def test_redacting_removes_everything_that_was_said() -> None:
    body = events.message("citizen", "ZAAK-1", cid="x", _payload="/x", _fields={"a": "b"}, parts=[{"kind": "link"}])
    hidden = events.redacted(body)
    assert hidden["text"] == events.HIDDEN and hidden["redacted"] is True
    assert not {"_payload", "_fields", "parts"} & set(hidden)
    assert hidden["cid"] == "x" and hidden["at"] == body["at"], "place and identity stay: the log has no gaps"


@pytest.mark.parametrize(("kind", "expected"), [
    ("choices", True), ("date", True), ("time", True), ("form", True), ("link", False), ("appointment", False), ("case", False),
])
def test_which_parts_make_a_question(kind: str, expected: bool) -> None:
    assert events.asks(events.message("bot", "?", parts=[{"kind": "link"}, {"kind": kind}])) is expected


def test_something_without_parts_asks_nothing() -> None:
    assert not events.asks(events.turn_done("t_1")) and not events.asks(events.message("bot", "Hallo"))


def test_a_part_is_found_by_its_kind() -> None:
    body = events.message("bot", "?", parts=[{"kind": "link"}, {"kind": "date", "id": "d"}, {"kind": "date", "id": "e"}])
    assert (events.find_part(body, ["date", "time"]) or {})["id"] == "d"
    assert events.find_part(body, ["form"]) is None and events.find_part(events.turn_done("t_1"), ["form"]) is None


def test_moments_are_in_utc() -> None:
    assert events.now().endswith("Z") and events.handover("queued", position=2)["at"].endswith("Z")
