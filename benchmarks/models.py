"""Training with the clock running, once per content: a model keeps the seconds that it took beside it."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from benchmarks.machine import CannotMeasure, busy_seconds, environment
from bot.settings import ROOT

FOLDER = ROOT / "results" / "models"
NOTE = "training.json"
LEARNERS = ("rasa", "tensorflow-cpu", "scikit-learn")  # another version of these is another model
_STEP = re.compile(r"Starting to train component '(\w+)'")
_EPOCHS = re.compile(r"Epochs:\s+(\d+)%.*?(\d+)/(\d+)")
_ACCURACY = re.compile(r"i_acc=([\d.]+)")

Report = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """A model, alone in its folder. `seconds`: how long its training took; `others_cpu`: what else ran then, in cores.

    `curve`: of an intent classifier that learns in epochs, its accuracy on its own training sentences after each.
    `current`: whether it is of the present content.
    """

    path: Path
    seconds: float
    others_cpu: float = 0.0
    curve: tuple[float, ...] = ()
    current: bool = True


@dataclass(frozen=True)
class _Note:
    """What is kept beside a model, once its training was completed."""

    seconds: float
    others_cpu: float = 0.0
    curve: tuple[float, ...] = ()


def digest(config: str, sources: Iterable[Path]) -> str:
    """Hash over a configuration and the files that a model is made from."""
    found = hashlib.sha256(config.encode())
    for path in sources:
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def everything(config: Path, *more: Path) -> list[str]:
    """Arguments of `rasa` for the whole of the assistant, and the data in `more`."""
    data = map(str, [ROOT / "data", *more])
    return ["train", "--force", "--skip-validation", "--config", str(config), "--domain", "domain.yml", "--data", *data]


def understanding(kind: str, config: Mapping[str, Any], data: str, report: Report, epochs: int = 0, code: str = "") -> Trained:
    """A model that only understands: the pipeline of `config` on training sentences `data`, in Rasa's format.

    `kind` and `epochs` are in its name; `code` tells components of one's own from earlier versions. Raises CannotMeasure.
    """
    text = yaml.safe_dump(dict(config), sort_keys=False)
    name = f"{understanding_name(kind, config, data, code)}-{epochs}"
    if found := find(name):
        return found
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yml").write_text(text)
    (folder / "nlu.yml").write_text(data)
    return train(name, ["train", "nlu", "--config", str(folder / "config.yml"), "--nlu", str(folder / "nlu.yml")], report)


def understanding_name(kind: str, config: Mapping[str, Any], data: str, code: str = "") -> str:
    """The name of such models without the number of epochs, which the hash leaves out as well."""
    pipeline = [{key: value for key, value in part.items() if key != "epochs"} for part in config["pipeline"]]
    hashed = json.dumps([pipeline, data, code, [version(name) for name in LEARNERS]])
    return f"{kind}-{hashlib.sha256(hashed.encode()).hexdigest()[:16]}"


def train(name: str, arguments: Sequence[str], report: Report) -> Trained:
    """Train as the `arguments` of `rasa` say, unless a model of this name is there. `report` hears the steps.

    Raises CannotMeasure with Rasa's last lines.
    """
    if (found := find(name)) is not None:
        return found
    folder, began, busy = FOLDER / name, time.perf_counter(), _others()
    curve = _run(name, arguments, report)
    seconds = time.perf_counter() - began
    note = _Note(round(seconds, 1), round((_others() - busy) / seconds, 2), curve)
    (folder / NOTE).write_text(json.dumps(asdict(note)))
    return Trained(_model(name), note.seconds, note.others_cpu, note.curve)


def find(name: str) -> Trained | None:
    """The model of this name, if its training was completed."""
    model, note = _model(name), FOLDER / name / NOTE
    if not (model.exists() and note.exists()):
        return None
    kept = _Note(**json.loads(note.read_text()))
    return Trained(model, kept.seconds, kept.others_cpu, tuple(kept.curve))


def _model(name: str) -> Path:
    return FOLDER / name / f"{name}.tar.gz"


def _others() -> float:
    """Processor seconds of this machine that are not of this program and what it started and saw the end of."""
    return busy_seconds() - sum(os.times()[:4])


def _run(name: str, arguments: Sequence[str], report: Report) -> tuple[float, ...]:
    """`rasa train` with a cache of its own: nothing is taken from earlier trainings, so that the time is that of a first one."""
    command = [sys.executable, "-m", "rasa", *arguments, "--fixed-model-name", name, "--out", str(_model(name).parent)]
    accuracy: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="balie-train-") as cache:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(RASA_CACHE_DIRECTORY=cache), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        try:
            assert process.stdout is not None
            lines = list(_follow(process.stdout, report, accuracy))
        except BaseException:  # Ctrl-C included: no training goes on behind one's back
            process.kill()
            process.wait()
            raise
        code = process.wait()
    if code or not _model(name).exists():
        ended = f"was ended by signal {-code}" if code < 0 else f"stopped with code {code}"
        raise CannotMeasure(f"Rasa could not train; it {ended}:\n" + "\n".join(lines[-12:]))
    return tuple(accuracy[epoch] for epoch in sorted(accuracy))


def _follow(output: Iterable[str], report: Report, accuracy: dict[int, float]) -> Iterator[str]:
    """The lines of a training, telling `report` of each component, and of each twentieth part of the epochs of one.

    `accuracy` gets that of the intent classifier, by epoch. Rasa shows an epoch twice: with the figures of the one before it
    first, then with its own.
    """
    component, told, before = "", -1, ""
    for line in output:
        if step := _STEP.search(line):
            component, told, before = step[1], -1, ""
            report(f"training {component}")
        elif epochs := _EPOCHS.search(line):
            if reached := _ACCURACY.search(line):
                accuracy[int(epochs[2])] = float(reached[1])
            if epochs[2] == before and int(epochs[1]) // 5 > told:
                told = int(epochs[1]) // 5
                so_far = f", accuracy on the training sentences {reached[1]}" if reached else ""
                report(f"training {component}: {epochs[2]} of {epochs[3]} epochs{so_far}")
            before = epochs[2]
        yield line.rstrip()
