"""The whole of Balie as real processes on 127.0.0.1, to kill and start again. Citizens come in by HTTP."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from bot.conversation.events import Event
from bot.conversation.redis import EmbeddedRedis
from bot.settings import ROOT
from tests.conftest import Citizen, Edge

PATIENCE = 120.0


class House:
    """Redis, an edge and brains, each a process of its own. `environment` holds settings by their BALIE_ names."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.redis = EmbeddedRedis(folder / "redis")
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            "BALIE_DATA_DIR": str(folder / "var"), "BALIE_PORT": str(self.port), "BALIE_REDIS_URL": self.redis.url,
            "BALIE_LEASE_SECONDS": "2", **environment,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str, *command: str, **environment: str) -> None:
        """Start a process, with settings of its own; its output is in `<name>.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=os.environ | self._environment | environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

    def start_edge(self, **environment: str) -> None:
        self.start("edge", "-m", "bot.cli", "edge", **environment)

    def start_brain(self, name: str) -> None:
        """The brain of the product, with Rasa and the trained model."""
        self.start(name, "-m", "bot.cli", "brain", "--name", name)

    def start_echo(self, name: str) -> None:
        """The mailbox and worker of the product, with answers that need no model (tests/faults/brain.py)."""
        self.start(name, "-m", "tests.faults.brain", name, str(self.folder))

    def kill(self, name: str) -> None:
        """SIGKILL: no chance to finish anything."""
        self.processes[name].kill()
        self.processes[name].wait()

    def end(self, *names: str) -> None:
        """SIGTERM, and SIGKILL for what hasn't ended after a while."""
        ending = [self.processes[name] for name in names]
        for process in ending:
            if process.poll() is None:
                process.terminate()
        for process in ending:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop(self) -> None:
        self.end(*self.processes)
        self.redis.stop()

    async def until(self, path: str, status: int = 200) -> None:
        """Wait until the edge answers `path` with this status."""
        deadline = time.monotonic() + PATIENCE
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < deadline:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    async with session.get(self.url + path) as response:
                        if response.status == status:
                            return
                await asyncio.sleep(0.1)
        raise AssertionError(f"{path} did not answer {status}; edge: {self.log('edge')}")

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    @contextlib.asynccontextmanager
    async def door(self) -> AsyncIterator[Edge]:
        """The edge as a citizen's client sees it."""
        async with aiohttp.ClientSession() as session:
            none: Any = None
            yield Edge(self.url, session, none, none, none)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def settled(citizen: Citizen, count: int) -> list[Event]:
    """The log once `count` messages of the citizen have had their turn."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(aiohttp.ClientError, AssertionError):
                log = await citizen.history()
                if sum(event["type"] == "turn_done" for event in log) >= count:
                    return log
            await asyncio.sleep(0.2)


def check(log: list[Event], sent: list[str]) -> None:
    """Nothing lost, nothing twice, in order: the log against what was acknowledged (texts, in order of acknowledgement)."""
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1)), "the numbers have a gap"
    said = [event["text"] for event in log if event["type"] == "message" and event["from"]["role"] == "citizen"]
    assert said == sent, "messages of the citizen were lost, doubled or swapped"
    turns = [event["turn"] for event in log if event["type"] == "turn_done"]
    expected = [event["turn"] for event in log if event["type"] == "message" and event["from"]["role"] == "citizen"]
    assert turns == expected, "a turn was not done, or more than once, or out of order"
    spoken = [event for event in log if event["type"] == "message" and event["from"]["role"] == "bot"]
    answers = [event["turn"] for event in spoken if event.get("turn")]
    assert sorted(set(answers), key=answers.index) == expected, "a message has no answer"
