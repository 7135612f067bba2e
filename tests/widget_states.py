"""Every state of the chat, one after the other, in one walk: for whoever looks at each of them (axe, sizes, pictures)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from playwright.async_api import expect

from bot.conversation import events
from bot.conversation.events import Event
from bot.conversation.service import Notice, Off
from bot.wiring import Services
from tests.chat import Chat
from tests.handover_fixtures import CHAT, SANNE, YOUSSEF


def _says(text: str, *parts: Event, **more: object) -> list[Event]:
    return [events.message("bot", text, name="Balie", parts=list(parts), **more)]


def _options(*labels: str) -> Event:
    options = [{"label": label, "value": str(number)} for number, label in enumerate(labels, start=1)]
    return {"kind": "choices", "id": "q", "options": options}


OPTIONS = ' data-invite="1" data-topic="paspoort_aanvragen"'  # attributes of the script tag that bring all states
FIELDS = [
    {"name": "postcode", "label": "Postcode", "autocomplete": "postal-code", "hint": "Bijvoorbeeld 1234 AB", "maxlength": 7},
    {"name": "huisnummer", "label": "Huisnummer", "autocomplete": "off", "inputmode": "numeric", "pattern": r"\d+"},
    {"name": "email", "label": "E-mailadres", "type": "email", "autocomplete": "email", "required": False},
]
CASE = {
    "kind": "case", "identificatie": "ZAAK-2026-0000000101", "zaaktype": "Omgevingsvergunning", "status": "In behandeling",
    "step": 2, "steps": 4, "expected": "2027-01-20", "latest": "2027-02-03", "next_step": "Besluit nemen", "to_pay": True,
}
APPOINTMENT = {
    "kind": "appointment", "id": "a1", "start": "2026-12-03T09:40:00+01:00", "minutes": 20, "reference": "A-4711",
    "code": "K7QX2M", "product": {"name": "Paspoort aanvragen"}, "bring": ["uw oude paspoort of identiteitskaart", "een pasfoto"],
    "location": {"name": "Stadhuis", "address": "Stadhuisplein 1", "postcode": "1234 AB", "city": "Voorbeeld"},
    "ics": "/v1/afspraken/voorbeeld.ics",
}
LONG = (
    "U vraagt een paspoort aan bij de balie. Neem mee:\n- uw oude paspoort\n- een pasfoto van maximaal 6 maanden oud\n\n"
    "1. Maak een afspraak.\n2. Kom langs.\n3. Haal het na 5 werkdagen op.\n\nMeer leest u op https://www.voorbeeld.example/paspoort."
)
ANSWERS: dict[str, list[Event]] = {
    "kies": _says("Waarvoor wilt u een afspraak maken?", _options(
        "Paspoort aanvragen", "Rijbewijs aanvragen of verlengen", "Uittreksel uit de basisregistratie (BRP)", "Nee"),
        _payloads=["/a", "/b", "/c", "/d"]),
    "datum": _says("Op welke dag wilt u komen?", {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2030-12-31"}),
    "tijd": _says("Hoe laat wilt u komen?", {
        "kind": "time", "id": "t", "slots": ["09:00", "09:20", "09:40", "11:00", "13:20", "15:40", "16:00"]}),
    "formulier": _says("Wat is uw adres?", {"kind": "form", "id": "f", "fields": FIELDS, "submit": "Zoek mijn zaak"}),
    "vrij": _says("Wat weet u?", {"kind": "form", "id": "v", "fields": [{**field, "required": False} for field in FIELDS]}),
    "zaak": _says("Dit is uw zaak.", CASE),
    "afspraak": _says("Uw afspraak staat vast.", APPOINTMENT),
    "uitleg": _says(
        LONG, {"kind": "link", "label": "Paspoort aanvragen", "url": "https://www.voorbeeld.example/paspoort"},
        {"kind": "link", "label": "Tarieven", "url": "https://www.voorbeeld.example/tarieven"},
        meta={"source": "https://www.voorbeeld.example/paspoort"}),
}


class Walk:
    """`gone()` cuts the line for as long as it is entered; without it the states of a bad line are left out."""

    def __init__(self, chat: Chat, services: Services, gone: Callable[[], AbstractContextManager[None]] | None = None) -> None:
        self.chat, self.services, self.gone = chat, services, gone

    async def states(self, url: str) -> AsyncIterator[str]:
        """The name of each state, while it is there. The order is that of a long conversation, on a page with OPTIONS."""
        await self.chat.page.goto(url)
        await expect(self.chat.hook("launcher")).to_be_visible()
        yield "closed"
        await expect(self.chat.hook("invitation")).to_be_visible()
        yield "invitation"
        await self.chat.open()
        yield "opened"
        for part in (self._answers, self._person, self._rated, self._line, self._service, self._menu):
            async for name in part():
                yield name

    async def _answers(self) -> AsyncIterator[str]:
        chat = self.chat
        await chat.say("hallo")
        await chat.hears("echo: hallo")
        await self.services.store.signal(chat.conv, "typing:bot")
        await expect(chat.page.locator(".dots")).to_be_visible()
        yield "typing"
        for words, part in (
            ("uitleg", "source"), ("kies", "choices"), ("datum", "date"), ("tijd", "time"), ("formulier", "form"),
            ("zaak", "case"), ("afspraak", "appointment"),
        ):
            await chat.say(words)
            await expect(chat.hook(part).last).to_be_visible()
            yield part
            if part in {"date", "time", "form"}:
                await chat.hook(part).last.locator("[type=submit]").click()  # nothing filled in
                await expect(chat.hook(part).last.locator(".error").first).to_be_visible()
                yield f"{part}-wrong"

    async def _person(self) -> AsyncIterator[str]:
        chat, handover = self.chat, self.services.handover
        await chat.menu("person")
        await chat.page.get_by_role("button", name=CHAT).last.click()
        await expect(chat.hook("queue")).to_contain_text("Nummer 1 in de rij")
        yield "queue"
        kept = await self.services.store.get(chat.conv)
        await handover.claim(kept, SANNE)
        kept = await self.services.store.get(chat.conv)
        await handover.say(kept, SANNE, "Goedemiddag, ik lees even mee.", "1")
        await chat.hears("ik lees even mee", "agent")
        await self.services.store.signal(chat.conv, "typing:agent")
        await expect(chat.hook("announcer")).to_have_text("Sanne is aan het typen")
        yield "agent"
        await handover.to_agent(kept, SANNE, YOUSSEF, "")
        await expect(chat.hook("companion")).to_have_text("Youssef, medewerker")
        await handover.close(await self.services.store.get(chat.conv), YOUSSEF, "opgelost", "", "Wij bellen u dinsdag.")
        await chat.hears("U praat weer met mij")
        yield "returned"

    async def _tell(self, body: Event) -> None:
        await self.services.handover.tell(await self.services.store.get(self.chat.conv), body)

    async def _rated(self) -> AsyncIterator[str]:
        await self._tell({"type": "rating_request", "at": events.now()})
        await expect(self.chat.hook("rating")).to_be_visible()
        yield "rating"
        await self._tell(events.notice("case_status", "Er is nieuws over uw zaak ZAAK-2026-0000000101: het besluit is genomen."))
        await expect(self.chat.hook("notice")).to_be_visible()
        yield "notice"

    async def _line(self) -> AsyncIterator[str]:
        chat = self.chat
        if self.gone:
            with self.gone():
                await chat.say("Komt dit aan?")
                await expect(chat.hook("status")).to_contain_text("Geen verbinding")
                await expect(chat.messages("citizen").last).to_contain_text("Nog niet verstuurd")
                yield "offline"
            await expect(chat.hook("status")).to_contain_text("weer verbonden")
            yield "back"
        await chat.hook("input").fill("a" * 2001)
        await expect(chat.hook("counter")).to_contain_text("te lang")
        yield "too-long"
        await chat.hook("input").fill("")

    async def _service(self) -> AsyncIterator[str]:
        chat, book = self.chat, self.services.service_book
        notice = "Vandaag is de balie dicht door een storing. Bel bij spoed 14 0999."
        await book.put("voorbeeld", notice=Notice(notice, at=datetime.now(UTC)))
        await expect(chat.hook("bulletin")).to_contain_text("door een storing")
        yield "emergency"
        await book.put("voorbeeld", off=Off("De chat is uit tot 14.00 uur.", at=datetime.now(UTC)))
        await expect(chat.hook("off")).to_contain_text("De chat is uit tot 14.00 uur.")
        yield "off"
        await book.put("voorbeeld", off=None, notice=None)
        await expect(chat.hook("off")).to_be_empty()
        await chat.page.evaluate("sessionStorage.clear()")  # another visit
        await chat.page.reload()
        if await chat.hook("launcher").get_attribute("aria-expanded") == "false":
            await chat.open()
        await expect(chat.hook("about")).to_be_visible()  # the conversation is older than this page, which has a topic
        yield "about"

    async def _menu(self) -> AsyncIterator[str]:
        chat = self.chat
        await chat.hook("menu").click()
        yield "menu"
        await chat.hook("erase").click()
        await expect(chat.hook("confirm")).to_be_visible()
        yield "confirm"
        await chat.hook("confirm").get_by_role("button", name="Gesprek wissen").click()
        await expect(chat.hook("log")).to_contain_text("Uw gesprek is gewist")
        yield "erased"
