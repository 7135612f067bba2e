"""The brain alone, without edge and Redis log: `python -m benchmarks.inprocess SECONDS` prints its figures as JSON.

A process of its own, so that the measuring program doesn't hold Rasa in memory. Settings come from the environment.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import Any

from benchmarks.phases import PLACES, TURNS_PER_CONVERSATION, WINDOW, place
from benchmarks.script import CYCLE, MESSAGES
from bot import settings
from bot.brain import environment, lean
from bot.conversation.mailbox import Turn
from bot.settings import Settings
from bot.wiring import Services, build, use


def main() -> None:
    environment.prepare("WARNING")
    found = settings.load()
    if found.lean_brain:
        lean.install()
    print(json.dumps(asyncio.run(_measure(found, float(sys.argv[1])))))


async def _measure(found: Settings, seconds: float) -> dict[str, Any]:
    from bot.brain.assistant import Assistant

    services = build(found)
    use(services)
    began = time.perf_counter()
    assistant = Assistant(found.model_path, services.gemeenten, found.tracker_events, found.case_memory_seconds)
    loaded = time.perf_counter() - began
    try:
        many = await _many(assistant, services, seconds)
        return {"load_seconds": loaded, **many, "places": await _one(assistant, services)}
    finally:
        await services.aclose()


def turn_of(gemeente: str, conv: str, number: int, text: str, tracker: bytes) -> Turn:
    """A turn as the brain takes it from the mailbox: a citizen's message on the website."""
    event = {"type": "message", "from": {"role": "citizen"}, "text": text}
    return Turn(conv, str(number), 1, 1, number, event, tracker, "bot", gemeente, "website", "nl", "benchmark")


async def _many(assistant: Any, services: Services, seconds: float) -> dict[str, float]:
    """Conversations of the same length as in the other measurements, one turn after another on one core."""
    latency: list[float] = []
    for warm in (True, False):
        latency.clear()
        began, cpu, said = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - began < (seconds / 6 if warm else seconds):
            messages = [MESSAGES[(said + i) % len(MESSAGES)] for i in range(TURNS_PER_CONVERSATION)]
            said += len(messages)
            latency += [took for took, _ in await _conversation(assistant, services, f"c_{said}", messages)]
    took = time.perf_counter() - began
    cuts = statistics.quantiles(latency, n=20)
    return {
        "turns_per_second": len(latency) / took, "p50_ms": cuts[9], "p95_ms": cuts[18],
        "cpu_ms_per_turn": 1000 * (time.process_time() - cpu) / len(latency),
    }


async def _one(assistant: Any, services: Services) -> list[dict[str, float]]:
    messages = [CYCLE[turn % len(CYCLE)] for turn in range(max(PLACES) + WINDOW // 2)]
    begun = time.process_time()
    done = await _conversation(assistant, services, "c_long", messages)
    latency, cpu = [took for took, _ in done], [begun, *(used for _, used in done)]
    return [vars(place(turn, latency, cpu)) for turn in PLACES]


async def _conversation(assistant: Any, services: Services, conv: str, messages: list[str]) -> list[tuple[float, float]]:
    """(milliseconds of the turn, processor seconds of this process after it) for each message."""
    tracker, done, gemeente = b"", [], next(iter(services.gemeenten))
    for number, text in enumerate(messages, start=1):
        began = time.perf_counter()
        tracker = (await assistant.answer(turn_of(gemeente, conv, number, text, tracker))).tracker
        done.append((1000 * (time.perf_counter() - began), time.process_time()))
    return done


if __name__ == "__main__":
    main()
