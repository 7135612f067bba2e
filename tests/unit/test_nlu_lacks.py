"""Who hasn't got the number that is asked for says so in many ways, and isn't told about something else that is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dutch.lacks import lacks_digid, lacks_number


@pytest.mark.parametrize("text", [
    "ik heb niet nummer", "ik weet niet waar nummer is", "ik weet mijn zaaknummer niet", "weet ik veel", "geen idee, kwijt",
    "Ik heb het nummer niet bij me.", "hoe kom ik aan de code", "waar staat dat?", "welk nummer", "ik heb geen brief gekregen",
    "kwijt", "ik vind de mail niet meer", "weet ik niet", "ik heb nooit een nummer gekregen", "k heb gene code",
])
def test_no_number(text: str) -> None:
    assert lacks_number(text)


@pytest.mark.parametrize("text", [
    "wat kost een paspoort", "ik ben mijn paspoort kwijt", "ZAAK-2026-0000000101", "het nummer is 2026-0000000107", "A7K-2FQ9",
    "ik weet niet wat een paspoort kost", "wanneer zijn jullie open", "ABCDEF", "mijn rijbewijs is gestolen", "waarom moet dat",
])
def test_an_answer_or_another_question(text: str) -> None:
    assert not lacks_number(text)


@pytest.mark.parametrize("text", ["ik heb geen digid", "kan het ook anders", "liever zonder DigiD", "mijn digid werkt niet"])
def test_no_login(text: str) -> None:
    assert lacks_digid(text)


@pytest.mark.parametrize("text", ["abc 234", "ok ik ben ingelogd", "wat kost een paspoort", "ik heb nu digid"])
def test_logging_in_goes_on(text: str) -> None:
    assert not lacks_digid(text)


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    lacks_number(text)
    lacks_digid(text)
