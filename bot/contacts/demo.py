"""Call-back requests in one SQLite file, for demonstrations and small trials.

Safe among threads and processes on the same file. What it knows of a citizen is erased as soon as the request is done.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from bot.contacts import (
    CallbackNotFound,
    CallbackRequest,
    ContactsUnavailable,
    OpenCallback,
    ReferenceTaken,
    Registered,
)
from bot.letters import LETTERS
from bot.sqlite import transaction

LATER = {  # columns that a file of an earlier version hasn't
    "zaak": "TEXT", "team": "TEXT", "tries": "INTEGER NOT NULL DEFAULT 0", "tried": "INTEGER NOT NULL DEFAULT 0", "note": "TEXT",
    "zaaknummer": "TEXT",
}
SETUP = f"""CREATE TABLE IF NOT EXISTS callback (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE,
    registered INTEGER NOT NULL, outcome TEXT,
    name TEXT, phone TEXT, moment TEXT, topic TEXT, summary TEXT, conversation TEXT,
    {", ".join(f"{name} {kind}" for name, kind in LATER.items())})"""


class DemoContacts:
    """The `Contacts` port on SQLite. `busy_seconds` is the longest wait for another writer."""

    def __init__(
        self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), busy_seconds: float = 2.0
    ) -> None:
        self._path = path
        self._now = now
        self._busy_seconds = busy_seconds

    async def register(self, request: CallbackRequest, *, key: str, reference: str | None = None) -> Registered:
        return await asyncio.to_thread(self._register, request, key, reference)

    async def open(self, limit: int) -> list[OpenCallback]:
        return await asyncio.to_thread(self._open, limit)

    async def tried(self, reference: str, at: datetime, note: str = "") -> None:
        await asyncio.to_thread(self._tried, reference.strip().upper(), int(at.timestamp()), note)

    async def done(self, reference: str, outcome: str) -> None:
        await asyncio.to_thread(self._done, reference.strip().upper(), outcome)

    async def check(self) -> list[str]:
        try:
            await self.open(0)
        except ContactsUnavailable as exc:
            return [f"The demonstration's file with call-backs can't be used: {exc}."]
        return []

    async def aclose(self) -> None:
        """Nothing to give back: every action opens and closes its own connection."""

    def _register(self, request: CallbackRequest, key: str, wanted: str | None) -> Registered:
        reference = wanted or "C-" + "".join(secrets.choice(LETTERS) for _ in range(6))
        with self._transaction("IMMEDIATE") as db:
            known = db.execute("SELECT reference FROM callback WHERE key = ?", [key]).fetchone()
            if known:
                return Registered(known["reference"])
            if db.execute("SELECT 1 FROM callback WHERE reference = ?", [reference]).fetchone():
                raise ReferenceTaken
            db.execute(
                "INSERT INTO callback (key, reference, registered, name, phone, moment, topic, summary, conversation, zaak, team,"
                " zaaknummer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key, reference, int(self._now().timestamp()), request.name, request.phone, request.when, request.topic,
                    request.summary, request.conversation, request.zaak, request.team, request.zaaknummer,
                ),
            )
        return Registered(reference)

    def _open(self, limit: int) -> list[OpenCallback]:
        with self._transaction("DEFERRED") as db:
            rows = db.execute(
                "SELECT * FROM callback WHERE outcome IS NULL ORDER BY number LIMIT ?", [max(limit, 0)]
            ).fetchall()
        return [_waiting(row) for row in rows]

    def _tried(self, reference: str, at: int, note: str) -> None:
        with self._transaction("IMMEDIATE") as db:
            if not db.execute("SELECT 1 FROM callback WHERE reference = ?", [reference]).fetchone():
                raise CallbackNotFound(reference)
            db.execute(
                "UPDATE callback SET tries = tries + 1, tried = ?, note = ?"
                " WHERE reference = ? AND outcome IS NULL AND tried < ?",
                [at, note, reference, at],
            )

    def _done(self, reference: str, outcome: str) -> None:
        with self._transaction("IMMEDIATE") as db:
            found = db.execute(
                "UPDATE callback SET outcome = coalesce(outcome, ?), name = NULL, phone = NULL, moment = NULL,"
                " summary = NULL, conversation = NULL, zaak = NULL, note = NULL,"
                " zaaknummer = NULL WHERE reference = ?",
                [outcome, reference],
            )
            if not found.rowcount:
                raise CallbackNotFound(reference)

    @contextmanager
    def _transaction(self, mode: Literal["DEFERRED", "IMMEDIATE"]) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self._path, [SETUP], mode, self._busy_seconds) as db:
                has = {row["name"] for row in db.execute("SELECT name FROM pragma_table_info('callback')")}
                for column in LATER.keys() - has:
                    db.execute(f"ALTER TABLE callback ADD COLUMN {column} {LATER[column]}")
                yield db
        except sqlite3.Error as exc:
            raise ContactsUnavailable("the contacts file can't be used now") from exc


def _waiting(row: sqlite3.Row) -> OpenCallback:
    request = CallbackRequest(
        row["name"], row["phone"], row["moment"], row["topic"], row["summary"], row["conversation"], row["zaak"], row["team"],
        row["zaaknummer"],
    )
    return OpenCallback(row["reference"], request, datetime.fromtimestamp(row["registered"], UTC), row["tries"])
