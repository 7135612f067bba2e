"""Dates and times in Dutch words, the same on any host whatever its locale; and names as people type them."""

import re
from datetime import date, datetime

from bot.gemeenten import AMSTERDAM, DAY_NAMES

MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
          "december")


def day(value: date) -> str:
    """`dinsdag 1 december 2026`"""
    return f"{DAY_NAMES[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """`di 1 december`, for a button."""
    return f"{DAY_NAMES[value.weekday()][:2]} {value.day} {MONTHS[value.month - 1]}"


def clock(value: datetime) -> str:
    """`09:20`, local time in the Netherlands."""
    return value.astimezone(AMSTERDAM).strftime("%H:%M")


def parse_name(text: str) -> str | None:
    """The name in "ik ben Sanne de Boer"; None when the text has digits, a question mark or more than six words."""
    name = re.sub(r"^(mijn naam is|ik ben|ik heet|naam:?)\s+", "", text.strip(), flags=re.IGNORECASE).strip(" .")
    return name if re.fullmatch(r"[^\W\d_]+(?:[ '.\-]+[^\W\d_]+\.?){0,5}", name) and len(name) <= 80 else None
