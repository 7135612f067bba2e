"""Devices that want to be told when there is news in a conversation: `PUT` and `DELETE /v1/conv/{conv}/push/{device}`."""

from typing import cast

from aiohttp import web

from bot.conversation.store import UnknownConversation
from bot.push.reach import Held, NoSuchWay, WrongDevice, packed
from bot.wiring import Services
from connectors.access import Access
from connectors.bodies import read_json
from connectors.messages import UUID
from connectors.problems import Fault, Problem

WRONG = {  # field -> what is told of it
    "subscription.endpoint": "Deze dienst voor meldingen kennen wij niet.",
    "subscription.keys.p256dh": "Dit is geen sleutel van een browser.",
    "subscription.keys.auth": "Dit is geen geheim van een browser.",
}


class PushDevices:
    """The same device again replaces how it is reached, so that a renewed token or subscription keeps its conversation."""

    def __init__(self, services: Services, access: Access) -> None:
        self._services = services
        self._devices = services.devices
        self._reach = services.reach
        self._settings = services.settings
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        path = "/v1/conv/{conv}/push/{device}"
        return [web.put(path, self.put), web.delete(path, self.delete)]

    async def put(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        await self._access.count_other("push", conversation)
        device = _device(request)
        held = await read_json(
            request, cast(type[Held], Held), max_bytes=self._settings.max_body_bytes, seconds=self._settings.body_seconds
        )
        try:
            lane = self._reach.lane(conversation.gemeente, held)
        except NoSuchWay as exc:
            raise Problem("push_unavailable") from exc
        except WrongDevice as exc:
            raise Problem("invalid", Fault(exc.field, WRONG[exc.field])) from exc
        at = self._services.now().timestamp()
        if not await self._devices.keep(conversation.id, device, lane, packed(held), at):
            raise UnknownConversation(conversation.id)
        return web.Response(status=204)

    async def delete(self, request: web.Request) -> web.Response:
        """204 also when there was no such device: that is what was asked for."""
        conversation = await self._access.conversation(request)
        await self._access.count_other("push", conversation)
        await self._devices.drop(conversation.id, _device(request))
        return web.Response(status=204)


def _device(request: web.Request) -> str:
    device = request.match_info["device"]
    if not UUID.fullmatch(device):
        raise Problem("invalid", Fault("device", "Dit moet een UUID zijn."))
    return device.lower()
