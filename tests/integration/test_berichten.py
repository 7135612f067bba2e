"""What the citizen does about notices in the conversation: the actions, with a real store and the demonstration's systems."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import berichten, bewaard, zaak
from actions.context import here
from actions.zaakstatus import ValidateZaakstatusForm
from bot import wiring
from bot.appointments import Appointment
from bot.settings import ROOT
from bot.wiring import Services, use
from bot.zaken import ZaakStatus
from tests.integration.test_notices import booked
from tests.notices_fixtures import GEMEENTE, Bench

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]


@pytest.fixture
def bench(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(wiring, "_current", None)
    use(services)
    yield Bench(services)


@dataclass
class Talk:
    """A conversation as actions see it."""

    bench: Bench
    conv: str
    channel: str = "website"
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    async def do(self, action: Action, intent: str = "affirm", text: str = "", **entities: str) -> list[dict[str, Any]]:
        """Run the action; the responses that it gave. Slots are set as Rasa would."""
        dispatcher = CollectingDispatcher()
        tracker = self.tracker(intent, text, entities)
        for event in await action.run(dispatcher, tracker, {}):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.events += [{"event": "user"}, *(_bot(message) for message in dispatcher.messages)]
        for message in dispatcher.messages:  # every sentence is there, with every value that it names
            for variant in RESPONSES.get(message["response"], []):
                variables = self.bench.services.gemeente(GEMEENTE).variables(self.bench.now)
                variant["text"].format_map(variables | {k: v for k, v in message.items() if k not in {"text", "buttons"}})
        return dispatcher.messages

    def tracker(self, intent: str = "affirm", text: str = "", entities: dict[str, str] | None = None) -> Tracker:
        message = {
            "intent": {"name": intent, "confidence": 1.0}, "text": text,
            "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
            "metadata": {"gemeente": GEMEENTE, "channel": self.channel, "seq": 2},
        }
        events = [*self.events, {"event": "user"}]
        return Tracker(self.conv, dict(self.slots), message, events, False, None, {}, "action_listen")

    async def look_up(self) -> ZaakStatus:
        """As after the look-up: the case is known, and the tracker forgot what was said."""
        found = await self.bench.look_up()
        event = zaak.remember([found], here(self.tracker()))
        self.slots[event["name"]] = event["value"]
        self.events = []
        return found

    @property
    async def followed(self) -> list[str]:
        return [notice.kind for notice in await self.bench.services.notices.list_for(self.conv)]


def _bot(message: dict[str, Any]) -> dict[str, Any]:
    buttons = message.get("buttons") or (RESPONSES.get(message["response"]) or [{}])[0].get("buttons") or []
    return {"event": "bot", "data": {"buttons": buttons}, "metadata": {"utter_action": message["response"]}}


def names(messages: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in messages]


@pytest.fixture
async def talk(bench: Bench) -> Talk:
    return Talk(bench, await bench.conversation())


async def press(talk: Talk, button: dict[str, str]) -> list[dict[str, Any]]:
    """Press a button whose payload has one entity."""
    intent, _, rest = button["payload"].removeprefix("/").partition("{")
    values = yaml.safe_load("{" + rest) if rest else {}
    actions: dict[str, Action] = {
        "notices_on": berichten.ActionNoticesOn(), "notices_off": berichten.ActionNoticesOff(),
        "notices_longer": berichten.ActionNoticesLonger(), "notices_undo": berichten.ActionNoticesUndo(),
        "reminder_on": berichten.ActionReminderOn(), "forget_cases": bewaard.ActionForgetCases(),
    }
    return await talk.do(actions[intent], intent, button["title"], **values)


# Turning on


async def test_the_button_under_a_case_turns_notices_on_and_says_until_when_and_how_to_stop(talk: Talk) -> None:
    button = zaak.notice_button(await talk.look_up())
    [told] = await press(talk, button)
    assert told["response"] == "utter_berichten_aan_met_rust" and (told["stil_vanaf"], told["stil_tot"]) == (21, 8)
    assert "2026" in told["bericht_tot"] or "2027" in told["bericht_tot"]
    text = RESPONSES[told["response"]][0]["text"]
    assert "{bericht_tot}" in text and "{stil_vanaf}" in text and "'afmelden'" in text
    assert await talk.followed == ["case"]
    assert names(await press(talk, button)) == ["utter_berichten_aan_met_rust"] and await talk.followed == ["case"]


async def test_a_case_that_this_conversation_did_not_look_up_is_not_followed(talk: Talk, bench: Bench) -> None:
    other = await bench.look_up()  # by somebody else
    assert names(await press(talk, zaak.notice_button(other))) == ["utter_berichten_zoek_eerst"]
    await talk.look_up()
    messages = await talk.do(berichten.ActionNoticesOn(), "notices_on", zaaknummer="ZAAK-2026-0000000101")
    assert names(messages) == ["utter_berichten_zoek_eerst"] and await talk.followed == []


async def test_typed_without_a_number_it_is_about_the_case_in_hand(talk: Talk) -> None:
    messages = await talk.do(berichten.ActionNoticesOn(), "notices_on", "hou me op de hoogte")
    assert names(messages) == ["utter_berichten_zoek_eerst"]
    await talk.look_up()
    await talk.do(berichten.ActionNoticesOn(), "notices_on", "hou me op de hoogte")
    assert await talk.followed == ["case"]


async def test_a_finished_case_is_not_followed(talk: Talk) -> None:
    found = replace(await talk.look_up(), finished=talk.bench.now.date(), expected=None)
    event = zaak.remember([found], here(talk.tracker()))
    talk.slots[event["name"]] = event["value"]
    assert names(await press(talk, zaak.notice_button(found))) == ["utter_berichten_zaak_klaar"]


async def test_where_nothing_is_announced_nothing_is_promised(talk: Talk, bench: Bench) -> None:
    found = await talk.look_up()
    del bench.services.gemeente(GEMEENTE).suppliers["notifications"]
    assert names(await press(talk, zaak.notice_button(found))) == ["utter_berichten_niet_mogelijk"]


async def test_a_case_that_is_never_announced_offers_no_notices_and_promises_none(talk: Talk) -> None:
    """One that only who has just logged in may hear of."""
    found = replace(await talk.look_up(), may_follow=False)
    event = zaak.remember([found], here(talk.tracker()))
    talk.slots[event["name"]] = event["value"]
    assert zaak.notice_button(found) not in zaak.buttons(found, here(talk.tracker()), None)
    assert names(await press(talk, zaak.notice_button(found))) == ["utter_berichten_niet_mogelijk"]
    assert "utter_berichten_aanbod" not in names(await talk.do(berichten.ActionYes()))
    assert await talk.followed == []


async def test_yes_right_after_the_look_up_asks_by_name_and_yes_again_turns_on(talk: Talk) -> None:
    await talk.look_up()
    [asked] = await talk.do(berichten.ActionYes(), text="ja")
    assert asked["response"] == "utter_berichten_aanbod" and await talk.followed == []
    assert names(await talk.do(berichten.ActionYes(), text="ja")) == ["utter_berichten_aan_met_rust"]
    assert await talk.followed == ["case"]


async def test_yes_to_nothing_turns_nothing_on(talk: Talk) -> None:
    assert names(await talk.do(berichten.ActionYes(), text="ja")) == ["utter_los_ja"]
    await talk.look_up()
    talk.events = [{"event": "user"}, {"event": "bot", "data": {}, "metadata": {"utter_action": "utter_privacy"}}]
    assert names(await talk.do(berichten.ActionYes(), text="ja")) == ["utter_los_ja"]
    assert await talk.followed == []


async def test_another_period_is_one_button(talk: Talk, bench: Bench) -> None:
    await press(talk, zaak.notice_button(await talk.look_up()))
    [notice] = await bench.services.notices.list_for(talk.conv)
    bench.at(10, days=(notice.until - bench.now.date()).days - 1)
    await bench.work()
    [last] = await bench.notices(talk.conv)
    title = last["parts"][0]["options"][0]["label"]
    assert names(await press(talk, {"title": title, "payload": last["_payloads"][0]})) == ["utter_berichten_langer"]
    [longer] = await bench.services.notices.list_for(talk.conv)
    assert longer.until > notice.until
    await press(talk, {"title": "Nee", "payload": last["_payloads"][1]})
    assert await talk.followed == []
    assert names(await press(talk, {"title": title, "payload": last["_payloads"][0]})) == ["utter_berichten_voorbij"]


# Stopping


async def test_one_word_stops_everything_and_one_button_brings_it_back(talk: Talk, bench: Bench) -> None:
    await press(talk, zaak.notice_button(await talk.look_up()))
    await bench.services.notices.remind(talk.conv, GEMEENTE, await booked(bench))
    assert names(await talk.do(berichten.ActionNoticesOff(), "notices_off", "afmelden")) == ["utter_berichten_uit"]
    assert await talk.followed == []
    [button] = RESPONSES["utter_berichten_uit"][0]["buttons"]
    assert names(await press(talk, button)) == ["utter_berichten_terug"]
    assert await talk.followed == ["case", "visit"]
    assert names(await press(talk, button)) == ["utter_berichten_voorbij"]


async def test_stopping_without_notices_says_so(talk: Talk) -> None:
    assert names(await talk.do(berichten.ActionNoticesOff(), "notices_off", "afmelden")) == ["utter_berichten_geen"]


async def test_stop_outside_a_form_means_the_notices_when_there_are_any(talk: Talk) -> None:
    assert names(await talk.do(berichten.ActionStop(), "stop", "stop")) == ["utter_gestopt"]
    await press(talk, zaak.notice_button(await talk.look_up()))
    assert names(await talk.do(berichten.ActionStop(), "stop", "stop")) == ["utter_berichten_uit"]
    assert await talk.followed == []


async def test_in_the_middle_of_a_form_the_word_works_and_the_form_goes_on(talk: Talk) -> None:
    await press(talk, zaak.notice_button(await talk.look_up()))
    talk.slots["requested_slot"] = "zaaknummer"
    messages = await talk.do(ValidateZaakstatusForm(), "notices_off", "afmelden")
    assert names(messages) == ["utter_berichten_uit"] and await talk.followed == []
    assert talk.slots["requested_slot"] == "zaaknummer" and talk.slots["zaaknummer"] is None


# Reminders


def seal(bench: Bench, appointment: Appointment) -> dict[str, str]:
    sealed = bench.services.calendar_links.seal(GEMEENTE, appointment.reference, appointment.code)
    return {"title": "Herinner mij", "payload": f'/reminder_on{{"afspraak": "{sealed}"}}'}


async def test_a_reminder_is_promised_for_the_day_before(talk: Talk, bench: Bench) -> None:
    appointment = await booked(bench)
    [told] = await press(talk, seal(bench, appointment))
    assert told["response"] == "utter_herinnering_aan" and told["bericht_tijd"] == "10:00"
    assert await talk.followed == ["visit"]


async def test_a_reminder_that_cannot_come_is_not_promised(talk: Talk, bench: Bench) -> None:
    appointment = await booked(bench)
    bench.now = appointment.start - timedelta(hours=20)
    assert names(await press(talk, seal(bench, appointment))) == ["utter_herinnering_te_laat"]
    bench.now = appointment.start - timedelta(days=50)
    assert names(await press(talk, seal(bench, appointment))) == ["utter_herinnering_te_ver"]
    assert await talk.followed == []


async def test_a_reminder_of_an_appointment_that_is_gone_or_made_up_is_not_promised(talk: Talk, bench: Bench) -> None:
    appointment = await booked(bench)
    await bench.services.appointments(GEMEENTE).cancel(appointment.reference, appointment.code, key="c")
    elsewhere = bench.services.calendar_links.seal("weidedorp", appointment.reference, appointment.code)
    for sealed in (seal(bench, appointment)["payload"].split('"')[3], elsewhere, "made-up", ""):
        messages = await talk.do(berichten.ActionReminderOn(), "reminder_on", afspraak=sealed)
        assert names(messages) == ["utter_herinnering_geen_afspraak"]
    assert await talk.followed == []


# What is kept


async def test_what_is_kept_of_me_lists_all_with_a_way_to_withdraw_each(talk: Talk, bench: Bench) -> None:
    await press(talk, zaak.notice_button(await talk.look_up()))
    await bench.services.notices.remind(talk.conv, GEMEENTE, await booked(bench))
    messages = await talk.do(bewaard.ActionPrivacy(), "privacy", "wat bewaren jullie van mij?")
    assert names(messages) == [
        "utter_privacy", "utter_bewaard", "utter_bewaard_berichten", "utter_bewaard_herinnering", "utter_bewaard_kiezen",
    ]
    assert all(message["custom"] == {"joins": True} for message in messages[1:])
    assert messages[2]["zaak_nummer"] == bench.case.identificatie and messages[2]["bericht_tot"]
    buttons = [button for message in messages for button in message["buttons"]]
    assert [button["payload"].partition("{")[0] for button in buttons] == ["/notices_off", "/notices_off", "/forget_cases"]
    assert names(await press(talk, buttons[0])) == ["utter_berichten_een_uit"] and await talk.followed == ["visit"]
    assert names(await press(talk, buttons[1])) == ["utter_berichten_een_uit"] and await talk.followed == []
    assert names(await press(talk, buttons[2])) == ["utter_zaken_vergeten"]
    assert zaak.known(talk.tracker(), here(talk.tracker())) == []
    assert names(await talk.do(bewaard.ActionPrivacy(), "privacy")) == ["utter_privacy"]


async def test_a_case_that_was_only_looked_up_is_listed_too(talk: Talk) -> None:
    await talk.look_up()
    assert names(await talk.do(bewaard.ActionPrivacy(), "privacy"))[1:] == [
        "utter_bewaard", "utter_bewaard_zaak", "utter_bewaard_kiezen",
    ]


async def test_what_is_no_longer_known_is_not_kept_behind_the_citizens_back(talk: Talk, bench: Bench) -> None:
    await talk.look_up()
    bench.later(seconds=bench.services.settings.case_memory_seconds + 1)
    assert names(await talk.do(bewaard.ActionPrivacy(), "privacy")) == ["utter_privacy"]
    assert bench.case.identificatie not in str(talk.slots)


async def test_a_later_look_up_takes_no_forgotten_case_along(talk: Talk, bench: Bench) -> None:
    first = await talk.look_up()
    bench.later(seconds=bench.services.settings.case_memory_seconds + 1)
    other = replace(first, identificatie="ZAAK-2026-0000000999", ref="elsewhere")
    event = zaak.remember([other], here(talk.tracker()), talk.tracker())
    assert first.identificatie not in str(event)


async def test_in_telegram_the_way_to_erase_is_said(talk: Talk) -> None:
    talk.channel = "telegram"
    assert names(await talk.do(bewaard.ActionPrivacy(), "privacy")) == ["utter_privacy", "utter_bewaard_telegram"]


def test_the_word_that_notices_name_needs_no_model() -> None:
    from bot.brain.parsing import ALWAYS

    assert ALWAYS["afmelden"] == "notices_off"
