"""Names as citizens type them, where one was asked and where one is changed."""

import pytest

from actions.words import is_like_a_name, named, parse_name


@pytest.mark.parametrize("text", [
    "Mevrouw J. de Vries-Bakker", "meneer jansen", "Wim Peeters", "A. van den Berg", "Fatima Öztürk",
])
def test_what_is_written_as_a_name_is_one(text: str) -> None:
    assert is_like_a_name(text) and parse_name(text) == text


@pytest.mark.parametrize("text", ["hoe wijzig ik mijn achternaam", "Wat kost een paspoort", "ik ga scheiden", "Ali", ""])
def test_a_question_is_not_written_as_a_name(text: str) -> None:
    assert not is_like_a_name(text)


@pytest.mark.parametrize(("text", "name"), [
    ("klopt, maar mijn naam is Fatma", "Fatma"), ("nee hoor, mijn naam is Jannie de Vries.", "Jannie de Vries"),
    ("ik heet Sem Bakker en ik woon in Noord", "Sem Bakker"),
])
def test_a_name_that_is_given_in_a_sentence_is_taken(text: str, name: str) -> None:
    assert named(text) == name


@pytest.mark.parametrize("text", [
    "mijn naam is verkeerd gespeld", "mijn naam is fout", "mijn naam is niet goed", "Sem Bakker", "ja", "mijn naam is 12",
])
def test_no_name_is_given(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize("text", ["hoezo mijn naam", "waarvoor hebben jullie dat nodig"])
def test_a_question_back_is_no_name(text: str) -> None:
    assert parse_name(text) is None
