"""Who sets Balie up hears at the start that an address of gemeente.yml can't be used, and which one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.gemeenten import FOLDER
from bot.http import address_fault
from bot.settings import Settings, SettingsError
from bot.wiring import build

GOOD = "https://api.voorbeeld.example/v1"
BAD_PORT = "http://x:99999"
PLACES = {  # where an address stands -> a supplier that has one there
    "suppliers.zaken.zaken_url": "zgw", "suppliers.zaken.catalogi_url": "zgw", "suppliers.appointments.url": "qmatic",
    "suppliers.appointments.token_url": "jcc", "suppliers.contacts.url": "openklant",
    "suppliers.notifications.url": "notificaties", "login.issuer": "oidc",
}


@pytest.mark.parametrize("address", [GOOD, "http://127.0.0.1:8080", "https://[::1]:443/x", "http://api:1", "https://é.example"])
def test_an_address_that_can_be_used_has_no_fault(address: str) -> None:
    assert address_fault(address, secure=False) == ""


@pytest.mark.parametrize("address", [
    BAD_PORT, "http://x:0", "http://x:-1", "https://x:poort", "https://", "http:/x.nl", "x.nl/api", "ftp://x.nl", "//x.nl",
    "https://:443/api", "https://[::1/", "https://x y/", " https://x.nl", "https://x.nl/\n",
])
def test_an_address_that_no_request_can_go_to_has_one(address: str) -> None:
    assert address_fault(address, secure=False)


def test_http_is_good_enough_outside_production_only() -> None:
    assert address_fault("http://x.nl", secure=False) == ""
    assert address_fault("http://x.nl", secure=True) == "must be an https address in production"
    assert address_fault(GOOD, secure=True) == ""


def faults(folder: Path, place: str, address: str, **settings: Any) -> str:
    """What is told at the start about a municipality with this address in this place."""
    found = yaml.safe_load((FOLDER / "voorbeeld" / "gemeente.yml").read_text())
    *path, name = place.split(".")
    section = found
    for step in path:
        section = section[step]
    section |= {"supplier": PLACES[place], name: address}
    own = folder / "voorbeeld"
    own.mkdir()
    (own / "gemeente.yml").write_text(yaml.safe_dump(found))
    (own / "variables.yml").write_text((FOLDER / "voorbeeld" / "variables.yml").read_text())
    (own / "thema.css").write_text("")
    with pytest.raises(SettingsError) as caught:
        build(Settings(gemeenten="voorbeeld", gemeenten_dir=str(folder), **settings), "unix:///nergens")
    return str(caught.value)


@pytest.mark.parametrize("place", PLACES)
def test_a_port_that_does_not_exist_stops_the_start_wherever_it_stands(tmp_path: Path, place: str) -> None:
    assert f"municipality 'voorbeeld': {place} is no address: Port out of range" in faults(tmp_path, place, BAD_PORT)


@pytest.mark.parametrize("place", PLACES)
def test_in_production_every_system_is_asked_by_https(tmp_path: Path, place: str) -> None:
    production = {"environment": "production", "secret": "x" * 40}
    told = faults(tmp_path, place, "http://api.voorbeeld.example", **production)
    assert f"municipality 'voorbeeld': {place} must be an https address in production" in told


def test_an_address_that_can_be_used_is_not_complained_of(tmp_path: Path) -> None:
    assert "address" not in faults(tmp_path, "suppliers.appointments.url", GOOD)
