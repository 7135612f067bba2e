"""How heavy the widget is, as the edge sends it: gzipped, each file by itself. `python -m tests.sizes`, and `make test`."""

import re

from connectors.pages import WIDGET, read_assets

LOADER, PANEL = "balie.js", "panel.js"
MODULES = {name: asset for name, asset in read_assets(WIDGET).items() if name.endswith(".js")}
_IMPORT = re.compile(r"""^(?:import|export)\s(?:[^;]*?\sfrom\s)?'\./([\w-]+\.js)'""", re.MULTILINE)


def opened() -> set[str]:
    """The modules that come when the chat is opened: the panel and whatever it imports, styles included."""
    found, to_do = set(), [PANEL]
    while to_do:
        name = to_do.pop()
        if name not in found:
            found.add(name)
            to_do += _IMPORT.findall(MODULES[name].body.decode())
    return found


def measured() -> tuple[int, int, dict[str, int]]:
    """Bytes of the loader, of the panel with all that comes with it, and of each module that comes when it is needed."""
    sizes = {name: len(asset.packed) for name, asset in MODULES.items()}
    panel = opened()
    later = {name: size for name, size in sizes.items() if name not in panel | {LOADER}}
    return sizes[LOADER], sum(sizes[name] for name in panel), later


def line() -> str:
    """The sizes in a sentence."""
    loader, panel, later = measured()
    each = ", ".join(f"{name} {size}" for name, size in later.items())
    return f"Widget, bytes gzipped: loader {loader} (of 3000), panel with styles {panel} (of 30000); on demand {each}"


if __name__ == "__main__":
    print(line())
