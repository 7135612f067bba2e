"""A customer as JCC wants one. Which details it asks, needs or leaves out differs per activity.

JCC calls a detail visible (0, and when nothing is said of it), hidden (1) or required (2). Hidden details aren't sent: nobody at
the counter looks at them. A family name is always required, and so is a gender, for which 0 stands for "not given".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.appointments import Customer, Detail
from bot.appointments.supplier import usable_answer

Json = dict[str, Any]

VISIBLE, HIDDEN, REQUIRED = 0, 1, 2
GENDER_NOT_GIVEN = 0
_EITHER_NAME = "areFirstNameOrInitialsRequired"
_EITHER_PHONE = "isAnyPhoneNumberRequired"
_PHONES = {"mainPhoneNumber": "phoneNumber", "mobilePhoneNumber": "mobilePhoneNumber"}  # as it is asked -> as it is sent
_GIVEN = {"gender", "lastName", "firstName", "initials", "emailAddress", *_PHONES}  # what a booking can hold
_MOBILE = ("06", "+316", "00316")
_MAX_NAME = 128


def fields(answer: Any) -> Mapping[str, Any]:
    """What JCC asks of a customer, from its answer. Raises HttpFailure for another answer."""
    with usable_answer():
        return {**answer}


def lacking(fields: Mapping[str, Any]) -> list[str]:
    """What JCC requires and no citizen is ever asked for, by JCC's names."""
    return sorted(name for name, state in fields.items() if state == REQUIRED and name not in _GIVEN)


def asks(fields: Mapping[str, Any]) -> frozenset[Detail]:
    """What JCC requires besides name and e-mail address."""
    phone = fields.get(_EITHER_PHONE) is True or any(fields.get(name) == REQUIRED for name in _PHONES)
    return frozenset({"phone"}) if phone else frozenset()


def as_json(customer: Customer, fields: Mapping[str, Any]) -> Json:
    """The one who makes the appointment, with the details that `fields` asks for."""
    found: Json = {"gender": GENDER_NOT_GIVEN, **_name(customer.name, fields), "id": None, "isMainCustomer": True}
    if customer.email and _is_shown(fields, "emailAddress"):
        found["emailAddress"] = customer.email
    if customer.phone:
        found |= {sent: customer.phone for sent in _phones(customer.phone, fields)}
    return found


def parse(found: Sequence[Mapping[str, Any]]) -> Customer | None:
    """The main one of the customers of an appointment; None when JCC no longer tells a name."""
    main = next((one for one in found if one.get("isMainCustomer")), None)
    if main is None:
        return None
    first = main.get("firstName") or main.get("initials")
    name = " ".join(part for part in (first, main.get("lastNamePrefix"), main.get("lastName")) if part)
    phone = main.get("phoneNumber") or main.get("mobilePhoneNumber")
    return Customer(name, main.get("emailAddress") or "", phone) if name else None


def _name(name: str, fields: Mapping[str, Any]) -> Json:
    """The first word is the first name, the rest the family name. Who has one word has that as both, where both are required."""
    first, _, last = " ".join(name.split()).partition(" ")
    wanted = {part for part in ("firstName", "initials") if fields.get(part) == REQUIRED}
    if not wanted and (fields.get(_EITHER_NAME) is True or last):
        # A first name says more than initials. If both are hidden and yet one is required, it is the first name.
        shown = [part for part in ("firstName", "initials") if _is_shown(fields, part)]
        wanted = {*shown[:1]} or ({"firstName"} if fields.get(_EITHER_NAME) is True else set())
    parts = {"firstName": first[:_MAX_NAME], "initials": f"{first[:1].upper()}."}
    family = last if last and wanted else f"{first} {last}".strip()
    return {**{part: parts[part] for part in sorted(wanted)}, "lastName": family[:_MAX_NAME]}


def _phones(phone: str, fields: Mapping[str, Any]) -> list[str]:
    """Where the number goes: into each field that is required, or else into the one that fits."""
    required = [sent for asked, sent in _PHONES.items() if fields.get(asked) == REQUIRED]
    shown = [sent for asked, sent in _PHONES.items() if _is_shown(fields, asked)]
    mobile = "mobilePhoneNumber" in shown and phone.replace(" ", "").startswith(_MOBILE)
    fitting = ["mobilePhoneNumber"] if mobile else shown[:1]
    return required or fitting or (["phoneNumber"] if fields.get(_EITHER_PHONE) is True else [])


def _is_shown(fields: Mapping[str, Any], name: str) -> bool:
    return bool(fields.get(name, VISIBLE) != HIDDEN)
