"""What a typed line means: an answer to the question that is open, or just words."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.app.client import Event

_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?: ?uur)?")

Message = dict[str, Any]


@dataclass(frozen=True)
class Option:
    """Something to choose by its number: an option, or a time."""

    label: str
    kind: str
    value: str


@dataclass
class Asked:
    """What the newest question offers. `id`: the event; `day`, `form`: its parts; `rates`: a rating is asked for."""

    id: str
    options: list[Option] = field(default_factory=list)
    day: Event | None = None
    form: Event | None = None
    rates: bool = False

    def answer(self, typed: str, today: date) -> Message:
        """The message for a typed line, for `Client.send`. What is no answer is a message of its own: Balie understands Dutch."""
        text = typed.strip()
        if self.rates and text in {"1", "2", "3", "4", "5"}:
            return {"kind": "rating", "value": text}
        if option := self._option(text):
            return {"kind": option.kind, "value": option.value, "reply_to": self.id}
        if self.day is not None and (day := _day(text, today, self.day)):
            return {"kind": "date", "value": day.isoformat(), "reply_to": self.id}
        return {"kind": "text", "text": typed}

    def _option(self, text: str) -> Option | None:
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(self.options):
            return self.options[int(text) - 1]
        if clock := _CLOCK.fullmatch(text):
            text = f"{int(clock[1]):02}:{clock[2]}"
        return next((option for option in self.options if option.label.casefold() == text.casefold()), None)


def asked_by(event: Event) -> Asked | None:
    """What the event asks; None when it asks nothing."""
    if event["type"] == "rating_request":
        return Asked(event["id"], rates=True)
    found = Asked(event["id"])
    for part in event.get("parts", []):
        match part.get("kind"):
            case "choices":
                found.options += [Option(option["label"], "choice", option["value"]) for option in part["options"]]
            case "time":
                found.options += [Option(slot, "time", slot) for slot in part["slots"]]
            case "date":
                found.day = part
            case "form":
                found.form = part
    return found if found.options or found.day or found.form else None


def _day(text: str, today: date, part: Event) -> date | None:
    """A day in figures; without a year the first one that the question allows, or that is still to come."""
    try:
        if iso := _ISO.fullmatch(text):
            return date(*map(int, iso.groups()))
        if found := _DAY.fullmatch(text):
            day, month = int(found[1]), int(found[2])
            if found[3]:
                return date(int(found[3]), month, day)
            first = date.fromisoformat(part["min"]) if part.get("min") else today
            this_year = date(first.year, month, day)
            return this_year if this_year >= first else date(first.year + 1, month, day)
    except ValueError:
        return None
    return None


class Filling:
    """A form that is filled in field by field."""

    def __init__(self, asked: str, fields: list[Event], values: dict[str, str] | None = None) -> None:
        self.asked = asked
        self.values = dict(values or {})
        self._all = fields
        self._left = list(fields)

    @property
    def field(self) -> Event | None:
        """The one to fill in now; None when it is complete."""
        return self._left[0] if self._left else None

    def take(self, text: str) -> None:
        """What was typed for this field; nothing leaves it out."""
        name = self._left.pop(0)["name"]
        self.values.pop(name, None)
        if text.strip():
            self.values[name] = text.strip()

    def again(self, wrong: set[str]) -> "Filling":
        """The same form with these fields to fill in anew; all of them when none is named."""
        filling = Filling(self.asked, self._all, self.values)
        filling._left = [item for item in self._all if item["name"] in wrong] or list(self._all)
        return filling
