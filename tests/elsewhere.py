"""The website of a municipality, elsewhere: another origin than the chat's, and as strict as a careful webmaster makes it.

The page loads one script of the chat and the municipality's own tokens; nothing else is allowed. `guest` opens such a page in a
browser: whatever the browser refuses or complains about fails the test.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

THEMES = Path(__file__).parent / "themes"
PHONE, TABLET, DESKTOP = {"width": 360, "height": 740}, {"width": 820, "height": 1180}, {"width": 1280, "height": 800}
POLICY = (
    "default-src 'none'; script-src {chat}; connect-src {chat}; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Paspoort - {name}</title><link rel="stylesheet" href="/{theme}.css"></head>
<body><header><p>{name}</p></header>
<main><h1>Paspoort aanvragen</h1><p>Een paspoort vraagt u aan bij de gemeente. <a href="#kosten">Wat kost het?</a></p>
<h2 id="kosten">Kosten</h2><p>De kosten staan in de tarieventabel.</p></main>
<script type="module" src="{chat}/widget/balie.js" data-gemeente="voorbeeld"{options}></script></body></html>
"""
PLAIN = "body { max-width: 44rem; margin: 0; padding: 1rem; font: 1rem/1.6 sans-serif; overflow-wrap: anywhere }\n"
# What a page may not do is reported to the page itself; what is refused inside the chat comes out of its shadow root.
REPORT = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`Security Policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`), true)"""
NETWORK = "Failed to load resource"  # what the console says of a request that got no good answer


@dataclass
class Website:
    """A municipality's website with the chat of `chat` on it. `theme`: a file of tests/themes, or "plain" for no tokens."""

    chat: str
    url: str = ""
    theme: str = "plain"
    options: str = ""  # more attributes of the script tag
    name: str = "Gemeente Elders"

    async def page(self, _request: web.Request) -> web.Response:
        words = PAGE.format(name=self.name, theme=self.theme, chat=self.chat, options=self.options)
        return web.Response(
            text=words, content_type="text/html", headers={"Content-Security-Policy": POLICY.format(chat=self.chat)}
        )

    async def tokens(self, request: web.Request) -> web.Response:
        path = THEMES / f"{request.match_info['theme']}.css"
        return web.Response(text=PLAIN + (path.read_text() if path.exists() else ""), content_type="text/css")


@contextlib.asynccontextmanager
async def website(chat: str, **more: Any) -> AsyncIterator[Website]:
    """Serves it on a free port of `localhost`, which is another site than 127.0.0.1."""
    made = Website(chat, **more)
    app = web.Application()
    app.add_routes([web.get("/", made.page), web.get("/{theme}.css", made.tokens)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://localhost:{runner.addresses[0][1]}"
        yield made
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def guest(browser: Browser, *, offline: bool = False, **options: Any) -> AsyncIterator[BrowserContext]:
    """A browser profile of somebody's own. `offline`: the network fails in this test, so the console may say that."""
    complaints: list[str] = []
    standard = {"viewport": PHONE, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "reduced_motion": "reduce"}
    context = await browser.new_context(**standard | options)  # type: ignore[arg-type]
    await context.add_init_script(REPORT)

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not (offline and message.text.startswith(NETWORK)):
            complaints.append(message.text)

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)

    context.on("page", watch)
    try:
        yield context
    finally:
        await context.close()
    assert not complaints, complaints
