"""What citizens do in the chats of a bot of the fake Bot API: each becomes an update that waits for the bot."""

import asyncio
import re
from typing import Any

from tests.stubs.botapi_rules import Json, Sent

DATE = 1_800_000_000


class Citizens:
    """`say`, `press` and the like are what citizens do; `pending` are the updates that the bot has not confirmed."""

    def __init__(self, token: str, username: str) -> None:
        self.me = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Balie", "username": username}
        self.pending: list[Json] = []
        self.chats: set[int] = set()
        self.blocked: set[int] = set()
        self._queries: set[str] = set()  # pressed buttons that may still be answered
        self._pressed = 0
        self._last_update, self._last_message = 5000, 100
        self._changed = asyncio.Event()

    def say(self, text: str, chat: int = 7) -> Json:
        return self.send(chat, text=text)

    def send(self, chat: int = 7, *, kind: str = "message", chat_type: str = "private", **content: Any) -> Json:
        """Any message, as an update that waits for the bot."""
        self.chats.add(chat)
        if command := re.match(r"/\w+(@\w+)?", content.get("text", "")):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        body = {"message_id": self.new_message(), "date": DATE, "chat": {"id": chat, "type": chat_type}, "from": _person(chat)}
        return self.queue({kind: body | content})

    def share_contact(self, phone: str, chat: int = 7, owner: int | None = None) -> Json:
        """A contact card. `owner`: whose number it is on Telegram; the citizen's own when not given, nobody's when 0."""
        of = {"user_id": chat if owner is None else owner} if owner != 0 else {}
        return self.send(chat, contact={"phone_number": phone, "first_name": "Fictief", **of})

    def member(self, old: str, new: str, chat: int = 7, chat_type: str = "private") -> Json:
        """Somebody changed what the bot is in a chat: blocked it (`member` to `kicked`), came back, added it to a group."""
        self.chats.add(chat)
        if chat_type == "private":
            (self.blocked.add if new == "kicked" else self.blocked.discard)(chat)
        states = {name: {"status": status, "user": self.me} | ({"until_date": 0} if status == "kicked" else {})
                  for name, status in (("old_chat_member", old), ("new_chat_member", new))}
        place = {"id": chat, "type": chat_type} | ({} if chat_type == "private" else {"title": "Fictieve groep"})
        return self.queue({"my_chat_member": {"chat": place, "from": _person(chat), "date": DATE, **states}})

    def press(self, message: Sent, label: str) -> Json:
        """Press a button as it is shown now."""
        return self.press_data(message, message.buttons[label]["callback_data"])

    def press_data(self, message: Sent, data: str, *, late: bool = False, gone: bool = False) -> Json:
        """Press a button that may be gone by now. `late`: the bot hears of it too late to answer; `gone`: the message is so old
        that Telegram no longer shows it to the bot.
        """
        self._pressed += 1
        query = f"q{self._pressed}_{self._last_update}"
        if not late:
            self._queries.add(query)
        shown = {"message_id": message.id, "date": 0, "chat": {"id": message.chat, "type": "private"}}
        return self.queue({"callback_query": {
            "id": query, "from": _person(message.chat), "chat_instance": "1", "data": data,
            "message": shown if gone else self.shown(message),
        }})

    def queue(self, content: Json) -> Json:
        self._last_update += 1
        update = {"update_id": self._last_update} | content
        self.pending.append(update)
        self._changed.set()
        return update

    def new_message(self) -> int:
        self._last_message += 1
        return self._last_message

    def shown(self, message: Sent) -> Json:
        """A message of the bot as Telegram tells of it."""
        markup = {"reply_markup": {"inline_keyboard": message.keyboard}} if message.keyboard else {}
        chat = {"id": message.chat, "type": "private" if message.chat > 0 else "supergroup"}
        content: Json = {"text": message.text}
        if message.file_name:
            file = {"file_id": "f1", "file_unique_id": "u1", "file_name": message.file_name, "file_size": len(message.file)}
            content = {"caption": message.text, "document": file}
        return {"message_id": message.id, "date": DATE, "chat": chat, "from": self.me} | content | markup


def _person(chat: int) -> Json:
    return {"id": abs(chat), "is_bot": False, "first_name": "Fictief"}
