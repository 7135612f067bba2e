"""The pages and files of the app: which municipality, its shell, its manifest, the service worker, and the modules by version."""

from typing import Any

from aiohttp import hdrs, web

from bot.gemeenten import Gemeente
from bot.theme import FALLBACKS, Theme, colours
from bot.wiring import Services
from connectors.app.bundle import Bundle
from connectors.bodies import json_response
from connectors.pages import send
from connectors.templates import environment

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types balie-app; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
CSP_WORKER = "default-src 'none'; connect-src 'self'"
# The page to log in, which a conversation opens, hands its code back to this one: see connectors/login.py.
PAGE = {hdrs.CACHE_CONTROL: "no-cache", "Cross-Origin-Opener-Policy": "same-origin-allow-popups", "Content-Security-Policy": CSP}
FOR_EVER = "public, max-age=31536000, immutable"  # the version is in the address
PAPER = "#ffffff"
SHORT = 12  # characters that a phone shows below an icon


class AppPages:
    def __init__(self, services: Services) -> None:
        self._gemeenten = services.gemeenten
        pages = "".join(self._page(gemeente, None) for gemeente in self._gemeenten.values())
        self._bundle = Bundle({key: gemeente.theme.css for key, gemeente in self._gemeenten.items()}, pages)
        self._shells = {key: self.shell_of(gemeente) for key, gemeente in self._gemeenten.items()}
        self._worker = self._bundle.worker()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/app", self.choose),
            web.get("/app/", self.choose),
            web.get("/app/sw.js", self.worker),
            web.get("/app/static/{version}/{file:.+}", self.file),
            web.get("/app/{gemeente}", self.slash),
            web.get("/app/{gemeente}/", self.shell),
            web.get("/app/{gemeente}/manifest.webmanifest", self.manifest),
        ]

    async def choose(self, _request: web.Request) -> web.Response:
        """To the only municipality, or to a page to choose one."""
        if len(self._gemeenten) == 1:
            raise web.HTTPFound(f"/app/{next(iter(self._gemeenten))}/")
        served = sorted(((other.key, other.naam) for other in self._gemeenten.values()), key=lambda item: item[1])
        page = environment().get_template("app_kiezen.html").render(gemeenten=served, root=self._bundle.root)
        return web.Response(text=page, content_type="text/html", headers=PAGE)

    async def slash(self, request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"/app/{self._asked(request).key}/")

    async def shell(self, request: web.Request) -> web.Response:
        """The page of the app. `Balie-App-Version` tells the service worker that it belongs to the files it keeps."""
        headers = PAGE | {"Balie-App-Version": self._bundle.version}
        return web.Response(text=self._shells[self._asked(request).key], content_type="text/html", headers=headers)

    async def manifest(self, request: web.Request) -> web.Response:
        response = json_response(self.manifest_of(self._asked(request)))
        response.content_type = "application/manifest+json"
        response.headers[hdrs.CACHE_CONTROL] = "no-cache"
        return response

    async def worker(self, _request: web.Request) -> web.Response:
        headers = {hdrs.CACHE_CONTROL: "no-cache", "Service-Worker-Allowed": "/app/", "Content-Security-Policy": CSP_WORKER}
        return web.Response(body=self._worker, content_type="text/javascript", charset="utf-8", headers=headers)

    async def file(self, request: web.Request) -> web.Response:
        """Files of this version alone: one of another version would not fit the others."""
        if request.match_info["version"] != self._bundle.version:
            raise web.HTTPNotFound
        return send(self._bundle.files, request, {hdrs.CACHE_CONTROL: FOR_EVER})

    def _asked(self, request: web.Request) -> Gemeente:
        try:
            return self._gemeenten[request.match_info["gemeente"]]
        except KeyError as exc:
            raise web.HTTPNotFound from exc

    def shell_of(self, gemeente: Gemeente) -> str:
        """The page of the app for this municipality."""
        return self._page(gemeente, self._bundle)

    def _page(self, gemeente: Gemeente, bundle: Bundle | None) -> str:
        """The same; without a bundle what in it depends on the municipality alone."""
        return environment().get_template("app.html").render(
            gemeente=gemeente, accent=accent(gemeente.theme),
            root=bundle.root if bundle else "", modules=bundle.modules() if bundle else [],
        )

    def manifest_of(self, gemeente: Gemeente) -> dict[str, Any]:
        """Web Application Manifest (W3C)."""
        start, icons = f"/app/{gemeente.key}/", f"{self._bundle.root}app/icons/"
        return {
            "id": start, "start_url": start, "scope": start, "lang": "nl", "dir": "ltr", "display": "standalone",
            "name": gemeente.naam, "short_name": short_name(gemeente.naam),
            "description": f"Stel uw vraag aan {gemeente.naam}.", "categories": ["government", "utilities"],
            "theme_color": accent(gemeente.theme), "background_color": PAPER,
            "icons": [
                {"src": f"{icons}icon.svg", "sizes": "any", "type": "image/svg+xml"},
                {"src": f"{icons}icon-192.png", "sizes": "192x192", "type": "image/png"},
                {"src": f"{icons}icon-512.png", "sizes": "512x512", "type": "image/png"},
                {"src": f"{icons}icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            ],
            "shortcuts": [
                {"name": "Nieuwe vraag", "url": f"{start}#nieuw",
                 "icons": [{"src": f"{icons}icon-192.png", "sizes": "192x192", "type": "image/png"}]},
            ],
        }


def short_name(name: str) -> str:
    """The name without "Gemeente", as many whole words as a phone shows below an icon."""
    bare = name.removeprefix("Gemeente ")
    return bare if len(bare) <= SHORT else bare[:SHORT + 1].rpartition(" ")[0] or bare[:SHORT]


def accent(theme: Theme) -> str:
    """The colour of the municipality's main buttons, for the edge of the app; Balie's own when it can't be told."""
    try:
        return "#" + "".join(f"{round(part * 255):02x}" for part in colours(theme, dark=False)["button"])
    except ValueError:
        return FALLBACKS["--utrecht-button-primary-action-background-color"]
