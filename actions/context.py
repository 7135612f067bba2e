"""What actions need from outside: the services, the catalogue, and who is speaking in this turn."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from rasa_sdk import Tracker

from bot import content, neighbours
from bot.content import Catalogue
from bot.gemeenten import AMSTERDAM, Gemeente
from bot.neighbours import Neighbours
from bot.wiring import Services, current


@cache
def catalogue() -> Catalogue:
    """All topics; read once."""
    return content.load()


@cache
def neighbour_sets() -> list[Neighbours]:
    """The sets of near neighbours; read once."""
    return neighbours.load()


def services() -> Services:
    return current()


@dataclass(frozen=True)
class Here:
    """The turn that an action runs in."""

    conv: str
    gemeente: Gemeente
    channel: str
    seq: int
    key: str  # idempotency key for effects of this turn
    caller: str
    about: str  # topic of the page that the conversation began on, "" when there is none
    intent: str
    confidence: float
    text: str
    entities: dict[str, Any]

    @property
    def today(self) -> date:
        """By the clock of the services, in the Netherlands."""
        return services().now().astimezone(AMSTERDAM).date()

    def is_(self, intent: str, at_least: float = 0.5) -> bool:
        return self.intent == intent and self.confidence >= at_least


def ranking(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Intents with their confidence, likeliest first, without the fallback."""
    return [item for item in message.get("intent_ranking") or [] if item["name"] != "nlu_fallback"]


def _likeliest(message: dict[str, Any]) -> dict[str, Any]:
    """The intent; behind a fallback the likeliest real one, with its own confidence."""
    ranked = ranking(message)
    intent = message.get("intent") or {}
    return ranked[0] if intent.get("name") == "nlu_fallback" and ranked else intent


def here(tracker: Tracker) -> Here:
    """The turn of this tracker. Outside the brain (`rasa shell`) the first municipality counts."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    known = services().gemeenten
    gemeente = known.get(str(metadata.get("gemeente"))) or next(iter(known.values()))
    seq = int(metadata.get("seq", 0))
    intent = _likeliest(message)
    return Here(
        conv=tracker.sender_id,
        gemeente=gemeente,
        channel=metadata.get("channel", "shell"),
        seq=seq,
        key=metadata.get("key") or f"{tracker.sender_id}:{services().now().isoformat()}",
        caller=metadata.get("caller") or tracker.sender_id,
        about=metadata.get("about") or "",
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0),
        text=message.get("text") or "",
        entities={entity["entity"]: entity["value"] for entity in message.get("entities", [])},
    )
