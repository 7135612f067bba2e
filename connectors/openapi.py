"""The OpenAPI document of the citizen API, and the page that makes it readable.

`openapi.yml` is the document but for two things that are kept in one place: names of settings in braces, and `x-problems`, the
kinds of connectors.problems that an operation answers with.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from bot.settings import Settings
from connectors.problems import CATALOGUE, MEDIA_TYPE, Fault, content
from connectors.templates import environment

FILE = Path(__file__).parent / "openapi.yml"

METHODS = ("get", "put", "post", "delete")
FIELD = Fault("text", "Typ eerst uw vraag of bericht.")  # of the example of `invalid`

Document = dict[str, Any]

_PLACE = re.compile(r"\{([a-z_]+)\}")
_RETRY = {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}
_HEADERS: dict[int, Document] = {
    401: {"WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}}},
    429: {"Retry-After": _RETRY | {"required": True}},
    503: {"Retry-After": _RETRY},
}


def document(settings: Settings) -> Document:
    """The document, with the address and the limits of this installation."""
    found: Document = yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)  # the loader in C: this is at every start
    meanings = found.pop("x-problems")
    schemas = found["components"]["schemas"]
    schemas["Problem"]["properties"]["type"]["examples"] = [content(kind)["type"] for kind in meanings]
    schemas["Begin"]["properties"]["gemeente"]["enum"] = settings.gemeente_names
    return dict(_filled(found, meanings, settings))


def _filled(node: Any, meanings: dict[str, str], settings: Settings) -> Any:
    """The node with the values of settings in it, and with problems written out."""
    if isinstance(node, dict):
        node = {key: _filled(value, meanings, settings) for key, value in node.items()}
        return _problems(node, meanings, settings) if "x-problems" in node else node
    if isinstance(node, list):
        return [_filled(item, meanings, settings) for item in node]
    return _value(node, settings) if isinstance(node, str) else node


def _value(text: str, settings: Settings) -> Any:
    """`{max_text_chars}` becomes the number, and is one when it is all there is. Only limits and the address: nothing secret."""
    def shown(value: Any) -> str:
        return str(value) if isinstance(value, str) else f"{value:g}"

    def known(name: str) -> Any:
        value = getattr(settings, name, None)
        return value if name == "base_url" or type(value) in (int, float) else None

    if (alone := _PLACE.fullmatch(text)) and known(alone[1]) is not None:
        return known(alone[1])
    return _PLACE.sub(lambda found: found[0] if known(found[1]) is None else shown(known(found[1])), text)


def _problems(response: Document, meanings: dict[str, str], settings: Settings) -> Document:
    """A response that is one of these problems: its schema names the types, and each has an example in the real words."""
    kinds = response["x-problems"]
    told = "\n".join(f"`{kind}`: {_value(meanings[kind], settings)}" for kind in kinds)
    types = {"enum": [content(kind)["type"] for kind in kinds]}
    examples = {kind: {"summary": kind, "value": content(kind, [FIELD] if kind == "invalid" else [])} for kind in kinds}
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": {"type": types}}]}
    headers = _HEADERS.get(CATALOGUE[kinds[0]][0])
    return {
        "description": response.get("description", told), **({"headers": headers} if headers else {}),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


class Documentation:
    """Serves the document and the page; both are made once, at the start."""

    def __init__(self, settings: Settings) -> None:
        made = document(settings)
        self._json = json.dumps(made, ensure_ascii=False, indent=1).encode()
        operations = list(_operations(made))
        self._page = environment().get_template("docs.html").render(
            info=made["info"], server=settings.base_url, schemas=_schemas(made),
            groups=[(tag, [item for item in operations if item["tag"] == tag["name"]]) for tag in made["tags"]],
        )

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/openapi.json", self.openapi), web.get("/v1/docs", self.docs)]

    async def openapi(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._json, content_type="application/json", charset="utf-8")

    async def docs(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html")


def _operations(made: Document) -> Iterator[dict[str, Any]]:
    """Every operation with its references resolved, as the page shows it."""
    for path, item in made["paths"].items():
        for method in METHODS:
            if (operation := item.get(method)) is None:
                continue
            parameters = [_resolve(made, p) for p in [*item.get("parameters", []), *operation.get("parameters", [])]]
            yield {
                **operation, "method": method.upper(), "path": path, "tag": operation["tags"][0], "parameters": parameters,
                "open": operation.get("security") == [],
                "requests": _examples(operation.get("requestBody", {}).get("content", {})),
                "answers": [_answer(made, status, answer) for status, answer in operation["responses"].items()],
            }


def _answer(made: Document, status: str, answer: Document) -> dict[str, Any]:
    found = _resolve(made, answer)
    examples = _examples(found.get("content", {})) if status.startswith("2") else []
    return {"status": status, "description": found["description"], "examples": examples}


def _resolve(made: Document, item: Document) -> Document:
    """The thing that a `$ref` within the document points to."""
    if "$ref" not in item:
        return item
    found: Any = made
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _examples(content: Document) -> list[tuple[str, str]]:
    """(what it is, the example as text) of every media type."""
    shown = []
    for media, body in content.items():
        for example in body.get("examples", {}).values():
            shown.append((example["summary"], _pretty(example["value"])))
        if "example" in body:
            shown.append((media, _pretty(body["example"])))
    return shown


def _pretty(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _schemas(made: Document) -> list[tuple[str, str]]:
    return [(name, _pretty(schema)) for name, schema in made["components"]["schemas"].items()]
