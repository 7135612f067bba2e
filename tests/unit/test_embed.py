"""What a website pastes to have the chat: from the command, and the same as from the page."""

from html.parser import HTMLParser

import pytest
from click.testing import CliRunner, Result

from bot import embed
from bot.cli import main
from bot.commands.widget import MEANT
from bot.embed import Options
from connectors.gemeente_pages import FAULTS

BASE = "https://balie.example"


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = dict(attrs)


def _balie(*args: str, **env: str) -> Result:
    return CliRunner().invoke(main, ["widget", *args], env={"BALIE_PUBLIC_URL": BASE, **env})


def test_the_tag_says_no_more_than_was_chosen() -> None:
    tags = _Tags(embed.snippet(BASE, "voorbeeld", Options())).found
    assert tags["script"] == {"type": "module", "src": f"{BASE}/widget/balie.js", "data-gemeente": "voorbeeld"}
    assert tags["a"] == {"href": f"{BASE}/gemeente/voorbeeld/contact", "data-balie-contact": None}


def test_every_choice_is_an_attribute_and_words_stay_words() -> None:
    chosen = Options("left", 'Vraag "het" <nu>', "Balie & co", "paspoort_aanvragen", "30", "Kan ik u helpen?")
    tags = _Tags(embed.snippet(BASE, "voorbeeld", chosen)).found
    assert tags["script"] == {
        "type": "module", "src": f"{BASE}/widget/balie.js", "data-gemeente": "voorbeeld", "data-position": "left",
        "data-greeting": 'Vraag "het" <nu>', "data-title": "Balie & co", "data-topic": "paspoort_aanvragen", "data-invite": "30",
        "data-invite-text": "Kan ik u helpen?",
    }
    assert set(tags) == {"a", "script"}


@pytest.mark.parametrize("wrong", [
    {"position": "top"}, {"topic": "toverdrank"}, {"invite": "0"}, {"invite": "-1"}, {"invite": "3601"}, {"invite": "١"},
    {"greeting": "x" * 81}, {"title": "x" * 81}, {"invite_text": "x" * 81},
])
def test_what_can_not_be_chosen_has_words_on_the_page_and_in_the_command(wrong: dict[str, str]) -> None:
    (name,) = wrong
    assert Options(**wrong).faults({"paspoort_aanvragen"}) == [name]
    assert FAULTS[name] and MEANT[name]


def test_the_command_prints_the_tag_and_the_policy() -> None:
    result = _balie("--gemeente", "weidedorp", "--position", "left", "--topic", "paspoort_aanvragen")
    assert result.exit_code == 0, result.output
    assert embed.snippet(BASE, "weidedorp", Options("left", topic="paspoort_aanvragen")) in result.stdout
    assert f"script-src {BASE}" in result.stdout and f"connect-src {BASE}" in result.stdout
    assert "`origins` of gemeente.yml names no website yet" in result.stderr


def test_the_command_tells_that_an_address_of_this_machine_works_nowhere_else() -> None:
    assert "BALIE_PUBLIC_URL is empty" in _balie("--gemeente", "voorbeeld", BALIE_PUBLIC_URL="").stderr


@pytest.mark.parametrize(("args", "said"), [
    (["--gemeente", "nergens"], "does not serve 'nergens'; it serves voorbeeld, weidedorp"),
    (["--gemeente", "voorbeeld", "--topic", "toverdrank"], "--topic is the slug of a topic"),
    (["--gemeente", "voorbeeld", "--position", "top"], "--position is right or left"),
])
def test_the_command_says_in_words_what_it_does_not_know(args: list[str], said: str) -> None:
    result = _balie(*args)
    assert result.exit_code == 1 and said in result.stderr
    assert "<script" not in result.stdout
