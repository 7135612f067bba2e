"""Who is at the door: the address of a client, the websites that may show the chat, the conversation of a token, the rates."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from bot.conversation.limits import Limits, Rate
from bot.conversation.store import Conversation, Store, UnknownConversation
from bot.gemeenten import Gemeente
from bot.settings import Settings
from connectors.problems import Problem

MINUTE, HOUR, DAY = 60, 3600, 86400

_CONV = re.compile(r"c_[A-Za-z0-9_-]{22}")
_BEARER = re.compile(r"Bearer (?P<conv>c_[A-Za-z0-9_-]{22})\.(?P<secret>[A-Za-z0-9_-]{43})", re.IGNORECASE)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Origins:
    """Websites whose pages may use the citizen API: the edge's own, those of the municipalities, and a laptop's in a demo."""

    def __init__(self, settings: Settings, gemeenten: Mapping[str, Gemeente]) -> None:
        self._own = _origin(settings.base_url)
        self._local = not settings.production
        self._sites = {key: {_origin(site) for site in gemeente.origins} for key, gemeente in gemeenten.items()}

    def allows(self, origin: str, gemeente: str | None = None) -> bool:
        """Whether pages of `origin` may use the API, for one municipality or for any. No browser, no origin: allowed."""
        if not origin or origin == self._own or (self._local and urlsplit(origin).hostname in _LOOPBACK):
            return True
        sites = self._sites.values() if gemeente is None else [self._sites.get(gemeente, set())]
        return any(origin in of_one for of_one in sites)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def address(request: web.Request, trusted_proxies: int) -> str:
    """The client's network address. X-Forwarded-For counts only as far as our own proxies wrote it; IPv6 by its /64."""
    peer = request.remote or "local"
    if trusted_proxies:
        chain = [entry.strip() for value in request.headers.getall("X-Forwarded-For", []) for entry in value.split(",")]
        if len(chain) >= trusted_proxies:
            return _network(chain[-trusted_proxies]) or _network(peer) or peer
    return _network(peer) or peer


def _network(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))  # one subscriber has a whole /64
    return str(found)


def show_token(conv: str, secret: str) -> str:
    """The token as the client gets it. It names its conversation, so that a valid one in the wrong place is a 403, not a 401."""
    return f"{conv}.{secret}"


def bearer(request: web.Request) -> tuple[str, str]:
    """The conversation and the secret of the token that a request carries. Raises Problem("unauthorized")."""
    token = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if token is None:
        raise Problem("unauthorized")
    return token["conv"], token["secret"]


class Access:
    """Lets a request in, or raises Problem. Store errors pass through."""

    def __init__(self, store: Store, limits: Limits, settings: Settings) -> None:
        self._store = store
        self._limits = limits
        self._settings = settings

    def address(self, request: web.Request) -> str:
        return address(request, self._settings.trusted_proxies)

    async def conversation(self, request: web.Request) -> Conversation:
        """The conversation of the path, when the bearer token is its own.

        Raises Problem: unauthorized (no token, or one that is nobody's), forbidden (another conversation's), or
        UnknownConversation.
        """
        wanted = request.match_info["conv"]
        conv, secret = bearer(request)
        if not _CONV.fullmatch(wanted):
            raise UnknownConversation(wanted)
        if conv != wanted:
            await self._store.get(wanted)
        try:
            owned = await self._store.authenticate(conv, secret)
        except PermissionError as exc:
            raise Problem("unauthorized") from exc
        except UnknownConversation as exc:
            raise exc if conv == wanted else Problem("unauthorized") from exc
        if owned.id != wanted:
            raise Problem("forbidden")
        return owned

    async def count_creation(self, request: web.Request) -> None:
        await self._count(Rate(f"create:{self.address(request)}", self._settings.rate_create_minute, MINUTE))

    async def count_message(self, request: web.Request, conversation: Conversation) -> None:
        limits, where = self._settings, self.address(request)
        await self._count(
            Rate(f"conv:{conversation.id}", limits.rate_conversation_minute, MINUTE),
            Rate(f"address:{where}", limits.rate_address_minute, MINUTE),
            Rate(f"address:{where}", limits.rate_address_day, DAY),
        )

    async def count_other(self, what: str, conversation: Conversation) -> None:
        """Signals and transcripts: cheap, but not for nothing."""
        await self._count(Rate(f"{what}:{conversation.id}", self._settings.rate_address_minute, MINUTE))

    async def count_renewal(self, conversation: Conversation) -> None:
        await self._count(Rate(f"token:{conversation.id}", self._settings.rate_token_hour, HOUR))

    async def count_address(self, what: str, request: web.Request, most: int | None = None) -> None:
        """What is asked without a conversation, `most` times a minute; as often as messages when nothing is said."""
        most = self._settings.rate_address_minute if most is None else most
        await self._count(Rate(f"{what}:{self.address(request)}", most, MINUTE))

    async def _count(self, *rates: Rate) -> None:
        if self._settings.lift_rates:
            return
        if wait := await self._limits.hit(rates):
            raise Problem("too_many", retry_after=wait)

    def caller(self, request: web.Request) -> str:
        """The client's address, hashed: it can be compared but not read."""
        return self._limits.hash(f"address:{self.address(request)}")
