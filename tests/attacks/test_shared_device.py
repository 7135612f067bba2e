"""Somebody logs in at a shared computer and walks away: who comes next must not read their cases in the conversation."""

import time
from typing import Any

import pytest

from bot.brain.answers import collect
from bot.conversation import events
from bot.conversation.events import FADED, Event
from tests.conftest import EchoBrain, Edge
from tests.login_fixtures import Browser, Chat, LoginEdge, browsing, chat_of, make_login_edge

__all__ = ["make_login_edge"]  # fixtures

SECRET = "Uw aanvraag voor bijstand is afgewezen"


async def after_login(chat: Chat, browser: Browser) -> list[dict[str, Any]]:
    return await chat.type(await browser.log_in(await chat.link()))


async def test_what_only_a_login_shows_has_an_end(make_login_edge: LoginEdge) -> None:
    edge = await make_login_edge()
    chat = await chat_of(edge)
    async with browsing(edge) as browser:
        said = await after_login(chat, browser)
    [shown] = [message for message in said if (message.get("custom") or {}).get("parts")]
    end = edge.services.now().timestamp() + edge.services.settings.case_memory_seconds
    assert 0 <= end - shown["custom"]["until"] < 60
    [body] = collect([{"text": SECRET, "custom": shown["custom"]}], "t_2", 1.0).events
    assert body["_until"] == shown["custom"]["until"]


def answer(until: float) -> Event:
    part = {"kind": "case", "identificatie": "ZAAK-1", "status": SECRET}
    options = {"kind": "choices", "id": "q", "options": [{"label": SECRET, "value": "1"}]}
    return events.message("bot", SECRET, name="Balie", parts=[part, options], _payloads=["/zaakstatus"], _until=until)


@pytest.mark.parametrize(("left", "seen"), [(600, True), (-1, False)])
async def test_after_that_it_is_nowhere_to_be_read(edge: Edge, echo_brain: EchoBrain, left: int, seen: bool) -> None:
    citizen = await edge.citizen()
    echo_brain.answers["toon"] = [answer(time.time() + left)]
    sent = (await citizen.send("toon")).json["seq"]
    told = str(await citizen.answered(sent))
    transcripts = [(await citizen.call("GET", "/transcript", params={"format": form})).text for form in ("txt", "html", "json")]
    for text in (told, str(await citizen.history()), *transcripts):
        assert (SECRET in text, FADED in text) == (seen, not seen)
    pressed = await citizen.send(type="choice", value="1", reply_to=f"m_{sent + 1}")
    assert pressed.status == 201 if seen else pressed.kind == "choice_expired"
