"""What goes with a conversation to a person: topic, team, summary, the answers of a form. Words of the citizen are in the log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions import zaak
from actions.context import Here, catalogue
from actions.forms import KEPT, Event
from bot import callbacks, dutch
from bot.dutch.english import is_english
from bot.gemeente_file import Team
from bot.gemeenten import Gemeente

REASONS = {
    "frustration": "frustration", "threat": "frustration", "wrong_answer": "wrong_answer", "nlu_fallback": "not_understood",
    "crisis": "crisis",
}
WHY = "reden"  # the entity by which a button says why a person was offered
PRIORITY = "voorrang"  # the slot that a crisis sets
TOPICS_TOLD = 5
RECENT = 3  # messages of the citizen that say why a person is wanted now: what was wrong before those is another story
MISUNDERSTOOD = frozenset({"suggested", "clarify", "fallback"})

# Slots of the forms as the agent reads them; what isn't here is not handed on, such as a second factor or a code.
LABELS = {
    "zaaknummer": "Zaaknummer", "producten": "Afspraak voor", "locatie": "Locatie", "dag": "Dag", "tijd": "Tijd", "naam": "Naam",
    "email": "E-mailadres", "telefoon": "Telefoonnummer", "afspraak_nummer": "Afspraaknummer", "contact_naam": "Naam",
    "contact_telefoon": "Telefoonnummer", "contact_moment": "Terugbellen",
}
# What is asked on the way to a person, about the counter itself: the subject before it is still what the person is for.
IN_PASSING = frozenset({"privacy", "openingstijden", "locatie_adres"})
FORMS = {
    "zaakstatus_form": "een zaak opzoeken", "inlog_form": "inloggen", "afspraak_form": "een afspraak maken",
    "verzet_form": "een afspraak verzetten", "annuleer_form": "een afspraak afzeggen", "terugbel_form": "een terugbelverzoek",
}


@dataclass(frozen=True)
class Told:
    """What the agent is told, before the team is known."""

    topic: str | None
    reason: str
    summary: str
    form: list[list[str]]
    zaaknummer: str | None
    language: str
    priority: bool

    def handover(self, team: Team) -> dict[str, Any]:
        """As it is kept with the conversation."""
        return {
            "topic": self.topic, "team": team.id, "priority": self.priority, "reason": self.reason, "summary": self.summary,
            "form": self.form, "zaaknummer": self.zaaknummer, "language": self.language,
        }


def why(now: Here, tracker: Tracker) -> str:
    """Why a person is wanted: the button says so, or one of the last messages."""
    if tracker.get_slot(PRIORITY):
        return "crisis"
    if given := now.entities.get(WHY):
        return str(given)
    return next((REASONS[name] for name in reversed(_intents(tracker)[-RECENT:]) if name in REASONS), "asked")


def told(now: Here, tracker: Tracker) -> Told:
    """What was asked and answered, the form that was left for a person, the case: all that the conversation still knows."""
    asked = [name for name in _intents(tracker) if _is_subject(name)]
    left = tracker.get_slot(KEPT) or {}
    case = zaak.in_hand(tracker, now)
    values: Mapping[str, Any] = left.get("slots", {})
    return Told(
        topic=next((name for name in reversed(asked) if name not in IN_PASSING), asked[-1] if asked else None),
        reason=why(now, tracker),
        summary=_summary(asked, list(_answers(tracker)), left.get("form")),
        form=[[LABELS[name], _in_words(name, value, now.gemeente)] for name, value in values.items() if name in LABELS],
        zaaknummer=case.identificatie if case else values.get("zaaknummer") or tracker.get_slot("zaaknummer"),
        language="en" if is_english(_last_typed(tracker)) else "nl",
        priority=bool(tracker.get_slot(PRIORITY)),
    )


def priority(given: bool) -> Event:
    """The event after which this conversation goes before others in the queue, or no longer."""
    return SlotSet(PRIORITY, given or None)  # type: ignore[no-any-return]


def _summary(asked: list[str], answers: list[tuple[str | None, str]], form: str | None) -> str:
    """Titles of topics, and what the bot could not do: in sentences, without words of the citizen."""
    answered = [topic for topic, outcome in answers if topic in catalogue() and topic in asked and outcome == "answered"]
    unclear = sum(outcome in MISUNDERSTOOD for _, outcome in answers)
    lines = [] if asked else ["Heeft nog geen onderwerp genoemd."]
    if set(asked) - set(answered):  # who got an answer asked for it: that needn't be said twice
        lines.append(f"Vroeg naar: {_titles(asked)}.")
    if answered:
        lines.append(f"Kreeg antwoord over: {_titles(answered)}.")
    if unclear:
        lines.append(f"Niet begrepen: {unclear} keer.")
    if form in FORMS:
        lines.append(f"Was bezig met: {FORMS[form]}.")
    return " ".join(lines)


def _titles(slugs: list[Any]) -> str:
    return ", ".join(list(dict.fromkeys(catalogue()[slug].title for slug in slugs))[-TOPICS_TOLD:])


def _intents(tracker: Tracker) -> list[str]:
    return [e["parse_data"]["intent"]["name"] for e in tracker.events if e["event"] == "user" and e.get("parse_data")]


def _answers(tracker: Tracker) -> Iterator[tuple[str | None, str]]:
    """Topic and outcome of what the bot said."""
    for event in tracker.events:
        if event["event"] == "bot":
            said = (event.get("metadata") or {}).get("metadata") or {}
            yield said.get("topic"), said.get("outcome", "answered")


def _is_subject(intent: str) -> bool:
    topic = catalogue().get(intent)
    return topic is not None and (topic.about_something or intent == "crisis")


def _last_typed(tracker: Tracker) -> str:
    """The last message that was no button."""
    texts = (
        str(event.get("text") or "") for event in reversed(tracker.events)
        if event["event"] == "user" and event.get("parse_data", {}).get("intent", {}).get("confidence") != 1.0
    )
    return next(texts, "")


def _in_words(name: str, value: Any, gemeente: Gemeente) -> str:
    if name == "producten":
        names = {product.id: product.name for product in gemeente.products}
        return dutch.items_in_words([(names.get(item["id"], item["id"]), item["persons"]) for item in value])
    if name == "locatie":
        return next((place.name for place in gemeente.locations if place.id == value), str(value))
    if name == "dag":
        return dutch.day_in_words(date.fromisoformat(value))
    if name == "contact_moment":
        return callbacks.written(value)
    if name in {"telefoon", "contact_telefoon"}:
        return dutch.phone_in_words(value)
    return str(value)
