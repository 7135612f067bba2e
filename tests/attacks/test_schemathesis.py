"""Thousands of requests made from the document itself: no 500, and no answer that the document doesn't know.

Schemathesis lives in an environment of its own, which `make test` makes from `requirements-schemathesis.lock`.
"""

import asyncio
import os
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.api_document import booked
from tests.conftest import EdgeFactory, echoing

TOOL = ROOT / ".tools" / "schemathesis" / "bin" / "schemathesis"
FOLDER = Path(__file__).parent.parent / "fuzzing"
SECONDS = 150  # after which it hangs; it takes a quarter of that


async def test_no_request_breaks_the_server_and_every_answer_is_documented(make_edge: EdgeFactory, tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.fail("schemathesis is not installed: run `make .tools/schemathesis/.ready` once (`make test` does so by itself)")
    edge = await make_edge(lift_rates=True, poll_max_seconds=0.05, log_level="ERROR")
    made = await booked(edge.services)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(FOLDER), "SCHEMATHESIS_HOOKS": "hooks",
        "FUZZ_SERVER": edge.url, "FUZZ_SENDER": edge.services.callback("voorbeeld")[1],
        "FUZZ_SEALED": edge.services.calendar_links.seal("voorbeeld", made.reference, made.code),
    }
    command = [
        str(TOOL), "--config-file", str(FOLDER / "schemathesis.toml"), "run", f"{edge.url}/v1/openapi.json", "--url", edge.url,
        "--phases", "examples,coverage,fuzzing", "--request-timeout", "10", "--no-color", "--warnings", "off",
    ]
    async with echoing(edge.services):
        process = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(SECONDS):
            told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()[-20_000:]
