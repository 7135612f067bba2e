"""The questions that tell near neighbours apart: whole, short and about topics that exist."""

import re

import pytest

from bot import content, neighbours
from bot.neighbours import Neighbours

SETS = neighbours.load()
OFFERS = content.load().offers


@pytest.mark.parametrize("found", SETS, ids=lambda found: "-".join(found.choices))
def test_a_set_is_a_question_with_two_to_four_choices_that_can_be_offered(found: Neighbours) -> None:
    assert 2 <= len(found.choices) <= 4
    assert found.choices.keys() <= OFFERS.keys()
    assert all(3 <= len(label) <= 40 for label in found.choices.values())
    assert len(set(found.choices.values())) == len(found.choices), "two choices look the same"
    assert re.fullmatch(r"[A-Z][^?]{8,100}\?", found.question), "one question"
    assert len(found.question.split()) <= 15


def test_no_two_sets_are_about_the_same_topics() -> None:
    assert len({frozenset(found.choices) for found in SETS}) == len(SETS)


def test_the_sets_are_about_most_of_what_can_be_asked() -> None:
    assert len({slug for found in SETS for slug in found.choices}) > 0.7 * len(OFFERS)


def test_the_smallest_set_with_all_likely_topics_is_found() -> None:
    small, large = Neighbours("Klein?", {"a": "A", "b": "B"}), Neighbours("Groot?", {"a": "A", "b": "B", "c": "C"})
    assert neighbours.find(["a", "b"], [large, small]) is small
    assert neighbours.find(["c", "a"], [small, large]) is large
    assert neighbours.find(["a", "d"], [small, large]) is None
    assert neighbours.find(["a"], [small, large]) is None
    assert neighbours.find([], [small, large]) is None
