"""Start of a brain process."""

import asyncio
import signal

from bot import logs
from bot.brain import environment, lean
from bot.conversation.mailbox import Mailbox
from bot.settings import Settings
from bot.tasks import end, for_ever
from bot.wiring import build, use


def run(settings: Settings, redis_url: str, name: str) -> None:
    """Load the model and take turns until SIGTERM or SIGINT. Raises bot.training.ModelMissing."""
    environment.prepare(settings.log_level)
    logs.take_from_libraries(settings.log_level)
    if settings.lean_brain:
        lean.install()
    asyncio.run(_run(settings, redis_url, name))


async def _run(settings: Settings, redis_url: str, name: str) -> None:
    from bot.brain.assistant import Assistant
    from bot.brain.glance import Glancer
    from bot.brain.worker import Worker

    services = build(settings, redis_url)
    use(services)
    assistant = Assistant(
        settings.model_path, services.gemeenten, settings.tracker_events, settings.case_memory_seconds, services.now
    )
    mailbox = Mailbox(
        services.redis, services.redis_blocking, name, settings.lease_seconds,
        max_picks=settings.max_picks, max_picked=settings.max_picked,
    )
    worker = Worker(mailbox, assistant.answer, services.gemeenten, settings)
    glancer = Glancer(services.glances, assistant.glance, worker.idle)
    beside = asyncio.create_task(for_ever(glancer.run))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        await worker.run()
    finally:
        await end([beside])
        await services.aclose()
