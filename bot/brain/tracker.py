"""Trackers of bounded size: old events become a snapshot of the state they led to, so a turn costs the same for ever."""

import msgspec
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

RANKING_KEPT = 3  # alternatives kept with an intent; the rest is of no use after the turn


class OneTrackerStore(TrackerStore):
    """Holds the trackers of the turns under way. Rasa saves once, as its last step; the caller commits what was saved."""

    def __init__(self, domain: Domain | None = None, event_broker: object | None = None, **_: object) -> None:
        super().__init__(domain, event_broker)
        self._held: dict[str, DialogueStateTracker] = {}

    def hold(self, tracker: DialogueStateTracker) -> None:
        self._held[tracker.sender_id] = tracker

    def release(self, sender_id: str) -> DialogueStateTracker | None:
        return self._held.pop(sender_id, None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        return self._held.get(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self._held[tracker.sender_id] = tracker

    async def keys(self) -> list[str]:
        return list(self._held)


def load(raw: bytes, sender_id: str, domain: Domain) -> DialogueStateTracker:
    """The tracker kept in `raw`; a new one when `raw` is empty."""
    events = [Event.from_parameters(data) for data in msgspec.json.decode(raw)] if raw else []
    return DialogueStateTracker.from_events(sender_id, events, slots=domain.slots, domain=domain)


def dump(tracker: DialogueStateTracker, domain: Domain, max_events: int) -> bytes:
    """The tracker as bytes, with at most about `max_events` events."""
    events = bounded(tracker, domain, max_events)
    return msgspec.json.encode([_as_dict(event) for event in events], enc_hook=_plain)


def bounded(tracker: DialogueStateTracker, domain: Domain, max_events: int) -> list[Event]:
    """The events as they are, or a snapshot and the newest half of `max_events`, cut where a turn begins."""
    events = list(tracker.events)
    if len(events) <= max_events:
        return events
    starts = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    cut = next((i for i in starts if len(events) - i <= max_events // 2), len(events))
    return snapshot(tracker.sender_id, events[:cut], domain) + events[cut:]


def snapshot(sender_id: str, events: list[Event], domain: Domain) -> list[Event]:
    """The shortest list of events that leads to the same slots and active form as `events` does."""
    before = DialogueStateTracker.from_events(sender_id, events, slots=domain.slots, domain=domain)
    state: list[Event] = [
        SlotSet(slot.name, slot.value) for slot in before.slots.values() if slot.value != slot.initial_value
    ]
    if before.active_loop_name:
        state.append(ActiveLoop(before.active_loop_name))
    return [*state, ActionExecuted(ACTION_LISTEN_NAME)]


def forget(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The same state without what was said: for after a look-up with personal data."""
    events = snapshot(tracker.sender_id, list(tracker.events), domain)
    return DialogueStateTracker.from_events(tracker.sender_id, events, slots=domain.slots, domain=domain)


def _plain(value: object) -> object:
    """Classifiers give confidences as NumPy scalars."""
    if hasattr(value, "item"):
        return value.item()
    raise NotImplementedError(type(value).__name__)


def _as_dict(event: Event) -> dict:
    data = event.as_dict()
    ranking = data.get("parse_data", {}).get("intent_ranking") if isinstance(event, UserUttered) else None
    if ranking:
        data["parse_data"] = {**data["parse_data"], "intent_ranking": ranking[:RANKING_KEPT]}
    return data  # type: ignore[no-any-return]
