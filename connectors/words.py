"""What Balie says on channels that show words only: refusals, and lines for what the website shows as cards and forms."""

from collections.abc import Sequence
from datetime import date

from bot.conversation.events import Event
from bot.gemeenten import Gemeente
from bot.waiting import wait_in_words

NOT_TEXT = "Ik kan alleen tekst lezen. Typ uw vraag, dan help ik u verder."
FAILED = "Er ging iets mis bij mij. Uw bericht is niet verwerkt. Stuur het nog een keer."
ALREADY_CHOSEN = "U heeft hier al een keuze gemaakt. Typ uw vraag als u iets anders wilt."
STOP = "Ik wil stoppen"

CODE_NOT_HERE = (
    "Deze code hoort niet bij dit gesprek, of is te oud. Log alleen in met een link die u zelf in dit gesprek kreeg. "
    "Geef een code nooit aan iemand anders."
)

ERASE = (
    "Wilt u dit gesprek wissen? Alles wat wij ervan bewaren wordt verwijderd. Dit kan niet ongedaan worden gemaakt. "
    "Een afspraak of terugbelverzoek dat u maakte, blijft staan."
)
ERASE_YES, ERASE_NO = "Ja, wis het gesprek", "Nee, bewaar het"
ERASE_TYPED = f"{ERASE} Typ WISSEN JA als u dat wilt."
ERASED = "Het gesprek is bij ons gewist. De berichten op uw eigen telefoon of computer kunt u zelf verwijderen."
KEPT = "Het gesprek blijft bewaard."
NOTHING_KEPT = "Er is geen gesprek bewaard. Er valt niets te wissen."

CHOOSE = "Maak een keuze:"
CALENDAR = "Zet in uw agenda"
PAY = "Betalen. In de brief of e-mail staat hoe."
TYPE_NUMBER = "Typ het nummer van uw keuze, of uw vraag."
TYPE_ANSWER = "Typ uw antwoord hieronder."


def help_typed(gemeente: Gemeente) -> str:
    """How it works on a channel where everything is typed."""
    return (
        f"Ik ben Balie, de virtuele assistent van {gemeente.naam}. Ik ben een computer, geen mens. "
        "Typ uw vraag in uw eigen woorden. U kunt ook typen:\n\nMEDEWERKER - een medewerker spreken\n"
        "STOP - stoppen met waar we mee bezig zijn\nWISSEN - dit gesprek wissen\n\n"
        f"Wij bewaren dit gesprek {gemeente.retention_days} dagen. Bellen kan ook: {gemeente.telefoon}."
    )


def too_long(most: int) -> str:
    return f"Uw bericht is te lang. Gebruik niet meer dan {most} tekens."


def switched_off(said: str, gemeente: Gemeente, today: date) -> str:
    """What the municipality says while Balie is switched off, and how to reach it."""
    return (
        f"{said}\n\n- Bellen: {gemeente.telefoon} ({gemeente.today('telefoon', today)})\n"
        f"- Langskomen: {gemeente.adres} ({gemeente.today('balie', today)})"
    )


def times(slots: Sequence[str]) -> str:
    return f"Vrije tijden: {', '.join(slots)}. Typ de tijd die u wilt."


def between(first: str, last: str) -> str:
    return f"Typ een datum van {first} tot en met {last}."


def handover(body: Event) -> str:
    """The line for a hand-over; empty when another message says it. Words of the log go first."""
    if body.get("text"):
        return str(body["text"])
    name = (body.get("agent") or {}).get("name")
    who = f"{name}, medewerker van de gemeente," if name else "Een medewerker van de gemeente"
    match body["state"]:  # where nothing is said here, the bot or the desk says it in a message
        case "queued" if not body.get("turn") and body.get("reason") != "agent_gone":
            return _queued(body)
        case "assigned":
            return f"{who} helpt u nu."
        case "transferred" if name:
            return f"{who} helpt u nu verder."
        case "transferred":
            team = f"het team {body['team']}" if body.get("team") else "een ander team"
            return f"Uw gesprek gaat naar {team}. U hoeft niets te herhalen."
        case "returned" if body.get("outcome") == "other_way":
            return "U staat niet meer in de rij."
        case "unavailable":
            return "Er is nu geen medewerker beschikbaar."
    return ""


def _queued(body: Event) -> str:
    position, team = body.get("position"), body.get("team")
    waits = f"U wacht op het team {team}." if team else ""
    place = f"U bent nummer {position} in de rij." if position else "U staat in de rij."
    return " ".join(filter(None, [waits, place, f"{wait_in_words(body['eta_s'])}." if "eta_s" in body else ""]))
