"""Buttons of questions on Telegram: which there are, and what a pressed one stands for."""

from typing import Any

import pytest

from bot.conversation import events
from bot.conversation.events import Event
from connectors.telegram import words
from connectors.telegram.keyboards import Buttons, Rows, chosen, question_of, turned

SLOTS = [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 15, 30, 45)]


def asks(*parts: Event, payloads: list[str] | None = None) -> Event:
    return events.message("bot", "Vraag", parts=list(parts), **({"_payloads": payloads} if payloads else {}))


def day(first: str, last: str, *closed: str) -> Event:
    return {"kind": "date", "id": "d", "min": first, "max": last, "closed": list(closed)}


def labels(rows: Rows) -> list[list[str]]:
    return [[button.text for button in row] for row in rows]


def press(body: Event, rows: Rows, label: str) -> str:
    """The data of the button with this label."""
    [data] = [str(button.callback_data) for row in rows for button in row if button.text == label]
    assert len(data.encode()) <= 64
    assert question_of(data) == 7
    return data


def after(body: Event, rows: Rows, label: str) -> Rows:
    """What stands there after a button that shows others."""
    shown = turned(press(body, rows, label), body)
    assert shown is not None
    return shown


def answer(body: Event, rows: Rows, label: str) -> Any:
    given = chosen(press(body, rows, label), body, "cid")
    return given and (given.type, given.value, given.reply_to)


def test_many_times_come_page_by_page_and_a_time_of_the_last_page_counts() -> None:
    body = asks({"kind": "time", "id": "t", "slots": SLOTS},
                {"kind": "choices", "id": "q", "options": [{"label": "Andere dag", "value": "1"}]})
    first = Buttons(body, 7).rows()
    assert labels(first)[0] == ["09:00", "09:15", "09:30", "09:45"]
    assert labels(first)[-2:] == [[words.LATER], ["Andere dag"]]
    second = after(body, first, words.LATER)
    assert labels(second)[-2:] == [[words.EARLIER], ["Andere dag"]]
    assert answer(body, second, "16:45") == ("time", "16:45", "m_7")
    assert labels(after(body, second, words.EARLIER)) == labels(first)
    few = asks({"kind": "time", "id": "t", "slots": SLOTS[:24]})
    assert [len(row) for row in Buttons(few, 7).rows()] == [4] * 6


def test_days_without_choices_begin_with_the_first_that_are_free() -> None:
    body = asks(day("2026-11-30", "2027-01-15", "2026-12-01", "2026-12-25"))
    first = Buttons(body, 7).rows()
    assert labels(first) == [
        ["ma 30 nov", "wo 2 dec", "do 3 dec"], ["vr 4 dec", "za 5 dec", "zo 6 dec"], [words.MORE_DAYS],
    ]
    assert answer(body, first, "wo 2 dec") == ("date", "2026-12-02", "m_7")
    month = after(body, first, words.MORE_DAYS)
    assert labels(month) == [["ma 30 nov"], ["december →"], [words.BACK]]
    month = after(body, month, "december →")
    assert not any("vr 25 dec" in row for row in labels(month))
    assert labels(month)[-2:] == [["← november", "januari →"], [words.BACK]]
    assert answer(body, month, "do 31 dec") == ("date", "2026-12-31", "m_7")
    month = after(body, month, "januari →")
    assert labels(month)[-2:] == [["← december"], [words.BACK]]
    assert labels(after(body, month, words.BACK)) == labels(first)


def test_days_that_the_bot_offers_are_the_choices_and_the_rest_is_one_button_away() -> None:
    options = [{"label": "di 1 december", "value": "1"}, {"label": "Andere dagen", "value": "2"}]
    body = asks({"kind": "choices", "id": "q", "options": options}, day("2026-12-01", "2026-12-02"),
                payloads=["2026-12-01", "/x"])
    first = Buttons(body, 7).rows()
    assert labels(first) == [["di 1 december"], ["Andere dagen"], [words.MORE_DAYS]]
    assert answer(body, first, "di 1 december") == ("choice", "1", "m_7")
    assert labels(after(body, first, words.MORE_DAYS)) == [["di 1 dec", "wo 2 dec"], [words.BACK]]
    assert labels(Buttons({**body, "parts": body["parts"][::-1]}, 7).rows())[-1] == [words.MORE_DAYS]
    nothing_more = asks({"kind": "choices", "id": "q", "options": options}, day("2026-12-01", "2026-12-01"),
                        payloads=["2026-12-01", "/x"])
    assert labels(Buttons(nothing_more, 7).rows()) == [["di 1 december"], ["Andere dagen"]]


@pytest.mark.parametrize("part", [{"kind": "date", "id": "d"}, day("2026-12-01", "2026-12-01", "2026-12-01"),
                                  day("2026-12-02", "2026-12-01")])
def test_a_question_for_a_day_without_free_days_has_no_buttons(part: Event) -> None:
    assert Buttons(asks(part), 7).rows() == ()


@pytest.mark.parametrize("first, last", [("2026-12-01", "2027-12-31"), ("2026-01-01", "2036-12-31")])
def test_however_many_there_are_telegram_takes_the_keyboard(first: str, last: str) -> None:
    many: Event = {"kind": "choices", "id": "q", "options": [{"label": str(i), "value": "1"} for i in range(300)]}
    body = asks(day(first, last), many)
    more: Event = {"kind": "time", "id": "t", "slots": SLOTS}
    assert sum(map(len, Buttons(asks(day(first, last)), 7).rows(month=0))) <= 90
    assert sum(map(len, Buttons({**body, "parts": [*body["parts"], more]}, 7).rows())) <= 90


def test_a_rating_is_five_buttons() -> None:
    body = {"type": "rating_request", "id": "r1"}
    rows = Buttons(body, 7).rows()
    assert labels(rows) == [["1", "2", "3", "4", "5"]]
    assert answer(body, rows, "4") == ("rating", "4", "m_7")


@pytest.mark.parametrize("data", ["7:d{}", "7:d400", "7:t0", "7:c0", "7:r3", "7:p1", "7:x0", "", "7:d1:00000000", "0:d0"])
def test_a_button_that_does_not_belong_to_the_question_means_nothing(data: str) -> None:
    body = asks(day("2026-12-01", "2026-12-03", "2026-12-02"))
    check = press(body, Buttons(body, 7).rows(), "di 1 dec").rpartition(":")[2]
    given = f"{data.replace('{}', '1')}:{check}" if data.count(":") == 1 else data
    assert chosen(given, body, "cid") is None
    assert chosen(given, None, "cid") is None
    assert turned("7:m0:00000000", body) is None


def test_a_mark_that_does_not_exist_is_no_rating() -> None:
    body = {"type": "rating_request", "id": "r1"}
    check = press(body, Buttons(body, 7).rows(), "1").rpartition(":")[2]
    assert chosen(f"7:r6:{check}", body, "cid") is None
    assert chosen(f"7:r3:{check}", asks(), "cid") is None
