"""The web pages and files that the edge serves itself: the municipality's page, the widget, what belongs to the pages."""

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


def _files(folder: Path) -> dict[str, Path]:
    """What may be asked for: the files that are there at the start, and nothing else."""
    found = (path for path in folder.rglob("*") if path.suffix in TYPES and path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


class Pages:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._widget = _files(WIDGET)
        self._own = _files(FOLDER)

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
        }
        page = environment().get_template("gemeente.html").render(gemeente=shown)
        return web.Response(text=page, content_type="text/html", headers={hdrs.CACHE_CONTROL: "no-cache"})

    async def widget(self, request: web.Request) -> web.FileResponse:
        """Files of the widget, for every website: modules are fetched with CORS."""
        headers = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return _send(self._widget, request, headers)

    async def own(self, request: web.Request) -> web.FileResponse:
        return _send(self._own, request, {})


def _send(files: dict[str, Path], request: web.Request, headers: dict[str, str]) -> web.FileResponse:
    path = files.get(request.match_info["file"])
    if path is None:
        raise web.HTTPNotFound
    cached = {hdrs.CONTENT_TYPE: TYPES[path.suffix], hdrs.CACHE_CONTROL: CACHE}
    return web.FileResponse(path, headers=cached | headers)
