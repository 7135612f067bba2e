"""The official OpenAPI documents, to hold stubs and clients against: not in this repository, STANDARDS_DIR names their folder.

Where it is set, no test that needs them may be skipped (see conftest.py).
"""

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import RefResolver
from openapi_schema_validator import OAS30Validator

from tests.stubs.zgw_faults import Exchange

STANDARDS = os.environ.get("STANDARDS_DIR", "")
needs_standards = pytest.mark.skipif(not STANDARDS, reason="STANDARDS_DIR names no folder with the OpenAPI documents")

Schema = dict[str, Any]

# What a running Open Zaak sends empty, although the documents don't allow it.
SENT_EMPTY = {"gezetdoor", "inpA_nummer", "opdrachtgevendeOrganisatie", "inpBsn"}
# Where a document names a schema of alternatives, the one that has all common fields.
PLAIN = {"ZaakExpanded": "Zaak", "ExpandZaak": "Zaak"}


@cache
def document(name: str) -> Schema:
    path = Path(STANDARDS) / "openapi" / name
    loaded: Schema = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if name.startswith("catalogi"):
        # A known slip of the document: a list of URLs, which every implementation sends, is called a string.
        loaded["components"]["schemas"]["ZaakType"]["properties"]["informatieobjecttypen"] = {"type": "array"}
    return loaded


def errors(name: str, schema: str, item: Mapping[str, Any]) -> list[str]:
    """Why `item` isn't the document's `schema`."""
    described = document(name)["components"]["schemas"][schema]

    def skipped(key: str) -> bool:
        """Empty and allowed to be, for the validator trips over null where a reference is nullable."""
        nullable = described["properties"].get(key, {"nullable": True}).get("nullable", False)
        return item[key] in (None, "") and (key in SENT_EMPTY or (nullable and key not in described.get("required", ())))

    kept = {key: value for key, value in item.items() if not skipped(key)}
    return _invalid(name, {"$ref": f"#/components/schemas/{schema}"}, kept)


def request_faults(name: str, asked: Exchange) -> list[str]:
    """What the document has against a request."""
    operation = _operation(name, asked)
    declared = [_resolve(name, item) for item in operation["parameters"]]
    parameters = {(item["in"], item["name"].lower()): item for item in declared if item["in"] in ("query", "header")}
    given = {("query", key.lower()): value for key, value in asked.query.items()}
    faults = [f"{key} isn't in the standard" for _, key in given if ("query", key) not in parameters]
    given |= {("header", key.lower()): value for key, value in asked.headers.items()}
    for key, item in parameters.items():
        if key not in given:
            faults += [f"{key} is missing"] if item.get("required") else []
        elif item["schema"].get("type") == "string":
            faults += _invalid(name, item["schema"], given[key])
    if "requestBody" in operation:
        schema = _resolve(name, operation["requestBody"]["content"]["application/json"]["schema"])
        faults += [f"{key} isn't in the standard" for key in asked.body if key not in schema["properties"]]
        faults += _invalid(name, schema, asked.body)
    return faults


def answer_faults(name: str, asked: Exchange) -> list[str]:
    """What the document has against an answer."""
    if asked.status >= 400:
        return errors(name, "Fout", asked.answer)
    content = _operation(name, asked)["responses"][str(asked.status)]["content"]["application/json"]["schema"]
    schema = content["$ref"].rsplit("/", 1)[1]
    listed = document(name)["components"]["schemas"][schema].get("properties", {}).get("results")
    if not listed:
        return _object_faults(name, schema, asked.answer)
    page = {key: value for key, value in asked.answer.items() if value is not None}
    faults, of = _invalid(name, content, page | {"results": []}), listed["items"]["$ref"].rsplit("/", 1)[1]
    return faults + [fault for item in asked.answer["results"] for fault in _object_faults(name, of, item)]


def _object_faults(name: str, schema: str, item: Mapping[str, Any]) -> list[str]:
    if schema == "Rol" and "oneOf" in document(name)["components"]["schemas"]["Rol"]:
        schema = "Base_RolSerializer"
    return errors(name, PLAIN.get(schema, schema), item)


def _operation(name: str, asked: Exchange) -> Schema:
    paths, path = document(name)["paths"], asked.path.partition("/api/v1")[2]
    template = path if path in paths else re.sub(r"/[^/]+$", "/{uuid}", path)
    operation: Schema = paths[template][asked.method.lower()]
    return operation | {"parameters": operation.get("parameters", []) + paths[template].get("parameters", [])}


def _resolve(name: str, part: Schema) -> Schema:
    found = part
    for key in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
        found = document(name) if found is part else found
        found = found[key]
    return found


def _invalid(name: str, schema: Schema, value: Any) -> list[str]:
    return list(_messages(OAS30Validator(schema, resolver=RefResolver.from_schema(document(name))), value))


def _messages(validator: Any, value: Any) -> Iterator[str]:
    for error in validator.iter_errors(value):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
