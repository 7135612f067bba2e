"""What every source of case statuses must do; the same tests for the demonstration file and for ZGW over HTTP."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.zaken import Personal, SecondFactor, ZaakNotFound, ZaakStatus, Zaken, ZakenUnavailable, check_bsn
from bot.zaken.demo import DemoZaken
from bot.zaken.demo_data import DemoCase, DemoPerson, demo_cases, demo_persons
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


@pytest.fixture(params=["demo", "zgw"])
async def system(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator["System"]:
    """A case system in which officials work: `advance` puts a case one step further."""
    if request.param == "demo":
        demo = DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY)
        yield System(demo, demo.advance)
        return
    async with ZgwStub(CASES) as stub:
        zgw = ZgwZaken(stub.zaken_url, stub.catalogi_url, CLIENT_ID, SECRET)
        yield System(zgw, stub.advance)
        await zgw.aclose()


@dataclass
class System:
    zaken: Zaken
    advance: Callable[[str], Awaitable[tuple[str, str]]]


async def refusal(zaken: Zaken, identificatie: str, factor: SecondFactor) -> tuple[object, ...]:
    """Everything a caller can see of a look-up that found nothing."""
    with pytest.raises(ZaakNotFound) as caught:
        await zaken.look_up(identificatie, factor)
    return type(caught.value), caught.value.args, str(caught.value), caught.value.__cause__, caught.value.__context__


async def test_a_citizen_hears_status_step_and_expected_date(zaken: Zaken) -> None:
    found = await zaken.look_up(PARKING, BORN)
    assert replace(found, ref="") == ZaakStatus(
        identificatie=PARKING,
        zaaktype="Parkeervergunning aanvragen",
        status="Wij kijken of uw aanvraag compleet is.",
        step=2,
        steps=4,
        started=days(-9),
        expected=days(12),
        finished=None,
        latest=days(47),
        next_step="Wij behandelen uw aanvraag.",
    )
    assert found.ref and found.ref not in repr(found)


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
        if mine.person != theirs.person:
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


# What a case tells besides


async def status_of(zaken: Zaken, digits: int) -> ZaakStatus:
    case = next(case for case in CASES if case.identificatie.endswith(f"{digits:03d}"))
    return await zaken.look_up(number(case), birth(case))


async def test_a_suspended_case_says_so_and_promises_no_date(zaken: Zaken) -> None:
    status = await status_of(zaken, 115)
    assert (status.suspended, status.expected, status.latest) == (True, None, days(28))


async def test_an_extended_case_says_so(zaken: Zaken) -> None:
    assert [(await status_of(zaken, digits)).extended for digits in (116, 117)] == [True, False]


async def test_a_case_over_its_term_says_by_how_many_days(zaken: Zaken) -> None:
    late, on_time = await status_of(zaken, 117), await status_of(zaken, 101)
    assert (late.days_over(TODAY), on_time.days_over(TODAY)) == (6, 0)


async def test_a_case_that_waits_for_a_payment_says_so(zaken: Zaken) -> None:
    assert [(await status_of(zaken, digits)).to_pay for digits in (118, 101)] == [True, False]


async def test_the_next_step_is_told_until_there_is_none(zaken: Zaken) -> None:
    new, last, finished = [await status_of(zaken, digits) for digits in (109, 107, 110)]
    assert new.next_step == "Wij hebben uw aanvraag ontvangen."
    assert last.next_step == "Wij hebben een besluit genomen. U krijgt een brief."
    assert finished.next_step == ""


async def test_number_and_second_factor_give_nothing_personal(zaken: Zaken) -> None:
    for case in FINDABLE:
        status = await zaken.look_up(number(case), birth(case))
        assert status.personal is None
        for text in (case.result, case.result_note, case.status_note, case.suspended, case.extended):
            assert not text or text not in repr(status)


# Own cases, after a login


@pytest.mark.parametrize("person", demo_persons(), ids=lambda person: person.name)
async def test_a_citizen_sees_all_own_cases_and_no_other_newest_first(zaken: Zaken, person: DemoPerson) -> None:
    theirs = sorted((case for case in FINDABLE if case.person == person), key=lambda case: case.started, reverse=True)
    assert [status.identificatie for status in await zaken.own(person.bsn)] == [number(case) for case in theirs]


async def test_own_cases_tell_the_same_as_a_look_up_and_more(zaken: Zaken) -> None:
    for status in await zaken.own(demo_persons()[0].bsn):
        assert replace(status, personal=None) == await zaken.look_up(status.identificatie, BORN)
        assert status.personal is not None


async def test_result_and_reasons_are_for_the_citizen_who_logged_in(zaken: Zaken) -> None:
    told = {status.identificatie[-3:]: status.personal for status in await zaken.own(demo_persons()[0].bsn)}
    assert told["101"] == Personal()
    assert told["115"] == Personal(
        status_note="Wij hebben u op papier om bankafschriften gevraagd.",
        suspension_reason="Wij wachten op uw bankafschriften.",
    )
    assert told["116"] == Personal(extension_reason="Het advies van de brandweer kost meer tijd.")
    assert told["119"] == Personal(
        result="Geweigerd", result_note="In uw straat zijn alle plaatsen vergeven.",
        status_note="U kunt binnen zes weken bezwaar maken.",
    )
    assert "Geweigerd" not in repr(told["119"])


async def test_a_citizen_without_cases_sees_none(zaken: Zaken) -> None:
    assert await zaken.own("999993653") == []


@pytest.mark.parametrize(
    "bsn",
    ["", " ", "0", "999990018", "99999001", "9999900190", "000000000", "999990019 ", "999.990.019", "٩٩٩٩٩٠٠١٩"],
)
async def test_what_is_no_bsn_is_refused_and_not_repeated(zaken: Zaken, bsn: str) -> None:
    with pytest.raises(ValueError) as caught:
        await zaken.own(bsn)
    assert not bsn.strip() or bsn not in str(caught.value)


def test_the_people_of_the_demonstration_have_a_bsn_for_testing_each_their_own() -> None:
    numbers = [person.bsn for person in demo_persons()]
    assert len(set(numbers)) == len(numbers) == 12
    for bsn in numbers:
        check_bsn(bsn)
        assert bsn.startswith("999")
    assert not any(bsn in repr(person) for bsn, person in zip(numbers, demo_persons(), strict=True))


# A case that changes


async def test_who_asked_to_be_told_hears_the_new_status(system: System) -> None:
    ref, status = await system.advance(PARKING)
    told = await system.zaken.announced(ref, status)
    assert told == await system.zaken.look_up(PARKING, BORN)
    assert (told.step, told.status, told.personal) == (3, "Wij behandelen uw aanvraag.", None)


async def test_the_end_of_a_case_is_told(system: System) -> None:
    ref, status = await system.advance("ZAAK-2026-0000000104")
    told = await system.zaken.announced(ref, status)
    assert told and (told.status, told.finished) == ("Het probleem is opgelost.", TODAY)


async def test_a_status_that_another_one_followed_is_not_told(system: System) -> None:
    ref, first = await system.advance(PARKING)
    _, second = await system.advance(PARKING)
    assert await system.zaken.announced(ref, first) is None
    assert await system.zaken.announced(ref, second) is not None


async def test_a_status_that_citizens_are_not_told_of_is_not_told(system: System) -> None:
    await system.advance("ZAAK-2026-0000000118")
    ref, status = await system.advance("ZAAK-2026-0000000118")  # advice of experts: `informeren` is false
    assert await system.zaken.announced(ref, status) is None


@pytest.mark.parametrize("hidden", HIDDEN, ids=number)
async def test_of_an_internal_or_confidential_case_nothing_is_told(system: System, hidden: DemoCase) -> None:
    assert await system.zaken.announced(*await system.advance(number(hidden))) is None


async def test_an_announcement_of_nothing_that_exists_tells_nothing(system: System) -> None:
    ref, status = await system.advance(PARKING)
    for wrong in ((ref + "0", status), (ref, status + "0"), (status, ref), ("", ""), ("https://evil.example/x", status)):
        assert await system.zaken.announced(*wrong) is None


async def test_the_status_of_another_case_tells_nothing(system: System) -> None:
    ref, _ = await system.advance(PARKING)
    _, status = await system.advance("ZAAK-2026-0000000104")
    assert await system.zaken.announced(ref, status) is None


async def test_a_connection_without_faults_has_none(zaken: Zaken) -> None:
    assert await zaken.check() == []


# The demonstration


async def test_a_case_that_is_finished_goes_no_further(tmp_path: Path) -> None:
    zaken = DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY)
    await zaken.advance("ZAAK-2026-0000000104")
    with pytest.raises(ValueError):
        await zaken.advance("ZAAK-2026-0000000104")
    with pytest.raises(ZaakNotFound):
        await zaken.advance("ZAAK-2026-0000009999")


async def test_a_suspended_case_that_goes_on_is_no_longer_suspended(tmp_path: Path) -> None:
    zaken = DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY)
    told = await zaken.announced(*await zaken.advance("ZAAK-2026-0000000115"))
    assert told and (told.suspended, told.expected) == (False, days(28))


async def test_only_the_newest_cases_are_shown(tmp_path: Path) -> None:
    zaken = DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY, most=2)
    assert [status.identificatie[-3:] for status in await zaken.own(demo_persons()[0].bsn)] == ["118", "101"]


async def test_a_file_of_an_earlier_version_is_filled_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "zaken.sqlite")) as db:
        db.executescript(
            "CREATE TABLE zaak (identificatie TEXT); CREATE TABLE seeding (day TEXT NOT NULL);"
            f"INSERT INTO seeding VALUES ('{TODAY.isoformat()}');"
        )
    assert (await DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY).look_up(PARKING, BORN)).step == 2


async def test_many_that_start_at_once_fill_the_file_once(tmp_path: Path) -> None:
    many = [DemoZaken(tmp_path / "zaken.sqlite", today=lambda: TODAY, busy_seconds=20.0) for _ in range(8)]
    assert {(await one).step for one in [asyncio.ensure_future(zaken.look_up(PARKING, BORN)) for zaken in many]} == {2}


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
        assert len(await DemoZaken(path).check()) == 1
