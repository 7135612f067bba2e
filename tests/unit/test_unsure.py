"""Texts in turn, what counts as a choice, and that no two sentences for "I can't answer that" are the same."""

import asyncio
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import yaml
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.gesprek import ActionNotUnderstood
from actions.turns import unclear_before
from bot import content
from bot.brain.picks import picked
from bot.brain.variants import generate_in_turn
from bot.settings import ROOT, Settings
from bot.wiring import build, use

ANSWERS = TemplatedNaturalLanguageGenerator({
    "utter_a": [{"text": "een {naam}"}, {"text": "twee"}, {"text": "drie"}], "utter_b": [{"text": "vier"}],
})
CATALOGUE = content.load()


@pytest.fixture
def services_in_use() -> None:
    """Actions ask for the municipalities; nothing here connects to Redis."""
    use(build(Settings(), "unix:///nowhere"))


def _tracker(*events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c", list(events))


def _said(response: dict[str, Any], name: str) -> BotUttered:
    return BotUttered(response["text"], {"buttons": response.get("buttons")}, metadata={**response, "utter_action": name})


def test_texts_come_in_turn_and_none_twice_in_a_row() -> None:
    events: list[Event] = []
    for _ in range(7):
        response = generate_in_turn(ANSWERS, "utter_a", _tracker(*events), {"naam": "x"})
        assert response
        events.append(_said(response, "utter_a"))
    assert [event.text for event in events] == ["een x", "twee", "drie", "een x", "twee", "drie", "een x"]


def test_texts_differ_also_when_the_tracker_only_has_the_last_turn() -> None:
    last: list[Event] = []
    said = []
    for _ in range(6):
        response = generate_in_turn(ANSWERS, "utter_a", _tracker(*last), {"naam": "x"})
        assert response
        last = [_said(response, "utter_a")]
        said.append(response["text"])
    assert all(one != other for one, other in pairwise(said))


def test_one_text_and_none() -> None:
    assert generate_in_turn(ANSWERS, "utter_b", _tracker(), {}) == {"text": "vier"}
    assert generate_in_turn(ANSWERS, "utter_c", _tracker(), {}) is None


def _user(seq: int, *ranking: tuple[str, float], text: str = "?") -> UserUttered:
    ranked = [{"name": name, "confidence": sure} for name, sure in ranking]
    parsed = {"intent": ranked[0], "intent_ranking": ranked, "entities": [], "text": text}
    return UserUttered(text, intent=ranked[0], parse_data=parsed, metadata={"seq": seq})


def _offer(name: str, *payloads: str) -> BotUttered:
    return _said({"text": "Bedoelt u?", "buttons": [{"title": p, "payload": p} for p in payloads]}, name)


UNSURE = _user(4, ("nlu_fallback", 0.6), ("paspoort_aanvragen", 0.41), ("id_kaart_aanvragen", 0.2))
OFFER = _offer("utter_bedoelt_u", "/paspoort_aanvragen", '/afspraak_maken{"product": "paspoort"}', "/something_else")


def test_a_choice_from_offered_topics_is_recorded_without_words() -> None:
    found = picked(_tracker(UNSURE, OFFER), {"type": "message", "_payload": "/something_else", "text": "Iets anders"}, CATALOGUE)
    assert found
    day = found.pop("day")
    assert len(day) == 10
    assert found == {"offered": ["paspoort_aanvragen", "afspraak_maken"], "picked": "something_else",
                     "likeliest": "paspoort_aanvragen", "confidence": 0.41, "said": 4}


def test_what_is_no_choice_from_offered_topics_is_not_recorded() -> None:
    choice = {"type": "message", "_payload": "/paspoort_aanvragen"}
    assert picked(_tracker(UNSURE, OFFER), {"type": "message", "text": "paspoort"}, CATALOGUE) is None
    assert picked(_tracker(UNSURE, OFFER), {"type": "message", "_payload": "/woz_bezwaar"}, CATALOGUE) is None
    assert picked(_tracker(UNSURE, _offer("utter_aanbod_asked", "/paspoort_aanvragen")), choice, CATALOGUE) is None
    assert picked(_tracker(UNSURE, OFFER, _user(6, ("greet", 1.0)), _offer("utter_help", "/greet")), choice, CATALOGUE) is None
    assert picked(_tracker(), choice, CATALOGUE) is None
    assert picked(_tracker(OFFER), choice, CATALOGUE) is None


def _sdk(*events: Event) -> Tracker:
    """The tracker as actions get it; the last event is the citizen's."""
    state = [event.as_dict() for event in events]
    message = state[-1]["parse_data"] | {"metadata": state[-1]["metadata"], "text": state[-1]["text"]}
    return Tracker("c", {}, message, state, False, None, {}, "action_listen")


def test_unclear_turns_are_counted_until_one_was_clear() -> None:
    clear, unclear, anew = (
        _said({"text": "x"}, f"utter_{name}") for name in ("woz_bezwaar", "onduidelijk_dag", "iets_anders")
    )
    now = _user(9, ("nlu_fallback", 0.6))
    listen = ActionExecuted("action_listen")
    assert unclear_before(_sdk(now)) == 0
    assert unclear_before(_sdk(UNSURE, unclear, listen, now)) == 1
    assert unclear_before(_sdk(UNSURE, unclear, UNSURE, clear, UNSURE, unclear, UNSURE, unclear, now)) == 2
    assert unclear_before(_sdk(UNSURE, unclear, UNSURE, anew, now)) == 1
    assert unclear_before(_sdk(UNSURE, unclear, UNSURE, clear, now)) == 0


def _asked_back(*ranking: tuple[str, float]) -> dict[str, Any]:
    dispatcher = CollectingDispatcher()
    events = asyncio.run(ActionNotUnderstood().run(dispatcher, _sdk(_user(2, ("nlu_fallback", 0.6), *ranking, text="pas")), {}))
    assert events == []
    (message,) = dispatcher.messages
    return message | {"offered": [button["payload"].lstrip("/") for button in message["buttons"]]}


def test_near_neighbours_get_the_question_that_tells_them_apart(services_in_use: None) -> None:
    said = _asked_back(("reisdocument_vermist", 0.4), ("paspoort_aanvragen", 0.35), ("visum", 0.09))
    assert said["response"] == "utter_welke_bedoelt_u"
    assert "kwijt" in said["vraag"]
    assert said["offered"] == ["reisdocument_vermist", "paspoort_aanvragen", "reisdocument_spoed", "something_else"]


def test_topics_that_are_no_neighbours_are_offered_by_name_filled_up_to_three(services_in_use: None) -> None:
    said = _asked_back(("paspoort_aanvragen", 0.4), ("woz_bezwaar", 0.3), ("greet", 0.1), ("visum", 0.03), ("wmo", 0.02))
    assert said["response"] == "utter_bedoelt_u"
    assert said["offered"] == ["paspoort_aanvragen", "woz_bezwaar", "visum", "something_else"]
    assert _asked_back(("paspoort_aanvragen", 0.4), ("visum", 0.01))["offered"] == ["paspoort_aanvragen", "something_else"]


def test_a_third_likely_topic_that_is_no_neighbour_stops_the_question(services_in_use: None) -> None:
    said = _asked_back(("reisdocument_vermist", 0.3), ("paspoort_aanvragen", 0.25), ("visum", 0.2))
    assert said["response"] == "utter_bedoelt_u"


def test_where_nothing_is_likely_nothing_is_guessed(services_in_use: None) -> None:
    assert _asked_back(("greet", 0.3), ("paspoort_aanvragen", 0.05))["response"] == "utter_niet_begrepen"


def test_who_has_an_answer_in_this_turn_gets_no_second_one() -> None:
    dispatcher = CollectingDispatcher()
    tracker = _sdk(_user(2, ("contact_medewerker", 0.9)))
    tracker.events.append(_said({"text": "Dat kan."}, "utter_aanbod_asked").as_dict())
    events = asyncio.run(ActionNotUnderstood().run(dispatcher, tracker, {}))
    assert (events, dispatcher.messages) == ([{"event": "followup", "name": "action_listen"}], [])


@cache
def _texts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in [ROOT / "domain.yml", *(ROOT / "data" / "nlu" / "dialogue").glob("*.yml")]:
        for name, variants in (yaml.load(path.read_text(), Loader=yaml.CSafeLoader).get("responses") or {}).items():
            found[name] = [variant["text"] for variant in variants]
    return found


def test_what_may_be_said_twice_in_a_row_has_a_second_text() -> None:
    repeated = {"utter_niet_begrepen", "utter_bedoelt_u", "utter_iets_anders", "utter_english", "utter_out_of_scope",
                "utter_other_language", "utter_kom_er_niet_uit", "utter_aanbod_asked", "utter_aanbod_frustration",
                "utter_aanbod_wrong_answer", "utter_aanbod_zonder_begrip", "utter_chat_dicht"}
    repeated |= {name for name in _texts() if name.startswith("utter_onduidelijk_")}
    assert {name for name in repeated if len(_texts()[name]) < 2} == set()


def test_no_two_texts_are_the_same() -> None:
    unclear = [text for name, texts in _texts().items() if not name.startswith("utter_ask_") for text in texts]
    alike = {text for text, times in Counter(unclear).items() if times > 1}
    assert alike <= {"Dat lijkt geen naam. Typ uw voornaam en achternaam.",
                     "Ook dit lees ik niet als een naam. Typ alleen uw naam, of typ 'stop'.",  # two forms ask for a name,
                     "Dat herken ik niet als een telefoonnummer. Typ bijvoorbeeld 06 12345678."}  # and two for a number
