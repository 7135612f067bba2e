"""The key pair by which push services know this installation (RFC 8292, VAPID)."""

import base64
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid
from py_vapid.utils import b64urlencode

VALID_SECONDS = 12 * 3600  # of a signature; RFC 8292 allows a day, and clocks differ


class VapidKey:
    """A private key: 32 bytes as base64url without padding. Raises ValueError for anything else."""

    def __init__(self, private: str) -> None:
        raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
        if len(raw) != 32:
            raise ValueError("it must be 32 bytes in base64url")
        key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
        self._vapid = Vapid(key)
        self.public = str(b64urlencode(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))

    def authorization(self, endpoint: str, contact: str, now: datetime) -> str:
        """The Authorization header for a request to `endpoint`. `contact`: `mailto:` or `https:` address of who runs this."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now.timestamp()) + VALID_SECONDS, "sub": contact,
        }
        return str(self._vapid.sign(claims)["Authorization"])


def new_private() -> str:
    """A new private key, as the setting `push_vapid_key` holds it."""
    return str(b64urlencode(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")))


def kept_private(path: Path) -> str:
    """The private key of a demonstration, made when it isn't there: with another one the devices of before can't be reached."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.exists():
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(new_private())
            os.link(aside, path)  # whole, or not at all; and the first process wins
    except FileExistsError:
        pass
    finally:
        aside.unlink(missing_ok=True)
    return path.read_text().strip()
