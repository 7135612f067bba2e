"""The ZGW adapter against a case system over HTTP: its traps, its faults, and what an attacker may try with it."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import aiohttp
import jwt
import pytest
from structlog.testing import capture_logs

from bot.zaken import SecondFactor, ZaakNotFound, ZakenUnavailable
from bot.zaken.demo_data import demo_cases
from bot.zaken.zgw import ZgwZaken
from tests.integration import zgw_fixtures
from tests.integration.zgw_fixtures import (
    BORN,
    BRAM,
    BUILDING,
    NOOR,
    OTHER_BORN,
    PARKING,
    TODAY,
    adapter,
    initiator,
)
from tests.stubs.faults import Fault
from tests.stubs.zgw import CLIENT_ID, SECRET, ZgwStub
from tests.stubs.zgw_types import RSIN

stub, zaken = zgw_fixtures.stub, zgw_fixtures.zaken

# The case


async def test_a_blank_number_is_never_asked(stub: ZgwStub, zaken: ZgwZaken) -> None:
    for typed in ("", "  ", "\n", "%"):
        with pytest.raises(ZaakNotFound):
            await zaken.look_up(typed, BORN)
    assert stub.requests == []


async def test_the_literal_spelling_goes_before_capitals(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.zaak(PARKING)["identificatie"] = "zaak-x1"
    assert (await zaken.look_up("zaak-x1", BORN)).identificatie == "zaak-x1"


async def test_another_persons_case_is_never_taken_for_this_one(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("lying", "/zaken/api/v1/zaken")]
    for case in demo_cases(TODAY):
        with pytest.raises(ZaakNotFound):
            await zaken.look_up("ZAAK-2026-0000000999", SecondFactor(geboortedatum=case.geboortedatum))
    with pytest.raises(ZaakNotFound):
        await zaken.look_up(PARKING, OTHER_BORN)


async def test_an_initiator_of_another_case_opens_nothing(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("lying", "/rollen")]
    with pytest.raises(ZaakNotFound):
        await zaken.look_up(PARKING, OTHER_BORN)


async def test_an_ignored_filter_mixes_nothing_up(stub: ZgwStub, zaken: ZgwZaken) -> None:
    for where in ("/zaken/api/v1/zaken", "/rollen"):
        stub.faults = [Fault("unfiltered", where)]
        assert (await zaken.look_up(PARKING, BORN)).identificatie == PARKING
        with pytest.raises(ZaakNotFound):
            await zaken.look_up(PARKING, OTHER_BORN)
    stub.faults = [Fault("unfiltered", "/statustypen")]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)


@pytest.mark.parametrize("where", ["/statussen/", "/zaaktypen/", "/statustypen"])
async def test_an_answer_about_something_else_is_no_status(stub: ZgwStub, zaken: ZgwZaken, where: str) -> None:
    stub.faults = [Fault("lying", where)]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)


async def test_a_number_of_two_organisations_needs_the_configured_one(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.zaak(BUILDING).update(identificatie=PARKING, bronorganisatie="200000007")
    with pytest.raises(ZaakNotFound):
        await zaken.look_up(PARKING, BORN)
    ours = adapter(stub, bronorganisatie=RSIN)
    assert (await ours.look_up(PARKING, BORN)).zaaktype == "Parkeervergunning aanvragen"
    await ours.aclose()


async def test_a_case_of_another_organisation_only_is_not_found(stub: ZgwStub) -> None:
    elsewhere = adapter(stub, bronorganisatie="200000007")
    with pytest.raises(ZaakNotFound):
        await elsewhere.look_up(PARKING, BORN)
    await elsewhere.aclose()


@pytest.mark.parametrize("level", ["zaakvertrouwelijk", "geheim", "", None])
async def test_only_configured_confidentiality_is_shown(stub: ZgwStub, zaken: ZgwZaken, level: str | None) -> None:
    stub.zaak(PARKING)["vertrouwelijkheidaanduiding"] = level
    with pytest.raises(ZaakNotFound):
        await zaken.look_up(PARKING, BORN)


async def test_a_municipality_may_allow_more(stub: ZgwStub) -> None:
    stub.zaak(PARKING)["vertrouwelijkheidaanduiding"] = "zaakvertrouwelijk"
    generous = adapter(stub, allowed_confidentiality=["openbaar", "zaakvertrouwelijk"])
    assert (await generous.look_up(PARKING, BORN)).step == 2
    await generous.aclose()


# The person


async def test_a_compact_date_of_birth_fits(stub: ZgwStub, zaken: ZgwZaken) -> None:
    initiator(stub)["betrokkeneIdentificatie"]["geboortedatum"] = "19800102"
    assert (await zaken.look_up(PARKING, BORN)).step == 2


@pytest.mark.parametrize("value", [None, {}, {"geboortedatum": ""}, {"geboortedatum": "1980", "verblijfsadres": None}])
async def test_an_initiator_without_data_opens_for_nobody(stub: ZgwStub, zaken: ZgwZaken, value: object) -> None:
    initiator(stub)["betrokkeneIdentificatie"] = value
    for factor in (BORN, SecondFactor(postcode="1234AB", huisnummer="1")):
        with pytest.raises(ZaakNotFound):
            await zaken.look_up(PARKING, factor)


@pytest.mark.parametrize(
    "change",
    [{"betrokkeneType": "vestiging"}, {"omschrijvingGeneriek": "belanghebbende"}],
    ids=["company", "other role"],
)
async def test_only_a_citizen_who_started_the_case_counts(
    stub: ZgwStub, zaken: ZgwZaken, change: dict[str, str]
) -> None:
    initiator(stub).update(change)
    with pytest.raises(ZaakNotFound):
        await zaken.look_up(PARKING, SecondFactor(postcode="1234AB", huisnummer="1"))


async def test_each_of_two_initiators_may_ask(stub: ZgwStub, zaken: ZgwZaken) -> None:
    partner = initiator(stub) | {"betrokkeneIdentificatie": {"geboortedatum": "1982-05-06"}}
    stub.data["rollen"].append(partner)
    for born in (date(1980, 1, 2), date(1982, 5, 6)):
        assert (await zaken.look_up(PARKING, SecondFactor(geboortedatum=born))).step == 2


# The answer


async def test_the_legal_limit_stands_in_for_a_missing_plan(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.zaak(PARKING).update(einddatumGepland=None, uiterlijkeEinddatumAfdoening="2026-05-02")
    assert (await zaken.look_up(PARKING, BORN)).expected == date(2026, 5, 2)


async def test_a_suspended_case_promises_no_date(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.zaak(PARKING)["opschorting"]["indicatie"] = True
    assert (await zaken.look_up(PARKING, BORN)).expected is None


async def test_steps_are_counted_over_all_pages_and_in_order(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.page_size = 2
    for statustype in stub.statustypen(BUILDING):
        statustype["volgnummer"] *= 10  # numbers needn't be consecutive
    status = await zaken.look_up(BUILDING, OTHER_BORN)
    assert (status.step, status.steps) == (3, 5)
    assert any("page=3" in request for request in stub.requests)


async def test_a_running_case_of_a_concept_type_has_steps(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.zaaktype(PARKING)["concept"] = True
    assert (await zaken.look_up(PARKING, BORN)).steps == 4


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "null", "{}", '{"results": null}', '{"results": [1]}', "[" * 99_999]
)
async def test_a_malformed_answer_is_no_status(stub: ZgwStub, zaken: ZgwZaken, body: str) -> None:
    stub.faults = [Fault("body", target=body)]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)


async def test_an_endless_answer_is_cut_off(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("body", target='{"results": "' + "x" * 3_000_000 + '"}')]
    with pytest.raises(ZakenUnavailable, match="too large"):
        await zaken.look_up(PARKING, BORN)


async def test_an_endless_list_is_cut_off(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("body", "/rollen", target=f'{{"results": [], "next": "{stub.zaken_url}/rollen"}}')]
    with pytest.raises(ZakenUnavailable, match="no end"):
        await zaken.look_up(PARKING, BORN)


@pytest.mark.parametrize("field, value", [("startdatum", "gisteren"), ("startdatum", None), ("status", 7)])
async def test_a_field_of_the_wrong_kind_is_no_status(
    stub: ZgwStub, zaken: ZgwZaken, field: str, value: object
) -> None:
    stub.zaak(PARKING)[field] = value
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)


# Addresses in answers


@pytest.mark.parametrize("field", ["zaaktype", "status"])
@pytest.mark.parametrize(
    "path",
    ["{evil}/x", "{root}/admin/x", "{zaken}/../../../x", "{zaken}/%2e%2e/x", "{zaken}/..%2f..%2fx", "/x", "file:///x"],
)
async def test_an_address_outside_the_apis_is_not_followed(
    stub: ZgwStub, zaken: ZgwZaken, field: str, path: str
) -> None:
    async with ZgwStub(()) as evil:
        stub.zaak(PARKING)[field] = path.format(evil=evil.root, root=stub.root, zaken=stub.zaken_url)
        with pytest.raises(ZakenUnavailable):
            await zaken.look_up(PARKING, BORN)
        assert evil.requests == []
    assert not [request for request in stub.requests if request.endswith("x")]


async def test_a_next_page_outside_the_apis_is_not_followed(stub: ZgwStub, zaken: ZgwZaken) -> None:
    async with ZgwStub(()) as evil:
        stub.faults = [Fault("body", "/statustypen", target=f'{{"results": [], "next": "{evil.zaken_url}/zaken"}}')]
        with pytest.raises(ZakenUnavailable):
            await zaken.look_up(PARKING, BORN)
        assert evil.requests == []


async def test_a_redirect_is_not_followed(stub: ZgwStub, zaken: ZgwZaken) -> None:
    async with ZgwStub(()) as evil:
        stub.faults = [Fault("redirect", "/statussen", target=f"{evil.root}/x")]
        with pytest.raises(ZakenUnavailable):
            await zaken.look_up(PARKING, BORN)
        assert evil.requests == []


# Faults


@pytest.mark.parametrize("code", [502, 503, 504])
async def test_a_hiccup_is_tried_once_more(stub: ZgwStub, zaken: ZgwZaken, code: int) -> None:
    stub.faults = [Fault("status", times=1, code=code)]
    assert (await zaken.look_up(PARKING, BORN)).step == 2
    assert len(stub.requests) == 6


async def test_a_cut_connection_is_tried_once_more(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("drop", times=2)]  # aiohttp's own repetition is cut too
    assert (await zaken.look_up(PARKING, BORN)).step == 2
    assert len(stub.requests) == 7


@pytest.mark.parametrize(
    "fault, asked",
    [
        (Fault("status", code=500), 1),
        (Fault("status", code=400), 1),
        (Fault("status", code=429), 1),
        (Fault("status", code=503), 2),
        (Fault("drop"), 4),
    ],
    ids=["500", "400", "429", "503", "drop"],
)
async def test_a_failing_case_system_is_unavailable(stub: ZgwStub, zaken: ZgwZaken, fault: Fault, asked: int) -> None:
    stub.faults = [fault]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)
    assert len(stub.requests) == asked


@pytest.mark.parametrize("where", ["/zaaktypen", "/statustypen", "/statussen", "/rollen"])
@pytest.mark.parametrize("code", [403, 404, 500])
async def test_half_an_answer_is_no_answer(stub: ZgwStub, zaken: ZgwZaken, where: str, code: int) -> None:
    stub.faults = [Fault("status", where, code=code)]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)


@pytest.mark.parametrize("where", ["/zaken/api/v1/zaken", "/rollen"])
async def test_a_slow_case_system_ends_with_the_budget(stub: ZgwStub, where: str) -> None:
    hurried = adapter(stub, budget_seconds=0.2)
    stub.faults = [Fault("slow", where)]  # never answers within this test
    with pytest.raises(ZakenUnavailable):
        await hurried.look_up(PARKING, BORN)
    await hurried.aclose()


async def test_nobody_listening_is_unavailable(stub: ZgwStub) -> None:
    zaken = adapter(stub)
    await stub.__aexit__()
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)
    await zaken.aclose()


@pytest.mark.parametrize(
    "wrong, cause",
    [
        ({"secret": "another-secret-that-is-long-enough-too"}, "403 (invalid-jwt-signature): the secret isn't"),
        ({"client_id": "stranger"}, "403 (invalid-client-identifier): the client id isn't known"),
        ({"clock": 7200.0}, "403 (jwt-expired): the token counts as too old there: the clocks differ"),
        ({"fault": Fault("status", code=403, problem="permission_denied")}, "403 (permission_denied): this client id has no"),
        ({"fault": Fault("status", code=401, problem="not_authenticated")}, "401 (not_authenticated): the token is missing"),
        ({"fault": Fault("status", code=401, problem="999990019")}, "401: the credentials aren't accepted"),
    ],
)
async def test_wrong_credentials_are_told_to_the_operator_and_an_outage_to_the_citizen(
    stub: ZgwStub, wrong: dict[str, Any], cause: str
) -> None:
    stub.clock_ahead_seconds = wrong.get("clock", 0.0)
    stub.faults = [wrong["fault"]] if "fault" in wrong else []
    stranger = adapter(stub, **{name: wrong[name] for name in ("secret", "client_id") if name in wrong})
    for question in (stranger.look_up(PARKING, BORN), stranger.own(NOOR)):
        with capture_logs() as logs, pytest.raises(ZakenUnavailable):
            await question
        assert logs[0]["event"] == "zaken_unavailable" and cause in logs[0]["reason"]
    assert [fault for fault in await stranger.check() if cause in fault]
    await stranger.aclose()


async def test_it_is_left_alone_after_five_failures_and_probed_once_later(stub: ZgwStub) -> None:
    now = 100.0
    zaken = adapter(stub, clock=lambda: now)
    stub.faults = [Fault("status", code=500)]
    for _ in range(7):
        with pytest.raises(ZakenUnavailable):
            await zaken.look_up(PARKING, BORN)
    assert len(stub.requests) == 5

    now = 130.0
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)
    assert len(stub.requests) == 6

    now, stub.faults = 160.0, []
    assert (await zaken.look_up(PARKING, BORN)).step == 2
    assert (await zaken.look_up(PARKING, BORN)).step == 2
    await zaken.aclose()


async def test_while_a_probe_is_out_others_are_not_kept_waiting(stub: ZgwStub) -> None:
    now = 0.0
    zaken = adapter(stub, failures=1, clock=lambda: now)
    stub.faults = [Fault("status", times=1), Fault("slow")]
    with pytest.raises(ZakenUnavailable):
        await zaken.look_up(PARKING, BORN)
    now = 31.0
    probe = asyncio.create_task(zaken.look_up(PARKING, BORN))
    await stub.held.wait()
    with pytest.raises(ZakenUnavailable, match="left alone"):
        await zaken.look_up(PARKING, BORN)
    stub.released.set()
    assert (await probe).step == 2
    await zaken.aclose()


async def test_a_citizen_who_errs_does_not_open_the_circuit(stub: ZgwStub, zaken: ZgwZaken) -> None:
    for _ in range(6):
        with pytest.raises(ZaakNotFound):
            await zaken.look_up(PARKING, OTHER_BORN)
    assert (await zaken.look_up(PARKING, BORN)).step == 2


async def test_logs_name_neither_case_nor_person(stub: ZgwStub, zaken: ZgwZaken) -> None:
    stub.faults = [Fault("drop", times=4), Fault("status", code=500, times=1), Fault("body", times=1, target="{}")]
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(ZakenUnavailable):
                await zaken.look_up(PARKING, BORN)
    assert [record["action"] for record in logs] == ["look_up"] * 3
    assert PARKING not in str(logs) and "1980" not in str(logs)


# The stub keeps the traps of a running Open Zaak.


@pytest.fixture
async def browser(stub: ZgwStub) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token()}"}) as session:
        yield session


def token(age_seconds: int = 0, **claims: Any) -> str:
    return jwt.encode({"client_id": CLIENT_ID, "iat": int(time.time()) - age_seconds, **claims}, SECRET, "HS256")


async def answer(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, str, Any]:
    async with session.get(url, headers=headers) as response:
        return response.status, response.content_type, await response.json()


@pytest.mark.parametrize(
    "authorization, code",
    [
        ("", "permission_denied"),
        (f"Bearer {token(3700)}", "jwt-expired"),
        (f"Bearer {token(-86_400)}", "invalid-jwt-signature"),  # made when the tests are collected, minutes before they run
        ("Bearer " + jwt.encode({"client_id": CLIENT_ID}, "k" * 32, "HS256"), "invalid-jwt-signature"),
        (f"Bearer {token(client_id='stranger')}", "invalid-client-identifier"),
    ],
)
async def test_the_stub_checks_tokens(
    stub: ZgwStub, browser: aiohttp.ClientSession, authorization: str, code: str
) -> None:
    status, content_type, body = await answer(browser, f"{stub.zaken_url}/zaken", Authorization=authorization)
    assert (status, content_type, body["code"]) == (403, "application/json", code)


async def test_the_stub_filters_as_open_zaak_does(stub: ZgwStub, browser: aiohttp.ClientSession) -> None:
    async def zaken(query: str) -> tuple[int, Any]:
        status, _, body = await answer(browser, f"{stub.zaken_url}/zaken{query}", **{"Accept-Crs": "EPSG:4326"})
        return status, body.get("count", body.get("code"))

    assert (await answer(browser, f"{stub.zaken_url}/zaken"))[0] == 412
    assert await zaken("?foo=x") == (400, "invalid")
    assert await zaken("?identificatie=") == (200, 19)
    assert await zaken("?identificatie=%20") == (200, 19)
    assert await zaken(f"?identificatie={PARKING}") == (200, 1)
    assert await zaken(f"?identificatie={PARKING.lower()}") == (200, 0)
    assert await zaken("?page=2") == (404, "not_found")
    assert await zaken("/00000000-0000-0000-0000-000000000000") == (404, "not_found")


async def test_the_stub_searches_as_open_zaak_does(stub: ZgwStub, browser: aiohttp.ClientSession) -> None:
    async def search(body: dict[str, Any], **headers: str) -> tuple[int, Any]:
        async with browser.post(f"{stub.zaken_url}/zaken/_zoek", json=body, headers=headers) as response:
            answer = await response.json()
            return response.status, answer.get("count", answer.get("code"))

    crs = {"Content-Crs": "EPSG:4326"}
    bsn = "rol__betrokkeneIdentificatie__natuurlijkPersoon__inpBsn"
    assert await search({bsn: BRAM}) == (412, "precondition_failed")
    assert await search({}, **crs) == (400, "empty_search_body")
    assert await search({"foo": "x"}, **crs) == (200, 19)
    assert await search({bsn: ""}, **crs) == (200, 19)
    assert await search({bsn: BRAM}, **crs) == (200, 1)
    assert await search({bsn: BRAM, "identificatie": PARKING}, **crs) == (200, 0)
    assert (await search({bsn: BRAM, "expand": "status"}, **crs))[0] == 500
    assert await search({bsn: BRAM, "expand": ["status"]}, **crs) == (200, 1)
