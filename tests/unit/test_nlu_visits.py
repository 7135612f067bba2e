"""A citizen says for what and for how many people they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dutch import Found
from bot.dutch.visits import find_fewer, find_people, find_products, parse_people

NAMES = {
    "paspoort": "Paspoort aanvragen", "id_kaart": "Identiteitskaart aanvragen", "rijbewijs": "Rijbewijs aanvragen of verlengen",
    "uittreksel": "Uittreksel uit de basisregistratie (BRP)", "geboorteaangifte": "Aangifte van een geboorte",
    "gesprek": "Gesprek met een medewerker",
}
WANTED = {
    "paspoort voor mij en mijn twee kinderen": "paspoort 3", "twee paspoorten en een rijbewijs": "paspoort 2, rijbewijs",
    "id-kaart voor 3 personen": "id_kaart 3", "paspoort voor mij en een id-kaart voor mijn zoon": "paspoort 1, id_kaart 1",
    "paspoort en id kaart voor ons tweeën": "paspoort 2, id_kaart 2", "wij willen voor drie kinderen een paspoort": "paspoort 3",
    "mn dochter en ik hebben allebei een nieuw paspoort nodig": "paspoort 2",
    "een nieuw paspoort en een id kaart": "paspoort, id_kaart",
    "2 rijbewijzen": "rijbewijs 2", "voor mijn dochter een paspoort": "paspoort 1", "ik wil een paspoort": "paspoort",
    "we komen met z'n vieren voor een paspoort": "paspoort 4", "paspoort voor mijn man en mij": "paspoort 2",
    "paspoort voor mijn vrouw en 3 kinderen en ik": "paspoort 5", "passpoort aanvragen": "paspoort",
    "voor een geboorte": "geboorteaangifte",
    "ik en mijn man willen een nieuw paspoort": "paspoort 2", "paspoort, 4 personen": "paspoort 4", "ID": "id_kaart",
    "ik moet mijn rijbewijs verlengen en mijn vrouw ook": "rijbewijs 2", "een paspoort voor donderdag na 4": "paspoort",
    "paspoort voor 10 uur": "paspoort", "drie nieuwe identiteitskaarten": "id_kaart 3",
    "paspoort voor mijn kinderen": "paspoort meer",
    "een uittreksel uit het geboorteregister": "uittreksel", "een paspoortaanvraag": "paspoort",
    "mijn man is ziek en ik moet een paspoort": "paspoort", "hoe laat bent u open": "", "aanvragen": "", "": "",
}
PEOPLE = {
    "voor mij en mijn vrouw": 2, "voor mijn vrouw en mij": 2, "met zijn drieën": 3, "3 personen": 3, "voor 2": 2,
    "mijn vrouw en ik": 2,
    "voor mezelf": 1, "drie": 3, "4": 4, "met z'n vieren": 4, "alleen ik": 1, "mijn kinderen": None, "het hele gezin": None,
    "een gezin van vijf": 5,
    "geen idee": None, "op naam van mijn vrouw": None, "": None, "0": None,
}


@pytest.mark.parametrize("text", WANTED)
def test_products_and_people_are_read_together(text: str) -> None:
    said = [
        " ".join(filter(None, [w.product, "" if w.people is None else str(w.people.count) if w.people.sure else "meer"]))
        for w in find_products(text, NAMES)
    ]
    assert ", ".join(said) == WANTED[text]


@pytest.mark.parametrize("text", PEOPLE)
def test_the_answer_to_how_many(text: str) -> None:
    assert parse_people(text) == PEOPLE[text]


def test_a_product_that_was_recognised_otherwise_counts_where_it_stands() -> None:
    text = "twee reispassen graag"
    [wanted] = find_products(text, NAMES, [Found(5, 15, "paspoort")])
    assert (wanted.product, wanted.people and wanted.people.count) == ("paspoort", 2)


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    find_products(text, NAMES)
    find_people(text)
    assert parse_people(text) != 0


def test_who_does_not_come_after_all() -> None:
    assert find_fewer("wacht, mijn vrouw hoeft niet") == 1
    assert find_fewer("mijn man en mijn zoon komen") == 0
    assert find_fewer("ik kan niet") == 0
