"""An answer that may be the wrong one says so: a button to the topic that was next likeliest."""

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Topic

WORTH = 0.05  # confidence from which another topic is offered as a way out: one in twenty messages like this meant it
SHOWN = 2


def doubts(topic: str, tracker: DialogueStateTracker, offers: Mapping[str, Topic]) -> list[dict[str, str]]:
    """Buttons for what else the message may have meant, when it was answered about `topic` and not in the middle of a form."""
    message = tracker.latest_message
    if message is None or tracker.active_loop_name or message.intent.get("name") != topic:
        return []
    ranking: list[dict[str, Any]] = (message.parse_data or {}).get("intent_ranking") or []
    found = [offers[item["name"]] for item in ranking[1:] if item["name"] in offers and item["confidence"] >= WORTH]
    return [{"title": f"Of bedoelt u: {other.title}?", "payload": f"/{other.slug}"} for other in found[:SHOWN]]
