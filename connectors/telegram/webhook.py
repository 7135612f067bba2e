"""Where Telegram brings updates: one address per municipality, and a secret that only Telegram and we know."""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram/{gemeente}/webhook"

Receive = Callable[[web.Request], Awaitable[web.Response]]


class Webhooks:
    """`bots`: municipality -> the secret of its webhook, and what takes an update."""

    def __init__(self, bots: Mapping[str, tuple[str, Receive]]) -> None:
        self._bots = bots
        self._nobody = secrets.token_urlsafe(32)

    async def receive(self, request: web.Request) -> web.Response:
        """403 for a wrong secret, and for a municipality without a bot: it takes as long, and says as little."""
        expected, receive = self._bots.get(request.match_info["gemeente"], (self._nobody, None))
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected.encode()) or receive is None:
            return web.Response(status=403)
        return await receive(request)
