"""The loop of a brain: wait, take, answer, commit; with signs of life, and an honest sentence when something fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeVar

import structlog

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.mailbox import Answer, Mailbox, Turn
from bot.conversation.redis import StoreUnavailable
from bot.gemeenten import Gemeente
from bot.logs import where
from bot.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")

AT_A_TIME = 4  # conversations taken from the queue in one go, so that several brains share a rush
FAILED = "Er ging iets mis bij mij. Probeer het nog een keer, of vraag om een medewerker."
SET_ASIDE = "Dit bericht kan ik niet goed verwerken. Stel uw vraag in andere woorden, of vraag om een medewerker."


class Worker:
    """Takes turns until it is told to stop; turns of different conversations run side by side, those of one in order."""

    def __init__(
        self,
        mailbox: Mailbox,
        answer: Callable[[Turn], Awaitable[Answer]],
        gemeenten: Mapping[str, Gemeente],
        settings: Settings,
    ) -> None:
        self._mailbox = mailbox
        self._answer = answer
        self._gemeenten = gemeenten
        self._settings = settings
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self.idle = asyncio.Event()  # set while no turn is under way
        self.idle.set()

    def stop(self) -> None:
        """Take no new turns; `run` returns when those under way are committed."""
        self._stopping.set()

    async def run(self) -> None:
        await self._patiently(self._mailbox.prepare)
        signs = asyncio.create_task(self._signs_of_life())
        self._start(await self._patiently(self._mailbox.own) or [])
        while not self._stopping.is_set():
            free = self._settings.brain_concurrency - len(self._under_way)
            if free <= 0:
                await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
                continue
            self._start(await self._patiently(partial(self._mailbox.wait, min(free, AT_A_TIME), 1.0)) or [])
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=self._settings.turn_seconds)
        signs.cancel()

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """Call, or wait a little when the store does not answer: a brain outlives a restart of Redis."""
        try:
            return await call()
        except StoreUnavailable as exc:
            log.warning("store_unavailable", during=str(exc))
            await asyncio.sleep(0.5)
            return None

    def _start(self, entries: list[tuple[str, str]]) -> None:
        for entry, conv in entries:
            if entry not in self._under_way:
                task = asyncio.create_task(self._handle(entry, conv))
                self._under_way[entry] = task
                self.idle.clear()
                task.add_done_callback(partial(self._done, entry))

    def _done(self, entry: str, task: asyncio.Task[None]) -> None:
        self._under_way.pop(entry, None)
        if not self._under_way:
            self.idle.set()
        if not task.cancelled() and (exc := task.exception()):
            # The turn stays in the mailbox; it is tried again when its lease is over, and set aside in the end.
            log.error("turn_lost", error=type(exc).__name__, where=where(exc))

    async def _signs_of_life(self) -> None:
        """Every third of a lease: keep the turns under way, and take over those of brains that went silent."""
        while True:
            await self._patiently(self._sign)
            await asyncio.sleep(self._settings.lease_seconds / 3)

    async def _sign(self) -> None:
        await self._mailbox.alive()
        if self._under_way:
            await self._mailbox.keep(list(self._under_way))
        free = self._settings.brain_concurrency - len(self._under_way)
        if free > 0 and not self._stopping.is_set():
            self._start(await self._mailbox.abandoned(free))

    async def _handle(self, entry: str, conv: str) -> None:
        started = time.perf_counter()
        try:
            turn = await self._mailbox.take(entry, conv)
            if turn is None:
                return
            answer = await self._answer_or_apology(turn)
            committed = await self._mailbox.commit(turn, answer, self._gemeenten[turn.gemeente].retention_days)
        except StoreUnavailable as exc:
            log.warning("store_unavailable", during=str(exc), conv=conv)
            return
        log.info(
            "turn", conv=conv, turn=turn.name, tries=turn.tries, committed=committed,
            topic=_last_meta(answer, "topic"), outcome=_last_meta(answer, "outcome"),
            duration_ms=round((time.perf_counter() - started) * 1000, 1),
        )

    async def _answer_or_apology(self, turn: Turn) -> Answer:
        if turn.owner != "bot" or turn.event["type"] == "rating":
            return Answer(tracker=turn.tracker)  # a person has the conversation, or nothing was asked: the bot is silent
        if turn.tries > self._settings.turn_attempts:
            await self._mailbox.bury(turn, "its brain died every time")
            return Answer(events=apology(turn, SET_ASIDE), tracker=turn.tracker)
        try:
            async with asyncio.timeout(self._settings.turn_seconds):
                return await self._answer(turn)
        except Exception as exc:
            # The net under everything that answers: whatever failed, the citizen gets a sentence. No text in the log.
            log.error("turn_failed", conv=turn.conv, turn=turn.name, error=type(exc).__name__, where=where(exc))
            return Answer(events=apology(turn, FAILED), tracker=turn.tracker)


def _last_meta(answer: Answer, key: str) -> str | None:
    found = [body["meta"].get(key) for body in answer.events if "meta" in body]
    return found[-1] if found else None

def apology(turn: Turn, text: str, topic: str | None = None) -> list[Event]:
    """An honest sentence with a way to a person, for a turn that could not be answered."""
    body = events.message("bot", text, name="Balie", turn=turn.name)
    options = [{"label": "Een medewerker spreken", "value": "1"}]
    body["parts"] = [{"kind": "choices", "id": f"q_{turn.name}", "options": options}]
    body["_payloads"] = ["/contact_medewerker"]
    body["meta"] = {"topic": topic, "outcome": "fallback"}
    return [body]
