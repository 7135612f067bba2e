"""One bot of the fake Bot API: what it may call."""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from tests.stubs.botapi_citizens import Citizens
from tests.stubs.botapi_rules import (
    MAX_ALERT,
    NOT_MODIFIED,
    QUERY_GONE,
    Json,
    Refusal,
    Sent,
    check_commands,
    check_description,
    check_webhook,
    document_of,
    keyboard_of,
    language_of,
    reply_of,
    require,
    text_of,
)

PATIENCE = 15.0  # seconds after which a test that waits has failed


class FakeBot(Citizens):
    """`sent`, `answers`, `actions` are what the bot did; `fail` makes it go wrong."""

    def __init__(self, token: str, username: str) -> None:
        super().__init__(token, username)
        self.sent: list[Sent] = []
        self.answers: dict[str, Json] = {}  # id of a pressed button -> how the bot answered it
        self.actions: list[tuple[int, str]] = []
        self.calls: list[tuple[str, Json]] = []
        self.commands: list[Json] = []
        self.menus: dict[tuple[str, str], list[Json]] = {}  # (scope, language) -> commands
        self.descriptions: dict[tuple[str, str], str] = {}  # (method without get or set, language) -> text
        self.menu_button: Json = {}
        self.webhook: Json = {}
        self.left: set[int] = set()  # groups that the bot is not in any more
        self.keyboards: dict[int, list[list[Json]]] = {}  # chat -> keyboard that stands under the field for typing
        self._failures: dict[str, deque[Refusal]] = defaultdict(deque)
        self._poll = 0

    def fail(self, method: str, code: int, times: int = 1, retry_after: int = 0) -> None:
        """The next `times` calls of `method` get this status instead."""
        words = {429: f"Too Many Requests: retry after {retry_after}", 400: "Bad Request: BUTTON_URL_INVALID"}
        refusal = Refusal(code, words.get(code, "Internal Server Error"), retry_after)
        self._failures[method].extend([refusal] * times)

    def mend(self) -> None:
        self._failures.clear()

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

    async def call(self, method: str, data: Json) -> Any:
        """Raises Refusal."""
        do = getattr(self, f"_do_{method}", None)
        if do is None:
            raise Refusal(404, "Not Found")
        self.calls.append((method, data))
        if self._failures[method]:
            raise self._failures[method].popleft()
        return await do(data)

    async def _do_getMe(self, data: Json) -> Json:
        return self.me | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _do_setMyCommands(self, data: Json) -> bool:
        self.menus[check_commands(data)] = data["commands"]
        self.commands = data["commands"]
        return True

    async def _do_setMyDescription(self, data: Json) -> bool:
        self.descriptions["MyDescription", language_of(data)] = check_description(data.get("description", ""), 512)
        return True

    async def _do_setMyShortDescription(self, data: Json) -> bool:
        self.descriptions["MyShortDescription", language_of(data)] = check_description(data.get("short_description", ""), 120)
        return True

    async def _do_getMyDescription(self, data: Json) -> Json:
        return {"description": self.descriptions.get(("MyDescription", language_of(data)), "")}

    async def _do_getMyShortDescription(self, data: Json) -> Json:
        return {"short_description": self.descriptions.get(("MyShortDescription", language_of(data)), "")}

    async def _do_setChatMenuButton(self, data: Json) -> bool:
        require(data.get("menu_button", {"type": "default"}).get("type") in {"commands", "default"}, "can't parse menu button")
        self.menu_button = data.get("menu_button", {})
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
        return self._send(Sent(self.new_message(), chat, text_of(data)), data)

    async def _do_sendDocument(self, data: Json) -> Json:
        chat = self._chat(data)
        name, content, caption = document_of(data)
        return self._send(Sent(self.new_message(), chat, caption, file_name=name, file=content), data)

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
        require(data.get("action") in {"typing", "upload_document"}, "wrong parameter action in request")
        self.actions.append((self._chat(data), data["action"]))
        return True

    async def _do_leaveChat(self, data: Json) -> bool:
        chat = self._chat(data)
        require(chat < 0, "chat member status can't be changed in private chats")
        self.left.add(chat)
        return True

    def _send(self, message: Sent, data: Json) -> Json:
        message.keyboard, message.reply = keyboard_of(data), reply_of(data, private=message.chat > 0)
        if "keyboard" in message.reply:
            self.keyboards[message.chat] = message.reply["keyboard"]
        elif message.reply.get("remove_keyboard"):
            self.keyboards.pop(message.chat, None)
        self.sent.append(message)
        return self.shown(message)

    def _edit(self, data: Json, text: str | None) -> Json:
        chat = self._chat(data)
        found = [message for message in self.sent if (message.chat, message.id) == (chat, data["message_id"])]
        require(found, "message to edit not found")
        message, keyboard = found[0], keyboard_of(data)
        require(not reply_of(data, private=True), "inline keyboard expected")
        require(not message.reply, "message can't be edited")  # what changed the keyboard for typing stays as it is
        require(text is None or not message.file_name, "there is no text in the message to edit")
        if text in (None, message.text) and keyboard == message.keyboard:
            raise Refusal(400, NOT_MODIFIED)
        message.text, message.keyboard = text or message.text, keyboard
        return self.shown(message)

    def _chat(self, data: Json) -> int:
        chat: int = data["chat_id"]
        require(chat in self.chats, "chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat in self.left:
            raise Refusal(403, "Forbidden: bot is not a member of the supergroup chat")
        return chat
