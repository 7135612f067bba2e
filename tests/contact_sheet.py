"""Every state of the chat on one page of docs/screenshots, from the pictures of a test run: `python -m tests.contact_sheet`.

`tests/integration/test_widget_accessible.py` takes those pictures while it looks at each state.
"""

import math
import sys

from PIL import Image, ImageDraw, ImageFont

from bot.settings import ROOT
from tests.looks import SCREENSHOTS

SHEETS = {"widget-states": "widget-plain", "widget-states-dark": "widget-bosrand"}  # page: beginning of the names of its pictures
COLUMNS, WIDTH, CAPTION, GAP = 7, 216, 26, 14  # pictures in a row, and pixels


def main() -> int:
    font = ImageFont.load_default(15)
    for page, theme in SHEETS.items():
        found = sorted(SCREENSHOTS.glob(f"{theme}-*.png"))
        if not found:
            print(f"There are no pictures {theme}-*.png in {SCREENSHOTS}: run tests/integration/test_widget_accessible.py first.")
            return 1
        with Image.open(found[0]) as first:
            height = round(first.height * WIDTH / first.width)
        across, down = WIDTH + GAP, height + CAPTION + GAP
        sheet = Image.new("RGB", (COLUMNS * across + GAP, math.ceil(len(found) / COLUMNS) * down + GAP), "#d8dde3")
        draw = ImageDraw.Draw(sheet)
        for place, path in enumerate(found):
            left, top = GAP + place % COLUMNS * across, GAP + place // COLUMNS * down
            draw.text((left, top), path.stem.removeprefix(f"{theme}-"), "#1b1f24", font)
            with Image.open(path) as picture:
                sheet.paste(picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS), (left, top + CAPTION))
        target = ROOT / "docs" / "screenshots" / f"{page}.png"
        sheet.quantize(256, Image.Quantize.MAXCOVERAGE).save(target, optimize=True)
        print(f"{target.relative_to(ROOT)}: {len(found)} states, {target.stat().st_size / 1024:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
