"""Whether somebody hasn't got what was asked for: a number, a code, the letter it stands in, or a DigiD. Pure functions."""

import re

from bot.dutch.text import plain

_THING = r"(?:\w*(?:nummer|nr|code|kenmerk)|brief|mail\w*|e-?mail\w*|bevestiging|papier\w*)"
_NOT = r"(?:niet|nie|ni|geen|gene?|nergens|nooit)"
_HAVE = r"(?:heb|hebt|heeft|hebben|weet|ken|kan|vind|zie|snap|bezit|kreeg)"
_NUMBER = re.compile(
    rf"\b{_HAVE}\b.{{0,25}}\b{_NOT}\b.{{0,20}}\b{_THING}\b|\b{_HAVE}\b.{{0,25}}\b{_THING}\b.{{0,25}}\b{_NOT}\b"
    rf"|\b(?:geen|gene?|zonder)\s(?:enkele?\s|flauw\s)?(?:idee|benul|{_THING})\b"
    rf"|\b{_THING}\b.{{0,20}}\b(?:kwijt|verloren|vergeten|weggegooid|weg|niet bij)\b"
    rf"|\b(?:kwijt|vergeten|verloren|weggegooid)\b.{{0,20}}\b{_THING}\b"
    r"|\bweet (?:ik )?(?:het |dat |'?t |die |hem )?(?:echt |ook |zo |even |nu )*(?:niet|nie|veel)"
    r"(?: meer| uit (?:het|mijn) hoofd)?\W*$"
    rf"|\b(?:waar|hoe)\b.{{0,15}}\b(?:staat|vind|kom|krijg|zie|is)\b.{{0,20}}\b(?:{_THING}|dat|die|ik dat|het)\W*$"
    rf"|\b(?:welk|welke|wat voor(?: een)?|wat is (?:een|het|mijn|dat))\s{_THING}\W*$"
)
_ALONE = re.compile(
    r"\W*(?:(?:ik )?(?:ben|heb) (?:ik )?)?(?:die |dat |hem |het |'?t )?"
    r"(?:kwijt|vergeten|verloren|weggegooid|niet|niet meer|ik niet)\W*"
)
_NO_DIGID = re.compile(
    r"\b(?:geen|gene?|zonder|niet met|liever niet)\s(?:eigen\s)?digi-?d\b|\bdigi-?d\b.{0,15}\b(?:niet|nie|geen|kwijt|vergeten)\b"
    r"|\b(?:kan|mag|gaat) (?:het|dat|'?t)\s?(?:ook\s)?(?:op een )?(?:anders|andere manier|zonder)\b|\bniet inloggen\b"
    r"|\b(?:andere manier|zonder (?:in ?te ?)?(?:in)?loggen|met (?:mijn|een|het) zaaknummer)\b"
)


def lacks_number(text: str) -> bool:
    """Whether the answer to "what is your number (or code)?" says that one hasn't got it, or asks where it stands."""
    reading = " ".join(plain(text).split())
    return bool(_NUMBER.search(reading) or _ALONE.fullmatch(reading))


def lacks_digid(text: str) -> bool:
    """Whether somebody who was asked to log in can't or won't."""
    return bool(_NO_DIGID.search(" ".join(plain(text).split())))
