"""What passed between the ZGW stub and its client, and its errors."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

FAULT = web.RequestKey("fault", str)


@dataclass(frozen=True)
class Exchange:
    """A request and what the stub made of it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int
    answer: Any


def body_of(response: web.StreamResponse) -> Any:
    """The JSON of an answer, None if it is something else."""
    try:
        return json.loads(response.text or "") if isinstance(response, web.Response) else None
    except ValueError:
        return None


def error(status: int, code: str, detail: str, unknown_parameters: Iterable[str] = ()) -> web.Response:
    """Sent as application/json, although the standard says application/problem+json."""
    body: dict[str, Any] = {
        "type": f"http://127.0.0.1/ref/fouten/{code}/",
        "code": code,
        "title": detail,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{uuid.uuid4()}",
    }
    names = ", ".join(unknown_parameters)
    if names:
        reason = f"Onbekende query parameters: {names}"
        body["invalidParams"] = [{"name": "nonFieldErrors", "code": "unknown-parameters", "reason": reason}]
    return web.json_response(body, status=status)
