"""Who comes to the counter and for what: "twee paspoorten en een rijbewijs", "id-kaart voor mij en mijn twee kinderen".

Pure functions. The names of products are an argument: they differ per municipality.
"""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.dutch.text import Found, Normal, plain

_MY = r"(?:mijn|me|mn|m'n|onze|ons|de|een|eigen)\s"
_ONE = (
    _MY + r"(?:\w+\s)?(?:vrouw|man|echtgenoot|echtgenote|partner|vriend|vriendin|zoon|zoontje|dochter|dochtertje|kind|kindje|"
    r"baby|moeder|vader|ma|pa|mam|pap|mama|papa|broer|broertje|zus|zusje|oma|opa|kleinzoon|kleindochter|neef|nicht|buurman|buurvrouw|"
    r"madam|tweeling)\b"
)
_MANY = (
    r"(?P<many>\d{1,2}\s(?:\w+\s)?(?:kinderen|kids|kindjes|zonen|zoons|dochters|meisjes|jongens|kleinkinderen|broers|zussen|"
    r"pubers|tieners|baby's|ouders|personen|persoon|mensen|man|volwassenen|anderen)\b)"
)
_SOME = (
    r"(?P<some>(?:mijn|me|mn|m'n|onze|de|ons)\s"
    r"(?:kinderen|kids|kindjes|zonen|zoons|dochters|gezin|familie|jongens|meisjes|ouders)\b)"
)
_SELF = r"(?P<self>\b(?:mijzelf|mezelf|mij|mij zelf|me zelf|ik|ons 2en)\b)"
_TOTAL = re.compile(
    r"\b(?:(?:voor|met|wij zijn met|we zijn met|gezin van|familie van|totaal|samen|voor totaal)\s)"
    r"(?:z'n\s|zijn\s|ons\s|een gezin van\s)?(?P<n>\d{1,2})(?:en)?"
    r"(?:\s(?:personen|persoon|mensen|man|volwassenen)|\s*[.,!?]|\s*$)"
    r"|\b(?P<n2>\d{1,2})\s(?:personen|persoon|mensen|volwassenen|man)\b"
    r"|\bmet (?:z'n|zijn|ons|hun) (?P<n3>\d{1,2}|tweeen|drieen|vieren|vijven|zessen|allebei|beiden)\b"
    r"|\b(?:voor|met) (?:ons|mijn|onze) (?P<n4>tweeen|2en|drieen|vieren|vijven|allebei|beiden|beide)\b"
    r"|\b(?P<n5>allebei|alle twee|alletwee|alle 2|alle drie|alle 3|alle vier|alle 4)\b"
)
_FORMS = {
    "tweeen": 2, "2en": 2, "allebei": 2, "beiden": 2, "beide": 2, "alle twee": 2, "alletwee": 2, "alle 2": 2, "drieen": 3,
    "alle drie": 3, "alle 3": 3, "vieren": 4, "alle vier": 4, "alle 4": 4, "vijven": 5, "zessen": 6,
}
_WITH = re.compile(rf"{_SELF}|{_MANY}|{_SOME}|(?P<one>{_ONE})")
_FEWER = re.compile(rf"{_ONE}(?= (?:toch )?(?:hoeft|gaat|komt|kan|doet|wil)\b.{{0,12}}\bniet?\b)")
_AND_I = rf"(?:{_ONE}|kinderen|kids|dochters|zonen|zoons)\s?,?\sen\s"
_I_AND = r"\sen (?:mijn|me|mn|m'n|onze|de|\d)\b"
_LIST_ENDS = re.compile(rf"{_AND_I}ik\b|\bik{_I_AND}|\bvoor\b|\bmet\b|\bsamen\b|\bneem\b|\bwij\b|\bwe\b")
_ALSO = re.compile(rf"\bik\b.*\ben {_ONE} ook\b")
_BARE = re.compile(r"\s*(?:met\s)?(?:z'n\s|zijn\s)?(?P<n>\d{1,2})(?:en)?\s*(?:personen|persoon|mensen|man)?\s*[.!]?\s*")
_BEHIND = ("en", "je", "jes", "aanvraag", "aanvragen", "verlenging", "verlengen", "afspraak")  # "paspoortaanvraag"
_GENERIC = frozenset({
    "aanvragen", "verlengen", "maken", "nieuw", "nieuwe", "medewerker", "aangifte", "doen", "melden", "voor", "basisregistratie",
})


@dataclass(frozen=True)
class People:
    """How many people; `sure` is False when it is more than one but not said how many ("mijn kinderen")."""

    count: int
    sure: bool = True


@dataclass(frozen=True)
class Wanted:
    """A product by its id; `people` None when nothing was said about for how many."""

    product: str
    people: People | None = None


def find_people(text: str) -> People | None:
    """For how many people `text` is; None when it doesn't say."""
    reading = Normal(plain(text)).text
    if total := _TOTAL.search(reading):
        said = next(group for group in total.groups() if group)
        count = _FORMS.get(said) or int(re.sub(r"\D", "", said) or 0)
        return People(count) if count else None
    return _listed(reading)


def parse_people(text: str) -> int | None:
    """The number in the answer to "for how many people?"; None for no number, or when it isn't said how many."""
    if bare := _BARE.fullmatch(Normal(plain(text)).text):
        return int(bare["n"]) or None
    if plain(text).strip(" .!") in {"een", "1", "alleen ik", "alleen voor mij", "een persoon", "mijzelf", "mezelf"}:
        return 1
    found = find_people(text)
    return found.count if found and found.sure else None


def find_fewer(text: str) -> int:
    """How many people don't come after all: "mijn vrouw hoeft niet" is one; 0 when the text says nothing of the kind."""
    return len(_FEWER.findall(Normal(plain(text)).text))


def _listed(text: str) -> People | None:
    """ "voor mij en mijn twee kinderen" is three. Only after words that say for whom or with whom one comes."""
    if _ALSO.search(text):
        return People(2)
    start = _LIST_ENDS.search(text)
    if start is None:
        return None
    count, sure, others = 0, True, 0
    for match in _WITH.finditer(text, start.start()):
        if match["self"]:
            count = max(count, 1) if not others else count + (match["self"] != "ik" or _joined(text, match))
        elif match["many"]:
            others += int(match["many"].split()[0])
            count += int(match["many"].split()[0])
        elif match["some"]:
            others, count, sure = others + 2, count + 2, False
        else:
            others, count = others + 1, count + 1 + ("tweeling" in match["one"])
    if not count:
        return None
    return People(count, sure) if others or _alone(text) else None


def _joined(text: str, match: re.Match[str]) -> bool:
    """Whether "ik" belongs to the list ("mijn man en ik") rather than to a sentence ("ik wil")."""
    return bool(re.search(rf"{_AND_I}$", text[: match.start()]) or re.match(_I_AND, text[match.end() :]))


def _alone(text: str) -> bool:
    return bool(re.search(r"\bvoor (?:mij|mijzelf|mezelf|me zelf)\b", text))


def distinctive(names: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Per product id the words of its id and name that no other product has."""
    words = {key: set(re.findall(r"\w{4,}", plain(f"{key.replace('_', ' ')} {name}"))) - _GENERIC for key, name in names.items()}
    counts = Counter(word for own in words.values() for word in own)
    short = {"id_kaart": {"id", "idkaart"}}
    return {key: frozenset({word for word in own if counts[word] == 1} | short.get(key, set())) for key, own in words.items()}


def find_products(text: str, names: Mapping[str, str], also: Sequence[Found[str]] = ()) -> list[Wanted]:
    """The products in `text`, in order, each with the people it is for.

    `names`: id -> name as it is offered. `also`: products that were recognised otherwise (synonyms), by their place in `text`.
    "twee paspoorten" and "voor mij en mijn vrouw" both say for how many; what stands nearest behind a product counts for it.
    """
    places = _places(text, names, also)
    found: list[Wanted] = []
    for index, (start, end, product) in enumerate(places):
        until = places[index + 1][0] if index + 1 < len(places) else len(text)
        before = text[places[index - 1][1] if index else 0 : start]
        behind = text[end:until]
        people = _counted(before) or find_people(_cut(behind) if until < len(text) else behind)
        found.append(Wanted(product, people))
    everyone = find_people(text) if not any(item.people for item in found) or _for_all(found) else None
    return _merged([Wanted(item.product, item.people or everyone) for item in found])


def _for_all(found: list[Wanted]) -> bool:
    """ "paspoort en id-kaart voor ons tweeën": what is said once, after the last, counts for all."""
    return len(found) > 1 and bool(found[-1].people) and not any(item.people for item in found[:-1])


def _cut(text: str) -> str:
    """Up to where the next product's article begins: "… voor mij en een" keeps "voor mij"."""
    return re.sub(r"\s(?:en|plus|ook|,)\s+(?:ook\s)?(?:nog\s)?(?:een|1|\w+)?\s*(?:nieuwe?)?\s*$", " ", text)


def _counted(before: str) -> People | None:
    """ "twee nieuwe paspoorten": the number right before the product. "een" is an article and says nothing."""
    reading = Normal(plain(before)).text
    match = re.search(r"\b(\d{1,2})\s?(?:x|keer|maal|stuks)?\s?(?:nieuwe?\s|nederlandse\s)*$", reading)
    return People(int(match[1])) if match and int(match[1]) else None


def _places(text: str, names: Mapping[str, str], also: Sequence[Found[str]]) -> list[tuple[int, int, str]]:
    own = distinctive(names)
    places = [(f.start, f.end, f.value) for f in also if f.value in names]
    for match in re.finditer(r"\w+(?:-\w+)?", text):
        word = plain(match.group()).replace("-", "")
        product = next((key for key, words in own.items() if any(_same(word, known) for known in words)), None)
        if product and not any(match.start() < end and start < match.end() for start, end, _ in places):
            places.append((match.start(), match.end(), product))
    return sorted(places)


def _same(word: str, known: str) -> bool:
    """The word itself, its plural, a compound that begins with it, or a slip."""
    stem = re.sub(r"(?:zen|s|en|je|jes)$", "", word)
    behind = word.removeprefix(known) if word.startswith(known) else None
    if word == known or (len(known) >= 5 and (behind in _BEHIND or stem in (known, known.rstrip("s")))):
        return True
    return len(word) >= 7 and word[0] == known[0] and difflib.SequenceMatcher(None, word, known).ratio() >= 0.86


def _merged(found: list[Wanted]) -> list[Wanted]:
    """Each product once, with the last that was said about people."""
    merged: dict[str, Wanted] = {}
    for item in found:
        merged[item.product] = item if item.people or item.product not in merged else merged[item.product]
    return list(merged.values())
