"""Which update goes to which handler."""

from telegram.ext import BaseHandler, CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from connectors.telegram.enclosed import Enclosed
from connectors.telegram.incoming import Incoming
from connectors.telegram.membership import Membership

UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]

_NEW = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
# A location that is shared "live" comes as an edit every few seconds, and so does a preview: only words that change count.
_EDIT = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE & (filters.TEXT | filters.CAPTION)
_UNKNOWN = _NEW & filters.COMMAND & filters.Regex(r"^/\w+(@\w+)?(\s|$)")  # what only begins like a command is text
_IN_GROUP = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & filters.COMMAND


def handlers(incoming: Incoming, enclosed: Enclosed, membership: Membership) -> list[BaseHandler]:  # type: ignore[type-arg]
    """In order: the first that fits gets the update; what fits none is confirmed and forgotten."""
    commands = {
        "start": incoming.start, "afspraak": incoming.appointment, "zaak": incoming.case, "medewerker": incoming.person,
        "stop": incoming.stop, "privacy": incoming.privacy, "wissen": incoming.erase, "help": incoming.help,
    }
    return [
        *(CommandHandler(name, handle, _NEW) for name, handle in commands.items()),
        MessageHandler(_UNKNOWN, incoming.unknown),
        CallbackQueryHandler(incoming.button),
        MessageHandler(_NEW & filters.TEXT, incoming.text),
        MessageHandler(_NEW & filters.CONTACT, enclosed.contact),
        MessageHandler(_NEW & ~filters.StatusUpdate.ALL, enclosed.other),
        MessageHandler(_EDIT, incoming.edited),
        MessageHandler(_IN_GROUP, membership.group),
        ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER),
    ]
