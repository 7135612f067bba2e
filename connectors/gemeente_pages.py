"""The pages of a municipality that the edge serves itself: its front page, contact, accessibility, and how to embed the chat.

Contact works without scripts: it is where one goes when the chat can't.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from aiohttp import hdrs, web

from bot import embed, theme
from bot.dutch import day_in_words
from bot.gemeenten import AMSTERDAM, Gemeente
from bot.knowledge.answers import general
from bot.opening import in_dutch
from bot.wiring import Services
from connectors.pages import make_asset, send_asset
from connectors.telegram import USERNAME
from connectors.templates import environment

HOLIDAYS_AHEAD = 60  # days
STATED = date(2026, 11, 27)  # day of the accessibility statement: change it with what it says
NO_THEME = "/* Deze gemeente heeft geen eigen thema. */\n"

# What is wrong with an option, and what there is to choose, for who puts the chat on a website.
FAULTS = {
    "position": "Kies rechts of links.",
    "greeting": f"Gebruik hooguit {embed.MOST_CHARS} tekens.",
    "title": f"Gebruik hooguit {embed.MOST_CHARS} tekens.",
    "topic": "Dit onderwerp kennen wij niet.",
    "invite": f"Vul een getal in van 1 tot en met {embed.MOST_SECONDS}, of laat dit leeg.",
    "invite_text": f"Gebruik hooguit {embed.MOST_CHARS} tekens.",
}
POSITIONS = {"right": "Rechts", "left": "Links"}

log = structlog.get_logger()


class GemeentePages:
    """Handlers. A theme that can't be read well is told in the log at the start, and doesn't stop it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._themes = {}
        for key, found in services.gemeenten.items():
            self._themes[key] = make_asset(".css", (found.theme.css or NO_THEME).encode())
            for fault in theme.faults(found.theme):
                log.warning("theme_contrast", gemeente=key, reason=fault)

    def routes(self) -> list[web.RouteDef]:
        pages: dict[str, Callable[[Gemeente, web.Request], Mapping[str, Any]]] = {
            "": _front, "/contact": self._contact, "/toegankelijkheid": _accessibility, "/insluiten": self._embedding,
        }
        return [
            web.get("/", self.first),
            *(web.get(f"/gemeente/{{key}}{path}", self._handler(path[1:] or "gemeente", more)) for path, more in pages.items()),
            web.get("/gemeente/{key}/insluiten/code", self.code),
            web.get("/gemeente/{key}/thema.css", self.theme),
        ]

    async def first(self, request: web.Request) -> web.Response:
        """`GET /`: the page of the first municipality."""
        gemeente = next(iter(self._services.gemeenten.values()))
        return await self._page(gemeente, "gemeente", _front(gemeente, request))

    def _handler(
        self, name: str, more: Callable[[Gemeente, web.Request], Mapping[str, Any]]
    ) -> Callable[[web.Request], Any]:
        async def page(request: web.Request) -> web.Response:
            gemeente = self._gemeente(request)
            return await self._page(gemeente, name, more(gemeente, request))

        return page

    def _gemeente(self, request: web.Request) -> Gemeente:
        try:
            return self._services.gemeente(request.match_info["key"])
        except KeyError as exc:
            raise web.HTTPNotFound from exc

    async def _page(self, gemeente: Gemeente, name: str, more: Mapping[str, Any]) -> web.Response:
        """With the emergency notice, as it is now."""
        state = await self._services.service_book.get(gemeente.key)
        shown = {
            "key": gemeente.key, "naam": gemeente.naam.removeprefix("Gemeente "), "telefoon": gemeente.telefoon,
            "adres": gemeente.adres, "website": gemeente.website, "privacy": gemeente.privacy,
            "bewaartermijn_dagen": gemeente.retention_days, "balie_uren": gemeente.week_rows("balie"),
            "telefoon_uren": gemeente.week_rows("telefoon"),
        }
        page = environment().get_template(f"{name}.html").render(
            gemeente=shown, page=name, gemeenten=[(other.key, other.naam) for other in self._services.gemeenten.values()],
            notice=state.notice.text if state.notice else "", off=state.off_text,
            demonstration=not self._services.settings.production, **more,
        )
        # The page to log in, which the chat opens, hands its code back to this one: see connectors/login.py.
        headers = {hdrs.CACHE_CONTROL: "no-cache", "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    def _contact(self, gemeente: Gemeente, request: web.Request) -> dict[str, Any]:
        now = self._services.now()
        today = now.astimezone(AMSTERDAM).date()
        return {
            **{f"{what}_nu": in_dutch(gemeente.opening(what, now)) for what in ("telefoon", "balie")},
            **{f"{what}_vandaag": gemeente.today(what, today) for what in ("telefoon", "balie")},
            "feestdagen": _holidays(gemeente, now), "locaties": gemeente.locations, "telegram": _telegram(gemeente, request),
        }

    def _embedding(self, gemeente: Gemeente, request: web.Request) -> dict[str, Any]:
        options, base = _options(request), self._services.settings.base_url
        topics = general().catalogue.offers
        wrong = options.faults(topics)
        return {
            "options": options, "faults": {name: FAULTS[name] for name in wrong}, "positions": POSITIONS,
            "topics": sorted((topic.title, slug) for slug, topic in topics.items()), "most": embed.MOST_CHARS,
            "snippet": "" if wrong else embed.snippet(base, gemeente.key, options), "policy": embed.policy(base).items(),
            "tokens": sorted(theme.FALLBACKS), "origins": gemeente.origins, "base": base,
        }

    async def code(self, request: web.Request) -> web.Response:
        """`GET …/insluiten/code`: the tag for these options, as text; 422 with the names of those that are wrong."""
        gemeente, options = self._gemeente(request), _options(request)
        if wrong := options.faults(general().catalogue.offers):
            return web.json_response({name: FAULTS[name] for name in wrong}, status=422)
        return web.Response(text=embed.snippet(self._services.settings.base_url, gemeente.key, options))

    async def theme(self, request: web.Request) -> web.Response:
        """The municipality's tokens, for pages on every website; asked each time whether they are still the same."""
        asset = self._themes[self._gemeente(request).key]
        everywhere = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return send_asset(asset, request, everywhere)


def _front(gemeente: Gemeente, request: web.Request) -> dict[str, Any]:
    return {"telegram": _telegram(gemeente, request)}


def _telegram(gemeente: Gemeente, request: web.Request) -> str:
    """Name of its bot; empty when it has none."""
    return request.app[USERNAME](gemeente.key) if USERNAME in request.app else ""


def _accessibility(_gemeente: Gemeente, _request: web.Request) -> dict[str, Any]:
    return {"stated": day_in_words(STATED)}


def _options(request: web.Request) -> embed.Options:
    known = {name: request.query.get(name, "").strip() for name in embed.Options.__dataclass_fields__}
    return embed.Options(**known | {"position": known["position"] or "right"})


def _holidays(gemeente: Gemeente, now: datetime) -> list[tuple[str, str]]:
    """(day, name) of the holidays to come on which something that is open otherwise is closed."""
    today = now.astimezone(AMSTERDAM).date()
    days = [today + timedelta(ahead) for ahead in range(HOLIDAYS_AHEAD)]
    usual = {day for what in ("balie", "telefoon") for day, spans in gemeente.hours[what].items() if spans}
    return [(day_in_words(day), name) for day in days if (name := gemeente.holiday(day)) and day.weekday() in usual]
