"""Rasa component: a message that speaks of danger to a life gets the intent `crisis`, whatever was thought before."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.danger import find_danger
from bot.nlu.language import is_dutch_word

DANGER = "danger"  # the key in the parse result

Config = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CrisisGuard(GraphComponent, IntentClassifier):
    """Stands last in the pipeline, so that no threshold undoes it. The classifier may still find `crisis` by itself."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> Config:
        """`intent`: the name of the intent to force."""
        return {"intent": "crisis"}

    def __init__(self, config: Config) -> None:
        self._intent = config["intent"]

    @classmethod
    def create(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "CrisisGuard":
        is_dutch_word("")  # loads the tables now rather than during a citizen's first message
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Forces the intent with confidence 1.0 and adds `danger`: "suicide", "violence" or "emergency"."""
        for message in messages:
            danger = find_danger(message.get(TEXT) or "", is_dutch_word)
            if danger:
                forced = {INTENT_NAME_KEY: self._intent, PREDICTED_CONFIDENCE_KEY: 1.0}
                others = [r for r in message.get(INTENT_RANKING_KEY) or [] if r[INTENT_NAME_KEY] != self._intent]
                message.set(INTENT, forced, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [dict(forced), *others], add_to_output=True)
                message.set(DANGER, danger, add_to_output=True)
        return messages
