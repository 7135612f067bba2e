"""All tests in three processes side by side: most of the time a test waits for something. `python -m tests.side_by_side`.

One part needs the model: it trains first, when the content changed. One drives browsers. The rest tells what it finds as it goes,
the other two at their end.
"""

import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT
from tests import sizes

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
WITH_MODEL = ["dialogues", "e2e", "faults", "understanding"]


def parts() -> dict[str, list[str]]:
    """The paths of each part, below the project: every file with tests is in one of them."""
    files = sorted(Path(ROOT / "tests").rglob("*/test_*.py"))
    with_model = [path for path in files if path.relative_to(ROOT / "tests").parts[0] in WITH_MODEL]
    browser = [path for path in files if path not in with_model and "playwright" in path.read_text()]
    rest = [path for path in files if path not in {*with_model, *browser}]
    return {name: [str(path.relative_to(ROOT)) for path in paths]
            for name, paths in {"model": with_model, "browser": browser, "rest": rest}.items()}


def main() -> int:
    """Exit status: that of the first part that isn't 0."""
    results = ROOT / "results"
    results.mkdir(exist_ok=True)
    logs = {name: results / f"tests-{name}.log" for name in ("model", "browser")}
    beside = {}
    for name, path in logs.items():
        with path.open("wb") as log:
            command = [sys.executable, "-m", "tests.side_by_side", name]
            beside[name] = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    found = [run("rest"), *(process.wait() for process in beside.values())]
    for path in logs.values():
        print(path.read_text(errors="replace"))
    print(sizes.line())
    return next((status for status in found if status), 0)


def run(part: str) -> int:
    """The tests of one part."""
    if part == "model" and (status := subprocess.call([sys.executable, "-m", "bot.cli", "train"], cwd=ROOT)):
        return status
    return subprocess.call([*PYTEST, *parts()[part]], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]) if sys.argv[1:] else main())
