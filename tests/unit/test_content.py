"""The content: answers have a source and a date, variables a value, a sentence one intent, and no test sentence is trained."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import content, gemeenten
from bot.dutch.aspects import ASPECTS
from bot.settings import ROOT

DATA = ROOT / "data" / "nlu"
FILES = {path: yaml.load(path.read_text(), Loader=yaml.CSafeLoader) for path in sorted(DATA.rglob("*.yml"))}
TOPICS = {path.stem: loaded for path, loaded in FILES.items() if path.parent.name == "topics"}
ANSWERS = [
    (name, variant)
    for loaded in FILES.values() for name, variants in loaded.get("responses", {}).items() for variant in variants
]


def _examples(loaded: dict[str, Any]) -> dict[str, list[str]]:
    return {
        item["intent"]: [line[2:].strip() for line in item["examples"].splitlines() if line.startswith("- ")]
        for item in loaded.get("nlu", []) if "intent" in item
    }


def _reading(sentence: str) -> str:
    return re.sub(r"\W+", " ", sentence.lower()).strip()


@pytest.mark.parametrize("slug", TOPICS)
def test_a_topic_file_is_whole(slug: str) -> None:
    loaded = TOPICS[slug]
    assert list(_examples(loaded)) == [slug], "the file's name is its intent"
    assert len(_examples(loaded)[slug]) >= 100
    assert loaded["rules"] == [{"rule": slug, "steps": [{"intent": slug}, {"action": f"utter_{slug}"}]}]
    metadata = loaded["responses"][f"utter_{slug}"][0]["metadata"]
    assert metadata["topic"] == slug
    assert 3 <= len(metadata["title"]) <= 40


@pytest.mark.parametrize("slug", TOPICS)
def test_every_answer_of_a_topic_has_a_source_and_a_review_date(slug: str) -> None:
    for name, variants in TOPICS[slug]["responses"].items():
        for variant in variants:
            metadata = variant["metadata"]
            assert re.match(r"https://[\w.-]+\.\w+|\{gemeente_website\}", metadata["source"]), name
            assert metadata["source_label"]
            assert date.fromisoformat(metadata["reviewed"]) <= date.today()
            assert name == f"utter_{slug}" or (metadata["aspect"] in ASPECTS and name == f"utter_{slug}_{metadata['aspect']}")
            assert metadata["topic"] == slug


def test_every_variable_has_a_value() -> None:
    from datetime import UTC, datetime

    for gemeente in gemeenten.load(["voorbeeld"]).values():
        known = set(gemeente.variables(datetime.now(UTC)))
        used = {word for _, variant in ANSWERS for word in re.findall(r"{(\w+)}", variant["text"])}
        assert used <= known, used - known
        own = set(yaml.safe_load((gemeenten.FOLDER / gemeente.key / "variables.yml").read_text()))
        assert own <= used, f"no answer uses {own - used}"


def test_no_sentence_is_under_two_intents() -> None:
    seen: dict[str, str] = {}
    for loaded in FILES.values():
        for intent, sentences in _examples(loaded).items():
            for sentence in sentences:
                assert seen.setdefault(_reading(sentence), intent) == intent, sentence


def test_no_test_sentence_is_training_data() -> None:
    tests = {
        _reading(item["text"]) for path in (ROOT / "tests" / "topics").glob("*.yml")
        for item in yaml.safe_load(path.read_text())["sentences"]
    }
    trained = {_reading(s) for loaded in FILES.values() for sentences in _examples(loaded).values() for s in sentences}
    assert tests & trained <= {""}


def test_every_topic_has_its_test_file() -> None:
    assert set(TOPICS) <= {path.stem for path in (ROOT / "tests" / "topics").glob("*.yml")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_holds_a_number_like_a_bsn(path: Path) -> None:
    assert not re.search(r"(?<![\d-])\d{9}(?!\d)", path.read_text())


def test_appointments_of_topics_exist() -> None:
    products = {product.id for product in gemeenten.load(["voorbeeld"])["voorbeeld"].products}
    wanted = {topic.product for topic in content.load().values() if topic.product}
    assert wanted <= products


def test_a_topic_for_children_exists() -> None:
    found = content.load()
    assert {topic.for_child for topic in found.values() if topic.for_child} <= set(found)
