"""A citizen names a clock time or a part of the day."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dutch import find_dagdelen, find_times, parse_time

TIMES = {
    "kwart na tien": "10:15", "maandag 10.00": "10:00", "dinsdag 9.45 graag": "09:45",
    "15:30": "15:30", "15.30": "15:30", "15u30": "15:30", "15:30 uur": "15:30", "1530": "15:30", "0930": "09:30", "9:05": "09:05",
    "om 15.30": "15:30", "9.30 uur": "09:30", "9 uur 30": "09:30", "10 uur": "10:00", "om 10 uur": "10:00", "om 10": "10:00",
    "10": "10:00", "tien uur": "10:00", "9h": "09:00", "rond 11": "11:00", "twaalf uur": "12:00", "half 4": "15:30",
    "half vier": "15:30", "hlaf 3": "14:30", "half een": "12:30", "half 9": "08:30", "maandag om half elf graag": "10:30",
    "kwart over 9": "09:15", "kwart voor 2": "13:45", "kwrat over drie": "15:15", "tien over half 4": "15:40",
    "tien voor half 4": "15:20", "vijf over half tien": "09:35", "5 voor 12": "11:55", "tien over drie": "15:10",
    "3 uur": "15:00", "om een uur": "13:00", "om 1 uur": "13:00", "7 uur": "07:00", "half 7": "18:30", "03:30": "03:30",
    "'s middags om 2 uur": "14:00", "2 uur in de middag": "14:00", "8 uur 's avonds": "20:00", "6 uur 's ochtends": "06:00",
    "12 uur 's nachts": "00:00", "vrijdag 3 jan om 3 uur": "15:00", "om 10 uur, dus tien uur": "10:00", "0:30": "00:30",
}
NO_TIMES = [
    "", "25:00", "10:75", "24:00", "om 99", "half", "kwart over", "half uur", "over een uur", "over 2 uur", "24 uur per dag",
    "2 uur geleden", "het duurt 3 uur", "ik wacht al 3 uur", "van 9 tot 11 uur", "tussen 10 en 12", "10 uur of 11 uur",
    "om 10 dagen", "12-03-1990", "€ 12.50", "om 12.50 euro", "06-12345678", "ZAAK-2026-0000000101", "1234 AB 12", "'s middags",
    "half december", "kwart over 3 weken", "ik ben 18 jaar",
]


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_understood(text: str) -> None:
    assert parse_time(text) == time.fromisoformat(TIMES[text])


@pytest.mark.parametrize("text", NO_TIMES)
def test_no_real_or_no_single_time_is_refused(text: str) -> None:
    assert parse_time(text) is None


@given(st.times())
def test_a_digital_clock_is_always_understood(moment: time) -> None:
    assert parse_time(f"om {moment:%H:%M} uur") == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize(("text", "part"), [
    ("'s ochtends", "ochtend"), ("s morgens", "ochtend"), ("sochtends", "ochtend"), ("morgenochtend", "ochtend"),
    ("liefst in de middag", "middag"), ("smiddags", "middag"), ("dinsdagmiddag", "middag"), ("vanavond", "avond"),
    ("savonds", "avond"), ("'s nachts", "nacht"),
])
def test_a_part_of_the_day_is_understood(text: str, part: str) -> None:
    assert [f.value for f in find_dagdelen(text)] == [part]


@pytest.mark.parametrize("text", ["goedemorgen", "goedemiddag", "Goede avond", "goeieavond", "goedenavond", "morgen", ""])
def test_a_greeting_names_no_part_of_the_day(text: str) -> None:
    assert find_dagdelen(text) == []


def test_a_time_is_found_where_it_stands() -> None:
    text = "Dinsdag om  half vier of kwart over 9?"
    assert [(text[f.start : f.end], f.value) for f in find_times(text)] == [
        ("half vier", time(15, 30)),
        ("kwart over 9", time(9, 15)),
    ]


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for start, end in [(f.start, f.end) for f in find_times(text)] + [(f.start, f.end) for f in find_dagdelen(text)]:
        assert 0 <= start < end <= len(text)
    parse_time(text)
