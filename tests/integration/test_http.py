"""Reading from a supplier: what is tried again, and what isn't because it would only take longer."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.http import MAX_BYTES, Http, HttpFailure
from tests.stubs.server import serving


class Server:
    """Gives these answers one after the other, the last one for ever."""

    url: str

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.asked = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        status, body = self.answers[min(self.asked, len(self.answers)) - 1]
        return web.Response(status=status, body=body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made, app = Server(), web.Application()
    app.router.add_route("*", "/", made.answer)
    async with serving(app) as root:
        made.url = f"{root}/"
        yield made


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    made = Http(10.0, retry_pause_seconds=0.0)
    yield made
    await made.aclose()


async def test_an_answer_that_is_too_large_is_not_asked_again(server: Server, http: Http) -> None:
    server.answers = [(200, b"x" * (MAX_BYTES + 1)), (200, b"{}")]
    with pytest.raises(HttpFailure, match="too large"):
        await http.get(server.url, headers={})
    assert server.asked == 1


async def test_an_answer_of_the_largest_size_is_read(server: Server, http: Http) -> None:
    server.answers = [(200, b"x" * MAX_BYTES)]
    assert len((await http.get(server.url, headers={})).body) == MAX_BYTES


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_backend_that_is_starting_is_asked_once_more(server: Server, http: Http, status: int) -> None:
    server.answers = [(status, b""), (200, b"{}")]
    assert (await http.get(server.url, headers={})).json() == {}
    assert server.asked == 2


async def test_what_changes_something_is_sent_once(server: Server, http: Http) -> None:
    server.answers = [(503, b""), (200, b"{}")]
    assert (await http.act("POST", server.url, headers={})).status == 503
    assert server.asked == 1
