"""A citizen names a day or a date of birth in the words and with the slips that people really use."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dutch import find_dates, parse_date, parse_geboortedatum

TODAY = date(2026, 11, 24)  # a Tuesday

DAYS = {
    "vandaag": "2026-11-24", "morgen": "2026-11-25", "Morgen graag": "2026-11-25", "overmorgen": "2026-11-26",
    "overmrogen": "2026-11-26", "gisteren": "2026-11-23", "eergisteren": "2026-11-22", "vanmiddag": "2026-11-24",
    "morgenochtend": "2026-11-25", "woensdag": "2026-11-25", "dinsdag": "2026-12-01", "donderdga": "2026-11-26",
    "dinsdagochtend": "2026-12-01", "kan het vrijdagmiddag?": "2026-11-27", "vrijdag a.s.": "2026-11-27",
    "aanstaande vrijdag": "2026-11-27", "komende maandag": "2026-11-30", "deze donderdag": "2026-11-26",
    "volgende vrijdag": "2026-12-04", "volgende week dinsdag": "2026-12-01", "dinsdag volgende week": "2026-12-01",
    "deze week vrijdag": "2026-11-27", "zaterdag over een week": "2026-12-05", "over een week": "2026-12-01",
    "over 2 weken": "2026-12-08", "over twee weken": "2026-12-08", "in 3 dagen": "2026-11-27", "over 3 maanden": "2027-02-24",
    "afgelopen maandag": "2026-11-23", "vorige dinsdag": "2026-11-17", "vorige week dinsdag": "2026-11-17",
    "verleden vrijdag": "2026-11-20", "twee weken geleden": "2026-11-10", "3 jan": "2027-01-03",
    "3 jan.": "2027-01-03", "3jan": "2027-01-03",
    "3e januari": "2027-01-03", "de 3e januari": "2027-01-03", "drie januari": "2027-01-03", "3 janurai": "2027-01-03",
    "1 febuari": "2027-02-01", "2 februarie": "2027-02-02", "12 okt.": "2027-10-12", "1 agustus": "2027-08-01",
    "15 mrt 2027": "2027-03-15", "15 maart '27": "2027-03-15", "1 decmber 2026": "2026-12-01", "5 mei": "2027-05-05",
    "24 november": "2026-11-24", "23 november": "2027-11-23", "eerste van december": "2026-12-01",
    "maandag 30 november": "2026-11-30", "ma 30 nov": "2026-11-30", "wo. 2 dec om 10 uur": "2026-12-02",
    "op 3 jan 10 uur": "2027-01-03", "drieëntwintig december": "2026-12-23", "29 februari": "2028-02-29",
    "de 15e": "2026-12-15", "op de 30e graag": "2026-11-30", "12-03-1990": "1990-03-12", "12/3/90": "1990-03-12",
    "1-1-27": "2027-01-01", "15.12.2026": "2026-12-15", "12 3 2027": "2027-03-12", "12 - 03 - 2027": "2027-03-12",
    "12–03–2027": "2027-03-12", "2026-12-01": "2026-12-01", "12-3": "2027-03-12", "30-11": "2026-11-30",
    "op 9-12 graag": "2026-12-09", "niet maandag maar dinsdag": "2026-12-01", "1 december, dus dinsdag": "2026-12-01",
}
NO_DAYS = [
    "", "31-02-2026", "31 februari 2026", "31-02", "29-02-2027", "01-13-2026", "00-01-2027", "2026-13-01", "volgende week",
    "volgende maand", "maandag of dinsdag", "woensdag 3 december", "goedemorgen", "goede morgen", "Goedemorgen, een vraag",
    "'s morgens", "elke maandag", "24/7", "van 9-12 uur", "9.30", "half 4", "ik woon in 1234 AB", "ZAAK-2026-0000000101",
    "2026-001234", "06-12345678", "mogen we komen", "ik heb 3 maar", "de eerste keer", "ik ben er 3 weken", "binnen 3 weken",
    "1e kerstdag", "ik wil een afspraak", "jullie", "de 3e verdieping",
]
BIRTHS = {
    "12-03-1990": "1990-03-12", "12/3/1990": "1990-03-12", "12.03.1990": "1990-03-12", "12 03 1990": "1990-03-12",
    "12031990": "1990-03-12", "120390": "1990-03-12", "12-3-90": "1990-03-12", "12/3/'90": "1990-03-12",
    "1990-03-12": "1990-03-12", "12 maart 1990": "1990-03-12", "12 mrt 90": "1990-03-12", "drie mei 1965": "1965-05-03",
    "2 februarie 1971": "1971-02-02", "1 augustsu 2001": "2001-08-01", "5-5-05": "2005-05-05", "24-11-26": "2026-11-24",
    "24-11-2026": "2026-11-24", "25-11-26": None, "31-12-27": "1927-12-31", "geboren op 1 augustus 2001.": "2001-08-01",
    "mijn geboortedatum is 12 - 03 - 1990": "1990-03-12", "29-02-2000": "2000-02-29",
}
NO_BIRTHS = [
    "", "3 jan", "morgen", "12-03", "12-03-2030", "30-02-1990", "31022000", "29-02-1999", "01-01-1850", "geen idee",
    "12-3-1990 en 13-4-1991", "2026-001234", "1234 AB 12", "06-12345678", "1990",
]


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_understood(text: str) -> None:
    assert parse_date(text, TODAY) == date.fromisoformat(DAYS[text])


@pytest.mark.parametrize("text", NO_DAYS)
def test_no_real_or_no_single_day_is_refused(text: str) -> None:
    assert parse_date(text, TODAY) is None


@pytest.mark.parametrize(("text", "born"), BIRTHS.items())
def test_a_date_of_birth_is_understood(text: str, born: str | None) -> None:
    assert parse_geboortedatum(text, TODAY) == (date.fromisoformat(born) if born else None)


@pytest.mark.parametrize("text", NO_BIRTHS)
def test_what_can_be_no_date_of_birth_is_refused(text: str) -> None:
    assert parse_geboortedatum(text, TODAY) is None


@given(st.dates(date(1902, 1, 1), TODAY))
def test_a_date_of_birth_written_in_full_is_always_understood(born: date) -> None:
    for pattern in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d %m %Y"):
        assert parse_geboortedatum(born.strftime(pattern), TODAY) == born


def test_a_date_is_found_where_it_stands() -> None:
    text = "Kan het op  drie februarie om 10 uur, of anders overmorgen?"
    assert [(text[f.start : f.end], f.value) for f in find_dates(text, TODAY)] == [
        ("drie februarie", date(2027, 2, 3)),
        ("overmorgen", date(2026, 11, 26)),
    ]


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for found in find_dates(text, TODAY):
        assert 0 <= found.start < found.end <= len(text)
    parse_geboortedatum(text, TODAY)


def test_reading_dutch_needs_neither_rasa_nor_spacy() -> None:
    check = "import sys, bot.dutch, bot.nlu; print({'rasa', 'spacy', 'tensorflow', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
