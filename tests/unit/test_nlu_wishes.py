"""A citizen says when it suits: a stretch of days, a part of the day, sooner or later, in the words that people use."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dutch.ranges import Days
from bot.dutch.windows import Window, find_window
from bot.dutch.wishes import Shift, Wish, add, parse_move, parse_wish

TODAY = date(2026, 11, 24)  # a Tuesday


def window(text: str) -> str:
    """A window as "16:00-", "-12:00" or "14:00-16:00"; empty when there is none."""
    found = parse_wish(text, TODAY).window
    if found is None:
        return ""
    return "-".join(f"{side:%H:%M}" if side else "" for side in (found.start, found.end))


def days(text: str) -> str:
    """The days as "2026-11-26" (one), "2026-11-30..2026-12-06", with "+3" for only and "!0" for never on that weekday."""
    found = parse_wish(text, TODAY).days
    if found is None:
        return ""
    span = str(found.first) if found.exact else f"{found.first or ''}..{found.last or ''}"
    only, never = ("".join(map(str, sorted(chosen))) for chosen in (found.only, found.never))
    return span + (f"+{only}" if only else "") + (f"!{never}" if never else "")


WINDOWS = {
    "donderdag na vier uur": "16:00-", "na 4": "16:00-", "na vieren": "16:00-", "na den vieren": "16:00-",
    "alleen na drieën": "15:00-",
    "na half 4": "15:30-", "vanaf 10 uur": "10:00-", "later dan 3 uur": "15:00-", "niet voor 10 uur": "10:00-",
    "pas na twaalven": "12:00-", "'s middags na 3 uur": "15:00-", "na kwart over 3": "15:15-", "woensdag na 14:00": "14:00-",
    "voor 12 uur in de ochtend": "-12:00", "voor 10 uur": "-10:00", "voor tienen": "-10:00", "uiterlijk 11 uur": "-11:00",
    "voor half 12": "-11:30",
    "niet na 3 uur": "-15:00", "eerder dan 10 uur": "-10:00", "na 9 uur en voor 12 uur": "09:00-12:00",
    "tussen 2 en 4": "14:00-16:00", "tussen twee en vier uur": "14:00-16:00", "van 9 tot 11 uur": "09:00-11:00",
    "tussen 14:00 en 16:30": "14:00-16:30", "tussen 10 en 2": "10:00-14:00", "2-4 uur": "14:00-16:00",
    "'s ochtends": "-12:00", "sochtends": "-12:00", "in de ochtend graag": "-12:00", "liever in de middag": "12:00-18:00",
    "smiddags": "12:00-18:00", "in de namiddag": "12:00-18:00", "in de voormiddag": "-12:00", "donderdagavond": "17:00-",
    "na het werk": "17:00-", "na mn werk": "17:00-", "voor werktijd": "-09:00", "na school": "15:00-",
    "tussen de middag": "12:00-14:00",
    "eind van de middag": "15:00-18:00", "vroeg in de ochtend": "-10:30", "morgen vroeg": "-10:00", "overdag": "09:00-17:00",
    "zo laat mogelijk": "15:00-",
}
NO_WINDOWS = [
    "", "laat maar", "familie van vijf", "hoe laat op de dag", "paspoort voor 3 personen", "afspraak voor 2", "voor mijn werk",
    "een VOG voor het werk", "om 10 uur",
    "na 4 december",
    "tussen 10 en 14 december", "na 3 dagen", "goedemiddag", "voor 2 kinderen", "06-12345678", "1234 AB", "van 9 december",
    "na 2 weken",
]
DAYS = {
    "donderdag": "2026-11-26", "donderdga na vier uru": "2026-11-26", "volgende week donderdag": "2026-12-03",
    "dinsdag 8 december om 10 uur": "2026-12-08", "2026-12-03": "2026-12-03", "morgen": "2026-11-25", "vandaag nog": "2026-11-24",
    "volgende week": "2026-11-30..2026-12-06", "volgende wek": "2026-11-30..2026-12-06",
    "deze week nog": "2026-11-23..2026-11-29",
    "over twee weken": "2026-12-07..2026-12-13", "begin volgende week": "2026-11-30..2026-12-01",
    "eind van de week": "2026-11-26..2026-11-27", "volgende maand": "2026-12-01..2026-12-31",
    "eind van de maand": "2026-11-21..2026-11-30",
    "begin volgende maand": "2026-12-01..2026-12-10", "half december": "2026-12-10..2026-12-20",
    "in januari": "2027-01-01..2027-01-31",
    "eerste week van juni": "2027-06-01..2027-06-07", "laatste week van december": "2026-12-25..2026-12-31",
    "binnen 2 weken": "..2026-12-08", "de komende dagen": "2026-11-24..2026-11-29",
    "vanaf 10 december": "2026-12-10..", "na 10 december": "2026-12-11..", "voor 20 december": "..2026-12-19",
    "uiterlijk 20 december": "..2026-12-20", "tot en met vrijdag": "..2026-11-27",
    "tussen 10 en 14 december": "2026-12-10..2026-12-14",
    "een afspraak voor dinsdag": "2026-12-01", "iets voor morgen": "2026-11-25", "afspraak voor 12 december": "2026-12-12",
    "het moet nog voor vrijdag": "..2026-11-26", "na de kerst": "2026-12-27..", "voor de feestdagen": "..2026-12-24",
    "niet op maandag": "..!0", "maandag kan ik niet": "..!0", "niet op maandag en dinsdag": "..!01",
    "elke dag behalve woensdag": "..!2",
    "volgende week maar niet op vrijdag": "2026-11-30..2026-12-06!4", "op een donderdag": "..+3", "op dinsdagen": "..+1",
    "maandag of dinsdag": "..+01", "doordeweeks": "..+01234", "in het weekend": "..+56",
    "volgende week dinsdag of woensdag": "2026-11-30..2026-12-06+12",
}
NO_DAYS = [
    "", "zo snel mogelijk", "na vier uur", "Jan de Boer", "ik wil een paspoort", "goedemorgen", "1234 AB", "voor 3 personen",
]
SOONEST = [
    "zo snel mogelijk", "zo snle mogelijk een paspoort, zo snel mogelijk", "zsm", "z.s.m.", "asap graag", "eerste de beste plek",
    "doe mij maar de eerste plek die vrij is", "eerst mogelijke datum", "de eerstvolgende mogelijkheid", "zo rap mogelijk",
    "zo gauw als het kan", "maakt niet uit", "maakt mij niet uit wanneer", "waar is het eerst plek?",
]
NOT_SOONEST = [
    "", "de eerste keer", "mijn eerste paspoort", "eerst wil ik weten wat het kost", "mijn eerste afspraak",
    "de eerste verdieping",
]
SHIFTS = {
    "toch een andere tijd, later": Shift("later"), "andere dag, eerder": Shift("earlier"),
    "liever later": Shift("later"), "nog later": Shift("later"), "kan het later?": Shift("later"), "later": Shift("later"),
    "iets later graag": Shift("later"), "wat later kan ook": Shift("later"), "dat is te vroeg": Shift("later"),
    "liever eerder": Shift("earlier"), "vroeger": Shift("earlier"),
    "kan het eerder": Shift("earlier"), "later op de dag": Shift("later", "time"), "zelfde dag maar later": Shift("later",
    "time"),
    "een week later": Shift("later", "week", 1), "twee weken later": Shift("later", "week", 2),
    "een weekske later": Shift("later", "week", 1),
    "uurtje later": Shift("later", "time", 60), "half uur eerder": Shift("earlier", "time", 30),
    "een dag eerder": Shift("earlier", "day", 1),
    "een maand later": Shift("later", "month", 1), "doe maar de week erna": Shift("later", "week", 1),
}
NO_SHIFTS = [
    "", "ik ben later geboren", "laat maar", "wat later bleek", "ik was er eerder dan zij", "dinsdag", "later dan 3 uur",
]


@pytest.mark.parametrize("text", WINDOWS)
def test_a_part_of_the_day_is_understood(text: str) -> None:
    assert window(text) == WINDOWS[text]


@pytest.mark.parametrize("text", NO_WINDOWS)
def test_people_money_and_dates_are_no_part_of_the_day(text: str) -> None:
    assert window(text) == ""


@pytest.mark.parametrize("text", DAYS)
def test_a_stretch_of_days_is_understood(text: str) -> None:
    assert days(text) == DAYS[text]


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_names_no_day_wishes_none(text: str) -> None:
    assert days(text) == ""


@pytest.mark.parametrize("text", SOONEST)
def test_as_soon_as_possible(text: str) -> None:
    assert parse_wish(text, TODAY).soonest


@pytest.mark.parametrize("text", NOT_SOONEST)
def test_a_first_time_is_not_the_first_place(text: str) -> None:
    assert not parse_wish(text, TODAY).soonest


@pytest.mark.parametrize("text", SHIFTS)
def test_earlier_and_later(text: str) -> None:
    assert parse_wish(text, TODAY).shift == SHIFTS[text]


@pytest.mark.parametrize("text", NO_SHIFTS)
def test_later_in_a_story_moves_nothing(text: str) -> None:
    assert parse_wish(text, TODAY).shift is None


@pytest.mark.parametrize(("text", "wanted"), [
    ("mijn afspraak is op dinsdag maar woensdag komt beter uit", "2026-11-25"),
    ("kan ik mijn afspraak verplaatsen naar vrijdag", "2026-11-27"), ("mijn afspraak van vrijdag verzetten", None),
    ("ik heb morgen een afspraak maar ik ben ziek, kan het volgende week", "2026-11-30"),
    ("ik wil mijn afspraak van 14 december verschuiven", None), ("afspraak van vrijdag 12 december liever maandag", "2026-11-30"),
])
def test_of_an_appointment_that_moves_only_the_new_day_is_a_wish(text: str, wanted: str | None) -> None:
    found = parse_move(text, TODAY).days
    assert (str(found.first) if found else None) == wanted


def test_what_a_later_wish_leaves_open_stays_as_it_was() -> None:
    first, then = parse_wish("volgende week na het werk", TODAY), parse_wish("liever voor tienen", TODAY)
    both = then.after(first)
    assert both.days == first.days and both.window == Window(None, time(10))
    assert parse_wish("zo snel mogelijk", TODAY).after(first) == Wish(first.days, first.window, soonest=True)


def test_a_wish_says_what_fits() -> None:
    wish = parse_wish("volgende week, niet op vrijdag, na vier uur", TODAY)
    assert wish.fits(datetime(2026, 12, 3, 16)) and not wish.fits(datetime(2026, 12, 3, 15, 59))
    assert not wish.fits(datetime(2026, 12, 4, 16)) and not wish.fits(datetime(2026, 11, 26, 16))
    assert Wish().fits(datetime(2026, 12, 4, 9)) and not Wish()


def test_a_shift_of_days_keeps_the_weekday() -> None:
    assert add(TODAY, Shift("later", "week", 2)) == date(2026, 12, 8)
    assert add(TODAY, Shift("later", "month", 1)).weekday() == TODAY.weekday()
    assert add(TODAY, Shift("earlier", "day")) == date(2026, 11, 23)


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    parse_wish(text, TODAY)
    parse_move(text, TODAY)
    find_window(text)


@given(st.lists(st.sampled_from([
    "na", "voor", "vier", "10", "uur", "maandag", "volgende", "week", "eind", "december", "later", "niet", "op", "tussen", "en",
    "31",
    "29", "februari", "over", "99", "maanden", "1e", "laatste", "van", "half", "zo", "snel", "mogelijk",
]), max_size=10))
def test_any_order_of_the_words_is_survived(words: list[str]) -> None:
    wish = parse_wish(" ".join(words), TODAY)
    assert wish.days is None or isinstance(wish.days, Days)
