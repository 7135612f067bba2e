"""docs/api.md is true: what an engineer copies from it works against a real edge, and its figures are those of the settings."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, env_name, known
from tests.conftest import PATIENCE, EchoBrain, Edge

GUIDE = (ROOT / "docs" / "api.md").read_text()
DEMO = "http://127.0.0.1:8080"


def blocks(language: str, edge: Edge) -> list[str]:
    return [found.replace(DEMO, edge.url) for found in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)]


async def shell(script: str, *wanted: str) -> str:
    """What a script shows, once all of this is in it; it may go on for ever."""
    process = await asyncio.create_subprocess_exec("bash", "-c", script, stdout=asyncio.subprocess.PIPE, start_new_session=True)
    assert process.stdout
    shown = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while not all(words in shown for words in wanted):
                data = await process.stdout.read(65536)
                assert data, shown
                shown += data.decode()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a stream has no end, and what follows it is a child of the shell
        await process.wait()
    return shown


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
async def test_five_minutes_with_curl(edge: Edge, echo_brain: EchoBrain) -> None:
    begin, talk = blocks("sh", edge)
    begun = await shell(begin, "expires_at")
    conv, token = re.findall(r'"(?:conv|token)":"([^"]+)"', begun)
    script = talk.replace("CONV=c_… TOKEN=c_….…", f"CONV={conv} TOKEN={token}")
    assert script != talk
    shown = await shell(script, "echo: Hoe vraag ik een paspoort aan?", "turn_done")
    assert '"id":"m_2","seq":2' in shown and "een computer, geen mens" in shown


async def test_five_minutes_with_the_client(edge: Edge, echo_brain: EchoBrain, tmp_path: Path) -> None:
    (example,) = blocks("python", edge)
    shutil.copy(ROOT / "connectors" / "app" / "client.py", tmp_path)  # alone, as an engineer copies it
    (tmp_path / "app.py").write_text(example)
    shown = await shell(f"cd {tmp_path} && exec env -u PYTHONPATH {sys.executable} -u app.py", "bot echo: Hoe vraag ik")
    assert "citizen Hoe vraag ik een paspoort aan?" in shown


def test_the_figures_are_those_of_the_settings() -> None:
    settings, names = Settings(), {env_name(item.name): item.name for item in known()}
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| (`BALIE_[^|]+) \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 8
    for shown, setting in rows:
        figures = re.findall(r"[\d,]+\d|\d", shown)
        for figure, name in zip(figures, re.findall(r"BALIE_\w+", setting), strict=False):
            assert f"{getattr(settings, names[name]):,g}".replace(",", "") == figure.replace(",", ""), (shown, name)
    named = set(re.findall(r"BALIE_[A-Z_]+[A-Z]", GUIDE))
    assert named <= set(names)
    assert (ROOT / "docs" / "push.md").exists()
