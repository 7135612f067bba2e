"""`balie check-connections`: asks every system that Balie is connected to whether it works, and says what is wrong.

Nothing is changed anywhere, and nothing secret is shown.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import settings as configuration
from bot.commands import closing, served
from bot.conversation.redis import ConfigurationError, StoreUnavailable, check_production
from bot.gemeenten import Gemeente
from bot.http import Http, HttpFailure
from bot.settings import Settings
from bot.suppliers import secrets
from bot.wiring import Services, joining

Check = Callable[[], Awaitable[Sequence[str]]]
Planned = tuple[str, str, str, Check | None]  # municipality, part, supplier, what to ask

INSTALLATION = "(all)"  # what is there once, not per municipality
GUIDE = "docs/integration.md"
_SETTINGS = {  # part -> settings that it may be about, besides the secrets of its supplier
    "notifications": ("public_url",),
    "login": ("public_url",),
    "desk.login": ("public_url",),
    "redis": ("redis_url",),
    "telegram": ("telegram_token", "telegram_api_url"),
    "public url": ("public_url",),
}
_SHORTEST_SECRET = 6  # shorter ones are part of ordinary words


@dataclass(frozen=True)
class Result:
    """What came of one check. `faults` is empty when all is well, None when there is nothing to check."""

    gemeente: str
    part: str
    supplier: str
    faults: tuple[str, ...] | None

    @property
    def place(self) -> str:
        """Where to look when something is wrong."""
        if self.supplier == "demo":
            return "the demonstration: it works as long as `balie demo` runs"
        names = (*secrets(self.part, self.supplier), *_SETTINGS.get(self.part, ()))
        variables = ", ".join(configuration.env_name(name) for name in names)
        if self.gemeente == INSTALLATION:
            return f"{variables}; {GUIDE}"
        if self.part == "telegram":
            return f"{variables}; docs/telegram.md"
        section = self.part if self.part in ("login", "desk.login") else f"suppliers.{self.part}"
        return "; ".join(part for part in (f"{section} in gemeente.yml of {self.gemeente}", variables, GUIDE) if part)


def run(settings: Settings, gemeente: str | None, console: Console) -> bool:
    """Check everything, or only one municipality and what all share. Returns whether all is well. Raises SettingsError."""
    services = joining(settings)
    served(services, gemeente)
    with _without_logs(), console.status("Asking…"):
        results = asyncio.run(closing(services, check_all(services, gemeente)))
    show(results, console)
    return not any(result.faults for result in results)


@contextmanager
def _without_logs() -> Iterator[None]:
    """The table is the answer: what adapters log about a failure says no more."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        structlog.configure(**before)


def show(results: Sequence[Result], console: Console) -> None:
    """A table of all, and below it what is wrong and where to look."""
    table = Table("Municipality", "Part", "Supplier", "Result", title="Connections")
    for result in results:
        table.add_row(result.gemeente, result.part, result.supplier, _in_short(result))
    console.print(table)
    wrong = [result for result in results if result.faults]
    for result in wrong:
        console.print(Text(f"\n{result.gemeente}, {result.part} ({result.supplier}):", style="bold"), soft_wrap=True)
        for fault in result.faults or ():
            console.print(Text(f"  - {fault}"), soft_wrap=True)
        console.print(Text(f"  Look at: {result.place}", style="dim"), soft_wrap=True)
    console.print(Text(f"\n{len(wrong)} of {len(results)} need attention." if wrong else "\nAll is well."))


def _in_short(result: Result) -> Text:
    if result.faults is None:
        return Text("nothing to check", style="dim")
    return Text("wrong, see below", style="bold red") if result.faults else Text("OK", style="green")


async def check_all(services: Services, only: str | None = None) -> list[Result]:
    """Every check at the same time, each within BALIE_CHECK_SECONDS."""
    planned = list(_shared(services))
    for gemeente in services.gemeenten.values():
        if only in (None, gemeente.key):
            planned += _of(services, gemeente)
    limit, hidden = services.settings.check_seconds, _hidden(services.settings)
    found = await asyncio.gather(*(_checked(check, limit, hidden) for _, _, _, check in planned))
    return [
        Result(gemeente, part, supplier, faults)
        for (gemeente, part, supplier, _), faults in zip(planned, found, strict=True)
    ]


def _of(services: Services, gemeente: Gemeente) -> Iterator[Planned]:
    key = gemeente.key
    yield key, "zaken", gemeente.suppliers["zaken"].supplier, services.zaken(key).check
    yield key, "appointments", gemeente.suppliers["appointments"].supplier, services.appointments(key).check
    yield key, "contacts", gemeente.suppliers["contacts"].supplier, services.contacts(key).check
    told, notifications = gemeente.suppliers.get("notifications"), services.notifications(key)
    yield key, "notifications", told.supplier if told else "none", notifications.check if notifications else None
    login = services.login(key)
    yield key, "login", gemeente.login.supplier if gemeente.login else "none", login.check if login else None
    desk, at_desk = gemeente.desk.login, services.desk_login(key)
    yield key, "desk.login", desk.supplier if desk else "none", at_desk.check if at_desk else None
    token = services.settings.telegram_tokens.get(key)
    yield key, "telegram", "telegram" if token else "none", partial(_telegram, services.settings, token) if token else None


def _shared(services: Services) -> Iterator[Planned]:
    settings = services.settings

    async def redis() -> list[str]:
        return await _redis(services)

    async def public_url() -> list[str]:
        return await _public_url(settings)

    yield INSTALLATION, "redis", "your own" if settings.redis_url else "embedded", redis
    public = bool(settings.public_url)
    yield INSTALLATION, "public url", "edge" if public else "none", public_url if public else None


async def _checked(check: Check | None, seconds: float, hidden: Sequence[str]) -> tuple[str, ...] | None:
    if check is None:
        return None
    try:
        async with asyncio.timeout(seconds):
            faults = list(await check())
    except TimeoutError:
        faults = [f"No answer within {seconds:g} s."]
    except Exception as exc:  # a check raises nothing; if one does all the same, the others still count
        faults = [f"The check itself failed ({type(exc).__name__}): this is a fault of Balie."]
    for secret in hidden:
        faults = [fault.replace(secret, "•••") for fault in faults]
    return tuple(faults)


def _hidden(settings: Settings) -> list[str]:
    """Values that are shown nowhere, whatever the other side puts in its answer; the longest first."""
    values = [getattr(settings, item.name) for item in configuration.known() if item.metadata["per_gemeente"]]
    values += [*settings.own.values(), settings.secret, settings.redis_url]
    return sorted({value for value in values if len(value) >= _SHORTEST_SECRET}, key=len, reverse=True)


async def _redis(services: Services) -> list[str]:
    try:
        await services.redis.ping()
        if services.settings.production:
            await check_production(services.redis)
    except ConfigurationError as exc:
        return [f"{exc}."]
    except (RedisError, StoreUnavailable) as exc:
        cause = type(exc).__name__
        if services.settings.redis_url:
            return [f"Redis doesn't answer ({cause}). Does it run, and does BALIE_REDIS_URL hold its address and password?"]
        return [f"The embedded Redis doesn't answer ({cause}). It runs as long as `balie demo` does."]
    return []


async def _telegram(settings: Settings, token: str) -> list[str]:
    try:
        status = await _status("POST", f"{settings.telegram_api_url}/bot{token}/getMe", settings)
    except HttpFailure as exc:
        return [f"The Bot API can't be reached ({exc}). May this host connect to it?"]
    if status in (401, 404):
        return ["Telegram doesn't accept the token. Ask @BotFather for the token of the bot."]
    return [] if status == 200 else [f"The Bot API answers with status {status}."]


async def _public_url(settings: Settings) -> list[str]:
    try:
        status = await _status("GET", f"{settings.base_url}/live", settings)
    except HttpFailure as exc:
        return [f"The edge can't be reached at its public address ({exc}). Does it run, and does your proxy pass it on?"]
    return [] if status == 200 else [f"At the public address something else answers: status {status} for /live."]


async def _status(method: str, url: str, settings: Settings) -> int:
    http = Http(settings.check_seconds)
    try:
        return (await http.read(method, url, headers={})).status
    finally:
        await http.aclose()
