"""Dates and more in Dutch words, the same on any host whatever its locale."""

import re
from collections.abc import Sequence
from datetime import date

import phonenumbers

from bot.dutch.text import MONTHS, WEEKDAYS

_MOBILE = re.compile(r"06 (\d\d)(\d\d)(\d\d)(\d\d)")


def day_in_words(value: date) -> str:
    """`dinsdag 1 december 2026`"""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """`di 1 december`, for a button."""
    return f"{WEEKDAYS[value.weekday()][:2]} {value.day} {MONTHS[value.month - 1]}"


def items_in_words(items: Sequence[tuple[str, int]], always: bool = False) -> str:
    """`Paspoort aanvragen (2 personen) en Rijbewijs aanvragen`, from names and for how many; `always` says "1 persoon" too."""
    named = [f"{name} ({count} persoon)" if count == 1 else f"{name} ({count} personen)" for name, count in items]
    if not always:
        named = [name if count == 1 else with_count for (name, count), with_count in zip(items, named, strict=True)]
    return " en ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def phone_in_words(number: str) -> str:
    """`06 12 34 56 78` for the E.164 number of `parse_phone`; a number from abroad with its country: `+32 470 12 34 56`."""
    parsed = phonenumbers.parse(number)
    dutch = parsed.country_code == phonenumbers.country_code_for_region("NL")
    form = phonenumbers.PhoneNumberFormat
    written = str(phonenumbers.format_number(parsed, form.NATIONAL if dutch else form.INTERNATIONAL))
    return _MOBILE.sub(r"06 \1 \2 \3 \4", written)
