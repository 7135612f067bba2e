"""Questions about a case that the conversation already knows: which case, which question, and the answer from the case."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import zaak as cases
from actions.context import Here, catalogue, ranking, services
from actions.forms import Event
from bot import dutch
from bot.dutch.zaakvragen import find_zaakvraag
from bot.zaken import ZaakStatus, kinds

OTHER, ANEW, MORE = "andere", "nieuw", "meer"
OTHER_CASE = {"title": "Een ander zaaknummer", "payload": '/zaakstatus{"zaakvraag": "nieuw"}'}


def asked(now: Here) -> str | None:
    """The question about a case, from a button or from the words."""
    if "zaakvraag" in now.entities:
        return str(now.entities["zaakvraag"]) or None
    return None if now.text.startswith("/") else find_zaakvraag(now.text)


def number(now: Here) -> str | None:
    """The case number that was given, from a button or from the words."""
    return dutch.parse_zaaknummer(str(now.entities.get("zaaknummer") or now.text))


def answerable(tracker: Tracker, now: Here) -> bool:
    """Whether a message about a case can be answered, or asked back, from the cases that are known."""
    known, given, question = cases.known(tracker, now), number(now), asked(now)
    if not known or question == ANEW:
        return False
    if given:
        return any(_same(given, zaak) for zaak in known)
    return question != OTHER or len(known) > 1


def about_a_case(tracker: Tracker, now: Here) -> bool:
    """Whether a message that names no subject asks on about a known case: the last thing that the conversation was about."""
    if not cases.known(tracker, now) or not asked(now) or _pressed(tracker):
        return False
    for event in reversed(tracker.events):
        name = ((event.get("metadata") or {}).get("utter_action") or "").removeprefix("utter_")
        intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name") or ""
        if name.startswith(("zaak_", "zaken_")) or intent == "zaakstatus":
            return True
        if any(topic in catalogue() and catalogue()[topic].about_something for topic in (name, intent)):
            return False
    return True  # nothing else was said since the look-up, after which the words are forgotten


def _pressed(tracker: Tracker) -> bool:
    """Whether the message is a button, which means one thing whatever its label says."""
    return len(ranking(tracker.latest_message)) == 1


def answer_known(dispatcher: CollectingDispatcher, tracker: Tracker, now: Here) -> list[Event]:
    """Answer from the known cases, or ask which one is meant; what those can't answer is looked up."""
    if not answerable(tracker, now):
        return [{"event": "followup", "name": "zaakstatus_form"}]
    known, question = cases.known(tracker, now), asked(now)
    if question == MORE:
        cases.tell_all(dispatcher, known, now, after=number(now) or "")
        return []
    zaak = _meant(tracker, now)
    if zaak is None:
        rest = [other for other in known if question != OTHER or other != cases.in_hand(tracker, now)]
        most = services().settings.cases_shown
        shown = rest if len(rest) <= most else rest[: max(most - 1, 1)]  # one makes way for the button to see more
        choices = cases.case_buttons(shown, question if question in _ANSWERS else "")
        if len(rest) > len(shown):
            choices.append(cases.more_button(shown[-1]))
        dispatcher.utter_message(
            response="utter_zaken_welke", buttons=[*choices, OTHER_CASE], json_message=cases.fading(shown)
        )
        return []
    if question in _ANSWERS and not zaak.finished:
        _answer(dispatcher, zaak, now, question)
    else:
        cases.tell(dispatcher, zaak, now)
    return [cases.take_in_hand(zaak, tracker)]


def answer_found(dispatcher: CollectingDispatcher, zaak: ZaakStatus, now: Here, question: str | None) -> None:
    """The answer after a look-up, with the card. What was said for it is personal, so the brain forgets the words."""
    if question in _ANSWERS and not zaak.finished:
        _answer(dispatcher, zaak, now, question, parts=[cases.card(zaak)], forget=True)
    else:
        cases.tell(dispatcher, zaak, now, forget=True)


def _answer(dispatcher: CollectingDispatcher, zaak: ZaakStatus, now: Here, question: str, **custom: Any) -> None:
    cases.say(dispatcher, zaak, now, ["utter_zaak_over", *_ANSWERS[question](zaak, now)], asked=question, **custom)


def _meant(tracker: Tracker, now: Here) -> ZaakStatus | None:
    """The case that is meant: by number, by its kind, the other one of two, the one in hand, or the only one."""
    known, given, hand = cases.known(tracker, now), number(now), cases.in_hand(tracker, now)
    if given:
        return next((zaak for zaak in known if _same(given, zaak)), None)
    rest = [zaak for zaak in known if zaak != hand] if asked(now) == OTHER else known
    if named := _by_kind(rest, now.text):
        return named
    if asked(now) != OTHER and hand:
        return hand
    pressed = "zaakvraag" in now.entities  # "Andere zaak" may be one that isn't known yet: the choice says so
    return rest[0] if len(rest) == 1 and not pressed and (hand or len(known) == 1) else None


def _by_kind(known: Sequence[ZaakStatus], text: str) -> ZaakStatus | None:
    """The one case whose kind is in the words."""
    found = [zaak for zaak in known if kinds.names(text, zaak.zaaktype)]
    return found[0] if len(found) == 1 else None


def _same(given: str, zaak: ZaakStatus) -> bool:
    return given == dutch.parse_zaaknummer(zaak.identificatie) or given == zaak.identificatie.upper()


_SAYS_WHOM_TO_ASK = {"utter_zaak_te_laat", "utter_zaak_datum_voorbij", "utter_zaak_zonder_datum"}


def _why(zaak: ZaakStatus, now: Here) -> list[str]:
    step = ["utter_zaak_stap"] if zaak.step and not zaak.suspended else []
    reasons = [*cases.longer(zaak), *(["utter_zaak_betalen"] if zaak.to_pay else []), *cases.note(zaak)]
    if reasons or zaak.suspended:
        return [*step, *reasons, cases.term(zaak, now)]
    term = cases.term(zaak, now)
    if term in _SAYS_WHOM_TO_ASK:
        return [*step, "utter_zaak_geen_reden", term]
    return [*step, term, "utter_zaak_vraag_reden"]


def _when(zaak: ZaakStatus, now: Here) -> list[str]:
    return [cases.term(zaak, now), *cases.longer(zaak), *(["utter_zaak_betalen"] if zaak.to_pay else [])]


def _what_to_do(zaak: ZaakStatus, now: Here) -> list[str]:
    mine = ["utter_zaak_betalen"] if zaak.to_pay else [] if zaak.suspended else ["utter_zaak_niets_doen"]
    late = [cases.term(zaak, now)] if zaak.suspended or zaak.days_over(now.today) else []
    return [*mine, *cases.note(zaak), *([] if zaak.suspended else _next(zaak)), *late]


def _what_comes(zaak: ZaakStatus, now: Here) -> list[str]:
    return [*(_next(zaak) or ["utter_zaak_laatste_stap"]), cases.term(zaak, now)]


def _too_late(zaak: ZaakStatus, now: Here) -> list[str]:
    in_time = zaak.latest and not zaak.suspended and not zaak.days_over(now.today)
    return [*(["utter_zaak_op_tijd"] if in_time else []), cases.term(zaak, now)]


def _decided(zaak: ZaakStatus, now: Here) -> list[str]:
    return ["utter_zaak_geen_besluit", cases.term(zaak, now)]


def _done(zaak: ZaakStatus, now: Here) -> list[str]:
    return ["utter_zaak_gedaan"]


def _withdraw(zaak: ZaakStatus, now: Here) -> list[str]:
    return ["utter_zaak_intrekken"]


def _next(zaak: ZaakStatus) -> list[str]:
    return ["utter_zaak_volgende_stap"] if zaak.next_step else []


_ANSWERS = {
    "waarom": _why, "wanneer": _when, "doen": _what_to_do, "stap": _what_comes, "te_laat": _too_late, "besluit": _decided,
    "gedaan": _done, "intrekken": _withdraw,
}


def keep_question(now: Here) -> list[Event]:
    """The event that keeps the question until the case is known."""
    question = asked(now)
    return [SlotSet("zaakvraag", question)] if question in _ANSWERS else []
