"""A ZGW case system on loopback and an adapter for it, for the tests of the ZGW adapter."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from bot.zaken import SecondFactor
from bot.zaken.demo_data import demo_cases, demo_persons
from bot.zaken.zgw import ZgwZaken
from tests.stubs.zgw import CLIENT_ID, SECRET, ZgwStub

TODAY = date(2026, 3, 16)
PARKING, BUILDING = "ZAAK-2026-0000000101", "ZAAK-2026-0000000102"
BORN = SecondFactor(geboortedatum=date(1980, 1, 2))
OTHER_BORN = SecondFactor(geboortedatum=date(1975, 6, 15))
NOOR, BRAM, FATIMA = (person.bsn for person in demo_persons()[:3])


@pytest.fixture
async def stub() -> AsyncIterator[ZgwStub]:
    async with ZgwStub(demo_cases(TODAY)) as stub:
        yield stub


def adapter(stub: ZgwStub, **options: Any) -> ZgwZaken:
    """Without keeping the catalogue, for most tests change it."""
    options = {"retry_pause_seconds": 0.0, "catalogue_seconds": 0, "client_id": CLIENT_ID, "secret": SECRET, **options}
    return ZgwZaken(stub.zaken_url, stub.catalogi_url, **options)


@pytest.fixture
async def zaken(stub: ZgwStub) -> AsyncIterator[ZgwZaken]:
    zaken = adapter(stub)
    yield zaken
    await zaken.aclose()


def initiator(stub: ZgwStub, identificatie: str = PARKING) -> dict[str, Any]:
    return next(rol for rol in stub.of_zaak("rollen", identificatie) if rol["omschrijvingGeneriek"] == "initiator")
