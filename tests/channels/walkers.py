"""Citizens, one on each channel, who do the same thing in the way of their channel."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine
from datetime import date
from typing import Any

from bot.conversation.events import Event, find_part
from bot.wiring import Services
from connectors.app.client import Client, Problem, Times
from connectors.capabilities import APP, TELEGRAM, WEBSITE, Capabilities
from connectors.telegram import words as telegram_words
from connectors.telegram.keyboards import days_of
from tests.channels.gateway import Gateway
from tests.channels.sms import SMS
from tests.conftest import Citizen, Edge
from tests.stubs.botapi import BotApi
from tests.stubs.botapi_rules import Sent

Asked = tuple[int, Event]  # a question of the log, with its number


class Walker(ABC):
    """One citizen. `conv`: the conversation, once there is one; `heard`: all text that was shown, as it is now."""

    can: Capabilities

    def __init__(self) -> None:
        self.conv = ""

    @contextlib.asynccontextmanager
    async def at_counter(self) -> AsyncIterator[None]:
        """The channel is open meanwhile."""
        yield

    @abstractmethod
    async def say(self, text: str) -> None:
        """Type something."""

    @abstractmethod
    async def choose(self, asked: Asked, label: str) -> None:
        """Choose what has this label."""

    @abstractmethod
    async def pick(self, asked: Asked, kind: str, value: str) -> None:
        """A day (ISO) or a time."""

    @abstractmethod
    async def person(self) -> None: ...

    @abstractmethod
    async def erase(self) -> None: ...

    @abstractmethod
    def heard(self) -> str: ...

    async def fill(self, asked: Asked, fields: dict[str, str], typed: str) -> None:
        await self.say(typed)

    async def rate(self, asked: Asked, mark: int) -> None:
        raise AssertionError("this channel has no rating")


class Website(Walker):
    """By the citizen API and its event stream, as the widget does."""

    can = WEBSITE

    def __init__(self, door: Edge) -> None:
        super().__init__()
        self._door = door
        self._citizen: Citizen
        self._events: list[Event] = []

    @contextlib.asynccontextmanager
    async def at_counter(self) -> AsyncIterator[None]:
        self._citizen = await self._door.citizen()
        self.conv = self._citizen.conv
        async with followed(self._follow()):
            yield

    async def _follow(self) -> None:
        async with self._citizen.stream() as stream:
            while (item := await stream.next()) is not None:
                self._events.append(item[1])

    async def _send(self, text: str | None = None, **message: Any) -> None:
        reply = await self._citizen.send(text, **message)
        assert reply.status == 201, reply.text

    async def say(self, text: str) -> None:
        await self._send(text)

    async def choose(self, asked: Asked, label: str) -> None:
        await self._send(type="choice", value=_value(asked, label), reply_to=f"m_{asked[0]}")

    async def pick(self, asked: Asked, kind: str, value: str) -> None:
        await self._send(type=kind, value=value, reply_to=f"m_{asked[0]}")

    async def fill(self, asked: Asked, fields: dict[str, str], typed: str) -> None:
        await self._send(type="form", value=fields, reply_to=f"m_{asked[0]}")

    async def person(self) -> None:
        await self._send(type="handover_request")

    async def rate(self, asked: Asked, mark: int) -> None:
        await self._send(type="rating", value=str(mark))

    async def erase(self) -> None:
        assert (await self._citizen.call("DELETE")).status == 204

    def heard(self) -> str:
        return _texts(self._events)


class App(Walker):
    """By the reference client of an app, which polls: a proxy that holds back the stream makes it do so."""

    can = APP

    def __init__(self, door: Edge) -> None:
        super().__init__()
        self._door = door
        self._client: Client
        self._events: list[Event] = []

    @contextlib.asynccontextmanager
    async def at_counter(self) -> AsyncIterator[None]:
        times = Times(first_byte=0.0, poll=5)  # no stream is quick enough for that
        self._client = await Client.begin(self._door.session, self._door.url, "voorbeeld", times=times)
        self.conv = self._client.state.conv
        async with followed(self._follow()):
            yield

    async def _follow(self) -> None:
        with contextlib.suppress(Problem):  # erased
            async for event in self._client.events():
                self._events.append(event)

    async def say(self, text: str) -> None:
        await self._client.say(text)

    async def choose(self, asked: Asked, label: str) -> None:
        await self._client.choose(f"m_{asked[0]}", _value(asked, label))

    async def pick(self, asked: Asked, kind: str, value: str) -> None:
        pick = self._client.pick_date if kind == "date" else self._client.pick_time
        await pick(f"m_{asked[0]}", value)

    async def fill(self, asked: Asked, fields: dict[str, str], typed: str) -> None:
        await self._client.fill(f"m_{asked[0]}", fields)

    async def person(self) -> None:
        await self._client.ask_for_person()

    async def rate(self, asked: Asked, mark: int) -> None:
        await self._client.rate(mark)

    async def erase(self) -> None:
        await self._client.erase()

    def heard(self) -> str:
        return _texts(self._events)


class Telegram(Walker):
    """By messages and buttons."""

    can = TELEGRAM

    def __init__(self, services: Services, api: BotApi, chat: int) -> None:
        super().__init__()
        self._services = services
        self._api = api
        self._chat = chat

    @contextlib.asynccontextmanager
    async def at_counter(self) -> AsyncIterator[None]:
        self.conv = "tg_" + self._services.limits.hash(f"telegram:{self._chat}")
        self._api.say("/start", self._chat)
        await self._api.until(lambda: self._shown())
        yield

    def _shown(self) -> list[Sent]:
        return [message for message in self._api.sent if message.chat == self._chat]

    async def _press(self, label: str) -> None:
        """The newest button of this name, once it is there."""
        await self._api.until(lambda: any(label in message.buttons for message in self._shown()))
        message = [message for message in self._shown() if label in message.buttons][-1]
        self._api.press(message, label)

    async def _press_of(self, asked: Asked, which: str) -> None:
        """A button under a question, by what it carries."""
        start = f"{asked[0]}:{which}:"
        await self._api.until(lambda: self._with(start))
        message, label = self._with(start)[-1]
        self._api.press(message, label)

    def _with(self, start: str) -> list[tuple[Sent, str]]:
        return [(message, label) for message in self._shown() for label, button in message.buttons.items()
                if button.get("callback_data", "").startswith(start)]

    async def say(self, text: str) -> None:
        self._api.say(text, self._chat)

    async def choose(self, asked: Asked, label: str) -> None:
        labels = [option["label"] for option in (find_part(asked[1], ["choices"]) or {})["options"]]
        await self._press_of(asked, f"c{labels.index(label)}")

    async def pick(self, asked: Asked, kind: str, value: str) -> None:
        if kind == "time":
            await self._press_of(asked, f"t{(find_part(asked[1], ['time']) or {})['slots'].index(value)}")
            return
        days = days_of(asked[1])
        day = date.fromisoformat(value)
        await self._press_of(asked, "m0")
        await self._api.until(lambda: self._with(f"{asked[0]}:d"))
        for month in range(1, (day.year - days[0].year) * 12 + day.month - days[0].month + 1):
            await self._press_of(asked, f"m{month}")
        await self._press_of(asked, f"d{(day - days[0]).days}")

    async def person(self) -> None:
        self._api.say("/medewerker", self._chat)

    async def rate(self, asked: Asked, mark: int) -> None:
        await self._press(str(mark))

    async def erase(self) -> None:
        self._api.say("/wissen", self._chat)
        await self._press(telegram_words.ERASE_YES)

    def heard(self) -> str:
        return "\n".join(message.text for message in self._shown())


class Texting(Walker):
    """By text messages: everything is typed."""

    can = SMS

    def __init__(self, services: Services, gateway: Gateway, phone: str) -> None:
        super().__init__()
        self._gateway = gateway
        self._phone = phone
        self.conv = "sms-voorbeeld_" + services.limits.hash(f"sms:voorbeeld:{phone}")

    async def say(self, text: str) -> None:
        await self._gateway.text(self._phone, text)

    async def choose(self, asked: Asked, label: str) -> None:
        """By its number, as it was told."""
        await self._gateway.until(lambda: f". {label}" in self.heard())
        told = [line for line in self.heard().splitlines() if line.endswith(f". {label}")][-1]
        await self.say(told.split(".")[0])

    async def pick(self, asked: Asked, kind: str, value: str) -> None:
        if kind == "date":
            value = "-".join(reversed(value.split("-")))
        await self.say(value)

    async def person(self) -> None:
        await self.say("medewerker")

    async def erase(self) -> None:
        await self.say("wissen")
        await self.say("wissen ja")

    def heard(self) -> str:
        return "\n".join(self._gateway.texts(self._phone))


def _value(asked: Asked, label: str) -> str:
    """What a choice stands for."""
    [value] = [option["value"] for option in (find_part(asked[1], ["choices"]) or {})["options"] if option["label"] == label]
    return str(value)


def _texts(found: list[Event]) -> str:
    return "\n".join(event["text"] for event in found if event.get("text"))


@contextlib.asynccontextmanager
async def followed(follow: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Events are taken in meanwhile."""
    task = asyncio.create_task(follow)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
