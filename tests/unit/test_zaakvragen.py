"""Which question about a case is asked, however it is typed."""

import pytest

from bot.dutch.zaakvragen import find_zaakvraag


@pytest.mark.parametrize("text", [
    "Waarom duurt het zo lang?", "wrm duurt da zo lang", "WAAROM IS HET NOG NIET KLAAR", "warom hoor ik niks",
    "hoezo nog steeds niks", "het duurt veel te lang", "duurt wel erg lang zeg", "hoe komt het dat dit zo lang moet duren",
    "waar wachten jullie op", "waar hangt het op", "vanwaar die vertraging", "kan da nie wat rapper", "kan het niet sneller",
    "het schiet maar niet op", "wat is de reden", "waarom staat alles stil", "wat is er aan de hand",
])
def test_why_so_long(text: str) -> None:
    assert find_zaakvraag(text) == "waarom"


@pytest.mark.parametrize("text", [
    "Wanneer hoor ik iets?", "wnr krijg ik antwoord", "waneer weet ik meer", "hoe lang nog", "hoelang moet ik nog wachten",
    "duurt het nog lang", "tegen wanneer mag ik iets verwachten", "krijg ik nog bericht", "wat is de termijn",
    "welke datum is het klaar", "nog steeds niks gehoord", "hoeveel weken nog",
])
def test_when(text: str) -> None:
    assert find_zaakvraag(text) == "wanneer"


@pytest.mark.parametrize("text", [
    "Wat moet ik nog doen?", "wa moet k nog doen", "wat mot ik nog doen", "moet ik nog iets", "moet ik zelf nog wat regelen",
    "moeten we nog iets opsturen", "moet ik nog betalen", "hoef ik niks meer te doen", "wat hebben jullie nog van mij nodig",
    "mis ik nog iets", "missen jullie nog papieren", "wie is er aan zet", "ligt het bij mij of bij jullie",
    "heb ik iets vergeten", "welke stukken moet ik nog inleveren", "wat ontbreekt er nog",
    "ik weet niet wat ik nog moet insturen",
])
def test_what_to_do(text: str) -> None:
    assert find_zaakvraag(text) == "doen"


@pytest.mark.parametrize("text", [
    "Jullie zijn te laat!", "de termijn is allang voorbij", "de beslistermijn is verstreken, en nu",
    "hoe stel ik jullie in gebreke", "krijg ik dan een dwangsom", "wat kan ik doen als het te lang duurt",
    "kan ik er iets tegen doen", "het had al lang klaar moeten zijn", "jullie zijn over de datum",
])
def test_too_late(text: str) -> None:
    assert find_zaakvraag(text) == "te_laat"


@pytest.mark.parametrize("text", [
    "Wat is de volgende stap?", "wat gebeurt er nu", "hoe gaat het nu verder", "en dan?", "wat komt hierna",
])
def test_what_comes_next(text: str) -> None:
    assert find_zaakvraag(text) == "stap"


@pytest.mark.parametrize("text", [
    "mijn andere zaak", "en mijn andere aanvraag?", "ik heb nog een zaak", "mijn 2e dossier",
])
def test_another_case(text: str) -> None:
    assert find_zaakvraag(text) == "andere"


@pytest.mark.parametrize("text", [
    "", "?", "hoe staat het met mijn zaak", "status", "is het al klaar", "mijn zaak", "ZAAK-2026-0000000101", "02-01-1980",
    "1234 AB 12", "waarop staat mijn zaaknummer", "ik wil de status van mijn aanvraag weten", "hoe ver zijn jullie ermee",
])
def test_how_things_are_in_general(text: str) -> None:
    assert find_zaakvraag(text) is None


@pytest.mark.parametrize("text", [
    "is hij verleend?", "goedgekeurd of afgewezen", "wat hebben jullie besloten", "is mijn subsidie toegekend",
])
def test_whether_it_was_granted(text: str) -> None:
    assert find_zaakvraag(text) == "besluit"


@pytest.mark.parametrize("text", [
    "ik heb al betaald", "ik heb de bankafschriften al opgestuurd", "wij hebben vorige week alles ingeleverd",
    "hebben jullie mijn papieren ontvangen", "zijn mijn stukken aangekomen",
])
def test_whether_it_has_arrived(text: str) -> None:
    assert find_zaakvraag(text) == "gedaan"


@pytest.mark.parametrize("text", ["kan ik de melding intrekken", "ik trek mijn aanvraag in"])
def test_withdrawing_it(text: str) -> None:
    assert find_zaakvraag(text) == "intrekken"
