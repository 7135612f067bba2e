"""How it is with a municipality now: the emergency notice, whether Balie is off, and how else to reach it."""

import contextlib
from typing import Any

from aiohttp import web

from bot.conversation.redis import StoreUnavailable
from bot.gemeenten import AMSTERDAM, Gemeente
from bot.wiring import Services
from connectors.access import Access
from connectors.bodies import json_response
from connectors.problems import Problem


async def check_on(services: Services, gemeente: str, owner: str = "bot") -> None:
    """Raise Problem("switched_off") when nothing more may be said to Balie. Who waits for a person, or has one, goes on."""
    if owner == "bot" and (state := await services.service_book.get(gemeente)).off:
        raise Problem("switched_off", title=state.off_text)


class ServiceDoor:
    """What anybody may ask of a municipality, without a conversation."""

    def __init__(self, services: Services, access: Access) -> None:
        self._services = services
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/gemeenten/{gemeente}", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Answers also when Redis is away, with the state that was known last; then nobody is counted."""
        gemeente = self._services.gemeenten.get(request.match_info["gemeente"])
        with contextlib.suppress(StoreUnavailable):
            await self._access.count_address("gemeente", request, self._services.settings.rate_gemeente_minute)
        if gemeente is None:
            raise Problem("gemeente_unknown")
        state = await self._services.service_book.get(gemeente.key)
        return json_response({"gemeente": gemeente.key, **state.public(), **self._facts(gemeente)})

    def _facts(self, gemeente: Gemeente) -> dict[str, Any]:
        today = self._services.now().astimezone(AMSTERDAM).date()
        return {
            "name": gemeente.naam, "phone": gemeente.telefoon, "phone_today": gemeente.today("telefoon", today),
            "counter": gemeente.adres, "counter_today": gemeente.today("balie", today), "website": gemeente.website,
            "privacy": gemeente.privacy, "push_key": self._services.push_key(gemeente.key),
            "accessibility": f"{self._services.settings.base_url}/gemeente/{gemeente.key}/toegankelijkheid",
        }


class Standing:
    """What one client was told of the notice and the switch of its municipality."""

    def __init__(self, services: Services, gemeente: str) -> None:
        self._services, self._gemeente = services, gemeente
        self._told: dict[str, Any] = {}

    async def first(self) -> list[dict[str, Any]]:
        """What a client must hear that comes, or comes back: what is on show, or was while it may have been away."""
        state = await self._services.service_book.get(self._gemeente)
        self._told = {"type": "service", **state.public()}
        return [self._told] if state.told_after(self._services.now(), self._services.settings.service_told_seconds) else []

    async def news(self) -> list[dict[str, Any]]:
        """What is different since; nothing when it is as it was."""
        state = {"type": "service", **(await self._services.service_book.get(self._gemeente)).public()}
        if state == self._told:
            return []
        self._told = state
        return [state]
