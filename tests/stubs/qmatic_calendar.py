"""The calendar of the Qmatic on loopback: what is offered, what is free, what is booked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

JSON = Mapping[str, Any]
Parameters = Mapping[str, list[str]]


class Problem(Exception):
    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass
class Service:
    name: str
    duration: int
    additional: int
    group: str = "burgerzaken"  # services of one group can be had in one visit
    active: bool = True
    public: bool = True


@dataclass
class Branch:
    name: str
    services: Sequence[str]
    week: Mapping[int, Sequence[tuple[time, time]]]
    capacity: int = 1
    time_zone: str = "Europe/Amsterdam"


@dataclass
class Calendar:
    """`services` and `branches` by publicId; `booked` holds the appointments by publicId as they are answered."""

    services: dict[str, Service]
    branches: dict[str, Branch]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    closed: Callable[[date], bool] = lambda day: False
    horizon_days: int = 60
    booked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def service(self, id: str) -> JSON:
        one = self.services[id]
        return {
            "publicId": id, "name": one.name, "duration": one.duration, "additionalCustomerDuration": one.additional,
            "active": one.active, "publicEnabled": one.public, "custom": None,
        }  # fmt: skip

    def branch(self, id: str) -> JSON:
        zone = self.branches[id].time_zone
        return {"publicId": id, "name": self.branches[id].name, "timeZone": zone, "fullTimeZone": zone, "addressZip": "1234 AB"}

    def free(self, branch: str, day: date, length: timedelta) -> list[datetime]:
        """Free moments for a visit of this length, in UTC; one follows the other by the length."""
        zone, here = self.zone(branch), self.branch_of(branch)
        today = self.now().astimezone(zone).date()
        if not today <= day <= today + timedelta(days=self.horizon_days) or self.closed(day):
            return []
        taken = [_moments(one) for one in self.booked.values() if one["branch"]["publicId"] == branch]
        found = []
        for opens, closes in here.week.get(day.weekday(), ()):
            start, end = (datetime.combine(day, clock, zone).astimezone(UTC) for clock in (opens, closes))
            while start + length <= end:
                busy = sum(begin < start + length and start < until for begin, until in taken)
                if busy < here.capacity and start > self.now():
                    found.append(start)
                start += length
        return found

    def branch_of(self, id: str) -> Branch:
        if id not in self.branches:
            raise Problem(404)
        return self.branches[id]

    def zone(self, branch: str) -> ZoneInfo:
        return ZoneInfo(self.branch_of(branch).time_zone)

    def wanted(self, parameters: Parameters, branch: str) -> list[str]:
        wanted = parameters.get("servicePublicId", [])
        if not wanted or not set(wanted) <= set(self.branch_of(branch).services):
            raise Problem(400, "servicePublicId")
        return wanted

    def length(self, parameters: Parameters, branch: str) -> timedelta:
        people = int(parameters.get("numberOfCustomers", ["1"])[0])
        services = [self.services[id] for id in self.wanted(parameters, branch)]
        return timedelta(minutes=sum(one.duration + one.additional * (people - 1) for one in services))


def _moments(appointment: JSON) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(appointment["start"]), datetime.fromisoformat(appointment["end"])
