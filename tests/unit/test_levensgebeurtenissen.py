"""Life events: what the files say, who is understood to ask for all of one, and the way through it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.levensgebeurtenis import ActionOnthouden
from bot import content, gemeenten, levensgebeurtenissen
from bot.brain.answers import collect
from bot.brain.nlg import GemeenteNLG
from bot.dutch.everything import asks_everything
from bot.editing.language import long_sentences
from bot.levensgebeurtenissen import left
from bot.nlu.levensgebeurtenis import LifeEvents
from bot.settings import Settings, SettingsError
from bot.wiring import build, use
from tests.unit.test_gemeenten import general_answers

EVENTS = levensgebeurtenissen.load()
FOUND = gemeenten.load(Settings().gemeente_names)
TOPICS = content.load()


def nothing_lacks(_topic: str) -> bool:
    return False


@pytest.mark.parametrize("key", EVENTS)
def test_an_event_leads_to_topics_that_exist_in_short_sentences(key: str) -> None:
    event = EVENTS[key]
    assert {*event.starts, *event.topics} <= TOPICS.keys()
    assert len(set(event.topics)) == len(event.topics) >= 2
    assert event.source.startswith("https://")
    lines = [event.intro, event.closing, *(f"{step.when} {step.text}." for step in event.steps)]
    assert not [sentence for line in lines for sentence in long_sentences(line, 20)]
    assert all(line.endswith(".") for line in (event.intro, event.closing))
    assert not any(step.text.endswith(".") or step.when.endswith(",") for step in event.steps)


def test_the_six_events_are_there_and_each_is_begun_by_its_own_topics() -> None:
    assert len(EVENTS) >= 6
    for topic, title in {
        "verhuizing_doorgeven": "Verhuizen", "geboorteaangifte": "Een kind krijgen", "erkenning_kind": "Een kind krijgen",
        "trouwen_partnerschap": "Trouwen", "overlijden_aangifte": "Een overlijden", "bijna_18": "18 jaar worden",
        "reisdocument_vermist": "Alles kwijt", "rijbewijs_vermist": "Alles kwijt",
    }.items():
        assert EVENTS[EVENTS.started_by(topic) or ""].title == title
    assert EVENTS.started_by("woz_bezwaar") is None


GOOD: dict[str, Any] = {
    "title": "Vlag", "button": "Alles rond vlaggen", "intro": "U vlagt.", "closing": "Klaar.", "starts": ["vlag"],
    "source": "https://x.example", "source_label": "X", "reviewed": "2026-11-01",
    "steps": [{"topic": "vlag", "text": "hang hem op"}, {"topic": "stok", "text": "pak een stok"}],
}


@pytest.mark.parametrize(("change", "fault"), [
    ({"steps": [*GOOD["steps"], {"topic": "vlag", "text": "nog eens"}]}, "vlag is more than one step"),
    ({"steps": GOOD["steps"][:1]}, "length >= 2"),
    ({"steps": [*GOOD["steps"], {"text": "bel de bank"}]}, "needs `title`, `source`"),
    ({"steps": [*GOOD["steps"], {"topic": "touw", "text": "x" * 5, "wen": "ooit"}]}, "unknown field `wen`"),
    ({"starts": []}, "length >= 1"), ({"intro": None}, "Expected `str`"), ({"reviewed": "gisteren"}, "reviewed"),
    ({"button": "x" * 41}, "length <= 40"),
])
def test_a_fault_in_a_file_is_told_with_the_file(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    (tmp_path / "vlag.yml").write_text(yaml.safe_dump(GOOD | change))
    with pytest.raises(SettingsError, match=r"vlag\.yml") as told:
        levensgebeurtenissen.load(tmp_path)
    assert fault in str(told.value)


def test_a_topic_cannot_begin_two_events(tmp_path: Path) -> None:
    for name in ("een", "twee"):
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(GOOD))
    with pytest.raises(SettingsError, match="starts more than one"):
        levensgebeurtenissen.load(tmp_path)


@pytest.mark.parametrize("text", [
    "wat moet ik allemaal regelen bij een verhuizing", "ik ga verhuizen waar begin ik", "Checklist 18", "stappenplan trouwen",
    "ik word bijna 18, wat moet ik dan allemaal zelf doen", "waar moet ik allemaal aan denken als we een baby krijgen",
    "mijn vader is overleden wat komt er allemaal bij kijken", "wat komt er kijken bij trouwen", "wat alemaal regelen verhuizing",
    "wie moet ik allemaal inlichten als ik verhuis", "heeft u een lijstje voor mij", "alles rond het overlijden van mijn man",
    "ik wil alles in een keer regelen", "wat moet er allemaal gebeuren na een overlijden", "wat eerst", "wat moet ik eerst doen",
    "welke dingen moet ik regelen voor mijn kind", "ik weet niet waar ik moet beginnen", "wat moet ik regelen om te trouwen",
    "waar moet ik mee beginnen nu mijn moeder dood is", "wat verandert er allemaal als ik achttien word", "van A tot Z graag",
    "geen idee waar te beginnen", "wat is het eerste dat we moeten doen", "kunt u het stap voor stap uitleggen",
])
def test_who_asks_for_everything(text: str) -> None:
    assert asks_everything(text)


@pytest.mark.parametrize("text", [
    "", "ik wil mijn verhuizing doorgeven", "wat moet ik allemaal meenemen", "waar kunnen we allemaal trouwen",
    "wat kost het allemaal", "wat moeten we allemaal bij ons hebben", "lijstje met papieren die ik mee moet nemen",
    "moet ik de vermissing eerst melden voor ik een afspraak maak", "welke brieven krijg je allemaal rond je achttiende",
    "mag je trouwen zonder eerst voor de wet te trouwen", "ons eerste kindje aangeven", "mijn man heeft alles al geregeld",
    "Alles over: Verhuizing doorgeven", "wat moet ik allemaal betalen voor de bruiloft", "is er een wachtlijst",
    "moet ik eerst naar de politie", "wanneer begint de leerplicht", "wat moet ik doen met mijn oude adres",
])
def test_who_asks_for_one_thing(text: str) -> None:
    assert not asks_everything(text)


@pytest.mark.parametrize("text", [
    "paspoort en rijbewijs gestolen", "mijn portemonnee is weg met mijn id, rijbewijs en bankpas", "id weg pasjes weg alles weg",
    "ID-kaart + pinpas kwijt", "mijn portemonnee is gejat", "tas gestolen, alles zat erin", "id rijbewijs bankpas kwijt",
    "mijn rijbewijs en ook mijn identiteitskaart zijn weg", "Alles kwijt!", "alles kwijt door brand, waar beginnen we",
])
def test_who_lost_everything(text: str) -> None:
    assert EVENTS.asked_for("rijbewijs_vermist", text) == "alles_kwijt"
    assert EVENTS.asked_for("verhuizing_doorgeven", text) is None or asks_everything(text)


@pytest.mark.parametrize("text", [
    "paspoort kwijt", "mijn paspoort of id-kaart is weg", "rijbewijs gestolen", "portemonnee kwijt met mijn rijbewijs",
    "mijn rijbewijs zat erin, mijn paspoort ligt gelukkig thuis", "is mijn rijbewijs genoeg als mijn paspoort weg is",
])
def test_who_lost_one_thing(text: str) -> None:
    assert EVENTS.asked_for("reisdocument_vermist", text) is None


def test_what_is_left_begins_after_the_last_step_and_comes_round() -> None:
    event = EVENTS["verhuizen"]
    assert left(event, [], nothing_lacks) == event.topics
    assert left(event, [], nothing_lacks, after="parkeervergunning")[0] == "hondenbelasting"
    assert left(event, event.topics[1:], nothing_lacks, after="afval_kalender") == event.topics[:1]
    assert left(event, event.topics, nothing_lacks) == []
    assert "hondenbelasting" not in left(event, [], FOUND["weidedorp"].lacks)
    assert "hondenbelasting" in left(event, [], FOUND["voorbeeld"].lacks)


@pytest.fixture(scope="module")
def nlg() -> GemeenteNLG:
    made = GemeenteNLG(found=FOUND)
    made.responses = general_answers()[0]
    return made


async def _ask(
    nlg: GemeenteNLG, topic: str, text: str = "ja", gemeente: str = "voorbeeld", event: str | None = None,
    read: tuple[str, ...] = (), intent: str = "", **values: Any,
) -> dict[str, Any]:
    slots = [AnySlot(name, mappings=[{"type": "custom"}]) for name in ("levensgebeurtenis", "stappen_gelezen")]
    tracker = DialogueStateTracker("c", slots)
    tracker.update(UserUttered(text, {"name": intent or topic}, metadata={"gemeente": gemeente}))
    tracker.update(SlotSet("levensgebeurtenis", event))
    tracker.update(SlotSet("stappen_gelezen", list(read)))
    found = await nlg.generate(f"utter_{topic}", tracker, "website", **values)
    assert found
    return found


def _labels(found: dict[str, Any]) -> list[str]:
    (said,) = collect([found], "t_1", 1.0).events
    return [option["label"] for part in said.get("parts", []) if part["kind"] == "choices" for option in part["options"]]


async def test_who_asks_for_everything_gets_the_overview_of_the_topic_that_was_asked(nlg: GemeenteNLG) -> None:
    found = await _ask(nlg, "verhuizing_doorgeven", "ik ga verhuizen, wat moet ik allemaal regelen")
    assert found["text"].splitlines()[1].startswith("1. Verhuizing doorgeven: vanaf 4 weken")
    assert found["metadata"]["topic"] == "verhuizing_doorgeven" and found["metadata"]["overview"] == "verhuizen"
    assert _labels(found)[:2] == ["Ik wil het stap voor stap doorlopen", "Verhuizing doorgeven"]


async def test_who_asks_for_everything_in_english_gets_a_word_of_english(nlg: GemeenteNLG) -> None:
    found = await _ask(nlg, "bijna_18", "i just turned 18, is there a checklist of what i have to do")
    assert found["text"].startswith("I can read English") and "1. DigiD aanvragen" in found["text"]


async def test_an_answer_has_one_button_more_where_its_topic_begins_an_event(nlg: GemeenteNLG) -> None:
    assert "Alles rond uw verhuizing" in _labels(await _ask(nlg, "verhuizing_doorgeven"))
    assert _labels(await _ask(nlg, "woz_bezwaar")) == []
    assert _labels(await _ask(nlg, "huurtoeslag")) == [], "a step that begins no event"


async def test_a_step_leads_to_the_next_one_and_the_last_one_closes(nlg: GemeenteNLG) -> None:
    topics = EVENTS["verhuizen"].topics
    step = await _ask(nlg, topics[0], event="verhuizen")
    assert _labels(step)[-2:] == ["Volgende: Huurtoeslag", "Overzicht"] and EVENTS["verhuizen"].closing not in step["text"]
    last = await _ask(nlg, topics[-1], event="verhuizen", read=tuple(topics[:-1]))
    assert last["text"].endswith(EVENTS["verhuizen"].closing) and _labels(last) == []
    again = await _ask(nlg, topics[-1], event="verhuizen", read=tuple(topics))
    assert EVENTS["verhuizen"].closing not in again["text"]
    assert "Alles rond uw verhuizing" not in _labels(await _ask(nlg, topics[0], event="verhuizen", read=tuple(topics)))


async def test_an_answer_about_one_aspect_does_not_finish_a_step(nlg: GemeenteNLG) -> None:
    topics = EVENTS["verhuizen"].topics
    found = await _ask(nlg, topics[-1], "is dat gratis", event="verhuizen", read=tuple(topics[:-1]))
    assert found["metadata"]["aspect"] == "kosten" and EVENTS["verhuizen"].closing not in found["text"]
    assert "Overzicht" in _labels(found)


async def test_another_question_offers_the_way_back(nlg: GemeenteNLG) -> None:
    assert "Verder met: Verhuizen" in _labels(await _ask(nlg, "paspoort_aanvragen", event="verhuizen"))
    both = _labels(await _ask(nlg, "bijna_18", event="verhuizen"))
    assert both[-2:] == ["Verder met: Verhuizen", "Alles rond 18 worden"]
    assert "Verder met: Verhuizen" in _labels(await _ask(nlg, "gestopt", event="verhuizen", intent="stop"))


async def test_what_was_read_is_marked(nlg: GemeenteNLG) -> None:
    found = await _ask(nlg, "levensgebeurtenis", read=("huurtoeslag",), levensgebeurtenis="verhuizen")
    lines = found["text"].splitlines()
    assert lines[2].endswith("(gelezen)") and not lines[1].endswith("(gelezen)")
    assert "Huurtoeslag" not in _labels(found) and _labels(found)[0] == "Verder met de volgende stap"
    done = await _ask(nlg, "levensgebeurtenis", read=tuple(EVENTS["verhuizen"].topics), levensgebeurtenis="verhuizen")
    assert _labels(done) == [] and done["text"].endswith(EVENTS["verhuizen"].closing)


async def test_going_on_is_not_asking_for_everything_again(nlg: GemeenteNLG) -> None:
    text = "Ik wil het stap voor stap doorlopen"
    found = await _ask(nlg, "verhuizing_doorgeven", text, event="verhuizen", intent="walk_next")
    assert "overview" not in found["metadata"] and "5 dagen" in found["text"]


async def test_an_overview_leaves_out_what_a_municipality_does_not_have_and_says_what_it_has(nlg: GemeenteNLG) -> None:
    one = await _ask(nlg, "levensgebeurtenis", levensgebeurtenis="verhuizen")
    other = await _ask(nlg, "levensgebeurtenis", gemeente="weidedorp", levensgebeurtenis="verhuizen")
    assert "Hondenbelasting" in one["text"] and "Hondenbelasting" not in other["text"] + str(_labels(other))
    assert "5. Afvalkalender" in other["text"], "numbered without a gap"
    lost = [(await _ask(nlg, "levensgebeurtenis", gemeente=key, levensgebeurtenis="alles_kwijt"))["text"] for key in FOUND]
    assert lost[0] != lost[1] and "{" not in lost[0] + lost[1]


async def test_steps_of_their_own_bring_their_source(nlg: GemeenteNLG) -> None:
    (said,) = collect([await _ask(nlg, "rijbewijs_vermist", "alles kwijt")], "t_1", 1.0).events
    links = [part["url"] for part in said["parts"] if part["kind"] == "link"]
    assert len(links) == 2 and all(link.startswith("https://www.rijksoverheid.nl/") for link in links)
    assert said["text"].index("Bankpassen") < said["text"].index("Paspoort of ID-kaart") < said["text"].index("Politie")


def _understood(text: str, *ranking: tuple[str, float]) -> tuple[str, float]:
    ranked = [{"name": name, "confidence": sure} for name, sure in ranking]
    message = Message({TEXT: text, INTENT: ranked[0], INTENT_RANKING_KEY: ranked})
    LifeEvents(LifeEvents.get_default_config(), EVENTS).process([message])
    return message.get(INTENT)["name"], round(message.get(INTENT)["confidence"], 2)


@pytest.mark.parametrize(("text", "ranking", "expected"), [
    ("paspoort en rijbewijs weg", [("nlu_fallback", 0.6), ("rijbewijs_vermist", 0.4), ("reisdocument_vermist", 0.35)],
     ("rijbewijs_vermist", 0.75)),
    ("paspoort of zo weg", [("nlu_fallback", 0.6), ("rijbewijs_vermist", 0.4), ("reisdocument_vermist", 0.35)],
     ("nlu_fallback", 0.6)),
    ("checklist verhuizing", [("nlu_fallback", 0.6), ("walk_overview", 0.5), ("verhuizing_doorgeven", 0.4)],
     ("verhuizing_doorgeven", 0.9)),
    ("checklist geboorte", [("walk_overview", 0.8), ("geboorteaangifte", 0.15)], ("geboorteaangifte", 0.95)),
    ("checklist", [("walk_overview", 0.95), ("bijna_18", 0.03)], ("walk_overview", 0.95)),
    ("checklist verhuizing", [("woz_bezwaar", 0.7), ("verhuizing_doorgeven", 0.3)], ("woz_bezwaar", 0.7)),
    ("checklist", [("nlu_fallback", 0.6), ("verhuizing_doorgeven", 0.3)], ("nlu_fallback", 0.6)),
])
def test_doubt_within_one_event_is_no_doubt(
    text: str, ranking: list[tuple[str, float]], expected: tuple[str, float]
) -> None:
    assert _understood(text, *ranking) == expected


@pytest.fixture
def services_in_use() -> None:
    """Actions ask for the municipalities; nothing here connects to Redis."""
    use(build(Settings(), "unix:///nowhere"))


def _said(name: str, **metadata: Any) -> dict[str, Any]:
    return {"event": "bot", "text": "x", "metadata": {"utter_action": f"utter_{name}", "metadata": metadata}}


def _user(intent: str, sure: float = 1.0, **entities: str) -> dict[str, Any]:
    parsed = {"intent": {"name": intent, "confidence": sure}, "text": "x",
              "entities": [{"entity": name, "value": value} for name, value in entities.items()]}
    return {"event": "user", "parse_data": parsed, "metadata": {"gemeente": "voorbeeld"}}


def _remembered(
    *events: dict[str, Any], event: str | None = None, read: list[str] | None = None, form: str | None = None
) -> dict[str, Any]:
    """The slots that change with the last of the events."""
    slots = {"levensgebeurtenis": event, "stappen_gelezen": read}
    message = events[-1]["parse_data"] | {"metadata": events[-1]["metadata"]}
    tracker = Tracker("c", slots, message, list(events), False, None, {"name": form} if form else {}, "action_listen")
    return {e["name"]: e["value"] for e in asyncio.run(ActionOnthouden().run(CollectingDispatcher(), tracker, {}))}


def test_what_was_said_is_remembered(services_in_use: None) -> None:
    asked, now = _user("verhuizing_doorgeven"), _user("greet")
    assert _remembered(now) == {}
    assert _remembered(asked, _said("verhuizing_doorgeven", overview="verhuizen"), now) == {"levensgebeurtenis": "verhuizen"}
    assert _remembered(asked, _said("huurtoeslag"), now, event="verhuizen") == {"stappen_gelezen": ["huurtoeslag"]}
    assert _remembered(asked, _said("huurtoeslag", aspect="kosten"), now) == {}, "only a part was read"
    assert _remembered(asked, _said("woz_bezwaar"), now) == {}, "no step of any event"
    assert _remembered(asked, _said("huurtoeslag"), now, read=["huurtoeslag"]) == {}
    assert _remembered(asked, _said("huurtoeslag"), _user("greet"), _said("greet"), now) == {}, "an earlier turn was kept before"


def test_stop_ends_an_event_but_not_from_inside_a_form(services_in_use: None) -> None:
    assert _remembered(_user("stop"), event="verhuizen") == {"levensgebeurtenis": None}
    assert _remembered(_user("stop"), event="verhuizen", form="afspraak_form") == {}
    assert _remembered(_user("stop", 0.3), event="verhuizen") == {}


def test_going_on_begins_the_event_of_the_button_or_of_the_topic_in_hand(services_in_use: None) -> None:
    named = _user("walk_overview", levensgebeurtenis="trouwen")
    assert _remembered(named, event="verhuizen") == {"levensgebeurtenis": "trouwen"}
    begun = _remembered(_user("bijna_18"), _said("bijna_18"), _user("walk_next"))
    assert begun == {"levensgebeurtenis": "achttien_worden"}
    assert _remembered(_user("woz_bezwaar"), _said("woz_bezwaar"), _user("walk_next")) == {}
    assert _remembered(_user("walk_next", levensgebeurtenis="bestaat_niet")) == {}
    assert _remembered(_user("greet"), event="bestaat_niet_meer") == {"levensgebeurtenis": None}
