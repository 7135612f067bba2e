"""Logins on their way: the link that a conversation gave, the visit to the broker, and the result that waits for its code.

Everything stands under the conversation, so that erasing it ends a login too. Nothing of it can be used by who reads Redis: link,
cookie and code are derived from random seeds with the secret of the installation, or kept as digests. A BSN never comes here.

Whoever opens the link logs in *for* the conversation that asked. That this is the same person is shown by the code: it appears in
the browser of who logged in, and counts only in the conversation that the link is from (docs/adr/0007).
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from redis.asyncio import Redis

from bot.conversation import events, keys
from bot.conversation.redis import reaching, script
from bot.conversation.tokens import digest
from bot.letters import LETTERS, plain, spelled

CODE_LENGTH = 6
_CONV = r"(?:c_[A-Za-z0-9_-]{22}|[a-z][a-z0-9_-]{0,60}_[0-9a-f]{24})"  # of the web, or of a door of connectors.voice
_TWO_PARTS = re.compile(rf"(?P<conv>{_CONV})\.(?P<secret>[A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True)
class Pending:
    """A link that works. `seed`: what it is derived from."""

    conv: str
    gemeente: str
    channel: str
    seed: str = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """A result that waits, for the browser that logged in. `failed`: there is a result, but the cases could not be had."""

    conv: str
    gemeente: str
    channel: str
    failed: bool
    code: str = field(repr=False)


@dataclass(frozen=True)
class Taken:
    """What a typed code brings. `outcome`: `ok`, `failed` (logged in, cases not to be had), `wrong`, or `none` (nothing waits).

    `left`: wrong codes that may still be typed.
    """

    outcome: str
    zaken: list[dict[str, Any]] = field(default_factory=list, repr=False)
    left: int = 0


class Logins:
    """Every method raises StoreUnavailable when Redis doesn't answer.

    `ticket_seconds`: a link may be used that long to start, and a started login may take that long. `tries`: wrong codes after
    which a result is gone.
    """

    def __init__(self, client: Redis, secret: str, *, ticket_seconds: int, result_seconds: int, tries: int) -> None:
        self._client = client
        self._secret = hashlib.sha256(b"login:" + secret.encode()).digest()
        self._ticket_ms = ticket_seconds * 1000
        self._result_seconds = result_seconds
        self._tries = tries
        names = ("link", "start", "return", "finish", "take", "failed")
        self._scripts = {name: script(client, f"login_{name}") for name in names}

    # The conversation's side.

    async def ticket(self, conv: str, gemeente: str, channel: str) -> str:
        """What makes the link of this conversation: while it is fresh the same one, so that it survives a question in between."""
        args: list[str | int] = [secrets.token_urlsafe(16), self._ticket_ms * 2, self._ticket_ms * 5 // 4]
        args += ["gemeente", gemeente, "channel", channel]
        seed = await self._redis(self._scripts["link"](keys=[keys.meta(conv), keys.login(conv)], args=args))
        return self._ticket(conv, seed.decode())

    async def waiting(self, conv: str) -> bool:
        """Whether a link of this conversation can be used, or a result waits for its code."""
        return bool(await self._redis(self._client.exists(keys.login(conv), keys.login_result(conv))))

    async def failed(self, conv: str, turn_key: str) -> bool:
        """Whether somebody logged in for this conversation and the cases could not be had: no code is needed to hear that.

        True once, and again for the same turn.
        """
        return bool(await self._redis(self._scripts["failed"](keys=[keys.login_result(conv)], args=[turn_key])))

    async def take(self, conv: str, code: str, turn_key: str) -> Taken:
        """The result, for the right code. A turn that is done again gets the same answer."""
        args: list[str | int] = [self._seal("code", conv, code), turn_key, self._tries]
        outcome, *more = await self._redis(self._scripts["take"](keys=[keys.login_result(conv)], args=args))
        if outcome == b"ok":
            zaken = events.load(more[0])
            return Taken("failed") if zaken is None else Taken("ok", zaken)  # type: ignore[arg-type]
        return Taken(outcome.decode(), left=int(more[0]) if more else 0)

    def read_code(self, typed: str) -> str | None:
        """The code in what somebody typed, whatever its spacing and capitals; None when it can't be one."""
        code = plain(typed)
        return code if _is_code(code) else None

    # The browser's side.

    async def find(self, ticket: str) -> Pending | None:
        """The link, when it is right and can still be used to start. Changes nothing."""
        found = _TWO_PARTS.fullmatch(ticket)
        if not found:
            return None
        conv = found["conv"]
        pending = await self._pending(conv)
        if pending is None or not hmac.compare_digest(self._ticket(conv, pending.seed), ticket):
            return None
        return pending if await self._redis(self._client.pttl(keys.login(conv))) > self._ticket_ms else None

    async def start(self, pending: Pending) -> str | None:
        """A new secret for the cookie of the browser that goes to the broker; None when the link has run out just now."""
        browser = f"{pending.conv}.{secrets.token_urlsafe(32)}"
        args: list[str | int] = [pending.seed, digest(browser), self._ticket_ms]
        started = await self._redis(self._scripts["start"](keys=[keys.login(pending.conv)], args=args))
        return browser if started else None

    def derive(self, browser: str, name: str) -> str:
        """A secret of the visit (state, nonce, verifier) that belongs to this cookie: kept nowhere."""
        return self._seal(name, "", browser)

    async def returned(self, browser: str, state: str) -> Pending | None:
        """The login that this browser started with this state, once; None for anything else."""
        conv = _conv_of(browser)
        if conv is None or not hmac.compare_digest(self.derive(browser, "state").encode(), state.encode()):
            return None
        pending = await self._pending(conv)
        seed = await self._redis(self._scripts["return"](keys=[keys.login(conv)], args=[digest(browser)]))
        return pending if pending and seed and seed.decode() == pending.seed else None

    async def finish(self, pending: Pending, browser: str, zaken: list[dict[str, Any]] | None) -> bool:
        """Keep the result until its code is typed; None: the cases could not be had. False when the link was used meanwhile."""
        seed = secrets.token_urlsafe(16)
        body: Any = zaken
        result: dict[str, bytes | str | int] = {
            "seed": seed, "gemeente": pending.gemeente, "channel": pending.channel, "browser": digest(browser),
            "code": self._seal("code", pending.conv, self._code(pending.conv, seed)), "body": events.dump(body),
            "tries": 0,
        }
        fields = [value for item in result.items() for value in item]
        args: list[bytes | str | int] = [pending.seed, self._result_seconds, *fields]
        names = [keys.login(pending.conv), keys.login_result(pending.conv)]
        return bool(await self._redis(self._scripts["finish"](keys=names, args=args)))

    async def shown(self, browser: str) -> Shown | None:
        """What the browser that logged in may see; None when the code was used or is past its time."""
        conv = _conv_of(browser)
        kept = await self._redis(self._client.hgetall(keys.login_result(conv))) if conv else {}
        if not conv or not kept or b"used" in kept or not hmac.compare_digest(kept[b"browser"], digest(browser).encode()):
            return None
        code = self._code(conv, kept[b"seed"].decode())
        return Shown(conv, kept[b"gemeente"].decode(), kept[b"channel"].decode(), kept[b"body"] == b"null", code)

    def ticket_of(self, pending: Pending) -> str:
        """The link once more, to try again."""
        return self._ticket(pending.conv, pending.seed)

    async def _pending(self, conv: str) -> Pending | None:
        kept = await self._redis(self._client.hgetall(keys.login(conv)))
        if not kept:
            return None
        return Pending(conv, kept[b"gemeente"].decode(), kept[b"channel"].decode(), kept[b"seed"].decode())

    def _ticket(self, conv: str, seed: str) -> str:
        return f"{conv}.{self._seal('ticket', conv, seed)}"

    def _code(self, conv: str, seed: str) -> str:
        """With a digit and a letter: no word that somebody types instead is taken for a code."""
        for attempt in count():
            code = spelled(int.from_bytes(self._mac("letters", conv, f"{seed}:{attempt}"), "big"), CODE_LENGTH)
            if _is_code(code):
                break
        return code

    def _seal(self, purpose: str, conv: str, value: str) -> str:
        return base64.urlsafe_b64encode(self._mac(purpose, conv, value)).rstrip(b"=").decode()

    def _mac(self, purpose: str, conv: str, value: str) -> bytes:
        return hmac.digest(self._secret, f"{purpose}\n{conv}\n{value}".encode(), hashlib.sha256)

    async def _redis(self, command: Awaitable[Any] | Any) -> Any:
        with reaching("login"):
            return await command


def _is_code(code: str) -> bool:
    known = len(code) == CODE_LENGTH and set(code) <= set(LETTERS)
    return known and any(character.isdigit() for character in code) and any(character.isalpha() for character in code)


def _conv_of(browser: str) -> str | None:
    found = _TWO_PARTS.fullmatch(browser)
    return found["conv"] if found else None
