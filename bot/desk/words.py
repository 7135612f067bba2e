"""The desk's own Dutch: labels for what the log holds as codes, sentences for agents, and the few it sends to citizens."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot import ladder
from bot.gemeenten import Gemeente
from bot.opening import in_dutch

STATUSES = {"available": "Beschikbaar", "busy": "Bezet", "break": "Pauze"}

OUTCOMES = {
    "opgelost": "Opgelost",
    "doorverwezen": "Doorverwezen",
    "afspraak_gemaakt": "Afspraak gemaakt",
    "niet_bereikt": "Inwoner niet bereikt",
    "overig": "Iets anders",
}


def outcome(code: str) -> str:
    """How a conversation with an agent ended, in words."""
    return OUTCOMES.get(code, "Afgesloten")


CHANNELS = {"website": "Website", "app": "App", "telegram": "Telegram"}

REASONS = {
    "asked": "Vroeg om een medewerker",
    "frustration": "Was ontevreden over het gesprek",
    "not_understood": "De assistent begreep de vraag niet",
    "wrong_answer": "Zegt dat het antwoord niet klopt",
    "person_first": "Wil er liever met iemand over praten",
    "outage": "Een systeem bleef buiten werking",
    "crisis": "Sprak over nood of gevaar",
}

# To citizens.
AGENT_GONE = "De medewerker is weggevallen. U staat weer vooraan in de rij."


def agent_gone(position: int) -> str:
    """What a citizen is told whose agent disappeared; `position` in the queue counts from 1."""
    return AGENT_GONE if position <= 1 else f"De medewerker is weggevallen. U staat weer in de rij: u bent nummer {position}."


def nobody_there(gemeente: Gemeente, now: datetime) -> str:
    """What a waiting citizen is told when no agent takes conversations, at the aware time `now`."""
    chat = "" if gemeente.is_open("chat", now) else f" De chat is {in_dutch(gemeente.opening('chat', now))}."
    stays = "U blijft in de rij staan, ook als u dit venster sluit."
    return f"Er is nu geen medewerker vrij.{chat} {stays} {_or_call(gemeente, now)}"


def waits_long(minutes: int) -> str:
    """What a citizen is told who has waited so many minutes."""
    return (
        f"U wacht al meer dan {minutes} minuten. Dat spijt ons. U blijft in de rij staan. "
        "Wilt u niet langer wachten? Kies dan hoe wij u anders kunnen helpen."
    )


def _or_call(gemeente: Gemeente, now: datetime) -> str:
    return f"Wilt u niet wachten? Kies hieronder, of bel {gemeente.telefoon} ({in_dutch(gemeente.opening('telefoon', now))})."


def other_ways(gemeente: Gemeente) -> dict[str, Any]:
    """The part and payloads of a message that offers what one can do instead of waiting; a choice leaves the queue."""
    ways = [ladder.WAYS[way] for way in ladder.below_chat(gemeente)]
    options = [{"label": label, "value": str(number)} for number, (label, _) in enumerate(ways, start=1)]
    return {"parts": [{"kind": "choices", "id": "q_queue", "options": options}], "_payloads": [payload for _, payload in ways]}


def booked(values: Mapping[str, Any]) -> str:
    """How an agent tells a citizen of an appointment; `values` as in bot.appointments.told."""
    lines = [
        "Uw afspraak staat. Wij zien u op {afspraak_dag} om {afspraak_tijd} uur.",
        "Waarvoor: {afspraak_product}. Het duurt ongeveer {afspraak_minuten} minuten.",
        "Waar: {afspraak_locatie}.",
        "Afspraaknummer: {afspraak_nummer}. Code om te verzetten of af te zeggen: {afspraak_code}. Bewaar deze goed.",
    ]
    bring = ["Neem mee:", "{afspraak_meenemen}"] if values["afspraak_meenemen"] else []
    return "\n".join([*lines, *bring]).format_map(values)


def off_text(gemeente: Gemeente) -> str:
    """What citizens read when Balie is off, unless somebody writes something else. How to call is shown beside it."""
    return f"De chat van {gemeente.naam} staat nu uit. U kunt ons bellen, of langskomen bij de balie."


def reach(gemeente: Gemeente, today: date) -> list[str]:
    """How citizens can still reach the municipality today."""
    return [
        f"Telefoon: {gemeente.telefoon} ({gemeente.today('telefoon', today)})",
        f"Balie: {gemeente.adres} ({gemeente.today('balie', today)})",
    ]


# To agents.
NOT_TOLD = {  # why a notice can't be shown; see bot.service
    "empty": "Typ eerst een tekst.",
    "too_long": "De tekst is te lang. Gebruik niet meer dan {most} tekens.",
    "no_moment": "Dit moment klopt niet. Kies een dag en een tijd, of laat het leeg.",
    "past": "Dit moment is al voorbij. Kies een later moment, of laat het leeg.",
}
WRONG_LOGIN = "De gebruikersnaam of het wachtwoord klopt niet."
TOO_MANY_LOGINS = "U hebt te vaak geprobeerd in te loggen. Wacht een minuut en probeer het opnieuw."
WORK_LOGIN_DOWN = "Inloggen met uw werkaccount lukt nu niet. Probeer het straks opnieuw."
WORK_LOGIN_CANCELLED = "U bent gestopt met inloggen."
WORK_LOGIN_REFUSED = "We weten niet zeker wie u bent. Log opnieuw in."
LEVEL_TOO_LOW = "U moet op een veiligere manier inloggen, bijvoorbeeld met een extra code. Vraag uw beheerder om hulp."
ACCOUNT_INCOMPLETE = "Uw werkaccount zegt niet wie u bent. Vraag uw beheerder om hulp."
OTHER_BROWSER = "We kunnen het inloggen niet afmaken. Het duurde te lang, of u begon in een ander tabblad. Log opnieuw in."
NO_ROLE = "U hebt nog geen toegang tot de balie. Vraag uw beheerder om een functie en een team voor u in te stellen."
NO_ACCOUNTS = "Inloggen is hier nog niet ingesteld. Vraag uw beheerder om hulp."
STORE_DOWN = "De gegevens zijn nu niet bereikbaar. Er is niets opgeslagen. Probeer het zo opnieuw."
SIGNED_OUT = "Uw sessie is afgelopen. Log opnieuw in."
NOT_OURS = "Dit gesprek is niet van uw gemeente."
OTHER_TEAM = "Dit gesprek is voor een ander team."
NOT_YOUR_ROLE = "Dit hoort niet bij uw functie. Vraag uw beheerder als u dit wel moet kunnen."
NOT_AT_DESK = "Dit gesprek is niet bij de balie."
GONE = "Dit gesprek bestaat niet meer. De inwoner heeft het gewist, of de bewaartermijn is voorbij."
NOT_WAITING = "Dit gesprek wacht niet meer. De inwoner praat weer met de assistent."
CLOSED = "Dit gesprek is afgesloten."
NOT_TAKEN = "Neem dit gesprek eerst aan."
NO_SUCH_MESSAGE = "Dit bericht bestaat niet."
EMPTY = "Typ eerst een bericht."
NO_PRODUCT = "Kies waarvoor de afspraak is."
NO_DAY = "Kies een dag."
NO_TIME = "Kies een dag en een tijd."
NO_NAME = "Vul de naam van de inwoner in, zonder cijfers van een BSN."
NO_EMAIL = "Dit e-mailadres klopt niet. Controleer het, of laat het leeg."
NO_PHONE = "Dit telefoonnummer klopt niet. Controleer het, of laat het leeg."
PHONE_NEEDED = "Voor deze afspraak is een telefoonnummer nodig. Vraag het aan de inwoner."
SLOT_TAKEN = "Deze tijd is niet meer vrij. Er is niets vastgelegd. Kies een andere tijd."
APPOINTMENTS_DOWN = "De agenda is nu niet bereikbaar. Probeer het zo opnieuw."
BOOKING_DOWN = "De agenda is nu niet bereikbaar. Deze poging heeft niets vastgelegd. Probeer het zo opnieuw."
BOOKING_UNKNOWN = (
    "Het is niet zeker of de afspraak is gemaakt: de agenda gaf geen antwoord. Maak geen nieuwe. "
    "Kies over een minuut nog eens 'Afspraak maken': dan kijken we het na. Er komt nooit een tweede afspraak bij."
)
TOO_MANY = "Dat gaat te snel achter elkaar. Wacht even en probeer het opnieuw."
SEARCH_LENGTH = "Typ 3 tot 100 tekens om te zoeken."
TOO_LATE = "Dat is te laat: het is al gebeurd."
TEAM_OR_COLLEAGUE = "Kies een team of een collega."
UNKNOWN_TEAM = "Dit team bestaat niet. Kies een ander team."
NOT_THERE = "Deze collega is er nu niet. Kies een andere collega of een team."
TASK_GONE = "Dit terugbelverzoek is er niet meer. Misschien is het al klaar."
TASK_OTHER_TEAM = "Dit terugbelverzoek is voor een ander team."
TASK_UNKNOWN = "Het contactregister is nu niet bereikbaar. Daarom kennen wij dit verzoek nu niet. Probeer het zo opnieuw."
REGISTER_DOWN = "Het contactregister is nu niet bereikbaar. Misschien missen er verzoeken. We blijven het proberen."
MORE_TASKS = "Er zijn meer verzoeken dan hier passen. U ziet wie het langst wacht."
FORGED = "Dit verzoek is geweigerd. Laad de pagina opnieuw."

UNWRITTEN = {  # why a call-back isn't in the contact register yet; see bot.contacts.pending
    "unavailable": "Het contactregister antwoordt niet. We proberen het vanzelf opnieuw.",
    "refused": "Het contactregister weigert dit verzoek. Help de inwoner en rond het hier af.",
    "taken": "Dit kenmerk is in het contactregister al van iets anders. Bel de inwoner en rond het hier af.",
    "unreadable": "Dit verzoek is bewaard met een oude sleutel. Wij kunnen het niet lezen. Vraag uw beheerder om hulp.",
}
REFUSED_PHONE = "Het contactregister weigert dit telefoonnummer. Kijk of er een fout in staat. Rond het verzoek hier af."


def unwritten(problem: str | None, field: str) -> str | None:
    """Why a call-back isn't in the contact register yet; None when it was only just asked."""
    return REFUSED_PHONE if (problem, field) == ("refused", "phone") else UNWRITTEN.get(problem or "")


def calls(name: str) -> str:
    """To an agent who wants a call-back that a colleague has."""
    return f"{name} belt deze inwoner al."


def called(code: str, name: str, note: str) -> str:
    """How a call-back ended, for the contact register: the outcome, who called, and what they noted."""
    return f"{OUTCOMES.get(code, code)}, door {name}" + (f". {note}" if note else "")


def too_long(name: str, most: int) -> str:
    """To an agent who typed more than `most` characters. `name`: what it was, such as "bericht"."""
    return f"Uw {name} is te lang. Gebruik niet meer dan {most} tekens."


def persons_between(most: int) -> str:
    return f"Kies voor hoeveel personen: 1 tot en met {most}."


def booked_but_untold(reference: str) -> str:
    """To an agent while the store is away: the supplier made the appointment, the log does not have it yet."""
    return (
        f"De afspraak is gemaakt, met nummer {reference}. De bevestiging staat nog niet in het gesprek. "
        "Probeer het zo opnieuw: er komt geen tweede afspraak bij."
    )


def booked_but_gone(reference: str) -> str:
    """To an agent whose citizen erased the conversation while the appointment was made."""
    return f"De afspraak is gemaakt, met nummer {reference}. Het gesprek bestaat niet meer: de inwoner kan dit nummer niet zien."


def full(limit: int) -> str:
    """To an agent who has as many conversations as they may have at once."""
    have = "al een gesprek" if limit == 1 else f"al {limit} gesprekken"
    return f"U hebt {have}. Meer kan niet tegelijk. Rond eerst een gesprek af."


def has_it(name: str) -> str:
    return f"{name or 'Een collega'} heeft dit gesprek."


class Contexts:
    """What the bot tells the agent, in words. `titles`: names of topics by slug."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles

    def title(self, slug: str) -> str | None:
        """The name of a topic; None for what is none."""
        return self._titles.get(slug)

    def name(self, slug: str) -> str:
        """The same, or the slug in words; empty for none."""
        return self._titles.get(slug) or slug.replace("_", " ").capitalize()

    def of(self, handover: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "topic": self.name(handover.get("topic") or "") or "Vraag zonder onderwerp",
            "summary": handover.get("summary") or "",
            "zaaknummer": handover.get("zaaknummer"),
            "reason": REASONS.get(handover.get("reason") or ""),
        }
