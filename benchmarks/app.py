"""How soon the app can be used on a slow phone with a slow network: `python -m benchmarks.app`.

A real browser as slow as a cheap phone (processor a quarter as fast), on a network of 400 kbit/s with 400 ms to and fro, that was
never here before; then the same phone once more, with what it kept. A real edge and Redis; no brain.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import click
from aiohttp import web
from playwright.async_api import BrowserContext, Page, async_playwright

from bot.conversation.redis import EmbeddedRedis
from bot.edge import create_app
from bot.settings import Settings
from bot.wiring import build
from tests.browser import arguments, installed

GEMEENTE = "voorbeeld"
PHONE = {"width": 360, "height": 740}
CPU = 4  # times slower
KBITS = 400
LATENCY_MS = 400
PAINTED = """new Promise((resolve) => {
  const told = (list) => list.getEntriesByName('first-contentful-paint').map((entry) => resolve(entry.startTime));
  new PerformanceObserver(told).observe({ type: 'paint', buffered: true });
})"""
LISTED = """() => document.querySelector('balie-app')?.shadowRoot?.querySelector('[data-testid=app-new]') != null"""

Figures = Mapping[str, float]


async def visit(page: Page, url: str) -> Figures:
    """Seconds until something is seen, until the list can be used, and until a conversation can be typed in."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": LATENCY_MS, "downloadThroughput": KBITS * 1000 / 8, "uploadThroughput": KBITS * 1000 / 8,
    })
    began = time.perf_counter()
    await page.goto(url, wait_until="commit")
    await page.wait_for_function(LISTED)
    listed = time.perf_counter() - began
    painted = float(await page.evaluate(PAINTED)) / 1000
    await page.get_by_test_id("app-new").click()
    await page.get_by_test_id("balie-input").wait_for()
    return {"first seen": painted, "list can be used": listed, "can be typed in": time.perf_counter() - began}


async def runs(context: BrowserContext, url: str) -> tuple[Figures, Figures]:
    """The first visit, and the next one once the service worker has what it keeps."""
    page = await context.new_page()
    first = await visit(page, url)
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await page.close()
    page = await context.new_page()
    return first, await visit(page, url)


async def measure(times: int, folder: Path) -> tuple[list[Figures], list[Figures]]:
    redis = EmbeddedRedis(folder / "redis")
    redis.start()
    services = build(Settings(data_dir=str(folder / "var"), lift_rates=True), redis.url)
    runner = web.AppRunner(create_app(services), access_log=None, shutdown_timeout=1.0)
    try:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/app/{GEMEENTE}/"
        found = []
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=installed(), args=arguments())
            for _ in range(times):
                context = await browser.new_context(viewport=PHONE, locale="nl-NL")  # type: ignore[arg-type]
                found.append(await runs(context, url))
                await context.close()
            await browser.close()
        return [first for first, _ in found], [again for _, again in found]
    finally:
        await runner.cleanup()
        await services.aclose()
        redis.stop()


def row(name: str, figures: list[Figures]) -> str:
    middle = [statistics.median(run[what] for run in figures) for what in figures[0]]
    return f"| {name} | " + " | ".join(f"{value:.1f} s" for value in middle) + " |"


@click.command()
@click.option("--times", default=3, show_default=True, help="visits; the median is shown")
def main(times: int) -> None:
    """How soon the app can be used on a slow phone with a slow network."""
    with tempfile.TemporaryDirectory() as folder:
        first, again = asyncio.run(measure(times, Path(folder)))
    print(f"Processor {CPU} times slower, {KBITS} kbit/s, {LATENCY_MS} ms to and fro; median of {times}.\n")
    print(f"| visit | {' | '.join(first[0])} |\n|---|---|---|---|")
    print(row("first", first))
    print(row("next, from the service worker", again))


if __name__ == "__main__":
    main()
