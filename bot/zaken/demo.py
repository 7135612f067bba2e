"""The demonstration case system: a SQLite file with a dozen fictitious cases, for a laptop without a case system."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.zaken import SecondFactor, ZaakNotFound, ZaakStatus, ZakenUnavailable, spellings

_STALE_DAYS = 14  # after which the dates are set anew: a demonstration shouldn't be full of overdue cases


class DemoStep(NamedTuple):
    """A status type: internal name, and the text for the citizen (empty: the name is used)."""

    name: str
    text: str


@dataclass(frozen=True)
class DemoZaaktype:
    """A kind of case with its steps in order."""

    name: str
    steps: tuple[DemoStep, ...]
    internal: bool = False


@dataclass(frozen=True)
class DemoCase:
    """A case of an invented person. `step` counts from 1; 0 means that no status has been set yet."""

    identificatie: str
    zaaktype: DemoZaaktype
    step: int
    started: date
    planned: date | None
    finished: date | None
    geboortedatum: date
    postcode: str
    huisnummer: str
    confidential: bool = False

    @property
    def findable(self) -> bool:
        """Whether a citizen may find it at all."""
        return not self.zaaktype.internal and not self.confidential


_RECEIVED = DemoStep("Ontvangen", "Wij hebben uw aanvraag ontvangen.")
_CHECKED = DemoStep("Volledigheid", "Wij kijken of uw aanvraag compleet is.")
_HANDLED = DemoStep("In behandeling", "Wij behandelen uw aanvraag.")
_DECIDED = DemoStep("Besluit genomen", "Wij hebben een besluit genomen. U krijgt een brief.")
_REPORTED = DemoStep("Melding ontvangen", "Wij hebben uw melding ontvangen.")
_PLANNED = DemoStep("Ingepland", "Het werk staat op de planning.")
_SOLVED = DemoStep("Opgelost", "Het probleem is opgelost.")

PARKEREN = DemoZaaktype("Parkeervergunning aanvragen", (_RECEIVED, _CHECKED, _HANDLED, _DECIDED))
BOUWEN = DemoZaaktype(
    "Omgevingsvergunning aanvragen",
    (_RECEIVED, _CHECKED, DemoStep("Advies", "Wij vragen advies aan deskundigen."), _HANDLED, _DECIDED),
)
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


def demo_cases(today: date) -> tuple[DemoCase, ...]:
    """The cases as they are when seeded on `today`; list those that are `findable` for whoever tries the demo."""

    def case(
        number: int,
        zaaktype: DemoZaaktype,
        step: int,
        days: tuple[int, int | None, int | None],
        born: tuple[int, int, int],
        address: str,
        confidential: bool = False,
    ) -> DemoCase:
        started, planned, finished = (None if n is None else today + timedelta(days=n) for n in days)
        assert started is not None
        identificatie = f"ZAAK-2026-{number:010d}"
        place = address.split(" ", 1)
        return DemoCase(
            identificatie, zaaktype, step, started, planned, finished, date(*born), place[0], place[1], confidential
        )

    return (  # days from today: started, planned, finished
        case(101, PARKEREN, 2, (-9, 12, None), (1980, 1, 2), "1234AB 1"),
        case(102, BOUWEN, 3, (-30, 26, None), (1975, 6, 15), "1234AB 12 A"),
        case(103, BIJSTAND, 3, (-20, 8, None), (1992, 11, 30), "1234CD 7"),
        case(104, MELDING, 2, (-3, 4, None), (1968, 3, 9), "1235EF 24-2"),
        case(105, GEBOORTE, 2, (-6, -3, -4), (1990, 8, 21), "1235EF 31"),
        case(106, EVENEMENT, 3, (-40, 16, None), (1985, 12, 5), "1236GH 3 bis"),
        case(107, KWIJTSCHELDING, 2, (-14, 42, None), (1959, 4, 18), "1236GH 110"),
        case(108, SUBSIDIE, 2, (-25, None, None), (1971, 10, 1), "1237JK 5"),
        case(109, PARKEREN, 0, (0, 21, None), (2001, 2, 28), "1237JK 18 C"),
        case(110, PARKEREN, 4, (-35, -10, -12), (1949, 7, 7), "1238LM 2"),
        case(111, BIJSTAND, 1, (-2, 54, None), (1996, 2, 29), "1238LM 66"),
        case(112, MELDING, 1, (-1, 6, None), (1983, 9, 13), "1239NP 9"),
        case(113, INTERN, 1, (-12, 30, None), (1980, 1, 2), "1234AB 1"),
        case(114, BIJSTAND, 2, (-15, 15, None), (1980, 1, 2), "1234AB 1", confidential=True),
    )


def today_in_amsterdam() -> date:
    """The date at the counter."""
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date()


_SCHEMA = """
CREATE TABLE IF NOT EXISTS zaaktype (name TEXT PRIMARY KEY, internal INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS statustype (zaaktype TEXT NOT NULL REFERENCES zaaktype, step INTEGER NOT NULL,
  name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (zaaktype, step));
CREATE TABLE IF NOT EXISTS zaak (identificatie TEXT PRIMARY KEY, zaaktype TEXT NOT NULL REFERENCES zaaktype,
  step INTEGER NOT NULL, started TEXT NOT NULL, planned TEXT, finished TEXT, geboortedatum TEXT NOT NULL,
  postcode TEXT NOT NULL, huisnummer TEXT NOT NULL, confidential INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seeding (day TEXT NOT NULL);
"""
_LOOK_UP = """
SELECT z.*, t.internal, coalesce(nullif(s.text, ''), s.name, '') AS status,
  (SELECT count(*) FROM statustype WHERE zaaktype = z.zaaktype) AS steps
FROM zaak z JOIN zaaktype t ON t.name = z.zaaktype LEFT JOIN statustype s ON s.zaaktype = z.zaaktype AND s.step = z.step
WHERE z.identificatie = ?
"""


class DemoZaken:
    """`Zaken` on the SQLite file at `path`, made and seeded at the first look-up.

    Dates are relative to the day of seeding, and set anew when that is two weeks ago. `today` gives the date;
    `busy_seconds` is how long to wait for another process that holds the file.
    """

    def __init__(
        self, path: Path, today: Callable[[], date] = today_in_amsterdam, *, busy_seconds: float = 2.0
    ) -> None:
        self._path = path
        self._today = today
        self._busy_seconds = busy_seconds

    async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        """As `Zaken.look_up`."""
        return await asyncio.to_thread(self._look_up, identificatie, factor)

    async def aclose(self) -> None:
        """Nothing stays open between look-ups."""

    def _look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        try:
            with closing(self._connect()) as db:
                self._seed(db)
                rows = [row for number in spellings(identificatie) for row in db.execute(_LOOK_UP, (number,))]
        except (sqlite3.Error, OSError) as exc:
            raise ZakenUnavailable("the demonstration file can't be read") from exc
        for row in rows:
            known = factor.matches(row["geboortedatum"], row["postcode"], row["huisnummer"])
            if known and not row["internal"] and not row["confidential"]:
                return _status(row)
        raise ZaakNotFound

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=self._busy_seconds, isolation_level=None)
        db.row_factory = sqlite3.Row
        return db

    def _seed(self, db: sqlite3.Connection) -> None:
        today = self._today()
        if self._fresh(db, today):
            return
        db.executescript(_SCHEMA)
        db.execute("BEGIN IMMEDIATE")  # of several processes that start at once, one seeds
        with db:
            if self._fresh(db, today):
                return
            for table in ("zaak", "statustype", "zaaktype", "seeding"):
                db.execute(f"DELETE FROM {table}")
            _insert(db, demo_cases(today))
            db.execute("INSERT INTO seeding VALUES (?)", (today.isoformat(),))

    def _fresh(self, db: sqlite3.Connection, today: date) -> bool:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'seeding'").fetchone():
            return False
        row = db.execute("SELECT day FROM seeding").fetchone()
        return row is not None and (today - date.fromisoformat(row["day"])).days < _STALE_DAYS


def _insert(db: sqlite3.Connection, cases: tuple[DemoCase, ...]) -> None:
    for zaaktype in dict.fromkeys(case.zaaktype for case in cases):
        db.execute("INSERT INTO zaaktype VALUES (?, ?)", (zaaktype.name, zaaktype.internal))
        steps = [(zaaktype.name, number, step.name, step.text) for number, step in enumerate(zaaktype.steps, start=1)]
        db.executemany("INSERT INTO statustype VALUES (?, ?, ?, ?)", steps)
    for c in cases:
        days = [day and day.isoformat() for day in (c.started, c.planned, c.finished, c.geboortedatum)]
        row = (c.identificatie, c.zaaktype.name, c.step, *days, c.postcode, c.huisnummer, c.confidential)
        db.execute("INSERT INTO zaak VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _status(row: sqlite3.Row) -> ZaakStatus:
    planned, finished = (row[name] and date.fromisoformat(row[name]) for name in ("planned", "finished"))
    return ZaakStatus(
        identificatie=row["identificatie"],
        zaaktype=row["zaaktype"],
        status=row["status"],
        step=row["step"],
        steps=row["steps"],
        started=date.fromisoformat(row["started"]),
        expected=None if finished else planned,
        finished=finished or None,
    )
