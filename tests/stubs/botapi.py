"""A strict Bot API on loopback: it refuses what Telegram refuses, in Telegram's words, and breaks when it is told to."""

import asyncio
import contextlib
import json
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "123456789:AAfictitious-token_of_a_test-bot-00000"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Balie", "username": "balie_test_bot"}
PATIENCE = 15.0
MAX_TEXT, MAX_CALLBACK, MAX_ALERT, MAX_BUTTONS = 4096, 64, 200, 100
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
Json = dict[str, Any]


class Refusal(Exception):
    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


@dataclass
class Sent:
    """A message of the bot as it stands in a chat now."""

    id: int
    chat: int
    text: str
    keyboard: list[list[Json]] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.keyboard for button in row]


class BotApi:
    """`say` and `press` are what citizens do; `sent`, `answers`, `actions` what the bot did; `fail` makes it go wrong."""

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[Sent] = []
        self.answers: dict[str, Json] = {}
        self.actions: list[tuple[int, str]] = []
        self.calls: list[tuple[str, Json]] = []
        self.commands: list[Json] = []
        self.webhook: Json = {}
        self.blocked: set[int] = set()
        self.chats: set[int] = set()
        self.pending: deque[Json] = deque()
        self.confirmed = 0  # the highest offset that was ever asked for
        self.failures: dict[str, deque[Refusal]] = defaultdict(deque)
        self._queries: set[str] = set()
        self._polling = False
        self._next_update, self._next_message = 5000, 100
        self._changed = asyncio.Condition()

    def fail(self, method: str, code: int, times: int = 1, retry_after: int = 0) -> None:
        """The next `times` calls of `method` are answered with this status instead."""
        words = f"Too Many Requests: retry after {retry_after}" if code == 429 else "Internal Server Error"
        self.failures[method].extend(Refusal(code, words, retry_after) for _ in range(times))

    # What citizens do.

    def update(self, chat: int = 7, kind: str = "message", chat_type: str = "private", **content: Any) -> Json:
        """An update that waits for the bot."""
        self.chats.add(chat)
        self._next_message += 1
        person = {"id": abs(chat), "is_bot": False, "first_name": "Fictief"}
        body = {"message_id": self._next_message, "date": 1_800_000_000, "chat": {"id": chat, "type": chat_type}, "from": person}
        if command := re.match(r"/\w+(@\w+)?", content.get("text", "")):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        return self.queue({kind: body | content})

    def say(self, text: str, chat: int = 7) -> Json:
        return self.update(chat, text=text)

    def press(self, message: Sent, label: str) -> Json:
        """Press a button of a message as it is shown now."""
        button = next(button for row in message.keyboard for button in row if button["text"] == label)
        return self.press_data(message, button["callback_data"])

    def press_data(self, message: Sent, data: str) -> Json:
        self._next_update += 1
        query = f"q{self._next_update}"
        self._queries.add(query)
        person = {"id": message.chat, "is_bot": False, "first_name": "Fictief"}
        return self.queue({"callback_query": {
            "id": query, "from": person, "chat_instance": "1", "data": data, "message": self._shown(message),
        }})

    def queue(self, content: Json) -> Json:
        self._next_update += 1
        update = {"update_id": self._next_update} | content
        self.again(update)
        return update

    def again(self, update: Json) -> None:
        """Bring an update (once more), as Telegram does when it isn't sure that it arrived."""
        self.pending.append(update)
        self._wake()

    async def post(self, url: str, update: Json, secret: str | None) -> int:
        """What Telegram does with a webhook. Returns the status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
        async with aiohttp.ClientSession() as session, session.post(url, json=update, headers=headers) as response:
            return response.status

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: bool(true()))

    def texts(self, chat: int = 7) -> list[str]:
        return [message.text for message in self.sent if message.chat == chat]

    # What the bot may call.

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        data = {key: _value(str(value)) for key, value in (await request.post()).items()}
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            call = getattr(self, f"_do_{method}", None)
            if call is None:
                raise Refusal(404, "Not Found")
            self.calls.append((method, data))
            if self.failures[method]:
                raise self.failures[method].popleft()
            result = await call(data)
        except Refusal as exc:
            body: Json = {"ok": False, "error_code": exc.code, "description": exc.description}
            if exc.retry_after:
                body["parameters"] = {"retry_after": exc.retry_after}
            return web.json_response(body, status=exc.code)
        finally:
            self._wake()
        return web.json_response({"ok": True, "result": result})

    async def _do_getMe(self, data: Json) -> Json:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _do_setMyCommands(self, data: Json) -> bool:
        _require(all(re.fullmatch(r"[a-z0-9_]{1,32}", c["command"]) and 0 < len(c["description"]) <= 256
                     for c in data["commands"]), "BOT_COMMAND_INVALID")
        self.commands = data["commands"]
        return True

    async def _do_setWebhook(self, data: Json) -> bool:
        _require(str(data["url"]).startswith("https://"), "bad webhook: An HTTPS URL must be provided for webhook")
        _require(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", data.get("secret_token", "")), "secret token is invalid")
        self.webhook = data
        return True

    async def _do_deleteWebhook(self, data: Json) -> bool:
        self.webhook = {}
        return True

    async def _do_getUpdates(self, data: Json) -> list[Json]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        if self._polling:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        offset, allowed = data.get("offset", 0), data.get("allowed_updates", [])
        self.confirmed = max(self.confirmed, offset)
        self.pending = deque(update for update in self.pending if update["update_id"] >= offset)
        self._polling = True
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(data.get("timeout", 0)), self._changed:
                    await self._changed.wait_for(lambda: self.pending)
        finally:
            self._polling = False
        return [update for update in self.pending if not allowed or set(update) & set(allowed)][:100]

    async def _do_sendMessage(self, data: Json) -> Json:
        message = Sent(self._next_message, self._chat(data), _text(data.get("text", "")), _keyboard(data.get("reply_markup")))
        self._next_message += 1
        self.sent.append(message)
        return self._shown(message)

    async def _do_editMessageText(self, data: Json) -> Json:
        return self._edit(data, _text(data.get("text", "")))

    async def _do_editMessageReplyMarkup(self, data: Json) -> Json:
        return self._edit(data, None)

    async def _do_answerCallbackQuery(self, data: Json) -> bool:
        query = data["callback_query_id"]
        _require(query in self._queries, "query is too old and response timeout expired or query ID is invalid")
        _require(len(data.get("text", "")) <= MAX_ALERT, "MESSAGE_TOO_LONG")
        self._queries.discard(query)
        self.answers[query] = data
        return True

    async def _do_sendChatAction(self, data: Json) -> bool:
        _require(data.get("action") in {"typing", "upload_document"}, "wrong parameter action in request")
        self.actions.append((self._chat(data), data["action"]))
        return True

    def _edit(self, data: Json, text: str | None) -> Json:
        chat = self._chat(data)
        message = next((m for m in self.sent if (m.chat, m.id) == (chat, data["message_id"])), None)
        _require(message, "message to edit not found")
        assert message
        text, keyboard = message.text if text is None else text, _keyboard(data.get("reply_markup"))
        if (text, keyboard) == (message.text, message.keyboard):
            raise Refusal(400, NOT_MODIFIED)
        message.text, message.keyboard = text, keyboard
        return self._shown(message)

    def _chat(self, data: Json) -> int:
        chat = int(data["chat_id"])
        _require(chat in self.chats, "chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def _shown(self, message: Sent) -> Json:
        chat = {"id": message.chat, "type": "private"}
        markup = {"reply_markup": {"inline_keyboard": message.keyboard}} if message.keyboard else {}
        return {"message_id": message.id, "date": 1_800_000_000, "chat": chat, "from": BOT, "text": message.text} | markup

    def _wake(self) -> None:
        async def notify() -> None:
            async with self._changed:
                self._changed.notify_all()

        self._waker = asyncio.ensure_future(notify())


def _value(raw: str) -> Any:
    """Fields are text, numbers or JSON; a text that looks like a number stays one where it is a text."""
    return json.loads(raw) if re.fullmatch(r"[\[{].*[\]}]|-?\d{1,18}|true|false", raw, re.DOTALL) else raw


def _require(holds: object, why: str) -> None:
    if not holds:
        raise Refusal(400, f"Bad Request: {why}")


def _text(value: Any) -> str:
    text = str(value).strip()
    _require(text, "message text is empty")
    _require(len(text.encode("utf-16-le")) // 2 <= MAX_TEXT, "message is too long")
    return text


def _keyboard(markup: Json | None) -> list[list[Json]]:
    rows: list[list[Json]] = (markup or {}).get("inline_keyboard", [])
    _require(sum(map(len, rows)) <= MAX_BUTTONS, "reply markup is too long")
    for button in (button for row in rows for button in row):
        _require(button["text"].strip(), "inline keyboard button text is empty")
        _require(("url" in button) != ("callback_data" in button), "text buttons are unallowed in the inline keyboard")
        if "url" in button:
            _require(re.match(r"https?://[^/\s:]+\.[^/\s:]+", button["url"]), "inline keyboard button URL is invalid: Wrong HTTP URL")
        else:
            _require(1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK, "BUTTON_DATA_INVALID")
    return rows


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[BotApi]:
    """A Bot API at work; `url` is its address."""
    api = BotApi()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield api
    finally:
        await runner.cleanup()
