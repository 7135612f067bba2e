"""Lines that a user types: at a terminal with editing and a status line, or from a pipe."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from prompt_toolkit import PromptSession
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import DummyHistory
from prompt_toolkit.patch_stdout import patch_stdout

MOST = 8192  # characters of one line from a pipe


class Pipe:
    """For scripts: every line is read as it comes."""

    ends = True  # what comes to its end still wants the last answer

    def begin(self, status: Callable[[], str], typing: Callable[[], None]) -> None:
        """`status` gives the line below what is typed; `typing` is called at every key."""

    def ask(self, label: str, hidden: bool) -> None:
        """`label` stands before what is typed, also when the user is typing already; `hidden`: it isn't shown."""

    async def line(self) -> str:
        """Raises EOFError at the end: Ctrl-D, or Ctrl-C."""
        found: str = await asyncio.to_thread(sys.stdin.readline, MOST)
        if not found:
            raise EOFError
        return found.rstrip("\r\n")

    def changed(self) -> None:
        """The status line says something else."""

    def output(self) -> AbstractContextManager[None]:
        """While it is open, what is printed comes above the line that is being typed."""
        return nullcontext()


class Terminal(Pipe):
    """Nothing typed is kept in a history."""

    ends = False

    def __init__(self) -> None:
        self._label, self._hidden = "> ", False
        self._status: Callable[[], str] = str
        self._session: PromptSession[str] = PromptSession(
            lambda: self._label, history=DummyHistory(), is_password=Condition(lambda: self._hidden), refresh_interval=1.0,
            bottom_toolbar=lambda: self._status() or None,
        )
        self._session.default_buffer.on_text_changed += lambda _: self._typing()
        self._typing: Callable[[], None] = lambda: None

    def begin(self, status: Callable[[], str], typing: Callable[[], None]) -> None:
        self._status, self._typing = status, typing

    def ask(self, label: str, hidden: bool) -> None:
        self._label, self._hidden = label, hidden
        self.changed()

    async def line(self) -> str:
        try:
            return str(await self._session.prompt_async())
        except KeyboardInterrupt:  # in a task it would end the whole loop, before anything is kept
            raise EOFError from None

    def changed(self) -> None:
        if self._session.app.is_running:
            self._session.app.invalidate()

    def output(self) -> AbstractContextManager[None]:
        return patch_stdout(raw=True)
