"""A push to a browser, through its maker's push service (RFC 8030), encrypted for that browser alone (RFC 8291)."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import datetime

import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from bot.http import Http, HttpFailure
from bot.push import Push
from bot.push.outcome import Outcome, of_failure, of_reply
from bot.push.vapid import VapidKey

UNCOMPRESSED = 65  # bytes of a public key as browsers give it (RFC 8291, section 3.1); of a shorter form they can't make use

class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the browser, base64url: its public key and a secret of 16 bytes."""

    p256dh: str
    auth: str

    def __repr__(self) -> str:
        return "Keys()"


class Subscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"expiration_time": "expirationTime"}):
    """A PushSubscription as the browser gives it. Who has it can send to this browser: it is in no log and no error."""

    endpoint: str
    keys: Keys
    expiration_time: float | None = None

    def __repr__(self) -> str:
        return "Subscription()"


def key_fault(keys: Keys) -> str:
    """Which key can't be used: `p256dh`, `auth` or "" for none."""
    try:
        point = decoded(keys.p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return "p256dh"
    if len(point) != UNCOMPRESSED:
        return "p256dh"
    try:
        return "" if len(decoded(keys.auth)) == 16 else "auth"
    except ValueError:
        return "auth"


class WebPush:
    """Of one municipality. `contact`: where the push service can reach who sends; `ttl_seconds`: how long it keeps a push."""

    def __init__(self, http: Http, key: VapidKey, contact: str, ttl_seconds: int, now: Callable[[], datetime]) -> None:
        self._http = http
        self._key = key
        self._contact = contact
        self._ttl_seconds = ttl_seconds
        self._now = now

    @property
    def public_key(self) -> str:
        """What a browser subscribes with (`applicationServerKey`), base64url."""
        return self._key.public

    async def send(self, push: Push, subscription: Subscription) -> Outcome:
        """Once. Raises nothing for what goes wrong on the way."""
        now = self._now()
        left = self._ttl_seconds - (now.timestamp() - push.at)  # a push that waited here mustn't live longer for it
        headers = {
            "Authorization": self._key.authorization(subscription.endpoint, self._contact, now),
            "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
            "TTL": str(max(int(left), 0)), "Urgency": "high" if push.kind == "agent" else "normal",
            "Topic": topic(push.conv),
        }
        try:
            body = encrypted(msgspec.json.encode(push.payload), subscription.keys)
            reply = await self._http.act("POST", subscription.endpoint, headers=headers, body=body)
        except HttpFailure as exc:
            return of_failure(exc)
        return of_reply(reply, now)


def topic(conv: str) -> str:
    """What is newer takes the place of what wasn't delivered yet (RFC 8030, section 5.4: at most 32 characters of base64url)."""
    return hashlib.sha256(f"push topic {conv}".encode()).hexdigest()[:32]


def encrypted(content: bytes, keys: Keys) -> bytes:
    """For this browser alone, with a key pair of this one message."""
    own = ec.generate_private_key(ec.SECP256R1())
    body: bytes = http_ece.encrypt(
        content, private_key=own, dh=decoded(keys.p256dh), auth_secret=decoded(keys.auth), version="aes128gcm"
    )
    return body


def decoded(text: str) -> bytes:
    """Base64url, with or without padding. Raises ValueError."""
    if not text.isascii():
        raise ValueError("no base64url")
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as exc:
        raise ValueError("no base64url") from exc
