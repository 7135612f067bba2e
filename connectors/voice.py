"""What a channel is for the rest of Balie: a door that citizens come in by, and a voice that says things to them.

A channel where Balie itself brings the answers (Telegram, text messages, e-mail) is one file that has a `Voice` and hands what
comes in to `connectors.intake`. What it can do is a row of `connectors.capabilities`. See docs/add-a-channel.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.conversation.events import Event
from connectors.capabilities import CHANNELS, Capabilities

Out = TypeVar("Out")  # one message as the channel sends it


class NotSaid(Exception):
    """The channel did not take a message."""


class Unreachable(NotSaid):
    """It never will: the citizen blocked us, or the chat no longer exists. Nothing is brought until the citizen writes again."""


class Again(NotSaid):
    """Not now. `seconds`: how long the channel makes us wait; None: it didn't say, or it is away."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Door:
    """One bot, number or mailbox of one municipality. `channel`: its row in `connectors.capabilities`, and in the log.

    `prefix`: of the ids of its conversations; small letters, digits and `-`, and of no other door. `name`: no other door's
    either; the same chat at another door is another conversation. `own`: what it can do, when it has no row in the table.
    """

    channel: str
    gemeente: str
    prefix: str
    name: str
    own: Capabilities | None = None

    @property
    def can(self) -> Capabilities:
        return self.own or CHANNELS[self.channel]

    def owns(self, conv: str) -> bool:
        return conv.rpartition("_")[0] == self.prefix


@dataclass(frozen=True)
class Arrival:
    """Where something came from: the chat, and the number that the channel gave it. The same number is the same message."""

    chat: str
    number: str


class Voice(ABC, Generic[Out]):
    """Says what is in the log. `say`, `renew` and `typing` raise Unreachable or Again; nothing else stops a chat for long.

    A message that the channel refuses for good (too long, forbidden words) must be logged and counted as said: a chat that
    waits for it would wait for ever.
    """

    @abstractmethod
    def render(self, body: Event, seq: int) -> Sequence[Out]:
        """The messages for event `seq`; none when the citizen has nothing to see. It must do without network and store."""

    @abstractmethod
    async def say(self, chat: str, out: Out) -> int:
        """Return once the channel has taken the message. Returns the number to change it by later; 0: there is none."""

    async def renew(self, chat: str, number: int, out: Out) -> int:
        """Say it in place of message `number` (0: there is none yet). Asked only of channels whose row says `renews`."""
        return await self.say(chat, out)

    async def typing(self, chat: str) -> None:
        """Show for some seconds that an answer is being made. Asked only of channels whose row says `typing`."""
