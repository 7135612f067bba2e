"""Links to the calendar file of one appointment: opaque, and worth nothing for anything else."""

import json

from cryptography.fernet import InvalidToken

from bot.sealing import fernet


class LinkInvalid(Exception):
    """The link was made up, changed, or is too old."""


class CalendarLinks:
    """Seals reference and code into the address of the .ics file, so that the code itself never stands in an address.

    `valid_seconds`: how long a link works. `purpose`: what is sealed for one is worth nothing for another.
    """

    def __init__(self, secret: str, valid_seconds: int, *, purpose: str = "calendar-link") -> None:
        self._fernet = fernet(f"{purpose}:{secret}".encode())
        self._valid_seconds = valid_seconds

    def seal(self, gemeente: str, reference: str, code: str) -> str:
        return self._fernet.encrypt(json.dumps([gemeente, reference, code]).encode()).decode()

    def open(self, sealed: str) -> tuple[str, str, str]:
        """(municipality, reference, code). Raises LinkInvalid."""
        try:
            gemeente, reference, code = json.loads(self._fernet.decrypt(sealed.encode(), ttl=self._valid_seconds))
        except (InvalidToken, ValueError) as exc:
            raise LinkInvalid from exc
        return gemeente, reference, code
