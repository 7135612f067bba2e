"""What the JCC stub offers: activities, locations, and the times that are free."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.appointments.timetable import Week

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Json = dict[str, Any]
Items = Sequence[tuple[str, int]]  # activity and amount
NAMESPACE = uuid.UUID("00000000-0000-0000-0000-000000000000")


def identifier(name: str) -> str:
    """The id that the stub gives to what we call `name`: always the same one."""
    return str(uuid.uuid5(NAMESPACE, name))


def activity(name: str, minutes: int) -> Json:
    return {"id": identifier(name), "number": 13, "description": name, "appointmentDuration": minutes * 60, "maxCountForEvent": 0}


def location(name: str) -> Json:
    address = {"streetName": "Markt", "houseNumber": "1", "postalCode": "1234 AB", "city": "Voorbeeld"}
    return {"id": identifier(name), "description": name, "address": address, "isActive": True, "phoneNumberList": []}


@dataclass
class Plan:
    """`opening` gives the week of each location by its id. Times follow one another by the length of the appointment.

    Moments are counted in UTC, so that lengths are right in the night the clock changes.
    """

    activities: list[Json]
    locations: list[Json]
    opening: Mapping[str, Week]
    now: Callable[[], datetime]
    closed: Callable[[date], bool] = lambda day: False
    horizon_days: int = 365

    def knows(self, activities: Iterable[str]) -> bool:
        known = {one["id"] for one in self.activities}
        return all(activity in known for activity in activities)

    def location(self, number: str) -> Json | None:
        return next((one for one in self.locations if one["id"] == number), None)

    def at(self, activities: Sequence[str]) -> list[Json]:
        """The locations where all these activities are handled."""
        return self.locations if self.knows(activities) else []

    def range(self) -> tuple[date, date]:
        """The first and the last day of an appointment."""
        today = self.now().astimezone(AMSTERDAM).date()
        return today, today + timedelta(days=self.horizon_days)

    def length(self, items: Items) -> timedelta:
        """Of an appointment for all of these."""
        seconds = {one["id"]: one["appointmentDuration"] for one in self.activities}
        return timedelta(seconds=sum(seconds[activity] * amount for activity, amount in items))

    def free(self, items: Items, location: str, day: date, taken: Sequence[tuple[datetime, datetime]]) -> list[datetime]:
        """The starts on this day."""
        first, last = self.range()
        if not first <= day <= last or self.closed(day):
            return []
        length, found = self.length(items), []
        for opens, closes in self.opening.get(location, {}).get(day.weekday(), ()):
            start, end = (datetime.combine(day, moment, AMSTERDAM).astimezone(UTC) for moment in (opens, closes))
            while start + length <= end:
                if start > self.now() and not any(begin < start + length and start < until for begin, until in taken):
                    found.append(start)
                start += length
        return found
