"""One side of the serving benchmark: its servers, started and stopped together."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

from benchmarks.clients import Client
from benchmarks.machine import Process, free_port
from bot.conversation.redis import EmbeddedRedis


class Side(ABC):
    """Servers on this machine, with a Redis of their own. `pids`: by name, the processes that count as theirs."""

    name: str

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._processes: list[Process] = []
        self.redis = EmbeddedRedis(folder / "redis")

    @property
    def pids(self) -> dict[str, int]:
        return {process.name: process.pid for process in self._processes}

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def client(self, session: aiohttp.ClientSession) -> Client: ...

    def check(self) -> None:
        """Raise CannotMeasure when a server has stopped."""
        for process in self._processes:
            process.check()

    def stop(self) -> None:
        for process in self._processes:
            process.stop()
        self.redis.stop()

    def _launch(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        log = self._folder / f"{name.replace(' ', '-')}.log"
        self._processes.append(Process(name, command, environment, log))
