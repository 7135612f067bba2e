"""What every request passes: the record of it, the net under errors, the rules of the citizen API, and the headers."""

import html
import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.conversation.redis import StoreUnavailable
from bot.conversation.store import UnknownConversation
from bot.logs import where
from connectors.access import Origins
from connectors.health import Metrics
from connectors.problems import CATALOGUE, Problem, kind_of, respond

log = structlog.get_logger()

API = "/v1/"
RETRY_SECONDS = 2  # when the store does not answer
CSP_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "require-trusted-types-for 'script'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
CSP_DATA = "default-src 'none'; frame-ancestors 'none'"

_CONV = re.compile(r"c_[A-Za-z0-9_-]{1,64}")
_PREPARED = web.RequestKey("prepared", web.StreamResponse)
_SECRETS_IN_URL = {"token", "access_token", "authorization", "bearer"}


def route_of(request: web.Request) -> str:
    """The route's template, such as /v1/conv/{conv}; never the path itself."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "(none)"


def observe(metrics: Metrics) -> Middleware:
    """One record and one count per request, without anything a citizen wrote."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        status = 499  # the client went away
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            seconds = time.perf_counter() - started
            route = route_of(request)
            metrics.request(request.method, route, status, seconds)
            conv = request.match_info.get("conv", "")
            log.info(
                "request", method=request.method if request.method in hdrs.METH_ALL else "?", route=route, status=status,
                duration_ms=round(seconds * 1000, 1), **({"conv": conv} if _CONV.fullmatch(conv) else {}),
            )

    return middleware


@web.middleware
async def net(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure becomes an answer that gives nothing away."""
    try:
        return await handler(request)
    except web.HTTPException as exc:
        own_words = exc.text != f"{exc.status}: {exc.reason}" and not request.path.startswith(API)
        if exc.status < 400 or own_words:
            raise  # a redirect, or an error of the desk with words of its own
        allow = exc.headers.get(hdrs.ALLOW)
        return _failure(request, Problem(kind_of(exc.status)), {hdrs.ALLOW: allow} if allow else {})
    except Problem as exc:
        return _failure(request, exc)
    except UnknownConversation:
        return _failure(request, Problem("conversation_unknown"))
    except StoreUnavailable as exc:
        log.warning("store_unavailable", during=str(exc), route=route_of(request))
        return _failure(request, Problem("store_unavailable", retry_after=RETRY_SECONDS))
    except Exception as exc:
        log.error("request_failed", error=type(exc).__name__, where=where(exc), route=route_of(request))
        return _failure(request, Problem("error"))


def _failure(request: web.Request, problem: Problem, headers: dict[str, str] | None = None) -> web.StreamResponse:
    begun: web.StreamResponse | None = request.get(_PREPARED)
    if begun is not None:  # a stream that had begun can only be cut off
        if request.transport:
            request.transport.close()
        return begun
    if not request.path.startswith(API) and "text/html" in request.headers.get(hdrs.ACCEPT, ""):
        text = _PAGE.format(title=html.escape(problem.title))
        return web.Response(status=CATALOGUE[problem.kind][0], text=text, content_type="text/html")
    return respond(problem.kind, problem.faults, problem.retry_after, headers or {}, problem.title)


_PAGE = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head><body><main><h1>{title}</h1><p><a href="/">Naar het begin</a></p></main></body></html>
"""


def citizen_rules(origins: Origins) -> Middleware:
    """For /v1 alone: other websites are refused, their preflights answered, and a token in the address is refused."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        if _SECRETS_IN_URL & {name.lower() for name in request.query}:
            raise Problem("token_in_url")
        allowed = origins.allows(request.headers.get(hdrs.ORIGIN, ""))
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD} and not allowed:
            raise Problem("origin_refused")
        if request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers:
            return web.Response(status=204)
        return await handler(request)

    return middleware


def headers(origins: Origins, base_url: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Signal for `on_response_prepare`: headers for every response, streams and errors too. What a handler set, stays."""
    https = urlsplit(base_url).scheme == "https"

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        request[_PREPARED] = response
        page = response.content_type == "text/html"
        defaults = {
            "Content-Security-Policy": CSP_PAGE if page else CSP_DATA,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            hdrs.CACHE_CONTROL: "no-store",
        }
        if https:
            defaults["Strict-Transport-Security"] = "max-age=31536000"
        for name, value in defaults.items():
            response.headers.setdefault(name, value)
        response.headers[hdrs.SERVER] = "balie"
        if request.path.startswith(API):
            _cross_origin(request, response, origins)

    return prepare


def _cross_origin(request: web.Request, response: web.StreamResponse, origins: Origins) -> None:
    origin = request.headers.get(hdrs.ORIGIN, "")
    response.headers[hdrs.VARY] = hdrs.ORIGIN
    if not origin or not origins.allows(origin):
        return
    response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
    response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = "Retry-After, Content-Disposition"
    if request.method == hdrs.METH_OPTIONS:
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, POST, PUT, DELETE"
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = "Authorization, Content-Type, Last-Event-ID"
        response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = "600"
