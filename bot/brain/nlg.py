"""Answers with the municipality's own values in them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import content, gemeenten, ladder, levensgebeurtenissen, settings
from bot.brain.doubt import doubts
from bot.brain.persons import beside
from bot.brain.variants import generate_in_turn
from bot.brain.walk import OVERVIEW, Walk, follows_a_form
from bot.dutch.english import is_english
from bot.gemeenten import Gemeente
from bot.knowledge.answers import particular


class GemeenteNLG(TemplatedNaturalLanguageGenerator):
    """The answers of the municipality of the conversation: its own before the general ones, `{names}` filled in.

    Values are the municipality's, then slots, then the action's own. Rasa's own commands make it from endpoints.yml (`nlg.type`);
    then the first municipality of the settings is used.
    """

    def __init__(
        self,
        endpoint_config: EndpointConfig | None = None,
        domain: Domain | None = None,
        found: Mapping[str, Gemeente] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._gemeenten = found or gemeenten.load(settings.load().gemeente_names)
        self._events = levensgebeurtenissen.load()
        self._catalogue = content.load()
        self._offers = self._catalogue.offers
        super().__init__(domain.responses if domain else {})

    @property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The general answers. Rasa hands them over once, with the model; what differs per municipality is worked out then.

        Setting raises SettingsError for an answer of a municipality that fits no topic.
        """
        return self._general

    @responses.setter
    def responses(self, general: dict[str, list[dict[str, Any]]]) -> None:
        self._general = general
        self._answers = {
            key: TemplatedNaturalLanguageGenerator(gemeente.responses(general) if general else {})
            for key, gemeente in self._gemeenten.items()
        }

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response, or None when the domain has none of this name."""
        known = (tracker.latest_message.metadata if tracker.latest_message else None) or {}
        gemeente = self._gemeenten.get(str(known.get("gemeente"))) or next(iter(self._gemeenten.values()))
        answers = self._answers[gemeente.key]
        values = gemeente.variables(self._now()) | kwargs
        walk = Walk.of(tracker, self._events, gemeente, answers.responses)
        topic = utter_action.removeprefix("utter_")
        if utter_action == OVERVIEW:
            key = kwargs["levensgebeurtenis"]
            return walk.overview(key, self._events[key].starts[0], values)
        if not _goes_on(tracker) and (asked := self._events.asked_for(topic, _said(tracker))):
            return self._noted(walk.overview(asked, topic, values), gemeente, tracker, values)
        name = particular(utter_action, answers.responses, _said(tracker))
        found = generate_in_turn(answers, name, tracker, values)
        if found is None:
            return None
        metadata = found.setdefault("metadata", {})
        _fit(metadata, gemeente, values)
        title = answers.responses[utter_action][0].get("metadata", {}).get("title")
        if title:
            self._noted(found, gemeente, tracker, values)
        if name != utter_action:
            metadata["more"] = {"title": f"Alles over: {title or 'dit onderwerp'}", "payload": f"/{topic}"}
        if title or topic == "out_of_scope":
            metadata["doubts"] = doubts(topic, tracker, self._offers)
        if title:
            metadata["walk"] = walk.buttons(topic, partly=name != utter_action)
            if last := walk.closing(topic, partly=name != utter_action):
                found["text"] = f"{found['text'].rstrip()}\n\n{last}"
        elif follows_a_form(utter_action):
            metadata["walk"] = walk.onward()
        self._offer_person(found, topic, gemeente, tracker, values)
        return found

    def _offer_person(
        self, found: dict[str, Any], topic: str, gemeente: Gemeente, tracker: DialogueStateTracker, values: dict[str, Any]
    ) -> None:
        """A person beside the answer, where that is called for (bot.brain.persons)."""
        person = beside(topic, found["metadata"], tracker, self._catalogue, self._now())
        if person is None:
            return
        found["metadata"]["person"] = person.button
        today = ladder.reachable(gemeente, self._now())
        if person.note and (note := generate_in_turn(self._answers[gemeente.key], person.note, tracker, values | today)):
            found["text"] = f"{found['text'].rstrip()}\n\n{note['text']}"

    def _noted(
        self, found: dict[str, Any], gemeente: Gemeente, tracker: DialogueStateTracker, values: dict[str, Any]
    ) -> dict[str, Any]:
        """The answer with a word of English before it, for who asked in English."""
        answers = self._answers[gemeente.key]
        if is_english(_said(tracker)) and (note := generate_in_turn(answers, "utter_english_note", tracker, values)):
            found["text"] = f"{note['text']}\n{found['text']}"
        return found


def _fit(metadata: dict[str, Any], gemeente: Gemeente, values: dict[str, Any]) -> None:
    """The municipality's own values in the source; no button for an appointment that it doesn't offer."""
    if metadata.get("source"):
        metadata["source"] = metadata["source"].format_map(values)
    if not gemeente.offers(metadata.get("appointment_product", "")):
        metadata.pop("appointment_product", None)


def _goes_on(tracker: DialogueStateTracker) -> bool:
    """Whether the citizen asked for the next step of a life event."""
    return bool(tracker.latest_message and tracker.latest_message.intent.get("name") == "walk_next")


def _said(tracker: DialogueStateTracker) -> str:
    """The words of the message that is answered."""
    return (tracker.latest_message.text if tracker.latest_message else "") or ""
