"""What an ID token proves: the checks of OpenID Connect Core 1.0 section 3.1.3.7, after which its claims may be believed.

PyJWT checks signature, issuer, audience and times; what is special to a login stands here.
"""

import base64
import hashlib
import hmac
from typing import Any

import jwt
from jwt.exceptions import (
    ExpiredSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    MissingRequiredClaimError,
    PyJWTError,
)

from bot.login import LoginRefused
from bot.login.metadata import ALGORITHMS, Metadata

Claims = dict[str, Any]
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
_REASONS = {
    ExpiredSignatureError: "expired", InvalidAudienceError: "audience", InvalidIssuerError: "issuer",
    InvalidSignatureError: "signature", MissingRequiredClaimError: "incomplete",
}


async def verified(
    tokens: Claims, nonce: str, *, client_id: str, issuer: str, metadata: Metadata, leeway_seconds: int
) -> tuple[str, Claims]:
    """The ID token among `tokens`, and its claims. Raises LoginRefused, and LoginUnavailable when its key can't be had."""
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise LoginRefused("token")
    try:
        header = jwt.get_unverified_header(token)
        key = await metadata.key(header.get("kid"), str(header.get("alg")))
        claims: Claims = jwt.decode(
            token, key, algorithms=list(ALGORITHMS), audience=client_id, issuer=issuer, leeway=leeway_seconds,
            options={"require": REQUIRED, "enforce_minimum_key_length": True},
        )
    except PyJWTError as exc:
        raise LoginRefused(_reason(exc)) from None
    _check(claims, nonce, client_id, tokens.get("access_token"))
    return token, claims


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _check(claims: Claims, nonce: str, client_id: str, access_token: object) -> None:
    audience, azp = claims["aud"], claims.get("azp")
    if azp not in {None, client_id} or (isinstance(audience, list) and len(audience) > 1 and azp is None):
        raise LoginRefused("audience")
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise LoginRefused("nonce")
    if "at_hash" in claims and not _fits(str(claims["at_hash"]), access_token):
        raise LoginRefused("at_hash")


def _fits(at_hash: str, access_token: object) -> bool:
    """OpenID Connect Core 1.0 section 3.1.3.6; all our algorithms hash with SHA-256."""
    half = hashlib.sha256(str(access_token).encode()).digest()[:16]
    return hmac.compare_digest(at_hash.encode(), base64url(half).encode())


def _reason(exc: PyJWTError) -> str:
    return next((word for kind, word in _REASONS.items() if isinstance(exc, kind)), "token")
