"""What Balie itself must remember about appointments at a supplier that has no idempotency keys, references or codes.

Per appointment: the supplier's own id behind our reference. Per idempotency key: what was begun, and what came of it. No
names, addresses or telephone numbers, and no codes: those are derived from the reference (`bot.appointments.codes`).
"""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

from bot.appointments import TIME_ZONE, Item


class Ledger(Protocol):
    """Texts by name, that forget themselves; shared by every process that makes appointments.

    Implemented by `bot.conversation.ledger`. Every method may raise the ledger's `failure`.
    """

    failure: type[Exception]
    """What is raised when the store gives no answer; a write may have been done all the same."""

    async def read(self, name: str) -> str | None:
        """The text under this name; None when there is none (any more)."""

    async def begin(self, name: str, text: str, ttl_seconds: int) -> bool:
        """Write only if there is nothing under this name, in one step. False when there was."""

    async def write(self, texts: Mapping[str, str], ttl_seconds: int) -> None:
        """Write all of these or none, over what was there."""

    async def remove(self, name: str) -> None:
        """Forget; no error when there is nothing."""

    def lock(self, name: str, seconds: float, wait_seconds: float) -> AbstractAsyncContextManager[bool]:
        """Held by one task of one process at a time, for `seconds` at most. False: it didn't come free within `wait_seconds`."""


@dataclass(frozen=True)
class Entry:
    """An appointment as the ledger knows it. `id` is the supplier's, empty as long as that isn't known.

    `drop`: ids of earlier appointments of this reference that still stand at the supplier and must go.
    """

    reference: str
    id: str
    items: tuple[Item, ...]
    location_id: str
    start: datetime
    end: datetime
    revision: int = 0
    drop: tuple[str, ...] = ()
    cancelled: bool = False

    def without(self, dropped: str) -> Self:
        return replace(self, drop=tuple(id for id in self.drop if id != dropped))

    def text(self) -> str:
        return json.dumps(asdict(self), default=lambda moment: moment.astimezone(UTC).isoformat())

    @classmethod
    def parse(cls, text: str) -> Self:
        raw: dict[str, Any] = json.loads(text)
        zone = ZoneInfo(TIME_ZONE)
        moments = {name: datetime.fromisoformat(raw[name]).astimezone(zone) for name in ("start", "end")}
        items = tuple(Item(**item) for item in raw["items"])
        return cls(**{**raw, **moments, "items": items, "drop": tuple(raw["drop"])})


def appointment(reference: str) -> str:
    """Name of the entry of an appointment."""
    return f"appointment:{reference}"


def begun(action: str) -> str:
    """Name of the mark that an action was begun: from then on the supplier may have acted. Holds the entry as it would become."""
    return f"begun:{action}"


def done(action: str) -> str:
    """Name of the result of an action: the entry as it was then."""
    return f"done:{action}"
