"""From a channel to the log, the same for every channel where Balie itself brings the answers.

A method returns only when what came is in the log, or was refused with a sentence. What raises NOT_ACCEPTED has not been
accepted: it must stay unconfirmed, so that the channel brings it again. What a citizen types is always text; a payload comes
from the question in the log.
"""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Generic

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.limits import Rate
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import DAY, Conversation, UnknownConversation
from bot.gemeenten import AMSTERDAM
from bot.wiring import Services
from connectors import opening, words
from connectors.attachments import refusal
from connectors.delivery import Delivery
from connectors.messages import FIRST, Message, clean, compose, keep_rating, receive, stop_waiting, wants_to_stop
from connectors.problems import Problem
from connectors.voice import Arrival, Door, Out

NOT_ACCEPTED = (StoreUnavailable, UnknownConversation)

MINUTE = 60
SENTENCES_MINUTE = 10  # sentences outside the log per chat per minute; a flood is answered with silence
LOOK_BACK = 30  # events after which a question is too long ago
STOP = "/stop"  # what the brain hears
WITH_PEOPLE = {"queue", "agent"}  # owners of conversations that go on while Balie is switched off


class Intake(Generic[Out]):
    """The way in of one door. Its methods never wait for the channel: what they say aside goes through `delivery.aside`."""

    def __init__(self, services: Services, door: Door, delivery: Delivery[Out]) -> None:
        self._services = services
        self._store = services.store
        self._settings = services.settings
        self._door = door
        self._delivery = delivery
        self._channels = delivery.channels
        self.aside = delivery.aside
        self.gemeente = services.gemeente(door.gemeente)
        self._opening = opening.load()

    # What citizens do.

    async def text(self, arrival: Arrival, said: str, *, payload: str = "") -> Conversation | None:
        """Something typed. `payload`: what the brain hears instead, when a command or link says so. None: it was refused."""
        if len(said) > self._settings.max_text_chars:
            await self.tell(arrival, words.too_long(self._settings.max_text_chars))
            return None
        return await self._accept_or_tell(arrival, Message(self.cid(arrival), "text", text=said), payload)

    async def person(self, arrival: Arrival) -> None:
        """A person, please."""
        await self._accept_or_tell(arrival, Message(self.cid(arrival), "handover_request"))

    async def stop(self, arrival: Arrival) -> None:
        """Stop the form, or the wait in the queue. An agent reads it as what it is."""
        await self.text(arrival, words.STOP, payload=STOP)

    async def start(self, arrival: Arrival) -> None:
        """What a conversation begins with; in one that exists, the topics once more."""
        fresh = await self.first_time(arrival)
        try:
            await self._open(arrival.chat)
        except Problem as exc:
            await self.tell(arrival, sentence(exc), fresh=fresh)
            return
        conversation, created = await self.conversation(arrival.chat)
        first = await self._store.event(conversation.id, FIRST) if fresh and not created else None
        if first:
            await self.tell_outs(arrival, self._delivery.voice.render(first, FIRST), fresh=True)

    async def login_code(self, arrival: Arrival, code: str) -> None:
        """The code from the page where somebody logged in counts only in the chat that the login began in."""
        conv = self.conv(arrival.chat)
        if not await self._services.logins.waiting(conv) or (await self._store.get(conv)).owner != "bot":
            await self.tell(arrival, words.CODE_NOT_HERE)
        else:
            await self.text(arrival, code, payload=f'/login_code{{"inlogcode": "{code}"}}')

    async def answer(self, arrival: Arrival, given: Message, asked: Event, *, fingerprint: str = "") -> Event:
        """The answer to a question of the log. Returns what the log says of it. Raises Problem when it is refused.

        `fingerprint`: tells a repeat of this answer from another one under the same `given.cid`. Not needed when that is the
        number of the arrival: the same number is the same answer.
        """
        body, fingerprint = compose(given, asked), fingerprint or self._door.channel
        if given.type == "rating":
            conversation, _ = await self.conversation(arrival.chat)
            await keep_rating(self._services, conversation, body, fingerprint)
        else:
            await self._accept(arrival, given, body, fingerprint=fingerprint, asked=asked)
        return body

    async def media(self, arrival: Arrival) -> None:
        """A file, photo or spoken message: nothing of it is kept, and the refusal says where it can go."""
        await self.tell(arrival, sentence(refusal(self.gemeente)))

    async def erase(self, chat: str) -> None:
        """Everything that is kept of this chat; a second time it does nothing."""
        conv = self.conv(chat)
        self._delivery.erased(conv)
        with contextlib.suppress(UnknownConversation):  # erased already, perhaps by this same update
            await self._store.erase(await self._store.get(conv))
        await self._channels.forget(conv)

    # What channels need.

    def conv(self, chat: str) -> str:
        """The conversation of a chat: always the same, and from it nobody can tell the chat."""
        return f"{self._door.prefix}_{self._services.limits.hash(f'{self._door.name}:{chat}')}"

    def cid(self, arrival: Arrival) -> str:
        """The number under which what came is in the log."""
        return f"{self._door.prefix}:{arrival.number}"

    async def kept(self, chat: str) -> bool:
        """Whether there is a conversation."""
        return bool(await self._store.length(self.conv(chat)))

    async def owner(self, chat: str) -> str:
        """Who has the conversation: bot, queue or agent; empty when there is none."""
        try:
            return (await self._store.get(self.conv(chat))).owner
        except UnknownConversation:
            return ""

    async def asked(self, chat: str, seq: int) -> Event | None:
        """The event of this number, to resolve an answer against."""
        return await self._store.event(self.conv(chat), seq)

    async def question(self, chat: str) -> tuple[int, Event | None]:
        """Number and event of what was asked since the citizen last said something; (0, None): nothing.

        The topics of the opening come together with the first answer, and still count after it, unless that asks something.
        """
        said = 0
        for seq, body in reversed(await self._store.history(self.conv(chat), None, LOOK_BACK)):
            if events.asks(body) and (not said or seq == FIRST):
                return seq, body
            if body.get("meta", {}).get("outcome") == "form":
                break
            said += body["type"] == "message" and body["from"]["role"] == "citizen"
            if said > 1:
                break
        return 0, None

    async def first_time(self, arrival: Arrival) -> bool:
        """Whether this was never seen before; for effects that leave nothing in the log."""
        return await self._channels.first_time(arrival.number)

    async def allowed(self, name: str, most: int, seconds: int) -> bool:
        """Count one for `name` at this door; False when that was one too many."""
        rate = Rate(f"{self._door.name}_{name}", most, seconds)
        return self._settings.lift_rates or not await self._services.limits.hit([rate])

    async def tell(self, arrival: Arrival, said: str, *, fresh: bool | None = None) -> None:
        """Say a sentence that is not in the log, once per arrival and not without end."""
        await self.tell_outs(arrival, self._delivery.voice.render(events.message("system", said), 0), fresh=fresh)

    async def tell_outs(
        self, arrival: Arrival, outs: Iterable[Out], *, fresh: bool | None = None, counted: str = "aside"
    ) -> None:
        """The same for messages of the channel's own making. `fresh`: the answer of `first_time`, for who has asked already.
        `counted`: what this counts with; a name of its own for what must not be silenced by other sentences.
        """
        if not (await self.first_time(arrival) if fresh is None else fresh):
            return
        if await self.allowed(f"{counted}:{arrival.chat}", SENTENCES_MINUTE, MINUTE):
            self._delivery.aside(self._say_all(arrival.chat, list(outs)))

    async def conversation(self, chat: str) -> tuple[Conversation, bool]:
        """The conversation of a chat, and whether it was begun just now."""
        conv, gemeente = self.conv(chat), self.gemeente
        length = await self._store.length(conv)
        await self._channels.remember(conv, chat, gemeente.retention_days * DAY, length)
        created = ""
        if not length:
            first = opening.first_event(self._opening, gemeente.variables(datetime.now(UTC)))
            _, created = await self._store.create(
                gemeente.key, self._door.channel, "nl", gemeente.retention_days, first, caller=conv, conv=conv
            )
            self._delivery.wake(conv)
        return await self._store.get(conv), bool(created)

    async def _accept_or_tell(self, arrival: Arrival, message: Message, payload: str = "") -> Conversation | None:
        """None when the message was refused."""
        try:
            if message.type == "text" and not clean(message.text or ""):
                raise Problem("invalid")
            body = compose(message, None) | ({"_payload": payload} if payload else {})
            return await self._accept(arrival, message, body, fingerprint=self._door.channel)  # its own numbers: no reuse
        except Problem as exc:
            await self.tell(arrival, sentence(exc))
            return None

    async def _accept(
        self, arrival: Arrival, message: Message, body: Event, *, fingerprint: str, asked: Event | None = None
    ) -> Conversation:
        """Into the log. Raises Problem when it was refused. The owner is the one from just before."""
        await self._open(arrival.chat)
        conversation, _ = await self.conversation(arrival.chat)
        rate = Rate(f"conv:{conversation.id}", self._settings.rate_conversation_minute, MINUTE)
        if not self._settings.lift_rates and await self._services.limits.hit([rate]):
            raise Problem("too_many")
        await receive(self._services, conversation, message, body, fingerprint, asked)
        if conversation.owner == "queue" and (wants_to_stop(message) or body.get("_payload") == STOP):
            await stop_waiting(self._services, conversation)
        return conversation

    async def _open(self, chat: str) -> None:
        """Tells a notice, once a day. Raises Problem while Balie is switched off, but not for who waits for or has a person."""
        state = await self._services.service_book.get(self.gemeente.key)
        if state.off and await self.owner(chat) not in WITH_PEOPLE:
            today = self._services.now().astimezone(AMSTERDAM).date()
            raise Problem("switched_off", title=words.switched_off(state.off_text, self.gemeente, today))
        if state.notice:
            heard = Arrival(chat, f"notice:{state.notice.id}:{self.conv(chat)}")
            await self.tell(heard, state.notice.text)

    async def _say_all(self, chat: str, outs: list[Out]) -> None:
        for out in outs:
            await self._delivery.voice.say(chat, out)


def sentence(problem: Problem) -> str:
    """A refusal in words for the citizen."""
    return problem.faults[0].message if problem.faults else problem.title
