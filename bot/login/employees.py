"""Somebody of the municipality who signed in at its provider: who, in which roles, for which teams.

A provider tells groups or roles by names of its own; `EmployeeClaims` says what they mean here. What it tells besides is ignored:
an employee is in many groups that are nothing to us.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.login import Employee, LoginRefused, Visit
from bot.login.id_token import Claims
from bot.login.oidc import Limits, Path, RelyingParty, Terms, at

ALL = "*"  # instead of a team: every team
MOST_CHARS = 200  # of an id
MOST_NAME = 100
MOST_TOKEN = 4096  # characters of an ID token that is kept for the signing out: it travels in an address


@dataclass(frozen=True)
class EmployeeClaims:
    """Where the claims stand, and what their values mean. Without `team_of` everybody is in every team."""

    id: Path
    name: Path
    roles: Path
    teams: Path
    role_of: Mapping[str, Iterable[str]]
    team_of: Mapping[str, str]


class OidcDeskLogin(RelyingParty):
    """The DeskLogin of `bot.login`."""

    def __init__(self, terms: Terms, limits: Limits, claims: EmployeeClaims) -> None:
        super().__init__(terms, limits)
        self.claims = claims

    async def employee(self, code: str, visit: Visit, issuer: str | None) -> Employee:
        identity = await self.identity(code, visit, issuer)
        return _employee(identity.claims, identity.id_token, self.claims)


def _employee(claims: Claims, id_token: str, reading: EmployeeClaims) -> Employee:
    roles = [role for value in _values(at(claims, reading.roles)) for role in reading.role_of.get(value, ())]
    teams: tuple[str, ...] | None = None
    if reading.team_of:
        found = [reading.team_of[value] for value in _values(at(claims, reading.teams)) if value in reading.team_of]
        teams = None if ALL in found else tuple(dict.fromkeys(found))
    return Employee(
        _text(at(claims, reading.id), MOST_CHARS), _text(at(claims, reading.name), MOST_NAME), tuple(dict.fromkeys(roles)), teams,
        id_token if len(id_token) <= MOST_TOKEN else "",
    )


def _text(value: object, most: int) -> str:
    """Raises LoginRefused for what can't be who somebody is: nothing, no text, or what is no line of text."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > most:
        raise LoginRefused("claims")
    return value.strip()


def _values(value: object) -> list[str]:
    """The texts of a claim that is one, or a list; anything else says nothing."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
