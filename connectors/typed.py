"""What citizens type on a channel of bare words: commands, the number of a choice, a time or a date; anything else is text."""

import re
from datetime import date

from bot.conversation import events
from bot.conversation.events import Event
from connectors import plain, words
from connectors.intake import Intake, sentence
from connectors.messages import Message
from connectors.problems import Problem
from connectors.voice import Arrival, Out

_DAY = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?: uur)?")


async def hear(intake: Intake[Out], arrival: Arrival, said: str) -> None:
    """All that a channel of bare words needs to do with a text that came in. Raises what is in intake.NOT_ACCEPTED."""
    match said.strip(" .!").upper():
        case "STOP":
            await intake.stop(arrival)
        case "MEDEWERKER":
            await intake.person(arrival)
        case "HULP":
            await intake.tell(arrival, words.help_typed(intake.gemeente))
        case "WISSEN":
            await intake.tell(arrival, words.ERASE_TYPED if await intake.kept(arrival.chat) else words.NOTHING_KEPT)
        case "WISSEN JA":
            await _erase(intake, arrival)
        case _:
            await _answer_or_text(intake, arrival, said)


async def _erase(intake: Intake[Out], arrival: Arrival) -> None:
    """First what erases, which may be done twice; then what is said, once."""
    kept = await intake.kept(arrival.chat)
    await intake.erase(arrival.chat)
    await intake.tell(arrival, words.ERASED if kept else words.NOTHING_KEPT)


async def _answer_or_text(intake: Intake[Out], arrival: Arrival, said: str) -> None:
    seq, asked = await intake.question(arrival.chat)
    if asked and (given := answer(said, asked, seq, intake.cid(arrival))):
        try:
            await intake.answer(arrival, given, asked)
        except Problem as exc:
            await intake.tell(arrival, sentence(exc))
    else:
        await intake.text(arrival, said)


def answer(said: str, asked: Event, seq: int, cid: str) -> Message | None:
    """The answer that `said` is to the question `asked`, which is event `seq`; None: it is text for the brain."""
    typed = said.strip(" .!")
    offered = plain.options(asked)
    for number, option in enumerate(offered, 1):
        if typed == str(number) or typed.lower() == option["label"].lower():
            return Message(cid, "choice", value=option["value"], reply_to=f"m_{seq}")
    if (slots := events.find_part(asked, ["time"])) and (found := _TIME.fullmatch(typed)):
        time = f"{int(found[1]):02}:{found[2]}"
        return Message(cid, "time", value=time, reply_to=f"m_{seq}") if time in slots["slots"] else None
    if events.find_part(asked, ["date"]) and (day := _day(typed)):
        return Message(cid, "date", value=day, reply_to=f"m_{seq}")
    return None


def _day(typed: str) -> str:
    """ISO, or empty."""
    if found := _DAY.fullmatch(typed):
        try:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        except ValueError:
            return ""
    return ""
