"""Near neighbours: topics that people's words confuse, with the one question that tells them apart (data/neighbours.yml)."""

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import yaml

from bot.settings import ROOT

FILE = ROOT / "data" / "neighbours.yml"


class Neighbours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set of topics. `choices`: by intent what a citizen would say, at most 40 characters."""

    question: str
    choices: dict[str, str]


def load(path: Path = FILE) -> list[Neighbours]:
    """All sets, as the file has them. Raises msgspec.ValidationError where an entry is no question with choices."""
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), list[Neighbours])


def find(likely: Collection[str], sets: Sequence[Neighbours]) -> Neighbours | None:
    """The smallest set with all `likely` topics in it; None when there is none, or when less than two topics are likely."""
    fitting = [found for found in sets if set(likely) <= found.choices.keys()] if len(likely) > 1 else []
    return min(fitting, key=lambda found: len(found.choices), default=None)
