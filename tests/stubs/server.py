"""Serving an application on loopback."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def serving(app: web.Application, door: socket.socket | None = None) -> AsyncIterator[str]:
    """The address while it is served (`http://127.0.0.1:port`), at `door` or at a free port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await (web.SockSite(runner, door) if door else web.TCPSite(runner, "127.0.0.1", 0)).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()
