"""SQLite files of the demonstration adapters, used by several processes at once."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal


def database(folder: Path, gemeente: str, name: str) -> Path:
    """The file of this name that a municipality has below `folder`, which is made when it isn't there."""
    path = folder / gemeente / f"{name}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def transaction(
    path: Path, setup: Sequence[str], mode: Literal["DEFERRED", "IMMEDIATE"], busy_seconds: float
) -> Iterator[sqlite3.Connection]:
    """All or nothing, on the file at `path`, made with the statements of `setup`. Raises sqlite3.Error.

    IMMEDIATE takes the write lock at once: what is read stays true until it is written. `busy_seconds`: longest wait for
    another writer.
    """
    with closing(sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        _use_wal(db, busy_seconds)
        db.execute("PRAGMA secure_delete = ON")  # what is erased is not to be found in the file either
        for statement in setup:
            db.execute(statement)
        db.execute(f"BEGIN {mode}")
        with db:
            yield db


def _use_wal(db: sqlite3.Connection, busy_seconds: float) -> None:
    """Several that open a new file at once are told it is busy, without SQLite's usual waiting: so wait here."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
