"""A citizen makes an appointment that requires a telephone number: the actions with a real JCC adapter, Redis and Rasa's form."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import settings as configuration
from bot.appointments import Item, OutcomeUnknown
from bot.brain import environment
from bot.gemeenten import AMSTERDAM
from bot.settings import ROOT
from bot.wiring import build, use
from tests.afspraak_fixtures import Unsure, Visit
from tests.jcc_town import BIRTH, ENVIRONMENT, KEY, TOWN_HALL, jcc, write
from tests.stubs.faults import Fault
from tests.stubs.jcc import JccStub

CLOCK = "09:00"


@pytest.fixture
async def stub() -> AsyncIterator[JccStub]:
    async with jcc() as stub:
        yield stub


@pytest.fixture
async def visit(stub: JccStub, tmp_path: Path, redis_url: str) -> AsyncIterator[Visit]:
    write(tmp_path / "gemeenten", stub)
    folders = {"BALIE_GEMEENTEN_DIR": str(tmp_path / "gemeenten"), "BALIE_DATA_DIR": str(tmp_path / "var")}
    services = build(configuration.load(ENVIRONMENT | folders | {"BALIE_GEMEENTEN": KEY}), redis_url)
    use(services)
    yield Visit(services, gemeente=KEY)
    await services.aclose()


async def up_to_email(visit: Visit, text: str = "ik wil een geboorte aangeven", id: str = "geboorteaangifte") -> None:
    """Everything answered but the e-mail address."""
    await visit.say(text, "afspraak_maken", product=id)
    today = datetime.now(AMSTERDAM).date()
    free = await visit.services.appointments(KEY).days([Item(id)], "stadhuis", today, today + timedelta(days=14))
    await visit.say(free[2].isoformat())
    await visit.say(CLOCK)
    await visit.say("Jan de Boer")
    assert visit.asked == "email", visit.said


def customer(stub: JccStub) -> dict[str, Any]:
    """Of the booking that was asked for last."""
    return dict(stub.wrote()[-1].body["customerList"][0])


async def test_a_citizen_gives_the_telephone_number_that_is_required_and_sees_it_before_it_is_booked(
    visit: Visit, stub: JccStub
) -> None:
    await up_to_email(visit)
    assert await visit.say("jan@example.nl") == ["utter_ask_telefoon"]
    assert await visit.say("06 12345678") == ["utter_ask_bevestigd"]
    assert visit.values("utter_ask_bevestigd")["afspraak_contact"] == "jan@example.nl, 06 12 34 56 78"
    assert "utter_afspraak_gemaakt" in await visit.say("ja", "affirm")
    assert customer(stub)["mobilePhoneNumber"] == "+31612345678"
    assert visit.slots["telefoon"] is None


async def test_who_needs_no_telephone_number_is_not_asked_for_one(visit: Visit, stub: JccStub) -> None:
    await up_to_email(visit, "ik wil een paspoort aanvragen", "paspoort")
    assert await visit.say("jan@example.nl") == ["utter_ask_bevestigd"]
    assert visit.values("utter_ask_bevestigd")["afspraak_contact"] == "jan@example.nl"
    await visit.say("ja", "affirm")
    assert not [name for name in customer(stub) if "hone" in name]


@pytest.mark.parametrize("text", ["dat zeg ik liever niet", "06 1234", "straks", "1234567890123456"])
async def test_what_is_no_telephone_number_is_asked_again(visit: Visit, stub: JccStub, text: str) -> None:
    await up_to_email(visit)
    await visit.say("jan@example.nl")
    assert await visit.say(text) == ["utter_onduidelijk_telefoon", "utter_ask_telefoon"]
    assert visit.slots["dag"] and visit.slots["tijd"] == CLOCK
    assert stub.wrote() == []


async def test_a_number_filled_in_in_the_field_counts(visit: Visit) -> None:
    await up_to_email(visit)
    await visit.say("jan@example.nl")
    assert await visit.say("Ingevuld: Telefoonnummer", telefoonnummer="020 123 4567") == ["utter_ask_bevestigd"]
    assert visit.slots["telefoon"] == "+31201234567"


async def test_a_citizen_changes_the_number_at_the_last_look(visit: Visit, stub: JccStub) -> None:
    await up_to_email(visit)
    await visit.say("jan@example.nl")
    await visit.say("0612345678")
    assert await visit.say("mijn nummer is 06 87654321", "change") == ["utter_ask_bevestigd"]
    assert visit.values("utter_ask_bevestigd")["afspraak_contact"] == "jan@example.nl, 06 87 65 43 21"
    assert await visit.say("toch een ander telefoonnummer", "change") == ["utter_ask_telefoon"]
    await visit.say("06 11223344")
    await visit.say("ja", "affirm")
    assert customer(stub)["mobilePhoneNumber"] == "+31611223344"


async def test_a_product_that_is_added_at_the_last_look_brings_the_question(visit: Visit, stub: JccStub) -> None:
    await up_to_email(visit, "ik wil een paspoort aanvragen", "paspoort")
    await visit.say("jan@example.nl")
    await visit.choose("Meer personen of producten")
    assert await visit.say("ook een geboorte aangeven", product="geboorteaangifte") == ["utter_ask_telefoon"]
    await visit.say("0612345678")
    await visit.say("ja", "affirm")
    assert [one["activityId"] for one in stub.wrote()[-1].body["activityList"]][-1] == BIRTH
    assert customer(stub)["mobilePhoneNumber"] == "+31612345678"


async def test_a_time_that_was_just_taken_costs_no_answer_but_the_time(visit: Visit, stub: JccStub) -> None:
    await up_to_email(visit)
    await visit.say("jan@example.nl")
    await visit.say("0612345678")
    taken(visit, stub)
    assert await visit.say("ja", "affirm") == ["utter_plek_bezet", "utter_ask_tijd"]
    assert await visit.say("10:00") == ["utter_ask_bevestigd"]
    await visit.say("ja", "affirm")
    assert customer(stub)["mobilePhoneNumber"] == "+31612345678"


def taken(visit: Visit, stub: JccStub) -> None:
    """Somebody else has the chosen time."""
    times = {"start": visit.start, "end": visit.start + timedelta(minutes=30)}
    stub.appointments["other"] = {"id": "other", "locationId": TOWN_HALL, **times}


async def unsure(visit: Visit, stub: JccStub, lost: bool = False) -> None:
    """Asked to book; whether it was done isn't known. `lost`: the time goes to somebody else."""
    agenda = Unsure(visit.services.appointments(KEY))
    visit.services._adapters["appointments", KEY] = agenda
    await up_to_email(visit)
    await visit.say("jan@example.nl")
    await visit.say("0612345678")
    agenda.fails = [("book", OutcomeUnknown, False)]
    if lost:
        taken(visit, stub)
    assert await visit.say("ja", "affirm") == ["utter_onzeker_book"]


async def test_while_nothing_is_known_the_number_is_kept_unreadable_and_used_when_it_is_looked_at_again(
    visit: Visit, stub: JccStub
) -> None:
    await unsure(visit, stub)
    assert "12345678" not in str(visit.slots)
    assert "utter_afspraak_gemaakt" in await visit.say("kijk opnieuw", "afspraak_nakijken")
    assert customer(stub)["mobilePhoneNumber"] == "+31612345678"


async def test_a_booking_that_turns_out_not_to_be_made_goes_on_with_the_number(visit: Visit, stub: JccStub) -> None:
    await unsure(visit, stub, lost=True)
    assert await visit.say("kijk opnieuw", "afspraak_nakijken") == ["utter_toch_niet_book", "utter_ask_tijd"]
    assert await visit.say("10:00") == ["utter_ask_bevestigd"]
    assert visit.values("utter_ask_bevestigd")["afspraak_contact"] == "jan@example.nl, 06 12 34 56 78"


async def test_an_agenda_that_goes_away_before_the_last_look_is_said_and_nothing_is_booked(visit: Visit, stub: JccStub) -> None:
    await up_to_email(visit)
    stub.faults = [Fault("drop", "/customerfields")]
    assert await visit.say("jan@example.nl") == ["utter_afspraken_storing"]
    assert visit.form is None and stub.wrote() == []


async def test_the_form_of_rasa_asks_for_the_number_and_then_goes_on(visit: Visit) -> None:
    """The rules of the form are Rasa's own here: which question comes next, and that it waits for the answer."""
    form = RasaForm(await started(visit))
    assert await form.says("jan@example.nl") == "telefoon"
    assert form.parts[0]["fields"][0]["autocomplete"] == "tel"
    assert await form.says("weet ik niet") == "telefoon"
    assert await form.says("06 12345678") == "bevestigd"
    assert await form.says("ja", "affirm") is None


async def test_the_form_of_rasa_asks_others_nothing_more(visit: Visit) -> None:
    form = RasaForm(await started(visit, "ik wil een paspoort aanvragen", "paspoort"))
    assert await form.says("jan@example.nl") == "bevestigd"


async def started(visit: Visit, *what: str) -> dict[str, Any]:
    """The answers up to the e-mail address."""
    await up_to_email(visit, *what)
    return dict(visit.slots)


class RasaForm:
    """afspraak_form as Rasa runs it, from these answers on."""

    def __init__(self, slots: dict[str, Any]) -> None:
        environment.prepare("INFO")
        from rasa.core.actions.forms import FormAction
        from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
        from rasa.shared.core.domain import Domain
        from rasa.shared.core.events import ActiveLoop, SlotSet
        from rasa.shared.core.trackers import DialogueStateTracker

        from bot.brain.actions import InProcessActions

        self._domain = Domain.load(str(ROOT / "domain.yml"))
        self._nlg = TemplatedNaturalLanguageGenerator(self._domain.responses)
        self._form = FormAction("afspraak_form", InProcessActions())
        known = [SlotSet(name, value) for name, value in slots.items() if value is not None]
        self._tracker = DialogueStateTracker.from_events("rasa", [ActiveLoop("afspraak_form"), *known], slots=self._domain.slots)
        self.parts: list[dict[str, Any]] = []

    async def says(self, text: str, intent: str = "inform") -> str | None:
        """The question after it; None when the form is complete."""
        from rasa.core.channels import CollectingOutputChannel
        from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

        metadata = {"gemeente": KEY, "seq": 1, "key": "rasa:1", "channel": "website"}
        said = UserUttered(text, {"name": intent, "confidence": 0.95}, metadata=metadata)
        self._tracker.update_with_events([ActionExecuted("action_listen"), said], self._domain)
        events = await self._form.run(CollectingOutputChannel(), self._nlg, self._tracker, self._domain)
        self._tracker.update_with_events(events, self._domain)
        spoken = [event.data for event in events if isinstance(event, BotUttered)]
        self.parts = [part for data in spoken for part in (data.get("custom") or {}).get("parts", [])]
        return self._tracker.get_slot("requested_slot") if self._tracker.active_loop_name else None
