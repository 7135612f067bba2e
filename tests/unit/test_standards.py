"""Where the official documents are, the tests that need them can't be left out unseen."""

import os
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT

NEEDS_THEM = ["tests/unit/test_content_import.py", "-k", "the_questions_of_these_tests"]


def outcome(standards: str) -> tuple[int, str]:
    env = {**os.environ, "STANDARDS_DIR": standards}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NEEDS_THEM]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def test_without_the_documents_their_tests_are_skipped() -> None:
    code, told = outcome("")
    assert (code, "1 skipped" in told) == (0, True), told


def test_with_a_folder_that_lacks_them_the_tests_fail(tmp_path: Path) -> None:
    code, told = outcome(str(tmp_path))
    assert (code, "1 error" in told) == (1, True), told


def test_the_continuous_integration_names_the_folder_when_it_is_there() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "export STANDARDS_DIR=" in script and script.index("export STANDARDS_DIR=") < script.index("make test")
