"""The one place that chooses suppliers and makes connections. Everything else gets what it needs from `Services`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from redis.asyncio import Redis

from bot import gemeenten
from bot import settings as configuration
from bot.appointments import Appointments
from bot.appointments import Location as AppointmentLocation
from bot.appointments import Product as AppointmentProduct
from bot.appointments.demo import DemoAppointments
from bot.appointments.links import CalendarLinks
from bot.contacts import Contacts
from bot.contacts.demo import DemoContacts
from bot.conversation.handover import Handover
from bot.conversation.limits import Limits
from bot.conversation.redis import EmbeddedRedis, connect
from bot.conversation.store import Bounds, Store
from bot.gemeenten import Gemeente
from bot.settings import Settings, SettingsError
from bot.zaken import Zaken
from bot.zaken.demo import DemoZaken, demo_cases, today_in_amsterdam
from bot.zaken.guard import GuardedZaken
from bot.zaken.zgw import ZgwZaken

BLOCKING_SECONDS = 10.0  # longest blocking read of feed and mailbox


@dataclass
class Services:
    """Everything a process needs, made on first use. Close it with `aclose()`."""

    settings: Settings
    redis_url: str
    gemeenten: dict[str, Gemeente]
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

    def _adapter(self, port: str, key: str, make: Callable[[Gemeente], object]) -> object:
        if (port, key) not in self._adapters:
            self._adapters[port, key] = make(self.gemeente(key))
        return self._adapters[port, key]

    def _make_zaken(self, gemeente: Gemeente) -> GuardedZaken:
        chosen, settings = gemeente.suppliers["zaken"], self.settings
        if chosen.supplier == "zgw":
            zaken: Zaken = ZgwZaken(
                chosen.zaken_url, chosen.catalogi_url, settings.zgw_client_id, settings.zgw_secret,
                budget_seconds=settings.backend_seconds, bronorganisatie=chosen.bronorganisatie or None,
                allowed_confidentiality=chosen.allowed_confidentiality,
            )
        else:
            zaken = DemoZaken(self._database(gemeente, "zaken"))
        return GuardedZaken(
            zaken, self.limits, max_attempts=settings.lookup_attempts, lock_seconds=settings.lookup_lock_seconds,
            scope=gemeente.key,
        )

    def _make_appointments(self, gemeente: Gemeente) -> Appointments:
        products = [AppointmentProduct(p.id, p.name, p.minutes, tuple(p.bring)) for p in gemeente.products]
        locations = [AppointmentLocation(x.id, x.name, x.address, x.postcode, x.city) for x in gemeente.locations]
        opening = {x.id: gemeenten.opening(x.hours) for x in gemeente.locations}
        secret = self.settings.secret.encode()
        return DemoAppointments(
            self._database(gemeente, "afspraken"), products, locations, opening, secret=secret,
            horizon_days=self.settings.appointment_horizon_days, keep_days=self.settings.appointment_keep_days,
        )

    def _make_contacts(self, gemeente: Gemeente) -> Contacts:
        return DemoContacts(self._database(gemeente, "contacten"))

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
        settings = configuration.load()
        use(build(settings, settings.redis_url or EmbeddedRedis(settings.data_path / "redis").url))
    assert _current is not None
    return _current


SUPPLIERS = {"zaken": {"demo", "zgw"}, "appointments": {"demo"}, "contacts": {"demo"}}


def build(settings: Settings, redis_url: str | None = None) -> Services:
    """Check the configuration as a whole and make the services. Raises SettingsError with every fault."""
    url = redis_url or settings.redis_url
    found = gemeenten.load(settings.gemeente_names)
    faults = [fault for gemeente in found.values() for fault in _faults(gemeente, settings)]
    if not url:
        faults.append("BALIE_REDIS_URL is empty: start with `balie demo`, or name your Redis")
    if faults:
        raise SettingsError("\n".join(faults))
    return Services(settings, url, found)


def demo_hints(count: int) -> list[str]:
    """The first demonstration cases, with what is needed to look them up."""
    cases = [case for case in demo_cases(today_in_amsterdam()) if case.findable][:count]
    return [
        f"{case.identificatie} ({case.zaaktype.name}): born {case.geboortedatum:%d-%m-%Y}, "
        f"lives at {case.postcode} {case.huisnummer}"
        for case in cases
    ]


def _faults(gemeente: Gemeente, settings: Settings) -> list[str]:
    faults = []
    for port, known in SUPPLIERS.items():
        chosen = gemeente.suppliers.get(port)
        if chosen is None or chosen.supplier not in known:
            faults.append(f"municipality {gemeente.key!r}: suppliers.{port} must be one of {', '.join(sorted(known))}")
        elif chosen.supplier == "demo" and settings.production:
            faults.append(f"municipality {gemeente.key!r}: the demo supplier of {port} is refused in production")
        elif chosen.supplier == "zgw" and not (chosen.zaken_url and chosen.catalogi_url and settings.zgw_secret):
            faults.append(f"municipality {gemeente.key!r}: zgw needs zaken_url, catalogi_url and BALIE_ZGW_CLIENT_ID/_SECRET")
    if settings.production and gemeente.desk.demo_agents:
        faults.append(f"municipality {gemeente.key!r}: desk.demo_agents is refused in production")
    return faults
