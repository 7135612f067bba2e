"""Quiet hours: a message that wakes somebody is worse than one that comes in the morning."""

from datetime import UTC, datetime, time, timedelta

from bot.gemeenten import AMSTERDAM


def after_quiet(moment: datetime, quiet_from: int, quiet_until: int) -> datetime:
    """The first moment from the aware `moment` on at which a citizen may be disturbed, in UTC.

    The hours are whole, local in the Netherlands, and may pass midnight (21 to 8); equal ones mean no quiet hours.
    """
    local = moment.astimezone(AMSTERDAM)
    passes_midnight = quiet_from > quiet_until
    evening, morning = local.hour >= quiet_from, local.hour < quiet_until
    if not (evening or morning if passes_midnight else evening and morning):
        return moment.astimezone(UTC)
    day = local.date() + timedelta(days=1 if passes_midnight and evening else 0)
    return datetime.combine(day, time(quiet_until), AMSTERDAM).astimezone(UTC)
