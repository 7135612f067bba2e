"""Training with the clock running, once per content: a model keeps the seconds that it took beside it."""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import CannotMeasure, environment
from bot.settings import ROOT

FOLDER = ROOT / "results" / "models"
NOTE = "training.json"
_STEP = re.compile(r"Starting to train component '(\w+)'")
_EPOCHS = re.compile(r"Epochs:\s+(\d+)%")

Report = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """A model, alone in its folder. `seconds`: how long its training took; `current`: whether it is of the present content."""

    path: Path
    seconds: float
    current: bool = True


def digest(config: str, sources: Iterable[Path]) -> str:
    """Hash over a configuration and the files that a model is made from."""
    found = hashlib.sha256(config.encode())
    for path in sources:
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def train(name: str, config: Path, report: Report, *more: Path) -> Trained:
    """Train all of `config` on the assistant's data and `more`, unless a model of this name is there. `report` hears the steps.

    Raises CannotMeasure with Rasa's last lines.
    """
    if (found := find(name)) is not None:
        return found
    folder, began = FOLDER / name, time.perf_counter()
    _run(name, config, [ROOT / "data", *more], report)
    seconds = round(time.perf_counter() - began, 1)
    (folder / NOTE).write_text(json.dumps({"seconds": seconds}))
    return Trained(_model(name), seconds)


def find(name: str) -> Trained | None:
    """The model of this name, if its training was completed."""
    model, note = _model(name), FOLDER / name / NOTE
    return Trained(model, json.loads(note.read_text())["seconds"]) if model.exists() and note.exists() else None


def _model(name: str) -> Path:
    return FOLDER / name / f"{name}.tar.gz"


def _run(name: str, config: Path, data: Iterable[Path], report: Report) -> None:
    """`rasa train` with a cache of its own: nothing is taken from earlier trainings, so that the time is that of a first one."""
    command = [
        sys.executable, "-m", "rasa", "train", "--force", "--skip-validation", "--config", str(config), "--domain", "domain.yml",
        "--fixed-model-name", name, "--out", str(_model(name).parent), "--data", *map(str, data),
    ]
    with tempfile.TemporaryDirectory(prefix="balie-train-") as cache:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(RASA_CACHE_DIRECTORY=cache), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        try:
            assert process.stdout is not None
            lines = list(_follow(process.stdout, report))
        except BaseException:  # Ctrl-C included: no training goes on behind one's back
            process.kill()
            process.wait()
            raise
        code = process.wait()
    if code or not _model(name).exists():
        ended = f"was ended by signal {-code}" if code < 0 else f"stopped with code {code}"
        raise CannotMeasure(f"Rasa could not train; it {ended}:\n" + "\n".join(lines[-12:]))


def _follow(output: Iterable[str], report: Report) -> Iterator[str]:
    """The lines of a training, telling `report` of each component, and of each twentieth part of the epochs of one."""
    component, told = "", -1
    for line in output:
        if step := _STEP.search(line):
            component, told = step[1], -1
            report(f"training {component}")
        elif (epochs := _EPOCHS.search(line)) and int(epochs[1]) // 5 > told:
            told = int(epochs[1]) // 5
            report(f"training {component}: {epochs[1]}% of its epochs")
        yield line.rstrip()
