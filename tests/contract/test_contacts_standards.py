"""The Klantinteracties client asks, and the stub answers, as the standard and a running register do."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from jsonschema import RefResolver
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

from bot.contacts import CallbackRequest
from bot.contacts.openklant import OpenKlantContacts
from bot.contacts.openklant_team import Actor
from tests.standards import STANDARDS, needs_standards
from tests.stubs.openklant import REQUIRED, ROOT, TOKEN, OpenKlantStub

pytestmark = needs_standards
ANNA = CallbackRequest(
    "Anna van der Voorbeeld", "+31612345678", "morgenochtend", "bijzondere_bijstand", "Vroeg naar: bijstand", "c-anna",
    "https://zaken.example/zaken/api/v1/zaken/8b0f1c5e-5a0f-4c7e-9a52-3f1f0b6f7d21",
)
TEXTS = ("toelichting", "naam", "rol", "kanaal", "adres", "klantcontact")


@pytest.fixture
async def stub() -> AsyncIterator[OpenKlantStub]:
    async with OpenKlantStub() as stub:
        yield stub


@cache
def document() -> Any:
    path = Path(STANDARDS) / "openapi" / "openklant-klantinteracties.yaml"
    loaded = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _with_null(loaded)


def _with_null(schema: Any) -> Any:
    """As OpenAPI 3.0 means it: `nullable` goes for a reference too. And an actor is described by its kind alone."""
    if isinstance(schema, list):
        return [_with_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "discriminator" in schema:
        return {"$ref": schema["discriminator"]["mapping"].get("organisatorische_eenheid", schema["oneOf"][0]["$ref"])}
    inner = {key: _with_null(value) for key, value in schema.items()}
    if inner.get("nullable") is True and "type" not in inner:
        return {"anyOf": [{**inner, "nullable": False}, {"type": "object", "nullable": True, "maxProperties": 0}]}
    return inner


def errors(validator: Any, schema: Any, item: Any) -> list[str]:
    found = validator(schema, resolver=RefResolver.from_schema(document())).iter_errors(item)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def operation(method: str, path: str) -> Any:
    name, _, identifier = path.strip("/").partition("/")
    return document()["paths"][f"/{name}/{{uuid}}" if identifier else f"/{name}"][method.lower()]


async def test_both_sides_speak_as_the_document_says(stub: OpenKlantStub) -> None:
    contacts = OpenKlantContacts(stub.url, TOKEN, Actor("Klantcontactcentrum", "KCC"), secret=b"secret", budget_seconds=20.0)
    hers = await contacts.register(ANNA, key="turn-1")
    await contacts.register(ANNA, key="turn-1")
    await contacts.register(replace(ANNA, zaak=None), key="turn-2")
    assert len(await contacts.open(5)) == 2
    await contacts.tried(hers.reference, datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "Voicemail")
    await contacts.done(hers.reference, "gesproken")
    assert await contacts.check() == []
    await contacts.aclose()
    kinds = set()
    for each in stub.exchanges:
        described = operation(each.method, each.path)
        kinds.add((each.method, each.path.split("/")[1]))
        assert each.query.keys() <= {parameter["name"] for parameter in described.get("parameters", ())}, each.path
        answer = described["responses"][str(each.status)]["content"]["application/json"]["schema"]
        assert errors(OAS30ReadValidator, answer, each.answer) == [], each.path
        if each.sent is not None:
            body = described["requestBody"]["content"]["application/json"]["schema"]
            assert errors(OAS30WriteValidator, body, each.sent) == [], each.path
            wrong = each.sent | dict.fromkeys(TEXTS, 1)
            assert errors(OAS30WriteValidator, body, wrong), "a number for a text must be refused"
    assert {("POST", name) for name in REQUIRED} | {("PATCH", "internetaken"), ("GET", "klantcontacten")} <= kinds


async def asks(method: str, url: str, body: Any, headers: dict[str, str], status: int) -> Any:
    async with aiohttp.request(method, url, json=body, headers=headers) as response:
        assert response.status == status
        return await response.json()


@pytest.mark.parametrize(
    "name", ["klant_400", "klant_401", "klant_inhoud_too_long_400", "klant_digitaaladres_bad_phone"]
)
async def test_the_stub_refuses_as_a_running_register_did(stub: OpenKlantStub, name: str) -> None:
    recorded = json.loads((Path(STANDARDS) / "recorded" / f"{name}.json").read_text())
    asked, expected = recorded["request"], recorded["body"]
    headers = {} if recorded["status"] == 401 else {"Authorization": f"Token {TOKEN}"}
    url = f"{stub.root}{ROOT}/{asked['url'].split('/api/v1/')[1]}"
    answer = await asks(asked["method"], url, asked["body"], headers, recorded["status"])
    for varying in ("type", "instance"):
        answer.pop(varying)
        expected.pop(varying)
    assert answer == expected


@pytest.mark.parametrize("name", ["klant_klantcontact_create", "klant_internetaak_create"])
async def test_the_stub_makes_what_a_running_register_made(stub: OpenKlantStub, name: str) -> None:
    recorded = json.loads((Path(STANDARDS) / "recorded" / f"{name}.json").read_text())
    asked = recorded["request"]["body"]
    if about := asked.get("aanleidinggevendKlantcontact"):
        stub.add("klantcontacten", uuid=about["uuid"], kanaal="chat", onderwerp="x", taal="nld", vertrouwelijk=False)
    url = f"{stub.root}{ROOT}/{recorded['request']['url'].split('/api/v1/')[1]}"
    answer = await asks("POST", url, asked, {"Authorization": f"Token {TOKEN}"}, recorded["status"])
    expected = recorded["body"]
    assert answer.keys() == expected.keys()
    varying = {"uuid", "url", "toegewezenOp", "aanleidinggevendKlantcontact"}
    assert {key: answer[key] for key in answer.keys() - varying} == {key: expected[key] for key in expected.keys() - varying}
