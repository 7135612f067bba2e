"""What the conversation knows about cases, and what the citizen hears about them.

The cases that were looked up stay in the slot `zaken` for a while, so that a citizen can ask on without a number. Only this
module reads and writes the slot.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Here, services
from actions.forms import Event
from bot.dutch import day_in_words
from bot.zaken import ZaakStatus

SLOT = "zaken"

Button = dict[str, str]


def remember(zaken: Sequence[ZaakStatus], now: Here, tracker: Tracker | None = None) -> Event:
    """The event that keeps these cases for the questions that follow. A single case is the one in hand (see `in_hand`).

    With `tracker` the cases that were known already stay known, each until its own time.
    """
    fresh = {zaak.identificatie: {"at": _clock(), "zaak": msgspec.to_builtins(zaak)} for zaak in zaken}
    earlier = [kept for kept in _current(tracker) if kept["zaak"]["identificatie"] not in fresh] if tracker else []
    hand = zaken[0].identificatie if len(zaken) == 1 else None
    most = services().settings.case_memory
    return SlotSet(SLOT, {"zaken": [*fresh.values(), *earlier][:most], "hand": hand})  # type: ignore[no-any-return]


def known(tracker: Tracker, now: Here) -> list[ZaakStatus]:
    """The cases that this conversation looked up within BALIE_CASE_MEMORY_SECONDS, last looked up first."""
    return [msgspec.convert(kept["zaak"], ZaakStatus) for kept in _current(tracker)]


def in_hand(tracker: Tracker, now: Here) -> ZaakStatus | None:
    """The known case that the citizen heard about last; None when several were shown at once."""
    hand = _kept(tracker)["hand"]
    return next((zaak for zaak in known(tracker, now) if zaak.identificatie == hand), None)


def take_in_hand(zaak: ZaakStatus, tracker: Tracker) -> Event:
    """The event that makes a known case the one in hand. It isn't known for longer by that."""
    return SlotSet(SLOT, _kept(tracker) | {"hand": zaak.identificatie})  # type: ignore[no-any-return]


def forget() -> Event:
    """The event after which no case is known."""
    return SlotSet(SLOT, None)  # type: ignore[no-any-return]


def _current(tracker: Tracker) -> list[dict[str, Any]]:
    oldest = _clock() - services().settings.case_memory_seconds
    return [kept for kept in _kept(tracker)["zaken"] if kept["at"] > oldest]


def _kept(tracker: Tracker) -> dict[str, Any]:
    return tracker.get_slot(SLOT) or {"zaken": [], "hand": None}


def _clock() -> int:
    """Now, in seconds."""
    return int(services().now().timestamp())


def card(zaak: ZaakStatus) -> dict[str, Any]:
    """The part `case` of a message: the public facts, and how it ended for who may know that. Dates are `YYYY-MM-DD` or None."""
    return {
        "kind": "case", "identificatie": zaak.identificatie, "zaaktype": zaak.zaaktype, "status": zaak.status,
        "step": zaak.step, "steps": zaak.steps, "next_step": zaak.next_step, "suspended": zaak.suspended,
        "to_pay": zaak.to_pay and not zaak.finished,
        "result": zaak.personal.result if zaak.personal and zaak.finished else "",
    } | {name: day.isoformat() if (day := getattr(zaak, name)) else None for name in ("expected", "latest", "finished")}


def tell(dispatcher: CollectingDispatcher, zaak: ZaakStatus, now: Here, **custom: Any) -> None:
    """The answer about one case: where it is, when it should be done, and what the citizen can do; with its card and buttons.

    `custom` goes to the brain with it, such as `forget=True` (see `bot.brain.answers.collect`).
    """
    say(dispatcher, zaak, now, [f"utter_zaak_{place(zaak)}", *prospects(zaak, now)], parts=[card(zaak)], **custom)


def say(
    dispatcher: CollectingDispatcher, zaak: ZaakStatus, now: Here, names: Sequence[str], asked: str | None = None, **custom: Any
) -> None:
    """Say these responses about a case as one message, with the buttons to go on. `asked`: the question that it answers."""
    values = _values(zaak, now)
    for name in dict.fromkeys(names):
        first = name == names[0]
        dispatcher.utter_message(
            response=name, buttons=buttons(zaak, now, asked) if first else [],
            json_message=custom | fading([zaak]) if first else {"joins": True}, **values,
        )


def place(zaak: ZaakStatus) -> str:
    """Where a case is: done, not begun, or at one of its steps. Last part of the name of the response."""
    return "klaar" if zaak.finished else "loopt" if zaak.step else "nieuw"


def prospects(zaak: ZaakStatus, now: Here) -> list[str]:
    """Names of the responses about what comes: the end or the term, and what the citizen must know or do."""
    if zaak.finished:
        told = zaak.personal and zaak.personal.result
        return ["utter_zaak_resultaat" if told else "utter_zaak_beslissing", *note(zaak)]
    payment = ["utter_zaak_betalen"] if zaak.to_pay else []
    return [term(zaak, now), *longer(zaak), *payment, *note(zaak)]


def term(zaak: ZaakStatus, now: Here) -> str:
    """Name of the response about when a case that isn't finished should be done."""
    if zaak.suspended:
        return "utter_zaak_stil_reden" if zaak.personal and zaak.personal.suspension_reason else "utter_zaak_stil"
    if zaak.days_over(now.today):
        return "utter_zaak_te_laat"
    passed = zaak.expected is not None and zaak.expected < now.today
    if zaak.latest and zaak.expected and zaak.expected < zaak.latest:
        return "utter_zaak_niet_gelukt" if passed else "utter_zaak_verwacht"
    if zaak.latest:
        return "utter_zaak_uiterlijk"
    if zaak.expected:
        return "utter_zaak_datum_voorbij" if passed else "utter_zaak_datum"
    return "utter_zaak_zonder_datum"


def longer(zaak: ZaakStatus) -> list[str]:
    """That the term was made longer, and why where the citizen may know it."""
    if not zaak.extended or zaak.finished:
        return []
    return ["utter_zaak_verlengd_reden" if zaak.personal and zaak.personal.extension_reason else "utter_zaak_verlengd"]


def note(zaak: ZaakStatus) -> list[str]:
    """The municipality's own explanation of the status or the result, at the higher level of assurance."""
    return ["utter_zaak_toelichting"] if _note(zaak) else []


def _note(zaak: ZaakStatus) -> str:
    if zaak.personal is None:
        return ""
    notes = (zaak.personal.result_note if zaak.finished else "", zaak.personal.status_note)
    return " ".join(_sentence(text) for text in notes if text)


def buttons(zaak: ZaakStatus, now: Here, asked: str | None) -> list[Button]:
    """How the citizen can go on, at most four: questions that weren't just answered, notices, another case."""
    found = []
    if not zaak.finished:
        on_its_way = zaak.step and not zaak.suspended and not zaak.days_over(now.today)
        if on_its_way and asked != "waarom":
            found.append(question_button("Waarom duurt het zo lang?", zaak, "waarom"))
        if asked != "doen":
            found.append(question_button("Wat moet ik nog doen?", zaak, "doen"))
        if zaak.ref and zaak.may_follow and services().notices.offered(now.gemeente.key):
            found.append(notice_button(zaak))
    return [*found, _button("Andere zaak", "zaakstatus", zaakvraag="andere")]


def question_button(title: str, zaak: ZaakStatus, asked: str) -> Button:
    """Asks one thing (see `bot.dutch.zaakvragen`) about this case."""
    return _button(title, "zaakstatus", zaaknummer=zaak.identificatie, zaakvraag=asked)


def notice_button(zaak: ZaakStatus) -> Button:
    """Asks to be told when the case changes."""
    return _button("Houd mij op de hoogte", "notices_on", zaaknummer=zaak.identificatie)


def case_buttons(zaken: Sequence[ZaakStatus], asked: str = "") -> list[Button]:
    """A button per case, to ask about it. Two cases of one kind have their number in front: a phone cuts off the end."""
    kinds = [zaak.zaaktype for zaak in zaken]
    labels = [zaak.zaaktype if kinds.count(zaak.zaaktype) == 1 else f"{zaak.identificatie} {zaak.zaaktype}" for zaak in zaken]
    return [question_button(label, zaak, asked) for label, zaak in zip(labels, zaken, strict=True)]


def more_button(last: ZaakStatus) -> Button:
    """Shows the own cases that come after this one."""
    return question_button("Toon meer zaken", last, "meer")


def tell_all(dispatcher: CollectingDispatcher, zaken: list[ZaakStatus], now: Here, after: str = "") -> None:
    """The citizen's own cases, newest first: an introduction, and a card and a button each, as many as fit.

    `after` is the number of the last case that was shown before: then those that come after it. Says so when there are none.
    """
    ordered = sorted(zaken, key=lambda zaak: zaak.started, reverse=True)
    start = next((i for i, zaak in enumerate(ordered, start=1) if zaak.identificatie == after), 0)
    shown = ordered[start : start + services().settings.cases_shown]
    left = len(ordered) - start - len(shown)
    if not shown:
        dispatcher.utter_message(response="utter_zaken_geen")
        return
    dispatcher.utter_message(
        response="utter_zaken_vervolg" if start else "utter_zaken_een" if len(ordered) == 1 else "utter_zaken_eigen",
        zaken_aantal=len(ordered), buttons=[*case_buttons(shown), *([more_button(shown[-1])] if left else [])],
        json_message={"parts": [card(zaak) for zaak in shown]} | fading(shown),
    )
    if left:
        dispatcher.utter_message(response="utter_zaken_meer", zaken_over=left, json_message={"joins": True})


def fading(zaken: Sequence[ZaakStatus]) -> dict[str, int]:
    """What only a login shows stays in the conversation as long as it is known: others may use the same computer after that."""
    own = any(zaak.personal for zaak in zaken)
    return {"until": _clock() + services().settings.case_memory_seconds} if own else {}


def _button(title: str, intent: str, **entities: str) -> Button:
    return {"title": title, "payload": f"/{intent}{json.dumps(entities)}"}


def _values(zaak: ZaakStatus, now: Here) -> dict[str, Any]:
    """What the responses name. Empty where a case has no such thing: then its response isn't said."""
    personal, over = zaak.personal, zaak.days_over(now.today)
    days = {"zaak_verwacht": zaak.expected, "zaak_uiterlijk": zaak.latest, "zaak_klaar": zaak.finished}
    return {
        "zaak_nummer": zaak.identificatie, "zaak_type": zaak.zaaktype, "zaak_stap": zaak.step, "zaak_stappen": zaak.steps,
        "zaak_tekst": _sentence(zaak.status), "zaak_volgende": _sentence(zaak.next_step),
        "zaak_dagen": "1 dag" if over == 1 else f"{over} dagen",
        "zaak_resultaat": _sentence(personal.result) if personal else "",
        "zaak_stil_reden": _sentence(personal.suspension_reason) if personal else "",
        "zaak_verlengd_reden": _sentence(personal.extension_reason) if personal else "",
        "zaak_toelichting": _sentence(_note(zaak)),
    } | {name: day_in_words(day) if day else "" for name, day in days.items()}


def _sentence(text: str) -> str:
    """A text of the case system on one line, with an end: not every system closes its sentences."""
    line = " ".join(text.split())
    return line if not line or line[-1] in ".!?" else f"{line}."
