"""A counter where somebody can get a person: a real edge with its desk, a real Redis, and a brain that offers and hands over."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.mailbox import Answer, Turn
from bot.conversation.queue import Agent
from bot.wiring import Services
from tests.conftest import EchoBrain, Edge, EdgeFactory, at_work

SANNE, YOUSSEF = Agent("sanne", "Sanne"), Agent("youssef", "Youssef")
CHAT, CALL_BACK = "Chat met een medewerker", "Laat mij terugbellen"
SECRET = "Notitie die alleen voor collega's is"
WAYS = {CHAT: "/choose_chat", CALL_BACK: "/choose_callback", "Maak een afspraak": "/afspraak_maken"}


def choices(id: str, labels: list[str]) -> Event:
    options = [{"label": label, "value": str(number)} for number, label in enumerate(labels, start=1)]
    return {"kind": "choices", "id": id, "options": options}


def offer(role: str, text: str, labels: list[str]) -> Event:
    """A message that offers ways to a person."""
    sender = {"name": "Balie"} if role == "bot" else {}
    return events.message(role, text, parts=[choices("q_ways", labels)], _payloads=[WAYS[label] for label in labels], **sender)


class Counter(EchoBrain):
    """Offers a person to whoever asks for one, brings who chooses to chat to the queue, and greets who comes back."""

    def __init__(self, services: Services, team: str = "burgerzaken") -> None:
        super().__init__(services)
        self._team = team

    async def _handle(self, entry: str, conv: str) -> None:
        turn = await self._mailbox.take(entry, conv)
        if turn is None:
            return
        self.turns.append(turn)
        answer = self._answer(turn)
        answer.events = [{**body, "turn": turn.name} for body in answer.events]
        await self._mailbox.commit(turn, answer, self._services.gemeente(turn.gemeente).retention_days)

    def _answer(self, turn: Turn) -> Answer:
        said = turn.event.get("text", "")
        if turn.event["type"] == "handover":
            return Answer([events.message("bot", "U praat weer met mij, Balie. Waar kan ik u mee helpen?", name="Balie")], b"-")
        if said == CHAT:
            queued = events.handover("queued", position=1, eta_s=30, team="Burgerzaken")
            words = "Ik verbind u met een medewerker. Die kan ons gesprek lezen, dus u hoeft niets te herhalen."
            handover = {"topic": "paspoort_aanvragen", "team": self._team, "summary": "Paspoort", "reason": "asked"}
            return Answer([events.message("bot", words, name="Balie"), queued], b"-", handover=handover)
        if turn.event.get("_payload") == "/contact_medewerker":
            return Answer([offer("bot", "Dat kan. Kies hoe u een medewerker wilt spreken.", list(WAYS)),
                           events.handover("offered")], b"-")
        return Answer(self.answers.get(said) or [events.message("bot", f"echo: {said}", name="Balie")], b"-")


@contextlib.asynccontextmanager
async def counter(services: Services) -> AsyncIterator[Counter]:
    """A brain of this kind at work on the Redis of `services`, and two agents who are there."""
    for agent in (SANNE, YOUSSEF):
        await services.handover.present("voorbeeld", agent, "available", 3)
    brain = Counter(services)
    async with at_work(brain.run()):
        yield brain


# Modules take these over by name.


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> Edge:
    return await make_edge(desk_undo_seconds=0.0)


@pytest.fixture
async def brain(edge: Edge) -> AsyncIterator[Counter]:
    async with counter(edge.services) as made:
        yield made
