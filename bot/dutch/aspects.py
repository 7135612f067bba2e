"""What a citizen wants to know about a subject: costs, duration, what to bring, where, online, for somebody else, too late."""

import re

from bot.dutch.text import plain

_PERSON = r"(?:\w+ )?(?:man|vrouw|vriend|vriendin|moeder|vader|ma|pa|oma|opa|broer|zus|buur\w*|partner)"

# In the words people use; each stands between word boundaries. A text that asks two things has no single aspect.
_WORDS = {
    "kosten": (r"kost(?:en|e|t|prijs)?", r"prij[sz]\w*", r"tarie\w+", "leges", "gratis", "duur is", "betalen voor", "how much",
               r"hoeveel (?:geld|euro|betaal\w*|is)"),
    "duur": ("hoe ?lang", "duurt", "duren", "levertijd", "termijn", "hoe snel", "how long", "hoeveel (?:dagen|weken|tijd)",
             "wanneer (?:is|krijg|heb|kan|ligt|komt|hoor)"),
    "meenemen": ("mee ?(?:te )?nemen", "mee ?brengen", "neem ik mee", "moet ik mee", "nodig",
                 "welke (?:papieren|documenten|gegevens|stukken)"),
    "waar": ("waar (?:kan|moet|doe|ga|vraag|haal|is|vind|regel)", "welke? (?:loket|balie|adres|locatie|kantoor)", "waar dan"),
    "online": ("online", "via (?:de )?(?:site|website|internet|app)", "met digid", "vanuit huis", "thuis regelen", "digitaal"),
    "iemand_anders": (rf"voor (?:mij|me|m'?n|mijn) {_PERSON}", r"mag (?:mijn|m'?n|me|een ander) \w+", "iemand anders",
                      r"machtig\w*", "namens", "in mijn plaats"),
    "te_laat": ("te laat", "vergeten (?:te|om|door)", "termijn (?:is )?(?:voorbij|verstreken)", "al (?:lang )?verlopen", "boete"),
}
_PATTERNS = {name: re.compile(rf"\b(?:{'|'.join(words)})\b") for name, words in _WORDS.items()}
_CHILD = re.compile(r"\b(?:dochter|zoon|kind|baby|minderjarig|jongste|oudste|puber|peuter|kleuter|tweeling)\w*\b")
ASPECTS = tuple(_WORDS)

LONG = 30  # words; in a long story such words seldom are the question


def find_aspect(text: str) -> str | None:
    """The one aspect that the text asks about; None for none, for several, and for a long story."""
    reading = plain(text)
    if len(reading.split()) > LONG:
        return None
    found = [name for name, pattern in _PATTERNS.items() if pattern.search(reading)]
    return found[0] if len(found) == 1 else None


def about_a_child(text: str) -> bool:
    """Whether the question is about a child ("en voor mijn dochter?")."""
    return bool(_CHILD.search(plain(text)))
