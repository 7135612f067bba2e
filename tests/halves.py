"""All tests in two processes side by side: most of the time a test waits for something. `python -m tests.halves`.

One half needs the model: it trains first, when the content changed. It tells what it found at its end, the other one as it goes.
"""

import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT
from tests import sizes

WITH_MODEL = ["tests/dialogues", "tests/e2e", "tests/faults", "tests/understanding"]
WITHOUT = ["tests/integration", "tests/attacks", "tests/contract", "tests/unit"]
LOG = ROOT / "results" / "tests-with-model.log"


def main() -> int:
    """Exit status: that of the first half that isn't 0."""
    folders = {f"tests/{path.parent.relative_to(ROOT / 'tests').parts[0]}" for path in Path(ROOT / "tests").rglob("*/test_*.py")}
    assert folders == {*WITH_MODEL, *WITHOUT}, f"in no half, or without tests: {sorted(folders ^ {*WITH_MODEL, *WITHOUT})}"
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        model = [sys.executable, "-m", "tests.halves", "model"]
        trained = subprocess.Popen(model, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        others = subprocess.call([sys.executable, "-m", "pytest", "-q", *WITHOUT], cwd=ROOT)
        status = trained.wait()
    print(LOG.read_text(errors="replace"))
    print(sizes.line())
    return others or status


def with_model() -> int:
    """The half that needs the model."""
    train = [sys.executable, "-m", "bot.cli", "train"]
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITH_MODEL]
    return subprocess.call(train, cwd=ROOT) or subprocess.call(pytest, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(with_model() if sys.argv[1:] == ["model"] else main())
