"""A real browser for the tests: an installed one, else Playwright's own, else the system's package manager.

`python -m tests.browser` makes sure that there is one, or says in a sentence what to do.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Flags for a machine without a screen and without a way out: nothing is fetched in the background.
FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]


def installed() -> str | None:
    """Path of a browser on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    return str(found[-1]) if found else None


def arguments() -> list[str]:
    """Flags for the launch; a browser that runs as root has no sandbox."""
    return [*FLAGS, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]


def _install() -> None:
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        attempts += [[*root, "apt-get", "update", "-qq"], [*root, "apt-get", "install", "-y", "-qq", "chromium"]]
    for command in attempts:
        print("Looking for a browser:", " ".join(command), flush=True)
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if installed():
            return


def main() -> int:
    if not installed():
        _install()
    found = installed()
    print(f"Browser: {found}" if found else "There is no Chromium or Chrome here and none could be installed. "
          "Install Chromium with your package manager, then run make test again.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
