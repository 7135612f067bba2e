"""The calendar file of an appointment, behind a link that says nothing and opens nothing else."""

import asyncio

from aiohttp import hdrs, web

from bot.appointments import AppointmentNotFound, AppointmentsUnavailable
from bot.appointments.ics import to_ics
from bot.appointments.links import LinkInvalid
from bot.wiring import Services
from connectors.access import Access
from connectors.problems import Problem

RETRY_SECONDS = 30  # when the appointment system does not answer


async def calendar_file(services: Services, sealed: str) -> bytes:
    """The file that a link of `bot.appointments.links` stands for, as the appointment is now. Raises Problem."""
    try:
        key, reference, code = services.calendar_links.open(sealed)
        gemeente = services.gemeente(key)
        async with asyncio.timeout(services.settings.backend_seconds):
            appointment = await services.appointments(key).get(reference, code)
    except (LinkInvalid, KeyError, AppointmentNotFound) as exc:
        raise Problem("appointment_unknown") from exc
    except (AppointmentsUnavailable, TimeoutError) as exc:
        raise Problem("appointments_unavailable", retry_after=RETRY_SECONDS) from exc
    return to_ics(appointment, gemeente.naam)


class Calendar:
    """A browser follows the link without a token; the link itself is the right to this one file."""

    def __init__(self, services: Services, access: Access) -> None:
        self._services = services
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/calendar/{sealed}.ics", self.file)]

    async def file(self, request: web.Request) -> web.Response:
        await self._access.count_address("calendar", request)
        body = await calendar_file(self._services, request.match_info["sealed"])
        headers = {hdrs.CONTENT_DISPOSITION: 'attachment; filename="afspraak.ics"'}
        return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)
