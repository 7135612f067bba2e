"""The chat on a bad line, in a browser on a page of another origin: nothing lost, nothing twice, and it says what goes on."""

import asyncio
import contextlib
import random
from collections import Counter as Tally
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Route, expect

from bot.conversation import events
from tests import looks
from tests.chat import Chat, spoken
from tests.conftest import Citizen, Edge, EdgeFactory
from tests.desk_fixtures import until
from tests.elsewhere import DESKTOP, PHONE, TABLET, guest, website
from tests.handover_fixtures import CHAT, SANNE, Counter, counter
from tests.house import House, check
from tests.wire import Wire, wire

browser = looks.browser
CUTS = 50
SEED = 20261128
LONG = {10, 35}  # cuts that last until the chat says so
OFFLINE, BACK, NOT_YET = "Geen verbinding", "U bent weer verbonden.", "Nog niet verstuurd"
expect.set_options(timeout=40_000)  # a pause between two tries is 30 seconds at most


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> Edge:
    return await make_edge(lift_rates=True, desk_undo_seconds=0.0)


@pytest.fixture
async def brain(edge: Edge) -> AsyncIterator[Counter]:
    async with counter(edge.services) as made:
        yield made


@dataclass
class Line:
    """A citizen's browser, and the line between it and the edge."""

    context: BrowserContext
    wire: Wire
    edge: Edge
    url: str

    async def chat(self) -> Chat:
        chat = Chat(await self.context.new_page())
        await chat.begin(self.url)
        return chat

    async def log(self, chat: Chat) -> list[dict[str, Any]]:
        return [{"seq": seq, **body} for seq, body in await self.edge.services.store.read(chat.conv, 0)]

    async def settled(self, chat: Chat, words: list[str]) -> None:
        """Until the screen shows what the log has, and everything the citizen wrote was acknowledged and answered."""
        await until(lambda: self._same(chat, words), seconds=45, pace=0.1)

    async def _same(self, chat: Chat, words: list[str]) -> bool:
        log, shown = await self.log(chat), await chat.shown()
        own = [state for sender, _, state in shown if sender == "citizen"]
        kept = [sender for sender, _ in spoken(log)].count("citizen")
        done = sum(event["type"] == "turn_done" for event in log)
        return bool(
            min(len(own), kept) >= len(words) and len(shown) >= len(spoken(log)) and done >= _turns(log)
            and all(state in {"sent", "read", ""} for state in own)
        )

    async def nothing_lost(self, chat: Chat, words: list[str]) -> dict[str, int]:
        """What was written, the log and the screen compared; counts of what went wrong, which are all 0."""
        await self.settled(chat, words)
        log = await self.log(chat)
        shown = [(sender, said) for sender, said, _ in await chat.shown()]
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        kept = [event["text"] for event in log if event["type"] == "message" and event["from"]["role"] == "citizen"]
        found = {"lost": 0, "doubled": 0}
        for wanted, there in ((words, kept), (spoken(log)[1:], shown[1:])):  # the first message has paragraphs on the screen
            missing = Tally(wanted) - Tally(there)
            extra = Tally(there) - Tally(wanted)
            found["lost"] += missing.total()
            found["doubled"] += extra.total()
        assert not any(found.values()), found
        assert kept == words, "out of order in the log"
        assert shown[1:] == spoken(log)[1:], "out of order on the screen"
        return found


def _turns(log: list[dict[str, Any]]) -> int:
    """Messages that the brain has to answer: those of the time before an agent took over."""
    claimed = next((event["seq"] for event in log if event["type"] == "handover" and event["state"] == "assigned"), len(log) + 1)
    return sum(
        event["type"] == "message" and event["from"]["role"] == "citizen" and event["seq"] < claimed for event in log
    )


@contextlib.asynccontextmanager
async def line_to(browser: Browser, edge: Edge, *, buffers: bool = False, **options: Any) -> AsyncIterator[Line]:
    port = int(edge.url.rsplit(":", 1)[1])
    async with (
        wire(port, buffers=buffers) as made, website(made.url) as site, guest(browser, offline=True, **options) as context,
    ):
        yield Line(context, made, edge, site.url)


@dataclass
class Fate:
    """Cuts of five kinds at moments that nobody chose; the seed makes them the same each time."""

    line: Line
    devtools: CDPSession
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    kinds: Tally[str] = field(default_factory=Tally)

    async def network(self, *, offline: bool) -> None:
        """As aeroplane mode; back again on a slow mobile line."""
        conditions = {"offline": offline, "latency": 0 if offline else 40, "downloadThroughput": -1, "uploadThroughput": -1}
        await self.devtools.send("Network.emulateNetworkConditions", conditions)

    @contextlib.asynccontextmanager
    async def aeroplane(self) -> AsyncIterator[None]:
        await self.network(offline=True)
        try:
            yield
        finally:
            await self.network(offline=False)

    @contextlib.asynccontextmanager
    async def cut(self, kind: str = "") -> AsyncIterator[None]:
        kind = kind or self.dice.choice(["aeroplane", "gone", "stalled", "deaf", "drop"])
        self.kinds[kind] += 1
        if kind == "drop":
            self.line.wire.drop()
            yield
        elif kind == "aeroplane":
            async with self.aeroplane():
                yield
        else:
            with getattr(self.line.wire, kind)():
                yield

    async def moment(self, most: float) -> None:
        await asyncio.sleep(self.dice.uniform(0, most))


async def test_a_line_that_is_cut_fifty_times_loses_and_doubles_nothing(
    browser: Browser, edge: Edge, brain: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    async with line_to(browser, edge, viewport=PHONE) as line:
        chat = await line.chat()
        fate = Fate(line, await line.context.new_cdp_session(chat.page))
        await fate.devtools.send("Network.enable")
        words: list[str] = []
        answers = 0

        async def say() -> None:
            words.append(f"bericht {len(words) + 1}")
            await chat.say(words[-1])

        for number in range(1, CUTS + 1):
            long = number in LONG
            await say()
            await fate.moment(0.3)
            async with fate.cut("gone" if long else ""):
                if long or fate.dice.random() < 0.5:
                    await say()
                if long:
                    await expect(chat.hook("status")).to_contain_text(OFFLINE)
                    await expect(chat.message(words[-1])).to_contain_text(NOT_YET)
                await fate.moment(0.5)
            if long:
                await expect(chat.hook("status")).to_have_text(BACK)
            if number == CUTS // 2:
                await _to_agent(line, chat, words)
            if number > CUTS // 2:
                answers += 1
                conversation = await edge.services.store.get(chat.conv)
                await edge.services.handover.say(conversation, SANNE, f"antwoord {answers}", f"{answers}")
        found = await line.nothing_lost(chat, words)
        assert await chat.messages("agent").count() == answers
    with capsys.disabled():
        print(f"\n{CUTS} cuts {dict(fate.kinds)}, seed {SEED}: {len(words)} messages of the citizen and {answers} of an agent, "
              f"{found['lost']} lost, {found['doubled']} doubled, order kept")


async def _to_agent(line: Line, chat: Chat, words: list[str]) -> None:
    """The brain has answered everything; from here on an agent does."""
    await line.nothing_lost(chat, words)
    words.append(CHAT)
    await chat.say(CHAT)
    await expect(chat.hook("queue")).to_contain_text("Nummer")
    await line.edge.services.handover.claim(await line.edge.services.store.get(chat.conv), SANNE)
    await expect(chat.hook("companion")).to_have_text("Sanne, medewerker")


async def test_a_line_that_holds_streams_back_is_noticed_by_the_chat_itself(browser: Browser, edge: Edge, brain: Counter) -> None:
    async with line_to(browser, edge, buffers=True, viewport=TABLET) as line:
        chat = await line.chat()
        asked: list[str] = []
        chat.page.on("request", lambda request: asked.append(request.url))
        words = [f"vraag {number}" for number in range(3)]
        for said in words:
            await chat.say(said)
        await line.nothing_lost(chat, words)
        assert line.wire.held and any("wait=" in url for url in asked), "it didn't fall back to polling"
        await expect(chat.hook("status")).to_be_empty()  # it works, so there is nothing to say


async def test_two_tabs_and_a_reload_in_the_middle_of_sending(browser: Browser, edge: Edge, brain: Counter) -> None:
    async with line_to(browser, edge, viewport=DESKTOP) as line:
        one, other = await line.chat(), await line.chat()
        words = ["in de ene", "in de andere", "weer in de ene"]
        for chat, said in zip((one, other, one), words, strict=True):
            await chat.say(said)
            await expect(chat.message(said)).to_have_attribute("data-state", "sent")
        other.conv = one.conv
        for chat in (one, other):
            await line.nothing_lost(chat, words)
        await one.page.close()  # the tab that held the connection, perhaps: the other one goes on
        words.append("alleen over")
        await other.say(words[-1])
        await line.nothing_lost(other, words)

        with line.wire.deaf():  # the server has these, and the page doesn't know
            for said in ("kwijt antwoord 1", "kwijt antwoord 2"):
                words.append(said)
                await other.say(said)
            await until(lambda: _kept(line, other, "kwijt antwoord 1"))
            reloading = asyncio.create_task(other.page.reload())
        await reloading
        await expect(other.hook("input")).to_be_visible()  # the panel's modules have come: without a line they can't
        with line.wire.gone():  # and these never left
            words.append("nog niet weg")
            if await other.hook("launcher").get_attribute("aria-expanded") == "false":
                await other.hook("launcher").click()
            await other.say(words[-1])
            await expect(other.message(words[-1])).to_be_visible()
        await line.nothing_lost(other, words)
        assert await other.page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':out:')).length") == 0


# What the log says from now on, at each change of it.
WATCH = """(log) => {
  globalThis.said = [];
  new MutationObserver(() => globalThis.said.push(log.textContent)).observe(log, { childList: true, subtree: true });
}"""


async def test_what_was_on_its_way_when_the_chat_was_erased_does_not_come_back(
    browser: Browser, edge: Edge, brain: Counter
) -> None:
    async with line_to(browser, edge, viewport=DESKTOP) as line:
        chat = await line.chat()
        held: list[Route] = []

        async def hold(route: Route) -> None:
            held.append(route)

        async def under_way() -> bool:
            return bool(held)

        await chat.page.route("**/messages", hold)
        await chat.say("Dit moet weg")
        await until(under_way)
        await chat.menu("erase")
        await chat.hook("confirm").get_by_role("button", name="Gesprek wissen").click()
        await expect(chat.hook("log")).to_contain_text("Uw gesprek is gewist")
        await chat.hook("log").evaluate(WATCH)
        await held[0].abort()
        await chat.page.unroute("**/messages")
        # A page that asks something now gets a new conversation, and an answer.
        await chat.page.evaluate("document.querySelector('balie-chat').open({ question: 'Wat kost een paspoort?' })")
        await chat.hears("echo: Wat kost een paspoort?")
        await expect(chat.hook("log")).not_to_contain_text("Uw gesprek is gewist")
        said = await chat.page.evaluate("globalThis.said")
        assert said and not any("Dit moet weg" in words for words in said)


async def _kept(line: Line, chat: Chat, words: str) -> bool:
    return any(event.get("text") == words for event in await line.log(chat))


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_wrong_clock_and_a_sleep_of_half_an_hour(browser: Browser, edge: Edge, brain: Counter, hours: int) -> None:
    async with line_to(browser, edge, viewport=PHONE) as line:
        page = await line.context.new_page()
        await page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
        chat = Chat(page)
        await chat.begin(line.url)
        words = ["voor het slapen"]
        await chat.say(words[0])
        await line.nothing_lost(chat, words)
        with line.wire.gone():  # a lid that is closed, and a network that forgets the connection
            await edge.services.handover.tell(
                await edge.services.store.get(chat.conv), events.message("bot", "Terwijl u sliep", name="Balie")
            )
            await page.clock.fast_forward("30:00")
        words.append("na het slapen")
        await chat.say(words[-1])
        await line.nothing_lost(chat, words)
        await expect(chat.hook("log")).to_contain_text("Terwijl u sliep")
        await expect(chat.hook("log")).to_contain_text("Vandaag")


async def test_a_browser_that_keeps_nothing(browser: Browser, edge: Edge, brain: Counter) -> None:
    async with line_to(browser, edge, viewport=PHONE) as line:
        await line.context.add_init_script(REFUSED)
        chat = await line.chat()
        words = ["hallo", "nog iets"]
        await chat.say(words[0])
        with line.wire.gone():
            await chat.say(words[1])
        await line.nothing_lost(chat, words)
        await chat.page.reload()
        await chat.open()  # a new conversation: nothing was kept
        await expect(chat.messages("citizen")).to_have_count(0)


REFUSED = """for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {
  get() { throw new DOMException('refused', 'SecurityError') } })"""


async def test_an_edge_that_is_killed_and_started_again(browser: Browser, tmp_path: Path) -> None:
    house = House(tmp_path, BALIE_LIFT_RATES="true")
    house.redis.start()
    try:
        house.start_edge()
        house.start_echo("echo")
        await house.until("/ready")
        async with website(house.url) as site, guest(browser, offline=True) as context:
            chat = Chat(await context.new_page())
            await chat.begin(site.url)
            words = ["voor de klap"]
            await chat.say(words[0])
            await chat.hears("echo: voor de klap")
            house.kill("edge")
            for said in ("tijdens 1", "tijdens 2"):
                words.append(said)
                await chat.say(said)
            await expect(chat.hook("status")).to_contain_text(OFFLINE)
            await expect(chat.message("tijdens 1")).to_contain_text(NOT_YET)
            house.start_edge()
            await chat.hears("echo: tijdens 2")
            await expect(chat.hook("status")).to_have_text(BACK)
            shown = [(sender, said) for sender, said, _ in await chat.shown()][1:]
            assert sorted(said for sender, said in shown if sender == "bot") == sorted(f"echo: {said}" for said in words)
            async with house.door() as door:
                kept = await context.pages[0].evaluate("JSON.parse(localStorage['balie:voorbeeld:conversation'])")
                log = await Citizen(door, kept["conv"], kept["token"]).history()
            check(log, words)
            assert shown == spoken(log)[1:]
    finally:
        house.stop()
