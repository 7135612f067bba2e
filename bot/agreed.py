"""What a municipality agreed with the providers where people log in: the parts `login` and `desk.login` of gemeente.yml."""

import msgspec


class ProviderTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was agreed with an OpenID provider (docs/integration.md); client id and secret are settings.

    `acr_values`: the levels of assurance that are asked for; `levels`: those that are accepted. A claim is a name, or a path of
    names into claims within claims.
    """

    supplier: str
    issuer: str = ""
    scopes: tuple[str, ...] = ("openid",)
    acr_values: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    level_claim: str | tuple[str, ...] = "acr"
    client_auth: str = "client_secret_basic"
    prompt: str = "login"
    userinfo: bool = False


class LoginTerms(ProviderTerms, frozen=True, forbid_unknown_fields=True):
    """How citizens log in."""

    bsn_claim: str | tuple[str, ...] = "bsn"
    bsn_prefix: str = ""


class DeskClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the provider says of an employee: by which name it knows them, and how citizens may call them."""

    id: str | tuple[str, ...] = "sub"
    name: str | tuple[str, ...] = "name"
    roles: str | tuple[str, ...] = "roles"
    teams: str | tuple[str, ...] = "groups"


class DeskLogin(ProviderTerms, frozen=True, forbid_unknown_fields=True):
    """How people sign in at the desk. `roles` and `teams`: what values of the claims stand for; `*` is every team.

    Without `levels` any will do; without `teams` everybody is in all of them.
    """

    scopes: tuple[str, ...] = ("openid", "profile")
    prompt: str = ""
    claims: DeskClaims = msgspec.field(default_factory=DeskClaims)
    roles: dict[str, str | tuple[str, ...]] = {}
    teams: dict[str, str] = {}
