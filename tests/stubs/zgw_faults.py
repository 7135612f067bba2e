"""What can go wrong with the ZGW stub, what passed between it and its client, and its errors."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

FAULT = web.RequestKey("fault", str)


@dataclass
class Fault:
    """What goes wrong, for requests whose path contains `where`, `times` times (None: always).

    `slow`: no answer before the stub's `released` is set. `status`: an error with status `code` and the code `problem`. `drop`:
    the connection is cut. `lying`: another's resources come back, for `zaken` exactly one. `mixed`: one of another's as well.
    `unfiltered`: everything comes back. `empty`: nothing does. `redirect`: to `target`. `body`: the text `target` instead of
    the answer.
    """

    kind: str
    where: str = "/"
    times: int | None = None
    code: int = 500
    target: str = ""
    problem: str = "error"

    def hits(self, path: str) -> bool:
        if self.where not in path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


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
