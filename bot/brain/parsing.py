"""From an event of the log to what Rasa is told. A citizen can never type an intent: `/…` is plain text here."""

import re
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from bot.conversation.events import Event

RANKED = 8  # alternatives handed on, the fallback and what can't be offered among them
ALWAYS = {"afmelden": "notices_off"}  # the word that every notice names: stopping never depends on a model
LONGEST = 40  # words of a message that may hold two questions
_CUT = re.compile(r"(?<=\?)\s+(?:en (?:ook )?)?|,?\s+(?:en ook|en daarnaast|daarnaast|en verder|ook nog|en)\s+", re.IGNORECASE)
_ASKS = re.compile(r"\?|\b(?:wat|waar|hoe\w*|wanneer|kan|kunnen|moet|mag|welke?|wie|is er|zijn|krijg|wil)\b", re.IGNORECASE)


async def parse(event: Event, processor: MessageProcessor) -> dict[str, Any]:
    """Rasa's parse data for the event that gave the bot its turn, as one question."""
    if event["type"] == "handover":
        return _intent("handover_returned", "", _returned(event))
    if fields := event.get("_fields"):
        return _intent("inform", event["text"], [{"entity": name, "value": value} for name, value in fields.items()])
    payload = event.get("_payload", "")
    if payload.startswith("/"):
        return _payload(payload, event["text"])
    return await _text(payload or event["text"], processor)


async def questions(event: Event, processor: MessageProcessor, sure: float = 0.8) -> list[dict[str, Any]]:
    """Parse data of each question in the event: two when both halves ask, surely, about different things; else one."""
    whole = await parse(event, processor)
    if event["type"] != "message" or event.get("_payload") or event.get("_fields"):
        return [whole]
    for halves in _halves(event["text"]):
        found = [await _text(half, processor) for half in halves]
        names = {data["intent"]["name"] for data in found}
        if len(names) == 2 and all(data["intent"]["confidence"] >= sure for data in found):
            return found
    return [whole]


def likeliest(parsed: dict[str, Any]) -> dict[str, Any]:
    """Name and confidence of the likeliest intent; that of the fallback says nothing. Nameless with confidence 0 for none."""
    found = [parsed.get("intent") or {}, *(parsed.get("intent_ranking") or [])]
    return next((item for item in found if item.get("name") not in {None, "nlu_fallback"}), {"name": "", "confidence": 0.0})


def _halves(text: str) -> list[tuple[str, str]]:
    """Ways to cut a message into two questions; none for a story."""
    if len(text.split()) > LONGEST:
        return []
    cuts = [(text[: cut.start()], text[cut.end():]) for cut in _CUT.finditer(text)]
    return [halves for halves in cuts if all(len(half.split()) >= 3 and _ASKS.search(half) for half in halves)]


async def _text(text: str, processor: MessageProcessor) -> dict[str, Any]:
    plain = text.strip().lstrip("/").strip() or "?"
    if intent := ALWAYS.get(plain.strip(" .!'\"").lower()):
        return _intent(intent, text)
    data = await processor.parse_message(UserMessage(plain))
    data["intent_ranking"] = data.get("intent_ranking", [])[:RANKED]
    return data  # type: ignore[no-any-return]


def _payload(payload: str, label: str) -> dict[str, Any]:
    """The intent and entities of a button that the bot itself offered."""
    message: Message = YAMLStoryReader.unpack_regex_message(Message({"text": payload}))
    return _intent(message.get("intent", {}).get("name"), label, message.get("entities", []))


def _returned(event: Event) -> list[dict[str, Any]]:
    """How it ended, with whom, and what was agreed, of the event by which the bot gets a conversation back."""
    agent = event.get("agent") or {}
    values = {"uitkomst": event.get("outcome"), "medewerker": agent.get("name"), "afgesproken": event.get("agreed")}
    return [{"entity": name, "value": value} for name, value in values.items() if value]


def _intent(name: str, text: str, entities: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    intent = {"name": name, "confidence": 1.0}
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities or []}
