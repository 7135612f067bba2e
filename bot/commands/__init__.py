"""Commands of `balie` that look at, or change, what an installation is connected to."""

from collections.abc import Awaitable
from typing import TypeVar

from bot.settings import SettingsError
from bot.wiring import Services

T = TypeVar("T")


def served(services: Services, gemeente: str | None) -> list[str]:
    """This municipality, or all of them. Raises SettingsError for one that isn't served here."""
    if gemeente and gemeente not in services.gemeenten:
        raise SettingsError(f"this installation does not serve {gemeente!r}: BALIE_GEMEENTEN names those it does")
    return [gemeente] if gemeente else list(services.gemeenten)


async def closing(services: Services, work: Awaitable[T]) -> T:
    """Do the work, and close what it opened."""
    try:
        return await work
    finally:
        await services.aclose()
