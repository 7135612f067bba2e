"""A strict Bot API on loopback: it keeps Telegram's rules, and breaks when it is told to."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web

from tests.stubs import server
from tests.stubs.botapi_bot import FakeBot
from tests.stubs.botapi_rules import Json, Refusal, field_value

TOKEN = "123456789:AAfictitious-token_of_a_test-bot-00000"
USERNAME = "balie_test_bot"


class BotApi(FakeBot):
    """The server, which is at the same time the bot of TOKEN; `another` makes more bots."""

    def __init__(self) -> None:
        super().__init__(TOKEN, USERNAME)
        self.url = ""
        self._bots: dict[str, FakeBot] = {TOKEN: self}

    def another(self, token: str, username: str) -> FakeBot:
        """A bot of its own: its chats and updates have nothing to do with those of others."""
        self._bots[token] = FakeBot(token, username)
        return self._bots[token]

    async def post(self, url: str, update: Any, secret: str | None) -> int:
        """What Telegram does with a webhook. Returns the status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
        async with aiohttp.ClientSession() as session, session.post(url, json=update, headers=headers) as response:
            return response.status

    async def handle(self, request: web.Request) -> web.Response:
        data: Json = {key: field_value(key, value) for key, value in (await request.post()).items()}  # type: ignore[arg-type]
        try:
            bot = self._bots.get(request.match_info["token"])
            if bot is None:
                raise Refusal(401, "Unauthorized")
            return web.json_response({"ok": True, "result": await bot.call(request.match_info["method"], data)})
        except Refusal as exc:
            body: Json = {"ok": False, "error_code": exc.code, "description": exc.description}
            if exc.retry_after:
                body["parameters"] = {"retry_after": exc.retry_after}
            return web.json_response(body, status=exc.code)

    def close(self) -> None:
        for bot in self._bots.values():
            bot.end_polls()


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[BotApi]:
    """A Bot API at work; `url` is its address."""
    api = BotApi()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.handle)
    async with server.serving(app) as api.url:
        try:
            yield api
        finally:
            api.close()
