"""`balie demo-case`: something happens to a case of the demonstration, to see what who follows it is told."""

import asyncio
from datetime import UTC, datetime

from rich.console import Console

from bot.commands import closing, served
from bot.gemeenten import AMSTERDAM
from bot.http import Http, HttpFailure
from bot.notices.quiet import after_quiet
from bot.settings import Settings, SettingsError
from bot.wiring import Services, joining
from bot.zaken import ZaakNotFound


def advance(settings: Settings, gemeente: str | None, number: str, console: Console) -> None:
    """Put a demonstration case one step further, and let its system tell the running edge so, as a real one does."""
    services = joining(settings)
    key = served(services, gemeente)[0]
    asyncio.run(closing(services, _advance(services, key, number)))
    console.print(f"{key}: case {number} is one step further, and the edge was told.", highlight=False)
    now = datetime.now(UTC)
    later = after_quiet(now, settings.quiet_from, settings.quiet_until)
    when = f"at {later.astimezone(AMSTERDAM):%H:%M}: it is quiet now (BALIE_QUIET_FROM)" if later > now else "at once"
    console.print(f"Who follows it hears of it {when}.", highlight=False)


async def _advance(services: Services, key: str, number: str) -> None:
    try:
        case, status = await services.demo_zaken(key).advance(number)
    except ZaakNotFound as exc:
        raise SettingsError(f"there is no demonstration case {number!r} in {key}") from exc
    except ValueError as exc:
        raise SettingsError(f"case {number} can't go further: {exc}") from exc
    told = {
        "kanaal": "zaken", "hoofdObject": case, "resource": "status", "resourceUrl": status, "actie": "create",
        "aanmaakdatum": datetime.now(UTC).isoformat(), "kenmerken": {},
    }
    callback, auth = services.callback(key)
    http = Http(services.settings.backend_seconds)
    try:
        reply = await http.act("POST", callback, headers={"Authorization": auth}, json=told)
    except HttpFailure as exc:
        raise SettingsError(f"the case went further, but the edge at {callback} doesn't answer: does `balie demo` run?") from exc
    finally:
        await http.aclose()
    if reply.status != 204:
        raise SettingsError(f"the case went further, but the edge answered {reply.status}: has it the same BALIE_SECRET?")
