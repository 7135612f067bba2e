"""References to read aloud and the secret codes that go with them.

A code is derived from its reference by HMAC under a secret and stored nowhere: the same appointment always has the
same code, and who gets hold of the appointments has no codes, nor hashes to guess them from. A new secret makes all
earlier codes worthless.
"""

import hashlib
import hmac
import secrets

from bot.appointments import AppointmentNotFound
from bot.letters import LETTERS, plain, spelled

CODE_LENGTH = 6  # 31**6: nearly a billion codes per reference


def new_reference() -> str:
    """A random reference, like A7K-2FQ9."""
    return grouped("".join(secrets.choice(LETTERS) for _ in range(7)))


def grouped(typed: str) -> str:
    """The reference as it was given out, from however it was typed."""
    return f"{plain(typed)[:3]}-{plain(typed)[3:]}"


class Codes:
    """The codes that belong to references, under one secret of at least 16 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret for appointment codes must have at least 16 bytes")
        self._secret = secret

    def of(self, reference: str) -> str:
        digest = hmac.digest(self._secret, f"appointment:{reference}".encode(), hashlib.sha256)
        return spelled(int.from_bytes(digest, "big"), CODE_LENGTH)

    def match(self, reference: str, typed: str) -> bool:
        """Whether the code is the one of this reference; takes as long for a wrong code as for the right one."""
        return hmac.compare_digest(self.of(reference).encode(), plain(typed).encode())

    def proven(self, reference: str, code: str) -> str:
        """The reference as it was given out, for who has its code. Looks nothing up, so it tells nothing about appointments.

        Raises AppointmentNotFound.
        """
        reference = grouped(reference)
        if not self.match(reference, code):
            raise AppointmentNotFound
        return reference
