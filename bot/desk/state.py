"""What the handlers of the desk share."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.conversation.feed import Feed
from bot.conversation.sessions import Sessions
from bot.desk.accounts import Accounts
from bot.desk.board import Board
from bot.desk.presence import Presences
from bot.desk.words import Contexts
from bot.wiring import Services


@dataclass
class Desk:
    """One per edge process."""

    services: Services
    feed: Feed
    sessions: Sessions
    accounts: Accounts
    presences: Presences
    contexts: Contexts
    boards: dict[str, Board]  # by municipality
    streams: set[asyncio.Task] = field(default_factory=set)  # open event streams, to end them when the process stops

    @property
    def secure(self) -> bool:
        return urlsplit(self.services.settings.base_url).scheme == "https"

    @property
    def cookie(self) -> str:
        """Browsers refuse the __Secure- prefix on http, which is what a laptop has."""
        return "__Secure-balie_desk" if self.secure else "balie_desk"
