"""An answer that may be the wrong one says so: a button to the topic that was next likeliest."""

from collections.abc import Mapping

from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Topic

SURE = 0.9  # confidence from which an answer needs no way out; below it one in six answers to new questions is wrong
WORTH = 0.05  # confidence from which another topic is a way out
SHOWN = 2


def doubts(topic: str, tracker: DialogueStateTracker, offers: Mapping[str, Topic]) -> list[dict[str, str]]:
    """Buttons for what else the message may have meant, when it was answered about `topic` without much certainty."""
    message = tracker.latest_message
    if message is None or tracker.active_loop_name or message.intent.get("name") != topic:
        return []
    ranking = (message.parse_data or {}).get("intent_ranking") or [{"name": topic, "confidence": 1.0}]
    (_, sure), *others = [(item["name"], item["confidence"]) for item in ranking]
    if sure >= SURE:
        return []
    found = [offers[name] for name, confidence in others if name in offers and confidence >= WORTH]
    return [{"title": f"Of bedoelt u: {other.title}?", "payload": f"/{other.slug}"} for other in found[:SHOWN]]
