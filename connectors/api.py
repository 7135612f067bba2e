"""The citizen API (protocol version 1): begin a conversation, send, look back, erase. Streams are in connectors.stream."""

from datetime import UTC, datetime
from typing import Literal, TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec
from aiohttp import hdrs, web

from bot.conversation import events
from bot.conversation.privacy import mask
from bot.conversation.references import reference
from bot.conversation.store import Conversation
from bot.knowledge.answers import general
from bot.wiring import Services
from connectors import attachments, opening, transcript
from connectors.access import DAY, Access, Origins, show_token
from connectors.bodies import json_response, moment, read_json
from connectors.health import Metrics
from connectors.messages import ANSWERS, FIRST, Message, check, compose, keep_rating, receive, stop_waiting, wants_to_stop
from connectors.problems import Fault, Problem
from connectors.query import integer, one_of
from connectors.service import check_on

HISTORY_MOST = 200

T = TypeVar("T")


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /v1/conv. `page`: the page that the citizen asks from; `topic`: what that page is about."""

    gemeente: str
    channel: Literal["website", "app"]
    locale: str = "nl"
    page: str | None = None
    topic: str | None = None


class Typing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    on: bool


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seq: int


class Api:
    """Handlers of the citizen API."""

    def __init__(
        self, services: Services, access: Access, origins: Origins, metrics: Metrics
    ) -> None:
        self._services = services
        self._store = services.store
        self._settings = services.settings
        self._access = access
        self._origins = origins
        self._metrics = metrics
        self._body_seconds = services.settings.body_seconds
        self._opening = opening.load()
        self._topics = general().catalogue.offers  # any other is ignored: a website that errs must not cost the chat
        for gemeente in services.gemeenten.values():  # an unknown {name} must stop the start, not the first citizen
            opening.first_event(self._opening, gemeente.variables(datetime.now(UTC)))

    def routes(self) -> list[web.RouteDef]:
        conv = "/v1/conv/{conv}"
        return [
            web.post("/v1/conv", self.begin),
            web.post(f"{conv}/messages", self.send, expect_handler=attachments.before_sending),
            web.post(f"{conv}/typing", self.typing),
            web.post(f"{conv}/read", self.read),
            web.get(f"{conv}/history", self.history),
            web.get(f"{conv}/transcript", self.transcript),
            web.delete(conv, self.erase),
            web.get("/v1/gemeenten/{gemeente}/topics/{slug}", self.topic),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        await self._access.count_creation(request)
        asked = await self._json(request, Begin)
        if faults := self._begin_faults(asked):
            raise Problem("invalid", *faults)
        if not self._origins.allows(request.headers.get(hdrs.ORIGIN, ""), asked.gemeente):
            raise Problem("origin_refused")
        await check_on(self._services, asked.gemeente)
        gemeente, now = self._services.gemeente(asked.gemeente), datetime.now(UTC)
        page = {"_page": _page_of(asked.page)} if asked.page else {}
        topic = self._topics.get(asked.topic or "")
        first = opening.first_event(self._opening, gemeente.variables(now), topic, **page)
        conv, secret = await self._store.create(
            gemeente.key, asked.channel, asked.locale, gemeente.retention_days, first, caller=self._access.caller(request),
            about=topic.slug if topic else "",
        )
        expires = moment(gemeente.retention_days * DAY)
        return json_response(
            {"conv": conv, "token": show_token(conv, secret), "expires_at": expires, "seq": FIRST}, status=201
        )

    def _begin_faults(self, asked: Begin) -> list[Fault]:
        faults = []
        if asked.gemeente not in self._services.gemeenten:
            faults.append(Fault("gemeente", "Deze gemeente kennen wij niet."))
        if asked.locale not in {"nl", "nl-NL"}:
            faults.append(Fault("locale", "De assistent spreekt alleen Nederlands (nl)."))
        if asked.page and _page_of(asked.page) is None:
            faults.append(Fault("page", "Dit moet een webadres zijn van hooguit 2000 tekens."))
        return faults

    async def send(self, request: web.Request) -> web.Response:
        """Accept a message: 201 means that it is in the log, and stays there."""
        conversation = await self._access.conversation(request)
        await self._access.count_message(request, conversation)
        await check_on(self._services, conversation.gemeente, conversation.owner)
        if attachments.is_file(request):
            raise attachments.refusal(self._services.gemeente(conversation.gemeente))
        message = await self._json(request, Message)
        check(message, self._settings.max_text_chars)
        asked = await self._store.event(conversation.id, message.question or 0) if message.type in ANSWERS else None
        body = compose(message, asked)
        fingerprint = self._fingerprint(conversation, message)
        if message.type == "rating":
            new, seq = await keep_rating(self._services, conversation, body, fingerprint)
        else:
            new, seq = await receive(self._services, conversation, message, body, fingerprint, asked)
            if conversation.owner == "queue" and wants_to_stop(message):  # also the second time: the first may have stopped here
                await stop_waiting(self._services, conversation)
        if new:
            self._metrics.message(conversation.gemeente, conversation.channel, message.type)
        return json_response({"cid": message.cid, "id": f"m_{seq}", "seq": seq}, status=201 if new else 200)

    def _fingerprint(self, conversation: Conversation, message: Message) -> str:
        """Tells a repeat from a reuse. Keyed: a plain digest of a short text would give the text away."""
        content = msgspec.json.encode([message.type, message.text, message.value, message.reply_to], order="deterministic")
        return self._services.limits.hash(f"message:{conversation.id}:{content.decode()}")

    async def typing(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        await self._access.count_other("signal", conversation)
        if (await self._json(request, Typing)).on:
            await self._store.signal(conversation.id, "typing:citizen")
        return web.Response(status=204)

    async def read(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        await self._access.count_other("signal", conversation)
        seq = (await self._json(request, Read)).seq
        if not 0 <= seq <= await self._store.length(conversation.id):
            raise Problem("invalid", Fault("seq", "Dit bericht bestaat niet."))
        await self._store.mark_read(conversation.id, "citizen", seq)
        return web.Response(status=204)

    async def history(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        before = integer(request, "before", least=1)
        limit = integer(request, "limit", least=1, most=HISTORY_MOST) or 50
        found = await self._store.history(conversation.id, before, limit)
        shown = [events.for_citizen(body, seq) for seq, body in found]
        return json_response({"events": shown, "more": bool(found) and found[0][0] > FIRST})

    async def transcript(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        form = one_of(request, "format", ("txt", "html", "json"))
        await self._access.count_other("transcript", conversation)
        found = await self._store.read(conversation.id, 0, self._settings.max_events * 2)
        number = reference(self._settings.secret, conversation.id)
        return transcript.response(form, self._services.gemeente(conversation.gemeente), found, number)

    async def erase(self, request: web.Request) -> web.Response:
        await self._store.erase(await self._access.conversation(request))
        return web.Response(status=204)

    async def topic(self, request: web.Request) -> web.Response:
        """What a topic of the catalogue is called, for a page that is about it."""
        found = self._topics.get(request.match_info["slug"])
        if found is None or request.match_info["gemeente"] not in self._services.gemeenten:
            raise Problem("not_found")
        return json_response({"topic": found.slug, "title": found.title})

    async def _json(self, request: web.Request, kind: type[T]) -> T:
        return await read_json(request, kind, max_bytes=self._settings.max_body_bytes, seconds=self._body_seconds)


def _page_of(url: str) -> str | None:
    """The address of a page without what follows `?` or `#`, which may be personal; None when it isn't a web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > 2000 or not url.isprintable():
        return None
    return mask(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))
