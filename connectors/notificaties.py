"""The callback of the Notificaties API 1.0: a case system says that a status was set.

What it says is only a reason to look: the case is asked anew before anything is told. 204 means that what somebody follows is
kept for the clerk; 503, that it must be told again. Everything that isn't about a new status of a case is taken and forgotten.
"""

import hmac
from typing import Annotated

import msgspec
from aiohttp import hdrs, web
from msgspec import Meta

from bot.notices.clerk import Clerk
from bot.wiring import CALLBACK_PATH, Services
from connectors.bodies import read_json
from connectors.problems import Problem

RETRY_SECONDS = 60  # when there is no room for more

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Address = Annotated[str, Meta(min_length=1, max_length=1000)]


class Notification(msgspec.Struct, frozen=True):
    """The body; the standard may add fields."""

    kanaal: Name
    hoofdObject: Address
    resource: Name
    resourceUrl: Address
    actie: Name

    @property
    def sets_status(self) -> bool:
        return (self.kanaal, self.resource, self.actie) == ("zaken", "status", "create")


class Notificaties:
    """For machines only, so without the limits of citizens; what waits is bounded by `max_notices_waiting`."""

    def __init__(self, services: Services, clerk: Clerk) -> None:
        self._services = services
        self._clerk = clerk
        self._settings = services.settings

    def routes(self) -> list[web.RouteDef]:
        return [web.post(CALLBACK_PATH + "{gemeente}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        gemeente = request.match_info["gemeente"]
        self._admit(request, gemeente)
        told = await read_json(
            request, Notification, max_bytes=self._settings.max_body_bytes, seconds=self._settings.body_seconds
        )
        if told.sets_status and not await self._services.notices.announce(gemeente, told.hoofdObject, told.resourceUrl):
            raise Problem("notices_full", retry_after=RETRY_SECONDS)
        self._clerk.wake()
        return web.Response(status=204)

    def _admit(self, request: web.Request, gemeente: str) -> None:
        """The same refusal for a municipality that isn't here: nobody learns which are."""
        given = request.headers.get(hdrs.AUTHORIZATION, "").encode("utf-8", "surrogateescape")
        if not given:
            raise Problem("sender_unknown")
        _, expected = self._services.callback(gemeente)
        right = hmac.compare_digest(given, expected.encode())
        known = gemeente in self._services.gemeenten and self._services.notices.offered(gemeente)
        if not right or not known:
            raise Problem("sender_refused")
