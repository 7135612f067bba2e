"""Four places where Rasa 3.6 does the same work again on every event, action or prediction; each gives the same result.

Measured by benchmarks/serving.py. Rasa's classes are patched because none of the four can be configured.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses


def apply() -> None:
    """Patch Rasa; harmless when called twice."""
    Event.resolve_by_type = staticmethod(_resolve_by_type)
    RemoteAction._validate_action_result = _validate_action_result
    RulePolicy._get_possible_keys = _get_possible_keys


@cache
def _event_classes() -> dict[str, type[Event]]:
    return {cls.type_name: cls for cls in reversed(all_subclasses(Event))}


def _resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Rasa walks all subclasses for every event it restores."""
    found = _event_classes().get(type_name, default)
    if found is None and type_name != "topic":  # Rasa ignores the event `topic` of its first versions
        raise ValueError(f"Unknown event name '{type_name}'.")
    return found


@cache
def _action_validator() -> jsonschema.protocols.Validator:
    schema = RemoteAction.action_response_format_spec()
    return jsonschema.validators.validator_for(schema)(schema)


def _validate_action_result(self: RemoteAction, result: dict) -> bool:
    """Rasa checks and compiles the same schema for every result of an action."""
    _action_validator().validate(result)
    return True


State = Mapping[str, Mapping[str, Any]]
Index = Mapping[tuple[str | None, str | None], set[str]]


def _get_possible_keys(self: RulePolicy, lookup: dict[str, str], states: Sequence[State]) -> set[str]:
    """Rasa tries every rule on every state. Most rules already differ in their last step: in intent or previous action."""
    possible = _candidates(self, lookup, states[-1]) if states else set(lookup)
    for turn, state in enumerate(reversed(states)):
        possible = {key for key in possible if self._is_rule_applicable(key, turn, state)}
        if not possible:
            break
    return possible


def _candidates(policy: RulePolicy, lookup: dict[str, str], state: State) -> set[str]:
    """The rules whose last step can fit this state; all of them at the start of a conversation."""
    if not state.get("prev_action"):
        return set(lookup)
    indexes: dict[int, Index] = policy.__dict__.setdefault("_rules_by_last_step", {})
    index = indexes.get(id(lookup)) or indexes.setdefault(id(lookup), _index(policy, lookup))
    intent, action = state.get("user", {}).get("intent"), state["prev_action"].get("action_name")
    found: set[str] = set()
    for wanted in {(intent, action), (intent, None), (None, action), (None, None)}:
        found |= index.get(wanted, set())
    return found


def _index(policy: RulePolicy, lookup: dict[str, str]) -> Index:
    index: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    for key in lookup:
        last = policy._rule_key_to_state(key)[-1]
        index[last.get("user", {}).get("intent"), last.get("prev_action", {}).get("action_name")].add(key)
    return index
