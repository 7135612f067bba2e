"""A person beside an answer: with topics that ask for one, in danger, and when a system stays down. An offer, never a detour."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Topic

OUTAGES = "storingen"  # the slot with when the last outage was told in this conversation, seconds since 1970
STILL_SECONDS = 3600  # after this an outage is a new one: nobody tried meanwhile, so that nobody knows whether it lasted
CRISIS = "crisis"


@dataclass(frozen=True)
class Beside:
    """What goes with the answer. `note`: the response whose text is added; None for the button alone."""

    reason: str
    note: str | None = None

    @property
    def button(self) -> dict[str, str]:
        return {"title": "Een medewerker spreken", "payload": f"/contact_medewerker{json.dumps({'reden': self.reason})}"}


def beside(
    topic: str, metadata: Mapping[str, Any], tracker: DialogueStateTracker, topics: Mapping[str, Topic], now: datetime
) -> Beside | None:
    """The person to offer with the answer to `topic` that has this `metadata`; None when there is none to offer, or just was."""
    if metadata.get("outage"):
        return Beside("outage", "utter_blijft_storing") if _still_down(tracker, now) else None
    if topic == CRISIS:
        return Beside(CRISIS)
    first = topic in topics and topics[topic].person_first
    if not first or tracker.active_loop_name or _offered(tracker, topics):
        return None
    return Beside("person_first", "utter_liever_persoon")


def _offered(tracker: DialogueStateTracker, topics: Mapping[str, Topic]) -> bool:
    """Whether it was offered since the talk turned to topics of this kind: once is enough."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            said = event.metadata.get("metadata") or {}
            if said.get("person"):
                return True
            about = topics.get(said.get("topic") or "")
            if about and about.about_something and not about.person_first:
                return False
    return False


def _still_down(tracker: DialogueStateTracker, now: datetime) -> bool:
    """Whether an outage was told a short while ago too. The slot was a number of outages once: read as a time, long ago."""
    return now.timestamp() - (tracker.get_slot(OUTAGES) or 0) < STILL_SECONDS


def note_outage(tracker: DialogueStateTracker, responses: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Note in the tracker that this turn ended in an outage, when one of its `responses` says so."""
    if any((response.get("metadata") or {}).get("outage") for response in responses):
        tracker.update(SlotSet(OUTAGES, now.timestamp()))
