"""A small OpenID Connect provider, to try and test logging in without a broker, of citizens and at the desk. This is not DigiD.

It refuses what a real one refuses: an unknown client or address to return to, a wrong secret, a code that was used, changed, or
is too old, and a code_verifier that doesn't fit. What it must remember travels sealed. Its door is connectors/demo_login.py.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import jwt
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from bot.login.oidc import Terms, challenge
from bot.sealing import fernet

PATH = "/demo-login"
DESK_PATH = "/demo-werkaccount"  # and the municipality
CLIENT_ID = "balie-demo"
LEVEL = "demo:substantieel"
CODE_SECONDS = 60
PAGE_SECONDS = 600
TOKEN_SECONDS = 120
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # FIPS 186-5: n of P-256
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

Json = dict[str, Any]


def terms(issuer: str, secret: str, redirect_uri: str) -> Terms:
    """What this installation has agreed with its own demonstration."""
    client_secret = hmac.new(secret.encode(), f"demo-login:client:{issuer}".encode(), hashlib.sha256).hexdigest()
    return Terms(
        issuer=issuer, client_id=CLIENT_ID, secret=client_secret, redirect_uri=redirect_uri, levels=(LEVEL,), acr_values=(LEVEL,),
    )


class DemoBroker:
    """The provider for one client. Everything follows from `secret`, so that several edges are one provider.

    `after`: where somebody may go who signed out; empty when there is no signing out.
    """

    def __init__(self, client: Terms, secret: str, after: str = "") -> None:
        self._client = client
        self._after = after
        self.issuer = client.issuer
        own = f"{self.issuer}:{secret}".encode()  # nothing of one provider is worth anything at another
        seed = hashlib.sha512(b"demo-login:key:" + own).digest()
        self._key = ec.derive_private_key(int.from_bytes(seed, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())
        self._fernet = fernet(b"demo-login:seal:" + own)
        self._used: dict[str, float] = {}

    def discovery(self) -> Json:
        issuer = self.issuer
        signing_out = {"end_session_endpoint": f"{issuer}/logout"} if self._after else {}
        return signing_out | {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks", "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": ["openid"], "acr_values_supported": [LEVEL],
            "authorization_response_iss_parameter_supported": True,
        }

    def jwks(self) -> Json:
        public = jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self._kid, "use": "sig", "alg": "ES256"}]}

    @property
    def _kid(self) -> str:
        return hashlib.sha256(str(self._key.public_key().public_numbers()).encode()).hexdigest()[:16]

    def stranger(self, query: Mapping[str, str]) -> bool:
        """Whether this comes from an unknown client, or wants to return to an unknown address: then nobody is sent anywhere."""
        return query.get("client_id") != self._client.client_id or query.get("redirect_uri") != self._client.redirect_uri

    def request(self, query: Mapping[str, str]) -> str | None:
        """The request for a login, sealed for the form of the page; None when it isn't one as we want them."""
        fine = (
            query.get("response_type") == "code" and "openid" in query.get("scope", "").split()
            and bool(query.get("state")) and bool(query.get("nonce")) and query.get("code_challenge_method") == "S256"
            and _CHALLENGE.fullmatch(query.get("code_challenge", "")) is not None
        )
        kept = {name: query.get(name, "") for name in ("state", "nonce", "code_challenge", "redirect_uri")}
        return self._seal("request", kept) if fine else None

    def refused(self, query: Mapping[str, str], error: str) -> str:
        """Where a browser goes back to without a code."""
        return self._back(query, {"error": error})

    def cancelled(self, sealed: str) -> str | None:
        """The same for somebody who stops at the page; None when that page is too old."""
        request = self._open("request", sealed, PAGE_SECONDS)
        return self.refused(request, "access_denied") if request else None

    def chosen(self, sealed: str, person: Json) -> str | None:
        """Where a browser goes back to with a code for this person, by its claims; None when the page is too old."""
        request = self._open("request", sealed, PAGE_SECONDS)
        if request is None:
            return None
        return self._back(request, {"code": self._seal("code", {**request, "person": person, "id": secrets.token_hex(8)})})

    def token(self, form: Mapping[str, str], authorization: str) -> tuple[int, Json]:
        """Status and body of the answer to a request for tokens."""
        if not self._is_client(form, authorization):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        grant = self._open("code", form.get("code", ""), CODE_SECONDS)
        if grant is None or not self._first_time(grant["id"]) or not _fits(grant, form):
            return 400, {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe()
        id_token = self.sign(self.claims(grant, access_token))
        return 200, {"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "id_token": id_token}

    def claims(self, grant: Json, access_token: str) -> Json:
        """What the ID token says."""
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        who = json.dumps(grant["person"], sort_keys=True).encode()
        subject = hmac.new(self._client.secret.encode(), who, hashlib.sha256).hexdigest()
        return {
            "iss": self.issuer, "sub": subject, "aud": self._client.client_id, "iat": now, "exp": now + TOKEN_SECONDS,
            "auth_time": now, "nonce": grant["nonce"], "acr": LEVEL,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(), **grant["person"],
        }

    def signed_out(self, query: Mapping[str, str]) -> str | None:
        """Where a browser goes that signed out here; None when it names another client, or wants to go anywhere else."""
        ours = query.get("client_id") == self._client.client_id and query.get("post_logout_redirect_uri") == self._after
        return self._after if self._after and ours else None

    def sign(self, claims: Json) -> str:
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._kid})

    def _is_client(self, form: Mapping[str, str], authorization: str) -> bool:
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        if authorization.startswith("Basic "):
            try:
                name, _, password = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
            except ValueError:
                return False
            given = (unquote(name), unquote(password))
        wanted = (self._client.client_id, self._client.secret)
        return all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(given, wanted, strict=True))

    def _first_time(self, code: str) -> bool:
        now = time.monotonic()
        self._used = {known: at for known, at in self._used.items() if now - at < CODE_SECONDS * 2}
        if code in self._used:
            return False
        self._used[code] = now
        return True

    def _back(self, request: Mapping[str, str], answer: Mapping[str, str]) -> str:
        url = URL(self._client.redirect_uri)
        return str(url.update_query({**answer, "state": request.get("state", ""), "iss": self.issuer}))

    def _seal(self, kind: str, content: Json) -> str:
        return self._fernet.encrypt(json.dumps([kind, content]).encode()).decode()

    def _open(self, kind: str, sealed: str, seconds: int) -> Json | None:
        try:
            found, content = json.loads(self._fernet.decrypt(sealed.encode(), ttl=seconds))
        except (InvalidToken, ValueError):
            return None
        return content if found == kind else None


def _fits(grant: Json, form: Mapping[str, str]) -> bool:
    """Whether who brings the code is who asked for it (RFC 7636)."""
    verifier = form.get("code_verifier", "")
    return bool(grant["redirect_uri"] == form.get("redirect_uri") and grant["code_challenge"] == challenge(verifier))
