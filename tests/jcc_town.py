"""A municipality whose appointments are at JCC, where the declaration of a birth requires a telephone number, as was recorded."""

from datetime import UTC, datetime, time
from pathlib import Path

import yaml

from bot.gemeenten import FOLDER
from bot.zaken.demo_data import today_in_amsterdam
from tests.stubs.jcc import CLIENT_ID, SECRET, JccStub
from tests.stubs.jcc_plan import Plan, activity, identifier, location

KEY = "proefdorp"
BIRTH, PASSPORT, TOWN_HALL = (identifier(name) for name in ("geboorteaangifte", "paspoort", "stadhuis"))
ENVIRONMENT = {"BALIE_JCC_CLIENT_ID": CLIENT_ID, "BALIE_JCC_SECRET": SECRET}


def jcc() -> JccStub:
    """Its JCC: open on weekdays from nine to five, holidays too, but not today: no time that is offered passes meanwhile."""
    activities = [activity("geboorteaangifte", 30), activity("paspoort", 20)]
    week = {day: [(time(9), time(17))] for day in range(5)}
    places, opening = [location("stadhuis")], {TOWN_HALL: week}
    plan = Plan(activities, places, opening, lambda: datetime.now(UTC), lambda day: day == today_in_amsterdam())
    fields = {"mainPhoneNumber": 0, "mobilePhoneNumber": 0, "isAnyPhoneNumberRequired": False}
    return JccStub(plan, required=fields, required_for={BIRTH: {"mainPhoneNumber": 1, "mobilePhoneNumber": 2}})


def write(folder: Path, stub: JccStub) -> None:
    """The municipality's own folder, in `folder`: the demonstration's, with JCC for the appointments."""
    found = yaml.safe_load((FOLDER / "voorbeeld" / "gemeente.yml").read_text())
    found["naam"] = "Gemeente Proefdorp"
    found["suppliers"]["appointments"] = {
        "supplier": "jcc", "url": stub.url, "locations": {"stadhuis": TOWN_HALL},
        "products": {"paspoort": PASSPORT, "geboorteaangifte": BIRTH},
    }
    (folder / KEY).mkdir(parents=True)
    (folder / KEY / "gemeente.yml").write_text(yaml.safe_dump(found, allow_unicode=True))
    (folder / KEY / "variables.yml").write_text((FOLDER / "voorbeeld" / "variables.yml").read_text())
    (folder / KEY / "thema.css").write_text("")
