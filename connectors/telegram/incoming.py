"""From Telegram to the log. A handler returns only when the message is in the log, or was refused with a sentence.

What raises StoreUnavailable or UnknownConversation has not been accepted: the update must stay unconfirmed, so that Telegram
brings it again. What a citizen types is always text; a payload comes from the question in the log.
"""

import contextlib
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, Update
from telegram import Message as TelegramMessage

from bot.conversation.channels import Channels
from bot.conversation.events import Event
from bot.conversation.limits import Rate
from bot.conversation.store import DAY, Conversation, UnknownConversation
from bot.wiring import Services
from connectors import opening
from connectors.messages import FIRST, Message, clean, compose, receive, stop_waiting
from connectors.problems import CATALOGUE, Problem
from connectors.telegram import words
from connectors.telegram.buttons import Erasing, answer, refuse
from connectors.telegram.delivery import PREFIX, Delivery
from connectors.telegram.render import Out, chosen, question_of, render
from connectors.telegram.sender import Sender

MINUTE, HOUR = 60, 3600
SENTENCES_MINUTE = 10  # sentences outside the log per chat per minute; a flood is answered with silence
FINGERPRINT = "telegram"  # Telegram numbers its updates: the same number is the same message
Context = Any


class Incoming:
    """Handlers of updates. They never wait for Telegram: what is said aside goes through `sender`."""

    def __init__(self, services: Services, channels: Channels, delivery: Delivery, sender: Sender, gemeente: str) -> None:
        self._services = services
        self._store = services.store
        self._settings = services.settings
        self._channels = channels
        self._delivery = delivery
        self._sender = sender
        self._gemeente = services.gemeente(gemeente)
        self._opening = opening.load()

    def conv(self, chat: int) -> str:
        """The conversation of a chat: always the same, and from it nobody can tell the chat."""
        return PREFIX + self._services.limits.hash(f"telegram:{chat}")

    async def text(self, update: Update, _context: Context) -> None:
        said = _said(update).text or ""
        if len(said) > self._settings.max_text_chars:
            await self._aside(update, Out(words.too_long(self._settings.max_text_chars)))
        else:
            await self._accept_or_tell(update, Message(_cid(update), "text", text=said))

    async def person(self, update: Update, _context: Context) -> None:
        """/medewerker"""
        await self._accept_or_tell(update, Message(_cid(update), "handover_request"))

    async def stop(self, update: Update, _context: Context) -> None:
        """/stop: the form, or the wait in the queue. An agent reads it as what it is."""
        conversation = await self._accept_or_tell(update, Message(_cid(update), "text", text=words.STOP), payload="/stop")
        if conversation and conversation.owner == "queue":
            await stop_waiting(self._services, conversation)

    async def start(self, update: Update, context: Context) -> None:
        """/start: what a conversation begins with; in one that exists, the topics once more. A link may bring a code with it."""
        if code := self._services.logins.read_code(" ".join(context.args or ())):
            await self._login_code(update, code)
            return
        fresh = await self._channels.first_time(str(update.update_id))
        conversation, created = await self._conversation(_chat(update))
        if fresh and not created:
            first = await self._store.event(conversation.id, FIRST)
            for out in render(first, FIRST) if first else []:
                await self._aside(update, out, fresh=True)

    async def _login_code(self, update: Update, code: str) -> None:
        """The code from the page where somebody logged in counts only in the chat that the login began in."""
        conv = self.conv(_chat(update))
        if not await self._services.logins.waiting(conv) or (await self._store.get(conv)).owner != "bot":
            await self._aside(update, Out(words.CODE_NOT_HERE))
            return
        payload = f'/login_code{{"inlogcode": "{code}"}}'
        await self._accept_or_tell(update, Message(_cid(update), "text", text=code), payload=payload)

    async def help(self, update: Update, _context: Context) -> None:
        await self._aside(update, Out(words.help_text(self._gemeente)))

    async def not_text(self, update: Update, _context: Context) -> None:
        await self._aside(update, Out(words.NOT_TEXT))

    async def edited(self, update: Update, _context: Context) -> None:
        await self._aside(update, Out(words.EDITED))

    async def group(self, update: Update, _context: Context) -> None:
        """A command in a group: one friendly refusal an hour, and nothing is kept."""
        rate = Rate(f"telegram_group:{_chat(update)}", 1, HOUR)
        if await self._channels.first_time(str(update.update_id)) and not await self._services.limits.hit([rate]):
            self._sender.aside(self._sender.say(str(_chat(update)), Out(words.GROUP)))

    async def erase(self, update: Update, _context: Context) -> None:
        """/wissen asks first."""
        if not await self._store.length(self.conv(_chat(update))):
            await self._aside(update, Out(words.NOTHING_KEPT))
            return
        options = ((words.ERASE_YES, Erasing.YES), (words.ERASE_NO, Erasing.NO))
        rows = tuple((InlineKeyboardButton(label, callback_data=data),) for label, data in options)
        await self._aside(update, Out(words.ERASE, rows))

    async def button(self, update: Update, _context: Context) -> None:
        """A pressed button: the answer to /wissen, or to a question of the log."""
        query = _query(update)
        match query.data:
            case Erasing.YES:
                await self._erase(self.conv(_chat(update)))
                self._sender.aside(answer(query, text=words.ERASED))
            case Erasing.NO:
                self._sender.aside(answer(query, text=words.KEPT))
            case data:
                await self._choice(update, query, data or "")

    async def _erase(self, conv: str) -> None:
        self._delivery.erased(conv)
        with contextlib.suppress(UnknownConversation):  # erased already, perhaps by this same update
            await self._store.erase(await self._store.get(conv))
        await self._channels.forget(conv)

    async def _choice(self, update: Update, query: CallbackQuery, data: str) -> None:
        """Resolved against the log, once per keyboard."""
        asked = await self._store.event(self.conv(_chat(update)), question_of(data))
        given = chosen(data, asked, f"tg:keyboard:{query.message.message_id if query.message else 0}")
        if given is None or asked is None:
            self._sender.aside(refuse(query, "choice_expired"))
            return
        try:
            body = compose(given, asked)
            await self._accept(update, given, body, fingerprint=data, asked=asked)
        except Problem as exc:
            self._sender.aside(refuse(query, exc.kind))
        else:
            self._sender.aside(answer(query, chosen=body["text"]))

    async def _accept_or_tell(self, update: Update, message: Message, *, payload: str = "") -> Conversation | None:
        """None when the message was refused."""
        try:
            if message.type == "text" and not clean(message.text or ""):
                raise Problem("invalid")
            body = compose(message, None) | ({"_payload": payload} if payload else {})
            return await self._accept(update, message, body, fingerprint=FINGERPRINT)
        except Problem as exc:
            await self._aside(update, Out(exc.faults[0].message if exc.faults else CATALOGUE[exc.kind][1]))
            return None

    async def _accept(
        self, update: Update, message: Message, body: Event, *, fingerprint: str, asked: Event | None = None
    ) -> Conversation:
        """Into the log. Raises Problem when it was refused. The owner is the one from just before."""
        conversation, _ = await self._conversation(_chat(update))
        rate = Rate(f"conv:{conversation.id}", self._settings.rate_conversation_minute, MINUTE)
        if not self._settings.lift_rates and await self._services.limits.hit([rate]):
            raise Problem("too_many")
        await receive(self._services, conversation, message, body, fingerprint, asked)
        return conversation

    async def _conversation(self, chat: int) -> tuple[Conversation, bool]:
        """The conversation of a chat, and whether it was begun just now."""
        conv, gemeente = self.conv(chat), self._gemeente
        length = await self._store.length(conv)
        await self._channels.remember(conv, str(chat), gemeente.retention_days * DAY, length)
        created = ""
        if not length:
            first = opening.first_event(self._opening, gemeente.variables(datetime.now(UTC)))
            _, created = await self._store.create(
                gemeente.key, "telegram", "nl", gemeente.retention_days, first, caller=conv, conv=conv
            )
            self._delivery.wake(conv)
        return await self._store.get(conv), bool(created)

    async def _aside(self, update: Update, out: Out, *, fresh: bool | None = None) -> None:
        """Say something that is not in the log, once per update and not without end."""
        chat = _chat(update)
        if not (await self._channels.first_time(str(update.update_id)) if fresh is None else fresh):
            return
        rate = Rate(f"telegram_aside:{chat}", SENTENCES_MINUTE, MINUTE)
        if self._settings.lift_rates or not await self._services.limits.hit([rate]):
            self._sender.aside(self._sender.say(str(chat), out))


def _cid(update: Update) -> str:
    return f"tg:{update.update_id}"


def _chat(update: Update) -> int:
    if update.effective_chat is None:
        raise ValueError("an update without a chat")
    return update.effective_chat.id


def _said(update: Update) -> TelegramMessage:
    if update.message is None:
        raise ValueError("an update without a message")
    return update.message


def _query(update: Update) -> CallbackQuery:
    if update.callback_query is None:
        raise ValueError("an update without a button")
    return update.callback_query
