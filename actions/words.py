"""Times in words, and names as people type them."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.dutch.text import plain
from bot.gemeenten import AMSTERDAM


def clock(value: datetime) -> str:
    """`09:20`, local time in the Netherlands."""
    return value.astimezone(AMSTERDAM).strftime("%H:%M")


# What is typed where a name was asked, and is none: words of the counter, each enough by itself, and words of a sentence.
_COUNTER = frozenset({
    "afspraak", "afspraken", "afspraakje", "maken", "verzetten", "verplaatsen", "annuleren", "annuleer", "afzeggen",
    "paspoort", "paspoorten", "rijbewijs", "identiteitskaart", "id", "idkaart", "uittreksel", "aangifte", "aanvragen",
    "verlengen", "medewerker", "terugbellen", "zaak", "zaaknummer", "gemeente", "later", "eerder", "vroeger", "morgen",
    "overmorgen", "vandaag", "maandag", "dinsdag", "woensdag", "donderdag", "zaterdag", "zondag", "ochtend", "middag",
    "avond", "datum", "tijdstip", "locatie", "opnieuw", "wijzigen", "veranderen", "terug", "stoppen", "hallo", "goedemorgen",
    "goedemiddag", "mogelijk", "personen", "product", "producten",
})
_SENTENCE = frozenset({
    "ja", "nee", "niet", "geen", "wel", "weet", "wil", "kan", "mag", "moet", "ik", "je", "u", "jij", "wij", "we", "hoe",
    "wat", "waar", "wanneer", "waarom", "welke", "graag", "liever", "toch", "nog", "ook", "een", "het", "de", "dat", "dit",
    "is", "naam", "mijn", "idee", "zeg", "anders", "andere", "verkeerd", "fout", "ok", "oke", "prima", "klopt", "help",
    "snel", "zo", "voor", "met", "vrij", "vrijdag", "hoezo", "waarvoor", "bedoel", "bedoelt", "nodig", "heeft", "hebt", "hebben",
    "jullie", "vertellen", "geven",
})
_GIVEN = re.compile(r"\b(?:mijn naam is|m'n naam is|mn naam is|mijn naam:|ik heet)\s+(?P<name>.+)", re.IGNORECASE)
_NO_NAME = frozenset({"verkeerd", "fout", "niet", "gespeld", "geschreven", "onjuist", "anders", "veranderd", "gewijzigd"})
_TITLE = re.compile(r"(?:mevrouw|mevr\.?|mw\.?|meneer|de heer|dhr\.?)\s+(?=\S)", re.IGNORECASE)
_BETWEEN = r"(?:van|de|den|der|het|'t|ten|ter|te|el|al|la|le|di|da|dos|von|op|in|aan|bij)"
_PART = r"[A-Z\u00C0-\u00DE\u0100-\u024F](?:[^\W\d_]|['\u2019-])*\.?"
_CAPITALS = re.compile(rf"{_PART}(?:(?: {_BETWEEN}){{0,3}} {_PART}){{1,4}}")


def parse_name(text: str, products: Sequence[str] = ()) -> str | None:
    """The name in "ik ben Sanne de Boer"; None when the text has digits, a question mark or more than six words.

    "Afspraak maken" is no name, and neither is what can be chosen (`products`, by name) or a sentence of everyday words alone.
    """
    name = re.sub(r"^(mijn naam is|ik ben|ik heet|naam:?)\s+", "", text.strip(), flags=re.IGNORECASE).strip(" .")
    if not re.fullmatch(r"[^\W\d_]+(?:[ '.\-]+[^\W\d_]+\.?){0,5}", name) or len(name) > 80:
        return None
    words = re.findall(r"\w+", plain(name))
    offered = {word for product in products for word in re.findall(r"\w{5,}", plain(product))}
    refused = set(words) & (_COUNTER | offered) or set(words) <= _SENTENCE
    return None if refused else name


def named(text: str) -> str | None:
    """The name in "klopt, maar mijn naam is Fatma", whatever else the text may be about; None where none is given so."""
    given = _GIVEN.search(text)
    name = re.split(r"[,;!?]|\.\s| en | maar ", given["name"])[0] if given else ""
    return None if set(re.findall(r"\w+", plain(name))) & _NO_NAME else parse_name(name)


def is_like_a_name(text: str) -> bool:
    """Written as a name, with capitals or a title: "Mevrouw J. de Vries-Bakker", whatever it may seem to be about."""
    titled = _TITLE.match(text.strip())
    return bool(titled or _CAPITALS.fullmatch(text.strip()))
