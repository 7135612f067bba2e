"""A look-up in the chat when the case system is slow, broken, lying, empty or half-way down: an honest sentence, and a way on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.zaakstatus import ActionZaakstatus
from bot.wiring import Services, use
from bot.zaken.guard import GuardedZaken
from tests.integration import zgw_fixtures
from tests.integration.zgw_fixtures import PARKING, adapter
from tests.stubs.faults import Fault
from tests.stubs.zgw import ZgwStub

stub = zgw_fixtures.stub
BUDGET = 0.5  # seconds; the slow stub never answers


@pytest.fixture
async def counter(services: Services, stub: ZgwStub) -> AsyncIterator[Services]:
    """The counter of a municipality with that case system."""
    zaken = adapter(stub, budget_seconds=BUDGET, failures=100)
    services._adapters["zaken", "voorbeeld"] = GuardedZaken(zaken, services.limits, max_attempts=3, scope="voorbeeld")
    use(services)
    yield services


async def look_up(number: str = PARKING, born: str = "1980-01-02", **slots: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is said after the last answer of the form, and the slots afterwards."""
    kept = {"zaaknummer": number, "controle": {"geboortedatum": born}, **slots}
    message = {"text": born, "intent": {"name": "inform"}, "metadata": {"gemeente": "voorbeeld", "seq": 6, "caller": "c"}}
    dispatcher = CollectingDispatcher()
    events = await ActionZaakstatus().run(dispatcher, Tracker("c", kept, message, [], False, None, {}, "action_listen"), {})
    return dispatcher.messages, kept | {event["name"]: event["value"] for event in events}


async def test_a_case_is_told_and_known_from_then_on(counter: Services) -> None:
    messages, slots = await look_up()
    assert messages[0]["response"] == "utter_zaak_loopt" and messages[0]["zaak_nummer"] == PARKING
    assert [kept["zaak"]["identificatie"] for kept in slots["zaken"]["zaken"]] == [PARKING]
    assert slots["zaaknummer"] is None and slots["controle"] is None


async def test_the_question_that_came_first_is_answered(counter: Services) -> None:
    messages, slots = await look_up(zaakvraag="doen")
    assert [message["response"] for message in messages[:2]] == ["utter_zaak_over", "utter_zaak_niets_doen"]
    assert slots["zaakvraag"] is None


@pytest.mark.parametrize("fault", [
    Fault("slow"), Fault("slow", "/rollen"), Fault("status", code=500), Fault("status", "/statustypen", code=503),
    Fault("status", code=403), Fault("drop"), Fault("lying", "/statussen/"), Fault("body", target="<html>"),
    Fault("empty", "/statustypen"),
], ids=lambda fault: f"{fault.kind} {fault.where}")
async def test_no_answer_that_can_be_trusted_is_said_honestly(counter: Services, stub: ZgwStub, fault: Fault) -> None:
    stub.faults = [fault]
    messages, slots = await look_up()
    assert [message["response"] for message in messages] == ["utter_zaken_storing"]
    assert messages[0]["custom"]["forget"] is True
    assert slots.get("zaken") is None and slots["controle"] is None


@pytest.mark.parametrize("fault", [
    Fault("empty", "/zaken/api/v1/zaken"), Fault("lying", "/zaken/api/v1/zaken"), Fault("lying", "/rollen"),
], ids=lambda fault: f"{fault.kind} {fault.where}")
async def test_the_case_of_somebody_else_is_never_told(counter: Services, stub: ZgwStub, fault: Fault) -> None:
    stub.faults = [fault]
    messages, slots = await look_up(born="1975-06-15")
    assert [message["response"] for message in messages] == ["utter_zaak_niet_gevonden"]
    assert slots.get("zaken") is None


async def test_guessing_is_stopped_and_said_so(counter: Services) -> None:
    for _ in range(3):
        assert (await look_up(born="1999-09-09"))[0][0]["response"] == "utter_zaak_niet_gevonden"
    assert (await look_up())[0][0]["response"] == "utter_zaak_vergrendeld"
