"""Port for logging in at the higher level of assurance: a broker says who the citizen is, Balie asks it no more than the BSN.

Adapter: `oidc.py` (OpenID Connect, with DigiD behind the broker). Who logs in is bound to a conversation by
`bot.conversation.logins`; the BSN goes from here to one question to the case system and nowhere else.
"""

from dataclasses import dataclass, field
from typing import Protocol

PATH = "/inloggen"  # the pages where a login begins and ends
RETURN_PATH = f"{PATH}/terug"  # where the broker sends the browser back to: registered at the broker


class LoginUnavailable(Exception):
    """The broker gave no usable answer, or not in time, or doesn't accept this installation. Nobody is logged in."""


class LoginRefused(Exception):
    """The broker's answer doesn't prove who the citizen is. `reason` is one word for the log; it holds nothing personal.

    `level`: a real login, but at a lower level of assurance than the municipality asks. `code`: the broker doesn't know the code
    any more. Everything else (`signature`, `issuer`, `audience`, `expired`, `nonce`, `bsn` and so on): not to be trusted.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Visit:
    """The secrets of one visit to the broker (RFC 6749 `state`, OpenID Connect `nonce`, RFC 7636 `code_verifier`)."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class Login(Protocol):
    """A broker where citizens of one municipality log in."""

    async def address(self, visit: Visit) -> str:
        """Where to send the citizen's browser. Raises LoginUnavailable."""

    async def bsn(self, code: str, visit: Visit, issuer: str | None) -> str:
        """The BSN of who logged in, for the code that the browser came back with; a code works once.

        `issuer`: what the answer says about who gave it (RFC 9207), None when it says nothing. Keep the BSN in no field, key, log
        or message. Raises LoginUnavailable and LoginRefused.
        """

    async def check(self) -> list[str]:
        """What is wrong with the connection, in plain English, one sentence per fault; empty when all is well.

        Asks for real, changes nothing, raises nothing.
        """

    async def aclose(self) -> None:
        """Release connections; may be called more than once."""
