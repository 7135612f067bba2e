"""Stops guessing: after a few wrong tries the look-up is locked, without asking the case system any more."""

import asyncio
import hashlib
import re
from contextlib import AsyncExitStack
from typing import Protocol
from weakref import WeakValueDictionary

from bot.zaken import SecondFactor, ZaakNotFound, ZaakStatus, Zaken, ZakenUnavailable, spellings


class TooManyAttempts(Exception):
    """Too many wrong tries for this case or from this address; it unlocks by itself."""


class AttemptCounter(Protocol):
    """Counts that forget themselves; shared by every process that looks up cases."""

    async def get(self, key: str) -> int:
        """The present count, 0 if there is none."""

    async def add(self, key: str, ttl_seconds: int) -> int:
        """Add one and start the time to live anew, in one step; returns the new count."""

    async def clear(self, key: str) -> None:
        """Forget the count."""


class GuardedZaken:
    """Looks up cases, and counts wrong tries per case number and per `who` (a network address or chat).

    `max_attempts` wrong tries on a case, or `max_attempts_who` by one `who`, lock it for `lock_seconds` after the last one. The
    second is the larger: many citizens may share an address, in a library or on a mobile network, and make typing errors.
    Every refusal of the case system counts, so that an unknown number and a wrong factor stay alike; an unavailable case
    system doesn't. A right answer clears the count of its case only: somebody with a case of their own gains no extra guesses.
    `scope` (the municipality) keeps equal case numbers of several case systems apart. Tries of one case, and of one `who`, take
    turns in this process: waiting and looking up together end after `budget_seconds`, as a ZakenUnavailable. That is a little
    more than the case system itself gets, so that its failures are its own.
    """

    def __init__(
        self,
        zaken: Zaken,
        attempts: AttemptCounter,
        max_attempts: int = 5,
        lock_seconds: int = 3600,
        *,
        max_attempts_who: int = 20,
        scope: str = "",
        budget_seconds: float = 5.0,
    ) -> None:
        if min(max_attempts, max_attempts_who, lock_seconds) < 1:
            raise ValueError("the attempts and lock_seconds must be at least 1")
        self._zaken = zaken
        self._attempts = attempts
        self._max_attempts = max_attempts
        self._max_attempts_who = max_attempts_who
        self._lock_seconds = lock_seconds
        self._scope = scope
        self._budget_seconds = budget_seconds
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def look_up(self, identificatie: str, factor: SecondFactor, who: str) -> ZaakStatus:
        """As `Zaken.look_up`; raises TooManyAttempts too."""
        case_key, who_key = self._key("zaak", _canonical(identificatie)), self._key("who", who)
        try:
            async with asyncio.timeout(self._budget_seconds), AsyncExitStack() as one_at_a_time:
                for key in (case_key, who_key):  # or a hundred sent at once would pass; cases first, always: no deadlock
                    await one_at_a_time.enter_async_context(self._busy.setdefault(key, asyncio.Lock()))
                return await self._counted(identificatie, factor, case_key, who_key)
        except TimeoutError as exc:
            raise ZakenUnavailable("too many look-ups at once of this case or from this address") from exc

    async def own(self, bsn: str) -> list[ZaakStatus]:
        """As `Zaken.own`: there is nothing to guess for somebody whose login proves the BSN."""
        return await self._zaken.own(bsn)

    async def announced(self, ref: str, status: str) -> ZaakStatus | None:
        """As `Zaken.announced`."""
        return await self._zaken.announced(ref, status)

    async def check(self) -> list[str]:
        """As `Zaken.check`."""
        return await self._zaken.check()

    async def aclose(self) -> None:
        """Close the case system's adapter."""
        await self._zaken.aclose()

    def _key(self, kind: str, value: str) -> str:
        """Of fixed length, and without what the citizen typed."""
        digest = hashlib.sha256(f"{self._scope}\n{value}".encode(errors="replace")).hexdigest()
        return f"zaken:{kind}:{digest}"

    async def _counted(self, identificatie: str, factor: SecondFactor, case_key: str, who_key: str) -> ZaakStatus:
        for key, most in ((case_key, self._max_attempts), (who_key, self._max_attempts_who)):
            if await self._attempts.get(key) >= most:
                raise TooManyAttempts
        try:
            status = await self._zaken.look_up(identificatie, factor)
        except ZaakNotFound:
            for key in (case_key, who_key):
                await self._attempts.add(key, self._lock_seconds)
            raise
        await self._attempts.clear(case_key)
        return status


def _canonical(identificatie: str) -> str:
    """Every spelling of one number counts as that number."""
    read = spellings(identificatie)
    return re.sub(r"[^A-Z0-9]", "", read[-1]) if read else identificatie
