"""A call-back request in the words and fields of Klantinteracties, within their lengths; and back again."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.contacts import CallbackRequest
from bot.contacts.openklant_client import Json
from bot.contacts.references import Mark

TO_DO, DONE = "te_verwerken", "verwerkt"  # the statuses of a task
MARK = "balie"  # the key in `metadata` that says: made here, with this digest
_MOMENT, _TOPIC, _CONVERSATION, _TEAM = "moment", "topic", "gesprek", "team"  # the other keys
_ZAAK, _ZAAKNUMMER = "zaak", "zaaknummer"
_METADATA = 255  # longest value in `metadata`
_ONDERWERP, _INHOUD, _TOELICHTING, _NAME, _NOTE = 200, 1000, 1000, 200, 300
_TIME, _ZONE = "%d-%m-%Y %H:%M", ZoneInfo("Europe/Amsterdam")
_TRIED = re.compile(r"^Niet bereikt: (\d+) keer, laatst (\d{2}-\d{2}-\d{4} \d{2}:\d{2})\b.*\n?", re.MULTILINE)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended with … after a whole word where there is one."""
    text = text.strip()
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    whole = kept if text[limit - 1].isspace() else kept.rsplit(maxsplit=1)[0]
    return (whole if len(whole) > limit // 2 else kept).rstrip() + "…"


def klantcontact(request: CallbackRequest, ours: Mark, kanaal: str, now: datetime) -> Json:
    about = f": {_topic(request)}" if request.topic else ""
    metadata = {
        MARK: ours.digest, _MOMENT: cut(request.when, _METADATA), _TOPIC: cut(request.topic or "", _METADATA),
        _CONVERSATION: request.conversation, _ZAAK: request.zaak or "", _TEAM: request.team or "",
        _ZAAKNUMMER: request.zaaknummer or "",
    }
    return {
        "referentienummer": str(ours.number),
        "kanaal": kanaal,
        "onderwerp": cut(f"Terugbelverzoek {ours.reference}{about}", _ONDERWERP),
        "inhoud": cut(request.summary, _INHOUD),
        "indicatieContactGelukt": True,  # of the chat; the call is the task
        "taal": "nld",
        "vertrouwelijk": False,
        "plaatsgevondenOp": now.isoformat(),
        "metadata": {name: value for name, value in metadata.items() if 0 < len(value) <= _METADATA},
    }


def betrokkene(klantcontact: str, name: str) -> Json:
    """The whole name is the achternaam: where a name is to be split can't be told from outside."""
    return {
        "hadKlantcontact": {"uuid": klantcontact},
        "wasPartij": None,
        "rol": "klant",
        "initiator": True,
        "contactnaam": {"voorletters": "", "voornaam": "", "voorvoegselAchternaam": "", "achternaam": cut(name, _NAME)},
    }


def phone(betrokkene: str, number: str) -> Json:
    return {
        "verstrektDoorBetrokkene": {"uuid": betrokkene},
        "verstrektDoorPartij": None,
        "soortDigitaalAdres": "telefoonnummer",
        "adres": number,
        "omschrijving": "Terugbellen",
    }


def zaak(klantcontact: str, url: str, register: str) -> Json:
    """The case, as other software finds it: by the uuid at the end of its address."""
    return {
        "klantcontact": {"uuid": klantcontact},
        "wasKlantcontact": None,
        "onderwerpobjectidentificator": {
            "objectId": url.rstrip("/").rsplit("/", 1)[-1], "codeObjecttype": "zgw-Zaak", "codeRegister": register,
            "codeSoortObjectId": "uuid",
        },
    }


def internetaak(klantcontact: str, actor: str, request: CallbackRequest, ours: Mark) -> Json:
    told = [f"Terugbellen: {cut(request.when, _METADATA)}", f"Kenmerk: {ours.reference}"]
    told += [f"Onderwerp: {_topic(request)}"] if request.topic else []
    told += [f"Zaak: {request.zaaknummer}"] if request.zaaknummer else []
    return {
        "referentienummer": str(ours.number),
        "gevraagdeHandeling": "Contact opnemen met betrokkene",
        "aanleidinggevendKlantcontact": {"uuid": klantcontact},
        "toegewezenAanActoren": [{"uuid": actor}],
        "toelichting": cut("\n".join([*told, request.summary]), _TOELICHTING),
        "status": TO_DO,
    }


def explanation_with(toelichting: str, outcome: str) -> str:
    """The explanation of a task with how it ended; the outcome stays whole."""
    ended = f"Afgehandeld: {cut(outcome, _TOELICHTING // 2)}"
    return f"{cut(toelichting or '', _TOELICHTING - len(ended) - 1)}\n{ended}".strip()


def tries(toelichting: str | None) -> int:
    """How often somebody called in vain, by the explanation of a task."""
    found = _TRIED.search(toelichting or "")
    return int(found[1]) if found else 0


def explanation_tried(toelichting: str | None, at: datetime, note: str) -> str | None:
    """The explanation of a task with one more call in vain, in a line that is there once; None when it told of this one already.

    Such a time counts in minutes. Of the notes the last one is kept.
    """
    told, found = toelichting or "", _TRIED.search(toelichting or "")
    moment = at.astimezone(_ZONE).replace(second=0, microsecond=0)
    if found and moment <= datetime.strptime(found[2], _TIME).replace(tzinfo=_ZONE):
        return None
    line = f"Niet bereikt: {tries(told) + 1} keer, laatst {moment:{_TIME}}"
    line += f". {cut(' '.join(note.split()), _NOTE)}" if note.strip() else ""
    return f"{cut(_TRIED.sub('', told), _TOELICHTING - len(line) - 1)}\n{line}".strip()


def request(contact: Json) -> CallbackRequest:
    """The request that an expanded klantcontact was made for."""
    people = (contact.get("_expand") or {}).get("hadBetrokkenen") or [{}]
    addresses = (people[0].get("_expand") or {}).get("digitaleAdressen") or []
    phones = [address["adres"] for address in addresses if address["soortDigitaalAdres"] == "telefoonnummer"]
    metadata = contact["metadata"]
    return CallbackRequest(
        name=people[0].get("volledigeNaam", ""),
        phone=phones[0] if phones else "",
        when=metadata.get(_MOMENT, ""),
        topic=metadata.get(_TOPIC) or None,
        summary=contact["inhoud"],
        conversation=metadata.get(_CONVERSATION, ""),
        zaak=metadata.get(_ZAAK) or None,
        team=metadata.get(_TEAM) or None,
        zaaknummer=metadata.get(_ZAAKNUMMER) or None,
    )


def _topic(request: CallbackRequest) -> str:
    return (request.topic or "").replace("_", " ")
