"""The short name of a conversation, that a citizen can say on the telephone and an agent can search by: `B-7KQ2FX`."""

import hashlib
import hmac

from bot import letters

PREFIX = "B"
LENGTH = 6  # letters after it: 31**6, nearly a billion


def reference(secret: str, conv: str) -> str:
    """The same for ever, and worth nothing as a way in: it is made with our secret and opens nothing."""
    digest = hmac.digest(secret.encode(), f"conversation:{conv}".encode(), hashlib.sha256)
    return f"{PREFIX}-{letters.spelled(int.from_bytes(digest, 'big'), LENGTH)}"


def typed(text: str) -> str | None:
    """The reference that was typed, whatever the capitals, spaces and hyphens, and also without its `B`; None when it is none."""
    name = letters.plain(text)
    if len(name) == LENGTH + len(PREFIX) and name.startswith(PREFIX):
        name = name.removeprefix(PREFIX)
    if len(name) != LENGTH or not set(name) <= set(letters.LETTERS):
        return None
    return f"{PREFIX}-{name}"
