"""The chat as assistive programs find it: the accessibility tree of its parts, and what live regions say, in order and once."""

import re

from playwright.async_api import Browser, Page, expect

from tests import looks, widget_fixtures
from tests.chat import Chat
from tests.conftest import Edge
from tests.elsewhere import guest, website
from tests.handover_fixtures import SANNE, Counter
from tests.widget_states import ANSWERS
from tests.wire import Wire

browser = looks.browser
edge, brain, line = widget_fixtures.edge, widget_fixtures.brain, widget_fixtures.line
expect.set_options(timeout=20_000)


# What a screen reader that reads politely would say: what comes into a live region, in words, once.
LISTEN = """() => {
  window.heard = [];
  const words = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.hidden || node.getAttribute('aria-hidden') === 'true' || node.getAttribute('aria-live') === 'off') return '';
    return [...node.childNodes].map(words).join(' ');
  };
  const silent = (node) => {
    for (let at = node; at; at = at.parentElement) {
      if (at.getAttribute('aria-hidden') === 'true' || at.hidden) return true;
      const live = at.getAttribute('aria-live');
      if (live) return live === 'off';
      if (['status', 'alert', 'log'].includes(at.getAttribute('role'))) return false;
    }
    return true;
  };
  const hear = (records) => records.forEach(({target, addedNodes, type}) => {
    const region = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
    if (!region || silent(region)) return;
    const said = type === 'characterData' ? words(target) : [...addedNodes].map((node) =>
      (node.nodeType === Node.ELEMENT_NODE && silent(node) ? '' : words(node))).join('');
    if (said.trim()) heard.push(said.trim().replace(/\\s+/g, ' '));
  });
  const panel = document.querySelector('balie-chat').shadowRoot.querySelector('balie-panel').shadowRoot;
  new MutationObserver(hear).observe(panel, {subtree: true, childList: true, characterData: true});
}"""


async def _heard(page: Page) -> list[str]:
    """What was said since the last time."""
    return list(await page.evaluate("heard.splice(0)"))


async def test_what_a_screen_reader_finds_and_hears(browser: Browser, edge: Edge, brain: Counter, line: Wire) -> None:
    async with website(line.url) as site, guest(browser, offline=True) as context:
        page = await context.new_page()
        chat = Chat(page)
        await page.goto(site.url)
        await expect(chat.hook("launcher")).to_have_attribute("aria-expanded", "false")
        await chat.open()
        await expect(chat.hook("panel")).to_match_aria_snapshot(OPENED)
        await expect(chat.hook("log")).to_have_attribute("aria-live", "polite")
        await page.evaluate(LISTEN)

        await chat.say("hallo")  # one's own words and the answer, once; not that it is being sent, nor when
        await chat.hears("echo: hallo")
        assert await _heard(page) == ["U hallo", "Balie, virtuele assistent echo: hallo"]
        await edge.services.store.signal(chat.conv, "typing:bot")
        await expect(page.locator(".dots")).to_be_visible()
        assert await _heard(page) == ["Virtuele assistent is aan het typen"]
        for words, part in (("kies", "choices"), ("datum", "date"), ("tijd", "time"), ("formulier", "form"), ("zaak", "case"),
                            ("afspraak", "appointment")):
            await chat.say(words)
            await expect(chat.hook(part).last).to_be_visible()
            await expect(chat.hook("log")).to_match_aria_snapshot(TREES[part])
            said = [line for line in await _heard(page) if line != "Virtuele assistent is aan het typen"]
            assert said[0] == f"U {words}" and said[1].startswith("Balie, virtuele assistent " + ANSWERS[words][0]["text"])
            assert len(said) == 2, said
        await chat.hook("form").locator("[type=submit]").click()
        await expect(chat.page.get_by_label("Postcode")).to_have_accessible_description(
            re.compile("Bijvoorbeeld 1234 AB Vul dit in: postcode."))
        await expect(chat.page.get_by_label("Postcode")).to_have_attribute("aria-invalid", "true")

        await chat.menu("person")
        await page.get_by_role("button", name="Chat met een medewerker").click()
        place = page.locator("[data-testid=balie-queue] + [role=status]")
        await expect(place).to_contain_text("Nummer 1 in de rij. Team Burgerzaken.")
        kept = await edge.services.store.get(chat.conv)
        await edge.services.handover.claim(kept, SANNE)
        await edge.services.handover.say(await edge.services.store.get(chat.conv), SANNE, "Goedemiddag", "1")
        await chat.hears("Goedemiddag", "agent")
        assert (await _heard(page))[-2:] == ["Sanne, medewerker van de gemeente, helpt u nu.", "Sanne, medewerker Goedemiddag"]

        with line.gone():  # failures are said at once, by an alert; the connection when there is time
            await chat.say("Komt dit aan?")
            await expect(chat.hook("alert")).to_contain_text("Nog niet verstuurd")
            await expect(chat.hook("status")).to_contain_text("Geen verbinding")
        await expect(chat.hook("status")).to_have_text("U bent weer verbonden.")

        await page.reload()  # what was said before is there, and is not said again
        await page.evaluate(LISTEN_LATER)
        await chat.open()
        await chat.hears("Goedemiddag", "agent")
        assert [line for line in await _heard(page) if "Goedemiddag" in line or "echo" in line] == []
        await expect(chat.hook("log")).to_have_attribute("aria-live", "polite")
        await expect(chat.messages("bot").first).to_have_attribute("lang", "nl")


OPENED = """
- dialog "Digitale balie":
  - heading "Digitale balie" [level=2]
  - paragraph: Balie, virtuele assistent
  - button "Menu"
  - button "Chat sluiten"
  - log "Gesprek":
    - paragraph: /Ik ben een computer, geen mens/
    - group "Mogelijke antwoorden":
      - button "Paspoort aanvragen"
      - button "Een medewerker spreken"
  - textbox "Uw vraag of bericht"
  - button "Versturen"
"""
TREES = {
    "choices": """
- log "Gesprek":
  - paragraph: Waarvoor wilt u een afspraak maken?
  - group "Mogelijke antwoorden":
    - button "Paspoort aanvragen"
    - button "Rijbewijs aanvragen of verlengen"
""",
    "date": """
- log "Gesprek":
  - paragraph: Op welke dag wilt u komen?
  - textbox "Kies een datum"
  - button "Deze datum kiezen"
""",
    "time": """
- log "Gesprek":
  - paragraph: Hoe laat wilt u komen?
  - group "Kies een tijd":
    - radio "09:00"
    - radio "09:20"
  - button "Deze tijd kiezen"
""",
    "form": """
- log "Gesprek":
  - paragraph: Wat is uw adres?
  - textbox "Postcode"
  - textbox "Huisnummer"
  - textbox "E-mailadres (niet verplicht)"
  - button "Zoek mijn zaak"
""",
    "case": """
- log "Gesprek":
  - group "Omgevingsvergunning":
    - paragraph: In behandeling
    - paragraph: stap 2 van 4
    - term: Zaaknummer
    - definition: ZAAK-2026-0000000101
""",
    "appointment": """
- log "Gesprek":
  - group "Uw afspraak":
    - term: Wanneer
    - definition: donderdag 3 december 2026 om 09:40 uur
    - term: Waar
    - definition: Stadhuis, Stadhuisplein 1, 1234 AB Voorbeeld
    - paragraph:
      - link "Zet in uw agenda"
""",
}
# As LISTEN, from the moment that the chat is there.
LISTEN_LATER = f"""() => {{
  const wait = () => document.querySelector('balie-chat').shadowRoot.querySelector('balie-panel')?.shadowRoot
    ? ({LISTEN})() : requestAnimationFrame(wait);
  window.heard = [];
  wait();
}}"""
