"""The invented people, kinds of case and cases of the demonstration."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


class DemoStep(NamedTuple):
    """A status type: internal name, the text for the citizen (empty: the name is used), and whether citizens are told of it."""

    name: str
    text: str
    informs: bool = True


@dataclass(frozen=True)
class DemoZaaktype:
    """A kind of case with its steps in order."""

    name: str
    steps: tuple[DemoStep, ...]
    internal: bool = False


@dataclass(frozen=True)
class DemoPerson:
    """An invented person. The BSN passes the elfproef and begins with 999, as those for testing do."""

    name: str
    bsn: str = field(repr=False)
    geboortedatum: date = field(repr=False)
    postcode: str = field(repr=False)
    huisnummer: str = field(repr=False)


@dataclass(frozen=True)
class DemoCase:
    """A case of an invented person. `step` counts from 1; 0 means that no status has been set yet.

    `suspended` and `extended` are the reasons, empty when it is neither; `result` is empty while there is none.
    """

    identificatie: str
    zaaktype: DemoZaaktype
    step: int
    started: date
    planned: date | None
    finished: date | None
    person: DemoPerson
    latest: date | None = None
    confidential: bool = False
    suspended: str = ""
    extended: str = ""
    to_pay: bool = False
    result: str = ""
    result_note: str = ""
    status_note: str = ""

    @property
    def findable(self) -> bool:
        """Whether a citizen may find it at all."""
        return not self.zaaktype.internal and not self.confidential

    @property
    def geboortedatum(self) -> date:
        return self.person.geboortedatum

    @property
    def postcode(self) -> str:
        return self.person.postcode

    @property
    def huisnummer(self) -> str:
        return self.person.huisnummer


_RECEIVED = DemoStep("Ontvangen", "Wij hebben uw aanvraag ontvangen.")
_CHECKED = DemoStep("Volledigheid", "Wij kijken of uw aanvraag compleet is.")
_HANDLED = DemoStep("In behandeling", "Wij behandelen uw aanvraag.")
_DECIDED = DemoStep("Besluit genomen", "Wij hebben een besluit genomen. U krijgt een brief.")
_REPORTED = DemoStep("Melding ontvangen", "Wij hebben uw melding ontvangen.")
_PLANNED = DemoStep("Ingepland", "Het werk staat op de planning.")
_SOLVED = DemoStep("Opgelost", "Het probleem is opgelost.")
_ADVICE = DemoStep("Advies", "Wij vragen advies aan deskundigen.", informs=False)

PARKEREN = DemoZaaktype("Parkeervergunning aanvragen", (_RECEIVED, _CHECKED, _HANDLED, _DECIDED))
BOUWEN = DemoZaaktype("Omgevingsvergunning aanvragen", (_RECEIVED, _CHECKED, _ADVICE, _HANDLED, _DECIDED))
BIJSTAND = DemoZaaktype("Bijstandsuitkering aanvragen", (_RECEIVED, _CHECKED, _HANDLED, _DECIDED))
MELDING = DemoZaaktype("Melding openbare ruimte", (_REPORTED, _PLANNED, _SOLVED))
GEBOORTE = DemoZaaktype(
    "Geboorteaangifte",
    (
        DemoStep("Aangifte ontvangen", "Wij hebben uw aangifte ontvangen."),
        DemoStep("Akte opgemaakt", "De geboorteakte is klaar."),
    ),
)
EVENEMENT = DemoZaaktype("Evenementenvergunning aanvragen", (_RECEIVED, _CHECKED, _HANDLED, _DECIDED))
# A catalogue in practice has gaps: this one lacks a text for the citizen.
KWIJTSCHELDING = DemoZaaktype(
    "Kwijtschelding aanvragen", (_RECEIVED, DemoStep("Wij beoordelen uw inkomen en vermogen", ""), _DECIDED)
)
SUBSIDIE = DemoZaaktype("Subsidie aanvragen", (_RECEIVED, _HANDLED, _DECIDED))
INTERN = DemoZaaktype("Intern onderzoek", (_HANDLED, _DECIDED), internal=True)

_PEOPLE = (
    DemoPerson("Noor van Dijk", "999990019", date(1980, 1, 2), "1234AB", "1"),
    DemoPerson("Bram Visser", "999990068", date(1975, 6, 15), "1234AB", "12 A"),
    DemoPerson("Fatima Amrani", "999990111", date(1992, 11, 30), "1234CD", "7"),
    DemoPerson("Hendrik Smit", "999990159", date(1968, 3, 9), "1235EF", "24-2"),
    DemoPerson("Lotte Mulder", "999990202", date(1990, 8, 21), "1235EF", "31"),
    DemoPerson("Jeroen de Boer", "999990251", date(1985, 12, 5), "1236GH", "3 bis"),
    DemoPerson("Wilma Bakker", "999990299", date(1959, 4, 18), "1236GH", "110"),
    DemoPerson("Ruben Peters", "999990342", date(1971, 10, 1), "1237JK", "5"),
    DemoPerson("Sanne Kuipers", "999990391", date(2001, 2, 28), "1237JK", "18 C"),
    DemoPerson("Cornelis Vos", "999990433", date(1949, 7, 7), "1238LM", "2"),
    DemoPerson("Aylin Yilmaz", "999990482", date(1996, 2, 29), "1238LM", "66"),
    DemoPerson("Marieke Dekker", "999990524", date(1983, 9, 13), "1239NP", "9"),
)
_Days = tuple[int, int | None, int | None, int | None]
_NOOR, _BRAM, _FATIMA, _HENDRIK, _LOTTE, _JEROEN, _WILMA, _RUBEN, _SANNE, _CORNELIS, _AYLIN, _MARIEKE = _PEOPLE


def demo_persons() -> tuple[DemoPerson, ...]:
    """Everybody with a case in the demonstration, for those who try its login. The first one has a case of every sort."""
    return _PEOPLE


def demo_cases(today: date) -> tuple[DemoCase, ...]:
    """The cases as they are when seeded on `today`; list those that are `findable` for whoever tries the demo."""
    def case(number: int, zaaktype: DemoZaaktype, step: int, person: DemoPerson, when: _Days, **more: Any) -> DemoCase:
        started, planned, latest, finished = (None if n is None else today + timedelta(days=n) for n in when)
        assert started is not None
        return DemoCase(f"ZAAK-2026-{number:010d}", zaaktype, step, started, planned, finished, person, latest, **more)

    return (  # days from today: started, planned, last day of the term, finished
        case(101, PARKEREN, 2, _NOOR, (-9, 12, 47, None)),
        case(102, BOUWEN, 3, _BRAM, (-30, 26, 26, None)),
        case(103, BIJSTAND, 3, _FATIMA, (-20, 8, 36, None), status_note="Wij missen niets meer van u."),
        case(104, MELDING, 2, _HENDRIK, (-3, 4, None, None)),
        case(105, GEBOORTE, 2, _LOTTE, (-6, -3, None, -4), result="Akte opgemaakt"),
        case(106, EVENEMENT, 3, _JEROEN, (-40, 16, 16, None)),
        case(107, KWIJTSCHELDING, 2, _WILMA, (-14, 42, 42, None)),
        case(108, SUBSIDIE, 2, _RUBEN, (-25, None, None, None)),
        case(109, PARKEREN, 0, _SANNE, (0, 21, 56, None)),
        case(110, PARKEREN, 4, _CORNELIS, (-35, -10, 21, -12), result="Verleend", result_note="De vergunning geldt een jaar."),
        case(111, BIJSTAND, 1, _AYLIN, (-2, 54, 54, None)),
        case(112, MELDING, 1, _MARIEKE, (-1, 6, None, None)),
        case(113, INTERN, 1, _NOOR, (-12, 30, None, None)),
        case(114, BIJSTAND, 2, _NOOR, (-15, 15, None, None), confidential=True),
        case(115, BIJSTAND, 2, _NOOR, (-28, 28, 28, None),
             suspended="Wij wachten op uw bankafschriften.", status_note="Wij hebben u op papier om bankafschriften gevraagd."),
        case(116, EVENEMENT, 3, _NOOR, (-50, 48, 48, None), extended="Het advies van de brandweer kost meer tijd."),
        case(117, SUBSIDIE, 2, _NOOR, (-70, -14, -6, None)),
        case(118, BOUWEN, 1, _NOOR, (-4, 52, 52, None), to_pay=True),
        case(119, PARKEREN, 4, _NOOR, (-90, -40, -34, -45),
             result="Geweigerd", result_note="In uw straat zijn alle plaatsen vergeven.",
             status_note="U kunt binnen zes weken bezwaar maken."),
    )


def today_in_amsterdam() -> date:
    """The date at the counter."""
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date()
