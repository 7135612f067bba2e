"""The conversation to keep or print: as text, as an accessible web page, or as data."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import msgspec
from aiohttp import hdrs, web
from jinja2 import Template

from bot.conversation import events
from bot.conversation.events import Event
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM, Gemeente
from connectors.templates import FOLDER, environment

Numbered = Sequence[tuple[int, Event]]

HANDOVER = {
    "offered": "Wij boden aan om een medewerker te laten helpen.",
    "queued": "U kwam in de rij voor {team}.",
    "assigned": "{name} van de gemeente hielp u vanaf hier.",
    "transferred": "{name} van de gemeente hielp u vanaf hier verder.",
    "unavailable": "Er was geen medewerker beschikbaar.",
    "returned": "U stond niet meer in de rij. De virtuele assistent ging verder met het gesprek.",
    "closed": "Het gesprek met {name} was klaar. De virtuele assistent ging verder met het gesprek.",
}
TO_TEAM = "Uw gesprek ging naar {team}."
BACK_IN_QUEUE = "De medewerker was weggevallen. U kwam weer in de rij voor {team}."


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Line:
    """One thing that was said or happened. `who`: the sender in words. `at`: aware, None when unknown."""

    who: str
    at: datetime | None
    text: str
    details: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def response(form: str, gemeente: Gemeente, found: Numbered, reference: str) -> web.Response:
    """`form`: txt, html or json. A file to download, named after the day the conversation began.

    `reference`: what the municipality knows the conversation by.
    """
    lines = [line for _, body in _told(found) if (line := _line(body))]
    day = next((line.at.date().isoformat() for line in lines if line.at), "leeg")
    headers: dict[str, str] = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="gesprek-{gemeente.key}-{day}.{form}"'}
    if form == "json":
        shown = [events.for_citizen(body, seq) for seq, body in found if body["type"] != "note"]
        body = msgspec.json.encode({"gemeente": gemeente.naam, "reference": reference, "events": shown})
        return web.Response(body=body, content_type="application/json", charset="utf-8", headers=headers)
    if form == "txt":
        return web.Response(text=as_text(gemeente, lines, reference), content_type="text/plain", charset="utf-8", headers=headers)
    template, policy = _page()
    headers["Content-Security-Policy"] = policy
    text = template.render(gemeente=gemeente, lines=lines, moment=moment, reference=reference)
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)


@cache
def _page() -> tuple[Template, str]:
    """The template, and a policy that allows its one style sheet and nothing else: the file must look right when saved."""
    style = (FOLDER / "transcript.css").read_text()
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = environment().get_template("transcript.html")
    template.globals["style"] = style
    return template, f"default-src 'none'; style-src 'sha256-{allowed}'; frame-ancestors 'none'; base-uri 'none'"


def as_text(gemeente: Gemeente, lines: Sequence[Line], reference: str) -> str:
    """Plain text: who and when on one line, then the words."""
    about = [f"Gesprek met {gemeente.naam}", f"Nummer van dit gesprek: {reference}", f"Telefoon: {gemeente.telefoon}"]
    blocks = ["\n".join([*about, f"Website: {gemeente.website}"])]
    for line in lines:
        head = f"{line.who}{f' ({moment(line.at)})' if line.at else ''}:"
        links = [f"{link.label}: {link.url}" for link in line.links]
        blocks.append("\n".join([head, line.text, *(f"- {detail}" for detail in line.details), *links]))
    return "\n\n".join(blocks) + "\n"


def moment(at: datetime) -> str:
    """Such as "dinsdag 24 november 2026, 10:05 uur", in the Netherlands."""
    return f"{day_in_words(at.date())}, {at:%H:%M} uur"


def _line(body: Event) -> Line | None:
    """None for events that say nothing to a reader."""
    at = datetime.fromisoformat(body["at"]).astimezone(AMSTERDAM) if body.get("at") else None
    if body["type"] == "message":
        parts = body.get("parts", [])
        details = tuple(detail for part in parts for detail in _details(part))
        return Line(_who(body["from"]), at, body["text"], details, tuple(_links(parts)))
    if body["type"] == "notice":
        return Line("Bericht", at, body["text"])
    if body["type"] == "handover" and body["state"] in HANDOVER:
        agreed = (f"Afgesproken: {body['agreed']}",) if body.get("agreed") else ()
        return Line("Bericht", at, _handover(body), agreed)
    if body["type"] == "rating":
        rated, said = f"Mijn beoordeling: {body['value']} van 5", body.get("text", "")
        return Line("U", at, rated, (said,) if said not in {"", rated} else ())  # the widget says it in these words
    return None


def _told(found: Numbered) -> Iterator[tuple[int, Event]]:
    """Without each change of a place in the queue: of a stay in it only the beginning says something afterwards."""
    waits = False
    for seq, body in found:
        queued = body["type"] == "handover" and body["state"] == "queued"
        if not (queued and waits):
            yield seq, body
        if body["type"] == "handover" and body["state"] not in {"offered", "unavailable"}:
            waits = queued or (body["state"] == "transferred" and not body.get("agent"))


def _handover(body: Event) -> str:
    state, agent, team = body["state"], body.get("agent") or {}, body.get("team")
    words = HANDOVER[state]
    if state == "transferred" and not agent:
        words = TO_TEAM
    if state == "queued" and body.get("reason") == "agent_gone":
        words = BACK_IN_QUEUE
    somebody = "een ander team" if words is TO_TEAM else "een medewerker"
    text = words.format(name=agent.get("name") or "een medewerker", team=f"het team {team}" if team else somebody)
    return text[0].upper() + text[1:]


def _who(sender: Event) -> str:
    name = sender.get("name", "")
    match sender["role"]:
        case "citizen":
            return "U"
        case "bot":
            return f"{name}, virtuele assistent" if name else "Virtuele assistent"
        case "agent":
            return f"{name}, medewerker" if name else "Medewerker"
    return "Bericht"


def _details(part: Event) -> list[str]:
    match part.get("kind"):
        case "choices":
            return [f"Keuze: {option['label']}" for option in part["options"]]
        case "appointment":
            return _appointment(part)
        case "case":
            step = f"Stap {part['step']} van {part['steps']}" if part.get("step") and part.get("steps") else ""
            expected = f"Verwacht klaar: {part['expected']}" if part.get("expected") else ""
            rows = [f"Zaaknummer: {part.get('identificatie', '')}", f"Status: {part.get('status', '')}", step, expected]
            return [row for row in rows if row]
    return []


def _appointment(part: Event) -> list[str]:
    start = datetime.fromisoformat(part["start"])
    place = part.get("location", {})
    where = [place.get(key, "") for key in ("name", "address", "postcode", "city")]
    rows = [f"Wanneer: {moment(start.astimezone(AMSTERDAM))}", f"Waar: {', '.join(filter(None, where))}"]
    named = (("reference", "Afspraaknummer"), ("code", "Code om te wijzigen"))
    return rows + [f"{label}: {part[key]}" for key, label in named if part.get(key)]


def _links(parts: Sequence[Event]) -> list[Link]:
    """Only web addresses: what the log holds must never become a script in a saved page."""
    return [
        Link(part["label"], part["url"])
        for part in parts
        if part.get("kind") == "link" and part["url"].startswith(("https://", "http://"))
    ]
