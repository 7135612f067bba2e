"""Times in words, and names as people type them."""

import re
from datetime import datetime

from bot.gemeenten import AMSTERDAM


def clock(value: datetime) -> str:
    """`09:20`, local time in the Netherlands."""
    return value.astimezone(AMSTERDAM).strftime("%H:%M")


def parse_name(text: str) -> str | None:
    """The name in "ik ben Sanne de Boer"; None when the text has digits, a question mark or more than six words."""
    name = re.sub(r"^(mijn naam is|ik ben|ik heet|naam:?)\s+", "", text.strip(), flags=re.IGNORECASE).strip(" .")
    return name if re.fullmatch(r"[^\W\d_]+(?:[ '.\-]+[^\W\d_]+\.?){0,5}", name) and len(name) <= 80 else None
