"""Processes under test, and what they use: processor time by the kernel's own clock, memory from /proc. Linux only."""

import contextlib
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.settings import ROOT

STOP_SECONDS = 20.0
QUIET = {
    "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "NO_COLOR": "1",
    "RASA_TELEMETRY_ENABLED": "false",
}


class CannotMeasure(Exception):
    """The benchmark can't go on; the message says why, in words an engineer can act on."""


class Process:
    """A Python program of ours on this machine. Its output is in `log`."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._log = log
        with log.open("ab") as out:
            self._popen = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def check(self) -> None:
        """Raise CannotMeasure, with its last lines, when it has stopped."""
        if self._popen.poll() is not None:
            tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])
            raise CannotMeasure(f"{self.name} stopped by itself (code {self._popen.returncode}):\n{tail}")

    def stop(self) -> None:
        if self._popen.poll() is None:
            self._popen.terminate()
            try:
                self._popen.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()


def environment(**values: str) -> dict[str, str]:
    """This process's environment without its BALIE_ settings, without noise, and with `values`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BALIE_")}
    return inherited | QUIET | values


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Processor time of all threads of a process since its start, threads that ended included."""
    return time.clock_gettime((~pid << 3) | 2)  # the process clock of another process: man 3 clock_getcpuclockid


def memory_bytes(pid: int) -> int:
    """Proportional set size: its own memory, and its share of what processes have in common."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise CannotMeasure(f"/proc/{pid}/smaps_rollup has no Pss")


def check_machine() -> None:
    """Raise CannotMeasure where the figures can't be had."""
    try:
        cpu_seconds(os.getpid())
        memory_bytes(os.getpid())
    except (OSError, AttributeError) as exc:
        raise CannotMeasure("This benchmark reads /proc and the clocks of processes, and so needs Linux.") from exc


def busy_seconds() -> float:
    """Processor time that everything on this machine has used, all cores together."""
    user, nice, system, _idle, _iowait, *others = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    return sum(int(ticks) for ticks in (user, nice, system, *others)) / os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, str]:
    """The machine that the figures are from."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{model}, {len(os.sched_getaffinity(0))} cores", "memory": f"{pages / 1e9:.0f} GB",
        "python": platform.python_version(),
    }
