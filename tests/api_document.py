"""The OpenAPI document of a running edge, whether an answer is in it, and an appointment to ask for the file of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
from openapi_schema_validator import OAS31Validator

from bot.appointments import Appointment, Customer, Item
from bot.wiring import Services
from connectors.openapi import METHODS
from tests.conftest import Edge, Reply


@dataclass(frozen=True)
class Operation:
    """One method of one path, with its parameters."""

    method: str
    path: str
    body: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def needs_token(self) -> bool:
        return self.body.get("security", [{"token": []}]) == [{"token": []}]

    @property
    def id(self) -> str:
        return str(self.body["operationId"])

    @property
    def requests(self) -> list[tuple[str, Any]]:
        """(media type, body) of every example of a request; one without body when there is none to send."""
        found = []
        for media, content in self.body.get("requestBody", {}).get("content", {}).items():
            found += [(media, example["value"]) for example in content.get("examples", {}).values()]
            found += [(media, content["example"])] if "example" in content else []
        return found or [("", None)]


class ApiDocument:
    """`made`: the document, as it is served."""

    def __init__(self, made: dict[str, Any]) -> None:
        self.made = made
        self._resolver = jsonschema.RefResolver("", made)

    @classmethod
    async def of(cls, edge: Edge) -> "ApiDocument":
        return cls((await edge.call("GET", "/v1/openapi.json")).json)

    def operations(self) -> Iterator[Operation]:
        for path, item in self.made["paths"].items():
            for method in METHODS:
                if method in item:
                    parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                    yield Operation(method.upper(), path, item[method], tuple(map(self.resolve, parameters)))

    def answers(self, operation: Operation) -> dict[str, dict[str, Any]]:
        """Status -> media type -> what the document says of it."""
        return {status: self.resolve(answer).get("content", {}) for status, answer in operation.body["responses"].items()}

    def resolve(self, node: Any) -> Any:
        return self._resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def fits(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What is wrong with a value."""
        validator = OAS31Validator(schema, resolver=self._resolver)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

    def named(self, schema: str, value: Any) -> list[str]:
        return self.fits({"$ref": f"#/components/schemas/{schema}"}, value)

    def faults(self, operation: Operation, reply: Reply) -> list[str]:
        """What the document doesn't tell of this answer."""
        where = f"{operation.name} {reply.status}"
        documented = operation.body["responses"].get(str(reply.status))
        if documented is None:
            return [f"{where} {reply.body[:200]!r}: the status is not documented"]
        documented = self.resolve(documented)
        missing = [f"{where}: without {name}" for name, header in documented.get("headers", {}).items()
                   if header.get("required") and name not in reply.headers]
        media = reply.headers.get("Content-Type", "").partition(";")[0]
        contents = documented.get("content", {})
        if not contents:
            return missing + ([f"{where}: a body that is not documented"] if reply.body else [])
        if media not in contents:
            return [*missing, f"{where}: {media} is not documented"]
        value = json.loads(reply.body) if media.endswith("json") else reply.text
        return missing + [f"{where} {media}: {fault}" for fault in self.fits(contents[media].get("schema", {}), value)]


async def booked(services: Services) -> Appointment:
    """An appointment of `voorbeeld` that was just made."""
    appointments = services.appointments("voorbeeld")
    items = [Item((await appointments.products())[0].id)]
    place = (await appointments.locations(items))[0].id
    today = datetime.now(UTC).date()
    day = (await appointments.days(items, place, today + timedelta(days=1), today + timedelta(days=30)))[0]
    start = (await appointments.times(items, place, day))[0]
    return await appointments.book(items, place, start, Customer("J. de Vries", "j@voorbeeld.example"), key="k")
