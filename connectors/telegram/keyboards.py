"""The buttons under a question, and what a pressed one stands for.

A button carries the number of its question, which button it is, and a check; never words. What it means is in the log.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from telegram import InlineKeyboardButton

from bot.conversation import events
from bot.conversation.events import Event
from bot.dutch import short_day
from bot.dutch.text import MONTHS
from connectors.messages import Message
from connectors.telegram import words

Rows = tuple[tuple[InlineKeyboardButton, ...], ...]

MAX_CHOICES = 60  # Telegram takes 100 buttons: this leaves room for times, days and links
TIMES_AT_ONCE = 24  # more than these are shown page by page
TIMES_PER_PAGE, TIMES_PER_ROW = 20, 4
DAYS_AT_ONCE, DAYS_PER_ROW = 6, 3
DAYS_AHEAD = 400  # of a `date` part, at most
MARKS = range(1, 6)

# c: choice, t: time, d: day, r: rating. Those that only show other buttons: p: page of times, m: month, b: back.
_CALLBACK = re.compile(r"(?P<seq>[1-9]\d{0,8}):(?P<kind>[ctdrpmb])(?P<index>\d{1,3}):(?P<check>[0-9a-f]{8})")


class Buttons:
    """The buttons of event `seq`."""

    def __init__(self, body: Event, seq: int) -> None:
        self._body = body
        self._seq = seq
        self._check = _check(body)

    def rows(self, page: int = 0, month: int | None = None) -> Rows:
        """`page` of the times; the days of `month` (counted from the first that has any), or only the first days."""
        if self._body["type"] == "rating_request":
            return (tuple(self._button(str(mark), "r", mark) for mark in MARKS),)
        days = days_of(self._body)
        if month is not None and days:
            return tuple(self._month(_months(days), month))
        # Where days are offered as choices, what leads to more of them comes below those.
        parts = sorted(self._body.get("parts", []), key=lambda part: bool(part.get("kind") == "date"))
        return tuple(row for part in parts for row in self._part(part, page, days))

    def _part(self, part: Event, page: int, days: Sequence[date]) -> Iterator[tuple[InlineKeyboardButton, ...]]:
        match part.get("kind"):
            case "choices":
                yield from ((self._button(o["label"], "c", i),) for i, o in enumerate(part["options"][:MAX_CHOICES]))
            case "time":
                yield from self._times(part["slots"], page)
            case "date":
                shown = [] if events.find_part(self._body, ["choices"]) else days[:DAYS_AT_ONCE]
                yield from self._days(shown, days)
                if set(days) - _offered(self._body) - set(shown):
                    yield (self._button(words.MORE_DAYS, "m", 0),)

    def _times(self, slots: Sequence[str], page: int) -> Iterator[tuple[InlineKeyboardButton, ...]]:
        size = len(slots) if len(slots) <= TIMES_AT_ONCE else TIMES_PER_PAGE
        start = page * size
        yield from _in_rows(
            [self._button(slot, "t", i) for i, slot in enumerate(slots[start : start + size], start)], TIMES_PER_ROW
        )
        earlier = [self._button(words.EARLIER, "p", page - 1)] if page else []
        later = [self._button(words.LATER, "p", page + 1)] if start + size < len(slots) else []
        if earlier or later:
            yield (*earlier, *later)

    def _days(self, shown: Sequence[date], days: Sequence[date]) -> Iterator[tuple[InlineKeyboardButton, ...]]:
        yield from _in_rows([self._button(_day(day), "d", (day - days[0]).days) for day in shown], DAYS_PER_ROW)

    def _month(self, months: Sequence[Sequence[date]], number: int) -> Iterator[tuple[InlineKeyboardButton, ...]]:
        """Only days that can be chosen; the months beside it that have any; and back to what stood there first."""
        number = min(number, len(months) - 1)
        yield from self._days(months[number], months[0])
        before = [self._button(f"← {_name(months[number - 1])}", "m", number - 1)] if number else []
        after = [self._button(f"{_name(months[number + 1])} →", "m", number + 1)] if number + 1 < len(months) else []
        if before or after:
            yield (*before, *after)
        yield (self._button(words.BACK, "b", 0),)

    def _button(self, label: str, kind: str, index: int) -> InlineKeyboardButton:
        return InlineKeyboardButton(label, callback_data=f"{self._seq}:{kind}{index}:{self._check}")


def days_of(body: Event) -> list[date]:
    """The days that may be chosen, according to the part `date` of a message."""
    part = events.find_part(body, ["date"]) or {}
    if not part.get("min") or not part.get("max"):
        return []
    first, last, closed = date.fromisoformat(part["min"]), date.fromisoformat(part["max"]), set(part.get("closed", []))
    between = (first + timedelta(i) for i in range(min((last - first).days, DAYS_AHEAD) + 1))
    return [day for day in between if day.isoformat() not in closed]


def question_of(data: str) -> int:
    """Number of the event that a button belongs to; 0 when it is no button of ours."""
    found = _CALLBACK.fullmatch(data)
    return int(found["seq"]) if found else 0


def turned(data: str, asked: Event | None) -> Rows | None:
    """What stands under `asked` after a button that only shows other buttons; None when this is none of those."""
    found = _of(data, asked)
    if found is None or asked is None or found["kind"] not in "pmb":
        return None
    buttons, index = Buttons(asked, int(found["seq"])), int(found["index"])
    match found["kind"]:
        case "p":
            return buttons.rows(page=index)
        case "m":
            return buttons.rows(month=index)
    return buttons.rows()


def chosen(data: str, asked: Event | None, cid: str) -> Message | None:
    """The answer that a pressed button gives to `asked`; None when it belongs to something else."""
    found = _of(data, asked)
    if found is None or asked is None:
        return None
    index, reply = int(found["index"]), f"m_{found['seq']}"
    match found["kind"]:
        case "r" if asked["type"] == "rating_request" and index in MARKS:
            return Message(cid, "rating", value=str(index), reply_to=reply)
        case "c":
            options = (events.find_part(asked, ["choices"]) or {}).get("options", [])
            return Message(cid, "choice", value=options[index]["value"], reply_to=reply) if index < len(options) else None
        case "t":
            slots = (events.find_part(asked, ["time"]) or {}).get("slots", [])
            return Message(cid, "time", value=slots[index], reply_to=reply) if index < len(slots) else None
        case "d":
            days = days_of(asked)
            day = days[0] + timedelta(index) if days else None
            return Message(cid, "date", value=day.isoformat(), reply_to=reply) if day in days and day else None
    return None


def _of(data: str, asked: Event | None) -> re.Match[str] | None:
    found = _CALLBACK.fullmatch(data)
    return found if found and asked is not None and found["check"] == _check(asked) else None


def _check(body: Event) -> str:
    """Ties a button to its question: numbers begin anew when a conversation was erased, the buttons in the chat stay."""
    return hashlib.sha256(body.get("at", "").encode()).hexdigest()[:8]


def _offered(body: Event) -> set[date]:
    """The days that are a choice already."""
    found = set()
    for payload in body.get("_payloads", []):
        try:
            found.add(date.fromisoformat(payload))
        except ValueError:
            continue
    return found


def _months(days: Sequence[date]) -> list[list[date]]:
    return [list(some) for _, some in groupby(days, lambda day: (day.year, day.month))]


def _name(days: Sequence[date]) -> str:
    return MONTHS[days[0].month - 1]


def _day(day: date) -> str:
    """`di 1 dec`: three of these fit beside each other on a phone."""
    weekday, number, month = short_day(day).split(" ")
    return f"{weekday} {number} {month[:3] if month != 'maart' else 'mrt'}"


def _in_rows(buttons: Sequence[InlineKeyboardButton], size: int) -> Iterator[tuple[InlineKeyboardButton, ...]]:
    return (tuple(buttons[i : i + size]) for i in range(0, len(buttons), size))
