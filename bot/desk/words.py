"""The desk's own Dutch: labels for what the log holds as codes, sentences for agents, and the few it sends to citizens."""

from collections.abc import Mapping
from typing import Any

STATUSES = {"available": "Beschikbaar", "busy": "Bezet", "break": "Pauze"}

OUTCOMES = {
    "opgelost": "Opgelost",
    "doorverwezen": "Doorverwezen",
    "afspraak_gemaakt": "Afspraak gemaakt",
    "niet_bereikt": "Inwoner niet bereikt",
    "overig": "Iets anders",
}

CHANNELS = {"website": "Website", "app": "App", "telegram": "Telegram"}

REASONS = {
    "asked": "Vroeg om een medewerker",
    "frustration": "Was ontevreden over het gesprek",
    "not_understood": "De assistent begreep de vraag niet",
    "wrong_answer": "Zegt dat het antwoord niet klopt",
}

# To citizens.
AGENT_GONE = "De medewerker is weggevallen. U staat weer vooraan in de rij."


def agent_gone(position: int) -> str:
    """What a citizen is told whose agent disappeared; `position` in the queue counts from 1."""
    return AGENT_GONE if position <= 1 else f"De medewerker is weggevallen. U staat weer in de rij: u bent nummer {position}."


def nobody_there(telephone: str) -> str:
    """What a waiting citizen is told when no agent takes conversations."""
    return f"Er is nu geen medewerker vrij. U blijft in de rij staan. Bellen kan ook: {telephone}."


# To agents.
WRONG_LOGIN = "De gebruikersnaam of het wachtwoord klopt niet."
TOO_MANY_LOGINS = "U hebt te vaak geprobeerd in te loggen. Wacht een minuut en probeer het opnieuw."
NO_ACCOUNTS = "Inloggen is hier nog niet ingesteld. Vraag uw beheerder om hulp."
STORE_DOWN = "De gegevens zijn nu niet bereikbaar. Er is niets opgeslagen. Probeer het zo opnieuw."
SIGNED_OUT = "Uw sessie is afgelopen. Log opnieuw in."
NOT_OURS = "Dit gesprek is niet van uw gemeente."
NOT_AT_DESK = "Dit gesprek is niet bij de balie."
GONE = "Dit gesprek bestaat niet meer. De inwoner heeft het gewist, of de bewaartermijn is voorbij."
NOT_WAITING = "Dit gesprek wacht niet meer. De inwoner praat weer met de assistent."
FORGED = "Dit verzoek is geweigerd. Laad de pagina opnieuw."


def has_it(name: str) -> str:
    return f"{name or 'Een collega'} heeft dit gesprek."


class Contexts:
    """What the bot tells the agent, in words. `titles`: names of topics by slug."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles

    def of(self, handover: Mapping[str, Any]) -> dict[str, Any]:
        slug = handover.get("topic") or ""
        return {
            "topic": self._titles.get(slug) or slug.replace("_", " ").capitalize() or "Vraag zonder onderwerp",
            "summary": handover.get("summary") or "",
            "zaaknummer": handover.get("zaaknummer"),
            "reason": REASONS.get(handover.get("reason") or ""),
        }
