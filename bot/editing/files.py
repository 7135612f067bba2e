"""Reads the files that editors write. A file that cannot be read becomes a finding in plain Dutch; the others are still read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from bot import gemeenten
from bot.dutch.aspects import ASPECTS
from bot.gemeenten import Gemeente
from bot.knowledge import canned
from bot.knowledge.canned import CannedFile
from bot.levensgebeurtenissen import Levensgebeurtenis
from bot.settings import SettingsError


@dataclass(frozen=True)
class Finding:
    """Something to tell the editor about a file. `error`: citizens must not get it like this; otherwise it is a tip."""

    path: Path
    text: str
    error: bool = True


class _Intent(msgspec.Struct, frozen=True):
    intent: str = ""  # a list of synonyms or names has none
    examples: str | None = None


class _Variant(msgspec.Struct, frozen=True):
    text: str | None = None
    metadata: dict[str, Any] | None = None


class _Content(msgspec.Struct, frozen=True):
    nlu: list[_Intent] = []
    responses: dict[str, list[_Variant]] = {}
    rules: list[dict[str, Any]] = []


class _Sentence(msgspec.Struct, frozen=True):
    text: str


class _Test(msgspec.Struct, frozen=True):
    sentences: list[_Sentence]


@dataclass(frozen=True)
class Answer:
    """One answer, or one of its variants."""

    path: Path
    name: str
    text: str
    metadata: dict[str, Any]

    @property
    def aspect(self) -> str:
        """The aspect that the name ends with; "" for a main answer."""
        return next((aspect for aspect in ASPECTS if self.name.endswith(f"_{aspect}")), "")

    @property
    def in_words(self) -> str:
        return f'deelantwoord "{self.aspect}"' if self.aspect else f'antwoord "{self.name.removeprefix("utter_")}"'

    @property
    def variables(self) -> set[str]:
        """The names between braces, in the text and in the address of the source."""
        return set(re.findall(r"{([^\n{}]+)}", f"{self.text} {self.value('source')}"))

    def value(self, key: str) -> str:
        """A value of the metadata as text; "" when it is missing."""
        found = self.metadata.get(key)
        return "" if found is None else str(found).strip()


@dataclass(frozen=True)
class Source:
    """A file with training sentences, answers and rules. `raw` is its text."""

    path: Path
    raw: str
    examples: dict[str, list[str]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.path.stem

    @property
    def main(self) -> Answer | None:
        return next((answer for answer in self.answers if answer.name == f"utter_{self.slug}"), None)


@dataclass(frozen=True)
class Municipality:
    """A municipality with the variables and the whole answers of its own."""

    gemeente: Gemeente
    variables: dict[str, Any]
    own: Source | None

    @property
    def variables_path(self) -> Path:
        return Path("data/gemeenten") / self.gemeente.key / "variables.yml"


@dataclass
class Content:
    """Everything that editors write, below `root`; paths in it are relative to that. `faults`: what could not be read."""

    root: Path
    nlu: list[Source] = field(default_factory=list)
    tests: dict[str, tuple[Path, list[str]]] = field(default_factory=dict)
    municipalities: list[Municipality] = field(default_factory=list)
    events: dict[Path, Levensgebeurtenis] = field(default_factory=dict)
    canned: dict[Path, CannedFile] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)

    @property
    def topics(self) -> list[Source]:
        return [source for source in self.nlu if source.path.parent.name == "topics"]

    @property
    def answers(self) -> list[Answer]:
        """All general answers."""
        return [answer for source in self.nlu for answer in source.answers]

    @property
    def all_answers(self) -> list[Answer]:
        """The general answers, and those of the municipalities."""
        return self.answers + [answer for item in self.municipalities if item.own for answer in item.own.answers]


def read(root: Path) -> Content:
    """The content below `root`, with findings for what cannot be read."""
    found = Content(root)
    for path in _files(root, "data/nlu", "**/*.yml"):
        if source := _source(found, path):
            found.nlu.append(source)
    for path in _files(root, "tests/topics", "*.yml"):
        loaded = _load(found, path, _Test)
        if loaded:
            found.tests[path.stem] = (path, [sentence.text for sentence in loaded[1].sentences])
    for path in _files(root, "data/gemeenten", "*/gemeente.yml"):
        _add_municipality(found, path.parent)
    for path in _files(root, "data/levensgebeurtenissen", "*.yml"):
        if event := _load(found, path, Levensgebeurtenis):
            found.events[path] = event[1]
    for folder, pattern in (("data/desk", canned.FILE), ("data/gemeenten", f"*/{canned.FILE}")):
        for path in _files(root, folder, pattern):
            if file := _load(found, path, CannedFile):
                found.canned[path] = file[1]
    return found


def _files(root: Path, folder: str, pattern: str) -> Iterator[Path]:
    return (path.relative_to(root) for path in sorted((root / folder).glob(pattern)))


def _source(content: Content, path: Path) -> Source | None:
    loaded = _load(content, path, _Content)
    if not loaded:
        return None
    raw, file = loaded
    examples: dict[str, list[str]] = {}
    for item in file.nlu:
        if item.intent:
            lines = (item.examples or "").splitlines()
            examples.setdefault(item.intent, []).extend(line[2:].strip() for line in lines if line.startswith("- "))
    answers = [
        Answer(path, name, (variant.text or "").strip(), variant.metadata or {})
        for name, variants in file.responses.items() for variant in variants
    ]
    return Source(path, raw, examples, answers, file.rules)


def _add_municipality(content: Content, folder: Path) -> None:
    variables = _load(content, folder / "variables.yml", dict[str, Any])
    own = _source(content, folder / "answers.yml") if (content.root / folder / "answers.yml").exists() else None
    try:
        gemeente = gemeenten.load([folder.name], content.root / folder.parent)[folder.name]
    except SettingsError as exc:
        content.faults.append(Finding(folder / "gemeente.yml", f"Deze gemeente is niet te lezen. Melding: {exc}"))
    else:
        content.municipalities.append(Municipality(gemeente, variables[1] if variables else {}, own))


def _load(content: Content, path: Path, shape: Any) -> tuple[str, Any] | None:
    """(text, contents) of a file; None, and a finding, when it cannot be read."""
    try:
        raw = (content.root / path).read_text(encoding="utf-8")
        return raw, msgspec.convert(parse(raw) or {}, shape)
    except OSError:
        why = "Dit bestand is er niet, of is niet te openen."
    except UnicodeDecodeError:
        why = "Dit bestand is niet opgeslagen als UTF-8. Sla het op met de codering UTF-8."
    except NameTwice as exc:
        why = f"{exc} staat er twee keer. Alleen de laatste telt."
    except yaml.MarkedYAMLError as exc:
        line = f"Regel {exc.problem_mark.line + 1}: " if exc.problem_mark else ""
        why = f"{line}dit is geen goede YAML. Springen de regels gelijk in? Mist er een aanhalingsteken of een dubbele punt?"
    except yaml.YAMLError:
        why = "Er staat een teken in dat niet mag."
    except msgspec.ValidationError as exc:
        why = _misshapen(str(exc))
    except (ValueError, RecursionError):
        why = "Dit bestand is niet te lezen. Staat er een datum in die niet bestaat?"
    content.faults.append(Finding(path, why))
    return None


def _misshapen(message: str) -> str:
    """What msgspec says of a part that is missing, unknown or of another kind, in plain Dutch."""
    where = message.partition("`$")[2].strip("`.")
    place = f" (bij `{where}`)" if where else ""
    if field := re.search(r"missing required field `(\w+)`", message):
        return f"Het deel `{field[1]}` ontbreekt{place}."
    if field := re.search(r"unknown field `(\w+)`", message):
        return f"Het deel `{field[1]}` hoort hier niet{place}."
    return f"Het deel `{where}` heeft niet de goede vorm." if where else "Dit bestand heeft niet de goede vorm."


class NameTwice(yaml.MarkedYAMLError):
    """A name stands twice in one place: the last one would win without a word."""

    def __str__(self) -> str:
        line = self.problem_mark.line + 1 if self.problem_mark else 0
        return f"Regel {line}: {self.problem}"


class _Loader(yaml.CSafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise NameTwice(problem=str(key.value), problem_mark=key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def parse(text: str) -> Any:
    """The YAML in `text`. Raises NameTwice, yaml.YAMLError, and ValueError for a date that does not exist."""
    return yaml.load(text, Loader=_Loader)
