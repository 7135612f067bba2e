"""Reads ZGW APIs over HTTP: token, limits, one retry, and only addresses below the configured ones."""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
import jwt
from yarl import URL

from bot.zaken import ZakenUnavailable

Json = dict[str, Any]
Params = Mapping[str, str]

_BACKDATED_SECONDS = 60  # Open Zaak refuses a token from its future: allow for a clock that runs behind ours
_MAX_BYTES = 2_000_000
_MAX_PAGES = 20
_RETRIED = {502, 503, 504}  # a proxy without its backend, or a backend that is starting
_PATH_REST = re.compile(r"[A-Za-z0-9_/-]*")


class _TryAgain(Exception):
    """A failure that may be over in a moment."""


class ZgwClient:
    """GETs JSON below `bases` (the roots of the ZGW APIs, as the case system writes them in its own addresses).

    `client_id` and `secret` are those of the application registered in the case system. A connection error, 502, 503
    or 504 is tried once more after `retry_pause_seconds` (besides, aiohttp at once repeats a GET whose connection
    broke). `timeout_seconds` limits one request; the caller limits the whole. Every failure is a ZakenUnavailable,
    whose text names no case and no person.
    """

    def __init__(
        self, bases: tuple[str, ...], client_id: str, secret: str, timeout_seconds: float, retry_pause_seconds: float
    ) -> None:
        self._bases = [URL(base.rstrip("/") + "/") for base in bases]
        self._client_id = client_id
        self._secret = secret
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._retry_pause_seconds = retry_pause_seconds
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, params: Params | None = None) -> Json:
        """The JSON object at `url`. Parameters must have a value: the standard reads a blank filter as no filter."""
        if not all((params or {}).values()):
            raise ValueError("a blank filter would return everything")
        allowed = self._below_a_base(url)
        try:
            try:
                return await self._once(allowed, params)
            except _TryAgain:
                await asyncio.sleep(self._retry_pause_seconds)
                return await self._once(allowed, params)
        except (_TryAgain, aiohttp.ClientError, TimeoutError) as exc:
            raise ZakenUnavailable(f"no answer: {exc if isinstance(exc, _TryAgain) else type(exc).__name__}") from exc

    async def get_all(self, url: str, params: Params) -> list[Json]:
        """The objects on all pages of a list."""
        page = await self.get(url, params)
        found: list[Json] = list(page["results"])
        for _ in range(_MAX_PAGES):
            if not page.get("next"):
                return found
            page = await self.get(page["next"])
            found += page["results"]
        raise ZakenUnavailable("a list has no end")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _once(self, url: URL, params: Params | None) -> Json:
        # Redirects aren't followed: they could lead anywhere, with our token.
        request = self._open().get(url, params=params, headers=self._headers(), allow_redirects=False)
        try:
            async with request as response:
                if response.status in _RETRIED:
                    raise _TryAgain(f"status {response.status}")
                if response.status != 200:
                    raise ZakenUnavailable(f"status {response.status}")
                return _parsed(await _body(response))
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as exc:
            raise _TryAgain(type(exc).__name__) from exc

    def _below_a_base(self, url: str) -> URL:
        """`url` if it lies below a configured API. An answer may name any address; our token goes nowhere else."""
        try:
            parsed = URL(url)
        except (ValueError, TypeError) as exc:
            raise ZakenUnavailable("not an address") from exc
        for base in self._bases:
            same_server = parsed.is_absolute() and parsed.origin() == base.origin()
            path = parsed.raw_path  # yarl has resolved dot segments
            if same_server and path.startswith(base.raw_path) and _PATH_REST.fullmatch(path[len(base.raw_path) :]):
                return parsed
        raise ZakenUnavailable("an address outside the configured APIs")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session

    def _headers(self) -> dict[str, str]:
        """A fresh token each time: Open Zaak refuses one whose `iat` is over an hour old."""
        claims = {
            "iss": self._client_id,
            "iat": int(time.time()) - _BACKDATED_SECONDS,
            "client_id": self._client_id,
            "user_id": "",
            "user_representation": "",
        }
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        # Without Accept-Crs, `zaken` answers 412, although no geometry is asked for.
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Crs": "EPSG:4326"}


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > _MAX_BYTES:
            raise ZakenUnavailable("an answer is too large")
    return bytes(body)


def _parsed(body: bytes) -> Json:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise ZakenUnavailable("an answer isn't JSON") from exc
    if not isinstance(answer, dict):
        raise ZakenUnavailable("an answer isn't an object")
    return answer
