"""The ZGW client asks, and the stub answers, as the standard says: a whole round of exchanges against the documents."""

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from bot.zaken import SecondFactor, ZaakNotFound, ZakenUnavailable
from bot.zaken.demo_data import demo_persons
from bot.zaken.zgw import ZgwZaken
from tests.contract.test_zaken import CASES, birth
from tests.standards import STANDARDS, answer_faults, errors, needs_standards, request_faults
from tests.stubs.faults import Fault
from tests.stubs.zgw import CLIENT_ID, SECRET, ZgwStub
from tests.stubs.zgw_faults import Exchange

pytestmark = needs_standards
ZAKEN, CATALOGI = ("zaken-1.5.1.yaml", "openzaak-zaken.yaml"), ("catalogi-1.3.1.yaml",)
MAY_BE_NULL = {"verlenging", "subVerblijfBuitenland"}  # with fields or without


@pytest.fixture(scope="module")
def exchanges() -> Sequence[Exchange]:
    return asyncio.run(_whole_round())


async def _whole_round() -> Sequence[Exchange]:
    """All that passes when everything is asked that can be asked, with small pages, and some refusals."""
    async with ZgwStub(CASES, page_size=2) as stub:
        zaken = ZgwZaken(stub.zaken_url, stub.catalogi_url, CLIENT_ID, SECRET, bronorganisatie="100000009", catalogue_seconds=0)
        for case in CASES:
            if case.findable:
                await zaken.look_up(case.identificatie, birth(case))
            zaak = stub.zaak(case.identificatie)
            await zaken.announced(zaak["url"], zaak["status"] or f"{stub.zaken_url}/statussen/1")
        for person in demo_persons():
            await zaken.own(person.bsn)
        assert await zaken.check() == []
        assert await zaken.announced(f"{stub.zaken_url}/zaken/0", f"{stub.zaken_url}/statussen/0") is None
        with pytest.raises(ZaakNotFound):
            await zaken.look_up("ZAAK-2026-0000009999", SecondFactor(postcode="1234AB", huisnummer="1"))
        stub.faults = [Fault("status", code=403, problem="permission_denied")]
        with pytest.raises(ZakenUnavailable):
            await zaken.own(demo_persons()[0].bsn)
        await zaken.aclose()
        return stub.exchanges


def documents(exchange: Exchange) -> tuple[str, ...]:
    return CATALOGI if exchange.path.startswith("/catalogi") else ZAKEN


def test_the_client_asks_as_the_standard_says(exchanges: Sequence[Exchange]) -> None:
    assert {exchange.path.split("/")[4] for exchange in exchanges} == {
        "zaken", "statussen", "rollen", "resultaten", "zaaktypen", "statustypen", "resultaattypen"
    }
    assert {exchange.method for exchange in exchanges} == {"GET", "POST"}
    for exchange in exchanges:
        for name in documents(exchange):
            assert request_faults(name, exchange) == [], (name, exchange.method, exchange.path)


def test_the_stub_answers_as_the_standard_says(exchanges: Sequence[Exchange]) -> None:
    assert {exchange.status for exchange in exchanges} == {200, 403, 404}
    for exchange in exchanges:
        for name in documents(exchange):
            assert answer_faults(name, exchange) == [], (name, exchange.method, exchange.path)


@pytest.mark.parametrize(
    "name, schema, field",
    [
        ("zaken-1.5.1.yaml", "Zaak", "identificatie"),
        ("zaken-1.5.1.yaml", "RolNatuurlijkPersoon", "geboortedatum"),
        ("openzaak-zaken.yaml", "Zaak", "identificatie"),
        ("openzaak-zaken.yaml", "NatuurlijkPersoonIdentificatie", "geboortedatum"),
        ("catalogi-1.3.1.yaml", "ResultaatType", "omschrijving"),
    ],
)
async def test_what_the_standard_does_not_say_is_noticed(name: str, schema: str, field: str) -> None:
    async with ZgwStub(CASES) as stub:
        people = [rol for rol in stub.data["rollen"] if rol["omschrijvingGeneriek"] == "initiator"]
        items = {
            "Zaak": stub.data["zaken"], "ResultaatType": stub.data["resultaattypen"],
        }.get(schema, [rol["betrokkeneIdentificatie"] for rol in people])
        for item in items:
            assert errors(name, schema, item) == []
            assert errors(name, schema, {**item, field: 1}), "a number for a text must be refused"


def test_a_request_that_the_standard_does_not_know_is_noticed(exchanges: Sequence[Exchange]) -> None:
    search = next(exchange for exchange in exchanges if exchange.method == "POST")
    for wrong in (
        Exchange("POST", search.path, {"foo": "x"}, search.headers, search.body, 200, None),
        Exchange("POST", search.path, {}, {}, search.body, 200, None),
        Exchange("POST", search.path, {}, search.headers, {"foo": "x"}, 200, None),
        Exchange("POST", search.path, {}, search.headers, {"rol__omschrijvingGeneriek": "aanvrager"}, 200, None),
    ):
        assert all(request_faults(name, wrong) for name in ZAKEN), wrong


@pytest.mark.parametrize(
    "recording, collection",
    [
        ("zaken_zoek_bsn", "zaken"), ("zaken_get_identificatie", "zaken"), ("rollen_initiator", "rollen"),
        ("statussen", "statussen"), ("statustype", "statustypen"), ("statustypen", "statustypen"), ("zaaktype", "zaaktypen"),
    ],
)
async def test_the_stub_sends_the_fields_that_a_running_open_zaak_sent(recording: str, collection: str) -> None:
    body = json.loads((Path(STANDARDS) / "recorded" / f"{recording}.json").read_text())["body"]
    recorded = body["results"][0] if "results" in body else body
    async with ZgwStub(CASES) as stub:
        resources = stub.data[collection]
    for resource in (item for item in resources if item.get("omschrijvingGeneriek") in ("", None, "initiator")):
        assert _shape(resource) == _shape(recorded)


def _shape(value: Any) -> Any:
    """Names of fields, and which of them hold fields again."""
    return {key: _shape(item) for key, item in value.items() if key not in MAY_BE_NULL} if isinstance(value, dict) else None


@pytest.mark.parametrize(
    "recording, path, headers",
    [
        ("zaken_no_crs_412", "/zaken", {}),
        ("zaken_unknown_param_400", "/zaken?foo=x", {"Accept-Crs": "EPSG:4326"}),
        ("zaak_404", "/zaken/00000000-0000-0000-0000-000000000000", {"Accept-Crs": "EPSG:4326"}),
        ("zaken_no_auth_403", "/zaken", {"Accept-Crs": "EPSG:4326", "Authorization": ""}),
    ],
)
async def test_the_stub_refuses_as_a_running_open_zaak_did(recording: str, path: str, headers: dict[str, str]) -> None:
    recorded = json.loads((Path(STANDARDS) / "recorded" / f"{recording}.json").read_text())
    token = jwt.encode({"client_id": CLIENT_ID, "iat": int(time.time())}, SECRET, "HS256")
    async with ZgwStub(CASES) as stub, aiohttp.ClientSession() as session:
        sent = {"Authorization": f"Bearer {token}"} | headers
        async with session.get(stub.zaken_url + path, headers=sent) as response:
            body = await response.json()
            assert response.status == recorded["status"]
            assert response.content_type == recorded["headers"]["Content-Type"]
    assert body.keys() == recorded["body"].keys()
    assert (body["code"], body.get("invalidParams")) == (recorded["body"]["code"], recorded["body"].get("invalidParams"))
