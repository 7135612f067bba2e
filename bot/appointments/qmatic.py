"""Appointments at Qmatic: Orchestra Calendar's public appointment API, versions 1 and 2.

Its ways: parameters stand in the path after semicolons ("matrix" parameters; what comes after a question mark is ignored); times
are local to the branch and without a zone going in, and in UTC coming back; booking answers 202; a refusal is a 4xx, or a 500
with the headers `error_code` and `error_message`. A 500 without them, or none at all, says nothing about what was done. There is
no known error code for a time that is taken, so after a refusal the free times are asked again.

The public API has no way to look for an appointment whose id isn't known: after a booking without an answer it can't be found out
what came of it. An employee can, by our reference in title and notes.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from yarl import URL

from bot.appointments import AppointmentNotFound, Customer, Detail, Item, SlotTaken
from bot.appointments.qmatic_check import faults
from bot.appointments.supplier import Booked, Refused, exists_once, usable_answer
from bot.http import Http, HttpFailure, Reply

NAME_LENGTH, EMAIL_LENGTH, PHONE_LENGTH, TITLE_LENGTH = 200, 255, 50, 255
_ERROR_CODE = re.compile(r"[\w.-]{1,40}")


class Qmatic:
    """A `Supplier`. `url` is the root of the public API (`https://…/calendar-backend/public/api`).

    `products` gives the publicId of a service per product of ours, `locations` that of a branch per location. `names` are the
    names of our products, for the employee who reads title and notes. `request_seconds` limits one request.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        products: Mapping[str, str],
        locations: Mapping[str, str],
        names: Mapping[str, str],
        request_seconds: float,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"X-Api-Key": api_key, "Content-Type": "application/json"}
        self._services = dict(products)
        self._branches = dict(locations)
        self._names = names
        self._http = Http(request_seconds)
        self._zones: dict[str, ZoneInfo] = {}

    async def locations(self, product_ids: Sequence[str]) -> list[str]:
        services = self._unique(product_ids)
        lists = await asyncio.gather(*(self._get(f"v1/services/{_safe(one)}/branches") for one in services))
        with usable_answer():
            found = [{branch["publicId"] for branch in one["branchList"]} for one in lists]
        ours = [id for id, branch in self._branches.items() if all(branch in one for one in found)]
        if len(services) == 1:
            return ours
        together = await asyncio.gather(*(self._go_together(self._branches[id], services) for id in ours))
        return [id for id, fine in zip(ours, together, strict=True) if fine]

    async def days(self, items: Sequence[Item], location_id: str, first: date, last: date) -> list[date]:
        # All bookable days come at once: the API knows no first and last.
        answer = await self._get(f"v2/branches/{_safe(self._branches[location_id])}/dates{self._wanted(items)}")
        with usable_answer():
            return [datetime.fromisoformat(day).date() for day in answer["dates"]]

    async def times(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime]:
        branch = self._branches[location_id]
        path = f"v2/branches/{_safe(branch)}/dates/{day.isoformat()}/times{self._wanted(items)}"
        answer, zone = await asyncio.gather(self._get(path), self._zone(branch))
        with usable_answer():
            moments = [datetime.combine(day, time.fromisoformat(clock), zone) for clock in answer["times"]]
        return [moment for moment in moments if exists_once(moment)]

    async def asks(self, items: Sequence[Item]) -> frozenset[Detail]:
        return frozenset()  # the public API has no such requirements

    async def create(
        self, items: Sequence[Item], location_id: str, start: datetime, customer: Customer, reference: str
    ) -> Booked:
        branch = self._branches[location_id]
        try:
            local = start.astimezone(await self._zone(branch))
        except HttpFailure as exc:
            raise HttpFailure(str(exc), sent=False) from exc  # the booking itself wasn't sent
        path = f"v2/branches/{_safe(branch)}/dates/{local:%Y-%m-%d}/times/{local:%H:%M}/book"
        wanted = self._booking(items, customer, reference)
        reply = await self._http.act("POST", self._at(path), headers=self._headers, json=wanted)
        if _refused(reply):
            free = await self._times_after_refusal(items, location_id, local.date())
            if free is not None and start not in free:
                raise SlotTaken("Qmatic refused this moment, and doesn't offer it any more")
            raise Refused(_told(reply))
        _need(reply, 200, 201, 202)
        return self._booked(reply.json(), reference)

    async def get(self, id: str, reference: str) -> Booked:
        reply = await self._http.get(self._at(f"v1/appointments/{_safe(id)}"), headers=self._headers)
        if reply.status == 404:
            raise AppointmentNotFound
        _need(reply, 200)
        with usable_answer():
            appointment = reply.json()["appointment"]
        booked = self._booked(appointment, reference)
        if booked.id != id:
            raise HttpFailure("an answer about another appointment", sent=True)
        return booked

    async def delete(self, id: str) -> None:
        reply = await self._http.act("DELETE", self._at(f"v1/appointments/{_safe(id)}"), headers=self._headers)
        if reply.status == 404:
            raise AppointmentNotFound
        if _refused(reply):
            raise Refused(_told(reply))
        _need(reply, 200, 202, 204)

    async def check(self) -> list[str]:
        return await faults(self._get, self._services, self._branches, self._url)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _go_together(self, branch: str, services: Sequence[str]) -> bool:
        """Whether one visit can be for all these services at this branch."""
        groups = await self._get(f"v2/branches/{_safe(branch)}/services/groups;servicePublicId={_safe(services[0])}")
        with usable_answer():
            return any(set(services) <= {service["publicId"] for service in group["services"]} for group in groups)

    async def _times_after_refusal(self, items: Sequence[Item], location_id: str, day: date) -> list[datetime] | None:
        try:
            return await self.times(items, location_id, day)
        except (HttpFailure, Refused):
            return None

    async def _zone(self, branch: str) -> ZoneInfo:
        """The time zone of a branch; asked once."""
        if branch not in self._zones:
            answer = await self._get(f"v1/branches/{_safe(branch)}")
            with usable_answer():
                self._zones[branch] = ZoneInfo(answer["branch"]["timeZone"])
        return self._zones[branch]

    async def _get(self, path: str) -> Any:
        reply = await self._http.get(self._at(path), headers=self._headers)
        if reply.status < 500 and reply.status != 200:
            raise Refused(_told(reply))
        _need(reply, 200)
        return reply.json()

    def _at(self, path: str) -> URL:
        return URL(f"{self._url}/{path}", encoded=True)  # as it stands: semicolons are part of the address

    def _unique(self, product_ids: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self._services[id] for id in product_ids))

    def _wanted(self, items: Sequence[Item]) -> str:
        """The matrix parameters for free days and times.

        Qmatic counts the people once for all services, so we ask for the largest party: enough for every product. Some clients
        send the number of people besides the first; ours is the total, which is never too short for either reading.
        """
        services = "".join(f";servicePublicId={_safe(one)}" for one in self._unique(item.product_id for item in items))
        people = _people(items)
        return services + (f";numberOfCustomers={people}" if people > 1 else "")

    def _booking(self, items: Sequence[Item], customer: Customer, reference: str) -> dict[str, Any]:
        names = [self._names[item.product_id] for item in items]
        what = "; ".join(
            f"{name}: {item.persons} {'persoon' if item.persons == 1 else 'personen'}"
            for name, item in zip(names, items, strict=True)
        )
        return {
            "title": f"{reference} {', '.join(names)}"[:TITLE_LENGTH],
            "customers": [_to_wire(customer)] * _people(items),  # only who books is known
            "services": [{"publicId": one} for one in self._unique(item.product_id for item in items)],
            "notes": f"Gemaakt in de chat. Afspraaknummer: {reference}. {what}.",
        }

    def _booked(self, raw: Any, reference: str) -> Booked:
        with usable_answer():
            if reference not in f"{raw['title']} {raw.get('notes')}":
                raise HttpFailure("an answer about another appointment", sent=True)
            start, end = (datetime.fromisoformat(raw[name]) for name in ("start", "end"))
            if start.tzinfo is None or end.tzinfo is None:
                raise HttpFailure("an appointment without a time zone", sent=True)
            ours = {branch: id for id, branch in self._branches.items()}
            location = ours[raw["branch"]["publicId"]]
            return Booked(str(raw["publicId"]), location, start, end, _from_wire(raw["customers"]))


def _safe(id: str) -> str:
    return quote(id, safe="")


def _people(items: Sequence[Item]) -> int:
    return max(item.persons for item in items)


def _to_wire(customer: Customer) -> dict[str, str]:
    """First word and the rest as first and last name; what doesn't fit is cut (a name) or left out."""
    first, _, last = customer.name.strip().partition(" ")
    wire = {"firstName": first[:NAME_LENGTH] if last else "", "lastName": (last or first)[:NAME_LENGTH]}
    wire["email"] = customer.email if len(customer.email) <= EMAIL_LENGTH else ""
    wire["phone"] = customer.phone if customer.phone and len(customer.phone) <= PHONE_LENGTH else ""
    return {name: value for name, value in wire.items() if value}


def _from_wire(customers: Sequence[Mapping[str, Any]]) -> Customer | None:
    """Who booked; None when Qmatic has forgotten it, as it does after a while."""
    if not customers or not customers[0].get("lastName"):
        return None
    first = customers[0]
    name = f"{first.get('firstName') or ''} {first['lastName']}".strip()
    return Customer(name, first.get("email") or "", first.get("phone") or None)


def _refused(reply: Reply) -> bool:
    """Whether Qmatic itself says that it didn't act."""
    told = "error_code" in reply.headers or "error_message" in reply.headers
    return 400 <= reply.status < 500 or (reply.status == 500 and told)


def _told(reply: Reply) -> str:
    """What may be logged of a refusal: its message could name what was sent."""
    code = reply.headers.get("error_code", "")
    return f"Qmatic answers {reply.status}" + (f", error code {code}" if _ERROR_CODE.fullmatch(code) else "")


def _need(reply: Reply, *statuses: int) -> None:
    if reply.status not in statuses:
        raise HttpFailure(f"Qmatic answers {reply.status}", sent=True)
