"""The conversation of this user on this machine, in a file that only the user can read."""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

from connectors.app.client import State


def folder() -> Path:
    """Where programs of this user keep their state (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "balie"


class Kept:
    """One conversation per server and municipality."""

    def __init__(self, server: str, gemeente: str, within: Path | None = None) -> None:
        name = hashlib.sha256(f"{server}\n{gemeente}".encode()).hexdigest()[:16]
        self.path = (within or folder()) / f"chat-{name}.json"

    def load(self) -> State | None:
        """None when there is nothing, or nothing that makes sense."""
        try:
            return State(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, state: State) -> None:
        """On the disk when it returns, whole or not at all."""
        write_private(self.path, state.dump())

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in one step. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # made with 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
