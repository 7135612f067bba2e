"""Bots on a fake Bot API, and an edge that they belong to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.mailbox import Answer, Mailbox
from bot.wiring import Services
from tests.conftest import Edge, EdgeFactory
from tests.stubs.botapi import TOKEN, BotApi, serving
from tests.stubs.botapi_bot import FakeBot
from tests.stubs.botapi_rules import Sent

SECRET = "fictitious-secret-of-the-webhook"
PUBLIC = "https://balie.voorbeeld.example"
WEBHOOK = "/telegram/voorbeeld/webhook"
CHAT = 7

Start = Callable[..., Awaitable[Edge]]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serving() as server:
        yield server


@pytest.fixture
def start(api: BotApi, make_edge: EdgeFactory) -> Start:
    """Starts an edge whose bot polls."""

    async def make(**changes: Any) -> Edge:
        edge = await make_edge(**{"telegram_token": TOKEN, "telegram_api_url": api.url} | changes)
        await api.until(lambda: api.menu_button or changes.get("telegram_token"))
        return edge

    return make


@pytest.fixture
def start_webhook(start: Start, api: BotApi) -> Start:
    """Starts an edge that Telegram brings its updates to."""

    async def make(**changes: Any) -> Edge:
        edge = await start(**{"public_url": PUBLIC, "telegram_secret": SECRET} | changes)
        await api.until(lambda: api.webhook)
        return edge

    return make


def conv_of(services: Services, chat: int = CHAT) -> str:
    return "tg_" + services.limits.hash(f"telegram:{chat}")


async def log_of(services: Services, chat: int = CHAT) -> list[Event]:
    return [body for _, body in await services.store.read(conv_of(services, chat), 0, 500)]


async def said(services: Services, chat: int = CHAT) -> list[Event]:
    """What the citizen said, according to the log."""
    return [body for body in await log_of(services, chat) if body["type"] == "message" and body["from"]["role"] == "citizen"]


def message(text: str, *parts: Event, payloads: list[str] | None = None) -> Event:
    extra: dict[str, Any] = {"parts": list(parts)} if parts else {}
    return events.message("bot", text, name="Balie", **extra, **({"_payloads": payloads} if payloads else {}))


def choices(*labels: str) -> Event:
    return {"kind": "choices", "id": "q", "options": [{"label": label, "value": str(i)} for i, label in enumerate(labels, 1)]}


def last(api: FakeBot, chat: int = CHAT) -> Sent:
    return [message for message in api.sent if message.chat == chat][-1]


async def talk(api: FakeBot, text: str, answer: str | None = None, chat: int = CHAT) -> None:
    """Say something and wait for the answer."""
    api.say(text, chat)
    await api.until(lambda: any(shown.startswith(answer or f"echo: {text}") for shown in api.texts(chat)))


async def queue(services: Services, said_by_bot: str) -> None:
    """What a real brain does when a citizen wants a person."""
    mailbox = Mailbox(services.redis, services.redis_blocking, "test", 6.0)
    await mailbox.prepare()
    (entry, conv), = await mailbox.wait(1, 10.0)
    turn = await mailbox.take(entry, conv)
    assert turn
    queued = events.handover("queued", position=1, eta_s=300, turn=turn.name)
    assert await mailbox.commit(turn, Answer([message(said_by_bot), queued], b"-", handover={"topic": None}), 30)
