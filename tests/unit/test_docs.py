"""The documentation is tested: what it does not mention fails here."""

import re
from dataclasses import fields

import pytest
import yaml

from bot import content
from bot.cli import main
from bot.dutch.aspects import ASPECTS
from bot.settings import DEMO_SECRET, ROOT, Settings, env_name

README = (ROOT / "README.md").read_text()
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_is_in_the_readme_with_its_default(item) -> None:  # type: ignore[no-untyped-def]
    row = next((line for line in README.splitlines() if line.startswith(f"| `{env_name(item.name)}` |")), None)
    assert row, f"{env_name(item.name)} is not in README.md"
    assert item.metadata["help"] in row
    shown = str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
    assert item.default in ("", DEMO_SECRET) or f"`{shown}`" in row


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"BALIE_[A-Z_]+[A-Z]", README))
    assert named <= {env_name(item.name) for item in fields(Settings)}


def test_every_decision_has_a_number_and_a_title() -> None:
    for number, path in enumerate(sorted((ROOT / "docs" / "adr").glob("*.md")), start=1):
        assert path.name.startswith(f"{number:04d}-")
        assert path.read_text().startswith(f"# {number}. ")


def test_commands_have_help() -> None:
    for command in main.commands.values():
        assert command.help, command.name


def _responses() -> set[str]:
    found = set(DOMAIN["responses"])
    for path in (ROOT / "data" / "nlu").rglob("*.yml"):
        found |= set((yaml.safe_load(path.read_text()) or {}).get("responses", {}))
    return found


def _named_in_code() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    rules = "\n".join(path.read_text() for path in (ROOT / "data").rglob("*.yml"))
    return set(re.findall(r"utter_\w+", text)) | set(re.findall(r"action: (utter_\w+)", rules))


def test_every_answer_that_an_action_or_rule_names_exists() -> None:
    prefixes = {"utter_", "utter_aanbod_", "utter_zaak_", "utter_onduidelijk_"}  # completed at run time
    prefixes |= {"utter_message", "utter_action"}  # of rasa-sdk and Rasa
    assert _named_in_code() - _responses() - prefixes == set()


def test_no_answer_is_dead() -> None:
    asked = {f"utter_ask_{slot}" for form in DOMAIN["forms"].values() for slot in form["required_slots"]}
    asked |= {f"utter_ask_{name}_{slot}" for name, form in DOMAIN["forms"].items() for slot in form["required_slots"]}
    built = {name for name in _responses() if re.match(r"utter_(aanbod|zaak|onduidelijk)_", name)} | {"utter_english_note"}
    topics = {f"utter_{slug}{aspect}" for slug in content.load() for aspect in ("", *(f"_{name}" for name in ASPECTS))}
    assert _responses() - _named_in_code() - asked - built - topics == set()


def test_every_question_of_a_form_has_a_sentence_for_an_unclear_answer() -> None:
    for form in DOMAIN["forms"].values():
        for slot in form["required_slots"]:
            assert f"utter_onduidelijk_{slot}" in _responses()
