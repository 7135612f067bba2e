"""Push notifications: a device hears that there is news in a conversation whose window isn't open. Never what the news is.

Which events deserve one, and what a push says. `worker.py` sees to it that it arrives; `reach.py` knows the ways to a device.
"""

from dataclasses import dataclass
from typing import Any, Literal

from bot.conversation.events import Event

Kind = Literal["agent", "notice"]
VERSION = 1


@dataclass(frozen=True)
class Push:
    """What one device is told: in conversation `conv` there is news up to event `seq`. `at`: when it came, seconds since 1970."""

    gemeente: str
    conv: str
    device: str
    kind: Kind
    seq: int
    at: float

    @property
    def payload(self) -> dict[str, Any]:
        """No word of the conversation: it passes systems of others, and shows on a locked screen."""
        return {"v": VERSION, "gemeente": self.gemeente, "conv": self.conv, "kind": self.kind, "seq": self.seq}


def deserves(body: Event) -> Kind | None:
    """Why a citizen who isn't looking must hear of this event; None for what can wait, such as the bot's answers."""
    if body["type"] == "notice":
        return "notice"
    if body["type"] == "message" and body["from"]["role"] == "agent":
        return "agent"
    return "agent" if body["type"] == "handover" and body["state"] == "assigned" else None


def seen_by_citizen(body: Event) -> bool:
    """Whether the citizen was looking when this came into the log: who writes has read what was there."""
    return bool(body["type"] == "message" and body["from"]["role"] == "citizen")
