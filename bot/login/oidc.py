"""A relying party of OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce, for whoever logs in.

The rules are those of OpenID Connect Core 1.0, RFC 9700 (best current practice) and RFC 9207 (issuer in the answer). What the
claims say of a citizen is read in `citizens.py`, of somebody at the desk in `employees.py`.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from yarl import URL

from bot.http import Http, HttpFailure, Reply
from bot.login import LoginRefused, LoginUnavailable, Visit
from bot.login.id_token import Claims, base64url, verified
from bot.login.metadata import ALGORITHMS, Metadata, schemes

Path = Sequence[str]  # names of claims within claims
CLIENT_AUTH = ("client_secret_basic", "client_secret_post", "none")


@dataclass(frozen=True)
class Terms:
    """What was agreed with the broker.

    Claims are looked for in the ID token, and in the userinfo when `userinfo`. `levels`: accepted values of `level_claim`, None
    when any will do; `acr_values`: what is asked for. `prompt`: `login` makes the broker ask anew, so that nobody goes on as the
    last person at a shared computer. `variables`: settings that hold client id and secret, to say where to look.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str
    levels: Sequence[str] | None
    scopes: Sequence[str] = ("openid",)
    acr_values: Sequence[str] = ()
    level_claim: Path = ("acr",)
    client_auth: str = "client_secret_basic"
    prompt: str = "login"
    userinfo: bool = False
    variables: tuple[str, str] = ("BALIE_OIDC_CLIENT_ID", "BALIE_OIDC_SECRET")


@dataclass(frozen=True)
class Limits:
    """`budget_seconds`: what somebody waits for here at most. `keep_seconds`: of what the broker publishes about itself.
    `leeway_seconds`: how far clocks may differ.
    """

    budget_seconds: float
    keep_seconds: int
    leeway_seconds: int


@dataclass(frozen=True)
class Identity:
    """Who logged in, as the broker proved it: the verified `claims` and the ID token that they are from."""

    claims: Claims = field(repr=False)
    id_token: str = field(repr=False)


class RelyingParty:
    """One broker and what was agreed with it."""

    def __init__(self, terms: Terms, limits: Limits) -> None:
        self.terms = terms
        self._limits = limits
        self._http = Http(limits.budget_seconds)
        self._metadata = Metadata(self._http, terms.issuer, limits.keep_seconds)

    async def address(self, visit: Visit) -> str:
        """Where to send the browser. Raises LoginUnavailable."""
        terms = self.terms
        query = {
            "response_type": "code", "client_id": terms.client_id, "redirect_uri": terms.redirect_uri,
            "scope": " ".join(terms.scopes), "state": visit.state, "nonce": visit.nonce,
            "code_challenge": challenge(visit.verifier), "code_challenge_method": "S256", "ui_locales": "nl",
        }
        query |= {"acr_values": " ".join(terms.acr_values)} if terms.acr_values else {}
        query |= {"prompt": terms.prompt} if terms.prompt else {}
        document = await self._within(self._metadata.document())
        return str(URL(document["authorization_endpoint"]).update_query(query))

    async def identity(self, code: str, visit: Visit, issuer: str | None) -> Identity:
        """Who logged in, for the code that the browser came back with; `issuer`: who the answer says that gave it (RFC 9207).

        Raises LoginUnavailable and LoginRefused.
        """
        return await self._within(self._identity(code, visit, issuer))  # type: ignore[no-any-return]

    async def sign_out_address(self, id_token: str, back: str) -> str | None:
        """Where a browser signs out at the broker and comes `back` from (OpenID Connect RP-Initiated Logout 1.0).

        None when the broker has no such place. `id_token` may be empty. Raises LoginUnavailable.
        """
        address = str((await self._within(self._metadata.document())).get("end_session_endpoint", ""))
        if urlsplit(address).scheme not in schemes(self.terms.issuer):
            return None
        query = {"client_id": self.terms.client_id, "post_logout_redirect_uri": back, "ui_locales": "nl"}
        return str(URL(address).update_query(query | ({"id_token_hint": id_token} if id_token else {})))

    async def aclose(self) -> None:
        """Release connections; may be called more than once."""
        await self._http.aclose()

    async def check(self) -> list[str]:
        """What is wrong with the connection; empty when all is well. Asks for real, changes nothing, raises nothing."""
        try:
            return list(await self._within(self._check()))
        except LoginUnavailable as exc:
            return [f"Login: {exc}."]

    async def _within(self, work: Any) -> Any:
        try:
            async with asyncio.timeout(self._limits.budget_seconds):
                return await work
        except TimeoutError as exc:
            raise LoginUnavailable("the broker doesn't answer in time") from exc

    async def _identity(self, code: str, visit: Visit, issuer: str | None) -> Identity:
        promised = (await self._metadata.document()).get("authorization_response_iss_parameter_supported") is True
        if issuer != self.terms.issuer and (issuer is not None or promised):
            raise LoginRefused("issuer")
        tokens = await self._exchange(code, visit.verifier)
        terms = self.terms
        id_token, claims = await verified(
            tokens, visit.nonce, client_id=terms.client_id, issuer=terms.issuer, metadata=self._metadata,
            leeway_seconds=self._limits.leeway_seconds,
        )
        if terms.userinfo:
            claims = await self._userinfo(tokens, str(claims["sub"])) | claims
        level = at(claims, terms.level_claim)
        if terms.levels is not None and (not isinstance(level, str) or level not in terms.levels):
            raise LoginRefused("level")
        return Identity(claims, id_token)

    async def _exchange(self, code: str, verifier: str) -> Claims:
        """The tokens for a code. Not tried again: a broker may take a second use of a code for theft."""
        reply = await self._token(code, verifier)
        if reply.status in {400, 401, 403}:
            raise LoginRefused("code") if _error(reply) == "invalid_grant" else LoginUnavailable(_no_entry(reply))
        if reply.status != 200:
            raise LoginUnavailable(f"the broker answered {reply.status} to a code")
        return _object(reply)

    async def _token(self, code: str, verifier: str) -> Reply:
        terms = self.terms
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
        document, terms, faults = await self._metadata.document(), self.terms, []
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
            faults.append(f"Login: the broker doesn't accept {' and '.join(terms.variables)}.")
        elif _error(reply) != "invalid_grant":
            faults.append(f"Login: the broker answered {reply.status} where a wrong code should be refused.")
        return faults


def challenge(verifier: str) -> str:
    """RFC 7636, method S256."""
    return base64url(hashlib.sha256(verifier.encode()).digest())


def at(claims: Claims, path: Iterable[str]) -> object:
    """The claim at the end of a path of names; None when there is none."""
    found: object = claims
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


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
