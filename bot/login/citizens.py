"""A citizen who logged in at the broker: of all that it proves, the BSN."""

from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.nl import bsn as elfproef

from bot.login import LoginRefused, Visit
from bot.login.id_token import Claims
from bot.login.oidc import Limits, Path, RelyingParty, Terms, at


@dataclass(frozen=True)
class BsnClaim:
    """Where the BSN stands. `prefix`: what stands before it, as in the sectoral number `s00000000:…`."""

    path: Path = ("bsn",)
    prefix: str = ""


class OidcLogin(RelyingParty):
    """The Login of `bot.login`."""

    def __init__(self, terms: Terms, limits: Limits, claim: BsnClaim) -> None:
        super().__init__(terms, limits)
        self.claim = claim

    async def bsn(self, code: str, visit: Visit, issuer: str | None) -> str:
        return _bsn((await self.identity(code, visit, issuer)).claims, self.claim)


def _bsn(claims: Claims, claim: BsnClaim) -> str:
    number = at(claims, claim.path)
    if not isinstance(number, str) or not number.startswith(claim.prefix) or not number[len(claim.prefix) :].isdecimal():
        raise LoginRefused("bsn")
    try:
        return str(elfproef.validate(number[len(claim.prefix) :]))
    except ValidationError:
        raise LoginRefused("bsn") from None
