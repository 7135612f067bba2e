"""`balie notifications`: the subscription by which a case system tells of changes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from rich.console import Console

from bot.commands import closing, served
from bot.notices.subscriptions import Subscriptions, reachable
from bot.settings import Settings, SettingsError
from bot.wiring import Services, joining
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


def _each(settings: Settings, gemeente: str | None, console: Console, work: Work) -> None:
    services = joining(settings)
    keys = served(services, gemeente)

    async def all_of_them() -> None:
        for key, at in _connected(services, keys, console):
            try:
                await work(key, at)
            except ZgwFailure as exc:
                raise SettingsError(f"{key}: the Notificaties API: {exc}") from exc

    asyncio.run(closing(services, all_of_them()))


def _connected(services: Services, keys: list[str], console: Console) -> Iterator[tuple[str, Subscriptions]]:
    for key in keys:
        if (at := services.notifications(key)) is not None:
            yield key, at
        elif services.notices.offered(key):
            console.print(f"{key}: the demonstration needs no subscription; try `balie demo-case advance`", highlight=False)
        else:
            console.print(f"{key}: no suppliers.notifications in gemeente.yml, so nothing to subscribe to", highlight=False)
