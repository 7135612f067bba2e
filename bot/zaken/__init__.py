"""Port for the status of a case (zaak): what the counter asks, and what it may answer.

A look-up needs the case number and a second factor about the citizen who started the case (the initiator).
Adapters: `demo.py` (SQLite) and `zgw.py` (ZGW Zaken and Catalogi). Both pass `tests/contract/test_zaken.py`.
"""

import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from stdnum.nl import bsn as _bsn

_MAX_LENGTH = 40  # of an `identificatie` in ZGW Zaken 1.5
_CASE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/-]*")
_WITH_THE_WORD = re.compile(r"ZAAK-([0-9]{4}-[0-9]{10})")
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_HOUSE_NUMBER = re.compile(r"0*([1-9][0-9]{0,4})(?![0-9])(.*)")
_DAY = re.compile(r"[0-9]{8}")
_BSN = re.compile(r"[0-9]{9}")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]")


class ZaakNotFound(Exception):
    """No case for this number and second factor.

    Unknown number, wrong factor, internal and confidential cases all raise it in the same form (no arguments), so that
    nobody can learn from the answer that a case exists.
    """


class ZakenUnavailable(Exception):
    """The case system gave no answer that can be trusted, or not in time. Say so; never guess a status."""


@dataclass(frozen=True)
class SecondFactor:
    """Something only the initiator is likely to know: the date of birth, or postcode with house number.

    Raises ValueError unless exactly one of the two is given. The values are kept as typed, compared normalised
    (`1234 ab` = `1234AB`, `12-a` = `12 A`), and left out of the representation so that they stay out of logs.
    """

    geboortedatum: date | None = field(default=None, repr=False)
    postcode: str | None = field(default=None, repr=False)
    huisnummer: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = [bool((part or "").strip()) for part in (self.postcode, self.huisnummer)]
        if any(parts) != all(parts) or any(parts) == (self.geboortedatum is not None):
            raise ValueError("give either geboortedatum, or postcode with huisnummer")

    def matches(self, geboortedatum: str, postcode: str, huisnummer: str) -> bool:
        """Whether the registered person has this factor; a missing or malformed registered value never matches.

        `geboortedatum` is `1980-01-02` or `19800102`, `huisnummer` includes letter and addition (`12 A-2`).
        The comparison takes the same time wherever the values differ.
        """
        if self.geboortedatum is not None:
            return _same(_day(self.geboortedatum.isoformat()), _day(geboortedatum))
        return _same(_address(self.postcode or "", self.huisnummer or ""), _address(postcode, huisnummer))


@dataclass(frozen=True)
class Personal:
    """What only the citizen themself may hear about a case: known at the higher level of assurance alone.

    All texts are the municipality's own words, empty when it wrote none. `result` is how the case ended, `result_note` the
    explanation that goes with it, `status_note` the explanation of the present status, `suspension_reason` and
    `extension_reason` why the case waits or takes longer.
    """

    result: str = field(default="", repr=False)
    result_note: str = field(default="", repr=False)
    status_note: str = field(default="", repr=False)
    suspension_reason: str = field(default="", repr=False)
    extension_reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class ZaakStatus:
    """What a citizen may hear about a case.

    `zaaktype`, `status` and `next_step` are the public texts of the municipality's catalogue. `status` is empty and `step` 0 as
    long as no status has been set; otherwise `step` counts from 1 to `steps`; `next_step` is the text of the step after the
    present one, empty at the end. `expected` is the date the case should be finished: None when unknown, suspended or already
    finished. `latest` is the last day of the term, None when the case system names none; `finished` the date the case ended.
    `suspended`: the term stands still, for instance because the citizen was asked for something. `extended`: the term was made
    longer. `to_pay`: the case waits for a payment. `personal` is None at the lower level of assurance.
    `ref` is the case's own address in the case system: for notices, never shown. `may_follow`: whether its changes are announced
    to who asks for it; not where only a citizen who has just logged in may hear of it.
    """

    identificatie: str
    zaaktype: str
    status: str
    step: int
    steps: int
    started: date
    expected: date | None
    finished: date | None
    latest: date | None = None
    next_step: str = ""
    suspended: bool = False
    extended: bool = False
    to_pay: bool = False
    personal: Personal | None = None
    ref: str = field(default="", repr=False)
    may_follow: bool = True

    def days_over(self, today: date) -> int:
        """Days since the term ended, 0 within it, when it stands still, and when there is none."""
        if self.finished or self.suspended or self.latest is None:
            return 0
        return max((today - self.latest).days, 0)


class Zaken(Protocol):
    """A source of case statuses. Every method may raise ZakenUnavailable."""

    async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        """The public status of one case (lower level of assurance). Raises ZaakNotFound."""

    async def own(self, bsn: str) -> list[ZaakStatus]:
        """The cases that the person with this BSN started, with `personal` (higher level of assurance), newest first.

        The BSN comes from a login of this moment; it is in no error and kept nowhere. Raises ValueError for what is no BSN.
        """

    async def announced(self, ref: str, status: str) -> ZaakStatus | None:
        """The public status of a case for those who asked to be told, after its system announced that `status` was set.

        `ref` and `status` are addresses as the notification gives them; what they stand for is asked anew. None when there is
        nothing to tell: no longer the present status, a status that citizens aren't told of, a case they may not hear about,
        or one that doesn't exist (any more).
        """

    async def check(self) -> list[str]:
        """What is wrong with the connection, in plain English, one sentence per fault; empty when all is well.

        Asks for real, changes nothing, raises nothing.
        """

    async def aclose(self) -> None:
        """Release connections; may be called more than once."""


def check_bsn(bsn: str) -> None:
    """Raises ValueError, which doesn't repeat it, unless these are nine digits that pass the elfproef."""
    if not _BSN.fullmatch(bsn) or not _bsn.is_valid(bsn):
        raise ValueError("not a BSN")


def spellings(typed: str) -> tuple[str, ...]:
    """The case numbers a citizen may mean, most literal first; empty if the text can't be one.

    Case systems compare the number exactly, and read an empty one as "every case". So: never blank, at most 40 characters,
    trimmed, and after the literal spelling the one without spaces and in capitals. Open Zaak makes numbers such as
    ZAAK-2026-0000000101; people leave out the word, which is then read into it, so a number that really lacks it is tried last.
    """
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    text = re.sub(r"[‐-―−]", "-", text).strip(" .,;:#'\"()")
    if len(text) > _MAX_LENGTH or not _CASE_NUMBER.fullmatch(text):
        return ()
    compact = text.replace(" ", "").upper()
    bare = _WITH_THE_WORD.sub(r"\1", compact)
    return tuple(dict.fromkeys((text, compact, bare)))


def _same(given: str, known: str) -> bool:
    """Compare in constant time; empty is never equal."""
    return bool(given) and bool(known) and hmac.compare_digest(given.encode(), known.encode())


def _day(text: str) -> str:
    """`1980-01-02` -> `19800102`; empty if it isn't a whole date, as registers allow (`1980`)."""
    digits = text.replace("-", "")
    return digits if _DAY.fullmatch(digits) else ""


def _address(postcode: str, huisnummer: str) -> str:
    """`1234 ab`, `12-a` -> `1234AB|12|A`; empty if either is malformed. Keeps `1-22` apart from `12-2`."""
    code = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", postcode).upper())
    house = _HOUSE_NUMBER.fullmatch(unicodedata.normalize("NFKC", huisnummer).upper().strip())
    if not _POSTCODE.fullmatch(code) or not house:
        return ""
    return f"{code}|{house[1]}|{_NOT_ALPHANUMERIC.sub('', house[2])}"
