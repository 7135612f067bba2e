"""Events of the citizen protocol, version 1, as they are kept and as they are shown.

Kept: a JSON body without number. Shown: with `v`, `seq`, `id`, and without the private fields (their names start with `_`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

Event = dict[str, Any]

VERSION = 1
HIDDEN = "(verborgen)"  # what the log says where personal data stood
FADED = "Hier stond iets over uw eigen zaken. Dat is nu verborgen. Wilt u het weer zien? Log dan opnieuw in."

_json = msgspec.json.Encoder()


def now() -> str:
    return utc(datetime.now(UTC), "milliseconds")


def utc(moment: datetime, precision: str = "seconds") -> str:
    """An aware moment as the protocol writes it: `2026-11-28T16:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def dump(body: Event) -> bytes:
    return _json.encode(body)


def load(raw: bytes | str) -> Event:
    return msgspec.json.decode(raw)  # type: ignore[no-any-return]


def message(role: str, text: str, *, name: str | None = None, **extra: Any) -> Event:
    """A message body. `extra`: parts, meta, turn, cid, lang and private fields such as `_payload`."""
    sender = {"role": role} | ({"name": name} if name else {})
    return {"type": "message", "at": now(), "from": sender, "text": text, "lang": "nl", **extra}


def turn_done(turn: str) -> Event:
    return {"type": "turn_done", "turn": turn}


def handover(state: str, **extra: Any) -> Event:
    """`state`: offered | queued | assigned | transferred | unavailable | returned | closed."""
    return {"type": "handover", "state": state, "at": now(), **extra}


def rating_request(turn: str) -> Event:
    """Asks how it was, at the end of a conversation; kept once per conversation, see scripts/commit.lua."""
    return {"type": "rating_request", "id": f"r_{turn}", "at": now(), "turn": turn}


def notice(kind: str, text: str, **extra: Any) -> Event:
    """News that nobody asked for at this moment. `kind`: case_status | appointment_reminder | emergency.

    `extra`: parts and private fields. What it offers to choose fits any moment and makes no question expire.
    """
    return {"type": "notice", "kind": kind, "at": now(), "text": text, **extra}


def public(body: Event, seq: int) -> Event:
    """The event as a client may see it."""
    shown = {key: value for key, value in body.items() if not key.startswith("_")}
    if body["type"] == "message" and body["from"]["role"] == "citizen":
        shown["turn"] = f"t_{seq}"
    return {"v": VERSION, "seq": seq, "id": f"m_{seq}", **shown}


def for_citizen(body: Event, seq: int) -> Event:
    """The event as a citizen may see it: of a note between agents only that its number is taken.

    `until`: what only a login shows is to be hidden after it, also by an app that keeps the conversation.
    """
    shown = public({"type": "note"} if body["type"] == "note" else body, seq)
    if "_until" in body and not body.get("redacted"):
        shown["until"] = utc(datetime.fromtimestamp(body["_until"], UTC))
    return shown


def redacted(body: Event) -> Event:
    """The same message without what was said: text, payload and form values are gone."""
    kept = {key: value for key, value in body.items() if key not in {"_payload", "_fields", "parts"}}
    return kept | {"text": HIDDEN, "redacted": True}


def faded(body: Event, present: float) -> Event:
    """The event as it may be read at `present` (seconds since 1970): what only a login shows is hidden after its `_until`."""
    return body if present <= body.get("_until", present) else redacted(body) | {"text": FADED}


def asks(body: Event) -> bool:
    """Whether the message carries something to choose or fill in, and so makes older questions expire."""
    kinds = {"choices", "date", "time", "form"}
    return any(part.get("kind") in kinds for part in body.get("parts", []))


def find_part(body: Event, kinds: Sequence[str]) -> Event | None:
    """First part of one of these kinds, or None."""
    return next((part for part in body.get("parts", []) if part["kind"] in kinds), None)
