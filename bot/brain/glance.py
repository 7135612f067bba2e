"""A glance at a message for the agent who has the conversation: which answers it asks for likeliest. The bot says nothing.

Citizens go first: a brain looks only while it has no turn under way, at one message at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.processor import MessageProcessor

from bot.brain import parsing
from bot.content import Catalogue
from bot.conversation.events import Event
from bot.conversation.glances import Glances, Likely
from bot.conversation.redis import StoreUnavailable
from bot.dutch.aspects import find_aspect
from bot.logs import where

log = structlog.get_logger()

SHOWN = 2
WORTH = 0.1  # confidence from which an answer is shown: lower, an agent would read more wrong ones than the few right ones won
LISTEN_SECONDS = 5.0
AGAIN_SECONDS = 0.5


class Glancer:
    """Answers requests of the desk until it is cancelled. `look` says what a message asks for; `idle` is set between turns."""

    def __init__(self, glances: Glances, look: Callable[[Event], Awaitable[list[Likely]]], idle: asyncio.Event) -> None:
        self._glances = glances
        self._look = look
        self._idle = idle

    async def run(self) -> None:
        place = ""
        while True:
            try:
                place = place or await self._glances.newest()
                await self._answer_all()
                place = await self._glances.hear(place, LISTEN_SECONDS)
            except StoreUnavailable as exc:
                log.warning("store_unavailable", during=str(exc))
                place = ""
                await asyncio.sleep(AGAIN_SECONDS)

    async def _answer_all(self) -> None:
        """Everything that waits. Between two of them turns may come in, and go first."""
        while True:
            await self._idle.wait()
            if (request := await self._glances.take()) is None:
                return
            await self._answer(*request)

    async def _answer(self, conv: str, seq: int) -> None:
        message = await self._glances.message(conv, seq)
        try:
            found = await self._look(message) if message else []
        except Exception as exc:
            # A message that can't be read is no reason to stop reading; the agent gets no suggestions. No text in the log.
            log.error("glance_failed", conv=conv, seq=seq, error=type(exc).__name__, where=where(exc))
            found = []
        await self._glances.tell(conv, seq, found)


async def likely(message: Event, processor: MessageProcessor, catalogue: Catalogue) -> list[Likely]:
    """At most two topics with an answer that can be said, the likeliest first: no small talk, nothing that asks on in a form.

    A message that surely asks two things gets one for each.
    """
    questions = await parsing.questions(message, processor)
    found: dict[str, Likely] = {}
    for parsed in questions:
        for one in _ranked(parsed, catalogue)[: SHOWN if len(questions) == 1 else 1]:
            found.setdefault(one.topic, one)
    return list(found.values())[:SHOWN]


def _ranked(parsed: dict[str, Any], catalogue: Catalogue) -> list[Likely]:
    """The topics of the message; none for what is likeliest no question about one, such as "ja" or "dank u wel"."""
    if not _said(parsing.likeliest(parsed)["name"], catalogue):
        return []
    aspect = find_aspect(parsed["text"]) or ""
    return [
        Likely(item["name"], aspect, float(item["confidence"]))
        for item in parsed.get("intent_ranking") or []
        if _said(item["name"], catalogue) and item["confidence"] >= WORTH
    ]


def _said(intent: str, catalogue: Catalogue) -> bool:
    """Whether this is a topic with an answer to say."""
    return intent in catalogue and catalogue[intent].about_something
