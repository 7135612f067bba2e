"""What every source of case statuses must do; the same tests for the demonstration file and for ZGW over HTTP."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import RefResolver
from openapi_schema_validator import OAS30Validator

from bot.zaken import SecondFactor, ZaakNotFound, ZaakStatus, Zaken, ZakenUnavailable
from bot.zaken.demo import DemoCase, DemoZaken, demo_cases
from bot.zaken.zgw import ZgwZaken
from tests.stubs.zgw import CLIENT_ID, SECRET, ZgwStub

TODAY = date(2026, 3, 16)
CASES = demo_cases(TODAY)
FINDABLE = [case for case in CASES if case.findable]
HIDDEN = [case for case in CASES if not case.findable]
PARKING = "ZAAK-2026-0000000101"
BORN = SecondFactor(geboortedatum=date(1980, 1, 2))


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def birth(case: DemoCase) -> SecondFactor:
    return SecondFactor(geboortedatum=case.geboortedatum)


def address(case: DemoCase) -> SecondFactor:
    return SecondFactor(postcode=case.postcode, huisnummer=case.huisnummer)


def number(case: DemoCase) -> str:
    return case.identificatie


@pytest.fixture(params=["demo", "zgw"])
async def zaken(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Zaken]:
    if request.param == "demo":
        yield DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY)
        return
    async with ZgwStub(CASES) as stub:
        zgw = ZgwZaken(stub.zaken_url, stub.catalogi_url, CLIENT_ID, SECRET)
        yield zgw
        await zgw.aclose()


async def refusal(zaken: Zaken, identificatie: str, factor: SecondFactor) -> tuple[object, ...]:
    """Everything a caller can see of a look-up that found nothing."""
    with pytest.raises(ZaakNotFound) as caught:
        await zaken.look_up(identificatie, factor)
    return type(caught.value), caught.value.args, str(caught.value), caught.value.__cause__, caught.value.__context__


async def test_a_citizen_hears_status_step_and_expected_date(zaken: Zaken) -> None:
    assert await zaken.look_up(PARKING, BORN) == ZaakStatus(
        identificatie=PARKING,
        zaaktype="Parkeervergunning aanvragen",
        status="Wij kijken of uw aanvraag compleet is.",
        step=2,
        steps=4,
        started=days(-9),
        expected=days(12),
        finished=None,
    )


async def test_a_finished_case_has_its_end_and_nothing_to_expect(zaken: Zaken) -> None:
    status = await zaken.look_up("ZAAK-2026-0000000105", SecondFactor(geboortedatum=date(1990, 8, 21)))
    assert (status.status, status.step, status.steps) == ("De geboorteakte is klaar.", 2, 2)
    assert (status.finished, status.expected) == (days(-4), None)


async def test_a_case_without_a_planned_end_promises_none(zaken: Zaken) -> None:
    status = await zaken.look_up("ZAAK-2026-0000000108", SecondFactor(geboortedatum=date(1971, 10, 1)))
    assert (status.step, status.expected, status.finished) == (2, None, None)


async def test_a_case_without_a_status_yet_gets_no_invented_one(zaken: Zaken) -> None:
    status = await zaken.look_up("ZAAK-2026-0000000109", SecondFactor(geboortedatum=date(2001, 2, 28)))
    assert (status.status, status.step, status.steps) == ("", 0, 4)


async def test_a_step_without_a_citizen_text_shows_its_name(zaken: Zaken) -> None:
    status = await zaken.look_up("ZAAK-2026-0000000107", SecondFactor(geboortedatum=date(1959, 4, 18)))
    assert status.status == "Wij beoordelen uw inkomen en vermogen"


@pytest.mark.parametrize("case", FINDABLE, ids=number)
async def test_every_case_opens_with_either_factor(zaken: Zaken, case: DemoCase) -> None:
    by_birth, by_address = (
        await zaken.look_up(number(case), birth(case)),
        await zaken.look_up(number(case), address(case)),
    )
    assert by_birth == by_address
    assert (by_birth.identificatie, by_birth.zaaktype) == (number(case), case.zaaktype.name)
    assert (by_birth.step, by_birth.started, by_birth.finished) == (case.step, case.started, case.finished)


@pytest.mark.parametrize(
    "typed", [PARKING.lower(), f"  {PARKING} ", "zaak - 2026 - 0000000101", "ZAAK–2026–0000000101."]
)
async def test_a_number_typed_carelessly_is_still_found(zaken: Zaken, typed: str) -> None:
    assert (await zaken.look_up(typed, BORN)).identificatie == PARKING


@pytest.mark.parametrize("postcode, huisnummer", [("1234ab", "12a"), ("1234 AB", "12 A"), (" 1234 ab ", "12-A")])
async def test_an_address_typed_carelessly_still_fits(zaken: Zaken, postcode: str, huisnummer: str) -> None:
    factor = SecondFactor(postcode=postcode, huisnummer=huisnummer)
    assert (await zaken.look_up("ZAAK-2026-0000000102", factor)).step == 3


@pytest.mark.parametrize("huisnummer", ["12", "12 B", "1", "12 AA", "112 A", "A", "12 A-1"])
async def test_a_neighbour_finds_nothing(zaken: Zaken, huisnummer: str) -> None:
    await refusal(zaken, "ZAAK-2026-0000000102", SecondFactor(postcode="1234AB", huisnummer=huisnummer))


async def test_letter_and_addition_are_not_run_into_the_number(zaken: Zaken) -> None:
    assert await zaken.look_up("ZAAK-2026-0000000104", SecondFactor(postcode="1235EF", huisnummer="24-2"))
    await refusal(zaken, "ZAAK-2026-0000000104", SecondFactor(postcode="1235EF", huisnummer="242"))


async def test_unknown_wrong_internal_and_confidential_look_the_same(zaken: Zaken) -> None:
    unknown = await refusal(zaken, "ZAAK-2026-0000009999", BORN)
    assert await refusal(zaken, PARKING, SecondFactor(geboortedatum=date(1980, 1, 3))) == unknown
    assert await refusal(zaken, PARKING, SecondFactor(postcode="1234AB", huisnummer="2")) == unknown
    assert len(HIDDEN) == 2
    for hidden in HIDDEN:
        assert await refusal(zaken, number(hidden), birth(hidden)) == unknown
        assert await refusal(zaken, number(hidden), address(hidden)) == unknown


async def test_the_factor_of_another_citizen_opens_nothing(zaken: Zaken) -> None:
    for mine, theirs in pairwise(FINDABLE):
        await refusal(zaken, number(mine), birth(theirs))
        await refusal(zaken, number(mine), address(theirs))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\u200b",
        "%",
        "*",
        "ZAAK-2026-%",
        "' OR '1'='1",
        f"{PARKING}\x00",
        f"{PARKING}&page=2",
        "9" * 41,
        "🎉",
    ],
)
async def test_what_is_no_case_number_finds_nothing(zaken: Zaken, typed: str) -> None:
    await refusal(zaken, typed, BORN)


async def test_many_citizens_at_once_each_get_their_own_case(zaken: Zaken) -> None:
    answers = await asyncio.gather(*(zaken.look_up(number(case), birth(case)) for case in FINDABLE * 3))
    assert [answer.identificatie for answer in answers] == [number(case) for case in FINDABLE * 3]


async def test_it_can_be_closed_twice(zaken: Zaken) -> None:
    await zaken.look_up(PARKING, BORN)
    await zaken.aclose()
    await zaken.aclose()


async def test_the_demonstration_stays_the_same_for_two_weeks_and_is_then_set_anew(tmp_path: Path) -> None:
    today = TODAY
    zaken = DemoZaken(tmp_path / "zaken.sqlite", today=lambda: today)
    first = await zaken.look_up(PARKING, BORN)
    today = days(13)
    assert await zaken.look_up(PARKING, BORN) == first
    today = days(14)
    assert (await zaken.look_up(PARKING, BORN)).started == days(14 - 9)


async def test_a_demonstration_file_that_is_none_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("This is no database, only a text that is long enough.", encoding="utf-8")
    for path in (tmp_path / "text.sqlite", tmp_path, tmp_path / "text.sqlite" / "below.sqlite"):
        with pytest.raises(ZakenUnavailable):
            await DemoZaken(path).look_up(PARKING, BORN)


# The stub is only worth something if it answers as the standard says.

STANDARDS = os.environ.get("STANDARDS_DIR", "")
needs_standards = pytest.mark.skipif(
    not STANDARDS, reason="STANDARDS_DIR doesn't name a folder with openapi/zaken-1.5.1.yaml and its companions"
)


@cache
def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(
        (Path(STANDARDS) / "openapi" / name).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    if name.startswith("catalogi"):
        # A known slip of the document: a list of URLs, which every implementation sends, is called a string.
        loaded["components"]["schemas"]["ZaakType"]["properties"]["informatieobjecttypen"] = {"type": "array"}
    return loaded


# What a running Open Zaak sends empty, although the documents don't allow it; and nobody in these tests has a BSN.
SENT_EMPTY = {"gezetdoor", "inpA_nummer", "opdrachtgevendeOrganisatie", "inpBsn"}


def errors(name: str, schema: str, item: Mapping[str, Any]) -> list[str]:
    """Why `item` isn't the document's `schema`."""
    described = document(name)["components"]["schemas"][schema]

    def skipped(key: str) -> bool:
        """Empty and allowed to be, for the validator trips over null where a reference is nullable."""
        nullable = described["properties"].get(key, {"nullable": True}).get("nullable", False)
        return item[key] in (None, "") and (
            key in SENT_EMPTY or (nullable and key not in described.get("required", ()))
        )

    resolver = RefResolver.from_schema(document(name))
    validator = OAS30Validator({"$ref": f"#/components/schemas/{schema}"}, resolver=resolver)
    found = validator.iter_errors({key: value for key, value in item.items() if not skipped(key)})
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


@needs_standards
@pytest.mark.parametrize(
    "name, schema, collection",
    [
        ("zaken-1.5.1.yaml", "Zaak", "zaken"),
        ("zaken-1.5.1.yaml", "Status", "statussen"),
        ("zaken-1.5.1.yaml", "Rol", "rollen"),
        ("zaken-1.5.1.yaml", "RolNatuurlijkPersoon", "initiators"),
        ("openzaak-zaken.yaml", "Zaak", "zaken"),
        ("openzaak-zaken.yaml", "Status", "statussen"),
        ("openzaak-zaken.yaml", "Base_RolSerializer", "rollen"),
        ("openzaak-zaken.yaml", "NatuurlijkPersoonIdentificatie", "initiators"),
        ("catalogi-1.3.1.yaml", "ZaakType", "zaaktypen"),
        ("catalogi-1.3.1.yaml", "StatusType", "statustypen"),
    ],
)
async def test_the_stub_answers_as_the_standard_says(name: str, schema: str, collection: str) -> None:
    async with ZgwStub(CASES) as stub:
        people = [rol for rol in stub.data["rollen"] if rol["omschrijvingGeneriek"] == "initiator"]
        initiators = [rol["betrokkeneIdentificatie"] for rol in people]
    items = {**stub.data, "initiators": initiators}[collection]
    assert items
    for item in items:
        assert errors(name, schema, item) == []
        text = "url" if "url" in item else "geboortedatum"
        assert errors(name, schema, {**item, text: 1}), "a number for a text must be refused"
