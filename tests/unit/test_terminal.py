"""What a typed line means in the terminal, and what is shown there."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from connectors.app.client import State
from connectors.terminal.answers import Filling, asked_by
from connectors.terminal.kept import Kept, write_private
from connectors.terminal.screen import Screen

TODAY = date(2026, 11, 28)
CHOICES = {"kind": "choices", "id": "q", "options": [{"label": "Paspoort", "value": "1"}, {"label": "Iets anders", "value": "2"}]}
SLOTS = {"kind": "time", "id": "t", "slots": ["09:20", "10:40"]}
DAY = {"kind": "date", "id": "d", "min": "2026-12-10", "max": "2027-02-01"}


def message(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"type": "message", "id": "m_7", "seq": 7, "from": {"role": "bot", "name": "Balie"}, "text": "Hallo"}
    return {**said, "parts": list(parts), **more}


@pytest.mark.parametrize(("typed", "kind", "value"), [
    ("1", "choice", "1"), (" 2 ", "choice", "2"), ("iets ANDERS", "choice", "2"), ("3", "time", "09:20"),
    ("10:40", "time", "10:40"), ("9.20 uur", "time", "09:20"), ("12-12", "date", "2026-12-12"), ("1-2", "date", "2027-02-01"),
    ("15/12/2026", "date", "2026-12-15"), ("2026-12-31", "date", "2026-12-31"), ("9", "text", None), ("0", "text", None),
    ("99-99", "text", None), ("11:11", "text", None), ("volgende week dinsdag", "text", None), ("²", "text", None),
])
def test_a_typed_line_is_an_answer_or_just_words(typed: str, kind: str, value: str | None) -> None:
    asked = asked_by(message(CHOICES, SLOTS, DAY))
    assert asked
    answer = asked.answer(typed, TODAY)
    assert (answer["kind"], answer.get("value")) == (kind, value)
    assert answer == {"kind": "text", "text": typed} or answer["reply_to"] == "m_7"


def test_a_rating_is_one_figure_and_what_asks_nothing_is_no_question() -> None:
    asked = asked_by({"type": "rating_request", "id": "m_9"})
    assert asked and asked.answer("4", TODAY) == {"kind": "rating", "value": "4"} and asked.answer("6", TODAY)["kind"] == "text"
    assert asked_by(message({"kind": "link", "label": "Meer", "url": "https://a.example"})) is None


def test_a_form_is_filled_in_field_by_field_and_wrong_ones_again() -> None:
    filling = Filling("m_7", [{"name": "a", "label": "A"}, {"name": "b", "label": "B"}])
    for typed in (" 1 ", ""):
        assert filling.field
        filling.take(typed)
    assert filling.field is None and filling.values == {"a": "1"}
    again = filling.again({"b"})
    assert again.field == {"name": "b", "label": "B"}
    again.take("2")
    assert again.field is None and again.values == {"a": "1", "b": "2"}
    assert filling.again(set()).field == {"name": "a", "label": "A"}


def shown(*events: dict[str, Any]) -> str:
    screen = Screen(Console(file=(out := StringIO()), width=120))
    for event in events:
        screen.show(event)
    return out.getvalue()


def test_nothing_that_is_said_can_steer_the_terminal_or_be_a_script() -> None:
    text = shown(message(
        {"kind": "choices", "id": "q", "options": [{"label": "\x1b]0;x\x07Ja", "value": "1"}]},
        {"kind": "link", "label": "Meer", "url": "javascript:alert(1)"}, {"kind": "onbekend"}, text="[red]Hoi[/red]\x1b[2J\u202e",
    ))
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "[red]Hoi[/red]" in text and "javascript" not in text


def test_a_case_and_an_appointment_are_cards_in_words() -> None:
    text = shown(message(
        {"kind": "case", "identificatie": "ZAAK-1", "zaaktype": "Parkeervergunning", "status": "Bezig", "step": 2, "steps": 5,
         "expected": "2026-12-01", "latest": None},
        {"kind": "appointment", "id": "A", "reference": "A7K", "product": "Paspoort", "start": "2026-12-01T09:20:00+01:00",
         "location": {"name": "Stadhuis", "city": "Voorbeeld"}, "ics": "https://balie.example/x.ics", "bring": ["een pasfoto"]},
    ))
    for words in ("ZAAK-1", "2 van 5", "Verwacht klaar", "dinsdag 1 december 2026, 09:20 uur", "Stadhuis, Voorbeeld", "pasfoto"):
        assert words in text
    assert "Uiterlijk" not in text


def test_what_is_off_and_the_emergency_notice_are_told_and_that_it_is_on_again() -> None:
    off = {"type": "service", "off": True, "off_text": "De chat is dicht.", "notice": None}
    on = {"type": "service", "off": False, "off_text": "", "notice": {"id": "n", "text": "De brug is dicht.", "until": None}}
    text = shown(off, on)
    assert text.splitlines() == ["De chat is dicht.", "De chat is weer aan.", "De brug is dicht."]


def test_what_is_kept_is_private_whole_and_may_be_damaged(tmp_path: Path) -> None:
    kept = Kept("https://balie.example", "voorbeeld", tmp_path / "balie")
    assert kept.load() is None
    state = State("https://balie.example", "voorbeeld", "c_1", "c_1.geheim", seen=3, outbox=[{"cid": "x"}])
    kept.save(state)
    assert kept.load() == state and "geheim" not in repr(state)
    assert kept.path.stat().st_mode & 0o777 == 0o600 and [path.name for path in kept.path.parent.iterdir()] == [kept.path.name]
    for damaged in ("", "{", "[]", json.dumps({"server": "x"})):
        write_private(kept.path, damaged)
        assert kept.load() is None
    kept.forget()
    kept.forget()
    assert Kept("https://balie.example", "weidedorp", tmp_path).path != Kept("https://balie.example", "voorbeeld", tmp_path).path
