"""The figures of `benchmarks.serving` as Markdown."""

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.phases import TURNS_PER_CONVERSATION, WINDOW, Load, Place
from benchmarks.script import ACTIONS, MESSAGES


@dataclass(frozen=True)
class Figures:
    """What was measured of one side. Memory in bytes, by process."""

    name: str
    training_seconds: float
    start_seconds: float
    load: Load
    places: list[Place]
    memory: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        load = self.load
        return {
            "training_seconds": self.training_seconds, "start_seconds": self.start_seconds, "memory_bytes": self.memory,
            "turns": len(load.latency_ms), "seconds": load.seconds, "turns_per_second": load.turns_per_second,
            "p50_ms": percentile(load.latency_ms, 50), "p95_ms": percentile(load.latency_ms, 95),
            "action_p50_ms": percentile(load.action_ms, 50), "cpu_ms_per_turn": load.cpu_ms_per_turn,
            "clients_cpu": load.clients_cpu, "others_cpu": load.others_cpu,
            "places": [vars(place) for place in self.places],
        }


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else float("nan")


def markdown(stock: Figures, balie: Figures, alone: Mapping[str, Any], notes: Iterable[str], machine: Mapping[str, str]) -> str:
    """The whole report. `alone`: the brain in process; `notes`: what makes these figures other than the usual ones."""
    parts = [
        "# Serving the same content: stock Rasa and Balie", *[f"**{note}**" for note in notes], _table(stock, balie),
        "## By process", _processes(stock, balie), "## The length of a conversation", _lengths(stock, balie, alone),
        "## The brain alone, in process", _alone(alone), "## How", _how(stock, balie, machine),
    ]
    return "\n\n".join(parts) + "\n"


def _table(stock: Figures, balie: Figures) -> str:
    rows: list[tuple[str, str, Callable[[Figures], float]]] = [
        ("turns per second", ".1f", lambda f: f.load.turns_per_second),
        ("a turn, p50, ms", ".1f", lambda f: percentile(f.load.latency_ms, 50)),
        ("a turn, p95, ms", ".1f", lambda f: percentile(f.load.latency_ms, 95)),
        ("a turn answered by a custom action, p50, ms", ".1f", lambda f: percentile(f.load.action_ms, 50)),
        ("processor time of a turn, all processes, ms", ".1f", lambda f: sum(f.load.cpu_ms_per_turn.values())),
        ("turn 500 / turn 10, processor time", ".2f", lambda f: f.places[-1].cpu_ms / f.places[0].cpu_ms),
        ("turn 500 / turn 10, latency", ".2f", lambda f: f.places[-1].latency_ms / f.places[0].latency_ms),
        ("start to first answer, s", ".1f", lambda f: f.start_seconds),
        ("memory (PSS) after the load, MB", ".0f", lambda f: sum(f.memory.values()) / 1e6),
        ("training, s", ".0f", lambda f: f.training_seconds),
    ]
    lines = [f"| | {stock.name} | {balie.name} | {balie.name} / {stock.name} |", "|---|---:|---:|---:|"]
    for name, form, figure in rows:
        ours, theirs = figure(balie), figure(stock)
        lines.append(f"| {name} | {theirs:{form}} | {ours:{form}} | {ours / theirs:.2f} |")
    return "\n".join(lines)


def _processes(*sides: Figures) -> str:
    lines = ["| | process | processor time of a turn, ms | memory, MB |", "|---|---|---:|---:|"]
    for side in sides:
        for name, cpu in side.load.cpu_ms_per_turn.items():
            lines.append(f"| {side.name} | {name} | {cpu:.1f} | {side.memory[name] / 1e6:.0f} |")
    return "\n".join(lines)


def _lengths(stock: Figures, balie: Figures, alone: Mapping[str, Any]) -> str:
    columns = {stock.name: stock.places, balie.name: balie.places, "brain alone": [Place(**p) for p in alone["places"]]}
    head = "".join(f" {name}, ms | its processor time, ms |" for name in columns)
    lines = [f"| turn |{head}", "|---:|" + "---:|---:|" * len(columns)]
    for places in zip(*columns.values(), strict=True):
        lines.append(f"| {places[0].turn} |" + "".join(f" {p.latency_ms:.1f} | {p.cpu_ms:.1f} |" for p in places))
    lines += ["", f"One citizen, one message at a time. Median latency and mean processor time of the {WINDOW} turns around "
              "each; all three windows hold the same messages."]
    return "\n".join(lines)


def _alone(alone: Mapping[str, Any]) -> str:
    return (
        f"{alone['turns_per_second']:.1f} turns per second on one core; p50 {alone['p50_ms']:.1f} ms, "
        f"p95 {alone['p95_ms']:.1f} ms, {alone['cpu_ms_per_turn']:.1f} ms of processor time. No edge, no log in Redis."
    )


def _how(stock: Figures, balie: Figures, machine: Mapping[str, str]) -> str:
    same = sum(stock.load.answers.get(text) == balie.load.answers.get(text) for text in MESSAGES)
    lines = [
        ", ".join(f"{name} {value}" for name, value in machine.items()) + ".",
        *(f"Beside {side.name}, its citizens used {side.load.clients_cpu:.2f} of a core and other work "
          f"{side.load.others_cpu:.2f}." for side in (stock, balie)),
        f"{len(MESSAGES)} messages in turn, {len(ACTIONS)} of them answered by a custom action; conversations of "
        f"{TURNS_PER_CONVERSATION} turns; {stock.load.seconds:.0f} s each after a warm-up, one side after the other.",
        f"{same} of the {len(MESSAGES)} messages had word for word the same answer on both sides.",
        "What is compared, and how fair that is: benchmarks/README.md.",
    ]
    return "\n".join(f"- {line}" for line in lines)
