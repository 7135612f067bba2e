"""A municipality whose call-backs go to a contact register on loopback, with two teams; and a clock that is moved by hand."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.contacts import CallbackRequest
from bot.contacts.outbox import OutboxContacts
from bot.gemeenten import FOLDER
from tests.stubs.faults import Fault
from tests.stubs.openklant import TOKEN, OpenKlantStub

GEMEENTE = "voorbeeld"
DOWN = Fault("status", code=500)
UUID = "8b0f1c5e-5a0f-4c7e-9a52-3f1f0b6f7d21"
ANNA = CallbackRequest(
    "Anna Voorbeeld", "+31612345678", "morgenochtend", "bijstand", "Vroeg naar: bijstand.", "c_anna",
    f"https://zaken.example/zaken/api/v1/zaken/{UUID}", zaaknummer="ZAAK-2026-77",
)
BRAM = CallbackRequest("Bram Proef", "0201234567", "vandaag", "paspoort_aanvragen", "Vroeg naar: paspoort.", "c_bram")
TEAMS = [
    {"id": "kcc", "name": "Klantcontact"},
    {"id": "sociaal", "name": "Sociaal domein", "topics": ["bijstand"],
     "actor": {"naam": "Sociaal domein", "objectId": "SD", "codeObjecttype": "grp"}},
]
PEOPLE = [
    {"id": "sanne", "name": "Sanne", "roles": ["agent"], "teams": ["kcc"]},
    {"id": "youssef", "name": "Youssef", "roles": ["agent"], "teams": ["sociaal"]},
    {"id": "fatma", "name": "Fatma", "roles": ["agent"], "teams": []},
    {"id": "lena", "name": "Lena", "roles": ["team_lead"], "teams": ["kcc"]},
    {"id": "beheer", "name": "Beheer", "roles": ["administrator"], "teams": []},
    {"id": "redactie", "name": "Redactie", "roles": ["editor"], "teams": []},
]


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
async def stub() -> AsyncIterator[OpenKlantStub]:
    async with OpenKlantStub() as stub:
        yield stub


@pytest.fixture
def clock() -> Clock:
    return Clock()


def town(folder: Path, register: str, change: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, Any]:
    """Settings for the municipality with its register at this address; `change` changes its gemeente.yml."""
    place = folder / "towns"
    shutil.copytree(FOLDER / GEMEENTE, place / GEMEENTE)
    path = place / GEMEENTE / "gemeente.yml"
    content = yaml.safe_load(path.read_text())
    actor = {"naam": "Klantcontactcentrum", "objectId": "KCC"}
    content["suppliers"]["contacts"] = {"supplier": "openklant", "url": register, "actor": actor}
    content["teams"] = TEAMS
    content["desk"]["demo_agents"] = [{"password": "balie-demo", **person} for person in PEOPLE]
    change(content)
    path.write_text(yaml.safe_dump(content))
    return {
        "gemeenten": GEMEENTE, "gemeenten_dir": str(place), "klantinteracties_token": TOKEN,
        "backend_rest_seconds": 0.0,  # a fake clock doesn't move the circuit breaker's
    }


async def caught_up(contacts: OutboxContacts) -> None:
    """All that is due now, as the registrar of an edge does it."""
    while await contacts.catch_up(4):
        pass


def numbers(stub: OpenKlantStub, name: str = "internetaken") -> list[str]:
    return [item["referentienummer"] for item in stub.data[name]]
