"""Telegram: a chat is a conversation like any other. `setup` adds it to the edge when there is a token, and nothing otherwise."""

from collections.abc import Callable

from aiohttp import web

from bot.conversation.feed import Feed
from bot.settings import SettingsError
from bot.wiring import Services

# Gives the name of the bot, for links to its chat; empty as long as Telegram hasn't told it.
USERNAME: web.AppKey[Callable[[], str]] = web.AppKey("telegram_username", Callable)  # type: ignore[arg-type]


def setup(app: web.Application, services: Services, feed: Feed) -> None:
    """Long polling; or a webhook when the edge has a public address. Raises SettingsError for an unknown municipality."""
    settings = services.settings
    if not settings.telegram_token:
        return
    gemeente = settings.telegram_gemeente or next(iter(services.gemeenten))
    if gemeente not in services.gemeenten:
        raise SettingsError(f"BALIE_TELEGRAM_GEMEENTE: this installation does not serve {gemeente!r}")
    if settings.public_url and not settings.telegram_secret:
        raise SettingsError("BALIE_TELEGRAM_SECRET is needed when BALIE_PUBLIC_URL is set")
    from connectors.telegram.bot import PATH, Telegram  # the library takes a while to load: only for who uses it

    telegram = Telegram(services, feed, gemeente)
    app[USERNAME] = telegram.username
    app.cleanup_ctx.append(telegram.run)
    if settings.public_url:
        app.router.add_post(PATH, telegram.webhook)
