"""Numbers and addresses that citizens give at the counter, found in free text and put in their canonical form."""

import re
from typing import Literal

import phonenumbers
from stdnum.nl import bsn
from stdnum.nl import postcode as dutch_postcode

from bot.dutch.text import Found, only

DUTCH_DIGITS = 10  # of a telephone number, the 0 in front counted
_DASH = "[-‐‑‒–—−]"
_LETTER_O = str.maketrans("oO", "00")

_SEP = rf"\s?(?:{_DASH}|[/._])\s?"
_ZAAK = re.compile(
    rf"(?<![\w/.@-])(?:(?:(?P<zaak>zaak)(?:{_SEP}|\s)?)?(?P<year>(?:19|20)\d{{2}})(?:{_SEP}|(?(zaak)\s?|\s(?=\d{{6}})))"
    rf"(?P<number>\d{{4,10}})|z(?:{_SEP}|\s)?(?:20)?\d{{2}}{_SEP}\d{{4,10}})(?![\w@]|[-/.]\d)",
    re.IGNORECASE,
)
_NAMED_ZAAK = re.compile(
    r"\b(?:zaak|dossier|kenmerk|referentie)(?:nummer|nr)?\.?\s*(?:is|=|:)?\s*(?P<code>[\w./-]{4,40})", re.IGNORECASE
)
_CODE = re.compile(r"(?=(?:\D*\d){5})[A-Za-z0-9](?:[\w./-]{2,38})[A-Za-z0-9]", re.ASCII)
_LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[0-3]\d[01]\d(?:19|20)\d{2}")
_POSTCODE = re.compile(
    r"(?<![\w-])(?P<d>[1-9]\d{3})(?P<gap>\s{0,2}[.,-]?\s?)(?P<l>[a-z]\s?[a-z])(?![^\W\d_])(?!['’])", re.IGNORECASE
)
# Words of two letters that follow a year more often than they end a postcode ("in 2024 is", "vanaf 2026 op").
_TWO_LETTERS = re.compile(
    "a[lfs]|b[ev]|d[eiou]|e[nr]|ga|i[eks]|in|j[ae]|km|m[ae]|n[aru]|o[fmp]|pm|t[em]|uw|v[adr]|w[eo]|xl|z[aeno]"
)
_NUMBER = (
    r"(?P<nr>[1-9]\d{0,4})(?:\s?(?P<tail>[-/]\s?\w{1,4}|[a-z](?![a-z'])(?:\s?\d{1,4}\b|\s?[-/]\s?\w{1,4}\b)?"
    r"|(?:bis|hs|huis|rood|zwart)\b))?(?!\d|[^\W\d_])"
)
_AFTER_POSTCODE = re.compile(
    r"\s*[,;:.]?\s*(?:(?:en|met|op|dan)\s)?(?:(?:mijn\s)?huis)?(?:nr|nummer|no|num)?\.?\s*(?:is\s|=|:)?\s*#?" + _NUMBER,
    re.IGNORECASE,
)
_NAMED_HUISNUMMER = re.compile(r"\bhuis(?:nummer|nr)\.?\s*(?:is|=|:)?\s*#?" + _NUMBER, re.IGNORECASE)
_HUISNUMMER = re.compile(
    r"(?:^|(?<=[\s,]))(?!\d{4}\s?[a-z]{2}\b)" + _NUMBER + r"(?!\.\d|\s?(?:uur|jaar|weken|dagen|euro|keer|personen)\b)",
    re.IGNORECASE,
)
_A_YEAR = re.compile(r"(?:19|20)\d{2}")
_NAMED_NUMBER = re.compile(r"(?:huisnummer|huisnr|nummer|nr)\.?\s*(?:is|=|:)?\s*$", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![\w.+%-])(?P<user>[a-z0-9](?:[\w.+%'-]{0,62}[\w+-])?)\s?(?:@|\(at\)|\[at\]|\sat\s|\sapenstaartje\s)\s?"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\s?(?:\.|,(?=[a-z]{2,3}\b)|\(dot\)|\spunt\s)\s?)+)(?P<tld>[a-z]{2,24})(?![\w@])",
    re.IGNORECASE | re.ASCII,
)
# Endings that exist nowhere and that people type for .com and .nl.
_NO_TLD = frozenset({"con", "cmo", "ocm", "coom", "comm", "vom", "xom", "nll", "nnl", "ln", "bl"})
_PHONE = re.compile(
    r"(?<![\w@.,/-])(?!\d{1,2}([-/.])\d{1,2}\1\d{4}\b)(?:\+|00|[0o])[\s(]?\d(?:[\s()./-]{0,3}\d){6,13}(?![\w@]|[-/]\d)",
    re.IGNORECASE,
)


def parse_zaaknummer(text: str) -> str | None:
    """The case number in `text`, upper case without stray spaces; None for none, several, or a BSN."""
    return only(find_zaaknummers(text))


def find_zaaknummers(text: str) -> list[Found[str]]:
    """Case numbers of the usual forms; of any form where the text is one, or calls it so."""
    found = [Found(*m.span(), _zaaknummer(m)) for m in _ZAAK.finditer(text) if not is_bsn(m.group())]
    return found or [Found(*m.span("code"), m["code"].upper()) for m in _loose_codes(text)]


def _loose_codes(text: str) -> list[re.Match[str]]:
    named = list(_NAMED_ZAAK.finditer(text))
    alone = re.fullmatch(r"\s*(?P<code>[\w./-]+?)[\s.!]*", text)
    return [m for m in named + ([alone] if alone and not named else []) if _is_code(m["code"])]


def _is_code(text: str) -> bool:
    if not _CODE.fullmatch(text) or is_bsn(text) or find_phones(text):
        return False
    return not _LIKE_A_DATE.fullmatch(text) and not find_postcodes(text)


def parse_postcode(text: str) -> str | None:
    """The postcode in `text` as "1234AB"."""
    return only(find_postcodes(text))


def find_postcodes(text: str) -> list[Found[str]]:
    return [Found(*m.span(), code) for m in _POSTCODE.finditer(text) if (code := _postcode(m, text))]


def parse_huisnummer(text: str) -> str | None:
    """The house number in `text` ("12", "12a", "12-2"): after a postcode, called a number, or the only number there."""
    if number := only(find_huisnummers(text)):
        return number
    codes = find_postcodes(text)
    cut = " , ".join([text[: codes[0].start], text[codes[0].end :]]) if codes else text
    found = [m for m in _HUISNUMMER.finditer(cut) if cut.strip() == m["nr"] or not _A_YEAR.fullmatch(m["nr"])]
    named = [m for m in found if _NAMED_NUMBER.search(cut[: m.start()])]
    return only(Found(*m.span(), _huisnummer(m)) for m in named or found)


def parse_postcode_huisnummer(text: str) -> tuple[str, str] | None:
    """Postcode and house number from one answer ("1234 AB, nummer 12a"); None unless both are clear."""
    postcode, huisnummer = parse_postcode(text), parse_huisnummer(text)
    return (postcode, huisnummer) if postcode and huisnummer else None


def find_huisnummers(text: str) -> list[Found[str]]:
    """The house numbers that stand directly after a postcode or are called one."""
    after = [(code.end, _AFTER_POSTCODE.match(text[code.end :])) for code in find_postcodes(text)]
    named = [(0, match) for match in _NAMED_HUISNUMMER.finditer(text)]
    found = {at + m.start("nr"): Found(at + m.start("nr"), at + m.end(), _huisnummer(m)) for at, m in [*after, *named] if m}
    return [found[start] for start in sorted(found)]


def parse_email(text: str) -> str | None:
    """The e-mail address in `text` in lower case; obvious slips ("naam @ voorbeeld,nl") are mended."""
    return only(find_emails(text))


def find_emails(text: str) -> list[Found[str]]:
    return [Found(*m.span(), address) for m in _EMAIL.finditer(text) if (address := _email(m))]


def parse_phone(text: str) -> str | None:
    """The telephone number in `text` in E.164 ("+31612345678"); None when no such number can exist."""
    return only(find_phones(text))


def find_phones(text: str) -> list[Found[str]]:
    return [Found(*m.span(), number) for m in _PHONE.finditer(text) if (number := _phone(m.group()))]


def phone_fault(text: str) -> Literal["short", "long", "several", "unknown"] | None:
    """Why no telephone number can be read in `text`: too few or too many digits for one in the Netherlands, several numbers, or
    none that exists; None when one can be read, and when there are no digits at all.
    """
    digits = re.sub(r"\D", "", text)
    found = {f.value for f in find_phones(text)}
    if len(found) == 1 or not digits:
        return None
    if found:
        return "several"
    if text.strip().startswith("+") or digits.startswith("00") or len(digits) == DUTCH_DIGITS:
        return "unknown"
    return "short" if len(digits) < DUTCH_DIGITS else "long"


def is_bsn(text: str) -> bool:
    """Whether the digits of `text` could be a citizen service number (nine digits that pass the elfproef)."""
    digits = re.sub(r"\D", "", text)
    return len(digits) == 9 and bool(bsn.is_valid(digits))


def _zaaknummer(match: re.Match[str]) -> str:
    if match["number"]:
        # "zaak" before a short number is a word, before a long one part of it; a ZGW number of ten digits always has it.
        length = len(match["number"])
        prefix = "ZAAK-" if length == 10 or (match["zaak"] and length > 6) else ""
        return f"{prefix}{match['year']}-{match['number']}"
    return re.sub(r"\s", "", re.sub(_DASH, "-", match.group())).upper()


def _postcode(match: re.Match[str], text: str) -> str | None:
    letters = match["l"].replace(" ", "")
    compact = match["d"] + letters.upper()
    if letters.islower() and (match["l"] != letters or (match["gap"] and _TWO_LETTERS.fullmatch(letters))):
        # "1234 a b" and "1990 op" are postcodes only when nothing else was said, or it was called one.
        before, after = text[: match.start()].rstrip(" :=").lower(), text[match.end() :]
        number = _AFTER_POSTCODE.match(after)
        rest = after[number.end() :] if number else after
        named = before.endswith(("postcode", "postcode is", "pc"))
        if (before.strip(" ,.") and not named) or rest.strip(" ,.!"):
            return None
    return compact if dutch_postcode.is_valid(compact) else None


def _huisnummer(match: re.Match[str]) -> str:
    tail = re.sub(r"\s", "", match["tail"] or "").lower().replace("/", "-")
    return match["nr"] + tail


def _email(match: re.Match[str]) -> str | None:
    host = re.sub(r"\s|\(dot\)|punt(?=\s)", lambda m: "" if m.group().isspace() else ".", match["host"], flags=re.I)
    address = f"{match['user']}@{host.replace(',', '.')}{match['tld']}".lower()
    return None if match["tld"].lower() in _NO_TLD or ".." in address or len(address) > 254 else address


def _phone(written: str) -> str | None:
    digits = written.translate(_LETTER_O).replace("(0)", "")
    try:
        number = phonenumbers.parse(digits, "NL")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
