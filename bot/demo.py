"""Everything on one machine: the embedded Redis, an edge and brains, watched over and stopped together."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from rich.console import Console

from bot import gemeenten, training
from bot.conversation.redis import EmbeddedRedis, StoreUnavailable
from bot.settings import Settings, env_name
from bot.wiring import demo_hints

FREE_BYTES = 200_000_000
READY_SECONDS = 90
RESTART_PAUSE = 1.0


class CannotStart(Exception):
    """Something on this machine is in the way; the message says what and what to do."""


class Child:
    """A process of ours that is started again when it dies."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self._arguments, self._environment, self._log = arguments, environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", *self._arguments], env=os.environ | self._environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=_die_with_parent,
            )

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def _die_with_parent() -> None:
    """On Linux a child is ended when the supervisor is killed, so nothing is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def run(settings: Settings, console: Console) -> None:
    """Start all, print the addresses, watch until Ctrl-C. Raises CannotStart, SettingsError, TrainingFailed."""
    _check_machine(settings)
    found = gemeenten.load(settings.gemeente_names, settings.gemeenten_path)
    with console.status("Looking at the model…") as status:
        began = time.monotonic()

        def report(step: str) -> None:
            console.log(f"{step} ({time.monotonic() - began:.0f} s)")
            status.update(f"Training the model: {step}…")

        training.train(settings.model_path, report)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    redis = EmbeddedRedis(settings.data_path / "redis") if not settings.redis_url else None
    children: list[Child] = []
    try:
        if redis:
            try:
                redis.start()
            except StoreUnavailable as exc:
                raise CannotStart(str(exc)) from exc
        children = _children(settings, redis.url if redis else settings.redis_url)
        for child in children:
            child.start()
        with console.status("Starting edge and brain…"):
            _wait_until_ready(settings, children, stop)
        if not stop.is_set():
            _print_addresses(settings, found, console)
        _watch(children, stop, console)
    finally:
        console.print("Stopping…")
        for child in children:
            child.stop()
        if redis:
            redis.stop()


def _check_machine(settings: Settings) -> None:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as exc:
            raise CannotStart(
                f"Port {settings.port} on {settings.host} is in use or not allowed ({exc.strerror}). "
                f"Stop what uses it, or choose another: make demo PORT={settings.port + 1}"
            ) from exc
    try:
        settings.data_path.mkdir(parents=True, exist_ok=True)
        (settings.data_path / ".writable").write_text("")
        free = shutil.disk_usage(settings.data_path).free
    except OSError as exc:
        raise CannotStart(f"Cannot write in {settings.data_path}: {exc.strerror}. Choose another BALIE_DATA_DIR.") from exc
    if free < FREE_BYTES:
        left, needed = free // 1_000_000, FREE_BYTES // 1_000_000
        raise CannotStart(f"Only {left} MB of disk is left at {settings.data_path}; {needed} MB is needed.")


def _children(settings: Settings, redis_url: str) -> list[Child]:
    logs = settings.data_path / "logs"
    logs.mkdir(exist_ok=True)
    environment = {env_name("redis_url"): redis_url}
    brains = [
        Child(f"brain {i}", ["brain", "--name", f"brain-{i}"], environment, logs / f"brain-{i}.log")
        for i in range(1, settings.brains + 1)
    ]
    return [Child("edge", ["edge"], environment, logs / "edge.log"), *brains]


def _wait_until_ready(settings: Settings, children: list[Child], stop: threading.Event) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not stop.is_set():
        for child in children:
            if child.died:
                raise CannotStart(f"The {child.name} stopped at its start:\n{_tail(child)}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{settings.host}:{settings.port}/ready", timeout=2):
            return
        if time.monotonic() > deadline:
            raise CannotStart(f"Not ready after {READY_SECONDS} s; see the logs in {settings.data_path / 'logs'}")
        stop.wait(0.3)


def _tail(child: Child) -> str:
    return "\n".join(child._log.read_text(errors="replace").splitlines()[-8:])


def _watch(children: list[Child], stop: threading.Event, console: Console) -> None:
    while not stop.wait(0.5):
        for child in children:
            if child.died:
                code = child.process.returncode if child.process else None
                console.log(f"The {child.name} stopped (code {code}); starting it again.")
                stop.wait(RESTART_PAUSE)
                child.start()


def _print_people(gemeente: gemeenten.Gemeente, console: Console) -> None:
    """Who can sign in at the desk: people with the same roles and password on one line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for agent in gemeente.desk.demo_agents:
        roles = " and ".join(role.replace("_", " ") for role in agent.roles)
        alike.setdefault((roles, agent.password), []).append(f"[bold]{agent.id}[/bold]")
    place = gemeente.naam
    for (roles, password), names in alike.items():
        console.print(f"      {place:<23}  sign in as {' or '.join(names)} ({roles}) with password [bold]{password}[/bold]")
        place = ""
    if gemeente.desk.login:
        console.print(f"      {place:<23}  or choose [bold]Inloggen met uw werkaccount[/bold]")


def _print_addresses(settings: Settings, found: dict[str, gemeenten.Gemeente], console: Console) -> None:
    base = settings.base_url
    console.print("\n[bold]Balie is ready[/bold] (Ctrl-C stops it)\n\n  With the chat:")
    for key, gemeente in found.items():
        console.print(f"      {gemeente.naam:<23}  {base}/gemeente/{key}")
    console.print(f"  The app, for a phone         {base}/app")
    console.print(f"  The desk of the agents       {base}/desk/")
    for gemeente in found.values():
        _print_people(gemeente, console)
    console.print(f"  The API for engineers        {base}/v1/docs\n\n  Cases to ask for:")
    hints = demo_hints(3)
    for hint in hints:
        console.print(f"      {hint}", highlight=False)
    console.print("\n  Follow a case in the chat ([bold]Houd mij op de hoogte[/bold]), and then let something happen to it:")
    console.print(f"      {_as_here(settings)}.venv/bin/balie demo-case advance {hints[0].split()[0]}", highlight=False)
    console.print()


def _as_here(settings: Settings) -> str:
    """What must stand before another command so that it finds this demonstration."""
    names = [name for name in ("port", "data_dir") if getattr(settings, name) != getattr(Settings(), name)]
    return "".join(f"{env_name(name)}={getattr(settings, name)} " for name in names)
