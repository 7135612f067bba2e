"""Guessing at cases: the lock, what counts, and what doesn't."""

import asyncio
from collections import Counter
from datetime import date

import pytest

from bot.zaken import SecondFactor, ZaakNotFound, ZaakStatus, ZakenUnavailable, spellings
from bot.zaken.guard import GuardedZaken, TooManyAttempts

RIGHT = SecondFactor(geboortedatum=date(1980, 1, 2))
WRONG = SecondFactor(geboortedatum=date(1980, 1, 3))
CASE, OTHER_CASE = "ZAAK-1", "ZAAK-2"


class OneCitizen:
    """A case system in which every case belongs to one citizen; `down` makes it unavailable."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False
        self.closed = False

    async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        self.asked += 1
        await asyncio.sleep(0)  # let others in, as a real look-up does
        if self.down:
            raise ZakenUnavailable
        if factor != RIGHT:
            raise ZaakNotFound
        return ZaakStatus(identificatie, "Parkeervergunning", "Ontvangen", 1, 4, date(2026, 1, 1), None, None)

    async def own(self, bsn: str) -> list[ZaakStatus]:
        return [await self.look_up(CASE, RIGHT)] if bsn == "999990019" else []

    async def announced(self, ref: str, status: str) -> ZaakStatus | None:
        return await self.look_up(ref, RIGHT) if status == "present" else None

    async def check(self) -> list[str]:
        return ["It is down."] if self.down else []

    async def aclose(self) -> None:
        self.closed = True


class Attempts:
    """Counts in memory; `expire` stands for the passing of the time to live."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.ttls: set[int] = set()

    async def get(self, key: str) -> int:
        await asyncio.sleep(0)
        return self.counts[key]

    async def add(self, key: str, ttl_seconds: int) -> int:
        await asyncio.sleep(0)
        self.ttls.add(ttl_seconds)
        self.counts[key] += 1
        return self.counts[key]

    async def clear(self, key: str) -> None:
        del self.counts[key]

    def expire(self) -> None:
        self.counts.clear()


@pytest.fixture
def zaken() -> OneCitizen:
    return OneCitizen()


@pytest.fixture
def attempts() -> Attempts:
    return Attempts()


@pytest.fixture
def guard(zaken: OneCitizen, attempts: Attempts) -> GuardedZaken:
    return GuardedZaken(zaken, attempts, max_attempts_who=9)


async def guess(guard: GuardedZaken, times: int, case: str = CASE, who: str = "a") -> None:
    for _ in range(times):
        with pytest.raises(ZaakNotFound):
            await guard.look_up(case, WRONG, who)


async def locked(guard: GuardedZaken, case: str = CASE, who: str = "a") -> bool:
    """Even with the right factor."""
    try:
        await guard.look_up(case, RIGHT, who)
    except TooManyAttempts:
        return True
    return False


async def test_the_right_factor_still_opens_after_four_wrong_ones(guard: GuardedZaken) -> None:
    await guess(guard, 4)
    assert (await guard.look_up(CASE, RIGHT, "a")).identificatie == CASE


async def test_five_wrong_tries_lock_and_no_more_reaches_the_case_system(
    guard: GuardedZaken, zaken: OneCitizen, attempts: Attempts
) -> None:
    await guess(guard, 5)
    assert await locked(guard)
    assert zaken.asked == 5
    assert attempts.ttls == {3600}


async def test_the_lock_opens_by_itself(guard: GuardedZaken, attempts: Attempts) -> None:
    await guess(guard, 5)
    attempts.expire()
    assert not await locked(guard)


async def test_guesses_at_one_case_spread_over_conversations_lock_the_case(guard: GuardedZaken) -> None:
    for who in "abcde":
        await guess(guard, 1, who=who)
    assert await locked(guard, who="f")
    assert not await locked(guard, case=OTHER_CASE, who="f")


async def test_guesses_from_one_address_spread_over_cases_lock_the_address(guard: GuardedZaken) -> None:
    for number in range(9):
        await guess(guard, 1, case=f"ZAAK-{number}")
    assert await locked(guard, case="ZAAK-99")
    assert not await locked(guard, case="ZAAK-99", who="b")


@pytest.mark.parametrize("spelling", ["zaak-1", " ZAAK-1", "ZAAK 1", "zaak–1.", "Zaak - 1", "ZAAK/1"])
async def test_another_spelling_is_no_new_chance(guard: GuardedZaken, spelling: str) -> None:
    await guess(guard, 5)
    assert await locked(guard, case=spelling, who="b")


async def test_a_hundred_guesses_at_once_are_five(guard: GuardedZaken, zaken: OneCitizen) -> None:
    tries = (guard.look_up(CASE, WRONG, f"conversation {number}") for number in range(100))
    outcomes = Counter(type(outcome) for outcome in await asyncio.gather(*tries, return_exceptions=True))
    assert outcomes == {ZaakNotFound: 5, TooManyAttempts: 95}
    assert zaken.asked == 5


async def test_typing_errors_of_others_at_the_same_address_lock_nobody_out(guard: GuardedZaken) -> None:
    """A library, a town hall, or a mobile network: many citizens share an address."""
    for number in range(4):
        await guess(guard, 2, case=f"ZAAK-{number + 5}", who="library")
    assert not await locked(guard, who="library")


async def test_waiting_for_a_turn_and_the_look_up_together_have_one_end(attempts: Attempts) -> None:
    """Else somebody hears after nine seconds that the case system gives no answer."""
    class Silent(OneCitizen):
        async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
            self.asked += 1
            return await asyncio.Event().wait()  # type: ignore[return-value]

    silent = Silent()
    guard = GuardedZaken(silent, attempts, budget_seconds=0.01)
    outcomes = await asyncio.gather(*(guard.look_up(CASE, RIGHT, who) for who in "ab"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ZakenUnavailable] * 2
    assert not attempts.counts.total()


async def test_an_unavailable_case_system_is_not_the_citizens_mistake(guard: GuardedZaken, zaken: OneCitizen) -> None:
    zaken.down = True
    for _ in range(6):
        with pytest.raises(ZakenUnavailable):
            await guard.look_up(CASE, RIGHT, "a")
    zaken.down = False
    assert not await locked(guard)


async def test_a_right_answer_gives_its_case_a_clean_slate(guard: GuardedZaken) -> None:
    await guess(guard, 4)
    await guard.look_up(CASE, RIGHT, "a")
    await guess(guard, 4, who="b")
    assert not await locked(guard, who="c")


async def test_a_case_of_ones_own_buys_no_guesses_at_others(guard: GuardedZaken) -> None:
    await guess(guard, 4, case=OTHER_CASE)
    await guess(guard, 4, case="ZAAK-5")
    await guard.look_up(CASE, RIGHT, "a")
    await guess(guard, 1, case="ZAAK-3")
    assert await locked(guard, case="ZAAK-4")


async def test_the_same_number_in_another_municipality_is_another_case(zaken: OneCitizen, attempts: Attempts) -> None:
    await guess(GuardedZaken(zaken, attempts, scope="voorbeeld"), 5)
    assert await locked(GuardedZaken(zaken, attempts, scope="voorbeeld"), who="b")
    assert not await locked(GuardedZaken(zaken, attempts, scope="elders"), who="b")


async def test_keys_hold_nothing_that_was_typed(guard: GuardedZaken, attempts: Attempts) -> None:
    await guess(guard, 1, case="ZAAK-2026-0000000101", who="conversation-7")
    await guess(guard, 1, case="mijn \ud800 nummer", who="conversation-7")
    assert len(attempts.counts) == 3
    assert not [key for key in attempts.counts if "0000000101" in key or "conversation-7" in key or "nummer" in key]


async def test_who_logged_in_is_not_guessing_and_is_never_locked_out(guard: GuardedZaken, attempts: Attempts) -> None:
    await guess(guard, 5)
    assert [status.identificatie for status in await guard.own("999990019")] == [CASE]
    assert await guard.own("999990068") == []
    assert attempts.counts.total() == 10  # the five wrong ones, for the case and for the conversation


async def test_an_announcement_is_passed_on_whatever_is_locked(guard: GuardedZaken) -> None:
    await guess(guard, 5)
    told = await guard.announced(CASE, "present")
    assert told and told.identificatie == CASE
    assert await guard.announced(CASE, "earlier") is None


async def test_a_check_is_passed_on(guard: GuardedZaken, zaken: OneCitizen) -> None:
    assert await guard.check() == []
    zaken.down = True
    assert await guard.check() == ["It is down."]


async def test_closing_closes_the_case_system(guard: GuardedZaken, zaken: OneCitizen) -> None:
    await guard.aclose()
    assert zaken.closed


@pytest.mark.parametrize("max_attempts, lock_seconds, max_attempts_who", [(0, 3600, 20), (5, 0, 20), (5, 3600, 0)])
def test_a_guard_that_guards_nothing_is_refused(max_attempts: int, lock_seconds: int, max_attempts_who: int) -> None:
    with pytest.raises(ValueError):
        GuardedZaken(OneCitizen(), Attempts(), max_attempts, lock_seconds, max_attempts_who=max_attempts_who)


# The second factor and the number


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"postcode": "1234AB"},
        {"huisnummer": "1"},
        {"postcode": " ", "huisnummer": "1"},
        {"postcode": "", "huisnummer": ""},
        {"geboortedatum": date(1980, 1, 2), "postcode": "1234AB"},
        {"geboortedatum": date(1980, 1, 2), "postcode": "1234AB", "huisnummer": "1"},
    ],
)
def test_a_factor_is_one_whole_thing(given: dict[str, date | str]) -> None:
    with pytest.raises(ValueError):
        SecondFactor(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("registered", ["", "1980", "1980-01", "01-02-1980", "1980-01-02T00:00"])
def test_a_malformed_registered_birthday_fits_nobody(registered: str) -> None:
    assert not RIGHT.matches(registered, "1234AB", "1")


@pytest.mark.parametrize(
    "postcode, huisnummer", [("99", "x"), ("1234AB", "0"), ("1234AB", "straat"), ("0234AB", "1"), ("1234AB", "123456")]
)
def test_a_malformed_address_does_not_fit_itself(postcode: str, huisnummer: str) -> None:
    assert not SecondFactor(postcode=postcode, huisnummer=huisnummer).matches("", postcode, huisnummer)


def test_a_factor_keeps_its_value_out_of_logs() -> None:
    assert "1980" not in repr(RIGHT)
    assert "1234" not in repr(SecondFactor(postcode="1234AB", huisnummer="1"))


@pytest.mark.parametrize(
    "typed, read",
    [
        ("ZAAK-1", ("ZAAK-1",)),
        (" zaak-1. ", ("zaak-1", "ZAAK-1")),
        ("Z 2026 1", ("Z 2026 1", "Z20261")),
        ("#2026/12", ("2026/12",)),
        ("zaak-2026-0000000101", ("zaak-2026-0000000101", "ZAAK-2026-0000000101", "2026-0000000101")),
        ("   ", ()),
        ("zaak*", ()),
        ("1" * 41, ()),
    ],
)
def test_a_typed_number_is_read_literally_first(typed: str, read: tuple[str, ...]) -> None:
    assert spellings(typed) == read
