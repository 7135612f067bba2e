"""A citizen makes, looks up, moves and cancels an appointment: the actions with the real demonstration agenda and Redis."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.appointments import AppointmentsUnavailable, Item, OutcomeUnknown, SlotTaken
from bot.conversation import events
from bot.dutch.wishes import Wish
from bot.gemeenten import AMSTERDAM
from bot.wiring import Services, use
from tests.afspraak_fixtures import GEMEENTE, Unsure, Visit, book, finder

PASSPORT = [Item("paspoort")]


@pytest.fixture
async def visit(services: Services) -> AsyncIterator[Visit]:
    use(services)
    yield Visit(services)


@pytest.fixture
def agenda(services: Services, visit: Visit) -> Unsure:
    """The agenda, to let it fail."""
    unsure = Unsure(services.appointments(GEMEENTE))
    services._adapters["appointments", GEMEENTE] = unsure
    return unsure


# For what and for how many.


async def test_the_simple_case_asks_no_more_than_before_and_shows_one_person(visit: Visit) -> None:
    await visit.filled()
    assert visit.values("utter_ask_bevestigd")["afspraak_product"] == "Paspoort aanvragen (1 persoon)"
    assert "Meer personen of producten" in visit.labels


async def test_several_products_and_people_are_taken_from_one_sentence(visit: Visit) -> None:
    await visit.say("twee paspoorten en een rijbewijs voor mij", "afspraak_maken")
    assert visit.slots["producten"] == [{"id": "paspoort", "persons": 2}, {"id": "rijbewijs", "persons": 1}]
    assert visit.asked == "locatie"


async def test_people_said_before_the_product_are_kept(visit: Visit) -> None:
    await visit.say("ik wil een afspraak voor 3 personen", "afspraak_maken")
    assert visit.asked == "producten"
    await visit.say("rijbewijs", product="rijbewijs")
    assert visit.slots["producten"] == [{"id": "rijbewijs", "persons": 3}]


async def test_children_without_a_number_are_asked_how_many(visit: Visit) -> None:
    await visit.say("een paspoort voor mijn kinderen", "afspraak_maken")
    assert visit.said == ["utter_ask_personen"] and visit.labels == ["1", "2", "3", "4", "5", "6"]
    await visit.say("veel")
    assert visit.said[0] == "utter_onduidelijk_personen" and visit.asked == "personen"
    await visit.say("drie")
    assert visit.slots["producten"] == [{"id": "paspoort", "persons": 3}] and visit.asked == "locatie"


@pytest.mark.parametrize(("text", "response"), [
    ("id-kaart voor 9 personen", "utter_te_veel_personen"),
    ("paspoort, rijbewijs, uittreksel en een id-kaart", "utter_te_veel_producten"),
])
async def test_too_much_for_one_appointment_is_refused_with_the_limit(visit: Visit, text: str, response: str) -> None:
    assert await visit.say(text, "afspraak_maken") == [response, "utter_ask_producten"]
    assert not visit.slots["producten"]
    await visit.say("alleen een id-kaart")
    assert visit.slots["producten"] == [{"id": "id_kaart", "persons": 1}]


async def test_more_can_be_added_at_the_last_look_and_the_time_is_kept_when_it_still_fits(visit: Visit) -> None:
    await visit.filled()
    start = visit.start
    await visit.choose("Meer personen")
    assert visit.asked == "erbij"
    await visit.choose("Voor 2 personen")
    assert visit.slots["producten"] == [{"id": "paspoort", "persons": 2}] and visit.start == start
    assert visit.asked == "bevestigd"


async def test_a_time_that_became_too_short_is_asked_again_with_the_nearest(visit: Visit) -> None:
    await visit.filled(at=-1)  # the last time of the day: two people don't fit before closing
    late = visit.start
    said = await visit.say("ook voor mijn vrouw, we zijn met 2 personen")
    assert said == ["utter_tijd_te_kort", "utter_ask_tijd"] and visit.slots["dag"] == late.date().isoformat()
    assert visit.slots["naam"] == "Jan de Boer" and max(visit.part("time")["slots"]) < f"{late:%H:%M}"


async def test_what_is_added_in_the_middle_counts(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("ook een rijbewijs erbij")
    assert [item["id"] for item in visit.slots["producten"]] == ["paspoort", "rijbewijs"] and visit.asked == "locatie"


# When.


async def test_as_soon_as_possible_finds_the_first_time_of_all_locations(visit: Visit) -> None:
    await visit.say("zo snel mogelijk een nieuw paspoort", "afspraak_maken")
    first = (await finder(visit.services, PASSPORT).first(["stadhuis", "noord"], Wish()))[0]
    assert (visit.slots["locatie"], visit.start) == (first.location_id, first.start)
    assert visit.said[0] == "utter_eerste_plek" and visit.asked == "naam"


async def test_thursday_after_four_is_kept_until_the_place_is_known(visit: Visit) -> None:
    await visit.say("ik wil donderdag na vier uur mijn paspoort aanvragen", "afspraak_maken")
    assert visit.asked == "locatie"
    await visit.say("stadhuis", locatie="stadhuis")
    day = datetime.fromisoformat(visit.slots["dag"])
    assert day.weekday() == 3 and visit.asked == "tijd"
    assert min(visit.part("time")["slots"]) >= "16:00" and "Alle tijden" in visit.labels
    await visit.choose("Alle tijden")
    assert min(visit.part("time")["slots"]) < "16:00"


async def test_a_wish_that_nothing_fits_gets_the_nearest_before_and_after(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("stadhuis", locatie="stadhuis")
    friday = next(day for day in await finder(visit.services, PASSPORT).free_days("stadhuis") if day.weekday() == 4)
    said = await visit.say(f"{friday.isoformat()} na drie uur")
    assert said == ["utter_wens_past_niet_dag", "utter_ask_moment"]
    moments = [b["payload"] for m in visit.messages for b in m.get("buttons") or [] if "moment" in b["payload"]]
    assert any(friday.isoformat() in payload for payload in moments) and any(friday.isoformat() not in p for p in moments)
    await visit.choose(visit.labels[0])
    assert visit.slots["dag"] and visit.slots["tijd"] and visit.asked == "naam"


async def test_a_weekday_that_never_suits_is_left_out(visit: Visit) -> None:
    await visit.say("paspoort, maar niet op maandag", "afspraak_maken")
    await visit.say("stadhuis", locatie="stadhuis")
    days = [b["payload"] for m in visit.messages for b in m.get("buttons") or [] if b["payload"][:2] == "20"]
    assert days and all(datetime.fromisoformat(day).weekday() != 0 for day in days)


async def test_later_is_later_than_what_was_offered_last(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("stadhuis", locatie="stadhuis")
    first = [b["payload"] for b in visit.messages[-1]["buttons"]]
    await visit.say("liever later")
    assert visit.messages[-1]["buttons"][0]["payload"] > first[-1]
    await visit.say(first[0])
    offered = visit.part("time")["slots"]
    await visit.say("nog later")
    later = visit.part("time")["slots"]
    assert later == offered[len(offered) // 2 :]
    await visit.say("toch liever eerder")
    assert max(visit.part("time")["slots"]) < later[len(later) // 2]


async def test_a_week_later_than_the_chosen_day(visit: Visit) -> None:
    await visit.filled()
    day = visit.start.date()
    await visit.say("doe maar een week later")
    assert visit.slots["dag"] == (day + timedelta(days=7)).isoformat() and visit.asked == "tijd"
    assert visit.slots["naam"] == "Jan de Boer"


@pytest.mark.parametrize(("text", "response"), [
    ("gisteren", "utter_dag_voorbij"), ("over 8 maanden", "utter_dag_te_ver"), ("zondag", "utter_dag_gesloten"),
])
async def test_a_day_that_cant_be_chosen_is_explained(visit: Visit, text: str, response: str) -> None:
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("stadhuis", locatie="stadhuis")
    assert await visit.say(text) == [response, "utter_ask_dag"]
    assert visit.slots["dag"] is None and visit.part("date")["min"]


async def test_a_holiday_is_named(visit: Visit) -> None:
    visit.services.settings = replace(visit.services.settings, appointment_horizon_days=370)
    today = datetime.now(AMSTERDAM).date()
    holiday = next(
        day for day in (today + timedelta(days=n) for n in range(365))
        if visit.services.gemeente(GEMEENTE).holiday(day) and day.weekday() < 5
    )
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("stadhuis", locatie="stadhuis")
    said = await visit.say(holiday.isoformat())
    assert said[0] == "utter_dag_feestdag"
    assert visit.values("utter_dag_feestdag")["feestdag"] == visit.services.gemeente(GEMEENTE).holiday(holiday)


async def test_a_question_of_another_kind_is_no_wish(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("stadhuis", locatie="stadhuis")
    assert "utter_openingstijden" in await visit.say("zijn jullie vrijdag ook open?", "openingstijden")


# Where.


async def test_the_nearest_location_is_found_by_postcode_and_the_postcode_is_not_kept(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    assert await visit.choose("Welke is dichtbij?") == ["utter_ask_locatie_postcode"]
    said = await visit.say("1238 AB")
    assert said[0] == "utter_dichtstbij" and visit.slots["locatie"] == "noord"
    assert visit.values("utter_dichtstbij")["custom"] == {"hide": [visit.seq], "forget": True}
    assert "1238" not in str(visit.slots)


async def test_a_neighbourhood_will_do(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    await visit.say("welke is het dichtst bij de Molenwijk?")
    assert visit.slots["locatie"] == "noord"


async def test_an_unknown_postcode_is_told_and_all_locations_are_offered(visit: Visit) -> None:
    await visit.say("paspoort bij mij in de buurt", "afspraak_maken")
    assert visit.said == ["utter_ask_locatie_postcode"]
    assert await visit.say("9876") == ["utter_postcode_onbekend", "utter_ask_locatie"]
    assert visit.slots["locatie"] is None and len([label for label in visit.labels if "," in label]) == 2


async def test_where_is_the_first_free_time(visit: Visit) -> None:
    await visit.say("paspoort", "afspraak_maken")
    assert await visit.say("waar is het eerst plek?") == ["utter_ask_locatie_eerst"]
    await visit.choose("Noord")
    assert visit.slots["locatie"] == "noord" and visit.slots["tijd"] and visit.asked == "naam"


# Booking.


async def test_a_booking_tells_all_and_offers_a_reminder(visit: Visit) -> None:
    await visit.filled(day=4)
    assert (await visit.say("ja", "affirm"))[:2] == ["utter_afspraak_gemaakt", "utter_afspraak_meenemen"]
    told = visit.values("utter_afspraak_gemaakt")
    assert told["afspraak_minuten"] == 20 and "pasfoto" in told["afspraak_meenemen"]
    card = visit.part("appointment")
    assert card["bring"] and card["minutes"] == 20 and told["afspraak_code"] not in str(card)
    assert "Herinner mij een dag van tevoren" in visit.labels
    assert told["afspraak_code"] not in str(visit.slots) and visit.slots["naam"] is None


async def test_a_time_that_was_just_taken_gets_the_nearest_and_the_rest_is_kept(visit: Visit) -> None:
    search = await visit.filled(at=2)
    start = visit.start
    free = await search.times("stadhuis", start.date())
    await book(visit.services, start)
    assert await visit.say("ja", "affirm") == ["utter_plek_bezet", "utter_ask_tijd"]
    near = visit.part("time")["slots"]
    assert f"{start:%H:%M}" not in near and {f"{free[1]:%H:%M}", f"{free[3]:%H:%M}"} <= set(near)
    assert visit.slots["naam"] == "Jan de Boer" and visit.slots["bevestigd"] is None
    await visit.say(near[0])
    assert visit.asked == "bevestigd"
    assert "utter_afspraak_gemaakt" in await visit.say("ja", "affirm")


async def test_a_day_that_became_full_gets_the_nearest_days(visit: Visit) -> None:
    search = await visit.filled(location="noord")
    day = visit.start.date()
    for number, start in enumerate(await search.times("noord", day)):
        await book(visit.services, start, "noord", key=f"other {number}")
    said = await visit.say("ja", "affirm")
    assert said[0] == "utter_plek_bezet" and said[-1] == "utter_ask_dag" and visit.asked == "dag"
    assert day.isoformat() not in [b["payload"] for b in visit.messages[-1]["buttons"]]


async def test_an_agenda_that_is_away_books_nothing_and_says_so(visit: Visit, agenda: Unsure) -> None:
    await visit.filled()
    agenda.fails = [("book", AppointmentsUnavailable, False)]
    assert await visit.say("ja", "affirm") == ["utter_afspraken_storing"]
    assert visit.slots["email"] is None and not visit.slots.get("afspraak_sleutel")


@pytest.mark.parametrize("method", ["products", "locations", "days", "times"])
async def test_an_agenda_that_is_away_at_the_start_is_said_once(visit: Visit, agenda: Unsure, method: str) -> None:
    agenda.fails = [(method, AppointmentsUnavailable, False)]
    said = await visit.say("zo snel mogelijk een paspoort", "afspraak_maken")
    assert said == ["utter_afspraken_storing"] and visit.form is None and not visit.slots["producten"]


@pytest.mark.parametrize("method", ["products", "locations"])
async def test_an_agenda_that_goes_away_half_way_is_said_once(visit: Visit, agenda: Unsure, method: str) -> None:
    await visit.say("paspoort", "afspraak_maken")
    agenda.fails = [(method, AppointmentsUnavailable, False)]
    said = await visit.say("ook een rijbewijs erbij")
    assert said == ["utter_afspraken_storing"] and visit.form is None and not visit.slots["producten"]


# It isn't known whether it was booked.


async def test_a_booking_of_which_nothing_is_known_is_found_again_and_never_made_twice(visit: Visit, agenda: Unsure) -> None:
    search = await visit.filled()
    start = visit.start
    agenda.fails = [("book", OutcomeUnknown, True)]
    assert await visit.say("ja", "affirm") == ["utter_onzeker_book"]
    assert "Jan de Boer" not in str(visit.slots) and "jan@example.nl" not in str(visit.slots)
    before = len(await search.times("stadhuis", start.date()))
    said = await visit.say("kijk opnieuw", "afspraak_nakijken")
    assert said[0] == "utter_afspraak_gemaakt" and visit.part("appointment")["start"] == start.isoformat()
    assert len(await search.times("stadhuis", start.date())) == before
    assert await visit.say("kijk opnieuw", "afspraak_nakijken") == ["utter_niets_na_te_kijken"]


async def test_while_nothing_is_known_no_second_appointment_is_made(visit: Visit, agenda: Unsure) -> None:
    search = await visit.filled()
    start = visit.start
    agenda.fails = [("book", OutcomeUnknown, True), ("book", AppointmentsUnavailable, False), ("book", OutcomeUnknown, False)]
    await visit.say("ja", "affirm")
    left = len(await search.times("stadhuis", start.date()))
    assert await visit.say("kijk opnieuw", "afspraak_nakijken") == ["utter_nog_onzeker_book"]
    assert await visit.say("ik wil een afspraak voor een rijbewijs", "afspraak_maken") == ["utter_nog_onzeker_book"]
    said = await visit.say("ik wil een afspraak voor een rijbewijs", "afspraak_maken")
    assert said[0] == "utter_afspraak_gemaakt" and visit.part("appointment")["product"] == "Paspoort aanvragen"
    assert len(await search.times("stadhuis", start.date())) == left


async def test_a_booking_that_turns_out_not_to_be_made_goes_on_with_other_times(visit: Visit, agenda: Unsure) -> None:
    await visit.filled()
    start = visit.start
    agenda.fails = [("book", OutcomeUnknown, False)]
    await visit.say("ja", "affirm")
    await book(visit.services, start)
    assert await visit.say("kijk opnieuw", "afspraak_nakijken") == ["utter_toch_niet_book", "utter_ask_tijd"]
    assert visit.slots["email"] == "jan@example.nl" and visit.slots["afspraak_sleutel"] is None


async def test_an_unknown_outcome_is_forgotten_in_time(visit: Visit, agenda: Unsure) -> None:
    await visit.filled()
    agenda.fails = [("book", OutcomeUnknown, True)]
    await visit.say("ja", "affirm")
    visit.services.settings = replace(visit.services.settings, case_memory_seconds=-1)
    await visit.say("afspraak maken", "afspraak_maken")
    assert visit.asked == "producten"


# Looking up, moving, cancelling.


async def test_a_cancelled_appointment_is_not_reminded_of(visit: Visit) -> None:
    visit.conv, _ = await visit.services.store.create(GEMEENTE, "website", "nl", 30, events.message("bot", "Hallo"))
    await booked(visit, day=5)
    made = await visit.services.appointments(GEMEENTE).get(*known_pair(visit))
    await visit.services.notices.remind(visit.conv, GEMEENTE, made)
    await visit.say("afspraak verzetten naar een week later", "afspraak_verzetten")
    await visit.say(visit.part("time")["slots"][0])
    [reminder] = await visit.services.notices.list_for(visit.conv)
    assert reminder.start == datetime.fromisoformat(visit.part("appointment")["start"])
    await visit.say("afspraak afzeggen", "afspraak_annuleren")
    await visit.say("ja", "affirm")
    assert await visit.services.notices.list_for(visit.conv) == []


def known_pair(visit: Visit) -> tuple[str, str]:
    _, reference, code = visit.services.calendar_links.open(visit.slots["afspraak"]["zegel"])
    return reference, code


async def booked(visit: Visit, day: int = 3) -> None:
    await visit.filled(day=day)
    await visit.say("ja", "affirm")
    assert visit.said[0] == "utter_afspraak_gemaakt"


@pytest.mark.parametrize("text", [
    "wanneer is mijn afspraak", "hoe laat moet ik komen?", "wat moet ik meenemen naar mijn afspraak",
    "wanneer was mijn afspraak ook weer",
    "waar is mijn afspraak ook al weer", "hoe laat was me afspraak",
])
async def test_a_known_appointment_is_told_at_once(visit: Visit, text: str) -> None:
    await booked(visit)
    start = visit.part("appointment")["start"]
    said = await visit.say(text, "afspraak_verzetten")
    assert said == ["utter_afspraak_bekeken", "utter_afspraak_meenemen"] and visit.part("appointment")["start"] == start
    assert {"Afspraak verzetten", "Afspraak afzeggen"} <= set(visit.labels)


async def test_another_appointment_is_looked_up_by_number_and_code(visit: Visit) -> None:
    first = (await finder(visit.services, PASSPORT).first(["stadhuis"], Wish()))[0]
    made = await book(visit.services, first.start)
    await visit.say("wanneer is mijn afspraak", "afspraak_verzetten")
    assert visit.asked == "afspraak_nummer"
    await visit.say(made.reference.lower())
    said = await visit.say(made.code)
    assert said[-2:] == ["utter_afspraak_bekeken", "utter_afspraak_meenemen"] and visit.form is None
    assert {"hide": [visit.seq]} in [m.get("custom") for m in visit.messages]


async def test_a_wrong_code_shows_nothing(visit: Visit) -> None:
    await visit.say("wanneer is mijn afspraak", "afspraak_verzetten")
    await visit.say("A7K-2FQ9")
    assert await visit.say("ABCDEF") == ["utter_afspraak_niet_gevonden"]


async def test_a_known_appointment_is_moved_without_number_and_code(visit: Visit) -> None:
    await booked(visit)
    old = datetime.fromisoformat(visit.part("appointment")["start"])
    said = await visit.say("kan mijn afspraak een week later", "afspraak_verzetten")
    assert said == ["utter_afspraak_gevonden", "utter_ask_tijd"]
    assert visit.slots["dag"] == (old.date() + timedelta(days=7)).isoformat()
    assert (await visit.say(visit.part("time")["slots"][0]))[0] == "utter_afspraak_verzet"
    assert visit.slots["afspraak_code"] is None


async def test_the_old_time_of_an_appointment_is_no_wish_for_the_new_one(visit: Visit) -> None:
    await booked(visit)
    await visit.say("mijn afspraak van vrijdag verzetten", "afspraak_verzetten")
    assert visit.asked == "dag" and not visit.slots["wens"]


async def test_an_appointment_is_known_for_a_limited_time(visit: Visit) -> None:
    await booked(visit)
    visit.services.settings = replace(visit.services.settings, case_memory_seconds=-1)
    await visit.say("afspraak verzetten", "afspraak_verzetten")
    assert visit.asked == "afspraak_nummer"


async def test_a_seal_of_another_municipality_opens_nothing(visit: Visit) -> None:
    await booked(visit)
    visit.slots["afspraak"]["zegel"] = visit.services.calendar_links.seal("weidedorp", "A7K-2FQ9", "ABCDEF")
    await visit.say("afspraak verzetten", "afspraak_verzetten")
    assert visit.asked == "afspraak_nummer"


async def test_a_known_appointment_is_cancelled_after_one_question(visit: Visit) -> None:
    await booked(visit)
    assert await visit.say("afspraak afzeggen", "afspraak_annuleren") == ["utter_ask_annuleren"]
    assert await visit.say("ja", "affirm") == ["utter_afspraak_geannuleerd"]
    assert visit.slots["afspraak"] is None
    await visit.say("wanneer is mijn afspraak", "afspraak_verzetten")
    assert visit.asked == "afspraak_nummer"


async def test_a_move_of_which_nothing_is_known_is_found_again(visit: Visit, agenda: Unsure) -> None:
    await booked(visit)
    await visit.say("afspraak verzetten naar een week later", "afspraak_verzetten")
    agenda.fails = [("move", OutcomeUnknown, True)]
    assert await visit.say(visit.part("time")["slots"][0]) == ["utter_onzeker_move"]
    assert (await visit.say("kijk opnieuw", "afspraak_nakijken"))[0] == "utter_afspraak_verzet"
    assert visit.part("appointment")["reference"]


async def test_a_time_taken_while_moving_keeps_the_old_appointment(visit: Visit, agenda: Unsure) -> None:
    await booked(visit)
    await visit.say("afspraak verzetten naar een week later", "afspraak_verzetten")
    agenda.fails = [("move", SlotTaken, False)]
    assert await visit.say(visit.part("time")["slots"][0]) == ["utter_plek_bezet", "utter_ask_tijd"]
    assert (await visit.say(visit.part("time")["slots"][-1]))[0] == "utter_afspraak_verzet"


async def test_a_cancellation_of_which_nothing_is_known_is_found_again(visit: Visit, agenda: Unsure) -> None:
    await booked(visit)
    await visit.say("afspraak afzeggen", "afspraak_annuleren")
    agenda.fails = [("cancel", OutcomeUnknown, True)]
    assert await visit.say("ja", "affirm") == ["utter_onzeker_cancel"]
    assert await visit.say("kijk opnieuw", "afspraak_nakijken") == ["utter_afspraak_geannuleerd"]


async def test_an_old_appointment_that_still_stands_is_told_and_can_be_cancelled(
    visit: Visit, agenda: Unsure, monkeypatch: pytest.MonkeyPatch
) -> None:
    await booked(visit)
    reference = visit.part("appointment")["reference"]
    await visit.say("afspraak verzetten naar een week later", "afspraak_verzetten")
    real = visit.services.appointments(GEMEENTE)._real  # type: ignore[attr-defined]
    move = real.move

    async def leaves(*args: object, **kwargs: object) -> object:
        return replace(await move(*args, **kwargs), reference="B3T-9WXM", leftover=reference)

    monkeypatch.setattr(real, "move", leaves)
    said = await visit.say(visit.part("time")["slots"][0])
    assert said[0] == "utter_afspraak_verzet_nummer" and said[-1] == "utter_afspraak_oud_staat_nog"
    assert visit.values("utter_afspraak_oud_staat_nog")["afspraak_oud"] == reference
    assert await visit.choose("Oude afspraak afzeggen") == ["utter_ask_annuleren"]
    assert visit.slots["afspraak_nummer"] == reference


@pytest.mark.parametrize("text", ["afspraak maken", "paspoort aanvragen", "weet ik niet", "12345"])
async def test_what_is_no_name_is_asked_again(visit: Visit, text: str) -> None:
    await visit.say("zo snel mogelijk een paspoort", "afspraak_maken")
    assert visit.asked == "naam"
    assert (await visit.say(text))[-1] == "utter_ask_naam" and visit.slots.get("naam") is None
