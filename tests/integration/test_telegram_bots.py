"""Several municipalities with a bot each in one process; their webhooks; and the calendar file of an appointment."""

from typing import Any

import pytest
from icalendar import Calendar
from structlog.testing import capture_logs

from bot import settings as configuration
from bot.appointments.told import card
from bot.conversation import events
from bot.settings import Settings, SettingsError
from connectors.telegram import door, words
from connectors.words import CALENDAR
from tests import telegram_fixtures
from tests.api_document import booked
from tests.conftest import EchoBrain, Edge, EdgeFactory
from tests.stubs.botapi import TOKEN, USERNAME, BotApi
from tests.stubs.botapi_bot import FakeBot
from tests.telegram_fixtures import CHAT, PUBLIC, SECRET, WEBHOOK, Start, conv_of, last, log_of, message, talk

api, start, start_webhook = telegram_fixtures.api, telegram_fixtures.start, telegram_fixtures.start_webhook

OTHER_TOKEN = "555000111:AAfictitious-token_of_weidedorp-00000000"
OTHER_SECRET = "fictitious-secret-of-the-other-webhook"


@pytest.fixture
def weidedorp(api: BotApi) -> FakeBot:
    return api.another(OTHER_TOKEN, "weidedorp_test_bot")


def own(**values: str) -> dict[str, Any]:
    """Settings of weidedorp."""
    return {"own": {(name, "weidedorp"): value for name, value in values.items()}}


def conv_at_weidedorp(edge: Edge, chat: int = CHAT) -> str:
    return "tg-weidedorp_" + edge.services.limits.hash(f"telegram:weidedorp:{chat}")


# Several bots

async def test_a_citizen_talks_with_two_municipalities_side_by_side(
    start: Start, echo_brain: EchoBrain, api: BotApi, weidedorp: FakeBot
) -> None:
    edge = await start(**own(telegram_token=OTHER_TOKEN))
    await talk(api, "Hallo Voorbeeld")
    await talk(weidedorp, "Hallo Weidedorp")
    names = {key: edge.services.gemeente(key).naam for key in ("voorbeeld", "weidedorp")}
    assert names["voorbeeld"] in api.texts()[0] and names["weidedorp"] in weidedorp.texts()[0]
    assert api.texts()[1:] == ["echo: Hallo Voorbeeld"]
    assert weidedorp.texts()[1:] == ["echo: Hallo Weidedorp"]
    assert (await edge.services.store.get(conv_at_weidedorp(edge))).gemeente == "weidedorp"
    assert (await edge.services.store.get(conv_of(edge.services))).gemeente == "voorbeeld"

    weidedorp.say("/wissen")
    await weidedorp.until(lambda: weidedorp.texts()[-1] == words.ERASE)
    weidedorp.press(last(weidedorp), words.ERASE_YES)
    await weidedorp.until(lambda: weidedorp.texts()[-1] == words.ERASED)
    assert not await edge.services.store.length(conv_at_weidedorp(edge))
    assert await log_of(edge.services)

    for key, name in (("voorbeeld", USERNAME), ("weidedorp", "weidedorp_test_bot")):
        for path in (f"/gemeente/{key}", f"/gemeente/{key}/contact"):
            assert f'href="https://t.me/{name}"' in (await edge.call("GET", path)).text


async def test_a_bot_that_fails_leaves_the_others_alone(
    start: Start, echo_brain: EchoBrain, api: BotApi, weidedorp: FakeBot
) -> None:
    weidedorp.fail("getMe", 500, times=1000)
    with capture_logs() as logs:
        edge = await start(**own(telegram_token=OTHER_TOKEN))
        await api.until(lambda: any(record["event"] == "telegram_away" for record in logs))
    assert {record["gemeente"] for record in logs if record["event"] == "telegram_away"} == {"weidedorp"}
    assert "t.me" not in (await edge.call("GET", "/gemeente/weidedorp")).text
    await talk(api, "Hallo")
    weidedorp.mend()
    await talk(weidedorp, "Hallo")


async def test_only_a_municipality_of_its_own_choosing_has_a_bot(
    make_edge: EdgeFactory, echo_brain: EchoBrain, api: BotApi, weidedorp: FakeBot
) -> None:
    edge = await make_edge(telegram_api_url=api.url, **own(telegram_token=OTHER_TOKEN))
    await talk(weidedorp, "Hallo")
    assert api.calls == []
    assert "t.me" not in (await edge.call("GET", "/gemeente/voorbeeld")).text


# Webhooks

async def test_each_webhook_has_its_own_address_and_secret(
    start_webhook: Start, echo_brain: EchoBrain, api: BotApi, weidedorp: FakeBot
) -> None:
    edge = await start_webhook(**own(telegram_token=OTHER_TOKEN, telegram_secret=OTHER_SECRET))
    await weidedorp.until(lambda: weidedorp.webhook)
    assert api.webhook["url"] == f"{PUBLIC}/telegram/voorbeeld/webhook"
    assert weidedorp.webhook["url"] == f"{PUBLIC}/telegram/weidedorp/webhook"
    assert (api.webhook["secret_token"], weidedorp.webhook["secret_token"]) == (SECRET, OTHER_SECRET)
    assert "my_chat_member" in api.webhook["allowed_updates"]
    update = weidedorp.say("Hallo")
    address = f"{edge.url}/telegram/weidedorp/webhook"
    for url, secret in ((address, SECRET), (edge.url + WEBHOOK, OTHER_SECRET), (address, None),
                        (f"{edge.url}/telegram/elders/webhook", SECRET), (f"{edge.url}/telegram/elders/webhook", "")):
        assert await api.post(url, update, secret) == 403
    assert not await edge.services.store.length(conv_at_weidedorp(edge))
    assert await api.post(address, update, OTHER_SECRET) == 200
    await weidedorp.until(lambda: "echo: Hallo" in weidedorp.texts())
    assert await log_of(edge.services) == []


# Settings

def test_a_token_without_a_name_is_for_the_first_municipality() -> None:
    one = Settings(telegram_token=TOKEN)
    assert one.telegram_tokens == {"voorbeeld": TOKEN}
    both = Settings(telegram_token=TOKEN, **own(telegram_token=OTHER_TOKEN))
    assert both.telegram_tokens == {"voorbeeld": TOKEN, "weidedorp": OTHER_TOKEN}
    assert Settings(**own(telegram_token=OTHER_TOKEN)).telegram_tokens == {"weidedorp": OTHER_TOKEN}
    assert len({door(both, key).prefix for key in both.telegram_tokens}) == 2
    assert len({door(both, key).name for key in both.telegram_tokens}) == 2


@pytest.mark.parametrize("changed, told", [
    ({"BALIE_TELEGRAM_TOKEN__ELDERS": TOKEN}, "BALIE_TELEGRAM_TOKEN__ELDERS"),
    ({"BALIE_TELEGRAM_TOKEN__WEIDEDORP": TOKEN}, "two municipalities have the same bot"),
    ({"BALIE_PUBLIC_URL": PUBLIC, "BALIE_TELEGRAM_SECRET": "short"}, "16 characters or more for voorbeeld"),
    ({"BALIE_PUBLIC_URL": PUBLIC, "BALIE_TELEGRAM_SECRET__VOORBEELD": SECRET, "BALIE_TELEGRAM_TOKEN__WEIDEDORP": OTHER_TOKEN},
     "16 characters or more for weidedorp"),
])
def test_bots_that_can_not_work_stop_the_start(changed: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        configuration.load({"BALIE_TELEGRAM_TOKEN": TOKEN} | changed)
    assert TOKEN not in str(caught.value)


# The calendar

async def test_an_appointment_comes_with_its_calendar_file(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    made = await booked(edge.services)
    sealed = edge.services.calendar_links.seal("voorbeeld", made.reference, made.code)
    shown = card(made, f"https://balie.voorbeeld.example/v1/calendar/{sealed}.ics")
    echo_brain.answers["Boek"] = [message("Uw afspraak staat.", shown)]
    echo_brain.answers["Nog eens"] = [message("Hier is hij.", shown)]
    await talk(api, "Boek", "Uw afspraak staat.")
    await api.until(lambda: last(api).file)
    assert CALENDAR in api.sent[-2].buttons
    assert (last(api).text, last(api).file_name) == (words.CALENDAR_FILE, "afspraak.ics")
    [event] = Calendar.from_ical(last(api).file).walk("VEVENT")
    assert event["UID"] == f"{made.reference}@balie"
    assert made.code not in last(api).file.decode()

    for code in (429, 500, 400):  # a file that Telegram doesn't take holds nothing up, and nothing comes twice
        api.fail("sendDocument", code, times=4, retry_after=0)
        before = len(api.sent)
        api.say("Nog eens")
        await api.until(lambda before=before: len(api.sent) > before)
        await talk(api, f"Na {code}")
        assert [text[:12] for text in api.texts()[before:]] == ["Hier is hij.", f"echo: Na {code}"[:12]]
        api.mend()

    await edge.services.appointments("voorbeeld").cancel(made.reference, made.code, key="c")
    files = api.count("sendDocument")
    await talk(api, "Nog eens", "Hier is hij.")
    await talk(api, "Tot slot")
    assert api.count("sendDocument") == files


async def test_a_calendar_link_that_is_not_ours_brings_no_file(start: Start, echo_brain: EchoBrain, api: BotApi) -> None:
    edge = await start()
    made = await booked(edge.services)
    echo_brain.answers["Boek"] = [message("Uw afspraak staat.", card(made, "https://elders.example/v1/calendar/geen-zegel.ics"))]
    await talk(api, "Boek", "Uw afspraak staat.")
    await talk(api, "Tot slot")
    assert api.count("sendDocument") == 0
    assert events.find_part((await log_of(edge.services))[2], ["appointment"])
