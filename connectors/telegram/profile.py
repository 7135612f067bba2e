"""What Telegram shows of a bot outside the chat: its commands, and who it is and isn't, before anybody has said a word."""

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands

from bot.gemeenten import Gemeente
from connectors.telegram import words
from connectors.telegram.sender import asking
from connectors.voice import NotSaid

log = structlog.get_logger()

LANGUAGES = (None, "nl")  # for everybody, and for whose Telegram speaks Dutch: there an older text of BotFather would go before


async def introduce(bot: Bot, gemeente: Gemeente) -> None:
    """Set what is different. When Telegram refuses, the bot works all the same, and the next start tries again."""
    try:
        with asking():
            for language in LANGUAGES:
                await _commands(bot, language)
                await _descriptions(bot, gemeente, language)
            await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    except NotSaid as exc:
        log.warning("telegram_profile_not_set", gemeente=gemeente.key, error=type(exc.__cause__ or exc).__name__)


async def _commands(bot: Bot, language: str | None) -> None:
    commands = [BotCommand(name, text) for name, text in words.COMMANDS.items()]
    await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code=language)


async def _descriptions(bot: Bot, gemeente: Gemeente, language: str | None) -> None:
    """Telegram allows few changes of these: they are compared first."""
    long, short = words.description(gemeente), words.short_description(gemeente)
    if (await bot.get_my_description(language)).description != long:
        await bot.set_my_description(long, language)
    if (await bot.get_my_short_description(language)).short_description != short:
        await bot.set_my_short_description(short, language)
