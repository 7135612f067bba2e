import pytest

from bot.dutch.english import is_english


@pytest.mark.parametrize("text", [
    "how do I get a passport", "I want to register at the municipality please", "where can i pay my parking fine",
    "my daughter was born last week, when does she get her bsn",
])
def test_english_is_recognised(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", [
    "hoe krijg ik een paspoort", "ik heb een appointment nodig for my passport", "is my digid nog geldig?", "passport", "",
    "can I", "wat is de deadline voor de aanvraag", "kan ik dat online doen via de app",
])
def test_dutch_with_english_words_is_dutch(text: str) -> None:
    assert not is_english(text)
