"""Licence plates of every combination of the RDW, and what only looks like one. All plates are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dutch import find_kentekens

PLATES = [
    "XX-12-34", "12-34-XX", "12-XX-34", "GB-12-XX", "GB-XX-12", "12-XX-GB", "12-XXX-3", "1-XXX-23", "XX-123-G", "G-123-BB",
    "GBB-12-X", "X-12-GBB", "1-XX-234", "123-XX-4",
]
WRITTEN = {
    "AB-12-CD": "AB-12-CD", "12-abc-3": "12-ABC-3", "g-123-bb": "G-123-BB", "GB123B": "GB-123-B", "GB 123 B": "GB-123-B",
    "gb123b": "GB-123-B", "G–123–BB": "G-123-BB", "G - 123 - BB": "G-123-BB", "Mijn auto (G-123-BB) is weg.": "G-123-BB",
    "kenteken g123bb": "G-123-BB", "met kenteken ab 12 cd graag": "AB-12-CD", "kenteken: 1234XX": "12-34-XX",
    "nummerplaat XX1234": "XX-12-34", "de vergunning staat op GBB12X": "GBB-12-X", "G.123.BB is mijn kenteken": "G-123-BB",
}
NONE = [
    "", "1234 AB", "1234AB", "1234 GB 12", "1234GB12", "mijn kenteken weet ik niet, ik woon op 1234 XX", "3-mei-26", "3 jan 26",
    "12-jan-3", "12-mrt-7", "03-01-1980", "3-1-2026", "2026-12-01", "ZAAK-2026-0000000101", "Z-2025-00417", "2026-001234",
    "AB-12345", "A7K-2FQ9", "06-12345678", "06-12-34-56-78", "NL02ABNA0123456789", "BV 2024", "in NL 2026", "12 van 34",
    "3 van 12", "tussen 10 tm 12 uur", "WIJ ZIJN MET 12 BV 34 HIER", "COVID19", "12-12-AA-4", "jan-12-b@voorbeeld.nl",
    "https://voorbeeld.nl/gb-12-xx", "gb123b en nog iets", "AB-CD-EF", "12-34-56", "12-B-34", "111222333", "9-12 uur",
]


@pytest.mark.parametrize("plate", PLATES)
def test_every_combination_is_found_also_in_small_letters_and_inside_a_sentence(plate: str) -> None:
    for text in (plate, plate.lower(), f"het gaat om {plate.lower()}, een blauwe auto"):
        assert [found.value for found in find_kentekens(text)] == [plate]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_plate_is_understood_as_people_write_it(text: str) -> None:
    assert [found.value for found in find_kentekens(text)] == [WRITTEN[text]]


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_plate_is_none(text: str) -> None:
    assert find_kentekens(text) == []


def test_two_plates_are_found_where_they_stand() -> None:
    text = "van GB-123-X naar 1-xxx-23"
    found = [(text[f.start : f.end], f.value) for f in find_kentekens(text)]
    assert found == [("GB-123-X", "GB-123-X"), ("1-xxx-23", "1-XXX-23")]


@given(st.text(alphabet="abgxz019 -.", max_size=60))
def test_any_text_is_survived(text: str) -> None:
    for found in find_kentekens(text):
        assert 0 <= found.start < found.end <= len(text)
        assert len(found.value) == 8
