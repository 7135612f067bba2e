"""The files of the app as one version, and the pages that name them."""

import json
import posixpath
import re

import pytest

from bot.gemeenten import Gemeente
from bot.theme import Theme
from bot.wiring import Services
from connectors.app import pages
from connectors.app.bundle import Bundle
from connectors.app.pages import SHORT, AppPages
from connectors.pages import make_asset

IMPORTED = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'""")


@pytest.fixture
def bundle() -> Bundle:
    return Bundle({"voorbeeld": ":root {}"}, "")


def test_every_module_that_is_imported_travels_with_the_others_and_is_kept_for_without_a_network(bundle: Bundle) -> None:
    kept = json.loads(bundle.worker().decode().partition("self.APP = ")[2].partition(";\n")[0])
    assert kept["version"] == bundle.version
    for name, asset in bundle.files.items():
        if name.endswith(".js"):
            wanted = {posixpath.normpath(f"{posixpath.dirname(name)}/{path}") for path in IMPORTED.findall(asset.body.decode())}
            assert wanted <= set(bundle.files), name
            assert name in kept["files"]
    assert {"app/app.css", "app/icons/icon-192.png"} <= set(kept["files"])
    assert not any("balie.js" in name or name.endswith("sw.js") for name in bundle.files)


def test_the_page_names_the_modules_of_the_first_view_and_not_those_that_are_loaded_later(bundle: Bundle) -> None:
    named = [module.removeprefix(bundle.root) for module in bundle.modules()]
    assert named[0] == "app/main.js" and {"app/list.js", "widget/dom.js", "widget/style.js"} <= set(named)
    assert not {"widget/panel.js", "app/talk.js", "app/settings.js", "app/sync.js"} & set(named)
    assert len(named) == len(set(named))


def test_whatever_changes_makes_another_version() -> None:
    one = Bundle({"voorbeeld": ":root {}"}, "").version
    assert Bundle({"voorbeeld": ":root {}"}, "").version == one
    assert Bundle({"voorbeeld": ":root { --a: 1 }"}, "").version != one
    assert Bundle({"voorbeeld": ":root {}"}, "another telephone number").version != one


def test_the_edge_of_the_app_has_the_colour_of_the_municipality() -> None:
    button = "--utrecht-button-primary-action-background-color"
    assert pages.accent(Theme({button: "#0D5C63"})) == "#0d5c63"
    assert pages.accent(Theme({button: "var(--huis)", "--huis": "rgb(13 92 99)"})) == "#0d5c63"
    assert pages.accent(Theme()) == pages.accent(Theme({button: "oklch(0.5 0.1 200)"})) == "#17508f"


async def test_a_municipality_has_a_manifest_of_its_own(services: Services) -> None:
    made = AppPages(services)
    for gemeente in services.gemeenten.values():
        manifest = made.manifest_of(gemeente)
        assert manifest["id"] == manifest["start_url"] == manifest["scope"] == f"/app/{gemeente.key}/"
        assert 0 < len(manifest["short_name"]) <= SHORT and not manifest["short_name"].startswith("Gemeente")
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
        assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
        assert manifest["lang"] == "nl" and re.fullmatch(r"#[0-9a-f]{6}", manifest["theme_color"])


def test_the_long_name_of_a_municipality_still_fits_below_an_icon() -> None:
    assert pages.short_name("Gemeente Voorbeeld") == "Voorbeeld"
    assert pages.short_name("Gemeente Ons Verzonnen Buitenland") == "Ons"
    assert pages.short_name("Verzonnenlangenaamsedorp") == "Verzonnenlan"


def test_a_style_sheet_is_packed_like_every_other_file() -> None:
    assert make_asset(".css", b":root {}").kind.startswith("text/css")


def test_words_of_a_municipality_can_not_become_markup(services: Services) -> None:
    gemeente: Gemeente = next(iter(services.gemeenten.values()))
    gemeente.naam = 'Gemeente "><script>'
    assert "<script>" not in AppPages(services).shell_of(gemeente)
