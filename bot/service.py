"""What somebody wants to tell all citizens of a municipality, checked: an emergency notice, or words for when Balie is off.

Set at the desk (bot/desk/service.py) or with `balie notice` (bot/commands/notice.py); kept by bot.conversation.service.
"""

from datetime import datetime
from typing import Literal

from bot.conversation.service import Notice, Off
from bot.gemeenten import AMSTERDAM

Why = Literal["empty", "too_long", "no_moment", "past"]


class NotFit(ValueError):
    """It can't be told like this. `field`: text or until. `why`: desk and command have their own words for it."""

    def __init__(self, field: Literal["text", "until"], why: Why) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


def notice(text: str, until: str, by: str, now: datetime, most: int) -> Notice:
    """A notice of at most `most` characters. `until`: `2026-11-28T12:00`, in the Netherlands; empty for no end. Raises NotFit."""
    return Notice(text=_plain(text, most), at=now, by=by, until=_moment(until, now))


def off(text: str, by: str, now: datetime, most: int) -> Off:
    """Balie is off, with what citizens read instead. Raises NotFit."""
    return Off(text=_plain(text, most), at=now, by=by)


def _plain(text: str, most: int) -> str:
    """One paragraph of visible characters."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not text:
        raise NotFit("text", "empty")
    if len(text) > most:
        raise NotFit("text", "too_long")
    return text


def _moment(until: str, now: datetime) -> datetime | None:
    if not until.strip():
        return None
    try:
        moment = datetime.fromisoformat(until.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
        past = moment <= now
    except (ValueError, OverflowError) as exc:
        raise NotFit("until", "no_moment") from exc
    if past:
        raise NotFit("until", "past")
    return moment
