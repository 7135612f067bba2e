"""`balie notice`: from a terminal, beside a running Balie."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.conversation.audit import Wanted
from bot.conversation.service import ServiceState
from bot.settings import Settings
from bot.wiring import build


@pytest.fixture
def balie(redis_url: str, tmp_path: Path) -> Any:
    """The command, with the Redis of the tests."""
    env = {"BALIE_REDIS_URL": redis_url, "BALIE_DATA_DIR": str(tmp_path)}

    def run(*args: str) -> Result:
        return CliRunner().invoke(main, ["notice", *args], env=env)

    return run


def _kept(redis_url: str) -> tuple[ServiceState, list[str]]:
    """The state of the first municipality, and what its audit log says was done, the first act first."""

    async def look() -> tuple[ServiceState, list[str]]:
        services = build(Settings(), redis_url)
        try:
            entries, _ = await services.audit.read("voorbeeld", Wanted(), count=100, most=1000)
            return await services.service_book.get("voorbeeld"), [entry.action for entry in reversed(entries)]
        finally:
            await services.aclose()

    return asyncio.run(look())


def test_a_notice_is_set_and_taken_away_and_balie_goes_off_and_on(balie: Any, redis_url: str) -> None:
    result = balie("voorbeeld", "--text", "Storing", "--until", "2099-01-01T12:00", "--off", "Bel ons.")
    assert result.exit_code == 0, result.output
    assert "voorbeeld: switched off. Citizens read: Bel ons." in result.stdout
    assert "voorbeeld: notice, until 01-01-2099 12:00: Storing" in result.stdout
    state, _ = _kept(redis_url)
    assert state.off_text == "Bel ons." and state.notice and "(opdrachtregel)" in state.notice.by
    result = balie("voorbeeld", "--clear", "--on")
    assert result.stdout.splitlines() == ["voorbeeld: on.", "voorbeeld: no notice."]
    state, acts = _kept(redis_url)
    assert not state.on_show
    assert acts == ["notice_set", "switched_off", "notice_ended", "switched_on"]


def test_without_options_it_only_tells_how_it_is(balie: Any, redis_url: str) -> None:
    assert balie("voorbeeld").stdout.splitlines() == ["voorbeeld: on.", "voorbeeld: no notice."]
    assert _kept(redis_url) == (ServiceState(), [])


@pytest.mark.parametrize(("args", "said"), [
    (["nergens", "--text", "Storing"], "does not serve 'nergens'"),
    (["voorbeeld", "--text", " "], "type some text"),
    (["voorbeeld", "--text", "x" * 301], "at most 300 characters"),
    (["voorbeeld", "--text", "Storing", "--until", "straks"], "a moment such as"),
    (["voorbeeld", "--text", "Storing", "--until", "2020-01-01T12:00"], "in the past"),
    (["voorbeeld", "--until", "2099-01-01T12:00"], "--until belongs to --text"),
    (["voorbeeld", "--off", "Uit", "--on"], "can't be done at once"),
    (["voorbeeld", "--text", "Storing", "--off", ""], "type some text"),  # nothing is done when one of two is wrong
])
def test_what_can_not_be_done_is_refused_in_words_and_nothing_changes(
    balie: Any, redis_url: str, args: list[str], said: str
) -> None:
    result = balie(*args)
    assert result.exit_code == 1 and said in result.stderr
    assert _kept(redis_url) == (ServiceState(), [])


def test_without_redis_it_says_so_instead_of_telling_how_it_was(tmp_path: Path) -> None:
    env = {"BALIE_REDIS_URL": f"unix://{tmp_path}/nergens.sock", "BALIE_DATA_DIR": str(tmp_path)}
    result = CliRunner().invoke(main, ["notice", "voorbeeld"], env=env)
    assert result.exit_code == 1 and "Redis doesn't answer, so nothing was changed" in result.stderr
