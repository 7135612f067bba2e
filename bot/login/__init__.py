"""Ports for logging in: of citizens, at the higher level of assurance, and of the municipality's own people at the desk.

A broker says who the citizen is, Balie asks it no more than the BSN. Who logs in is bound to a conversation by
`bot.conversation.logins`; the BSN goes from here to one question to the case system and nowhere else. The provider of the
municipality says who its employee is, and what they may. Both speak OpenID Connect, with one relying party (`oidc.py`) below the
adapters `citizens.py` and `employees.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

PATH = "/inloggen"  # the pages where a login begins and ends
RETURN_PATH = f"{PATH}/terug"  # where the broker sends the browser back to: registered at the broker
DESK_PATH = "/desk/login"  # the same at the desk; the browser also comes back there after signing out
DESK_RETURN_PATH = f"{DESK_PATH}/terug"

LONGEST = 4096  # characters of a value that a broker sends back with the browser
_CANCELLED = {"access_denied", "user_cancelled", "interaction_required", "login_required"}


class LoginUnavailable(Exception):
    """The broker gave no usable answer, or not in time, or doesn't accept this installation. Nobody is logged in."""


class LoginRefused(Exception):
    """The broker's answer doesn't prove who it is. `reason` is one word for the log; it holds nothing personal.

    `level`: a real login, but at a lower level of assurance than the municipality asks. `code`: the broker doesn't know the code
    any more. `claims`: it doesn't say who an employee is. Everything else (`signature`, `issuer`, `audience`, `expired`, `nonce`,
    `bsn` and so on): not to be trusted.
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


def stopped(query: Mapping[str, str]) -> Literal["", "cancelled", "unavailable"]:
    """Why a browser comes back from the broker without a usable code; empty when it has one."""
    if "error" not in query and 0 < len(query.get("code", "")) <= LONGEST:
        return ""
    return "cancelled" if query.get("error") in _CANCELLED else "unavailable"


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


@dataclass(frozen=True)
class Employee:
    """Who signed in at the desk. `roles`: of bot.desk.roles, those that the provider's groups stand for; empty for a stranger.

    `teams`: None for all, empty for somebody who is in none. `id_token`: to sign out at the provider; empty when that isn't kept.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...] | None
    id_token: str = field(default="", repr=False)


class DeskLogin(Protocol):
    """The provider where the people of one municipality sign in for the desk."""

    async def address(self, visit: Visit) -> str:
        """Where to send the browser. Raises LoginUnavailable."""

    async def employee(self, code: str, visit: Visit, issuer: str | None) -> Employee:
        """Who signed in, for the code that the browser came back with; a code works once. Raises LoginUnavailable, LoginRefused.

        `issuer`: what the answer says about who gave it (RFC 9207), None when it says nothing.
        """

    async def sign_out_address(self, id_token: str, back: str) -> str | None:
        """Where to send the browser to sign out there too, and come `back`; None when that can't be. Raises LoginUnavailable."""

    async def check(self) -> list[str]:
        """What is wrong with the connection, in plain English; empty when all is well. Changes nothing, raises nothing."""

    async def aclose(self) -> None:
        """Release connections; may be called more than once."""
