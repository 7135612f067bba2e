"""A desk with teams: who works there, for tests about who sees and may what. See tests/desk_fixtures.py."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.conversation import events
from bot.conversation.mailbox import Answer
from bot.settings import ROOT
from tests.desk_fixtures import PASSWORD, Citizen, Office, Opener

# Sanne and Bram help at burgerzaken, Youssef at sociaal; Noor leads burgerzaken, Ans leads all teams; Eva only writes answers,
# Bas only looks after the installation.
PEOPLE: list[tuple[str, str, Sequence[str], Sequence[str]]] = [
    ("sanne", "Sanne", ["agent"], ["burgerzaken"]),
    ("bram", "Bram", ["agent"], ["burgerzaken"]),
    ("youssef", "Youssef", ["agent"], ["sociaal"]),
    ("noor", "Noor", ["agent", "team_lead"], ["burgerzaken"]),
    ("ans", "Ans", ["team_lead"], []),
    ("eva", "Eva", ["editor"], []),
    ("bas", "Bas", ["administrator"], []),
]


def staffed(folder: Path) -> str:
    """A copy of the municipalities, with these people at the desk of the first one. Returns where it is."""
    shutil.copytree(ROOT / "data" / "gemeenten", folder)
    path = folder / "voorbeeld" / "gemeente.yml"
    town = yaml.safe_load(path.read_text())
    town["desk"]["demo_agents"] = [
        {"id": id, "name": name, "password": PASSWORD, "roles": list(roles), "teams": list(teams)}
        for id, name, roles, teams in PEOPLE
    ]
    path.write_text(yaml.safe_dump(town, allow_unicode=True))
    return str(folder)


@contextlib.asynccontextmanager
async def staffed_office(open_office: Opener, tmp_path: Path, **changes: Any) -> AsyncIterator[Office]:
    async with open_office(gemeenten_dir=staffed(tmp_path / "gemeenten"), **changes) as office:
        yield office


async def talk(citizen: Citizen, said: str, answer: str, **meta: Any) -> int:
    """The citizen says something and the bot answers, with `parts` and `meta`. Returns the number of what was said."""
    more = {name: meta.pop(name) for name in ("parts", "_until") if name in meta}
    seq = await citizen.say(said)
    await citizen.turn(Answer([events.message("bot", answer, name="Gem", turn=f"t_{seq}", meta=meta, **more)]))
    return seq


def numbers(rows: list[dict[str, Any]]) -> list[str]:
    return [row["conv"] for row in rows]
