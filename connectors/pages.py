"""The web pages and files that the edge serves itself: a page for each municipality, the widget, what belongs to the pages."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

from bot.gemeenten import Gemeente
from bot.wiring import Services
from connectors.templates import FOLDER, environment

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
    if path.suffix == ".js":
        body = lean(body.decode()).encode()
    return Asset(TYPES[path.suffix], body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:20])


def lean(module: str) -> str:
    """The same JavaScript without what only its readers need. A string of several lines loses the spaces they begin with."""
    return _REMARKS.sub("", _COMMENTS.sub(lambda comment: "\n" * comment[0].count("\n"), module))


class Pages:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._widget = read_assets(WIDGET)
        self._own = read_assets(FOLDER)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.first),
            web.get("/gemeente/{key}", self.gemeente),
            web.get("/widget/{file:.+}", self.widget),
            web.get("/pages/{file:.+}", self.own),
        ]

    async def first(self, _request: web.Request) -> web.Response:
        return self._page(next(iter(self._services.gemeenten.values())))

    async def gemeente(self, request: web.Request) -> web.Response:
        try:
            return self._page(self._services.gemeente(request.match_info["key"]))
        except KeyError as exc:
            raise web.HTTPNotFound from exc

    def _page(self, gemeente: Gemeente) -> web.Response:
        shown = {
            "key": gemeente.key, "naam": gemeente.naam.removeprefix("Gemeente "), "telefoon": gemeente.telefoon,
            "adres": gemeente.adres, "website": gemeente.website, "privacy": gemeente.privacy,
            "bewaartermijn_dagen": gemeente.retention_days, "balie_uren": gemeente.week_rows("balie"),
            "telefoon_uren": gemeente.week_rows("telefoon"),
        }
        served = [(other.key, other.naam) for other in self._services.gemeenten.values()]
        page = environment().get_template("gemeente.html").render(gemeente=shown, gemeenten=served)
        # The page to log in, which the chat opens, hands its code back to this one: see connectors/login.py.
        headers = {hdrs.CACHE_CONTROL: "no-cache", "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def widget(self, request: web.Request) -> web.Response:
        """Files of the widget, for every website: modules are fetched with CORS."""
        headers = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return _send(self._widget, request, headers)

    async def own(self, request: web.Request) -> web.Response:
        return _send(self._own, request, {})


def _send(assets: dict[str, Asset], request: web.Request, extra: dict[str, str]) -> web.Response:
    asset = assets.get(request.match_info["file"])
    if asset is None:
        raise web.HTTPNotFound
    headers = {hdrs.CACHE_CONTROL: CACHE, hdrs.ETAG: f'"{asset.etag}"', hdrs.VARY: hdrs.ACCEPT_ENCODING} | extra
    if any(tag.value == asset.etag for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = asset.kind
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=asset.packed, headers=headers | {hdrs.CONTENT_ENCODING: "gzip"})
    return web.Response(body=asset.body, headers=headers)
