"""Municipalities on systems of their own, each over HTTP, with faults on request: a ZGW case system, Qmatic, JCC and Telegram."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import TypeVar

import yaml

from bot.gemeenten import FOLDER
from bot.zaken.demo_data import demo_cases, today_in_amsterdam
from tests import jcc_town
from tests.house import House
from tests.stubs import botapi, qmatic, zgw
from tests.stubs.botapi import BotApi
from tests.stubs.jcc import JccStub
from tests.stubs.qmatic import Branch, QmaticStub, Service
from tests.stubs.zgw import ZgwStub

T = TypeVar("T")

KEY = "proefstad"
HOURS = [(time(9), time(17))]


class Backends:
    """The suppliers' systems, on an event loop of their own beside the test."""

    zaken: ZgwStub
    agenda: QmaticStub
    agenda_url: str
    jcc: JccStub
    telegram: BotApi

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = contextlib.AsyncExitStack()

    def start(self) -> None:
        self._thread.start()
        self.run(self._start)

    def stop(self) -> None:
        self.run(self._stack.aclose)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Do something on the suppliers' side and wait for it."""

        async def made() -> T:
            return await call()

        return asyncio.run_coroutine_threadsafe(made(), self._loop).result()

    def well(self) -> None:
        """Every system works, and lets go of what it held up."""

        async def mend() -> None:
            self.zaken.faults, self.agenda.faults, self.jcc.faults = [], [], []
            for stub in (self.zaken, self.agenda, self.jcc):
                stub.released.set()
                stub.released = asyncio.Event()

        self.run(mend)

    async def _start(self) -> None:
        self.zaken = await self._stack.enter_async_context(ZgwStub(demo_cases(today_in_amsterdam())))
        self.agenda = QmaticStub(
            {"s-paspoort": Service("Paspoort", 20, 10), "s-rijbewijs": Service("Rijbewijs", 10, 10)},
            {"b-stadhuis": Branch("Stadhuis", ("s-paspoort", "s-rijbewijs"), {day: HOURS for day in range(5)})},
            closed=_closed,
        )
        self.agenda_url = await self._stack.enter_async_context(qmatic.serving(self.agenda))
        self.jcc = await self._stack.enter_async_context(jcc_town.jcc())
        self.telegram = await self._stack.enter_async_context(botapi.serving())


def _closed(day: date) -> bool:
    """Not today: no time that is offered passes meanwhile."""
    return day == today_in_amsterdam()


def municipality(folder: Path, backends: Backends) -> None:
    """Writes the municipality into `folder`: the demonstration's, connected to the systems."""
    found = yaml.safe_load((FOLDER / "voorbeeld" / "gemeente.yml").read_text())
    found["naam"] = "Gemeente Proefstad"
    found.pop("login", None)
    found["suppliers"] |= {
        "zaken": {"supplier": "zgw", "zaken_url": backends.zaken.zaken_url, "catalogi_url": backends.zaken.catalogi_url},
        "appointments": {
            "supplier": "qmatic", "url": backends.agenda_url, "locations": {"stadhuis": "b-stadhuis"},
            "products": {"paspoort": "s-paspoort", "rijbewijs": "s-rijbewijs"},
        },
    }
    (folder / KEY).mkdir(parents=True)
    (folder / KEY / "gemeente.yml").write_text(yaml.safe_dump(found, allow_unicode=True))
    (folder / KEY / "variables.yml").write_text((FOLDER / "voorbeeld" / "variables.yml").read_text())
    (folder / KEY / "thema.css").write_text("")


@contextlib.contextmanager
def connected(folder: Path) -> Iterator[tuple[House, Backends]]:
    """The house, with its real brain, connected to the systems: KEY at Qmatic, jcc_town.KEY at JCC. Telegram is for KEY."""
    backends = Backends()
    backends.start()
    municipality(folder / "gemeenten", backends)
    jcc_town.write(folder / "gemeenten", backends.jcc)
    house = House(
        folder, BALIE_LIFT_RATES="true", BALIE_GEMEENTEN=f"{KEY},{jcc_town.KEY}", BALIE_GEMEENTEN_DIR=str(folder / "gemeenten"),
        BALIE_ZGW_CLIENT_ID=zgw.CLIENT_ID, BALIE_ZGW_SECRET=zgw.SECRET, BALIE_QMATIC_API_KEY=qmatic.API_KEY,
        BALIE_TELEGRAM_TOKEN=botapi.TOKEN, BALIE_TELEGRAM_API_URL=backends.telegram.url, BALIE_LOOKUP_ATTEMPTS="100",
        BALIE_LOOKUP_ATTEMPTS_ADDRESS="100", BALIE_BACKEND_FAILURES="1000",
        **jcc_town.ENVIRONMENT,
    )
    house.redis.start()
    try:
        house.start_edge()
        house.start_brain("brain")
        asyncio.run(house.until("/ready"))
        yield house, backends
    finally:
        backends.well()
        house.stop()
        backends.stop()
