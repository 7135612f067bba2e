"""Files are refused, politely: a conversation holds words, and the refusal says where a file can go.

Nothing of a file is kept or looked at. Who asks first (`Expect: 100-continue`) hears the refusal before sending; what others send
is taken in and forgotten for `upload_seconds` (see bot.edge), so that the answer gets through to them.
"""

from aiohttp import hdrs, web

from bot.gemeenten import Gemeente
from bot.wiring import Services
from connectors.access import Access
from connectors.problems import Problem

WORDS = "In dit gesprek kunt u geen bestand of foto sturen. Kijk op {website} hoe u het wel stuurt, of bel {telefoon}."

_MEDIA = ("multipart/", "image/", "audio/", "video/", "font/", "model/")
_NO_FILE = {"application/json", "application/x-www-form-urlencoded", "application/xml", "application/x-ndjson"}


class Attachments:
    """The place where a client would send a file."""

    def __init__(self, services: Services, access: Access) -> None:
        self._services = services
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/conv/{conv}/attachments", self.refuse, expect_handler=before_sending)]

    async def refuse(self, request: web.Request) -> web.Response:
        conversation = await self._access.conversation(request)
        await self._access.count_message(request, conversation)
        raise refusal(self._services.gemeente(conversation.gemeente))


def is_file(request: web.Request) -> bool:
    """Whether the body claims to be a file, or a form with files."""
    if hdrs.CONTENT_TYPE not in request.headers:
        return False
    kind = request.content_type
    return kind.startswith(_MEDIA) or (kind.startswith("application/") and kind not in _NO_FILE and not kind.endswith("+json"))


def refusal(gemeente: Gemeente) -> Problem:
    return Problem("attachment_refused", title=WORDS.format(website=gemeente.website, telefoon=gemeente.telefoon))


async def before_sending(request: web.Request) -> None:
    """For `expect_handler`: ask only for a body that will be read."""
    if request.headers.get(hdrs.EXPECT, "").lower() != "100-continue":
        raise web.HTTPExpectationFailed
    if request.transport and request.content_type == "application/json":
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
