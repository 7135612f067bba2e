"""The ways to a person, from quick to slow: chat, call-back, appointment; and always the telephone and the counter.

Pure: the time and whether an agent is there are arguments. The sentences are in domain.yml; here are the values in them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.gemeenten import AMSTERDAM, Gemeente
from bot.opening import Opening, near_day

Way = Literal["chat", "callback", "appointment"]
State = Literal["open", "nobody", "closed", "holiday", "never"]

TALK = "gesprek"  # the product of an appointment to talk to somebody
WAYS: dict[Way, tuple[str, str]] = {  # label and payload of the button that chooses it
    "chat": ("Chat met een medewerker", "/choose_chat"),
    "callback": ("Laat mij terugbellen", "/choose_callback"),
    "appointment": ("Maak een afspraak", f'/afspraak_maken{{"product": "{TALK}"}}'),
}


@dataclass(frozen=True)
class Rung:
    """A way to a person that has hours. `state`: why it can or can't be taken now; `opening` is the one of now or the next.

    `holidays`: the days without which it would be open sooner, by name.
    """

    state: State
    opening: Opening | None
    holidays: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class Ladder:
    """What can be offered at a moment. `ways` in the order to offer them; `phone` and `counter` say today's hours in words.

    The values of the responses: `again` is when the chat is there again ("maandag vanaf 09:00 uur"), `until` when it ends today,
    `holidays` names what it is closed for ("Vandaag is het Eerste Kerstdag"); empty where there is no such thing.
    """

    ways: tuple[Way, ...]
    chat: Rung
    phone: str
    counter: str
    again: str = ""
    until: str = ""
    holidays: str = ""


def ladder(gemeente: Gemeente, now: datetime, there: bool) -> Ladder:
    """The ladder of this municipality at the aware time `now`. `there`: an agent is there who takes conversations."""
    today = now.astimezone(AMSTERDAM).date()
    chat = _rung(gemeente, "chat", now, there)
    first: tuple[Way, ...] = ("chat",) if chat.state == "open" else ()
    opening = chat.opening
    return Ladder(
        (*first, *below_chat(gemeente)), chat, hours(gemeente, "telefoon", now), hours(gemeente, "balie", now),
        again=again(opening) if opening and not opening.open else "",
        until=f"{opening.end:%H:%M} uur" if opening and opening.open and opening.end.second == 0 else "",
        holidays=_named(chat.holidays, today),
    )


def below_chat(gemeente: Gemeente) -> tuple[Way, ...]:
    """The ways that need no agent at this moment, in the order to offer them."""
    return ("callback", "appointment") if gemeente.offers(TALK) else ("callback",)


def hours(gemeente: Gemeente, what: str, now: datetime) -> str:
    """Today's hours, and from when when those are over: "vandaag gesloten, Eerste Kerstdag; maandag weer open vanaf 08:30 uur".

    Names the holidays in between.
    """
    today = now.astimezone(AMSTERDAM).date()
    opening = gemeente.opening(what, now)
    if opening is None or opening.days == 0:
        return gemeente.today(what, today)
    over = "; nu dicht," if gemeente.open_on(what, today) else ";"
    coming = _named(tuple(item for item in _missed(gemeente, what, now, opening) if item[0] > today), today)
    next_one = f"{near_day(opening.day, today)} weer open vanaf {opening.start:%H:%M} uur"
    return f"{gemeente.today(what, today)}{over} {next_one}" + (f" ({coming[0].lower()}{coming[1:]})" if coming else "")


def reachable(gemeente: Gemeente, now: datetime) -> dict[str, str]:
    """What the responses name of telephone and counter at this moment."""
    return {"telefoon_vandaag": hours(gemeente, "telefoon", now), "balie_vandaag": hours(gemeente, "balie", now)}


def again(opening: Opening) -> str:
    """When it opens: "vandaag vanaf 13:30 uur", "morgen …", "maandag …", "maandag 7 december vanaf 09:00 uur"."""
    return f"{near_day(opening.day, opening.day - timedelta(opening.days))} vanaf {opening.start:%H:%M} uur"


def _rung(gemeente: Gemeente, what: str, now: datetime, there: bool) -> Rung:
    opening = gemeente.opening(what, now)
    if opening is None:
        return Rung("never", None)
    if opening.open:
        return Rung("open" if there else "nobody", opening)
    missed = _missed(gemeente, what, now, opening)
    return Rung("holiday" if missed else "closed", opening, missed)


def _missed(gemeente: Gemeente, what: str, now: datetime, opening: Opening) -> tuple[tuple[date, str], ...]:
    """Holidays before the next opening on which there would have been hours."""
    today = now.astimezone(AMSTERDAM).date()
    days = (today + timedelta(n) for n in range(opening.days))
    return tuple(
        (day, name) for day in days if (name := gemeente.holiday(day)) and gemeente.hours[what].get(day.weekday())
    )


def _named(holidays: tuple[tuple[date, str], ...], today: date) -> str:
    """ "Vandaag is het Eerste Kerstdag en morgen Tweede Kerstdag"."""
    if not holidays:
        return ""
    first, *others = ((near_day(day, today), name) for day, name in holidays)
    return " en ".join([f"{first[0].capitalize()} is het {first[1]}", *(f"{day} {name}" for day, name in others)])
