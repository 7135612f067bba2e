"""The suppliers that a municipality can choose, what each needs, and what is wrong with a choice. `bot.wiring` makes them."""

from collections.abc import Iterator

import msgspec

from bot import settings as configuration
from bot.agreed import DeskLogin, ProviderTerms
from bot.gemeente_file import ROLES, Supplier
from bot.gemeenten import Gemeente
from bot.http import address_fault
from bot.login.employees import ALL
from bot.login.oidc import CLIENT_AUTH
from bot.settings import Settings

SUPPLIERS = {
    "zaken": {"demo", "zgw"},
    "notifications": {"demo", "notificaties"},
    "appointments": {"demo", "qmatic", "jcc"},
    "contacts": {"demo", "openklant"},
    "login": {"demo", "oidc"},
    "desk.login": {"demo", "oidc"},
}
# A municipality may do without: then no case can be followed, no citizen logs in, and the desk has demonstration accounts.
OPTIONAL = {"notifications", "login", "desk.login"}
SECRETS = {  # supplier -> settings
    "zgw": ("zgw_client_id", "zgw_secret"),
    "notificaties": ("zgw_client_id", "zgw_secret"),
    "qmatic": ("qmatic_api_key",),
    "jcc": ("jcc_client_id", "jcc_secret"),
    "openklant": ("klantinteracties_token",),
    "oidc": ("oidc_client_id", "oidc_secret"),
}
DESK_SECRETS = ("desk_oidc_client_id", "desk_oidc_secret")  # of the supplier oidc at the desk
_FIELDS = {  # supplier -> fields of gemeente.yml
    "zgw": ("zaken_url", "catalogi_url"),
    "notificaties": ("url",),
    "qmatic": ("url", "products", "locations"),
    "jcc": ("url", "products", "locations"),
    "openklant": ("url", "actor", "kanaal", "zaak_register"),
    "oidc": ("issuer", "levels"),
}


def faults(gemeente: Gemeente, settings: Settings) -> list[str]:
    """Everything that is wrong with the suppliers of a municipality, and with the demonstration in production."""
    found = [fault for part in SUPPLIERS for fault in _of_part(part, gemeente, settings)]
    found += _addresses(gemeente, settings)
    if settings.production and gemeente.desk.demo_agents:
        found.append("desk.demo_agents is refused in production: people sign in as desk.login says")
    if settings.production and gemeente.desk.login is None:
        found.append("desk.login is missing: in production people sign in with OpenID Connect (docs/integration.md)")
    return [f"municipality {gemeente.key!r}: {fault}" for fault in found]


def _of_part(part: str, gemeente: Gemeente, settings: Settings) -> Iterator[str]:
    logins = {"login": gemeente.login, "desk.login": gemeente.desk.login}
    chosen = logins[part] if part in logins else gemeente.suppliers.get(part)
    name = part if part in logins else f"suppliers.{part}"
    if chosen is None:
        if part not in OPTIONAL:
            yield f"{name} is missing"
    elif chosen.supplier not in SUPPLIERS[part]:
        yield f"{name}.supplier must be one of {', '.join(sorted(SUPPLIERS[part]))}"
    elif chosen.supplier == "demo":
        if settings.production:
            yield f"{name}: the demo supplier is refused in production"
    else:
        if missing := [field for field in _needed(chosen) if not getattr(chosen, field)]:
            yield f"{name} needs {', '.join(missing)}"
        for secret in secrets(part, chosen.supplier):
            public = isinstance(chosen, ProviderTerms) and chosen.client_auth == "none" and secret.endswith("oidc_secret")
            if not public and not settings.of(secret, gemeente.key):
                yield f"{name} needs {configuration.env_name(secret)}"
        yield from (f"{name}{fault}" for fault in _within(chosen, gemeente))


def secrets(part: str, supplier: str) -> tuple[str, ...]:
    """The settings that a supplier of this part needs."""
    return DESK_SECRETS if (part, supplier) == ("desk.login", "oidc") else SECRETS.get(supplier, ())


def _needed(chosen: Supplier | ProviderTerms) -> tuple[str, ...]:
    return ("issuer", "roles") if isinstance(chosen, DeskLogin) else _FIELDS[chosen.supplier]


def _within(chosen: Supplier | ProviderTerms, gemeente: Gemeente) -> Iterator[str]:
    """Values that don't fit one another or their kind."""
    if isinstance(chosen, ProviderTerms):
        if chosen.client_auth not in CLIENT_AUTH:
            yield f".client_auth must be one of {', '.join(CLIENT_AUTH)}"
        if isinstance(chosen, DeskLogin):
            yield from _meanings(chosen, gemeente)
        return
    strange = chosen.products.keys() - {product.id for product in gemeente.products}
    strange |= chosen.locations.keys() - {location.id for location in gemeente.locations}
    yield from (f" names {id!r}, which is no product or location of gemeente.yml" for id in sorted(strange))
    if chosen.actor and not all(msgspec.structs.astuple(chosen.actor)):
        yield ".actor needs naam and objectId; no field may be empty"
    for team in gemeente.teams if chosen.supplier == "openklant" else ():
        if team.actor and not all(msgspec.structs.astuple(team.actor)):
            yield f" needs naam and objectId in the actor of team {team.id!r}; no field may be empty"


def _meanings(login: DeskLogin, gemeente: Gemeente) -> Iterator[str]:
    """Roles and teams that groups of the provider stand for, and that don't exist here."""
    roles = {role for found in login.roles.values() for role in ((found,) if isinstance(found, str) else found)}
    yield from (f".roles names {role!r}: it must be one of {', '.join(ROLES)}" for role in sorted(roles - set(ROLES)))
    teams = set(login.teams.values()) - {team.id for team in gemeente.teams} - {ALL}
    yield from (f".teams names {team!r}, which is no team of gemeente.yml" for team in sorted(teams))


def _addresses(gemeente: Gemeente, settings: Settings) -> list[str]:
    """About every address that is filled in, whoever uses it."""
    addresses = {
        f"suppliers.{port}.{name}": getattr(chosen, name)
        for port, chosen in gemeente.suppliers.items() for name in chosen.__struct_fields__ if name.endswith("url")
    }
    if gemeente.login:
        addresses["login.issuer"] = gemeente.login.issuer
    if gemeente.desk.login:
        addresses["desk.login.issuer"] = gemeente.desk.login.issuer
    wrong = {place: address_fault(address, settings.production) for place, address in addresses.items() if address}
    return [f"{place} {fault}" for place, fault in wrong.items() if fault]
