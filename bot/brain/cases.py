"""A message that asks on about a case that the conversation knows, and names its kind, is about that case.

"Waarom is mijn bijstand nog niet rond?" is a question about bijstand to a model that knows no cases. Who looked one up, or
logged in, means their own.
"""

import re
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.parsing import likeliest
from bot.content import Catalogue
from bot.dutch.text import plain
from bot.dutch.zaakvragen import find_zaakvraag
from bot.zaken.kinds import names

_STATE = re.compile(r"\b(?:wat is er|hoe (?:staat|zit|gaat|ver)|hoever|status|stand van zaken|al iets bekend|nieuws)\b")


def of_known_case(
    parsed: dict[str, Any], tracker: DialogueStateTracker, catalogue: Catalogue, oldest: float
) -> dict[str, Any]:
    """The parse data, as a question about a case when it asks on about a known one of exactly that kind.

    A case counts as known when it was looked up after `oldest` (Unix time); the slot is that of `actions.zaak`.
    """
    known = (tracker.get_slot("zaken") or {}).get("zaken", [])
    if not (known and _about_a_subject(parsed, catalogue) and _asks_on(parsed["text"])):
        return parsed
    if sum(kept["at"] > oldest and names(parsed["text"], kept["zaak"]["zaaktype"]) for kept in known) != 1:
        return parsed
    intent = {"name": "zaakstatus", "confidence": likeliest(parsed)["confidence"]}
    others = [item for item in parsed.get("intent_ranking", []) if item["name"] != "zaakstatus"]
    return parsed | {"intent": intent, "intent_ranking": [intent, *others]}


def _about_a_subject(parsed: dict[str, Any], catalogue: Catalogue) -> bool:
    topic = catalogue.get(likeliest(parsed)["name"])
    return topic is not None and topic.about_something and topic.slug != "zaakstatus"


def _asks_on(text: str) -> bool:
    return bool(find_zaakvraag(text) or _STATE.search(plain(text)))
