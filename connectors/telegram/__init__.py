"""Telegram: a chat is a conversation like any other. `setup` adds a bot for every municipality that has a token."""

from collections.abc import Callable

from aiohttp import web

from bot.conversation.feed import Feed
from bot.settings import Settings, SettingsError, check_telegram
from bot.wiring import Services
from connectors.telegram.webhook import PATH, Webhooks
from connectors.voice import Door

# Gives the name of the bot of a municipality, for links to its chat; empty when there is none, or Telegram hasn't told it yet.
USERNAME: web.AppKey[Callable[[str], str]] = web.AppKey("telegram_username", Callable)  # type: ignore[arg-type]


def door(settings: Settings, gemeente: str) -> Door:
    """The bot of the token without a name keeps the names that it had when there could be only one."""
    if settings.of("telegram_token", gemeente) == settings.telegram_token:
        return Door("telegram", gemeente, prefix="tg", name="telegram")
    return Door("telegram", gemeente, prefix=f"tg-{gemeente}", name=f"telegram:{gemeente}")


def setup(app: web.Application, services: Services, feed: Feed) -> None:
    """Long polling; or webhooks when the edge has a public address. Raises SettingsError."""
    settings = services.settings
    if faults := check_telegram(settings):
        raise SettingsError("\n".join(faults))
    if not settings.telegram_tokens:
        return
    from connectors.telegram.bot import Telegram  # the library takes a while to load: only for who uses it

    bots = {key: Telegram(services, feed, door(settings, key), token) for key, token in settings.telegram_tokens.items()}
    app[USERNAME] = lambda gemeente: bots[gemeente].username() if gemeente in bots else ""
    app.cleanup_ctx.extend(bot.run for bot in bots.values())
    if settings.public_url:
        webhooks = Webhooks({key: (settings.of("telegram_secret", key), bot.receive) for key, bot in bots.items()})
        app.router.add_post(PATH, webhooks.receive)
