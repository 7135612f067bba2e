"""The Klantinteracties adapter against a register over HTTP: half-way failures, traps, and what it says when set up wrong."""

import copy
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.contacts import CallbackNotFound, CallbackRefused, CallbackRequest, ContactsUnavailable, ReferenceTaken
from bot.contacts.openklant import OpenKlantContacts
from bot.contacts.openklant_team import Actor
from bot.contacts.openklant_texts import cut
from bot.contacts.references import LETTERS, mark, number_of, spelled
from tests.stubs.faults import Fault
from tests.stubs.openklant import TOKEN, OpenKlantStub, Resource

SECRET = b"secret"
UUID = "8b0f1c5e-5a0f-4c7e-9a52-3f1f0b6f7d21"
ANNA = CallbackRequest(
    "Anna van der Voorbeeld", "+31612345678", "morgenochtend", "bijzondere_bijstand", "Vroeg naar: bijstand", "c-anna",
    f"https://zaken.example/zaken/api/v1/zaken/{UUID}",
)
TEAM = Actor("Klantcontactcentrum", "KCC")
STEPS = ("actoren", "klantcontacten", "betrokkenen", "digitaleadressen", "onderwerpobjecten", "internetaken")
HERS = mark(SECRET, "turn-1").reference
ONE_OF_EACH = dict.fromkeys(STEPS, 1)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
async def stub() -> AsyncIterator[OpenKlantStub]:
    async with OpenKlantStub(now=lambda: NOW) as stub:
        yield stub


def adapter(stub: OpenKlantStub, actor: Actor = TEAM, **options: Any) -> OpenKlantContacts:
    options = {
        "url": stub.url, "token": TOKEN, "secret": SECRET, "budget_seconds": 20.0, "retry_pause_seconds": 0.0,
        "now": lambda: NOW, **options,
    }
    return OpenKlantContacts(actor=actor, **options)


@pytest.fixture
async def contacts(stub: OpenKlantStub) -> AsyncIterator[OpenKlantContacts]:
    contacts = adapter(stub)
    yield contacts
    await contacts.aclose()


def made(stub: OpenKlantStub) -> list[str]:
    return [call for call in stub.called if not call.startswith("GET")]


# What is registered


async def test_an_employee_gets_a_task_with_name_number_moment_and_case(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    reference = (await contacts.register(ANNA, key="turn-1")).reference
    assert stub.count() == ONE_OF_EACH
    contact, person = stub.data["klantcontacten"][0], stub.data["betrokkenen"][0]
    assert contact["onderwerp"] == f"Terugbelverzoek {reference}: bijzondere bijstand"
    assert (contact["inhoud"], contact["taal"], contact["kanaal"]) == (ANNA.summary, "nld", "chat")
    assert (person["hadKlantcontact"]["uuid"], person["volledigeNaam"]) == (contact["uuid"], ANNA.name)
    phone = stub.data["digitaleadressen"][0]
    assert (phone["adres"], phone["verstrektDoorBetrokkene"]["uuid"]) == (ANNA.phone, person["uuid"])
    assert stub.data["onderwerpobjecten"][0]["onderwerpobjectidentificator"] == {
        "objectId": UUID, "codeObjecttype": "zgw-Zaak", "codeRegister": "openzaak", "codeSoortObjectId": "uuid",
    }
    task, team = stub.data["internetaken"][0], stub.data["actoren"][0]
    assert (task["status"], task["aanleidinggevendKlantcontact"]["uuid"]) == ("te_verwerken", contact["uuid"])
    assert [actor["uuid"] for actor in task["toegewezenAanActoren"]] == [team["uuid"]]
    assert all(told in task["toelichting"] for told in ("morgenochtend", reference, "bijzondere bijstand", ANNA.summary))
    assert team["actoridentificator"] == {
        "objectId": "KCC", "codeObjecttype": "afd", "codeRegister": "obj", "codeSoortObjectId": "idf",
    }


async def test_without_a_case_there_is_none_in_the_register(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    await contacts.register(replace(ANNA, zaak=None, topic=None), key="turn-1")
    assert stub.count() == ONE_OF_EACH | {"onderwerpobjecten": 0}
    assert stub.data["klantcontacten"][0]["onderwerp"].startswith("Terugbelverzoek ")
    assert [each.request for each in await contacts.open(5)] == [replace(ANNA, zaak=None, topic=None)]


async def test_the_task_comes_last_so_that_nobody_sees_a_half_request(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    await contacts.register(ANNA, key="turn-1")
    assert made(stub) == [f"POST /{name}" for name in ("klantcontacten", *(s for s in STEPS if s != "klantcontacten"))]


async def test_long_texts_are_cut_after_a_word(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    long = " ".join(["onderwerp"] * 300)
    await contacts.register(replace(ANNA, name=long, summary=long, topic=long, when=long), key="turn-1")
    contact, task = stub.data["klantcontacten"][0], stub.data["internetaken"][0]
    for text, limit in ((contact["onderwerp"], 200), (contact["inhoud"], 1000), (task["toelichting"], 1000)):
        assert limit - 12 < len(text) <= limit
        assert text.endswith("onderwerp…")
    assert stub.count() == ONE_OF_EACH


@pytest.mark.parametrize(
    "text, shown", [("kort", "kort"), ("een twee drie", "een twee…"), ("een twee", "een twee"), ("x" * 20, "x" * 9 + "…")]
)
def test_a_text_is_cut_at_a_word_where_there_is_one(text: str, shown: str) -> None:
    assert cut(text, 10) == shown


def test_a_reference_can_be_read_aloud_and_typed_back() -> None:
    numbers = [mark(SECRET, f"turn-{n}").number for n in range(500)]
    for number in numbers:
        assert re.fullmatch(f"[{LETTERS}]{{3}}-[{LETTERS}]{{4}}", spelled(number))
        assert number_of(f" {spelled(number).lower().replace('-', ' ')}") == number
    assert len(set(numbers)) == 500
    assert not [text for text in ("", "A7K", "AAA-AAAA", "999-9999", "A0K-2FQ9", "A7K-2FQ9-1") if number_of(text)]


# Half-way failures: nothing twice, nothing missing


@pytest.mark.parametrize("kind", ["drop", "dies", "status"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_repeat_goes_on_where_it_stopped(stub: OpenKlantStub, step: str, kind: str) -> None:
    stub.faults = [Fault(kind, f"POST /{step}", times=1)]
    first, later = adapter(stub), adapter(stub)
    with pytest.raises(ContactsUnavailable):
        await first.register(ANNA, key="turn-1")
    registered = await later.register(ANNA, key="turn-1")
    assert stub.count() == ONE_OF_EACH
    assert await first.register(ANNA, key="turn-1") == registered
    assert stub.count() == ONE_OF_EACH
    assert [each.request for each in await later.open(5)] == [ANNA]
    await first.aclose()
    await later.aclose()


async def test_even_when_every_step_fails_once(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    stub.faults = [Fault("dies", f"POST /{step}", times=1) for step in STEPS[:3]]
    stub.faults += [Fault("drop", f"POST /{step}", times=1) for step in STEPS[3:]]
    patient = adapter(stub)
    for _ in STEPS[:4]:
        with pytest.raises(ContactsUnavailable):
            await patient.register(ANNA, key="turn-1")
    other = adapter(stub)  # the first one leaves the register alone for a while after so many failures
    for _ in STEPS[4:]:
        with pytest.raises(ContactsUnavailable):
            await other.register(ANNA, key="turn-1")
    await contacts.register(ANNA, key="turn-1")
    assert stub.count() == ONE_OF_EACH
    for each in (patient, other):
        await each.aclose()


async def test_a_register_that_answers_too_late_is_found_to_have_acted(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    hurried = adapter(stub, budget_seconds=0.3)
    stub.faults = [Fault("slow", "POST /betrokkenen", times=1)]
    with pytest.raises(ContactsUnavailable, match="out of time"):
        await hurried.register(ANNA, key="turn-1")
    await hurried.aclose()
    await contacts.register(ANNA, key="turn-1")
    assert stub.count() == ONE_OF_EACH


async def test_a_slow_register_ends_with_the_budget(stub: OpenKlantStub) -> None:
    hurried = adapter(stub, budget_seconds=0.2)
    stub.faults = [Fault("slow")]
    for call in (hurried.register(ANNA, key="turn-1"), hurried.open(5), hurried.done(HERS, "gesproken")):
        with pytest.raises(ContactsUnavailable):
            await call
    await hurried.aclose()


# Two at once


def in_another_process(stub: OpenKlantStub, key: str = "turn-1") -> Resource:
    """The klantcontact as a second process of ours makes it."""
    ours = mark(SECRET, key)
    return stub.add(
        "klantcontacten", referentienummer=str(ours.number), metadata={"balie": ours.digest}, kanaal="chat", onderwerp="x",
        taal="nld", vertrouwelijk=False, plaatsgevondenOp=NOW.isoformat(),
    )


def finish(stub: OpenKlantStub, contact: Resource) -> None:
    stub.add(
        "internetaken", aanleidinggevendKlantcontact={"uuid": contact["uuid"]}, gevraagdeHandeling="x", status="te_verwerken",
        referentienummer=contact["referentienummer"],
    )


async def test_who_comes_second_waits_until_the_first_has_finished(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    def meanwhile() -> None:
        contact = in_another_process(stub)
        stub.before["GET /klantcontacten"] = lambda: finish(stub, contact)

    stub.before["POST /klantcontacten"] = meanwhile
    registered = await contacts.register(ANNA, key="turn-1")
    assert registered.reference == mark(SECRET, "turn-1").reference
    assert made(stub) == ["POST /klantcontacten"]  # refused: the number was taken a moment before


async def test_a_first_that_never_finishes_is_waited_for_no_longer_than_the_budget(stub: OpenKlantStub) -> None:
    hurried = adapter(stub, budget_seconds=0.5)
    stub.before["POST /klantcontacten"] = lambda: in_another_process(stub) and None
    with pytest.raises(ContactsUnavailable):
        await hurried.register(ANNA, key="turn-1")
    await hurried.aclose()
    later = adapter(stub)
    await later.register(ANNA, key="turn-1")
    await later.aclose()
    assert stub.count() == ONE_OF_EACH


async def test_a_task_that_another_made_a_moment_before_is_the_task(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    stub.before["POST /internetaken"] = lambda: finish(stub, stub.data["klantcontacten"][0])
    await contacts.register(ANNA, key="turn-1")
    assert stub.count()["internetaken"] == 1


async def test_a_number_of_somebody_elses_klantcontact_is_left_alone(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    theirs = copy.deepcopy(in_another_process(stub) | {"metadata": {}})
    stub.data["klantcontacten"] = [theirs]
    registered = await contacts.register(ANNA, key="turn-1")
    assert registered.reference == mark(SECRET, "turn-1", attempt=1).reference
    assert await contacts.register(ANNA, key="turn-1") == registered
    assert (stub.count()["klantcontacten"], stub.count()["internetaken"]) == (2, 1)
    assert [each.request for each in await contacts.open(5)] == [ANNA]


# The team


async def test_a_team_that_stands_there_twice_gets_no_third(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    for _ in range(2):
        stub.add("actoren", naam="KCC", soortActor="organisatorische_eenheid", actoridentificator=TEAM.identificator)
    for n in range(3):
        await contacts.register(replace(ANNA, conversation=f"c-{n}"), key=f"turn-{n}")
    first, second = (actor["uuid"] for actor in stub.data["actoren"])
    stub.data["internetaken"][0]["toegewezenAanActoren"] = [{"uuid": first}]
    stub.data["internetaken"][1]["toegewezenAanActoren"] = [{"uuid": second}]
    assert len(stub.data["actoren"]) == 2
    assert len(await contacts.open(5)) == 3


async def test_a_team_of_another_kind_with_the_same_id_is_not_ours(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    group = TEAM.identificator | {"codeObjecttype": "grp"}
    stub.add("actoren", naam="KCC", soortActor="organisatorische_eenheid", actoridentificator=group)
    stub.faults = [Fault("unfiltered", "GET /actoren")]
    await contacts.register(ANNA, key="turn-1")
    assert len(stub.data["actoren"]) == 2


SOCIAL = Actor("Sociaal domein", "SD", code_objecttype="grp")


async def test_each_request_goes_to_the_department_of_its_team(stub: OpenKlantStub) -> None:
    contacts = adapter(stub, actors={"sociaal": SOCIAL, "parkeren": replace(SOCIAL, object_id="PARK", naam="Parkeren")})
    for number, team in enumerate(("sociaal", None, "parkeren", "a-team-without-an-actor", "sociaal")):
        await contacts.register(replace(ANNA, team=team), key=f"turn-{number}")
    names = {actor["uuid"]: actor["actoridentificator"]["objectId"] for actor in stub.data["actoren"]}
    given = [names[task["toegewezenAanActoren"][0]["uuid"]] for task in stub.data["internetaken"]]
    assert given == ["SD", "KCC", "PARK", "KCC", "SD"]
    teams = {each.request.team for each in await contacts.open(9)}
    assert teams == {"sociaal", None, "parkeren", "a-team-without-an-actor"}
    await contacts.aclose()


async def test_a_task_that_the_register_gives_to_another_department_is_that_teams(stub: OpenKlantStub) -> None:
    contacts = adapter(stub, actors={"sociaal": SOCIAL})
    hers = (await contacts.register(replace(ANNA, team="sociaal"), key="turn-1")).reference
    his = (await contacts.register(replace(ANNA, team=None), key="turn-2")).reference
    first, second = stub.data["internetaken"]
    first["toegewezenAanActoren"], second["toegewezenAanActoren"] = (
        second["toegewezenAanActoren"], first["toegewezenAanActoren"]
    )
    assert {each.reference: each.request.team for each in await contacts.open(9)} == {hers: None, his: "sociaal"}
    elsewhere = stub.add("actoren", naam="Elders", soortActor="organisatorische_eenheid")
    first["toegewezenAanActoren"] = [{"uuid": elsewhere["uuid"]}]
    assert [each.request.team for each in await contacts.open(9)] == ["sociaal"]
    await contacts.aclose()


async def test_what_was_read_of_a_request_is_not_asked_again_at_every_look(stub: OpenKlantStub) -> None:
    contacts = adapter(stub, known_seconds=600.0)
    for number in range(3):
        await contacts.register(replace(ANNA, conversation=f"c-{number}"), key=f"turn-{number}")
    first = await contacts.open(9)
    stub.called.clear()
    assert await contacts.open(9) == first
    assert not [call for call in stub.called if "/klantcontacten" in call]
    await contacts.done(first[0].reference, "gesproken")
    assert await contacts.open(9) == first[1:]
    await contacts.aclose()


# Called in vain


async def test_calls_in_vain_stand_in_the_task_in_one_line_with_the_last_note(
    stub: OpenKlantStub, contacts: OpenKlantContacts
) -> None:
    hers = await contacts.register(replace(ANNA, summary="veel " * 300, zaaknummer="ZAAK-2026-77"), key="turn-1")
    for hour, note in enumerate(("Voicemail", "", "Belt zelf terug\nna 15 uur " + "x" * 400)):
        await contacts.tried(hers.reference, NOW + timedelta(hours=hour), note)
        await contacts.tried(hers.reference, NOW + timedelta(hours=hour, seconds=20), "twice")
    task = stub.data["internetaken"][0]
    line = task["toelichting"].splitlines()[-1]
    assert line.startswith("Niet bereikt: 3 keer, laatst 23-11-2026 15:00. Belt zelf terug na 15 uur ")
    assert task["toelichting"].count("Niet bereikt") == 1
    assert len(task["toelichting"]) <= 1000
    assert "Zaak: ZAAK-2026-77" in task["toelichting"]
    assert (await contacts.open(5))[0].tries == 3
    await contacts.done(hers.reference, "Opgelost")
    assert "Niet bereikt: 3 keer" in task["toelichting"]
    await contacts.tried(hers.reference, NOW + timedelta(days=1))
    assert "Niet bereikt: 3 keer" in task["toelichting"]


async def test_what_a_colleague_wrote_in_the_task_stays(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    hers = await contacts.register(ANNA, key="turn-1")
    task = stub.data["internetaken"][0]
    await contacts.tried(hers.reference, NOW)
    task["toelichting"] += "\nCollega: niet bereikt: 9 keer, ook op het werk"
    await contacts.tried(hers.reference, NOW + timedelta(minutes=1))
    assert "Collega: niet bereikt: 9 keer, ook op het werk" in task["toelichting"]
    assert (await contacts.open(5))[0].tries == 2


# The number that was told


async def test_a_number_that_was_told_is_the_only_one_tried(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    theirs = in_another_process(stub, "turn-2")
    theirs["referentienummer"] = str(mark(SECRET, "turn-1").number)
    with pytest.raises(ReferenceTaken):
        await contacts.register(ANNA, key="turn-1", reference=HERS)
    assert made(stub) == []


async def test_a_number_of_somebody_elses_task_is_left_alone(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    theirs = stub.add("klantcontacten", kanaal="mail", onderwerp="x", taal="nld", vertrouwelijk=False)
    number = str(mark(SECRET, "turn-1").number)
    stub.add("internetaken", aanleidinggevendKlantcontact={"uuid": theirs["uuid"]}, gevraagdeHandeling="x",
             status="te_verwerken", referentienummer=number)
    with pytest.raises(ReferenceTaken):
        await contacts.register(ANNA, key="turn-1", reference=HERS)
    assert stub.data["klantcontacten"] == [theirs]  # no half request is left behind
    registered = await contacts.register(ANNA, key="turn-1")
    assert registered.reference == mark(SECRET, "turn-1", attempt=1).reference


# A phone number that the register refuses


@pytest.mark.parametrize("phone", ["12", "", "bel maar", "0800", "1400"])
async def test_a_number_that_cannot_be_called_is_refused_before_anything_is_sent(
    stub: OpenKlantStub, contacts: OpenKlantContacts, phone: str
) -> None:
    with pytest.raises(CallbackRefused) as refused:
        await contacts.register(replace(ANNA, phone=phone), key="turn-1")
    assert refused.value.field == "phone"
    assert stub.called == []


async def test_a_number_that_the_register_refuses_leaves_nothing_behind(
    stub: OpenKlantStub, contacts: OpenKlantContacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.stubs.openklant.PHONE", re.compile("nothing"))  # a register with stricter rules
    with pytest.raises(CallbackRefused):
        await contacts.register(ANNA, key="turn-1")
    assert stub.count() == dict.fromkeys(STEPS, 0) | {"actoren": 1}


# Answers that can't be right


@pytest.mark.parametrize("kind", ["lying", "unfiltered"])
async def test_a_register_that_finds_the_wrong_ones_gets_nothing_new(stub: OpenKlantStub, kind: str) -> None:
    contacts = adapter(stub)
    await contacts.register(replace(ANNA, conversation="c-other"), key="turn-0")
    before = stub.count()
    stub.faults = [Fault(kind, "GET /klantcontacten")]
    with pytest.raises(ContactsUnavailable):
        await contacts.register(ANNA, key="turn-1")
    assert stub.count() == before
    await contacts.aclose()


async def test_an_answer_about_another_klantcontact_gets_no_name(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    await contacts.register(replace(ANNA, conversation="c-other"), key="turn-0")
    stub.faults = [Fault("lying", "POST /klantcontacten")]
    with pytest.raises(ContactsUnavailable):
        await contacts.register(ANNA, key="turn-1")
    assert (stub.count()["klantcontacten"], stub.count()["betrokkenen"]) == (2, 1)


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "null", "{}", '{"results": null}', '{"results": [1], "next": null}', "[" * 99_999],
    ids=["empty", "html", "list", "null", "object", "no results", "no object", "deep"],
)
async def test_a_malformed_answer_is_no_answer(stub: OpenKlantStub, contacts: OpenKlantContacts, body: str) -> None:
    stub.faults = [Fault("body", target=body)]
    for call in (contacts.register(ANNA, key="turn-1"), contacts.open(5), contacts.done(HERS, "gesproken")):
        with pytest.raises(ContactsUnavailable):
            await call
    assert await contacts.check()


async def test_a_list_without_an_end_is_cut_off(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    stub.faults = [Fault("body", "GET /actoren", target='{"results": [], "next": "http://127.0.0.1/again"}')]
    with pytest.raises(ContactsUnavailable, match="no end"):
        await contacts.open(5)


async def test_a_register_that_fails_is_left_alone_after_a_while(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    stub.faults = [Fault("status")]
    for _ in range(7):
        with pytest.raises(ContactsUnavailable):
            await contacts.register(ANNA, key="turn-1")
    assert len(stub.called) == 5


# What waits, and what is done


async def test_only_our_own_requests_wait_here_the_longest_waiting_first(stub: OpenKlantStub) -> None:
    moments = [NOW + timedelta(hours=n) for n in range(5)]
    for n, moment in enumerate(moments):
        stub.now = lambda moment=moment: moment  # type: ignore[misc]
        each = adapter(stub, now=lambda moment=moment: moment)
        await each.register(replace(ANNA, conversation=f"c-{n}"), key=f"turn-{n}")
        await each.aclose()
    team = stub.data["actoren"][0]["uuid"]
    theirs = stub.add("klantcontacten", kanaal="telefoon", onderwerp="x", taal="nld", vertrouwelijk=False,
                      plaatsgevondenOp="2026-01-01T00:00:00Z", referentienummer="1234567890")
    for number in ("1234567890", "77", None):
        stub.add("internetaken", gevraagdeHandeling="x", status="te_verwerken", referentienummer=number,
                 aanleidinggevendKlantcontact={"uuid": theirs["uuid"]}, toegewezenAanActoren=[{"uuid": team}],
                 toegewezenOp="2026-01-01T00:00:00Z")
    stub.page_size = 3
    contacts = adapter(stub)
    waiting = await contacts.open(4)
    assert [each.request.conversation for each in waiting] == ["c-0", "c-1", "c-2", "c-3"]
    assert [each.registered for each in waiting] == moments[:4]
    await contacts.done(waiting[0].reference, "gesproken")
    assert [each.request.conversation for each in await contacts.open(9)] == ["c-1", "c-2", "c-3", "c-4"]
    await contacts.aclose()


async def test_an_ignored_filter_shows_no_task_of_another_team_or_one_that_is_done(
    stub: OpenKlantStub, contacts: OpenKlantContacts
) -> None:
    other = adapter(stub, replace(TEAM, object_id="BURGERZAKEN"))
    await other.register(ANNA, key="turn-1")
    await other.aclose()
    hers = await contacts.register(ANNA, key="turn-2")
    await contacts.done(hers.reference, "gesproken")
    stub.faults = [Fault("unfiltered", "GET /internetaken")]
    assert await contacts.open(5) == []


async def test_the_outcome_stands_in_the_task_and_the_first_one_stays(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    hers = await contacts.register(replace(ANNA, summary="veel " * 300), key="turn-1")
    await contacts.done(f" {hers.reference.lower().replace('-', '')} ", "Gesproken, vraag beantwoord")
    await contacts.done(hers.reference, "geen gehoor")
    task = stub.data["internetaken"][0]
    assert task["status"] == "verwerkt"
    assert task["toelichting"].endswith("\nAfgehandeld: Gesproken, vraag beantwoord")
    assert len(task["toelichting"]) <= 1000


async def test_a_task_of_another_number_is_never_done(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    await contacts.register(ANNA, key="turn-1")
    with pytest.raises(CallbackNotFound):
        await contacts.done(mark(SECRET, "turn-2").reference, "gesproken")
    stub.faults = [Fault("lying", "GET /internetaken")]
    with pytest.raises(ContactsUnavailable):
        await contacts.done(mark(SECRET, "turn-2").reference, "gesproken")
    assert stub.data["internetaken"][0]["status"] == "te_verwerken"


# Nothing personal or secret on the way out


async def test_failures_tell_the_cause_and_nothing_personal(stub: OpenKlantStub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    contacts = adapter(stub, token="a-token-of-nobody")
    with capture_logs() as records, pytest.raises(ContactsUnavailable) as failure:
        await contacts.register(ANNA, key="turn-1")
    await contacts.aclose()
    assert records[0]["event"] == "contacts_unavailable"
    assert "401" in records[0]["reason"]
    told = f"{records} {failure.value} {failure.value.__cause__} {caplog.text} {contacts!r}"
    assert not [secret for secret in (ANNA.name, ANNA.phone, ANNA.summary, "a-token-of-nobody", stub.root) if secret in told]


# The check


async def test_the_check_changes_nothing(stub: OpenKlantStub, contacts: OpenKlantContacts) -> None:
    assert await contacts.check() == []
    assert made(stub) == []


@pytest.mark.parametrize(
    "fault, told",
    [
        (Fault("status", code=500), "status 500"),
        (Fault("status", code=404), "no Klantinteracties API at this address"),
        (Fault("status", code=403), "no permission"),
        (Fault("slow"), "No answer within"),
        (Fault("drop"), "no answer"),
        (Fault("body", target="<html>"), "isn't JSON"),
        (Fault("body", target='{"results": 1}'), "aren't those of a Klantinteracties API"),
        (Fault("unfiltered", "GET /klantcontacten"), "0.9 or later"),
    ],
    ids=lambda value: value.kind + str(value.code) if isinstance(value, Fault) else "",
)
async def test_the_check_says_what_is_wrong(stub: OpenKlantStub, fault: Fault, told: str) -> None:
    contacts = adapter(stub, budget_seconds=0.5)
    in_another_process(stub)
    stub.faults = [fault]
    (sentence,) = await contacts.check()
    assert told in sentence
    await contacts.aclose()


async def test_the_check_names_a_wrong_token_a_dead_server_and_a_retired_team(stub: OpenKlantStub) -> None:
    stranger, lost = adapter(stub, token="wrong"), adapter(stub, url="http://127.0.0.1:1/x")
    assert "token isn't accepted" in (await stranger.check())[0]
    assert "no connection" in (await lost.check())[0]
    retired = {"actoridentificator": TEAM.identificator, "indicatieActief": False}
    stub.add("actoren", naam="KCC", soortActor="organisatorische_eenheid", **retired)
    retired = {"actoridentificator": SOCIAL.identificator, "indicatieActief": False}
    stub.add("actoren", naam="SD", soortActor="organisatorische_eenheid", **retired)
    contacts = adapter(stub, actors={"sociaal": SOCIAL})
    faults = await contacts.check()
    assert [name for name, fault in zip(("Klantcontactcentrum", "Sociaal domein"), faults, strict=True) if name in fault] == [
        "Klantcontactcentrum", "Sociaal domein",
    ]
    assert all("isn't active" in fault for fault in faults)
    for each in (stranger, lost, contacts):
        await each.aclose()
