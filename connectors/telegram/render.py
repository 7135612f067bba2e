"""From an event of the log to messages of Telegram. Plain text without a parse mode: nothing that is said can become markup."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.conversation import events
from bot.conversation.events import Event
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM
from connectors.messages import Message
from connectors.telegram import words
from connectors.transcript import moment

MAX_CHARS = 4096  # of one message, in UTF-16 code units (Bot API: sendMessage)
MAX_BUTTONS = 96  # Telegram takes 100
TIMES_PER_ROW = 4

_CALLBACK = re.compile(r"(?P<seq>[1-9]\d{0,8}):(?P<kind>[ct])(?P<index>\d{1,3}):(?P<check>[0-9a-f]{8})")


@dataclass(frozen=True)
class Out:
    """One message. `rows` are its choices, `links` its labels and addresses that may be buttons."""

    text: str
    rows: tuple[tuple[InlineKeyboardButton, ...], ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        rows = [*self.rows, *((InlineKeyboardButton(label, url=url),) for label, url in self.links)]
        return InlineKeyboardMarkup(rows) if rows else None

    @property
    def plain(self) -> str:
        """The same without buttons, for when Telegram refuses those."""
        choices = [f"- {button.text}" for row in self.rows for button in row]
        return "\n".join([self.text, *choices, *(f"{label}: {url}" for label, url in self.links)])


def render(body: Event, seq: int) -> list[Out]:
    """The messages for event `seq`; none when the citizen has nothing to see."""
    if body["type"] == "handover":
        text = words.handover(body)
    elif body["type"] == "notice":
        return _message(body | {"from": {"role": "system"}}, seq)
    elif body["type"] == "message" and body["from"]["role"] != "citizen":
        return _message(body, seq)
    else:
        text = ""
    return [Out(part) for part in split(text)]


def _message(body: Event, seq: int) -> list[Out]:
    parts, text = body.get("parts", []), body["text"]
    if body["from"]["role"] == "agent":
        text = f"{body['from'].get('name', 'Gemeente')} (medewerker): {text}"
    lines = [line for part in parts for line in _lines(part, body)]
    buttons: list[tuple[str, str]] = []
    spelled: list[tuple[str, str]] = []
    for label, url in _links(parts):
        (buttons if _button_address(url) else spelled).append((label, url))
    lines += [f"{label}: {url}" for label, url in spelled]
    rows = tuple(row for part in parts for row in _rows(part, seq, body))
    whole = "\n\n".join(filter(None, [text.strip(), "\n".join(lines).strip()]))
    chunks = split(whole) or ([words.CHOOSE] if rows or buttons else [])
    outs = [Out(chunk) for chunk in chunks]
    if outs:
        outs[-1] = Out(outs[-1].text, rows, tuple(buttons))
    return outs


def _lines(part: Event, body: Event) -> list[str]:
    """What other channels show as a card or a form, in words. A card that the text already tells is left out."""
    match part.get("kind"):
        case "form":
            hints = [f"- {field['label']}: {field['hint']}" for field in part["fields"] if field.get("hint")]
            hint = part.get("hint", "")
            return [f"{hint} {words.TYPE_ANSWER}".strip(), *hints] if hint or hints else []  # else the question says enough
        case "date" if not events.find_part(body, ["choices"]) and part.get("min") and part.get("max"):
            first, last = (day_in_words(date.fromisoformat(part[key])) for key in ("min", "max"))
            return [words.between(first, last)]
        case "time" if len(part["slots"]) > MAX_BUTTONS:
            return [words.MORE_TIMES]
        case "case" if part["identificatie"] not in body["text"]:
            return _case(part, body)
        case "appointment" if part.get("reference", part["id"]) not in body["text"]:
            return _appointment(part)
    return []


def _case(part: Event, body: Event) -> list[str]:
    """A case in words, with a blank line after it: there may be several. Of two days that are the same, the last is told."""
    days = {name: _day(part[name], body) for name in ("expected", "latest") if part.get(name)}
    finished = day_in_words(date.fromisoformat(part["finished"])) if part.get("finished") else ""
    running = not finished and not part.get("suspended")
    expected = days.get("expected") if running and part.get("expected") != part.get("latest") else ""
    rows = {
        "Zaak: ": part["identificatie"], "Soort: ": part.get("zaaktype"), "Status: ": part.get("status"),
        "Stap ": f"{part['step']} van {part['steps']}" if part.get("step") and part.get("steps") else "",
        "Volgende stap: ": part.get("next_step"), "Dit doet u: ": words.PAY if part.get("to_pay") else "",
        "Termijn: ": "staat stil" if part.get("suspended") else "",
        "Verwacht: ": expected, "Uiterlijk: ": days.get("latest") if running else "",
        "Afgerond op: ": finished, "Uitkomst: ": part.get("result"),
    }
    return [*(f"{label}{value}" for label, value in rows.items() if value), ""]


def _day(value: str, body: Event) -> str:
    """A day in words, and whether it had gone by when the message was made."""
    day = date.fromisoformat(value)
    gone = day < datetime.fromisoformat(body["at"]).astimezone(AMSTERDAM).date() if "at" in body else False
    return f"{day_in_words(day)} (voorbij)" if gone else day_in_words(day)


def _appointment(part: Event) -> list[str]:
    place = part.get("location", {})
    where = ", ".join(filter(None, (place.get(key) for key in ("name", "address", "postcode", "city"))))
    rows = {
        "Afspraak": part.get("product"), "Wanneer": moment(datetime.fromisoformat(part["start"]).astimezone(AMSTERDAM)),
        "Waar": where, "Duurt ongeveer": f"{part['minutes']} minuten" if part.get("minutes") else "",
        "Meenemen": ", ".join(part.get("bring", [])), "Afspraaknummer": part.get("reference"),
    }
    return [f"{label}: {value}" for label, value in rows.items() if value]


def _links(parts: Sequence[Event]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if part.get("kind") == "link":
            yield part["label"], part["url"]
        elif part.get("kind") == "appointment" and part.get("ics"):
            yield words.CALENDAR, part["ics"]


def _button_address(url: str) -> bool:
    """Whether Telegram takes this as the address of a button: a public website."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme in {"http", "https"} and "." in host
    return False


def _rows(part: Event, seq: int, body: Event) -> list[tuple[InlineKeyboardButton, ...]]:
    check = _check(body)
    if part.get("kind") == "choices":
        options = part["options"][:MAX_BUTTONS]
        return [(InlineKeyboardButton(option["label"], callback_data=f"{seq}:c{i}:{check}"),) for i, option in enumerate(options)]
    if part.get("kind") == "time":
        slots = enumerate(part["slots"][:MAX_BUTTONS])
        times = [InlineKeyboardButton(slot, callback_data=f"{seq}:t{i}:{check}") for i, slot in slots]
        return [tuple(times[i : i + TIMES_PER_ROW]) for i in range(0, len(times), TIMES_PER_ROW)]
    return []


def _check(body: Event) -> str:
    """Ties a button to its question: numbers begin anew when a conversation was erased, the buttons in the chat stay."""
    return hashlib.sha256(body.get("at", "").encode()).hexdigest()[:8]


def question_of(data: str) -> int:
    """Number of the event that a button belongs to; 0 when it is no button of ours."""
    found = _CALLBACK.fullmatch(data)
    return int(found["seq"]) if found else 0


def chosen(data: str, asked: Event | None, cid: str) -> Message | None:
    """The answer that a pressed button gives to `asked`; None when it belongs to something else."""
    found = _CALLBACK.fullmatch(data)
    if found is None or asked is None or found["check"] != _check(asked):
        return None
    kind, field, name = ("choice", "options", "choices") if found["kind"] == "c" else ("time", "slots", "time")
    offered = (events.find_part(asked, [name]) or {}).get(field, [])
    index = int(found["index"])
    if index >= len(offered):
        return None
    value = offered[index]["value"] if kind == "choice" else offered[index]
    return Message(cid, kind, value=value, reply_to=f"m_{found['seq']}")  # type: ignore[arg-type]


def split(text: str) -> list[str]:
    """`text` in pieces that fit in a message, cut at white space where there is some."""
    pieces, rest = [], text.strip()
    while units(rest) > MAX_CHARS:
        room = rest[: MAX_CHARS // 2] if units(rest[:MAX_CHARS]) > MAX_CHARS else rest[:MAX_CHARS]
        cut = max(room.rfind("\n"), room.rfind(" "))
        cut = cut if cut > 0 else len(room)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
