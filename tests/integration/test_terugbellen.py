"""Asking to be called, up to the contact register: the citizen hears what is true, and the employee what it is about."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import here
from actions.terugbellen import ActionTerugbellen
from actions.zaak import remember
from bot.settings import Settings
from bot.wiring import Services, build, use
from bot.zaken import ZaakStatus
from tests import register_fixtures
from tests.register_fixtures import UUID, town
from tests.stubs.faults import Fault
from tests.stubs.openklant import OpenKlantStub

ZAAK = ZaakStatus(
    "ZAAK-1", "Parkeervergunning", "In behandeling", 1, 2, date(2026, 11, 1), None, None,
    ref=f"https://zaken.example/zaken/api/v1/zaken/{UUID}",
)
ANNA = {"contact_naam": "Anna Voorbeeld", "contact_telefoon": "+31612345678", "contact_moment": "morgenochtend"}


register = register_fixtures.stub


@pytest.fixture
async def services(tmp_path: Path, register: OpenKlantStub, redis_url: str) -> AsyncIterator[Services]:
    changes = town(tmp_path, register.url, _calls) | {"data_dir": str(tmp_path / "var"), "backend_seconds": 20.0}
    made = build(Settings(**changes), redis_url)
    use(made)
    yield made
    await made.aclose()


def _calls(content: dict[str, Any]) -> None:
    """Who calls back is a team."""
    content["suppliers"]["contacts"]["actor"] = {"naam": "Team bellen", "objectId": "BEL", "codeObjecttype": "grp"}


def tracker(slots: dict[str, Any], *, events: list[dict[str, Any]] = []) -> Tracker:  # noqa: B006
    metadata = {"gemeente": "voorbeeld", "seq": 7, "key": "c_anna:7"}
    message = {"text": "ja", "intent": {"name": "affirm", "confidence": 1.0}, "metadata": metadata}
    return Tracker("c_anna", slots, message, events, False, None, {}, "action_listen")


async def said(asked: Tracker) -> list[str]:
    """The responses; whatever became of the request, the words in which name and number were given are not kept."""
    dispatcher = CollectingDispatcher()
    await ActionTerugbellen().done(dispatcher, asked)
    assert all(message["custom"] == {"forget": True} for message in dispatcher.messages)
    return [message["response"] for message in dispatcher.messages]


def about_the_case() -> dict[str, Any]:
    """The slots of a conversation that looked up a case."""
    event = remember([ZAAK], here(tracker({})))
    return {event["name"]: event["value"]}


async def test_the_request_stands_in_the_register_with_the_team_and_the_case(services: Services, register: OpenKlantStub) -> None:
    assert await said(tracker(ANNA | about_the_case())) == ["utter_terugbellen_genoteerd"]
    assert register.count() == dict.fromkeys(register.data, 1)
    assert register.data["actoren"][0]["actoridentificator"]["codeObjecttype"] == "grp"
    assert register.data["onderwerpobjecten"][0]["onderwerpobjectidentificator"]["objectId"] == UUID
    assert "\nZaak: ZAAK-1\n" in register.data["internetaken"][0]["toelichting"]


async def test_a_turn_that_is_done_again_asks_no_second_call(services: Services, register: OpenKlantStub) -> None:
    for _ in range(2):
        assert await said(tracker(ANNA)) == ["utter_terugbellen_genoteerd"]
    assert register.count()["internetaken"] == 1


async def test_a_question_about_something_else_is_not_linked_to_the_case(services: Services, register: OpenKlantStub) -> None:
    passport = {"event": "user", "parse_data": {"intent": {"name": "paspoort_aanvragen"}}}
    await said(tracker(ANNA | about_the_case(), events=[passport]))
    assert register.count()["onderwerpobjecten"] == 0
    assert register.data["klantcontacten"][0]["onderwerp"].endswith(": paspoort aanvragen")


async def test_who_gave_a_number_that_cannot_be_called_is_asked_for_another(services: Services, register: OpenKlantStub) -> None:
    assert await said(tracker(ANNA | {"contact_telefoon": "0800"})) == ["utter_terugbellen_geweigerd"]
    assert register.called == []


async def test_who_asks_while_the_register_is_down_gets_a_reference_and_is_in_it_later(
    services: Services, register: OpenKlantStub
) -> None:
    register.faults = [Fault("dies", "POST /betrokkenen", times=1)]
    assert await said(tracker(ANNA)) == ["utter_terugbellen_genoteerd"]
    assert register.count()["internetaken"] == 0
    services.now = lambda: datetime.now(UTC) + timedelta(minutes=1)
    await services.contacts("voorbeeld").catch_up(1)
    assert register.count()["internetaken"] == 1


async def test_nobody_is_promised_a_call_that_is_kept_nowhere(services: Services, register: OpenKlantStub) -> None:
    register.faults = [Fault("status")]
    full = replace(services.settings, max_callbacks_waiting=0)
    use(small := replace(services, settings=full, _adapters={}))
    assert await said(tracker(ANNA)) == ["utter_terugbellen_storing"]
    await small.aclose()
    assert await services.contacts("voorbeeld").unwritten() == {}
