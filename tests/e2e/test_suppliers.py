"""A citizen at a counter whose systems are slow, fail, lie, are empty or half-way down: by the widget and by Telegram."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page

from bot.gemeenten import AMSTERDAM
from bot.zaken.demo_data import today_in_amsterdam
from tests import jcc_town
from tests.e2e.conftest import PHONE, launched
from tests.e2e.suppliers import KEY, Backends, connected
from tests.e2e.widget import Widget
from tests.house import House
from tests.stubs import botapi
from tests.stubs.botapi_rules import Sent
from tests.stubs.faults import Fault

CASE, BORN = "ZAAK-2026-0000000101", "2 januari 1980"
OTHERS_CASE = "ZAAK-2026-0000000102"
OUTAGE = "Ik kan nu niet bij de zaken komen"


class Chat(Protocol):
    """One conversation with Balie, by whatever channel."""

    def say(self, text: str) -> None: ...

    def choose(self, label: str) -> None: ...

    def hears(self, words: str) -> None: ...

    def everything(self) -> str: ...


class TelegramChat:
    """A chat of somebody new with the bot."""

    def __init__(self, backends: Backends, number: int) -> None:
        self._api, self._backends, self._number = backends.telegram, backends, number
        self._heard = 0
        self.say("/start")
        self.hears("computer")

    def say(self, text: str) -> None:
        self._do(lambda: self._api.say(text, self._number))

    def choose(self, label: str) -> None:
        self._backends.run(lambda: self._api.until(lambda: self._offered(label)))
        message, button = self._offered(label)[0]
        self._do(lambda: self._api.press(message, button))

    def hears(self, words: str) -> None:
        """Wait for a message with `words` that was not heard before."""
        try:
            self._backends.run(lambda: self._api.until(lambda: any(words in m.text for m in self._mine()[self._heard :])))
        except TimeoutError as exc:
            raise AssertionError(f"no {words!r} in what came: {[m.text for m in self._mine()[self._heard - 1 :]]}") from exc
        self._heard = next(i for i, m in enumerate(self._mine()) if i >= self._heard and words in m.text) + 1

    def everything(self) -> str:
        return "\n".join(message.text for message in self._mine())

    def _offered(self, label: str) -> list[tuple[Sent, str]]:
        """Buttons with this label, the newest message first; they may stand in a message of their own."""
        return [(message, button) for message in reversed(self._mine()) for button in message.buttons if re.search(label, button)]

    def _mine(self) -> list[Sent]:
        return [message for message in self._api.sent if message.chat == self._number]

    def _do(self, call: Callable[[], object]) -> None:
        async def done() -> None:
            call()

        self._backends.run(done)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Backends]]:
    with connected(tmp_path_factory.mktemp("connected")) as made:
        yield made


@pytest.fixture(scope="module")
def browser(place: tuple[House, Backends]) -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def backends(place: tuple[House, Backends]) -> Iterator[Backends]:
    yield place[1]
    place[1].well()


@pytest.fixture(params=["widget", "telegram"])
def chat(request: pytest.FixtureRequest, place: tuple[House, Backends], new_page: Callable[..., Page]) -> Chat:
    house, backends = place
    if request.param == "widget":
        return Widget(new_page(PHONE), house.url)
    return TelegramChat(backends, 1000 + len(backends.telegram.chats))


def look_up(chat: Chat, number: str = CASE, factor: str = BORN) -> None:
    chat.say("hoe staat het met mijn zaak")
    chat.hears("zaaknummer")
    chat.say(number)
    chat.hears("geboortedatum")
    chat.say(factor)


def test_a_case_is_found_in_the_case_system(chat: Chat) -> None:
    look_up(chat)
    chat.hears("stap 2 van 4")
    chat.say("waarom duurt het zo lang?")
    chat.hears(CASE)


def test_a_case_system_that_is_slow_gets_an_honest_sentence_and_a_way_on(chat: Chat, backends: Backends) -> None:
    backends.zaken.faults = [Fault("slow", "/zaken/api")]
    look_up(chat)
    chat.hears(OUTAGE)  # while the system still holds on to the request
    backends.well()
    chat.choose("Opnieuw proberen")
    chat.hears("zaaknummer")


def test_a_case_system_that_fails_gives_no_invented_status(chat: Chat, backends: Backends) -> None:
    backends.zaken.faults = [Fault("status", "/zaken/api", code=500)]
    look_up(chat)
    chat.hears(OUTAGE)
    assert "stap" not in chat.everything()
    chat.choose("medewerker")
    chat.hears("Bellen: 14 0999")


def test_a_case_system_that_is_half_way_down_gives_no_half_answer(chat: Chat, backends: Backends) -> None:
    backends.zaken.faults = [Fault("status", "/statussen", code=503)]
    look_up(chat)
    chat.hears(OUTAGE)
    assert "stap" not in chat.everything()


@pytest.mark.parametrize("where", ["/zaken/api/v1/zaken", "/rollen"])
def test_a_case_system_that_lies_never_shows_the_case_of_another(chat: Chat, backends: Backends, where: str) -> None:
    backends.zaken.faults = [Fault("lying", where)]
    look_up(chat)
    chat.hears("vind ik geen zaak")
    assert "stap" not in chat.everything() and OTHERS_CASE not in chat.everything()


def test_an_empty_case_system_finds_nothing_and_says_so(chat: Chat, backends: Backends) -> None:
    backends.zaken.faults = [Fault("empty", "/zaken/api")]
    look_up(chat)
    chat.hears("vind ik geen zaak")


def begin(chat: Chat, what: str = "een paspoort") -> None:
    chat.say(f"ik wil een afspraak maken voor {what}")
    chat.hears("dag")
    chat.choose(r"^\w\w \d+ \w+")
    chat.hears("Hoe laat")


def last_look(chat: Chat, clock: str) -> None:
    who(chat, clock)
    chat.hears("Klopt dit")


def who(chat: Chat, clock: str) -> None:
    """A time, a name and an e-mail address."""
    chat.say(clock)
    chat.hears("naam")
    chat.say("Jan de Boer")
    chat.hears("e-mail")
    chat.say("jan@example.nl")


def clock(chat: Chat, hour: int) -> str:
    """A time that the other channel leaves free."""
    return f"{hour}:00" if isinstance(chat, TelegramChat) else f"{hour}:40"


def test_an_appointment_at_the_supplier(chat: Chat, backends: Backends) -> None:
    before = len(backends.agenda.booked)
    begin(chat)
    last_look(chat, clock(chat, 13))
    chat.choose("Ja")
    chat.hears("Uw afspraak staat")
    assert len(backends.agenda.booked) == before + 1


def test_a_moment_that_was_taken_in_between_is_said_and_others_are_offered(chat: Chat, backends: Backends) -> None:
    begin(chat)
    last_look(chat, "10:00")
    backends.agenda.booked |= taken_at(10)
    chat.choose("Ja")
    chat.hears("Welke tijd")
    assert "Iemand was u net voor" in chat.everything()
    chat.say("10:20")
    chat.hears("Klopt dit")
    assert "Jan de Boer" in chat.everything()
    for name in taken_at(10):
        del backends.agenda.booked[name]


def taken_at(hour: int) -> dict[str, dict[str, object]]:
    """Appointments of others at this hour, on each of the coming days."""
    today, branch = today_in_amsterdam(), {"publicId": "b-stadhuis"}
    days = [datetime.combine(today + timedelta(days=n), time(hour), AMSTERDAM) for n in range(14)]
    return {
        f"other-{n}": {"branch": branch, "start": start.isoformat(), "end": (start + timedelta(minutes=20)).isoformat()}
        for n, start in enumerate(days)
    }


def test_after_a_lost_answer_nobody_is_booked_twice(chat: Chat, backends: Backends) -> None:
    begin(chat)
    last_look(chat, clock(chat, 14))
    backends.agenda.faults = [Fault("dies", "POST")]
    asked = backends.agenda.bookings
    chat.choose("Ja")
    chat.hears("weet niet zeker")
    backends.well()
    chat.choose("[Kk]ijk")
    chat.hears("nog steeds niet")
    assert backends.agenda.bookings == asked + 1


def test_an_agenda_that_fails_books_nothing_and_says_so(chat: Chat, backends: Backends) -> None:
    begin(chat)
    last_look(chat, clock(chat, 15))
    booked = len(backends.agenda.booked)
    backends.agenda.faults = [Fault("status", "POST", code=500, problem="refused")]
    chat.choose("Ja")
    chat.hears("kan nu niet bij de agenda")
    assert len(backends.agenda.booked) == booked


AWAY = [Fault("status", code=503), Fault("slow"), Fault("empty")]


@pytest.mark.parametrize("fault", AWAY, ids=lambda fault: fault.kind)
def test_an_agenda_that_is_away_says_so_before_anything_is_asked(chat: Chat, backends: Backends, fault: Fault) -> None:
    backends.agenda.faults = [fault]
    chat.say("ik wil een afspraak maken voor een paspoort")
    chat.hears("geen afspraak met mij maken" if fault.kind == "empty" else "kan nu niet bij de agenda")


# The other municipality, at JCC, which wants to know how to reach who declares a birth.


@pytest.fixture
def bot_of_town(place: tuple[House, Backends]) -> Iterator[None]:
    """The Telegram bot is for the other municipality."""
    house, backends = place
    for gemeente in (jcc_town.KEY, KEY):
        house.end("edge")  # not killed: the next edge would wait for its lock on Telegram
        house.start_edge(**{"BALIE_TELEGRAM_TOKEN": "", f"BALIE_TELEGRAM_TOKEN__{gemeente.upper()}": botapi.TOKEN})
        backends.run(lambda: house.until("/ready"))  # on their event loop: Playwright runs one here
        if gemeente == jcc_town.KEY:
            yield


def booked_at_jcc(chat: Chat, backends: Backends) -> None:
    """The last look tells the number, and JCC gets it with the booking."""
    chat.hears("jan@example.nl, 06 12 34 56 78")
    before = len(backends.jcc.appointments)
    chat.choose("Ja")
    chat.hears("Uw afspraak staat")
    assert len(backends.jcc.appointments) == before + 1
    made = list(backends.jcc.appointments.values())[-1]
    assert [one["activityId"] for one in made["activityList"]] == [jcc_town.BIRTH]
    assert made["customerList"][0]["mobilePhoneNumber"] == "+31612345678"


def test_a_birth_at_jcc_with_a_telephone_number_in_the_field_of_the_widget(
    place: tuple[House, Backends], new_page: Callable[..., Page]
) -> None:
    house, backends = place
    page = new_page(PHONE)
    chat = Widget(page, f"{house.url}/gemeente/{jcc_town.KEY}")
    begin(chat, "een geboorteaangifte")
    who(chat, "10:00")
    chat.hears("telefoonnummer nodig")
    field = page.get_by_label("Telefoonnummer")
    assert (field.get_attribute("type"), field.get_attribute("autocomplete")) == ("tel", "tel")
    field.fill("06 12345678")
    field.press("Enter")
    booked_at_jcc(chat, backends)


@pytest.mark.usefixtures("bot_of_town")
def test_a_birth_at_jcc_with_a_telephone_number_typed_in_telegram(backends: Backends) -> None:
    chat = TelegramChat(backends, 1000 + len(backends.telegram.chats))
    begin(chat, "een geboorteaangifte")
    who(chat, "11:00")
    chat.hears("telefoonnummer nodig")
    chat.say("geen idee")
    chat.hears("herken ik niet als een telefoonnummer")
    chat.say("0612345678")
    booked_at_jcc(chat, backends)


def test_a_passport_at_jcc_takes_no_telephone_number(place: tuple[House, Backends], new_page: Callable[..., Page]) -> None:
    house, backends = place
    chat = Widget(new_page(PHONE), f"{house.url}/gemeente/{jcc_town.KEY}")
    begin(chat)
    last_look(chat, "13:00")
    chat.choose("Ja")
    chat.hears("Uw afspraak staat")
    assert "telefoonnummer" not in chat.everything()
    assert not [name for name in list(backends.jcc.appointments.values())[-1]["customerList"][0] if "hone" in name]
