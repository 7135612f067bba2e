"""Appointments at JCC WARP REST (JCC-Afspraken), as its recorded exchanges show it.

What to know: times come as local times without an offset and go in with one; the last day of a period isn't part of it, and a
period is 50 days at most; JCC finds an appointment by its own id only, and reports a refused booking with status 200.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.appointments import TIME_ZONE, AppointmentNotFound, Customer, Detail, Item, SlotTaken
from bot.appointments import jcc_customer as customers
from bot.appointments.jcc_check import faults
from bot.appointments.jcc_client import JccClient, Query, usable
from bot.appointments.supplier import Booked, Refused, exists_once, usable_answer
from bot.http import HttpFailure

_PERIOD = timedelta(days=50)
_DAY = timedelta(days=1)
_MAX_REMEMBERED = 200
_LOCAL = ZoneInfo(TIME_ZONE)


@dataclass(frozen=True)
class _Terms:
    """What JCC says with the times and wants back in a booking: how long it takes, and the details it asks of the customer."""

    length: timedelta
    fields: Mapping[str, Any]


class Jcc:
    """`Supplier` for JCC. `products` and `locations` map our ids to JCC's activities and locations."""

    def __init__(self, client: JccClient, products: Mapping[str, str], locations: Mapping[str, str]) -> None:
        self._client = client
        self._products = products
        self._locations = locations
        self._terms: dict[tuple[Item, ...], _Terms] = {}

    async def locations(self, product_ids: Sequence[str]) -> list[str]:
        activities = dict.fromkeys(self._products[product] for product in product_ids)
        answer = await self._read("location/forappointment", [("selectedActivityId", id) for id in activities])
        with usable_answer():
            there = {location["id"] for location in answer if location.get("isActive") is not False}
        return [ours for ours, theirs in self._locations.items() if theirs in there]

    async def days(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[date]:
        opens, closes = _range(await self._read("activity/appointmentdaterange", self._ids(items)))
        first, last = max(first, opens), min(last, closes)
        periods = []
        while first <= last:
            periods.append((first, min(first + _PERIOD, last + _DAY)))
            first += _PERIOD
        answers = await asyncio.gather(*(self._free(items, location_id, *period) for period in periods))
        return [moment.date() for answer in answers for moment in _moments(answer)]

    async def times(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime]:
        """As `Supplier.times`. Raises Refused when a booking would need what no citizen is asked."""
        span, free, fields = await asyncio.gather(
            self._client.get("activity/appointmentdaterange", self._ids(items)),
            self._client.get("appointment/availabletimelist", self._period(items, location_id, day, day + _DAY)),
            self._fields(items),
        )
        opens, closes = _range(usable(span))
        if not opens <= day <= closes:
            return []  # the list is an error then
        answer = usable(free)
        moments = _moments(answer)
        if moments:
            with usable_answer():
                length = _length(timedelta(seconds=answer["appointmentDuration"]))
            self._remember(items, _Terms(length, fields))
        return [moment for moment in moments if exists_once(moment)]

    async def asks(self, items: Sequence[Item]) -> frozenset[Detail]:
        return customers.asks(await self._fields(items))

    async def create(
        self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, reference: str
    ) -> Booked:
        terms = self._terms.get(tuple(items)) or await self._ask_terms(items, start)
        start = start.astimezone(_LOCAL)
        # Added in UTC, for the end may lie beyond a change of the clock.
        end = (start.astimezone(UTC) + terms.length).astimezone(_LOCAL)
        booking = {
            "id": None,
            "activityList": [{"activityId": id, "amount": amount} for id, amount in self._amounts(items).items()],
            "customerList": [customers.as_json(customer, terms.fields)],
            "fromDateTime": start.isoformat(),
            "toDateTime": end.isoformat(),
            "locationId": self._locations[location_id],
            "message": f"Gemaakt in de chat. Afspraaknummer: {reference}.",
            "fieldList": None,
        }
        answer = usable(await self._client.act("POST", "appointment", json=booking))
        with usable_answer():
            if answer["acknowledgeIsSuccess"] is True:
                return Booked(_id(answer), location_id, start, end, customer)
        raise await self._refusal(answer, items, location_id, start)

    async def get(self, id: str, reference: str) -> Booked:
        reply = await self._client.get("appointment", [("id", id)])
        if reply.status in (204, 404) or (reply.status == 200 and reply.body.strip() in (b"", b"null")):
            raise AppointmentNotFound
        answer = usable(reply)
        with usable_answer():
            if _id(answer) != id:
                raise HttpFailure("an answer is about another appointment", sent=True)
            location = answer["location"]["id"]
            start, end = _moment(answer["startDateTime"]), _moment(answer["endDateTime"])
            customer = customers.parse(answer.get("customerList") or [])
        ours = next((ours for ours, theirs in self._locations.items() if theirs == location), None)
        if ours is None:
            raise HttpFailure("an appointment is at a location that isn't configured", sent=True)
        return Booked(id, ours, start, end, customer)

    async def delete(self, id: str) -> None:
        reply = await self._client.act("DELETE", "appointment", [("id", id)])
        if reply.status == 404:
            raise AppointmentNotFound
        answer = usable(reply)
        with usable_answer():
            done = answer.get("id") == id  # there is no acknowledgement in this answer
        if not done:
            await self.get(id, "")  # gone already?
            raise Refused(f"JCC didn't cancel: {_code(answer)}")

    async def check(self) -> list[str]:
        return await faults(self._client, self._products, self._locations)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _read(self, path: str, query: Query) -> Any:
        return usable(await self._client.get(path, query))

    async def _free(self, items: Sequence[Item], location_id: str, first: date, until: date) -> Any:
        return await self._read("appointment/availabletimelist", self._period(items, location_id, first, until))

    async def _fields(self, items: Sequence[Item]) -> Mapping[str, Any]:
        """What JCC asks of a customer. Raises Refused when that is more than we can ask: only its administrator can help."""
        query = [("selectedActivityId", id) for id in self._amounts(items)]
        fields = customers.fields(await self._read("customer/customerfields/required", query))
        if missing := customers.lacking(fields):
            raise Refused(f"JCC requires what Balie doesn't ask of a citizen: {', '.join(missing)}")
        return fields

    async def _ask_terms(self, items: Sequence[Item], start: datetime) -> _Terms:
        """For who books without having asked for the times. No failure here is one of the booking."""
        query = [*self._query(items), ("dateTime", start.astimezone(_LOCAL).date().isoformat())]
        try:
            minutes, fields = await asyncio.gather(self._read("appointment/calculateduration", query), self._fields(items))
            with usable_answer():
                return _Terms(_length(timedelta(minutes=minutes)), fields)
        except HttpFailure as exc:
            raise HttpFailure(str(exc), sent=False) from exc

    def _remember(self, items: Sequence[Item], terms: _Terms) -> None:
        self._terms.pop(tuple(items), None)
        self._terms[tuple(items)] = terms
        if len(self._terms) > _MAX_REMEMBERED:
            del self._terms[next(iter(self._terms))]  # the oldest

    async def _refusal(self, answer: Any, items: Sequence[Item], location_id: str, start: datetime) -> Exception:
        """Why a booking was refused. No code for a time that was taken is known, so the times are asked again."""
        refused = Refused(f"JCC refused a booking: {_code(answer)}")
        try:
            free = _moments(await self._free(items, location_id, start.date(), start.date() + _DAY))
        except (HttpFailure, Refused):
            return refused
        return refused if start in free else SlotTaken("taken while the citizen chose")

    def _amounts(self, items: Sequence[Item]) -> dict[str, int]:
        """Activity to number of people; two products of ours may be one activity."""
        amounts: dict[str, int] = {}
        for item in items:
            activity = self._products[item.product_id]
            amounts[activity] = amounts.get(activity, 0) + item.persons
        return amounts

    def _ids(self, items: Sequence[Item]) -> Query:
        return [("activityId", id) for id in self._amounts(items)]

    def _query(self, items: Sequence[Item]) -> Query:
        pairs = self._amounts(items).items()
        return [pair for id, amount in pairs for pair in (("activityId", id), ("amount", str(amount)))]

    def _period(self, items: Sequence[Item], location_id: str, first: date, until: date) -> Query:
        period = [("fromDate", first.isoformat()), ("toDate", until.isoformat())]
        return [("locationId", self._locations[location_id]), *period, *self._query(items)]


def _range(answer: Any) -> tuple[date, date]:
    with usable_answer():
        return _moment(answer["minDate"]).date(), _moment(answer["maxDate"]).date()


def _moments(answer: Any) -> list[datetime]:
    with usable_answer():
        return [_moment(text) for text in answer["availableTimesList"]]


def _moment(text: str) -> datetime:
    """A local time. Should JCC ever send an offset, that counts."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(_LOCAL) if moment.tzinfo else moment.replace(tzinfo=_LOCAL)


def _length(length: timedelta) -> timedelta:
    if length <= timedelta():
        raise ValueError("an appointment that takes no time")
    return length


def _id(answer: Any) -> str:
    id = answer["id"]
    if not isinstance(id, str) or not id:
        raise ValueError("no id")
    return id


def _code(answer: Any) -> str:
    """JCC's number of a fault, for the log. Its words are left out: they may repeat what was sent."""
    code = answer.get("code") if isinstance(answer, dict) else None
    return f"code {code}" if isinstance(code, int) or (isinstance(code, str) and code.isdigit()) else "no code"
