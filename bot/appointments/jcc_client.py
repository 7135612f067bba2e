"""Requests to JCC WARP REST, with the token they need (OAuth 2 client credentials)."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote_plus

from yarl import URL

from bot.appointments.supplier import Refused
from bot.http import Http, HttpFailure, Reply

Query = Sequence[tuple[str, str]]
"""Names may come more than once: JCC wants `activityId` and `amount` once per product."""

SCOPE = "warp-api"
EARLY_SECONDS = 30.0  # a token is renewed before its end, so that it doesn't wear out under way


class TokenRefused(HttpFailure):
    """JCC gives no token for this client id and secret."""


class JccClient:
    """`url` is the root of the API. Raises HttpFailure; any status is an answer.

    A token is used as long as JCC said, or until a 401; then the request is made once more with a new one. One token is asked for
    at a time. Answers are in Dutch where they hold words.
    """

    def __init__(
        self,
        http: Http,
        url: str,
        token_url: str,
        client_id: str,
        secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self.url, self.token_url = url.rstrip("/"), token_url
        self._root = URL(self.url + "/")
        # Each is urlencoded before they are joined: RFC 6749, 2.3.1.
        credentials = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
        self._basic = f"Basic {base64.b64encode(credentials).decode()}"
        self._clock = clock
        self._token = ""
        self._worn_out_at: float | None = None
        self._renewing = asyncio.Lock()

    async def get(self, path: str, query: Query = ()) -> Reply:
        """Read; see Http.get."""
        url = self._url(path, query)
        return await self._with_token(lambda headers: self._http.get(url, headers=headers))

    async def act(self, method: str, path: str, query: Query = (), json: Any = None) -> Reply:
        """Change something: made again only after a 401, which has no effect."""
        url = self._url(path, query)
        return await self._with_token(lambda headers: self._http.act(method, url, headers=headers, json=json))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _url(self, path: str, query: Query) -> URL:
        return (self._root / path).with_query(list(query))

    async def _with_token(self, send: Callable[[dict[str, str]], Awaitable[Reply]]) -> Reply:
        token = await self._usable(not_this="")
        reply = await send(_headers(token))
        if reply.status == 401:
            reply = await send(_headers(await self._usable(not_this=token)))
        return reply

    async def _usable(self, not_this: str) -> str:
        """The token, a new one when there is none, it is about to end, or it is `not_this`, which JCC refused."""
        async with self._renewing:
            if self._token == not_this or (self._worn_out_at is not None and self._clock() >= self._worn_out_at):
                await self._renew()
            return self._token

    async def _renew(self) -> None:
        self._token, asked_at = "", self._clock()
        headers = {"Authorization": self._basic, "Accept": "application/json"}
        form = {"grant_type": "client_credentials", "scope": SCOPE}
        try:
            reply = await self._http.act("POST", self.token_url, headers=headers, form=form)
            answer = reply.json() if reply.status == 200 else {}
        except HttpFailure as exc:
            # Whatever became of this one, the request that needs the token wasn't sent.
            raise HttpFailure(f"no token: {exc}", sent=False) from exc
        if reply.status in (400, 401, 403):
            raise TokenRefused(f"no token: status {reply.status}", sent=False)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise HttpFailure(f"no token: status {reply.status}", sent=False)
        seconds = answer.get("expires_in")
        self._worn_out_at = asked_at + max(float(seconds) - EARLY_SECONDS, 0) if isinstance(seconds, int | float) else None
        self._token = token


def usable(reply: Reply) -> Any:
    """The JSON of a good answer. Raises Refused for a 4xx, and HttpFailure for anything else: then JCC may have acted."""
    if reply.status == 200:
        return reply.json()
    if 400 <= reply.status < 500:
        raise Refused(f"JCC answers status {reply.status}")
    raise HttpFailure(f"status {reply.status}", sent=True)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json", "language": "nl"}
