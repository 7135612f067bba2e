"""What the ZGW adapter shows after a login, keeps of the catalogue and makes of an announcement: traps, faults and lies."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.zaken import ZaakStatus, ZakenUnavailable
from bot.zaken.zgw import OwnCases, ZgwZaken
from tests.integration import zgw_fixtures
from tests.integration.zgw_fixtures import (
    BORN,
    BRAM,
    BUILDING,
    FATIMA,
    NOOR,
    PARKING,
    adapter,
    initiator,
)
from tests.stubs.faults import Fault
from tests.stubs.zgw import ZgwStub
from tests.stubs.zgw_types import RSIN

stub, zaken = zgw_fixtures.stub, zgw_fixtures.zaken

# Own cases, after a login


def numbers(found: list[ZaakStatus]) -> list[str]:
    return [status.identificatie[-3:] for status in found]


async def test_the_bsn_goes_in_the_body_and_nowhere_else(
    stub: ZgwStub, zaken: ZgwZaken, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with capture_logs() as logs:
        await zaken.own(NOOR)
        stub.faults = [Fault("mixed", "/_zoek")]
        with pytest.raises(ZakenUnavailable) as caught:
            await zaken.own(NOOR)
    assert [exchange.path for exchange in stub.exchanges if NOOR in str(exchange.body)] == ["/zaken/api/v1/zaken/_zoek"] * 2
    assert not [exchange for exchange in stub.exchanges if NOOR in str((exchange.path, exchange.query, exchange.headers))]
    chain: BaseException | None = caught.value
    while chain:
        assert NOOR not in repr(chain)
        chain = chain.__cause__ or chain.__context__
    assert logs and NOOR not in f"{logs} {caplog.text}"


async def test_what_is_no_bsn_is_never_asked(stub: ZgwStub, zaken: ZgwZaken) -> None:
    for wrong in ("", " ", "999990018", "123"):
        with pytest.raises(ValueError):
            await zaken.own(wrong)
    assert stub.requests == []


@pytest.mark.parametrize("kind", ["lying", "mixed", "unfiltered"])
async def test_one_case_of_somebody_else_and_nothing_is_shown(
    stub: ZgwStub, zaken: ZgwZaken, kind: str
) -> None:
    stub.faults = [Fault(kind, "/_zoek")]
    with capture_logs() as logs, pytest.raises(ZakenUnavailable, match="somebody else"):
        await zaken.own(FATIMA)
    assert "somebody else" in logs[0]["reason"] and "ZAAK-" not in str(logs)


async def test_an_answer_that_is_not_believed_keeps_nobody_else_waiting(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("mixed", "/_zoek")]
    for _ in range(6):
        with pytest.raises(ZakenUnavailable, match="somebody else"):
            await zaken.own(FATIMA)
    assert (await zaken.look_up(PARKING, BORN)).step == 2


@pytest.mark.parametrize("kind", ["lying", "empty"])
async def test_a_case_whose_roles_are_not_its_own_is_not_shown(stub: ZgwStub, zaken: ZgwZaken, kind: str) -> None:
    stub.faults = [Fault(kind, "/rollen")]
    with pytest.raises(ZakenUnavailable):
        await zaken.own(NOOR)


async def test_roles_that_are_not_narrowed_mix_nothing_up(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("unfiltered", "/rollen")]
    assert numbers(await zaken.own(BRAM)) == ["102"]


async def test_a_case_started_by_a_neighbour_stays_the_neighbours(stub: ZgwStub, zaken: ZgwZaken) -> None:
    """Open Zaak finds it too: somebody with this BSN has a part in it, and it has an initiator."""
    role = {"omschrijvingGeneriek": "belanghebbende"}
    stub.data["rollen"].append({**initiator(stub, BUILDING), **role, "zaak": stub.zaak(PARKING)["url"]})
    assert numbers(await zaken.own(BRAM)) == ["102"]


async def test_nobody_sees_a_case_of_a_company_with_their_number(stub: ZgwStub, zaken: ZgwZaken) -> None:
    initiator(stub)["betrokkeneType"] = "vestiging"
    with pytest.raises(ZakenUnavailable):
        await zaken.own(NOOR)


@pytest.mark.parametrize(
    "level, shown",
    [
        ("openbaar", True), ("beperkt_openbaar", True), ("zaakvertrouwelijk", True),
        ("intern", False), ("vertrouwelijk", False), ("", False),
    ],
)
async def test_a_login_shows_what_is_for_those_concerned(stub: ZgwStub, zaken: ZgwZaken, level: str, shown: bool) -> None:
    stub.zaak(BUILDING)["vertrouwelijkheidaanduiding"] = level
    assert numbers(await zaken.own(BRAM)) == (["102"] if shown else [])


@pytest.mark.parametrize(("level", "may"), [("beperkt_openbaar", True), ("zaakvertrouwelijk", False)])
async def test_no_notices_are_promised_of_a_case_that_is_never_announced(
    stub: ZgwStub, zaken: ZgwZaken, level: str, may: bool
) -> None:
    """What only who logged in may see is not told later, when nobody proves who they are."""
    stub.zaak(BUILDING)["vertrouwelijkheidaanduiding"] = level
    [found] = await zaken.own(BRAM)
    assert found.may_follow is may
    assert (await zaken.announced(*await stub.advance(BUILDING)) is not None) is may


async def test_a_municipality_may_show_more_after_a_login(stub: ZgwStub) -> None:
    stub.zaak(BUILDING)["vertrouwelijkheidaanduiding"] = "intern"
    generous = adapter(stub, own=OwnCases(confidentiality=["intern"]))
    assert numbers(await generous.own(BRAM)) == ["102"]
    await generous.aclose()


async def test_cases_of_another_organisation_are_not_shown(stub: ZgwStub) -> None:
    ours = adapter(stub, bronorganisatie=RSIN)
    assert numbers(await ours.own(BRAM)) == ["102"]
    stub.faults = [Fault("mixed", "/_zoek")]
    stub.zaak(PARKING)["bronorganisatie"] = "200000007"
    with pytest.raises(ZakenUnavailable, match="another organisation"):
        await ours.own(BRAM)
    await ours.aclose()


async def test_cases_on_several_pages_are_all_shown_once(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.page_size = 2
    assert numbers(await zaken.own(NOOR)) == ["118", "101", "115", "116", "117", "119"]
    assert [exchange.method for exchange in stub.exchanges if "/_zoek" in exchange.path] == ["POST"] * 4


async def test_reading_ends_and_the_newest_are_shown(stub: ZgwStub) -> None:
    stub.page_size = 2
    brief = adapter(stub, own=OwnCases(most=2, read=4))
    assert numbers(await brief.own(NOOR)) == ["101", "115"]  # of the first four
    assert sum("/_zoek" in request for request in stub.requests) == 2
    await brief.aclose()


async def test_many_cases_are_read_a_few_at_once_and_their_type_once(stub: ZgwStub) -> None:
    original, role = stub.zaak(BUILDING), initiator(stub, BUILDING)
    for number in range(60):
        copy = {**original, "url": f"{original['url']}-{number}", "identificatie": f"Z{number:02d}", "status": None}
        stub.data["zaken"].append(copy)
        stub.data["rollen"].append({**role, "zaak": copy["url"]})
    zaken = adapter(stub, own=OwnCases(at_once=4), catalogue_seconds=60.0)
    stub.faults = [Fault("slow", "/rollen")]
    asked = asyncio.create_task(zaken.own(BRAM))
    await stub.held.wait()
    await zaken.check()  # meanwhile all that could come has come
    assert sum("/rollen" in request for request in stub.requests) == 4
    stub.released.set()
    assert len(await asked) == 20
    assert sum("/rollen" in request for request in stub.requests) == 61
    assert sum("/zaaktypen/" in exchange.path for exchange in stub.exchanges) == 1
    await zaken.aclose()


@pytest.mark.parametrize(
    "where", ["/_zoek", "/rollen", "/statussen", "/resultaten", "/zaaktypen", "/statustypen", "/resultaattypen"]
)
@pytest.mark.parametrize("kind", ["status", "slow", "lying"])
async def test_half_a_list_is_never_shown(stub: ZgwStub, where: str, kind: str) -> None:
    hurried = adapter(stub, budget_seconds=0.2)
    stub.faults = [Fault(kind, where)]
    with pytest.raises(ZakenUnavailable):
        await hurried.own(NOOR)
    await hurried.aclose()


async def test_a_refusal_is_never_told_as_a_grant(stub: ZgwStub, zaken: ZgwZaken) -> None:
    parking = stub.zaaktype(PARKING)["url"]
    stub.data["resultaattypen"] = [kind for kind in stub.data["resultaattypen"] if kind["zaaktype"] == parking]
    assert {kind["omschrijving"] for kind in stub.data["resultaattypen"]} == {"Verleend", "Geweigerd"}
    stub.faults = [Fault("lying", "/resultaattypen")]  # the other of the two comes back
    with pytest.raises(ZakenUnavailable):
        await zaken.own(NOOR)


async def test_while_the_catalogue_is_down_no_case_is_shown_without_its_steps(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("status", "/catalogi/", code=503)]
    for question in (zaken.own(NOOR), zaken.look_up(PARKING, BORN)):
        with pytest.raises(ZakenUnavailable, match="503"):
            await question


# The catalogue is kept for a while


async def test_type_and_steps_are_read_once_in_ten_minutes(stub: ZgwStub) -> None:
    now = 0.0
    zaken = adapter(stub, catalogue_seconds=600.0, clock=lambda: now)
    for _ in range(3):
        await zaken.look_up(PARKING, BORN)
    assert sum("/catalogi/" in request for request in stub.requests) == 2
    stub.statustypen(PARKING)[1]["statustekst"] = "Wij lezen uw aanvraag."
    now = 600.0
    assert (await zaken.look_up(PARKING, BORN)).status == "Wij lezen uw aanvraag."
    assert sum("/catalogi/" in request for request in stub.requests) == 4
    await zaken.aclose()


async def test_a_step_that_is_new_in_the_catalogue_is_read_at_once(stub: ZgwStub) -> None:
    zaken = adapter(stub, catalogue_seconds=600.0)
    await zaken.look_up(PARKING, BORN)
    step = {**stub.statustypen(PARKING)[-1], "volgnummer": 5, "statustekst": "Wij sturen u een brief."}
    step["url"] += "-5"
    stub.data["statustypen"].append(step)
    stub.of_zaak("statussen", PARKING)[0]["statustype"] = step["url"]
    status = await zaken.look_up(PARKING, BORN)
    assert (status.status, status.step, status.steps) == ("Wij sturen u een brief.", 5, 5)
    await zaken.aclose()


async def test_what_could_not_be_read_is_not_kept(stub: ZgwStub) -> None:
    zaken = adapter(stub, catalogue_seconds=600.0)
    stub.faults = [Fault("status", "/statustypen", times=1)]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)
    assert (await zaken.look_up(PARKING, BORN)).steps == 4
    await zaken.aclose()


# What was announced


async def test_nothing_of_an_announcement_is_believed(stub: ZgwStub, zaken: ZgwZaken) -> None:
    ref, status = await stub.advance(PARKING)
    for where in ("/zaken/api/v1/zaken/", "/statussen/", "/zaaktypen/", "/statustypen"):
        stub.faults = [Fault("lying", where)]
        with pytest.raises(ZakenUnavailable):
            await zaken.announced(ref, status)


@pytest.mark.parametrize(
    "path",
    ["{evil}/x", "{root}/admin/x", "{zaken}/zaken/../../x", "{zaken}/zaken/%2e%2e/x", "{zaken}/rollen/x", "{zaken}/zaken", ""],
)
async def test_an_announced_address_that_is_no_case_is_not_asked(stub: ZgwStub, zaken: ZgwZaken, path: str) -> None:
    ref, status = await stub.advance(PARKING)
    async with ZgwStub(()) as evil:
        wrong = path.format(evil=evil.zaken_url, root=stub.root, zaken=stub.zaken_url)
        assert await zaken.announced(wrong, status) is None
        assert await zaken.announced(ref, wrong) is None
        assert evil.requests == stub.requests == []


async def test_an_announcement_while_the_case_system_is_down_can_be_tried_again(stub: ZgwStub, zaken: ZgwZaken) -> None:
    ref, status = await stub.advance(PARKING)
    stub.faults = [Fault("status", code=500, times=1)]
    with pytest.raises(ZakenUnavailable):
        await zaken.announced(ref, status)
    assert await zaken.announced(ref, status)


@pytest.mark.parametrize("code", [404, 410])
@pytest.mark.parametrize("where", ["/zaken/api/v1/zaken/", "/statussen/"])
async def test_a_case_that_is_gone_is_not_announced(stub: ZgwStub, zaken: ZgwZaken, where: str, code: int) -> None:
    ref, status = await stub.advance(PARKING)
    stub.faults = [Fault("status", where, code=code)]
    assert await zaken.announced(ref, status) is None


@pytest.mark.parametrize("change", [{"vertrouwelijkheidaanduiding": "zaakvertrouwelijk"}, {"bronorganisatie": "200000007"}])
async def test_a_case_that_may_not_be_told_is_not_announced(stub: ZgwStub, change: dict[str, str]) -> None:
    ours = adapter(stub, bronorganisatie=RSIN)
    ref, status = await stub.advance(PARKING)
    assert await ours.announced(ref, status)
    stub.zaak(PARKING).update(change)
    assert await ours.announced(ref, status) is None
    await ours.aclose()
