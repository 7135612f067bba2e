"""Stretches of the day as Dutch citizens name them: "na vier uur", "'s ochtends", "tussen 2 en 4", "na het werk".

`start` is the first minute that suits, `end` the last moment before which one must begin. Without a part of the day an hour is
read as a counter's hour: "na vier uur" is after 16:00 (see `bot.dutch.times`). Flemish too: "na den vieren", "voormiddag".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from bot.dutch.text import MONTHS, Normal
from bot.dutch.times import find_dagdelen, find_times, parse_time


@dataclass(frozen=True)
class Window:
    """From `start` (included) to `end` (excluded) on the clock of the Netherlands; None leaves that side open."""

    start: time | None = None
    end: time | None = None


PARTS = {
    "ochtend": Window(None, time(12)), "middag": Window(time(12), time(18)), "avond": Window(time(17), None),
    "nacht": Window(time(22), None),
}
# "vieren" for four o'clock, with the diaeresis gone.
_FORMS = {"eenen": 1, "enen": 1, "tweeen": 2, "drieen": 3, "vieren": 4, "vijven": 5, "zessen": 6, "zevenen": 7, "achten": 8,
          "negenen": 9, "tienen": 10, "elven": 11, "twaalven": 12}
_UNIT = (r"(?:dag|dagen|week|weken|maand|maanden|jaar|keer|personen|persoon|mensen|man|vrouw|kind|kinderen|volwassenen|"
         rf"paspoort\w*|rijbewij\w*|id\w*|{'|'.join(MONTHS)}|minuten|min|uurtjes?)\b")
_MIN = r"(?:[:.u]\s?\d{2})?"
_CLOCK = (rf"(?:\d{{1,2}}{_MIN}\s?(?:uur|u|h)?|half\s\d{{1,2}}(?:\suur)?|"
          r"(?:kwart|\d{1,2})\s(?:voor|over)\s(?:half\s)?\d{1,2}(?:\suur)?)")
_SAID = rf"(?:(?:de|den|een|ongeveer|een uur of)\s)?(?P<t>{_CLOCK})(?![\d/-])(?!\s?{_UNIT})"
# "voor 3" can be three people: before needs "uur", minutes, or "half".
_SURE = (r"(?:(?:de|den)\s)?(?P<t>\d{1,2}[:.u]\s?\d{2}(?:\s?(?:uur|u))?|\d{1,2}\s?(?:uur|u)\b|half\s\d{1,2}(?:\suur)?|"
         r"kwart\s(?:voor|over)\s(?:half\s)?\d{1,2}(?:\suur)?)")
_BETWEEN = re.compile(
    rf"\b(?:tussen|van|vanaf)\s(?:de\s)?(?P<a>{_CLOCK})\s?(?:en|tot|-|t/m)\s?(?:de\s)?(?P<b>{_CLOCK})(?![\d/-])(?!\s?{_UNIT})"
    rf"|(?<![\d/-])(?P<c>\d{{1,2}}{_MIN})\s?(?:-|tot)\s?(?P<d>\d{{1,2}}{_MIN})\s?(?:uur|u\b)"
)
_FROM = re.compile(
    rf"(?<!niet )(?<!kwart )\b(?:na|vanaf|later dan|pas om|pas vanaf|pas na|niet voor|niet eerder dan|niet vroeger dan)\s{_SAID}"
)
_UNTIL = re.compile(
    rf"\b(?:niet (?:na|later dan))\s{_SAID}"
    rf"|(?<!niet )\b(?:voor|uiterlijk|eerder dan|vroeger dan|tot)\s{_SURE.replace('<t>', '<u>')}"
)
_NAMED: tuple[tuple[re.Pattern[str], Window], ...] = tuple((re.compile(pattern), window) for pattern, window in (
    (r"\bna (?:het |mijn |me |mn |m'n )?(?:werk|werktijd|werkdag|kantoortijd|kantooruren)\b|\bbuiten kantoortijd\w*\b",
     Window(time(17), None)),
    (r"\bvoor (?:werktijd|ik (?:naar (?:het |mijn )?werk|ga werken|moet werken))\b", Window(None, time(9))),
    (r"\bna (?:de )?school(?:tijd)?\b", Window(time(15), None)),
    (r"\b(?:onder|tijdens) school(?:tijd)?\b", Window(time(9), time(14, 30))),
    (r"\btussen de middag\b|\b(?:tijdens|rond|in) (?:de |mijn )?(?:lunch|middag)pauze\b|\blunch(?:tijd|pauze)\b",
     Window(time(12), time(14))),
    (r"\bna de (?:lunch|middag)\b", Window(time(13), None)),
    (r"\b(?:begin|vroeg) (?:van |in |op )?(?:de )?(?:ochtend|morgen|voormiddag)\b", Window(None, time(10, 30))),
    (r"\b(?:eind(?:e)?|laat|later) (?:van |in |op |aan )?(?:het |de )?(?:einde van de )?(?:ochtend|voormiddag)\b",
     Window(time(10, 30), time(12))),
    (r"\b(?:begin|vroeg) (?:van |in |op )?(?:de )?(?:middag|namiddag)\b", Window(time(12), time(14))),
    (r"\b(?:eind(?:e)?|laat|later) (?:van |in |op |aan )?(?:de )?(?:middag|namiddag)\b", Window(time(15), time(18))),
    (r"\b(?:vroeg in de avond|begin van de avond)\b", Window(time(17), time(19))),
    (r"\b(?<!hoe )(?:eind(?:e)?|laat) (?:van |op |in )?(?:de )?dag\b", Window(time(15), None)),
    (r"\b(?:heel |zo |lekker |liefst )?vroeg(?: op de dag| mogelijk op de dag)?\b(?! mogelijk)", Window(None, time(10))),
    (r"\bzo laat mogelijk(?: op de dag)?\b", Window(time(15), None)),
    (r"\bvoormiddag\b", PARTS["ochtend"]), (r"\bnamiddag\b", PARTS["middag"]),
    (r"\boverdag\b", Window(time(9), time(17))),
))
_TIMES = re.compile(r"(?<!\w)(?:na|voor|vanaf|tot|tegen|rond)\s(?:de|den)?\s?([a-z]+en)\b")


def find_window(text: str) -> tuple[Window | None, str]:
    """The stretch of the day that `text` wants, with the text that is left when the words for it are gone.

    Several limits ("na negen uur en voor twaalf uur") count together. None when there is none.
    """
    rest = _with_hours(Normal(text.lower()).text)
    found: list[Window] = []
    for match, window in _matches(rest):
        found.append(window)
        rest = rest[: match.start()] + " " * len(match.group()) + rest[match.end() :]
    if not found:
        parts = {f.value for f in find_dagdelen(rest)}
        if len(parts) == 1 and not find_times(rest):
            found.append(PARTS[parts.pop()])
    return (_together(found) if found else None), rest


def _matches(text: str) -> Iterator[tuple[re.Match[str], Window]]:
    """Words for a window, those of two limits first; each stretch of text once."""
    taken: list[tuple[int, int]] = []
    for match, window in [*_limits(text), *((m, w) for pattern, w in _NAMED for m in pattern.finditer(text))]:
        start, end = match.span()
        if not any(start < e and s < end for s, e in taken):
            taken.append((start, end))
            yield match, window


def _limits(text: str) -> Iterator[tuple[re.Match[str], Window]]:
    for match in _BETWEEN.finditer(text):
        first, last = _clock(match["a"] or match["c"], text), _clock(match["b"] or match["d"], text)
        if first and last:
            yield match, Window(first, last if last > first else _afternoon(last))
    for match in _FROM.finditer(text):
        if start := _clock(match["t"], text):
            yield match, Window(start, None)
    for match in _UNTIL.finditer(text):
        if end := _clock(match["t"] or match["u"], text):
            yield match, Window(None, end)


def _clock(words: str, text: str) -> time | None:
    """The time in `words`; a part of the day elsewhere in `text` says which half is meant."""
    plain = words.strip()
    parts = {f.value for f in find_dagdelen(text)}
    if len(parts) == 1:
        hour = plain if re.search(r"uur|half|kwart|over|voor|:", plain) else f"{plain} uur"
        found = parse_time(f"{hour} {parts.pop()}")
        return found if found and found.hour else parse_time(plain)  # "voor 12 uur in de ochtend" is before noon
    return parse_time(plain)


def _afternoon(moment: time) -> time | None:
    return time(moment.hour + 12, moment.minute) if moment.hour < 12 else None


def _together(found: list[Window]) -> Window:
    starts = [w.start for w in found if w.start]
    ends = [w.end for w in found if w.end]
    start, end = max(starts, default=None), min(ends, default=None)
    return Window(start, end) if not (start and end and end <= start) else found[0]


def _with_hours(text: str) -> str:
    """ "na den vieren" as "na 4 uur"."""
    def mend(match: re.Match[str]) -> str:
        hour = _FORMS.get(match[1])
        return match.group() if hour is None else f"{match.group().split()[0]} {hour} uur"
    return _TIMES.sub(mend, text)
