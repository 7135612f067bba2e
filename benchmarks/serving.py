"""Turns per second and what they cost, beside stock Rasa on the same content: `python -m benchmarks.serving [--help]`.

Writes results/serving.md and results/serving.json. Ends only what it started.
"""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from benchmarks import balie, machine, phases, report, stock
from benchmarks.clients import session
from benchmarks.machine import CannotMeasure
from benchmarks.models import Report, Trained
from benchmarks.report import Figures
from benchmarks.script import CYCLE, MESSAGES
from benchmarks.side import Side
from bot.conversation.redis import StoreUnavailable
from bot.settings import ROOT

RESULTS = ROOT / "results"
QUIET_CORES = 0.15  # other work, in cores, above which the figures are called noisy

console = Console()


def main() -> None:
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    try:
        machine.check_machine()
        _measure(given)
    except* (CannotMeasure, StoreUnavailable, aiohttp.ClientError) as group:
        console.print("The benchmark stopped.", *[str(exc) for exc in group.exceptions], sep="\n", markup=False, soft_wrap=True)
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="length of each load phase (30)")
    parser.add_argument("--clients", type=int, default=16, help="citizens at once (16)")
    parser.add_argument("--stock-epochs", type=int, default=stock.EPOCHS, metavar="N",
                        help=f"epochs of stock Rasa's neural networks; fewer than {stock.EPOCHS} isn't stock any more")
    parser.add_argument("--stories", action="store_true",
                        help="give stock Rasa the plain rules as stories too, so that all of its policies have work")
    parser.add_argument("--reuse-stock", action="store_true",
                        help="if the content changed, use the stock model of earlier content rather than train for hours")
    return parser.parse_args()


def _measure(given: argparse.Namespace) -> None:
    theirs = _train(
        "stock Rasa", lambda tell: stock.train(given.stock_epochs, given.stories, given.reuse_stock, tell)
    )
    ours = _train("Balie", balie.train)
    with tempfile.TemporaryDirectory(prefix="balie-benchmark-") as folder:
        first, _ = asyncio.run(_side(stock.Stock(_in(folder, "stock"), theirs.path), theirs, given))
        second, alone = asyncio.run(_side(balie.Balie(_in(folder, "balie"), ours.path), ours, given))
    about, notes = machine.describe(), _notes(given, theirs, first, second)
    figures = {"machine": about, "notes": notes, "stock": first.as_dict(), "balie": second.as_dict(), "brain_alone": alone}
    _write(report.markdown(first, second, alone, notes, about), figures)


def _notes(given: argparse.Namespace, theirs: Trained, *sides: Figures) -> list[str]:
    """What makes these figures other than they should be."""
    notes = []
    if given.stock_epochs != stock.EPOCHS:
        notes.append(f"NOT STOCK: its neural networks were trained for {given.stock_epochs} of {stock.EPOCHS} epochs.")
    if given.stories:
        notes.append("Stock Rasa has the plain rules as stories too, so all of its default policies take part.")
    if not theirs.current:
        notes.append("Stock Rasa's model was trained on earlier content.")
    notes += [
        f"NOISY: other work used {side.load.others_cpu:.2f} of a core beside {side.name}."
        for side in sides if side.load.others_cpu > QUIET_CORES
    ]
    return notes


def _train(name: str, train: Callable[[Report], Trained]) -> Trained:
    return train(lambda step: _say(f"{name}: {step}"))


def _say(text: str) -> None:
    console.print(f"{time.strftime('%H:%M:%S')} {text}", soft_wrap=True, markup=False, highlight=False)


def _in(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


async def _side(side: Side, trained: Trained, given: argparse.Namespace) -> tuple[Figures, dict[str, Any]]:
    """Everything of one side, from its start to its end; the figures of the brain alone when it has one to try."""
    async with session() as connections:
        clients = [side.client(connections) for _ in range(given.clients)]
        try:
            _say(f"{side.name}: starting")
            started = await phases.first_answer(side, clients[0])
            _say(f"{side.name}: {given.clients} citizens at once, {given.seconds:.0f} s")
            load = await phases.load(side, clients, MESSAGES, given.seconds)
            memory = phases.memory(side)
            _say(f"{side.name}: one long conversation")
            places = await phases.long_conversation(side, clients[0], CYCLE)
            alone = await _alone(side, given.seconds) if isinstance(side, balie.Balie) else {}
        except Exception:
            side.check()  # a server that stopped explains it better
            raise
        finally:
            side.stop()
    return Figures(side.name, trained.seconds, started, load, places, memory), alone


async def _alone(side: balie.Balie, seconds: float) -> dict[str, Any]:
    """The brain in a process of its own, on the Redis of `side`; its edge and brain have nothing to do meanwhile."""
    _say(f"{side.name}: the brain alone, {seconds:.0f} s")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.inprocess", str(seconds), cwd=ROOT, env=side.environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, faults = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise CannotMeasure("The brain alone could not be measured:\n" + faults.decode(errors="replace")[-2000:])
    return json.loads(out.splitlines()[-1])  # type: ignore[no-any-return]


def _write(text: str, figures: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "serving.md").write_text(text)
    (RESULTS / "serving.json").write_text(json.dumps(figures, indent=2) + "\n")
    console.print(f"\n{text}\nWritten: {RESULTS / 'serving.md'} and serving.json", soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    main()
