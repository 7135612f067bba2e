"""The components as Rasa runs them: trained, stored, loaded and asked. Importing Rasa takes some seconds."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path

from bot.nlu.classifier import LinearIntentClassifier
from bot.nlu.crisis import CrisisGuard
from bot.nlu.entities import DutchEntities
from bot.nlu.levensgebeurtenis import LifeEvents
from bot.nlu.linear import ARRAYS, BrokenModel
from bot.nlu.tokenizer import DutchTokenizer

CONFIG = Path(__file__).resolve().parents[2] / "config.yml"
TODAY = date(2026, 11, 24)
EXAMPLES = {
    "paspoort": ["paspoort aanvragen", "ik wil een nieuw paspoort", "mijn paspoort is verlopen", "wat kost een paspoort"],
    "verhuizen": ["ik ga verhuizen", "verhuizing doorgeven", "mijn nieuwe adres doorgeven", "ik ben verhuisd"],
    "afval": ["grofvuil ophalen", "mijn container is kapot", "wanneer wordt het afval opgehaald", "oud papier"],
}


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


def arguments(component: type, storage: LocalModelStorage, **config: Any) -> tuple[Any, ...]:
    context = ExecutionContext(GraphSchema({}), node_name=component.__name__)
    return {**component.get_default_config(), **config}, storage, Resource(component.__name__), context  # type: ignore[attr-defined]


def tokenized(storage: LocalModelStorage, *texts: str) -> list[Message]:
    messages = [Message({"text": text}) for text in texts]
    DutchTokenizer.create(*arguments(DutchTokenizer, storage)).process(messages)
    return messages


def trained(storage: LocalModelStorage, examples: dict[str, list[str]]) -> LinearIntentClassifier:
    data = TrainingData([Message.build(text, intent) for intent, texts in examples.items() for text in texts])
    DutchTokenizer.create(*arguments(DutchTokenizer, storage)).process_training_data(data)
    classifier = LinearIntentClassifier.create(*arguments(LinearIntentClassifier, storage))
    classifier.train(data)
    return classifier


def test_tokens_stand_where_they_are_in_the_text_and_carry_lemmas(storage: LocalModelStorage) -> None:
    text = "Mijn paspoorten zijn  verlopen, 1234AB!"
    tokens = tokenized(storage, text)[0].get(TOKENS_NAMES["text"])
    assert [text[t.start : t.end] for t in tokens] == [t.text for t in tokens]
    assert ("paspoorten", "paspoort") in {(t.text, t.lemma) for t in tokens}


@pytest.mark.parametrize("text", ["   ", "🙂", "." * 2000, "a" * 2000, "-".join("ab" * 500)])
def test_odd_texts_have_at_least_one_token(storage: LocalModelStorage, text: str) -> None:
    assert tokenized(storage, text)[0].get(TOKENS_NAMES["text"])


def test_a_stored_classifier_ranks_as_the_trained_one(storage: LocalModelStorage) -> None:
    classifier = trained(storage, EXAMPLES)
    loaded = LinearIntentClassifier.load(*arguments(LinearIntentClassifier, storage))
    messages = [tokenized(storage, "waar vraag ik een paspoort aan")[0] for _ in range(2)]
    classifier.process(messages[:1])
    loaded.process(messages[1:])
    for message in messages:
        assert message.get("intent")["name"] == "paspoort"
        assert message.get("intent") == message.get("intent_ranking")[0]
    assert messages[0].get("intent_ranking") == messages[1].get("intent_ranking")


def test_a_stored_classifier_that_was_tampered_with_is_not_loaded(storage: LocalModelStorage) -> None:
    trained(storage, EXAMPLES)
    with storage.write_to(Resource("LinearIntentClassifier")) as directory:
        (directory / ARRAYS).write_bytes((directory / ARRAYS).read_bytes()[:-1] + b"x")
    with pytest.raises(BrokenModel):
        LinearIntentClassifier.load(*arguments(LinearIntentClassifier, storage))


@pytest.mark.parametrize("text", ["", "   ", "¿¡", "🙂"])
def test_what_says_nothing_falls_back(storage: LocalModelStorage, text: str) -> None:
    message = trained(storage, EXAMPLES).process(tokenized(storage, text))[0]
    FallbackClassifier.create(*arguments(FallbackClassifier, storage, threshold=0.6)).process([message])
    assert message.get("intent")["name"] == "nlu_fallback"


def test_one_intent_is_nothing_to_choose_from(storage: LocalModelStorage) -> None:
    with pytest.warns(UserWarning, match="two intents"):
        trained(storage, {"paspoort": ["paspoort"]})
    loaded = LinearIntentClassifier.load(*arguments(LinearIntentClassifier, storage))
    message = loaded.process(tokenized(storage, "paspoort"))[0]
    assert message.get("intent") == {"name": None, "confidence": 0.0}
    assert message.get("intent_ranking") == []


def test_danger_overrules_the_classifier_and_the_fallback(storage: LocalModelStorage) -> None:
    guard = CrisisGuard.create(*arguments(CrisisGuard, storage))
    message = trained(storage, EXAMPLES).process(tokenized(storage, "mijn paspoort kan weg, ik wil doood"))[0]
    guard.process([message])
    assert message.get("intent") == {"name": "crisis", "confidence": 1.0}
    assert message.get("intent_ranking")[0] == message.get("intent")
    assert [r["name"] for r in message.get("intent_ranking")[1:]].count("crisis") == 0
    assert message.get("danger") == "suicide"


def test_a_figure_of_speech_leaves_the_intent_alone(storage: LocalModelStorage) -> None:
    message = trained(storage, EXAMPLES).process(tokenized(storage, "doodmoe van dat afval"))[0]
    before = message.as_dict()
    assert CrisisGuard.create(*arguments(CrisisGuard, storage)).process([message])[0].as_dict() == before


@pytest.fixture
def entities(storage: LocalModelStorage) -> Callable[[str], list[tuple[str, str, str]]]:
    """A function that gives (kind, words, value) for a text, on 24 November 2026."""
    config, _, resource, _ = arguments(DutchEntities, storage)
    component = DutchEntities(config, storage, resource, [], today=lambda: TODAY)
    return lambda text: [(e["entity"], text[e["start"] : e["end"]], e["value"]) for e in component.extract(text)]


@pytest.mark.parametrize(("text", "expected"), [
    ("Mijn zaak is zaak-2026-0000000101.", [("zaaknummer", "zaak-2026-0000000101", "ZAAK-2026-0000000101")]),
    ("ik woon op 1234 ab nr 12a", [("postcode", "1234 ab", "1234AB"), ("huisnummer", "12a", "12a")]),
    ("Kan het volgende week dinsdag om half 4?", [("datum", "volgende week dinsdag", "2026-12-01"), ("tijd", "half 4", "15:30")]),
    ("morgenochtend graag", [("datum", "morgenochtend", "2026-11-25"), ("dagdeel", "ochtend", "ochtend")]),
    ("jan @ voorbeeld.nl of 06-12345678", [("email", "jan @ voorbeeld.nl", "jan@voorbeeld.nl"),
                                           ("telefoonnummer", "06-12345678", "+31612345678")]),
    ("3 jan, kenteken G-123-BB", [("datum", "3 jan", "2027-01-03"), ("kenteken", "G-123-BB", "G-123-BB")]),
    ("3-mei-27 om 10 uur", [("datum", "3-mei-27", "2027-05-03"), ("tijd", "10 uur", "10:00")]),
    ("ik woon op huisnummer 12a", [("huisnummer", "12a", "12a")]),
    ("Goedemorgen, ik wil een paspoort", []),
    ("mijn bsn is 111222333", []),
    ("31-02-2026", []),
    ("", []),
])
def test_what_is_named_becomes_a_value(
    entities: Callable[[str], list[tuple[str, str, str]]], text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert entities(text) == expected


def test_names_in_lookup_tables_are_found_by_their_dictionary_form(storage: LocalModelStorage) -> None:
    table = {"name": "product", "elements": ["paspoort", "uittreksel brp"]}
    data = TrainingData(lookup_tables=[table], entity_synonyms={"reispas": "paspoort"})
    DutchEntities.create(*arguments(DutchEntities, storage)).train(data)
    loaded = DutchEntities.load(*arguments(DutchEntities, storage))
    message = loaded.process([Message({"text": "Twee Paspoorten, een reispas en een uittreksel BRP morgen"})])[0]
    found = [(e["entity"], e["value"], e["extractor"]) for e in message.get("entities") if e["entity"] == "product"]
    assert found == [("product", name, "DutchEntities") for name in ("paspoort", "paspoort", "uittreksel brp")]
    assert "datum" in {e["entity"] for e in message.get("entities")}


def test_the_configured_pipeline_exists_and_ends_with_the_guard() -> None:
    names = [step["name"] for step in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]]
    own = [class_from_module_path(name) for name in names if "." in name]
    assert own == [DutchTokenizer, DutchEntities, LinearIntentClassifier, LifeEvents, CrisisGuard]
    assert names[-1] == "bot.nlu.crisis.CrisisGuard"
    assert names.index("FallbackClassifier") > names.index("bot.nlu.classifier.LinearIntentClassifier")
