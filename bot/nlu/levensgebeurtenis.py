"""Rasa component: who asks for everything about a life event need not be understood to the exact topic of it."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot import levensgebeurtenissen
from bot.levensgebeurtenissen import Levensgebeurtenissen

FALLBACK, OVERVIEW = "nlu_fallback", "walk_overview"

Config = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LifeEvents(GraphComponent, IntentClassifier):
    """Stands after the fallback, and undoes it where the overview of one life event is the answer (see bot.brain.nlg) either way.

    "Mijn portemonnee is gestolen, alles weg" may be about a passport as much as about a driving licence, and "ik ga verhuizen,
    wat moet ik allemaal regelen" is as much a question for an overview as one about moving.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> Config:
        """`named`: confidence of the topics that begin one event, together, from which they count as named in the text.

        `sure`: the same with that of the wish for an overview added, from which the likeliest of them is taken.
        """
        return {"named": 0.1, "sure": 0.5}

    def __init__(self, config: Config, events: Levensgebeurtenissen) -> None:
        self._named, self._sure = config["named"], config["sure"]
        self._events = events

    @classmethod
    def create(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "LifeEvents":
        return cls(config, levensgebeurtenissen.load())

    def process(self, messages: list[Message]) -> list[Message]:
        """Replaces the fallback, or a wish for some overview, by the likeliest topic of the event that the text asks all of."""
        for message in messages:
            doubtful = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) in {FALLBACK, OVERVIEW}
            if doubtful and (found := self._found(message)):
                name, confidence = found
                taken = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
                others = [r for r in message.get(INTENT_RANKING_KEY) if r[INTENT_NAME_KEY] not in {name, FALLBACK}]
                message.set(INTENT, taken, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [dict(taken), *others], add_to_output=True)
        return messages

    def _found(self, message: Message) -> tuple[str, float] | None:
        """The likeliest topic, and the confidence in the event that it begins."""
        text = message.get(TEXT) or ""
        ranking = {r[INTENT_NAME_KEY]: float(r[PREDICTED_CONFIDENCE_KEY]) for r in message.get(INTENT_RANKING_KEY) or []}
        found: list[tuple[float, str]] = []
        for event in self._events.values():
            topics = {topic: ranking[topic] for topic in event.starts if topic in ranking}
            together = sum(topics.values())
            if together >= self._named and together + ranking.get(OVERVIEW, 0.0) >= self._sure and event.is_asked(text):
                found.append((together, max(topics, key=topics.__getitem__)))
        if not found:
            return None
        together, topic = max(found)
        return topic, min(together + ranking.get(OVERVIEW, 0.0), 1.0)
