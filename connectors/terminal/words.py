"""What the terminal says to a citizen."""

HELP = """Typ uw vraag en druk op Enter. Kies met het cijfer dat voor een keuze staat.

  /medewerker   een medewerker van de gemeente spreken
  /terug        een formulier overslaan en zelf iets typen
  /opslaan      het gesprek bewaren in een bestand; /opslaan NAAM kiest het bestand
  /wissen       het gesprek wissen, ook bij de gemeente
  /nieuw        een nieuw gesprek beginnen; het vorige blijft bij de gemeente bewaard
  /stop         stoppen; de volgende keer gaat u verder waar u was (Ctrl-C doet dit ook)
  /help         deze uitleg

Wacht u op een medewerker en wilt u dat niet meer? Typ dan: stop"""

START = "Gesprek met {name}. Typ /help voor uitleg en /stop om te stoppen."
RESUMED = "U gaat verder met uw vorige gesprek. Typ /nieuw voor een nieuw gesprek."
GONE = "Dit gesprek bestaat niet meer. Met `balie chat` begint u een nieuw gesprek."
GONE_BEFORE = "Uw vorige gesprek bestaat niet meer. U begint een nieuw gesprek."
UNREACHABLE = "Balie is nu niet te bereiken op {server}. Probeer het later opnieuw."
BYE = "Tot ziens. Met `balie chat` gaat u verder met dit gesprek."
UNSENT = {
    1: "1 bericht is nog niet verstuurd. De volgende keer gaat het alsnog weg.",
    2: "{count} berichten zijn nog niet verstuurd. De volgende keer gaan ze alsnog weg.",
}

SURE = "Weet u zeker dat u dit gesprek wilt wissen? Typ ja of nee."
ERASED = "Uw gesprek is gewist."
NOT_ERASED = "Uw gesprek is niet gewist."
ERASE_FAILED = "Het wissen lukt nu niet. Probeer het zo opnieuw."
SAVED = "Bewaard in {path}"
NOT_SAVED = "Bewaren lukt niet: {why}"
NO_ANSWER = "er is geen verbinding. Probeer het later opnieuw."
NO_FILE = "op die plek kan dit bestand niet komen. Kies een andere naam met /opslaan NAAM."
EXISTS = "dit bestand is er al. Kies een andere naam met /opslaan NAAM."
UNKNOWN_COMMAND = "Deze opdracht ken ik niet: {command}. Typ /help voor uitleg."

OFFLINE = "Geen verbinding. Wij proberen het steeds opnieuw."
ONLINE = "Er is weer verbinding."
TYPING = {"bot": "Balie typt…", "agent": "De medewerker typt…"}
QUEUE = "U bent nummer {position} in de rij."
WAIT = " Het duurt ongeveer {minutes} minuten."
WAIT_ONE = " Het duurt ongeveer 1 minuut."

ASSISTANT = "{name}, virtuele assistent"
AGENT = "{name}, medewerker van de gemeente"
MESSAGE = "Bericht"
CHOSE = "U: {text}"
DAY = "Typ een dag van {first} tot en met {last}, bijvoorbeeld {first}."
DAY_ANY = "Typ een dag, bijvoorbeeld 31-12-2026."
CLOSED = "Niet op: {days}."
SLOTS = "Kies een tijd:"
FORM = "Vul in, of typ /terug om dit over te slaan:"
OPTIONAL = "mag leeg blijven"
RATE = "Welk cijfer geeft u dit gesprek? Typ 1, 2, 3, 4 of 5."
RATED = "U gaf dit gesprek een {value}."
REDACTED = "Een bericht in dit gesprek is weggehaald."
RESET = "Het gesprek wordt opnieuw opgehaald."
SERVICE_ON = "De chat is weer aan."

HANDOVER = {
    "offered": "Een medewerker kan u helpen.",
    "queued": "U staat in de rij voor {whom}.",
    "assigned": "{agent} van de gemeente helpt u vanaf nu.",
    "transferred": "{agent} van de gemeente helpt u verder.",
    "to_team": "Uw gesprek gaat naar {whom}.",
    "agent_gone": "De medewerker is weggevallen. U staat weer in de rij voor {whom}.",
    "unavailable": "Er is nu geen medewerker beschikbaar.",
    "returned": "U staat niet meer in de rij. De virtuele assistent helpt u verder.",
    "closed": "Het gesprek met {agent} is klaar. De virtuele assistent helpt u verder.",
}
AGREED = "Afgesproken: {agreed}"
SOMEBODY = "een medewerker"
TEAM = "het team {team}"

CASE = {"zaaktype": "Zaak", "identificatie": "Zaaknummer", "status": "Status", "stand": "Stap", "next_step": "Hierna",
        "result": "Resultaat", "expected": "Verwacht klaar", "latest": "Uiterlijk klaar", "finished": "Klaar op"}
STEP = "{step} van {steps}"
APPOINTMENT = {"product": "Afspraak", "start": "Wanneer", "where": "Waar", "reference": "Afspraaknummer", "bring": "Meenemen",
               "ics": "Voor uw agenda"}
