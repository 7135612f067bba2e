"""All tests in two processes side by side: most of the time a test waits for something. `python -m tests.halves`.

The half with the real brain and the browsers that talk to it tells what it found when it is done; the other one as it goes.
"""

import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT

REAL = [  # as long as the other half: most of its time goes to dialogues, end to end and killing
    "tests/dialogues", "tests/e2e", "tests/faults", "tests/understanding", "tests/attacks", "tests/contract", "tests/unit",
]
OTHERS = ["tests/integration"]
LOG = ROOT / "results" / "tests-real.log"


def main() -> int:
    """Exit status of pytest: that of the first half that isn't 0."""
    folders = {f"tests/{path.parent.relative_to(ROOT / 'tests').parts[0]}" for path in Path(ROOT / "tests").rglob("*/test_*.py")}
    assert folders == {*REAL, *OTHERS}, f"in no half, or without tests: {sorted(folders ^ {*REAL, *OTHERS})}"
    LOG.parent.mkdir(exist_ok=True)
    pytest = [sys.executable, "-m", "pytest", "-q"]
    with LOG.open("wb") as log:
        real = subprocess.Popen([*pytest, "-p", "no:cacheprovider", *REAL], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        others = subprocess.call([*pytest, *OTHERS], cwd=ROOT)
        status = real.wait()
    print(LOG.read_text(errors="replace"))
    return others or status


if __name__ == "__main__":
    sys.exit(main())
