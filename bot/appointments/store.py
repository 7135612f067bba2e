"""The SQLite file of the demonstration appointments.

That two people never get the same desk at the same time is the database's doing: every minute of an appointment is a
row, unique per location and desk, written in an immediate transaction. That holds for any mix of products and for any
number of threads and processes on the same file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from bot.appointments import AppointmentsUnavailable
from bot.sqlite import transaction

SETUP = (
    "PRAGMA foreign_keys = ON",
    """CREATE TABLE IF NOT EXISTS appointment (
        reference TEXT PRIMARY KEY, items TEXT NOT NULL, location TEXT NOT NULL, start INTEGER NOT NULL,
        seconds INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,
        name TEXT, email TEXT, phone TEXT)""",
    """CREATE TABLE IF NOT EXISTS taken (
        location TEXT, minute INTEGER, desk INTEGER, reference TEXT NOT NULL REFERENCES appointment ON DELETE CASCADE,
        PRIMARY KEY (location, minute, desk)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS taken_by ON taken (reference)",
    """CREATE TABLE IF NOT EXISTS outcome (
        key TEXT PRIMARY KEY, reference TEXT NOT NULL REFERENCES appointment ON DELETE CASCADE,
        start INTEGER NOT NULL, revision INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS outcome_of ON outcome (reference)",
)


# A file made when an appointment was for one product and one person.
_TO_ITEMS = (
    "ALTER TABLE appointment RENAME COLUMN product TO items",
    "UPDATE appointment SET items = json_array(json_array(items, 1))",
)


class Store:
    """Transactions on the file, each on its own connection; `busy_seconds` is the longest wait for another writer.

    Any error of SQLite undoes the transaction and becomes AppointmentsUnavailable.
    """

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._up_to_date = False

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """One consistent view; waits for no writer."""
        return self._transaction("DEFERRED")

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """All or nothing. The write lock is taken at once: what is read stays true until it is written."""
        return self._transaction("IMMEDIATE")

    @contextmanager
    def _transaction(self, mode: Literal["DEFERRED", "IMMEDIATE"]) -> Iterator[sqlite3.Connection]:
        try:
            self._bring_up_to_date()
            with transaction(self._path, SETUP, mode, self._busy_seconds) as db:
                yield db
        except sqlite3.Error as exc:
            raise AppointmentsUnavailable("the appointments file can't be used now") from exc

    def _bring_up_to_date(self) -> None:
        """Change a file of an earlier version; all or nothing, and once, whichever process comes first."""
        if self._up_to_date:
            return
        with transaction(self._path, (), "DEFERRED", self._busy_seconds) as db:
            outdated = _has_product(db)
        if outdated:
            with transaction(self._path, (), "IMMEDIATE", self._busy_seconds) as db:
                for statement in _TO_ITEMS if _has_product(db) else ():
                    db.execute(statement)
        self._up_to_date = True


def _has_product(db: sqlite3.Connection) -> bool:
    return any(column["name"] == "product" for column in db.execute("PRAGMA table_info(appointment)"))


def taken(db: sqlite3.Connection, location_id: str, wanted: range) -> set[tuple[int, int]]:
    """The (minute, desk) pairs that are taken within the wanted minutes."""
    rows = db.execute(
        "SELECT minute, desk FROM taken WHERE location = ? AND minute >= ? AND minute < ?",
        [location_id, wanted.start, wanted.stop],
    )
    return {(minute, desk) for minute, desk in rows}
