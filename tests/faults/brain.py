"""A brain process with the real mailbox and worker, and answers without Rasa: it starts at once, and can be made to die.

`slow` waits, `poison` kills its process, `die once` kills it the first time, `person` brings the conversation to the queue;
anything else is echoed, and what an agent handed back is greeted.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.brain.worker import Worker
from bot.conversation import events
from bot.conversation.mailbox import Answer, Mailbox, Turn
from bot.settings import load
from bot.wiring import build


async def main(name: str, marks: Path) -> None:
    settings = load()
    services = build(settings)

    async def answer(turn: Turn) -> Answer:
        text = turn.event.get("text", "returned")
        mark = marks / f"{turn.conv}-{turn.seq}"
        if text == "poison" or (text == "die once" and not mark.exists()):
            mark.write_text("dying")
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "slow":
            (marks / f"slow-{name}").write_text("under way")
            await asyncio.sleep(3)
        if text == "person":
            queued = [events.message("bot", "In de rij", name="Balie", turn=turn.name), events.handover("queued")]
            told = {"topic": None, "team": "kcc", "priority": False, "reason": "asked", "summary": "Wil een medewerker"}
            return Answer(queued, tracker=turn.tracker, handover=told)
        return Answer([events.message("bot", f"{name}: {text}", name="Balie", turn=turn.name)], tracker=turn.tracker)

    mailbox = Mailbox(services.redis, services.redis_blocking, name, settings.lease_seconds)
    worker = Worker(mailbox, answer, services.gemeenten, settings)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()
    await services.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
