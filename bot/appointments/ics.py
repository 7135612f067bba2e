"""An appointment as a calendar file (RFC 5545), to publish or to cancel (RFC 5546)."""

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress

from bot.appointments import Appointment


def to_ics(appointment: Appointment, organiser_name: str, *, cancelled: bool = False, now: datetime | None = None) -> bytes:
    """The .ics file. A later file for the same reference replaces the earlier one in the citizen's calendar.

    The code isn't in it: calendars are shared. `now` is the moment of making, the clock's when not given.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Balie//Afspraken//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(_event(appointment, organiser_name, cancelled, now or datetime.now(UTC)))
    file: bytes = calendar.to_ical()
    return file


def _event(appointment: Appointment, organiser_name: str, cancelled: bool, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{appointment.reference}@balie")
    event.add("sequence", appointment.revision + cancelled)  # a cancellation comes after the last move
    event.add("dtstamp", now.astimezone(UTC))
    # UTC needs no VTIMEZONE and means the same in every calendar; the calendar shows local time.
    event.add("dtstart", appointment.start.astimezone(UTC))
    event.add("dtend", appointment.end.astimezone(UTC))
    event.add("summary", f"Afspraak: {', '.join(_names(appointment))}")
    event.add("description", _description(appointment, organiser_name))
    place = appointment.location
    event.add("location", f"{place.name}, {place.address}, {place.postcode} {place.city}")
    organiser = vCalAddress("invalid:nomail")  # RFC 5546 requires an organiser; there is no address to answer to
    organiser.params["CN"] = organiser_name
    event["organizer"] = organiser
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        event.add_component(_reminder(appointment))
    return event


def _description(appointment: Appointment, organiser_name: str) -> str:
    names = _names(appointment)
    if len(names) == 1:
        lines = [f"Uw afspraak bij {organiser_name}: {names[0]}."]
    else:
        lines = [f"Uw afspraak bij {organiser_name}:", *(f"- {name}" for name in names)]
    if appointment.bring:
        lines += ["Neem mee:", *(f"- {item}" for item in appointment.bring)]
    return "\n".join([*lines, f"Uw afspraaknummer: {appointment.reference}"])


def _names(appointment: Appointment) -> list[str]:
    """What it is for, and for how many if that is more than one."""
    return [line.product.name + (f" ({line.persons} personen)" if line.persons > 1 else "") for line in appointment.lines]


def _reminder(appointment: Appointment) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Morgen: {', '.join(_names(appointment))}")
    alarm.add("trigger", timedelta(days=-1))
    return alarm
