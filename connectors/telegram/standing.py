"""Which chats have the button that shares a telephone number under the field for typing: it stays until it is taken away."""

from collections.abc import Callable

from bot.conversation.channels import Channels


class Standing:
    """Of one bot, whichever process asks. `conv`: the conversation of a chat. Every method raises StoreUnavailable."""

    def __init__(self, channels: Channels, conv: Callable[[str], str]) -> None:
        self._channels = channels
        self._conv = conv

    async def at(self, chat: str) -> bool:
        return await self._channels.keyboard_stands(self._conv(chat))

    async def up(self, chat: str) -> None:
        await self._channels.keyboard(self._conv(chat), stands=True)

    async def down(self, chat: str) -> None:
        await self._channels.keyboard(self._conv(chat), stands=False)
