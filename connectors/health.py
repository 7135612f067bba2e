"""Whether the edge lives, whether it can serve, and its figures for Prometheus. No label says anything of a person."""

import math

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.conversation.redis import ConfigurationError, StoreUnavailable, check_production
from bot.wiring import Services

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one edge process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "balie_requests", "HTTP requests", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "balie_request_seconds", "Time to the end of the response", ["route"], buckets=BUCKETS, registry=self.registry
        )
        self._messages = Counter(
            "balie_messages", "Messages of citizens accepted", ["gemeente", "channel", "kind"], registry=self.registry
        )
        self.streams = Gauge("balie_open_streams", "Open event streams and long polls", registry=self.registry)
        self.backlog = Gauge("balie_backlog", "Conversations that wait for a brain", registry=self.registry)
        self.waiting = Gauge("balie_waiting", "Citizens that wait for a person", ["gemeente"], registry=self.registry)
        self.unwritten = Gauge(
            "balie_callbacks_unwritten", "Call-backs to write to the contact register", ["gemeente"], registry=self.registry
        )
        self.unwritten_seconds = Gauge(
            "balie_callback_unwritten_seconds", "Age of the oldest of them", ["gemeente"], registry=self.registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        method = method if method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def message(self, gemeente: str, channel: str, kind: str) -> None:
        self._messages.labels(gemeente, channel, kind).inc()


class Health:
    """The three addresses that machines ask."""

    def __init__(self, services: Services, metrics: Metrics) -> None:
        self._services = services
        self._metrics = metrics
        self._store_unfit = services.settings.production  # until the store showed that it keeps what it acknowledges

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/live", self.live), web.get("/ready", self.ready), web.get("/metrics", self.metrics)]

    async def live(self, _request: web.Request) -> web.Response:
        return _json(200, {"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when the store takes writes and a brain gave a sign of life lately, else 503 with what is missing."""
        store = await self._store_ready()
        brain = store == "ok" and await self._brain_age() <= self._services.settings.brain_ready_seconds
        checks = {"store": store, "brain": "ok" if brain else "silent"}
        ready = all(value == "ok" for value in checks.values())
        return _json(200 if ready else 503, {"status": "ok" if ready else "unavailable", "checks": checks})

    async def _store_ready(self) -> str:
        if not await self._services.store.writable():
            return "unavailable"
        if self._store_unfit:
            try:
                await check_production(self._services.redis)
            except (StoreUnavailable, ConfigurationError):
                return "unfit"
            self._store_unfit = False
        return "ok"

    async def _brain_age(self) -> float:
        try:
            return await self._services.store.brain_age()
        except StoreUnavailable:
            return math.inf

    async def metrics(self, _request: web.Request) -> web.Response:
        """The figures; those that live in the store are NaN while it doesn't answer."""
        figures = self._metrics
        try:
            figures.backlog.set(await self._services.store.backlog())
            for key in self._services.gemeenten:
                figures.waiting.labels(key).set(len(await self._services.handover.waiting(key)))
                count, seconds = await self._services.contacts(key).figures()
                figures.unwritten.labels(key).set(count)
                figures.unwritten_seconds.labels(key).set(seconds)
        except StoreUnavailable:
            figures.backlog.set(math.nan)
            for gauge in (figures.waiting, figures.unwritten, figures.unwritten_seconds):
                gauge.clear()
        return web.Response(body=generate_latest(figures.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _json(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
