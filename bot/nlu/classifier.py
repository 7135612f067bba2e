"""Rasa component: the intent of a message, by the linear classifier of `bot.nlu.linear`."""

import logging
from typing import Any

import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import augment, bayes, calibration, features, linear
from bot.nlu.features import Sentence, sentence
from bot.nlu.fingerprint import digest

logger = logging.getLogger(__name__)

Config = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Support vectors and naive Bayes on words, lemmas and pieces of words; a confidence that is right as often as it says."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Config:
        """`words`, `lemmas`, `pieces`: the weight of each kind of feature, 0 leaves it out.

        `cost`: the C of the support vectors. `folds`: for calibration. `noisy_copies`: copies with slips per sentence.
        `processes`: how many train at once.
        """
        return {"words": 1.0, "lemmas": 0.7, "pieces": 1.0, "cost": 1.0, "folds": 5, "seed": 7, "noisy_copies": 0,
                "ranking_length": 10, "processes": 2}

    @classmethod
    def fingerprint_addon(cls, config: Config) -> str | None:
        return digest(linear, features, bayes, calibration, augment)

    def __init__(
        self, config: Config, storage: ModelStorage, resource: Resource, model: linear.LinearModel | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "LinearIntentClassifier":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains and keeps the model; with fewer than two intents there is nothing to tell apart, and it warns."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        labels = [m.get(INTENT) for m in examples]
        if len(set(labels)) < 2:
            rasa.shared.utils.io.raise_warning("An intent classifier needs at least two intents; none was trained.")
            return self._resource
        self._model = linear.train([_sentence(m) for m in examples], labels, self._options())
        with self._storage.write_to(self._resource) as directory:
            self._model.save(directory)
        return self._resource

    @classmethod
    def load(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        """The trained component. A model that was tampered with raises `bot.nlu.linear.BrokenModel`."""
        try:
            with model_storage.read_from(resource) as directory:
                return cls(config, model_storage, resource, linear.LinearModel.load(directory))
        except ValueError:  # the storage knows no such resource: training was skipped
            logger.warning("no intent classifier was trained")
            return cls(config, model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking`, best first."""
        for message in messages:
            ranking = self._rank(message)
            best = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, dict(best), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        if self._model is None or not message.get(TEXT):
            return []
        ranked = self._model.rank(_sentence(message), self._config["ranking_length"])
        return [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence} for name, confidence in ranked]

    def _options(self) -> linear.Options:
        blocks = tuple((kind, float(self._config[kind])) for kind in features.EXTRACTORS if self._config[kind])
        return linear.Options(blocks, **{name: self._config[name] for name in
                                         ("cost", "folds", "seed", "noisy_copies", "processes")})


def _sentence(message: Message) -> Sentence:
    return sentence((token.text, token.lemma) for token in message.get(TOKENS_NAMES[TEXT]) or ())
