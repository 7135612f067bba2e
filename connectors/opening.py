"""How a conversation begins: the disclosure that this is an automated assistant (AI Act, article 50), and first topics."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from bot.conversation import events
from bot.conversation.events import Event

FILE = Path(__file__).parent / "opening.yml"
NAME = "Balie"


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    payload: str


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of the first message; `text` has `{names}` of the municipality's variables."""

    text: str
    choices: list[Choice]


def load(path: Path = FILE) -> Opening:
    """Raises OSError, yaml.YAMLError or msgspec.ValidationError: a broken file must stop the start, not a citizen."""
    return msgspec.convert(yaml.safe_load(path.read_text()), Opening)


def first_event(opening: Opening, variables: Mapping[str, str], **private: object) -> Event:
    """The body of event 1 of a conversation. `private`: fields for the log alone, their names start with `_`."""
    options = [{"label": choice.label, "value": str(i)} for i, choice in enumerate(opening.choices, start=1)]
    return events.message(
        "bot", opening.text.format_map(variables), name=NAME,
        parts=[{"kind": "choices", "id": "q_start", "options": options}],
        _payloads=[choice.payload for choice in opening.choices], **private,
    )
