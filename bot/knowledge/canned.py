"""Canned answers of the desk: `data/desk/standaardantwoorden.yml`, and a municipality's own in its folder go before them."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml
from msgspec import Meta

from bot.gemeenten import Gemeente
from bot.settings import ROOT, SettingsError

FILE = "standaardantwoorden.yml"
FOLDER = ROOT / "data" / "desk"

# Values that belong to one conversation, besides those that every answer of the municipality has.
OF_CONVERSATION = frozenset({"medewerker", "onderwerp", "zaaknummer", "referentie"})
# What an agent types in: only they know it, such as the team that they hand the conversation to, and how long one waits there.
TO_FILL_IN = frozenset({"team", "wachttijd", "dag", "tijd", "bedrag", "website"})

_NAME = re.compile(r"{([^\n{}]*)}")
_OPEN = re.compile(rf"\[({'|'.join(sorted(OF_CONVERSATION | TO_FILL_IN))})\]")
_LOOSE = re.compile(r"[{}]")

Key = Annotated[str, Meta(pattern=r"^[a-z0-9à-ÿ-]{2,20}$")]


class Canned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of them. `keys`: short words by which an agent finds it; `text` has `{names}` in it."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9_]{2,40}$")]
    title: Annotated[str, Meta(min_length=3, max_length=60)]
    keys: Annotated[list[Key], Meta(min_length=1)]
    text: Annotated[str, Meta(min_length=3)]

    @property
    def names(self) -> set[str]:
        return set(_NAME.findall(self.text))

    @property
    def loose(self) -> bool:
        """Whether there is a brace that belongs to no name."""
        return bool(_LOOSE.search(_NAME.sub("", self.text)))


class CannedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    standaardantwoorden: list[Canned]

    @property
    def twice(self) -> list[str]:
        """Ids that stand in it more than once."""
        ids = [canned.id for canned in self.standaardantwoorden]
        return sorted({id for id in ids if ids.count(id) > 1})


def unknown(canned: Canned, gemeente_names: Collection[str]) -> list[str]:
    """Names in the text that have no meaning. `gemeente_names`: those of the values of a municipality."""
    return sorted(canned.names - {*gemeente_names} - OF_CONVERSATION - TO_FILL_IN)


def load(gemeente: Gemeente, names: Collection[str], own_folder: Path, folder: Path = FOLDER) -> list[Canned]:
    """All that this municipality has, its own before the general ones of the same id. `names`: those of its values.

    Raises SettingsError that names file and fault.
    """
    found: dict[str, Canned] = {}
    for path in (folder / FILE, own_folder / FILE):
        if path.exists() or path.parent == folder:
            found |= {canned.id: canned for canned in _read(path, gemeente.key, names)}
    return list(found.values())


def _read(path: Path, key: str, names: Collection[str]) -> list[Canned]:
    try:
        file = msgspec.convert(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), CannedFile)
    except (OSError, msgspec.ValidationError, yaml.YAMLError) as exc:
        raise SettingsError(f"municipality {key!r}: {path.name}: {exc}") from exc
    if file.twice:
        raise SettingsError(f"municipality {key!r}: {path.name}: {', '.join(file.twice)} stands in it twice")
    for canned in file.standaardantwoorden:
        if canned.loose or (bad := unknown(canned, names)):
            what = "a brace on its own" if canned.loose else f"{', '.join(bad)}, which is no name of a value"
            raise SettingsError(f"municipality {key!r}: {path.name}: {canned.id} has {what}")
    return file.standaardantwoorden


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with these values. A name without one stays to be seen, as `[zaaknummer]`: see `left_open`."""
    return _NAME.sub(lambda name: str(values.get(name[1]) or f"[{name[1]}]"), text).strip()


def left_open(text: str) -> Sequence[str]:
    """What an agent must still fill in before this text can be sent, in order: `zaaknummer` for a text with `[zaaknummer]`."""
    return list(dict.fromkeys(_OPEN.findall(text)))
