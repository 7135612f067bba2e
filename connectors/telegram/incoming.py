"""From updates of Telegram to what citizens do (connectors.intake): words, commands and buttons. Nothing waits for Telegram."""

from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, Update
from telegram import Message as TelegramMessage

from bot.wiring import Services
from connectors.intake import MINUTE, Intake, sentence
from connectors.messages import Message
from connectors.problems import CATALOGUE, Problem
from connectors.telegram import words
from connectors.telegram.buttons import Erasing, answer, refuse, show
from connectors.telegram.keyboards import Rows, chosen, question_of, turned
from connectors.telegram.render import Out
from connectors.telegram.sender import Sender
from connectors.voice import Arrival

TURNS_MINUTE = 40  # times that a citizen may turn to other days or times
Context = Any


class Incoming:
    """Handlers of updates."""

    def __init__(self, services: Services, intake: Intake[Out], sender: Sender) -> None:
        self._logins = services.logins
        self._intake = intake
        self._aside = intake.aside
        self._sender = sender

    async def text(self, update: Update, _context: Context) -> None:
        await self._intake.text(arrival(update), said(update).text or "")

    async def edited(self, update: Update, _context: Context) -> None:
        """A turn may be under way with what stood there first: an edit changes nothing, and that is said once per message."""
        came, changed = arrival(update), update.edited_message
        if changed:
            once = Arrival(came.chat, f"edit:{self._intake.conv(came.chat)}:{changed.message_id}")
            await self._intake.tell(once, words.CHANGED)

    # Commands.

    async def start(self, update: Update, context: Context) -> None:
        """/start. A link may bring a code with it."""
        if code := self._logins.read_code(" ".join(context.args or ())):
            await self._intake.login_code(arrival(update), code)
        else:
            await self._intake.start(arrival(update))

    async def appointment(self, update: Update, _context: Context) -> None:
        """/afspraak"""
        await self._intake.text(arrival(update), words.APPOINTMENT, payload="/afspraak_maken")

    async def case(self, update: Update, _context: Context) -> None:
        """/zaak"""
        await self._intake.text(arrival(update), words.CASE, payload="/zaakstatus")

    async def person(self, update: Update, _context: Context) -> None:
        """/medewerker"""
        await self._intake.person(arrival(update))

    async def stop(self, update: Update, _context: Context) -> None:
        """/stop"""
        await self._intake.stop(arrival(update))

    async def help(self, update: Update, _context: Context) -> None:
        await self._intake.tell(arrival(update), words.help_text(self._intake.gemeente))

    async def unknown(self, update: Update, _context: Context) -> None:
        """A command of another bot, or a mistyped one: no question for the brain."""
        await self._intake.tell(arrival(update), f"{words.UNKNOWN_COMMAND}\n\n{words.help_text(self._intake.gemeente)}")

    async def privacy(self, update: Update, _context: Context) -> None:
        """/privacy"""
        gemeente = self._intake.gemeente
        link = (words.PRIVACY_LINK, gemeente.privacy)
        await self._intake.tell_outs(arrival(update), [Out(words.privacy(gemeente), links=(link,))])

    async def erase(self, update: Update, _context: Context) -> None:
        """/wissen asks first."""
        came = arrival(update)
        if not await self._intake.kept(came.chat):
            await self._intake.tell(came, words.NOTHING_KEPT)
            return
        options = ((words.ERASE_YES, Erasing.YES), (words.ERASE_NO, Erasing.NO))
        rows = tuple((InlineKeyboardButton(label, callback_data=data),) for label, data in options)
        await self._intake.tell_outs(came, [Out(words.ERASE, rows)], counted="erase")

    # Buttons.

    async def button(self, update: Update, _context: Context) -> None:
        """A pressed button: the answer to /wissen, or to a question of the log."""
        query = _query(update)
        match query.data:
            case Erasing.YES:
                await self._intake.erase(arrival(update).chat)
                self._aside(answer(query, text=words.ERASED))
            case Erasing.NO:
                self._aside(answer(query, text=words.KEPT))
            case data:
                await self._choice(arrival(update), query, data or "")

    async def _choice(self, came: Arrival, query: CallbackQuery, data: str) -> None:
        """Resolved against the log, once per keyboard."""
        asked = await self._intake.asked(came.chat, question_of(data))
        if rows := turned(data, asked):
            await self._turn(came, query, rows)
            return
        given = chosen(data, asked, f"tg:keyboard:{query.message.message_id if query.message else 0}")
        try:
            if given is None or asked is None:
                raise Problem("choice_expired")
            body = await self._intake.answer(came, given, asked, fingerprint=data)
        except Problem as exc:
            self._aside(refuse(self._sender, query, exc.kind, sentence(exc)))
        else:
            self._aside(_answered(query, given, body.get("text", "")))

    async def _turn(self, came: Arrival, query: CallbackQuery, rows: Rows) -> None:
        """Other buttons; Telegram allows so many changes and no more."""
        if await self._intake.allowed(f"turn:{came.chat}", TURNS_MINUTE, MINUTE):
            self._aside(show(query, rows))
        else:
            self._aside(refuse(self._sender, query, "too_many", CATALOGUE["too_many"][1]))


async def _answered(query: CallbackQuery, given: Message, label: str) -> None:
    if given.type == "rating":
        await answer(query, text=words.RATED.format(mark=given.value))
    else:
        await answer(query, chosen=label)


def arrival(update: Update) -> Arrival:
    if update.effective_chat is None:
        raise ValueError("an update without a chat")
    return Arrival(str(update.effective_chat.id), str(update.update_id))


def said(update: Update) -> TelegramMessage:
    if update.message is None:
        raise ValueError("an update without a message")
    return update.message


def _query(update: Update) -> CallbackQuery:
    if update.callback_query is None:
        raise ValueError("an update without a button")
    return update.callback_query
