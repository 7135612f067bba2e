"""Rasa component: what a citizen names in a message, as values that actions can use.

Numbers, addresses, dates and times come from `bot.dutch`, the same functions that the forms use. Names that an
organisation keeps in lookup tables of the training data (products, locations) come from a spaCy entity ruler, which
compares dictionary forms: "paspoorten" is found by "paspoort".
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.pipeline import EntityRuler

from bot import dutch
from bot.nlu.language import dutch as pipeline

PATTERNS = "patterns.json"
Pattern = dict[str, Any]
Entity = dict[str, Any]
Config = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class DutchEntities(GraphComponent, EntityExtractorMixin):
    """zaaknummer, kenteken, postcode, huisnummer, email, telefoonnummer (E.164), datum (yyyy-mm-dd), tijd (HH:MM), dagdeel."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        return ["nl"]

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @staticmethod
    def get_default_config() -> Config:
        """`timezone`: where "morgen" is the day after today."""
        return {"timezone": "Europe/Amsterdam"}

    def __init__(
        self, config: Config, storage: ModelStorage, resource: Resource, patterns: list[Pattern],
        today: Callable[[], date] | None = None,
    ) -> None:
        zone = ZoneInfo(config["timezone"])
        self._today = today or (lambda: datetime.now(zone).date())
        self._storage = storage
        self._resource = resource
        self._use(patterns)

    def _use(self, patterns: list[Pattern]) -> None:
        self._ruler = EntityRuler(pipeline(), validate=True)
        self._ruler.add_patterns(patterns)

    @classmethod
    def create(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "DutchEntities":
        return cls(config, model_storage, resource, [])

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the lookup tables, and the synonyms of what is in them, as patterns."""
        patterns = _patterns(training_data)
        self._use(patterns)
        with self._storage.write_to(self._resource) as directory:
            (directory / PATTERNS).write_text(json.dumps(patterns, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "DutchEntities":
        with model_storage.read_from(resource) as directory:
            patterns = json.loads((directory / PATTERNS).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, patterns)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds to the entities that a message has."""
        for message in messages:
            found = self.add_extractor_name(self.extract(message.get(TEXT) or ""))
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def extract(self, text: str) -> list[Entity]:
        """The entities of one text, without overlap, except that a part of the day may lie in a date."""
        kept: list[Entity] = []
        for entity in [*self._values(text), *self._names(text)]:
            if not any(_overlap(entity, other) for other in kept):
                kept.append(entity)
        parts = [_entity("dagdeel", f) for f in dutch.find_dagdelen(text)]
        return sorted(kept + parts, key=lambda e: e[ENTITY_ATTRIBUTE_START])

    def _values(self, text: str) -> list[Entity]:
        """Most particular first: what one of them took, the next can't."""
        dates = [dutch.Found(f.start, f.end, f.value.isoformat()) for f in dutch.find_dates(text, self._today())]
        times = [dutch.Found(f.start, f.end, f.value.isoformat("minutes")) for f in dutch.find_times(text)]
        kinds = {
            "email": dutch.find_emails(text), "telefoonnummer": dutch.find_phones(text),
            "kenteken": dutch.find_kentekens(text), "zaaknummer": dutch.find_zaaknummers(text),
            "postcode": dutch.find_postcodes(text), "huisnummer": dutch.find_huisnummers(text), "datum": dates, "tijd": times,
        }
        return [_entity(kind, found) for kind, all_found in kinds.items() for found in all_found]

    def _names(self, text: str) -> list[Entity]:
        if not len(self._ruler):
            return []
        named = self._ruler(pipeline()(text)).ents
        return [_entity(e.label_, dutch.Found(e.start_char, e.end_char, e.ent_id_)) for e in named]


def _entity(kind: str, found: dutch.Found[str]) -> Entity:
    return {
        ENTITY_ATTRIBUTE_TYPE: kind, ENTITY_ATTRIBUTE_START: found.start, ENTITY_ATTRIBUTE_END: found.end,
        ENTITY_ATTRIBUTE_VALUE: found.value,
    }


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(
        one[ENTITY_ATTRIBUTE_START] < other[ENTITY_ATTRIBUTE_END]
        and other[ENTITY_ATTRIBUTE_START] < one[ENTITY_ATTRIBUTE_END]
    )


def _patterns(training_data: TrainingData) -> list[Pattern]:
    patterns = []
    for table in training_data.lookup_tables:
        for name in table["elements"]:
            same = [synonym for synonym, value in training_data.entity_synonyms.items() if value == name]
            patterns += [
                {"label": table["name"], "id": name, "pattern": [{"LEMMA": t.lemma_} for t in pipeline()(spelling)]}
                for spelling in [name, *same]
            ]
    return patterns
