"""A municipality: its hours by the Dutch clock, whatever the host's time zone, and its own answers before the general ones."""

import re
import shutil
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import gemeenten
from bot.dutch.text import WEEKDAYS
from bot.gemeenten import FOLDER, Gemeente
from bot.settings import ROOT, Settings, SettingsError

DEMONSTRATION = gemeenten.load(Settings().gemeente_names)
GEMEENTE = DEMONSTRATION["voorbeeld"]
GENERAL = {
    "utter_hond": [{"text": "Betaal {prijs}.", "metadata": {
        "topic": "hond", "title": "Honden", "source": "https://rijk.example", "source_label": "Rijk", "reviewed": "2026-01-01",
        "appointment_product": "paspoort",
    }}],
    "utter_hond_kosten": [{"text": "Het kost {prijs}.", "metadata": {"topic": "hond", "aspect": "kosten"}}],
    "utter_hond_duur": [{"text": "Een dag.", "metadata": {"topic": "hond", "aspect": "duur"}}],
    "utter_greet": [{"text": "Hallo {naam}!"}],
}


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """Loads a municipality whose answers.yml is this text."""

    def load(answers: str) -> Gemeente:
        folder = tmp_path / "eigen"
        shutil.copytree(FOLDER / "voorbeeld", folder, dirs_exist_ok=True)
        (folder / "answers.yml").write_text(answers)
        return gemeenten.load(["eigen"], tmp_path)["eigen"]

    return load


@pytest.mark.parametrize(("moment", "is_open"), [
    (datetime(2026, 11, 24, 7, 29, tzinfo=UTC), False),   # tuesday 08:29 in winter
    (datetime(2026, 11, 24, 7, 30, tzinfo=UTC), True),
    (datetime(2026, 11, 24, 15, 59, tzinfo=UTC), True),
    (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), False),
    (datetime(2026, 7, 7, 6, 30, tzinfo=UTC), True),      # tuesday 08:30 in summer
    (datetime(2026, 11, 28, 10, 0, tzinfo=UTC), False),   # saturday
    (datetime(2026, 12, 25, 10, 0, tzinfo=UTC), False),   # Christmas, a friday
])
def test_the_counter_is_open_by_the_dutch_clock(moment: datetime, is_open: bool) -> None:
    assert GEMEENTE.is_open("balie", moment) is is_open


def test_a_chat_that_never_closes_is_open_in_its_last_minute() -> None:
    assert GEMEENTE.is_open("chat", datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC))


def test_hours_of_today_in_words() -> None:
    assert GEMEENTE.today("balie", date(2026, 11, 24)) == "vandaag open van 08:30 tot 17:00 uur"
    assert GEMEENTE.today("balie", date(2026, 11, 29)) == "vandaag gesloten"
    assert GEMEENTE.today("balie", date(2026, 12, 25)) == "vandaag gesloten, Eerste Kerstdag"


def test_the_week_has_seven_days() -> None:
    rows = GEMEENTE.week_rows("balie")
    assert [day for day, _ in rows] == list(WEEKDAYS)
    assert rows[5] == ("zaterdag", "gesloten")


def test_without_own_answers_the_general_ones_hold() -> None:
    assert GEMEENTE.responses(GENERAL) == GENERAL


def test_an_own_main_answer_replaces_the_topic_as_a_whole(own: Any) -> None:
    found = own("responses: {utter_hond: [{text: Geen hondenbelasting.}]}").responses(GENERAL)
    assert found["utter_hond"] == [{"text": "Geen hondenbelasting.", "metadata": GENERAL["utter_hond"][0]["metadata"]}]
    assert set(found) == {"utter_hond", "utter_greet"}, "a general answer about costs could contradict the own one"


def test_an_own_aspect_replaces_only_that_aspect(own: Any) -> None:
    found = own("responses: {utter_hond_kosten: [{text: Niets.}]}").responses(GENERAL)
    assert found["utter_hond_kosten"] == [{"text": "Niets.", "metadata": {"topic": "hond", "aspect": "kosten"}}]
    assert found["utter_hond"] == GENERAL["utter_hond"] and found["utter_hond_duur"] == GENERAL["utter_hond_duur"]


def test_an_aspect_may_be_new_to_the_topic(own: Any) -> None:
    found = own("responses: {utter_hond_iemand_anders: [{text: Dat mag.}]}").responses(GENERAL)
    assert found["utter_hond_iemand_anders"][0]["metadata"] == {
        "topic": "hond", "source": "https://rijk.example", "source_label": "Rijk", "reviewed": "2026-01-01",
        "aspect": "iemand_anders",
    }


def test_metadata_of_its_own_goes_before_that_of_the_general_answer(own: Any) -> None:
    found = own("""
responses:
  utter_hond:
  - text: Bel {gemeente_telefoon}.
    metadata: {source: "{gemeente_website}", reviewed: 2026-11-24, appointment_product: null}
""").responses(GENERAL)
    assert found["utter_hond"][0]["metadata"] == {
        "topic": "hond", "title": "Honden", "source": "{gemeente_website}", "reviewed": "2026-11-24", "appointment_product": None,
    }, "the label of another source would be wrong"


def test_an_own_answer_may_use_the_names_of_the_general_one(own: Any) -> None:
    assert own("responses: {utter_greet: [{text: 'Dag {naam}, bel {gemeente_telefoon}.'}]}").responses(GENERAL)


def test_the_general_answers_stay_as_they_were(own: Any) -> None:
    before = yaml.safe_dump(GENERAL)
    own("responses: {utter_hond: [{text: Nee., metadata: {title: Anders}}]}").responses(GENERAL)
    assert yaml.safe_dump(GENERAL) == before


@pytest.mark.parametrize(("answers", "told"), [
    ("responses: {utter_hond: []}", "utter_hond"), ("responses: {utter_hond: [{text: ''}]}", "utter_hond: .*text"),
    ("responses: {utter_hond: [{txt: Nee}]}", "txt"), ("responses: {hond: [{text: Nee}]}", "utter_"),
    ("responses: {utter_hond: [{text: Nee, metadata: {bron: x}}]}", "bron"), ("nlu: []", "nlu"),
    ("responses: {utter_hond: [{text: Nee, metadata: {reviewed: gisteren}}]}", "reviewed"), ("- los", "object"),
    ("responses: {utter_hond", "expected"),
])
def test_a_fault_in_an_own_answer_names_file_and_fault(own: Any, answers: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        own(answers)
    assert "'eigen': answers.yml" in str(caught.value)


@pytest.mark.parametrize(("answers", "told"), [
    ("responses: {utter_kat: [{text: Nee.}]}", "utter_kat"),
    ("responses: {utter_kat_kosten: [{text: Nee.}]}", "utter_kat_kosten"),
    ("responses: {utter_hond: [{text: 'Bel {telefon}.'}]}", "telefon"),
    ("responses: {utter_hond: [{text: Nee., metadata: {source: '{site}'}}]}", "site"),
])
def test_an_own_answer_that_fits_no_topic_or_names_no_value_is_refused(own: Any, answers: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        own(answers).responses(GENERAL)
    assert "'eigen': answers.yml" in str(caught.value)


def test_a_fault_in_the_variables_names_that_file(own: Any, tmp_path: Path) -> None:
    own("")
    (tmp_path / "eigen" / "variables.yml").write_text("- los")
    with pytest.raises(SettingsError, match=r"variables\.yml"):
        gemeenten.load(["eigen"], tmp_path)


@cache
def general_answers() -> tuple[dict[str, Any], set[str]]:
    """All general answers, and the names of those with only variables of the municipality in them."""
    contents = {path: yaml.load(path.read_text(), Loader=yaml.CSafeLoader) for path in (ROOT / "data" / "nlu").rglob("*.yml")}
    topics = {name: variants for loaded in contents.values() for name, variants in loaded.get("responses", {}).items()}
    return yaml.load((ROOT / "domain.yml").read_text(), Loader=yaml.CSafeLoader)["responses"] | topics, set(topics)


@pytest.mark.parametrize("gemeente", DEMONSTRATION.values(), ids=DEMONSTRATION)
def test_every_answer_of_a_demonstration_municipality_has_its_values_and_no_value_is_dead(gemeente: Gemeente) -> None:
    general, topics = general_answers()
    answers = gemeente.responses(general)
    used = {
        name for key in (topics | set(gemeente.answers)) & set(answers) for variant in answers[key]
        for name in re.findall(r"{(\w+)}", variant["text"])
    }
    known = set(gemeente.variables(datetime.now(UTC)))
    assert used <= known, used - known
    dead = set(yaml.safe_load((FOLDER / gemeente.key / "variables.yml").read_text())) - used
    assert not dead, dead


def test_the_demonstration_municipalities_differ() -> None:
    one, other = DEMONSTRATION.values()
    assert {agent.id for agent in one.desk.demo_agents}.isdisjoint(agent.id for agent in other.desk.demo_agents)
    assert one.hours != other.hours and one.retention_days != other.retention_days and len(other.locations) == 1
    assert not other.answers.keys() & one.answers.keys() and other.answers
    closed = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
    assert one.is_open("balie", closed) and not other.is_open("balie", closed)


@pytest.mark.parametrize("gemeente", DEMONSTRATION.values(), ids=DEMONSTRATION)
def test_no_fee_is_above_the_national_maximum(gemeente: Gemeente) -> None:
    values = gemeente.variables(datetime.now(UTC))
    for name, maximum in {  # Rijksoverheid, 2026
        "paspoort_prijs_volwassene": 88.65, "paspoort_prijs_kind": 67.05, "id_kaart_prijs_volwassene": 80.10,
        "id_kaart_prijs_kind": 43.20,
    }.items():
        assert float(values[name].removeprefix("€ ").replace(",", ".")) <= maximum, name
