"""Answers with the municipality's own values in them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import gemeenten, settings
from bot.dutch.aspects import find_aspect
from bot.dutch.english import is_english
from bot.gemeenten import Gemeente


class GemeenteNLG(TemplatedNaturalLanguageGenerator):
    """Fills `{names}` in a response with values of the municipality of the conversation, then slots, then the action's own.

    Rasa's own commands make it from endpoints.yml (`nlg.type`); then the first municipality of the settings is used.
    """

    def __init__(
        self,
        endpoint_config: EndpointConfig | None = None,
        domain: Domain | None = None,
        found: Mapping[str, Gemeente] | None = None,
    ) -> None:
        super().__init__(domain.responses if domain else {})
        self._gemeenten = found or gemeenten.load(settings.load().gemeente_names)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response, or None when the domain has none of this name."""
        known = (tracker.latest_message.metadata if tracker.latest_message else None) or {}
        gemeente = self._gemeenten.get(str(known.get("gemeente"))) or next(iter(self._gemeenten.values()))
        values = gemeente.variables(datetime.now(UTC)) | kwargs
        name = self._particular(utter_action, tracker)
        found: dict[str, Any] | None = self.generate_from_slots(name, tracker.current_slot_values(), output_channel, **values)
        metadata = (found or {}).get("metadata", {})
        if "source" in metadata:
            metadata["source"] = metadata["source"].format_map(values)
        if found and "title" in self.responses[utter_action][0].get("metadata", {}) and is_english(_said(tracker)):
            note = self.generate_from_slots("utter_english_note", {}, output_channel, **values)
            found["text"] = f"{note['text']}\n{found['text']}" if note else found["text"]
        if name != utter_action:
            title = self.responses[utter_action][0].get("metadata", {}).get("title", "dit onderwerp")
            metadata["more"] = {"title": f"Alles over: {title}", "payload": f"/{utter_action.removeprefix('utter_')}"}
        return found

    def _particular(self, utter_action: str, tracker: DialogueStateTracker) -> str:
        """The answer about the one thing that was asked (`utter_<topic>_kosten`), where the topic has one."""
        particular = f"{utter_action}_{find_aspect(_said(tracker))}"
        return particular if particular in self.responses else utter_action


def _said(tracker: DialogueStateTracker) -> str:
    """The words of the message that is answered."""
    return (tracker.latest_message.text if tracker.latest_message else "") or ""
