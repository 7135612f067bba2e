"""What the bot said in earlier turns, from what the tracker still has of them."""

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker

_UNCLEAR = {
    "utter_bedoelt_u", "utter_welke_bedoelt_u", "utter_niet_begrepen", "utter_aanbod_not_understood", "utter_aanbod_keuze",
    "utter_aanbod_zonder_begrip", "utter_kom_er_niet_uit", "utter_english", "utter_out_of_scope", "utter_other_language",
}
_ASKED_ANEW = {"utter_iets_anders"}  # the citizen chose none of the topics: neither understood nor misunderstood


def answered_already(tracker: Tracker) -> bool:
    """Whether the bot has said something in this turn."""
    for event in reversed(tracker.events):
        if event["event"] in {"user", "bot"}:
            return bool(event["event"] == "bot")
    return False


def unclear_before(tracker: Tracker) -> int:
    """How many turns right before this one ended without an answer, in or outside a form."""
    count = 0
    for said in _turns_before(tracker):
        if said & _UNCLEAR or any(name.startswith("utter_onduidelijk_") for name in said):
            count += 1
        elif not said & _ASKED_ANEW:
            break
    return count


def said_before(tracker: Tracker) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and metadata of each response in the turn before this one, newest first."""
    users = 0
    for event in reversed(tracker.events):
        users += event["event"] == "user"
        if users > 1:
            return
        if event["event"] == "bot" and users == 1:
            whole = event.get("metadata") or {}
            yield whole.get("utter_action") or "", whole.get("metadata") or {}


def _turns_before(tracker: Tracker) -> Iterator[set[str]]:
    """Names of the responses of each earlier turn, newest first."""
    said: set[str] | None = None  # None: still in the present turn
    for event in reversed(tracker.events):
        if event["event"] == "user":
            if said is not None:
                yield said
            said = set()
        elif event["event"] == "bot" and said is not None:
            said.add((event.get("metadata") or {}).get("utter_action") or "")
