"""A reference client of the citizen API (protocol version 1), in one file that needs only aiohttp. Copy it: EUPL-1.2.

It does what docs/api.md asks of a client. A message is sent again, with the same `cid`, until the server has it or refuses it; of
events none is missed and none comes twice, through lost lines, restarts and proxies that hold streams back; the token is renewed
without losing the conversation. What must outlive the process is in `State`: keep it where only the citizen's device can read it.

    async with aiohttp.ClientSession() as http:
        client = await Client.begin(http, "https://balie.example", "voorbeeld", keep=save)
        # or, with what was saved: client = Client(http, State(**loaded), keep=save), and then client.flush()
        sending = asyncio.create_task(client.say("Hoe vraag ik een paspoort aan?"))
        async for event in client.events():
            show(event)
"""

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import aiohttp

Event = dict[str, Any]
Json = dict[str, Any]

LINE = 2**20  # bytes of the longest event


@dataclass(frozen=True)
class Times:
    """All in seconds."""

    silence: float = 35.0  # without a ping (they come every 15): the stream is dead
    first_byte: float = 20.0  # a stream that brings nothing for so long is held back by something in between
    poll: int = 25  # how long the server may hold a long poll
    polling: float = 600.0  # how long to go on polling before a stream gets another chance
    answer: float = 15.0  # of an answer that is no stream
    pause_first: float = 1.0  # between tries; it doubles, with some chance in it
    pause_most: float = 30.0


class Problem(Exception):
    """A refusal (RFC 9457). `title` is Dutch, for people; `type` is for programs, without its `urn:balie:problem:`."""

    def __init__(self, status: int, body: Json, retry_after: float | None = None) -> None:
        self.status = status
        self.type = str(body.get("type", "")).removeprefix("urn:balie:problem:")
        super().__init__(f"{status} {self.type}")
        self.title = str(body.get("title", ""))
        self.errors: dict[str, str] = {fault["field"]: fault["message"] for fault in body.get("errors", [])}
        self.retry_after = retry_after

    @property
    def passes(self) -> bool:
        """Whether the same can work later. A refusal without type is not Balie's but of something in between."""
        return self.status in (408, 429) or self.status >= 500 or not self.type

    @property
    def gone(self) -> bool:
        """Whether the conversation, or the right to it, is no longer there."""
        return bool(self.type) and self.status in (401, 403, 404, 410)


# No answer, half of one, or another's, such as the page of a hotel that wants a login: nobody knows whether it arrived.
LOST = (aiohttp.ClientError, TimeoutError, OSError, json.JSONDecodeError)


@dataclass
class State:
    """What a device keeps of one conversation. `seen`: number of the last event; `outbox`: messages not acknowledged yet."""

    server: str
    gemeente: str
    conv: str
    token: str = field(repr=False)
    expires_at: str = ""
    seen: int = 0
    outbox: list[Json] = field(default_factory=list, repr=False)

    def dump(self) -> str:
        return json.dumps(asdict(self))


def _forget(_state: State) -> None:
    """Keeps nothing."""


class Client:
    """One conversation.

    `keep` is called with the state whenever it changes, and must have it on the disk when it returns. `trouble` hears the Problem
    or error when something has to wait, and None when it goes again. `stored` gives the token that another process of the same
    app may have renewed meanwhile.
    """

    def __init__(
        self, http: aiohttp.ClientSession, state: State, keep: Callable[[State], None] = _forget,
        trouble: Callable[[Exception | None], None] = lambda _: None, stored: Callable[[], str] | None = None,
        times: Times = Times(),
    ) -> None:
        self.state = state
        self._http = http
        self._keep = keep
        self._trouble = trouble
        self._stored = stored or (lambda: self.state.token)
        self._sending = asyncio.Lock()
        self._renewing = asyncio.Lock()
        self._times = times
        self._poll_until = 0.0

    # The conversation

    @classmethod
    async def begin(
        cls, http: aiohttp.ClientSession, server: str, gemeente: str, *, keep: Callable[[State], None] = _forget,
        trouble: Callable[[Exception | None], None] = lambda _: None, channel: Literal["app", "website"] = "app",
        topic: str | None = None, page: str | None = None, times: Times = Times(),
    ) -> "Client":
        """A new conversation. Raises Problem, or one of LOST: then try again later."""
        asked = {"gemeente": gemeente, "channel": channel, "topic": topic, "page": page}
        server = server.rstrip("/")
        async with http.post(f"{server}/v1/conv", json=asked, timeout=aiohttp.ClientTimeout(times.answer)) as answer:
            begun = await _read(answer)
        state = State(server, gemeente, begun["conv"], begun["token"], begun["expires_at"])
        client = cls(http, state, keep, trouble, times=times)
        keep(client.state)
        return client

    async def renew(self) -> None:
        """Another token, kept before it is used. A lost answer does no harm: the old one is valid until the new one is used."""
        async with self._renewing:
            renewed = await self._json("POST", "/token")
            self.state.token, self.state.expires_at = renewed["token"], renewed["expires_at"]
            self._keep(self.state)

    async def erase(self) -> None:
        """The citizen erases the conversation, everywhere. Fine when it was gone already."""
        try:
            await self._call("DELETE", "")
        except Problem as exc:
            if exc.status != 404:
                raise
        self.state.outbox.clear()

    # What the citizen does

    async def send(self, kind: str, **fields: Any) -> Json:
        """Returns the receipt once the server has the message: `id` and `seq`. Raises Problem when it refuses it for good.

        Messages go out in order. One that was not acknowledged stays in `state.outbox`, also when the process ends; see `flush`.
        """
        message = {"cid": str(uuid.uuid4()), "type": kind, **fields}
        self.state.outbox.append(message)
        self._keep(self.state)
        async with self._sending:
            return await self._deliver(message)

    async def flush(self) -> None:
        """Send what an earlier run left behind. What is refused by now (a question that expired) is dropped."""
        async with self._sending:
            for message in tuple(self.state.outbox):
                with contextlib.suppress(Problem):
                    await self._deliver(message)

    async def say(self, text: str) -> Json:
        return await self.send("text", text=text)

    async def choose(self, asked: str, value: str) -> Json:
        """`asked`: id of the event with the part, such as m_12; also of the next three."""
        return await self.send("choice", reply_to=asked, value=value)

    async def pick_date(self, asked: str, day: str) -> Json:
        return await self.send("date", reply_to=asked, value=day)

    async def pick_time(self, asked: str, slot: str) -> Json:
        return await self.send("time", reply_to=asked, value=slot)

    async def fill(self, asked: str, values: dict[str, str]) -> Json:
        return await self.send("form", reply_to=asked, value=values)

    async def rate(self, figure: int, words: str = "") -> Json:
        return await self.send("rating", value=str(figure), **({"text": words} if words else {}))

    async def ask_for_person(self) -> Json:
        return await self.send("handover_request")

    async def end(self) -> Json:
        return await self.send("end")

    async def typing(self) -> None:
        """Small news that may get lost."""
        with contextlib.suppress(Problem, *LOST):
            await self._call("POST", "/typing", json={"on": True})

    async def read(self, seq: int) -> None:
        """The citizen has read up to this event. Small news that may get lost."""
        with contextlib.suppress(Problem, *LOST):
            await self._call("POST", "/read", json={"seq": seq})

    async def history(self, *, before: int | None = None, limit: int = 50) -> list[Event]:
        query = {"limit": limit} | ({"before": before} if before else {})
        return list((await self._json("GET", "/history", params=query))["events"])

    async def transcript(self, form: Literal["txt", "html", "json"] = "txt") -> str:
        """The whole conversation, to keep or print."""
        return (await self._call("GET", "/transcript", params={"format": form})).decode()

    # What happens

    async def events(self) -> AsyncIterator[Event]:
        """Everything after `state.seen`, and then what comes: no gaps, no doubles, until the conversation is gone (Problem).

        Events without `seq` pass by: `typing`, `read`, `service`, and `reset` when the server no longer has what was seen: clear
        the screen, it comes anew. An event counts as seen once the next one is asked for.
        """
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            heard = False
            try:
                source = self._poll() if loop.time() < self._poll_until or failures % 4 == 3 else self._stream()
                async with contextlib.aclosing(source):
                    async for event in source:
                        if not heard:
                            heard, failures = True, 0
                            self._trouble(None)
                        async for news in self._in_order(event):
                            yield news
                if not heard:
                    raise aiohttp.ServerDisconnectedError
                # A server that stops, or one that doesn't hold polls.
                await asyncio.sleep(self._times.pause_first * random.random())
            except (Problem, *LOST) as exc:
                failures += 1
                await self._wait_for(exc, failures)

    async def _in_order(self, event: Event) -> AsyncIterator[Event]:
        """The event, with what is missing before it; nothing when it was there already."""
        if event.get("type") == "reset":
            if event.get("reason") == "expired":
                raise Problem(404, {"type": "conversation_unknown"})
            self.state.seen = 0
            yield event
        if "seq" not in event:
            if event.get("type") not in ("ping", "reset"):
                yield event
            return
        missing = [event]
        while missing[0]["seq"] > self.state.seen + 1:
            if not (found := await self.history(before=missing[0]["seq"], limit=200)):
                break  # the server doesn't have it either: asking on and on brings nothing
            missing = found + missing
        for one in missing:
            if one["seq"] > self.state.seen:
                yield one
                self.state.seen = one["seq"]
                self._keep(self.state)

    async def _stream(self) -> AsyncGenerator[Event, None]:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._times.answer, sock_read=self._times.silence)
        query, headers = {"after": self.state.seen}, {"Accept": "text/event-stream"}
        request = self._request("GET", "/events", timeout, params=query, headers=headers, read_bufsize=LINE)
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._times.first_byte):
                    answer = await stack.enter_async_context(request)
                    line = await answer.content.readline()  # a ping, at once
            except TimeoutError:
                self._poll_until = asyncio.get_running_loop().time() + self._times.polling
                raise
            while line:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])
                line = await answer.content.readline()

    async def _poll(self) -> AsyncGenerator[Event, None]:
        query = {"after": self.state.seen, "wait": self._times.poll}
        timeout = aiohttp.ClientTimeout(self._times.poll + self._times.answer)
        async with self._request("GET", "/events", timeout, params=query) as answer:
            for event in [*(await answer.json())["events"], {"type": "ping"}]:
                yield event

    # The way to the server

    async def _deliver(self, message: Json) -> Json:
        failures = 0
        while True:
            try:
                receipt = await self._json("POST", "/messages", json=message)
            except (Problem, *LOST) as exc:
                if isinstance(exc, Problem) and not exc.passes and not exc.gone:
                    self._drop(message)
                failures += 1
                await self._wait_for(exc, failures)
            else:
                self._drop(message)
                if failures:
                    self._trouble(None)
                return receipt

    def _drop(self, message: Json) -> None:
        if message in self.state.outbox:
            self.state.outbox.remove(message)
            self._keep(self.state)

    async def _wait_for(self, reason: Exception, failures: int) -> None:
        """As long as the server asks for; else a pause that doubles with every failure. Raises it when waiting doesn't help."""
        if isinstance(reason, Problem) and not reason.passes:
            raise reason
        self._trouble(reason)
        most = min(self._times.pause_first * 2 ** min(failures - 1, 10), self._times.pause_most)
        asked = reason.retry_after if isinstance(reason, Problem) else None
        await asyncio.sleep(most * (0.5 + random.random() / 2) if asked is None else min(asked, 300.0))

    async def _json(self, method: str, path: str, **request: Any) -> Json:
        return dict(json.loads(await self._call(method, path, **request)))

    async def _call(self, method: str, path: str, **request: Any) -> bytes:
        async with self._request(method, path, aiohttp.ClientTimeout(self._times.answer), **request) as answer:
            return await answer.read()

    @contextlib.asynccontextmanager
    async def _request(
        self, method: str, path: str, timeout: aiohttp.ClientTimeout, headers: dict[str, str] | None = None, **request: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer. On 401 the token may have been renewed meanwhile, here or elsewhere: then once more with that."""
        url = f"{self.state.server}/v1/conv/{self.state.conv}{path}"
        for again in (True, False):
            used = self.state.token
            sent = {**(headers or {}), "Authorization": f"Bearer {used}"}
            async with self._http.request(method, url, headers=sent, timeout=timeout, **request) as answer:
                if answer.status == 401 and again:
                    self.state.token = self._stored() if self.state.token == used else self.state.token
                    if self.state.token != used:
                        continue
                await _check(answer)
                yield answer
                return


async def _read(answer: aiohttp.ClientResponse) -> Json:
    await _check(answer)
    return dict(await answer.json())


async def _check(answer: aiohttp.ClientResponse) -> None:
    """Raises Problem unless it is a success, also when a proxy on the way answers with something else than a problem."""
    if answer.ok:
        return
    try:
        body = json.loads(await answer.read())
    except ValueError:
        body = {}
    wait = answer.headers.get("Retry-After", "")
    raise Problem(answer.status, body if isinstance(body, dict) else {}, float(wait) if wait.isdecimal() else None)
