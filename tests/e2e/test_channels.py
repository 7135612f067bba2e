"""One behaviour: the same conversation on the website, in the app, on Telegram and by text messages gives the same log.

The conversations are in tests/channels/conversations.yml. Redis, edge and the brain with the trained model are processes of their
own. The website follows by its event stream, the app by long polls.
"""

import asyncio
import contextlib
import difflib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot import settings
from bot.conversation import events
from bot.conversation.events import Event, find_part
from bot.wiring import Services, build
from connectors.telegram.keyboards import days_of
from tests.channels import gateway
from tests.channels.gateway import SECRET, Gateway
from tests.channels.walkers import App, Asked, Telegram, Texting, Walker, Website
from tests.conftest import Edge
from tests.handover_fixtures import SANNE
from tests.house import House
from tests.stubs import botapi
from tests.stubs.botapi import TOKEN, BotApi

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 30.0  # seconds
CONVERSATIONS = {found["name"]: found for found in yaml.safe_load(Path("tests/channels/conversations.yml").read_text())}
Step = dict[str, Any]


@dataclass
class Town:
    """What the citizens of this test walk through. `services` look at the Redis of the house."""

    services: Services
    door: Edge
    telegram: BotApi
    phones: Gateway
    visits: int = 0

    def walkers(self) -> list[Walker]:
        """One citizen on each channel, who was never here before."""
        self.visits += 1
        return [
            Website(self.door), App(self.door), Telegram(self.services, self.telegram, self.visits),
            Texting(self.services, self.phones, f"+3160000{self.visits:04}"),
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with contextlib.AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(botapi.serving())
        phones = await stack.enter_async_context(gateway.serving())
        house = House(
            tmp_path_factory.mktemp("house"), BALIE_LIFT_RATES="true", BALIE_TELEGRAM_TOKEN=TOKEN,
            BALIE_TELEGRAM_API_URL=telegram.url, SMS_GATEWAY=phones.url, SMS_SECRET=SECRET,
        )
        stack.callback(house.stop)
        house.redis.start()
        house.start("edge", "-m", "tests.channels.edge")
        house.start_brain("brain")
        phones.hook = f"{house.url}/sms"
        await house.until("/ready")
        await telegram.until(lambda: telegram.commands)
        services = build(settings.load({"BALIE_DATA_DIR": str(house.folder / "var")}), house.redis.url)
        stack.push_async_callback(services.aclose)
        yield Town(services, await stack.enter_async_context(house.door()), telegram, phones)


@pytest.mark.parametrize("name", CONVERSATIONS)
async def test_a_conversation_is_the_same_on_every_channel(name: str, town: Town) -> None:
    conversation = CONVERSATIONS[name]
    if conversation.get("agent"):
        await town.services.handover.present("voorbeeld", SANNE, "available")
    walkers = town.walkers()
    walks = [_walk(town, walker, conversation["steps"]) for walker in walkers]
    if conversation.get("one_by_one"):
        logs = [await walk for walk in walks]
    else:
        logs = await asyncio.gather(*walks)
    website, *others = [[json.dumps(body, ensure_ascii=False, sort_keys=True) for body in log] for log in logs]
    for log, walker in zip(others, walkers[1:], strict=True):
        different = "\n".join(difflib.unified_diff(website, log, "website", type(walker).__name__, n=0, lineterm=""))
        assert not different, different


async def _walk(town: Town, walker: Walker, steps: list[Step]) -> list[Event]:
    """All steps on one channel. Returns the log, without what may differ."""
    visitor = Visitor(town.services, walker)
    async with walker.at_counter():
        for step in steps:
            try:
                await visitor.take(step)
            except (AssertionError, TimeoutError) as exc:
                shown = f"in the log: {await visitor.log()}\nshown: {walker.heard()}"
                raise AssertionError(f"{type(walker).__name__}, {step}: {exc!r}\n{shown}") from exc
        if not any("erase" in step for step in steps):
            await visitor.has_heard_everything()
    return visitor.normal()


class Visitor:
    """Takes the steps of a conversation, and looks at the log after each."""

    def __init__(self, services: Services, walker: Walker) -> None:
        self._services = services
        self._walker = walker
        self._seen: list[Asked] = []
        self._filled: set[int] = set()

    async def log(self) -> list[Asked]:
        return await self._services.store.read(self._walker.conv, 0, 500)

    async def take(self, step: Step) -> None:
        before = await self.log()
        act = next(name for name in ACTS if name in step)
        if act == "rate" and not self._walker.can.rating:
            return
        await getattr(self, f"_{act}")(step)
        if act == "erase":
            await self._until(lambda log: not log)
            return
        turns = act in CITIZEN_ACTS and act != "rate"
        await self._until(lambda log: _turns(log) >= _turns(before) + turns and len(log) > len(before) and _rests(log, step))
        self._seen = await self.log()
        if act == "fill":
            self._filled |= {seq for seq, body in self._seen if seq > len(before) and _of_citizen(body)}
        _check(step, [body for seq, body in self._seen if seq > len(before)])

    async def has_heard_everything(self) -> None:
        """What the log says to the citizen was shown, whatever it looked like."""
        said = [body for _, body in self._seen if body["type"] == "message" and body["from"]["role"] != "citizen"]
        wanted = [_words(body["text"]) for body in said]
        async with asyncio.timeout(PATIENCE):
            while missing := [text for text in wanted if text not in _words(self._walker.heard())]:
                await asyncio.sleep(0.05)
        assert not missing

    def normal(self) -> list[Event]:
        """The log without what may differ; of a form only that it was answered: one citizen fills in, another types."""
        said = [(seq in self._filled, body) for seq, body in self._seen if body["type"] != "rating"]  # a channel may have none
        return [{"type": "filled"} if filled else _plain(body) for filled, body in said]

    async def _until(self, done: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not done(await self.log()):
                await asyncio.sleep(0.03)

    async def _asked(self, *kinds: str) -> Asked:
        """The newest question of this kind."""
        return [(seq, body) for seq, body in await self.log() if find_part(body, kinds)][-1]

    async def _say(self, step: Step) -> None:
        await self._walker.say(step["say"])

    async def _choose(self, step: Step) -> None:
        seq, asked = await self._asked("choices")
        labels = [option["label"] for option in (find_part(asked, ["choices"]) or {})["options"]]
        await self._walker.choose((seq, asked), next(label for label in labels if step["choose"] in label))

    async def _pick(self, step: Step) -> None:
        kind = {"day": "date", "time": "time"}[step["pick"]]
        asked = await self._asked(kind)
        offered = set(asked[1].get("_payloads", []))
        days = [day.isoformat() for day in days_of(asked[1]) if day.isoformat() not in offered]
        await self._walker.pick(asked, kind, days[0] if kind == "date" else find_part(asked[1], [kind])["slots"][0])  # type: ignore[index]

    async def _fill(self, step: Step) -> None:
        await self._walker.fill(await self._asked("form"), step["fill"], step["typed"])

    async def _person(self, _step: Step) -> None:
        await self._walker.person()

    async def _rate(self, step: Step) -> None:
        asked = [(seq, body) for seq, body in self._seen if body["type"] == "rating_request"][-1]
        await self._walker.rate(asked, step["rate"])

    async def _erase(self, _step: Step) -> None:
        await self._walker.erase()

    async def _claims(self, _step: Step) -> None:
        await self._services.handover.claim(await self._services.store.get(self._walker.conv), SANNE)

    async def _agent_says(self, step: Step) -> None:
        conversation = await self._services.store.get(self._walker.conv)
        await self._services.handover.say(conversation, SANNE, step["agent_says"], cid=f"sanne-{len(step['agent_says'])}")

    async def _agent_closes(self, step: Step) -> None:
        conversation = await self._services.store.get(self._walker.conv)
        await self._services.handover.close(conversation, SANNE, "opgelost", agreed=step["agent_closes"])

    async def _ask_rating(self, _step: Step) -> None:
        conversation = await self._services.store.get(self._walker.conv)
        await self._services.handover.tell(conversation, {"type": "rating_request", "id": "r1", "at": events.now()})


CITIZEN_ACTS = ["say", "choose", "pick", "fill", "person", "rate", "erase"]
ACTS = [*CITIZEN_ACTS, "claims", "agent_says", "agent_closes", "ask_rating"]


def _of_citizen(body: Event) -> bool:
    return body["type"] == "message" and bool(body["from"]["role"] == "citizen")


def _turns(log: list[Asked]) -> int:
    return sum(body["type"] == "turn_done" for _, body in log)


def _rests(log: list[Asked], step: Step) -> bool:
    """Whether what has a turn of its own is there as well: who comes back to the bot is greeted."""
    told = [seq for seq, body in log if body["type"] == "handover" and body["state"] == step.get("handover")]
    if "handover" in step and not told:
        return False
    back = step.get("handover") in {"returned", "closed"}
    return not back or any(seq > told[-1] and body["type"] == "turn_done" for seq, body in log)


def _check(step: Step, found: list[Event]) -> None:
    answers = [body for body in found if body["type"] == "message" and body["from"]["role"] == "bot" and "meta" in body]
    text = "\n".join(answer["text"] for answer in answers)
    if "topic" in step:
        assert answers[0]["meta"].get("topic") == step["topic"]
    if "outcome" in step:
        assert answers[0]["meta"]["outcome"] == step["outcome"]
    assert step.get("contains", "") in text
    assert "part" not in step or any(find_part(answer, [step["part"]]) for answer in answers)
    assert "lacks" not in step or step["lacks"] not in str(found)
    assert "rests" not in step or not answers or "handover" in step
    assert "rate" not in step or found[-1]["value"] == step["rate"]


# What differs between two conversations that are the same: when, who, how sure the brain was of a sentence that another citizen
# didn't type, and what was given out: the numbers of a conversation and of an appointment, its code, what is sealed.
PRIVATE = {"at", "cid", "turn", "confidence", "_fingerprint", "_until"}
GIVEN_OUT = re.compile(
    r"\bB-[A-Z0-9]{3,}(?:-[A-Z0-9]+)*\b|\b[A-Z0-9]{3}-[A-Z0-9]{4}\b|(?<=af te zeggen: )[A-Z0-9]{6}\b"
    r"|/v1/calendar/[\w.~-]+|gAAAA[\w-]+=*"
)


def _plain(value: Any) -> Any:
    """An event, or what is in it, without that."""
    if isinstance(value, dict):
        return {key: _plain(found) for key, found in value.items() if key not in PRIVATE}
    if isinstance(value, list):
        return [_plain(found) for found in value]
    return GIVEN_OUT.sub("#", value) if isinstance(value, str) else value


def _words(text: str) -> str:
    return " ".join(text.split())
