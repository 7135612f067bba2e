"""`balie content new`: the files of a new topic, and what is refused."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot import content
from bot.cli import main
from bot.editing import EditingError, check
from bot.editing.start import start
from bot.settings import ROOT, Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("data/nlu/topics/bijstand.yml", "data/nlu/dialogue/smalltalk.yml", "tests/topics/bijstand.yml", "domain.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_new_topic_can_be_read_and_the_check_says_what_is_missing(root: Path) -> None:
    made = start(root, "vlag_lenen")
    assert [str(path) for path in made] == ["data/nlu/topics/vlag_lenen.yml", "tests/topics/vlag_lenen.yml"]
    assert content.load(root / "data/nlu")["vlag_lenen"].topic == "vlag_lenen"
    assert yaml.safe_load((root / made[1]).read_text())["sentences"] == []
    findings = check.run(root, Settings(), date(2026, 11, 27))
    says = {path: sorted(finding.text for finding in findings if finding.path == path and finding.error) for path in made}
    assert says == {
        made[0]: [
            "Antwoord is nog leeg.", "Geen bron (`source`).", "Geen controledatum (`reviewed`).",
            "Geen naam van de bron (`source_label`).",
            "Geen titel (`title`). Maak een titel van 3 tot 40 tekens.",
            "Nog geen voorbeeldzinnen. Schrijf er minstens 120, elk anders.",
        ],
        made[1]: ["Nog geen testzinnen. Laat iemand anders er minstens 15 schrijven."],
    }


def test_a_topic_that_is_filled_in_as_the_hints_say_passes(root: Path) -> None:
    topic, tests = (root / path for path in start(root, "vlag_lenen"))
    examples = "".join(f"    - vlag nummer {n}\n" for n in range(120))
    text = topic.read_text().replace("  examples: |\n", f"  examples: |\n{examples}")
    text = text.replace("  - text: |\n", "  - text: |\n      Bel ons.\n").replace('title: ""', 'title: "Vlag lenen"')
    text = text.replace('source: ""', 'source: "https://x.example"').replace('source_label: ""', 'source_label: "X"')
    topic.write_text(text.replace('reviewed: ""', 'reviewed: "2026-11-24"'))
    sentences = "sentences:\n" + "".join(f'- text: "mag ik een vlag {n}"\n  kind: story\n' for n in range(15))
    tests.write_text(tests.read_text().replace("sentences: []\n", sentences))
    assert not [found for found in check.run(root, Settings(), date(2026, 11, 27)) if "vlag" in str(found.path)]


@pytest.mark.parametrize("slug", [
    "Vlag", "vlag-lenen", "vlag lenen", "1vlag", "_vlag", "vlag_", "vlag__lenen", "", "../vlag", "/etc/vlag", "vlàg", "v" * 51,
    "vlag.yml", "vlag\n",
])
def test_a_malformed_name_is_refused_in_a_sentence(root: Path, slug: str) -> None:
    with pytest.raises(EditingError, match=r"kan geen naam zijn\. Gebruik kleine letters"):
        start(root, slug)


@pytest.mark.parametrize(("slug", "says"), [
    ("bijstand", '"bijstand" bestaat al, in data/nlu/topics/bijstand.yml.'),
    ("greet", '"greet" bestaat al, in data/nlu/dialogue/smalltalk.yml.'),
    ("something_else", '"something_else" bestaat al.'),                              # an intent of domain.yml
    ("bijstand_online", '"bijstand_online" is een deel van het onderwerp bijstand.'),
])
def test_a_name_that_is_taken_is_refused(root: Path, slug: str, says: str) -> None:
    before = sorted(root.rglob("*"))
    with pytest.raises(EditingError, match=says):
        start(root, slug)
    assert sorted(root.rglob("*")) == before


def test_a_topic_that_cannot_be_read_is_not_replaced(root: Path) -> None:
    broken = root / "data/nlu/topics/vlag.yml"
    broken.write_text("nlu: [")
    with pytest.raises(EditingError, match="bestaat al"):
        start(root, "vlag")
    assert broken.read_text() == "nlu: ["


def test_test_sentences_that_are_there_already_are_kept(root: Path) -> None:
    tests = root / "tests/topics/vlag.yml"
    tests.write_text("sentences: [{text: mag ik een vlag}]")
    assert [str(path) for path in start(root, "vlag")] == ["data/nlu/topics/vlag.yml"]
    assert tests.read_text() == "sentences: [{text: mag ik een vlag}]"


def test_the_command_refuses_without_a_traceback() -> None:
    result = CliRunner().invoke(main, ["content", "new", "paspoort_aanvragen"])
    assert result.exit_code == 1
    assert result.output.startswith('"paspoort_aanvragen" bestaat al')
