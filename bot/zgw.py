"""A client for the Dutch ZGW APIs (Zaken, Catalogi, Notificaties): token, limits, and only addresses below the configured."""

import asyncio
import re
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import jwt
from yarl import URL

from bot.http import RETRY_PAUSE_SECONDS, Http, HttpFailure, Reply

Json = dict[str, Any]
Params = Mapping[str, str]

_BACKDATED_SECONDS = 60  # a server refuses a token from its future: allow for a clock that runs behind ours
_MAX_PAGES = 20
_PATH_REST = re.compile(r"[A-Za-z0-9_/-]*")
_NAME = re.compile(r"[A-Za-z_.-]{1,60}")  # of a code or field: no digits, so that no number of a person or case gets into a text

_BY_CODE = {
    "invalid-jwt-signature": "the secret isn't the one that is registered there for this client id",
    "invalid-client-identifier": "the client id isn't known there",
    "missing-client-identifier": "the client id is empty",
    "jwt-expired": "the token counts as too old there: the clocks differ",
    "permission_denied": "this client id has no authorisation for it there",
    "not_authenticated": "the token is missing there: does a proxy take away the Authorization header?",
}
_BY_STATUS = {
    401: "the credentials aren't accepted there",
    403: "the credentials or the authorisation aren't accepted there",
    404: "there is nothing at this address",
    412: "a header is missing there: does a proxy take away Accept-Crs or Content-Crs?",
}


class ZgwFailure(Exception):
    """No usable answer. The text says the cause for whoever runs Balie; it names no address, no case and no person.

    `status` is that of the answer, 0 when there was none. `sent` is False when the request certainly had no effect.
    """

    def __init__(self, text: str, *, status: int = 0, sent: bool = True) -> None:
        super().__init__(text)
        self.status = status
        self.sent = sent


class ZgwClient:
    """JSON below `bases` (the roots of the APIs, as the server writes them in its own addresses). For one event loop.

    `client_id` and `secret` are those of the application registered at the server. Reading is tried once more after
    `retry_pause_seconds` when the connection broke or a proxy found no server; changing never is. `timeout_seconds` limits one
    request; the caller limits the whole. Every failure is a ZgwFailure.
    """

    def __init__(
        self, bases: Sequence[str], client_id: str, secret: str, timeout_seconds: float,
        retry_pause_seconds: float = RETRY_PAUSE_SECONDS,
    ) -> None:
        self._bases = [URL(base.rstrip("/") + "/") for base in bases]
        self._client_id = client_id
        self._secret = secret
        self._http = Http(timeout_seconds, retry_pause_seconds)

    async def get(self, url: str, params: Params | None = None) -> Json:
        """The JSON object at `url`."""
        return _object(await self._read("GET", url, params))

    async def get_all(self, url: str, params: Params | None = None) -> list[Json]:
        """The objects of a list, on all its pages; Notificaties sends lists without pages."""
        return await self._pages("GET", url, params)

    async def search(self, url: str, body: Json, at_most: int) -> list[Json]:
        """The objects that fit `body`: pages are read until there are `at_most` or more."""
        return await self._pages("POST", url, json=body, at_most=at_most)

    async def post(self, url: str, json: Json) -> Json:
        """Make something at `url`; returns it as the server has it."""
        return _object(_usable(await self._act("POST", url, json)).json())

    async def put(self, url: str, json: Json) -> Json:
        """Replace what is at `url`; returns it as the server has it."""
        return _object(_usable(await self._act("PUT", url, json)).json())

    async def delete(self, url: str) -> None:
        """Take away what is at `url`."""
        _usable(await self._act("DELETE", url))

    async def clock_difference(self, url: str) -> float:
        """Seconds that the server's clock is ahead of ours (negative: behind), 0.0 when it doesn't tell."""
        reply = await self._reply("GET", url)
        try:
            theirs = parsedate_to_datetime(reply.headers.get("Date", ""))
        except ValueError:
            return 0.0
        return (theirs.replace(tzinfo=theirs.tzinfo or UTC) - datetime.now(UTC)).total_seconds()

    def below_a_base(self, url: str) -> URL:
        """`url` if it lies below a configured API. An answer may name any address; our token goes nowhere else."""
        try:
            parsed = URL(url)
        except (ValueError, TypeError) as exc:
            raise ZgwFailure("not an address", sent=False) from exc
        for base in self._bases:
            same_server = parsed.is_absolute() and parsed.origin() == base.origin()
            path = parsed.raw_path  # yarl has resolved dot segments
            if same_server and path.startswith(base.raw_path) and _PATH_REST.fullmatch(path[len(base.raw_path) :]):
                return parsed
        raise ZgwFailure("an address outside the configured APIs", sent=False)

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        await self._http.aclose()

    async def _pages(
        self, method: str, url: str, params: Params | None = None, *, json: Json | None = None, at_most: int | None = None
    ) -> list[Json]:
        page = await self._read(method, url, params, json)
        found: list[Json] = list(_results(page))
        for _ in range(_MAX_PAGES):
            following = page.get("next") if isinstance(page, dict) else None
            if not following or (at_most is not None and len(found) >= at_most):
                return found
            page = await self._read(method, following, None, json)
            found += _results(page)
        raise ZgwFailure("a list has no end")

    async def _read(self, method: str, url: str, params: Params | None = None, json: Json | None = None) -> Any:
        reply = _usable(await self._reply(method, url, params, json))
        try:
            return reply.json()
        except HttpFailure as exc:
            raise ZgwFailure("an answer isn't JSON: is it the address of the API?", status=reply.status) from exc

    async def _reply(self, method: str, url: str, params: Params | None = None, json: Json | None = None) -> Reply:
        if not all(str(value or "").strip() for value in [*(params or {}).values(), *(json or {}).values()]):
            raise ValueError("a blank filter would return everything")
        allowed = self.below_a_base(url)
        try:
            return await self._http.read(method, allowed, headers=self._headers(), params=params, json=json)
        except HttpFailure as exc:
            raise ZgwFailure(str(exc), sent=exc.sent) from exc

    async def _act(self, method: str, url: str, json: Json | None = None) -> Reply:
        allowed = self.below_a_base(url)
        try:
            return await self._http.act(method, allowed, headers=self._headers(), json=json)
        except HttpFailure as exc:
            raise ZgwFailure(str(exc), sent=exc.sent) from exc

    def _headers(self) -> dict[str, str]:
        """A fresh token each time: Open Zaak refuses one whose `iat` is over an hour old."""
        claims = {
            "iss": self._client_id,
            "iat": int(time.time()) - _BACKDATED_SECONDS,
            "client_id": self._client_id,
            "user_id": "",
            "user_representation": "",
        }
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        # Zaken answers 412 without Accept-Crs and, on a search, without Content-Crs, although no geometry is involved.
        crs = {"Accept-Crs": "EPSG:4326", "Content-Crs": "EPSG:4326"}
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", **crs}


async def at_once(*questions: Coroutine[Any, Any, Any]) -> list[Any]:
    """The answers, in order, asked at the same time; the first failure ends them all."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(question) for question in questions]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return [task.result() for task in tasks]


def _usable(reply: Reply) -> Reply:
    """Raises ZgwFailure with the cause unless the status is a success."""
    if 200 <= reply.status < 300:
        return reply
    if 300 <= reply.status < 400:
        raise ZgwFailure(f"status {reply.status}: it refers to another address, which isn't followed", status=reply.status)
    problem = _problem(reply)
    code = _name(problem.get("code"))
    cause = _BY_CODE.get(code) or _BY_STATUS.get(reply.status, "")
    words = [f"status {reply.status}", f"({code})" if code else "", *_invalid(problem)]
    text = " ".join(word for word in words if word)
    raise ZgwFailure(f"{text}: {cause}" if cause else text, status=reply.status)


def _problem(reply: Reply) -> Json:
    try:
        return _object(reply.json())
    except (HttpFailure, ZgwFailure):
        return {}


def _invalid(problem: Json) -> Iterator[str]:
    """The refused fields, with the code of each."""
    params = problem.get("invalidParams")
    for item in params[:5] if isinstance(params, list) else []:
        if isinstance(item, dict):
            yield f"{_name(item.get('name'))} {_name(item.get('code'))}".strip()


def _name(value: object) -> str:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise ZgwFailure("an answer isn't an object")
    return value


def _results(page: Any) -> list[Json]:
    found = page if isinstance(page, list) else _object(page).get("results")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ZgwFailure("an answer isn't a list")
    return found
