"""Recognises that somebody's life or safety is at stake, whatever the spelling, and not when Dutch only sounds like it.

Deterministic on purpose: a person in need must not depend on a threshold. The list is conservative: first person or an
acute situation; figures of speech ("ik schaam me dood") are taken out before anything is looked for.
"""

import difflib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from bot.dutch.text import plain
from bot.nlu import danger_patterns as patterns

Danger = Literal["suicide", "violence", "emergency"]

_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(r"(?=[a-z013457@$]*[a-z])(?=[a-z013457@$]*[013457@$])[a-z013457@$]{3,}")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z0-9]+")

# Short words and dialect, which a closest match can't mend.
_SLIPS = {
    slip: word
    for word, slips in {
        "ik": "k ikke ikk", "wil": "wi will wiil wl wilt wul wilde wou", "niet": "nie nit neit ni nt niett neet nietr",
        "meer": "mr meerr mee mer meeer", "niet meer": "nimmer nimeer niemeer nietmeer", "er": "der dr d'r",
        "dood": "doot doodt doodd dod", "doodgaan": "doodgaat", "me": "mij mijj", "mijn": "mn mijne myn", "het": "ut",
        "leven": "leve levn leevn lven lleven leeven leben lwven", "einde": "eind ende", "maken": "maekn mkaen amken",
        "mezelf": "mijzelf mzelf mezlf meself mijself mezelluf", "zelfmoord": "zelfmord selfmoord zlefmoord",
        "suicidaal": "suicidale", "slaat": "slaad sloeg", "slaan": "sloegen", "help": "hlp hellup", "brand": "brant",
        "huiselijk": "huislijk huiselijke",
    }.items()
    for slip in slips.split()
}
_LEXICON = (
    "zelfmoord", "zelfdoding", "suicide", "suicidaal", "zelfmoordgedachten", "sterven", "ophangen", "verhangen",
    "verdrinken", "springen", "doodmaken", "vermoorden", "vermoordt", "doodschieten", "doodslaan", "doodsteken",
    "mishandeld", "mishandelt", "mishandeling", "kindermishandeling", "geslagen", "bedreigd", "bedreigt", "verkracht",
    "aangerand", "huiselijk", "geweld", "bewusteloos", "reanimatie", "hartaanval", "gaslucht", "gaslek", "overdosis",
    "gestoken", "gewurgd", "gestalkt", "doodgaan", "afscheidsbrief", "levensmoe", "inbreker",
)
_COMPOUND = re.compile(r"(?:dood|moord|brand|levens)(?!gaan|maken|slaan|steken|schieten|moe)\w+")

_FIGURES = re.compile("|".join(patterns.FIGURES))
_KINDS: dict[Danger, re.Pattern[str]] = {
    "suicide": re.compile("|".join(patterns.SUICIDE)),
    "violence": re.compile("|".join(patterns.VIOLENCE)),
    "emergency": re.compile("|".join(patterns.EMERGENCY)),
}


def find_danger(text: str, is_word: Callable[[str], bool] = lambda word: False) -> Danger | None:
    """The kind of danger that `text` clearly speaks of, else None.

    `is_word` tells existing words, which are never taken for a slip of another ("lezen" is not "leven").
    """
    reading = _FIGURES.sub(" ", _canonical(text, is_word))
    reading = " ".join(reading.split())
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(reading)), None)


def _canonical(text: str, is_word: Callable[[str], bool]) -> str:
    """Words in one spelling, without punctuation; letters that were typed apart are put together."""
    low = _LEET_WORD.sub(lambda m: m.group().translate(_LEET), plain(text))
    words = _TOKEN.findall(_DRAWN_OUT.sub(r"\1\1", low))
    return " ".join(_mend(word, is_word) for word in _together(words))


def _together(words: list[str]) -> list[str]:
    """`z e l f` becomes `zelf`; so do the parts of a word that was split in two."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        joined += [run] if len(run) > 2 else list(run)
        run = ""
        if joined and joined[-1] + word in _LEXICON:
            joined[-1] += word
        elif word:
            joined.append(word)
    return joined


def _mend(word: str, is_word: Callable[[str], bool]) -> str:
    if word in _SLIPS:
        return _SLIPS[word]
    whole = len(word) < 6 or word in _LEXICON or _COMPOUND.fullmatch(word) or is_word(word)
    return word if whole else _closest(word)


@lru_cache(maxsize=4096)
def _closest(word: str) -> str:
    candidates = [w for w in _LEXICON if w[0] == word[0] and abs(len(w) - len(word)) <= 2]
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=0.82)
    return close[0] if close else word
