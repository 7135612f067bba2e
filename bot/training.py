"""Training the model, once per content: the name of a model is the hash of what it was trained on."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.settings import ROOT

SOURCES = (
    "config.yml", "domain.yml", "data/nlu", "data/rules", "bot/nlu", "bot/dutch", "bot/brain/importer.py", "requirements.lock",
)


class TrainingFailed(Exception):
    """Rasa could not train; the message holds its last lines."""


class ModelMissing(Exception):
    """There is no trained model in the folder."""


def content_hash() -> str:
    """Hash over everything a model depends on."""
    found = hashlib.sha256()
    for path in _files():
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        yield from sorted(p for p in path.rglob("*") if p.suffix in {".yml", ".py"}) if path.is_dir() else [path]


def model_file(folder: Path) -> Path:
    """Where the model of the present content is, or will be."""
    return folder / f"balie-{content_hash()}.tar.gz"


def train(folder: Path, report: Callable[[str], None]) -> Path:
    """Train unless the model of this content is there already. `report` is told of each step. Raises TrainingFailed."""
    target = model_file(folder)
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    name = target.name.removesuffix(".tar.gz")
    command = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--fixed-model-name", name, "--out", str(folder)]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "NO_COLOR": "1"}
    environment = os.environ | quiet | {"RASA_TELEMETRY_ENABLED": "false"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        if step := re.search(r"Starting to train component '(\w+)'", line):
            report(f"training {step[1]}")
    if process.wait() or not target.exists():
        raise TrainingFailed("\n".join(lines[-15:]))
    _drop_older(folder, keep=target)
    return target


def _drop_older(folder: Path, keep: Path) -> None:
    """Models of other contents are of no use any more, but for the last one: a way back."""
    others = sorted((p for p in folder.glob("balie-*.tar.gz") if p != keep), key=lambda p: p.stat().st_mtime)
    for path in others[:-1]:
        path.unlink()
    shutil.rmtree(ROOT / ".rasa", ignore_errors=True)
