"""JSON over HTTP with a supplier's system: bounded in time and size, no redirects, clear about what is known after a failure."""

import asyncio
import ipaddress
import json
import re
import socket
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp.abc import ResolveResult
from yarl import URL

MAX_BYTES = 2_000_000  # of one answer
RETRY_PAUSE_SECONDS = 0.2
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215: within one network
_TRY_AGAIN = {502, 503, 504}  # a proxy without its backend, or a backend that is starting

Headers = Mapping[str, str]

_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "the name of the server can't be found"),
    (aiohttp.ClientConnectorCertificateError, "the server's certificate isn't trusted here"),
    (aiohttp.ClientConnectorSSLError, "the server speaks no TLS that is accepted here"),
    (aiohttp.ClientConnectorError, "nothing listens at this address, or a firewall is in between"),
    (aiohttp.InvalidURL, "this is no address"),
    (TimeoutError, "it takes too long"),
    (aiohttp.ClientError, "the connection broke"),
)


class HttpFailure(Exception):
    """No usable answer. The text says the cause for whoever runs Balie; it names no address, no person and nothing that was sent.

    `sent` is False when the request certainly did not reach the other side, so that it can't have acted on it.
    """

    def __init__(self, text: str, *, sent: bool) -> None:
        super().__init__(text)
        self.sent = sent


class _TooLarge(HttpFailure):
    """An answer of more than MAX_BYTES. It would be as large the next time."""


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
    our credentials. `public`: nothing in our own network is reached, whatever a name stands for. `connections` at once; 0 for
    any number.
    """

    def __init__(
        self, timeout_seconds: float, retry_pause_seconds: float = RETRY_PAUSE_SECONDS, *, public: bool = False,
        connections: int = 100,
    ) -> None:
        self._public = public
        self._connections = connections
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
        except _TooLarge:
            raise
        except HttpFailure as exc:
            if isinstance(exc.__cause__, TimeoutError):
                raise  # what was slow once would be slow again, and somebody waits
        await asyncio.sleep(self._retry_pause_seconds)
        return await self._once(method, url, headers=headers, params=params, json=json)

    async def act(
        self, method: str, url: str | URL, *, headers: Headers, json: Any = None, form: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Change something: never tried again here, as it could have its effect twice. Raises HttpFailure."""
        return await self._once(method, url, headers=headers, json=json, data=form if body is None else body)

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _once(self, method: str, url: str | URL, **options: Any) -> Reply:
        if self._public and not is_public(URL(url).host or ""):  # an address isn't resolved
            raise HttpFailure("no connection: this address is in our own network", sent=False)
        if self._session is None:
            # Without cookies: requests for different citizens have nothing in common but the connection.
            resolver = _PublicResolver() if self._public else None
            connector = aiohttp.TCPConnector(resolver=resolver, limit=self._connections)
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), connector=connector
            )
        try:
            async with self._session.request(method, url, allow_redirects=False, **options) as response:
                return Reply(response.status, response.headers, await _body(response))
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as exc:
            raise HttpFailure(f"no connection: {_cause(exc)}", sent=False) from exc
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise HttpFailure(f"no answer: {_cause(exc)}", sent=True) from exc


def _cause(exc: BaseException) -> str:
    return f"{type(exc).__name__}: " + next(words for kind, words in _CAUSES if isinstance(exc, kind))


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise _TooLarge("an answer is too large", sent=True)
    return bytes(body)


class _PublicResolver(aiohttp.ThreadedResolver):
    """Finds no address of our own network: a name that points there is not found."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = [result for result in await super().resolve(host, port, family) if is_public(result["host"])]
        if not found:
            raise OSError(f"{host} is in our own network")
        return found


def is_public(host: str) -> bool:
    """Whether a host may be on the internet: false for addresses of one's own network or machine, and their usual names."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        found = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return "." in name and not name.endswith((".localhost", ".local", ".internal", ".home.arpa"))
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global
    inside = found.ipv4_mapped or found.sixtofour or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None)
    return inside.is_global if inside else found.is_global and not (found.is_site_local or found in _NAT64_LOCAL)


def address_fault(address: str, secure: bool) -> str:
    """What is wrong with a configured address, in English; empty when it can be used. `secure`: http isn't good enough."""
    try:
        url = URL(address)
    except ValueError as exc:
        return f"is no address: {exc}"
    if url.scheme not in ("http", "https") or not url.host or url.port == 0 or re.search(r"\s", address):
        return "must be an http or https address: https://host or https://host:port, with or without a path"
    return "must be an https address in production" if secure and url.scheme != "https" else ""
