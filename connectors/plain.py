"""An event of the log in bare words: what a channel says that has no cards, forms or buttons, as far as it has none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from bot.conversation import events
from bot.conversation.events import Event
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM
from connectors import words
from connectors.capabilities import Capabilities
from connectors.transcript import moment


def render(body: Event, can: Capabilities) -> list[str]:
    """The messages for an event, for a channel that shows text and nothing else; none when there is nothing to see."""
    parts = body.get("parts", [])
    lines = [line for part in parts for line in card_lines(part, body, can)]
    lines += [f"{label}: {url}" for label, url in links(parts)]
    offered = options(body)
    if offered and not can.choices:
        lines += ["", *(f"{number}. {option['label']}" for number, option in enumerate(offered, 1)), words.TYPE_NUMBER]
    return split(whole(said(body), lines), can)


def said(body: Event) -> str:
    """The words of an event; of an agent with the name. Empty when the citizen said it, or there is nothing to hear."""
    match body["type"]:
        case "handover":
            return words.handover(body)
        case "notice":
            return str(body["text"])
        case "message" if body["from"]["role"] == "agent":
            return f"{body['from'].get('name', 'Gemeente')} (medewerker): {body['text']}"
        case "message" if body["from"]["role"] != "citizen":
            return str(body["text"])
    return ""


def options(body: Event) -> list[Event]:
    """What may be chosen."""
    return list((events.find_part(body, ["choices"]) or {}).get("options", []))


def whole(text: str, lines: Sequence[str]) -> str:
    return "\n\n".join(filter(None, [text.strip(), "\n".join(lines).strip()]))


def card_lines(part: Event, body: Event, can: Capabilities) -> list[str]:
    """What other channels show as a card, a form or a picker, in words. A card that the text already tells is left out."""
    match part.get("kind"):
        case "form" if not can.forms:
            hints = [f"- {field['label']}: {field['hint']}" for field in part["fields"] if field.get("hint")]
            hint = part.get("hint", "")
            return [f"{hint} {words.TYPE_ANSWER}".strip(), *hints] if hint or hints else []  # else the question says enough
        case "date" if not can.dates and not options(body) and part.get("min") and part.get("max"):
            first, last = (day_in_words(date.fromisoformat(part[key])) for key in ("min", "max"))
            return [words.between(first, last)]
        case "time" if not can.times:
            return [words.times(part["slots"])]
        case "case" if not can.cards and part["identificatie"] not in body["text"]:
            return _case(part, body)
        case "appointment" if not can.cards and part.get("reference", part["id"]) not in body["text"]:
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


def links(parts: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Label and address of what can be opened."""
    for part in parts:
        if part.get("kind") == "link":
            yield part["label"], part["url"]
        elif part.get("kind") == "appointment" and part.get("ics"):
            yield words.CALENDAR, part["ics"]


def split(text: str, can: Capabilities) -> list[str]:
    """`text` in pieces that fit in a message of the channel, cut between paragraphs, lines, sentences or words."""
    most, size = can.max_chars, utf16 if can.wide_chars else len
    pieces, rest = [], text.strip()
    while most and size(rest) > most:
        room = _beginning(rest, most, size)
        cut = _cut(room)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _beginning(text: str, most: int, size: Callable[[str], int]) -> str:
    return text[: most // 2] if size(text[:most]) > most else text[:most]


def _cut(room: str) -> int:
    """Where to cut: at the best place in the second half, else at the last white space, else at the end."""
    half = len(room) // 2
    ends = (room.rfind("\n\n"), room.rfind("\n"), max(room.rfind(end) for end in (". ", "! ", "? ")) + 1)
    cut = next((end for end in ends if end > half), max(room.rfind("\n"), room.rfind(" ")))
    return cut if cut > 0 else len(room)


def utf16(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
