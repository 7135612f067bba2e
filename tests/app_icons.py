"""Draws the icons of the app anew from icon.svg, with the browser of the tests: `python -m tests.app_icons`."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from connectors.app.bundle import STATIC
from tests.browser import arguments, installed

ICONS = STATIC / "icons"
ROUNDED = 'rx="112"'
BADGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="88 96 336 336"><mask id="m"><path d="{bubble}" fill="#fff"/>
<path d="{waves}" fill="none" stroke="#000" stroke-width="26" stroke-linecap="round"/></mask>
<rect x="88" y="96" width="336" height="336" fill="#fff" mask="url(#m)"/></svg>"""


def draw(page: Page, svg: str, size: int, path: Path) -> None:
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
    page.screenshot(path=path, omit_background=True)


def main() -> None:
    svg = (ICONS / "icon.svg").read_text()
    whole = svg.replace(ROUNDED, 'rx="0"')  # the phone cuts its own shape out of it
    bubble, waves = (part.split('"', 1)[0] for part in svg.split(' d="')[1:3])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=arguments())
        page = browser.new_page()
        for size in (192, 512):
            draw(page, svg, size, ICONS / f"icon-{size}.png")
        draw(page, whole, 512, ICONS / "icon-maskable-512.png")
        draw(page, whole, 180, ICONS / "icon-180.png")
        draw(page, BADGE.format(bubble=bubble, waves=waves), 96, ICONS / "badge-96.png")
        browser.close()


if __name__ == "__main__":
    main()
