"""The appointment conversation without a model: the actions run on a tracker as Rasa would run them, one turn at a time.

What the citizen means (the intent) is given with what they say; supplier, store and municipality are the real ones.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.afspraak import ActionAfspraakBoeken, ValidateAfspraakForm
from actions.afspraak_beheer import (
    ActionAfspraakAnnuleren,
    ActionAfspraakVerzetten,
    AskAnnuleren,
    ValidateAnnuleerForm,
    ValidateVerzetForm,
)
from actions.afspraak_momenten import AskDag, AskTijd
from actions.afspraak_onzeker import ActionAfspraakNakijken
from actions.afspraak_vragen import AskBevestigd, AskErbij, AskLocatie, AskPersonen, AskProducten
from actions.context import ranking
from bot.appointments import Appointment, Appointments, Customer, Item
from bot.appointments.finder import Finder
from bot.gemeenten import AMSTERDAM
from bot.settings import ROOT
from bot.wiring import Services

GEMEENTE = "voorbeeld"
FORMS: dict[str, tuple[type[Action], type[Action]]] = {
    "afspraak_form": (ValidateAfspraakForm, ActionAfspraakBoeken),
    "verzet_form": (ValidateVerzetForm, ActionAfspraakVerzetten),
    "annuleer_form": (ValidateAnnuleerForm, ActionAfspraakAnnuleren),
}
QUESTIONS: dict[str, type[Action]] = {
    "producten": AskProducten, "personen": AskPersonen, "erbij": AskErbij, "locatie": AskLocatie, "dag": AskDag, "tijd": AskTijd,
    "bevestigd": AskBevestigd, "annuleren": AskAnnuleren,
}
STARTS = {"afspraak_maken": "afspraak_form", "afspraak_verzetten": "verzet_form", "afspraak_annuleren": "annuleer_form"}
REQUIRED = {name: form["required_slots"] for name, form in yaml.safe_load((ROOT / "domain.yml").read_text())["forms"].items()}


@dataclass
class Visit:
    """One conversation. `said`: the names of the responses of the last turn; `messages`: all of what was said in it."""

    services: Services
    conv: str = "visit"
    gemeente: str = GEMEENTE
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    seq: int = 0
    _wanted: str | None = None  # the question that the form was told to ask

    @property
    def said(self) -> list[str]:
        return [message["response"] for message in self.messages if message.get("response")]

    @property
    def asked(self) -> str | None:
        return self.slots.get("requested_slot")

    def values(self, response: str) -> dict[str, Any]:
        return next(message for message in self.messages if message.get("response") == response)

    def part(self, kind: str) -> dict[str, Any]:
        parts = [part for m in self.messages for part in (m.get("custom") or {}).get("parts", []) if part["kind"] == kind]
        return parts[-1]  # type: ignore[no-any-return]

    @property
    def labels(self) -> list[str]:
        return [button["title"] for message in self.messages for button in message.get("buttons") or []]

    async def say(self, text: str, intent: str = "inform", confidence: float = 0.95, **entities: str) -> list[str]:
        """A turn of the citizen; returns the names of the responses."""
        self.seq += 1
        self.messages = []
        self._latest = {
            "text": text, "intent": {"name": intent, "confidence": confidence},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"gemeente": self.gemeente, "seq": self.seq, "key": f"{self.conv}:{self.seq}", "channel": "website"},
        }
        assert not ranking(self._latest)
        if self.form is None and intent == "afspraak_nakijken":
            await self._do(ActionAfspraakNakijken)
        else:
            self.form = self.form or STARTS[intent]
            await self._turn()
        return self.said

    async def choose(self, label: str) -> list[str]:
        """Press a button of the last turn."""
        buttons = [button for message in self.messages for button in message.get("buttons") or []]
        payload = next(button["payload"] for button in buttons if label in button["title"])
        if not payload.startswith("/"):
            return await self.say(payload)
        name, _, entities = payload[1:].partition("{")
        return await self.say(label, name, 1.0, **(json.loads("{" + entities) if entities else {}))

    async def _turn(self) -> None:
        assert self.form is not None
        await self._do(FORMS[self.form][0])
        if self.form is None:
            return
        if self.slots.get("afgebroken") is None:
            missing = [slot for slot in REQUIRED[self.form] if self.slots.get(slot) is None]
            if self._wanted is None and missing:
                self._wanted = missing[0]
            if self._wanted:
                self.slots["requested_slot"] = self._wanted
                if question := QUESTIONS.get(self._wanted):
                    await self._do(question)
                else:
                    self.messages.append({"response": f"utter_ask_{self._wanted}"})
                return
        submit, self.form = FORMS[self.form][1], None
        self.slots["requested_slot"] = None
        await self._do(submit)

    async def _do(self, action: type[Action]) -> None:
        """Run an action and apply its events."""
        dispatcher = CollectingDispatcher()
        tracker = Tracker(self.conv, dict(self.slots), self._latest, [], False, None, {}, None)
        events = await action().run(dispatcher, tracker, {})
        self.messages += [message | message.pop("kwargs", {}) for message in dispatcher.messages]
        self._wanted = None
        for event in events or []:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
                if event["name"] == "requested_slot":
                    self._wanted = event["value"]
            elif event["event"] == "active_loop":
                self.form = None
            elif event["event"] == "followup":
                await self._follow(event["name"])

    async def _follow(self, name: str) -> None:
        if name == "action_afspraak_nakijken":
            await self._do(ActionAfspraakNakijken)
        elif name in FORMS:
            self.form = name
            await self._turn()

    async def filled(
        self, location: str = "stadhuis", day: int = 0, at: int = 0, text: str = "afspraak voor een paspoort"
    ) -> Finder:
        """Up to the last look: the free day and time with these numbers."""
        await self.say(text, "afspraak_maken")
        if self.asked == "locatie":
            await self.say("daar", locatie=location)
        search = finder(self.services, [Item(i["id"], i["persons"]) for i in self.slots["producten"]])
        chosen = (await search.free_days(location))[day]
        await self.say(chosen.isoformat())
        await self.say(f"{(await search.times(location, chosen))[at]:%H:%M}")
        await self.say("Jan de Boer")
        await self.say("jan@example.nl")
        assert self.asked == "bevestigd", self.said
        return search

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(f"{self.slots['dag']}T{self.slots['tijd']}").replace(tzinfo=AMSTERDAM)


def finder(services: Services, items: Sequence[Item]) -> Finder:
    today = datetime.now(AMSTERDAM).date()
    last = date.fromordinal(today.toordinal() + services.settings.appointment_horizon_days)
    return Finder(services.appointments(GEMEENTE), items, today, last, services.settings.appointment_days_searched)


async def book(services: Services, start: datetime, location: str = "stadhuis", key: str = "other") -> Appointment:
    """Somebody else books."""
    customer = Customer("Eva Proef", "eva@example.nl")
    return await services.appointments(GEMEENTE).book([Item("paspoort")], location, start, customer, key=key)


class Unsure:
    """An appointment system in front of the real one, that fails on command before or after it acted."""

    def __init__(self, real: Appointments) -> None:
        self._real = real
        self.fails: list[tuple[str, type[Exception], bool]] = []  # (method, error, whether it acted)

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            if self.fails and self.fails[0][0] == name:
                _, error, acted = self.fails.pop(0)
                if acted:
                    await getattr(self._real, name)(*args, **kwargs)
                raise error
            return await getattr(self._real, name)(*args, **kwargs)

        return call
