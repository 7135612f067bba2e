"""The files of the app as one version: what belongs together has one address, and is never mixed with another version."""

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from connectors.pages import WIDGET, Asset, make_asset, read_assets

STATIC = Path(__file__).parent / "static"
WORKER = "sw.js"
LOADER = "balie.js"  # the launcher of websites: the app has no use for it
FIRST = "app/main.js"  # what the page starts with
_IMPORT = re.compile(r"""^(?:import|export)\b(?:[^'";]*\bfrom)?\s*'(\.[^']+)'""", re.MULTILINE)


class Bundle:
    """Every file of the app by its path (`app/…`, `widget/…`, `theme/…`), and the version: a hash of all of them together.

    `themes`: a style sheet by municipality; `extra`: what else makes a version another one, such as the facts in the pages.
    """

    def __init__(self, themes: Mapping[str, str], extra: str) -> None:
        own, widget = read_assets(STATIC), read_assets(WIDGET)
        self._worker = own.pop(WORKER)
        widget.pop(LOADER)
        self.files: dict[str, Asset] = {
            **{f"app/{name}": asset for name, asset in own.items()},
            **{f"widget/{name}": asset for name, asset in widget.items()},
            **{f"theme/{key}.css": make_asset(".css", css.encode()) for key, css in themes.items()},
        }
        tags = [f"{name} {asset.etag}" for name, asset in sorted(self.files.items())]
        self.version = hashlib.sha256("\n".join([*tags, self._worker.etag, extra]).encode()).hexdigest()[:16]

    @property
    def root(self) -> str:
        """Where the files of this version are."""
        return f"/app/static/{self.version}/"

    def modules(self) -> list[str]:
        """Addresses of the modules that the first view imports: a page that names them all gets them side by side."""
        found, look = [], [FIRST]
        while look:
            name = look.pop(0)
            found.append(name)
            for path in _IMPORT.findall(self.files[name].body.decode()):
                wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
                if wanted not in [*found, *look]:
                    look.append(wanted)
        return [self.root + name for name in found]

    def worker(self) -> bytes:
        """The service worker, told of its version and of the files it keeps."""
        kept = [name for name in self.files if not name.startswith("theme/") and not name.startswith("app/icons/icon-512")]
        told = json.dumps({"version": self.version, "files": kept})
        return f"self.APP = {told};\n".encode() + self._worker.body
