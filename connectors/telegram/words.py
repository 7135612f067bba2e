"""What Balie says on Telegram besides what is in the log. What every channel in words says is in connectors.words."""

from bot.gemeenten import Gemeente
from connectors.words import (
    ALREADY_CHOSEN,
    CHOOSE,
    ERASE,
    ERASE_NO,
    ERASE_YES,
    FAILED,
    KEPT,
    NOT_TEXT,
    NOTHING_KEPT,
)

__all__ = [
    "ALREADY_CHOSEN", "CHOOSE", "ERASE", "ERASE_NO", "ERASE_YES", "FAILED", "KEPT", "NOTHING_KEPT", "NOT_TEXT",
]

COMMANDS = {
    "start": "Laat de onderwerpen zien",
    "afspraak": "Een afspraak maken",
    "zaak": "De status van uw zaak",
    "medewerker": "Een medewerker spreken",
    "stop": "Stoppen met waar we mee bezig zijn",
    "privacy": "Wat wij bewaren",
    "wissen": "Dit gesprek wissen",
    "help": "Uitleg",
}

APPOINTMENT = "Ik wil een afspraak maken"
CASE = "Hoe staat het met mijn zaak?"

UNKNOWN_COMMAND = "Deze opdracht ken ik niet."
GROUP = "Ik help alleen in een gesprek met één persoon. Stuur mij een persoonlijk bericht."
ERASED = "Het gesprek is bij ons gewist. De berichten op uw eigen telefoon kunt u zelf verwijderen in Telegram."
CHOSEN = "Uw keuze: {label}"

MORE_DAYS = "Meer dagen"
EARLIER, LATER = "← Eerdere tijden", "Latere tijden →"
BACK = "Terug"
CALENDAR_FILE = "Open dit bestand om de afspraak in uw agenda te zetten."

RATING = "Hoe goed bent u geholpen? Kies een cijfer: 1 is heel slecht, 5 is heel goed."
RATED = "Dank u wel. U gaf een {mark}."

SHARE_NUMBER = "Deel mijn telefoonnummer"
OR_TYPE_NUMBER = "Of typ uw telefoonnummer"
SHARE_HINT = f"U kunt uw nummer typen, of op de knop '{SHARE_NUMBER}' drukken."
NOT_YOUR_NUMBER = "Dit is het nummer van iemand anders. Deel uw eigen nummer, of typ het nummer waarop wij u kunnen bellen."
NUMBER_NOT_ASKED = "Ik vroeg nu niet om een telefoonnummer. Ik heb het niet bewaard."
MY_NUMBER = "Mijn telefoonnummer is {number}"

STICKER = "Ik kan geen stickers en plaatjes lezen. Typ uw vraag in uw eigen woorden."
LOCATION = "Ik kan uw locatie niet gebruiken en bewaar die niet. Zoekt u een balie in de buurt? Typ uw postcode of uw wijk."
CHANGED = "U heeft een bericht aangepast. Ik houd mij aan wat er eerst stond. Stuur een nieuw bericht als er iets anders moet."


def voice(gemeente: Gemeente) -> str:
    """The answer to a spoken message."""
    return f"Ik kan niet luisteren naar spraakberichten. Typ uw vraag, of bel {gemeente.telefoon}."


def file(gemeente: Gemeente, *, words: bool) -> str:
    """The answer to a photo, film or file. `words`: there was text with it, which did arrive."""
    read = " De tekst die u erbij zette, heb ik wel gelezen." if words else ""
    return (
        f"Foto's en bestanden kunnen wij hier niet aannemen, ook een medewerker niet. Wij bewaren ze niet.{read}\n\n"
        f"Wilt u iets opsturen? Op {gemeente.website} staat hoe dat kan. Of bel {gemeente.telefoon}."
    )


def help_text(gemeente: Gemeente) -> str:
    """The answer to /help."""
    commands = "\n".join(f"/{name} - {text}" for name, text in COMMANDS.items())
    return (
        f"Ik ben Balie, de virtuele assistent van {gemeente.naam}. Ik ben een computer, geen mens. "
        f"Typ uw vraag in uw eigen woorden, of gebruik:\n\n{commands}\n\n"
        f"Wij bewaren dit gesprek {gemeente.retention_days} dagen. Bellen kan ook: {gemeente.telefoon}."
    )


def privacy(gemeente: Gemeente) -> str:
    """The answer to /privacy: what is kept, how long, who sees it, and how it goes away."""
    return (
        "Wat bewaren wij?\n"
        "- Wat u en wij in dit gesprek schrijven.\n"
        "- Het nummer van uw chat bij Telegram. Dat is nodig om u te antwoorden.\n"
        "Een BSN bewaren wij niet. Typ hier geen BSN en geen wachtwoorden.\n\n"
        f"Hoe lang?\n{gemeente.retention_days} dagen. Daarna wordt het gesprek vanzelf gewist.\n\n"
        f"Wie ziet het?\nMedewerkers van {gemeente.naam}, als zij u helpen.\n\n"
        "Wissen?\nDat kan altijd, met /wissen. Haalt u zelf een bericht weg in Telegram? Dat zien wij niet. "
        "Dan staat het nog bij ons.\n\n"
        "En Telegram?\nUw berichten gaan via Telegram, een bedrijf buiten de Europese Unie. Telegram kan ze lezen en bewaart ze "
        f"ook. Wilt u dat niet? Gebruik dan de chat op {gemeente.website}, of bel {gemeente.telefoon}."
    )


PRIVACY_LINK = "Meer over uw privacy"


def description(gemeente: Gemeente) -> str:
    """What Telegram shows in a chat that is still empty; 512 characters at most (Bot API: setMyDescription)."""
    return (
        f"Ik ben Balie, de virtuele assistent van {gemeente.naam}. Ik ben een computer, geen mens.\n\n"
        "Stel uw vraag in uw eigen woorden. Druk op Start om te beginnen.\n\n"
        "Typ hier geen BSN en geen wachtwoorden. Uw berichten gaan via Telegram. Met /privacy leest u wat wij bewaren."
    )[:512]


def short_description(gemeente: Gemeente) -> str:
    """What Telegram shows of the bot elsewhere; 120 characters at most (Bot API: setMyShortDescription)."""
    return f"Virtuele assistent van {gemeente.naam}. Een computer, geen mens. Typ hier geen BSN."[:120]
