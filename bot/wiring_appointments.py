"""The part of `bot.wiring` that is about appointments: the system that keeps them, or the demonstration's own."""

from collections.abc import Callable
from datetime import datetime

from bot.appointments import Appointments, Location, Product
from bot.appointments.demo import DemoAppointments
from bot.appointments.jcc import Jcc
from bot.appointments.jcc_client import JccClient
from bot.appointments.ledger import Ledger
from bot.appointments.ledgered import LedgerAppointments
from bot.appointments.qmatic import Qmatic
from bot.appointments.supplier import Supplier
from bot.gemeente_file import Supplier as Chosen
from bot.gemeenten import Gemeente, opening
from bot.http import Http
from bot.settings import Settings
from bot.sqlite import database
from bot.suppliers import SECRETS


def appointments(gemeente: Gemeente, settings: Settings, ledger: Ledger, now: Callable[[], datetime]) -> Appointments:
    """The appointments of this municipality. `ledger`: what is remembered of those that a supplier keeps."""
    products = [Product(p.id, p.name, p.minutes, tuple(p.bring)) for p in gemeente.products]
    locations = [Location(x.id, x.name, x.address, x.postcode, x.city) for x in gemeente.locations]
    secret, supplier = settings.secret.encode(), _supplier(gemeente, settings)
    if supplier is None:
        hours = {x.id: opening(x.hours) for x in gemeente.locations}
        return DemoAppointments(
            database(settings.data_path, gemeente.key, "afspraken"), products, locations, hours, secret=secret, now=now,
            horizon_days=settings.appointment_horizon_days, keep_days=settings.appointment_keep_days,
        )
    chosen = gemeente.suppliers["appointments"]
    return LedgerAppointments(
        supplier, ledger,
        [product for product in products if product.id in chosen.products],
        [location for location in locations if location.id in chosen.locations],
        secret=secret, budget_seconds=settings.backend_seconds, keep_days=settings.appointment_keep_days,
        failures=settings.backend_failures, open_seconds=settings.backend_rest_seconds, now=now,
    )


def _supplier(gemeente: Gemeente, settings: Settings) -> Supplier | None:
    """The system that keeps the appointments; None for the demonstration, which keeps its own."""
    chosen = gemeente.suppliers["appointments"]
    if chosen.supplier == "qmatic":
        names = {product.id: product.name for product in gemeente.products}
        return Qmatic(
            chosen.url, settings.of("qmatic_api_key", gemeente.key), chosen.products, chosen.locations, names,
            settings.request_seconds,
        )
    if chosen.supplier == "jcc":
        client_id, secret = (settings.of(name, gemeente.key) for name in SECRETS["jcc"])
        client = JccClient(Http(settings.request_seconds), chosen.url, _jcc_token_url(chosen), client_id, secret)
        return Jcc(client, chosen.products, chosen.locations)
    return None


def _jcc_token_url(chosen: Chosen) -> str:
    """Where JCC gives tokens: below its API, unless the municipality says otherwise."""
    return chosen.token_url or f"{chosen.url.rstrip('/')}/connect/token"
