"""A municipality's own look: nothing but tokens gets through, and the chat can be read with it."""

import re

import pytest

from bot import gemeenten, theme
from bot.gemeenten import FOLDER
from bot.settings import ROOT, SettingsError
from bot.theme import Theme

STYLE = (ROOT / "connectors" / "widget" / "style.js").read_text()


@pytest.mark.parametrize("css", [
    "@import url(https://elders.example/x.css);",
    ":root { color: red }",
    ":root { --x: url(https://elders.example/x.png) }",
    ":root { --x: URL('x') }",
    ":root { --x: image-set('x.png' 1x) }",
    ":root { --x: expression(1) }",
    ":root { --x: red; } * { --y: 1 }",
    "a:hover { --x: 1 }",
    ":root { --x: a\\75rl(x) }",
    ":root { --x: 'a }",
    ":root { --x: (1 }",
    ":root { --x: </style><script> }",
    "@media print { :root { --x: 1 } }",
    "@font-face { --x: 1 }",
    ":root { --x: 1",
    ":root { --x: 1 } rest",
    ":root { --x: " + "1" * theme.MOST_CHARS + " }",
])
def test_anything_but_tokens_with_harmless_values_is_refused(css: str) -> None:
    with pytest.raises(ValueError):
        theme.parse(css)


def test_what_browsers_get_is_written_anew_for_the_whole_page() -> None:
    found = theme.parse("""
        /* url( in a comment is no url */
        .voorbeeld-theme, :root { --a: #123456 ; --B-c: "Source Sans 3",  sans-serif }
        @media (prefers-color-scheme: dark) { html { --a: var(--d, #fff) } }
        @media (prefers-color-scheme: light) { body { --e: calc(1px + 2px) } }
    """)
    assert found.light == {"--a": "#123456", "--B-c": '"Source Sans 3", sans-serif', "--e": "calc(1px + 2px)"}
    assert found.dark == {"--a": "var(--d, #fff)"}
    assert theme.parse(found.css) == found
    assert "voorbeeld" not in found.css


def test_an_empty_theme_is_no_style_sheet() -> None:
    assert theme.parse(" /* nog niets */ ").css == Theme().css == ""


def test_contrast_is_that_of_wcag() -> None:
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    assert theme.contrast(black, white) == pytest.approx(21)
    assert theme.contrast(white, white) == pytest.approx(1)
    grey = (0x76 / 255, 0x76 / 255, 0x76 / 255)  # the lightest grey that is text on white
    assert theme.contrast(grey, white) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("key", ["voorbeeld", "weidedorp"])
def test_the_chat_can_be_read_with_the_themes_that_come_with_balie(key: str) -> None:
    found = gemeenten.load([key])[key].theme
    assert found.light and found.dark
    assert theme.faults(found) == []


def test_the_two_themes_that_come_with_balie_share_no_colour_of_their_main_parts() -> None:
    one, other = (theme.colours(found.theme, dark=False) for found in gemeenten.load(["voorbeeld", "weidedorp"]).values())
    assert all(one[name] != other[name] for name in ("button", "surface", "text", "link", "focus"))


def test_the_chat_can_be_read_without_a_theme() -> None:
    assert theme.faults(Theme()) == []


@pytest.mark.parametrize(("tokens", "said"), [
    ({"--utrecht-button-primary-action-background-color": "#ffcf33"}, "light: on button on button has a contrast of 1.48:1"),
    ({"--utrecht-document-color": "#999"}, "light: text on surface"),
    ({"--utrecht-document-background-color": "rgb(20 20 20)"}, "light: text on surface"),
    ({"--utrecht-link-color": "var(--pale)", "--pale": "#bcd"}, "light: link on surface"),
    ({"--utrecht-focus-outline-color": "#eee"}, "light: focus on surface"),
    ({"--utrecht-textbox-border-color": "#ddd"}, "light: field line on field"),
    ({"--utrecht-link-color": "oklch(0.5 0.1 200)"}, "the contrast of 'oklch(0.5 0.1 200)' can't be computed"),
    ({"--utrecht-link-color": "var(--nergens)"}, "can't be computed"),
    ({"--utrecht-link-color": "var(--utrecht-link-color)"}, "can't be computed"),
])
def test_a_theme_that_can_not_be_read_is_told_with_the_pair_and_the_number(tokens: dict[str, str], said: str) -> None:
    assert any(said in fault for fault in theme.faults(Theme(tokens)))


def test_a_dark_scheme_is_judged_by_itself() -> None:
    faults = theme.faults(Theme({}, {"--utrecht-button-primary-action-color": "#17508f"}))
    assert faults and all(fault.startswith("dark: ") for fault in faults)


def test_the_fall_back_colours_are_those_of_the_widget() -> None:
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")[:2]
    used = {name: value for name, value in re.findall(r"var\((--utrecht-[\w-]+), (#[0-9a-f]+)\)", light)}
    assert used == theme.FALLBACKS
    said = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", dark.split("@media", 1)[0]))
    assert {name.replace(" ", "-"): value for name, value in theme.DARK.items()} == {
        name.replace(" ", "-"): said[name.replace(" ", "-")] for name in theme.DARK
    }
    mixtures = re.findall(r"--(own|muted|raised): color-mix\(in srgb, var\(--\w+\) (\d+)%", light)
    assert dict(mixtures) == {"own": "13", "muted": "72", "raised": "5"}
    assert "--own: color-mix(in srgb, var(--accent) 42%, var(--surface))" in dark
    assert "color-mix(in srgb, var(--accent) 86%, #000)" in light


@pytest.mark.parametrize(("file", "css", "said"), [
    ("thema.css", ":root { color: red }", "thema.css: only custom properties"),
    ("thema.css", None, "thema.css is missing"),
    ("../weidedorp/thema.css", ":root {}", "`theme` names a file beside it"),
])
def test_a_theme_that_can_not_be_used_stops_the_start_in_words(tmp_path, file: str, css: str | None, said: str) -> None:  # type: ignore[no-untyped-def]
    own = tmp_path / "eigen"
    own.mkdir()
    text = (FOLDER / "voorbeeld" / "gemeente.yml").read_text()
    (own / "gemeente.yml").write_text(re.sub(r"^theme: \S+", f"theme: {file}", text, flags=re.MULTILINE))
    (own / "variables.yml").write_text((FOLDER / "voorbeeld" / "variables.yml").read_text())
    if css is not None:
        (own / "thema.css").write_text(css)
    with pytest.raises(SettingsError) as refused:
        gemeenten.load(["eigen"], tmp_path)
    assert said in str(refused.value)
