"""What an agent must know of a conversation at a glance, computed from its log. Pure: events in, plain values out.

Nothing is kept twice: what was redacted, or has faded since, is in no summary either.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.conversation.events import Event

Numbered = Sequence[tuple[int, Event]]
Values = list[dict[str, Any]]

UNSURE = frozenset({"fallback", "clarify", "suggested", "refused"})  # kinds of answer by which the bot did not really answer
NO_QUESTION = frozenset({"smalltalk", "handover"}) | UNSURE
MOST = 20  # rows of each kind, the newest


def of(log: Numbered, title: Callable[[str], str | None], outcome: Callable[[str], str]) -> dict[str, Values]:
    """The context of an agent. `title`: name of a topic by its slug, None for none; `outcome`: name of how a closing ended."""
    said = {seq: body["text"] for seq, body in log if _from(body, "citizen")}
    return {
        "asked": _asked(log, said, title), "unsure": _unsure(log, said), "earlier": _earlier(log, outcome),
        "zaken": _zaken(log), "appointments": _appointments(log),
    }


def _from(body: Event, role: str) -> bool:
    return bool(body["type"] == "message" and body["from"]["role"] == role)


def _answers(log: Numbered) -> Iterable[tuple[int, Event]]:
    """(number of what was said, what is known of the answer) of each message of the bot that answers one."""
    for _, body in log:
        turn = str(body.get("turn") or "").removeprefix("t_")
        if _from(body, "bot") and turn.isdecimal():
            yield int(turn), body.get("meta") or {}


def _asked(log: Numbered, said: dict[int, str], title: Callable[[str], str | None]) -> Values:
    """What the citizen asked, with the topic that it was taken for. The steps of one form are one question."""
    found: Values = []
    form = ""  # the topic of the form that is under way
    for seq, meta in _answers(log):
        topic, kind = meta.get("topic") or "", meta.get("outcome") or ""
        name = title(topic) if topic else None
        again = (kind == "form" and topic == form) or (bool(found) and found[-1]["seq"] == seq)
        form = topic if kind == "form" else ""
        if name and seq in said and kind not in NO_QUESTION and not again:
            found.append({"seq": seq, "said": said[seq], "topic": name})
    return found[-MOST:]


def _unsure(log: Numbered, said: dict[int, str]) -> Values:
    """What the bot did not really answer. Several messages in one turn are one answer."""
    found: dict[int, dict[str, Any]] = {}
    for seq, meta in _answers(log):
        if meta.get("outcome") in UNSURE and seq in said:
            found.setdefault(seq, {"seq": seq, "said": said[seq], "outcome": meta["outcome"]})
    return list(found.values())[-MOST:]


def _earlier(log: Numbered, outcome: Callable[[str], str]) -> Values:
    """When an agent had this conversation before, and how that ended."""
    closings = [body for _, body in log if body["type"] == "handover" and body["state"] == "closed"]
    return [
        {"at": body.get("at"), "agent": (body.get("agent") or {}).get("name"), "outcome": outcome(body.get("outcome") or "")}
        for body in closings[-MOST:]
    ]


def _zaken(log: Numbered) -> Values:
    """The cases that were shown, as they were shown last."""
    found: dict[str, dict[str, Any]] = {}
    for part in _parts(log, "case"):
        number = str(part.get("identificatie") or "")
        found.pop(number, None)
        found[number] = {"identificatie": number, "zaaktype": part.get("zaaktype") or "", "status": part.get("status") or ""}
    return list(found.values())[-MOST:]


def _appointments(log: Numbered) -> Values:
    """The appointments that were shown, as they were shown last; the log does not say which of them was cancelled since."""
    found: dict[str, dict[str, Any]] = {}
    for part in _parts(log, "appointment"):
        name = str(part.get("reference") or part.get("id") or "")
        found.pop(name, None)
        found[name] = {"reference": name, "start": part.get("start"), "location": (part.get("location") or {}).get("name") or ""}
    return list(found.values())[-MOST:]


def _parts(log: Numbered, kind: str) -> Iterable[Event]:
    return (part for _, body in log for part in body.get("parts") or [] if part.get("kind") == kind)
