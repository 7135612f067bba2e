"""Questions and answers as other systems have them.

Two forms are read: the object type VAC ("vraag-antwoordcombinatie") of the Dutch municipalities, bare or in records of the
Objects API, and the open data of rijksoverheid.nl (`question`, `reference_answer_html`, `canonical`, `lastmodified`). As a JSON
object, a JSON array, a page of results, or one JSON object a line.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.editing import EditingError
from bot.editing.language import beginning, reading, visible


@dataclass(frozen=True)
class Question:
    """A question with its answer. `key` tells it from others at the next import; `notes` are for the editor alone."""

    key: str
    text: str
    answer: str
    title: str = ""
    source: str = ""
    source_label: str = ""
    changed: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A record that is not taken over, and why."""

    where: str
    why: str


def read(path: Path, max_bytes: int, max_chars: int) -> list[Question | Skipped]:
    """Everything in the file, in its order. Raises EditingError when the file as a whole cannot be used."""
    found = [_question(where, item, max_chars) for where, item in _items(_text(path, max_bytes), path.name)]
    if not found:
        raise EditingError(f"In {path.name} staan geen vragen en antwoorden.")
    return found


def _text(path: Path, max_bytes: int) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except FileNotFoundError as exc:
        raise EditingError(f"Het bestand {path} is er niet.") from exc
    except OSError as exc:
        raise EditingError(f"Het bestand {path} is niet te openen. Is het een gewoon bestand, en mag u het lezen?") from exc
    if len(raw) > max_bytes:
        raise EditingError(
            f"{path.name} is te groot: meer dan {max_bytes // 1_000_000} MB. Verdeel het, of verhoog BALIE_IMPORT_MAX_BYTES."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise EditingError(f"{path.name} is niet opgeslagen als UTF-8. Sla het op met de codering UTF-8.") from exc


def _items(text: str, name: str) -> Iterator[tuple[str, Any]]:
    """(place in the file, record); a line that is no JSON is a record None."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as exc:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
        loaded = [(f"regel {number}", _line(line)) for number, line in lines]
        if not any(isinstance(item, dict) for _, item in loaded):
            raise EditingError(f"{name} is geen goede JSON. Het gaat mis bij regel {exc.lineno}, teken {exc.colno}.") from exc
        yield from loaded
        return
    except (RecursionError, ValueError) as exc:
        raise EditingError(f"{name} is niet te lezen: er zit te veel in elkaar, of een getal is te lang.") from exc
    if isinstance(whole, dict) and isinstance(whole.get("results"), list):
        if whole.get("next"):
            yield "", Skipped("het hele bestand", "dit is niet alles, er is een volgende bladzijde: haal die ook op")
        whole = whole["results"]
    for number, item in enumerate(whole if isinstance(whole, list) else [whole], start=1):
        yield f"nummer {number}", item


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _question(where: str, item: Any, max_chars: int) -> Question | Skipped:
    if isinstance(item, Skipped):
        return item
    if item is None:
        return Skipped(where, "geen goede JSON")
    address, data = "", item
    if isinstance(item, dict) and isinstance(item.get("record"), dict):
        address, data = _string(item, "url"), item["record"].get("data")
    if not isinstance(data, dict):
        return Skipped(where, "geen vraag met een antwoord")
    found = _vac(address, data) if "vraag" in data or "antwoord" in data else _rijksoverheid(data)
    if isinstance(found, str):
        return Skipped(f"{where}{_named(data)}", found)
    if len(found.answer) > max_chars:
        return Skipped(f"{where}{_named(data)}", f"het antwoord is langer dan {max_chars} tekens")
    return found


def _vac(address: str, data: dict[str, Any]) -> Question | str:
    """A VAC, or why it is not taken. `toelichting` and `afdelingen` are for staff: they are left behind."""
    question, answer = _string(data, "vraag"), _string(data, "antwoord", strip=False)
    if not question or not answer.strip():
        return f"geen {'vraag' if not question else 'antwoord'} (`{'vraag' if not question else 'antwoord'}`)"
    if (status := _string(data, "status")) != "actief":
        return f"de status is {status or 'niet ingevuld'}, niet actief"
    notes = []
    given = data.get("trefwoorden")
    words = [_string(word, "trefwoord") for word in given if isinstance(word, dict)] if isinstance(given, list) else []
    if words := [word for word in words if word]:
        notes.append(f"Trefwoorden: {', '.join(words)}")
    if _string(data, "doelgroep") == "eu-bedrijf":
        notes.append("Dit antwoord is voor ondernemers.")
    if _string(data, "toelichting"):
        notes.append("Bij de bron staat ook een toelichting voor medewerkers. Die is niet overgenomen.")
    key = address or _string(data, "uuid") or _string(data, "url") or reading(question)
    return Question(key, question, answer, title=_string(data, "titel"), notes=tuple(notes))


def _rijksoverheid(data: dict[str, Any]) -> Question | str:
    """A question of rijksoverheid.nl, or why it is not taken."""
    question = _string(data, "question")
    answer = _string(data, "reference_answer_html", strip=False) or _string(data, "reference_answer", strip=False)
    if not question:
        return "geen vraag (`vraag` of `question`)"
    if not answer.strip():
        return "geen antwoord (`antwoord`, `reference_answer_html` of `reference_answer`)"
    source = _string(data, "canonical")
    labels = {"subjects": "Onderwerp", "authorities": "Van", "license": "Licentie"}
    notes = tuple(f"{label}: {found}" for key, label in labels.items() if (found := _string(data, key)))
    label = f"Rijksoverheid: {question}" if source.startswith("https://www.rijksoverheid.nl/") else question
    key = _string(data, "id") or source or reading(question)
    return Question(key, question, answer, "", source, label if source else "", _string(data, "lastmodified")[:10], notes)


def _string(data: dict[str, Any], key: str, strip: bool = True) -> str:
    """The text under `key`; "" when there is none, or something else."""
    found = data.get(key)
    if not isinstance(found, str):
        return ""
    return " ".join(visible(found).split()) if strip else found


def _named(data: dict[str, Any]) -> str:
    question = _string(data, "vraag") or _string(data, "question")
    return f" ({beginning(question)})" if question else ""
