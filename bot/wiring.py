"""The one place that chooses suppliers and makes connections. Everything else gets what it needs from `Services`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import msgspec
from redis.asyncio import Redis

from bot import gemeenten, suppliers
from bot import settings as configuration
from bot.appointments import Appointments
from bot.appointments import Location as AppointmentLocation
from bot.appointments import Product as AppointmentProduct
from bot.appointments.demo import DemoAppointments
from bot.appointments.jcc import Jcc
from bot.appointments.jcc_client import JccClient
from bot.appointments.ledgered import LedgerAppointments
from bot.appointments.links import CalendarLinks
from bot.appointments.qmatic import Qmatic
from bot.appointments.supplier import Supplier as AppointmentSupplier
from bot.circuit import Circuit
from bot.contacts import Contacts
from bot.contacts.demo import DemoContacts
from bot.contacts.openklant import OpenKlantContacts
from bot.contacts.openklant_team import Actor
from bot.conversation.handover import Handover
from bot.conversation.ledger import RedisLedger
from bot.conversation.limits import Limits
from bot.conversation.logins import Logins
from bot.conversation.notices import NoticeBook
from bot.conversation.redis import EmbeddedRedis, connect
from bot.conversation.store import Bounds, Store
from bot.gemeenten import Gemeente
from bot.http import Http
from bot.login import RETURN_PATH, Login
from bot.login import demo as demo_login
from bot.login.demo import DemoBroker
from bot.login.oidc import OidcLogin, Terms
from bot.notices import Notices, texts
from bot.notices.clerk import Clerk, Sources
from bot.notices.subscriptions import Subscriptions, authorization
from bot.settings import Settings, SettingsError
from bot.suppliers import SECRETS
from bot.zaken import Zaken
from bot.zaken.demo import DemoZaken
from bot.zaken.demo_data import demo_cases, demo_persons, today_in_amsterdam
from bot.zaken.guard import GuardedZaken
from bot.zaken.zgw import OwnCases, ZgwZaken
from bot.zgw import ZgwClient

CALLBACK_PATH = "/v1/notificaties/"  # and the municipality's key
BLOCKING_SECONDS = 10.0  # longest blocking read of feed and mailbox
GUARD_SECONDS = 0.5  # that a look-up may take longer than the case system: somebody else's look-up may go first


@dataclass
class Services:
    """Everything a process needs, made on first use. Close it with `aclose()`."""

    settings: Settings
    redis_url: str
    gemeenten: dict[str, Gemeente]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _adapters: dict[tuple[str, str], object] = field(default_factory=dict)

    @cached_property
    def redis(self) -> Redis:
        return connect(self.redis_url, self.settings.store_timeout_seconds)

    @cached_property
    def redis_blocking(self) -> Redis:
        """For blocking reads, which may take longer than a command."""
        return connect(self.redis_url, self.settings.store_timeout_seconds, blocking_seconds=BLOCKING_SECONDS)

    @cached_property
    def store(self) -> Store:
        limits = self.settings
        return Store(self.redis, Bounds(limits.max_inbox, limits.max_backlog, limits.max_events))

    @cached_property
    def handover(self) -> Handover:
        return Handover(self.redis)

    @cached_property
    def limits(self) -> Limits:
        return Limits(self.redis, self.settings.secret)

    @cached_property
    def calendar_links(self) -> CalendarLinks:
        return CalendarLinks(self.settings.secret, self.settings.calendar_link_seconds)

    @cached_property
    def notice_book(self) -> NoticeBook:
        limits = self.settings
        # An item outlives all its tries, and a night.
        seconds = int(limits.notice_attempts * limits.notice_retry_most_seconds) + 86400
        return NoticeBook(
            self.redis, recent_seconds=limits.notice_recent_seconds, lease_seconds=limits.notice_lease_seconds,
            item_seconds=seconds,
        )

    @cached_property
    def notices(self) -> Notices:
        """What conversations want to be told: cases that changed, and appointments that come near."""
        return Notices(self.notice_book, self.limits.hash, self.settings, self.gemeenten, lambda: self.now())

    def clerk(self) -> Clerk:
        """A clerk for this process, that brings the notices."""
        sources = Sources(self.zaken, self.appointments, self.gemeenten)
        return Clerk(
            self.notice_book, self.notices, self.store, self.handover, sources, self.settings, texts.load(),
            lambda: self.now(),
        )

    @cached_property
    def logins(self) -> Logins:
        limits = self.settings
        return Logins(
            self.redis, limits.secret, ticket_seconds=limits.login_ticket_seconds,
            result_seconds=limits.login_result_seconds, tries=limits.login_tries,
        )

    @cached_property
    def demo_broker(self) -> DemoBroker | None:
        """The provider to try logging in with, when a municipality uses it."""
        uses = any(gemeente.login and gemeente.login.supplier == "demo" for gemeente in self.gemeenten.values())
        return DemoBroker(self._demo_terms(), self.settings.secret) if uses and not self.settings.production else None

    def gemeente(self, key: str) -> Gemeente:
        """Raises KeyError for a municipality that this installation does not serve."""
        return self.gemeenten[key]

    def zaken(self, key: str) -> GuardedZaken:
        """Case look-ups of a municipality, with the lock against guessing in front."""
        return self._adapter("zaken", key, self._make_zaken)  # type: ignore[return-value]

    def appointments(self, key: str) -> Appointments:
        return self._adapter("appointments", key, self._make_appointments)  # type: ignore[return-value]

    def contacts(self, key: str) -> Contacts:
        return self._adapter("contacts", key, self._make_contacts)  # type: ignore[return-value]

    def notifications(self, key: str) -> Subscriptions | None:
        """Where this municipality's case system announces changes; None when it has no such place, and in a demonstration."""
        chosen = self.gemeente(key).suppliers.get("notifications")
        if chosen is None or chosen.supplier == "demo":
            return None
        return self._adapter("notifications", key, self._make_notifications)  # type: ignore[return-value]

    def demo_zaken(self, key: str) -> DemoZaken:
        """The demonstration's case system, to change a case in. Raises SettingsError where it isn't used."""
        gemeente = self.gemeente(key)
        if gemeente.suppliers["zaken"].supplier != "demo" or self.settings.production:
            raise SettingsError(f"municipality {key!r} has a case system of its own: change the case there")
        return DemoZaken(self._database(gemeente, "zaken"))

    def callback(self, key: str) -> tuple[str, str]:
        """Address of ours that is told of changes, and the Authorization header that it asks for."""
        return f"{self.settings.base_url}{CALLBACK_PATH}{key}", authorization(self.settings.secret, key)

    def login(self, key: str) -> Login | None:
        """Where the citizens of this municipality log in; None when it has no such place."""
        if self.gemeente(key).login is None:
            return None
        return self._adapter("login", key, self._make_login)  # type: ignore[return-value]

    def _adapter(self, port: str, key: str, make: Callable[[Gemeente], object]) -> object:
        if (port, key) not in self._adapters:
            self._adapters[port, key] = make(self.gemeente(key))
        return self._adapters[port, key]

    def _make_zaken(self, gemeente: Gemeente) -> GuardedZaken:
        chosen, settings = gemeente.suppliers["zaken"], self.settings
        if chosen.supplier == "zgw":
            zaken: Zaken = self._zgw_zaken(gemeente)
        else:
            zaken = DemoZaken(self._database(gemeente, "zaken"), most=settings.own_cases)
        return GuardedZaken(
            zaken, self.limits, max_attempts=settings.lookup_attempts, lock_seconds=settings.lookup_lock_seconds,
            max_attempts_who=settings.lookup_attempts_address, scope=gemeente.key,
            budget_seconds=settings.backend_seconds + GUARD_SECONDS,
        )

    def _zgw_zaken(self, gemeente: Gemeente) -> ZgwZaken:
        chosen, settings = gemeente.suppliers["zaken"], self.settings
        own = OwnCases(
            chosen.allowed_confidentiality_own, most=settings.own_cases, read=settings.own_cases_read,
            at_once=settings.own_cases_at_once,
        )
        return ZgwZaken(
            chosen.zaken_url, chosen.catalogi_url,
            settings.of("zgw_client_id", gemeente.key), settings.of("zgw_secret", gemeente.key),
            budget_seconds=settings.backend_seconds, catalogue_seconds=settings.catalogue_seconds,
            bronorganisatie=chosen.bronorganisatie or None, allowed_confidentiality=chosen.allowed_confidentiality, own=own,
            failures=settings.backend_failures, open_seconds=settings.backend_rest_seconds,
        )

    def _make_appointments(self, gemeente: Gemeente) -> Appointments:
        products = [AppointmentProduct(p.id, p.name, p.minutes, tuple(p.bring)) for p in gemeente.products]
        locations = [AppointmentLocation(x.id, x.name, x.address, x.postcode, x.city) for x in gemeente.locations]
        settings, secret = self.settings, self.settings.secret.encode()
        supplier = self._appointment_supplier(gemeente)
        if supplier is None:
            opening = {x.id: gemeenten.opening(x.hours) for x in gemeente.locations}
            return DemoAppointments(
                self._database(gemeente, "afspraken"), products, locations, opening, secret=secret, now=self.now,
                horizon_days=settings.appointment_horizon_days, keep_days=settings.appointment_keep_days,
            )
        chosen = gemeente.suppliers["appointments"]
        return LedgerAppointments(
            supplier, RedisLedger(self.redis, self.limits, gemeente.key),
            [product for product in products if product.id in chosen.products],
            [location for location in locations if location.id in chosen.locations],
            secret=secret, budget_seconds=settings.backend_seconds, keep_days=settings.appointment_keep_days,
            failures=settings.backend_failures, open_seconds=settings.backend_rest_seconds, now=self.now,
        )

    def _appointment_supplier(self, gemeente: Gemeente) -> AppointmentSupplier | None:
        """The system that keeps the appointments; None for the demonstration, which keeps its own."""
        chosen, settings = gemeente.suppliers["appointments"], self.settings
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

    def _make_contacts(self, gemeente: Gemeente) -> Contacts:
        chosen, settings = gemeente.suppliers["contacts"], self.settings
        if chosen.supplier == "demo" or chosen.actor is None:
            return DemoContacts(self._database(gemeente, "contacten"), now=self.now)
        return OpenKlantContacts(
            chosen.url, settings.of("klantinteracties_token", gemeente.key), Actor(**msgspec.structs.asdict(chosen.actor)),
            secret=f"{settings.secret}\n{gemeente.key}".encode(), budget_seconds=settings.backend_seconds, kanaal=chosen.kanaal,
            zaak_register=chosen.zaak_register, circuit=Circuit(settings.backend_failures, settings.backend_rest_seconds),
            now=self.now,
        )

    def _make_notifications(self, gemeente: Gemeente) -> Subscriptions:
        chosen, settings = gemeente.suppliers["notifications"], self.settings
        client_id, secret = (settings.of(name, gemeente.key) for name in SECRETS["notificaties"])
        client = ZgwClient([chosen.url], client_id, secret, settings.backend_seconds)
        filters = {"bronorganisatie": gemeente.suppliers["zaken"].bronorganisatie}
        return Subscriptions(client, chosen.url, *self.callback(gemeente.key), filters)

    def _make_login(self, gemeente: Gemeente) -> Login:
        limits = self.settings
        return OidcLogin(
            self._login_terms(gemeente), budget_seconds=limits.backend_seconds, keep_seconds=limits.login_metadata_seconds,
            leeway_seconds=limits.login_leeway_seconds,
        )

    def _login_terms(self, gemeente: Gemeente) -> Terms:
        agreed, settings = gemeente.login, self.settings
        if agreed is None or agreed.supplier == "demo":
            return self._demo_terms()
        return Terms(
            agreed.issuer, settings.of("oidc_client_id", gemeente.key), settings.of("oidc_secret", gemeente.key),
            settings.base_url + RETURN_PATH, agreed.levels, agreed.scopes, agreed.acr_values, _path(agreed.level_claim),
            _path(agreed.bsn_claim), agreed.bsn_prefix, agreed.client_auth, agreed.prompt, agreed.userinfo,
        )

    def _demo_terms(self) -> Terms:
        base = self.settings.base_url
        return demo_login.terms(base, self.settings.secret, base + RETURN_PATH)

    def _database(self, gemeente: Gemeente, name: str) -> Path:
        folder = self.settings.data_path / gemeente.key
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.sqlite"

    async def aclose(self) -> None:
        """Close adapters and connections that were opened."""
        for adapter in self._adapters.values():
            await adapter.aclose()  # type: ignore[attr-defined]
        for name in ("redis", "redis_blocking"):
            if name in self.__dict__:
                await self.__dict__[name].aclose()


_current: Services | None = None


def use(services: Services) -> None:
    """Make these the services of this process, for code that nobody hands them to: rasa-sdk makes actions without arguments."""
    global _current
    _current = services


def current() -> Services:
    """The services of this process; under `rasa run actions` made on first use, with the Redis of a running `balie demo`."""
    if _current is None:
        use(joining(configuration.load()))
    assert _current is not None
    return _current


def build(settings: Settings, redis_url: str | None = None) -> Services:
    """Check the configuration as a whole and make the services. Raises SettingsError with every fault."""
    url = redis_url or settings.redis_url
    found = gemeenten.load(settings.gemeente_names, settings.gemeenten_path)
    faults = [fault for gemeente in found.values() for fault in suppliers.faults(gemeente, settings)]
    if not url:
        faults.append("BALIE_REDIS_URL is empty: start with `balie demo`, or name your Redis")
    if faults:
        raise SettingsError("\n".join(faults))
    return Services(settings, url, found)


def joining(settings: Settings) -> Services:
    """The services beside a running `balie demo` when there is no Redis of one's own. Raises SettingsError."""
    return build(settings, settings.redis_url or EmbeddedRedis(settings.data_path / "redis").url)


def demo_people() -> list[tuple[str, str]]:
    """Name and BSN of the invented persons that one can log in as in the demonstration."""
    return [(person.name, person.bsn) for person in demo_persons()]


def demo_hints(count: int) -> list[str]:
    """The first demonstration cases, with what is needed to look them up."""
    cases = [case for case in demo_cases(today_in_amsterdam()) if case.findable][:count]
    return [
        f"{case.identificatie} ({case.zaaktype.name}): born {case.geboortedatum:%d-%m-%Y}, "
        f"lives at {case.postcode} {case.huisnummer}"
        for case in cases
    ]


def _jcc_token_url(chosen: gemeenten.Supplier) -> str:
    """Where JCC gives tokens: below its API, unless the municipality says otherwise."""
    return chosen.token_url or f"{chosen.url.rstrip('/')}/connect/token"


def _path(claim: str | tuple[str, ...]) -> tuple[str, ...]:
    return (claim,) if isinstance(claim, str) else claim
