"""What the handlers of the desk share."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.conversation.feed import Feed
from bot.conversation.sessions import Sessions
from bot.conversation.visits import Visits
from bot.desk.accounts import Accounts
from bot.desk.board import Board
from bot.desk.presence import Presences
from bot.desk.rows import Rows
from bot.desk.words import Contexts
from bot.knowledge.library import Libraries
from bot.wiring import Services


@dataclass
class Desk:
    """One per edge process."""

    services: Services
    feed: Feed
    sessions: Sessions
    visits: Visits
    accounts: Accounts
    presences: Presences
    contexts: Contexts
    rows: dict[str, Rows]  # by municipality
    boards: dict[str, Board]  # by municipality
    libraries: Libraries
    streams: dict[asyncio.Task, tuple[str, str]] = field(default_factory=dict)  # open event streams, to end them, and whose
    closing: bool = False  # the process stops: no stream is opened any more
    searching: asyncio.Lock = field(default_factory=asyncio.Lock)  # one search at a time, of whoever
    searchers: dict[tuple[str, str], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))  # and of one person

    @property
    def secure(self) -> bool:
        return urlsplit(self.services.settings.base_url).scheme == "https"

    @property
    def visit_cookie(self) -> str:
        """Of a browser that is away to the provider of its municipality."""
        return "__Secure-balie_desk_login" if self.secure else "balie_desk_login"

    @property
    def cookie(self) -> str:
        """Browsers refuse the __Secure- prefix on http, which is what a laptop has."""
        return "__Secure-balie_desk" if self.secure else "balie_desk"
