"""Login through an OpenID Connect provider: authorization code with PKCE (RFC 7636), state and nonce.

The rules are those of OpenID Connect Core 1.0 section 3.1.3.7, RFC 9700 (best current practice) and RFC 9207 (issuer in the
answer). PyJWT checks signature, issuer, audience and times; what is special to a login stands here.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import jwt
from jwt.exceptions import (
    ExpiredSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    MissingRequiredClaimError,
    PyJWTError,
)
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn as elfproef
from yarl import URL

from bot.http import Http, HttpFailure, Reply
from bot.login import LoginRefused, LoginUnavailable, Visit
from bot.login.metadata import ALGORITHMS, Metadata

Claims = dict[str, Any]
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLIENT_AUTH = ("client_secret_basic", "client_secret_post", "none")
_REASONS = {
    ExpiredSignatureError: "expired", InvalidAudienceError: "audience", InvalidIssuerError: "issuer",
    InvalidSignatureError: "signature", MissingRequiredClaimError: "incomplete",
}


@dataclass(frozen=True)
class Terms:
    """What was agreed with the broker.

    `level_claim` and `bsn_claim` are paths into the ID token (or the userinfo, when `userinfo`). `levels`: accepted values of the
    first; `acr_values`: what is asked for. `bsn_prefix`: what stands before the BSN, as in the sectoral number `s00000000:…`.
    `prompt`: `login` makes the broker ask anew, so that nobody goes on as the last person at a shared computer.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str
    levels: Sequence[str]
    scopes: Sequence[str] = ("openid",)
    acr_values: Sequence[str] = ()
    level_claim: Sequence[str] = ("acr",)
    bsn_claim: Sequence[str] = ("bsn",)
    bsn_prefix: str = ""
    client_auth: str = "client_secret_basic"
    prompt: str = "login"
    userinfo: bool = False


class OidcLogin:
    """The relying party. `budget_seconds` limits what a citizen waits for here; `leeway_seconds`: how far clocks may differ."""

    def __init__(self, terms: Terms, *, budget_seconds: float, keep_seconds: int, leeway_seconds: int) -> None:
        self._terms = terms
        self._budget_seconds = budget_seconds
        self._leeway_seconds = leeway_seconds
        self._http = Http(budget_seconds)
        self._metadata = Metadata(self._http, terms.issuer, keep_seconds)

    async def address(self, visit: Visit) -> str:
        terms = self._terms
        query = {
            "response_type": "code", "client_id": terms.client_id, "redirect_uri": terms.redirect_uri,
            "scope": " ".join(terms.scopes), "state": visit.state, "nonce": visit.nonce,
            "code_challenge": challenge(visit.verifier), "code_challenge_method": "S256", "ui_locales": "nl",
        }
        query |= {"acr_values": " ".join(terms.acr_values)} if terms.acr_values else {}
        query |= {"prompt": terms.prompt} if terms.prompt else {}
        document = await self._within(self._metadata.document())
        return str(URL(document["authorization_endpoint"]).update_query(query))

    async def bsn(self, code: str, visit: Visit, issuer: str | None) -> str:
        return str(await self._within(self._bsn(code, visit, issuer)))

    async def aclose(self) -> None:
        await self._http.aclose()

    async def check(self) -> list[str]:
        try:
            return list(await self._within(self._check()))
        except LoginUnavailable as exc:
            return [f"Login: {exc}."]

    async def _within(self, work: Any) -> Any:
        try:
            async with asyncio.timeout(self._budget_seconds):
                return await work
        except TimeoutError as exc:
            raise LoginUnavailable("the broker doesn't answer in time") from exc

    async def _bsn(self, code: str, visit: Visit, issuer: str | None) -> str:
        promised = (await self._metadata.document()).get("authorization_response_iss_parameter_supported") is True
        if issuer != self._terms.issuer and (issuer is not None or promised):
            raise LoginRefused("issuer")
        tokens = await self._exchange(code, visit.verifier)
        claims = await self._identity(tokens, visit.nonce)
        if self._terms.userinfo:
            claims = await self._userinfo(tokens, str(claims["sub"])) | claims
        return self._person(claims)

    def _person(self, claims: Claims) -> str:
        """The BSN, when the level is high enough."""
        level = _at(claims, self._terms.level_claim)
        if not isinstance(level, str) or level not in self._terms.levels:
            raise LoginRefused("level")
        number, prefix = _at(claims, self._terms.bsn_claim), self._terms.bsn_prefix
        if not isinstance(number, str) or not number.startswith(prefix) or not number[len(prefix) :].isdecimal():
            raise LoginRefused("bsn")
        try:
            return str(elfproef.validate(number[len(prefix) :]))
        except ValidationError:
            raise LoginRefused("bsn") from None

    async def _exchange(self, code: str, verifier: str) -> Claims:
        """The tokens for a code. Not tried again: a broker may take a second use of a code for theft."""
        reply = await self._token(code, verifier)
        if reply.status in {400, 401, 403}:
            raise LoginRefused("code") if _error(reply) == "invalid_grant" else LoginUnavailable(_no_entry(reply))
        if reply.status != 200:
            raise LoginUnavailable(f"the broker answered {reply.status} to a code")
        return _object(reply)

    async def _token(self, code: str, verifier: str) -> Reply:
        terms = self._terms
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": terms.redirect_uri, "code_verifier": verifier,
        }
        headers = {"Accept": "application/json"}
        if terms.client_auth == "client_secret_basic":  # RFC 6749 section 2.3.1: form-encoded first
            pair = f"{quote(terms.client_id, safe='')}:{quote(terms.secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form["client_id"] = terms.client_id
            form |= {"client_secret": terms.secret} if terms.client_auth == "client_secret_post" else {}
        try:
            address = (await self._metadata.document())["token_endpoint"]
            return await self._http.act("POST", address, headers=headers, form=form)
        except HttpFailure as exc:
            raise LoginUnavailable(str(exc)) from exc

    async def _identity(self, tokens: Claims, nonce: str) -> Claims:
        """The claims of the ID token, after every check of OpenID Connect Core 1.0 section 3.1.3.7."""
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise LoginRefused("token")
        try:
            header = jwt.get_unverified_header(token)
            key = await self._metadata.key(header.get("kid"), str(header.get("alg")))
            claims = jwt.decode(
                token, key, algorithms=list(ALGORITHMS), audience=self._terms.client_id, issuer=self._terms.issuer,
                leeway=self._leeway_seconds, options={"require": REQUIRED, "enforce_minimum_key_length": True},
            )
        except PyJWTError as exc:
            raise LoginRefused(_reason(exc)) from None
        self._check_claims(claims, nonce, tokens.get("access_token"))
        return claims

    def _check_claims(self, claims: Claims, nonce: str, access_token: object) -> None:
        audience, azp = claims["aud"], claims.get("azp")
        if azp not in {None, self._terms.client_id} or (isinstance(audience, list) and len(audience) > 1 and azp is None):
            raise LoginRefused("audience")
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise LoginRefused("nonce")
        if "at_hash" in claims and not _fits(str(claims["at_hash"]), access_token):
            raise LoginRefused("at_hash")

    async def _userinfo(self, tokens: Claims, sub: str) -> Claims:
        """What the broker tells besides the ID token, if it is about the same person."""
        address = (await self._metadata.document()).get("userinfo_endpoint")
        if not isinstance(address, str) or not isinstance(tokens.get("access_token"), str):
            raise LoginUnavailable("the broker gives no userinfo")
        headers = {"Accept": "application/json", "Authorization": f"Bearer {tokens['access_token']}"}
        try:
            reply = await self._http.get(address, headers=headers)
        except HttpFailure as exc:
            raise LoginUnavailable(str(exc)) from exc
        if reply.status != 200:
            raise LoginUnavailable(f"the broker answered {reply.status} to a question about who logged in")
        claims = _object(reply)
        if claims.get("sub") != sub:
            raise LoginRefused("userinfo")
        return claims

    async def _check(self) -> list[str]:
        document, terms, faults = await self._metadata.document(), self._terms, []
        for name, wanted in (
            ("response_types_supported", "code"), ("code_challenge_methods_supported", "S256"),
            ("token_endpoint_auth_methods_supported", terms.client_auth),
        ):
            if wanted not in document.get(name, [wanted]):
                faults.append(f"Login: the broker doesn't offer {wanted} ({name}).")
        if not set(ALGORITHMS) & set(document.get("id_token_signing_alg_values_supported", ALGORITHMS)):
            faults.append(f"Login: the broker signs ID tokens with none of {', '.join(ALGORITHMS)}.")
        reply = await self._token(secrets.token_urlsafe(), secrets.token_urlsafe(48))  # a code that nobody gave out
        if reply.status in {401, 403} or _error(reply) in {"invalid_client", "unauthorized_client"}:
            faults.append("Login: the broker doesn't accept BALIE_OIDC_CLIENT_ID and BALIE_OIDC_SECRET.")
        elif _error(reply) != "invalid_grant":
            faults.append(f"Login: the broker answered {reply.status} where a wrong code should be refused.")
        return faults


def challenge(verifier: str) -> str:
    """RFC 7636, method S256."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _fits(at_hash: str, access_token: object) -> bool:
    """OpenID Connect Core 1.0 section 3.1.3.6; all our algorithms hash with SHA-256."""
    half = hashlib.sha256(str(access_token).encode()).digest()[:16]
    return hmac.compare_digest(at_hash.encode(), _base64url(half).encode())


def _at(claims: Claims, path: Iterable[str]) -> object:
    found: object = claims
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _reason(exc: PyJWTError) -> str:
    return next((word for kind, word in _REASONS.items() if isinstance(exc, kind)), "token")


def _object(reply: Reply) -> Claims:
    try:
        found = reply.json()
    except HttpFailure as exc:
        raise LoginUnavailable(str(exc)) from None
    if not isinstance(found, dict):
        raise LoginUnavailable("the broker's answer is no object")
    return found


def _error(reply: Reply) -> str:
    """The error code of RFC 6749 section 5.2; empty when there is none."""
    try:
        found = reply.json()
    except HttpFailure:
        return ""
    return str(found.get("error", "")) if isinstance(found, dict) else ""


def _no_entry(reply: Reply) -> str:
    known = {"invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "unsupported_grant_type"}
    return f"the broker refused the exchange ({_error(reply) if _error(reply) in known else reply.status})"
