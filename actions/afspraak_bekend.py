"""The appointment that this conversation knows: made, moved or looked up just now. And how an appointment is told.

It is kept sealed in the slot `afspraak` for BALIE_CASE_MEMORY_SECONDS, so that nobody has to type a number and a code again.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak_basis import Button
from actions.context import Here, services
from actions.forms import Event
from bot.appointments import Appointment, told
from bot.appointments.links import LinkInvalid
from bot.conversation.redis import StoreUnavailable
from bot.letters import plain
from bot.notices import Gone, TooMany

log = structlog.get_logger()

SLOT = "afspraak"
Pair = tuple[str, str]  # reference and code

_MINE = r"(?:mijn|me|mn|m'n|onze|ons|de|die|deze|gemaakte|van mij)\b"
_VISIT = r"afsp?r?aa?[kc]\w*"
_ASKS = re.compile(
    rf"\b(?:wanneer|hoe ?laat|welke? (?:dag|datum|tijd|uur|locatie)|op welke|waar)\b.{{0,30}}\b{_MINE}.{{0,12}}{_VISIT}"
    r"(?!.{0,20}(?:verzet|verander|wijzig|verplaats|afzeg|annule|aanpas|schui|omzet|maken))"
    rf"|\b(?:wanneer|hoe ?laat|waar|wat)\b.{{0,25}}\b{_VISIT}\b.{{0,15}}\b(?:ook ?al ?weer|ook weer|gepland|staat)\b"
    rf"|\bwat\b.{{0,12}}\book ?al ?weer\b.{{0,25}}\b{_VISIT}|\bwat was ook weer\b.{{0,30}}{_VISIT}"
    r"|\b(?:hoe ?laat|wanneer|waar|welke dag|welke tijd)\b.{0,20}\b(?:moet|word|wordt|moeten|moest)\b.{0,15}"
    r"\b(?:komen|zijn|verwacht|wezen)\b"
    rf"|\bwat\b.{{0,25}}\b(?:mee ?nemen|mee ?brengen|bij me hebben|nodig voor)\b.{{0,15}}\b(?:{_MINE} )?{_VISIT}"
    rf"|\bhoe ?lang duurt\b.{{0,15}}{_VISIT}"
    rf"|\b{_VISIT}\b.{{0,20}}\b(?:bekijken|inzien|opzoeken|nakijken|checken|controleren|terugvinden|terugzien)\b"
    rf"|\b(?:tijd(?:stip)?|datum|dag|bevestiging)\b.{{0,25}}\b{_VISIT}\b.{{0,15}}\b(?:kwijt|vergeten)\b"
    r"|\b(?:wanneer|hoe ?laat|waar|welke (?:dag|datum|tijd))\b.{0,15}\b(?:was|is|moest|ging)\b.{0,15}\book (?:al ?)?weer\b"
    rf"|\b(?:heb|sta) ik (?:nog )?(?:al )?een {_VISIT}\?",
    re.IGNORECASE,
)


def asks_about(text: str) -> bool:
    """Whether the text asks when, where or with what one is expected, rather than to change it."""
    return bool(_ASKS.search(text))


def remember(made: Appointment, now: Here) -> Event:
    """The event by which the conversation knows this appointment from now on."""
    sealed = seal(now, made.reference, made.code)
    return SlotSet(SLOT, {"zegel": sealed, "sinds": int(datetime.now(UTC).timestamp())})  # type: ignore[no-any-return]


def forget() -> Event:
    return SlotSet(SLOT, None)  # type: ignore[no-any-return]


def known(tracker: Tracker, now: Here) -> Pair | None:
    """Reference and code of the appointment that a button names, else of the one that is remembered."""
    if "afspraak" in now.entities:
        return unseal(now, str(now.entities["afspraak"]))
    kept = tracker.get_slot(SLOT)
    if not kept or kept["sinds"] < datetime.now(UTC).timestamp() - services().settings.case_memory_seconds:
        return None
    found = unseal(now, kept["zegel"])
    return found if found and not _other(now.text, found[0]) else None


def _other(text: str, reference: str) -> bool:
    """Whether the text names another appointment."""
    said = re.findall(r"\b(?=\w*\d)[A-Z0-9]{3}[- ]?[A-Z0-9]{4}\b", text.upper())
    return bool(said) and plain(said[0]) != plain(reference)


def seal(now: Here, reference: str, code: str) -> str:
    return services().calendar_links.seal(now.gemeente.key, reference, code)


def unseal(now: Here, sealed: str) -> Pair | None:
    """None when it is too old, or of another municipality."""
    try:
        gemeente, reference, code = services().calendar_links.open(sealed)
    except LinkInvalid:
        return None
    return (reference, code) if gemeente == now.gemeente.key else None


def tell(
    dispatcher: CollectingDispatcher, now: Here, found: Appointment, response: str, buttons: Sequence[Button] = (), **custom: Any
) -> None:
    """Say `response` about an appointment, with its card, what to bring, and buttons. `custom` goes to the brain with it."""
    dispatcher.utter_message(
        response=response, buttons=list(buttons), json_message={"parts": [card(found, now)], **custom}, **told.values(found)
    )
    if found.bring:
        dispatcher.utter_message(response="utter_afspraak_meenemen", json_message={"joins": True}, **told.values(found))


def card(found: Appointment, now: Here) -> dict[str, Any]:
    """The part `appointment` of a message."""
    return told.card(found, services().calendar_address(now.gemeente.key, found))


def reminder(found: Appointment, now: Here) -> list[Button]:
    """The button for a reminder, when there can be one."""
    if services().notices.remindable(now.gemeente.key, found.start):
        return []
    return [{"title": "Herinner mij een dag van tevoren", "payload": payload("reminder_on", now, found.reference, found.code)}]


def manage(found: Appointment, now: Here) -> list[Button]:
    """Buttons to move and to cancel it."""
    return [
        {"title": "Afspraak verzetten", "payload": payload("afspraak_verzetten", now, found.reference, found.code)},
        {"title": "Afspraak afzeggen", "payload": payload("afspraak_annuleren", now, found.reference, found.code)},
    ]


def payload(intent: str, now: Here, reference: str, code: str) -> str:
    """Asks something about this very appointment, without its code in the open."""
    return f"/{intent}{json.dumps({'afspraak': seal(now, reference, code)})}"


async def reminder_moves(now: Here, old_reference: str, moved: Appointment) -> None:
    """The reminder, if any, follows the appointment. It asks the supplier anyhow before it speaks."""
    try:
        await services().notices.moved(now.conv, now.gemeente.key, old_reference, moved)
    except (StoreUnavailable, Gone, TooMany) as exc:
        log.warning("reminder_not_moved", conv=now.conv, error=type(exc).__name__)


async def reminder_goes(now: Here, reference: str) -> None:
    """No reminder of what was cancelled."""
    try:
        await services().notices.gone(now.conv, now.gemeente.key, reference)
    except StoreUnavailable as exc:
        log.warning("reminder_not_dropped", conv=now.conv, error=type(exc).__name__)

