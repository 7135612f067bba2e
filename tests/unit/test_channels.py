"""What a channel can do, in words only: the table, its page, and an event without cards, forms and buttons."""

import typing
from dataclasses import fields, replace

import pytest

from bot.conversation import events
from bot.desk import words as desk_words
from bot.settings import ROOT
from connectors import plain, typed, words
from connectors.api import Begin
from connectors.capabilities import ABOUT, CHANNELS, TELEGRAM, WORDS_ONLY, Capabilities
from connectors.voice import Door
from tests.channels.sms import SMS

PAGE = ROOT / "docs" / "channels.md"
SHOWN = {**CHANNELS, "sms (of the tests)": SMS}


def cell(value: bool | int) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def table() -> str:
    """The rows of docs/channels.md."""
    rows = [["", *SHOWN, "what it means"], ["---"] * (len(SHOWN) + 2)]
    rows += [[f"`{name}`", *(cell(getattr(can, name)) for can in SHOWN.values()), about] for name, about in ABOUT.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def test_the_page_shows_the_table_of_the_code() -> None:
    assert table() in PAGE.read_text(), f"docs/channels.md should hold:\n{table()}"


def test_every_ability_is_explained_and_every_channel_has_a_name_at_the_desk() -> None:
    assert [field.name for field in fields(Capabilities)] == list(ABOUT)
    assert set(desk_words.CHANNELS) == set(CHANNELS)


def test_the_api_is_for_the_channels_whose_clients_fetch() -> None:
    allowed = typing.get_args(typing.get_type_hints(Begin)["channel"])
    assert set(allowed) == {name for name, can in CHANNELS.items() if can.fetches}


def test_a_door_owns_its_conversations_only() -> None:
    one = Door("telegram", "voorbeeld", "tg", "telegram")
    other = Door("telegram", "weidedorp", "tg-weidedorp", "telegram:weidedorp")
    assert one.owns("tg_0123") and not one.owns("tg-weidedorp_0123") and not one.owns("c_0123")
    assert other.owns("tg-weidedorp_0123") and not other.owns("tg_0123")
    assert one.can is TELEGRAM


@pytest.mark.parametrize("most", [20, 21, 50])
def test_long_words_are_split_at_white_space_and_nothing_is_lost(most: int) -> None:
    text = "Een lange zin met woorden.\nEn een tweede regel, " + "x" * 60 + " 😀😀😀 einde"
    for can in (replace(WORDS_ONLY, max_chars=most), replace(WORDS_ONLY, max_chars=most, wide_chars=True)):
        pieces = plain.split(text, can)
        size = plain.utf16 if can.wide_chars else len
        assert all(0 < size(piece) <= most for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())
    assert plain.split(text, WORDS_ONLY) == [text]
    assert plain.split(" \n", WORDS_ONLY) == []


def test_what_has_buttons_elsewhere_is_numbered() -> None:
    offered = {"kind": "choices", "id": "q", "options": [{"label": "Ja", "value": "a"}, {"label": "Nee", "value": "b"}]}
    link = {"kind": "link", "label": "Meer lezen", "url": "https://www.voorbeeld.example/a"}
    [said] = plain.render(events.message("bot", "Klopt dit?", parts=[offered, link]), WORDS_ONLY)
    assert said == f"Klopt dit?\n\nMeer lezen: https://www.voorbeeld.example/a\n\n1. Ja\n2. Nee\n{words.TYPE_NUMBER}"


def test_what_the_citizen_said_and_what_shows_nothing_is_not_said_again() -> None:
    for body in (events.message("citizen", "Hallo"), events.turn_done("t_1"), events.handover("closed"), {"type": "note"}):
        assert plain.render(body, WORDS_ONLY) == []
    assert plain.render(events.message("agent", "Goedemiddag", name="Sanne"), WORDS_ONLY) == ["Sanne (medewerker): Goedemiddag"]


@pytest.mark.parametrize(("said", "kind", "value"), [
    ("1", "choice", "a"), (" 2. ", "choice", "b"), ("NEE", "choice", "b"),
    ("3", None, None), ("ja hoor", None, None), ("01", None, None),
])
def test_a_number_or_the_label_is_the_choice(said: str, kind: str | None, value: str | None) -> None:
    offered = {"kind": "choices", "id": "q", "options": [{"label": "Ja", "value": "a"}, {"label": "Nee", "value": "b"}]}
    given = typed.answer(said, events.message("bot", "?", parts=[offered]), 5, "sms:1")
    assert (given.type, given.value, given.reply_to) == (kind, value, "m_5") if given else kind is None


@pytest.mark.parametrize(("said", "value"), [
    ("1-12-2026", "2026-12-01"), ("01/12/2026", "2026-12-01"), ("31-11-2026", None), ("morgen", None), ("1-12", None),
])
def test_a_typed_day_is_a_date(said: str, value: str | None) -> None:
    given = typed.answer(said, events.message("bot", "?", parts=[{"kind": "date", "id": "d"}]), 5, "sms:1")
    assert (given.value if given else None) == value


@pytest.mark.parametrize(("said", "value"), [("9:20", "09:20"), ("09.20 uur", "09:20"), ("9:40", None), ("half tien", None)])
def test_a_typed_time_that_is_free_is_a_time(said: str, value: str | None) -> None:
    given = typed.answer(said, events.message("bot", "?", parts=[{"kind": "time", "id": "t", "slots": ["09:20"]}]), 5, "sms:1")
    assert (given.value if given else None) == value
