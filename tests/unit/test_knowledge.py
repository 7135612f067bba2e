"""What an agent finds when typing a few words: the answers of the own municipality, and canned ones with their blanks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import gemeenten
from bot.conversation.privacy import mask
from bot.dutch.aspects import ASPECTS
from bot.gemeenten import FOLDER
from bot.knowledge import canned
from bot.knowledge.answers import IN_WORDS, Answers, general
from bot.knowledge.canned import fill, left_open
from bot.knowledge.library import Found, Libraries, Library
from bot.knowledge.search import BODY, Index, Text
from bot.settings import Settings, SettingsError

FOUND = gemeenten.load(["voorbeeld", "weidedorp"])
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)  # 11 o'clock in the Netherlands
SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
MOST = 8


@pytest.fixture(scope="module")
def libraries() -> dict[str, Library]:
    return {key: Library(gemeente, general(), FOLDER / key, MONDAY) for key, gemeente in FOUND.items()}


def _find(library: Library, query: str, now: datetime = MONDAY, **values: str) -> list[Found]:
    return library.find(query, now, MOST, values)


def _names(found: list[Found]) -> list[str]:
    return [one.id.removeprefix("utter_") for one in found if one.kind == "knowledge"]


@pytest.mark.parametrize(("query", "wanted"), [
    ("paspoort", "paspoort_aanvragen"),
    ("PASPOORT", "paspoort_aanvragen"),
    ("passpoort", "paspoort_aanvragen"),  # a slip
    ("reispas", "paspoort_aanvragen"),  # as citizens say it
    ("rijbewijz verlengen", "rijbewijs_verlengen"),
    ("grofvuil", "afval_grofvuil"),
    ("verhuis", "verhuizing_doorgeven"),  # the beginning of a word
    ("parkeervergunningaanvragen", "parkeervergunning"),  # a compound that nobody wrote
    ("vergunningparkeren", "parkeervergunning"),
    ("geld lenen huis kopen", "starterslening"),
    ("financiele hulp kinderopvang", "kinderopvangtoeslag"),  # without its dots
    ("wat kost een paspoort", "paspoort_aanvragen_kosten"),
    ("paspoort ophalen voor iemand anders", "paspoort_aanvragen_iemand_anders"),
])
def test_a_few_words_find_the_answer(libraries: dict[str, Library], query: str, wanted: str) -> None:
    assert _names(_find(libraries["voorbeeld"], query))[0] == wanted


def test_what_was_asked_goes_before_all_of_the_topic(libraries: dict[str, Library]) -> None:
    assert _names(_find(libraries["voorbeeld"], "kosten paspoort"))[:2] == ["paspoort_aanvragen_kosten", "paspoort_aanvragen"]


@pytest.mark.parametrize("query", ["xqzzy", "!!!", '"', "a\" OR b", "NEAR(", "-", "*", "{title}", "🙂"])
def test_nonsense_finds_nothing_and_breaks_nothing(libraries: dict[str, Library], query: str) -> None:
    assert len(_find(libraries["voorbeeld"], query)) <= MOST
    assert _find(libraries["voorbeeld"], "xqzzy") == []


def test_every_answer_can_be_found_and_read(libraries: dict[str, Library]) -> None:
    """By its title and the word for its aspect."""
    for key, gemeente in FOUND.items():
        answers = Answers(gemeente, general())
        assert len(answers) > 300
        for answer in answers.values():
            shown = answers.filled(answer, gemeente.variables(MONDAY))
            assert shown.text and "{" not in shown.text + shown.source
            assert shown.reviewed and shown.source.startswith("https://" if answer.topic != "privacy" else ""), answer.name
            query = f"{general().catalogue[answer.topic].title} {answer.aspect.replace('_', ' ')}"
            assert answer.name in {one.id for one in _find(libraries[key], query)}, query
            assert len(shown.text) <= Settings().max_text_chars and mask(shown.text) == shown.text, "it can be sent as it is"


def test_every_aspect_has_a_name_in_words() -> None:
    assert set(IN_WORDS) == set(ASPECTS)


def test_each_municipality_finds_its_own_answer(libraries: dict[str, Library]) -> None:
    one, other = (_find(libraries[key], "hondenbelasting")[0] for key in ("voorbeeld", "weidedorp"))
    assert "€ 76" in one.text and "heeft geen hondenbelasting" in other.text
    assert one.source.startswith("https://www.rijksoverheid.nl") and one.reviewed == other.reviewed == "2026-11-24"
    aspect = _find(libraries["weidedorp"], "hondenbelasting kosten")[0]
    assert aspect.id == "utter_hondenbelasting_kosten" and aspect.source == "https://www.weidedorp.example"


def test_a_topic_that_does_not_apply_has_no_general_answers_left(libraries: dict[str, Library]) -> None:
    names = _names(_find(libraries["weidedorp"], "hondenbelasting te laat"))
    assert "hondenbelasting" in names and "hondenbelasting_te_laat" not in names
    assert _names(_find(libraries["voorbeeld"], "hondenbelasting te laat"))[0] == "hondenbelasting_te_laat"


def test_small_talk_and_what_only_a_form_answers_is_no_knowledge() -> None:
    topics = {answer.topic for answer in Answers(FOUND["voorbeeld"], general()).values()}
    assert not topics & {"greet", "goodbye", "crisis", "out_of_scope", "other_language", "afspraak_maken", "zaakstatus"}


def test_what_is_open_now_is_that_of_the_moment(libraries: dict[str, Library]) -> None:
    open_, closed = (_find(libraries["voorbeeld"], "adres", now)[0].text for now in (MONDAY, SUNDAY))
    assert "De balie is nu open tot" in open_ and "De balie is nu dicht" in closed


def test_a_key_finds_the_canned_answer_before_all_others(libraries: dict[str, Library]) -> None:
    found = _find(libraries["voorbeeld"], "groet", medewerker="Sanne")
    assert (found[0].id, found[0].kind) == ("groet", "canned")
    assert found[0].text.startswith("Goedendag, u spreekt met Sanne van Gemeente Voorbeeld.")
    assert _find(libraries["voorbeeld"], "Excu")[0].id == "excuus_wachten", "the beginning of a key, whatever the capitals"
    assert _find(libraries["voorbeeld"], "klacht")[0].kind == "canned"
    assert "klacht" in _names(_find(libraries["voorbeeld"], "klacht")), "with the answer to the topic below it"


def test_without_words_there_are_all_canned_answers(libraries: dict[str, Library]) -> None:
    found = _find(libraries["voorbeeld"], "  ")
    assert [one.id for one in found][:2] == ["groet", "groet_onderwerp"] and {one.kind for one in found} == {"canned"}
    assert 15 <= len(found) <= 40


def test_a_value_that_is_not_known_stays_to_be_seen(libraries: dict[str, Library]) -> None:
    without = next(one for one in _find(libraries["voorbeeld"], "zaak") if one.id == "over_uw_zaak")
    assert without.text.endswith("met nummer [zaaknummer].") and without.open == ("zaaknummer",)
    found = _find(libraries["voorbeeld"], "zaak", zaaknummer="ZAAK-2026-0001")
    with_one = next(one for one in found if one.id == "over_uw_zaak")
    assert with_one.text.endswith("met nummer ZAAK-2026-0001.") and with_one.open == ()


def test_a_value_is_put_in_as_it_is() -> None:
    assert fill("Zaak {zaaknummer}, {onderwerp}.", {"zaaknummer": "{medewerker}"}) == "Zaak {medewerker}, [onderwerp]."
    assert left_open("Zie [zaaknummer] en [dag] en [zaaknummer], [sic].") == ["zaaknummer", "dag"]


def test_no_canned_answer_says_a_name_that_only_the_other_municipality_has(libraries: dict[str, Library]) -> None:
    for library in libraries.values():
        for one in _find(library, ""):
            assert "{" not in one.text and set(one.open) <= canned.OF_CONVERSATION | canned.TO_FILL_IN


def _folder(tmp_path: Path, *items: dict[str, Any]) -> Path:
    (tmp_path / canned.FILE).write_text(yaml.safe_dump({"standaardantwoorden": list(items)}))
    return tmp_path


def _item(**changes: Any) -> dict[str, Any]:
    return {"id": "molen", "title": "De molen", "keys": ["molen"], "text": "De molen van {gemeente_naam} is open."} | changes


def test_a_municipality_adds_to_and_replaces_the_general_ones(tmp_path: Path) -> None:
    own = _folder(tmp_path, _item(), _item(id="groet", title="Groet van het dorp", keys=["groet"], text="Hoi, met {medewerker}."))
    library = Library(FOUND["weidedorp"], general(), own, MONDAY)
    assert _find(library, "groet", medewerker="Marieke")[0].text == "Hoi, met Marieke."
    assert _find(library, "molen")[0].text == "De molen van Gemeente Weidedorp is open."
    assert "even_geduld" in {one.id for one in _find(library, "")}


@pytest.mark.parametrize(("items", "fault"), [
    ([_item(text="Uw {klantnummer} klopt.")], "klantnummer"),
    ([_item(text="Een losse } haak.")], "brace"),
    ([_item(), _item()], "twice"),
    ([_item(keys=[])], "length >= 1"),
    ([_item(id="De molen")], "regex"),
    ([_item(colour="red")], "colour"),
])
def test_a_fault_in_a_file_is_told_at_the_start(tmp_path: Path, items: list[dict[str, Any]], fault: str) -> None:
    folder = tmp_path / "voorbeeld"
    folder.mkdir()
    _folder(folder, *items)
    with pytest.raises(SettingsError, match=fault) as raised:
        Libraries({"voorbeeld": FOUND["voorbeeld"]}, tmp_path, MONDAY)
    assert "voorbeeld" in str(raised.value) and canned.FILE in str(raised.value)


def test_below_a_canned_answer_stand_only_topics_that_are_about_it(libraries: dict[str, Library]) -> None:
    assert _names(_find(libraries["voorbeeld"], "groet")) == []


def test_a_word_that_few_use_says_more_than_one_of_everybody() -> None:
    texts = [Text("a", "Fiets", "", "", "Een fiets."), Text("b", "Fiets stallen", "", "", "Een plek bij het station."),
             Text("c", "Station", "", "", "Daar rijdt een trein.")]
    assert Index(texts).find("een station")[0] == "c"
    assert set(Index(texts).find("fiets station")) == {"a", "b", "c"}
    assert Index(texts).find("fiets station", least=BODY) == ["b"]
    assert Index([]).find("fiets") == []
