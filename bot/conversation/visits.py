"""Visits of browsers to the provider where the people of a desk sign in: begun once, ended once, in the same browser.

The browser keeps a random secret in a cookie. State, nonce and code_verifier are derived from it with the secret of the
installation and kept nowhere, so that nothing of it can be used by who reads Redis, and no answer fits another browser.
"""

import base64
import hashlib
import hmac
import secrets

from redis.asyncio import Redis

from bot.conversation import keys
from bot.conversation.redis import reaching
from bot.conversation.tokens import digest


class Visits:
    """Methods that wait raise StoreUnavailable when Redis does not answer in time. A visit may take `seconds`."""

    def __init__(self, client: Redis, secret: str, seconds: int) -> None:
        self._client = client
        self._secret = hashlib.sha256(b"desk-login:" + secret.encode()).digest()
        self._seconds = seconds

    async def start(self, gemeente: str) -> str:
        """A new secret for the cookie of the browser that goes to the provider of this municipality."""
        browser = secrets.token_urlsafe(32)
        with reaching("visit"):
            await self._client.set(keys.visit(digest(browser)), gemeente, ex=self._seconds)
        return browser

    def derive(self, browser: str, name: str) -> str:
        """A secret of the visit (state, nonce, verifier) that belongs to this cookie."""
        made = hmac.digest(self._secret, f"{name}\n{browser}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    async def returned(self, browser: str, state: str) -> str | None:
        """The municipality for which this browser left with this state, once; None for anything else."""
        if not browser or not hmac.compare_digest(self.derive(browser, "state").encode(), state.encode()):
            return None
        with reaching("visit"):
            found = await self._client.getdel(keys.visit(digest(browser)))
        return found.decode() if found else None
