"""A citizen who waits for an agent hears how long, never shorter than it is."""

import pytest

from bot.waiting import wait_in_words


@pytest.mark.parametrize(("seconds", "words"), [
    (None, "Er is nu geen medewerker vrij"), (30, "Het duurt minder dan 1 minuut"), (60, "Het duurt ongeveer 1 minuut"),
    (61, "Het duurt ongeveer 2 minuten"), (600, "Het duurt ongeveer 10 minuten"), (601, "Het duurt ongeveer 15 minuten"),
    (1800, "Het duurt ongeveer 30 minuten"), (1801, "Het duurt langer dan een half uur"),
])
def test_the_wait_is_told_in_words_that_are_not_shorter(seconds: int | None, words: str) -> None:
    assert wait_in_words(seconds) == words
