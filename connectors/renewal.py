"""Another token for a conversation that goes on. What stays valid for how long is told by bot.conversation.tokens."""

import structlog
from aiohttp import web

from bot.conversation.store import Store
from bot.conversation.tokens import TokenRefused
from connectors.access import Access, bearer, show_token
from connectors.bodies import json_response, moment
from connectors.problems import Problem

log = structlog.get_logger()


class Renewal:
    """For clients that don't want to keep one token for weeks."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/conv/{conv}/token", self.renew)]

    async def renew(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        await self._access.count_renewal(conversation)
        try:
            secret, left = await self._store.renew(conversation.id, bearer(request)[1])
        except TokenRefused as exc:
            raise Problem("unauthorized") from exc
        log.info("token_renewed", conv=conversation.id, gemeente=conversation.gemeente, channel=conversation.channel)
        return json_response({"token": show_token(conversation.id, secret), "expires_at": moment(left)})
