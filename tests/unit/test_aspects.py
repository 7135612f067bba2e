"""One question, one aspect; two questions or a story, the whole answer."""

import pytest

from bot.dutch.aspects import about_a_child, find_aspect


@pytest.mark.parametrize(("text", "aspect"), [
    ("wat kost een paspoort", "kosten"), ("hoeveel geld is dat", "kosten"), ("is het gratis?", "kosten"),
    ("en de prijs", "kosten"),
    ("hoe lang duurt dat", "duur"), ("hoelang moet ik wachten op mn id", "duur"), ("Wanneer krijg ik mijn rijbewijs?", "duur"),
    ("wat moet ik meenemen", "meenemen"), ("welke papieren heb ik nodig", "meenemen"),
    ("wat heb ik nodig voor aangifte", "meenemen"),
    ("waar moet ik zijn voor een paspoort", "waar"), ("welk loket", "waar"),
    ("kan dat ook online", "online"), ("kan ik dat via de website doen", "online"),
    ("mag mijn man het ophalen", "iemand_anders"), ("kan ik het voor mijn zieke moeder doen", "iemand_anders"),
    ("ben ik te laat met aangifte", "te_laat"), ("krijg ik een boete", "te_laat"),
])
def test_the_aspect_of_a_question(text: str, aspect: str) -> None:
    assert find_aspect(text) == aspect


@pytest.mark.parametrize("text", [
    "ik wil een paspoort", "wat kost het en hoe lang duurt het", "", "mijn kostbare tas is weg", "geduurd",
    "hallo ik ben vorige week verhuisd en toen was alles weg en nu vraag ik me af wat kost dat allemaal wel niet want ik heb "
    "al zo veel betaald aan de verhuizing en de nieuwe meubels en alles",
])
def test_no_single_aspect(text: str) -> None:
    assert find_aspect(text) is None


def test_a_question_about_a_child() -> None:
    assert about_a_child("en voor mijn dochter?") and about_a_child("voor 2 kinderen") and not about_a_child("en voor mij?")
