"""What an answer to a push means, and how long to wait before trying again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from bot.http import HttpFailure, Reply

What = Literal["sent", "gone", "refused", "again"]

GONE = {404, 410}  # RFC 8030, section 7.3: the subscription has ended
PASSING = {408, 425, 429}  # refusals of this moment; of the others the same message would get the same answer


@dataclass(frozen=True)
class Outcome:
    """`sent`: arrived. `gone`: the device can't be reached like this any more. `refused`: this push never will arrive.
    `again`: try later, after `wait` seconds or more. `reason` is for the log and names nobody.
    """

    what: What
    reason: str = ""
    wait: float = 0.0


def of_reply(reply: Reply, now: datetime) -> Outcome:
    """`now`: aware, for a Retry-After that is a date."""
    status = reply.status
    if 200 <= status < 300:
        return Outcome("sent", str(status))
    if status in GONE:
        return Outcome("gone", str(status))
    if 400 <= status < 500 and status not in PASSING:
        return Outcome("refused", str(status))
    return Outcome("again", str(status), retry_after(reply.headers, now))


def of_failure(failure: HttpFailure) -> Outcome:
    return Outcome("again", str(failure))


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that the other side asks to wait (RFC 9110, section 10.2.3: a number or a date); 0 when it doesn't."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
