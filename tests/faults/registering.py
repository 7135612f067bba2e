"""A process that asks for a call-back, to be killed half-way: `registering.py KEY`, with the settings of its environment."""

import asyncio
import sys

from bot.settings import load
from bot.wiring import build
from tests.register_fixtures import ANNA, GEMEENTE


async def main(key: str) -> None:
    services = build(load())
    await services.contacts(GEMEENTE).register(ANNA, key=key)
    await services.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
