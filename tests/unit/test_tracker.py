"""A bounded tracker must lead to the same state as the whole one."""

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain import tracker as trackers

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [vraag]
slots:
  dag: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  controle: {type: any, influence_conversation: false, mappings: [{type: custom}]}
forms:
  afspraak_form: {required_slots: [dag]}
""")


def _turn(number: int) -> list[Event]:
    """One turn: what the citizen says, the answer, listen. The slot changes every turn."""
    intent = {"name": "vraag", "confidence": 0.9}
    parsed = {"intent": intent, "entities": [], "intent_ranking": [intent] * 10}
    said = UserUttered(f"vraag {number}", intent=intent, parse_data=parsed)
    return [said, SlotSet("dag", f"dag {number}"), ActionExecuted("utter_vraag"), ActionExecuted("action_listen")]


def _tracker(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c", events, slots=DOMAIN.slots, domain=DOMAIN)


def _state(tracker: DialogueStateTracker) -> tuple:
    return tracker.current_slot_values(), tracker.active_loop_name, tracker.latest_action_name


@pytest.mark.parametrize("turns", [0, 1, 14, 15, 16, 40, 200])
def test_any_length_is_kept_bounded_and_leads_to_the_same_state(turns: int) -> None:
    events = [ActionExecuted("action_listen"), ActiveLoop("afspraak_form"), SlotSet("controle", {"postcode": "1234AB"})]
    whole = _tracker(events + [event for number in range(turns) for event in _turn(number)])
    kept = trackers.load(trackers.dump(whole, DOMAIN, 60), "c", DOMAIN)
    assert _state(kept) == _state(whole)
    assert len(kept.events) <= 64


def test_kept_turn_by_turn_it_stays_bounded() -> None:
    raw = b""
    for number in range(300):
        tracker = trackers.load(raw, "c", DOMAIN)
        tracker.update_with_events(_turn(number), DOMAIN)
        raw = trackers.dump(tracker, DOMAIN, 60)
    assert len(trackers.load(raw, "c", DOMAIN).events) <= 64
    assert len(raw) < 40_000
    assert trackers.load(raw, "c", DOMAIN).get_slot("dag") == "dag 299"


def test_the_newest_turns_are_kept_word_for_word() -> None:
    whole = _tracker([event for number in range(100) for event in _turn(number)])
    kept = trackers.load(trackers.dump(whole, DOMAIN, 60), "c", DOMAIN)
    said = [event.text for event in kept.events if isinstance(event, UserUttered)]
    assert said == [f"vraag {number}" for number in range(100 - len(said), 100)]
    assert len(said) >= 5


def test_forgetting_keeps_the_state_and_nothing_that_was_said() -> None:
    whole = _tracker([*_turn(1), ActiveLoop("afspraak_form"), *_turn(2)])
    kept = trackers.forget(whole, DOMAIN)
    assert _state(kept) == _state(whole)
    assert b"vraag 1" not in trackers.dump(kept, DOMAIN, 60)
    assert not any(isinstance(event, UserUttered) for event in kept.events)


def test_an_empty_tracker_is_a_new_one() -> None:
    assert trackers.load(b"", "c", DOMAIN).latest_action_name is None
