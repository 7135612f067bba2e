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

from bot.contacts import CallbackNotFound, CallbackRequest, ContactsUnavailable, OpenCallback, Registered
from bot.letters import LETTERS
from bot.sqlite import transaction

SETUP = """CREATE TABLE IF NOT EXISTS callback (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE,
    registered INTEGER NOT NULL, outcome TEXT,
    name TEXT, phone TEXT, moment TEXT, topic TEXT, summary TEXT, conversation TEXT, zaak TEXT)"""
HAS_ZAAK = "SELECT 1 FROM pragma_table_info('callback') WHERE name = 'zaak'"  # a file of an earlier version has not


class DemoContacts:
    """The `Contacts` port on SQLite. `busy_seconds` is the longest wait for another writer."""

    def __init__(
        self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), busy_seconds: float = 2.0
    ) -> None:
        self._path = path
        self._now = now
        self._busy_seconds = busy_seconds

    async def register(self, request: CallbackRequest, *, key: str) -> Registered:
        return await asyncio.to_thread(self._register, request, key)

    async def open(self, limit: int) -> list[OpenCallback]:
        return await asyncio.to_thread(self._open, limit)

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

    def _register(self, request: CallbackRequest, key: str) -> Registered:
        reference = "C-" + "".join(secrets.choice(LETTERS) for _ in range(6))
        person = (request.name, request.phone, request.when, request.topic, request.summary, request.conversation, request.zaak)
        with self._transaction("IMMEDIATE") as db:
            db.execute(
                "INSERT INTO callback (key, reference, registered, name, phone, moment, topic, summary, conversation, zaak)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (key, reference, int(self._now().timestamp()), *person),
            )
            row = db.execute("SELECT reference FROM callback WHERE key = ?", [key]).fetchone()
        return Registered(row["reference"])

    def _open(self, limit: int) -> list[OpenCallback]:
        with self._transaction("DEFERRED") as db:
            rows = db.execute(
                "SELECT * FROM callback WHERE outcome IS NULL ORDER BY number LIMIT ?", [max(limit, 0)]
            ).fetchall()
        return [_waiting(row) for row in rows]

    def _done(self, reference: str, outcome: str) -> None:
        with self._transaction("IMMEDIATE") as db:
            found = db.execute(
                "UPDATE callback SET outcome = coalesce(outcome, ?), name = NULL, phone = NULL, moment = NULL,"
                " summary = NULL, conversation = NULL, zaak = NULL WHERE reference = ?",
                [outcome, reference],
            )
            if not found.rowcount:
                raise CallbackNotFound(reference)

    @contextmanager
    def _transaction(self, mode: Literal["DEFERRED", "IMMEDIATE"]) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self._path, [SETUP], mode, self._busy_seconds) as db:
                if not db.execute(HAS_ZAAK).fetchone():
                    db.execute("ALTER TABLE callback ADD COLUMN zaak TEXT")
                yield db
        except sqlite3.Error as exc:
            raise ContactsUnavailable("the contacts file can't be used now") from exc


def _waiting(row: sqlite3.Row) -> OpenCallback:
    request = CallbackRequest(
        row["name"], row["phone"], row["moment"], row["topic"], row["summary"], row["conversation"], row["zaak"]
    )
    return OpenCallback(row["reference"], request, datetime.fromtimestamp(row["registered"], UTC))
