"""From what Rasa said to events of the protocol."""

from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.conversation import events
from bot.conversation.events import Event

BOT = "Balie"
GOODBYE = "utter_goodbye"


class LogChannel(OutputChannel):
    """Collects responses whole, with their metadata, instead of sending them."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.responses: list[dict[str, Any]] = []

    def name(self) -> str:  # type: ignore[override]
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.responses.append(message)


@dataclass
class Said:
    """The answer of a turn. `handover`: what the agent is told, when the conversation goes to the queue.

    `hide`: numbers of events whose text was personal; `forget`: whether the tracker must not keep what was said.
    """

    events: list[Event] = field(default_factory=list)
    handover: Event | None = None
    hide: list[int] = field(default_factory=list)
    forget: bool = False


def ends(event: Event, seq: int, responses: list[dict[str, Any]]) -> bool:
    """Whether the conversation comes to its end: an agent closed it, or the bot says goodbye after something was asked.

    `event`, `seq`: what the turn answers. The first thing that a citizen says has number 2.
    """
    if event["type"] == "handover":
        return bool(event["state"] == "closed")
    return seq > 2 and any(response.get("utter_action") == GOODBYE for response in responses)


def collect(responses: list[dict[str, Any]], turn: str, confidence: float) -> Said:
    """Events for the responses of one turn, in order.

    Actions speak to the brain by `custom` (rasa-sdk's json_message): `parts` and `meta` for the message itself, `until` when it
    may be read no longer (seconds since 1970), `event` for an event of its own, `handover`, `hide` and `forget` as in `Said`,
    `joins` for a text that goes on in the message before it.
    """
    said = Said()
    for response in _joined(responses):
        custom = response.get("custom") or {}
        if response.get("text"):
            said.events.append(_message(response, custom, turn, confidence))
        if custom.get("event"):
            said.events.append({"at": events.now(), "turn": turn, **custom["event"]})
        said.handover = custom.get("handover", said.handover)
        said.hide += custom.get("hide", [])
        said.forget = said.forget or bool(custom.get("forget"))
    return said


def _joined(responses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The responses, with those that `joins` added to the one before: what is true of a case at once, in one message."""
    whole: list[dict[str, Any]] = []
    for response in responses:
        if whole and (response.get("custom") or {}).get("joins"):
            first = whole[-1]
            whole[-1] = first | {
                "text": f"{first['text'].rstrip()}\n{response['text']}",
                "buttons": [*(first.get("buttons") or []), *(response.get("buttons") or [])],
                "metadata": (first.get("metadata") or {}) | (response.get("metadata") or {}),
            }
        else:
            whole.append(response)
    return whole


def _message(response: dict[str, Any], custom: dict[str, Any], turn: str, confidence: float) -> Event:
    metadata = response.get("metadata") or {}
    body = events.message("bot", response["text"].strip(), name=BOT, turn=turn)
    parts: list[Event] = list(custom.get("parts", []))
    buttons = list(response.get("buttons") or [])
    if more := metadata.get("more"):
        buttons.append(more)
    if product := metadata.get("appointment_product"):
        buttons.append({"title": "Afspraak maken", "payload": f'/afspraak_maken{{"product": "{product}"}}'})
    if person := metadata.get("person"):
        buttons = [*(button for button in buttons if not button["payload"].startswith("/contact_medewerker")), person]
    buttons += [*metadata.get("walk", []), *metadata.get("doubts", [])]
    if custom.get("until"):
        body["_until"] = custom["until"]
    if buttons:
        options = [{"label": button["title"], "value": str(i)} for i, button in enumerate(buttons, start=1)]
        parts.append({"kind": "choices", "id": f"q_{turn}", "options": options})
        body["_payloads"] = [button["payload"] for button in buttons]
    if metadata.get("source"):
        parts.append({"kind": "link", "label": metadata.get("source_label", "Meer informatie"), "url": metadata["source"]})
    parts += [{"kind": "link", **link} for link in metadata.get("links", [])]
    if parts:
        body["parts"] = parts
    known = {key: metadata[key] for key in ("topic", "outcome", "source", "reviewed") if key in metadata}
    body["meta"] = {"outcome": "answered"} | known | custom.get("meta", {}) | {"confidence": round(float(confidence), 3)}
    return body
