"""Dutch dates, times, numbers and addresses in free text. Pure functions, without Rasa, spaCy or a clock."""

from bot.dutch.dates import find_dates, parse_date, parse_geboortedatum
from bot.dutch.identifiers import (
    find_emails,
    find_huisnummers,
    find_phones,
    find_postcodes,
    find_zaaknummers,
    is_bsn,
    parse_email,
    parse_huisnummer,
    parse_phone,
    parse_postcode,
    parse_postcode_huisnummer,
    parse_zaaknummer,
    phone_fault,
)
from bot.dutch.kentekens import find_kentekens
from bot.dutch.text import Found
from bot.dutch.times import find_dagdelen, find_times, parse_time
from bot.dutch.words import day_in_words, items_in_words, phone_in_words, short_day

__all__ = [
    "Found",
    "day_in_words",
    "find_dagdelen",
    "find_dates",
    "find_emails",
    "find_huisnummers",
    "find_kentekens",
    "find_phones",
    "find_postcodes",
    "find_times",
    "find_zaaknummers",
    "is_bsn",
    "items_in_words",
    "parse_date",
    "parse_email",
    "parse_geboortedatum",
    "parse_huisnummer",
    "parse_phone",
    "parse_postcode",
    "parse_postcode_huisnummer",
    "parse_time",
    "parse_zaaknummer",
    "phone_fault",
    "phone_in_words",
    "short_day",
]
