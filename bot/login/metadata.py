"""What a broker publishes about itself: its addresses and its keys, kept for a while."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from bot.http import Http, HttpFailure
from bot.login import LoginRefused, LoginUnavailable

# Public keys only. Never "none", and never HS256: who may check such a signature can make one as well.
ALGORITHMS = ("RS256", "PS256", "ES256")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = {"userinfo_endpoint"}

Document = dict[str, Any]


class Metadata:
    """Discovery document and JWKS of `issuer`. They are asked for again after `keep_seconds`, and once for an unknown key."""

    def __init__(self, http: Http, issuer: str, keep_seconds: int) -> None:
        self._http = http
        self._issuer = issuer
        self._keep_seconds = keep_seconds
        self._document: Document = {}
        self._keys: list[Document] = []
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()  # many citizens at once, one question

    async def document(self) -> Document:
        """Raises LoginUnavailable."""
        await self._fresh()
        return self._document

    async def key(self, kid: str | None, algorithm: str) -> PyJWK:
        """The public key for a signature. Raises LoginUnavailable, and LoginRefused when the broker publishes no such key."""
        if algorithm not in ALGORITHMS:
            raise LoginRefused("algorithm")
        await self._fresh()
        if not (found := self._find(kid, algorithm)):
            await self._read()  # the broker may have changed its keys
            found = self._find(kid, algorithm)
        if not found:
            raise LoginRefused("key")
        try:
            return PyJWK(found, algorithm)
        except PyJWTError as exc:
            raise LoginRefused("key") from exc

    def _find(self, kid: str | None, algorithm: str) -> Document | None:
        """The key with this id; without an id the only one that fits."""
        kind = "EC" if algorithm.startswith("ES") else "RSA"
        fitting = [
            key for key in self._keys
            if key.get("kty") == kind and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
        ]
        if kid is None:
            return fitting[0] if len(fitting) == 1 else None
        return next((key for key in fitting if key.get("kid") == kid), None)

    async def _fresh(self) -> None:
        async with self._lock:
            if time.monotonic() - self._read_at > self._keep_seconds:
                await self._read()

    async def _read(self) -> None:
        document = await self._get(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != self._issuer:
            raise LoginUnavailable("the broker calls itself by another name than the configured issuer")
        for name in (*NEEDED, *(OPTIONAL & document.keys())):
            if urlsplit(str(document.get(name, ""))).scheme not in schemes(self._issuer):
                raise LoginUnavailable(f"the broker publishes no usable {name}")
        keys = (await self._get(document["jwks_uri"])).get("keys")
        if not isinstance(keys, list):
            raise LoginUnavailable("the broker publishes no keys")
        self._document, self._keys = document, [key for key in keys if isinstance(key, dict)]
        self._read_at = time.monotonic()

    async def _get(self, url: str) -> Document:
        try:
            reply = await self._http.get(url, headers={"Accept": "application/json"})
            found = reply.json() if reply.status == 200 else None
        except HttpFailure as exc:
            raise LoginUnavailable(str(exc)) from exc
        if not isinstance(found, dict):
            raise LoginUnavailable(f"the broker answered {reply.status} to a question about itself")
        return found


def schemes(issuer: str) -> set[str]:
    """A broker on https stays on https; http is for a laptop (production refuses such an issuer)."""
    return {"https"} if urlsplit(issuer).scheme == "https" else {"https", "http"}
