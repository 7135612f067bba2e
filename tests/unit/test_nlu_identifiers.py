"""A citizen gives a case number, an address, an e-mail address or a telephone number. All of them are fictitious."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import dutch

BSN = "111222333"  # passes the elfproef; issued to nobody

ZAKEN = {
    "ZAAK-2026-0000000101": "ZAAK-2026-0000000101", "zaak-2026-0000000101": "ZAAK-2026-0000000101",
    "zaak 2026 0000000101": "ZAAK-2026-0000000101", "ZAAK - 2026 - 0000000101": "ZAAK-2026-0000000101",
    "ZAAK–2026–0000000101": "ZAAK-2026-0000000101", "zaak2026-0000000101": "ZAAK-2026-0000000101",
    "het is ZAAK-2026-0000000101.": "ZAAK-2026-0000000101", "2026-001234": "2026-001234",
    "het is 2026-0000000101": "ZAAK-2026-0000000101", "2026 001234": "2026-001234",
    "zaak 2026-001234": "2026-001234", "mijn zaaknummer is 2026-001234.": "2026-001234", "2026/001234": "2026-001234",
    "Z/26/123456": "Z/26/123456", "z/26/123456": "Z/26/123456", "Z26/123456": "Z26/123456", "z-2025-00417": "Z-2025-00417",
    "W.Z26.100234.01": "W.Z26.100234.01", "zaaknummer is w.z26.100234.01": "W.Z26.100234.01", "kenmerk: AB-12345": "AB-12345",
    "123456": "123456",
}
NO_ZAKEN = [
    "", "geen idee", "ik weet het niet", "2026", "zaak", BSN, f"mijn bsn is {BSN}", f"zaaknummer {BSN}", "2026-12-01",
    "12-03-1990", "12031990", "06-12345678", "0612345678", "1234 AB", "1234AB12", "2026-001234 en 2026-001235",
    "ik heb nog 2 vragen",
]
ADDRESSES = {
    "1234 AB 12": ("1234AB", "12"), "1234ab 12": ("1234AB", "12"), "1234AB12": ("1234AB", "12"), "1234ab12a": ("1234AB", "12a"),
    "1234 AB, nummer 12a": ("1234AB", "12a"), "1234-AB nr. 7": ("1234AB", "7"), "1234.ab,12": ("1234AB", "12"),
    "mijn postcode is 1234ab en huisnummer 12": ("1234AB", "12"), "Kerkstraat 12 a, 1234 AB Voorbeeld": ("1234AB", "12a"),
    "nummer 12 op 1234 AB": ("1234AB", "12"), "1234 AB 12-2": ("1234AB", "12-2"), "1234AB 12 A-2": ("1234AB", "12a-2"),
    "1234 AB 12 bis": ("1234AB", "12bis"), "1234 AB 12 hs": ("1234AB", "12hs"), "1234 a b 12": ("1234AB", "12"),
    "1234 IS 5": ("1234IS", "5"), "1234 AB nr. 7-III": ("1234AB", "7-iii"),
}
NO_ADDRESSES = [
    "", "1234 AB", "nummer 12", "Kerkstraat 12", "1234 SS 12", "0123 AB 12", "123 AB 12", "sinds 2024 is het zo",
    "ik ben op 1990 op reis gegaan", "vanaf 2026 op 3 januari", "1234 AB 12 en 5678 CD 13", "ZAAK-2026-0000000101",
]
EMAILS = {
    "jan@voorbeeld.nl": "jan@voorbeeld.nl", "Jan.de-Vries@Voorbeeld.NL": "jan.de-vries@voorbeeld.nl",
    "mijn mail is jan@voorbeeld.nl.": "jan@voorbeeld.nl", "jan @ voorbeeld.nl": "jan@voorbeeld.nl",
    "jan@voorbeeld .nl": "jan@voorbeeld.nl", "jan@voorbeeld,nl": "jan@voorbeeld.nl", "jan(at)voorbeeld.nl": "jan@voorbeeld.nl",
    "jan apenstaartje voorbeeld.nl": "jan@voorbeeld.nl", "jan at voorbeeld punt nl": "jan@voorbeeld.nl",
    "<jan@voorbeeld.nl>": "jan@voorbeeld.nl", "mailto:jan@voorbeeld.nl": "jan@voorbeeld.nl",
    "jan+balie@voorbeeld.co.uk": "jan+balie@voorbeeld.co.uk", "jan@voorbeeld.nl, 0612345678": "jan@voorbeeld.nl",
}
NO_EMAILS = ["", "jan", "jan@voorbeeld", "jan@@voorbeeld.nl", "jan@voorbeeld..nl", "jan@voorbeeld.con", "@voorbeeld.nl",
             "voorbeeld.nl", "a@voorbeeld.nl of b@voorbeeld.nl", "jan@voorbeeld.n"]
PHONES = {
    "0612345678": "+31612345678", "06-12345678": "+31612345678", "06 12 34 56 78": "+31612345678",
    "06 - 12345678": "+31612345678", "06.12.34.56.78": "+31612345678", "06/12345678": "+31612345678",
    "o6-12345678": "+31612345678", "+31612345678": "+31612345678", "+31 6 1234 5678": "+31612345678",
    "+31 (0)6 12345678": "+31612345678", "0031612345678": "+31612345678", "(020) 6241111": "+31206241111",
    "020-6241111": "+31206241111", "bel me op 0612345678 aub": "+31612345678", "+32 470 12 34 56": "+32470123456",
}
NO_PHONES = ["", "06-1234567", "061234567890", "612345678", BSN, "2026-001234", "00000000000", "01-02-2026 10:30",
             "0612345678 of 0687654321", "1234 AB 12", "ZAAK-2026-0000000101", "12-03-1990"]


@pytest.mark.parametrize("text", ZAKEN)
def test_a_case_number_is_understood(text: str) -> None:
    assert dutch.parse_zaaknummer(text) == ZAKEN[text]


@pytest.mark.parametrize("text", NO_ZAKEN)
def test_what_is_no_single_case_number_is_refused(text: str) -> None:
    assert dutch.parse_zaaknummer(text) is None


@pytest.mark.parametrize("text", ADDRESSES)
def test_a_postcode_with_house_number_is_understood(text: str) -> None:
    assert dutch.parse_postcode_huisnummer(text) == ADDRESSES[text]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_half_an_address_or_two_is_refused(text: str) -> None:
    assert dutch.parse_postcode_huisnummer(text) is None


@pytest.mark.parametrize(("text", "postcode"), [
    ("1234 AB", "1234AB"), ("1234ab", "1234AB"), ("postcode 1234 is", "1234IS"), ("1234 is", "1234IS"), ("2024 is het", None),
    ("1234 SA", None), ("1234 ABC", None), ("12345 AB", None),
])
def test_a_postcode_alone(text: str, postcode: str | None) -> None:
    assert dutch.parse_postcode(text) == postcode


@pytest.mark.parametrize(("text", "number"), [
    ("12", "12"), ("12a", "12a"), ("12 A", "12a"), ("nr 12", "12"), ("huisnr. 12-2", "12-2"), ("Kerkstraat 12", "12"),
    ("2024", "2024"), ("sinds 2024", None), ("12 of 13", None), ("nee", None), ("0", None),
])
def test_a_house_number_alone(text: str, number: str | None) -> None:
    assert dutch.parse_huisnummer(text) == number


@pytest.mark.parametrize("text", EMAILS)
def test_an_email_address_is_understood(text: str) -> None:
    assert dutch.parse_email(text) == EMAILS[text]


@pytest.mark.parametrize("text", NO_EMAILS)
def test_what_no_mail_can_reach_is_refused(text: str) -> None:
    assert dutch.parse_email(text) is None


@pytest.mark.parametrize("text", PHONES)
def test_a_telephone_number_is_understood(text: str) -> None:
    assert dutch.parse_phone(text) == PHONES[text]


@pytest.mark.parametrize("text", NO_PHONES)
def test_a_number_that_cannot_exist_is_refused(text: str) -> None:
    assert dutch.parse_phone(text) is None


@pytest.mark.parametrize(("number", "shown"), [
    ("+31612345678", "06 12 34 56 78"), ("+31201234567", "020 123 4567"), ("+32470123456", "+32 470 12 34 56"),
])
def test_a_telephone_number_is_shown_as_people_write_it(number: str, shown: str) -> None:
    assert dutch.phone_in_words(number) == shown
    assert dutch.parse_phone(shown) == number


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    finders = (dutch.find_zaaknummers, dutch.find_postcodes, dutch.find_huisnummers, dutch.find_emails, dutch.find_phones)
    for found in (f for find in finders for f in find(text)):
        assert 0 <= found.start < found.end <= len(text)
    dutch.parse_huisnummer(text)
