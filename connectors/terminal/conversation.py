"""One conversation at a terminal: what the user types goes out, what happens is shown."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from connectors.app.client import LOST, Client, Event, Problem
from connectors.terminal import words
from connectors.terminal.answers import Filling
from connectors.terminal.kept import Kept, write_private
from connectors.terminal.keyboard import Pipe
from connectors.terminal.screen import AMSTERDAM, Screen

TYPING_PAUSE = 4.0  # seconds between two signs that the citizen types
LAST_ANSWER = 25.0  # seconds that a pipe waits at its end for the last answer


class Conversation:
    """`run` it once."""

    def __init__(self, client: Client, screen: Screen, keyboard: Pipe, kept: Kept) -> None:
        self._client, self._screen, self._keyboard, self._kept = client, screen, keyboard, kept
        self._filling: Filling | None = None
        self._mine: set[str] = set()  # what was typed here
        self._tasks: set[asyncio.Task[None]] = set()
        self._unanswered: set[str] = set()  # turns whose end was not seen
        self._told_typing = 0.0

    async def run(self, before: Sequence[Event]) -> bool:
        """Until it is left, or gone. `before`: the last events of an earlier time. Returns whether the user wants another one."""
        for event in before:
            self._show(event)
            self._client.state.seen = max(self._client.state.seen, event["seq"])
        self._keyboard.begin(self._screen.status, self._typing)
        self._do(self._client.flush())
        following = asyncio.create_task(self._follow())
        try:
            return await self._lines(following)
        finally:
            under_way = (following, *self._tasks)
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    # What comes

    async def _follow(self) -> None:
        async for event in self._client.events():
            self._show(event)

    def _show(self, event: Event) -> None:
        cid = event.get("cid")
        self._screen.show(event, cid in self._mine or any(cid == message["cid"] for message in self._client.state.outbox))
        if event["type"] == "turn_done":
            self._unanswered.discard(event["turn"])
        asked = self._screen.asked
        if asked and asked.form and asked.id == event.get("id"):
            self._filling = Filling(asked.id, asked.form["fields"])
            self._keyboard.ask(*self._label())
        elif asked and self._filling and self._filling.asked != asked.id:
            self._filling = None
            self._keyboard.ask(*self._label())

    # What the user does

    async def _lines(self, following: asyncio.Task[None]) -> bool:
        while True:
            self._keyboard.ask(*self._label())
            reading = asyncio.create_task(self._keyboard.line())
            await asyncio.wait({reading, following}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                reading.cancel()
                return self._ended(following)
            try:
                typed = reading.result()
            except EOFError:
                return await self._leave()
            if (more := await self._line(typed)) is not None:
                return more

    def _label(self) -> tuple[str, bool]:
        """What stands before the line that is typed, and whether that is hidden."""
        field = self._filling.field if self._filling else None
        if field is None:
            return "> ", False
        hints = ", ".join(filter(None, [field.get("hint", ""), words.OPTIONAL if field.get("required") is False else ""]))
        return f"{field['label']}{f' ({hints})' if hints else ''}: ", bool(field.get("sensitive"))

    async def _line(self, typed: str) -> bool | None:
        """None: go on. Else this conversation is left, and whether another one begins."""
        if typed.startswith("/"):
            command, _, rest = typed[1:].strip().partition(" ")
            return await self._command(command.lower(), rest.strip())
        if self._filling and self._filling.field:
            self._fill(self._filling, typed)
        elif typed.strip():
            asked, today = self._screen.asked, datetime.now(AMSTERDAM).date()
            self._do(self._send(**(asked.answer(typed, today) if asked else {"kind": "text", "text": typed})))
        return None

    def _fill(self, filling: Filling, typed: str) -> None:
        filling.take(typed)
        if filling.field is None:
            self._filling = None
            self._do(self._send_form(filling))

    async def _command(self, name: str, rest: str) -> bool | None:
        match name:
            case "stop":
                return await self._leave()
            case "nieuw":
                self._kept.forget()
                return True
            case "wissen":
                return await self._erase()
            case "opslaan":
                await self._save(rest)
            case "medewerker":
                self._do(self._send("handover_request"))
            case "terug":
                self._filling = None
            case "help" | "":
                self._screen.say(words.HELP, style="")
            case _:
                self._screen.say(words.UNKNOWN_COMMAND.format(command=f"/{name}"))
        return None

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        """Without waiting for it; messages keep their order all the same."""
        task = asyncio.create_task(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Problem as exc:
            if not exc.gone:  # that is told once, by what follows the conversation
                self._screen.say("\n".join(exc.errors.values()) or exc.title, style="bold red")

    async def _send(self, kind: str, **fields: Any) -> None:
        receipt = await self._client.send(kind, **fields)
        self._mine.add(receipt["cid"])
        if kind != "rating":
            self._unanswered.add(f"t_{receipt['seq']}")

    async def _send_form(self, filling: Filling) -> None:
        try:
            await self._send("form", value=filling.values, reply_to=filling.asked)
        except Problem as exc:
            if exc.type == "invalid":
                self._filling = filling.again(set(exc.errors))
                self._keyboard.ask(*self._label())
            raise

    def _typing(self) -> None:
        """At a key; told now and then."""
        if time.monotonic() - self._told_typing > TYPING_PAUSE:
            self._told_typing = time.monotonic()
            self._do(self._client.typing())

    async def _save(self, name: str) -> None:
        moment = f"{datetime.now(AMSTERDAM):%Y-%m-%d-%H%M}"
        path = Path(name or f"gesprek-{self._client.state.gemeente}-{moment}.txt").expanduser()
        if path.exists():
            self._screen.say(words.NOT_SAVED.format(why=words.EXISTS), style="bold red")
            return
        try:
            write_private(path, await self._client.transcript())
        except (Problem, *LOST) as exc:
            self._screen.say(words.NOT_SAVED.format(why=_why(exc)), style="bold red")
        else:
            self._screen.say(words.SAVED.format(path=path.absolute()))

    async def _erase(self) -> bool | None:
        self._screen.say(words.SURE, style="bold")
        self._keyboard.ask("> ", False)
        sure = ""
        with contextlib.suppress(EOFError):
            sure = await self._keyboard.line()
        if sure.strip().lower() not in {"ja", "j"}:
            self._screen.say(words.NOT_ERASED)
            return None
        try:
            await self._client.erase()
        except (Problem, *LOST):
            self._screen.say(words.ERASE_FAILED, style="bold red")
            return None
        self._kept.forget()
        self._screen.say(words.ERASED)
        return False

    # Leaving

    def _ended(self, following: asyncio.Task[None]) -> bool:
        """The conversation is gone: erased elsewhere, or past its time."""
        try:
            following.result()
        except Problem as exc:
            if not exc.gone:
                raise
            self._kept.forget()
            self._screen.say(words.GONE)
        return False

    async def _leave(self) -> bool:
        if self._keyboard.ends:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_ANSWER):
                    while self._tasks or self._unanswered:
                        await asyncio.sleep(0.05)
        if count := len(self._client.state.outbox):
            self._screen.say(words.UNSENT[min(count, 2)].format(count=count))
        self._screen.say(words.BYE)
        return False


def _why(exc: Exception) -> str:
    """Why the conversation could not be kept in a file, for the citizen."""
    if isinstance(exc, Problem) and exc.title:
        return exc.title
    at_file = isinstance(exc, OSError) and not isinstance(exc, (aiohttp.ClientError, TimeoutError))
    return words.NO_FILE if at_file else words.NO_ANSWER
