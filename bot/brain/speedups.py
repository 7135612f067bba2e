"""Three places where Rasa 3.6 does the same work again on every event or action; each computes the same, once.

Measured by benchmarks/serving.py. Rasa's classes are patched because none of the three can be configured.
"""

from functools import cache

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses


def apply() -> None:
    """Patch Rasa; harmless when called twice."""
    Event.resolve_by_type = staticmethod(_resolve_by_type)
    RemoteAction._validate_action_result = _validate_action_result


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
