"""What is wrong with the connection to a ZGW case system is said in words an operator can act on."""

from datetime import date

import pytest

from bot.zaken.zgw import OwnCases, ZgwZaken
from tests.integration import zgw_fixtures
from tests.integration.zgw_fixtures import adapter
from tests.stubs.faults import Fault
from tests.stubs.zgw import CLIENT_ID, SECRET, ZgwStub

stub, zaken = zgw_fixtures.stub, zgw_fixtures.zaken

async def test_a_check_tells_nothing_of_a_good_connection_and_asks_little(stub: ZgwStub, zaken: ZgwZaken) -> None:
    assert await zaken.check() == []
    assert len(stub.requests) == 4 and not any("rollen" in request for request in stub.requests)


@pytest.mark.parametrize(
    "fault, words",
    [
        (Fault("status", "/zaken/api/v1/zaken", code=404), ["gives no cases: status 404", "there is nothing at this address"]),
        (Fault("status", "/zaken/api", code=403, problem="permission_denied"), ["gives no cases", "has no authorisation"]),
        (Fault("status", "/_zoek", code=412), ["can't be searched", "Content-Crs"]),
        (Fault("status", "/_zoek", code=403), ["can't be searched", "log in"]),
        (Fault("status", "/zaaktypen", code=500), ["gives no case types: status 500"]),
        (Fault("empty", "/zaaktypen"), ["shows no case types"]),
        (Fault("body", "/zaken/api/v1/zaken", target="<html>"), ["gives no cases: an answer isn't JSON"]),
        (Fault("body", "/zaken/api/v1/zaken", target="{}"), ["something else than a list of cases"]),
        (Fault("body", "/zaaktypen", target="{}"), ["something else than a list of case types"]),
        (Fault("redirect", "/zaken/api", target="https://elsewhere.example/"), ["gives no cases: status 302", "isn't followed"]),
        (Fault("drop", "/zaaktypen"), ["gives no case types: no answer"]),
        (Fault("slow", "/zaaktypen"), ["gives no case types", "takes too long"]),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_a_check_says_what_is_wrong(stub: ZgwStub, fault: Fault, words: list[str]) -> None:
    zaken = adapter(stub, budget_seconds=0.3)
    stub.faults = [fault]
    faults = await zaken.check()
    assert len(faults) == 1
    assert all(word in faults[0] for word in words), faults
    await zaken.aclose()


async def test_a_check_compares_clocks(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.clock_ahead_seconds = 600
    (ahead,) = await zaken.check()
    assert "ahead of the one here" in ahead and "NTP" in ahead
    stub.clock_ahead_seconds = -600
    behind = await zaken.check()
    assert "behind the one here" in behind[0] and len(behind) == 3  # and the tokens are from the server's future


async def test_a_check_compares_addresses(stub: ZgwStub) -> None:
    by_name = stub.root.replace("127.0.0.1", "localhost")
    zaken = ZgwZaken(f"{by_name}/zaken/api/v1", f"{by_name}/catalogi/api/v1", CLIENT_ID, SECRET)
    for zaak in stub.data["zaken"]:
        zaak["startdatum"] = date.today().isoformat()
    faults = await zaken.check()
    await zaken.aclose()
    assert [f"the case system itself writes {stub.zaken_url}" in fault for fault in faults] == [True, False, False]
    assert sum(f"the case system itself writes {stub.catalogi_url}" in fault for fault in faults) == 2


async def test_a_check_says_that_nobody_listens(stub: ZgwStub) -> None:
    zaken = adapter(stub)
    await stub.__aexit__()
    faults = await zaken.check()
    assert len(faults) == 2 and all("nothing listens at this address" in fault for fault in faults)
    await zaken.aclose()


async def test_a_check_says_that_a_level_of_confidentiality_is_misspelt(stub: ZgwStub) -> None:
    zaken = adapter(stub, allowed_confidentiality=["openbaar", "beperkt openbaar"], own=OwnCases(confidentiality=["Openbaar"]))
    assert [fault.split(" is no level")[0] for fault in await zaken.check()] == ["'Openbaar'", "'beperkt openbaar'"]
    await zaken.aclose()
