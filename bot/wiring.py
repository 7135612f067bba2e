"""The one place that chooses suppliers and makes connections. Everything else gets what it needs from `Services`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from redis.asyncio import Redis

from bot import gemeenten, suppliers, wiring_appointments, wiring_cases, wiring_contacts, wiring_logins, wiring_push
from bot import settings as configuration
from bot.appointments import Appointment, Appointments
from bot.appointments.links import CalendarLinks
from bot.contacts.outbox import OutboxContacts
from bot.contacts.registrar import Registrar
from bot.contacts.tasks import Tasks
from bot.conversation.audit import AuditLog
from bot.conversation.claims import TaskClaims
from bot.conversation.devices import Devices
from bot.conversation.glances import Glances
from bot.conversation.handover import Handover
from bot.conversation.ledger import RedisLedger
from bot.conversation.limits import Limits
from bot.conversation.logins import Logins
from bot.conversation.many import Many
from bot.conversation.notices import NoticeBook
from bot.conversation.redis import EmbeddedRedis, connect
from bot.conversation.service import ServiceBook
from bot.conversation.store import Bounds, Store
from bot.gemeenten import Gemeente
from bot.login import DeskLogin, Login
from bot.login.demo import DemoBroker
from bot.notices import Notices, texts
from bot.notices.clerk import Clerk, Sources
from bot.notices.subscriptions import Subscriptions, authorization
from bot.push.reach import Reach
from bot.push.worker import Pusher
from bot.settings import Settings, SettingsError
from bot.sqlite import database
from bot.zaken.demo import DemoZaken
from bot.zaken.demo_data import demo_cases, demo_persons, today_in_amsterdam
from bot.zaken.guard import GuardedZaken

CALLBACK_PATH = "/v1/notificaties/"  # and the municipality's key
BLOCKING_SECONDS = 10.0  # longest blocking read of feed and mailbox


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
        bounds = Bounds(limits.max_inbox, limits.max_backlog, limits.max_events)
        return Store(self.redis, bounds, limits.token_grace_seconds)

    @cached_property
    def handover(self) -> Handover:
        return Handover(self.redis, self.settings.seconds_per_conversation)

    @cached_property
    def many(self) -> Many:
        return Many(self.redis)

    @cached_property
    def limits(self) -> Limits:
        return Limits(self.redis, self.settings.secret)

    @cached_property
    def audit(self) -> AuditLog:
        """Who looked at or did what at the desk."""
        return AuditLog(self.redis, days=self.settings.audit_days, most=self.settings.audit_most)

    @cached_property
    def service_book(self) -> ServiceBook:
        """The emergency notice and the switch of every municipality."""
        return ServiceBook(self.redis, lambda: self.now(), fresh_seconds=self.settings.service_fresh_seconds)

    @cached_property
    def glances(self) -> Glances:
        """What the desk asks the brain about a message."""
        return Glances(self.redis, self.redis_blocking, self.settings)

    @cached_property
    def calendar_links(self) -> CalendarLinks:
        return CalendarLinks(self.settings.secret, self.settings.calendar_link_seconds)

    def calendar_address(self, key: str, found: Appointment) -> str:
        """Where the calendar file of an appointment of this municipality is: for its citizen, as it opens without signing in."""
        return f"{self.settings.base_url}/v1/calendar/{self.calendar_links.seal(key, found.reference, found.code)}.ics"

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
    def devices(self) -> Devices:
        """Devices that are told of news in a conversation."""
        return wiring_push.devices(self.redis, self.settings)

    @property
    def reach(self) -> Reach:
        """The ways to those devices."""
        if ("reach", "") not in self._adapters:
            made = wiring_push.reach(self.gemeenten, self.settings, self.limits.hash, lambda: self.now())
            self._adapters["reach", ""] = made
        return self._adapters["reach", ""]  # type: ignore[return-value]

    def push_key(self, key: str) -> str | None:
        """What browsers subscribe to web push of this municipality with; None where there is none."""
        return self.reach.public_key(key)

    def pusher(self) -> Pusher:
        """For this process: tells devices of news."""
        return Pusher(self.reach, self.devices, self.store, self.handover, self.settings, lambda: self.now())

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
        return wiring_logins.demo_broker(self.settings) if uses and not self.settings.production else None

    def demo_desk_broker(self, key: str) -> DemoBroker | None:
        """The provider to try signing in at the desk with, when this municipality uses it."""
        agreed = self.gemeente(key).desk.login
        if agreed is None or agreed.supplier != "demo" or self.settings.production:
            return None
        return wiring_logins.demo_desk_broker(self.gemeente(key), self.settings)

    def gemeente(self, key: str) -> Gemeente:
        """Raises KeyError for a municipality that this installation does not serve."""
        return self.gemeenten[key]

    def zaken(self, key: str) -> GuardedZaken:
        """Case look-ups of a municipality, with the lock against guessing in front."""
        return self._adapter("zaken", key, self._make_zaken)  # type: ignore[return-value]

    def appointments(self, key: str) -> Appointments:
        return self._adapter("appointments", key, self._make_appointments)  # type: ignore[return-value]

    def contacts(self, key: str) -> OutboxContacts:
        """The contact register of a municipality, behind its outbox."""
        return self._adapter("contacts", key, self._make_contacts)  # type: ignore[return-value]

    def tasks(self, key: str) -> Tasks:
        """The call-backs that wait at the desk of a municipality."""
        return self._adapter("tasks", key, self._make_tasks)  # type: ignore[return-value]

    def task_claims(self, key: str) -> TaskClaims:
        """Which agent deals with which call-back."""
        return TaskClaims(self.redis, key, self.settings.task_claim_seconds)

    def registrar(self) -> Registrar:
        """For this process: writes what waits to the contact registers."""
        limits = self.settings
        return Registrar(
            list(self.gemeenten), self.contacts, poll_seconds=limits.callback_poll_seconds, at_once=limits.callbacks_at_once
        )

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
        return DemoZaken(database(self.settings.data_path, gemeente.key, "zaken"))

    def callback(self, key: str) -> tuple[str, str]:
        """Address of ours that is told of changes, and the Authorization header that it asks for."""
        return f"{self.settings.base_url}{CALLBACK_PATH}{key}", authorization(self.settings.secret, key)

    def login(self, key: str) -> Login | None:
        """Where the citizens of this municipality log in; None when it has no such place."""
        if self.gemeente(key).login is None:
            return None
        return self._adapter("login", key, lambda found: wiring_logins.citizens(found, self.settings))  # type: ignore[return-value]

    def desk_login(self, key: str) -> DeskLogin | None:
        """Where the people of its desk sign in; None when they have accounts of the demonstration only."""
        if self.gemeente(key).desk.login is None:
            return None
        return self._adapter("desk.login", key, lambda found: wiring_logins.desk(found, self.settings))  # type: ignore[return-value]

    def _adapter(self, port: str, key: str, make: Callable[[Gemeente], object]) -> object:
        if (port, key) not in self._adapters:
            self._adapters[port, key] = make(self.gemeente(key))
        return self._adapters[port, key]

    def _make_zaken(self, gemeente: Gemeente) -> GuardedZaken:
        return wiring_cases.zaken(gemeente, self.settings, self.limits)

    def _make_appointments(self, gemeente: Gemeente) -> Appointments:
        ledger = RedisLedger(self.redis, self.limits, gemeente.key)
        return wiring_appointments.appointments(gemeente, self.settings, ledger, self.now)

    def _make_contacts(self, gemeente: Gemeente) -> OutboxContacts:
        return wiring_contacts.contacts(gemeente, self.settings, self.redis, lambda: self.now())

    def _make_tasks(self, gemeente: Gemeente) -> Tasks:
        limits = self.settings
        return Tasks(self.contacts(gemeente.key), fresh_seconds=limits.tasks_fresh_seconds, most=limits.tasks_shown)

    def _make_notifications(self, gemeente: Gemeente) -> Subscriptions:
        return wiring_cases.notifications(gemeente, self.settings, *self.callback(gemeente.key))

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
    faults += wiring_push.faults(found, settings)
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


def demo_employees(gemeente: Gemeente) -> list[tuple[str, dict[str, Any]]]:
    """The same for the desk of a municipality: name, and what its provider says of them."""
    return wiring_logins.demo_employees(gemeente)


def demo_hints(count: int) -> list[str]:
    """The first demonstration cases, with what is needed to look them up."""
    cases = [case for case in demo_cases(today_in_amsterdam()) if case.findable][:count]
    return [
        f"{case.identificatie} ({case.zaaktype.name}): born {case.geboortedatum:%d-%m-%Y}, "
        f"lives at {case.postcode} {case.huisnummer}"
        for case in cases
    ]
