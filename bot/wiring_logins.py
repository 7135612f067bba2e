"""The part of `bot.wiring` that is about logging in: which provider a municipality uses, and what was agreed with it."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot import settings as configuration
from bot.agreed import ProviderTerms
from bot.gemeente_file import ROLES
from bot.gemeenten import Gemeente
from bot.login import DESK_PATH, DESK_RETURN_PATH, RETURN_PATH, demo
from bot.login.citizens import BsnClaim, OidcLogin
from bot.login.demo import DemoBroker
from bot.login.employees import ALL, EmployeeClaims, OidcDeskLogin
from bot.login.oidc import Limits, Terms
from bot.settings import Settings
from bot.suppliers import DESK_SECRETS, SECRETS

Person = tuple[str, dict[str, Any]]  # name, and what the demonstration's provider says of them


def citizens(gemeente: Gemeente, settings: Settings) -> OidcLogin:
    """Where the citizens of this municipality log in."""
    agreed = gemeente.login
    if agreed is None or agreed.supplier == "demo":
        return OidcLogin(_demo_terms(settings), _limits(settings), BsnClaim())
    terms = _terms(agreed, agreed.levels, SECRETS["oidc"], gemeente.key, settings, RETURN_PATH)
    return OidcLogin(terms, _limits(settings), BsnClaim(_path(agreed.bsn_claim), agreed.bsn_prefix))


def desk(gemeente: Gemeente, settings: Settings) -> OidcDeskLogin:
    """Where the people of its desk do."""
    agreed = gemeente.desk.login
    if agreed is None or agreed.supplier == "demo":
        same = {team.id: team.id for team in gemeente.teams} | {ALL: ALL}
        claims = EmployeeClaims(("preferred_username",), ("name",), ("roles",), ("teams",), {r: (r,) for r in ROLES}, same)
        return OidcDeskLogin(_demo_desk_terms(gemeente, settings), _limits(settings), claims)
    terms = _terms(agreed, agreed.levels or None, DESK_SECRETS, gemeente.key, settings, DESK_RETURN_PATH)
    claims = EmployeeClaims(
        _path(agreed.claims.id), _path(agreed.claims.name), _path(agreed.claims.roles), _path(agreed.claims.teams),
        _several(agreed.roles), agreed.teams,
    )
    return OidcDeskLogin(terms, _limits(settings), claims)


def demo_broker(settings: Settings) -> DemoBroker:
    """The provider to try logging in with."""
    return DemoBroker(_demo_terms(settings), settings.secret)


def demo_desk_broker(gemeente: Gemeente, settings: Settings) -> DemoBroker:
    """The same for the desk of this municipality."""
    return DemoBroker(_demo_desk_terms(gemeente, settings), settings.secret, settings.base_url + DESK_PATH)


def demo_employees(gemeente: Gemeente) -> list[Person]:
    """The invented people of the desk, that one can sign in as at the demonstration's provider."""
    return [
        (agent.name, {
            "preferred_username": agent.id, "name": agent.name, "roles": list(agent.roles), "teams": list(agent.teams) or ALL,
        })
        for agent in gemeente.desk.demo_agents
    ]


def _terms(
    agreed: ProviderTerms, levels: tuple[str, ...] | None, secrets: tuple[str, ...], key: str, settings: Settings, path: str
) -> Terms:
    client_id, secret = secrets
    return Terms(
        agreed.issuer, settings.of(client_id, key), settings.of(secret, key), settings.base_url + path, levels, agreed.scopes,
        agreed.acr_values, _path(agreed.level_claim), agreed.client_auth, agreed.prompt, agreed.userinfo,
        (configuration.env_name(client_id), configuration.env_name(secret)),
    )


def _demo_terms(settings: Settings) -> Terms:
    return demo.terms(settings.base_url + demo.PATH, settings.secret, settings.base_url + RETURN_PATH)


def _demo_desk_terms(gemeente: Gemeente, settings: Settings) -> Terms:
    issuer = f"{settings.base_url}{demo.DESK_PATH}/{gemeente.key}"
    return demo.terms(issuer, settings.secret, settings.base_url + DESK_RETURN_PATH)


def _limits(settings: Settings) -> Limits:
    return Limits(settings.backend_seconds, settings.login_metadata_seconds, settings.login_leeway_seconds)


def _several(roles: Mapping[str, str | tuple[str, ...]]) -> dict[str, Iterable[str]]:
    return {value: (found,) if isinstance(found, str) else found for value, found in roles.items()}


def _path(claim: str | tuple[str, ...]) -> tuple[str, ...]:
    return (claim,) if isinstance(claim, str) else claim
