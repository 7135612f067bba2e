"""`balie content new`: the files of a new topic."""

import re
from pathlib import Path

import yaml

from bot.dutch.aspects import ASPECTS
from bot.editing import EditingError
from bot.editing.files import Content, read
from bot.editing.template import Draft, test_file, topic_file

MAX_SLUG = 50  # characters; a slug is a file name and the name of an intent
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def start(root: Path, slug: str) -> list[Path]:
    """Make the topic file, and the test file unless there is one. Returns what was made. Raises EditingError."""
    _refuse_malformed(slug)
    content = read(root)
    _refuse_taken(slug, content, taken(content))
    files = {Path(f"data/nlu/topics/{slug}.yml"): topic_file(Draft(slug)), Path(f"tests/topics/{slug}.yml"): test_file(slug)}
    return [path for path, text in files.items() if _made(root / path, text)]


def taken(content: Content) -> set[str]:
    """Names that no new topic can have: intents, and answers without `utter_`."""
    names = {intent for source in content.nlu for intent in source.examples}
    names |= {answer.name.removeprefix("utter_") for answer in content.answers}
    names |= {path.stem for path in (content.root / "data/nlu/topics").glob("*.yml")}  # also those that cannot be read
    domain = content.root / "domain.yml"
    if domain.exists():
        known = yaml.load(domain.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        names |= {*map(str, known.get("intents", [])), *(name.removeprefix("utter_") for name in known.get("responses", {}))}
    return names


def _refuse_malformed(slug: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        raise EditingError(
            f'"{slug}" kan geen naam zijn. Gebruik kleine letters, cijfers en _ tussen woorden, zoals hondenbelasting of '
            f"rijbewijs_verlengen. Begin met een letter. Hooguit {MAX_SLUG} tekens."
        )


def _refuse_taken(slug: str, content: Content, names: set[str]) -> None:
    if slug in names:
        where = next((source.path for source in content.nlu if slug in source.examples), None)
        raise EditingError(f'"{slug}" bestaat al{f", in {where}" if where else ""}. Kies een andere naam, of pas dat aan.')
    for aspect in ASPECTS:
        main = slug.removesuffix(f"_{aspect}")
        if main != slug and main in names:
            raise EditingError(f'"{slug}" is een deel van het onderwerp {main}. Zet daar het antwoord `utter_{slug}` bij.')


def _made(path: Path, text: str) -> bool:
    """Whether the file was made; one that is there already is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
