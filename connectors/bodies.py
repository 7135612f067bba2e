"""JSON bodies. Reading: a limit on size and time, a strict schema, and faults in words."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from aiohttp import web

from bot.conversation import events
from connectors.problems import Fault, Problem

T = TypeVar("T")

_AT = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED = re.compile(r"(?P<what>missing required|unknown) field `(?P<name>[^`]*)`")


async def read_json(request: web.Request, kind: type[T], *, max_bytes: int, seconds: float) -> T:
    """The body as a `kind`. Raises Problem: not_json, too_large, too_slow, malformed, or invalid with the offending field.

    `seconds`: time the client has to send it all.
    """
    if request.content_type != "application/json":
        raise Problem("not_json")
    return parse(await _read(request, max_bytes, seconds), kind)


async def _read(request: web.Request, max_bytes: int, seconds: float) -> bytes:
    if (request.content_length or 0) > max_bytes:
        raise Problem("too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > max_bytes:
                    raise Problem("too_large")
    except TimeoutError as exc:
        raise Problem("too_slow") from exc
    return bytes(body)


def parse(raw: bytes, kind: type[T]) -> T:
    """Raises Problem: malformed, or invalid with the offending field."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as exc:
        raise Problem("invalid", fault_of(str(exc))) from exc
    except (ValueError, RecursionError) as exc:  # not JSON, not UTF-8, or nested without end
        raise Problem("malformed") from exc


def fault_of(error: str) -> Fault:
    """msgspec's message as a field and a Dutch sentence; never with the value itself."""
    at = _AT.search(error)
    path = re.sub(r"\[.*", "", at["path"]) if at else ""
    if named := _NAMED.search(error):
        field = ".".join(filter(None, [path, named["name"]]))
        return Fault(field[:64], "Dit veld is verplicht." if named["what"] != "unknown" else "Dit veld kennen wij niet.")
    return Fault(path[:64], "De waarde past niet bij dit veld.")


def json_response(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json", charset="utf-8")


def moment(seconds: float) -> str:
    """The moment so many seconds from now, as the API writes it."""
    return events.utc(datetime.now(UTC) + timedelta(seconds=seconds))
