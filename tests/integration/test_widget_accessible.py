"""The chat for everybody: every state in every theme, enlarged, in forced colours."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests import looks, measures, widget_fixtures
from tests.chat import Chat
from tests.conftest import Edge
from tests.elsewhere import DESKTOP, PHONE, TABLET, guest, website
from tests.handover_fixtures import Counter
from tests.widget_states import OPTIONS, Walk
from tests.wire import Wire

browser = looks.browser
edge, brain, line = widget_fixtures.edge, widget_fixtures.brain, widget_fixtures.line
expect.set_options(timeout=20_000)
STATES = 28  # of a walk: fewer means that one was left out
NARROW = {"width": 320, "height": 568}
RULES = "{'target-size': {enabled: true}}"
ZOOMED = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %
TWICE = {"width": 640, "height": 400}  # 1280 x 800 at 200 %
COLOURS = ["color-contrast", "link-in-text-block"]  # what a theme can break; the rest of axe is the same for all


class Examination:
    """What is wrong, with the states where it is: one run tells everything."""

    def __init__(self, page: Page, rules: list[str] | None = None) -> None:
        self.page = page
        self.wrong: dict[str, list[str]] = {}
        self.seen: list[str] = []
        only = f"runOnly: {rules}, " if rules else ""
        self._axe = f"axe.run(document, {{{only}resultTypes: ['violations'], rules: {RULES}}})"

    async def look(self, state: str) -> None:
        self.seen.append(state)
        findings = [
            *await self.audit(), *await measures.faint(self.page), *await measures.small_targets(self.page),
            *await measures.outside(self.page),
        ]
        for finding in findings:
            self.wrong.setdefault(finding, []).append(state)

    async def audit(self) -> list[str]:
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(looks.AXE)
        return looks.told(await self.page.evaluate(self._axe))

    def report(self) -> str:
        return "\n".join(f"{finding}  [{', '.join(sorted(set(states)))}]" for finding, states in self.wrong.items())


THEMES: list[Any] = [
    pytest.param("plain", "light", PHONE, id="fall-back light phone"),
    pytest.param("plain", "dark", DESKTOP, id="fall-back dark desktop"),
    pytest.param("zeedijk", "light", TABLET, id="zeedijk light tablet"),
    pytest.param("bosrand", "light", TWICE, id="bosrand light 200 %"),
    pytest.param("bosrand", "dark", PHONE, id="bosrand dark phone"),
]


@pytest.mark.parametrize(("theme", "scheme", "size"), THEMES)
async def test_every_state_is_accessible_in_every_theme(
    browser: Browser, edge: Edge, brain: Counter, line: Wire, theme: str, scheme: str, size: dict[str, int]
) -> None:
    options = {"color_scheme": scheme, "viewport": size}
    async with website(line.url, theme=theme, options=OPTIONS) as site, guest(browser, offline=True, **options) as context:
        found = Examination(await context.new_page(), COLOURS if (theme, scheme) != ("plain", "light") else None)
        own = theme == "plain"  # what a bad line shows has no colours of a theme
        async for state in Walk(Chat(found.page), edge.services, line.gone if own else None).states(site.url):
            await found.look(state)
            if size == PHONE:
                await looks.picture(found.page, f"widget-{theme}-{len(found.seen):02}-{state}")
        assert not found.wrong, found.report()
        assert len(found.seen) == (STATES if own else STATES - 2)


async def test_a_theme_that_nobody_can_read_is_found_out(browser: Browser, edge: Edge, line: Wire) -> None:
    """The examination itself: what it says of good themes means something."""
    async with website(line.url, theme="faint") as site, guest(browser) as context:
        found = Examination(await context.new_page(), COLOURS)
        await Chat(found.page).begin(site.url)
        await found.look("opened")
        assert [line for line in found.wrong if line.startswith("words of button")]
        assert [line for line in found.wrong if line.startswith("edge of textarea")]
        assert [line for line in found.wrong if line.startswith("icon of button")]
        assert [line for line in found.wrong if line.startswith("color-contrast")]


@pytest.mark.parametrize(("name", "size", "font", "spaced", "media"), [
    ("400 %", ZOOMED, 16, False, {}), ("large letters", PHONE, 32, False, {}),
    ("forced colours", NARROW, 16, True, {"forced_colors": "active"}),
])
async def test_nothing_is_lost_when_it_is_enlarged(
    browser: Browser, edge: Edge, brain: Counter, line: Wire, name: str, size: dict[str, int], font: int, spaced: bool,
    media: dict[str, str],
) -> None:
    """1.4.4, 1.4.10, 1.4.12: in every state all is there and nothing scrolls sideways. Size and space are the reader's own."""
    async with website(line.url, options=OPTIONS) as site, guest(browser, viewport=size, **media) as context:
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("Page.setFontSizes", {"fontSizes": {"standard": font, "fixed": font}})
        wrong: dict[str, list[str]] = {}
        async for state in Walk(Chat(page), edge.services).states(site.url):
            if spaced:
                await measures.space(page)
            for finding in [*await measures.outside(page), *await measures.small_targets(page), *await measures.moving(page)]:
                wrong.setdefault(finding, []).append(state)
            if state in {"opened", "appointment", "queue", "confirm"}:
                await looks.picture(page, f"widget-{name.replace(' ', '-')}-{state}")
        assert not wrong, "\n".join(f"{finding}  {states}" for finding, states in wrong.items())
