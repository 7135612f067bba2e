"""`balie chat`: talk with a running Balie. Survives a restart of the server, and can be resumed."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
from rich.console import Console

from connectors.app.client import LOST, Client, Event, Problem, State
from connectors.terminal import words
from connectors.terminal.conversation import Conversation
from connectors.terminal.kept import Kept
from connectors.terminal.keyboard import Pipe, Terminal
from connectors.terminal.screen import Screen

SHOWN = 12  # events shown of a conversation that is resumed


class Unreachable(Exception):
    """There is no Balie at that address; the message says so in words."""


def run(server: str, gemeente: str, within: Path | None = None) -> None:
    """Until the user leaves. `within`: another folder for the state. Raises Unreachable, and Problem when it can't begin."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(server.rstrip("/"), gemeente, Kept(server.rstrip("/"), gemeente, within)))


async def _run(server: str, gemeente: str, kept: Kept) -> None:
    async with aiohttp.ClientSession() as http:
        keyboard: Pipe = Terminal() if sys.stdin.isatty() else Pipe()
        with keyboard.output():
            while await Counter(http, server, gemeente, kept, keyboard).serve():
                pass


class Counter:
    """One conversation, from opening it to leaving it."""

    def __init__(self, http: aiohttp.ClientSession, server: str, gemeente: str, kept: Kept, keyboard: Pipe) -> None:
        self._http, self._server, self._gemeente, self._kept, self._keyboard = http, server, gemeente, kept, keyboard
        self._screen = Screen(Console(highlight=False), keyboard.changed)

    async def serve(self) -> bool:
        """Returns whether the user wants another one."""
        try:
            client, before = await self._resume() or (await self._begin(), [])
        except LOST as exc:
            raise Unreachable(words.UNREACHABLE.format(server=self._server)) from exc
        return await Conversation(client, self._screen, self._keyboard, self._kept).run(before)

    async def _begin(self) -> Client:
        async with self._http.get(f"{self._server}/v1/gemeenten/{self._gemeente}") as answer:
            name = (await answer.json()).get("name", "") if answer.ok else ""
        keep, trouble = self._kept.save, self._trouble
        client = await Client.begin(self._http, self._server, self._gemeente, keep=keep, trouble=trouble)
        self._screen.say(words.START.format(name=name or self._gemeente))
        return client

    async def _resume(self) -> tuple[Client, list[Event]] | None:
        """The conversation of before and its last events; None when there is none."""
        if (state := self._kept.load()) is None:
            return None
        client = Client(self._http, state, self._kept.save, self._trouble, self._stored(state))
        try:
            await _renew(client)
            before = await client.history(limit=SHOWN)
        except Problem as exc:
            if not exc.gone:
                raise
            self._kept.forget()
            self._screen.say(words.GONE_BEFORE)
            return None
        self._screen.say(words.RESUMED)
        return client, before

    def _stored(self, state: State) -> Callable[[], str]:
        """The token that another window may have renewed."""
        def token() -> str:
            found = self._kept.load()
            return found.token if found and found.conv == state.conv else state.token

        return token

    def _trouble(self, reason: Exception | None) -> None:
        self._screen.offline(reason is not None)


async def _renew(client: Client) -> None:
    """When that can't be done now, the token of before goes on. Raises Problem when the conversation is gone."""
    try:
        await client.renew()
    except Problem as exc:
        if exc.gone:
            raise
    except LOST:
        pass
