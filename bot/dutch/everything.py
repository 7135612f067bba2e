"""Whether a citizen asks for everything that has to be done ("wat moet ik allemaal regelen?") rather than for one thing."""

import re

from bot.dutch.aspects import find_aspect
from bot.dutch.text import plain

_ALL = r"al+ema+a?l+"
_DO = (
    r"(?:(?:ge)?reg(?:e)?l\w*|doen|gedaan|gebeuren|doorgeven|aanvragen|opzeggen|afzeggen|aanpassen|wijzigen|verander\w*|inlichten|"
    r"afmelden|uitzoeken|melden|weten|afhandelen|bijkomt)"
)
_MUST = r"(?:moet(?:en)?|dien(?:t|en)?|kan|kunnen|hoort|horen|zal|zullen)"
_SOME = r"(?:\w+ ){0,6}"

# Each asks for all of it, whatever else the sentence asks.
_SURE = (
    rf"\b(?:wat|welke dingen|wie) {_SOME}{_ALL} {_SOME}{_DO}\b",
    rf"\b(?:wat|welke (?:dingen|zaken|stappen|instanties)|wie) {_MUST} {_SOME}(?:nog )?{_ALL} {_SOME}{_DO}\b",
    rf"\bwelke (?:dingen|zaken|instanties) {_MUST} {_SOME}{_DO}\b",
    rf"\bwat {_MUST} {_SOME}(?:geregeld|gere?gelt|regelen|reglen)\b",
    rf"\bwat {_SOME}(?:(?:er)?bij (?:te )?kijken|komt? {_SOME}kijken)\b",
    rf"\bwaar {_SOME}(?:{_ALL} )?aan (?:\w+ )?(?:denken|doen)\b",
    rf"\bwaaraan {_SOME}denken\b",
    r"\bwaar (?:\w+ ){0,5}(?:mee )?(?:te )?begin(?:nen|ne)?\b",
    rf"\bwat {_SOME}(?:het |als )?eerste? (?:\w+ ){{0,2}}(?:doen|regelen|moet|moeten)\b",
    r"\bwat (?:moet ik |doe ik )?(?:nu )?(?:als )?eerst\b",
    r"\balles (?:\w+ ){0,3}regelen\b",
    r"\balles (?:rond|rondom|omtrent|wat (?:er |ik |we |je )?(?:\w+ ){0,2}moet)\b",
    r"\bvan a tot z\b",
    r"\bwat verander\w* er (?:\w+ ){0,3}al+ema+a?l+\b",
)
# These can be about a part, such as the papers or the costs: they count when the sentence asks no such thing.
_LOOSE = (
    r"\bcheck ?-?li(?:st|jst)\w*\b", r"\b(?:to ?-?do ?-?)?lijst(?:je)?\b", r"\bstappenplan\w*\b", r"\bdraaiboek\b",
    r"\boverzicht(?:je)?\b", r"\bstap voor stap\b", r"\bhele (?:rits|waslijst|rompslomp)\b",
    rf"\bwat {_MUST} {_SOME}{_ALL}\b", rf"\bwat {_SOME}{_ALL} {_SOME}{_MUST}\b",
)
# "allemaal" with one of these is about papers, money or a form.
_PART = re.compile(r"\b(?:mee|mee\w+|brengen|betalen|kost\w*|bij me|bij mij|bij ons hebben|laten zien|invullen|inleveren|"
                   r"opsturen|ondertekenen|tekenen|aanleveren|krijg\w*)\b")
_SURELY, _LOOSELY = re.compile("|".join(_SURE)), re.compile("|".join(_LOOSE))


def asks_everything(text: str) -> bool:
    """Whether the text asks what has to be done in all, in which order, or where to begin."""
    reading = " ".join(plain(text).split())
    if _SURELY.search(reading):
        return True
    return bool(_LOOSELY.search(reading)) and find_aspect(text) is None and not _PART.search(reading)
