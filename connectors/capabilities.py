"""What each channel can do: one table, read wherever the code depends on it. docs/channels.md shows it."""

from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True)
class Capabilities:
    """A channel. What a field says is a fact of the channel as Balie uses it, not a wish.

    The help texts in ABOUT say what depends on each.
    """

    fetches: bool  # else Balie brings
    choices: bool
    dates: bool
    times: bool
    forms: bool
    cards: bool
    link_buttons: bool
    calendar: bool
    typing: bool
    citizen_typing: bool
    read_marks: bool
    renews: bool
    rating: bool
    push: bool
    contact_sharing: bool
    media: bool = False
    edits: bool = False
    max_chars: int = 0  # 0: as long as it is
    wide_chars: bool = False  # counted in UTF-16 code units


ABOUT = MappingProxyType({
    "fetches": "Its own client fetches the events; otherwise Balie brings them (`connectors/delivery.py`).",
    "choices": "Choices are buttons; otherwise they are numbered, and a typed number is the choice (`connectors/typed.py`).",
    "dates": "A date is picked; otherwise a line says between which days to type one.",
    "times": "A time is picked; otherwise the times are listed, and a typed one is the choice.",
    "forms": "A form has fields; otherwise a line says to type the answer, with the hints of the fields.",
    "cards": "A case or an appointment is a card; otherwise it is told in lines, unless the text tells it already.",
    "link_buttons": "A link is a button or an anchor; otherwise its address is written out.",
    "calendar": "A calendar file can be handed over; otherwise there is a link to it.",
    "typing": "Shows that an answer is being made.",
    "citizen_typing": "Tells an agent that the citizen is typing.",
    "read_marks": "Tells what the citizen has read.",
    "renews": "A new place in the queue takes the place of the old one; otherwise only the first is told.",
    "rating": "The citizen can rate the conversation.",
    "push": "A citizen who is away gets a push message for an agent's answer or a notice.",
    "contact_sharing": "A phone number can be shared with one tap.",
    "media": "Files, photos and speech are taken; otherwise they are refused with where to send them.",
    "edits": "A changed message counts; otherwise the citizen is told to send a new one.",
    "max_chars": "Longest message; longer ones are split between paragraphs, sentences or words. 0: no such limit.",
    "wide_chars": "Length is counted in UTF-16 code units.",
})

WEBSITE = Capabilities(
    fetches=True, choices=True, dates=True, times=True, forms=True, cards=True, link_buttons=True, calendar=False, typing=True,
    citizen_typing=True, read_marks=True, renews=True, rating=True, push=False, contact_sharing=False,
)
APP = replace(WEBSITE, push=True)
TELEGRAM = Capabilities(
    fetches=False, choices=True, dates=True, times=True, forms=False, cards=False, link_buttons=True, calendar=True,
    typing=True, citizen_typing=False, read_marks=False, renews=True, rating=True, push=False, contact_sharing=True,
    max_chars=4096, wide_chars=True,  # Bot API: sendMessage
)
WORDS_ONLY = Capabilities(  # a channel of bare text, such as SMS: where to begin for a new one
    fetches=False, choices=False, dates=False, times=False, forms=False, cards=False, link_buttons=False, calendar=False,
    typing=False, citizen_typing=False, read_marks=False, renews=False, rating=False, push=False, contact_sharing=False,
)

CHANNELS = MappingProxyType({"website": WEBSITE, "app": APP, "telegram": TELEGRAM})
