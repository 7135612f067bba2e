"""What people at the desk type: cleaned, masked and bounded before it goes anywhere."""

import unicodedata
from typing import Annotated, Literal

import msgspec

from bot.conversation import privacy
from bot.desk import words
from bot.desk.web import Problem

MAX_NOTE = 500  # characters

# How a conversation or a call-back ended; the words are in `words.OUTCOMES`.
Outcome = Literal["opgelost", "doorverwezen", "afspraak_gemaakt", "niet_bereikt", "overig"]

Cid = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{8,64}$")]


def clean(text: str) -> str:
    """Without control characters (line breaks and tabs stay) and white space around it."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def note(text: str, name: str = "notitie") -> str:
    """A short text, masked. Raises a Problem with its `name` when it is too long."""
    masked = privacy.mask(clean(text))
    if len(masked) > MAX_NOTE:
        raise Problem(422, "too_long", words.too_long(name, MAX_NOTE))
    return masked
