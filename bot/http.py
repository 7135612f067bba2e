"""JSON over HTTP with a supplier's system: bounded in time and size, no redirects, clear about what is known after a failure."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

MAX_BYTES = 2_000_000  # of one answer
RETRY_PAUSE_SECONDS = 0.2
_TRY_AGAIN = {502, 503, 504}  # a proxy without its backend, or a backend that is starting

Headers = Mapping[str, str]


class HttpFailure(Exception):
    """No usable answer. The text names no address, no person and nothing that was sent.

    `sent` is False when the request certainly did not reach the other side, so that it can't have acted on it.
    """

    def __init__(self, text: str, *, sent: bool) -> None:
        super().__init__(text)
        self.sent = sent


class Reply:
    """An answer of any status. `headers` are case-insensitive."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        """The body as JSON. Raises HttpFailure when it is something else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as exc:
            raise HttpFailure("an answer isn't JSON", sent=True) from exc


class Http:
    """Requests to one supplier; the connections are kept until `aclose`. For one event loop.

    `timeout_seconds` limits one request; who calls limits the whole. Redirects are not followed: they could lead anywhere, with
    our credentials.
    """

    def __init__(self, timeout_seconds: float, retry_pause_seconds: float = RETRY_PAUSE_SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._retry_pause_seconds = retry_pause_seconds
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str | URL, *, headers: Headers, params: Mapping[str, str] | None = None) -> Reply:
        """Read. A lost connection, 502, 503 and 504 are tried once more after a pause. Raises HttpFailure."""
        return await self.read("GET", url, headers=headers, params=params)

    async def read(
        self, method: str, url: str | URL, *, headers: Headers, params: Mapping[str, str] | None = None, json: Any = None
    ) -> Reply:
        """As `get`, for a request that changes nothing but isn't a GET, such as a search with a body."""
        try:
            reply = await self._once(method, url, headers=headers, params=params, json=json)
            if reply.status not in _TRY_AGAIN:
                return reply
        except HttpFailure as exc:
            if isinstance(exc.__cause__, TimeoutError):
                raise  # what was slow once would be slow again, and somebody waits
        await asyncio.sleep(self._retry_pause_seconds)
        return await self._once(method, url, headers=headers, params=params, json=json)

    async def act(
        self, method: str, url: str | URL, *, headers: Headers, json: Any = None, form: Mapping[str, str] | None = None
    ) -> Reply:
        """Change something: never tried again here, as it could have its effect twice. Raises HttpFailure."""
        return await self._once(method, url, headers=headers, json=json, data=form)

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _once(self, method: str, url: str | URL, **options: Any) -> Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.request(method, url, allow_redirects=False, **options) as response:
                return Reply(response.status, response.headers, await _body(response))
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as exc:
            raise HttpFailure(f"no connection: {type(exc).__name__}", sent=False) from exc
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise HttpFailure(f"no answer: {type(exc).__name__}", sent=True) from exc


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise HttpFailure("an answer is too large", sent=True)
    return bytes(body)
