"""A municipality's own look: NL Design System tokens in a CSS file beside gemeente.yml, and whether its colours can be read.

The file holds custom properties and nothing else, for `:root`, `html`, `body` or a class, in a dark scheme too if it likes. What
browsers get is written anew from what was understood here, all of it for `:root`: nothing else of the file ever travels.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_CHARS = 500_000  # of the file: complete token sets are large
TEXT, SHAPE = 4.5, 3.0  # least contrast of text, and of lines and marks (WCAG 2.2, 1.4.3 and 1.4.11)

# Fall-back colours of the tokens, as in connectors/widget/style.js; a test compares them.
FALLBACKS = {
    "--utrecht-button-primary-action-background-color": "#17508f",
    "--utrecht-button-primary-action-color": "#fff",
    "--utrecht-document-background-color": "#fff",
    "--utrecht-document-color": "#1b1f24",
    "--utrecht-link-color": "#17508f",
    "--utrecht-focus-outline-color": "#111",
    "--utrecht-form-field-error-message-color": "#a8201a",
    "--utrecht-textbox-background-color": "#fff",
    "--utrecht-textbox-color": "#1b1f24",
    "--utrecht-textbox-border-color": "#767f8a",
}
# In the dark the chat takes only the pair of the main button from a theme; the rest are its own.
DARK = {
    "surface": "#15191e", "text": "#e8ebee", "link": "#8fbcff", "focus": "#fff", "error": "#ffb4ab", "field": "#1d2329",
    "field text": "#e8ebee", "field line": "#8a94a0", "raised": "#232930",
}
# What is seen on what in the chat, and the least contrast. Marks whose meaning stands beside them in words are left out.
PAIRS = [
    ("on button", "button", TEXT), ("on button, pointed at", "button, pointed at", TEXT), ("text", "surface", TEXT),
    ("text", "raised", TEXT), ("text", "own", TEXT), ("muted", "surface", TEXT), ("muted", "raised", TEXT),
    ("link", "surface", TEXT), ("link", "raised", TEXT), ("error", "surface", TEXT), ("field text", "field", TEXT),
    ("field line", "field", SHAPE), ("field line", "surface", SHAPE), ("focus", "surface", SHAPE),
]

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"\s*(?P<selectors>[^{}@;]+)\{(?P<body>[^{}]*)\}")
_SCHEME = re.compile(
    r"\s*@media\s*\(\s*prefers-color-scheme\s*:\s*(?P<scheme>dark|light)\s*\)\s*\{(?P<body>(?:[^{}@]+\{[^{}]*\})*)\s*\}"
)
_SELECTOR = re.compile(r":root|html|body|\.-?[A-Za-z_][\w-]*")
_DECLARATION = re.compile(r"(?P<name>--[A-Za-z_][\w-]*)\s*:\s*(?P<value>[\w\s#%.,()\"'/+*-]+)")
_FUNCTION = re.compile(r"([\w-]*)\(")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_FUNCTIONS = {"", "var", "calc", "min", "max", "clamp", "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch",
              "color-mix"}
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)")
_VAR = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*(.+?)\s*)?\)")


@dataclass(frozen=True)
class Theme:
    """Tokens by name; `dark` holds those that differ in a dark scheme."""

    light: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)

    @property
    def css(self) -> str:
        """The style sheet for browsers."""
        dark = f"@media (prefers-color-scheme: dark) {{\n{_block(self.dark)}}}\n" if self.dark else ""
        return (_block(self.light) if self.light else "") + dark


def _block(tokens: Mapping[str, str]) -> str:
    return ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in tokens.items()) + "}\n"


def parse(css: str) -> Theme:
    """Raises ValueError, in words, for anything but custom properties with harmless values."""
    if len(css) > MOST_CHARS:
        raise ValueError(f"a theme has at most {MOST_CHARS} characters")
    text, light, dark, place = _COMMENT.sub(" ", css), {}, {}, 0  # type: ignore[var-annotated]
    while text[place:].strip():
        if found := _SCHEME.match(text, place):
            for rule in _RULE.finditer(found["body"]):
                (dark if found["scheme"] == "dark" else light).update(_tokens(rule))
        elif found := _RULE.match(text, place):
            light.update(_tokens(found))
        else:
            raise ValueError(f"not a rule with tokens, or a colour scheme around such rules: {_start(text[place:])}")
        place = found.end()
    return Theme(light, dark)


def _tokens(rule: re.Match[str]) -> dict[str, str]:
    for selector in rule["selectors"].split(","):
        if not _SELECTOR.fullmatch(selector.strip()):
            raise ValueError(f"tokens belong to :root, html, body or a class, not to {_start(selector)}")
    return dict(_token(text) for text in rule["body"].split(";") if text.strip())


def _token(text: str) -> tuple[str, str]:
    found = _DECLARATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"only custom properties (--name: value) with plain values may stand here, not {_start(text)}")
    value = " ".join(found["value"].split())
    unknown = {name.lower() for name in _FUNCTION.findall(value)} - _FUNCTIONS
    if unknown or not _closed(value):
        raise ValueError(f"this value may not stand in a theme: {_start(text)}")
    return found["name"], value


def _closed(value: str) -> bool:
    """Whether what the value opens (strings, brackets, a comment) ends in it: else it would swallow what follows."""
    bare, depth = _STRING.sub("", value), 0
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0 and not any(opener in value for opener in ("/*", "*/")) and "\"" not in bare and "'" not in bare


def _start(text: str) -> str:
    return repr(" ".join(text.split())[:60])


def faults(theme: Theme) -> list[str]:
    """Where the chat can't be read well with this theme: contrast below WCAG AA, in light and dark; empty when it is fine."""
    return [fault for dark in (False, True) for fault in _faults(theme, dark)]


def _faults(theme: Theme, dark: bool) -> list[str]:
    try:
        seen = colours(theme, dark)
    except ValueError as exc:
        return [str(exc)]
    scheme, found = "dark" if dark else "light", []
    for front, back, least in PAIRS:
        measured = contrast(seen[front], seen[back])
        if measured < least:
            found.append(f"{scheme}: {front} on {back} has a contrast of {measured:.2f}:1; {least}:1 is needed")
    return found


def colours(theme: Theme, dark: bool) -> dict[str, Colour]:
    """The colours that the chat has with this theme, by the names of PAIRS. Raises ValueError for one that can't be understood.

    The mixtures are those of connectors/widget/style.js.
    """
    tokens = {**theme.light, **(theme.dark if dark else {})}

    def token(name: str, otherwise: Colour | None = None) -> Colour:
        if name not in tokens and otherwise is not None:
            return otherwise
        return _colour(tokens.get(name) or FALLBACKS[name], tokens, name)

    action = "--utrecht-button-primary-action"
    seen = {"button": token(f"{action}-background-color"), "on button": token(f"{action}-color")}
    seen["button, pointed at"] = token(f"{action}-hover-background-color", _mix(seen["button"], 0.86, (0, 0, 0)))
    seen["on button, pointed at"] = token(f"{action}-hover-color", seen["on button"])
    if dark:
        seen |= {name: _colour(value, {}, name) for name, value in DARK.items()}
    else:
        seen |= {
            "surface": token("--utrecht-document-background-color"), "text": token("--utrecht-document-color"),
            "link": token("--utrecht-link-color"), "focus": token("--utrecht-focus-outline-color"),
            "error": token("--utrecht-form-field-error-message-color"), "field": token("--utrecht-textbox-background-color"),
            "field text": token("--utrecht-textbox-color"), "field line": token("--utrecht-textbox-border-color"),
        }
        seen["raised"] = _mix(seen["text"], 0.05, seen["surface"])
    seen["own"] = _mix(seen["button"], 0.42 if dark else 0.13, seen["surface"])
    seen["muted"] = _mix(seen["text"], 0.72, seen["surface"])
    return seen


def _colour(value: str, tokens: Mapping[str, str], name: str, depth: int = 0) -> Colour:
    value = value.strip().lower()
    if (found := _VAR.fullmatch(value)) and depth < 20:
        inner = {known.lower(): text for known, text in tokens.items()}.get(found[1], found[2] or "")
        return _colour(inner, tokens, name, depth + 1)
    value = {"white": "#fff", "black": "#000"}.get(value, value)
    if found := _HEX.fullmatch(value):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return (int(digits[:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:], 16) / 255)
    if found := _RGB.fullmatch(value):
        return (int(found[1]) / 255, int(found[2]) / 255, int(found[3]) / 255)
    raise ValueError(f"{name}: the contrast of {value!r} can't be computed; write it as #rrggbb or rgb(r g b)")


def _mix(one: Colour, share: float, other: Colour) -> Colour:
    """`color-mix(in srgb, one share, other)`."""
    return (
        one[0] * share + other[0] * (1 - share), one[1] * share + other[1] * (1 - share), one[2] * share + other[2] * (1 - share)
    )


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2.2."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
