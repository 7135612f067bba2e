"""Events as lines in a terminal, and the line below them: who types, the place in the queue, whether there is a connection."""

import re
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.dutch import day_in_words
from connectors.app.client import Event
from connectors.terminal import words
from connectors.terminal.answers import Asked, asked_by

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STYLES = {"citizen": "bold cyan", "bot": "bold green", "agent": "bold magenta", "system": "bold"}

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: object) -> str:
    """Without what could steer a terminal."""
    return _CONTROL.sub("", str(text))


class Screen:
    """Shows one conversation. `changed` is called when the status line says something else."""

    def __init__(self, console: Console, changed: Callable[[], None] = lambda: None) -> None:
        self.asked: Asked | None = None
        self._console = console
        self._changed = changed
        self._typing: tuple[str, float] = ("", 0.0)
        self._queue = ""
        self._offline = False
        self._off = False

    def status(self) -> str:
        """One line for below the prompt."""
        role, until = self._typing
        typing = words.TYPING.get(role, "") if time.monotonic() < until else ""
        return "  ".join(filter(None, [words.OFFLINE if self._offline else "", self._queue, typing]))

    def offline(self, away: bool) -> None:
        if away != self._offline:
            self._offline = away
            self.say(words.OFFLINE if away else words.ONLINE)
            self._changed()

    def say(self, text: str, style: str = "dim") -> None:
        """A line of the program itself."""
        self._console.print(Text(plain(text), style=style))

    def show(self, event: Event, mine: bool = False) -> None:
        """`mine`: the citizen typed it here, so it stands on the screen already."""
        shows: dict[str, Callable[[Event], None]] = {
            "notice": self._notice, "handover": self._handover, "rating_request": self._rating_request, "service": self._service,
            "rating": lambda event: self.say(words.RATED.format(value=event["value"])),
            "redact": lambda _: self.say(words.REDACTED), "reset": lambda _: self.say(words.RESET),
        }
        match event["type"]:
            case "typing":
                self._typing = (event["role"], time.monotonic() + event["ttl_s"])
            case "message":
                self._typing = ("", 0.0)
                self._message(event, mine)
            case kind if kind in shows:
                shows[kind](event)
        self._changed()

    def _message(self, event: Event, mine: bool) -> None:
        role, name = event["from"]["role"], event["from"].get("name", "")
        if role == "citizen":
            if not mine or event.get("reply_to"):  # a number was typed: say what it stood for
                self._console.print(Text(plain(words.CHOSE.format(text=event["text"])), style=STYLES["citizen"]))
            return
        who = {"bot": words.ASSISTANT, "agent": words.AGENT}.get(role, words.MESSAGE).format(name=name or "Balie")
        self._console.print()
        self._console.print(Text(plain(who), style=STYLES.get(role, "bold")))
        self._console.print(Text(plain(event["text"])))
        self._parts(event)

    def _notice(self, event: Event) -> None:
        self._console.print()
        self._console.print(Text(words.MESSAGE, style="bold yellow"))
        self._console.print(Text(plain(event["text"])))
        self._parts(event)

    def _parts(self, event: Event) -> None:
        for part in event.get("parts", []):
            match part.get("kind"):
                case "link":
                    self._link(part)
                case "case":
                    self._card(words.CASE, _case(part))
                case "appointment":
                    self._card(words.APPOINTMENT, _appointment(part))
                case "date":
                    self.say(_days(part), style="")
                case "time":
                    self.say(words.SLOTS, style="")
        if asked := asked_by(event):
            self.asked = asked
            for number, option in enumerate(asked.options, start=1):
                self._console.print(Text.assemble((f"{number:>3}  ", "bold"), plain(option.label)))
            if asked.form:
                self.say(words.FORM, style="")

    def _link(self, part: Event) -> None:
        url = plain(part["url"])
        if url.startswith(("https://", "http://")):
            self._console.print(Text.assemble("  ", plain(part["label"]), ": ", (url, f"underline link {url}")), soft_wrap=True)

    def _card(self, labels: dict[str, str], values: dict[str, Any]) -> None:
        table = Table(show_header=False, box=None, pad_edge=False)
        for name, label in labels.items():
            if values.get(name):
                table.add_row(Text(label, style="bold"), Text(plain(values[name])))
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def _rating_request(self, event: Event) -> None:
        self.asked = asked_by(event)
        self.say(words.RATE, style="")

    def _service(self, event: Event) -> None:
        if event.get("off"):
            self.say(event["off_text"], style="bold yellow")
        elif self._off:
            self.say(words.SERVICE_ON)
        self._off = bool(event.get("off"))
        if notice := event.get("notice"):
            self.say(notice["text"], style="bold yellow")

    def _handover(self, event: Event) -> None:
        state, waited = event["state"], bool(self._queue)
        self._queue = _place(event) if state == "queued" else "" if state not in ("offered", "unavailable") else self._queue
        if state == "queued" and waited and event.get("reason") != "agent_gone":
            return  # only the place is another one: that stands below
        if text := handover(event):
            self.say(text, style="bold magenta")
        if event.get("agreed"):
            self.say(words.AGREED.format(agreed=event["agreed"]), style="")


def handover(event: Event) -> str:
    """A hand-over in a sentence; empty for a state that we don't know."""
    name, agent = event["state"], event.get("agent") or {}
    if name == "transferred" and not agent:
        name = "to_team"
    if name == "queued" and event.get("reason") == "agent_gone":
        name = "agent_gone"
    whom = words.TEAM.format(team=event["team"]) if event.get("team") else words.SOMEBODY
    text = words.HANDOVER.get(name, "").format(whom=whom, agent=agent.get("name") or words.SOMEBODY)
    return text[:1].upper() + text[1:]


def _place(event: Event) -> str:
    text = words.QUEUE.format(position=event["position"]) if event.get("position") else words.HANDOVER["queued"].format(
        whom=words.SOMEBODY
    )
    minutes = -(-int(event.get("eta_s") or 0) // 60)
    return text + (words.WAIT_ONE if minutes == 1 else words.WAIT.format(minutes=minutes) if minutes else "")


def _days(part: Event) -> str:
    if not part.get("min") or not part.get("max"):
        return words.DAY_ANY
    first, last = (f"{date.fromisoformat(part[end]):%d-%m-%Y}" for end in ("min", "max"))
    closed = [f"{date.fromisoformat(day):%d-%m}" for day in part.get("closed", [])][:10]
    return words.DAY.format(first=first, last=last) + (" " + words.CLOSED.format(days=", ".join(closed)) if closed else "")


def _case(part: Event) -> dict[str, Any]:
    steps = words.STEP.format(**part) if part.get("step") and part.get("steps") else ""
    days = {name: day_in_words(date.fromisoformat(part[name])) for name in ("expected", "latest", "finished") if part.get(name)}
    return part | days | {"stand": steps}


def _appointment(part: Event) -> dict[str, Any]:
    start, place = datetime.fromisoformat(part["start"]).astimezone(AMSTERDAM), part.get("location", {})
    where = ", ".join(filter(None, (place.get(name, "") for name in ("name", "address", "postcode", "city"))))
    when = f"{day_in_words(start.date())}, {start:%H:%M} uur"
    return part | {"start": when, "where": where, "bring": ", ".join(part.get("bring", []))}
