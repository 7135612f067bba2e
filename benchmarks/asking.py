"""What a model makes of messages, in a process of its own: `python -m benchmarks.asking MODEL [--lean] < messages.json`.

Prints one JSON object: what was parsed, in order, the time that each took, and what else ran on the machine. `--lean`: as a brain
does, without TensorFlow; models of neural networks can't do without. `ask` runs it.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import CannotMeasure, busy_seconds, environment
from bot.settings import ROOT

FALLBACK = "nlu_fallback"  # what FallbackClassifier puts first when it is not sure
WARM_UP = 20  # messages that aren't timed


@dataclass(frozen=True)
class Heard:
    """`parsed`: the intent of each message, and the ranking of the likeliest. `others_cpu`: other work meanwhile, in cores."""

    parsed: list[dict[str, Any]]
    milliseconds: list[float]
    others_cpu: float


def ask(model: Path, messages: Sequence[str], lean: bool = False) -> Heard:
    """Ask `model` each message by itself, one after another. Raises CannotMeasure with the last lines of a failure."""
    command = [sys.executable, "-m", "benchmarks.asking", str(model), *(["--lean"] if lean else [])]
    done = subprocess.run(command, cwd=ROOT, env=environment(), input=json.dumps(messages), capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"{model.name} could not be asked:\n" + "\n".join(done.stderr.splitlines()[-12:]))
    return Heard(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    from bot.brain import environment as brain
    from bot.brain import lean

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--lean", action="store_true")
    given = parser.parse_args()
    brain.prepare("WARNING")
    if given.lean:
        lean.install()
    print(json.dumps(asdict(asyncio.run(_ask(given.model, json.load(sys.stdin))))))


async def _ask(model: Path, messages: list[str]) -> Heard:
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    for message in messages[:WARM_UP]:
        await agent.parse_message(message)
    parsed, milliseconds = [], []
    began, busy, own = time.perf_counter(), busy_seconds(), time.process_time()
    for message in messages:
        start = time.perf_counter()
        found = await agent.parse_message(message)
        milliseconds.append(round(1000 * (time.perf_counter() - start), 3))
        parsed.append({"intent": found["intent"], "intent_ranking": found["intent_ranking"][:10]})
    others = (busy_seconds() - busy - (time.process_time() - own)) / (time.perf_counter() - began)
    return Heard(parsed, milliseconds, round(max(others, 0.0), 2))


if __name__ == "__main__":
    main()
