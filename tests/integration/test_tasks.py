"""Call-backs at the desk: no citizen is called twice or forgotten, and the desk and the register say the same."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import content
from bot.contacts.references import number_of
from bot.conversation.audit import Wanted
from tests import register_fixtures
from tests.desk_fixtures import Agent, Office, Opener, desk_redis, open_office, until  # noqa: F401
from tests.register_fixtures import ANNA, BRAM, DOWN, GEMEENTE, Clock, caught_up, numbers, town
from tests.stubs.openklant import OpenKlantStub

stub, clock = register_fixtures.stub, register_fixtures.clock


@pytest.fixture
def settings_here(tmp_path: Path, stub: OpenKlantStub) -> dict[str, Any]:
    return town(tmp_path, stub.url) | {"tasks_fresh_seconds": 0.0, "tasks_known_seconds": 0.0}


@pytest.fixture
async def office(open_office: Opener, settings_here: dict[str, Any], clock: Clock) -> AsyncIterator[Office]:  # noqa: F811
    async with open_office(**settings_here) as office:
        office.services.now = clock
        yield office


async def asked(office: Office, request: Any = ANNA, key: str = "turn-1", **fields: Any) -> str:
    """A citizen asks to be called; returns the reference."""
    contacts = office.services.contacts(GEMEENTE)
    return (await contacts.register(replace(request, **fields), key=key)).reference


async def listed(agent: Agent) -> list[dict[str, Any]]:
    status, body = await agent.get("/tasks")
    assert status == 200, body
    return list(body["tasks"])


DONE = {"outcome": "opgelost", "note": "Vraag beantwoord"}


# Who sees what


async def test_an_agent_sees_who_to_call_when_and_about_what(office: Office, clock: Clock) -> None:
    citizen = await office.citizen()
    reference = await asked(office, conversation=citizen.conv)
    (task,) = await listed(await office.agent("youssef"))
    assert task == {
        "reference": reference, "name": ANNA.name, "phone": ANNA.phone, "when": ANNA.when,
        "topic": content.load()["bijstand"].title, "summary": ANNA.summary, "zaak": "ZAAK-2026-77",
        "conv": citizen.conv, "at": clock.now.timestamp(), "registered": True,
        "state": "open", "problem": None, "team": {"id": "sociaal", "name": "Sociaal domein"}, "taken_by": None, "tries": 0,
    }


async def test_each_team_sees_its_own_and_who_is_in_no_team_all(office: Office, stub: OpenKlantStub) -> None:
    hers, his = await asked(office), await asked(office, BRAM, "turn-2")
    seen = {user: {task["reference"] for task in await listed(await office.agent(user))}
            for user in ("sanne", "youssef", "fatma", "lena")}
    assert seen == {"sanne": {his}, "youssef": {hers}, "fatma": {hers, his}, "lena": {his}}
    actors = {item["uuid"]: item["actoridentificator"]["objectId"] for item in stub.data["actoren"]}
    assigned = {task["referentienummer"]: [actors[each["uuid"]] for each in task["toegewezenAanActoren"]]
                for task in stub.data["internetaken"]}
    assert assigned == {str(number_of(hers)): ["SD"], str(number_of(his)): ["KCC"]}


async def test_a_task_that_the_register_gives_to_another_team_is_that_teams(office: Office, stub: OpenKlantStub) -> None:
    await asked(office)
    his = await asked(office, BRAM, "turn-2")
    social = next(item for item in stub.data["actoren"] if item["actoridentificator"]["objectId"] == "SD")
    task = next(item for item in stub.data["internetaken"] if item["referentienummer"] == str(number_of(his)))
    task["toegewezenAanActoren"] = [{"uuid": social["uuid"]}]
    assert his in {task["reference"] for task in await listed(await office.agent("youssef"))}
    assert await listed(await office.agent("sanne")) == []


async def test_nobody_deals_with_the_task_of_another_team(office: Office) -> None:
    reference = await asked(office)
    sanne = await office.agent("sanne")
    for act, body in (("take", {}), ("tried", {}), ("done", DONE)):
        assert (await sanne.post(f"/tasks/{reference}/{act}", body))[0] == 403
    assert len(await listed(await office.agent("youssef"))) == 1


async def test_an_editor_sees_no_tasks_and_an_administrator_no_persons(office: Office, stub: OpenKlantStub) -> None:
    reference = await asked(office)
    stub.faults = [DOWN]
    unwritten = await asked(office, BRAM, "turn-2")
    editor, beheer = await office.agent("redactie"), await office.agent("beheer")
    assert (await editor.get("/tasks"))[0] == 403
    (item,) = await listed(beheer)
    assert (item["reference"], item["registered"]) == (unwritten, False)
    assert not [value for value in (BRAM.name, BRAM.phone, BRAM.summary) if value in str(item)]
    assert (await beheer.post(f"/tasks/{reference}/take"))[0] == 403


# Taking, calling, done


async def test_two_agents_never_call_the_same_citizen(office: Office) -> None:
    reference = await asked(office)
    youssef, fatma = await office.agent("youssef"), await office.agent("fatma")
    answers = await asyncio.gather(*(agent.post(f"/tasks/{reference}/take") for agent in (youssef, fatma)))
    assert sorted(status for status, _ in answers) == [200, 409]
    first, second = (youssef, fatma) if answers[0][0] == 200 else (fatma, youssef)
    status, problem = await second.post(f"/tasks/{reference}/done", DONE)
    holder = {"id": "youssef", "name": "Youssef"} if first is youssef else {"id": "fatma", "name": "Fatma"}
    assert (status, problem["agent"]) == (409, holder)
    assert holder["name"] in problem["title"]
    assert (await first.post(f"/tasks/{reference}/take"))[0] == 200
    assert (await listed(second))[0]["taken_by"] == holder
    assert (await second.post(f"/tasks/{reference}/leave"))[0] == 200  # not theirs to give back
    assert (await second.post(f"/tasks/{reference}/take"))[0] == 409
    assert (await first.post(f"/tasks/{reference}/leave"))[0] == 200
    assert (await second.post(f"/tasks/{reference}/take"))[0] == 200


async def test_a_task_that_was_taken_and_forgotten_is_free_again(
    open_office: Opener, settings_here: dict[str, Any]  # noqa: F811
) -> None:
    async with open_office(**settings_here, task_claim_seconds=1) as office:
        reference = await asked(office)
        youssef, fatma = await office.agent("youssef"), await office.agent("fatma")
        assert (await youssef.post(f"/tasks/{reference}/take"))[0] == 200

        async def taken() -> bool:
            return (await fatma.post(f"/tasks/{reference}/take"))[0] == 200

        await until(taken)


async def test_a_citizen_who_does_not_answer_is_called_again_later_by_whoever_is_free(
    office: Office, stub: OpenKlantStub, clock: Clock
) -> None:
    reference = await asked(office)
    youssef, fatma = await office.agent("youssef"), await office.agent("fatma")
    await youssef.post(f"/tasks/{reference}/take")
    assert (await youssef.post(f"/tasks/{reference}/tried", {"note": "Voicemail, BSN 999993653"}))[0] == 200
    clock.later(hours=2)
    (task,) = await listed(fatma)
    assert (task["tries"], task["taken_by"]) == (1, None)
    assert (await fatma.post(f"/tasks/{reference}/tried"))[0] == 200
    assert (await listed(fatma))[0]["tries"] == 2
    told = stub.data["internetaken"][0]["toelichting"]
    assert "Niet bereikt: 2 keer" in told
    assert "999993653" not in told


async def test_a_task_that_is_done_here_is_done_in_the_register(office: Office, stub: OpenKlantStub) -> None:
    reference = await asked(office)
    youssef = await office.agent("youssef")
    await youssef.post(f"/tasks/{reference}/take")
    for _ in range(2):
        assert (await youssef.post(f"/tasks/{reference}/done", DONE))[0] == 200
    task = stub.data["internetaken"][0]
    assert task["status"] == "verwerkt"
    assert task["toelichting"].endswith("Afgehandeld: Opgelost, door Youssef. Vraag beantwoord")
    assert await listed(youssef) == []


async def test_a_task_that_is_done_in_the_register_is_gone_here(office: Office, stub: OpenKlantStub) -> None:
    reference = await asked(office)
    youssef = await office.agent("youssef")
    await youssef.post(f"/tasks/{reference}/take")
    stub.data["internetaken"][0]["status"] = "verwerkt"
    assert await listed(youssef) == []
    assert (await youssef.post(f"/tasks/{reference}/take"))[0] == 404
    assert (await youssef.post(f"/tasks/{reference}/done", DONE))[0] == 200


@pytest.mark.parametrize("reference", ["A7K-2FQ9", "x", "%2e%2e%2fqueue", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
async def test_what_nobody_asked_can_not_be_done(office: Office, reference: str) -> None:
    youssef = await office.agent("youssef")
    for act, body in (("take", {}), ("tried", {}), ("done", DONE)):
        assert (await youssef.post(f"/tasks/{reference}/{act}", body))[0] == 404
    assert await office.services.contacts(GEMEENTE).unwritten() == {}


async def test_an_outcome_that_does_not_exist_is_refused(office: Office) -> None:
    reference = await asked(office)
    youssef = await office.agent("youssef")
    assert (await youssef.post(f"/tasks/{reference}/done", {"outcome": "weg"}))[0] == 422
    assert (await youssef.post(f"/tasks/{reference}/done", {"outcome": "overig", "note": "x" * 501}))[0] == 422
    assert len(await listed(youssef)) == 1


# A register that is down


async def test_with_the_register_down_new_requests_show_and_the_list_says_that_it_may_miss_some(
    office: Office, stub: OpenKlantStub
) -> None:
    known = await asked(office)
    fatma = await office.agent("fatma")
    await listed(fatma)
    stub.faults = [DOWN]
    unwritten = await asked(office, BRAM, "turn-2")
    status, body = await fatma.get("/tasks")
    assert status == 200
    assert "Misschien missen er" in body["trouble"]
    shown = {task["reference"]: task for task in body["tasks"]}
    assert [shown[each]["registered"] for each in (known, unwritten)] == [True, False]
    assert (shown[unwritten]["name"], shown[unwritten]["phone"]) == (BRAM.name, BRAM.phone)
    assert "vanzelf opnieuw" in shown[unwritten]["problem"]


async def test_a_citizen_can_be_helped_before_the_register_knows_of_them(
    office: Office, stub: OpenKlantStub, clock: Clock
) -> None:
    stub.faults = [DOWN]
    reference = await asked(office)
    youssef = await office.agent("youssef")
    assert (await youssef.post(f"/tasks/{reference}/take"))[0] == 200
    assert (await youssef.post(f"/tasks/{reference}/tried"))[0] == 200
    assert (await listed(youssef))[0]["tries"] == 1
    assert (await youssef.post(f"/tasks/{reference}/done", DONE))[0] == 200
    assert await listed(youssef) == []
    stub.faults = []
    clock.later(minutes=1)
    await caught_up(office.services.contacts(GEMEENTE))
    (task,) = stub.data["internetaken"]
    assert (task["status"], task["referentienummer"]) == ("verwerkt", str(number_of(reference)))
    assert await listed(youssef) == []


async def test_a_call_that_ends_while_the_register_is_down_is_not_lost(
    office: Office, stub: OpenKlantStub, clock: Clock
) -> None:
    reference = await asked(office)
    youssef = await office.agent("youssef")
    await youssef.post(f"/tasks/{reference}/take")
    stub.faults = [DOWN]
    assert (await youssef.post(f"/tasks/{reference}/done", DONE))[0] == 200
    assert await listed(youssef) == []
    assert stub.data["internetaken"][0]["status"] == "te_verwerken"
    stub.faults = []
    clock.later(minutes=1)
    await caught_up(office.services.contacts(GEMEENTE))
    assert stub.data["internetaken"][0]["status"] == "verwerkt"


async def test_after_a_restart_with_the_register_down_only_who_took_a_task_may_finish_it(
    office: Office, stub: OpenKlantStub, open_office: Opener, settings_here: dict[str, Any]  # noqa: F811
) -> None:
    reference = await asked(office)
    await (await office.agent("youssef")).post(f"/tasks/{reference}/take")
    stub.faults = [DOWN]
    async with open_office(**settings_here) as restarted:  # it never saw the list
        youssef, fatma = await restarted.agent("youssef"), await restarted.agent("fatma")
        status, problem = await fatma.post(f"/tasks/{reference}/done", DONE)
        assert (status, problem["type"]) == (503, "urn:balie:desk:unavailable")
        assert (await youssef.post(f"/tasks/{reference}/done", DONE))[0] == 200
        assert list(await restarted.services.contacts(GEMEENTE).unwritten()) == [reference]


async def test_a_wrong_number_that_is_found_out_later_is_seen_by_an_employee(
    office: Office, stub: OpenKlantStub, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.faults = [DOWN]
    reference = await asked(office)
    stub.faults = []
    monkeypatch.setattr("tests.stubs.openklant.PHONE", re.compile("nothing"))
    clock.later(minutes=1)
    await caught_up(office.services.contacts(GEMEENTE))
    youssef = await office.agent("youssef")
    (task,) = await listed(youssef)
    assert (task["reference"], task["phone"], task["registered"]) == (reference, ANNA.phone, False)
    assert "weigert dit telefoonnummer" in task["problem"]
    assert (await youssef.post(f"/tasks/{reference}/done", DONE))[0] == 200
    assert await listed(youssef) == []
    assert numbers(stub) == []


async def test_ten_agents_who_look_do_not_hammer_the_register(
    open_office: Opener, settings_here: dict[str, Any], stub: OpenKlantStub  # noqa: F811
) -> None:
    async with open_office(**settings_here | {"tasks_fresh_seconds": 600.0}) as office:
        await asked(office)
        agents = [await office.agent("fatma") for _ in range(3)]
        await listed(agents[0])
        before = len(stub.called)
        lists = await asyncio.gather(*(listed(agent) for agent in agents * 4))
        assert [len(each) for each in lists] == [1] * 12
        assert len(stub.called) == before
        office.services.tasks(GEMEENTE).counts()
        stub.faults = [DOWN]
        reference = await asked(office, BRAM, "turn-2")  # what changes here is seen at once
        assert reference in {task["reference"] for task in await listed(agents[1])}


# Counters, the conversation, the audit log


async def test_the_lists_count_what_waits_and_what_is_still_to_be_written(office: Office, stub: OpenKlantStub) -> None:
    await asked(office)
    stub.faults = [DOWN]
    await asked(office, BRAM, "turn-2")
    found = await office.services.tasks(GEMEENTE).list()
    stub.faults = []
    assert found.counts(("kcc",)) == {"open": 1, "unwritten": 1}
    tasks = office.services.tasks(GEMEENTE)

    async def counted() -> bool:
        return tasks.counts() == {"open": 2, "unwritten": 1}

    await until(counted)


async def test_a_request_outlives_its_conversation(office: Office, stub: OpenKlantStub, clock: Clock) -> None:
    citizen = await office.citizen()
    stub.faults = [DOWN]
    await asked(office, conversation=citizen.conv)
    youssef = await office.agent("youssef")
    assert (await listed(youssef))[0]["conv"] == citizen.conv
    await office.services.store.erase(await office.services.store.get(citizen.conv))
    (task,) = await listed(youssef)
    assert (task["conv"], task["name"]) == (None, ANNA.name)
    stub.faults = []
    clock.later(minutes=1)
    await caught_up(office.services.contacts(GEMEENTE))
    (task,) = await listed(youssef)
    assert (task["conv"], task["registered"]) == (None, True)


async def test_who_is_to_call_reads_what_was_asked_until_it_is_done(office: Office) -> None:
    citizen = await office.citizen()
    reference = await asked(office, conversation=citizen.conv)
    youssef, sanne = await office.agent("youssef"), await office.agent("sanne")
    status, body = await youssef.get(f"/conv/{citizen.conv}")
    assert (status, body["mode"], body["may"]) == (200, "closed", [])
    assert (await youssef.get(f"/conv/{citizen.conv}/history?before=9"))[1]["events"]
    assert (await sanne.get(f"/conv/{citizen.conv}"))[0] == 403
    await youssef.post(f"/tasks/{reference}/done", DONE)
    assert (await youssef.get(f"/conv/{citizen.conv}"))[0] == 403


async def test_every_look_and_act_is_in_the_audit_log_without_what_was_typed(office: Office) -> None:
    citizen = await office.citizen()
    reference = await asked(office, conversation=citizen.conv)
    youssef, sanne = await office.agent("youssef"), await office.agent("sanne")
    await listed(youssef)
    await sanne.post(f"/tasks/{reference}/take")
    for act, body in (("take", {}), ("tried", {"note": "geheim"}), ("leave", {}), ("done", DONE)):
        assert (await youssef.post(f"/tasks/{reference}/{act}", body))[0] == 200
    entries, _ = await office.services.audit.read(GEMEENTE, Wanted(), count=50, most=500)
    told = [(entry.agent.id, entry.action, entry.details.get("reference")) for entry in reversed(entries)]
    assert [each for each in told if each[1] != "login"] == [
        ("youssef", "tasks_read", None), ("sanne", "refused", None), ("youssef", "task_take", reference),
        ("youssef", "task_tried", reference), ("youssef", "task_leave", reference), ("youssef", "task_done", reference),
    ]
    assert not [entry for entry in entries if "geheim" in str(entry) or ANNA.name in str(entry)]
