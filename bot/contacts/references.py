"""References of call-back requests: what a citizen notes down, made from the key so that the same request has the same one."""

import hashlib
import hmac
from typing import NamedTuple

from bot import letters
from bot.letters import LETTERS

_LOWEST, _HIGHEST = 1_000_000_000, 9_999_999_999  # ten digits: what a `referentienummer` holds
ATTEMPTS = 3  # numbers that a request may get, one after the other, when one is somebody else's
_LENGTH = 7  # letters that such a number takes


class Mark(NamedTuple):
    """What a request is known by in a register. `digest` tells two requests apart that happen to have the same number."""

    number: int
    digest: str

    @property
    def reference(self) -> str:
        return spelled(self.number)


def mark(secret: bytes, key: str, attempt: int = 0) -> Mark:
    """The mark of the request with this idempotency key; another `attempt` gives another number, when one is taken."""
    digest = hmac.new(secret, f"call-back\n{attempt}\n{key}".encode(), hashlib.sha256).hexdigest()
    return Mark(_LOWEST + int(digest, 16) % (_HIGHEST - _LOWEST + 1), digest)


def spelled(number: int) -> str:
    """A number of ten digits as seven letters and figures that can be read aloud: `A7K-2FQ9`."""
    text = letters.spelled(number, _LENGTH)[::-1]
    return f"{text[:3]}-{text[3:]}"


def number_of(reference: str) -> int | None:
    """The number that is spelled so, whatever the capitals, spaces and hyphens; None when it isn't one of ours."""
    typed = letters.plain(reference)
    if len(typed) != _LENGTH or not set(typed) <= set(LETTERS):
        return None
    number = 0
    for letter in typed:
        number = number * len(LETTERS) + LETTERS.index(letter)
    return number if _LOWEST <= number <= _HIGHEST else None
