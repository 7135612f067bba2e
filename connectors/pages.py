"""Files that the edge serves: the widget, and what belongs to the pages of connectors.gemeente_pages."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

from connectors.templates import FOLDER

WIDGET = Path(__file__).parent / "widget"
CACHE = "public, no-cache"  # ask each time whether the ETag still holds: modules of two versions must never be mixed

# The table of the operating system differs per machine; a module with the wrong type doesn't load.
TYPES = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json",
    ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
}


# Comments and indentation stay behind: what travels is smaller, and line numbers in an error still fit. A comment behind code
# goes only when it has no quotes: then it can't be the inside of a string.
_COMMENTS = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)$", re.MULTILINE | re.DOTALL)
_REMARKS = re.compile(r"""[ \t]+//[^\n'"`]*$|^[ \t]+""", re.MULTILINE)
_STYLES = re.compile(r"(?<=replaceSync\(`)[^`$\\]*(?=`\))")
_LOOSE = re.compile(r"\s+(?=[{}])|(?<=[{}:;,])\s+|;(?=\s*\})")  # a space before a colon stays: it means something in a selector


@dataclass(frozen=True)
class Asset:
    """A file as it is sent, plain and gzipped. The ETag is a hash of its content."""

    kind: str
    body: bytes
    packed: bytes
    etag: str


def read_assets(folder: Path) -> dict[str, Asset]:
    """What may be asked for: the files that are there at the start, and nothing else."""
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in TYPES and path.is_file())
    return {path.relative_to(folder).as_posix(): _asset(path) for path in found}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return make_asset(path.suffix, lean(body.decode()).encode() if path.suffix == ".js" else body)


def make_asset(suffix: str, body: bytes) -> Asset:
    """What is sent for a file with this suffix and content."""
    return Asset(TYPES[suffix], body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:20])


def lean(module: str) -> str:
    """The same JavaScript without what only its readers need. A string of several lines loses the spaces they begin with."""
    bare = _REMARKS.sub("", _COMMENTS.sub(lambda comment: "\n" * comment[0].count("\n"), module))
    return _STYLES.sub(lambda sheet: _tight(sheet[0]), bare)


def _tight(sheet: str) -> str:
    """The same style sheet without the space between its parts; as many lines, for the numbers of those that follow."""
    return re.sub(r"\s+", " ", _LOOSE.sub("", sheet)).strip() + "\n" * sheet.count("\n")


class Pages:
    """Files of the widget and of the pages."""

    def __init__(self) -> None:
        self._widget = read_assets(WIDGET)
        self._own = read_assets(FOLDER)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/widget/{file:.+}", self.widget),
            web.get("/pages/{file:.+}", self.own),
        ]

    async def widget(self, request: web.Request) -> web.Response:
        """Files of the widget, for every website: modules are fetched with CORS."""
        headers = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return send(self._widget, request, headers)

    async def own(self, request: web.Request) -> web.Response:
        return send(self._own, request, {})


def send(assets: dict[str, Asset], request: web.Request, extra: dict[str, str]) -> web.Response:
    """The file that the path asks for, or that the client's copy still holds. `extra`: headers that go before the usual ones."""
    asset = assets.get(request.match_info["file"])
    if asset is None:
        raise web.HTTPNotFound
    return send_asset(asset, request, extra)


def send_asset(asset: Asset, request: web.Request, extra: dict[str, str]) -> web.Response:
    """This one, or that the client's copy still holds."""
    headers = {hdrs.CACHE_CONTROL: CACHE, hdrs.ETAG: f'"{asset.etag}"', hdrs.VARY: hdrs.ACCEPT_ENCODING} | extra
    if any(tag.value == asset.etag for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = asset.kind
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=asset.packed, headers=headers | {hdrs.CONTENT_ENCODING: "gzip"})
    return web.Response(body=asset.body, headers=headers)
