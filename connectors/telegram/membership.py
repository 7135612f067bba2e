"""What the bot is in a chat: blocked and back again, and in groups, where it does not belong."""

from datetime import datetime, timedelta
from typing import Any

from telegram import ChatMember, Update
from telegram.constants import ChatType

from bot.conversation.events import Event
from bot.wiring import Services
from connectors.delivery import BATCH, Delivery
from connectors.intake import Intake
from connectors.telegram import words
from connectors.telegram.incoming import arrival
from connectors.telegram.render import Out
from connectors.telegram.sender import Sender

HOUR = 3600
MEMBER = {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED}
Context = Any


class Membership:
    """Handlers of updates."""

    def __init__(self, services: Services, intake: Intake[Out], delivery: Delivery[Out], sender: Sender) -> None:
        self._services = services
        self._intake = intake
        self._delivery = delivery
        self._sender = sender

    async def changed(self, update: Update, _context: Context) -> None:
        """Somebody changed what the bot is in a chat."""
        if update.my_chat_member is None:
            raise ValueError("an update without a membership")
        came, status = arrival(update), update.my_chat_member.new_chat_member.status
        if update.my_chat_member.chat.type == ChatType.PRIVATE:
            conv = self._intake.conv(came.chat)
            await (self._delivery.channels.block(conv) if status == ChatMember.BANNED else self._back(conv))
        elif status in MEMBER and await self._intake.first_time(came):
            self._delivery.aside(self._sender.leave(came.chat, Out(words.GROUP)))

    async def group(self, update: Update, _context: Context) -> None:
        """A command in a group that we are still in: one friendly refusal an hour, and nothing is kept."""
        came = arrival(update)
        if await self._intake.first_time(came) and await self._intake.allowed(f"group:{came.chat}", 1, HOUR):
            await self._intake.tell(came, words.GROUP, fresh=True)

    async def _back(self, conv: str) -> None:
        """Bring what was said meanwhile, as far as it is still worth something."""
        position = await self._delivery.channels.blocked_at(conv)
        if position is not None:
            await self._delivery.channels.unblock(conv, await self._stale_until(conv, position))
            self._delivery.wake(conv)

    async def _stale_until(self, conv: str, position: int) -> int:
        """Number of the last event after `position` before the first that is worth bringing."""
        while found := await self._services.store.read(conv, position, BATCH):
            for seq, body in found:
                if self._worth_it(body):
                    return seq - 1
            position = found[-1][0]
        return position

    def _worth_it(self, body: Event) -> bool:
        """What is not old, and news of a case, however old."""
        if body["type"] == "notice" and body["kind"] == "case_status":
            return True
        most = timedelta(seconds=self._services.settings.telegram_stale_seconds)
        return "at" in body and self._services.now() - datetime.fromisoformat(body["at"]) < most
