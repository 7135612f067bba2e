"""The OpenAPI document of the citizen API, and the page that makes it readable."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from bot.settings import Settings
from connectors.templates import environment

FILE = Path(__file__).parent / "openapi.yml"

Document = dict[str, Any]


def document(settings: Settings) -> Document:
    """The document, with the address and the limits of this installation."""
    found: Document = yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)  # the loader in C: this is at every start
    found["servers"] = [{"url": settings.base_url}]
    found["components"]["schemas"]["Message"]["properties"]["text"]["maxLength"] = settings.max_text_chars
    return found


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
        for method in ("get", "post", "delete"):
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
