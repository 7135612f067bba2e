"""An appointment that an agent makes for the citizen they talk with: what is free, and booking it once.

The appointment lives with the supplier (bot.appointments). The citizen gets it as the bot would tell it, in the agent's name.
"""

from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from aiohttp import web

from bot import dutch
from bot.appointments import (
    Appointment,
    Appointments,
    AppointmentsUnavailable,
    Customer,
    Item,
    OutcomeUnknown,
    SlotTaken,
    told,
)
from bot.appointments.finder import ZONE, Finder
from bot.conversation import events, privacy
from bot.conversation.handover import Refused
from bot.conversation.redis import StoreUnavailable
from bot.conversation.sessions import Session
from bot.conversation.store import Conversation, UnknownConversation
from bot.desk import words
from bot.desk.access import record
from bot.desk.acting import mine
from bot.desk.state import Desk
from bot.desk.typed import Cid, clean
from bot.desk.web import Problem, read, reply

MAX_NAME = 80
MAX_ID = 100
YEARS = 2000, 2999  # between which a moment is one
RETRY_SECONDS = 10

Short = Annotated[str, msgspec.Meta(max_length=200)]


class Book(msgspec.Struct, forbid_unknown_fields=True):
    """`start`: `2026-12-01T09:20`, on the clock of the Netherlands unless it says otherwise. `email` and `phone`: see `asks`."""

    cid: Cid
    product: Short
    location: Short
    start: Short
    name: Short
    persons: int = 1
    email: Short = ""
    phone: Short = ""


async def options(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET appointments/options?product=&persons=`: what for, and with a product where, and what must be asked (`phone`)."""
    supplier = desk.services.appointments(session.gemeente)
    try:
        products = await supplier.products()
        places, asks = [], frozenset[str]()
        if request.query.get("product"):
            wanted = [_item(desk, request)]
            places, asks = await supplier.locations(wanted), await supplier.asks(wanted)
    except AppointmentsUnavailable as exc:
        raise _down() from exc
    return reply({
        "products": [{"id": p.id, "name": p.name, "minutes": p.minutes, "bring": p.bring} for p in products],
        "locations": [{"id": x.id, "name": x.name, "address": x.address, "city": x.city} for x in places],
        "asks": sorted(asks), "max_persons": desk.services.settings.appointment_max_persons,
    })


async def days(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET appointments/days?product=&persons=&location=`: the days with a free time."""
    try:
        found = await _finder(desk, session, request).free_days(request.query.get("location", "")[:MAX_ID])
    except AppointmentsUnavailable as exc:
        raise _down() from exc
    return reply({"days": [day.isoformat() for day in found]})


async def times(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`GET appointments/times?product=&persons=&location=&day=`: the free times of a day, on the clock of the Netherlands."""
    try:
        day = date.fromisoformat(request.query.get("day", ""))
    except ValueError as exc:
        raise Problem(422, "invalid", words.NO_DAY) from exc
    try:
        found = await _finder(desk, session, request).times(request.query.get("location", "")[:MAX_ID], day)
    except AppointmentsUnavailable as exc:
        raise _down() from exc
    return reply({"times": [f"{start:%H:%M}" for start in found]})


async def book(desk: Desk, session: Session, request: web.Request) -> web.Response:
    """`POST …/appointment {cid, product, persons, location, start, name, email?, phone?}`: once per `cid`.

    The same again after a lost answer gives the same appointment. 409 when the time was taken in between, 502 when it is not
    known whether it was made, 503 `untold` when it was and the log does not have it yet: the same `cid` finds out or tells
    later, and never makes a second one.
    """
    body = await read(desk, request, Book)
    item, start, customer = _checked(desk, body.product, body.persons), _moment(body.start), _customer(body)
    found = await mine(desk, session, request)
    supplier = desk.services.appointments(session.gemeente)
    made = await _made(supplier, item, body.location, start, customer, f"{found.id}:desk:{body.cid}")
    try:
        await record(desk, session, found.id, "book", reference=made.reference)
        seq = await _tell(desk, session, found, made, body.cid)
    except StoreUnavailable as exc:
        title = words.booked_but_untold(made.reference)
        raise Problem(503, "untold", title, retry_after=RETRY_SECONDS, reference=made.reference) from exc
    return reply({
        "cid": body.cid, "seq": seq, "reference": made.reference, "start": made.start.astimezone(ZONE).isoformat(),
        "location": made.location.name,
    }, status=201)


async def _made(
    supplier: Appointments, item: Item, location: str, start: datetime, customer: Customer, key: str
) -> Appointment:
    try:
        if not customer.phone and "phone" in await supplier.asks([item]):
            raise Problem(422, "phone_needed", words.PHONE_NEEDED)
        return await supplier.book([item], location, start, customer, key=key)
    except SlotTaken as exc:
        raise Problem(409, "slot_taken", words.SLOT_TAKEN) from exc
    except AppointmentsUnavailable as exc:
        raise _down(words.BOOKING_DOWN) from exc
    except OutcomeUnknown as exc:
        raise Problem(502, "outcome_unknown", words.BOOKING_UNKNOWN, retry_after=RETRY_SECONDS) from exc


async def _tell(desk: Desk, session: Session, found: Conversation, made: Appointment, cid: str) -> int:
    """The confirmation in the log, once; also when the conversation went to somebody else meanwhile: the appointment stands."""
    card = told.card(made, desk.services.calendar_address(found.gemeente, made))
    text, handover, cid = words.booked(told.values(made)), desk.services.handover, f"book-{cid}"
    try:
        return await handover.say(found, session.agent, text, cid, parts=[card])
    except Refused:
        body = events.message("agent", text, name=session.agent.name, cid=cid, parts=[card])
        return await handover.tell(found, body, cid=f"agent:{cid}")
    except UnknownConversation as exc:
        raise Problem(404, "gone", words.booked_but_gone(made.reference), reference=made.reference) from exc


def _finder(desk: Desk, session: Session, request: web.Request) -> Finder:
    settings = desk.services.settings
    today = desk.services.now().astimezone(ZONE).date()
    last = today + timedelta(days=settings.appointment_horizon_days)
    supplier = desk.services.appointments(session.gemeente)
    return Finder(supplier, [_item(desk, request)], today, last, settings.appointment_days_searched)


def _item(desk: Desk, request: web.Request) -> Item:
    persons = request.query.get("persons") or "1"
    number = int(persons) if persons.isascii() and persons.isdecimal() and len(persons) < 4 else 0
    return _checked(desk, request.query.get("product", "")[:MAX_ID], number)


def _checked(desk: Desk, product: str, persons: int) -> Item:
    most = desk.services.settings.appointment_max_persons
    if not product or not 1 <= persons <= most:
        raise Problem(422, "invalid", words.persons_between(most) if product else words.NO_PRODUCT)
    return Item(product, persons)


def _moment(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Problem(422, "invalid", words.NO_TIME) from exc
    if not YEARS[0] < start.year < YEARS[1]:  # at the ends of the calendar there is no other clock to tell it by
        raise Problem(422, "invalid", words.NO_TIME)
    return start if start.tzinfo else start.replace(tzinfo=ZONE)


def _customer(body: Book) -> Customer:
    """Who comes. Raises a Problem in words about what isn't right; what was typed is in no log."""
    name = " ".join(clean(body.name).split())
    if not name or len(name) > MAX_NAME or privacy.mask(name) != name:
        raise Problem(422, "invalid", words.NO_NAME)
    email = dutch.parse_email(body.email) if body.email.strip() else ""
    if email is None:
        raise Problem(422, "invalid", words.NO_EMAIL)
    phone = dutch.parse_phone(body.phone) if body.phone.strip() else None
    if phone is None and body.phone.strip():
        raise Problem(422, "invalid", words.NO_PHONE)
    return Customer(name, email, phone)


def _down(title: str = words.APPOINTMENTS_DOWN) -> Problem:
    return Problem(503, "appointments_down", title, retry_after=RETRY_SECONDS)
