"""The clerk: does what is due. Several may work at once, each in an edge process of its own.

What a case system announces is only a reason to look: the case is asked anew. A notice is tried until it is in the log, and is
there once, whatever died in between: its `cid` is made of what it tells. In quiet hours everything waits.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import structlog

from bot.appointments import AppointmentNotFound, Appointments, AppointmentsUnavailable
from bot.appointments.links import LinkInvalid
from bot.conversation import events
from bot.conversation.due import Entry, Item
from bot.conversation.events import Event
from bot.conversation.handover import Handover
from bot.conversation.notices import NoticeBook
from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import Store, UnknownConversation
from bot.gemeenten import AMSTERDAM, Gemeente
from bot.logs import where
from bot.notices import Notices, end_of
from bot.notices.quiet import after_quiet
from bot.notices.texts import Texts
from bot.pauses import Pauses
from bot.rounds import Rounds
from bot.settings import Settings
from bot.zaken import ZaakStatus, ZakenUnavailable

log = structlog.get_logger()

CASE, VISIT = "case_status", "appointment_reminder"
AWAY = (ZakenUnavailable, AppointmentsUnavailable, TimeoutError)


class Announces(Protocol):
    """What the clerk asks of a case system; see bot.zaken.Zaken."""

    async def announced(self, ref: str, status: str) -> ZaakStatus | None: ...


@dataclass(frozen=True)
class Sources:
    """Where a clerk finds out what to say, by municipality."""

    zaken: Callable[[str], Announces]
    appointments: Callable[[str], Appointments]
    gemeenten: Mapping[str, Gemeente]


class Clerk(Rounds):
    """Run `run()` as a task; `wake()` says that something became due in this process."""

    def __init__(
        self, book: NoticeBook, notices: Notices, store: Store, handover: Handover, sources: Sources, settings: Settings,
        texts: Texts, now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(settings.notice_poll_seconds, settings.notices_at_once)
        self._book = book
        self._notices = notices
        self._store = store
        self._handover = handover
        self._sources = sources
        self._settings = settings
        self._texts = texts
        self._now = now

    async def _take(self, most: int) -> list[Item]:
        return await self._book.take(self._now().timestamp(), most)

    async def _handle(self, item: Item) -> None:
        """One item to its end, or later again."""
        do: dict[str, Callable[[Item], Awaitable[None]]] = {
            "announced": self._announced, "case": self._ending, "visit": self._remind, "over": self._over,
        }
        now = self._now()
        later = after_quiet(now, self._settings.quiet_from, self._settings.quiet_until)
        try:
            if later > now and item.body["what"] != "over":
                await self._book.again(item, later.timestamp(), fresh=True)
                return
            await do[item.body["what"]](item)
        except AWAY as exc:
            await self._later(item, type(exc).__name__)
        except StoreUnavailable as exc:  # the lease ends, and it is done then
            log.warning("store_unavailable", during=str(exc))
        except Exception as exc:
            log.error("notice_failed", action=item.body["what"], error=type(exc).__name__, where=where(exc))
            await self._later(item, type(exc).__name__)

    async def _later(self, item: Item, reason: str) -> None:
        settings = self._settings
        pauses = Pauses(settings.notice_retry_seconds, settings.notice_retry_most_seconds)
        try:
            if item.tries >= settings.notice_attempts:
                log.error("notice_given_up", action=item.body["what"], reason=reason, tries=item.tries)
                await self._book.done(item)
            else:
                await self._book.again(item, self._now().timestamp() + pauses.after(item.tries))
        except StoreUnavailable as exc:
            log.warning("store_unavailable", during=str(exc))

    # A case changed.

    async def _announced(self, item: Item) -> None:
        name, gemeente = item.body["name"], item.body["gemeente"]
        followers = await self._book.followers(name) if gemeente in self._sources.gemeenten else []
        if followers:
            async with asyncio.timeout(self._settings.backend_seconds):
                zaak = await self._sources.zaken(gemeente).announced(item.body["ref"], item.body["status"])
            for conv in followers if zaak else []:
                assert zaak is not None
                await self._tell_case(conv, name, zaak, item.body["status"])
        await self._book.done(item)

    async def _tell_case(self, conv: str, name: str, zaak: ZaakStatus, status: str) -> None:
        """Once per status: the `cid` says which, and `seen` whether the citizen was told the same before."""
        entry = await self._book.entry(conv, name)
        if entry is None or self._today() > date.fromisoformat(entry["until"]):
            await self._book.drop(conv, name)
            await self._book.unlist(name, conv)
            return
        seen = self._notices.seen(zaak)
        body = events.notice(CASE, self._texts.of_case(zaak, self._today()))
        if entry["seen"] != seen and not await self._tell(conv, name, status, body):
            return
        if zaak.finished:
            await self._book.drop(conv, name)
        elif entry["seen"] != seen:
            await self._book.replace(conv, name, entry, entry | {"seen": seen})

    async def _ending(self, item: Item) -> None:
        """The last notice of a period, with the way to go on; the day after its end the wish is removed."""
        conv, name = item.body["conv"], item.body["name"]
        entry = await self._book.entry(conv, name)
        if entry is None:
            await self._book.done(item)
            return
        until = date.fromisoformat(entry["until"])
        if self._today() <= until:
            body = events.notice(CASE, self._texts.of_ending(entry["number"], entry["zaaktype"], until), **self._choice(name))
            await self._tell(conv, name, f"ending {until}", body)
        await self._book.again(item, end_of(entry).timestamp(), body=item.body | {"what": "over"}, fresh=True)

    def _choice(self, name: str) -> Event:
        labels = [self._texts.ending_longer, self._texts.ending_stop]
        options = [{"label": label, "value": str(i)} for i, label in enumerate(labels, start=1)]
        payloads = [f'/notices_longer{{"bericht": "{name}"}}', f'/notices_off{{"bericht": "{name}"}}']
        return {"parts": [{"kind": "choices", "id": "q_notice", "options": options}], "_payloads": payloads}

    async def _over(self, item: Item) -> None:
        conv, name = item.body["conv"], item.body["name"]
        entry = await self._book.entry(conv, name)
        if entry and self._today() > date.fromisoformat(entry["until"]):
            await self._book.drop(conv, name, entry)
        await self._book.done(item)

    # An appointment comes near.

    async def _remind(self, item: Item) -> None:
        conv, name = item.body["conv"], item.body["name"]
        entry = await self._book.entry(conv, name)
        if entry is None:
            await self._book.done(item)
        elif datetime.fromisoformat(entry["start"]) <= self._now() or entry["gemeente"] not in self._sources.gemeenten:
            await self._book.drop(conv, name, entry)
        else:
            await self._remind_of(item, entry)

    async def _remind_of(self, item: Item, entry: Entry) -> None:
        """As it stands now with the supplier: moved means the right time, cancelled means silence."""
        conv, name, gemeente = item.body["conv"], item.body["name"], entry["gemeente"]
        try:
            _, reference, code = self._notices.seals(gemeente).open(entry["sealed"])
            async with asyncio.timeout(self._settings.backend_seconds):
                found = await self._sources.appointments(gemeente).get(reference, code)
        except (LinkInvalid, AppointmentNotFound):
            await self._book.drop(conv, name, entry)
            return
        except AWAY:
            if not self._must_speak(entry, item):
                raise
            start = datetime.fromisoformat(entry["start"])
            text = self._texts.of_visit_unchecked(start, self._today())
        else:
            start, reason = found.start, self._notices.remindable(gemeente, found.start)
            if reason != "too_soon":  # moved to a later day: not yet, or never when that is after this conversation
                await self._notices.moved(conv, gemeente, reference, found)
                return
            text = self._texts.of_visit(found, self._today())
        if start > self._now():
            await self._tell(conv, name, f"visit {start.astimezone(UTC).isoformat()}", events.notice(VISIT, text))
        await self._book.drop(conv, name, entry)

    def _must_speak(self, entry: Entry, item: Item) -> bool:
        """Whether waiting longer would help nobody."""
        late = self._now() - datetime.fromisoformat(entry["at"]) >= timedelta(seconds=self._settings.reminder_patience_seconds)
        return late or item.tries >= self._settings.notice_attempts

    # Telling.

    async def _tell(self, conv: str, name: str, what: str, body: Event) -> bool:
        """Into the log, once per `what`. False when the conversation is gone; then the wish goes as well."""
        try:
            conversation = await self._store.get(conv)
            await self._handover.tell(conversation, body, cid=f"notice:{uuid.uuid5(uuid.NAMESPACE_URL, f'{name} {what}')}")
        except UnknownConversation:
            await self._book.drop(conv, name)
            await self._book.unlist(name, conv)
            return False
        log.info("notice", conv=conv, gemeente=conversation.gemeente, channel=conversation.channel, action=body["kind"])
        return True

    def _today(self) -> date:
        return self._now().astimezone(AMSTERDAM).date()
