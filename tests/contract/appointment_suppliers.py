"""The appointment systems that the contract is tested against, each with the same world and the same faults.

A supplier joins by adding its maker to SUPPLIERS.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import holidays

from bot.appointments import Appointments, Customer, Item, Location, Product
from bot.appointments.demo import DemoAppointments
from bot.appointments.jcc import Jcc
from bot.appointments.jcc_client import JccClient
from bot.appointments.ledgered import LedgerAppointments
from bot.appointments.qmatic import Qmatic
from bot.appointments.supplier import Supplier
from bot.conversation.ledger import RedisLedger
from bot.conversation.limits import Limits
from bot.conversation.redis import connect
from bot.http import Http
from tests.stubs import jcc as jcc_stub
from tests.stubs import qmatic as qmatic_stub
from tests.stubs.faults import Fault
from tests.stubs.jcc import JccStub
from tests.stubs.jcc_plan import Plan, activity, identifier, location
from tests.stubs.qmatic import Branch, QmaticStub, Service

LOCAL = ZoneInfo("Europe/Amsterdam")
PASSPORT = Product("paspoort", "Paspoort aanvragen", 10, ("uw oude paspoort", "een pasfoto"))
MOVING = Product("verhuizing", "Verhuizing doorgeven", 30)
TOWN_HALL = Location("stadhuis", "Stadhuis", "Markt 1", "1234 AB", "Voorbeeld")
NIGHT_DESK = Location("nachtloket", "Nachtloket", "Haven 2", "1234 AC", "Voorbeeld")
MORNING = [(time(9), time(12))]
OPENING = {
    "stadhuis": {**{weekday: MORNING for weekday in range(5)}, 3: [*MORNING, (time(17), time(19))]},
    "nachtloket": {6: [(time(1), time(4))]},
}
HORIZON_DAYS = 60
ANNA = Customer("Anna Voorbeeld", "anna@example.nl", "0612345678")
BRAM = Customer("Bram Proef", "bram@example.nl")
FRIDAY = date(2026, 3, 6)
FOR_PASSPORT, FOR_MOVING = [Item("paspoort")], [Item("verhuizing")]
_HOLIDAYS = frozenset(holidays.country_holidays("NL", years=2026))
SECRET = b"only for this test"
REQUEST_SECONDS, BUDGET_SECONDS = 3.0, 4.5


def local(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, fold=fold), LOCAL)


def closed(day: date) -> bool:
    return day in _HOLIDAYS


@dataclass
class Clock:
    """The time, as the test wants it: Monday 2 March 2026, 08:00."""

    now: datetime = datetime(2026, 3, 2, 8, tzinfo=LOCAL)

    def __call__(self) -> datetime:
        return self.now


Step = Literal["booking unreached", "booking refused", "booking unanswered", "cancelling fails", "cancelling unanswered", "down"]
"""What goes wrong, until `calm`: the request to book doesn't arrive / is refused with an error / is done, but the answer is lost;
the request to cancel isn't done / is done, but the answer is lost; nothing answers."""


@dataclass
class World:
    """`open` gives one more adapter on the same appointments; `standing` counts those at the supplier.

    `fail` makes a step fail until `calm`; only for those of FALLIBLE. `demand` makes the supplier require a telephone number;
    only for those of DEMANDING.
    """

    open: Callable[[], Appointments]
    standing: Callable[[], int] = lambda: 0
    fail: Callable[[Step], None] = lambda step: None
    calm: Callable[[], None] = lambda: None
    demand: Callable[[], None] = lambda: None


def demo(folder: Path, clock: Callable[[], datetime], **changes: Any) -> DemoAppointments:
    settings: dict[str, Any] = {"secret": SECRET, "horizon_days": HORIZON_DAYS, "busy_seconds": 30.0}
    settings |= {"products": [PASSPORT, MOVING], "locations": [TOWN_HALL, NIGHT_DESK], "opening": OPENING}
    return DemoAppointments(folder / "appointments.db", now=clock, **(settings | changes))


def ledgered(supplier: Supplier, ledger: RedisLedger, now: Callable[[], datetime], **changes: Any) -> LedgerAppointments:
    """The port on a supplier's adapter. The circuit stays closed unless a test says otherwise."""
    settings: dict[str, Any] = {"secret": SECRET, "budget_seconds": BUDGET_SECONDS, "keep_days": 30}
    settings |= {"failures": 1000, "open_seconds": 30.0}
    return LedgerAppointments(supplier, ledger, [PASSPORT, MOVING], [TOWN_HALL, NIGHT_DESK], now=now, **(settings | changes))


@asynccontextmanager
async def ledger_at(redis_url: str) -> AsyncIterator[RedisLedger]:
    client = connect(redis_url, 2.0)
    yield RedisLedger(client, Limits(client, "a secret of the tests"), "voorbeeld")
    await client.aclose()


@asynccontextmanager
async def demo_supplier(folder: Path, clock: Clock, redis_url: str) -> AsyncIterator[World]:
    yield World(lambda: demo(folder, clock))


QMATIC_SERVICES = {"paspoort": "Paspoort", "verhuizing": "Verhuizing_doorgeven"}
QMATIC_BRANCHES = {"stadhuis": "f19fa2030bd653d4", "nachtloket": "3c82d69fa4047280"}


def qmatic_world(clock: Clock) -> QmaticStub:
    services = {QMATIC_SERVICES[p.id]: Service(p.name, p.minutes, p.minutes) for p in (PASSPORT, MOVING)}
    branches = {
        QMATIC_BRANCHES[place.id]: Branch(place.name, list(services), OPENING[place.id]) for place in (TOWN_HALL, NIGHT_DESK)
    }
    return QmaticStub(services, branches, clock, closed, HORIZON_DAYS)


def qmatic_adapter(url: str, **changes: Any) -> Qmatic:
    settings: dict[str, Any] = {"api_key": qmatic_stub.API_KEY, "products": QMATIC_SERVICES, "locations": QMATIC_BRANCHES}
    names = {product.id: product.name for product in (PASSPORT, MOVING)}
    return Qmatic(url, **(settings | {"names": names, "request_seconds": REQUEST_SECONDS} | changes))


@asynccontextmanager
async def qmatic_supplier(folder: Path, clock: Clock, redis_url: str) -> AsyncIterator[World]:
    stub = qmatic_world(clock)
    faults: dict[Step, Fault] = {
        "booking unreached": Fault("drop", "/times;"),
        "booking refused": Fault("status", "/book", problem="refused"),
        "booking unanswered": Fault("dies", "/book"),
        "cancelling fails": Fault("status", "DELETE"),
        "cancelling unanswered": Fault("dies", "DELETE"),
        "down": Fault("drop"),
    }
    async with qmatic_stub.serving(stub) as url, ledger_at(redis_url) as ledger:
        yield World(
            lambda: ledgered(qmatic_adapter(url), ledger, clock),
            lambda: len(stub.booked),
            lambda step: stub.faults.append(faults[step]),
            stub.faults.clear,
        )


JCC_ACTIVITIES = {product.id: identifier(product.id) for product in (PASSPORT, MOVING)}
JCC_LOCATIONS = {place.id: identifier(place.id) for place in (TOWN_HALL, NIGHT_DESK)}


def jcc_world(clock: Clock) -> JccStub:
    activities = [activity(product.id, product.minutes) for product in (PASSPORT, MOVING)]
    opening = {JCC_LOCATIONS[id]: week for id, week in OPENING.items()}
    return JccStub(Plan(activities, [location(id) for id in JCC_LOCATIONS], opening, clock, closed, HORIZON_DAYS))


def jcc_adapter(url: str, **changes: Any) -> Jcc:
    """`changes`: of the ids, the secret and the clock of the token."""
    settings: dict[str, Any] = {"products": JCC_ACTIVITIES, "locations": JCC_LOCATIONS, "secret": jcc_stub.SECRET} | changes
    products, locations = settings.pop("products"), settings.pop("locations")
    http = Http(REQUEST_SECONDS, retry_pause_seconds=0.0)
    return Jcc(JccClient(http, url, f"{url}/connect/token", jcc_stub.CLIENT_ID, **settings), products, locations)


@asynccontextmanager
async def jcc_supplier(folder: Path, clock: Clock, redis_url: str) -> AsyncIterator[World]:
    faults: dict[Step, Fault] = {
        "booking unreached": Fault("drop", "/availabletimelist"),
        "booking refused": Fault("refused", jcc_stub.BOOKING),
        "booking unanswered": Fault("dies", jcc_stub.BOOKING),
        "cancelling fails": Fault("status", jcc_stub.CANCELLATION),
        "cancelling unanswered": Fault("dies", jcc_stub.CANCELLATION),
        "down": Fault("drop"),
    }
    async with jcc_world(clock) as stub, ledger_at(redis_url) as ledger:
        yield World(
            lambda: ledgered(jcc_adapter(stub.url), ledger, clock),
            lambda: len(stub.appointments),
            lambda step: stub.faults.append(faults[step]),
            stub.faults.clear,
            lambda: stub.required.update(isAnyPhoneNumberRequired=True),
        )


Maker = Callable[[Path, Clock, str], AbstractAsyncContextManager[World]]
SUPPLIERS: dict[str, Maker] = {"demo": demo_supplier, "qmatic": qmatic_supplier, "jcc": jcc_supplier}
DEMANDING = ["jcc"]  # the others have no such requirement
FALLIBLE = [name for name in SUPPLIERS if name != "demo"]  # the demonstration can't half-fail: all is one transaction
