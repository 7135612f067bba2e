"""Whole dialogues by the citizen API against the trained model: what a citizen says, and what must come back.

A step of a dialogue in `*.yml` has one of `say` (typed text), `choose` (label of a button), `pick` (a date or time), `fill`
(fields of a form); and any of `topic` and `outcome` (meta of the first answer), `asks` (topic of the last answer, when a form
goes on), `contains` and `lacks` (all the text of the turn), `part` (kind of a part in the turn), `hidden` (the citizen's own
words are gone), `handover` (state of a hand-over event), `queued_for` (the name of the team in it), `later` (the answer comes in
a turn of its own), `offers` (labels of choices), `new` (no sentence of the answer was in that of the turn before), `kept` (the
topic that the editors get as chosen). `{reference}` and `{code}` are those of the booking before. A dialogue is with `gemeente`,
by default voorbeeld; `page` is the topic of the page that it begins on; `at` is the time in the Netherlands at which all of it
happens, in a step `later_at` from there on; `agent` says that somebody is at the desk, `down: zaken` that the case system of the
municipality does not answer. The agent's steps: `agent_says` takes the conversation and writes, `agent_closes` ends it with what
was agreed; then what the bot says to that is looked at.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation.events import Event, find_part
from bot.conversation.mailbox import Mailbox
from bot.conversation.picks import Picks
from bot.gemeente_file import Supplier
from bot.gemeenten import AMSTERDAM
from bot.wiring import Services, use
from tests.conftest import Citizen, Edge, EdgeFactory
from tests.handover_fixtures import SANNE

FOLDER = Path(__file__).parent
UNANSWERED = {"clarify", "suggested", "refused", "fallback", "handover"}
DIALOGUES = {
    f"{path.stem}: {dialogue['dialogue']}": dialogue
    for path in sorted(FOLDER.glob("*.yml"))
    for dialogue in yaml.safe_load(path.read_text())
}


@pytest.fixture
async def counter(make_edge: EdgeFactory, assistant: Any) -> AsyncIterator[Edge]:
    """An edge with the real brain at work behind it."""
    from bot.brain.worker import Worker

    edge = await make_edge(lift_rates=True, zgw_client_id="balie", zgw_secret="a-secret-of-the-tests")
    services = edge.services
    use(services)
    mailbox = Mailbox(services.redis, services.redis_blocking, "test", services.settings.lease_seconds)
    worker = Worker(mailbox, assistant.answer, services.gemeenten, services.settings)
    task = asyncio.create_task(worker.run())
    yield edge
    worker.stop()
    await task


@pytest.mark.parametrize("name", DIALOGUES)
async def test_dialogue(name: str, counter: Edge) -> None:
    dialogue = DIALOGUES[name]
    gemeente = dialogue.get("gemeente", "voorbeeld")
    if at := dialogue.get("at"):
        _set_clock(counter, at)
    if dialogue.get("down") == "zaken":
        nowhere = "http://127.0.0.1:9/zaken/api/v1"
        counter.services.gemeente(gemeente).suppliers["zaken"] = Supplier("zgw", zaken_url=nowhere, catalogi_url=nowhere)
    if dialogue.get("agent"):
        await counter.services.handover.present(gemeente, SANNE, "available")
    citizen = await counter.citizen(gemeente=gemeente, **({"topic": dialogue["page"]} if "page" in dialogue else {}))
    remembered: dict[str, str] = {}
    before: set[str] = set()
    for number, step in enumerate(dialogue["steps"], start=1):
        if "later_at" in step:
            _set_clock(counter, step["later_at"])
        if "agent_says" in step:
            await _agent_says(counter.services, citizen, step["agent_says"])
            continue
        if "agent_closes" in step:
            events = await _closed(counter.services, citizen, step)
        else:
            events = await _turn(citizen, step, remembered)
        try:
            _check(step, events, await citizen.history())
            before = _check_new(step, events, before)
            if "kept" in step:
                picks = await Picks(counter.services.redis).read(dialogue.get("gemeente", "voorbeeld"))
                assert picks[0].picked == step["kept"]
        except AssertionError as exc:
            said = [event.get("text") or event for event in events]
            raise AssertionError(f"step {number} {step}: {exc}\nanswer: {said}") from exc
        _remember(events, remembered)


def _set_clock(counter: Edge, at: str) -> None:
    clock = datetime.fromisoformat(at).replace(tzinfo=AMSTERDAM)
    counter.services.now = lambda: clock


async def _agent_says(services: Services, citizen: Citizen, text: str) -> None:
    """An agent takes the conversation from the queue and writes."""
    await services.handover.claim(await services.store.get(citizen.conv), SANNE)
    await services.handover.say(await services.store.get(citizen.conv), SANNE, text, cid=f"sanne-{len(text)}")


async def _closed(services: Services, citizen: Citizen, step: dict[str, Any]) -> list[Event]:
    """The agent ends it; what the bot says when it has the conversation back."""
    conversation = await services.store.get(citizen.conv)
    await services.handover.close(conversation, SANNE, "opgelost", agreed=step["agent_closes"])
    return await citizen.answered(await services.store.length(citizen.conv))


async def _turn(citizen: Citizen, step: dict[str, Any], remembered: dict[str, str]) -> list[Event]:
    if "say" in step:
        reply = await citizen.send(remembered.get(str(step["say"]).strip("{}"), str(step["say"])))
    else:
        question = [e for e in await citizen.history() if find_part(e, ["choices", "date", "time", "form"])][-1]
        kind, value, text = _answer_to(question, step)
        reply = await citizen.send(text, type=kind, value=value, reply_to=question["id"])
    assert reply.status == 201, reply.text
    return await citizen.answered(reply.json["seq"])


def _answer_to(question: Event, step: dict[str, Any]) -> tuple[str, Any, str | None]:
    if "choose" in step:
        options = find_part(question, ["choices"])["options"]  # type: ignore[index]
        labels = [option["label"] for option in options]
        wanted = [option for option in options if step["choose"] in option["label"]]
        assert wanted, f"no choice {step['choose']!r} in {labels}"
        return "choice", wanted[0]["value"], wanted[0]["label"]
    if step.get("pick") == "first free day":
        return "date", find_part(question, ["date"])["min"], None  # type: ignore[index]
    if step.get("pick") == "last free time":
        return "time", find_part(question, ["time"])["slots"][-1], None  # type: ignore[index]
    return "form", step["fill"], None


def _check(step: dict[str, Any], events: list[Event], history: list[Event]) -> None:
    answers = [event for event in events if event["type"] == "message" and event["from"]["role"] != "citizen"]
    text = "\n".join(answer["text"] for answer in answers)
    assert answers or step.get("later"), "no answer"
    assert "{" not in text, f"a variable was not filled: {text}"
    if "topic" in step:
        assert answers[0]["meta"].get("topic") == step["topic"]
    if "outcome" in step:
        assert answers[0]["meta"]["outcome"] == step["outcome"]
    if "asks" in step:
        assert (answers[-1]["meta"].get("topic"), answers[-1]["meta"]["outcome"]) == (step["asks"], "form")
    for word in _list(step.get("contains")):
        assert word in text
    for word in _list(step.get("lacks")):
        assert word not in text
    if "offers" in step:
        choices = [part for answer in answers if (part := find_part(answer, ["choices"]))]
        labels = [option["label"] for part in choices for option in part["options"]]
        assert set(_list(step["offers"])) <= set(labels), labels
    if "part" in step:
        assert any(find_part(answer, [step["part"]]) for answer in answers)
    if step.get("hidden"):
        mine = [e for e in history if e["type"] == "message" and e["from"]["role"] == "citizen"][-1]
        assert mine["text"] == "(verborgen)"
    if "queued_for" in step:
        assert step["queued_for"] in [event.get("team") for event in events if event["type"] == "handover"]
    if "handover" in step:
        assert step["handover"] in [event.get("state") for event in events if event["type"] == "handover"]


def _check_new(step: dict[str, Any], events: list[Event], before: set[str]) -> set[str]:
    """Nothing that means "I can't answer that" is said twice in a row. Returns the texts of this turn."""
    answers = [event for event in events if event["type"] == "message" and event["from"]["role"] == "bot"]
    texts = [answer["text"] for answer in answers]
    assert len(set(texts)) == len(texts), f"said twice in one turn: {texts}"
    repeated = [answer for answer in answers if answer["text"] in before]
    assert not [answer for answer in repeated if step.get("new") or answer["meta"]["outcome"] in UNANSWERED], repeated
    return set(texts)


def _remember(events: list[Event], remembered: dict[str, str]) -> None:
    """Reference and code of a booking, for later steps as {reference} and {code}."""
    for event in events:
        card = find_part(event, ["appointment"]) if event["type"] == "message" else None
        if card and "Code om te verzetten" in event["text"]:
            remembered["reference"] = card["reference"]
            remembered["code"] = event["text"].split("af te zeggen: ")[1].split(".")[0]


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])



async def test_an_action_that_breaks_is_no_silence(counter: Edge) -> None:
    citizen = await counter.citizen()
    counter.services.__dict__["handover"] = None  # nothing that an action expects
    seq = (await citizen.send("ik wil een medewerker spreken")).json["seq"]
    said = [event for event in await citizen.answered(seq) if event["type"] == "message"]
    assert [event["meta"]["outcome"] for event in said] == ["fallback"]
    assert find_part(said[0], ["choices"])
