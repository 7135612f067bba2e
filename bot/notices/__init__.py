"""Notices: the counter comes to the citizen. What a conversation wants to be told, until when, and how it stops.

A case that was looked up is followed in that conversation alone, until an end date. An appointment is remembered the day before.
Nothing is kept before the citizen asks for it; erasing the conversation removes all of it. `clerk.py` brings the notices.

What books, moves or cancels an appointment tells so: `remindable` says whether a reminder can be offered, `moved` and `gone` are
called after a move and a cancellation, and do nothing when there is no reminder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self

from bot.appointments import Appointment
from bot.appointments.links import CalendarLinks
from bot.conversation.due import Entry, Item
from bot.conversation.notices import NoticeBook
from bot.gemeenten import AMSTERDAM, Gemeente
from bot.letters import plain
from bot.notices.quiet import after_quiet
from bot.settings import Settings
from bot.zaken import ZaakStatus

Reason = Literal["", "too_soon", "too_far"]


class TooMany(Exception):
    """This conversation has as many notices as one may have."""


class Gone(Exception):
    """There is nothing (any more) to go on with: withdrawn, ended, or the conversation was erased."""


@dataclass(frozen=True)
class Notice:
    """What a conversation is told of. `id` names it for withdrawing; it says nothing of the case or the appointment.

    A case has `number`, `zaaktype` and `until` (the last day); a reminder has `start` of the appointment and `at`, when it comes.
    """

    id: str
    kind: Literal["case", "visit"]
    until: date
    number: str = ""
    zaaktype: str = ""
    start: datetime | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, name: str, entry: Entry) -> Self:
        if entry["kind"] == "case":
            return cls(name, "case", date.fromisoformat(entry["until"]), entry["number"], entry["zaaktype"])
        start, at = (datetime.fromisoformat(entry[key]) for key in ("start", "at"))
        return cls(name, "visit", start.astimezone(AMSTERDAM).date(), start=start, at=at)


class Notices:
    """Every method that waits raises StoreUnavailable when the store does not answer in time.

    `hashed` turns an address into a name that says nothing (bot.conversation.limits). `now` gives the aware present time.
    """

    def __init__(
        self, book: NoticeBook, hashed: Callable[[str], str], settings: Settings, gemeenten: Mapping[str, Gemeente],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._book = book
        self._hashed = hashed
        self._settings = settings
        self._gemeenten = gemeenten
        self._now = now

    # Cases.

    def offered(self, gemeente: str) -> bool:
        """Whether the case system of this municipality announces changes, so that there is something to tell."""
        return "notifications" in self._gemeenten[gemeente].suppliers

    async def follow(self, conv: str, gemeente: str, zaak: ZaakStatus) -> date:
        """Tell this conversation when the case changes, up to and including the day that is returned. Twice is once.

        Only for a case that was just looked up in this very conversation. Raises TooMany, Gone, and ValueError for a case
        without an address, or one whose changes aren't announced.
        """
        if not (zaak.ref and zaak.may_follow):
            raise ValueError("such a case is never announced")
        name = self.case_name(gemeente, zaak.ref)
        until = self._last_day(gemeente)
        entry = {"kind": "case", "gemeente": gemeente, "number": zaak.identificatie, "zaaktype": zaak.zaaktype,
                 "until": until.isoformat(), "seen": self.seen(zaak)}
        await self._keep(conv, name, entry)
        if missed := await self._book.recent(name):  # announced between the look-up and this moment
            await self._book.announce(name, missed, self._settings.max_notices_waiting)
        return until

    async def extend(self, conv: str, name: str) -> Notice:
        """Go on with a case that is followed, for another period. Raises Gone."""
        entry = (await self._current(conv)).get(name)
        if entry is None or entry["kind"] != "case":
            raise Gone
        entry = entry | {"until": self._last_day(entry["gemeente"]).isoformat()}
        await self._keep(conv, name, entry)
        return Notice.of(name, entry)

    async def announce(self, gemeente: str, ref: str, status: str) -> bool:
        """The case system announced that the case `ref` got `status`; both are addresses, and taken for nothing but a reason to
        look. What somebody follows is kept for the clerk before this returns. False when there is no room: it must be told again.
        """
        name = self.case_name(gemeente, ref)
        body = {"what": "announced", "gemeente": gemeente, "name": name, "ref": ref, "status": status}
        item = Item("announced:" + self._hashed(f"notice:{name}:{status}"), body, self._now().timestamp())
        return await self._book.announce(name, item, self._settings.max_notices_waiting) != "full"

    def case_name(self, gemeente: str, ref: str) -> str:
        """What stands for a case in the store: only who has its address and our secret can make it."""
        return "case:" + self._hashed(f"notice:{gemeente}:{ref}")

    def seen(self, zaak: ZaakStatus) -> str:
        """Stands for what a citizen was told of a case: equal when there is nothing new to tell."""
        told = (zaak.ref, zaak.status, zaak.step, zaak.finished, zaak.suspended, zaak.extended, zaak.to_pay, zaak.expected)
        return self._hashed(f"notice:seen:{told}")

    # Appointments.

    def remindable(self, gemeente: str, start: datetime) -> Reason:
        """"" when a reminder the day before is possible; "too_soon" when that moment has passed, "too_far" when this
        conversation may be gone by then."""
        at = self._reminder_at(start)
        if at <= self._now():
            return "too_soon"
        return "too_far" if at > self._now() + timedelta(days=self._gemeenten[gemeente].retention_days) else ""

    async def remind(self, conv: str, gemeente: str, appointment: Appointment) -> datetime:
        """Remind of an appointment; returns when. Twice is once. Raises TooMany, Gone, and ValueError unless `remindable`."""
        if reason := self.remindable(gemeente, appointment.start):
            raise ValueError(reason)
        at = self._reminder_at(appointment.start)
        name = self.visit_name(gemeente, appointment.reference)
        sealed = self.seals(gemeente).seal(gemeente, appointment.reference, appointment.code)
        start = appointment.start.astimezone(UTC).isoformat()
        entry = {"kind": "visit", "gemeente": gemeente, "sealed": sealed, "start": start, "at": at.isoformat()}
        await self._keep(conv, name, entry)
        return at

    async def moved(self, conv: str, gemeente: str, old_reference: str, appointment: Appointment) -> datetime | None:
        """The reminder follows the appointment. Returns when it comes; None when there was none, or none is possible now."""
        name = self.visit_name(gemeente, old_reference)
        if name not in await self._current(conv):
            return None
        if name != self.visit_name(gemeente, appointment.reference) or self.remindable(gemeente, appointment.start):
            await self._book.drop(conv, name)
        return None if self.remindable(gemeente, appointment.start) else await self.remind(conv, gemeente, appointment)

    async def gone(self, conv: str, gemeente: str, reference: str) -> None:
        """The appointment was cancelled: no reminder."""
        await self._book.drop(conv, self.visit_name(gemeente, reference))

    def visit_name(self, gemeente: str, reference: str) -> str:
        """What stands for an appointment in the store."""
        return "visit:" + self._hashed(f"notice:{gemeente}:{plain(reference)}")

    def seals(self, gemeente: str) -> CalendarLinks:
        """Reference and code are kept sealed, as long as a conversation may live and no longer."""
        days = self._gemeenten[gemeente].retention_days + 1
        return CalendarLinks(self._settings.secret, int(timedelta(days=days).total_seconds()), purpose="reminder")

    # All of it.

    async def list_for(self, conv: str) -> list[Notice]:
        """What this conversation is told of, cases first, soonest end first."""
        found = [Notice.of(name, entry) for name, entry in (await self._current(conv)).items()]
        return sorted(found, key=lambda notice: (notice.kind, notice.until, notice.number))

    async def unfollow(self, conv: str, name: str) -> Notice | None:
        """Withdraw one. None when there was no such notice (any more)."""
        dropped = await self._book.drop(conv, name)
        return Notice.of(name, dropped[name]) if name in dropped else None

    async def unfollow_all(self, conv: str) -> list[Notice]:
        """Withdraw everything; `undo` can bring it back for a while."""
        dropped = await self._book.drop(conv)
        if dropped:
            await self._book.put_aside(conv, dropped, self._settings.notice_undo_seconds)
        return [Notice.of(name, entry) for name, entry in dropped.items()]

    async def undo(self, conv: str) -> list[Notice]:
        """Bring back what `unfollow_all` withdrew; empty when that was too long ago."""
        aside = await self._book.take_aside(conv)
        back = {name: entry for name, entry in aside.items() if self._lives(entry)}
        for name, entry in back.items():
            await self._keep(conv, name, entry)
        return [Notice.of(name, entry) for name, entry in back.items()]

    async def _current(self, conv: str) -> dict[str, Entry]:
        return {name: entry for name, entry in (await self._book.entries(conv)).items() if self._lives(entry)}

    def _lives(self, entry: Entry) -> bool:
        if entry["kind"] == "visit":
            return datetime.fromisoformat(entry["start"]) > self._now()
        return date.fromisoformat(entry["until"]) >= self._today()

    async def _keep(self, conv: str, name: str, entry: Entry) -> None:
        seconds = max(int((end_of(entry) - self._now()).total_seconds()), 1)
        item = self._item(conv, name, entry)
        outcome = await self._book.keep(conv, name, entry, item, ttl=seconds, most=self._settings.max_notices)
        if outcome == "gone":
            raise Gone
        if outcome == "full":
            raise TooMany

    def _item(self, conv: str, name: str, entry: Entry) -> Item:
        """What the clerk must do later on: remind, say that the period ends (unless it begins so late), or end it."""
        what = entry["kind"]
        if what == "visit":
            due = datetime.fromisoformat(entry["at"])
        else:
            due = self._at_reminder_hour(date.fromisoformat(entry["until"]) - timedelta(days=1))
            if due <= self._now():
                what, due = "over", end_of(entry)
        return Item(f"{conv}:{name}", {"what": what, "conv": conv, "name": name}, due.timestamp())

    def _today(self) -> date:
        return self._now().astimezone(AMSTERDAM).date()

    def _last_day(self, gemeente: str) -> date:
        """Never later than the conversation itself is kept."""
        return self._today() + timedelta(days=min(self._settings.notice_days, self._gemeenten[gemeente].retention_days))

    def _reminder_at(self, start: datetime) -> datetime:
        return self._at_reminder_hour(start.astimezone(AMSTERDAM).date() - timedelta(days=1))

    def _at_reminder_hour(self, day: date) -> datetime:
        local = datetime.combine(day, time(self._settings.reminder_hour), AMSTERDAM)
        return after_quiet(local.astimezone(UTC), self._settings.quiet_from, self._settings.quiet_until)


def end_of(entry: Entry) -> datetime:
    """When a wish is over and must be gone: after its last day, or a day after its reminder."""
    if entry["kind"] == "visit":
        return datetime.fromisoformat(entry["at"]) + timedelta(days=1)
    return datetime.combine(date.fromisoformat(entry["until"]) + timedelta(days=1), time(), AMSTERDAM)
