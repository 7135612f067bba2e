"""The assistant: one turn in, one answer out. Rasa's agent with everything around it in this process."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rasa.model
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot import content
from bot.brain import cases, glance, parsing, persons, speedups, tracker
from bot.brain.actions import InProcessActions, no_silence
from bot.brain.answers import LogChannel, collect, ends
from bot.brain.nlg import GemeenteNLG
from bot.brain.picks import picked
from bot.brain.tracker import OneTrackerStore
from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.glances import Likely
from bot.conversation.mailbox import Answer, Turn
from bot.gemeenten import Gemeente
from bot.training import ModelMissing


class Assistant:
    """Answers turns. Loading takes seconds; answering is done one turn at a time per conversation."""

    def __init__(
        self, model_folder: Path, gemeenten: Mapping[str, Gemeente], max_events: int, case_memory_seconds: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        speedups.apply()
        model = rasa.model.get_latest_model(str(model_folder)) if model_folder.exists() else None
        if not model:
            raise ModelMissing(f"no model in {model_folder}: run `balie train`")
        self._store = OneTrackerStore()
        self._agent = Agent.load(
            model, tracker_store=self._store, action_endpoint=InProcessActions(), generator=GemeenteNLG(found=gemeenten, now=now)
        )
        self._now = now
        self._max_events = max_events
        self._case_memory_seconds = case_memory_seconds
        self._catalogue = content.load()

    async def answer(self, turn: Turn) -> Answer:
        """What the bot says to the event of this turn, with the tracker afterwards."""
        domain, processor = self._agent.domain, self._agent.processor
        before = tracker.load(turn.tracker, turn.conv, domain)
        pick = picked(before, turn.event, self._catalogue)
        self._store.hold(before)
        channel = LogChannel(turn.channel)
        try:
            with no_silence():
                for parsed in await self._questions(turn):
                    message = UserMessage(
                        parsed["text"], channel, turn.conv, parse_data=parsed, input_channel=turn.channel,
                        metadata=_metadata(turn),
                    )
                    await processor.handle_message(message)
        finally:
            after = self._store.release(turn.conv)
        persons.note_outage(after, channel.responses, self._now())
        said = collect(channel.responses, turn.name, parsing.likeliest(parsed)["confidence"])
        if said.forget:
            after = tracker.forget(after, domain)
        if ends(turn.event, turn.seq, channel.responses):
            said.events.append(events.rating_request(turn.name))
        return Answer(
            events=said.events,
            tracker=tracker.dump(after, domain, self._max_events),
            handover=said.handover,
            hide=frozenset(said.hide),
            pick=pick,
        )

    async def glance(self, message: Event) -> list[Likely]:
        """The topics that a citizen's message asks about likeliest, two at most; nothing is said and nothing remembered."""
        return await glance.likely(message, self._agent.processor, self._catalogue)

    async def _questions(self, turn: Turn) -> list[dict[str, Any]]:
        """What was asked, as parse data. In a form a message is one answer; two questions count only about two topics."""
        processor = self._agent.processor
        now = await self._store.retrieve(turn.conv)
        if now and now.active_loop_name:
            return [await parsing.parse(turn.event, processor)]
        found = await parsing.questions(turn.event, processor)
        if now and not turn.event.get("_payload"):  # a button means one thing, whatever its label says
            oldest = time.time() - self._case_memory_seconds
            found = [cases.of_known_case(parsed, now, self._catalogue, oldest) for parsed in found]
        if len(found) > 1 and not all(self._about_something(parsed) for parsed in found):
            return [await parsing.parse(turn.event, processor)]
        return found

    def _about_something(self, parsed: dict[str, Any]) -> bool:
        topic = self._catalogue.get(parsed["intent"]["name"])
        return topic is not None and topic.about_something


def _metadata(turn: Turn) -> dict[str, Any]:
    """What actions and answers know of a turn besides its text."""
    return {
        "gemeente": turn.gemeente, "channel": turn.channel, "seq": turn.seq, "caller": turn.caller,
        "about": turn.about, "key": f"{turn.conv}:{turn.seq}",
    }
