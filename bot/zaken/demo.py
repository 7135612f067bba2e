"""The demonstration case system: a SQLite file with fictitious cases, for a laptop without a case system."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bot.sqlite import transaction
from bot.zaken import Personal, SecondFactor, ZaakNotFound, ZaakStatus, ZakenUnavailable, check_bsn, spellings
from bot.zaken.demo_data import DemoCase, demo_cases, today_in_amsterdam

_STALE_DAYS = 14  # after which the dates are set anew: a demonstration shouldn't be full of overdue cases
_VERSION = 2  # of the tables and the cases; a file with another one is filled anew
_RESULT = "Afgehandeld"  # of a case that is advanced to its end

_TABLES = ("zaak", "statustype", "zaaktype", "seeding")
_SCHEMA = (
    "CREATE TABLE zaaktype (name TEXT PRIMARY KEY, internal INTEGER NOT NULL)",
    "CREATE TABLE statustype (zaaktype TEXT NOT NULL REFERENCES zaaktype, step INTEGER NOT NULL, name TEXT NOT NULL,"
    " text TEXT NOT NULL, informs INTEGER NOT NULL, PRIMARY KEY (zaaktype, step))",
    "CREATE TABLE zaak (identificatie TEXT PRIMARY KEY, zaaktype TEXT NOT NULL REFERENCES zaaktype, step INTEGER NOT NULL,"
    " started TEXT NOT NULL, planned TEXT, latest TEXT, finished TEXT, bsn TEXT NOT NULL, geboortedatum TEXT NOT NULL,"
    " postcode TEXT NOT NULL, huisnummer TEXT NOT NULL, confidential INTEGER NOT NULL, suspended TEXT NOT NULL,"
    " extended TEXT NOT NULL, to_pay INTEGER NOT NULL, result TEXT NOT NULL, result_note TEXT NOT NULL,"
    " status_note TEXT NOT NULL)",
    "CREATE TABLE seeding (day TEXT NOT NULL)",
)
_CASES = """
SELECT z.*, t.internal, coalesce(nullif(s.text, ''), s.name, '') AS status, s.informs,
  coalesce(nullif(n.text, ''), n.name, '') AS next_step,
  (SELECT count(*) FROM statustype WHERE zaaktype = z.zaaktype) AS steps
FROM zaak z JOIN zaaktype t ON t.name = z.zaaktype
LEFT JOIN statustype s ON s.zaaktype = z.zaaktype AND s.step = z.step
LEFT JOIN statustype n ON n.zaaktype = z.zaaktype AND n.step = z.step + 1
"""


class DemoZaken:
    """`Zaken` on the SQLite file at `path`, made and seeded at the first look-up.

    Dates are relative to the day of seeding, and set anew when that is two weeks ago. `today` gives the date;
    `busy_seconds` is how long to wait for another process that holds the file; `most` limits what `own` answers.
    """

    def __init__(
        self, path: Path, today: Callable[[], date] = today_in_amsterdam, *, busy_seconds: float = 2.0, most: int = 20
    ) -> None:
        self._path = path
        self._today = today
        self._busy_seconds = busy_seconds
        self._most = most

    async def look_up(self, identificatie: str, factor: SecondFactor) -> ZaakStatus:
        """As `Zaken.look_up`."""
        for row in await self._rows("z.identificatie", spellings(identificatie)):
            if factor.matches(row["geboortedatum"], row["postcode"], row["huisnummer"]) and _shown(row):
                return _status(row)
        raise ZaakNotFound

    async def own(self, bsn: str) -> list[ZaakStatus]:
        """As `Zaken.own`."""
        check_bsn(bsn)
        rows = [row for row in await self._rows("z.bsn", (bsn,)) if _shown(row)]
        newest_first = sorted(rows, key=lambda row: (row["started"], row["identificatie"]), reverse=True)
        return [_status(row, personal=True) for row in newest_first[: self._most]]

    async def announced(self, ref: str, status: str) -> ZaakStatus | None:
        """As `Zaken.announced`."""
        for row in await self._rows("z.identificatie", (ref.removeprefix("demo:zaak:"),)):
            if (_ref(row), _status_ref(row)) == (ref, status) and row["informs"] and _shown(row):
                return _status(row)
        return None

    async def check(self) -> list[str]:
        """As `Zaken.check`."""
        try:
            await self._rows("z.identificatie", ())
        except ZakenUnavailable:
            return [f"The demonstration file {self._path} can't be read or written."]
        return []

    async def advance(self, identificatie: str) -> tuple[str, str]:
        """Put a case one step further, as an official would; at the last step it is finished today.

        Returns the case's and the new status's address, as `announced` takes them. Raises ZaakNotFound for an unknown number,
        ValueError for a case that is finished already, ZakenUnavailable.
        """
        return await asyncio.to_thread(self._advance, identificatie)

    async def aclose(self) -> None:
        """Nothing stays open between look-ups."""

    async def _rows(self, column: str, values: Iterable[str]) -> list[sqlite3.Row]:
        return await asyncio.to_thread(self._select, column, tuple(values))

    def _select(self, column: str, values: tuple[str, ...]) -> list[sqlite3.Row]:
        with self._seeded("DEFERRED") as db:
            return [row for value in values for row in db.execute(f"{_CASES} WHERE {column} = ?", (value,))]

    def _advance(self, identificatie: str) -> tuple[str, str]:
        where = "WHERE z.identificatie = ?"
        with self._seeded("IMMEDIATE") as db:
            row = db.execute(f"{_CASES} {where}", (identificatie,)).fetchone()
            if row is None:
                raise ZaakNotFound
            if row["finished"] or row["step"] >= row["steps"]:
                raise ValueError("this case is finished already")
            step = row["step"] + 1
            ended = (self._today().isoformat(), _RESULT) if step == row["steps"] else (None, "")
            db.execute(
                "UPDATE zaak SET step = ?, finished = ?, result = ?, suspended = '', status_note = '' WHERE identificatie = ?",
                (step, *ended, identificatie),
            )
            row = db.execute(f"{_CASES} {where}", (identificatie,)).fetchone()
            return _ref(row), _status_ref(row)

    @contextmanager
    def _seeded(self, mode: Literal["DEFERRED", "IMMEDIATE"]) -> Iterator[sqlite3.Connection]:
        today = self._today()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with transaction(self._path, (), mode, self._busy_seconds) as db:
                if _fresh(db, today):
                    yield db
                    return
            with transaction(self._path, (), "IMMEDIATE", self._busy_seconds) as db:
                if not _fresh(db, today):  # of several processes that start at once, one seeds
                    _seed(db, today)
                yield db
        except (sqlite3.Error, OSError) as exc:
            raise ZakenUnavailable("the demonstration file can't be used") from exc


def _fresh(db: sqlite3.Connection, today: date) -> bool:
    if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        return False
    row = db.execute("SELECT day FROM seeding").fetchone()
    return row is not None and (today - date.fromisoformat(row["day"])).days < _STALE_DAYS


def _seed(db: sqlite3.Connection, today: date) -> None:
    for statement in (*(f"DROP TABLE IF EXISTS {table}" for table in _TABLES), *_SCHEMA):
        db.execute(statement)
    cases = demo_cases(today)
    for zaaktype in dict.fromkeys(case.zaaktype for case in cases):
        db.execute("INSERT INTO zaaktype VALUES (?, ?)", (zaaktype.name, zaaktype.internal))
        steps = [(zaaktype.name, number, *step) for number, step in enumerate(zaaktype.steps, start=1)]
        db.executemany("INSERT INTO statustype VALUES (?, ?, ?, ?, ?)", steps)
    for case in cases:
        values = _columns(case)
        names = ", ".join(values)
        db.execute(f"INSERT INTO zaak ({names}) VALUES ({', '.join('?' * len(values))})", tuple(values.values()))
    db.execute("INSERT INTO seeding VALUES (?)", (today.isoformat(),))
    db.execute(f"PRAGMA user_version = {_VERSION}")


def _columns(case: DemoCase) -> dict[str, Any]:
    own = {item.name: getattr(case, item.name) for item in fields(case) if item.name not in {"zaaktype", "person"}}
    person = {item.name: getattr(case.person, item.name) for item in fields(case.person) if item.name != "name"}
    values = {"zaaktype": case.zaaktype.name, **own, **person}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _shown(row: sqlite3.Row) -> bool:
    return not row["internal"] and not row["confidential"]


def _ref(row: sqlite3.Row) -> str:
    return f"demo:zaak:{row['identificatie']}"


def _status_ref(row: sqlite3.Row) -> str:
    return f"demo:status:{row['identificatie']}:{row['step']}"


def _status(row: sqlite3.Row, personal: bool = False) -> ZaakStatus:
    planned, latest, finished = (row[name] and date.fromisoformat(row[name]) for name in ("planned", "latest", "finished"))
    return ZaakStatus(
        identificatie=row["identificatie"],
        zaaktype=row["zaaktype"],
        status=row["status"],
        step=row["step"],
        steps=row["steps"],
        started=date.fromisoformat(row["started"]),
        expected=None if finished or row["suspended"] else planned or latest,
        finished=finished or None,
        latest=latest or None,
        next_step="" if finished else row["next_step"],
        suspended=bool(row["suspended"]),
        extended=bool(row["extended"]),
        to_pay=bool(row["to_pay"]),
        personal=_personal(row) if personal else None,
        ref=_ref(row),
    )


def _personal(row: sqlite3.Row) -> Personal:
    return Personal(
        result=row["result"],
        result_note=row["result_note"],
        status_note=row["status_note"],
        suspension_reason=row["suspended"],
        extension_reason=row["extended"],
    )
