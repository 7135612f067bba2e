"""The suppliers that a municipality can choose, what each needs, and what is wrong with a choice. `bot.wiring` makes them."""

from collections.abc import Iterator

import msgspec

from bot import settings as configuration
from bot.gemeenten import Gemeente, LoginTerms, Supplier
from bot.http import address_fault
from bot.login.oidc import CLIENT_AUTH
from bot.settings import Settings

SUPPLIERS = {
    "zaken": {"demo", "zgw"},
    "notifications": {"demo", "notificaties"},
    "appointments": {"demo", "qmatic", "jcc"},
    "contacts": {"demo", "openklant"},
    "login": {"demo", "oidc"},
}
OPTIONAL = {"notifications", "login"}  # a municipality may do without: then no case can be followed, and nobody logs in
SECRETS = {  # supplier -> settings
    "zgw": ("zgw_client_id", "zgw_secret"),
    "notificaties": ("zgw_client_id", "zgw_secret"),
    "qmatic": ("qmatic_api_key",),
    "jcc": ("jcc_client_id", "jcc_secret"),
    "openklant": ("klantinteracties_token",),
    "oidc": ("oidc_client_id", "oidc_secret"),
}
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
        found.append("desk.demo_agents is refused in production")
    return [f"municipality {gemeente.key!r}: {fault}" for fault in found]


def _of_part(part: str, gemeente: Gemeente, settings: Settings) -> Iterator[str]:
    chosen = gemeente.login if part == "login" else gemeente.suppliers.get(part)
    name = "login" if part == "login" else f"suppliers.{part}"
    if chosen is None:
        if part not in OPTIONAL:
            yield f"{name} is missing"
    elif chosen.supplier not in SUPPLIERS[part]:
        yield f"{name}.supplier must be one of {', '.join(sorted(SUPPLIERS[part]))}"
    elif chosen.supplier == "demo":
        if settings.production:
            yield f"{name}: the demo supplier is refused in production"
    else:
        if missing := [field for field in _FIELDS[chosen.supplier] if not getattr(chosen, field)]:
            yield f"{name} needs {', '.join(missing)}"
        for secret in SECRETS[chosen.supplier]:
            public = isinstance(chosen, LoginTerms) and chosen.client_auth == "none" and secret == "oidc_secret"
            if not public and not settings.of(secret, gemeente.key):
                yield f"{name} needs {configuration.env_name(secret)}"
        yield from (f"{name}{fault}" for fault in _within(chosen, gemeente))


def _within(chosen: Supplier | LoginTerms, gemeente: Gemeente) -> Iterator[str]:
    """Values that don't fit one another or their kind."""
    if isinstance(chosen, LoginTerms):
        if chosen.client_auth not in CLIENT_AUTH:
            yield f".client_auth must be one of {', '.join(CLIENT_AUTH)}"
        return
    strange = chosen.products.keys() - {product.id for product in gemeente.products}
    strange |= chosen.locations.keys() - {location.id for location in gemeente.locations}
    yield from (f" names {id!r}, which is no product or location of gemeente.yml" for id in sorted(strange))
    if chosen.actor and not all(msgspec.structs.astuple(chosen.actor)):
        yield ".actor needs naam and objectId; no field may be empty"


def _addresses(gemeente: Gemeente, settings: Settings) -> list[str]:
    """About every address that is filled in, whoever uses it."""
    addresses = {
        f"suppliers.{port}.{name}": getattr(chosen, name)
        for port, chosen in gemeente.suppliers.items() for name in chosen.__struct_fields__ if name.endswith("url")
    }
    if gemeente.login:
        addresses["login.issuer"] = gemeente.login.issuer
    wrong = {place: address_fault(address, settings.production) for place, address in addresses.items() if address}
    return [f"{place} {fault}" for place, fault in wrong.items() if fault]
