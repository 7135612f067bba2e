"""A citizen's message: checked, cleaned, masked and turned into the body that the log keeps.

What a citizen types is always text: only the answer to a question that the bot asked gets a payload, and that payload comes
from the question in the log, never from the client.
"""

import contextlib
import re
import unicodedata
from datetime import date
from typing import Any, Literal

import msgspec

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.handover import Refused
from bot.conversation.privacy import mask
from bot.conversation.store import Conversation, UnknownConversation
from bot.dutch import day_in_words
from bot.wiring import Services
from connectors.problems import Fault, Problem

Kind = Literal["text", "choice", "date", "time", "form", "rating", "handover_request", "end"]

ANSWERS = {"choice", "date", "time", "form"}  # kinds that answer a question and need `reply_to`
MAX_FIELD_CHARS = 200
FIRST = 1  # number of the event that every conversation begins with
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_EVENT_ID = re.compile(r"m_([1-9]\d{0,8})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
# Control characters, and characters that change the direction of text or can't be seen. Joiners stay: emoji need them.
_UNSEEN = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

# Requests without words of the citizen's own: what the log says, and what the brain hears.
FIXED = {
    "handover_request": ("Ik wil een medewerker spreken", "/contact_medewerker"),
    "end": ("Ik wil het gesprek afsluiten", "/goodbye"),
}


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /v1/conv/{c}/messages. For a form `value` holds the fields by name."""

    cid: str
    type: Kind
    text: str | None = None
    value: str | dict[str, str] | None = None
    reply_to: str | None = None

    @property
    def question(self) -> int | None:
        """Number of the event that this answers."""
        found = _EVENT_ID.fullmatch(self.reply_to or "")
        return int(found[1]) if found else None


# Outcome of the store -> kind of problem, seconds to wait.
REFUSALS = {
    "reused": ("cid_reused", 0),
    "expired": ("choice_expired", 0),
    "full": ("conversation_full", 0),
    "busy": ("busy", 5),
    "overloaded": ("overloaded", 10),
}

STOP_WORDS = {"stop", "stoppen", "laat maar", "niet meer wachten", "annuleren"}


def wants_to_stop(message: Message) -> bool:
    """Whether somebody who waits for a person no longer wants to."""
    said = (message.text or "").strip(" .!").lower()
    return message.type == "end" or (message.type == "text" and said in STOP_WORDS)


async def receive(
    services: Services, conversation: Conversation, message: Message, body: Event, fingerprint: str, asked: Event | None
) -> tuple[bool, int]:
    """Into the log, once per `cid`. Returns whether it is new, and its number. Raises Problem, or UnknownConversation.

    Who waits in the queue and answers the newest question (such as another way to be helped) waits no longer: the answer is an
    ordinary turn of the bot. When an agent was quicker, it is something that is said to the agent. `asked`: see `compose`.
    """
    question = newest(message, asked)
    leaving = events.handover("returned", outcome="other_way") if question is not None else None
    outcome, seq = await services.store.receive(conversation, message.cid.lower(), body, fingerprint, question, leaving)
    if outcome == "gone":
        raise UnknownConversation(conversation.id)
    if outcome in REFUSALS:
        kind, wait = REFUSALS[outcome]
        raise Problem(kind, retry_after=wait)
    return outcome == "new", seq


async def keep_rating(services: Services, conversation: Conversation, body: Event, fingerprint: str) -> tuple[bool, int]:
    """A rating is no turn: nobody answers it. Returns whether it is new, and its number: the event itself tells who wrote it.

    Raises Problem when this `cid` was used for something else.
    """
    body = body | {"_fingerprint": fingerprint}
    seq = await services.handover.tell(conversation, body, cid=body["cid"])
    kept = await services.store.event(conversation.id, seq) or {}
    if kept.get("_fingerprint") != fingerprint:
        raise Problem("cid_reused")
    return kept["at"] == body["at"], seq


async def stop_waiting(services: Services, conversation: Conversation) -> None:
    """Out of the queue and back to the bot; when an agent was quicker, the agent reads what was said."""
    with contextlib.suppress(Refused):
        await services.handover.leave_queue(conversation)


def check(message: Message, max_chars: int) -> None:
    """Raise Problem("invalid") with every field that is wrong, whatever the question was."""
    faults = []
    if not UUID.fullmatch(message.cid):
        faults.append(Fault("cid", "Dit moet een UUID zijn."))
    if message.text is not None and len(message.text) > max_chars:
        faults.append(Fault("text", f"Uw bericht is te lang: gebruik niet meer dan {max_chars} tekens."))
    if message.type == "text" and not clean(message.text or ""):
        faults.append(Fault("text", "Typ eerst uw vraag of bericht."))
    if message.type in ANSWERS and message.question is None:
        faults.append(Fault("reply_to", "Noem de vraag waar dit een antwoord op is."))
    if fault := _value_fault(message):
        faults.append(Fault("value", fault))
    if faults:
        raise Problem("invalid", *faults)


def _value_fault(message: Message) -> str:
    if message.type == "form":
        return "" if isinstance(message.value, dict) else "Vul het formulier in."
    if message.type in ANSWERS:
        return "" if isinstance(message.value, str) and message.value else "Geef een antwoord."
    if message.type == "rating":
        return "" if str(message.value) in {"1", "2", "3", "4", "5"} else "Kies een cijfer van 1 tot en met 5."
    return ""


def clean(text: str, field: str = "text") -> str:
    """`text` in one normal form, without control and unseen characters and with plain spaces. Raises Problem on NUL."""
    if "\x00" in text:
        raise Problem("invalid", Fault(field, "Dit bericht bevat een teken dat niet mag (NUL)."))
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", _SPACES.sub(" ", text)).strip()


def compose(message: Message, asked: Event | None) -> Event:
    """The body to keep. `asked`: the event that the message replies to, if it exists. Raises Problem."""
    if message.type in FIXED:
        said, payload = FIXED[message.type]
        return _body(message, said, _payload=payload)
    if message.type == "rating":
        return _rating(message)
    if message.type == "text":
        return _body(message, clean(message.text or ""))
    part = _part(message, asked)
    if message.type == "form":
        return _form(message, part)
    text, payload = _ANSWER[message.type](message, part, asked or {})
    return _body(message, text, **({"_payload": payload} if payload else {}))


def _body(message: Message, text: str, **private: Any) -> Event:
    reply = {"reply_to": message.reply_to} if message.question else {}
    return events.message("citizen", mask(text), cid=message.cid.lower(), **reply, **private)


def _rating(message: Message) -> Event:
    body = {"type": "rating", "at": events.now(), "from": {"role": "citizen"}, "cid": message.cid.lower(),
            "value": int(str(message.value))}
    text = mask(clean(message.text or ""))
    return body | ({"text": text} if text else {})


def newest(message: Message, asked: Event | None) -> int | None:
    """Number of the question that must be the newest one still; None when it needn't be.

    The topics of the opening and what a notice offers stay usable: they fit any moment.
    """
    if message.type not in ANSWERS or message.question == FIRST or (asked and asked["type"] == "notice"):
        return None
    return message.question


def _part(message: Message, asked: Event | None) -> Event:
    """The part of the question that is answered; only a question of ours counts, not what a citizen wrote."""
    kind = {"choice": "choices"}.get(message.type, message.type)
    said = asked is not None and asked["type"] == "message" and asked["from"]["role"] != "citizen"
    ours = said or (asked is not None and asked["type"] == "notice")
    part = events.find_part(asked, [kind]) if asked and ours else None
    if part is None:
        raise Problem("choice_expired")
    return part


def _choice(message: Message, part: Event, asked: Event) -> tuple[str, str]:
    payloads = asked.get("_payloads", [])
    for i, option in enumerate(part["options"]):
        if option["value"] == message.value:
            return option["label"], payloads[i] if i < len(payloads) else ""  # without a payload the label counts as typed
    raise Problem("choice_unknown")


def _date(message: Message, part: Event, _asked: Event) -> tuple[str, str]:
    day = _iso_day(str(message.value))
    if day is None:
        raise Problem("invalid", Fault("value", "Schrijf de datum als jjjj-mm-dd."))
    iso = day.isoformat()
    if not part.get("min", iso) <= iso <= part.get("max", iso) or iso in part.get("closed", []):
        raise Problem("invalid", Fault("value", "Op deze dag kan het niet. Kies een andere dag."))
    return day_in_words(day), iso


def _time(message: Message, part: Event, _asked: Event) -> tuple[str, str]:
    if message.value not in part["slots"]:
        raise Problem("invalid", Fault("value", "Deze tijd is niet vrij. Kies een andere tijd."))
    return f"{message.value} uur", str(message.value)


_ANSWER = {"choice": _choice, "date": _date, "time": _time}


def _form(message: Message, part: Event) -> Event:
    given = message.value if isinstance(message.value, dict) else {}
    fields = {field["name"]: field for field in part["fields"]}
    values = {name: clean(value, name[:64]) for name, value in given.items()}
    faults = [Fault(name[:64], "Dit veld kennen wij niet.") for name in values if name not in fields]
    for name, field in fields.items():
        if fault := _field_fault(field, values.get(name, "")):
            faults.append(Fault(name, fault))
    if faults:
        raise Problem("invalid", *faults)
    filled = {name: mask(values[name]) for name in fields if values.get(name)}
    labels = ", ".join(fields[name]["label"] for name in filled)
    return _body(message, f"Ingevuld: {labels}" if filled else "Niets ingevuld", _fields=filled)


def _field_fault(field: Event, value: str) -> str:
    if not value:
        return "Vul dit veld in." if field.get("required", True) else ""
    wrong = (
        len(value) > field.get("maxlength", MAX_FIELD_CHARS)
        or (field.get("pattern") and not re.fullmatch(field["pattern"], value))
        or (field.get("type") == "date" and _iso_day(value) is None)
        or (field.get("type") == "email" and not _EMAIL.fullmatch(value))
    )
    return "Controleer wat u hier heeft ingevuld." if wrong else ""


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
