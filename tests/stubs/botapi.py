"""A strict Bot API on loopback: it keeps Telegram's rules, and breaks when it is told to."""

import asyncio
import contextlib
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
from aiohttp import web

from tests.stubs import server
from tests.stubs.botapi_rules import (
    MAX_ALERT,
    NOT_MODIFIED,
    QUERY_GONE,
    Json,
    Refusal,
    Sent,
    check_commands,
    check_webhook,
    field_value,
    keyboard_of,
    require,
    text_of,
)

TOKEN = "123456789:AAfictitious-token_of_a_test-bot-00000"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Balie", "username": "balie_test_bot"}
PATIENCE = 15.0  # seconds after which a test that waits has failed
DATE = 1_800_000_000


class BotApi:
    """`say` and `press` are what citizens do; `sent`, `answers`, `actions` what the bot did; `fail` makes it go wrong."""

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[Sent] = []
        self.answers: dict[str, Json] = {}  # id of a pressed button -> how the bot answered it
        self.actions: list[tuple[int, str]] = []
        self.calls: list[tuple[str, Json]] = []
        self.commands: list[Json] = []
        self.webhook: Json = {}
        self.blocked: set[int] = set()
        self.chats: set[int] = set()
        self.pending: list[Json] = []  # updates that the bot has not confirmed
        self._failures: dict[str, deque[Refusal]] = defaultdict(deque)
        self._queries: set[str] = set()
        self._poll = 0
        self._last_update, self._last_message = 5000, 100
        self._changed = asyncio.Event()

    def fail(self, method: str, code: int, times: int = 1, retry_after: int = 0) -> None:
        """The next `times` calls of `method` get this status instead."""
        words = {429: f"Too Many Requests: retry after {retry_after}", 400: "Bad Request: BUTTON_URL_INVALID"}
        refusal = Refusal(code, words.get(code, "Internal Server Error"), retry_after)
        self._failures[method].extend([refusal] * times)

    def mend(self) -> None:
        self._failures.clear()

    # What citizens do.

    def say(self, text: str, chat: int = 7) -> Json:
        return self.send(chat, text=text)

    def send(self, chat: int = 7, *, kind: str = "message", chat_type: str = "private", **content: Any) -> Json:
        """Any message, as an update that waits for the bot."""
        self.chats.add(chat)
        if command := re.match(r"/\w+(@\w+)?", content.get("text", "")):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        sender = {"id": abs(chat), "is_bot": False, "first_name": "Fictief"}
        body = {"message_id": self._new_message(), "date": DATE, "chat": {"id": chat, "type": chat_type}, "from": sender}
        return self.queue({kind: body | content})

    def press(self, message: Sent, label: str) -> Json:
        """Press a button as it is shown now."""
        return self.press_data(message, message.buttons[label]["callback_data"])

    def press_data(self, message: Sent, data: str) -> Json:
        """Press a button that may be gone by now."""
        query = f"q{len(self._queries) + len(self.answers) + 1}_{self._last_update}"
        self._queries.add(query)
        sender = {"id": message.chat, "is_bot": False, "first_name": "Fictief"}
        return self.queue({"callback_query": {
            "id": query, "from": sender, "chat_instance": "1", "data": data, "message": self._shown(message),
        }})

    def queue(self, content: Json) -> Json:
        self._last_update += 1
        update = {"update_id": self._last_update} | content
        self.pending.append(update)
        self._changed.set()
        return update

    async def post(self, url: str, update: Any, secret: str | None) -> int:
        """What Telegram does with a webhook. Returns the status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
        async with aiohttp.ClientSession() as session, session.post(url, json=update, headers=headers) as response:
            return response.status

    def end_polls(self) -> None:
        """A poll gives way to a newer one."""
        self._poll += 1
        self._changed.set()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.01)

    def texts(self, chat: int = 7) -> list[str]:
        return [message.text for message in self.sent if message.chat == chat]

    def count(self, method: str) -> int:
        return sum(called == method for called, _ in self.calls)

    # What the bot may call.

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        data = {key: field_value(key, str(value)) for key, value in (await request.post()).items()}
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            call = getattr(self, f"_do_{method}", None)
            if call is None:
                raise Refusal(404, "Not Found")
            self.calls.append((method, data))
            if self._failures[method]:
                raise self._failures[method].popleft()
            return web.json_response({"ok": True, "result": await call(data)})
        except Refusal as exc:
            body: Json = {"ok": False, "error_code": exc.code, "description": exc.description}
            if exc.retry_after:
                body["parameters"] = {"retry_after": exc.retry_after}
            return web.json_response(body, status=exc.code)

    async def _do_getMe(self, data: Json) -> Json:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _do_setMyCommands(self, data: Json) -> bool:
        check_commands(data["commands"])
        self.commands = data["commands"]
        return True

    async def _do_setWebhook(self, data: Json) -> bool:
        check_webhook(data)
        self.webhook = data
        return True

    async def _do_deleteWebhook(self, data: Json) -> bool:
        self.webhook = {}
        return True

    async def _do_getUpdates(self, data: Json) -> list[Json]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self.end_polls()
        mine, offset, allowed = self._poll, data.get("offset", 0), set(data.get("allowed_updates", []))
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(data.get("timeout", 0)):
                while not self.pending and mine == self._poll:
                    self._changed.clear()
                    await self._changed.wait()
        if mine != self._poll:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return [update for update in self.pending if not allowed or set(update) & allowed][:100]

    async def _do_sendMessage(self, data: Json) -> Json:
        chat = self._chat(data)
        message = Sent(self._new_message(), chat, text_of(data), keyboard_of(data))
        self.sent.append(message)
        return self._shown(message)

    async def _do_editMessageText(self, data: Json) -> Json:
        return self._edit(data, text_of(data))

    async def _do_editMessageReplyMarkup(self, data: Json) -> Json:
        return self._edit(data, None)

    async def _do_answerCallbackQuery(self, data: Json) -> bool:
        query = data["callback_query_id"]
        require(query in self._queries, QUERY_GONE)
        require(len(data.get("text", "")) <= MAX_ALERT, "MESSAGE_TOO_LONG")
        self._queries.discard(query)
        self.answers[query] = data
        return True

    async def _do_sendChatAction(self, data: Json) -> bool:
        require(data.get("action") == "typing", "wrong parameter action in request")
        self.actions.append((self._chat(data), data["action"]))
        return True

    def _edit(self, data: Json, text: str | None) -> Json:
        chat = self._chat(data)
        found = [message for message in self.sent if (message.chat, message.id) == (chat, data["message_id"])]
        require(found, "message to edit not found")
        message, keyboard = found[0], keyboard_of(data)
        if text in (None, message.text) and keyboard == message.keyboard:
            raise Refusal(400, NOT_MODIFIED)
        message.text, message.keyboard = text or message.text, keyboard
        return self._shown(message)

    def _chat(self, data: Json) -> int:
        chat: int = data["chat_id"]
        require(chat in self.chats, "chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def _new_message(self) -> int:
        self._last_message += 1
        return self._last_message

    def _shown(self, message: Sent) -> Json:
        markup = {"reply_markup": {"inline_keyboard": message.keyboard}} if message.keyboard else {}
        chat = {"id": message.chat, "type": "private"}
        return {"message_id": message.id, "date": DATE, "chat": chat, "from": BOT, "text": message.text} | markup


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
            api.end_polls()
