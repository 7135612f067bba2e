"""What may be told to all citizens of a municipality at once, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import service
from bot.conversation.service import Notice, Off, ServiceState

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def test_a_notice_is_one_plain_paragraph() -> None:
    made = service.notice("  Het gemeentehuis\n is\x07 dicht.\u202e ", "", "Bas", NOW, 300)
    assert (made.text, made.by, made.at, made.until) == ("Het gemeentehuis is dicht.", "Bas", NOW, None)


def test_an_end_is_a_moment_in_the_netherlands() -> None:
    made = service.notice("Storing", "2026-11-27T12:00", "Bas", NOW, 300)
    assert made.until is not None and made.until.astimezone(UTC) == datetime(2026, 11, 27, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "until", "field", "why"), [
    ("", "", "text", "empty"),
    (" \n\u200b ", "", "text", "empty"),
    ("x" * 301, "", "text", "too_long"),
    ("Storing", "morgen", "until", "no_moment"),
    ("Storing", "2026-13-01T00:00", "until", "no_moment"),
    ("Storing", "2026-11-27T10:00", "until", "past"),  # nine o'clock in UTC, which is now
])
def test_what_can_not_be_told_is_refused_with_the_field_and_the_reason(text: str, until: str, field: str, why: str) -> None:
    with pytest.raises(service.NotFit) as refused:
        service.notice(text, until, "Bas", NOW, 300)
    assert (refused.value.field, refused.value.why) == (field, why)


def test_every_notice_has_a_name_of_its_own_so_that_closing_one_closes_no_other() -> None:
    assert Notice("Storing", NOW).id != Notice("Storing", NOW).id


def test_citizens_do_not_learn_who_set_it() -> None:
    state = ServiceState(Off("Uit.", NOW, "Bas"), Notice("Storing", NOW, "Eva", id="n_1"))
    assert state.public() == {"off": True, "off_text": "Uit.", "notice": {"id": "n_1", "text": "Storing", "until": None}}
    assert ServiceState().public() == {"off": False, "off_text": "", "notice": None}


def test_a_notice_ends_by_itself_and_pages_that_come_back_are_told_for_a_while() -> None:
    end = NOW + timedelta(minutes=5)
    state = ServiceState(None, Notice("Storing", NOW, until=end), changed=NOW)
    assert state.at(end - timedelta(seconds=1)) == state
    later = state.at(end)
    assert later.notice is None and later.changed == end
    assert later.told_after(end + timedelta(seconds=59), 60)
    assert not later.told_after(end + timedelta(seconds=60), 60)


def test_nothing_is_told_where_nothing_ever_was() -> None:
    assert not ServiceState().told_after(NOW, 1e9)
