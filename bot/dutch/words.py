"""Dates in Dutch words, the same on any host whatever its locale."""

from datetime import date

from bot.dutch.text import MONTHS, WEEKDAYS


def day_in_words(value: date) -> str:
    """`dinsdag 1 december 2026`"""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """`di 1 december`, for a button."""
    return f"{WEEKDAYS[value.weekday()][:2]} {value.day} {MONTHS[value.month - 1]}"
