"""The documentation is tested: what it does not mention fails here."""

import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from actions import afspraak
from bot import content
from bot.agreed import DeskClaims, DeskLogin, LoginTerms
from bot.cli import main
from bot.desk import app as desk
from bot.dutch.aspects import ASPECTS
from bot.gemeente_file import ROLES, Actor, Desk, Supplier
from bot.gemeenten import FOLDER
from bot.settings import DEMO_SECRET, ROOT, Settings, env_name, known
from bot.suppliers import SUPPLIERS
from bot.wiring import build

README = (ROOT / "README.md").read_text()
INTEGRATION = (ROOT / "docs" / "integration.md").read_text()
DESK = (ROOT / "docs" / "desk.md").read_text()
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())


@pytest.mark.parametrize("item", known(), ids=lambda item: item.name)
def test_every_setting_is_in_the_readme_with_its_default(item) -> None:  # type: ignore[no-untyped-def]
    row = next((line for line in README.splitlines() if line.startswith(f"| `{env_name(item.name)}` |")), None)
    assert row, f"{env_name(item.name)} is not in README.md"
    assert item.metadata["help"] in row
    shown = str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
    assert item.default in ("", DEMO_SECRET) or f"`{shown}`" in row


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"BALIE_[A-Z_]+[A-Z]", README))
    assert named <= {env_name(item.name) for item in known()}


def test_every_decision_has_a_number_and_a_title() -> None:
    for number, path in enumerate(sorted((ROOT / "docs" / "adr").glob("*.md")), start=1):
        assert path.name.startswith(f"{number:04d}-")
        assert path.read_text().startswith(f"# {number}. ")


def test_commands_have_help() -> None:
    for command in main.commands.values():
        assert command.help, command.name


@cache
def _responses() -> set[str]:
    found = set(DOMAIN["responses"])
    for path in (ROOT / "data" / "nlu").rglob("*.yml"):
        found |= set((yaml.load(path.read_text(), Loader=yaml.CSafeLoader) or {}).get("responses", {}))
    return found


def _named_in_code() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    rules = "\n".join(path.read_text() for path in (ROOT / "data").rglob("*.yml"))
    return set(re.findall(r"utter_\w+", text)) | set(re.findall(r"action: (utter_\w+)", rules))


def test_every_answer_that_an_action_or_rule_names_exists() -> None:
    prefixes = {"utter_", "utter_aanbod_", "utter_zaak_", "utter_onduidelijk_", "utter_bellen_"}  # completed at run time
    prefixes |= {"utter_message", "utter_action"}  # of rasa-sdk and Rasa
    assert _named_in_code() - _responses() - prefixes == set()


def _questions() -> set[str]:
    """The slots that forms ask for, those that only some citizens are asked for among them."""
    return {slot for form in DOMAIN["forms"].values() for slot in form["required_slots"]} | set(afspraak.SLOTS)


def test_no_answer_is_dead() -> None:
    asked = {f"utter_ask_{slot}" for slot in _questions()}
    asked |= {f"utter_ask_{name}_{slot}" for name, form in DOMAIN["forms"].items() for slot in form["required_slots"]}
    built = {name for name in _responses() if re.match(r"utter_(aanbod|zaak|onduidelijk|bellen)_", name)}
    built |= {"utter_english_note", "utter_liever_persoon", "utter_blijft_storing"}  # the brain puts these beside an answer
    topics = {f"utter_{slug}{aspect}" for slug in content.load() for aspect in ("", *(f"_{name}" for name in ASPECTS))}
    assert _responses() - _named_in_code() - asked - built - topics == set()


def test_every_question_of_a_form_has_a_sentence_for_an_unclear_answer() -> None:
    assert {f"utter_onduidelijk_{slot}" for slot in _questions()} <= _responses()


# docs/desk.md


@pytest.mark.parametrize("path", [path for path in (*desk.GET, *desk.POST) if path.startswith("/api/")])
def test_every_route_of_the_desk_is_told(path: str) -> None:
    assert re.search(rf"[ `]{re.escape(path.removeprefix('/api'))}`", DESK)


@pytest.mark.parametrize("name", msgspec.structs.fields(Desk), ids=lambda field: field.name)
def test_every_choice_of_a_municipality_about_the_desk_is_told_with_its_default(name: Any) -> None:
    assert f"`{name.name}`" in DESK or f"`desk.{name.name}`" in DESK
    assert not isinstance(name.default, int) or re.search(rf"`{name.name}`\s+\({name.default}\b", DESK)


def test_the_document_of_the_desk_names_only_what_exists() -> None:
    assert set(re.findall(r"BALIE_[A-Z_]+[A-Z]", DESK)) <= {env_name(item.name) for item in known()}
    assert all((ROOT / path).exists() for path in re.findall(r"`((?:bot|actions|data)/[\w./]+)`", DESK))
    assert all((ROOT / "docs" / path).exists() for path in re.findall(r"\]\(([\w./-]+\.md)", DESK))
    assert {f"`{role}`" for role in ROLES} <= set(re.findall(r"`[a-z_]+`", DESK))


# docs/integration.md

EXAMPLES = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", INTEGRATION, re.DOTALL)]
SECRETS = [item.name for item in known() if item.metadata["per_gemeente"]]


@pytest.mark.parametrize("kind", [Supplier, Actor, LoginTerms, DeskLogin, DeskClaims])
def test_every_field_of_a_connection_is_explained(kind: type) -> None:
    """As a name in the text, and as a key in an example."""
    for item in msgspec.structs.fields(kind):
        assert re.search(rf"(`|^ *|{{|, ){item.encode_name}(`|:)", INTEGRATION, re.MULTILINE), item.encode_name


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_is_told_with_its_form_for_one_municipality(name: str) -> None:
    assert f"| `{env_name(name)}` | `{env_name(name)}__WEIDEDORP` |" in INTEGRATION


def test_the_integration_document_names_only_settings_and_answers_that_exist() -> None:
    named = {name.partition("__")[0] for name in re.findall(r"BALIE_[A-Z_]+[A-Z]", INTEGRATION)}
    assert named <= {env_name(item.name) for item in known()}
    assert set(re.findall(r"utter_\w+", INTEGRATION)) <= _responses()
    rows = dict(re.findall(r"^\| `(BALIE_\w+)` \| `([\d.]+)` \|", INTEGRATION, re.MULTILINE))
    assert rows
    assert rows == {env_name(item.name): str(item.default) for item in known() if env_name(item.name) in rows}


def test_every_place_that_the_integration_document_refers_to_is_there() -> None:
    titles = re.findall(r"^#+ (.*)$", INTEGRATION, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([\w-]+)\)", INTEGRATION)) <= places


def test_every_supplier_has_an_example() -> None:
    shown = {(port, chosen["supplier"]) for example in EXAMPLES for port, chosen in example.get("suppliers", {}).items()}
    wanted = {(port, supplier) for port, known_suppliers in SUPPLIERS.items() for supplier in known_suppliers}
    shown |= {("login", example["login"]["supplier"]) for example in EXAMPLES if "login" in example}
    shown |= {("desk.login", example["desk"]["login"]["supplier"]) for example in EXAMPLES if "login" in example.get("desk", {})}
    assert wanted <= shown | {(port, "demo") for port in SUPPLIERS}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: "-".join(example.get("suppliers", example)))
async def test_the_examples_of_connections_work_as_they_stand(example: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "voorbeeld"
    shutil.copytree(FOLDER / "voorbeeld", folder)
    content = yaml.safe_load((folder / "gemeente.yml").read_text())
    content["suppliers"] |= example.get("suppliers", {})
    content["login"] = example.get("login", content["login"])
    content["desk"] |= example.get("desk", {})
    content["teams"] = example.get("teams", content["teams"])
    (folder / "gemeente.yml").write_text(yaml.safe_dump(content))
    secrets = {name: "x" * 32 for name in SECRETS if not name.startswith("push_")}  # those must fit a standard
    settings = Settings(gemeenten="voorbeeld", gemeenten_dir=str(tmp_path), data_dir=str(tmp_path / "var"), **secrets)
    services = build(settings, "redis://127.0.0.1:1")
    ports = ("zaken", "appointments", "contacts", "notifications", "login")
    made = {port: getattr(services, port)("voorbeeld") for port in ports} | {"desk": services.desk_login("voorbeeld")}
    for port in example.get("suppliers", example):
        demo = example.get("suppliers", {}).get(port, {}).get("supplier") == "demo"
        assert "demo" in type(made[port]).__module__ or made[port] is None if demo else made[port] is not None
    await services.aclose()
