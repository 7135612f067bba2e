"""This side: the edge, one brain and their Redis, as `make demo` starts them, without limits of rate."""

from pathlib import Path

import aiohttp

from benchmarks import models
from benchmarks.clients import BalieClient, Client
from benchmarks.machine import environment
from benchmarks.models import Report, Trained
from benchmarks.side import Side
from bot import training
from bot.settings import ROOT


def train(report: Report) -> Trained:
    """The model of the present content, trained with the clock running. Raises CannotMeasure."""
    return models.train(f"balie-{training.content_hash()}", models.everything(ROOT / "config.yml"), report)


class Balie(Side):
    """Redis keeps an append-only file, as it does in use: nothing is measured with less safety than a citizen gets."""

    name = "Balie"

    def __init__(self, folder: Path, model: Path) -> None:
        super().__init__(folder)
        self.environment = environment(
            BALIE_REDIS_URL=self.redis.url, BALIE_DATA_DIR=str(folder / "var"), BALIE_MODEL_DIR=str(model.parent),
            BALIE_PORT=str(self._port), BALIE_LIFT_RATES="true",
        )

    @property
    def pids(self) -> dict[str, int]:
        redis = {"redis": self.redis.process.pid} if self.redis.process else {}
        return super().pids | redis

    def start(self) -> None:
        self.redis.start()
        for name in ("edge", "brain"):
            self._launch(name, ["-m", "bot.cli", name], self.environment)

    def client(self, session: aiohttp.ClientSession) -> Client:
        return BalieClient(session, f"http://127.0.0.1:{self._port}")
