"""The assistant: one turn in, one answer out. Rasa's agent with everything around it in this process."""

from collections.abc import Mapping
from pathlib import Path

import rasa.model
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.brain import parsing, speedups, tracker
from bot.brain.actions import InProcessActions
from bot.brain.answers import LogChannel, collect
from bot.brain.nlg import GemeenteNLG
from bot.brain.tracker import OneTrackerStore
from bot.conversation.mailbox import Answer, Turn
from bot.gemeenten import Gemeente


class ModelMissing(Exception):
    """There is no trained model in the folder."""


class Assistant:
    """Answers turns. Loading takes seconds; answering is done one turn at a time per conversation."""

    def __init__(self, model_folder: Path, gemeenten: Mapping[str, Gemeente], max_events: int) -> None:
        speedups.apply()
        model = rasa.model.get_latest_model(str(model_folder)) if model_folder.exists() else None
        if not model:
            raise ModelMissing(f"no model in {model_folder}: run `balie train`")
        self._store = OneTrackerStore()
        self._agent = Agent.load(
            model, tracker_store=self._store, action_endpoint=InProcessActions(), generator=GemeenteNLG(found=gemeenten)
        )
        self._max_events = max_events

    async def answer(self, turn: Turn) -> Answer:
        """What the bot says to the event of this turn, with the tracker afterwards."""
        domain, processor = self._agent.domain, self._agent.processor
        self._store.hold(tracker.load(turn.tracker, turn.conv, domain))
        channel = LogChannel(turn.channel)
        try:
            parsed = await parsing.parse(turn.event, processor)
            metadata = {
                "gemeente": turn.gemeente, "channel": turn.channel, "seq": turn.seq, "caller": turn.caller,
                "key": f"{turn.conv}:{turn.seq}",
            }
            message = UserMessage(
                parsed["text"], channel, turn.conv, parse_data=parsed, input_channel=turn.channel, metadata=metadata
            )
            await processor.handle_message(message)
        finally:
            after = self._store.release(turn.conv)
        said = collect(channel.responses, turn.name, parsed["intent"]["confidence"])
        if said.forget:
            after = tracker.forget(after, domain)
        return Answer(
            events=said.events,
            tracker=tracker.dump(after, domain, self._max_events),
            handover=said.handover,
            hide=frozenset(said.hide),
        )
