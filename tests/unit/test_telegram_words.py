"""What the bot on Telegram says: within Telegram's bounds, cut where a reader would, and nothing that becomes markup."""

import pytest

from bot.conversation import events
from bot.gemeenten import load
from bot.settings import Settings
from connectors import plain
from connectors.capabilities import TELEGRAM
from connectors.telegram import words
from connectors.telegram.render import render

GEMEENTEN = load(Settings().gemeente_names)


@pytest.mark.parametrize("key", GEMEENTEN)
def test_what_telegram_shows_of_the_bot_fits_and_says_that_it_is_a_computer(key: str) -> None:
    gemeente = GEMEENTEN[key]
    assert plain.utf16(words.description(gemeente)) <= 512 and plain.utf16(words.short_description(gemeente)) <= 120
    for told in (words.description(gemeente), words.short_description(gemeente)):
        assert "omputer, geen mens" in told and told.endswith(".")
    assert plain.utf16(words.privacy(gemeente)) <= TELEGRAM.max_chars
    assert "/wissen" in words.privacy(gemeente) and "Telegram kan ze lezen" in words.privacy(gemeente)


def test_alerts_fit_in_what_telegram_shows_for_a_button() -> None:
    assert len(words.ALREADY_CHOSEN) <= 200
    assert len(words.OR_TYPE_NUMBER) <= 64


@pytest.mark.parametrize("between, cut", [("\n\n", "\n\n"), ("\n", "\n"), (". ", " "), ("? ", " ")])
def test_a_long_answer_is_cut_where_a_reader_would(between: str, cut: str) -> None:
    text = between.join(f"alinea {number} " + "woord " * 90 + "einde" for number in range(20))
    pieces = plain.split(text, TELEGRAM)
    assert len(pieces) > 2
    assert all(piece.removesuffix(".").removesuffix("?").endswith("einde") for piece in pieces)
    assert all(piece.startswith("alinea") for piece in pieces)
    assert all(plain.utf16(piece) <= TELEGRAM.max_chars for piece in pieces)
    assert cut.join(pieces) == text


def test_what_looks_like_markup_stays_what_it_is() -> None:
    text = "<b>Let op</b> & *dit* [link](https://a.example) `code`"
    assert [out.text for out in render(events.message("agent", text, name="<i>S</i>"), 3)] == [f"<i>S</i> (medewerker): {text}"]


def test_what_the_citizen_said_is_not_said_back() -> None:
    assert render(events.message("citizen", "Hallo"), 3) == []
    assert render(events.turn_done("t_3"), 4) == []
