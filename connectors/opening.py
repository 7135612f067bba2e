"""How a conversation begins: the disclosure that this is an automated assistant (AI Act, article 50), and first topics."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from bot.content import Topic
from bot.conversation import events
from bot.conversation.events import Event

FILE = Path(__file__).parent / "opening.yml"
NAME = "Balie"


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    payload: str


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of the first message; `text` has `{names}` of the municipality's variables.

    `context`: what follows for somebody who asks from a page about one topic, with its `{title}`; that topic is the first choice.
    """

    text: str
    context: str
    choices: list[Choice]


def load(path: Path = FILE) -> Opening:
    """Raises OSError, yaml.YAMLError or msgspec.ValidationError: a broken file must stop the start, not a citizen."""
    return msgspec.convert(yaml.safe_load(path.read_text()), Opening)


def first_event(opening: Opening, variables: Mapping[str, str], topic: Topic | None = None, **private: object) -> Event:
    """The body of event 1 of a conversation. `topic`: what the page is about where the citizen asks from.

    `private`: fields for the log alone, their names start with `_`.
    """
    text, choices = opening.text.format_map(variables), opening.choices
    if topic:
        text += "\n" + opening.context.format(title=topic.title)
        payload = f"/{topic.slug}"
        choices = [Choice(topic.title, payload), *(choice for choice in choices if choice.payload != payload)]
    options = [{"label": choice.label, "value": str(i)} for i, choice in enumerate(choices, start=1)]
    return events.message(
        "bot", text, name=NAME, parts=[{"kind": "choices", "id": "q_start", "options": options}],
        _payloads=[choice.payload for choice in choices], **private,
    )
