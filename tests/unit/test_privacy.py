"""Masking at the door. The numbers are fictitious: they pass or fail the elfproef, and belong to nobody that we know of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from bot.conversation.privacy import MASK, mask

VALID = "123456782"
TYPO = "123456783"  # fails the elfproef


@pytest.mark.parametrize("text", [
    "Mijn nummer is {}.", "{}", "({})", "nummer:{}", "{}, en verder", "regel\n{}\nregel", "het is {}!", "'{}'", "x {} y {}",
])
def test_a_bsn_is_masked_wherever_it_stands(text: str) -> None:
    assert VALID not in mask(text.format(VALID, VALID)) and MASK in mask(text.format(VALID, VALID))


@pytest.mark.parametrize("written", ["123456782", "123 456 782", "1234.56.782", "123-456-782", "１２３４５６７８２"])
def test_it_is_found_however_it_is_written(written: str) -> None:
    assert mask(f"Mijn nummer {written} graag") == f"Mijn nummer {MASK} graag"


@pytest.mark.parametrize("word", ["BSN", "bsn", "burgerservicenummer", "burger service nummer", "sofinummer", "sofi-nummer"])
def test_near_the_word_a_typing_error_is_masked_too(word: str) -> None:
    assert TYPO not in mask(f"Mijn {word} is {TYPO}")
    assert TYPO in mask(f"Mijn klantnummer is {TYPO}"), "the elfproef decides where the word is not there"


@pytest.mark.parametrize("written", [
    "NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "nl91abna0417164300", "DE89370400440532013000",
])
def test_an_iban_is_masked(written: str) -> None:
    assert mask(f"Rekening {written} van mij") == f"Rekening {MASK} van mij"


@pytest.mark.parametrize("text", [
    "Bel mij op 06-12345678", "06 1234 5678", "+31 6 1234 5678", "030-1234567", "ZAAK-2026-0000000101", "1234 AB 12",
    "op 01-12-2026 om 09:20", "factuur 2026/0042", "postcode 1011AB huisnummer 123", "14 0999", "Hoe oud is 5 mei 1945?", "",
])
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


def _with_check_digit(eight: int) -> str:
    """A number that passes the elfproef; one lower where no check digit would do."""
    digits = f"{eight:08d}"
    check = sum(int(d) * (9 - i) for i, d in enumerate(digits)) % 11
    return digits + str(check) if check < 10 else _with_check_digit(eight - 1)


@given(st.integers(min_value=10_000_000, max_value=99_999_999).map(_with_check_digit).filter(bsn.is_valid))
def test_no_valid_bsn_passes(number: str) -> None:
    assert number not in mask(f"ik ben {number} geboren")


@given(st.text(max_size=300))
def test_it_takes_any_text_and_twice_is_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize("written", [
    "bsn123456782", "123 - 456 - 782", "123/456/782", "123,456,782", "123  456  782", "123\u00a0456\u00a0782", "BSN 12345672",
])
def test_unusual_writings_are_masked(written: str) -> None:
    assert MASK in mask(f"Mijn BSN is {written}")


def test_an_ordinary_sentence_is_no_iban() -> None:
    assert mask("Is loket nr12 deze week open") == "Is loket nr12 deze week open"
