"""What is measured of a side: its start, many citizens at once, and one long conversation."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from benchmarks.clients import Client
from benchmarks.machine import CannotMeasure, busy_seconds, cpu_seconds, memory_bytes
from benchmarks.script import ACTIONS
from benchmarks.side import Side

START_SECONDS = 300.0
WARM_UP_SECONDS = 5.0
TURNS_PER_CONVERSATION = 20
WINDOW = 20  # turns around the 10th, 100th, 500th
PLACES = (10, 100, 500)
CLIENTS = "clients"


@dataclass
class Load:
    """Many citizens at once. `latency_ms` of each turn; `action_ms` of those that a custom action answered."""

    seconds: float = 0.0
    latency_ms: list[float] = field(default_factory=list)
    action_ms: list[float] = field(default_factory=list)
    cpu_ms_per_turn: dict[str, float] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=dict)
    clients_cpu: float = 0.0  # share of a core that the clients themselves used
    others_cpu: float = 0.0  # and everything else on the machine, in cores: noise

    def add(self, text: str, said: list[str], milliseconds: float) -> None:
        self.latency_ms.append(milliseconds)
        if text in ACTIONS:
            self.action_ms.append(milliseconds)
        self.answers.setdefault(text, said)

    @property
    def turns_per_second(self) -> float:
        return len(self.latency_ms) / self.seconds


@dataclass(frozen=True)
class Place:
    """The turns around one place in a conversation: median latency, and mean processor time of the servers together."""

    turn: int
    latency_ms: float
    cpu_ms: float


async def first_answer(side: Side, client: Client) -> float:
    """Start the side; seconds until a citizen has an answer."""
    began = time.perf_counter()
    side.start()
    asking = asyncio.create_task(_patiently(client))
    try:
        while not (await asyncio.wait([asking], timeout=0.2))[0]:
            side.check()
            if time.perf_counter() - began > START_SECONDS:
                raise CannotMeasure(f"{side.name} gave no answer in the {START_SECONDS:.0f} s after its start")
        return asking.result() - began
    finally:
        asking.cancel()


async def _patiently(client: Client) -> float:
    """The moment of the first answer, however long it takes until someone is at the door."""
    while True:
        with contextlib.suppress(aiohttp.ClientError, OSError):
            await client.begin()
            await client.ask("wat zijn de openingstijden?")
            await client.end()
            return time.perf_counter()
        await asyncio.sleep(0.1)


async def load(side: Side, clients: Sequence[Client], messages: Sequence[str], seconds: float) -> Load:
    """All clients at once, each in conversations of TURNS_PER_CONVERSATION turns, for `seconds` after a warm-up."""
    result, stop = Load(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for i, client in enumerate(clients):
            group.create_task(_talk(client, messages, i * len(messages) // len(clients), result, stop))
        await asyncio.sleep(WARM_UP_SECONDS)
        result.latency_ms.clear()
        result.action_ms.clear()
        before, everything, began = _cpu(side) | {CLIENTS: time.process_time()}, busy_seconds(), time.perf_counter()
        await asyncio.sleep(seconds)
        result.seconds, after = time.perf_counter() - began, _cpu(side) | {CLIENTS: time.process_time()}
        used = {name: after[name] - before[name] for name in after}
        result.others_cpu = (busy_seconds() - everything - sum(used.values())) / result.seconds
        stop.set()
    if (turns := len(result.latency_ms)) < len(messages):
        raise CannotMeasure(f"{side.name} did only {turns} turns in {seconds:.0f} s: give it more with --seconds")
    result.clients_cpu = used.pop(CLIENTS) / result.seconds
    result.cpu_ms_per_turn = {name: 1000 * seconds_used / turns for name, seconds_used in used.items()}
    return result


async def _talk(client: Client, messages: Sequence[str], place: int, result: Load, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await client.begin()
        for _ in range(TURNS_PER_CONVERSATION):
            if stop.is_set():
                break
            text = messages[place % len(messages)]
            place += 1
            began = time.perf_counter()
            said = await client.ask(text)
            if not stop.is_set():  # what was under way at the end doesn't count
                result.add(text, said, 1000 * (time.perf_counter() - began))
        await client.end()


async def long_conversation(side: Side, client: Client, cycle: Sequence[str]) -> list[Place]:
    """One citizen who goes on and on: what a turn costs around each of PLACES."""
    latency, cpu = [], [sum(_cpu(side).values())]
    await client.begin()
    for turn in range(max(PLACES) + WINDOW // 2):
        began = time.perf_counter()
        await client.ask(cycle[turn % len(cycle)])
        latency.append(1000 * (time.perf_counter() - began))
        cpu.append(sum(_cpu(side).values()))
    await client.end()
    return [place(turn, latency, cpu) for turn in PLACES]


def place(turn: int, latency_ms: Sequence[float], cpu: Sequence[float]) -> Place:
    """`latency_ms` of each turn, and `cpu` seconds used before the first turn and after each."""
    first, last = turn - WINDOW // 2, turn + WINDOW // 2
    return Place(turn, statistics.median(latency_ms[first:last]), 1000 * (cpu[last] - cpu[first]) / WINDOW)


def memory(side: Side) -> dict[str, int]:
    return {name: memory_bytes(pid) for name, pid in side.pids.items()}


def _cpu(side: Side) -> dict[str, float]:
    return {name: cpu_seconds(pid) for name, pid in side.pids.items()}
