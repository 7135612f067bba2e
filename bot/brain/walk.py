"""The overview of a life event, and the buttons by which a citizen goes through it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.gemeenten import Gemeente
from bot.levensgebeurtenissen import EVENT, READ, Levensgebeurtenis, Levensgebeurtenissen, Step, left, overview_payload

OVERVIEW = "utter_levensgebeurtenis"
ONWARD = "/walk_next"
_AFTER = ("utter_afspraak_", "utter_zaak_", "utter_terugbellen_genoteerd", "utter_gestopt")  # said when a form is done or left

Button = dict[str, str]
Response = dict[str, Any]
Responses = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Walk:
    """Where a citizen is: in `gemeente`, with its answers, having `read` these topics, `inside` a form or not."""

    events: Levensgebeurtenissen
    gemeente: Gemeente
    answers: Responses
    event: str | None
    read: frozenset[str]
    inside: bool

    @classmethod
    def of(
        cls, tracker: DialogueStateTracker, events: Levensgebeurtenissen, gemeente: Gemeente, answers: Responses
    ) -> "Walk":
        slots = tracker.current_slot_values()
        event = slots.get(EVENT) if slots.get(EVENT) in events else None
        return cls(events, gemeente, answers, event, frozenset(slots.get(READ) or ()), tracker.active_loop_name is not None)

    def overview(self, key: str, topic: str, values: Mapping[str, Any]) -> Response:
        """All steps in order, those that were read marked, with a button for each that is left. `topic`: what was asked about."""
        event = self.events[key]
        steps = [step for step in event.steps if not step.topic or self._has(step.topic)]
        lines = [f"{number}. {self._in_words(step, values)}" for number, step in enumerate(steps, start=1)]
        ahead = self._left(event, self.read)
        links = {step.source: step.source_label for step in steps if step.source and step.source != event.source}
        metadata = {
            "topic": topic, "outcome": "answered", "overview": key, "source": event.source, "source_label": event.source_label,
            "reviewed": event.reviewed.isoformat(), "links": [{"label": label, "url": url} for url, label in links.items()],
        }
        text = "\n".join([event.intro, *lines, *([] if ahead else [event.closing])])
        return {"text": text, "buttons": [] if self.inside else self._choices(key, ahead), "metadata": metadata}

    def buttons(self, topic: str, partly: bool) -> list[Button]:
        """What goes with the answer to a topic: onward in the event, or to the overview that the topic begins.

        `partly`: only one aspect of the topic was answered.
        """
        if self.inside:
            return []
        found: list[Button] = []
        event = self.events[self.event] if self.event else None
        ahead = self._left(event, self.read if partly else self.read | {topic}, topic) if event else []
        if event and ahead and topic in event.topics:
            ahead = [name for name in ahead if name != topic] or ahead
            return [
                {"title": f"Volgende: {self._title(ahead[0])}", "payload": f"/{ahead[0]}"},
                {"title": "Overzicht", "payload": "/walk_overview"},
            ]
        if ahead:
            found += self.onward()
        started = self.events.started_by(topic)
        if started and started != self.event:
            found.append({"title": self.events[started].button, "payload": overview_payload(started)})
        return found

    def onward(self) -> list[Button]:
        """Back to the event that was left for another question or a form; nothing when all of it was read."""
        if self.inside or not self.event or not self._left(self.events[self.event], self.read):
            return []
        return [{"title": f"Verder met: {self.events[self.event].title}", "payload": ONWARD}]

    def closing(self, topic: str, partly: bool) -> str | None:
        """The last sentence of the event, when the answer to this topic is its last step."""
        event = self.events[self.event] if self.event else None
        if event is None or partly or topic not in event.topics or topic in self.read:
            return None
        return None if self._left(event, self.read | {topic}) else event.closing

    def _has(self, topic: str) -> bool:
        return f"utter_{topic}" in self.answers and not self.gemeente.lacks(topic)

    def _left(self, event: Levensgebeurtenis, read: Collection[str], after: str = "") -> list[str]:
        return left(event, read, lambda topic: not self._has(topic), after)

    def _in_words(self, step: Step, values: Mapping[str, Any]) -> str:
        title = step.title or self._title(step.topic)
        head = f"{title}, {step.when}" if step.when else title
        return f"{head}: {step.text.format_map(values)}." + (" (gelezen)" if step.topic in self.read else "")

    def _title(self, topic: str) -> str:
        return str(self.answers[f"utter_{topic}"][0].get("metadata", {}).get("title") or topic.replace("_", " ").capitalize())

    def _choices(self, key: str, ahead: list[str]) -> list[Button]:
        if not ahead:
            return []
        begun = any(topic in self.read for topic in self.events[key].topics)
        title = "Verder met de volgende stap" if begun else "Ik wil het stap voor stap doorlopen"
        first = {"title": title, "payload": f'{ONWARD}{{"{EVENT}": "{key}"}}'}
        return [first, *({"title": self._title(topic), "payload": f"/{topic}"} for topic in ahead)]


def follows_a_form(utter_action: str) -> bool:
    """Whether a response ends a form, so that the way back to the event can be offered."""
    return utter_action.startswith(_AFTER)
