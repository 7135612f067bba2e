"""A response that has several texts says them in turn, so that nobody is told the same sentence twice in a row."""

import copy
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker


def generate_in_turn(
    answers: TemplatedNaturalLanguageGenerator, name: str, tracker: DialogueStateTracker, values: dict[str, Any]
) -> dict[str, Any] | None:
    """The response `name`, filled in: the first text that was not said yet, else the one that was said longest ago.

    As far as the tracker goes back, which is at least the turn before. None when there is no such response.
    """
    variants = answers.responses.get(name)
    if not variants:
        return None
    said = [_variant(event) for event in tracker.events if isinstance(event, BotUttered)] if len(variants) > 1 else []
    last = {variant: place for place, variant in enumerate(said)}
    number = min(range(len(variants)), key=lambda i: last.get(f"{name}/{i}", -1))
    response = copy.deepcopy(variants[number])
    if len(variants) > 1:
        response["metadata"] = {**response.get("metadata", {}), "variant": f"{name}/{number}"}
    filled: dict[str, Any] = answers._fill_response(response, tracker.current_slot_values(), **values)
    return filled


def _variant(event: BotUttered) -> str | None:
    return (event.metadata.get("metadata") or {}).get("variant")
