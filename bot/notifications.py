"""`balie notifications` and `balie demo-case`: arranging to be told of changes, and a change to try it with."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

from rich.console import Console

from bot.conversation.redis import EmbeddedRedis
from bot.gemeenten import AMSTERDAM
from bot.http import Http, HttpFailure
from bot.notices.quiet import after_quiet
from bot.notices.subscriptions import Subscriptions, reachable
from bot.settings import Settings, SettingsError
from bot.wiring import Services, build
from bot.zaken import ZaakNotFound
from bot.zgw import ZgwFailure

Work = Callable[[str, Subscriptions], Awaitable[None]]


def subscribe(settings: Settings, gemeente: str | None, console: Console) -> None:
    """Make sure that there is one right subscription per municipality. Raises SettingsError, in words."""
    done = {"made": "subscribed", "changed": "the subscription was made right", "there": "was subscribed already"}

    async def work(key: str, at: Subscriptions) -> None:
        if not reachable(at.callback):
            raise SettingsError(
                f"{at.callback} can't be reached by another system: set BALIE_PUBLIC_URL to the public https address of the edge."
            )
        subscription, what = await at.subscribe()
        console.print(f"{key}: {done[what]}: {subscription.callback}", highlight=False, soft_wrap=True)

    _each(settings, gemeente, console, work)


def show(settings: Settings, gemeente: str | None, console: Console) -> None:
    """All subscriptions at the other side, ours marked."""

    async def work(key: str, at: Subscriptions) -> None:
        found = await at.list()
        console.print(f"{key}: {len(found)} subscription(s)", highlight=False)
        for item in found:
            ours = "  (this one is ours)" if item.callback == at.callback else ""
            console.print(f"  {item.callback}: {', '.join(item.channels)}{ours}", highlight=False, markup=False, soft_wrap=True)

    _each(settings, gemeente, console, work)


def unsubscribe(settings: Settings, gemeente: str | None, console: Console) -> None:
    """No longer be told. Cases that are followed get no news then."""

    async def work(key: str, at: Subscriptions) -> None:
        count = await at.unsubscribe()
        console.print(f"{key}: {f'unsubscribed ({count})' if count else 'there was no subscription of ours'}", highlight=False)

    _each(settings, gemeente, console, work)


def advance(settings: Settings, gemeente: str | None, number: str, console: Console) -> None:
    """Put a demonstration case one step further, and let its system tell the running edge so, as a real one does."""
    services = _services(settings)
    key = gemeente or next(iter(services.gemeenten))
    _known(services, key)
    asyncio.run(_closing(services, _advance(services, key, number)))
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


def _each(settings: Settings, gemeente: str | None, console: Console, work: Work) -> None:
    services = _services(settings)
    if gemeente:
        _known(services, gemeente)
    keys = [gemeente] if gemeente else list(services.gemeenten)

    async def all_of_them() -> None:
        for key, at in _connected(services, keys, console):
            try:
                await work(key, at)
            except ZgwFailure as exc:
                raise SettingsError(f"{key}: the Notificaties API: {exc}") from exc

    asyncio.run(_closing(services, all_of_them()))


def _connected(services: Services, keys: list[str], console: Console) -> Iterator[tuple[str, Subscriptions]]:
    for key in keys:
        if (at := services.notifications(key)) is not None:
            yield key, at
        elif services.notices.offered(key):
            console.print(f"{key}: the demonstration needs no subscription; try `balie demo-case advance`", highlight=False)
        else:
            console.print(f"{key}: no suppliers.notifications in gemeente.yml, so nothing to subscribe to", highlight=False)


def _services(settings: Settings) -> Services:
    """Nothing here uses Redis, but the configuration is checked as a whole."""
    return build(settings, settings.redis_url or EmbeddedRedis(settings.data_path / "redis").url)


def _known(services: Services, key: str) -> None:
    if key not in services.gemeenten:
        raise SettingsError(f"this installation does not serve {key!r}: BALIE_GEMEENTEN names those it does")


async def _closing(services: Services, work: Awaitable[None]) -> None:
    try:
        await work
    finally:
        await services.aclose()
