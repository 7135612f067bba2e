"""What a citizen chose from the topics that the bot offered, as the editors get it. See bot.conversation.picks."""

from datetime import datetime
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain import parsing
from bot.content import Catalogue
from bot.conversation.events import Event
from bot.gemeenten import AMSTERDAM

OFFERS = {"utter_bedoelt_u", "utter_welke_bedoelt_u", "utter_niet_begrepen", "utter_aanbod_keuze"}


def picked(before: DialogueStateTracker, event: Event, catalogue: Catalogue) -> Event | None:
    """The choice that `event` makes from the topics offered in `before`; None when it makes none.

    It holds no words of the citizen, only the number of the message that they stand in (`said`).
    """
    choice = _intent(event.get("_payload") or "")
    asked, names = _last_offer(before)
    if asked is None or choice not in names:
        return None
    likeliest = parsing.likeliest(dict(asked.parse_data or {}))
    return {
        "day": datetime.now(AMSTERDAM).date().isoformat(),
        "offered": [name for name in names if name in catalogue.offers],
        "picked": choice,
        "likeliest": likeliest["name"],
        "confidence": round(float(likeliest["confidence"]), 3),
        "said": int((asked.metadata or {}).get("seq") or 0),
    }


def _last_offer(before: DialogueStateTracker) -> tuple[UserUttered | None, list[str]]:
    """The message that was answered with an offer of topics, and the choices of that offer, if it is the newest question."""
    names: list[str] = []
    for event in reversed(before.events):
        if isinstance(event, UserUttered) and names:
            return event, names
        if isinstance(event, BotUttered) and not names:
            names = [_intent(button["payload"]) for button in _offered(event)]
            if not names and event.data.get("buttons"):
                break
    return None, []


def _offered(said: BotUttered) -> list[dict[str, Any]]:
    """The choices between topics in what the bot said; for an answer it doubted, the ways out of it."""
    if said.metadata.get("utter_action") in OFFERS:
        return said.data.get("buttons") or []
    return (said.metadata.get("metadata") or {}).get("doubts") or []


def _intent(payload: str) -> str:
    """`afspraak_maken` of `/afspraak_maken{"product": "paspoort"}`; empty for words."""
    return payload[1:].partition("{")[0] if payload.startswith("/") else ""
