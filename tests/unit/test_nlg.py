"""Answers per municipality: the same question, what each says to it, and nothing of one in the other."""

import time
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.rasa import RasaFileImporter

from bot import gemeenten
from bot.brain.importer import TopicImporter
from bot.brain.nlg import GemeenteNLG
from bot.settings import Settings, SettingsError
from tests.unit.test_gemeenten import general_answers

FOUND = gemeenten.load(Settings().gemeente_names)


@pytest.fixture(scope="module")
def nlg() -> GemeenteNLG:
    """As the brain makes it: first without answers, which come with the model."""
    made = GemeenteNLG(found=FOUND)
    made.responses = general_answers()[0]
    return made


async def _ask(nlg: GemeenteNLG, gemeente: str, text: str, action: str, **values: Any) -> dict[str, Any]:
    tracker = DialogueStateTracker("c", [])
    tracker.update(UserUttered(text, metadata={"gemeente": gemeente}))
    found = await nlg.generate(action, tracker, "website", **values)
    assert found
    return found


async def test_each_municipality_gives_its_own_answer(nlg: GemeenteNLG) -> None:
    one = await _ask(nlg, "voorbeeld", "ik heb een hond", "utter_hondenbelasting")
    other = await _ask(nlg, "weidedorp", "ik heb een hond", "utter_hondenbelasting")
    assert "€ 76" in one["text"] and "heeft geen hondenbelasting" in other["text"]
    assert other["metadata"]["topic"] == "hondenbelasting" and other["metadata"]["title"] == one["metadata"]["title"]


async def test_the_same_text_has_the_values_of_each(nlg: GemeenteNLG) -> None:
    one = await _ask(nlg, "voorbeeld", "paspoort", "utter_paspoort_aanvragen")
    other = await _ask(nlg, "weidedorp", "paspoort", "utter_paspoort_aanvragen")
    assert "€ 88,65" in one["text"] and "€ 85,00" in other["text"] and "88,65" not in other["text"]


async def test_an_aspect_of_a_replaced_topic_is_never_the_general_one(nlg: GemeenteNLG) -> None:
    one = await _ask(nlg, "voorbeeld", "ben ik te laat met mijn hond", "utter_hondenbelasting")
    other = await _ask(nlg, "weidedorp", "ben ik te laat met mijn hond", "utter_hondenbelasting")
    assert one["metadata"]["aspect"] == "te_laat" and "aangemeld" in one["text"]
    assert "heeft geen hondenbelasting" in other["text"] and "aspect" not in other["metadata"]


async def test_an_own_answer_to_an_aspect_leads_to_the_own_main_answer(nlg: GemeenteNLG) -> None:
    found = await _ask(nlg, "weidedorp", "wat kost een parkeervergunning", "utter_parkeervergunning")
    assert found["metadata"]["aspect"] == "kosten" and "gratis" in found["text"]
    assert found["metadata"]["source"] == "https://www.weidedorp.example"
    assert found["metadata"]["more"] == {"title": "Alles over: Parkeervergunning", "payload": "/parkeervergunning"}
    general = await _ask(nlg, "voorbeeld", "wat kost een parkeervergunning", "utter_parkeervergunning")
    assert "€ 60" in general["text"] and "aspect" not in general["metadata"], "this aspect is the other municipality's"


async def test_an_own_aspect_leaves_the_rest_of_the_topic(nlg: GemeenteNLG) -> None:
    found = await _ask(nlg, "weidedorp", "wat kost leerlingenvervoer", "utter_leerlingenvervoer")
    assert "niets" in found["text"]
    found = await _ask(nlg, "weidedorp", "leerlingenvervoer", "utter_leerlingenvervoer")
    assert "4 kilometer" in found["text"]


async def test_an_appointment_is_offered_only_where_it_can_be_made(nlg: GemeenteNLG) -> None:
    one = await _ask(nlg, "voorbeeld", "uittreksel", "utter_uittreksel_brp")
    other = await _ask(nlg, "weidedorp", "uittreksel", "utter_uittreksel_brp")
    assert one["metadata"]["appointment_product"] == "uittreksel" and "appointment_product" not in other["metadata"]


async def test_a_product_that_a_municipality_lacks_is_not_offered() -> None:
    nlg = GemeenteNLG(found=gemeenten.load(["weidedorp"]))
    topic = {"utter_x": [{"text": "Tekst", "metadata": {"topic": "x", "appointment_product": "uittreksel"}}]}
    nlg.responses = general_answers()[0] | topic
    assert "appointment_product" not in (await _ask(nlg, "weidedorp", "x", "utter_x"))["metadata"]


async def test_english_gets_its_note_before_an_own_answer(nlg: GemeenteNLG) -> None:
    found = await _ask(nlg, "weidedorp", "do i have to pay tax for my dog", "utter_hondenbelasting")
    assert found["text"].startswith("I can read English") and "geen hondenbelasting" in found["text"]
    assert "weidedorp.example" in found["text"]


async def test_an_answer_nobody_has_is_none(nlg: GemeenteNLG) -> None:
    tracker = DialogueStateTracker("c", [])
    assert await nlg.generate("utter_bestaat_niet", tracker, "website") is None


async def test_answers_do_not_change_by_being_given(nlg: GemeenteNLG) -> None:
    said = [await _ask(nlg, "weidedorp", "wat kost een parkeervergunning", "utter_parkeervergunning") for _ in range(2)]
    assert said[0] == said[1]
    assert nlg.responses["utter_parkeervergunning"][0]["metadata"]["source"].startswith("https://www.rijksoverheid.nl")


def test_an_answer_that_fits_no_topic_stops_the_brain() -> None:
    nlg = GemeenteNLG(found=gemeenten.load(["weidedorp"]))
    with pytest.raises(SettingsError, match=r"weidedorp.*answers\.yml.*utter_parkeervergunning"):
        nlg.responses = {"utter_greet": [{"text": "Hallo"}]}


def test_training_leaves_the_answers_of_a_municipality_out() -> None:
    answers = str(gemeenten.FOLDER / "weidedorp" / "answers.yml")
    assert RasaFileImporter(training_data_paths=[answers]).get_nlu_data().responses, "Rasa takes them for training data"
    assert not TopicImporter(training_data_paths=[answers]).get_nlu_data().responses


async def test_no_file_is_read_in_a_turn(nlg: GemeenteNLG, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_more: Any) -> None:
        raise AssertionError("a file was read")

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.setattr("yaml.safe_load", refuse)
    began = time.perf_counter()
    for _ in range(50):
        await _ask(nlg, "weidedorp", "ik heb een hond", "utter_hondenbelasting")
    assert (time.perf_counter() - began) / 50 < 0.02


def _guessed(sure: float, other: str = "id_kaart_aanvragen") -> DialogueStateTracker:
    ranking = [{"name": "paspoort_aanvragen", "confidence": sure}, {"name": other, "confidence": (1 - sure) / 2},
               {"name": "greet", "confidence": (1 - sure) / 2}]
    tracker = DialogueStateTracker("c", [])
    tracker.update(UserUttered(
        "mijn pas is op", ranking[0], parse_data={"intent": ranking[0], "intent_ranking": ranking, "entities": []},
    ))
    return tracker


async def test_a_doubtful_answer_has_a_way_out_and_a_sure_one_has_none(nlg: GemeenteNLG) -> None:
    doubtful = await nlg.generate("utter_paspoort_aanvragen", _guessed(0.7), "website")
    sure = await nlg.generate("utter_paspoort_aanvragen", _guessed(0.92), "website")
    assert doubtful and sure
    assert [button["payload"] for button in doubtful["metadata"]["doubts"]] == ["/id_kaart_aanvragen"]
    assert sure["metadata"]["doubts"] == []


async def test_another_answer_than_the_likeliest_is_not_doubted(nlg: GemeenteNLG) -> None:
    found = await nlg.generate("utter_reisdocument_kind", _guessed(0.7), "website")
    assert found and found["metadata"]["doubts"] == []
