"""Citizens of the benchmark: one conversation at a time, and the next message only after the answer to the last."""

import asyncio
import json
import uuid
from typing import Any, Protocol

import aiohttp

from benchmarks.machine import CannotMeasure

ANSWER_SECONDS = 60.0


class Client(Protocol):
    """One citizen. `ask` returns the sentences of the answer, in order; everything raises CannotMeasure on any other outcome."""

    async def begin(self) -> None:
        """A new conversation."""

    async def ask(self, text: str) -> list[str]: ...

    async def end(self) -> None: ...


class RestClient:
    """By Rasa's REST channel: the answer is in the response to the message."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._sender = ""

    async def begin(self) -> None:
        self._sender = uuid.uuid4().hex

    async def ask(self, text: str) -> list[str]:
        body = await _json(self._session, f"{self._url}/webhooks/rest/webhook", {"sender": self._sender, "message": text})
        if not body:
            raise CannotMeasure(f"rasa gave no answer to {text!r}")
        return [item["text"].strip() for item in body if item.get("text")]

    async def end(self) -> None:
        """Rasa has nothing to close."""


class BalieClient:
    """By the citizen API, as the widget does: an open event stream, and messages by POST."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._conv = ""
        self._auth: dict[str, str] = {}
        self._stream: aiohttp.ClientResponse | None = None

    async def begin(self) -> None:
        made = await _json(self._session, f"{self._url}/v1/conv", {"gemeente": "voorbeeld", "channel": "website"})
        self._conv, self._auth = made["conv"], {"Authorization": f"Bearer {made['token']}"}
        url = f"{self._url}/v1/conv/{self._conv}/events"
        self._stream = await self._session.get(url, params={"after": made["seq"]}, headers=self._auth)
        if self._stream.status != 200:
            raise CannotMeasure(f"the event stream answered {self._stream.status}: {await self._stream.text()}")

    async def ask(self, text: str) -> list[str]:
        message = {"cid": str(uuid.uuid4()), "type": "text", "text": text}
        sent = await _json(self._session, f"{self._url}/v1/conv/{self._conv}/messages", message, self._auth)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._answer(f"t_{sent['seq']}")
        except TimeoutError as exc:
            raise CannotMeasure(f"Balie gave no answer to {text!r} in {ANSWER_SECONDS:.0f} s") from exc

    async def _answer(self, turn: str) -> list[str]:
        """Read the stream up to the end of the turn."""
        assert self._stream is not None
        said: list[str] = []
        async for line in self._stream.content:
            event = json.loads(line[6:]) if line.startswith(b"data: ") else {}
            if event.get("turn") != turn:
                continue
            if event["type"] == "turn_done":
                return said
            if event["type"] == "message" and event["from"]["role"] == "bot":
                said.append(event["text"].strip())
        raise CannotMeasure("the event stream ended in the middle of a turn")

    async def end(self) -> None:
        if self._stream is not None:
            self._stream.close()


async def _json(session: aiohttp.ClientSession, url: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    async with session.post(url, json=body, headers=headers) as response:
        if response.status not in {200, 201}:
            raise CannotMeasure(f"{url} answered {response.status}: {(await response.text())[:300]}")
        return await response.json()


def session() -> aiohttp.ClientSession:
    """Without a limit of connections: each open stream keeps one."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(None, sock_connect=10))
